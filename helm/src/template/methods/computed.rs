//! Methods of versions, times and durations: what Go computes from the object and its arguments alone.
//!
//! Not here: what a template cannot reach: time zones as values, bytes to append to.
//!
//! # Source
//! Masterminds/semver v3.5.0 `version.go`; Go `time/time.go`.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::functions::Parameter;
use crate::gofmt;
use crate::semver::Version;
use crate::time::Moment;
use crate::time::duration::{self, HOUR, MICROSECOND, MILLISECOND, MINUTE, SECOND};
use crate::value::{Data, Map, NumberType, Object, ObjectKind, Text, Value};

/// Bytes a layout may have; no date is near as long, and each may become several.
const LAYOUT_BYTES: usize = 4096;

/// Methods of versions that compare with another.
const OF_TWO_VERSIONS: &[&str] = &["Compare", "Equal", "GreaterThan", "GreaterThanEqual", "LessThan", "LessThanEqual"];
/// Methods of versions that return the next one.
const NEXT_VERSION: &[&str] = &["IncMajor", "IncMinor", "IncPatch"];
/// Methods of times that take another.
const OF_TWO_TIMES: &[&str] = &["After", "Before", "Compare", "Equal", "Sub"];
/// Methods of times and durations that take a duration.
const WITH_DURATION: &[&str] = &["Add", "Round", "Truncate"];
/// Methods of times without arguments.
const OF_TIME: &[&str] = &[
    "Day",
    "Hour",
    "IsDST",
    "IsZero",
    "Local",
    "MarshalJSON",
    "MarshalText",
    "Minute",
    "Month",
    "Nanosecond",
    "Second",
    "String",
    "UTC",
    "Unix",
    "UnixMicro",
    "UnixMilli",
    "UnixNano",
    "Weekday",
    "Year",
    "YearDay",
];
/// Methods of times that Go's templates refuse to call: what they return besides is no error.
const OF_TWO_RESULTS: &[(&str, &str)] = &[("ISOWeek", "int"), ("Zone", "int"), ("ZoneBounds", "time.Time")];
/// Methods of times that return three values; templates take one and an error.
const OF_THREE_RESULTS: &[&str] = &["Clock", "Date"];
/// Methods of durations without arguments.
const OF_DURATION: &[&str] = &["Abs", "Hours", "Microseconds", "Milliseconds", "Minutes", "Nanoseconds", "Seconds", "String"];

