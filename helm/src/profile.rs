//! Profiles: which helm is followed.
//!
//! In: a name (`helm4.2`). Out: a [`Profile`], asked by name for each rule that differs between minor versions.
//! Rules: one profile a minor version, in the order they were released; a name without minor version means the newest, and is printed
//! resolved. What differs, and the case that shows it, is in docs/profiles.md.
//! Not here: the rules themselves; each lies where the rest of its topic does.

use std::fmt;
use std::str::FromStr;

/// A minor version of helm, in the patch release its expectations are recorded from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    /// Helm 3.22 (3.22.0).
    Helm3_22,
    /// Helm 4.2 (4.2.4).
    Helm4_2,
    /// Helm 4.3 (4.3.1).
    #[default]
    Helm4_3,
}

/// A text names no profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no profile")]
pub struct ProfileError {
    /// The text.
    pub name: String,
}

impl ProfileError {
    /// Returns what to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        "write helm4.3, helm4.2 or helm3.22; helm4 and helm3 mean the newest of them"
    }
}

impl Profile {
    /// All, the oldest first.
    pub const ALL: [Self; 3] = [Self::Helm3_22, Self::Helm4_2, Self::Helm4_3];

    /// Returns its name (`helm4.3`).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Helm3_22 => "helm3.22",
            Self::Helm4_2 => "helm4.2",
            Self::Helm4_3 => "helm4.3",
        }
    }

    /// Returns the release its expectations are recorded from (`4.3.1`).
    #[must_use]
    pub fn release(self) -> &'static str {
        match self {
            Self::Helm3_22 => "3.22.0",
            Self::Helm4_2 => "4.2.4",
            Self::Helm4_3 => "4.3.1",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Profile {
    type Err = ProfileError;

    fn from_str(name: &str) -> Result<Self, ProfileError> {
        match name {
            "helm3" | "helm3.22" => Ok(Self::Helm3_22),
            "helm4.2" => Ok(Self::Helm4_2),
            "helm4" | "helm4.3" => Ok(Self::Helm4_3),
            _ => Err(ProfileError { name: name.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: Result<&str, &str>) {
        let parsed = name.parse::<Profile>();
        let got = parsed.as_ref().map(Profile::to_string).map_err(ToString::to_string);
        assert_eq!(got.as_deref().map_err(String::as_str), expected, "`{name}`");
    }

    // A name is a minor version, or a major one, which means its newest.
    #[test]
    fn names_are_resolved() {
        Profile::ALL.iter().for_each(|profile| check(profile.name(), Ok(profile.name())));
        check("helm4", Ok("helm4.3"));
        check("helm3", Ok("helm3.22"));
        check("helm4.1", Err("`helm4.1` is no profile"));
        check("4.3", Err("`4.3` is no profile"));
        check("", Err("`` is no profile"));
    }

    // They are in the order they were released; nothing said means the newest.
    #[test]
    fn the_newest_is_the_default() {
        assert!(Profile::ALL.is_sorted());
        assert_eq!(Profile::ALL.last(), Some(&Profile::default()));
    }
}
