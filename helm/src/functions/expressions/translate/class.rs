//! Character classes and escapes of Go's regular expressions.
//!
//! In: the pattern from `[` or a backslash on. Out: the items of a class for `regex`, and the rest of the pattern.
//!
//! # Source
//! Go 1.26 `regexp/syntax/parse.go`, `parseClass`, `parseEscape`, `parseUnicodeClass`, `parseNamedClass`; `perl_groups.go`.

use regex::Regex;

use super::{Malformed, Result, after, taken};

/// What every character is in.
const ANYTHING: &str = "\\x{0}-\\x{10FFFF}";
/// Code points that no text holds.
const SURROGATES: std::ops::RangeInclusive<u32> = 0xD800..=0xDFFF;

/// Go's names in `[[:name:]]`.
const POSIX: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word", "xdigit",
];

/// Returns a code point as an atom.
pub(super) fn code_point(value: u32) -> String {
    if SURROGATES.contains(&value) { format!("[^{ANYTHING}]") } else { format!("\\x{{{value:X}}}") }
}

/// Returns the class in brackets at the beginning of `text`.
pub(super) fn bracketed(text: &str) -> Result<(String, &str)> {
    let mut rest = after(text, 1);
    let negated = rest.starts_with('^');
    if negated {
        rest = after(rest, 1);
    }
    let mut items = String::new();
    let mut first = true;
    while first || !rest.starts_with(']') {
        first = false;
        if let Some((item, after)) = posix(rest)? {
            items.push_str(&item);
            rest = after;
            continue;
        }
        if let Some((item, after)) = named(rest)? {
            items.push_str(&item);
            rest = after;
            continue;
        }
        let before = rest;
        let (low, next) = member(rest, text)?;
        let mut high = low;
        rest = next;
        if rest.len() >= 2 && rest.starts_with('-') && !rest.starts_with("-]") {
            (high, rest) = member(after(rest, 1), text)?;
            if high < low {
                return Err(Malformed::new("invalid character class range", taken(before, rest)));
            }
        }
        items.push_str(&range(low, high));
    }
    let class = match (negated, items.is_empty()) {
        (false, false) => format!("[{items}]"),
        (true, false) => format!("[^{items}]"),
        (false, true) => format!("[^{ANYTHING}]"),
        (true, true) => format!("[{ANYTHING}]"),
    };
    Ok((class, after(rest, 1)))
}

/// Writes a range without the code points that no text holds.
fn range(low: u32, high: u32) -> String {
    let low = if SURROGATES.contains(&low) { SURROGATES.end() + 1 } else { low };
    let high = if SURROGATES.contains(&high) { SURROGATES.start() - 1 } else { high };
    if low > high { String::new() } else { format!("\\x{{{low:X}}}-\\x{{{high:X}}}") }
}

/// Reads one character of a class.
fn member<'p>(text: &'p str, class: &str) -> Result<(u32, &'p str)> {
    if text.starts_with('\\') {
        return escaped(text);
    }
    match text.chars().next() {
        Some(character) => Ok((u32::from(character), after(text, character.len_utf8()))),
        None => Err(Malformed::new("missing closing ]", class)),
    }
}

/// Reads `[:name:]`.
fn posix(text: &str) -> Result<Option<(String, &str)>> {
    let Some((name, rest)) = text.strip_prefix("[:").and_then(|inner| inner.split_once(":]")) else { return Ok(None) };
    if POSIX.contains(&name.strip_prefix('^').unwrap_or(name)) {
        return Ok(Some((taken(text, rest).to_owned(), rest)));
    }
    Err(Malformed::new("invalid character class range", taken(text, rest)))
}

