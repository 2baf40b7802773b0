//! Durations: nanoseconds in 64 bits.
//!
//! # Source
//! Go 1.26 `time/format.go`, `ParseDuration`, `leadingInt`, `leadingFraction`; `time/time.go`, `Duration.String`, `Round`, `Truncate`.

/// Nanoseconds in a second.
pub(crate) const SECOND: i64 = 1_000_000_000;
/// Nanoseconds in a minute.
pub(crate) const MINUTE: i64 = 60 * SECOND;
/// Nanoseconds in an hour.
pub(crate) const HOUR: i64 = 60 * MINUTE;
/// Nanoseconds in a millisecond.
pub(crate) const MILLISECOND: i64 = 1_000_000;
/// Nanoseconds in a microsecond.
pub(crate) const MICROSECOND: i64 = 1000;

/// The magnitude no duration is beyond.
const LARGEST: u64 = 1 << 63;
/// Units with their nanoseconds; both letters that look like µ.
const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1000),
    ("\u{b5}s", 1000),
    ("\u{3bc}s", 1000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Reads a duration such as `-1h2.5m`. An error is Go's message.
pub(crate) fn parse(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {}", quote(text));
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (whole, after) = digits(rest);
        let (fraction, after) = after.strip_prefix('.').map_or(("", after), digits);
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let number = if whole.is_empty() { Some(0) } else { whole.parse::<u64>().ok().filter(|number| *number <= LARGEST) };
        let number = number.ok_or_else(invalid)?;
        let end = after.find(|next: char| next == '.' || next.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(end).unwrap_or((after, ""));
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {}", quote(text)));
        }
        let known = UNITS.iter().find(|(name, _)| *name == unit);
        let (_, nanoseconds) = known.ok_or_else(|| format!("time: unknown unit {} in duration {}", quote(unit), quote(text)))?;
        let number = number.checked_mul(*nanoseconds).filter(|number| *number <= LARGEST).ok_or_else(invalid)?;
        let number = number.saturating_add(part_of(fraction, *nanoseconds));
        total = total.checked_add(number).filter(|total| *total <= LARGEST).ok_or_else(invalid)?;
        rest = after;
    }
    match (negative, i64::try_from(total)) {
        (false, Ok(total)) => Ok(total),
        (true, Ok(total)) => Ok(-total),
        (true, Err(_)) => Ok(i64::MIN),
        (false, Err(_)) => Err(invalid()),
    }
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|next: char| !next.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Returns the nanoseconds that a fraction of a unit is. Go stops reading digits where its integer is full, and computes in floats.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "as in Go")]
fn part_of(fraction: &str, unit: u64) -> u64 {
    let (mut number, mut scale) = (0_u64, 1_f64);
    for digit in fraction.bytes() {
        let next = number.checked_mul(10).and_then(|tens| tens.checked_add(u64::from(digit - b'0')));
        match next.filter(|next| number <= (LARGEST - 1) / 10 && *next <= LARGEST) {
            Some(next) => (number, scale) = (next, scale * 10.0),
            None => break,
        }
    }
    (number as f64 * (unit as f64 / scale)) as u64
}

/// Quotes text as `time` does: what is not printable ASCII as bytes.
pub(super) fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            ' '..='\u{7f}' => out.push(character),
            _ => {
                let mut buffer = [0; 4];
                for byte in character.encode_utf8(&mut buffer).bytes() {
                    out.push_str(&format!("\\x{byte:02x}"));
                }
            }
        }
    }
    out.push('"');
    out
}

