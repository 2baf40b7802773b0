//! What a scalar's text means: go-yaml's resolution, in its two versions.
//!
//! In: a tag and the text. Out: [`Resolved`]. Rules: go-yaml v2 knows YAML 1.1's booleans, v3 does not; all else is common.
//! Not here: which of it a document may hold (`read`), how strings are quoted (`emit`).

use crate::{number, timestamp};

/// Which go-yaml resolves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// go-yaml v2, as Helm uses it.
    V2,
    /// go-yaml v3, as SOPS uses it.
    V3,
}

/// What a scalar's text stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Resolved {
    /// Nothing.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer of Go's int64 or uint64.
    Int(i128),
    /// A float, perhaps not finite.
    Float(f64),
    /// A timestamp in RFC 3339.
    Time(String),
    /// The text itself.
    Text,
}

/// The core tags that decide how a scalar is read; any other tag leaves its text alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    /// `!!str`
    Str,
    /// `!!bool`
    Bool,
    /// `!!int`
    Int,
    /// `!!float`
    Float,
    /// `!!null`
    Null,
    /// `!!timestamp`
    Timestamp,
    /// `!!binary`
    Binary,
    /// `!!merge`
    Merge,
    /// Anything else.
    Other,
}

impl Tag {
    /// Returns the tag of its long form.
    pub(crate) fn of(long: &str) -> Self {
        match long.strip_prefix("tag:yaml.org,2002:") {
            Some("str") => Self::Str,
            Some("bool") => Self::Bool,
            Some("int") => Self::Int,
            Some("float") => Self::Float,
            Some("null") => Self::Null,
            Some("timestamp") => Self::Timestamp,
            Some("binary") => Self::Binary,
            Some("merge") => Self::Merge,
            Some(_) | None => Self::Other,
        }
    }

    /// Returns how people write it.
    pub(crate) fn short(self) -> &'static str {
        match self {
            Self::Str => "!!str",
            Self::Bool => "!!bool",
            Self::Int => "!!int",
            Self::Float => "!!float",
            Self::Null => "!!null",
            Self::Timestamp => "!!timestamp",
            Self::Binary => "!!binary",
            Self::Merge => "!!merge",
            Self::Other => "a tag of its own",
        }
    }
}

/// Returns what a plain scalar without a tag stands for.
///
/// # Source
/// go-yaml v2 and v3 `resolve.go`, `resolve`.
pub(crate) fn resolve(text: &str, dialect: Dialect) -> Resolved {
    resolve_as(text, dialect, Timestamps::Tried)
}

/// Returns what a scalar with a tag stands for; nothing when its text does not fit the tag.
///
/// # Source
/// go-yaml v2 and v3 `resolve.go`, `resolve`, its deferred check.
pub(crate) fn resolve_tagged(tag: Tag, text: &str, dialect: Dialect) -> Option<Resolved> {
    let timestamps = if tag == Tag::Timestamp { Timestamps::Tried } else { Timestamps::Ignored };
    let resolved = match tag {
        Tag::Str | Tag::Binary | Tag::Merge | Tag::Other => return Some(Resolved::Text),
        Tag::Bool | Tag::Int | Tag::Float | Tag::Null | Tag::Timestamp => resolve_as(text, dialect, timestamps),
    };
    match (tag, resolved) {
        (Tag::Bool, Resolved::Bool(value)) => Some(Resolved::Bool(value)),
        (Tag::Int, Resolved::Int(value)) => Some(Resolved::Int(value)),
        (Tag::Float, Resolved::Float(value)) => Some(Resolved::Float(value)),
        #[expect(clippy::cast_precision_loss, reason = "Go converts int64 to float64 the same way")]
        (Tag::Float, Resolved::Int(value)) => i64::try_from(value).ok().map(|value| Resolved::Float(value as f64)),
        (Tag::Null, Resolved::Null) => Some(Resolved::Null),
        (Tag::Timestamp, Resolved::Time(value)) => Some(Resolved::Time(value)),
        _ => None,
    }
}

/// Whether text that looks like a timestamp is one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Timestamps {
    Tried,
    Ignored,
}

fn resolve_as(text: &str, dialect: Dialect, timestamps: Timestamps) -> Resolved {
    match text.as_bytes().first() {
        None => Resolved::Null,
        Some(b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~') => word(text, dialect),
        Some(b'.') => match word(text, dialect) {
            Resolved::Text => number::parse_dotted_float(text).map_or(Resolved::Text, Resolved::Float),
            known => known,
        },
        Some(b'+' | b'-' | b'0'..=b'9') => match word(text, dialect) {
            Resolved::Text => numeral(text, dialect, timestamps),
            known => known,
        },
        Some(_) => Resolved::Text,
    }
}

/// Looks text up among the fixed words.
fn word(text: &str, dialect: Dialect) -> Resolved {
    match text {
        "true" | "True" | "TRUE" => Resolved::Bool(true),
        "false" | "False" | "FALSE" => Resolved::Bool(false),
        "~" | "null" | "Null" | "NULL" => Resolved::Null,
        ".nan" | ".NaN" | ".NAN" => Resolved::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Resolved::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Resolved::Float(f64::NEG_INFINITY),
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" if dialect == Dialect::V2 => Resolved::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" if dialect == Dialect::V2 => Resolved::Bool(false),
        _ => Resolved::Text,
    }
}

/// Reads text that begins like a number.
fn numeral(text: &str, dialect: Dialect, timestamps: Timestamps) -> Resolved {
    if timestamps == Timestamps::Tried
        && let Some(time) = timestamp::parse(text)
    {
        return Resolved::Time(time);
    }
    let plain = text.replace('_', "");
    if let Some(value) = number::parse_integer(&plain) {
        return Resolved::Int(value);
    }
    if let Some(value) = number::parse_yaml_float(&plain) {
        return Resolved::Float(value);
    }
    // What Go's base prefixes do not cover: a sign after `0b`, and after `0o` in v3.
    let signed_radix = match dialect {
        Dialect::V2 => plain.strip_prefix("0b").and_then(|digits| number::parse_radix(digits, 2)),
        Dialect::V3 => (plain.strip_prefix("0b").and_then(|digits| number::parse_radix(digits, 2)))
            .or_else(|| plain.strip_prefix("0o").and_then(|digits| number::parse_radix(digits, 8))),
    };
    signed_radix.map_or(Resolved::Text, Resolved::Int)
}

/// Says whether text is a number in base 60 of YAML 1.1, which other programs would read as one.
///
/// # Source
/// go-yaml v2 `encode.go`, `isBase60Float`.
pub(crate) fn is_base_60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut parts = unsigned.split(':');
    let Some(first) = parts.next() else { return false };
    let digits_or_underscores = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    if !first.as_bytes().first().is_some_and(u8::is_ascii_digit) || !digits_or_underscores(first) {
        return false;
    }
    let rest: Vec<&str> = parts.collect();
    let Some((last, middle)) = rest.split_last() else { return false };
    let (last, fraction) = last.split_once('.').unwrap_or((last, ""));
    middle.iter().all(|part| is_sexagesimal(part)) && is_sexagesimal(last) && digits_or_underscores(fraction)
}

/// Says whether a part is `[0-5]?[0-9]`.
fn is_sexagesimal(part: &str) -> bool {
    matches!(part.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9'])
}