/// Returns a method's name and parameters.
pub(super) fn signature(kind: &ObjectKind, name: &str) -> Option<(&'static str, &'static [Parameter])> {
    let with = |names: &[&'static str], parameters: &'static [Parameter]| {
        names.iter().copied().find(|known| *known == name).map(|name| (name, parameters))
    };
    match kind {
        ObjectKind::Semver(_) => with(OF_TWO_VERSIONS, &[Parameter::Any]).or_else(|| with(NEXT_VERSION, &[])),
        ObjectKind::Time { .. } => with(OF_TWO_TIMES, &[Parameter::Time])
            .or_else(|| with(OF_TIME, &[]))
            .or_else(|| with(OF_THREE_RESULTS, &[]))
            .or_else(|| OF_TWO_RESULTS.iter().find(|(known, _)| *known == name).map(|(name, _)| (*name, &[][..])))
            .or_else(|| with(&["Format"], &[Parameter::String]))
            .or_else(|| with(WITH_DURATION, &[Parameter::Duration]))
            .or_else(|| with(&["AddDate"], &[Parameter::Int, Parameter::Int, Parameter::Int])),
        ObjectKind::Duration(_) => with(OF_DURATION, &[]).or_else(|| {
            let rounding = with(WITH_DURATION, &[Parameter::Duration]);
            rounding.filter(|(name, _)| *name != "Add")
        }),
        ObjectKind::Number(NumberType::Month | NumberType::Weekday, _) => with(&["String"], &[]),
        _ => None,
    }
}

/// Calls a method of [`signature`]; leaves are the caller's business. An error is Go's message.
pub(super) fn call(object: &Object, name: &str, arguments: &[Value]) -> Result<Value, String> {
    match &object.kind {
        ObjectKind::Semver(version) => of_version(version, name, arguments.first()),
        ObjectKind::Duration(nanoseconds) => Ok(of_duration(*nanoseconds, name, arguments.first())),
        ObjectKind::Number(..) => Ok(Value::string(&String::from_utf8_lossy(gofmt::value(&number(&object.kind)).as_bytes()))),
        kind => of_moment(&Moment::of(kind).unwrap_or_else(Moment::zero), name, arguments),
    }
}

fn integer(number: i64) -> Value {
    Value::plain(Data::Int(number))
}

fn wide(number: i64) -> Value {
    Value::plain(Data::Int64(number))
}

/// Returns a month or day of the week as a value again.
fn number(kind: &ObjectKind) -> Value {
    Value::plain(Data::Object(Rc::new(Object { kind: kind.clone(), fields: Map::nil() })))
}

fn boolean(on: bool) -> Value {
    Value::plain(Data::Bool(on))
}

fn object(kind: ObjectKind) -> Value {
    Value::plain(Data::Object(Rc::new(Object { kind, fields: Map::new() })))
}

fn of_version(version: &str, name: &str, argument: Option<&Value>) -> Result<Value, String> {
    let version = Version::parse(version).map_err(|error| error.to_string())?;
    if let Some(argument) = argument {
        let other = match &argument.data {
            Data::Object(object) => match &object.kind {
                ObjectKind::Semver(other) => Version::parse(other).map_err(|error| error.to_string())?,
                _ => return Err(unfit(argument)),
            },
            _ => return Err(unfit(argument)),
        };
        let order = version.precedence(&other);
        return Ok(match name {
            "Equal" => boolean(order == Ordering::Equal),
            "GreaterThan" => boolean(order == Ordering::Greater),
            "GreaterThanEqual" => boolean(order != Ordering::Less),
            "LessThan" => boolean(order == Ordering::Less),
            "LessThanEqual" => boolean(order != Ordering::Greater),
            _ => integer(order as i64),
        });
    }
    Ok(crate::functions::version_value(&next(&version, name), None))
}

fn unfit(argument: &Value) -> String {
    format!("wrong type for value; expected *semver.Version; got {}", gofmt::type_name(argument))
}

/// Returns the next version; the next patch of a pre-release is its release.
fn next(version: &Version, name: &str) -> Version {
    let Version { major, minor, patch, .. } = *version;
    let (major, minor, patch) = match name {
        "IncMajor" => (major.saturating_add(1), 0, 0),
        "IncMinor" => (major, minor.saturating_add(1), 0),
        _ if version.prerelease.is_empty() => (major, minor, patch.saturating_add(1)),
        _ => (major, minor, patch),
    };
    Version { major, minor, patch, prerelease: String::new(), metadata: String::new() }
}

/// Returns a duration argument; the executor has checked it.
fn nanoseconds_of(argument: Option<&Value>) -> i64 {
    match argument.map(|value| &value.data) {
        Some(Data::Int64(nanoseconds)) => *nanoseconds,
        Some(Data::Object(object)) => match object.kind {
            ObjectKind::Duration(nanoseconds) => nanoseconds,
            _ => 0,
        },
        _ => 0,
    }
}

fn of_duration(nanoseconds: i64, name: &str, argument: Option<&Value>) -> Value {
    match name {
        "Abs" => object(ObjectKind::Duration(nanoseconds.saturating_abs())),
        "Round" => object(ObjectKind::Duration(duration::rounded(nanoseconds, nanoseconds_of(argument)))),
        "Truncate" => object(ObjectKind::Duration(duration::truncated(nanoseconds, nanoseconds_of(argument)))),
        "Hours" => Value::plain(Data::Float(duration::in_units(nanoseconds, HOUR))),
        "Minutes" => Value::plain(Data::Float(duration::in_units(nanoseconds, MINUTE))),
        "Seconds" => Value::plain(Data::Float(duration::in_units(nanoseconds, SECOND))),
        "Milliseconds" => wide(nanoseconds / MILLISECOND),
        "Microseconds" => wide(nanoseconds / MICROSECOND),
        "Nanoseconds" => wide(nanoseconds),
        _ => Value::string(&duration::printed(nanoseconds)),
    }
}

fn of_moment(moment: &Moment, name: &str, arguments: &[Value]) -> Result<Value, String> {
    if let Some((_, second)) = OF_TWO_RESULTS.iter().find(|(known, _)| *known == name) {
        return Err(format!("invalid function signature for {name}: second return value should be error; is {second}"));
    }
    if OF_THREE_RESULTS.contains(&name) {
        return Err(format!("function {name} has 3 return values; should be 1 or 2"));
    }
    if OF_TWO_TIMES.contains(&name) {
        return Ok(of_moments(moment, name, arguments.first()));
    }
    let given = nanoseconds_of(arguments.first());
    let in_units = |unit: i64| moment.seconds.wrapping_mul(SECOND / unit).wrapping_add(i64::from(moment.nanoseconds) / unit);
    let utc = || Moment::utc(moment.seconds, moment.nanoseconds);
    Ok(match name {
        "Format" => formatted(moment, arguments.first())?,
        "Add" => object(moment.clone().plus(given).into_kind()),
        "Round" => object(moment.rounded(given).into_kind()),
        "Truncate" => object(moment.truncated(given).into_kind()),
        "AddDate" => object(added(moment, arguments).into_kind()),
        "IsZero" => boolean(moment.seconds == Moment::zero().seconds && moment.nanoseconds == 0),
        // Zones of times have a fixed offset, and Go knows of no summer time in them.
        "IsDST" => boolean(false),
        "MarshalJSON" => Value::plain(Data::Bytes(Text::from(format!("\"{}\"", written(moment, name)?).as_str()))),
        "MarshalText" => Value::plain(Data::Bytes(Text::from(written(moment, name)?.as_str()))),
        "String" => Value::string(&moment.printed()),
        "UTC" | "Local" => object(utc().into_kind()),
        "Unix" => wide(moment.seconds),
        "UnixMilli" => wide(in_units(MILLISECOND)),
        "UnixMicro" => wide(in_units(MICROSECOND)),
        "UnixNano" => wide(in_units(1)),
        "Nanosecond" => integer(i64::from(moment.nanoseconds)),
        "Month" => Value::number(NumberType::Month, i128::from(moment.part(name))),
        "Weekday" => Value::number(NumberType::Weekday, i128::from(moment.part(name))),
        name => integer(moment.part(name)),
    })
}

/// Compares two moments.
fn of_moments(moment: &Moment, name: &str, other: Option<&Value>) -> Value {
    let other = match other.map(|value| &value.data) {
        Some(Data::Object(object)) => Moment::of(&object.kind).unwrap_or_else(Moment::zero),
        _ => Moment::zero(),
    };
    let order = (moment.seconds, moment.nanoseconds).cmp(&(other.seconds, other.nanoseconds));
    match name {
        "After" => boolean(order == Ordering::Greater),
        "Before" => boolean(order == Ordering::Less),
        "Equal" => boolean(order == Ordering::Equal),
        "Compare" => integer(order as i64),
        _ => object(ObjectKind::Duration(moment.since(&other))),
    }
}

/// Returns a moment as JSON text has it.
fn written(moment: &Moment, name: &str) -> Result<String, String> {
    let year = format!("error calling {name}: Time.{name}: year outside of range [0,9999]");
    moment.json().ok_or(year)
}

fn formatted(moment: &Moment, layout: Option<&Value>) -> Result<Value, String> {
    let layout = match layout.map(|value| &value.data) {
        Some(Data::String(text)) => text.clone(),
        _ => Text::default(),
    };
    if layout.as_bytes().len() > LAYOUT_BYTES {
        return Err(format!("a layout may have {LAYOUT_BYTES} bytes"));
    }
    Ok(Value::string(&moment.format(&String::from_utf8_lossy(layout.as_bytes()))))
}

fn added(moment: &Moment, arguments: &[Value]) -> Moment {
    let number = |index: usize| match arguments.get(index).map(|value| &value.data) {
        Some(Data::Int(number)) => *number,
        _ => 0,
    };
    moment.add_date(number(0), number(1), number(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    // A layout is as long as dates are, on both sides of the limit.
    #[test]
    fn layouts_are_bounded() {
        let time = Object { kind: Moment::utc(0, 0).into_kind(), fields: Map::new() };
        let layout = |bytes: usize| [Value::string(&"x".repeat(bytes))];
        assert!(call(&time, "Format", &layout(LAYOUT_BYTES)).is_ok());
        assert_eq!(call(&time, "Format", &layout(LAYOUT_BYTES + 1)).err().as_deref(), Some("a layout may have 4096 bytes"));
    }

    // The next patch of a pre-release is its release; parts below the one that counts up are zero.
    #[test]
    fn next_versions() {
        let check = |version: &str, name: &str, expected: &str| {
            assert_eq!(next(&Version::parse(version).unwrap(), name).to_string(), expected);
        };
        check("1.2.3-rc.1+x", "IncPatch", "1.2.3");
        check("1.2.3", "IncPatch", "1.2.4");
        check("1.2.3", "IncMinor", "1.3.0");
        check("1.2.3", "IncMajor", "2.0.0");
    }
}
