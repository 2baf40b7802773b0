//! Constraints: alternatives of conditions on a version.
//!
//! # Source
//! Masterminds/semver v3.5.0 `constraints.go`.

use std::cmp::Ordering;

use super::token::Token;
use super::{SemverError, Version, quote};

/// Bytes a constraint may have (upstream `MaxConstraintLen`).
pub(super) const CONSTRAINT_BYTES: usize = 512;
/// Alternatives a constraint may have (upstream `MaxConstraintGroups`).
pub(super) const GROUPS: usize = 32;

/// Alternatives (`||`) of conditions that hold together (comma or space).
#[derive(Clone, Debug)]
pub struct Constraint {
    groups: Vec<Vec<Condition>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Tilde,
    Caret,
}

/// The operators as written; longer ones before those they begin with.
const OPERATORS: &[(&[u8], Operator)] = &[
    (b"!=", Operator::NotEqual),
    (b">=", Operator::GreaterOrEqual),
    (b"=>", Operator::GreaterOrEqual),
    (b"<=", Operator::LessOrEqual),
    (b"=<", Operator::LessOrEqual),
    (b"~>", Operator::Tilde),
    (b"=", Operator::Equal),
    (b">", Operator::Greater),
    (b"<", Operator::Less),
    (b"~", Operator::Tilde),
    (b"^", Operator::Caret),
];

/// Which numbers of a condition are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    /// None: `*`.
    Nothing,
    /// The major number: `1`, `1.x`.
    Major,
    /// Major and minor number: `1.2`, `1.2.x`.
    Minor,
    /// All three.
    All,
}

#[derive(Clone, Debug)]
struct Condition {
    operator: Operator,
    version: Version,
    given: Given,
}

impl Constraint {
    /// Reads a constraint.
    ///
    /// # Errors
    /// [`SemverError`] where it is none, or too long.
    pub fn parse(text: &str) -> Result<Self, SemverError> {
        if text.len() > CONSTRAINT_BYTES {
            return Err(SemverError::ConstraintTooLong);
        }
        let text = without_ranges(text);
        let groups: Vec<&str> = text.split("||").collect();
        if groups.len() > GROUPS {
            return Err(SemverError::TooManyGroups);
        }
        Ok(Self { groups: groups.into_iter().map(parse_group).collect::<Result<_, _>>()? })
    }

    /// Says whether `version` satisfies one of the alternatives.
    #[must_use]
    pub fn allows(&self, version: &Version) -> bool {
        self.groups.iter().any(|group| {
            let prerelease_named = group.iter().any(|condition| !condition.version.prerelease.is_empty());
            (version.prerelease.is_empty() || prerelease_named) && group.iter().all(|condition| condition.holds(version))
        })
    }
}

impl Condition {
    fn holds(&self, version: &Version) -> bool {
        let order = version.precedence(&self.version);
        match self.operator {
            Operator::Equal if self.given == Given::All => order == Ordering::Equal,
            Operator::Equal | Operator::Tilde => self.tilde(version, order),
            Operator::NotEqual => self.not_equal(version, order),
            Operator::Greater => self.greater(version, order),
            Operator::GreaterOrEqual => order != Ordering::Less,
            Operator::Less => order == Ordering::Less,
            Operator::LessOrEqual => self.less_or_equal(version, order),
            Operator::Caret => self.caret(version, order),
        }
    }

    fn not_equal(&self, version: &Version, order: Ordering) -> bool {
        let own = &self.version;
        match self.given {
            Given::All => order != Ordering::Equal,
            _ if own.major != version.major => true,
            // constraints.go, constraintNotEqual: `!=*` is `!=0.0.0`.
            Given::Nothing => order != Ordering::Equal,
            Given::Major => false,
            Given::Minor if own.minor != version.minor => true,
            Given::Minor => own.prerelease != version.prerelease,
        }
    }

    fn greater(&self, version: &Version, order: Ordering) -> bool {
        let own = &self.version;
        match self.given {
            Given::All | Given::Nothing => order == Ordering::Greater,
            Given::Major => version.major > own.major,
            Given::Minor => (version.major, version.minor) > (own.major, own.minor),
        }
    }

    fn less_or_equal(&self, version: &Version, order: Ordering) -> bool {
        let own = &self.version;
        match self.given {
            Given::All => order != Ordering::Greater,
            Given::Major => version.major <= own.major,
            Given::Minor | Given::Nothing => (version.major, version.minor) <= (own.major, own.minor),
        }
    }

