//! Go's `time`: instants, layouts, durations.
//!
//! In: seconds since the epoch, or text. Out: text, or seconds. Rules: an instant has a fixed offset; the local zone is UTC, as it is in the
//! containers Helm runs in, so that a render is the same on every machine. Not here: what time it is.
//!
//! # Source
//! Go 1.26 `time/time.go`, `time/format.go`.

pub(crate) mod duration;
mod layout;
mod print;
mod read;
mod zones;

use crate::value::ObjectKind;
pub(crate) use print::{month_name, weekday_name};

/// Seconds in a day.
const DAY: i64 = 86_400;
/// Seconds from the epoch back to Go's zero time, the beginning of year 1.
const ZERO: i64 = -62_135_596_800;

/// The furthest year, and the most years, months or days that are added: more than any date means, and far from overflow.
const CALENDAR: i64 = 1_000_000_000;

/// An instant in a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub(crate) seconds: i64,
    /// Nanoseconds within the second.
    pub(crate) nanoseconds: u32,
    /// The zone.
    pub(crate) zone: Zone,
}

/// An offset from UTC: a zone at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Zone {
    /// Seconds east of UTC.
    pub(crate) offset: i32,
    /// Abbreviation; may be empty.
    pub(crate) name: String,
}

impl Zone {
    /// Returns UTC.
    pub(crate) fn utc() -> Self {
        Self { offset: 0, name: "UTC".to_owned() }
    }
}

impl Moment {
    /// Returns an instant in UTC.
    pub(crate) fn utc(seconds: i64, nanoseconds: u32) -> Self {
        Self { seconds, nanoseconds, zone: Zone::utc() }
    }

    /// Returns Go's zero time.
    pub(crate) fn zero() -> Self {
        Self::utc(ZERO, 0)
    }

    /// Returns the instant an object is, if it is one.
    pub(crate) fn of(kind: &ObjectKind) -> Option<Self> {
        match kind {
            ObjectKind::Time { seconds, nanoseconds, offset, zone } => {
                let zone = Zone { offset: *offset, name: zone.clone() };
                Some(Self { seconds: *seconds, nanoseconds: *nanoseconds, zone })
            }
            _ => None,
        }
    }

    /// Returns the object for templates.
    pub(crate) fn into_kind(self) -> ObjectKind {
        let Self { seconds, nanoseconds, zone: Zone { offset, name } } = self;
        ObjectKind::Time { seconds, nanoseconds, offset, zone: name }
    }

    /// Returns the same instant in another zone.
    pub(crate) fn in_zone(self, zone: Zone) -> Self {
        Self { zone, ..self }
    }

    /// Returns the instant a duration later.
    pub(crate) fn plus(self, nanoseconds: i64) -> Self {
        let total = i64::from(self.nanoseconds) + nanoseconds.rem_euclid(duration::SECOND);
        let seconds = self.seconds.wrapping_add(nanoseconds.div_euclid(duration::SECOND)).wrapping_add(total / duration::SECOND);
        Self { seconds, nanoseconds: u32::try_from(total % duration::SECOND).unwrap_or_default(), zone: self.zone }
    }

    /// Returns the last multiple of `unit` since the zero time that is not behind this instant; the instant where the unit is none.
    pub(crate) fn truncated(&self, unit: i64) -> Self {
        if unit <= 0 { self.clone() } else { self.clone().plus(-self.past(unit)) }
    }

    /// Returns the nearest multiple of `unit` since the zero time, halves upwards; the instant where the unit is none.
    pub(crate) fn rounded(&self, unit: i64) -> Self {
        if unit <= 0 {
            return self.clone();
        }
        let past = self.past(unit);
        let below = past.unsigned_abs().saturating_mul(2) < unit.unsigned_abs();
        self.clone().plus(if below { -past } else { unit - past })
    }

    /// Returns the nanoseconds since the last multiple of a positive `unit`.
    fn past(&self, unit: i64) -> i64 {
        let seconds = i128::from(self.seconds) - i128::from(ZERO);
        let total = seconds * i128::from(duration::SECOND) + i128::from(self.nanoseconds);
        i64::try_from(total.rem_euclid(i128::from(unit))).unwrap_or_default()
    }

    /// Returns the nanoseconds from `earlier` to this instant, the nearest there are.
    pub(crate) fn since(&self, earlier: &Self) -> i64 {
        let seconds = i128::from(self.seconds) - i128::from(earlier.seconds);
        let nanoseconds = i128::from(self.nanoseconds) - i128::from(earlier.nanoseconds);
        let total = seconds * i128::from(duration::SECOND) + nanoseconds;
        i64::try_from(total).unwrap_or(if total < 0 { i64::MIN } else { i64::MAX })
    }

    /// Returns the instant years, months and days later by the calendar; days that a month has not run into the next one. Beyond any
    /// calendar it stops.
    pub(crate) fn add_date(&self, years: i64, months: i64, days: i64) -> Self {
        let bounded = |number: i64| number.clamp(-CALENDAR, CALENDAR);
        let Date { year, month, day } = self.date();
        let month = month - 1 + bounded(months);
        let year = year.clamp(-CALENDAR, CALENDAR) + bounded(years) + month.div_euclid(12);
        let first = Date { year, month: month.rem_euclid(12) + 1, day: 1 };
        let day = first.days() + day - 1 + bounded(days);
        let second = self.local().rem_euclid(DAY) - i64::from(self.zone.offset);
        Self { seconds: day * DAY + second, ..self.clone() }
    }

