//! Methods of versions, times and durations: what Go computes from the object and its arguments alone.
//!
//! Not here: months and days of the week, which are types of their own in Go; arguments that are durations.
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
use crate::value::{Data, Map, Object, ObjectKind, Text, Value};

/// Bytes a layout may have; no date is near as long, and each may become several.
const LAYOUT_BYTES: usize = 4096;

/// Returns a method's name and parameters.
pub(super) fn signature(kind: &ObjectKind, name: &str) -> Option<(&'static str, &'static [Parameter])> {
    const VERSIONS: [&str; 4] = ["Compare", "Equal", "GreaterThan", "LessThan"];
    const NEXT: [&str; 3] = ["IncMajor", "IncMinor", "IncPatch"];
    const TIMES: [&str; 4] = ["After", "Before", "Equal", "Sub"];
    const OF_TIME: [&str; 14] = [
        "Day",
        "Hour",
        "IsZero",
        "Minute",
        "Nanosecond",
        "Second",
        "String",
        "UTC",
        "Unix",
        "UnixMicro",
        "UnixMilli",
        "UnixNano",
        "Year",
        "YearDay",
    ];
    const OF_DURATION: [&str; 7] = ["Hours", "Microseconds", "Milliseconds", "Minutes", "Nanoseconds", "Seconds", "String"];
    let known = |names: &[&'static str]| names.iter().copied().find(|known| *known == name);
    let with = |names: &[&'static str], parameters: &'static [Parameter]| known(names).map(|name| (name, parameters));
    match kind {
        ObjectKind::Semver(_) => with(&VERSIONS, &[Parameter::Any]).or_else(|| with(&NEXT, &[])),
        ObjectKind::Time { .. } => with(&TIMES, &[Parameter::Time])
            .or_else(|| with(&OF_TIME, &[]))
            .or_else(|| with(&["Format"], &[Parameter::String]))
            .or_else(|| with(&["AddDate"], &[Parameter::Int, Parameter::Int, Parameter::Int])),
        ObjectKind::Duration(_) => with(&OF_DURATION, &[]),
        _ => None,
    }
}

/// Calls a method of [`signature`]; leaves are the caller's business. An error is Go's message.
pub(super) fn call(object: &Object, name: &str, arguments: &[Value]) -> Result<Value, String> {
    match &object.kind {
        ObjectKind::Semver(version) => of_version(version, name, arguments.first()),
        ObjectKind::Duration(nanoseconds) => Ok(of_duration(*nanoseconds, name)),
        kind => of_moment(&Moment::of(kind).unwrap_or_else(Moment::zero), name, arguments),
    }
}

fn integer(number: i64) -> Value {
    Value::plain(Data::Int(number))
}

fn wide(number: i64) -> Value {
    Value::plain(Data::Int64(number))
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
            "LessThan" => boolean(order == Ordering::Less),
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

fn of_duration(nanoseconds: i64, name: &str) -> Value {
    match name {
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
    let in_units = |unit: i64| moment.seconds.wrapping_mul(SECOND / unit).wrapping_add(i64::from(moment.nanoseconds) / unit);
    let other = || match arguments.first().map(|value| &value.data) {
        Some(Data::Object(object)) => Moment::of(&object.kind).unwrap_or_else(Moment::zero),
        _ => Moment::zero(),
    };
    let order = |other: &Moment| (moment.seconds, moment.nanoseconds).cmp(&(other.seconds, other.nanoseconds));
    Ok(match name {
        "After" => boolean(order(&other()) == Ordering::Greater),
        "Before" => boolean(order(&other()) == Ordering::Less),
        "Equal" => boolean(order(&other()) == Ordering::Equal),
        "Sub" => object(ObjectKind::Duration(moment.since(&other()))),
        "Format" => formatted(moment, arguments.first())?,
        "AddDate" => object(added(moment, arguments).into_kind()),
        "IsZero" => boolean(order(&Moment::zero()) == Ordering::Equal),
        "String" => Value::string(&moment.printed()),
        "UTC" => object(Moment::utc(moment.seconds, moment.nanoseconds).into_kind()),
        "Unix" => wide(moment.seconds),
        "UnixMilli" => wide(in_units(MILLISECOND)),
        "UnixMicro" => wide(in_units(MICROSECOND)),
        "UnixNano" => wide(in_units(1)),
        "Nanosecond" => integer(i64::from(moment.nanoseconds)),
        name => integer(moment.part(name)),
    })
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
