//! Numbers out of anything: `int`, `int64`, `float64`, `atoi`, `toDecimal`.
//!
//! Rules: what is not a number is 0, never an error.
//!
//! # Source
//! sprig `numeric.go`; cast `caste.go`, `ToInt64E`, `ToFloat64E`; Go `strconv.Atoi`.

use super::signature::{argument, fixed, text};
use super::{Function, Keeps, Parameter};
use crate::gofmt;
use crate::strconv::{float, signed};
use crate::value::{Data, ObjectKind, Value};

use Parameter::{Any, String as Str};

pub(super) const TABLE: &[Function] = &[
    fixed("int", &[Any], Keeps::Derives, |_, values| Ok(Value::plain(Data::Int(to_int(&argument(values, 0)))))),
    fixed("int64", &[Any], Keeps::Derives, |_, values| Ok(Value::plain(Data::Int64(to_int(&argument(values, 0)))))),
    fixed("float64", &[Any], Keeps::Derives, |_, values| Ok(Value::plain(Data::Float(to_float(&argument(values, 0)))))),
    fixed("atoi", &[Str], Keeps::Derives, |_, values| {
        Ok(Value::plain(Data::Int(std::str::from_utf8(text(values, 0)?.as_bytes()).map_or(0, atoi))))
    }),
    fixed("toDecimal", &[Any], Keeps::Derives, |_, values| Ok(Value::plain(Data::Int64(octal(&argument(values, 0)))))),
];

/// Returns the value as an integer.
pub(super) fn to_int(value: &Value) -> i64 {
    match &value.data {
        Data::Bool(on) => i64::from(*on),
        Data::Int(number) | Data::Int64(number) => *number,
        Data::Float(number) => truncated(*number),
        Data::String(text) => std::str::from_utf8(without_zero_decimals(text.as_bytes())).ok().and_then(signed).unwrap_or(0),
        Data::Object(object) => match object.kind {
            ObjectKind::Number(_, number) => wrapped(number),
            _ => 0,
        },
        Data::Nil | Data::Bytes(_) | Data::List(..) | Data::Map(..) => 0,
    }
}

/// Returns the value as a float.
pub(super) fn to_float(value: &Value) -> f64 {
    match &value.data {
        Data::Bool(on) => f64::from(u8::from(*on)),
        Data::Int(number) | Data::Int64(number) => rounded(*number),
        Data::Float(number) => *number,
        Data::String(text) => std::str::from_utf8(text.as_bytes()).ok().and_then(float).unwrap_or(0.0),
        Data::Object(object) => match object.kind {
            ObjectKind::Number(_, number) => nearest(number),
            _ => 0.0,
        },
        Data::Nil | Data::Bytes(_) | Data::List(..) | Data::Map(..) => 0.0,
    }
}

/// Returns the float nearest to an integer.
#[expect(clippy::cast_precision_loss, reason = "Go's conversion rounds, too")]
pub(super) fn rounded(number: i64) -> f64 {
    number as f64
}

/// Returns the low 64 bits, as Go converts a `uint64`.
#[expect(clippy::cast_possible_truncation, reason = "Go's conversion wraps, too")]
fn wrapped(number: i128) -> i64 {
    number as i64
}

/// Returns the float nearest to a `uint64`.
#[expect(clippy::cast_precision_loss, reason = "Go's conversion rounds, too")]
fn nearest(number: i128) -> f64 {
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

/// Out of range it is the number at that end.
fn atoi(text: &str) -> i64 {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let overflown = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    text.parse().unwrap_or(match (overflown, text.starts_with('-')) {
        (false, _) => 0,
        (true, false) => i64::MAX,
        (true, true) => i64::MIN,
    })
}

fn octal(value: &Value) -> i64 {
    let printed = gofmt::sprint(std::slice::from_ref(value));
    std::str::from_utf8(printed.as_bytes()).ok().and_then(|text| i64::from_str_radix(text, 8).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, int: i64, float: f64, ten: i64) {
        let value = Value::string(text);
        assert_eq!((to_int(&value), to_float(&value), atoi(text)), (int, float, ten), "{text}");
    }

    // Prefixes and zero decimals count for `int`, not for `atoi`; limits saturate in `atoi` only.
    #[test]
    fn numbers_in_text() {
        check("12", 12, 12.0, 12);
        check("-0x1F", -31, 0.0, 0);
        check("010", 8, 10.0, 10);
        check("8.00", 8, 8.0, 0);
        check("8.50", 0, 8.5, 0);
        check("9223372036854775808", 0, 9_223_372_036_854_775_808.0, i64::MAX);
        check("-9223372036854775809", 0, -9_223_372_036_854_775_808.0, i64::MIN);
        check("99999999999999999999x", 0, 0.0, 0);
        check("", 0, 0.0, 0);
    }

    // Floats lose their fraction, and out of range turn into the smallest integer.
    #[test]
    fn floats_to_integers() {
        let int = |number| to_int(&Value::plain(Data::Float(number)));
        assert_eq!((int(-1.9), int(1e19), int(f64::NAN)), (-1, i64::MIN, i64::MIN));
    }
}
