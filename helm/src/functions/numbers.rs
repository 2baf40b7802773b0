//! Numbers: conversions and arithmetic.
//!
//! Rules: whole arithmetic is int64 and wraps, as Go's; what is no number counts as 0.
//!
//! # Source
//! sprig `numeric.go`, `functions.go`; spf13/cast `caste.go` for conversions.

use super::text::{Outcome, argument, fixed, integer, text, variadic, within};
use super::{Environment, Function, FunctionError, Keeps, Parameter};
use crate::gofmt;
use crate::value::{Data, List, ObjectKind, Value};

use Parameter::{Any, Float, Int, String as Str};

pub(super) const TABLE: &[Function] = &[
    variadic("add", &[Any], Keeps::Derives, |_, values| Ok(int64(values.iter().map(int64_of).fold(0, i64::wrapping_add)))),
    fixed("add1", &[Any], Keeps::Derives, |_, values| Ok(int64(int64_of(&argument(values, 0)).wrapping_add(1)))),
    fixed("sub", &[Any, Any], Keeps::Derives, |_, values| {
        Ok(int64(int64_of(&argument(values, 0)).wrapping_sub(int64_of(&argument(values, 1)))))
    }),
    fixed("div", &[Any, Any], Keeps::Derives, |_, values| division(values, i64::wrapping_div)),
    fixed("mod", &[Any, Any], Keeps::Derives, |_, values| division(values, i64::wrapping_rem)),
    variadic("mul", &[Any, Any], Keeps::Derives, |_, values| Ok(int64(values.iter().map(int64_of).fold(1, i64::wrapping_mul)))),
    variadic("max", &[Any, Any], Keeps::Derives, |_, values| Ok(int64(values.iter().map(int64_of).max().unwrap_or(0)))),
    variadic("biggest", &[Any, Any], Keeps::Derives, |_, values| Ok(int64(values.iter().map(int64_of).max().unwrap_or(0)))),
    variadic("min", &[Any, Any], Keeps::Derives, |_, values| Ok(int64(values.iter().map(int64_of).min().unwrap_or(0)))),
    variadic("maxf", &[Any, Any], Keeps::Derives, |_, values| Ok(float(extreme(values, f64::max)))),
    variadic("minf", &[Any, Any], Keeps::Derives, |_, values| Ok(float(extreme(values, f64::min)))),
    fixed("floor", &[Any], Keeps::Derives, |_, values| Ok(float(float_of(&argument(values, 0)).floor()))),
    fixed("ceil", &[Any], Keeps::Derives, |_, values| Ok(float(float_of(&argument(values, 0)).ceil()))),
    variadic("round", &[Any, Int, Float], Keeps::Derives, round),
    fixed("until", &[Int], Keeps::Derives, |environment, values| {
        let stop = integer(values, 0);
        steps(environment, 0, stop, if stop < 0 { -1 } else { 1 }).map(ints)
    }),
    fixed("untilStep", &[Int, Int, Int], Keeps::Derives, |environment, values| {
        steps(environment, integer(values, 0), integer(values, 1), integer(values, 2)).map(ints)
    }),
    variadic("seq", &[Int], Keeps::Derives, seq),
];

fn division(values: &[Value], divide: fn(i64, i64) -> i64) -> Outcome {
    match int64_of(&argument(values, 1)) {
        0 => Err("runtime error: integer divide by zero".into()),
        divisor => Ok(int64(divide(int64_of(&argument(values, 0)), divisor))),
    }
}

fn int(number: i64) -> Value {
    Value::plain(Data::Int(number))
}

fn int64(number: i64) -> Value {
    Value::plain(Data::Int64(number))
}

fn float(number: f64) -> Value {
    Value::plain(Data::Float(number))
}

fn ints(numbers: Vec<i64>) -> Value {
    Value::plain(Data::List(List::new(numbers.into_iter().map(int).collect()), crate::value::Element::Any))
}

