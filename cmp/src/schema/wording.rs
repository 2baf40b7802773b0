//! What a schema asks for, in words. No word here comes from the values: only from the schema, and from keys.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::Value;

/// The most words of a list that are told.
const LISTED: usize = 10;

/// Returns what must be so of the value that is called `subject`, after its name.
pub(super) fn demand(kind: &ValidationErrorKind) -> String {
    match kind {
        ValidationErrorKind::Type { kind } => format!("must be {}", types(kind)),
        ValidationErrorKind::Enum { options } => {
            format!("must be one of {}", options.as_array().map(|all| list(all)).unwrap_or_default())
        }
        ValidationErrorKind::Constant { expected_value } => format!("must be {expected_value}"),
        ValidationErrorKind::Minimum { limit } => format!("must be at least {limit}"),
        ValidationErrorKind::ExclusiveMinimum { limit } => format!("must be more than {limit}"),
        ValidationErrorKind::Maximum { limit } => format!("must be at most {limit}"),
        ValidationErrorKind::ExclusiveMaximum { limit } => format!("must be less than {limit}"),
        ValidationErrorKind::MultipleOf { multiple_of } => format!("must be a multiple of {multiple_of}"),
        ValidationErrorKind::MinLength { limit } => format!("must have at least {}", counted(*limit, "character")),
        ValidationErrorKind::MaxLength { limit } => format!("must have at most {}", counted(*limit, "character")),
        ValidationErrorKind::MinItems { limit } => format!("must have at least {}", counted(*limit, "item")),
        ValidationErrorKind::MaxItems { limit } => format!("must have at most {}", counted(*limit, "item")),
        ValidationErrorKind::MinProperties { limit } => format!("must have at least {}", counted(*limit, "key")),
        ValidationErrorKind::MaxProperties { limit } => format!("must have at most {}", counted(*limit, "key")),
        ValidationErrorKind::Pattern { pattern } => format!("must match `{pattern}`"),
        ValidationErrorKind::Format { format } => format!("must be of format `{format}`"),
        ValidationErrorKind::UniqueItems => "must not have an item twice".to_owned(),
        ValidationErrorKind::FalseSchema => "is not allowed here".to_owned(),
        ValidationErrorKind::Not { .. } => "must not be what `not` of the schema describes".to_owned(),
        ValidationErrorKind::AnyOf { .. } => "must fit one of the forms of `anyOf` in the schema".to_owned(),
        ValidationErrorKind::OneOfNotValid { .. } => "must fit one of the forms of `oneOf` in the schema".to_owned(),
        ValidationErrorKind::OneOfMultipleValid { .. } => "must fit only one of the forms of `oneOf` in the schema".to_owned(),
        other => format!("does not satisfy `{}` of the schema", other.keyword()),
    }
}

fn types(kind: &TypeKind) -> String {
    let words: Vec<&str> = match kind {
        TypeKind::Single(one) => vec![word(one.as_str())],
        TypeKind::Multiple(several) => several.iter().map(|one| word(one.as_str())).collect(),
    };
    words.join(" or ")
}

/// Returns a type as YAML's users call it.
fn word(name: &str) -> &str {
    match name {
        "array" => "a list",
        "object" => "a map",
        "integer" => "an integer",
        "number" => "a number",
        "string" => "a string",
        "boolean" => "true or false",
        other => other,
    }
}

fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn list(values: &[Value]) -> String {
    let mut words: Vec<String> = values.iter().take(LISTED).map(ToString::to_string).collect();
    if values.len() > LISTED {
        words.push(format!("{} more", values.len() - LISTED));
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the words for the first thing wrong with `value`.
    fn check(schema: &str, value: &str, expected: &str) {
        let schema = serde_json::from_str(schema).unwrap();
        let value: Value = serde_json::from_str(value).unwrap();
        let validator = jsonschema::options().offline().build(&schema).unwrap();
        let error = validator.iter_errors(&value).next().unwrap();
        assert_eq!(demand(error.kind()), expected);
    }

    // Types have the names that people who write YAML know.
    #[test]
    fn types_have_names() {
        check(r#"{"type":"integer"}"#, r#""x""#, "must be an integer");
        check(r#"{"type":["object","string"]}"#, "1", "must be a string or a map");
        check(r#"{"type":"array"}"#, "1", "must be a list");
        check(r#"{"type":"boolean"}"#, "1", "must be true or false");
    }

    // Limits are told with their number.
    #[test]
    fn limits_are_told() {
        check(r#"{"minimum":2}"#, "1", "must be at least 2");
        check(r#"{"exclusiveMaximum":2}"#, "2", "must be less than 2");
        check(r#"{"minLength":1}"#, r#""""#, "must have at least 1 character");
        check(r#"{"maxItems":0}"#, "[1]", "must have at most 0 items");
        check(r#"{"minProperties":2}"#, "{}", "must have at least 2 keys");
        check(r#"{"multipleOf":2}"#, "3", "must be a multiple of 2");
    }

    // Choices are told from the schema, a long list in part; the value is not.
    #[test]
    fn choices_are_told() {
        check(r#"{"enum":["a","b"]}"#, r#""CANARY""#, r#"must be one of "a", "b""#);
        check(r#"{"const":1}"#, "2", "must be 1");
        check(r#"{"pattern":"^a$"}"#, r#""CANARY""#, "must match `^a$`");
        let many: Vec<u32> = (0..12).collect();
        check(&format!(r#"{{"enum":{many:?}}}"#), "99", "must be one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 2 more");
        check(r#"{"contains":{"const":1}}"#, "[]", "does not satisfy `contains` of the schema");
        check("false", "1", "is not allowed here");
    }
}
