use super::*;
use crate::configuration::Layer;
use crate::diagnostic::{Class, StageError};
use crate::secrets::LayerValues;

/// Returns layers of clear values, each with its file name.
fn clear<'a>(texts: &[(&str, &str)], layer: &'a Layer) -> Vec<OpenedLayer<'a>> {
    let layers = texts.iter().map(|(path, text)| {
        let node = yaml::read(text.as_bytes(), &yaml::ReadOptions::helm()).unwrap().remove(0);
        OpenedLayer { layer, path: (*path).to_owned(), values: LayerValues::Clear(node) }
    });
    layers.collect()
}

fn layer() -> Layer {
    Layer { name: "x".to_owned(), path: "x".parse().unwrap(), owner: "x".to_owned(), required: false, sealed: false }
}

/// Returns each finding as `file:line:column: message`.
fn told(errors: &[SchemaError]) -> Vec<String> {
    errors
        .iter()
        .map(|error| {
            let diagnostic = error.diagnostic();
            format!("{}: {}", diagnostic.place.unwrap(), diagnostic.message)
        })
        .collect()
}

/// Checks what a schema says of layers that merge as `a.yaml` and `b.yaml`, whichever leaves the render tracks.
fn check(schema: &str, texts: &[&str], expected: &[&str]) {
    let layer = layer();
    let named: Vec<(&str, &str)> = ["a.yaml", "b.yaml"].into_iter().zip(texts.iter().copied()).collect();
    let layers = clear(&named, &layer);
    for tracking in [Tracking::Sealed, Tracking::All] {
        let merged = merge(&layers, tracking).unwrap();
        let found = Schema::read("s.json", schema.as_bytes()).unwrap().check(&merged, &layers).err().unwrap_or_default();
        assert_eq!(told(&found), expected, "{tracking:?}");
    }
}

// A value of the wrong type names the layer that won, at the value.
#[test]
fn a_violation_names_the_layers_place() {
    let schema = r#"{"properties": {"replicas": {"type": "integer"}, "cpu": {"type": "string"}}}"#;
    check(schema, &["replicas: 1\ncpu: 50m\n", "cpu: 500m\nreplicas: five\n"], &["b.yaml:2:11: `replicas` must be an integer"]);
    check(schema, &["replicas: [1]\n", "cpu: 500m\n"], &["a.yaml:1:12: `replicas` must be an integer"]);
    check(schema, &["replicas: 1\n", "cpu: 500m\n"], &[]);
}

// A key that is missing is told where the last layer wrote into its parent; one that null deletes, at the null.
#[test]
fn a_missing_key_names_its_parent() {
    let schema = r#"{"properties": {"database": {"required": ["host"]}}, "required": ["database"]}"#;
    check(schema, &["database:\n  port: 1\n  user: u\n", "database:\n  port: 2\n"], &["b.yaml:2:9: `database.host` is missing"]);
    check(schema, &["database: {host: h, port: 1}\n", "database:\n  host: null\n"], &["b.yaml:2:9: `database.host` is missing"]);
    check(schema, &["a: 1\n"], &["a.yaml:1:4: `database` is missing"]);
    check(schema, &["{}\n"], &["a.yaml:1:1: `database` is missing"]);
    check(schema, &[], &["s.json: `database` is missing"]);
}

// Keys and items that are not allowed are named one by one, with their own places.
#[test]
fn unknown_keys_and_items_have_their_places() {
    let schema = r#"{"properties": {"a": {"additionalProperties": false}, "l": {"items": {"type": "number"}}}}"#;
    check(
        schema,
        &["a: {x: 1,\n  y.z: 2}\n", "l: [1, x]\n"],
        &[
            "a.yaml:1:8: `a.x` is not known to the schema",
            "a.yaml:2:8: `a.y\\.z` is not known to the schema",
            "b.yaml:1:8: `l[1]` must be a number",
        ],
    );
    check(
        r#"{"properties": {"b": true}, "additionalProperties": false}"#,
        &["a: 1\n", "b: 2\n"],
        &["a.yaml:1:4: `a` is not known to the schema"],
    );
    check(
        r#"{"propertyNames": {"maxLength": 2}}"#,
        &["abc: 1\n"],
        &["a.yaml:1:6: the whole of the values has a key that must have at most 2 characters"],
    );
}

