//! Documents out and in: provenance, depth, size. The forms are in `tests/cases/data.cases`.

use super::*;
use crate::functions::document::NESTING;
use crate::functions::tests::{RESULT_LIMIT, call, drawn_value, exact, refused};
use crate::value::{Data, Map, Object, ObjectKind, Package};

fn dict(key: &str, value: Value) -> Value {
    let map = Map::new();
    map.insert(key.as_bytes(), value);
    Value::map(map)
}

// A document derives from everything in it; what is read derives from the text.
#[test]
fn everything_derives() {
    assert_eq!(drawn_value(&call("toToml", &[dict("a", exact("pw"))])), "<a = \"pw\"\n>");
    let read = call("fromToml", &[exact("a = 1")]);
    assert_eq!(drawn_value(&call("get", &[read, Value::string("a")])), "<1>");
}

// Where Go returns an error, one form prints it and one fails; where it panics, both fail.
#[test]
fn errors() {
    let nil = dict("a", Value::list(vec![Value::nil()]));
    let message = "toml: cannot encode array with nil element";
    assert_eq!(drawn_value(&call("toToml", std::slice::from_ref(&nil))), message);
    assert_eq!(refused("mustToToml", &[nil]).as_deref(), Some(message));
    assert!(refused("toToml", &[Value::nil()]).is_some_and(|message| message.contains("zero Value")));
}

// A struct is a table in the order of its fields, in a list of scalars between braces; a field that is a table comes last.
#[test]
fn structs_are_tables() {
    let version = |fields: &[(&str, &str)]| {
        let map = Map::new();
        fields.iter().for_each(|(name, value)| map.insert(name.as_bytes(), Value::string(value)));
        let kind = ObjectKind::KubeVersion(Package::Common, "v1.33.0".to_owned());
        Value::plain(Data::Object(std::rc::Rc::new(Object { kind, fields: map })))
    };
    let version = version(&[("Major", "1"), ("Minor", "33"), ("Version", "v1.33.0")]);
    let check = |value: Value, expected: &str| assert_eq!(drawn_value(&call("toToml", &[value])), expected);
    check(version.clone(), "Version = \"v1.33.0\"\nMajor = \"1\"\nMinor = \"33\"\n");
    check(dict("k", version.clone()), "[k]\n  Version = \"v1.33.0\"\n  Major = \"1\"\n  Minor = \"33\"\n");
    let mixed = Value::list(vec![Value::string("a"), version]);
    check(dict("l", mixed), "l = [\"a\", {Version = \"v1.33.0\", Major = \"1\", Minor = \"33\"}]\n");
}

// Depth is bounded on both sides: of tables, of lists, and of a map that holds itself.
#[test]
fn depth_is_bounded() {
    let tables = |levels: usize| (0..levels).fold(Value::string("x"), |inner, _| dict("a", inner));
    assert!(refused("toToml", &[tables(NESTING)]).is_none());
    assert!(refused("toToml", &[tables(NESTING + 1)]).is_some());
    let lists = |levels: usize| dict("a", (0..levels).fold(Value::string("x"), |inner, _| Value::list(vec![inner])));
    assert!(refused("toToml", &[lists(NESTING - 1)]).is_none());
    assert!(refused("toToml", &[lists(NESTING)]).is_some());
    let map = Map::new();
    map.insert(b"a", Value::map(map.clone()));
    assert!(refused("toToml", &[Value::map(map.clone())]).is_some());
    map.remove(b"a");
}

// Lists that share lists would print without end: they are refused soon.
#[test]
fn shared_lists_are_bounded() {
    let knotted = (0..100).fold(Value::string("x"), |inner, _| Value::list(vec![inner.clone(), inner]));
    assert!(refused("toToml", &[dict("a", knotted)]).is_some_and(|message| message.contains("larger")));
}

// A text is read up to its bound.
#[test]
fn texts_are_bounded() {
    let comment = |bytes: usize| [Value::string(&format!("#{}", "x".repeat(bytes - 1)))];
    assert!(refused("fromToml", &comment(read::TEXT_BYTES)).is_none());
    assert_eq!(refused("fromToml", &comment(read::TEXT_BYTES + 1)).as_deref(), Some("a TOML text may have 262144 bytes"));
}

// The size is checked while it grows.
#[test]
fn size_is_bounded() {
    // `a = "` and `"` with a line break take seven bytes.
    let text = |bytes: usize| [dict("a", Value::string(&"x".repeat(bytes)))];
    assert!(refused("toToml", &text(RESULT_LIMIT - 7)).is_none());
    assert!(refused("toToml", &text(RESULT_LIMIT - 6)).is_some());
}
