use std::path::Path;

use super::*;
use crate::application::resolve;
use crate::configuration::{Class as EnvironmentClass, Configuration};
use crate::layers::collect;
use crate::secrets::{KeyRing, open};
use crate::source::SourceTree;

/// The place of the last sealed leaf at `database.password`.
const PASSWORD: &str = "customers/acme-corp/product-a/environments/prod.secrets.yaml:3:15";

/// Returns what a schema says of the example application with two sealed layers, as it is told and as it is debugged.
fn found(schema: &str) -> (Vec<String>, String) {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let source = SourceTree::open(&examples.join("customer-configs")).unwrap();
    let configuration = Configuration::read(include_bytes!("../../../../examples/tidegate.yaml")).unwrap();
    let folder = SourceTree::open(&examples).unwrap();
    let keys = KeyRing::load(&configuration, "acme-corp", EnvironmentClass::Production, &folder).unwrap();
    let application = resolve("acme-corp/product-a/prod".parse().unwrap(), &source, &configuration).unwrap();
    let layers = open(collect(&application, &source, &configuration).unwrap(), &keys).unwrap();
    let merged = merge(&layers, Tracking::Sealed).unwrap();
    let errors = Schema::read("s.json", schema.as_bytes()).unwrap().check(&merged, &layers).err().unwrap_or_default();
    let notes: Vec<_> = errors.iter().flat_map(|error| error.diagnostic().notes).collect();
    (told(&errors), format!("{errors:?}{notes:?}"))
}

/// Checks that `rule` asked of `database` gives one finding, which says where and no more.
fn check_hidden(rule: &str, place: &str, subject: &str) {
    let (told, debugged) = found(&format!(r#"{{"properties": {{"database": {rule}}}}}"#));
    assert_eq!(told, [format!("{place}: {subject} does not satisfy the schema")], "{rule}");
    assert!(!debugged.contains("CANARY"), "{rule}");
}

// Whatever a schema asks of a sealed leaf, the answer is one: path and layer.
#[test]
fn a_sealed_leaf_gives_one_finding() {
    for rule in [
        r#"{"type": "integer"}"#,
        r#"{"minLength": 1000}"#,
        r#"{"pattern": "^a"}"#,
        r#"{"enum": ["a"]}"#,
        r#"{"const": 1}"#,
        r#"{"not": {"type": "string"}}"#,
        r#"{"anyOf": [{"pattern": "^a"}, {"pattern": "^b"}]}"#,
        r#"{"type": "integer", "minLength": 1000, "pattern": "^a", "enum": ["a"]}"#,
        "false",
    ] {
        check_hidden(&format!(r#"{{"properties": {{"password": {rule}}}}}"#), PASSWORD, "`database.password`");
    }
}

// Neither does a rule about something else say which condition a sealed leaf met.
#[test]
fn a_sealed_leaf_decides_nothing_in_the_open() {
    let condition = r#"{"properties": {"password": {"pattern": "."}}}"#;
    for rule in [
        format!(r#"{{"if": {condition}, "then": {{"required": ["absent"]}}}}"#),
        format!(r#"{{"if": {condition}, "then": {{"properties": {{"username": {{"const": "x"}}}}}}}}"#),
        format!(r#"{{"if": {{"not": {condition}}}, "else": {{"minProperties": 9}}}}"#),
        format!(r#"{{"anyOf": [{{"allOf": [{condition}, {{"required": ["absent"]}}]}}]}}"#),
        format!(r#"{{"not": {condition}}}"#),
        r#"{"additionalProperties": {"const": "x"}, "properties": {"host": true, "username": true, "existingSecret": true}}"#
            .to_owned(),
    ] {
        check_hidden(&rule, PASSWORD, "`database.password`");
    }
}

// A comparison of a whole that holds a sealed leaf is about the leaf too.
#[test]
fn comparisons_of_wholes_are_hidden() {
    check_hidden(r#"{"const": {}}"#, PASSWORD, "`database.password`");
    check_hidden(r#"{"enum": [1, 2]}"#, PASSWORD, "`database.password`");
}

// What depends on no sealed leaf is told in the open, beside sealed ones and in their own files.
#[test]
fn clear_values_are_told() {
    let (told, _) =
        found(r#"{"properties": {"database": {"properties": {"username": {"maxLength": 2}, "password": {"maxLength": 2}}}}}"#);
    let username = "customers/acme-corp/product-a/secrets.yaml:3:15: `database.username` must have at most 2 characters";
    let mut expected = vec![username.to_owned(), format!("{PASSWORD}: `database.password` does not satisfy the schema")];
    expected.sort();
    assert_eq!(
        {
            let mut told = told;
            told.sort();
            told
        },
        expected
    );
    let (told, _) =
        found(r#"{"properties": {"database": {"required": ["port"], "maxProperties": 2}, "replicaCount": {"maximum": 3}}}"#);
    assert_eq!(
        told,
        [
            format!("{PASSWORD}: `database` must have at most 2 keys"),
            "products/product-a/environments/prod.yaml:8:19: `database.port` is missing".to_owned(),
            "customers/acme-corp/product-a/values.yaml:2:15: `replicaCount` must be at most 3".to_owned(),
        ]
    );
}

// The estate's own schema passes its own application.
#[test]
fn the_estates_schema_passes() {
    let schema = include_str!("../../../../examples/customer-configs/products/product-a/values.schema.json");
    assert_eq!(found(schema).0, Vec::<String>::new());
}

// A finding is a failure of values, and says layer and schema beside its place.
#[test]
fn a_finding_is_a_diagnostic() {
    let origin = Origin {
        layer: "customer".to_owned(),
        owner: "operations".to_owned(),
        path: "a.yaml".to_owned(),
        at: yaml::Position::default(),
    };
    let error = SchemaError::Violation {
        subject: "`a`".to_owned(),
        demand: "is missing".to_owned(),
        origin: Some(Box::new(origin)),
        file: "s.json".to_owned(),
    };
    assert_eq!(error.class(), Class::Values);
    let facts: Vec<_> = error.diagnostic().notes.into_iter().map(|note| (note.label, note.text)).collect();
    assert_eq!(facts, [("layer", "customer".to_owned()), ("schema", "s.json".to_owned())]);
}