// Local references are followed; formats are asserted up to draft 7, as helm does.
#[test]
fn references_and_formats_are_followed() {
    let port = r##"{"properties": {"port": {"$ref": "#/$defs/port"}}, "$defs": {"port": {"maximum": 65535}}}"##;
    check(port, &["port: 70000\n"], &["a.yaml:1:7: `port` must be at most 65535"]);
    let draft = |draft: &str| format!(r#"{{"$schema": "{draft}", "properties": {{"ip": {{"format": "ipv4"}}}}}}"#);
    check(&draft("http://json-schema.org/draft-07/schema#"), &["ip: x\n"], &["a.yaml:1:5: `ip` must be of format `ipv4`"]);
    check(&draft("https://json-schema.org/draft/2020-12/schema"), &["ip: x\n"], &[]);
}

/// Checks why a schema itself is refused.
fn check_refused(schema: &str, expected: &str) {
    let error = Schema::read("s.json", schema.as_bytes()).err().unwrap();
    assert_eq!(told(&[error]), [expected]);
}

// A schema that is none, or leads out of its file, is refused with its own name; nothing is fetched.
#[test]
fn an_unusable_schema_is_refused() {
    check_refused("{\n  \"type\": }", "s.json:2:11: the schema is not JSON: expected value");
    check_refused(
        r#"{"type": "text"}"#,
        "s.json: the schema cannot be used: \"text\" is not valid under any of the schemas listed in the 'anyOf' keyword",
    );
    check_refused(
        r#"{"$ref": "https://example.com/s.json"}"#,
        "s.json: the schema cannot be used: `$ref: https://example.com/s.json` is none of `#` and `#/...`, the places in the file itself",
    );
    check_refused(r#"{"pattern": "(a"}"#, "s.json: the schema cannot be used: \"(a\" is not a \"regex\"");
    let own = Schema::read("s.json", br#"{"$schema": "https://example.com/own"}"#).err().unwrap();
    assert!(matches!(own, SchemaError::Unusable { .. }));
    let nowhere = Schema::read("s.json", br##"{"$ref": "#/$defs/nowhere"}"##).err().unwrap();
    assert!(matches!(nowhere, SchemaError::Unusable { .. }));
}

// A schema of the limit's bytes is read, one byte more is not.
#[test]
fn a_schemas_bytes_are_limited() {
    let padded = |bytes: usize| format!("{{}}{}", " ".repeat(bytes - 2));
    assert!(Schema::read("s.json", padded(SCHEMA_BYTES).as_bytes()).is_ok());
    check_refused(&padded(SCHEMA_BYTES + 1), "s.json: the schema cannot be used: it has more than 1048576 bytes");
}

// A pattern that compiles within the limit is used, a larger one is refused.
#[test]
fn a_patterns_bytes_are_limited() {
    let schema = |repeated: usize| format!(r#"{{"pattern": "^[a-z]{{{repeated}}}$"}}"#);
    assert!(Schema::read("s.json", schema(1_000).as_bytes()).is_ok());
    assert!(matches!(Schema::read("s.json", schema(100_000).as_bytes()), Err(SchemaError::Unusable { .. })));
}

// The deepest walk that is allowed fits a thread's stack, on every way a rule can lead to the next.
#[test]
fn the_deepest_rules_fit_the_stack() {
    let deep = |levels: usize| format!("{}1{}", "{a: ".repeat(levels), "}".repeat(levels));
    let step = |rule: &str| format!(r##"{{"additionalProperties": {rule}, "type": "object"}}"##);
    for (rule, levels) in [
        (r##"{"$ref": "#"}"##, 60),
        (r##"{"anyOf": [{"$ref": "#"}, {"const": 2}]}"##, 60),
        (r##"{"oneOf": [{"$ref": "#"}, {"const": 2}]}"##, 60),
        (r##"{"not": {"not": {"$ref": "#"}}}"##, 60),
        (r##"{"if": true, "then": {"$ref": "#"}}"##, 60),
        (r##"{"allOf": [{"allOf": [{"$ref": "#"}]}]}"##, 60),
    ] {
        let layer = layer();
        let layers = clear(&[("a.yaml", &deep(levels))], &layer);
        let merged = merge(&layers, Tracking::All).unwrap();
        let found = Schema::read("s.json", step(rule).as_bytes()).unwrap().check(&merged, &layers).unwrap_err();
        assert!(matches!(found.first(), Some(SchemaError::Violation { .. })), "{rule}: {found:?}");
    }
}

// A schema that would not end is refused before anything is judged.
#[test]
fn an_endless_schema_is_refused() {
    check(
        r##"{"$ref": "#"}"##,
        &["a: 1\n"],
        &["s.json: judging these values takes more than 1000000 steps, or 256 rules within rules"],
    );
}

// As many findings as the limit are all told; more of them are cut, and this is said at the last one.
#[test]
fn findings_are_limited() {
    let found = |count: usize| {
        let layer = layer();
        let text: String = (0..count).map(|line| format!("k{line:03}: 1\n")).collect();
        let layers = clear(&[("a.yaml", &text)], &layer);
        let merged = merge(&layers, Tracking::All).unwrap();
        let schema = Schema::read("s.json", br#"{"additionalProperties": {"type": "string"}}"#).unwrap();
        told(&schema.check(&merged, &layers).unwrap_err())
    };
    assert_eq!(found(FINDINGS).len(), FINDINGS);
    let cut = found(FINDINGS + 1);
    assert_eq!(cut.len(), FINDINGS + 1);
    assert_eq!(cut.last().unwrap(), "a.yaml:100:7: there are more than 100 findings; the first are told");
}

mod sealed;
