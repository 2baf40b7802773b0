//! Arithmetic: whole numbers, floats, ranges.
//!
//! Rules: whole arithmetic is int64 and wraps, as Go's; what is no number counts as 0.
//! Not here: conversions (`conversions`), arithmetic in decimals (`decimals`).
//!
//! # Source
//! sprig `numeric.go`, `functions.go`.

use super::conversions::{to_float, to_int};
use super::signature::{Computed, Outcome, argument, fixed, integer, items_within, variadic};
use super::{Environment, Function, Keeps, Parameter};
use crate::value::{Data, Element, List, Value};

use Parameter::{Any, Float, Int};

pub(super) const TABLE: &[Function] = &[
    variadic("add", &[Any], Keeps::Derives, |_, values| Ok(int64(values.iter().map(to_int).fold(0, i64::wrapping_add)))),
    fixed("add1", &[Any], Keeps::Derives, |_, values| Ok(int64(to_int(&argument(values, 0)).wrapping_add(1)))),
    fixed("sub", &[Any, Any], Keeps::Derives, |_, values| {
        Ok(int64(to_int(&argument(values, 0)).wrapping_sub(to_int(&argument(values, 1)))))
    }),
    fixed("div", &[Any, Any], Keeps::Derives, |_, values| division(values, i64::wrapping_div)),
    fixed("mod", &[Any, Any], Keeps::Derives, |_, values| division(values, i64::wrapping_rem)),
    variadic("mul", &[Any, Any], Keeps::Derives, |_, values| Ok(int64(values.iter().map(to_int).fold(1, i64::wrapping_mul)))),
    variadic("max", &[Any, Any], Keeps::Derives, |_, values| Ok(int64(values.iter().map(to_int).max().unwrap_or(0)))),
    variadic("biggest", &[Any, Any], Keeps::Derives, |_, values| Ok(int64(values.iter().map(to_int).max().unwrap_or(0)))),
    variadic("min", &[Any, Any], Keeps::Derives, |_, values| Ok(int64(values.iter().map(to_int).min().unwrap_or(0)))),
    variadic("maxf", &[Any, Any], Keeps::Derives, |_, values| Ok(float(extreme(values, larger)))),
    variadic("minf", &[Any, Any], Keeps::Derives, |_, values| Ok(float(extreme(values, smaller)))),
    fixed("floor", &[Any], Keeps::Derives, |_, values| Ok(float(to_float(&argument(values, 0)).floor()))),
    fixed("ceil", &[Any], Keeps::Derives, |_, values| Ok(float(to_float(&argument(values, 0)).ceil()))),
    variadic("round", &[Any, Int, Float], Keeps::Derives, round),
    fixed("until", &[Int], Keeps::Derives, |environment, values| {
        let stop = integer(values, 0)?;
        steps(environment, 0, stop, if stop < 0 { -1 } else { 1 }).map(ints)
    }),
    fixed("untilStep", &[Int, Int, Int], Keeps::Derives, |environment, values| {
        steps(environment, integer(values, 0)?, integer(values, 1)?, integer(values, 2)?).map(ints)
    }),
    variadic("seq", &[Int], Keeps::Derives, seq),
];

fn division(values: &[Value], divide: fn(i64, i64) -> i64) -> Outcome {
    match to_int(&argument(values, 1)) {
        0 => Err("runtime error: integer divide by zero".into()),
        divisor => Ok(int64(divide(to_int(&argument(values, 0)), divisor))),
    }
}

fn int64(number: i64) -> Value {
    Value::plain(Data::Int64(number))
}

fn float(number: f64) -> Value {
    Value::plain(Data::Float(number))
}

fn ints(numbers: Vec<i64>) -> Value {
    let items = numbers.into_iter().map(|number| Value::plain(Data::Int(number))).collect();
    Value::plain(Data::List(List::new(items), Element::Int))
}

fn extreme(values: &[Value], choose: fn(f64, f64) -> f64) -> f64 {
    values.iter().map(to_float).reduce(choose).unwrap_or(0.0)
}

