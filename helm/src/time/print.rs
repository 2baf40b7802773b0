//! Instants as text.
//!
//! # Source
//! Go 1.26 `time/format.go`, `appendFormat`, `appendNano`.

use super::Moment;
use super::layout::{self, DAYS, Element, MONTHS, Offset, Part};

/// How Go prints an instant by itself.
const PLAIN: &str = "2006-01-02 15:04:05.999999999 -0700 MST";
/// How Go writes an instant into JSON.
const JSON: &str = "2006-01-02T15:04:05.999999999Z07:00";

/// Returns a month's name, or Go's words for a number that is none.
///
/// # Source
/// Go `time/time.go`, `Month.String`.
pub(crate) fn month_name(month: i128) -> String {
    let index = month.checked_sub(1).and_then(|index| usize::try_from(index).ok());
    index.and_then(|index| MONTHS.get(index)).map_or_else(|| format!("%!Month({month})"), |name| (*name).to_owned())
}

/// Returns the name of a day of the week, or Go's words for a number that is none.
///
/// # Source
/// Go `time/time.go`, `Weekday.String`.
pub(crate) fn weekday_name(day: i128) -> String {
    let name = usize::try_from(day).ok().and_then(|index| DAYS.get(index));
    name.map_or_else(|| format!("%!Weekday({day})"), |name| (*name).to_owned())
}

impl Moment {
    /// Returns the instant as `layout` would have it.
    pub(crate) fn format(&self, layout: &str) -> String {
        let mut out = String::new();
        let mut rest = layout;
        loop {
            let chunk = layout::next(rest);
            out.push_str(chunk.text);
            let Some((element, _)) = chunk.element else { return out };
            out.push_str(&self.element(element));
            rest = chunk.rest;
        }
    }

    /// Returns the instant as `%v` and as `toString`.
    pub(crate) fn printed(&self) -> String {
        self.format(PLAIN)
    }

    /// Returns the instant as JSON text; nothing outside the years 0 to 9999, which Go refuses.
    pub(crate) fn json(&self) -> Option<String> {
        (0..=9999).contains(&self.date().year).then(|| self.format(JSON))
    }

    fn element(&self, element: Element) -> String {
        let date = self.date();
        let (hour, minute, second) = self.clock();
        let hour12 = (hour + 11) % 12 + 1;
        let half = |morning: &str, noon: &str| if hour < 12 { morning.to_owned() } else { noon.to_owned() };
        match element {
            Element::LongMonth => name(&MONTHS, date.month - 1).to_owned(),
            Element::ShortMonth => short(name(&MONTHS, date.month - 1)).to_owned(),
            Element::Month => date.month.to_string(),
            Element::ZeroMonth => padded(date.month, 2),
            Element::LongWeekday => name(&DAYS, self.weekday()).to_owned(),
            Element::ShortWeekday => short(name(&DAYS, self.weekday())).to_owned(),
            Element::Day => date.day.to_string(),
            Element::SpaceDay => format!("{:2}", date.day),
            Element::ZeroDay => padded(date.day, 2),
            Element::SpaceYearDay => format!("{:3}", date.of_year()),
            Element::ZeroYearDay => padded(date.of_year(), 3),
            Element::Hour => padded(hour, 2),
            Element::Hour12 => hour12.to_string(),
            Element::ZeroHour12 => padded(hour12, 2),
            Element::Minute => minute.to_string(),
            Element::ZeroMinute => padded(minute, 2),
            Element::Second => second.to_string(),
            Element::ZeroSecond => padded(second, 2),
            Element::LongYear => padded(date.year, 4),
            Element::ShortYear => padded(date.year.abs() % 100, 2),
            Element::UpperHalf => half("AM", "PM"),
            Element::LowerHalf => half("am", "pm"),
            Element::Abbreviation if self.zone.name.is_empty() => {
                self.offset(Offset { zulu: false, down_to: Part::Minutes, separator: "" })
            }
            Element::Abbreviation => self.zone.name.clone(),
            Element::Offset(offset) => self.offset(offset),
            Element::Fraction { digits, trimmed, separator } => self.fraction(digits, trimmed, separator),
        }
    }

    fn offset(&self, form: Offset) -> String {
        let offset = i64::from(self.zone.offset);
        if offset == 0 && form.zulu {
            return "Z".to_owned();
        }
        // Go takes the sign from the whole minutes.
        let sign = if offset / 60 < 0 { '-' } else { '+' };
        let offset = offset.abs();
        let parts = [(Part::Hours, offset / 3600), (Part::Minutes, offset / 60 % 60), (Part::Seconds, offset % 60)];
        let parts: Vec<String> =
            parts.into_iter().filter(|(part, _)| *part <= form.down_to).map(|(_, number)| padded(number, 2)).collect();
        format!("{sign}{}", parts.join(form.separator))
    }

    fn fraction(&self, digits: usize, trimmed: bool, separator: char) -> String {
        let written = format!("{:09}", self.nanoseconds);
        let written = written.get(..digits).unwrap_or(&written);
        let written = if trimmed { written.trim_end_matches('0') } else { written };
        if written.is_empty() { String::new() } else { format!("{separator}{written}") }
    }
}

fn name<'n>(names: &[&'n str], index: i64) -> &'n str {
    usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or_default()
}

/// Returns the first three letters of a name.
fn short(name: &str) -> &str {
    name.get(..3).unwrap_or(name)
}

/// Returns digits filled up with zeros; a sign does not count.
fn padded(number: i64, width: usize) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{:0width$}", number.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::super::Zone;
    use super::*;

    fn check(moment: &Moment, layout: &str, expected: &str) {
        assert_eq!(moment.format(layout), expected, "{layout}");
    }

    fn moment() -> Moment {
        Moment::utc(1_700_000_000, 120_000_000)
    }

    // Every element prints as Go prints it.
    #[test]
    fn elements() {
        check(&moment(), "Mon Jan _2 15:04:05 MST 2006", "Tue Nov 14 22:13:20 UTC 2023");
        check(&moment(), "Monday, 2-January-06 3:4:5PM pm 03", "Tuesday, 14-November-23 10:13:20PM pm 10");
        check(&moment(), "002 __2 1 01", "318 318 11 11");
        check(&moment(), ".000 .999 ,00 .999999999", ".120 .12 ,12 .12");
        check(&Moment::utc(0, 0), "3PM.999 .0", "12AM .0");
        check(&Moment::zero(), "2006 06 Mon __2", "0001 01 Mon   1");
        check(&Moment::utc(-62_198_755_200, 0), "2006", "-0001");
    }

    // Offsets are written down to the part that is asked for; UTC is `Z` where the layout says so.
    #[test]
    fn offsets() {
        let west = moment().in_zone(Zone { offset: -19_815, name: String::new() });
        check(&west, "15 MST Z07:00 Z0700 Z07 -07:00:00 -070000", "16 -0530 -05:30 -0530 -05 -05:30:15 -053015");
        check(&moment(), "Z07:00 Z070000 -07:00", "Z Z +00:00");
        assert_eq!(moment().printed(), "2023-11-14 22:13:20.12 +0000 UTC");
    }

    // JSON has four digits for a year.
    #[test]
    fn json() {
        assert_eq!(moment().json().as_deref(), Some("2023-11-14T22:13:20.12Z"));
        assert_eq!(Moment::utc(253_402_300_799, 0).json().as_deref(), Some("9999-12-31T23:59:59Z"));
        assert_eq!(Moment::utc(253_402_300_800, 0).json(), None);
    }
}
