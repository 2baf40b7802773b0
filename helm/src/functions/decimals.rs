//! Arithmetic in decimals: `addf`, `add1f`, `subf`, `mulf`, `divf`.
//!
//! Rules: floats are taken as the shortest decimals that read back as them, computed with exactly, and the result is rounded to a float
//! once; a quotient has [`QUOTIENT_DIGITS`] digits after the point.
//!
//! # Source
//! sprig `numeric.go`, `execDecimalOp`; shopspring/decimal `decimal.go`, `NewFromFloat`, `DivRound`, `Float64`.

use num_bigint::BigInt;

use super::conversions::to_float;
use super::signature::{Computed, Outcome, fixed, variadic};
use super::{Function, Keeps, Parameter};
use crate::value::{Data, Value};

use Parameter::Any;

pub(super) const TABLE: &[Function] = &[
    fixed("add1f", &[Any], Keeps::Derives, |_, values| computed(values.iter().map(to_float).chain([1.0]), Decimal::sum)),
    variadic("addf", &[Any], Keeps::Derives, |_, values| {
        computed([0.0].into_iter().chain(values.iter().map(to_float)), Decimal::sum)
    }),
    variadic("subf", &[Any, Any], Keeps::Derives, |_, values| computed(values.iter().map(to_float), Decimal::difference)),
    variadic("mulf", &[Any, Any], Keeps::Derives, |_, values| computed(values.iter().map(to_float), Decimal::product)),
    variadic("divf", &[Any, Any], Keeps::Derives, |_, values| computed(values.iter().map(to_float), Decimal::quotient)),
];

/// Digits after the point of a quotient.
///
/// # Source
/// shopspring/decimal `decimal.go`, `DivisionPrecision`.
const QUOTIENT_DIGITS: i64 = 16;

/// Digits an intermediate result may have, and places it may be shifted: two floats alone need some 650, so chains of products of
/// thousands of numbers reach it, and those far outside of any float.
const DIGITS: u64 = 20_000;

/// Returns what `combine` makes of the numbers one after the other.
fn computed(mut numbers: impl Iterator<Item = f64>, combine: fn(&Decimal, &Decimal) -> Computed<Decimal>) -> Outcome {
    let mut result = Decimal::of(numbers.next().unwrap_or(0.0))?;
    for number in numbers {
        result = combine(&result, &Decimal::of(number)?)?;
        if result.digits.bits() > DIGITS * 4 || result.exponent.unsigned_abs() > DIGITS {
            return Err(format!("a number has more than {DIGITS} digits").into());
        }
    }
    Ok(Value::plain(Data::Float(result.to_float())))
}

/// A number: `digits` times ten to the power `exponent`.
struct Decimal {
    digits: BigInt,
    exponent: i64,
}

impl Decimal {
    fn of(number: f64) -> Computed<Self> {
        if !number.is_finite() {
            let name = match (number.is_nan(), number > 0.0) {
                (true, _) => "NaN",
                (false, true) => "+Inf",
                (false, false) => "-Inf",
            };
            return Err(format!("Cannot create a Decimal from {name}").into());
        }
        // The shortest decimal that reads back as the number, as `-1.25e-7`.
        let written = format!("{number:e}");
        let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}").parse().unwrap_or_default();
        let places = i64::try_from(fraction.len()).unwrap_or(0);
        Ok(Self { digits, exponent: exponent.parse::<i64>().unwrap_or(0) - places })
    }

    fn to_float(&self) -> f64 {
        format!("{}e{}", self.digits, self.exponent).parse().unwrap_or(0.0)
    }

    /// Returns the digits of the number with a lower exponent.
    fn shifted(&self, exponent: i64) -> BigInt {
        &self.digits * power_of_ten(self.exponent - exponent)
    }

    fn sum(&self, other: &Self) -> Computed<Self> {
        let exponent = self.exponent.min(other.exponent);
        Ok(Self { digits: self.shifted(exponent) + other.shifted(exponent), exponent })
    }

    fn difference(&self, other: &Self) -> Computed<Self> {
        let exponent = self.exponent.min(other.exponent);
        Ok(Self { digits: self.shifted(exponent) - other.shifted(exponent), exponent })
    }

    fn product(&self, other: &Self) -> Computed<Self> {
        Ok(Self { digits: &self.digits * &other.digits, exponent: self.exponent + other.exponent })
    }

    /// Rounds half away from zero.
    fn quotient(&self, other: &Self) -> Computed<Self> {
        let zero = BigInt::ZERO;
        if other.digits == zero {
            return Err("decimal division by 0".into());
        }
        let places = self.exponent - other.exponent + QUOTIENT_DIGITS;
        let dividend = &self.digits * power_of_ten(places);
        let divisor = &other.digits * power_of_ten(-places);
        let (mut digits, rest) = (&dividend / &divisor, &dividend % &divisor);
        if rest.magnitude() * 2_u8 >= *divisor.magnitude() {
            digits += if (dividend < zero) == (divisor < zero) { 1 } else { -1 };
        }
        Ok(Self { digits, exponent: -QUOTIENT_DIGITS })
    }
}

/// Returns 10 to the power `exponent`; 1 for a negative one.
fn power_of_ten(exponent: i64) -> BigInt {
    BigInt::from(10).pow(u32::try_from(exponent).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{drawn_value, try_call};
    use super::*;

    fn check(name: &str, numbers: &[f64], want: Result<&str, &str>) {
        let values: Vec<_> = numbers.iter().map(|number| Value::plain(Data::Float(*number))).collect();
        let got = try_call(name, &values, 1 << 20).map(|value| drawn_value(&value));
        let got = got.map_err(|error| String::from_utf8_lossy(error.message.as_bytes()).into_owned());
        assert_eq!(got.as_deref().map_err(String::as_str), want, "{name} {numbers:?}");
    }

    // Decimals are exact where floats are not, to the ends of what floats hold.
    #[test]
    fn decimals_are_exact() {
        check("addf", &[0.1, 0.2], Ok("0.3"));
        check("subf", &[1e16, 1.0, 1e16], Ok("-1"));
        check("divf", &[2.0, 3.0], Ok("0.6666666666666667"));
        check("divf", &[-2.0, 3.0], Ok("-0.6666666666666667"));
        check("divf", &[1e-20, 3.0], Ok("0"));
        check("addf", &[f64::MAX, 5e-324], Ok("1.7976931348623157e+308"));
        check("mulf", &[f64::MAX, 10.0], Ok("+Inf"));
        check("divf", &[1.0, 0.0], Err("decimal division by 0"));
        check("add1f", &[f64::NAN], Err("Cannot create a Decimal from NaN"));
    }

    // Chains of products end where nothing a float could hold comes of them.
    #[test]
    fn digits_are_bounded() {
        check("mulf", &[1e-200; 100], Ok("0"));
        check("mulf", &[1e-200; 101], Err("a number has more than 20000 digits"));
        check("mulf", &[1.234_567_890_123_456_7; 1_500], Err("a number has more than 20000 digits"));
    }
}
