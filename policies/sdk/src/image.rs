//! Images: what the name of a container image says.
//!
//! In: a name as a container has it. Out: [`Image`], with the registry and the path that a runtime would pull.
//! Rules: a name without a registry is Docker Hub's, and one without a path there is an official image: `nginx` is
//! `docker.io/library/nginx`. The colon of a registry's port is no tag.
//! Not here: whether there is such an image.
//!
//! # Source
//! `ParseNormalizedNamed` of github.com/distribution/reference v0.6.0, with the digests of github.com/opencontainers/go-digest. Beside it a
//! registry with a character that no host has (`a_b.example/app`) is refused, where it gives a name without a registry.

use std::borrow::Cow;

/// The registry of names that name none.
pub const DEFAULT_REGISTRY: &str = "docker.io";

/// Another name of it.
const OLD_DEFAULT_REGISTRY: &str = "index.docker.io";

/// Where the official images of the default registry lie.
const OFFICIAL: &str = "library";

/// A registry without a dot.
const LOCAL_REGISTRY: &str = "localhost";

/// The tag that means whatever was pushed last; a name without tag and digest means it too.
pub const MOVING_TAG: &str = "latest";

/// Longest path in bytes (`RepositoryNameTotalLengthMax`).
const PATH_LIMIT_BYTES: usize = 255;

/// Longest tag in bytes (grammar: `[\w][\w.-]{0,127}`).
pub const TAG_LIMIT_BYTES: usize = 128;

/// The algorithms of digests, and how many hexadecimal digits each has.
const DIGESTS: [(&str, usize); 3] = [("sha256", 64), ("sha384", 96), ("sha512", 128)];

/// Digits of an image's bare number.
const IDENTIFIER_DIGITS: usize = 64;

/// What the name of an image says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image<'a> {
    /// The host, with its port: `docker.io`, `registry.example.com:5000`.
    pub registry: &'a str,
    /// The path on it: `library/nginx`.
    pub path: Cow<'a, str>,
    /// The tag, if it has one.
    pub tag: Option<&'a str>,
    /// The digest, if it has one: `sha256:...`.
    pub digest: Option<&'a str>,
}