/// Reads `\d`, `\pL` and the like, and returns them as an item of a class.
pub(super) fn named(text: &str) -> Result<Option<(String, &str)>> {
    let item = match text.as_bytes() {
        [b'\\', b'd', ..] => "0-9",
        [b'\\', b'D', ..] => "[^0-9]",
        [b'\\', b's', ..] => "\\t\\n\\f\\r\\x{20}",
        [b'\\', b'S', ..] => "[^\\t\\n\\f\\r\\x{20}]",
        [b'\\', b'w', ..] => "0-9A-Za-z_",
        [b'\\', b'W', ..] => "[^0-9A-Za-z_]",
        [b'\\', b'p' | b'P', _, ..] => return unicode(text).map(Some),
        _ => return Ok(None),
    };
    Ok(Some((item.to_owned(), after(text, 2))))
}

/// Reads `\pN`, `\p{Greek}`, `\P{^Greek}`.
fn unicode(text: &str) -> Result<(String, &str)> {
    let inner = after(text, 2);
    let (name, rest) = match inner.strip_prefix('{') {
        Some(braced) => braced.split_once('}').ok_or_else(|| Malformed::new("invalid character class range", text))?,
        None => {
            let len = inner.chars().next().map_or(0, char::len_utf8);
            (taken(inner, after(inner, len)), after(inner, len))
        }
    };
    let (negated, name) = match name.strip_prefix('^') {
        Some(name) => (true, name),
        None => (false, name),
    };
    let letter = if negated == text.starts_with("\\P") { 'p' } else { 'P' };
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b' '));
    // Categories and scripts only: other properties are none of Go's.
    let item = ["gc", "sc"]
        .into_iter()
        .map(|property| format!("\\{letter}{{{property}={name}}}"))
        .find(|item| plain && !name.is_empty() && Regex::new(item).is_ok());
    item.map(|item| (item, rest)).ok_or_else(|| Malformed::new("invalid character class range", taken(text, rest)))
}

/// Reads an escape that stands for one code point.
pub(super) fn escaped(text: &str) -> Result<(u32, &str)> {
    let inner = after(text, 1);
    let Some(first) = inner.chars().next() else { return Err(Malformed::new("trailing backslash at end of expression", "")) };
    let rest = after(inner, first.len_utf8());
    let digit = |rest: &str| rest.chars().next().and_then(|character| character.to_digit(8));
    match first {
        'a' => Ok((7, rest)),
        'f' => Ok((12, rest)),
        'n' => Ok((10, rest)),
        'r' => Ok((13, rest)),
        't' => Ok((9, rest)),
        'v' => Ok((11, rest)),
        'x' => hexadecimal(text, rest),
        '0' | '1'..='7' if first == '0' || digit(rest).is_some() => {
            let (mut value, mut rest) = (first.to_digit(8).unwrap_or(0), rest);
            for _ in 1..3 {
                let Some(next) = digit(rest) else { break };
                value = value * 8 + next;
                rest = after(rest, 1);
            }
            Ok((value, rest))
        }
        other if other.is_ascii() && !other.is_ascii_alphanumeric() => Ok((u32::from(other), rest)),
        _ => Err(Malformed::new("invalid escape sequence", taken(text, rest))),
    }
}

/// Reads what follows `\x`. An error names the escape as far as Go had read it.
fn hexadecimal<'p>(text: &'p str, digits: &'p str) -> Result<(u32, &'p str)> {
    let wrong = |rest: &str| Malformed::new("invalid escape sequence", taken(text, rest));
    let mut characters = digits.chars();
    let mut value = 0;
    let Some(first) = characters.next() else { return Err(wrong("")) };
    if first != '{' {
        let second = characters.next().and_then(|second| second.to_digit(16));
        let rest = characters.as_str();
        let (Some(high), Some(low)) = (first.to_digit(16), second) else { return Err(wrong(rest)) };
        return Ok((high * 16 + low, rest));
    }
    let mut any = false;
    while let Some(character) = characters.next() {
        let rest = characters.as_str();
        match character.to_digit(16) {
            None if character == '}' && any => return Ok((value, rest)),
            None => return Err(wrong(rest)),
            Some(digit) => value = value * 16 + digit,
        }
        if value > u32::from(char::MAX) {
            return Err(wrong(rest));
        }
        any = true;
    }
    Err(wrong(""))
}
