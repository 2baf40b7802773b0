//! Numbers in text, as Go reads them.
//!
//! Rules: bases by prefix (`0x`, `0o`, `0b`, `0`), underscores between digits, hexadecimal floats, infinity and NaN by name.
//!
//! # Source
//! Go `strconv`.

/// Returns the integer that `text` is, with a sign or without.
///
/// # Source
/// Go `strconv.ParseInt` with base 0.
pub(crate) fn signed(text: &str) -> Option<i64> {
    let (negative, magnitude) = match text.as_bytes().first()? {
        b'-' => (true, unsigned(text.get(1..)?)?),
        b'+' => (false, unsigned(text.get(1..)?)?),
        _ => (false, unsigned(text)?),
    };
    if negative { 0_i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() }
}

/// Returns the integer without a sign that `text` is.
///
/// # Source
/// Go `strconv.ParseUint` with base 0.
pub(crate) fn unsigned(text: &str) -> Option<u64> {
    let (radix, digits) = match text.as_bytes() {
        [b'0', b'x' | b'X', _, ..] => (16, text.get(2..)?),
        [b'0', b'o' | b'O', _, ..] => (8, text.get(2..)?),
        [b'0', b'b' | b'B', _, ..] => (2, text.get(2..)?),
        [b'0', _, ..] => (8, text.get(1..)?),
        _ => (10, text),
    };
    let digits = Some(digits).filter(|digits| !digits.starts_with(['+', '-']) && separates_digits(text))?.replace('_', "");
    u64::from_str_radix(&digits, radix).ok()
}

/// Says whether each underscore stands between digits; the prefix of a base counts as one.
///
/// # Source
/// Go `strconv/atoi.go`, `underscoreOK`.
fn separates_digits(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text).to_ascii_lowercase();
    let prefixed = ["0x", "0o", "0b"].iter().any(|prefix| text.starts_with(prefix));
    let hexadecimal = text.starts_with("0x");
    let digits = if prefixed { text.get(2..).unwrap_or_default() } else { &text };
    let is_digit = |byte: u8| byte.is_ascii_digit() || (hexadecimal && matches!(byte, b'a'..=b'f'));
    let mut before = if prefixed { b'0' } else { b'.' };
    for byte in digits.bytes() {
        let misplaced = if byte == b'_' { !is_digit(before) } else { before == b'_' && !is_digit(byte) };
        if misplaced {
            return false;
        }
        before = byte;
    }
    before != b'_'
}

/// Returns the float that `text` is; nothing where it is out of range.
///
/// # Source
/// Go `strconv.ParseFloat`.
pub(crate) fn float(text: &str) -> Option<f64> {
    if let Some(named) = named_float(text) {
        return Some(named);
    }
    if !separates_digits(text) {
        return None;
    }
    let text = text.replace('_', "");
    let (sign, magnitude) = match text.as_bytes().first()? {
        b'-' => (-1.0, text.get(1..)?),
        b'+' => (1.0, text.get(1..)?),
        _ => (1.0, text.as_str()),
    };
    let value = match magnitude.get(..2) {
        Some("0x" | "0X") => hexadecimal(magnitude.get(2..)?)?,
        _ if magnitude.starts_with(|first: char| first.is_ascii_digit() || first == '.') => magnitude.parse().ok()?,
        _ => return None,
    };
    value.is_finite().then_some(sign * value)
}

/// # Source
/// Go `strconv/atof.go`, `special`.
fn named_float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.eq_ignore_ascii_case("inf") || unsigned.eq_ignore_ascii_case("infinity") {
        return Some(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY });
    }
    text.eq_ignore_ascii_case("nan").then_some(f64::NAN)
}

/// Reads `1.8p3`, whose exponent is needed, to the nearest float.
fn hexadecimal(text: &str) -> Option<f64> {
    /// Digits that fit into 64 bits.
    const DIGITS: usize = 16;
    /// Beyond every exponent a float has, however many digits stand before it.
    const EXPONENT: i64 = 1 << 40;
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if integer.is_empty() && fraction.is_empty() {
        return None;
    }
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let beyond = if exponent.starts_with('-') { -EXPONENT } else { EXPONENT };
    let mut scale = exponent.parse::<i64>().unwrap_or(beyond).clamp(-EXPONENT, EXPONENT);
    scale -= 4 * i64::try_from(fraction.len()).ok()?;
    let all = [integer, fraction].concat();
    if !all.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let significant = all.trim_start_matches('0');
    let (kept, cut) = significant.split_at_checked(DIGITS).unwrap_or((significant, ""));
    scale += 4 * i64::try_from(cut.len()).ok()?;
    let kept = if kept.is_empty() { 0 } else { u64::from_str_radix(kept, 16).ok()? };
    let more = cut.bytes().any(|digit| digit != b'0');
    Some(nearest(kept, scale, if more { Rest::Some } else { Rest::None }))
}

/// Whether digits that are no zeros follow those of a mantissa.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    None,
    Some,
}

/// Returns the float nearest to `mantissa` times two to the `scale`, of two the even one; infinity beyond the largest.
fn nearest(mantissa: u64, scale: i64, rest: Rest) -> f64 {
    /// The smallest exponent of a normal float, and how far the encoding shifts it.
    const SMALLEST: i64 = -1022;
    if mantissa == 0 {
        return 0.0;
    }
    let zeros = mantissa.leading_zeros();
    let aligned = u128::from(mantissa << zeros);
    let exponent = scale + 63 - i64::from(zeros);
    if exponent > 1023 {
        return f64::INFINITY;
    }
    // 53 bits stay of 64; of a subnormal float, as many less as its exponent lies below.
    let dropped = 11 + (SMALLEST - exponent).clamp(0, 60);
    let kept = aligned >> dropped;
    let remainder = aligned - (kept << dropped);
    let half = 1_u128 << (dropped - 1);
    let up = remainder > half || (remainder == half && (rest == Rest::Some || kept & 1 == 1));
    // The leading bit of a normal mantissa counts into the exponent field, and so does a carry.
    let field = u64::try_from((exponent - SMALLEST).max(0)).unwrap_or_default() << 52;
    f64::from_bits(field + u64::try_from(kept).unwrap_or_default() + u64::from(up))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, int: Option<i64>, number: Option<f64>) {
        assert_eq!((signed(text), float(text)), (int, number), "{text}");
    }

    // Prefixes, underscores and signs count, each in its place only.
    #[test]
    fn numbers_in_text() {
        check("12", Some(12), Some(12.0));
        check("-0x1F", Some(-31), None);
        check("010", Some(8), Some(10.0));
        check("1_000", Some(1000), Some(1000.0));
        check("1__0", None, None);
        check("0x1p4", None, Some(16.0));
        check("0x+1p4", None, None);
        check("--1", None, None);
        check("9223372036854775808", None, Some(9_223_372_036_854_775_808.0));
        check("-9223372036854775808", Some(i64::MIN), Some(-9_223_372_036_854_775_808.0));
        check("1e400", None, None);
        check("-Infinity", None, Some(f64::NEG_INFINITY));
        check("+nan", None, None);
        check("", None, None);
    }
}
