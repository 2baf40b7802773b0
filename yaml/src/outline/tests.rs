use proptest::prelude::*;

use super::*;
use crate::{Node, Value, read_first};

fn outlined(text: &str) -> Option<Vec<Entry<'_>>> {
    outline(text.as_bytes(), &ReadOptions::helm())
}

/// Checks that a text has an outline, and which: `level key value` for each entry.
fn check(text: &str, expected: &[&str]) {
    let entries = outlined(text).unwrap_or_else(|| unreachable!("there is no outline of {text:?}"));
    let shown: Vec<String> = entries.iter().map(|Entry { level, key, value }| format!("{level} {key} {value:?}")).collect();
    assert_eq!(shown, expected, "{text:?}");
    agrees(text);
}

/// Checks that the reader takes a text that has an outline, and finds the same entries.
fn agrees(text: &str) {
    let Some(entries) = outlined(text) else { return };
    let document = read_first(text.as_bytes(), &ReadOptions::helm()).unwrap().unwrap();
    let mut expected = Vec::new();
    gather(&document.root, 1, &mut expected);
    let mut keys: Vec<(usize, &str)> = entries.iter().map(|entry| (entry.level, entry.key)).collect();
    let repeats = keys.len();
    keys.sort_unstable();
    keys.dedup();
    // Of repeated keys the reader keeps the last one only.
    if keys.len() == repeats && expected.len() == entries.len() {
        for (entry, (level, key, value)) in entries.iter().zip(&expected) {
            assert_eq!((entry.level, entry.key), (*level, key.as_str()), "{text:?}");
            assert!(fits(entry.value, value), "{:?} is no {value:?} in {text:?}", entry.value);
        }
    } else {
        assert!(expected.len() <= entries.len(), "{text:?}");
    }
}

fn gather(node: &Node, level: usize, out: &mut Vec<(usize, String, Value)>) {
    let Value::Mapping(entries) = &node.value else { return };
    for entry in entries {
        out.push((level, entry.key.clone(), entry.value.value.clone()));
        if level < LEVELS {
            gather(&entry.value, level + 1, out);
        }
    }
}

fn fits(outlined: Outlined<'_>, value: &Value) -> bool {
    match (outlined, value) {
        (Outlined::Text(outlined), Value::String(text)) => outlined == text,
        (Outlined::Null, Value::Null) | (Outlined::Sequence, Value::Sequence(_)) | (Outlined::Mapping, Value::Mapping(_)) => true,
        (Outlined::Scalar, value) => !matches!(value, Value::Sequence(_) | Value::Mapping(_)),
        _ => false,
    }
}

// Entries of mappings in mappings are found, down to the third level; what lies in sequences is passed.
#[test]
fn entries_near_the_root() {
    check(
        "# head\nkind: Service\nmetadata:\n  name: \"a\" # c\n  labels: {}\n  annotations:\n    b/c: 'd'\n    e:\n      f: g\nspec:\n- kind: x\n  ports:\n    - 1\nlast:\n",
        &[
            "1 kind Text(\"Service\")",
            "1 metadata Mapping",
            "2 name Text(\"a\")",
            "2 labels Mapping",
            "2 annotations Mapping",
            "3 b/c Text(\"d\")",
            "3 e Mapping",
            "1 spec Sequence",
            "1 last Null",
        ],
    );
}

// Scalars that are no plain strings are told from those that are.
#[test]
fn scalars_by_form() {
    check("a: yes\nb: 1.5\nc: ~\nd: 2001-01-01\n", &["1 a Scalar", "1 b Scalar", "1 c Scalar", "1 d Scalar"]);
    check(
        "a: x y # z\nb: \"x\\n\"\nc: 'it''s'\nd: x#y\n",
        &["1 a Text(\"x y\")", "1 b Scalar", "1 c Scalar", "1 d Text(\"x#y\")"],
    );
    check("a: [b, \"c\"]\nd: []\n", &["1 a Sequence", "1 d Sequence"]);
}

// Text may go on below its first line, in quotes and without; empty collections may stand there alone.
#[test]
fn values_of_several_lines() {
    check("a: b\n  - c\n\n  {d\ne: 'f\n\n  g''h' # i\nj: \"k\n  l\\n\"\n", &["1 a Scalar", "1 e Scalar", "1 j Scalar"]);
    check("a:\n- b\n  c\n- \"d\n  e\"\nf: --g\nh: :1\n", &["1 a Sequence", "1 f Text(\"--g\")", "1 h Text(\":1\")"]);
    check("a: b\n# c\nd: e\n", &["1 a Text(\"b\")", "1 d Text(\"e\")"]);
    check("a:\n  {}\nb:\n  c:\n    []\n", &["1 a Mapping", "1 b Mapping", "2 c Sequence"]);
}

