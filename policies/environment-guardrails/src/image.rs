//! Images: whether a name always means the same program.
//!
//! In: a container. Out: a denial for an image without a tag, with the tag `latest`, or whose name does not read.
//! Rules: a digest pins whatever the tag.
//! Not here: what names mean (`sdk::image`), and which registries are allowed (the policy `image-rules`).

use sdk::image::{Image, ImageError, MOVING_TAG};
use sdk::kubernetes::Container;
use sdk::{Finding, Unjudgeable};

use crate::settings::Rule;

const HELP: &str = "name a release tag or a digest";

/// Why an image is not pinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loose<'a> {
    NoTag,
    Moving,
    Unreadable(ImageError<'a>),
}

/// Judges the image of one container.
///
/// # Errors
/// The image is sealed.
pub(crate) fn judge(container: &Container<'_>, class: &str) -> Result<Vec<Finding>, Unjudgeable> {
    let place = container.place.at("image");
    let problem = match place.text()? {
        None | Some("") => "a container has no image".to_owned(),
        Some(image) => match pinned(image) {
            Ok(()) => return Ok(Vec::new()),
            Err(Loose::NoTag) => format!("image `{image}` has no tag, which is not allowed in {class}"),
            Err(Loose::Moving) => format!("image tag `{MOVING_TAG}` is not allowed in {class}"),
            Err(Loose::Unreadable(ImageError::Tag(tag))) => format!("image `{image}` has `{tag}` where a tag should stand"),
            Err(Loose::Unreadable(ImageError::Digest(digest))) => {
                format!("image `{image}` has `{digest}` where a digest should stand")
            }
            Err(Loose::Unreadable(ImageError::Name(name))) => format!("`{name}` is no name of an image"),
        },
    };
    Ok(vec![Finding::deny(Rule::PinnedImage.name(), &place, problem, HELP)])
}

fn pinned(text: &str) -> Result<(), Loose<'_>> {
    let image = match Image::read(text) {
        Ok(image) => image,
        Err(ImageError::Tag("")) => return Err(Loose::NoTag),
        Err(error) => return Err(Loose::Unreadable(error)),
    };
    match (image.digest, image.tag) {
        (Some(_digest), _) => Ok(()),
        (None, None) => Err(Loose::NoTag),
        (None, Some(MOVING_TAG)) => Err(Loose::Moving),
        (None, Some(_tag)) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{ImageError, Loose, pinned};

    fn check(image: &str, want: Option<Loose<'_>>) {
        assert_eq!(pinned(image).err(), want, "{image}");
    }

    /// A tag that is not `latest` pins, also behind a registry with a port; so does a digest, whatever the tag.
    #[test]
    fn tags_and_digests_pin() {
        let digest = "0123456789abcdef".repeat(4);
        for image in ["app:1.2.3", "registry.example.com:5000/team/app:v1", "app:latest-1", "app:_", "app:Latest"] {
            check(image, None);
        }
        check(&format!("app@sha256:{digest}"), None);
        check(&format!("registry:5000/app:latest@sha256:{digest}"), None);
    }

    /// What may mean another program tomorrow, or means nothing to a container runtime, does not pin.
    #[test]
    fn loose_names_do_not_pin() {
        check("app", Some(Loose::NoTag));
        check("registry.example.com:5000/app", Some(Loose::NoTag));
        check("app:", Some(Loose::NoTag));
        check("app:latest", Some(Loose::Moving));
        check("registry:5000/team/app:latest", Some(Loose::Moving));
        check("app:latest ", Some(Loose::Unreadable(ImageError::Tag("latest "))));
        check("App:1", Some(Loose::Unreadable(ImageError::Name("App"))));
        check("app@latest", Some(Loose::Unreadable(ImageError::Digest("latest"))));
    }
}
