//! Timestamps as Go's `time.Parse` reads the formats go-yaml allows.
//!
//! In: the text of a plain scalar. Out: the RFC 3339 text Go prints for it.
//! Not here: which scalars are tried (`scalar`).

/// A moment with its zone offset, as far as printing it needs.
struct Moment {
    year: u32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    nanosecond: u32,
    offset_minutes: i32,
}

/// Returns the RFC 3339 text (nanoseconds trimmed) of a timestamp; nothing for other text.
///
/// # Source
/// go-yaml v2 and v3 `resolve.go`, `parseTimestamp`; Go `time/format.go`, `Parse`.
pub(crate) fn parse(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let year_digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if year_digits != 4 || bytes.get(4) != Some(&b'-') {
        return None;
    }
    let mut cursor = Cursor { rest: bytes.get(5..)? };
    let year = text.get(..4)?.parse().ok()?;
    let month = cursor.number(1..=12)?;
    cursor.literal(b'-')?;
    let day = cursor.number(0..=99)?;
    if day < 1 || day > days_in(year, month) {
        return None;
    }
    let mut moment = Moment { year, month, day, hour: 0, minute: 0, second: 0, nanosecond: 0, offset_minutes: 0 };
    if cursor.rest.is_empty() {
        return Some(print(&moment));
    }
    let zoned = match cursor.rest.first()? {
        b'T' | b't' => {
            cursor.literal(*cursor.rest.first()?)?;
            true
        }
        b' ' => {
            while cursor.literal(b' ').is_some() {}
            false
        }
        _ => return None,
    };
    moment.hour = cursor.number(0..=23)?;
    cursor.literal(b':')?;
    moment.minute = cursor.number(0..=59)?;
    cursor.literal(b':')?;
    moment.second = cursor.number(0..=59)?;
    moment.nanosecond = cursor.fraction();
    if zoned {
        moment.offset_minutes = cursor.zone()?;
    }
    cursor.rest.is_empty().then(|| print(&moment))
}

/// What is left to read.
struct Cursor<'a> {
    rest: &'a [u8],
}

impl Cursor<'_> {
    fn literal(&mut self, byte: u8) -> Option<()> {
        let (first, rest) = self.rest.split_first()?;
        (*first == byte).then(|| self.rest = rest)
    }

    /// Reads one or two digits.
    fn number(&mut self, allowed: std::ops::RangeInclusive<u32>) -> Option<u32> {
        let digits = self.rest.iter().take(2).take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = self.rest.split_at_checked(digits)?;
        self.rest = rest;
        let value = std::str::from_utf8(number).ok()?.parse().ok()?;
        allowed.contains(&value).then_some(value)
    }

    /// Reads a fraction of a second, if there is one, as nanoseconds; more digits than nine are dropped.
    fn fraction(&mut self) -> u32 {
        let [b'.' | b',', after @ ..] = self.rest else { return 0 };
        let digits = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let Some((number, rest)) = after.split_at_checked(digits).filter(|(number, _)| !number.is_empty()) else { return 0 };
        self.rest = rest;
        (0..9).fold(0, |value, place| value * 10 + number.get(place).map_or(0, |digit| u32::from(digit - b'0')))
    }

    /// Reads `Z` or `+hh:mm` as minutes east of UTC.
    fn zone(&mut self) -> Option<i32> {
        if self.literal(b'Z').is_some() {
            return Some(0);
        }
        let (zone, rest) = self.rest.split_at_checked(6)?;
        self.rest = rest;
        let &[sign, h1, h2, b':', m1, m2] = zone else { return None };
        let two =
            |a: u8, b: u8| (a.is_ascii_digit() && b.is_ascii_digit()).then(|| i32::from(a - b'0') * 10 + i32::from(b - b'0'));
        let (hours, minutes) = (two(h1, h2)?, two(m1, m2)?);
        // Go tests with > here: offsets of 24 hours and 60 minutes are written by some people.
        if hours > 24 || minutes > 60 {
            return None;
        }
        match sign {
            b'+' => Some(hours * 60 + minutes),
            b'-' => Some(-(hours * 60 + minutes)),
            _ => None,
        }
    }
}

fn days_in(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn print(moment: &Moment) -> String {
    let Moment { year, month, day, hour, minute, second, nanosecond, offset_minutes } = moment;
    let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if *nanosecond != 0 {
        let fraction = format!("{nanosecond:09}");
        text.push('.');
        text.push_str(fraction.trim_end_matches('0'));
    }
    match offset_minutes {
        0 => text.push('Z'),
        offset => {
            let sign = if *offset < 0 { '-' } else { '+' };
            let minutes = offset.unsigned_abs();
            text.push_str(&format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60));
        }
    }
    text
}