/// Returns a value as an int64; 0 for what is no number.
///
/// # Source
/// spf13/cast `caste.go`, `ToInt64E`: a text in any base, with zero decimals; a float is cut.
pub(super) fn int64_of(value: &Value) -> i64 {
    match &value.data {
        Data::Int(number) | Data::Int64(number) => *number,
        #[expect(clippy::cast_possible_truncation, reason = "Go cuts as well")]
        Data::Float(number) => *number as i64,
        Data::Bool(on) => i64::from(*on),
        Data::String(text) => based(&super::text::characters(text)).unwrap_or(0),
        Data::Object(object) => match object.kind {
            ObjectKind::Duration(nanoseconds) => nanoseconds,
            _ => 0,
        },
        Data::Nil | Data::Bytes(_) | Data::List(..) | Data::Map(..) => 0,
    }
}

fn based(text: &str) -> Option<i64> {
    let text = match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => whole,
        _ => text,
    };
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, lower.get(2..)?),
        [b'0', b'o', ..] => (8, lower.get(2..)?),
        [b'0', b'b', ..] => (2, lower.get(2..)?),
        [b'0', _, ..] => (8, lower.get(1..)?),
        _ => (10, lower.as_str()),
    };
    if digits.starts_with(['+', '-'])
        || digits.ends_with('_')
        || digits.contains("__")
        || (radix == 10 && digits.starts_with('_'))
    {
        return None;
    }
    i64::from_str_radix(&format!("{sign}{}", digits.replace('_', "")), radix).ok()
}

/// Returns a text of decimal digits as a number; 0 for any other.
fn decimal(text: &str) -> i64 {
    text.parse().unwrap_or(0)
}

/// Returns a value as a float64; 0 for what is no number.
pub(super) fn float_of(value: &Value) -> f64 {
    match &value.data {
        #[expect(clippy::cast_precision_loss, reason = "Go rounds as well")]
        Data::Int(number) | Data::Int64(number) => *number as f64,
        Data::Float(number) => *number,
        Data::Bool(on) => f64::from(u8::from(*on)),
        Data::String(text) => super::text::characters(text).parse().unwrap_or(0.0),
        Data::Nil | Data::Bytes(_) | Data::List(..) | Data::Map(..) | Data::Object(_) => 0.0,
    }
}

fn extreme(values: &[Value], choose: fn(f64, f64) -> f64) -> f64 {
    values.iter().map(float_of).reduce(choose).unwrap_or(0.0)
}

fn to_decimal(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let text = gofmt::value(&argument(values, 0));
    Ok(int64(i64::from_str_radix(&super::text::characters(&text), 8).unwrap_or(0)))
}

fn round(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let places = i32::try_from(integer(values, 1)).unwrap_or(0);
    let up_from = values.get(2).map_or(0.5, float_of);
    let power = 10_f64.powi(places);
    let shifted = power * float_of(&argument(values, 0));
    let rounded = if shifted.fract() >= up_from { shifted.ceil() } else { shifted.floor() };
    Ok(float(rounded / power))
}

/// Returns the numbers from `start` up or down to before `stop`.
///
/// # Source
/// sprig `numeric.go`, `untilStep`.
fn steps(environment: &Environment<'_>, start: i64, stop: i64, step: i64) -> Result<Vec<i64>, FunctionError> {
    let away = if stop < start { step >= 0 } else { step <= 0 };
    if away {
        return Ok(Vec::new());
    }
    let count = start.abs_diff(stop).div_ceil(step.unsigned_abs());
    within(environment, usize::try_from(count).unwrap_or(usize::MAX))?;
    let mut numbers = Vec::new();
    let mut next = start;
    for _ in 0..count {
        numbers.push(next);
        next = next.saturating_add(step);
    }
    Ok(numbers)
}

/// # Source
/// sprig `numeric.go`, `seq`: as the command, the end included.
fn seq(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let number = |index| integer(values, index);
    let (start, step, end) = match values.len() {
        1 => (1, None, number(0)),
        2 => (number(0), None, number(1)),
        3 => (number(0), Some(number(1)), number(2)),
        _ => return Ok(Value::string("")),
    };
    let direction = if end < start { -1 } else { 1 };
    if direction < 0 && step.is_some_and(|step| step > 0) {
        return Ok(Value::string(""));
    }
    let numbers = steps(environment, start, end.saturating_add(direction), step.unwrap_or(direction))?;
    let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
    Ok(Value::string(&numbers.join(" ")))
}
