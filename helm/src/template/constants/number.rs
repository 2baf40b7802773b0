//! Numeric constants.
//!
//! In: what the lexer took for a number, too generously. Out: every reading Go allows it.
//! Rules: Go's `strconv` decides, its choice of float conversion on amd64 included; imaginary constants are refused, since no function
//! of Helm's takes one.

use crate::template::ast::{Ideal, Number};
use crate::template::character::quoted;
use crate::template::lexer::{Item, Token};

/// The first float beyond int64.
const INT_END: f64 = 9_223_372_036_854_775_808.0;

/// The first float beyond uint64.
const UINT_END: f64 = 18_446_744_073_709_551_616.0;

/// Returns a numeric constant in every type that can hold it.
///
/// # Errors
/// Go's words for what is no number, and ours for imaginary constants.
///
/// # Source
/// Go `text/template/parse/node.go`, `newNumber`.
pub(in crate::template) fn number(item: &Item<'_>) -> Result<Number, String> {
    let text = String::from_utf8_lossy(&item.text).into_owned();
    if item.token == Token::Character {
        let code = super::character(&item.text)?;
        return Ok(whole(Some(i64::from(code)), Some(u64::from(code)), text));
    }
    let imaginary = text.strip_suffix('i').is_some_and(|real| float(real).is_some());
    if item.token == Token::Complex || imaginary {
        return Err(format!("imaginary constants are not supported: {}", quoted(&item.text)));
    }
    let int = signed(&text);
    let uint = unsigned(&text).or((int == Some(0)).then_some(0));
    if int.is_some() || uint.is_some() {
        return Ok(whole(int, uint, text));
    }
    let Some(float) = float(&text) else { return Err(format!("illegal number syntax: {}", quoted(&item.text))) };
    if !text.contains(['.', 'e', 'E', 'p', 'P']) {
        return Err(format!("integer overflow: {}", quoted(&item.text)));
    }
    Ok(fractional(float, text))
}

/// A number written as a float. An int64 and a uint64 too, where it is whole and in range.
fn fractional(float: f64, text: String) -> Number {
    let is_whole = float.trunc() == float;
    #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
    let int = (is_whole && (-INT_END..INT_END).contains(&float)).then_some(float as i64);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and in range")]
    let uint = (is_whole && (0.0..UINT_END).contains(&float)).then_some(float as u64);
    Number { int, uint, float: Some(float), text, ideal: Ideal::Float }
}

/// An integer, or a character.
///
/// # Source
/// Go `text/template/exec.go`, `idealConstant`: with a sign, hexadecimal digits count as an exponent, so `-0xe` is a float.
fn whole(int: Option<i64>, uint: Option<u64>, text: String) -> Number {
    #[expect(clippy::cast_precision_loss, reason = "Go converts the same way")]
    let float = int.map(|int| int as f64).or(uint.map(|uint| uint as f64));
    let hexadecimal = text.get(..2).is_some_and(|head| head.eq_ignore_ascii_case("0x"));
    let ideal = if !hexadecimal && !text.starts_with('\'') && text.contains(['.', 'e', 'E', 'p', 'P']) {
        Ideal::Float
    } else if int.is_some() {
        Ideal::Int
    } else {
        Ideal::Overflow
    };
    Number { int, uint, float, text, ideal }
}

/// # Source
/// Go `strconv.ParseInt` with base 0.
fn signed(text: &str) -> Option<i64> {
    let (negative, magnitude) = match text.as_bytes().first()? {
        b'-' => (true, unsigned(text.get(1..)?)?),
        b'+' => (false, unsigned(text.get(1..)?)?),
        _ => (false, unsigned(text)?),
    };
    if negative { 0_i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() }
}

/// # Source
/// Go `strconv.ParseUint` with base 0: no sign.
fn unsigned(text: &str) -> Option<u64> {
    let (radix, digits) = match text.as_bytes() {
        [b'0', b'x' | b'X', _, ..] => (16, text.get(2..)?),
        [b'0', b'o' | b'O', _, ..] => (8, text.get(2..)?),
        [b'0', b'b' | b'B', _, ..] => (2, text.get(2..)?),
        [b'0', _, ..] => (8, text.get(1..)?),
        _ => (10, text),
    };
    let digits = Some(digits).filter(|digits| !digits.starts_with(['+', '-']) && separates_digits(text))?.replace('_', "");
    u64::from_str_radix(&digits, radix).ok()
}