// Block scalars end where their indentation does, whatever stands in them.
#[test]
fn block_scalars_are_passed() {
    check("a: |\n\n  b: [\n\n    - {\n# c\nd: >-\n  e\n", &["1 a Scalar", "1 d Scalar"]);
    check("a: |\nb: |\n  c", &["1 a Scalar", "1 b Scalar"]);
    check("a:\n- |\n  b: *c\n- d: |+\n    e\n    \tf\n", &["1 a Sequence"]);
}

// What the reader refuses, reads in another way, or finds in more than one line has no outline.
#[test]
fn other_forms_have_no_outline() {
    let texts = [
        "",
        "# a\n",
        "- a\n",
        "a\n",
        "a: b\n  c: d\n",
        "a: b\n  c\n # d\n  e\n",
        "a: b\n  c # d\n",
        "a: b # c\n  d\n",
        "a: \"b\nc\"\n",
        "a: \"b\n  c\" d\n",
        "a: \"b\n  c\\\n  d\"\n",
        "a: b\n c: d\n",
        "a: b: c\n",
        "a: \"b\n",
        "a: \"b\" c\n",
        "a: [b\n",
        "a: {b: c}\n",
        "a: &b c\n",
        "a: *b\n",
        "a: !!str b\n",
        "a: .inf\n",
        "<<: {}\n",
        "a:\tb\n",
        "a: b\tc\n",
        "a: b\r\n",
        "a: b\u{85}c: d\n",
        "a:\n  b\n",
        "a: |2\n   b\n",
        "a: |\n   \n  b\n",
        "a: |\n \tb\n",
        "a: b\n---\nc: d\n",
        "a: b\n...\n",
        "? a\n: b\n",
        "1: a\n",
        "~: a\n",
        "a: - b\n",
        "a:\n- b\n c: d\n",
        "a:\n  b: c\n d: e\n",
        "a: \"\\x\"\n",
        "a: %b\n",
        "a: @b\n",
        "a: `b\n",
        "\u{feff}a: b\n",
        "a: b\u{1}\n",
        "a: 'b'c\n",
        "a: \"b\"#c\n",
        "a: [b]c\n",
        "a: ,\n",
        "a: b:\n",
        "a:b\n",
        "\"a\" : b\n",
    ];
    for text in texts {
        assert_eq!(outlined(text), None, "{text:?}");
    }
}

// The limits of the reader are obeyed; what would pass them is left to it.
#[test]
fn limits_obeyed_and_violated() {
    let nested = |levels: usize| (0..levels).map(|level| format!("{}a:\n", " ".repeat(level))).collect::<String>();
    let limit = ReadOptions::helm().limits.depth;
    check(&nested(LEVELS), &["1 a Mapping", "2 a Mapping", "3 a Null"]);
    assert!(outlined(&nested(limit - 2)).is_some());
    assert!(outlined(&nested(limit - 1)).is_none());
    let key = |bytes: usize| format!("{}: b\n", "k".repeat(bytes));
    assert!(outlined(&key(line::KEY_BYTES)).is_some());
    assert!(outlined(&key(line::KEY_BYTES + 1)).is_none());
    let mut options = ReadOptions::helm();
    options.limits.bytes = 4;
    assert!(outline(b"a: b", &options).is_some());
    assert!(outline(b"a: bc", &options).is_none());
}

/// Pieces of lines, good and bad ones.
const PIECES: [&str; 38] = [
    "a", "b", "- ", "- - ", "a: ", "b: ", "a:", "\n", "\n  ", "\n    ", "\n", " ", "  ", "\"c\"", "'d'", "\"", "'", "|", ">-",
    "#", " # e", "[f, g]", "{}", "[", "{", ",", "1", "1e5", ".inf", "&h ", "*h", "!i ", "\t", ":", "---\n", "~", "é", "\\n",
];

proptest! {
    // Whatever has an outline is read, and to the same.
    #[test]
    fn outlines_agree_with_the_reader(pieces in proptest::collection::vec(0..PIECES.len(), 0..24)) {
        let text: String = pieces.iter().filter_map(|piece| PIECES.get(*piece)).copied().collect();
        agrees(&text);
        agrees(&format!("a:\n{text}"));
    }

    // The same for lines that look like manifests.
    #[test]
    fn outlines_of_lines_agree(lines in proptest::collection::vec((0..4_usize, 0..16_usize), 0..12)) {
        const LINES: [&str; 16] = [
            "a: b", "c:", "- d", "- e: f", "- g:", "h: |", "i: \"j\"", "# k", "", "- |", "l: [m]", "n: {}", "- - o", "p q", "r: s t", "- \"u\": v",
        ];
        let text: String = lines.iter().filter_map(|(indent, line)| Some(format!("{}{}\n", "  ".repeat(*indent), LINES.get(*line)?))).collect();
        agrees(&text);
    }
}
