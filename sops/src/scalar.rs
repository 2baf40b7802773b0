//! Scalars as SOPS turns them into bytes for its MAC.
//!
//! Rules: a value is hashed after typing, so `0777` and `511` hash alike; null has no bytes.
//! Not here: typing of text (`yaml`), the hash itself (`open`).

use std::borrow::Cow;

use yaml::Value;

/// Returns what of a clear scalar enters the MAC; nothing for null and for what is no scalar.
///
/// # Source
/// SOPS `sops.go`, `ToBytes`.
pub(crate) fn hashed(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Null | Value::Sequence(_) | Value::Mapping(_) => None,
        Value::Bool(value) => Some(Cow::Borrowed(boolean(*value))),
        Value::Int(value) => Some(Cow::Owned(value.to_string())),
        Value::Float(value) => Some(float(*value)),
        Value::String(text) | Value::Time(text) => Some(Cow::Borrowed(text)),
    }
}

/// Returns a boolean as SOPS, once a Python program, writes it.
pub(crate) fn boolean(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

/// Returns the shortest decimal text that reads back as `value`, without an exponent.
///
/// # Source
/// Go `strconv.FormatFloat(value, 'f', -1, 64)`.
pub(crate) fn float(value: f64) -> Cow<'static, str> {
    if value.is_nan() {
        Cow::Borrowed("NaN")
    } else if value.is_infinite() {
        Cow::Borrowed(if value > 0.0 { "+Inf" } else { "-Inf" })
    } else {
        Cow::Owned(value.to_string())
    }
}

/// Returns an integer as the float64 Helm makes of it.
#[expect(clippy::cast_precision_loss, reason = "Helm reads every number as a float64 and loses the same digits")]
pub(crate) fn number(integer: i64) -> f64 {
    integer as f64
}

/// Returns a float as Helm reads what SOPS prints of it: negative zero is printed as `-0`, which reads as the integer 0.
pub(crate) fn float_number(float: f64) -> f64 {
    if float == 0.0 { 0.0 } else { float }
}

#[cfg(test)]
mod tests {
    use super::{float, float_number, hashed};
    use yaml::Value;

    #[track_caller]
    fn check(value: f64, expected: &str) {
        assert_eq!(float(value), expected);
    }

    /// Floats have no exponent and no digits beyond the shortest.
    #[test]
    fn floats_are_written_as_go_does() {
        check(1.0, "1");
        check(1.50, "1.5");
        check(1e21, "1000000000000000000000");
        check(1e-7, "0.0000001");
        check(-0.0, "-0");
        check(5e-324, &format!("0.{}5", "0".repeat(323)));
        check(f64::INFINITY, "+Inf");
        check(f64::NEG_INFINITY, "-Inf");
        check(f64::NAN, "NaN");
    }

    /// Negative zero loses its sign and nothing else changes.
    #[test]
    fn negative_zero_is_zero_for_helm() {
        assert!(float_number(-0.0).is_sign_positive());
        assert_eq!(float_number(-1.5).to_string(), "-1.5");
    }

    /// Null has no bytes, and booleans are written with a capital.
    #[test]
    fn other_scalars_are_hashed_after_typing() {
        assert_eq!(hashed(&Value::Null), None);
        assert_eq!(hashed(&Value::Bool(true)).as_deref(), Some("True"));
        assert_eq!(hashed(&Value::Int(-7)).as_deref(), Some("-7"));
        assert_eq!(hashed(&Value::String(String::new())).as_deref(), Some(""));
    }
}
