use super::*;
use crate::{ReadOptions, read};

/// A tree whose scalars and keys are written by the emitter, piece by piece.
fn emit(input: &str) -> (String, Vec<(Range<usize>, Value)>) {
    let documents = read(input.as_bytes(), &ReadOptions::helm()).expect("valid input");
    let mut emitter = Emitter::new();
    let mut ranges = Vec::new();
    walk(&mut emitter, &documents[0], &mut ranges);
    (String::from_utf8(emitter.finish()).expect("UTF-8"), ranges)
}

fn walk(emitter: &mut Emitter, node: &Node, ranges: &mut Vec<(Range<usize>, Value)>) {
    let scalar = match &node.value {
        Value::Null => Scalar::Null,
        Value::Bool(value) => Scalar::Bool(*value),
        Value::Int(value) => Scalar::Int(*value),
        Value::Float(value) => Scalar::Float(*value),
        Value::String(text) | Value::Time(text) => Scalar::String(text.as_bytes()),
        Value::Sequence(items) => {
            emitter.begin_sequence(items.len());
            items.iter().for_each(|item| walk(emitter, item, ranges));
            return emitter.end_sequence();
        }
        Value::Mapping(entries) => {
            emitter.begin_mapping(entries.len());
            for entry in entries {
                ranges.push((emitter.key(entry.key.as_bytes()), Value::String(entry.key.clone())));
                walk(emitter, &entry.value, ranges);
            }
            return emitter.end_mapping();
        }
    };
    ranges.push((emitter.scalar(scalar), node.value.clone()));
}

/// Each range is exactly the place the reader finds for the same scalar in the final text, but for the last break of a block.
fn check_ranges(input: &str) {
    let (text, ranges) = emit(input);
    let documents = read(text.as_bytes(), &ReadOptions::helm()).expect("readable");
    let mut found = Vec::new();
    places(&documents[0], &mut found);
    for (range, _) in &mut found {
        range.end -= usize::from(text[range.clone()].ends_with('\n'));
    }
    assert_eq!(ranges, found, "{text}");
}

fn places(node: &Node, into: &mut Vec<(Range<usize>, Value)>) {
    match &node.value {
        Value::Sequence(items) => items.iter().for_each(|item| places(item, into)),
        Value::Mapping(entries) => {
            for entry in entries {
                let span = entry.key_span;
                into.push((span.start.offset..span.end.offset, Value::String(entry.key.clone())));
                places(&entry.value, into);
            }
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) | Value::Time(_) => {
            into.push((node.span.start.offset..node.span.end.offset, node.value.clone()));
        }
    }
}

/// Ranges are exact for plain, quoted, escaped, folded and literal scalars and for keys of all forms.
#[test]
fn ranges_are_exact() {
    check_ranges("{a: 1, b: [true, ~, 'x y', \"a: b\", '', 1.5, \"\\t\"], c: {d: [], e: {}, f: [[g], {h: i}]}}");
    check_ranges("{a: \"x\\ny\", b: [\"x\\n\", \"\\n\\n\", \" x\\ny\\n\\n\"], \"true\": é}");
    let long = "word ".repeat(40);
    check_ranges(&format!("{{a: \"{long}end\", b: \"it: {long}end\", c: [\"\\t{long}end\"], d: \"\\U0001F600 {long}x\"}}"));
    check_ranges(&format!("? {0}\n: [a, b]\n? {0}x\n: c\n? \"a\\nb\\n\"\n: {{d: e}}\n", "k".repeat(130)));
    check_ranges("plain");
    check_ranges("\"a\\nb\"");
}

/// Bytes that are no UTF-8 become U+FFFD one by one.
#[test]
fn bytes_that_are_no_text_are_replaced() {
    let mut emitter = Emitter::new();
    assert_eq!(emitter.scalar(Scalar::String(b"a\xff\xe4\xbdb")), 0..11);
    assert_eq!(emitter.finish(), "a\u{fffd}\u{fffd}\u{fffd}b\n".as_bytes());
}

