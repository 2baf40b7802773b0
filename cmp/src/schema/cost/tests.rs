use serde_json::json;

use super::*;

/// Checks what is said of a schema before it is compiled.
fn check(schema: &Value, expected: Result<(), &str>) {
    let found = bounded(schema).map_err(|error| error.to_string());
    assert_eq!(found, expected.map_err(str::to_owned), "{schema}");
}

/// Returns a schema of `count` parts made by `part`.
fn parts(count: usize, part: impl Fn(usize) -> Value) -> Value {
    json!({ "allOf": (0..count).map(part).collect::<Vec<_>>() })
}

/// Returns maps within maps, `depth` of them.
fn nested(depth: usize) -> Value {
    (0..depth).fold(json!(1), |inside, _| json!({ "a": inside }))
}

// References stay in the file, and are of the one form whose cost is known.
#[test]
fn references_are_local() {
    check(&json!({"$ref": "#"}), Ok(()));
    check(&json!({"properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": true}}), Ok(()));
    let elsewhere = "`$ref: https://example.com/a.json` is none of `#` and `#/...`, the places in the file itself";
    check(&json!({"items": [{"$ref": "https://example.com/a.json"}]}), Err(elsewhere));
    check(
        &json!({"$ref": "other.json#/a"}),
        Err("`$ref: other.json#/a` is none of `#` and `#/...`, the places in the file itself"),
    );
    check(&json!({"$ref": "#anchor"}), Err("`$ref: #anchor` is none of `#` and `#/...`, the places in the file itself"));
    check(&json!({"$dynamicRef": "#"}), Err("`$dynamicRef: #` is none of `#` and `#/...`, the places in the file itself"));
    // A key that is only called so is no reference.
    check(&json!({"properties": {"$ref": {"type": "string"}}}), Ok(()));
}

// What would change the meaning of references stands at the root only; `id` counts where the draft says so.
#[test]
fn names_stand_at_the_root() {
    check(&json!({"$id": "https://example.com/values", "type": "object"}), Ok(()));
    check(&json!({"not": {"$id": "https://example.com/values"}}), Err("`$id` is allowed at the root only"));
    check(&json!({"not": {"$schema": "http://json-schema.org/draft-04/schema#"}}), Err("`$schema` is allowed at the root only"));
    check(&json!({"default": {"id": "x"}}), Ok(()));
    let draft_4 = json!({"$schema": "http://json-schema.org/draft-04/schema#", "not": {"id": "https://example.com/values"}});
    check(&draft_4, Err("`id` is allowed at the root only"));
}

// As many references as the limit are fine, one more is not.
#[test]
fn references_are_counted() {
    check(&parts(REFERENCES, |_| json!({"$ref": "#/$defs/a"})), Ok(()));
    check(&parts(REFERENCES + 1, |_| json!({"$ref": "#/$defs/a"})), Err("it has more than 1000 references"));
}

// As many patterns as the limit are fine, one more is not, wherever it stands.
#[test]
fn patterns_are_counted() {
    check(&parts(PATTERNS, |_| json!({"pattern": "a"})), Ok(()));
    check(&parts(PATTERNS + 1, |_| json!({"patternProperties": {"a": true}})), Err("it has more than 500 patterns"));
}

// Steps are the rules a value meets, with what their lists hold.
#[test]
fn steps_are_counted() {
    let steps = |schema: Value, value: Value| steps(&schema, &value);
    assert_eq!(steps(json!(true), json!(1)), Some(1));
    assert_eq!(steps(json!({"type": "integer"}), json!(1)), Some(2));
    assert_eq!(steps(json!({"type": "integer", "minimum": 1}), json!(1)), Some(3));
    // Two entries, each visited with one rule, after the map and its two keywords.
    assert_eq!(steps(json!({"type": "object", "additionalProperties": {"type": "integer"}}), json!({"a": 1, "b": 2})), Some(7));
    // A text under a pattern counts by bytes, an absent entry not at all.
    assert_eq!(steps(json!({"pattern": "a"}), json!("aaaa")), Some(6));
    assert_eq!(steps(json!({"properties": {"b": {"enum": [1, 2, 3]}}}), json!({"a": 1})), Some(2));
    assert_eq!(steps(json!({"enum": [1, 2, 3]}), json!(1)), Some(5));
    assert_eq!(steps(json!({"$ref": "#/$defs/a%20b", "$defs": {"a b": {"type": "null"}}}), json!(1)), Some(3));
}

// Judging that takes the limit's steps is done, one step more is not.
#[test]
fn steps_have_a_limit() {
    let schema = |falses: usize| json!({ "allOf": vec![Value::Bool(false); falses] });
    let falses = usize::try_from(EVALUATIONS).unwrap() - 1;
    assert_eq!(steps(&schema(falses), &json!(1)), Some(EVALUATIONS));
    assert_eq!(steps(&schema(falses + 1), &json!(1)), None);
}

// Rules within rules up to the limit are followed, one more is not; a reference to itself has no end.
#[test]
fn depth_has_a_limit() {
    let schema = json!({"additionalProperties": {"$ref": "#"}});
    let depth = usize::try_from(RULE_DEPTH / 2).unwrap();
    assert!(steps(&schema, &nested(depth)).is_some());
    assert_eq!(steps(&schema, &nested(depth + 1)), None);
    assert_eq!(steps(&json!({"$ref": "#"}), &json!(1)), None);
}

// References that double at each step are counted as what they unfold to.
#[test]
fn doubling_ends() {
    let doubling = |levels: usize| {
        let mut definitions = serde_json::Map::new();
        for level in 0..levels {
            let next = json!({"$ref": format!("#/$defs/{}", level + 1)});
            definitions.insert(level.to_string(), json!({"allOf": [next, next]}));
        }
        definitions.insert(levels.to_string(), json!({"type": "string"}));
        json!({"$ref": "#/$defs/0", "$defs": definitions})
    };
    assert!(steps(&doubling(10), &json!(1)).is_some());
    assert_eq!(steps(&doubling(40), &json!(1)), None);
}

// `unevaluatedProperties` asks the rules beside it again, each level of it what is below.
#[test]
fn unevaluated_rules_weigh_more() {
    let stacked =
        |levels: usize| (0..levels).fold(json!(true), |inside, _| json!({"allOf": [inside], "unevaluatedProperties": false}));
    let plain = |levels: usize| (0..levels).fold(json!(true), |inside, _| json!({"allOf": [inside]}));
    let value = json!({"a": 1});
    assert!(steps(&stacked(4), &value).unwrap() > 10 * steps(&plain(4), &value).unwrap());
    assert_eq!(steps(&stacked(20), &value), None);
}

// A branch of a choice keeps a copy of the value, so many branches over a large value count as all of the copies.
#[test]
fn copies_are_counted() {
    let choice = |branches: usize| json!({ "anyOf": vec![json!(false); branches] });
    let list = json!(vec![1; 1000]);
    assert!(steps(&choice(100), &list).unwrap() > 100 * 1000);
    assert_eq!(steps(&choice(1000), &list), None);
}

// A fragment's percent codes are bytes; what is no code stays.
#[test]
fn fragments_are_decoded() {
    assert_eq!(percent_decoded("/a%20b/%c3%A9%2"), Some("/a b/é%2".to_owned()));
    assert_eq!(percent_decoded("%ff"), None);
}
