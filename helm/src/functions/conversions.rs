//! Numbers out of anything: `int`, `int64`, `float64`, `atoi`, `toDecimal`.
//!
//! Rules: what is not a number is 0, never an error. Hexadecimal floats (`0x1p4`) count as no number.
//!
//! # Source
//! sprig `numeric.go`; cast `caste.go`, `ToInt64E`, `ToFloat64E`; Go `strconv.ParseInt`, `ParseFloat`.

use super::signature::{argument, fixed, text};
use super::{Function, Keeps, Parameter};
use crate::gofmt;
use crate::value::{Data, Value};

use Parameter::{Any, String as Str};

pub(super) const TABLE: &[Function] = &[
    fixed("int", &[Any], Keeps::Derives, |_, values| Ok(Value::plain(Data::Int(to_int(&argument(values, 0)))))),
    fixed("int64", &[Any], Keeps::Derives, |_, values| Ok(Value::plain(Data::Int64(to_int(&argument(values, 0)))))),
    fixed("float64", &[Any], Keeps::Derives, |_, values| Ok(Value::plain(Data::Float(to_float(&argument(values, 0)))))),
    fixed("atoi", &[Str], Keeps::Derives, |_, values| Ok(Value::plain(Data::Int(atoi(text(values, 0)?.as_bytes()))))),
    fixed("toDecimal", &[Any], Keeps::Derives, |_, values| Ok(Value::plain(Data::Int64(octal(&argument(values, 0)))))),
];

/// Returns the value as an integer.
pub(super) fn to_int(value: &Value) -> i64 {
    match &value.data {
        Data::Bool(on) => i64::from(*on),
        Data::Int(number) | Data::Int64(number) => *number,
        Data::Float(number) => truncated(*number),
        Data::String(text) => match std::str::from_utf8(without_zero_decimals(text.as_bytes())) {
            Ok(text) => parse(text, Base::FromPrefix).unwrap_or(0),
            Err(_) => 0,
        },
        Data::Nil | Data::Bytes(_) | Data::List(..) | Data::Map(..) | Data::Object(_) => 0,
    }
}

/// Returns the value as a float.
pub(super) fn to_float(value: &Value) -> f64 {
    match &value.data {
        Data::Bool(on) => f64::from(u8::from(*on)),
        Data::Int(number) | Data::Int64(number) => rounded(*number),
        Data::Float(number) => *number,
        Data::String(text) => std::str::from_utf8(text.as_bytes()).ok().and_then(parse_float).unwrap_or(0.0),
        Data::Nil | Data::Bytes(_) | Data::List(..) | Data::Map(..) | Data::Object(_) => 0.0,
    }
}

/// Returns the float nearest to an integer.
#[expect(clippy::cast_precision_loss, reason = "Go's conversion rounds, too")]
pub(super) fn rounded(number: i64) -> f64 {
    number as f64
}

/// Cuts off the fraction; outside the range, as on amd64, it is the smallest integer.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn truncated(number: f64) -> i64 {
    let limit = rounded(i64::MIN);
    if (limit..-limit).contains(&number) { number as i64 } else { i64::MIN }
}

/// Cuts `.0`, `.00` and so on off the end.
///
/// # Source
/// cast `caste.go`, `trimZeroDecimal`.
fn without_zero_decimals(text: &[u8]) -> &[u8] {
    let zeros = text.iter().rev().take_while(|byte| **byte == b'0').count();
    match text.get(..text.len() - zeros) {
        Some([whole @ .., b'.']) if zeros > 0 => whole,
        _ => text,
    }
}

/// How digits are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Base {
    Ten,
    Eight,
    /// `0x`, `0o`, `0b`, `0`; underscores may stand between digits.
    FromPrefix,
}

/// Why digits are no integer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NotAnInteger {
    Syntax,
    Above,
    Below,
}

fn parse(text: &str, base: Base) -> Result<i64, NotAnInteger> {
    let (negative, unsigned) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let (radix, digits) = match base {
        Base::Ten => (10, unsigned.to_owned()),
        Base::Eight => (8, unsigned.to_owned()),
        Base::FromPrefix => prefixed(unsigned).ok_or(NotAnInteger::Syntax)?,
    };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return Err(NotAnInteger::Syntax);
    }
    // Digits only: what cannot be read now is too large.
    let range = if negative { NotAnInteger::Below } else { NotAnInteger::Above };
    let magnitude = i128::from_str_radix(&digits, radix).unwrap_or(i128::MAX);
    i64::try_from(if negative { -magnitude } else { magnitude }).or(Err(range))
}

/// Returns base and digits of a number with a prefix; nothing where an underscore does not stand between digits.
fn prefixed(text: &str) -> Option<(u32, String)> {
    let lower = text.to_ascii_lowercase();
    let (radix, digits) = match lower.get(..2) {
        Some("0x") => (16, lower.get(2..)?),
        Some("0o") => (8, lower.get(2..)?),
        Some("0b") => (2, lower.get(2..)?),
        _ if lower.len() > 1 && lower.starts_with('0') => (8, lower.get(1..)?),
        _ => (10, lower.as_str()),
    };
    // A prefix counts as a digit before an underscore.
    let joined = if radix == 10 { digits.to_owned() } else { format!("0{digits}") };
    let misplaced = joined.starts_with('_') || joined.ends_with('_') || joined.contains("__");
    (!misplaced && !digits.is_empty()).then(|| (radix, digits.replace('_', "")))
}

pub(super) fn parse_float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if unsigned.eq_ignore_ascii_case("nan") && unsigned.len() != text.len() {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    // Out of range is an error to Go, infinity by name is not.
    if number.is_infinite() && unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    Some(number)
}

fn atoi(text: &[u8]) -> i64 {
    match std::str::from_utf8(text).map(|text| parse(text, Base::Ten)) {
        Ok(Ok(number)) => number,
        Ok(Err(NotAnInteger::Above)) => i64::MAX,
        Ok(Err(NotAnInteger::Below)) => i64::MIN,
        Ok(Err(NotAnInteger::Syntax)) | Err(_) => 0,
    }
}

fn octal(value: &Value) -> i64 {
    let printed = gofmt::sprint(std::slice::from_ref(value));
    std::str::from_utf8(printed.as_bytes()).ok().and_then(|text| parse(text, Base::Eight).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, int: i64, float: f64, ten: i64) {
        let value = Value::string(text);
        assert_eq!((to_int(&value), to_float(&value), atoi(text.as_bytes())), (int, float, ten), "{text}");
    }

    // Prefixes, underscores and zero decimals count for `int`, not for `atoi`; limits saturate in `atoi` only.
    #[test]
    fn numbers_in_text() {
        check("12", 12, 12.0, 12);
        check("-0x1F", -31, 0.0, 0);
        check("010", 8, 10.0, 10);
        check("1_000", 1000, 0.0, 0);
        check("1__0", 0, 0.0, 0);
        check("0_7", 7, 0.0, 0);
        check("8.00", 8, 8.0, 0);
        check("8.50", 0, 8.5, 0);
        check("9223372036854775808", 0, 9_223_372_036_854_775_808.0, i64::MAX);
        check("1e400", 0, 0.0, 0);
        check("-inf", 0, f64::NEG_INFINITY, 0);
        check("+nan", 0, 0.0, 0);
        check("", 0, 0.0, 0);
    }

    // Floats lose their fraction, and out of range turn into the smallest integer.
    #[test]
    fn floats_to_integers() {
        let int = |number| to_int(&Value::plain(Data::Float(number)));
        assert_eq!((int(-1.9), int(1e19), int(f64::NAN)), (-1, i64::MIN, i64::MIN));
    }
}
