//! Instants from text.
//!
//! Rules: the local zone is UTC. Text is ASCII where an element is read; anything else only matches itself.
//!
//! # Source
//! Go 1.26 `time/format.go`, `parse`, `skip`, `parseTimeZone`, `parseNanoseconds`.

use super::duration::quote;
use super::layout::{self, DAYS, Element, MONTHS, Offset, Part};
use super::{Date, Moment, Zone};

/// Why an element does not fit.
enum Unfit {
    /// The text is not of its form.
    Form,
    /// What it says is out of range.
    Range(&'static str),
}

/// What has been read.
#[derive(Default)]
struct Reading {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    clock: (i64, i64, i64),
    nanoseconds: u32,
    /// Whether it is past noon, where the text says so.
    afternoon: Option<bool>,
    utc: bool,
    offset: Option<i32>,
    zone: Option<String>,
}

impl Moment {
    /// Reads an instant that is written as `layout`. An error is Go's message.
    pub(crate) fn parse(layout: &str, text: &str) -> Result<Self, String> {
        let unfit = |rest: &str, element: &str| {
            let (text, layout, rest, element) = (quote(text), quote(layout), quote(rest), quote(element));
            format!("parsing time {text} as {layout}: cannot parse {rest} as {element}")
        };
        let mut reading = Reading::default();
        let (mut layout_rest, mut rest) = (layout, text);
        loop {
            let chunk = layout::next(layout_rest);
            rest = skip(rest, chunk.text).map_err(|rest| unfit(rest, chunk.text))?;
            let Some((element, written)) = chunk.element else { break };
            layout_rest = chunk.rest;
            rest = match reading.element(element, rest, layout_rest) {
                Ok(rest) => rest,
                Err(Unfit::Form) => return Err(unfit(rest, written)),
                Err(Unfit::Range(what)) => return Err(format!("parsing time {}: {what} out of range", quote(text))),
            };
        }
        if !rest.is_empty() {
            return Err(format!("parsing time {}: extra text: {}", quote(text), quote(rest)));
        }
        reading.finish().map_err(|what| format!("parsing time {}: {what}", quote(text)))
    }
}

/// Takes `prefix` off a text, where spaces in a row count as one; returns the rest that does not fit otherwise.
fn skip<'t>(mut text: &'t str, mut prefix: &str) -> Result<&'t str, &'t str> {
    while let Some(next) = prefix.chars().next() {
        if next == ' ' {
            if !text.is_empty() && !text.starts_with(' ') {
                return Err(text);
            }
            (prefix, text) = (prefix.trim_start_matches(' '), text.trim_start_matches(' '));
            continue;
        }
        let Some(rest) = text.strip_prefix(next) else { return Err(text) };
        (prefix, text) = (prefix.get(next.len_utf8()..).unwrap_or(""), rest);
    }
    Ok(text)
}

/// An element's number and the rest of the text.
type Read<'t, T> = Result<(T, &'t str), Unfit>;

