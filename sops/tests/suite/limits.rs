//! Each limit from both sides.

use std::fmt::Write as _;

use sops::{DATA_KEY_BYTES, DATA_KEYS, FILE_BYTES, KEY_GROUPS, Limits, OpenOptions, PATH_BYTES, open};

use crate::fixture::{self, DEFAULT_SELECTOR, TYPES, keys, open_text};

/// Returns the code and message of a text that does not open.
fn refusal(text: &str) -> (&'static str, String) {
    let error = open_text(text).unwrap_err();
    (error.code(), error.to_string())
}

/// A file of the limit's size opens, one byte more is refused.
#[test]
fn file_bytes() {
    let padded =
        |bytes: usize| format!("{}#{}\n", DEFAULT_SELECTOR.sealed, "x".repeat(bytes - DEFAULT_SELECTOR.sealed.len() - 2));
    assert!(open_text(&padded(FILE_BYTES)).is_ok());
    assert_eq!(refusal(&padded(FILE_BYTES + 1)).0, "syntax");
}

/// As many sealed values as allowed open, one more is refused.
#[test]
fn sealed_leaves() {
    let count = open_text(TYPES.sealed).unwrap().sealed_leaves;
    let open = |limit| {
        let limits = Limits { sealed_leaves: limit, ..Limits::default() };
        open(TYPES.sealed.as_bytes(), &keys(&[fixture::ONE]), &OpenOptions { limits, ..OpenOptions::default() })
    };
    assert!(open(count).is_ok());
    assert_eq!(open(count - 1).unwrap_err().to_string(), format!("file has more than {} sealed values", count - 1));
}

/// Keys as long as allowed are walked (and then missed by the MAC), one byte more is refused before anything is hashed.
#[test]
fn path_bytes() {
    let text = |bytes: usize| {
        // Nested, since YAML itself limits a single key; each level adds its colon.
        let levels = ["a".repeat(1000), "b".repeat(1000), "c".repeat(1000), "d".repeat(1000), "e_unencrypted".to_owned()];
        let rest = bytes - levels.iter().map(|level| level.len() + 1).sum::<usize>() - 1;
        let mut nested = String::new();
        for (depth, level) in levels.iter().enumerate() {
            let _ = writeln!(nested, "{}{level}:", " ".repeat(depth));
        }
        let _ = writeln!(nested, "     {}: x", "f".repeat(rest));
        DEFAULT_SELECTOR.sealed.replacen("sops:\n", &format!("{nested}sops:\n"), 1)
    };
    assert_eq!(refusal(&text(PATH_BYTES)).0, "mac-mismatch");
    assert_eq!(
        refusal(&text(PATH_BYTES + 1)),
        ("limit", format!("keys on the way to a value have more than {PATH_BYTES} bytes"))
    );
}

/// As many recipients and groups as allowed are tried, one more is refused.
#[test]
fn data_keys_and_groups() {
    let file = |keys: String| format!("a: 1\nsops:\n  mac: x\n  lastmodified: \"2024-01-01T00:00:00Z\"\n{keys}");
    let recipients = |count: usize| file(format!("  age:\n{}", "    - {recipient: age1x, enc: x}\n".repeat(count)));
    assert_eq!(refusal(&recipients(DATA_KEYS)).0, "no-identity");
    assert_eq!(refusal(&recipients(DATA_KEYS + 1)), ("limit", format!("metadata has more than {DATA_KEYS} recipients")));
    let groups = |count: usize| file(format!("  key_groups:\n{}", "    - age: [{recipient: age1x, enc: x}]\n".repeat(count)));
    assert_eq!(refusal(&groups(KEY_GROUPS)).0, "too-few-groups");
    assert_eq!(refusal(&groups(KEY_GROUPS + 1)), ("limit", format!("metadata has more than {KEY_GROUPS} key groups")));
}

/// A data key of the limit's size is tried, one byte more is refused.
#[test]
fn data_key_bytes() {
    let file = |bytes: usize| {
        let key = "x".repeat(bytes);
        format!("a: 1\nsops:\n  mac: x\n  lastmodified: \"2024-01-01T00:00:00Z\"\n  age: [{{recipient: age1x, enc: {key}}}]\n")
    };
    assert_eq!(refusal(&file(DATA_KEY_BYTES)).0, "no-identity");
    assert_eq!(refusal(&file(DATA_KEY_BYTES + 1)).0, "limit");
}

/// Nesting beyond the reader's limit is refused and does not overflow the stack; the deepest allowed tree is walked.
#[test]
fn depth() {
    let nested = |depth: usize| {
        let text = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        DEFAULT_SELECTOR.sealed.replacen("sops:\n", &format!("a_unencrypted: {text}\nsops:\n"), 1)
    };
    // The root and the scalar count too.
    let deepest = yaml::Limits::default().depth - 2;
    assert_eq!(refusal(&nested(deepest)).0, "mac-mismatch");
    assert_eq!(refusal(&nested(deepest + 1)).0, "syntax");
    assert_eq!(refusal(&nested(100_000)).0, "syntax");
}

/// Returns the bytes of the keys and texts of a tree.
fn text_bytes(node: &yaml::Node) -> usize {
    match &node.value {
        yaml::Value::String(text) => text.len(),
        yaml::Value::Sequence(items) => items.iter().map(text_bytes).sum(),
        yaml::Value::Mapping(entries) => entries.iter().map(|entry| entry.key.len() + text_bytes(&entry.value)).sum(),
        _ => 0,
    }
}

/// Aliases may expand to the limit's size, and not to one byte more, however small the file.
#[test]
fn expanded_bytes() {
    let aliases = format!("a_unencrypted: &a {}\nb_unencrypted: [{}]\nsops:\n", "x".repeat(1000), "*a,".repeat(100));
    let text = DEFAULT_SELECTOR.sealed.replacen("sops:\n", &aliases, 1);
    let body = text.split("sops:\n").next().unwrap();
    let reading = yaml::ReadOptions::sops();
    let bytes = text_bytes(&yaml::read(body.as_bytes(), &reading).unwrap()[0]);
    assert!(bytes > 100_000 && text.len() < 5_000);
    let code = |limit| {
        let limits = Limits { text: yaml::Limits { bytes: limit, ..yaml::Limits::default() }, ..Limits::default() };
        open(text.as_bytes(), &keys(&[fixture::ONE]), &OpenOptions { limits, ..OpenOptions::default() }).unwrap_err().code()
    };
    assert_eq!(code(bytes), "mac-mismatch");
    assert_eq!(code(bytes - 1), "limit");
}
