//! Quantities: amounts as Kubernetes writes them, counted exactly.
//!
//! In: `500m`, `1.5Gi`, `1e3`. Out: [`Quantity`], in whole nanos.
//! Rules: what is finer than a nano is rounded up; with a binary suffix what is larger than 2^63-1 is that; sums stop at the largest number.
//! As in Kubernetes, a suffix without digits is none of it.
//! Not here: what an amount is an amount of.
//!
//! # Source
//! k8s.io/apimachinery, pkg/api/resource: ParseQuantity, suffix.go; Kubernetes API reference, Quantity.

use std::ops::{Add, AddAssign};

use serde::Deserialize;

/// An amount.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[cfg_attr(feature = "testing", derive(serde::Serialize, schemars::JsonSchema), serde(into = "Written"))]
#[serde(try_from = "Written")]
pub struct Quantity(i128);

/// An amount as settings write it: `4`, `0.5` or a text with a suffix.
#[derive(Deserialize)]
#[cfg_attr(feature = "testing", derive(serde::Serialize, schemars::JsonSchema))]
#[serde(untagged)]
enum Written {
    Number(f64),
    Text(String),
}

/// Nanos of one.
const ONE: i128 = 1_000_000_000;

/// The largest amount that is written with a binary suffix, in nanos.
const LARGEST: i128 = i64::MAX as i128 * ONE;

/// Longest text of a quantity in bytes; the longest that Kubernetes prints has 29.
pub const TEXT_LIMIT_BYTES: usize = 64;

/// Digits behind the point that are counted; a further one counts as one of the last.
const FRACTION_DIGITS: i32 = 18;

/// Powers of ten beyond which an amount is the largest or the least there is, whatever its digits.
const EXPONENT_LIMIT: i32 = 200;

/// Suffixes, and the powers of ten and two that they stand for.
const SUFFIXES: [(&str, i32, u32); 16] = [
    ("", 0, 0),
    ("n", -9, 0),
    ("u", -6, 0),
    ("m", -3, 0),
    ("k", 3, 0),
    ("M", 6, 0),
    ("G", 9, 0),
    ("T", 12, 0),
    ("P", 15, 0),
    ("E", 18, 0),
    ("Ki", 0, 10),
    ("Mi", 0, 20),
    ("Gi", 0, 30),
    ("Ti", 0, 40),
    ("Pi", 0, 50),
    ("Ei", 0, 60),
];

impl Quantity {
    /// None at all.
    pub const ZERO: Quantity = Quantity(0);

    /// Returns a whole amount.
    #[must_use]
    pub fn of(whole: i64) -> Quantity {
        Quantity(i128::from(whole) * ONE)
    }

    /// Reads a quantity; nothing where the text is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Quantity> {
        if text.is_empty() || text.len() > TEXT_LIMIT_BYTES {
            return None;
        }
        let (is_negative, unsigned) = match text.strip_prefix(['+', '-']) {
            Some(unsigned) => (text.starts_with('-'), unsigned),
            None => (false, text),
        };
        let end = unsigned.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(unsigned.len());
        let (number, suffix) = unsigned.split_at_checked(end)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if fraction.contains('.') {
            return None;
        }
        let (tens, twos) = powers(suffix)?;
        let magnitude = magnitude(&Digits { whole, fraction, tens }, twos);
        Some(Quantity(if is_negative { -magnitude } else { magnitude }))
    }

    /// Returns this many times the amount.
    #[must_use]
    pub fn times(self, count: u64) -> Quantity {
        Quantity(self.0.saturating_mul(i128::from(count)))
    }

    /// Returns it as people write CPUs and counts: `2500m`, `12`.
    #[must_use]
    pub fn decimal(self) -> String {
        let scaled =
            [("", ONE), ("m", ONE / 1000), ("u", ONE / 1_000_000)].into_iter().find(|(_suffix, nanos)| self.0 % nanos == 0);
        let (suffix, nanos) = scaled.unwrap_or(("n", 1));
        format!("{}{suffix}", self.0 / nanos)
    }

    /// Returns it as people write bytes: `1536Mi`; in decimal form where it is no multiple of 1024.
    #[must_use]
    pub fn binary(self) -> String {
        let powers = SUFFIXES.iter().rev().filter(|(_suffix, _tens, twos)| *twos > 0);
        let mut scaled = powers.map(|(suffix, _tens, twos)| (suffix, ONE << twos));
        match scaled.find(|(_suffix, nanos)| self.0 != 0 && self.0 % nanos == 0) {
            Some((suffix, nanos)) => format!("{}{suffix}", self.0 / nanos),
            None => self.decimal(),
        }
    }
}

