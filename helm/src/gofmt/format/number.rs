//! Numbers under a verb: digits, signs, prefixes, zeros.
//!
//! # Source
//! Go 1.26 `fmt/format.go`: `fmtInteger`, `fmtUnicode`, `fmtFloat`; `strconv/ftoa.go`.

use super::super::{Buffer, float, is_printable};
use super::Spec;
use super::string::pad;
use crate::value::Text;

/// The digits of an integer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    Binary,
    Octal,
    Decimal,
    Lower,
    Upper,
}

impl Base {
    fn digits(self, magnitude: u128) -> String {
        match self {
            Self::Binary => format!("{magnitude:b}"),
            Self::Octal => format!("{magnitude:o}"),
            Self::Decimal => magnitude.to_string(),
            Self::Lower => format!("{magnitude:x}"),
            Self::Upper => format!("{magnitude:X}"),
        }
    }

    fn prefix(self, digits: &str) -> &'static str {
        match self {
            Self::Binary => "0b",
            Self::Octal if !digits.starts_with('0') => "0",
            Self::Octal | Self::Decimal => "",
            Self::Lower => "0x",
            Self::Upper => "0X",
        }
    }
}

/// Prints an integer; the verb `O` has a prefix of its own.
pub(super) fn integer(out: &mut Buffer, number: i128, (base, verb): (Base, char), spec: Spec) {
    let unfilled = Spec { zero: false, ..spec };
    if spec.precision == Some(0) && number == 0 {
        // Go fills even with `-` to the left, which for spaces is the same.
        return pad(out, &Text::default(), unfilled);
    }
    let signed = number < 0 || spec.plus || spec.space;
    let zeros = match (spec.precision, spec.width) {
        (Some(precision), _) => precision,
        (None, Some(width)) if spec.zero && !spec.minus => width.saturating_sub(usize::from(signed)),
        (None, _) => 0,
    };
    let digits = base.digits(number.unsigned_abs());
    let digits = format!("{}{digits}", "0".repeat(zeros.saturating_sub(digits.len())));
    let prefix = if spec.sharp { base.prefix(&digits) } else { "" };
    let octal = if verb == 'O' { "0o" } else { "" };
    pad(out, &Text::from(format!("{}{octal}{prefix}{digits}", sign(number < 0, spec)).as_str()), unfilled);
}

fn sign(negative: bool, spec: Spec) -> &'static str {
    match (negative, spec.plus, spec.space) {
        (true, ..) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        (false, false, false) => "",
    }
}

/// Prints a code point as `U+0041`, with `#` also the character.
pub(super) fn unicode(out: &mut Buffer, number: i128, spec: Spec) {
    // A negative number is printed as the 64 bits it has.
    let bits = if number < 0 { number + (1 << 64) } else { number };
    let digits = format!("{bits:X}");
    let zeros = spec.precision.unwrap_or(0).max(4).saturating_sub(digits.len());
    let character = u32::try_from(bits).ok().and_then(char::from_u32).filter(|c| spec.sharp && is_printable(*c));
    let shown = character.map(|character| format!(" '{character}'")).unwrap_or_default();
    pad(out, &Text::from(format!("U+{}{digits}{shown}", "0".repeat(zeros)).as_str()), Spec { zero: false, ..spec });
}

/// Prints a float; the verb is one of `b`, `e`, `f`, `g`, `x` and their capitals, with Go's default precision for it.
pub(super) fn floating(out: &mut Buffer, number: f64, (verb, default): (char, Option<usize>), spec: Spec) {
    let precision = spec.precision.or(default);
    let unfilled = Spec { zero: false, ..spec };
    if !number.is_finite() {
        let sign = match (number.is_nan(), number < 0.0) {
            (false, true) => "-",
            (_, _) if spec.plus => "+",
            (_, _) if spec.space => " ",
            (true, _) => "",
            (false, false) => "",
        };
        let word = if number.is_nan() { "NaN" } else { "Inf" };
        let sign = if sign.is_empty() && number.is_infinite() { "+" } else { sign };
        return pad(out, &Text::from(format!("{sign}{word}").as_str()), unfilled);
    }
    let magnitude = number.abs();
    let digits = match (verb.to_ascii_lowercase(), precision) {
        ('b', _) => float::binary(magnitude),
        ('x', precision) => float::hexadecimal(magnitude, precision),
        ('e', precision) => float::scientific(magnitude, precision.unwrap_or(6)),
        ('f', precision) => float::fixed(magnitude, precision.unwrap_or(6)),
        (_, None) => float::shortest(magnitude),
        (_, Some(precision)) => float::general_with(magnitude, precision),
    };
    let digits = if spec.sharp && verb != 'b' { with_point(&digits, verb, precision) } else { digits };
    let digits = if verb.is_ascii_uppercase() && verb != 'F' { digits.to_uppercase() } else { digits };
    let sign = sign(number.is_sign_negative(), spec);
    let length = sign.len() + digits.len();
    // Go counts a sign even where it shows none.
    let counted = digits.len() + 1;
    match spec.width {
        Some(width) if spec.zero && !spec.minus && !sign.is_empty() && width > counted => {
            let zeros = "0".repeat(width - length);
            out.push(format!("{sign}{zeros}{digits}").as_bytes());
        }
        _ => pad(out, &Text::from(format!("{sign}{digits}").as_str()), spec),
    }
}

/// Puts in the point and the zeros that `#` asks for.
fn with_point(digits: &str, verb: char, precision: Option<usize>) -> String {
    let hexadecimal = matches!(verb, 'x' | 'X');
    let at = digits.find(|c| c == 'p' || (c == 'e' && !hexadecimal)).unwrap_or(digits.len());
    let (number, tail) = digits.split_at(at);
    let wanted = match verb {
        'g' | 'G' | 'x' => precision.unwrap_or(6),
        _ => 0,
    };
    let significant = number.chars().filter(|c| *c != '.').skip_while(|c| *c == '0').count();
    let counted = significant + usize::from(number == "0");
    let point = if number.contains('.') { "" } else { "." };
    format!("{number}{point}{}{tail}", "0".repeat(wanted.saturating_sub(counted)))
}
