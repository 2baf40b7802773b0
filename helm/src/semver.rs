//! Versions and version constraints, as Helm's charts and `semverCompare` mean them.
//!
//! In: text. Out: a [`Version`], or whether one satisfies a constraint.
//! Rules: versions may be partial and carry a `v`; a pre-release satisfies only a group of constraints that names one itself.
//! Not here: choosing among versions of a repository.
//!
//! # Source
//! Masterminds/semver v3.5.0 `version.go`, `constraints.go`.

mod constraint;
mod token;

use std::cmp::Ordering;

pub use constraint::Constraint;
use token::Token;

use crate::value::{Text, Value};

/// Bytes a version may have (upstream `MaxVersionLen`).
pub const VERSION_BYTES: usize = 256;

/// Why a version or constraint is none, in upstream's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SemverError {
    /// The text is no version.
    #[error("invalid semantic version")]
    Invalid,
    /// The version is over [`VERSION_BYTES`].
    #[error("version string is too long (max {VERSION_BYTES} bytes)")]
    TooLong,
    /// A number does not fit 64 bits.
    #[error("error parsing version segment: strconv.ParseUint: parsing {0}: value out of range")]
    Segment(String),
    /// A numeric pre-release identifier begins with 0.
    #[error("version segment starts with 0")]
    LeadingZero,
    /// The constraint does not follow the grammar; quoted as Go does.
    #[error("improper constraint: {0}")]
    Improper(String),
    /// The version inside a constraint is none.
    #[error("constraint parser error")]
    ConstraintVersion,
    /// The constraint is over `CONSTRAINT_BYTES`.
    #[error("constraint string is too long (max {} bytes)", constraint::CONSTRAINT_BYTES)]
    ConstraintTooLong,
    /// There are more than `GROUPS` alternatives.
    #[error("too many constraint groups (max {})", constraint::GROUPS)]
    TooManyGroups,
}

/// A version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// First number.
    pub major: u64,
    /// Second number, 0 where absent.
    pub minor: u64,
    /// Third number, 0 where absent.
    pub patch: u64,
    /// What follows `-`, without it; empty where absent.
    pub prerelease: String,
    /// What follows `+`, without it; empty where absent.
    pub metadata: String,
}

impl Version {
    /// Reads a version, partial ones and a leading `v` included.
    ///
    /// # Errors
    /// [`SemverError`] where it is none.
    ///
    /// # Source
    /// Masterminds/semver `version.go`, `coerceNewVersion`.
    pub fn parse(text: &str) -> Result<Self, SemverError> {
        if text.len() > VERSION_BYTES {
            return Err(SemverError::TooLong);
        }
        let token = Token::version(text.as_bytes()).filter(|token| token.len == text.len()).ok_or(SemverError::Invalid)?;
        Self::from_token(&token)
    }

    fn from_token(token: &Token<'_>) -> Result<Self, SemverError> {
        let [major, minor, patch] = token.numbers.map(|number| number.map_or(Ok(0), segment));
        let version = Self {
            major: major?,
            minor: minor?,
            patch: patch?,
            prerelease: token.prerelease.to_owned(),
            metadata: token.metadata.to_owned(),
        };
        let leading_zero = |part: &str| part.len() > 1 && part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit());
        if version.prerelease.split('.').any(leading_zero) {
            return Err(SemverError::LeadingZero);
        }
        Ok(version)
    }

    /// Compares by precedence; build metadata does not count.
    #[must_use]
    pub fn precedence(&self, other: &Self) -> Ordering {
        let numbers = (self.major, self.minor, self.patch).cmp(&(other.major, other.minor, other.patch));
        numbers.then_with(|| match (self.prerelease.as_str(), other.prerelease.as_str()) {
            ("", "") => Ordering::Equal,
            ("", _) => Ordering::Greater,
            (_, "") => Ordering::Less,
            (a, b) => compare_prerelease(a, b),
        })
    }
}