/// Returns a duration as Go prints it: `1h2m3.5s`.
pub(crate) fn printed(nanoseconds: i64) -> String {
    let magnitude = nanoseconds.unsigned_abs();
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let decimal = |unit: u64, digits: usize| {
        let fraction = format!("{:0digits$}", magnitude % unit);
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{}{point}{fraction}", magnitude / unit)
    };
    match magnitude {
        0 => "0s".to_owned(),
        1..1000 => format!("{sign}{magnitude}ns"),
        1000..1_000_000 => format!("{sign}{}\u{b5}s", decimal(1000, 3)),
        1_000_000..1_000_000_000 => format!("{sign}{}ms", decimal(1_000_000, 6)),
        _ => {
            let minutes = magnitude / MINUTE.unsigned_abs();
            let seconds = printed_seconds(magnitude % MINUTE.unsigned_abs());
            match (minutes / 60, minutes % 60) {
                (0, 0) => format!("{sign}{seconds}s"),
                (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
                (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
            }
        }
    }
}

fn printed_seconds(nanoseconds: u64) -> String {
    let fraction = format!("{:09}", nanoseconds % SECOND.unsigned_abs());
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{}{point}{fraction}", nanoseconds / SECOND.unsigned_abs())
}

/// Returns a duration in a unit, rounded as Go does: the fraction apart.
#[expect(clippy::cast_precision_loss, reason = "as in Go")]
pub(crate) fn in_units(nanoseconds: i64, unit: i64) -> f64 {
    (nanoseconds / unit) as f64 + (nanoseconds % unit) as f64 / unit as f64
}

/// Returns the nearest multiple of `unit`, halves away from zero; the duration itself where the unit is none.
pub(crate) fn rounded(nanoseconds: i64, unit: i64) -> i64 {
    if unit <= 0 {
        return nanoseconds;
    }
    let rest = nanoseconds % unit;
    let half = rest.unsigned_abs() >= unit.unsigned_abs() - rest.unsigned_abs();
    let towards_zero = nanoseconds - rest;
    match (half, nanoseconds < 0) {
        (false, _) => towards_zero,
        (true, false) => towards_zero.saturating_add(unit),
        (true, true) => towards_zero.saturating_sub(unit),
    }
}

/// Returns the multiple of `unit` nearest to zero; the duration itself where the unit is none.
pub(crate) fn truncated(nanoseconds: i64, unit: i64) -> i64 {
    if unit <= 0 { nanoseconds } else { nanoseconds - nanoseconds % unit }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: i64, again: &str) {
        assert_eq!(parse(text), Ok(expected), "{text}");
        assert_eq!(printed(expected), again);
    }

    fn check_refused(text: &str, expected: &str) {
        assert_eq!(parse(text), Err(format!("time: {expected}")), "{text}");
    }

    // Parts add up; a duration prints in its largest units.
    #[test]
    fn durations() {
        check("0", 0, "0s");
        check("1h30m", 90 * MINUTE, "1h30m0s");
        check("-1.5s", -1_500_000_000, "-1.5s");
        check("+.5ms5us", 505_000, "505\u{b5}s");
        check("1500ns", 1500, "1.5\u{b5}s");
        check("1.000000001s", 1_000_000_001, "1.000000001s");
        check("1h1h", 2 * HOUR, "2h0m0s");
        check("9223372036854775807ns", i64::MAX, "2562047h47m16.854775807s");
        check("-9223372036854775808ns", i64::MIN, "-2562047h47m16.854775808s");
        check("0.3333333333333333333333h", 1_200_000_000_000, "20m0s");
    }

    // What is none is refused in Go's words; overflow is.
    #[test]
    fn refusals() {
        check_refused("", "invalid duration \"\"");
        check_refused("1", "missing unit in duration \"1\"");
        check_refused("1d", "unknown unit \"d\" in duration \"1d\"");
        check_refused(".s", "invalid duration \".s\"");
        check_refused("1 s", "unknown unit \" s\" in duration \"1 s\"");
        check_refused("9223372036854775808ns", "invalid duration \"9223372036854775808ns\"");
        check_refused("ü", "invalid duration \"\\xc3\\xbc\"");
    }

    // Halves round away from zero; a unit of 0 changes nothing.
    #[test]
    fn rounding() {
        assert_eq!([rounded(15, 10), rounded(14, 10), rounded(-15, 10), rounded(15, 0)], [20, 10, -20, 15]);
        assert_eq!([truncated(19, 10), truncated(-19, 10), truncated(19, -1)], [10, -10, 19]);
        assert_eq!([rounded(i64::MAX, HOUR), rounded(i64::MIN, HOUR)], [i64::MAX, i64::MIN]);
    }
}