/// What Helm cannot write leaves nothing and says why; `fail` and `mustToYaml` need the reason.
#[test]
fn what_cannot_be_written_leaves_nothing() {
    let mut emitter = Emitter::new();
    emitter.begin_sequence(2);
    emitter.scalar(Scalar::Float(1.0));
    emitter.scalar(Scalar::Float(f64::INFINITY));
    emitter.end_sequence();
    assert_eq!(emitter.problem(), Some(EmitProblem::NotFinite));
    assert_eq!(emitter.finish(), b"");
}

fn written(key: &str) -> Result<String, EmitProblem> {
    let mut emitter = Emitter::new();
    emitter.begin_mapping(1);
    emitter.key(key.as_bytes());
    emitter.scalar(Scalar::Null);
    emitter.end_mapping();
    match emitter.problem() {
        Some(problem) => Err(problem),
        None => Ok(String::from_utf8(emitter.finish()).expect("UTF-8")),
    }
}

/// A key of 128 bytes is written in a line with its value, a longer one is not.
#[test]
fn simple_keys_obeyed_and_violated() {
    let key = "k".repeat(SIMPLE_KEY_BYTES);
    assert_eq!(written(&key), Ok(format!("{key}: null\n")));
    assert_eq!(written(&format!("{key}k")), Ok(format!("? {key}k\n: null\n")));
}

/// A key of 1024 characters of JSON, its quotes among them, is written, a longer one is refused.
#[test]
fn long_keys_obeyed_and_violated() {
    let key = "k".repeat(json::KEY_CHARACTERS - 2);
    assert!(written(&key).is_ok());
    assert_eq!(written(&format!("{key}k")), Err(EmitProblem::LongKey));
}

/// Integers keep all their digits.
#[test]
fn integers_are_written_whole() {
    let mut emitter = Emitter::new();
    emitter.scalar(Scalar::Int(i64::MIN));
    assert_eq!(emitter.finish(), b"-9223372036854775808\n");
}

/// Keys that form a cycle are sorted all the same, always alike, and none is lost.
#[test]
fn cycles_of_keys_are_sorted() {
    let keys: Vec<String> =
        (0..200).map(|number| if number % 3 == 0 { format!("{number}a") } else { number.to_string() }).collect();
    let mut sorted = keys.clone();
    sort_naturally(&mut sorted, |key| key.as_bytes());
    let mut again = keys.clone();
    sort_naturally(&mut again, |key| key.as_bytes());
    assert_eq!(sorted, again);
    let (mut before, mut after) = (keys, sorted);
    before.sort();
    after.sort();
    assert_eq!(before, after);
    assert_eq!(natural_order(b"5", b"12"), std::cmp::Ordering::Less);
    assert_eq!(natural_order(b"12", b"1a"), std::cmp::Ordering::Less);
    assert_eq!(natural_order(b"1a", b"5"), std::cmp::Ordering::Less);
}

// The pretty printer indents sequences, folds nothing, and quotes the booleans of YAML 1.1 for others.
#[test]
fn pretty_printing() {
    let long = "word ".repeat(30) + "end";
    let mut emitter = Emitter::pretty();
    emitter.begin_mapping(2);
    emitter.key(b"list");
    emitter.begin_sequence(3);
    emitter.scalar(Scalar::String(long.as_bytes()));
    emitter.scalar(Scalar::String(b"Yes"));
    emitter.scalar(Scalar::String(b"yES"));
    emitter.end_sequence();
    emitter.key(b"tabs");
    emitter.scalar(Scalar::String(b"a\tb\nc"));
    emitter.end_mapping();
    let text = String::from_utf8(emitter.finish()).expect("UTF-8");
    assert_eq!(text, format!("list:\n  - {long}\n  - \"Yes\"\n  - yES\ntabs: |-\n  a\tb\n  c\n"));
}

// After digits that both keys have, letters come first; elsewhere last, as in the other order.
#[test]
fn pretty_order() {
    let mut keys = vec!["a-", "ab", "a10", "a1b", "a9"];
    sort_prettily(&mut keys, |key| key.as_bytes());
    assert_eq!(keys, ["a-", "a1b", "a9", "a10", "ab"]);
    let mut keys = vec!["a1b", "a1-"];
    sort_prettily(&mut keys, |key| key.as_bytes());
    assert_eq!(keys, ["a1b", "a1-"]);
    sort_naturally(&mut keys, |key| key.as_bytes());
    assert_eq!(keys, ["a1-", "a1b"]);
}
