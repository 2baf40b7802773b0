//! Layouts: how the reference time (Mon Jan 2 15:04:05 MST 2006) would be written.
//!
//! # Source
//! Go 1.26 `time/format.go`, `nextStdChunk`.

/// Names of days, Sunday first.
pub(super) const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
/// Names of months.
pub(super) const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// What a part of a layout stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    LongMonth,
    ShortMonth,
    Month,
    ZeroMonth,
    LongWeekday,
    ShortWeekday,
    Day,
    SpaceDay,
    ZeroDay,
    SpaceYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    ShortYear,
    UpperHalf,
    LowerHalf,
    Abbreviation,
    Offset(Offset),
    Fraction {
        /// How many digits; 9 at most count.
        digits: usize,
        /// Whether zeros at the end are left out.
        trimmed: bool,
        separator: char,
    },
}

/// How an offset from UTC is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offset {
    /// Whether UTC is `Z`.
    pub(super) zulu: bool,
    /// The smallest part.
    pub(super) down_to: Part,
    /// What stands between the parts.
    pub(super) separator: &'static str,
}

/// Parts of an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Hours,
    Minutes,
    Seconds,
}

/// The parts after `-` or `Z`, the longest first.
const OFFSETS: [(&str, Part, &str); 5] = [
    ("070000", Part::Seconds, ""),
    ("07:00:00", Part::Seconds, ":"),
    ("0700", Part::Minutes, ""),
    ("07:00", Part::Minutes, ":"),
    ("07", Part::Hours, ""),
];

/// A layout up to its next element.
pub(super) struct Chunk<'l> {
    /// Text before the element.
    pub(super) text: &'l str,
    /// The element, and how the layout writes it; nothing at the end.
    pub(super) element: Option<(Element, &'l str)>,
    /// What follows.
    pub(super) rest: &'l str,
}

/// Returns the layout's next element.
pub(super) fn next(layout: &str) -> Chunk<'_> {
    for (place, _) in layout.char_indices() {
        let rest = layout.get(place..).unwrap_or("");
        if let Some((element, skipped, len)) = element(rest) {
            return Chunk {
                text: layout.get(..place + skipped).unwrap_or(layout),
                element: rest.get(skipped..skipped + len).map(|written| (element, written)),
                rest: rest.get(skipped + len..).unwrap_or(""),
            };
        }
    }
    Chunk { text: layout, element: None, rest: "" }
}

/// Returns the element that `layout` begins with, the bytes before it that are text, and its length.
fn element(layout: &str) -> Option<(Element, usize, usize)> {
    use Element::{
        Abbreviation, Day, Hour, Hour12, LongMonth, LongWeekday, LongYear, LowerHalf, Minute, Month, Second, ShortMonth,
        ShortWeekday, ShortYear, SpaceDay, SpaceYearDay, UpperHalf, ZeroDay, ZeroHour12, ZeroMinute, ZeroMonth, ZeroSecond,
        ZeroYearDay,
    };
    const PLAIN: [(&str, Element); 23] = [
        ("January", LongMonth),
        ("Monday", LongWeekday),
        ("MST", Abbreviation),
        ("01", ZeroMonth),
        ("02", ZeroDay),
        ("03", ZeroHour12),
        ("04", ZeroMinute),
        ("05", ZeroSecond),
        ("06", ShortYear),
        ("002", ZeroYearDay),
        ("15", Hour),
        ("1", Month),
        ("2006", LongYear),
        ("2", Day),
        ("_2", SpaceDay),
        ("__2", SpaceYearDay),
        ("3", Hour12),
        ("4", Minute),
        ("5", Second),
        ("PM", UpperHalf),
        ("pm", LowerHalf),
        ("Jan", ShortMonth),
        ("Mon", ShortWeekday),
    ];
    if layout.starts_with("_2006") {
        return Some((LongYear, 1, 4));
    }
    for (written, element) in PLAIN {
        let Some(rest) = layout.strip_prefix(written) else { continue };
        // `Jan` and `Mon` are no elements at the beginning of a word (`Month`).
        let word = matches!(element, ShortMonth | ShortWeekday) && rest.starts_with(|next: char| next.is_ascii_lowercase());
        if !word {
            return Some((element, 0, written.len()));
        }
    }
    offset(layout).or_else(|| fraction(layout))
}

fn offset(layout: &str) -> Option<(Element, usize, usize)> {
    let zulu = layout.starts_with('Z');
    let digits = layout.strip_prefix(['-', 'Z'])?;
    let (written, down_to, separator) = OFFSETS.into_iter().find(|(written, ..)| digits.starts_with(written))?;
    Some((Element::Offset(Offset { zulu, down_to, separator }), 0, written.len() + 1))
}

fn fraction(layout: &str) -> Option<(Element, usize, usize)> {
    let separator = layout.chars().next().filter(|first| matches!(first, '.' | ','))?;
    let written = layout.get(1..)?;
    let digit = written.chars().next().filter(|first| matches!(first, '0' | '9'))?;
    let rest = written.trim_start_matches(digit);
    if rest.starts_with(|next: char| next.is_ascii_digit()) {
        return None;
    }
    let digits = written.len() - rest.len();
    Some((Element::Fraction { digits, trimmed: digit == '9', separator }, 0, digits + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(layout: &str, expected: &[&str]) {
        let (mut found, mut rest) = (Vec::new(), layout);
        loop {
            let chunk = next(rest);
            let Some((_, written)) = chunk.element else { break };
            found.push(written);
            rest = chunk.rest;
        }
        assert_eq!(found, expected, "{layout}");
    }

    // The longest element wins, where Go takes the longest.
    #[test]
    fn elements() {
        check("Mon Jan _2 15:04:05 MST 2006", &["Mon", "Jan", "_2", "15", "04", "05", "MST", "2006"]);
        check("Monday, 02-January-06", &["Monday", "02", "January", "06"]);
        check("Month Janus", &[]);
        check("_2006 __2 002", &["2006", "__2", "002"]);
        check("05.000 05.999 05,0 .01", &["05", ".000", "05", ".999", "05", ",0", "01"]);
        check("-07:00:00 -070000 Z07:00 Z0700 -07 Z", &["-07:00:00", "-070000", "Z07:00", "Z0700", "-07"]);
        check("3:04PM pm", &["3", "04", "PM", "pm"]);
        check("20060102150405", &["2006", "01", "02", "15", "04", "05"]);
        check("täglich", &[]);
    }
}
