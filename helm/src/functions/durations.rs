//! Durations in templates: sprig's `duration` and `durationRound`, and helm's `mustToDuration`, `durationSeconds`, ...,
//! `durationRoundTo`, `durationTruncateTo`.
//!
//! Rules: helm's take numbers as seconds, sprig's take text and `int64` only; what is no duration is 0, but to `mustToDuration`.
//!
//! # Source
//! helm v4.3.1 `pkg/engine/funcs.go`; sprig v3.3.0 `date.go`.

use std::rc::Rc;

use super::conversions::rounded;
use super::dates::Instant;
use super::signature::{Outcome, all_leaves, argument, fixed, since};
use super::{Environment, Function, FunctionError, Keeps, Parameter};
use crate::profile::Profile;
use crate::time::Moment;
use crate::time::duration::{self, HOUR, MICROSECOND, MILLISECOND, MINUTE, SECOND};
use crate::value::{Data, Map, Object, ObjectKind, Text, Value};
use crate::{gofmt, strconv};

use Parameter::Any;
use Profile::Helm4_3;

pub(super) const TABLE: &[Function] = &[
    fixed("duration", &[Any], Keeps::Derives, |_, values| {
        Ok(Value::string(&duration::printed(seconds(&argument(values, 0)).wrapping_mul(SECOND))))
    }),
    fixed("durationRound", &[Any], Keeps::Derives, largest_unit),
    since(
        Helm4_3,
        fixed("mustToDuration", &[Any], Keeps::Derives, |_, values| {
            read(&argument(values, 0)).map(object).map_err(|message| fail(values, &message))
        }),
    ),
    since(Helm4_3, fixed("durationSeconds", &[Any], Keeps::Derives, |_, values| Ok(float(in_units(values, SECOND))))),
    since(Helm4_3, fixed("durationMinutes", &[Any], Keeps::Derives, |_, values| Ok(float(in_units(values, MINUTE))))),
    since(Helm4_3, fixed("durationHours", &[Any], Keeps::Derives, |_, values| Ok(float(in_units(values, HOUR))))),
    since(Helm4_3, fixed("durationDays", &[Any], Keeps::Derives, |_, values| Ok(float(in_units(values, HOUR) / 24.0)))),
    since(Helm4_3, fixed("durationWeeks", &[Any], Keeps::Derives, |_, values| Ok(float(in_units(values, HOUR) / 24.0 / 7.0)))),
    since(Helm4_3, fixed("durationMilliseconds", &[Any], Keeps::Derives, |_, values| Ok(integer(any(values, 0) / MILLISECOND)))),
    since(Helm4_3, fixed("durationMicroseconds", &[Any], Keeps::Derives, |_, values| Ok(integer(any(values, 0) / MICROSECOND)))),
    since(Helm4_3, fixed("durationNanoseconds", &[Any], Keeps::Derives, |_, values| Ok(integer(any(values, 0))))),
    since(
        Helm4_3,
        fixed("durationRoundTo", &[Any, Any], Keeps::Derives, |_, values| {
            Ok(object(duration::rounded(any(values, 0), any(values, 1))))
        }),
    ),
    since(
        Helm4_3,
        fixed("durationTruncateTo", &[Any, Any], Keeps::Derives, |_, values| {
            Ok(object(duration::truncated(any(values, 0), any(values, 1))))
        }),
    ),
];

fn object(nanoseconds: i64) -> Value {
    Value::plain(Data::Object(Rc::new(Object { kind: ObjectKind::Duration(nanoseconds), fields: Map::new() })))
}

fn float(number: f64) -> Value {
    Value::plain(Data::Float(number))
}

fn integer(number: i64) -> Value {
    Value::plain(Data::Int64(number))
}

fn fail(values: &[Value], message: &str) -> FunctionError {
    FunctionError { message: Text::from(message).derived_from(&all_leaves(values)) }
}

/// Returns the seconds sprig's `duration` counts: those of text and `int64`.
fn seconds(value: &Value) -> i64 {
    match &value.data {
        Data::Int64(seconds) => *seconds,
        // Go keeps the nearest number where the digits go beyond.
        Data::String(text) => match std::str::from_utf8(text.as_bytes()).unwrap_or("").parse::<i64>() {
            Ok(seconds) => seconds,
            Err(error) => match error.kind() {
                std::num::IntErrorKind::PosOverflow => i64::MAX,
                std::num::IntErrorKind::NegOverflow => i64::MIN,
                _ => 0,
            },
        },
        _ => 0,
    }
}