impl Reading {
    /// Reads one element; `layout` is what follows it.
    fn element<'t>(&mut self, element: Element, text: &'t str, layout: &str) -> Result<&'t str, Unfit> {
        match element {
            Element::LongMonth | Element::ShortMonth => {
                let (month, rest) = named(text, &MONTHS, element == Element::LongMonth)?;
                self.month = Some(month + 1);
                Ok(rest)
            }
            Element::LongWeekday | Element::ShortWeekday => Ok(named(text, &DAYS, element == Element::LongWeekday)?.1),
            Element::Abbreviation => self.abbreviation(text),
            Element::Offset(form) => self.zone_offset(text, form),
            Element::UpperHalf => self.half(text, "AM", "PM"),
            Element::LowerHalf => self.half(text, "am", "pm"),
            Element::Fraction { digits, trimmed: false, .. } => self.fraction(text, digits),
            Element::Fraction { .. } => match leading_fraction(text) {
                0 => Ok(text),
                digits => self.fraction(text, digits),
            },
            Element::Second | Element::ZeroSecond => self.second(text, element == Element::ZeroSecond, layout),
            _ => self.number(element, text),
        }
    }

    fn number<'t>(&mut self, element: Element, text: &'t str) -> Result<&'t str, Unfit> {
        let zeros = matches!(element, Element::ZeroMonth | Element::ZeroDay | Element::ZeroHour12 | Element::ZeroMinute);
        match element {
            Element::ShortYear => {
                let (year, rest) = fixed_digits(text, 2)?;
                self.year = if year >= 69 { year + 1900 } else { year + 2000 };
                Ok(rest)
            }
            Element::LongYear => {
                let (year, rest) = fixed_digits(text, 4)?;
                self.year = year;
                Ok(rest)
            }
            Element::Month | Element::ZeroMonth => {
                let (month, rest) = ranged(two(text, zeros)?, 1..=12, "month")?;
                self.month = Some(month);
                Ok(rest)
            }
            Element::Day | Element::SpaceDay | Element::ZeroDay => {
                let text = if element == Element::SpaceDay { text.strip_prefix(' ').unwrap_or(text) } else { text };
                let (day, rest) = two(text, zeros)?;
                self.day = Some(day);
                Ok(rest)
            }
            Element::SpaceYearDay | Element::ZeroYearDay => {
                let (day, rest) = year_day(text, element == Element::ZeroYearDay)?;
                self.year_day = Some(day);
                Ok(rest)
            }
            Element::Hour => {
                let (hour, rest) = ranged(two(text, false)?, 0..=23, "hour")?;
                self.clock.0 = hour;
                Ok(rest)
            }
            Element::Hour12 | Element::ZeroHour12 => {
                let (hour, rest) = ranged(two(text, zeros)?, 0..=12, "hour")?;
                self.clock.0 = hour;
                Ok(rest)
            }
            Element::Minute | Element::ZeroMinute => {
                let (minute, rest) = ranged(two(text, zeros)?, 0..=59, "minute")?;
                self.clock.1 = minute;
                Ok(rest)
            }
            _ => Err(Unfit::Form),
        }
    }

    /// Reads seconds, and a fraction of which the layout says nothing.
    fn second<'t>(&mut self, text: &'t str, zeros: bool, layout: &str) -> Result<&'t str, Unfit> {
        let (second, rest) = ranged(two(text, zeros)?, 0..=59, "second")?;
        self.clock.2 = second;
        let told = matches!(layout::next(layout).element, Some((Element::Fraction { .. }, _)));
        match leading_fraction(rest) {
            0 => Ok(rest),
            _ if told => Ok(rest),
            digits => self.fraction(rest, digits),
        }
    }

    /// Reads a separator and `digits` digits; those after the ninth do not count.
    fn fraction<'t>(&mut self, text: &'t str, digits: usize) -> Result<&'t str, Unfit> {
        let written = text.strip_prefix(['.', ',']).ok_or(Unfit::Form)?;
        let (written, rest) = written.split_at_checked(digits).ok_or(Unfit::Form)?;
        let counted = written.get(..9).unwrap_or(written);
        if !counted.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Unfit::Form);
        }
        self.nanoseconds = format!("{counted:0<9}").parse().or(Err(Unfit::Form))?;
        Ok(rest)
    }

    fn half<'t>(&mut self, text: &'t str, morning: &str, noon: &str) -> Result<&'t str, Unfit> {
        let (rest, afternoon) = match (text.strip_prefix(morning), text.strip_prefix(noon)) {
            (Some(rest), _) => (rest, false),
            (None, Some(rest)) => (rest, true),
            (None, None) => return Err(Unfit::Form),
        };
        self.afternoon = Some(afternoon || self.afternoon == Some(true));
        Ok(rest)
    }

    fn zone_offset<'t>(&mut self, text: &'t str, form: Offset) -> Result<&'t str, Unfit> {
        if form.zulu && text.starts_with('Z') {
            self.utc = true;
            return Ok(text.get(1..).unwrap_or(""));
        }
        let sign = match text.chars().next() {
            Some('+') => 1,
            Some('-') => -1,
            _ => return Err(Unfit::Form),
        };
        let mut rest = text.get(1..).unwrap_or("");
        let mut offset = 0;
        let parts = [
            (Part::Hours, 24, 3600, "time zone offset hour"),
            (Part::Minutes, 60, 60, "time zone offset minute"),
            (Part::Seconds, 60, 1, "time zone offset second"),
        ];
        for (part, most, seconds, what) in parts.into_iter().filter(|(part, ..)| *part <= form.down_to) {
            if part != Part::Hours {
                rest = rest.strip_prefix(form.separator).ok_or(Unfit::Form)?;
            }
            let (number, after) = ranged(two(rest, true)?, 0..=most, what)?;
            offset += number * seconds;
            rest = after;
        }
        self.offset = i32::try_from(offset * sign).ok();
        Ok(rest)
    }

    fn abbreviation<'t>(&mut self, text: &'t str) -> Result<&'t str, Unfit> {
        if let Some(rest) = text.strip_prefix("UTC") {
            self.utc = true;
            return Ok(rest);
        }
        let (name, rest) = zone_length(text).and_then(|len| text.split_at_checked(len)).ok_or(Unfit::Form)?;
        self.zone = Some(name.to_owned());
        Ok(rest)
    }

    /// Puts the parts together.
    fn finish(mut self) -> Result<Moment, &'static str> {
        match (self.afternoon, self.clock.0) {
            (Some(true), hour) if hour < 12 => self.clock.0 += 12,
            (Some(false), 12) => self.clock.0 = 0,
            _ => {}
        }
        let date = self.date()?;
        let (hour, minute, second) = self.clock;
        let seconds = date.days() * super::DAY + hour * 3600 + minute * 60 + second;
        let moment = Moment::utc(seconds, self.nanoseconds);
        if self.utc {
            return Ok(moment);
        }
        let name = self.zone.unwrap_or_default();
        if let Some(offset) = self.offset {
            let moment = Moment { seconds: seconds - i64::from(offset), ..moment };
            let local = offset == 0 && (name.is_empty() || name == "UTC");
            return Ok(if local { moment } else { moment.in_zone(Zone { offset, name }) });
        }
        if name.is_empty() {
            return Ok(moment);
        }
        // A name says nothing of the offset, but for `GMT+3`; the time is taken for UTC all the same.
        let offset = name.strip_prefix("GMT").and_then(|hours| hours.parse::<i32>().ok()).unwrap_or(0) * 3600;
        Ok(moment.in_zone(Zone { offset, name }))
    }

    fn date(&self) -> Result<Date, &'static str> {
        let first = Date { year: self.year, month: 1, day: 1 };
        let date = match self.year_day {
            None => Date { year: self.year, month: self.month.unwrap_or(1), day: self.day.unwrap_or(1) },
            Some(day) => {
                let date = Date::of_day(first.days() + day - 1);
                if day < 1 || date.year != self.year {
                    return Err("day-of-year out of range");
                }
                if self.month.is_some_and(|month| month != date.month) {
                    return Err("day-of-year does not match month");
                }
                if self.day.is_some_and(|day| day != date.day) {
                    return Err("day-of-year does not match day");
                }
                date
            }
        };
        if date.day < 1 || date.day > date.month_days() {
            return Err("day out of range");
        }
        Ok(date)
    }
}

