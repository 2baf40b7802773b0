//! Constants of the template language: Go's strings, characters and numbers.
//!
//! In: items. Out: bytes, or a [`Number`](super::ast::Number).
//! Rules: bytes that are not UTF-8 become U+FFFD in a quoted string, and stay in a raw one.
//!
//! # Source
//! Go `strconv.Unquote`.

mod number;

use super::character::decode;
pub(super) use number::number;

/// Returns the bytes of a quoted or raw string with its quotes.
pub(super) fn string(quoted: &[u8]) -> Option<Vec<u8>> {
    match quoted {
        [b'`', inner @ .., b'`'] => Some(inner.iter().copied().filter(|byte| *byte != b'\r').collect()),
        [b'"', inner @ .., b'"'] => unquoted(inner, b'"'),
        _ => None,
    }
}

fn unquoted(mut rest: &[u8], quote: u8) -> Option<Vec<u8>> {
    // Most strings are meant as they are written.
    if rest.iter().all(|byte| byte.is_ascii() && *byte != b'\\') {
        return Some(rest.to_vec());
    }
    let mut bytes = Vec::with_capacity(rest.len());
    while let Some((first, after)) = rest.split_first() {
        if *first != b'\\' {
            let (character, length) = decode(rest)?;
            bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            rest = rest.get(length..)?;
            continue;
        }
        let (byte_or_character, after) = escape(after, quote)?;
        match byte_or_character {
            Escaped::Byte(byte) => bytes.push(byte),
            Escaped::Character(character) => bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        rest = after;
    }
    Some(bytes)
}

enum Escaped {
    Byte(u8),
    Character(char),
}

/// Reads what stands behind a backslash.
fn escape(rest: &[u8], quote: u8) -> Option<(Escaped, &[u8])> {
    let (kind, after) = rest.split_first()?;
    let simple = |byte| Some((Escaped::Byte(byte), after));
    match kind {
        b'a' => simple(7),
        b'b' => simple(8),
        b'f' => simple(12),
        b'n' => simple(b'\n'),
        b'r' => simple(b'\r'),
        b't' => simple(b'\t'),
        b'v' => simple(11),
        b'\\' => simple(b'\\'),
        b'\'' | b'"' if *kind == quote => simple(quote),
        b'x' => {
            let (number, after) = digits(after, 2, 16)?;
            Some((Escaped::Byte(u8::try_from(number).ok()?), after))
        }
        b'u' | b'U' => {
            let (number, after) = digits(after, if *kind == b'u' { 4 } else { 8 }, 16)?;
            Some((Escaped::Character(char::from_u32(number)?), after))
        }
        b'0'..=b'7' => {
            let (number, after) = digits(rest, 3, 8)?;
            Some((Escaped::Byte(u8::try_from(number).ok()?), after))
        }
        _ => None,
    }
}

fn digits(rest: &[u8], count: usize, radix: u32) -> Option<(u32, &[u8])> {
    let (text, after) = rest.split_at_checked(count)?;
    let text = std::str::from_utf8(text).ok().filter(|text| !text.starts_with('+'))?;
    Some((u32::from_str_radix(text, radix).ok()?, after))
}

/// Returns the code of a character constant with its quotes.
///
/// # Errors
/// Go's words.
///
/// # Source
/// Go `text/template/parse/node.go`, `newNumber`.
fn character(quoted: &[u8]) -> Result<u32, String> {
    let invalid = || "invalid syntax".to_owned();
    let inner = quoted.strip_prefix(b"'").ok_or_else(invalid)?;
    let (code, after) = match inner.strip_prefix(b"\\") {
        Some(rest) => match escape(rest, b'\'').ok_or_else(invalid)? {
            (Escaped::Byte(byte), after) => (u32::from(byte), after),
            (Escaped::Character(character), after) => (u32::from(character), after),
        },
        None => {
            let (first, bytes) = decode(inner).filter(|(first, _)| *first != '\'').ok_or_else(invalid)?;
            (u32::from(first), inner.get(bytes..).unwrap_or_default())
        }
    };
    if after == b"'" { Ok(code) } else { Err(format!("malformed character constant: {}", String::from_utf8_lossy(quoted))) }
}
