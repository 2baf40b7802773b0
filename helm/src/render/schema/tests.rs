use yaml::ReadOptions;

use super::{CAUSES_DEPTH, MESSAGE_BYTES, SCHEMA_BYTES, SCHEMA_STEPS, SchemaError, VIOLATIONS, validate};
use crate::chart::process::process;
use crate::chart::{ChartFile, load};
use crate::profile::Profile;
use crate::provenance::LeafId;
use crate::value::Data;
use crate::values::from_file;

/// Checks `values` against `schema`; scalars for which `is_tracked` are leaf 7.
fn checked(schema: &str, values: &str, is_tracked: fn(&str) -> bool) -> Result<(), SchemaError> {
    let file = |path: &str, text: &str| ChartFile { path: path.to_owned(), data: text.as_bytes().to_vec() };
    let chart =
        load(vec![file("Chart.yaml", "apiVersion: v2\nname: x\nversion: 1.0.0\n"), file("values.schema.json", schema)]).unwrap();
    let documents = yaml::read(values.as_bytes(), &ReadOptions::helm()).unwrap();
    let leaf = &mut |node: &yaml::Node| match &node.value {
        yaml::Value::String(text) if is_tracked(text) => Some(LeafId(7)),
        _ => None,
    };
    let Data::Map(given, _) = from_file(&documents, leaf).unwrap().data else { unreachable!("a mapping") };
    validate(&process(&chart, &given, Profile::default(), &mut |_, _| None).unwrap())
}

fn check_told(schema: &str, values: &str, expected: &str) {
    let SchemaError::Violated(violations) = checked(schema, values, |text| text.starts_with("CANARY")).unwrap_err() else {
        unreachable!("a violation")
    };
    let violation = violations.first().and_then(|one| one.found.first()).unwrap();
    assert_eq!(violation.message, expected, "{schema} {values}");
    assert!(!format!("{violations:?}").contains("CANARY"), "{violations:?}");
    assert_eq!(violation.leaves.as_slice() == [LeafId(7)], values.contains("CANARY"), "{values}");
}

