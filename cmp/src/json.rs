//! JSON: trees as Go's JSON prints them.
//!
//! Rules: whole numbers have no fraction; a timestamp is its text, as Helm reads it.

use serde_json::{Number, Value as Json};
use yaml::{Node, Value};

/// Whole numbers below this (2 to the power of 53) are the same as integer and as float64.
const EXACT_BELOW: f64 = 9_007_199_254_740_992.0;

/// Returns a number; the readers let no infinity through, which JSON could not say.
#[must_use]
pub fn number(number: f64) -> Json {
    match integer(number) {
        Some(integer) => Json::Number(Number::from(integer)),
        None => Number::from_f64(number).map_or(Json::Null, Json::Number),
    }
}

/// Returns a number as the integer that Go prints for it; nothing where it has a fraction or is too large to be exact.
#[must_use]
pub fn integer(number: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
    (number.fract() == 0.0 && number.abs() < EXACT_BELOW).then_some(number as i64)
}

/// Returns a tree. Depth is bounded by its reader.
#[must_use]
pub fn tree(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(on) => Json::Bool(*on),
        Value::Int(integer) => Json::Number(Number::from(*integer)),
        Value::Float(float) => number(*float),
        Value::String(text) | Value::Time(text) => Json::String(text.clone()),
        Value::Sequence(items) => items.iter().map(tree).collect(),
        Value::Mapping(entries) => entries.iter().map(|entry| (entry.key.clone(), tree(&entry.value))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let documents = yaml::read(text.as_bytes(), &yaml::ReadOptions::helm()).unwrap();
        assert_eq!(tree(&documents[0]).to_string(), expected);
    }

    // Numbers print as Go prints them, order is the file's.
    #[test]
    fn trees_print_as_in_go() {
        check("b: 1.0\na: 1.5\n", r#"{"b":1,"a":1.5}"#);
        check("a: [1, x, null, true]\n", r#"{"a":[1,"x",null,true]}"#);
        check("a: 2024-01-02\n", r#"{"a":"2024-01-02"}"#);
    }
}