/// Finds the name a text begins with, in whole or by its first three letters; case does not matter.
fn named<'t>(text: &'t str, names: &[&str], whole: bool) -> Read<'t, i64> {
    for (index, name) in (0..).zip(names) {
        let name = if whole { *name } else { name.get(..3).unwrap_or(name) };
        if let Some((start, rest)) = text.split_at_checked(name.len())
            && start.eq_ignore_ascii_case(name)
        {
            return Ok((index, rest));
        }
    }
    Err(Unfit::Form)
}

/// Reads exactly `len` digits.
fn fixed_digits(text: &str, len: usize) -> Read<'_, i64> {
    let (digits, rest) = text.split_at_checked(len).ok_or(Unfit::Form)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Unfit::Form);
    }
    Ok((digits.parse().or(Err(Unfit::Form))?, rest))
}

/// Reads one or two digits; two where zeros fill up.
fn two(text: &str, zeros: bool) -> Read<'_, i64> {
    match fixed_digits(text, 2) {
        Err(Unfit::Form) if !zeros => fixed_digits(text, 1),
        read => read,
    }
}

/// Reads one to three digits after up to two spaces; three where zeros fill up.
fn year_day(text: &str, zeros: bool) -> Read<'_, i64> {
    if zeros {
        return fixed_digits(text, 3);
    }
    let text = text.strip_prefix(' ').unwrap_or(text);
    let text = text.strip_prefix(' ').unwrap_or(text);
    fixed_digits(text, 3).or_else(|_| two(text, false))
}

fn ranged<'t>(read: (i64, &'t str), range: std::ops::RangeInclusive<i64>, what: &'static str) -> Read<'t, i64> {
    if range.contains(&read.0) { Ok(read) } else { Err(Unfit::Range(what)) }
}

/// Returns the number of digits after a separator that the text begins with.
fn leading_fraction(text: &str) -> usize {
    let digits = |rest: &str| rest.bytes().take_while(u8::is_ascii_digit).count();
    text.strip_prefix(['.', ',']).map_or(0, digits)
}

/// Returns the length of the zone abbreviation a text begins with: people invent them, so this is a guess, Go's.
fn zone_length(text: &str) -> Option<usize> {
    if text.len() < 3 {
        return None;
    }
    if text.starts_with("ChST") || text.starts_with("MeST") {
        return Some(4);
    }
    if let Some(rest) = text.strip_prefix("GMT") {
        return Some(3 + signed_hours(rest));
    }
    if text.starts_with(['+', '-']) {
        return Some(signed_hours(text)).filter(|len| *len > 0);
    }
    let upper = text.bytes().take_while(u8::is_ascii_uppercase).take(6).count();
    let fits = match upper {
        3 => true,
        4 => text.as_bytes().get(3) == Some(&b'T') || text.starts_with("WITA"),
        5 => text.as_bytes().get(4) == Some(&b'T'),
        _ => false,
    };
    fits.then_some(upper)
}

/// Returns the length of a sign and hours up to 23; 0 where there are none.
fn signed_hours(text: &str) -> usize {
    let Some(digits) = text.strip_prefix(['+', '-']) else { return 0 };
    let len = digits.bytes().take_while(u8::is_ascii_digit).count();
    match digits.get(..len).and_then(|digits| digits.parse::<u64>().ok()) {
        Some(0..=23) => len + 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