/// The digits of a number, and the power of ten that it is multiplied by.
struct Digits<'a> {
    whole: &'a str,
    fraction: &'a str,
    tens: i32,
}

impl Digits<'_> {
    /// Returns the digit for a power of ten.
    fn at(&self, power: i32) -> i128 {
        let place = power.saturating_sub(self.tens);
        let digit = match usize::try_from(place) {
            Ok(before_point) => self.whole.as_bytes().iter().rev().nth(before_point),
            Err(_behind_point) => self.fraction.as_bytes().get(usize::try_from(-1 - place).unwrap_or(usize::MAX)),
        };
        digit.map_or(0, |digit| i128::from(digit - b'0'))
    }

    /// Returns the greatest and the least power of ten that a digit may stand for.
    fn bounds(&self) -> (i32, i32) {
        let length = |digits: &str| i32::try_from(digits.len()).unwrap_or(i32::MAX);
        (length(self.whole).saturating_add(self.tens), self.tens.saturating_sub(length(self.fraction)))
    }
}

/// Returns an amount in nanos: the whole and the fraction apart, because together their digits are too many for one number.
fn magnitude(digits: &Digits<'_>, twos: u32) -> i128 {
    let (top, bottom) = digits.bounds();
    let mut whole: i128 = 0;
    for power in (0..=top.max(0)).rev() {
        whole = whole.saturating_mul(10).saturating_add(digits.at(power));
    }
    let mut fraction: i128 = 0;
    for power in (-FRACTION_DIGITS..0).rev() {
        fraction = fraction * 10 + digits.at(power);
    }
    let is_finer = (bottom..-FRACTION_DIGITS).any(|power| digits.at(power) > 0);
    let fraction = (fraction + i128::from(is_finer)) << twos;
    // 18 digits are nine more than nanos have.
    let nanos = fraction / ONE + i128::from(fraction % ONE > 0);
    let magnitude = whole.saturating_mul(1 << twos).saturating_mul(ONE).saturating_add(nanos);
    if twos > 0 { magnitude.min(LARGEST) } else { magnitude }
}

/// Returns the powers of ten and two of a suffix or an exponent.
fn powers(suffix: &str) -> Option<(i32, u32)> {
    if let Some((_suffix, tens, twos)) = SUFFIXES.iter().find(|(known, _tens, _twos)| *known == suffix) {
        return Some((*tens, *twos));
    }
    let exponent: i64 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
    let limit = i64::from(EXPONENT_LIMIT);
    i32::try_from(exponent.clamp(-limit, limit)).ok().map(|tens| (tens, 0))
}

impl Add for Quantity {
    type Output = Quantity;