    /// Returns a part of date or clock by its name in Go: `Year`, `YearDay`, `Month`, `Weekday`, `Day`, `Hour`, `Minute`, otherwise seconds.
    pub(crate) fn part(&self, name: &str) -> i64 {
        let (hour, minute, second) = self.clock();
        match name {
            "Year" => self.date().year,
            "YearDay" => self.date().of_year(),
            "Day" => self.date().day,
            "Month" => self.date().month,
            "Weekday" => self.weekday(),
            "Hour" => hour,
            "Minute" => minute,
            _ => second,
        }
    }

    /// Returns the date in the zone.
    fn date(&self) -> Date {
        Date::of_day(self.local().div_euclid(DAY))
    }

    /// Returns hour, minute and second in the zone.
    fn clock(&self) -> (i64, i64, i64) {
        let second = self.local().rem_euclid(DAY);
        (second / 3600, second / 60 % 60, second % 60)
    }

    /// Returns the day of the week, Sunday as 0.
    fn weekday(&self) -> i64 {
        // The epoch was a Thursday.
        (self.local().div_euclid(DAY) + 4).rem_euclid(7)
    }

    fn local(&self) -> i64 {
        self.seconds.saturating_add(i64::from(self.zone.offset))
    }
}

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Date {
    year: i64,
    /// From 1 on.
    month: i64,
    /// From 1 on.
    day: i64,
}

impl Date {
    /// Returns the date of a day since the epoch.
    ///
    /// # Source
    /// H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
    fn of_day(day: i64) -> Self {
        // Eras of 400 years that begin in March: leap days come last.
        let day = day + 719_468;
        let (era, day) = (day.div_euclid(146_097), day.rem_euclid(146_097));
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
        Self { year: year + era * 400 + next, month, day }
    }

    /// Returns the days from the epoch to this date.
    fn days(self) -> i64 {
        let year = if self.month <= 2 { self.year - 1 } else { self.year };
        let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
        let month = (self.month + 9) % 12;
        let day = (153 * month + 2) / 5 + self.day - 1;
        era * 146_097 + year * 365 + year / 4 - year / 100 + day - 719_468
    }

    /// Returns the day of the year, from 1 on.
    fn of_year(self) -> i64 {
        self.days() - Self { month: 1, day: 1, ..self }.days() + 1
    }

    /// Returns how many days its month has.
    fn month_days(self) -> i64 {
        let (year, month) = if self.month == 12 { (self.year + 1, 1) } else { (self.year, self.month + 1) };
        Self { year, month, day: 1 }.days() - Self { day: 1, ..self }.days()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Dates and days are each other's inverse, over leap years and before the epoch.
    #[test]
    fn dates() {
        let check = |day: i64, year: i64, month: i64, in_month: i64| {
            let date = Date { year, month, day: in_month };
            assert_eq!(Date::of_day(day), date);
            assert_eq!(date.days(), day);
        };
        check(0, 1970, 1, 1);
        check(-1, 1969, 12, 31);
        check(19_782, 2024, 2, 29);
        check(-719_162, 1, 1, 1);
        check(-719_163, 0, 12, 31);
        check(2_932_896, 9999, 12, 31);
        assert_eq!(Date { year: 2024, month: 12, day: 31 }.of_year(), 366);
        assert_eq!(Date { year: 1900, month: 2, day: 1 }.month_days(), 28);
    }

    // Months are added by the calendar, and what is too much for one runs over.
    #[test]
    fn adding_dates() {
        let check = |text: &str, (years, months, days): (i64, i64, i64), expected: &str| {
            let moment = Moment::parse("2006-01-02", text).unwrap().add_date(years, months, days);
            assert_eq!(moment.format("2006-01-02"), expected);
        };
        check("2024-01-31", (0, 1, 0), "2024-03-02");
        check("2024-02-29", (-1, 0, 1), "2023-03-02");
        check("2024-12-31", (0, -13, 0), "2023-12-01");
        assert!(Moment::utc(0, 0).add_date(i64::MAX, i64::MIN, i64::MAX).seconds > 0);
    }

    // Adding carries over seconds in both directions.
    #[test]
    fn adding() {
        let check = |nanoseconds: i64, seconds: i64, rest: u32| {
            assert_eq!(Moment::utc(10, 500_000_000).plus(nanoseconds), Moment::utc(seconds, rest));
            assert_eq!(Moment::utc(seconds, rest).since(&Moment::utc(10, 500_000_000)), nanoseconds);
        };
        check(600_000_000, 11, 100_000_000);
        check(-600_000_000, 9, 900_000_000);
        check(-11 * duration::SECOND, -1, 500_000_000);
        assert_eq!(Moment::utc(i64::MAX, 0).since(&Moment::zero()), i64::MAX);
    }
}
