//! Version: the minor version of Kubernetes.
//!
//! In: `kube_version` of the context. Out: [`Minor`], by which rules of Kubernetes come and go.
//! Rules: of `1.33.0`, `v1.33` and `1.33+` the minor version counts; whatever comes after 1 is newer than all that is known.

use std::fmt;

/// A minor version of Kubernetes 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Minor(pub u32);

/// As it is written: `1.33`.
impl fmt::Display for Minor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.0)
    }
}

impl Minor {
    /// The newest version, whatever it is.
    pub const LATEST: Minor = Minor(u32::MAX);

    /// Reads a version; nothing where the text is none.
    #[must_use]
    pub fn read(text: &str) -> Option<Minor> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let mut parts = text.splitn(3, '.');
        let major: u32 = parts.next()?.parse().ok()?;
        let minor = parts.next()?;
        let digits = minor.find(|character: char| !character.is_ascii_digit()).unwrap_or(minor.len());
        let minor: u32 = minor.get(..digits)?.parse().ok()?;
        match major {
            0 => None,
            1 => Some(Minor(minor)),
            _ => Some(Minor::LATEST),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Minor;

    /// Versions are read as Kubernetes and its distributions write them; other texts are no versions.
    #[test]
    fn versions_are_read() {
        for (text, want) in [("1.33.0", 33), ("v1.25", 25), ("1.30.4-gke.12", 30), ("1.9+", 9), ("1.30-eks", 30)] {
            assert_eq!(Minor::read(text), Some(Minor(want)), "{text}");
        }
        assert_eq!(Minor::read("2.0.0"), Some(Minor::LATEST));
        for text in ["", "1", "one.two", "0.9.0", "1.", "1.x", "1.99999999999"] {
            assert_eq!(Minor::read(text), None, "{text}");
        }
    }
}
