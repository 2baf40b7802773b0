//! Images: whether a name always means the same program.
//!
//! In: a container. Out: a denial for an image without a tag, with the tag `latest`, or whose name does not read.
//! Rules: a digest pins whatever the tag; the colon of a registry's port is no tag.
//!
//! # Source
//! The grammar of image references: github.com/distribution/reference, reference.go.

use sdk::kubernetes::Container;
use sdk::{Finding, Unjudgeable};

use crate::settings::Rule;

/// The tag that means whatever was pushed last; a name without a tag means it too.
const MOVING_TAG: &str = "latest";

/// Longest tag in bytes (grammar: `[\w][\w.-]{0,127}`).
const TAG_LIMIT_BYTES: usize = 128;

/// Shortest digest in hexadecimal digits (grammar: 32 or more).
const DIGEST_LEAST_DIGITS: usize = 32;

const HELP: &str = "name a release tag or a digest";

/// Why an image is not pinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loose<'a> {
    NoTag,
    Moving,
    BadTag(&'a str),
    BadDigest(&'a str),
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
            Err(Loose::BadTag(tag)) => format!("image `{image}` has `{tag}` where a tag should stand"),
            Err(Loose::BadDigest(digest)) => format!("image `{image}` has `{digest}` where a digest should stand"),
        },
    };
    Ok(vec![Finding::deny(Rule::PinnedImage.name(), &place, problem, HELP)])
}

fn pinned(image: &str) -> Result<(), Loose<'_>> {
    if let Some((_name, digest)) = image.split_once('@') {
        return if is_digest(digest) { Ok(()) } else { Err(Loose::BadDigest(digest)) };
    }
    let last = image.rsplit_once('/').map_or(image, |(_registry_and_path, last)| last);
    match last.split_once(':') {
        None | Some((_, "")) => Err(Loose::NoTag),
        Some((_, MOVING_TAG)) => Err(Loose::Moving),
        Some((_, tag)) if is_tag(tag) => Ok(()),
        Some((_, tag)) => Err(Loose::BadTag(tag)),
    }
}

fn is_tag(text: &str) -> bool {
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    text.len() <= TAG_LIMIT_BYTES
        && text.starts_with(is_word)
        && text.chars().all(|character| is_word(character) || character == '.' || character == '-')
}

fn is_digest(text: &str) -> bool {
    let Some((algorithm, digits)) = text.split_once(':') else {
        return false;
    };
    let enough = if algorithm == "sha256" { digits.len() == 64 } else { digits.len() >= DIGEST_LEAST_DIGITS };
    algorithm.starts_with(|first: char| first.is_ascii_alphabetic())
        && algorithm.chars().all(|character| character.is_ascii_alphanumeric() || "+.-_".contains(character))
        && enough
        && digits.chars().all(|digit| digit.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::{Loose, TAG_LIMIT_BYTES, pinned};

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
        check(&format!("app:{}", "a".repeat(TAG_LIMIT_BYTES)), None);
    }

    /// What may mean another program tomorrow, or means nothing to a container runtime, does not pin.
    #[test]
    fn loose_names_do_not_pin() {
        check("app", Some(Loose::NoTag));
        check("registry.example.com:5000/app", Some(Loose::NoTag));
        check("app:", Some(Loose::NoTag));
        check("app:latest", Some(Loose::Moving));
        check("registry:5000/team/app:latest", Some(Loose::Moving));
        check("app:latest ", Some(Loose::BadTag("latest ")));
        check("app:-1", Some(Loose::BadTag("-1")));
        check("app:1:latest", Some(Loose::BadTag("1:latest")));
        check("app:latest@", Some(Loose::BadDigest("")));
        check("app@sha256:0123", Some(Loose::BadDigest("sha256:0123")));
        check("app@latest", Some(Loose::BadDigest("latest")));
        let long = "a".repeat(TAG_LIMIT_BYTES + 1);
        check(&format!("app:{long}"), Some(Loose::BadTag(&long)));
    }
}