/// Returns a duration in the largest unit that is smaller than it.
fn largest_unit(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    const DAY: i64 = 24 * HOUR;
    const UNITS: [(i64, &str); 6] = [(365 * DAY, "y"), (30 * DAY, "mo"), (DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (SECOND, "s")];
    let value = argument(values, 0);
    let (nanoseconds, now) = match &value.data {
        Data::String(text) => (duration::parse(&String::from_utf8_lossy(text.as_bytes())).unwrap_or(0), None),
        Data::Int64(nanoseconds) => (*nanoseconds, None),
        Data::Object(object) => match Moment::of(&object.kind) {
            Some(moment) => {
                let now = Instant::now(environment, "durationRound");
                (now.moment.since(&moment), Some(now.leaves))
            }
            None => (0, None),
        },
        _ => (0, None),
    };
    let magnitude = nanoseconds.unsigned_abs();
    let found = UNITS.into_iter().find(|(unit, _)| magnitude > unit.unsigned_abs());
    let printed = found.map_or_else(|| "0s".to_owned(), |(unit, name)| format!("{}{name}", magnitude / unit.unsigned_abs()));
    Ok(Value::string(&printed).derived_from(&now.unwrap_or_default()))
}

/// Returns a duration in nanoseconds; 0 where there is none.
fn any(values: &[Value], index: usize) -> i64 {
    read(&argument(values, index)).unwrap_or(0)
}

/// Returns a duration in a unit.
fn in_units(values: &[Value], unit: i64) -> f64 {
    duration::in_units(any(values, 0), unit)
}

/// Reads a duration: text with or without units, numbers of seconds. An error is helm's message.
///
/// # Source
/// helm `pkg/engine/funcs.go`, `asDuration`.
fn read(value: &Value) -> Result<i64, String> {
    match &value.data {
        Data::Nil => Err("invalid duration".to_owned()),
        Data::Int(seconds) | Data::Int64(seconds) => {
            seconds.checked_mul(SECOND).ok_or_else(|| format!("duration seconds overflow: {seconds}"))
        }
        Data::Float(seconds) => of_float(*seconds),
        Data::String(text) => {
            let whole = String::from_utf8_lossy(text.as_bytes());
            let trimmed = whole.trim();
            if trimmed.is_empty() {
                return Err("empty duration".to_owned());
            }
            match (duration::parse(trimmed), strconv::float(trimmed)) {
                (Ok(nanoseconds), _) => Ok(nanoseconds),
                (Err(_), Some(seconds)) => of_float(seconds),
                (Err(_), None) => Err(format!("could not parse duration {}", quoted(text))),
            }
        }
        Data::Object(object) => match object.kind {
            ObjectKind::Duration(nanoseconds) => Ok(nanoseconds),
            _ => Err(format!("unsupported duration type {}", gofmt::type_name(value))),
        },
        Data::Bool(_) | Data::Bytes(_) | Data::List(..) | Data::Map(..) => {
            Err(format!("unsupported duration type {}", gofmt::type_name(value)))
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn of_float(seconds: f64) -> Result<i64, String> {
    let limit = rounded(i64::MAX);
    let second = rounded(SECOND);
    if !seconds.is_finite() {
        return Err(format!("invalid duration seconds: {}", gofmt::shortest(seconds)));
    }
    if seconds.abs() > limit / second {
        return Err(format!("duration seconds overflow: {}", gofmt::shortest(seconds)));
    }
    let nanoseconds = seconds * second;
    // On amd64 Go converts what is one too many to the smallest integer.
    Ok(if nanoseconds >= limit { i64::MIN } else { nanoseconds as i64 })
}

fn quoted(text: &Text) -> String {
    let value = Value::plain(Data::String(Text::plain(text.as_bytes())));
    let quoted = gofmt::sprintf(&Text::from("%q"), &[value]);
    quoted.map(|quoted| String::from_utf8_lossy(quoted.as_bytes()).into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::tests::{call, drawn_value, exact, refused};

    fn check(name: &str, values: &[Value], expected: &str) {
        assert_eq!(drawn_value(&call(name, values)), expected, "{name}");
    }

    fn text(text: &str) -> Value {
        Value::string(text)
    }

    // Sprig's functions read text and `int64`, and nothing else.
    #[test]
    fn sprigs() {
        check("duration", &[text("95")], "1m35s");
        check("duration", &[Value::plain(Data::Int(95))], "0s");
        check("durationRound", &[text("2400h10m5s")], "3mo");
        check("durationRound", &[text("-90s")], "1m");
        check("durationRound", &[text("1s")], "0s");
        check("durationRound", &[call("toDate", &[text("2006"), text("2020")])], "<3y>");
    }

    // Helm's take numbers as seconds, and text with or without units.
    #[test]
    fn helms() {
        check("durationMinutes", &[text("1h30m")], "90");
        check("durationSeconds", &[text(" 2.5 ")], "2.5");
        check("durationMilliseconds", &[float(1.5)], "1500");
        check("durationWeeks", &[text("84h")], "0.5");
        check("durationNanoseconds", &[text("nonsense")], "0");
        check("durationRoundTo", &[text("90s"), text("1m")], "2m0s");
        check("durationTruncateTo", &[text("119s"), text("x")], "1m59s");
        check("mustToDuration", &[exact("1m")], "<1m0s>");
    }

    // `mustToDuration` says what is wrong.
    #[test]
    fn refusals() {
        let refused = |value: Value| refused("mustToDuration", &[value]).unwrap_or_default();
        assert_eq!(refused(text("x")), "could not parse duration \"x\"");
        assert_eq!(refused(text(" ")), "empty duration");
        assert_eq!(refused(Value::nil()), "invalid duration");
        assert_eq!(refused(Value::plain(Data::Bool(true))), "unsupported duration type bool");
        assert_eq!(refused(float(f64::INFINITY)), "invalid duration seconds: +Inf");
        assert_eq!(refused(float(1e10)), "duration seconds overflow: 1e+10");
        assert_eq!(refused(Value::plain(Data::Int(9_223_372_037))), "duration seconds overflow: 9223372037");
    }
}