// Where a leaf is tracked a message says which rule is not met, and neither the value nor its size; elsewhere it quotes.
#[test]
fn tracked_values_are_not_quoted() {
    let pattern = r#"{"properties": {"a": {"pattern": "^[a-z]$"}}}"#;
    check_told(pattern, "a: Word", "'Word' does not match pattern '^[a-z]$'");
    check_told(pattern, "a: CANARY", "the schema's `pattern` is not met");
    check_told(r#"{"properties": {"a": {"maxLength": 2}}}"#, "a: CANARY", "the schema's `maxLength` is not met");
    check_told(r#"{"properties": {"a": {"type": "number"}}}"#, "a: CANARY", "the schema's `type` is not met");
    let any = r#"{"properties": {"a": {"anyOf": [{"pattern": "x"}, {"pattern": "y", "maxLength": 1}]}}}"#;
    check_told(any, "a: CANARY", "a condition of the schema is not met");
    check_told(
        r#"{"properties": {"a": {"properties": {}, "additionalProperties": false}}}"#,
        "a: {b: CANARY}",
        "the schema's `additionalProperties` is not met",
    );
}

// Rules that ask one letter each of a tracked value and are broken at clear ones: neither which of them nor how many is told.
#[test]
fn conditions_on_tracked_values_are_one_violation() {
    let rule = |letter: char| {
        let number = u32::from(letter);
        format!(
            r#"{{"if": {{"properties": {{"a": {{"pattern": "{letter}"}}}}}}, "then": {{"properties": {{"b": {{"const": {number}}}}}}}}}"#
        )
    };
    let rules: Vec<String> = ('A'..='Z').map(rule).collect();
    let schema = format!(r#"{{"allOf": [{}]}}"#, rules.join(", "));
    let told = |secret: &str| match checked(&schema, &format!("a: CANARY{secret}\nb: 1"), |text| text.starts_with("CANARY")) {
        Err(SchemaError::Violated(violations)) => format!("{violations:?}"),
        other => unreachable!("{other:?}"),
    };
    assert_eq!(told(""), told("XZQW"));
    assert!(!told("").contains("/b"), "{}", told(""));
}

// What quotes a long value says only which rule is not met.
#[test]
fn long_values_are_not_quoted() {
    let schema = r#"{"properties": {"a": {"pattern": "x"}}}"#;
    check_told(schema, &format!("a: {}", "b".repeat(600)), "the schema's `pattern` is not met");
}

// So many violations are told, the rest is counted.
#[test]
fn violations_are_bounded() {
    let count = |values: usize| {
        let entries: Vec<String> = (0..values).map(|index| format!("k{index}: word\n")).collect();
        let schema = r#"{"properties": {"global": {}}, "additionalProperties": {"type": "number"}}"#;
        match checked(schema, &entries.concat(), |_| false) {
            Err(SchemaError::Violated(violations)) => violations.first().map(|one| (one.found.len(), one.more)),
            other => unreachable!("{other:?}"),
        }
    };
    assert_eq!(count(VIOLATIONS), Some((VIOLATIONS, 0)));
    assert_eq!(count(VIOLATIONS + 1), Some((VIOLATIONS, 1)));
}

// A schema is read up to its bound, and not past it.
#[test]
fn schemas_are_bounded() {
    let padded = |bytes: usize| checked(&format!("{{}}{}", " ".repeat(bytes - 2)), "a: 1", |_| false);
    assert_eq!(padded(SCHEMA_BYTES), Ok(()));
    assert_eq!(padded(SCHEMA_BYTES + 1), Err(SchemaError::TooLarge { chart: "x".to_owned(), limit: SCHEMA_BYTES }));
}

// A pattern is compiled up to its bound, and not past it.
#[test]
fn patterns_are_bounded() {
    let classes = |count: usize| checked(&format!(r#"{{"pattern": "{}b"}}"#, "[^a]".repeat(count)), "a: 1", |_| false);
    assert_eq!(classes(250), Ok(()));
    assert!(matches!(classes(270), Err(SchemaError::Unusable { .. })));
}

// A check may take so many steps, and no more.
#[test]
fn steps_are_bounded() {
    // Each item takes a step, and one for each sixteen parts of the list of those that are allowed.
    let numbers = vec!["0"; 1600].join(",");
    let schema = format!(r#"{{"properties": {{"a": {{"items": {{"enum": [{numbers}]}}}}}}}}"#);
    let items = |count: usize| checked(&schema, &format!("a: [{}0]", "0,".repeat(count - 1)), |_| false);
    let most = usize::try_from(SCHEMA_STEPS).unwrap() / 101;
    assert_eq!(items(most - 50), Ok(()));
    assert_eq!(items(most), Err(SchemaError::TooMuch { chart: "x".to_owned(), limit: SCHEMA_STEPS }));
}

// A message is quoted up to its bound.
#[test]
fn messages_are_bounded() {
    let schema = r#"{"properties": {"a": {"pattern": "x"}}}"#;
    let quoted = |bytes: usize| "b".repeat(bytes - "'' does not match pattern 'x'".len());
    let longest = quoted(MESSAGE_BYTES);
    check_told(schema, &format!("a: {longest}"), &format!("'{longest}' does not match pattern 'x'"));
    check_told(schema, &format!("a: {}", quoted(MESSAGE_BYTES + 1)), "the schema's `pattern` is not met");
}

// Why alternatives within alternatives do not hold is told so many levels deep.
#[test]
fn causes_are_bounded() {
    let told = |levels: usize| {
        let schema = (0..levels).fold(r#"{"type": "number"}"#.to_owned(), |inner, _| format!(r#"{{"anyOf": [{inner}]}}"#));
        format!("{:?}", checked(&format!(r#"{{"properties": {{"a": {schema}}}}}"#), "a: word", |_| false))
    };
    assert!(told(CAUSES_DEPTH).contains("want number"));
    assert!(!told(CAUSES_DEPTH + 1).contains("want number"));
}

// No other document is fetched: not over the network, not from a file.
#[test]
fn other_documents_are_not_fetched() {
    for reference in ["https://example.com/s.json", "file:///etc/hostname", "other.json"] {
        let refused = checked(&format!(r#"{{"properties": {{"a": {{"$ref": "{reference}"}}}}}}"#), "a: 1", |_| false);
        assert!(matches!(refused, Err(SchemaError::Unusable { .. })), "{reference}: {refused:?}");
    }
}