/// What is wrong with the name of an image, with the part that does not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageError<'a> {
    /// The registry or the path.
    Name(&'a str),
    /// What stands behind the colon.
    Tag(&'a str),
    /// What stands behind the `@`.
    Digest(&'a str),
}

impl<'a> Image<'a> {
    /// Reads the name of an image.
    ///
    /// # Errors
    /// [`ImageError`]: a runtime would refuse it.
    pub fn read(text: &'a str) -> Result<Image<'a>, ImageError<'a>> {
        let (rest, digest) = match text.split_once('@') {
            Some((_rest, digest)) if !is_digest(digest) => return Err(ImageError::Digest(digest)),
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        let last = rest.rsplit_once('/').map_or(rest, |(_above, last)| last);
        let (name, tag) = match last.split_once(':') {
            Some((_name, tag)) if !is_tag(tag) => return Err(ImageError::Tag(tag)),
            Some((_name, tag)) => (rest.strip_suffix(tag).and_then(|name| name.strip_suffix(':')).unwrap_or(rest), Some(tag)),
            None => (rest, None),
        };
        let (registry, path) = split(name);
        let sound = is_registry(registry) && path.split('/').all(is_path_component);
        if !sound || path.len() > PATH_LIMIT_BYTES || is_identifier(text) {
            return Err(ImageError::Name(name));
        }
        Ok(Image { registry, path, tag, digest })
    }
}

/// Returns the registry and path of a name without tag and digest, as a runtime completes it; neither is checked.
#[must_use]
pub fn split(name: &str) -> (&str, Cow<'_, str>) {
    let (registry, path) = match name.split_once('/') {
        Some((first, rest)) if names_registry(first) => (first, rest),
        _ => (DEFAULT_REGISTRY, name),
    };
    let registry = if registry == OLD_DEFAULT_REGISTRY { DEFAULT_REGISTRY } else { registry };
    if registry == DEFAULT_REGISTRY && !path.contains('/') {
        return (registry, Cow::Owned(format!("{OFFICIAL}/{path}")));
    }
    (registry, Cow::Borrowed(path))
}

/// Whether the first part of a name is a host.
fn names_registry(first: &str) -> bool {
    first.contains(['.', ':']) || first == LOCAL_REGISTRY || first.chars().any(|character| character.is_ascii_uppercase())
}

fn is_registry(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_host = match address {
        Some(address) => !address.is_empty() && address.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':'),
        None => host.split('.').all(|part| {
            let outer = |character: char| character.is_ascii_alphanumeric();
            part.starts_with(outer) && part.ends_with(outer) && part.chars().all(|character| outer(character) || character == '-')
        }),
    };
    is_host && port.is_none_or(is_port)
}

/// Lower-case letters and digits, and between them one dot, one or two underscores, or hyphens.
fn is_path_component(text: &str) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let mut rest = text.as_bytes();
    loop {
        let word = rest.iter().take_while(|byte| is_word(byte)).count();
        let between = rest.iter().skip(word).take_while(|byte| !is_word(byte)).count();
        if word == 0 {
            return false;
        }
        let Some((separator, behind)) = rest.get(word..).and_then(|tail| tail.split_at_checked(between)) else { return false };
        let is_separator = matches!(separator, b"." | b"_" | b"__") || separator.iter().all(|byte| *byte == b'-');
        if !is_separator || (behind.is_empty() && !separator.is_empty()) {
            return false;
        }
        if behind.is_empty() {
            return true;
        }
        rest = behind;
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
    DIGESTS.contains(&(algorithm, digits.len())) && digits.bytes().all(is_hexadecimal)
}

/// Whether it is the bare number of an image, which no name may look like.
fn is_identifier(text: &str) -> bool {
    text.len() == IDENTIFIER_DIGITS && text.bytes().all(is_hexadecimal)
}

fn is_hexadecimal(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::{Image, ImageError, PATH_LIMIT_BYTES, TAG_LIMIT_BYTES};

    fn check(text: &str, want: &str) {
        let image = Image::read(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        let (tag, digest) = (image.tag.unwrap_or("-"), image.digest.unwrap_or("-"));
        assert_eq!(format!("{} {} {tag} {digest}", image.registry, image.path), want, "{text}");
    }

    fn refuse(text: &str, want: ImageError<'_>) {
        assert_eq!(Image::read(text), Err(want), "{text}");
    }

    /// Names are completed as runtimes do it, and taken apart at the right colon.
    #[test]
    fn names_are_completed() {
        let digest = format!("sha256:{}", "0123456789abcdef".repeat(4));
        check("nginx", "docker.io library/nginx - -");
        check("nginx:1.27", "docker.io library/nginx 1.27 -");
        check("team/app:_", "docker.io team/app _ -");
        check("docker.io/nginx", "docker.io library/nginx - -");
        check("index.docker.io/team/app", "docker.io team/app - -");
        check("localhost/app", "localhost app - -");
        check("registry:5000/app", "registry:5000 app - -");
        check("registry.example.com:5000/team/app:v1", "registry.example.com:5000 team/app v1 -");
        check("[fd00::1]:5000/app", "[fd00::1]:5000 app - -");
        check("Registry/app", "Registry app - -");
        check(&format!("a.b/c__d/e-----f.g:Latest@{digest}"), &format!("a.b c__d/e-----f.g Latest {digest}"));
        check(&format!("app@{digest}"), &format!("docker.io library/app - {digest}"));
    }

    /// What a runtime refuses is refused, with the part that does not read.
    #[test]
    fn other_texts_are_refused() {
        for name in
            ["", "App", "a//b", "a/", "/a", "a.b/", "a___b", "-a", "a-", "a._b", "a b", "a.b/C", "a.-b/c", "h:/a", "ab/\u{e4}"]
        {
            refuse(name, ImageError::Name(name));
        }
        refuse(&"0".repeat(64), ImageError::Name(&"0".repeat(64)));
        refuse("app:", ImageError::Tag(""));
        refuse("app:1 ", ImageError::Tag("1 "));
        refuse("app:-1", ImageError::Tag("-1"));
        refuse("app:1:2", ImageError::Tag("1:2"));
        refuse("app@", ImageError::Digest(""));
        refuse("app@latest", ImageError::Digest("latest"));
        refuse("app@sha256:0123", ImageError::Digest("sha256:0123"));
        let (other, upper) = (format!("md5:{}", "0".repeat(32)), format!("sha256:{}", "A".repeat(64)));
        refuse(&format!("app@{other}"), ImageError::Digest(&other));
        refuse(&format!("app@{upper}"), ImageError::Digest(&upper));
        refuse("a_b.example/app", ImageError::Name("a_b.example/app"));
    }

    /// The longest tag and name pass, one byte more does not.
    #[test]
    fn lengths_are_limited() {
        let longest = "a".repeat(TAG_LIMIT_BYTES);
        check(&format!("app:{longest}"), &format!("docker.io library/app {longest} -"));
        refuse(&format!("app:{longest}a"), ImageError::Tag(&format!("{longest}a")));
        let longest = "a".repeat(PATH_LIMIT_BYTES);
        check(&format!("a.b/{longest}"), &format!("a.b {longest} - -"));
        let longer = format!("a.b/{longest}a");
        refuse(&longer, ImageError::Name(&longer));
    }
}