/// Says whether each underscore stands between digits; the prefix of a base counts as one.
///
/// # Source
/// Go `strconv/atoi.go`, `underscoreOK`.
fn separates_digits(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text).to_ascii_lowercase();
    let prefixed = ["0x", "0o", "0b"].iter().any(|prefix| text.starts_with(prefix));
    let hexadecimal = text.starts_with("0x");
    let digits = if prefixed { text.get(2..).unwrap_or_default() } else { &text };
    let is_digit = |byte: u8| byte.is_ascii_digit() || (hexadecimal && matches!(byte, b'a'..=b'f'));
    let mut before = if prefixed { b'0' } else { b'.' };
    for byte in digits.bytes() {
        let misplaced = if byte == b'_' { !is_digit(before) } else { before == b'_' && !is_digit(byte) };
        if misplaced {
            return false;
        }
        before = byte;
    }
    before != b'_'
}

/// # Source
/// Go `strconv.ParseFloat`: decimal and hexadecimal, finite.
fn float(text: &str) -> Option<f64> {
    if !separates_digits(text) {
        return None;
    }
    let text = text.replace('_', "");
    let (sign, magnitude) = match text.as_bytes().first()? {
        b'-' => (-1.0, text.get(1..)?),
        b'+' => (1.0, text.get(1..)?),
        _ => (1.0, text.as_str()),
    };
    let value = match magnitude.get(..2) {
        Some("0x" | "0X") => hexadecimal(magnitude.get(2..)?)?,
        _ if magnitude.starts_with(|first: char| first.is_ascii_digit() || first == '.') => magnitude.parse().ok()?,
        _ => return None,
    };
    value.is_finite().then_some(sign * value)
}

/// Reads `1.8p3`, whose exponent is needed, to the nearest float.
fn hexadecimal(text: &str) -> Option<f64> {
    /// Digits that fit into 64 bits.
    const DIGITS: usize = 16;
    /// Beyond every exponent a float has, however many digits stand before it.
    const EXPONENT: i64 = 1 << 40;
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if integer.is_empty() && fraction.is_empty() {
        return None;
    }
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let beyond = if exponent.starts_with('-') { -EXPONENT } else { EXPONENT };
    let mut scale = exponent.parse::<i64>().unwrap_or(beyond).clamp(-EXPONENT, EXPONENT);
    scale -= 4 * i64::try_from(fraction.len()).ok()?;
    let all = [integer, fraction].concat();
    let significant = all.trim_start_matches('0');
    let (kept, cut) = significant.split_at_checked(DIGITS).unwrap_or((significant, ""));
    scale += 4 * i64::try_from(cut.len()).ok()?;
    let kept = if kept.is_empty() { 0 } else { u64::from_str_radix(kept, 16).ok()? };
    let more = cut.bytes().any(|digit| digit != b'0');
    Some(nearest(kept, scale, if more { Rest::Some } else { Rest::None }))
}

/// Whether digits that are no zeros follow those of a mantissa.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    None,
    Some,
}

/// Returns the float nearest to `mantissa` times two to the `scale`, of two the even one; infinity beyond the largest.
fn nearest(mantissa: u64, scale: i64, rest: Rest) -> f64 {
    /// The smallest exponent of a normal float, and how far the encoding shifts it.
    const SMALLEST: i64 = -1022;
    if mantissa == 0 {
        return 0.0;
    }
    let zeros = mantissa.leading_zeros();
    let aligned = u128::from(mantissa << zeros);
    let exponent = scale + 63 - i64::from(zeros);
    if exponent > 1023 {
        return f64::INFINITY;
    }
    // 53 bits stay of 64; of a subnormal float, as many less as its exponent lies below.
    let dropped = 11 + (SMALLEST - exponent).clamp(0, 60);
    let kept = aligned >> dropped;
    let remainder = aligned - (kept << dropped);
    let half = 1_u128 << (dropped - 1);
    let up = remainder > half || (remainder == half && (rest == Rest::Some || kept & 1 == 1));
    // The leading bit of a normal mantissa counts into the exponent field, and so does a carry.
    let field = u64::try_from((exponent - SMALLEST).max(0)).unwrap_or_default() << 52;
    f64::from_bits(field + u64::try_from(kept).unwrap_or_default() + u64::from(up))
}
