//! Dates in templates: `now`, `date`, `dateInZone`, `htmlDate`, `dateModify`, `toDate`, `ago`, `unixEpoch` and their other names.
//!
//! Rules: the clock is [`super::Chance`]'s; whoever reads it marks the result with that call's pseudo-leaf. What is no date counts as
//! now, as in sprig: numbers from YAML are floats, and floats are no dates. The local zone is UTC, and so is a
//! zone nobody knows.
//!
//! # Source
//! sprig v3.3.0 `date.go`.

use std::rc::Rc;

use super::signature::{Computed, Outcome, all_leaves, argument, fixed, string, text, within};
use super::{Environment, Function, FunctionError, Keeps, Parameter};
use crate::provenance::Leaves;
use crate::time::{Moment, Zone, duration};
use crate::value::{Data, Map, Object, Text, Value};

use Parameter::{Any, String as Str, Time};

/// How many bytes one byte of a layout may become: `2` a year's day, `MST` a long name.
const GROWTH: usize = 16;
/// The layout of `htmlDate`.
const HTML: &str = "2006-01-02";

type Call = fn(&mut Environment<'_>, &[Value]) -> Outcome;

const DATE_IN_ZONE: Call = |environment, values| {
    let date = Instant::of(environment, "dateInZone", &argument(values, 1));
    let zone = date.zone(values, 2)?;
    date.printed(environment, &layout(values)?, zone)
};
const DATE_MODIFY: Call = |_, values| {
    let date = moment(values, 1)?;
    Ok(match duration::parse(&words(values, 0)?) {
        Ok(nanoseconds) => object(date.plus(nanoseconds)),
        Err(_) => object(date),
    })
};
const MUST_DATE_MODIFY: Call = |_, values| match duration::parse(&words(values, 0)?) {
    Ok(nanoseconds) => Ok(object(moment(values, 1)?.plus(nanoseconds))),
    Err(message) => Err(fail(values, &message)),
};

pub(super) const TABLE: &[Function] = &[
    fixed("now", &[], Keeps::Derives, |environment, _| {
        let now = Instant::now(environment, "now");
        Ok(object(now.moment).derived_from(&now.leaves))
    }),
    fixed("date", &[Str, Any], Keeps::Derives, |environment, values| {
        let date = Instant::of(environment, "date", &argument(values, 1));
        date.printed(environment, &layout(values)?, Zone::utc())
    }),
    fixed("dateInZone", &[Str, Any, Str], Keeps::Derives, DATE_IN_ZONE),
    fixed("date_in_zone", &[Str, Any, Str], Keeps::Derives, DATE_IN_ZONE),
    fixed("htmlDate", &[Any], Keeps::Derives, |environment, values| {
        let date = Instant::of(environment, "htmlDate", &argument(values, 0));
        date.printed(environment, HTML, Zone::utc())
    }),
    fixed("htmlDateInZone", &[Any, Str], Keeps::Derives, |environment, values| {
        let date = Instant::of(environment, "htmlDateInZone", &argument(values, 0));
        let zone = date.zone(values, 1)?;
        date.printed(environment, HTML, zone)
    }),
    fixed("dateModify", &[Str, Time], Keeps::Derives, DATE_MODIFY),
    fixed("date_modify", &[Str, Time], Keeps::Derives, DATE_MODIFY),
    fixed("mustDateModify", &[Str, Time], Keeps::Derives, MUST_DATE_MODIFY),
    fixed("must_date_modify", &[Str, Time], Keeps::Derives, MUST_DATE_MODIFY),
    fixed("toDate", &[Str, Str], Keeps::Derives, |_, values| {
        Ok(object(Moment::parse(&words(values, 0)?, &words(values, 1)?).unwrap_or_else(|_| Moment::zero())))
    }),
    fixed("mustToDate", &[Str, Str], Keeps::Derives, |_, values| {
        Moment::parse(&words(values, 0)?, &words(values, 1)?).map(object).map_err(|message| fail(values, &message))
    }),
    fixed("ago", &[Any], Keeps::Derives, ago),
    fixed("unixEpoch", &[Time], Keeps::Derives, |_, values| {
        Ok(string(Text::from(moment(values, 0)?.seconds.to_string().as_str())))
    }),
];

/// A moment, with what the clock's answer is marked with where it was asked.
pub(super) struct Instant {
    /// The moment.
    pub(super) moment: Moment,
    /// The pseudo-leaf of the clock's answer.
    pub(super) leaves: Leaves,
}

impl Instant {
    /// Asks the clock for `function`.
    pub(super) fn now(environment: &mut Environment<'_>, function: &'static str) -> Self {
        let (seconds, nanoseconds, leaves) = environment.chance.now(function);
        Self { moment: Moment::utc(seconds, nanoseconds), leaves }
    }

    /// Returns the date a value is: a time, or an integer of seconds since the epoch. Anything else is now.
    fn of(environment: &mut Environment<'_>, function: &'static str, value: &Value) -> Self {
        let moment = match &value.data {
            Data::Int(seconds) | Data::Int64(seconds) => Some(Moment::utc(*seconds, 0)),
            Data::Object(object) => Moment::of(&object.kind),
            _ => None,
        };
        match moment {
            Some(moment) => Self { moment, leaves: Leaves::NONE },
            None => Self::now(environment, function),
        }
    }

    /// Returns the zone an argument names, as it is at this instant.
    fn zone(&self, values: &[Value], index: usize) -> Computed<Zone> {
        Ok(Zone::named(&words(values, index)?, self.moment.seconds))
    }

    fn printed(self, environment: &Environment<'_>, layout: &str, zone: Zone) -> Outcome {
        within(environment, layout.len().saturating_mul(GROWTH))?;
        let printed = self.moment.in_zone(zone).format(layout);
        Ok(Value::string(&printed).derived_from(&self.leaves))
    }
}

/// Returns an instant as templates hold it.
pub(super) fn object(moment: Moment) -> Value {
    Value::plain(Data::Object(Rc::new(Object { kind: moment.into_kind(), fields: Map::new() })))
}

/// The executor has checked the type.
fn moment(values: &[Value], index: usize) -> Computed<Moment> {
    let moment = values.get(index).and_then(|value| match &value.data {
        Data::Object(object) => Moment::of(&object.kind),
        _ => None,
    });
    moment.ok_or_else(|| "wrong type for value; expected time.Time".into())
}

fn words(values: &[Value], index: usize) -> Computed<String> {
    Ok(String::from_utf8_lossy(text(values, index)?.as_bytes()).into_owned())
}

fn layout(values: &[Value]) -> Computed<String> {
    words(values, 0)
}

fn fail(values: &[Value], message: &str) -> FunctionError {
    FunctionError { message: Text::from(message).derived_from(&all_leaves(values)) }
}

fn ago(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let now = Instant::now(environment, "ago");
    let date = Instant::of(environment, "ago", &argument(values, 0));
    let passed = duration::rounded(now.moment.since(&date.moment), duration::SECOND);
    Ok(Value::string(&duration::printed(passed)).derived_from(&now.leaves.union(&date.leaves)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::tests::{CHANCE, call, drawn_value, exact, refused};

    fn text(text: &str) -> Value {
        Value::string(text)
    }

    fn seconds(seconds: i64) -> Value {
        Value::plain(Data::Int64(seconds))
    }

    fn check(name: &str, values: &[Value], expected: &str) {
        assert_eq!(drawn_value(&call(name, values)), expected, "{name}");
    }

    // Times and integers are dates.
    #[test]
    fn dates() {
        check("date", &[text("2006-01-02 15:04"), seconds(0)], "1970-01-01 00:00");
        check("htmlDate", &[seconds(86_400)], "1970-01-02");
        check("htmlDateInZone", &[seconds(86_400), text("America/New_York")], "1970-01-01");
        check("dateInZone", &[text("15:04 MST"), seconds(0), text("Etc/GMT-2")], "02:00 +02");
        let modified = call("dateModify", &[text("-1h"), call("toDate", &[text("15:04"), text("05:30")])]);
        check("date", &[text("15:04"), modified], "04:30");
        check("unixEpoch", &[call("toDate", &[text("2006-01-02"), text("1970-01-02")])], "86400");
        check("unixEpoch", &[call("toDate", &[text("2006"), text("x")])], "-62135596800");
    }

    // What reads the clock depends on it; what does not, does not.
    #[test]
    fn the_clock_is_marked() {
        check("date", &[text("2006"), text("not a date")], "<2023>");
        check("ago", &[seconds(1_699_999_000)], "<16m40s>");
        assert_eq!(call("now", &[]).all_leaves().as_slice(), [CHANCE]);
        check("date", &[text("2006"), call("now", &[])], "<2023>");
        check("date", &[exact("2006"), seconds(0)], "<1970>");
        assert!(call("date", &[text("2006"), seconds(0)]).all_leaves().is_empty());
    }

    // What is wrong is said in Go's words.
    #[test]
    fn refusals() {
        let now = || call("now", &[]);
        assert_eq!(
            refused("mustDateModify", &[text("1d"), now()]).as_deref(),
            Some("time: unknown unit \"d\" in duration \"1d\"")
        );
        assert_eq!(
            refused("mustToDate", &[text("2006"), text("x")]).as_deref(),
            Some("parsing time \"x\" as \"2006\": cannot parse \"x\" as \"2006\"")
        );
    }

    // A layout that would print too much is refused before it is printed.
    #[test]
    fn layouts_are_bounded() {
        let long = |bytes: usize| [text(&"x".repeat(bytes)), seconds(0)];
        assert!(refused("date", &long((1 << 20) / GROWTH)).is_none());
        assert!(refused("date", &long((1 << 20) / GROWTH + 1)).is_some());
    }
}
