//! Constants of the template language: Go's strings, characters and numbers.
//!
//! # Source
//! Go `strconv.Unquote`, `strconv.ParseInt` with base 0, `text/template/parse/node.go` `newNumber`.

use super::ast::{Ideal, Number};
use super::lexer::{Item, Token};

/// Returns the bytes of a quoted or raw string with its quotes.
pub(super) fn string(quoted: &[u8]) -> Option<Vec<u8>> {
    match quoted {
        [b'`', inner @ .., b'`'] => Some(inner.iter().copied().filter(|byte| *byte != b'\r').collect()),
        [b'"', inner @ .., b'"'] => unquoted(inner, b'"'),
        _ => None,
    }
}

fn unquoted(mut rest: &[u8], quote: u8) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(rest.len());
    while let Some((first, after)) = rest.split_first() {
        if *first != b'\\' {
            bytes.push(*first);
            rest = after;
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

/// Returns a numeric constant in every type that can hold it.
///
/// # Errors
/// Go's words, for what is no number. Imaginary constants are refused: no function of Helm's takes one.
pub(super) fn number(item: &Item) -> Result<Number, String> {
    let text = String::from_utf8_lossy(&item.text).into_owned();
    if item.token == Token::Character {
        return character(&item.text)
            .map(|code| number_of(Some(code), None, &text))
            .ok_or_else(|| format!("malformed character constant: {text}"));
    }
    if item.token == Token::Complex || text.ends_with('i') {
        return Err(format!("imaginary constants are not supported: {text}"));
    }
    let (int, uint) = (signed(&text), unsigned(&text));
    if int.is_some() || uint.is_some() {
        return Ok(number_of(int, uint, &text));
    }
    let float = float(&text).ok_or_else(|| format!("illegal number syntax: {text:?}"))?;
    if !text.contains(['.', 'e', 'E', 'p', 'P']) {
        return Err(format!("integer overflow: {text:?}"));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "Go asks whether the float is an integer this way"
    )]
    let int = Some(float as i64).filter(|int| *int as f64 == float);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "as above")]
    let uint = Some(float as u64).filter(|uint| *uint as f64 == float);
    Ok(Number { int, uint, float: Some(float), text, ideal: Ideal::Float })
}

fn number_of(int: Option<i64>, uint: Option<u64>, text: &str) -> Number {
    let uint = uint.or(int.and_then(|int| u64::try_from(int).ok()));
    #[expect(clippy::cast_precision_loss, reason = "Go converts the same way")]
    let float = int.map(|int| int as f64).or(uint.map(|uint| uint as f64));
    let hexadecimal = text.get(..2).is_some_and(|head| head.eq_ignore_ascii_case("0x")) && !text.contains(['p', 'P']);
    let fractional = !hexadecimal && !text.starts_with('\'') && text.contains(['.', 'e', 'E', 'p', 'P']);
    let ideal = if fractional {
        Ideal::Float
    } else if int.is_some() {
        Ideal::Int
    } else {
        Ideal::Overflow
    };
    Number { int, uint, float, text: text.to_owned(), ideal }
}

fn character(quoted: &[u8]) -> Option<i64> {
    let inner = quoted.strip_prefix(b"'")?.strip_suffix(b"'")?;
    if let Some(rest) = inner.strip_prefix(b"\\") {
        let (escaped, after) = escape(rest, b'\'')?;
        return after.is_empty().then_some(match escaped {
            Escaped::Byte(byte) => i64::from(byte),
            Escaped::Character(character) => i64::from(u32::from(character)),
        });
    }
    let mut characters = std::str::from_utf8(inner).ok()?.chars();
    let first = characters.next()?;
    characters.next().is_none().then_some(i64::from(u32::from(first)))
}

fn signed(text: &str) -> Option<i64> {
    let (negative, magnitude) = match text.as_bytes().first()? {
        b'-' => (true, unsigned(text.get(1..)?)?),
        b'+' => (false, unsigned(text.get(1..)?)?),
        _ => (false, unsigned(text)?),
    };
    if negative { 0_i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() }
}

/// # Source
/// Go `strconv.ParseUint` with base 0: prefixes, and underscores between digits or behind a prefix.
fn unsigned(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    let (radix, digits) = match bytes {
        [b'0', b'x' | b'X', ..] => (16, text.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, text.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, text.get(2..)?),
        [b'0', _, ..] => (8, text.get(1..)?),
        _ => (10, text),
    };
    plain_digits(digits, if radix == 10 { Leading::Digit } else { Leading::Any })
        .and_then(|digits| u64::from_str_radix(&digits, radix).ok())
}

/// What digits may begin with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leading {
    Digit,
    /// An underscore too, behind a prefix.
    Any,
}

/// Returns digits without their underscores, each of which must stand between two digits (or behind a prefix).
fn plain_digits(text: &str, leading: Leading) -> Option<String> {
    let misplaced = text.is_empty()
        || text.starts_with(['+', '-'])
        || text.ends_with('_')
        || text.contains("__")
        || (leading == Leading::Digit && text.starts_with('_'));
    (!misplaced).then(|| text.replace('_', ""))
}

/// # Source
/// Go `strconv.ParseFloat`: decimal and hexadecimal; underscores only with a base prefix.
fn float(text: &str) -> Option<f64> {
    let (sign, magnitude) = match text.as_bytes().first()? {
        b'-' => (-1.0, text.get(1..)?),
        b'+' => (1.0, text.get(1..)?),
        _ => (1.0, text),
    };
    if let Some(hexadecimal) = magnitude.strip_prefix("0x").or(magnitude.strip_prefix("0X")) {
        return hexadecimal_float(hexadecimal).map(|value| sign * value);
    }
    let digits = magnitude.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    if !digits || magnitude.contains('_') {
        return None;
    }
    magnitude.parse::<f64>().ok().filter(|value| value.is_finite()).map(|value| sign * value)
}

/// `1.8p3`; the exponent is needed.
fn hexadecimal_float(text: &str) -> Option<f64> {
    let text = text.replace('_', "").to_ascii_lowercase();
    let (mantissa, exponent) = text.split_once('p')?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let value = u64::from_str_radix(&digits, 16).ok()?;
    let shift = exponent.parse::<i32>().ok()?.checked_sub(i32::try_from(fraction.len()).ok()?.checked_mul(4)?)?;
    #[expect(clippy::cast_precision_loss, reason = "a mantissa of more than 53 bits is rounded")]
    let value = value as f64 * 2_f64.powi(shift);
    value.is_finite().then_some(value)
}
