//! Timestamps as Go's `time` package reads and prints them in RFC 3339.
//!
//! Rules: reading is strict, printing is canonical: `Z` for a zero offset, the offset kept otherwise.
//! Not here: calendars and clocks. Nothing is computed, only checked and rewritten.

/// What becomes of the digits below a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fraction {
    /// Kept, up to nanoseconds, without trailing zeros: `time.RFC3339Nano`.
    Keep,
    /// Dropped: `time.RFC3339`.
    Drop,
}

/// Returns the canonical form of an RFC 3339 timestamp, or nothing when `text` is not one.
///
/// # Source
/// Go `time.Parse(time.RFC3339, ..)`, `Time.Format`, `Time.MarshalText`.
pub(crate) fn canonical(text: &str, fraction: Fraction) -> Option<String> {
    let (seconds, rest) = (text.get(..19)?, text.get(19..)?);
    if !is_date_and_time(seconds) {
        return None;
    }
    let (digits, zone) = match rest.strip_prefix(['.', ',']) {
        None => ("", rest),
        Some(after) => {
            let end = after.find(|c: char| !c.is_ascii_digit())?;
            if end == 0 {
                return None;
            }
            after.split_at(end)
        }
    };
    let zone = canonical_zone(zone)?;
    let digits = match fraction {
        Fraction::Drop => "",
        // Go keeps nanoseconds and cuts what is finer.
        Fraction::Keep => digits.get(..9).unwrap_or(digits).trim_end_matches('0'),
    };
    let point = if digits.is_empty() { "" } else { "." };
    Some(format!("{seconds}{point}{digits}{zone}"))
}

/// Says whether `text` has the form `2006-01-02T15:04:05` with every field in range.
fn is_date_and_time(text: &str) -> bool {
    let template = "0000-00-00T00:00:00";
    let shape = text
        .bytes()
        .zip(template.bytes())
        .all(|(byte, wanted)| if wanted == b'0' { byte.is_ascii_digit() } else { byte == wanted });
    if !shape {
        return false;
    }
    let number = |from: usize, to: usize| text.get(from..to).and_then(|digits| digits.parse::<u32>().ok()).unwrap_or(u32::MAX);
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    (1..=days_in(month, year)).contains(&day) && number(11, 13) < 24 && number(14, 16) < 60 && number(17, 19) < 60
}

/// Returns how many days a month has, 0 for a month that is none.
fn days_in(month: u32, year: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 0,
    }
}

/// Returns `Z` or `+01:00` for a zone in RFC 3339's form.
fn canonical_zone(zone: &str) -> Option<&str> {
    if zone == "Z" {
        return Some("Z");
    }
    let (hours, minutes) = zone.strip_prefix(['+', '-'])?.split_once(':')?;
    let field = |digits: &str, limit: u32| {
        let two_digits = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<u32>().ok().filter(|number| two_digits && *number < limit)
    };
    match (field(hours, 24)?, field(minutes, 60)?) {
        (0, 0) => Some("Z"),
        _ => Some(zone),
    }
}

#[cfg(test)]
mod tests {
    use super::{Fraction, canonical};

    #[track_caller]
    fn check(input: &str, nanoseconds: Option<&str>, seconds: Option<&str>) {
        assert_eq!(canonical(input, Fraction::Keep).as_deref(), nanoseconds, "{input}");
        assert_eq!(canonical(input, Fraction::Drop).as_deref(), seconds, "{input}");
    }

    /// Offsets stay, zero offsets become `Z`, fractions lose their trailing zeros or go.
    #[test]
    fn timestamps_are_rewritten_as_go_prints_them() {
        check("2024-02-29T23:59:59Z", Some("2024-02-29T23:59:59Z"), Some("2024-02-29T23:59:59Z"));
        check("2024-01-02T03:04:05+00:00", Some("2024-01-02T03:04:05Z"), Some("2024-01-02T03:04:05Z"));
        check("2024-01-02T03:04:05-07:30", Some("2024-01-02T03:04:05-07:30"), Some("2024-01-02T03:04:05-07:30"));
        check("2024-01-02T03:04:05.1200Z", Some("2024-01-02T03:04:05.12Z"), Some("2024-01-02T03:04:05Z"));
        check("2024-01-02T03:04:05.000Z", Some("2024-01-02T03:04:05Z"), Some("2024-01-02T03:04:05Z"));
        check("2024-01-02T03:04:05.1234567899Z", Some("2024-01-02T03:04:05.123456789Z"), Some("2024-01-02T03:04:05Z"));
    }

    /// Whatever is not a full RFC 3339 timestamp is nothing.
    #[test]
    fn other_texts_are_not_timestamps() {
        for text in [
            "",
            "2024-01-02",
            "2024-01-02T03:04:05",
            "2024-13-02T03:04:05Z",
            "2023-02-29T03:04:05Z",
            "2024-01-00T03:04:05Z",
            "2024-01-02T24:04:05Z",
            "2024-01-02T03:60:05Z",
            "2024-01-02T03:04:60Z",
            "2024-01-02T03:04:05.Z",
            "2024-01-02T03:04:05z",
            "2024-01-02 03:04:05Z",
            "2024-01-02T03:04:05+24:00",
            "2024-01-02T03:04:05+1:00",
            "2024-01-02T03:04:05Z ",
            "2024-01-02T03:04:0éZ",
        ] {
            check(text, None, None);
        }
    }
}
