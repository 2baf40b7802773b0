//! Words: what Helm says of a value that a schema does not allow.
//!
//! In: errors of the validator. Out: one line each, and those of the alternatives that were tried.
//! Rules: Helm's wording; a rule that is met as `allOf` or by reference stands for itself, where Helm prints a heading above it.
//! Not here: whether the words may be told (`schema`).
//!
//! # Source
//! github.com/santhosh-tekuri/jsonschema v6 `kind/kind.go`, the validator of Helm 4.3.

use std::fmt::Write as _;

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ValidationError};
use serde_json::{Number, Value as Json};

use crate::gofmt;

/// The names of types in the order they are listed.
const TYPES: [(JsonType, &str); 7] = [
    (JsonType::Null, "null"),
    (JsonType::Boolean, "boolean"),
    (JsonType::Number, "number"),
    (JsonType::Integer, "integer"),
    (JsonType::String, "string"),
    (JsonType::Array, "array"),
    (JsonType::Object, "object"),
];

/// Returns what is wrong, without the place.
pub(super) fn of(error: &ValidationError<'_>) -> String {
    let got = error.instance().as_ref();
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            format!("additional properties {} not allowed", all_quoted(unexpected))
        }
        Kind::AnyOf { .. } => "'anyOf' failed".to_owned(),
        Kind::OneOfNotValid { .. } => "'oneOf' failed, none matched".to_owned(),
        Kind::OneOfMultipleValid { context } => one_of(context),
        Kind::Not { .. } => "'not' failed".to_owned(),
        Kind::Constant { expected_value } => constants(std::slice::from_ref(expected_value), "const"),
        Kind::Enum { options } => match options.as_ref() {
            Json::Array(options) => constants(options, "enum"),
            _ => "'enum' failed".to_owned(),
        },
        Kind::Contains => "no items match contains schema".to_owned(),
        Kind::FalseSchema => "false schema".to_owned(),
        Kind::Format { format } => format!("{} is not valid {format}", display(got)),
        Kind::Pattern { pattern } => format!("{} does not match pattern {}", display(got), quoted(pattern)),
        Kind::PropertyNames { error } => format!("invalid propertyName {}", display(error.instance())),
        Kind::Required { property } => format!("missing property {}", display(property)),
        Kind::Type { kind } => format!("got {}, want {}", type_of(got), types(kind)),
        _ => measured(error.kind(), got).unwrap_or_else(|| error.masked().to_string()),
    }
}

/// Returns what is wrong with properties that are missing from one mapping.
pub(super) fn missing(names: &[String]) -> String {
    format!("missing properties {}", all_quoted(names))
}

/// Returns what is wrong with a value that is too large, too small, or not a multiple.
fn measured(kind: &Kind, got: &Json) -> Option<String> {
    let (want, keyword) = match kind {
        Kind::Minimum { limit }
        | Kind::Maximum { limit }
        | Kind::ExclusiveMinimum { limit }
        | Kind::ExclusiveMaximum { limit } => (limit.clone(), kind.keyword()),
        Kind::MultipleOf { multiple_of } => (Number::from_f64(*multiple_of).map(Json::Number)?, kind.keyword()),
        Kind::MinItems { limit }
        | Kind::MaxItems { limit }
        | Kind::MinLength { limit }
        | Kind::MaxLength { limit }
        | Kind::MinProperties { limit }
        | Kind::MaxProperties { limit } => (Json::from(*limit), kind.keyword()),
        _ => return None,
    };
    let size = match got {
        Json::Number(number) => grouped(number),
        Json::String(text) => grouped(&Number::from(text.chars().count())),
        Json::Array(items) => grouped(&Number::from(items.len())),
        Json::Object(entries) => grouped(&Number::from(entries.len())),
        Json::Null | Json::Bool(_) => return None,
    };
    Some(format!("{keyword}: got {size}, want {}", display_number(&want)))
}

/// Returns which of the alternatives match though only one may: the first two.
fn one_of(context: &[Vec<ValidationError<'_>>]) -> String {
    let mut matching = context.iter().enumerate().filter(|(_, errors)| errors.is_empty()).map(|(index, _)| index);
    match (matching.next(), matching.next()) {
        (Some(first), Some(second)) => format!("'oneOf' failed, subschemas {first}, {second} matched"),
        _ => "'oneOf' failed, more than one matched".to_owned(),
    }
}

/// Returns which constants are allowed; those that are no scalars are not listed.
fn constants<T: std::borrow::Borrow<Json>>(allowed: &[T], keyword: &str) -> String {
    let allowed: Vec<&Json> = allowed.iter().map(std::borrow::Borrow::borrow).collect();
    if allowed.iter().any(|one| matches!(one, Json::Array(_) | Json::Object(_))) {
        return format!("'{keyword}' failed");
    }
    let listed: Vec<String> = allowed.into_iter().map(display).collect();
    let of = if listed.len() == 1 { "" } else { "one of " };
    format!("value must be {of}{}", listed.join(", "))
}

fn types(kind: &TypeKind) -> String {
    let wanted = |one: JsonType| match kind {
        TypeKind::Single(single) => *single == one,
        TypeKind::Multiple(several) => several.contains(one),
    };
    TYPES.iter().filter(|(one, _)| wanted(*one)).map(|(_, name)| *name).collect::<Vec<_>>().join(" or ")
}

fn type_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

/// Returns a scalar as messages show it.
fn display(value: &Json) -> String {
    match value {
        Json::String(text) => quoted(text),
        Json::Array(_) | Json::Object(_) => "value".to_owned(),
        Json::Null => "<nil>".to_owned(),
        Json::Bool(_) | Json::Number(_) => value.to_string(),
    }
}

fn display_number(value: &Json) -> String {
    match value {
        Json::Number(number) => grouped(number),
        other => display(other),
    }
}

/// Returns a number with commas between its thousands.
fn grouped(number: &Number) -> String {
    let whole = number.as_f64().filter(|float| float.fract() == 0.0 && number.is_f64());
    let text = whole.map_or_else(|| number.to_string(), |float| format!("{float:.0}"));
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (whole, rest) = digits.find(['.', 'e']).and_then(|at| digits.split_at_checked(at)).unwrap_or((digits, ""));
    let mut out = sign.to_owned();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    let _ = out.write_str(rest);
    out
}

/// Returns a text between single quotes.
pub(super) fn quoted(text: &str) -> String {
    let quoted = gofmt::quote(text.as_bytes(), '"').replace("\\\"", "\"").replace('\'', "\\'");
    let within = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(&quoted);
    format!("'{within}'")
}

fn all_quoted(texts: &[String]) -> String {
    texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ")
}