    fn add(self, other: Quantity) -> Quantity {
        Quantity(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Quantity {
    fn add_assign(&mut self, other: Quantity) {
        *self = *self + other;
    }
}

impl TryFrom<Written> for Quantity {
    type Error = String;

    fn try_from(written: Written) -> Result<Quantity, String> {
        let text = match written {
            Written::Number(number) => number.to_string(),
            Written::Text(text) => text,
        };
        Quantity::parse(&text).ok_or_else(|| format!("`{text}` is no quantity such as `500m`, `4` or `2Gi`"))
    }
}

#[cfg(feature = "testing")]
impl From<Quantity> for Written {
    fn from(quantity: Quantity) -> Written {
        Written::Text(quantity.binary())
    }
}

#[cfg(test)]
mod tests {
    use super::{LARGEST, ONE, Quantity, TEXT_LIMIT_BYTES};

    fn check(text: &str, nanos: Option<i128>) {
        assert_eq!(Quantity::parse(text), nanos.map(Quantity), "{text}");
    }

    /// Every suffix, exponent and way of writing a number that Kubernetes has.
    #[test]
    fn quantities_read() {
        for (text, nanos) in [
            ("0", 0),
            ("1", ONE),
            ("+1", ONE),
            ("-1", -ONE),
            ("007", 7 * ONE),
            ("1.", ONE),
            (".5", ONE / 2),
            (".", 0),
            ("m", 0),
            ("e3", 0),
            ("0.5", ONE / 2),
            ("100m", ONE / 10),
            ("1.5m", 1_500_000),
            ("1u", 1000),
            ("1n", 1),
            ("2k", 2000 * ONE),
            ("1M", 1_000_000 * ONE),
            ("1G", 1_000_000_000 * ONE),
            ("1T", 1_000_000_000_000 * ONE),
            ("1P", 1_000_000_000_000_000 * ONE),
            ("1E", 1_000_000_000_000_000_000 * ONE),
            ("1Ki", 1024 * ONE),
            ("1.5Mi", 1_572_864 * ONE),
            ("1Gi", ONE << 30),
            ("1Ti", ONE << 40),
            ("1Pi", ONE << 50),
            ("1Ei", ONE << 60),
            ("1e3", 1000 * ONE),
            ("1E3", 1000 * ONE),
            ("15e-1", 1_500_000_000),
            ("1.25e+2", 125 * ONE),
            ("0.1Ki", 102_400_000_000),
        ] {
            check(text, Some(nanos));
        }
    }

    /// What Kubernetes refuses is nothing.
    #[test]
    fn other_texts_are_none() {
        for text in
            ["", "1..2", "1.2.3", "1 ", " 1", "1mi", "1KI", "1ki", "1K", "1e", "1e1.5", "--1", "1Gi3", "0x1", "1e3k", "\u{661}"]
        {
            check(text, None);
        }
    }

    /// What is finer than a nano is rounded up, away from zero; what is too large is the largest.
    #[test]
    fn the_ends_are_kept() {
        check("0.1n", Some(1));
        check("-0.1n", Some(-1));
        check("0.0000000001", Some(1));
        check("0.00000000000000000001", Some(1));
        check("1e-100", Some(1));
        check("1.0000000000000000000000000", Some(ONE));
        check("9223372036854775807Ki", Some(LARGEST));
        check("9E", Some(9_000_000_000_000_000_000 * ONE));
        check("10E", Some(10_000_000_000_000_000_000 * ONE));
        check("-9Ei", Some(-LARGEST));
        check("8Ei", Some(LARGEST));
        check("7.5Ei", Some((ONE << 60) * 15 / 2));
        check("1e999999999999", Some(i128::MAX));
        check("0e999999999999", Some(0));
        check("1e99999999999999999999", None);
        check(&"9".repeat(TEXT_LIMIT_BYTES), Some(i128::MAX));
        check(&"9".repeat(TEXT_LIMIT_BYTES + 1), None);
    }

    /// Sums and products are exact, and stop at the largest number there is.
    #[test]
    fn sums_are_exact() {
        let parse = |text| Quantity::parse(text).unwrap_or_default();
        assert_eq!(parse("100m") + parse("200m"), parse("0.3"));
        assert_eq!(parse("0.1Gi").times(10), parse("1Gi"));
        let mut most = Quantity(i128::MAX);
        most += Quantity::of(1);
        assert_eq!(most.times(u64::MAX), Quantity(i128::MAX));
        assert!(parse("1") > parse("999m") && parse("1Gi") > parse("1G"));
    }

    /// Amounts are written as people write them.
    #[test]
    fn amounts_are_written() {
        let parse = |text| Quantity::parse(text).unwrap_or_default();
        for (text, decimal, binary) in [
            ("0", "0", "0"),
            ("2500m", "2500m", "2500m"),
            ("2.0", "2", "2"),
            ("1536Mi", "1610612736", "1536Mi"),
            ("2Gi", "2147483648", "2Gi"),
            ("1n", "1n", "1n"),
            ("-1500u", "-1500u", "-1500u"),
        ] {
            assert_eq!((parse(text).decimal().as_str(), parse(text).binary().as_str()), (decimal, binary), "{text}");
        }
    }

    /// Settings hold quantities as texts and as numbers.
    #[test]
    fn settings_hold_quantities() {
        let read = |json: &str| serde_json::from_str::<Quantity>(json);
        assert_eq!(read("4").unwrap(), Quantity::of(4));
        assert_eq!(read("0.5").unwrap(), read(r#""500m""#).unwrap());
        assert!(read(r#""lots""#).unwrap_err().to_string().starts_with("`lots` is no quantity such as"));
    }
}
