//! Tests of YAML in templates: bytes, and which of them depend on which leaf.

use super::*;
use crate::functions::tests::{call, marks, refused};
use crate::provenance::{LeafId, Leaves, Mark};
use crate::value::Map;

fn secret(text: &str) -> Value {
    Value::of_leaf(Data::String(Text::from(text)), LeafId(1))
}

fn entry(key: &str, value: Value) -> Value {
    let map = Map::new();
    map.insert(b"a", Value::string("x"));
    map.insert(key.as_bytes(), value);
    Value::map(map)
}

fn check(value: &Value, bytes: &str, want: &[(usize, usize, Flow)]) {
    let got = call("toYaml", std::slice::from_ref(value));
    let Data::String(text) = &got.data else { panic!("not a string") };
    assert_eq!(String::from_utf8_lossy(text.as_bytes()), bytes);
    assert_eq!(marks(text), want);
}

// A leaf printed as it is stays exact; quoted, folded or in a block it is derived with all its layout.
#[test]
fn printed_scalars_carry_their_layout() {
    check(&entry("b", secret("pw")), "a: x\nb: pw", &[(8, 10, Flow::Exact)]);
    check(&entry("b", secret("yes")), "a: x\nb: \"yes\"", &[(8, 13, Flow::Derived)]);
    check(&entry("b", secret("l\nm\n")), "a: x\nb: |\n  l\n  m", &[(8, 17, Flow::Derived)]);
    check(&entry("b", Value::of_leaf(Data::Float(5.0), LeafId(1))), "a: x\nb: 5", &[(8, 9, Flow::Derived)]);
    let joined = Text::marked(
        b"u:pw".to_vec(),
        Marks::from_vec(vec![Mark { start: 2, end: 4, leaves: Leaves::one(LeafId(1)), flow: Flow::Exact }]),
    );
    check(&entry("b", Value::plain(Data::String(joined))), "a: x\nb: u:pw", &[(8, 12, Flow::Derived)]);
}

// A tracked key, or a tracked shape, marks the whole map; an empty container's own leaf marks its brackets.
#[test]
fn keys_and_containers_mark_what_they_print() {
    let map = Map::new();
    map.insert_slot(b"k", Slot { key_leaves: Leaves::one(LeafId(1)), value: Value::string("v") });
    check(&Value::map(map.clone()), "k: v", &[(0, 4, Flow::Derived)]);
    map.remove(b"k");
    check(&entry("b", Value::map(map)), "a: x\nb: {}", &[(6, 10, Flow::Derived)]);
    check(&Value::of_leaf(Value::list(Vec::new()).data, LeafId(1)), "[]", &[(0, 2, Flow::Derived)]);
}

// What cannot be written prints nothing, and that derives from all of it.
#[test]
fn nothing_is_printed_where_go_fails() {
    let map = Map::new();
    map.insert(b"self", Value::map(map.clone()));
    map.insert(b"z", secret("pw"));
    check(&Value::map(map.clone()), "", &[(0, 0, Flow::Derived)]);
    map.remove(b"self");
    check(&Value::list(vec![Value::plain(Data::Float(f64::NAN))]), "", &[]);
}

// Nesting is bounded on both sides of the limit, and over it is an error.
#[test]
fn nesting_is_bounded() {
    let nested = |levels: usize| (0..levels).fold(Value::nil(), |inner, _| Value::list(vec![inner]));
    assert!(refused("toYaml", &[nested(document::NESTING)]).is_none());
    let message = refused("toYaml", &[nested(document::NESTING + 1)]);
    assert_eq!(message.as_deref(), Some("the value nests deeper than 200 levels"));
}

// What go-yaml says without a place is said in its words; elsewhere the words are ours.
#[test]
fn problems_are_told_as_helm_tells_them() {
    let check = |text: &str, expected: &str| {
        let Data::Map(map, _) = call("fromYaml", &[Value::string(text)]).data else { panic!("not a map") };
        let Some(Data::String(message)) = map.get(b"Error").map(|error| error.data) else { panic!("{text} is read") };
        assert_eq!(
            String::from_utf8_lossy(message.as_bytes()),
            format!("error converting YAML to JSON: yaml: {expected}"),
            "{text}"
        );
    };
    check("a: [*b-1]", "unknown anchor 'b-1' referenced");
    check("a: &x [*x]", "anchor 'x' value contains itself");
    check("<<: 1\na: b", "map merge requires map or sequence of maps as the value");
    check("a: \u{1}b", "control characters are not allowed");
    check("a: !!binary 'x'", "!!binary value contains invalid base64 data");
    check("a:\n\tb: c", "line 2: a tab cannot stand here; YAML is indented with spaces");
}

