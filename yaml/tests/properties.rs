//! Properties of the reader and the emitter over arbitrary input.

use proptest::prelude::*;
use yaml::{Entry, FinalNewline, Node, ReadOptions, Span, Value, read, read_documents, read_first, to_yaml};

/// Pieces that YAML gives a meaning to, so that random texts get somewhere.
const PIECES: [&str; 48] = [
    " ",
    "  ",
    "\n",
    "\n ",
    "\n  ",
    "- ",
    "-",
    ": ",
    ":",
    "? ",
    "#",
    " #",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\"",
    "'",
    "|",
    ">",
    "|-",
    ">+",
    "|2",
    "&a ",
    "*a",
    "!!str ",
    "!x ",
    "! ",
    "\t",
    "\\",
    "\\x",
    "---\n",
    "...\n",
    "%",
    "@",
    "<<: ",
    "a: ",
    "a",
    "1",
    "0x",
    "\r",
    "\u{85}",
    "\u{2028}",
    "é",
    "\u{feff}",
    "%TAG ! x\n",
    "!<",
];

fn texts() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::collection::vec(prop::sample::select(&PIECES[..]), 0..40).prop_map(|pieces| pieces.concat().into_bytes());
    let bytes = prop::collection::vec(any::<u8>(), 0..200);
    let utf16 = (prop::bool::ANY, prop::collection::vec(any::<u8>(), 0..100))
        .prop_map(|(big, rest)| [if big { b"\xfe\xff" } else { b"\xff\xfe" }, rest.as_slice()].concat());
    prop_oneof![4 => pieces, 1 => bytes, 1 => utf16, 1 => ".{0,200}".prop_map(String::into_bytes)]
}

fn without_place(value: Value) -> Node {
    Node { span: Span::default(), value }
}

fn trees() -> impl Strategy<Value = Node> {
    let strings = || prop_oneof!["[ -~]{0,20}", "[ \n\ta-c:#-]{0,12}", "\\PC{0,12}", "([a-z]{1,9} {1,2}){0,30}"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i32>().prop_map(|value| Value::Float(f64::from(value))),
        any::<f64>().prop_filter("finite", |value| value.is_finite()).prop_map(Value::Float),
        strings().prop_map(Value::String),
    ];
    leaf.prop_map(without_place).prop_recursive(4, 60, 6, move |inner| {
        let entries = prop::collection::btree_map(strings(), inner.clone(), 0..6).prop_map(|map| {
            let entry = |(key, value)| Entry { key, key_span: Span::default(), value };
            Value::Mapping(map.into_iter().map(entry).collect())
        });
        prop_oneof![prop::collection::vec(inner, 0..6).prop_map(Value::Sequence), entries].prop_map(without_place)
    })
}

/// Returns a tree without places and with its keys in one order. Negative zero is written as zero.
fn plain(node: Node) -> Node {
    without_place(match node.value {
        Value::Float(value) => Value::Float(value + 0.0),
        Value::Sequence(items) => Value::Sequence(items.into_iter().map(plain).collect()),
        Value::Mapping(mut entries) => {
            entries.sort_by(|left, right| left.key.cmp(&right.key));
            let entry = |entry: Entry| Entry { key: entry.key, key_span: Span::default(), value: plain(entry.value) };
            Value::Mapping(entries.into_iter().map(entry).collect())
        }
        scalar => scalar,
    })
}

/// Says whether a tree has the key that go-yaml v2 writes so that it reads it back as a merge.
fn has_merge_key(node: &Node) -> bool {
    match &node.value {
        Value::Sequence(items) => items.iter().any(has_merge_key),
        Value::Mapping(entries) => entries.iter().any(|entry| entry.key == "<<" || has_merge_key(&entry.value)),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// No text makes the reader panic, whatever the options; every place lies within the text.
    #[test]
    fn reading_never_panics(text in texts()) {
        for options in [ReadOptions::helm(), ReadOptions::sops()] {
            for final_newline in [FinalNewline::AsIs, FinalNewline::Added] {
                let options = ReadOptions { final_newline, ..options };
                // Places in UTF-16 are those of the same text in UTF-8, which takes three bytes for two at most.
                let end = text.len() * 3 / 2 + 1;
                match read_documents(&text, &options) {
                    Ok(documents) => prop_assert!(documents.iter().all(|document| document.span.end.offset <= end)),
                    Err(error) => prop_assert!(error.at().offset <= end),
                }
            }
        }
    }

    /// The first of all documents is the first document.
    #[test]
    fn the_first_document_is_the_first(text in texts()) {
        if let Ok(documents) = read_documents(&text, &ReadOptions::helm()) {
            prop_assert_eq!(read_first(&text, &ReadOptions::helm()), Ok(documents.into_iter().next()));
        }
    }

    /// What is written is read back as the same tree.
    #[test]
    fn writing_then_reading_changes_nothing(tree in trees()) {
        prop_assume!(!has_merge_key(&tree));
        if let Ok(text) = to_yaml(&tree) {
            let back = read(&text, &ReadOptions::helm());
            let back = back.map(|documents| documents.into_iter().next().map(plain));
            prop_assert_eq!(back, Ok(Some(plain(tree))), "{}", String::from_utf8_lossy(&text));
        }
    }
}
