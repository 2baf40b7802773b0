//! Tests of JSON in templates.

use super::*;
use crate::functions::tests::{RESULT_LIMIT, call, marks, refused};
use crate::provenance::{Flow, LeafId, Mark, Marks};

fn text(value: &Value) -> (String, Vec<(usize, usize, Flow)>) {
    match &value.data {
        Data::String(text) => (String::from_utf8_lossy(text.as_bytes()).into_owned(), marks(text)),
        other => (format!("{other:?}"), Vec::new()),
    }
}

fn check(value: &Value, bytes: &str, want: &[(usize, usize, Flow)]) {
    assert_eq!(text(&call("toJson", std::slice::from_ref(value))), (bytes.to_owned(), want.to_vec()));
}

fn one(key: &[u8], value: Value) -> Value {
    let map = Map::new();
    map.insert(key, value);
    Value::map(map)
}

fn marked(text: &str, start: usize, end: usize) -> Value {
    let mark = Mark { start, end, leaves: Leaves::one(LeafId(1)), flow: Flow::Exact };
    Value::plain(Data::String(Text::marked(text.as_bytes().to_vec(), Marks::from_vec(vec![mark]))))
}

// A leaf between the quotes is exact where nothing is escaped; otherwise it is derived with its quotes.
#[test]
fn strings_carry_their_marks() {
    let leaf = |text: &str| Value::of_leaf(Data::String(Text::from(text)), LeafId(1));
    check(&one(b"k", leaf("pw")), r#"{"k":"pw"}"#, &[(6, 8, Flow::Exact)]);
    check(&one(b"k", leaf("a<b")), "{\"k\":\"a\\u003cb\"}", &[(5, 15, Flow::Derived)]);
    check(&one(b"k", marked("u:pw", 2, 4)), r#"{"k":"u:pw"}"#, &[(5, 11, Flow::Derived)]);
    check(&Value::of_leaf(Data::Bool(true), LeafId(1)), "true", &[(0, 4, Flow::Derived)]);
}

// Of `null` comes what Go has not made: empty, but printed as null.
#[test]
fn null_is_nil() {
    for name in ["fromJson", "fromJsonArray"] {
        check(&call(name, &[Value::string("null")]), "null", &[]);
    }
}

// Both directions are bounded in depth, reading in values, and writing in size.
#[test]
fn limits() {
    let brackets = |levels: usize| Value::string(&format!("{}{}", "[".repeat(levels), "]".repeat(levels)));
    assert!(refused("fromJsonArray", &[brackets(NESTING)]).is_none());
    assert_eq!(refused("fromJsonArray", &[brackets(NESTING + 1)]).as_deref(), Some("the text nests deeper than 200 levels"));
    // The list is a value, too.
    let many = |values: usize| Value::string(&format!("[{}0]", "0,".repeat(values - 2)));
    assert!(refused("fromJsonArray", &[many(read::VALUES)]).is_none());
    assert_eq!(refused("fromJsonArray", &[many(read::VALUES + 1)]).as_deref(), Some("the text holds more than 200000 values"));
    let long = |bytes: usize| Value::string(&"x".repeat(bytes));
    assert!(refused("toJson", &[long(RESULT_LIMIT)]).is_none());
    assert_eq!(refused("toJson", &[long(RESULT_LIMIT + 1)]).as_deref(), Some("the result is larger than 1048576 bytes"));
}

// Marks inside string values stay there, whole ones as the leaf itself; any other mark reaches everything.
#[test]
fn marks_inside_strings_stay_there() {
    let read = |input: &str, start: usize, end: usize| {
        let Data::Map(map, _) = call("fromJson", &[marked(input, start, end)]).data else { return [9; 3] };
        let leaves = |key: &[u8]| map.get(key).unwrap_or_default().all_leaves().as_slice().len();
        [leaves(b"a"), leaves(b"b"), map.shape().as_slice().len()]
    };
    assert_eq!(read(r#"{"a":"pw","b":"x"}"#, 6, 8), [1, 0, 0]);
    assert_eq!(read(r#"{"a":"","b":"x"}"#, 6, 6), [1, 0, 0]);
    assert_eq!(read(r#"{"a":"pw","b":"x"}"#, 5, 9), [1, 1, 1]);
    assert_eq!(read(r#"{"a":"pw","b":"x"}"#, 6, 9), [1, 1, 1]);
    assert_eq!(read(r#"{"a":12,"b":"x"}"#, 5, 7), [1, 1, 1]);
    assert_eq!(read(r#"{"a":"y","b":"x"}"#, 2, 3), [1, 1, 1]);
}

// Errors are Go's, and derive from the marks.
#[test]
fn errors_are_gos() {
    let message = |input: &str| refused("mustFromJson", &[Value::string(input)]).unwrap_or_default();
    for (input, want) in [
        ("", "unexpected end of JSON input"),
        ("{", "unexpected end of JSON input"),
        ("x", "invalid character 'x' looking for beginning of value"),
        ("{\"a\":1,}", "invalid character '}' looking for beginning of object key string"),
        ("{\"a\" 1}", "invalid character '1' after object key"),
        ("[1 2]", "invalid character '2' after array element"),
        ("trux", "invalid character 'x' in literal true (expecting 'e')"),
        ("01", "invalid character '1' after top-level value"),
        ("\"\n\"", "invalid character '\\n' in string literal"),
        ("\"\\x\"", "invalid character 'x' in string escape code"),
        ("1e999", "json: cannot unmarshal number 1e999 into Go value of type float64"),
    ] {
        assert_eq!(message(input), want, "{input}");
    }
    let broken = call("fromJson", &[marked("{pw", 1, 3)]);
    assert_eq!(broken.all_leaves().as_slice(), [LeafId(1)]);
}