// So are the values that are read.
#[test]
fn values_are_bounded() {
    // The list is a value, too.
    let many = |values: usize| Value::string(&format!("[{}0]", "0,".repeat(values - 2)));
    assert!(refused("fromYamlArray", &[many(read::NODES)]).is_none());
    let message = refused("fromYamlArray", &[many(read::NODES + 1)]);
    assert!(message.is_some_and(|message| message.contains("more than 200000 values")));
}

fn marked(text: &str, start: usize, end: usize) -> Value {
    let mark = Mark { start, end, leaves: Leaves::one(LeafId(1)), flow: Flow::Exact };
    Value::plain(Data::String(Text::marked(text.as_bytes().to_vec(), Marks::from_vec(vec![mark]))))
}

/// Reads `text` with the bytes from `start` to `end` marked; returns the leaves of `a`, of `b`, and of the map's shape.
fn read(text: &str, start: usize, end: usize) -> [usize; 3] {
    let Data::Map(map, _) = call("fromYaml", &[marked(text, start, end)]).data else { panic!("not a map") };
    let leaves = |key: &[u8]| map.get(key).unwrap_or_default().all_leaves().as_slice().len();
    [leaves(b"a"), leaves(b"b"), map.shape().as_slice().len()]
}

// Marks inside quotes and blocks stay there; any other mark reaches everything.
#[test]
fn marks_inside_scalars_stay_there() {
    assert_eq!(read("a: \"pw\"\nb: x\n", 4, 6), [1, 0, 0]);
    assert_eq!(read("a: 'u:pw'\nb: x\n", 6, 8), [1, 0, 0]);
    assert_eq!(read("a: |\n  pw\nb: x\n", 7, 9), [1, 0, 0]);
    assert_eq!(read("a: pw\nb: x\n", 3, 5), [1, 1, 1]);
    assert_eq!(read("a: \"pw\"\nb: x\n", 3, 7), [1, 1, 1]);
    assert_eq!(read("\"a\": v\nb: x\n", 1, 2), [1, 1, 1]);
    assert_eq!(read("a: v # pw\nb: x\n", 7, 9), [1, 1, 1]);
    assert_eq!(read("a: \"p\" # \"\nb: x\n", 4, 10), [1, 1, 1]);
}

// A leaf between quotes comes out as the leaf it was; part of a scalar does not.
#[test]
fn a_leaf_survives_the_way_back() {
    let exact = |text: &str, start: usize, end: usize| match call("fromYaml", &[marked(text, start, end)]).data {
        Data::Map(map, _) => map.get(b"a").unwrap_or_default().exact,
        _ => panic!("not a map"),
    };
    assert!(exact("a: \"pw\"", 4, 6));
    assert!(!exact("a: \"u:pw\"", 6, 8));
}

// What cannot be read stands under `Error`, derived from all marks.
#[test]
fn errors_are_values() {
    let got = call("fromYaml", &[marked("a: [pw", 4, 6)]);
    let Data::Map(map, _) = &got.data else { panic!("not a map") };
    assert!(map.contains(b"Error"));
    assert_eq!(got.all_leaves().as_slice(), [LeafId(1)]);
    assert_eq!(map.entries()[0].1.key_leaves.as_slice(), [LeafId(1)]);
}

// `toYamlPretty` marks as `toYaml` does and writes bytes as numbers; text that is not UTF-8 is refused.
#[test]
fn pretty_documents_carry_marks() {
    let pretty = |value: Value| call("toYamlPretty", &[value]);
    let Data::String(text) = &pretty(entry("b", Value::list(vec![secret("pw")]))).data else { panic!("not a string") };
    assert_eq!(
        (String::from_utf8_lossy(text.as_bytes()).as_ref(), marks(text)),
        ("a: x\nb:\n  - pw", vec![(12, 14, Flow::Exact)])
    );
    let bytes = Value::plain(Data::Bytes(Text::from("x")));
    let Data::String(numbers) = &pretty(bytes).data else { panic!("not a string") };
    assert_eq!(String::from_utf8_lossy(numbers.as_bytes()), "- 120");
    let text = Value::plain(Data::String(Text::plain(b"\xff")));
    assert_eq!(refused("toYamlPretty", &[text]).as_deref(), Some("text that is not UTF-8 cannot be written here"));
}
