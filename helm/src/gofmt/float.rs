//! How Go prints floats.
//!
//! # Source
//! Go `strconv/ftoa.go`, `FormatFloat` with precision -1 or given, `fmt/format.go`, `fmtFloat`.

/// The exponent from which the shortest form is written with one, as `1e+06`.
const LARGE_EXPONENT: i32 = 6;

/// Digits behind the point after which those of every float64 are zeros; Rust's own formatting panics at far more.
const EXACT: usize = 1_100;

/// Returns a float64 as `%v` and `%g` print it: the shortest digits that read back, with an exponent below -4 and from 6 on.
#[must_use]
pub fn shortest(number: f64) -> String {
    if let Some(special) = special(number) {
        return special.to_owned();
    }
    let (digits, point) = digits(number);
    let exponent = point - 1;
    let sign = if number.is_sign_negative() { "-" } else { "" };
    if !(-4..LARGE_EXPONENT).contains(&exponent) {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        return format!("{sign}{first}{dot}{rest}{}", exponent_text(exponent));
    }
    format!("{sign}{}", plain(&digits, point))
}

/// Returns the number with `precision` digits after the point and an exponent, as `%e`.
pub(crate) fn scientific(number: f64, precision: usize) -> String {
    if let Some(special) = special(number) {
        return special.to_owned();
    }
    let exact = precision.min(EXACT);
    let text = format!("{number:.exact$e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => {
            let zeros = "0".repeat(precision - exact);
            format!("{mantissa}{zeros}{}", exponent_text(exponent.parse().unwrap_or(0)))
        }
        None => text,
    }
}

/// Returns the number with `precision` digits after the point, as `%f`.
pub(crate) fn fixed(number: f64, precision: usize) -> String {
    let exact = precision.min(EXACT);
    let digits = || format!("{number:.exact$}{}", "0".repeat(precision - exact));
    special(number).map_or_else(digits, str::to_owned)
}

/// Returns `%g` with a given number of significant digits.
pub(crate) fn general_with(number: f64, precision: usize) -> String {
    if let Some(special) = special(number) {
        return special.to_owned();
    }
    let precision = precision.clamp(1, EXACT);
    let text = format!("{:.*e}", precision - 1, number);
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let trimmed = if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
    if exponent < -4 || exponent >= i32::try_from(precision).unwrap_or(i32::MAX) {
        return format!("{trimmed}{}", exponent_text(exponent));
    }
    let (sign, digits) = trimmed.strip_prefix('-').map_or(("", trimmed), |rest| ("-", rest));
    format!("{sign}{}", plain(&digits.replace('.', ""), exponent + 1))
}

/// Returns mantissa and exponent of two, as `%b`: `4503599627370496p-52`.
///
/// # Source
/// Go `strconv/ftoa.go`, `fmtB`.
pub(crate) fn binary(number: f64) -> String {
    let (mantissa, exponent) = parts(number);
    let sign = if exponent < 0 { "" } else { "+" };
    format!("{mantissa}p{sign}{exponent}")
}

/// Returns mantissa bits and the exponent of the last one.
fn parts(number: f64) -> (u64, i64) {
    let bits = number.to_bits();
    let (mantissa, exponent) = (bits & ((1 << 52) - 1), i64::try_from((bits >> 52) & 0x7ff).unwrap_or_default());
    if exponent == 0 { (mantissa, -1074) } else { (mantissa | (1 << 52), exponent - 1075) }
}

/// Returns a number that is not negative as `%x`: `0x1.8p+01`.
///
/// # Source
/// Go `strconv/ftoa.go`, `fmtX`.
pub(crate) fn hexadecimal(number: f64, precision: Option<usize>) -> String {
    const LEADING: u64 = 1 << 60;
    let (mantissa, exponent) = parts(number);
    let shift = mantissa.leading_zeros().saturating_sub(3);
    let (mut mantissa, mut exponent) = if mantissa == 0 { (0, 0) } else { (mantissa << shift, exponent + 60 - i64::from(shift)) };
    if let Some(kept) = precision.filter(|precision| *precision < 15) {
        let kept = 4 * u32::try_from(kept).unwrap_or_default();
        let extra = (mantissa << kept) & (LEADING - 1);
        mantissa >>= 60 - kept;
        if extra | (mantissa & 1) > 1 << 59 {
            mantissa += 1;
        }
        mantissa <<= 60 - kept;
        if mantissa & (1 << 61) != 0 {
            (mantissa, exponent) = (mantissa >> 1, exponent + 1);
        }
    }
    let digits = format!("{:015x}", mantissa & (LEADING - 1));
    let fraction = match precision {
        None => digits.trim_end_matches('0').to_owned(),
        // Not by Rust's own width, which panics above 65,535.
        Some(precision) => {
            let kept = digits.get(..precision).unwrap_or(&digits);
            format!("{kept}{}", "0".repeat(precision - kept.len()))
        }
    };
    let point = if fraction.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("0x{}{point}{fraction}p{sign}{:02}", mantissa >> 60, exponent.unsigned_abs())
}

fn special(number: f64) -> Option<&'static str> {
    if number.is_nan() {
        Some("NaN")
    } else if number.is_infinite() {
        Some(if number > 0.0 { "+Inf" } else { "-Inf" })
    } else {
        None
    }
}

/// Returns the shortest digits and where the point stands among them: `0.d1d2.. * 10^point`.
fn digits(number: f64) -> (String, i32) {
    // Rust's `{:e}` prints the shortest digits that read back, as Go's shortest form does.
    let text = format!("{:e}", number.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.replace('.', ""), exponent.parse::<i32>().unwrap_or(0) + 1)
}

fn plain(digits: &str, point: i32) -> String {
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |n: i32| "0".repeat(usize::try_from(n).unwrap_or(0));
    if point <= 0 {
        return format!("0.{}{digits}", zeros(-point));
    }
    if point >= count {
        return format!("{digits}{}", zeros(point - count));
    }
    let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
    format!("{whole}.{fraction}")
}

fn exponent_text(exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("e{sign}{:02}", exponent.unsigned_abs())
}
