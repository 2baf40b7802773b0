//! Merged values as JSON, as a schema sees them.
//!
//! Rules: entries that are null are left out, for they say that a chart's default is deleted; whole numbers are integers.

use helm::value::{Data, Value as HelmValue};
use serde_json::{Number, Value};

/// The largest whole number that a float holds without doubt, 2^53.
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// Returns values as JSON without tombstones. Depth is bounded by the reader of the layers.
pub(super) fn without_tombstones(value: &HelmValue) -> Value {
    match &value.data {
        Data::Nil | Data::Object(_) => Value::Null,
        Data::Bool(on) => (*on).into(),
        Data::Int(number) | Data::Int64(number) => (*number).into(),
        Data::Float(number) => float(*number),
        Data::String(text) | Data::Bytes(text) => String::from_utf8_lossy(text.as_bytes()).into_owned().into(),
        Data::List(list, _) => list.items().iter().map(without_tombstones).collect(),
        Data::Map(map, _) => {
            let entries = map.entries().into_iter();
            let kept = entries.filter(|(_, slot)| !matches!(slot.value.data, Data::Nil));
            Value::Object(
                kept.map(|(key, slot)| (String::from_utf8_lossy(&key).into_owned(), without_tombstones(&slot.value))).collect(),
            )
        }
    }
}

/// Returns a number as people wrote it: Helm reads all of them as floats, and `5` must be an integer to a schema of draft 4 too.
fn float(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() <= WHOLE {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number of at most 53 bits")]
        return (number as i64).into();
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let documents = yaml::read(text.as_bytes(), &yaml::ReadOptions::helm()).unwrap();
        let value = helm::values::from_node(&documents[0], &mut |_| None);
        assert_eq!(without_tombstones(&value).to_string(), expected, "{text}");
    }

    // Null entries are left out, at any depth; in a list null is a value.
    #[test]
    fn tombstones_go() {
        check("a: null\nb: {c: ~, d: 1}\ne: [null]", r#"{"b":{"d":1},"e":[null]}"#);
    }

    // Whole numbers are integers, others are not; what a float cannot hold for certain stays a float.
    #[test]
    fn numbers_are_as_written() {
        check("[5, 5.0, -3, 0.5, 9007199254740992, 1e300]", "[5,5,-3,0.5,9007199254740992,1e+300]");
        check("9007199254740994", "9007199254740994.0");
    }

    // Texts stay texts, whatever they look like.
    #[test]
    fn texts_stay_texts() {
        check("{a: \"5\", b: yes, c: \"yes\"}", r#"{"a":"5","b":true,"c":"yes"}"#);
    }
}