/// Returns the larger float; what is no number beats all but infinity, 0 beats -0.
///
/// # Source
/// Go `math.Max`.
fn larger(a: f64, b: f64) -> f64 {
    if a == f64::INFINITY || b == f64::INFINITY {
        return f64::INFINITY;
    }
    if a.is_nan() || b.is_nan() {
        return f64::NAN;
    }
    if a == b && a == 0.0 {
        return if a.is_sign_negative() { b } else { a };
    }
    if a > b { a } else { b }
}

fn smaller(a: f64, b: f64) -> f64 {
    -larger(-a, -b)
}

fn round(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let up_from = values.get(2).map_or(0.5, to_float);
    let power = power_of_ten(integer(values, 1)?);
    let shifted = power * to_float(&argument(values, 0));
    let whole = if shifted.fract() >= up_from { shifted.ceil() } else { shifted.floor() };
    Ok(float(whole / power))
}

/// Returns 10 to the power `exponent`, with Go's rounding: by squares, and for negative powers the inverse.
///
/// # Source
/// Go `math/pow.go`.
fn power_of_ten(exponent: i64) -> f64 {
    let (mut power, mut square, mut left) = (1.0, 10.0, exponent.unsigned_abs());
    while left > 0 {
        if left & 1 == 1 {
            power *= square;
        }
        square *= square;
        left >>= 1;
    }
    if exponent < 0 { 1.0 / power } else { power }
}

/// Returns the numbers from `start` up or down to before `stop`.
fn steps(environment: &Environment<'_>, start: i64, stop: i64, step: i64) -> Computed<Vec<i64>> {
    let away = if stop < start { step >= 0 } else { step <= 0 };
    if away {
        return Ok(Vec::new());
    }
    let count = start.abs_diff(stop).div_ceil(step.unsigned_abs());
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    items_within(environment, count)?;
    Ok(std::iter::successors(Some(start), |number| number.checked_add(step)).take(count).collect())
}

/// As the command of that name: the end is included.
fn seq(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let number = |index| integer(values, index);
    let (start, step, end) = match values.len() {
        1 => (1, None, number(0)?),
        2 => (number(0)?, None, number(1)?),
        3 => (number(0)?, Some(number(1)?), number(2)?),
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

#[cfg(test)]
mod tests {
    use super::super::tests::{call, drawn_value, number, try_call};
    use super::*;

    fn int(number: i64) -> Value {
        Value::plain(Data::Int(number))
    }

    // What is computed from a sealed number depends on it; so does how many items a range has.
    #[test]
    fn results_are_derived() {
        assert_eq!(drawn_value(&call("add", &[number(1.0), int(2)])), "<3>");
        assert_eq!(drawn_value(&call("max", &[int(2), int(1)])), "2");
        let sealed = Value::of_leaf(Data::Int(2), crate::provenance::LeafId(1));
        assert_eq!(call("until", &[sealed]).all_leaves().as_slice(), [crate::provenance::LeafId(1)]);
    }

    // A range is refused before it is made; the largest one allowed is made.
    #[test]
    fn ranges_are_bounded() {
        let items = |count| try_call("until", &[int(count)], 64 * 10).map(|value| drawn_value(&value)).ok();
        assert_eq!(items(10).as_deref(), Some("[0 1 2 3 4 5 6 7 8 9]"));
        assert_eq!(items(11), None);
        assert!(try_call("untilStep", &[int(i64::MIN), int(i64::MAX), int(1)], 1 << 20).is_err());
        assert!(try_call("seq", &[int(i64::MAX)], 1 << 20).is_err());
        assert_eq!(drawn_value(&call("untilStep", &[int(i64::MAX - 1), int(i64::MAX), int(9)])), format!("[{}]", i64::MAX - 1));
    }

    // Whole numbers wrap at their ends; the greater of floats is Go's.
    #[test]
    fn ends_of_numbers() {
        assert_eq!(drawn_value(&call("add1", &[int(i64::MAX)])), i64::MIN.to_string());
        assert_eq!(drawn_value(&call("div", &[int(i64::MIN), int(-1)])), i64::MIN.to_string());
        assert!(larger(f64::NAN, 1.0).is_nan() && smaller(1.0, f64::NAN).is_nan());
        assert_eq!(larger(f64::NAN, f64::INFINITY), f64::INFINITY);
        assert!(larger(-0.0, 0.0).is_sign_positive() && smaller(0.0, -0.0).is_sign_negative());
    }
}