    fn tilde(&self, version: &Version, order: Ordering) -> bool {
        let own = &self.version;
        if order == Ordering::Less {
            return false;
        }
        // constraints.go, constraintTilde: `~0.0.0` is `*`, as is `*` itself.
        let zero = (own.major, own.minor, own.patch) == (0, 0, 0);
        if zero && matches!(self.given, Given::All | Given::Nothing) {
            return true;
        }
        own.major == version.major && (self.given == Given::Major || own.minor == version.minor)
    }

    fn caret(&self, version: &Version, order: Ordering) -> bool {
        let own = &self.version;
        if order == Ordering::Less || own.major != version.major {
            return false;
        }
        if own.major > 0 || self.given == Given::Major {
            return true;
        }
        let minors = own.minor == version.minor;
        minors && (own.minor > 0 || self.given == Given::Minor || own.patch == version.patch)
    }
}

/// Reads conditions side by side.
fn parse_group(text: &str) -> Result<Vec<Condition>, SemverError> {
    let improper = || SemverError::Improper(quote(text));
    let bytes = text.as_bytes();
    let mut conditions = Vec::new();
    let mut at = spaces(bytes, 0);
    loop {
        let rest = bytes.get(at..).unwrap_or(&[]);
        let (sign, operator) =
            OPERATORS.iter().find(|(sign, _)| rest.starts_with(sign)).copied().unwrap_or((b"", Operator::Equal));
        at = spaces(bytes, at + sign.len());
        let token = Token::pattern(bytes.get(at..).unwrap_or(&[])).ok_or_else(improper)?;
        at += token.len;
        conditions.push((operator, token));
        let next = spaces(bytes, at);
        let comma = usize::from(bytes.get(next) == Some(&b','));
        if next == bytes.len() {
            break;
        }
        if next == at && comma == 0 {
            return Err(improper());
        }
        at = spaces(bytes, next + comma);
    }
    conditions.into_iter().map(|(operator, token)| condition(operator, &token)).collect()
}

fn condition(operator: Operator, token: &Token<'_>) -> Result<Condition, SemverError> {
    let wild = |number: Option<&str>| matches!(number, None | Some("x" | "X" | "*"));
    let [major, minor, patch] = token.numbers;
    let (given, numbers) = if wild(major) {
        (Given::Nothing, [None; 3])
    } else if wild(minor) {
        (Given::Major, [major, None, None])
    } else if wild(patch) {
        (Given::Minor, [major, minor, None])
    } else {
        (Given::All, token.numbers)
    };
    let digits = |number: &str| number.bytes().all(|byte| byte.is_ascii_digit());
    if !numbers.into_iter().flatten().all(digits) {
        return Err(SemverError::ConstraintVersion);
    }
    // Where a number is open, upstream drops the metadata; it counts nowhere.
    let plain = Token { numbers, len: token.len, prerelease: token.prerelease, metadata: "" };
    match Version::from_token(&plain) {
        Ok(version) => Ok(Condition { operator, version, given }),
        Err(_) => Err(SemverError::ConstraintVersion),
    }
}

/// Returns the text with `a - b` written as `>= a, <= b `.
fn without_ranges(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if let Some((low, high, end)) = range(bytes, at) {
            out.extend_from_slice(&[b">= ", low, b", <= ", high, b" "].concat());
            at = end;
        } else {
            out.push(*byte);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Reads a hyphen range with the spaces around it; returns its ends and where it stops.
fn range(bytes: &[u8], start: usize) -> Option<(&[u8], &[u8], usize)> {
    let low_at = spaces(bytes, start);
    let low_end = low_at + Token::pattern(bytes.get(low_at..)?)?.len;
    let hyphen = spaces(bytes, low_end);
    let high_at = spaces(bytes, hyphen + 1);
    if hyphen == low_end || bytes.get(hyphen) != Some(&b'-') || high_at == hyphen + 1 {
        return None;
    }
    let high_end = high_at + Token::pattern(bytes.get(high_at..)?)?.len;
    Some((bytes.get(low_at..low_end)?, bytes.get(high_at..high_end)?, spaces(bytes, high_end)))
}

/// Returns the first place from `at` on that holds no white space.
fn spaces(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or(&[]);
    at + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)).count()
}