/// Prints all three numbers, without a leading `v`.
impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.prerelease.is_empty() {
            write!(f, "-{}", self.prerelease)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

/// Says whether `version` satisfies `constraint`.
///
/// # Errors
/// [`SemverError`] where either cannot be read.
///
/// # Source
/// sprig `semver.go`, `semverCompare`.
pub fn satisfies(constraint: &str, version: &str) -> Result<bool, SemverError> {
    let constraint = Constraint::parse(constraint)?;
    Ok(constraint.allows(&Version::parse(version)?))
}

fn segment(digits: &str) -> Result<u64, SemverError> {
    // The token holds digits only, so all that can fail is the range.
    match digits.parse() {
        Ok(number) => Ok(number),
        Err(_) => Err(SemverError::Segment(quote(digits))),
    }
}

/// Quotes text as Go's `%q`.
fn quote(text: &str) -> String {
    let quoted = crate::gofmt::sprintf(&Text::from("%q"), &[Value::string(text)]);
    quoted.map(|quoted| String::from_utf8_lossy(quoted.as_bytes()).into_owned()).unwrap_or_default()
}

fn compare_prerelease(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.split('.'), b.split('.'));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (a, b) => compare_identifier(a.unwrap_or(""), b.unwrap_or("")),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Compares two identifiers: absent, number, word, in this order.
fn compare_identifier(a: &str, b: &str) -> Ordering {
    // Go's ParseUint refuses what does not fit 64 bits; it then counts as a word, here as there.
    let number = |text: &str| text.parse::<u64>().ok();
    match (number(a), number(b)) {
        _ if a == b => Ordering::Equal,
        _ if a.is_empty() => Ordering::Less,
        _ if b.is_empty() => Ordering::Greater,
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(constraint: &str, version: &str, expected: bool) {
        assert_eq!(satisfies(constraint, version), Ok(expected), "{constraint} | {version}");
    }

    // Operators, ranges, wildcards and alternatives; commas and spaces both mean and.
    #[test]
    fn constraints_hold() {
        for (constraint, allowed, refused) in [
            ("1.2.3", "v1.2.3", "1.2.4"),
            (">=1.19", "1.19.0", "1.18.9"),
            (">= 1.2, < 2 || ^4", "4.9", "2.0.0"),
            (">=1.2 <2", "1.9", "2.0.0"),
            ("1.2 - 1.4", "1.4.0", "1.5.0"),
            ("~1.2.3", "1.2.9", "1.3.0"),
            ("~1", "1.9", "2.0"),
            ("^0.2.3", "0.2.9", "0.3.0"),
            ("^0.0.3", "0.0.3", "0.0.4"),
            ("1.x", "1.9.9", "2.0.0"),
            ("!=1.2", "1.3.0", "1.2.7"),
            (">1.2", "1.3.0", "1.2.9"),
            ("<=1", "1.9.9", "2.0.0"),
            ("*", "99.1.2", "1.0.0-rc.1"),
        ] {
            check(constraint, allowed, true);
            check(constraint, refused, false);
        }
    }

    // A pre-release satisfies only constraints that name one.
    #[test]
    fn pre_releases_must_be_named() {
        check(">=1.19", "1.30.0-gke.1", false);
        check(">=1.19-0", "1.30.0-gke.1", true);
        check(">1.0.0-beta.2", "1.0.0-beta.11", true);
        check("<1.0.0-beta", "1.0.0-beta.1", false);
    }

    // What is no version or constraint says so in upstream's words.
    #[test]
    fn errors_are_upstreams() {
        let said = |constraint: &str, version: &str| satisfies(constraint, version).unwrap_err().to_string();
        assert_eq!(said("1.0", "latest"), "invalid semantic version");
        assert_eq!(said(">a", "1"), "improper constraint: \">a\"");
        assert_eq!(said("1|2", "1"), "constraint parser error");
        assert_eq!(
            said("1", "99999999999999999999"),
            "error parsing version segment: strconv.ParseUint: parsing \"99999999999999999999\": value out of range"
        );
    }

    // Lengths are bounded on both sides of the limit.
    #[test]
    fn limits() {
        let version = |bytes: usize| format!("1-{}", "a".repeat(bytes - 2));
        assert!(Version::parse(&version(VERSION_BYTES)).is_ok());
        assert_eq!(Version::parse(&version(VERSION_BYTES + 1)), Err(SemverError::TooLong));
        let groups = |count: usize| vec!["1"; count].join("||");
        assert!(Constraint::parse(&groups(constraint::GROUPS)).is_ok());
        assert_eq!(satisfies(&groups(constraint::GROUPS + 1), "1"), Err(SemverError::TooManyGroups));
        let spaced = |bytes: usize| format!("1{}", " ".repeat(bytes - 1));
        assert!(Constraint::parse(&spaced(constraint::CONSTRAINT_BYTES)).is_ok());
        assert_eq!(satisfies(&spaced(constraint::CONSTRAINT_BYTES + 1), "1"), Err(SemverError::ConstraintTooLong));
    }
}
