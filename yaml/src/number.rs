//! Numbers as Go's `strconv` reads and prints them.
//!
//! In and out: text and numbers. Rules: Go's syntax and Go's choice of notation, not Rust's.
//! Not here: which scalars are numbers at all (`scalar`).

/// Returns what `strconv.ParseInt(text, 0, 64)` or, failing that, `strconv.ParseUint(text, 0, 64)` reads. The text has no
/// underscores any more.
pub(crate) fn parse_integer(text: &str) -> Option<i128> {
    let (negative, signed, digits) = match text.as_bytes().first()? {
        b'-' => (true, true, text.get(1..)?),
        b'+' => (false, true, text.get(1..)?),
        _ => (false, false, text),
    };
    let (radix, digits) = radix_of(digits);
    let magnitude = parse_digits(digits, radix)?;
    in_range(negative, signed, magnitude)
}

/// Returns what `strconv.ParseInt(text, radix, 64)` or, failing that, `strconv.ParseUint` reads: a sign, then digits.
pub(crate) fn parse_radix(text: &str, radix: u32) -> Option<i128> {
    let (negative, signed, digits) = match text.as_bytes().first()? {
        b'-' => (true, true, text.get(1..)?),
        b'+' => (false, true, text.get(1..)?),
        _ => (false, false, text),
    };
    in_range(negative, signed, parse_digits(digits, radix)?)
}

/// Splits Go's base prefix off: `0x`, `0b`, `0o`, and a leading `0` for octal.
fn radix_of(digits: &str) -> (u32, &str) {
    let prefixed = |length: usize| digits.get(length..).filter(|rest| !rest.is_empty());
    match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => prefixed(2).map_or((10, digits), |rest| (16, rest)),
        [b'0', b'b' | b'B', ..] => prefixed(2).map_or((10, digits), |rest| (2, rest)),
        [b'0', b'o' | b'O', ..] => prefixed(2).map_or((10, digits), |rest| (8, rest)),
        [b'0', _, ..] => prefixed(1).map_or((10, digits), |rest| (8, rest)),
        _ => (10, digits),
    }
}

fn parse_digits(digits: &str, radix: u32) -> Option<u64> {
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    u64::from_str_radix(digits, radix).ok()
}

fn in_range(negative: bool, signed: bool, magnitude: u64) -> Option<i128> {
    let value = if negative { -i128::from(magnitude) } else { i128::from(magnitude) };
    // ParseUint takes no sign, so beyond int64 only unsigned text is an integer.
    let fits = i64::try_from(value).is_ok() || !signed;
    fits.then_some(value)
}

/// Returns the float of a text of the form `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`; nothing when it is out
/// of range, as Go's parser.
///
/// # Source
/// go-yaml v2 and v3 `resolve.go`, `yamlStyleFloat`.
pub(crate) fn parse_yaml_float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (unsigned.get(..at)?, unsigned.get(at + 1..)),
        None => (unsigned, None),
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_ok = match mantissa.split_once('.') {
        Some(("", fraction)) => !fraction.is_empty() && all_digits(fraction),
        Some((whole, fraction)) => all_digits(whole) && all_digits(fraction),
        None => !mantissa.is_empty() && all_digits(mantissa),
    };
    let exponent_ok = exponent.is_none_or(|digits| {
        let digits = digits.strip_prefix(['-', '+']).unwrap_or(digits);
        !digits.is_empty() && all_digits(digits)
    });
    if !(mantissa_ok && exponent_ok) {
        return None;
    }
    text.parse::<f64>().ok().filter(|value| value.is_finite())
}

/// Returns what `strconv.ParseFloat` reads from a text that begins with a dot: underscores may stand between digits.
pub(crate) fn parse_dotted_float(text: &str) -> Option<f64> {
    let mut before = b'!';
    for byte in text.bytes() {
        let kind = match byte {
            b'0'..=b'9' => b'0',
            b'_' => b'_',
            _ => b'!',
        };
        if (kind == b'_' && before != b'0') || (before == b'_' && kind != b'0') {
            return None;
        }
        before = kind;
    }
    if before == b'_' {
        return None;
    }
    parse_yaml_float(&text.replace('_', ""))
}

/// Returns what `strconv.FormatFloat(value, 'g', -1, 64)` prints, in YAML's words for what is not finite.
pub(crate) fn format_general(value: f64) -> String {
    general(value.is_nan(), value, &format!("{value:e}"))
}

/// Returns what `strconv.FormatFloat(value, 'g', -1, 32)` prints, in YAML's words for what is not finite.
pub(crate) fn format_general_single(value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "go-yaml prints float keys with the precision of float32")]
    let single = value as f32;
    general(single.is_nan(), f64::from(single), &format!("{single:e}"))
}

/// The lowest and the first too high decimal exponent that `%g` writes without an exponent, at shortest precision.
const PLAIN_EXPONENTS: std::ops::Range<i32> = -4..6;

fn general(not_a_number: bool, value: f64, scientific: &str) -> String {
    if not_a_number {
        return ".nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { ".inf".to_owned() } else { "-.inf".to_owned() };
    }
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific.to_owned() };
    let exponent = exponent.parse::<i32>().unwrap_or_default();
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    if PLAIN_EXPONENTS.contains(&exponent) {
        let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
        return format!("{sign}{}", positional(&digits, exponent));
    }
    let direction = if exponent < 0 { '-' } else { '+' };
    format!("{sign}{mantissa}e{direction}{:02}", exponent.unsigned_abs())
}

/// Writes `d.ddd * 10^exponent` without an exponent.
fn positional(digits: &str, exponent: i32) -> String {
    let Ok(exponent) = usize::try_from(exponent) else {
        let zeros = usize::try_from(exponent.unsigned_abs()).unwrap_or_default().saturating_sub(1);
        return format!("0.{}{digits}", "0".repeat(zeros));
    };
    let whole_length = exponent + 1;
    match (digits.get(..whole_length), digits.get(whole_length..)) {
        (Some(whole), Some(fraction)) if !fraction.is_empty() => format!("{whole}.{fraction}"),
        (Some(whole), _) => whole.to_owned(),
        (None, _) => format!("{digits}{}", "0".repeat(whole_length - digits.len())),
    }
}
