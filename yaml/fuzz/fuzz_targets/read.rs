//! Any bytes, read in both typings; places lie within the text, and what is printed reads as what was read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yaml::{Node, ReadOptions, Value, read, to_yaml};

fuzz_target!(|text: &[u8]| {
    for options in [ReadOptions::helm(), ReadOptions::sops()] {
        let Ok(documents) = read(text, &options) else { continue };
        for document in &documents {
            // A text in UTF-16 has places in the same text in UTF-8, which is at most half as long again.
            check_places(document, text.len() * 3 / 2 + 3);
        }
    }
    for document in read(text, &ReadOptions::helm()).unwrap_or_default() {
        // Helm prints such a key without quotes too, and it is a merge when it is read again.
        if has_merge_key(&document) {
            continue;
        }
        let Ok(printed) = to_yaml(&document) else { continue };
        let Ok(again) = read(&printed, &ReadOptions::helm()) else { continue };
        let [again] = again.as_slice() else { panic!("one document was printed as {}", again.len()) };
        let twice = to_yaml(again).expect("what was read from our own text can be printed");
        assert_eq!(String::from_utf8_lossy(&printed), String::from_utf8_lossy(&twice));
    }
});

fn check_places(node: &Node, end: usize) {
    assert!(node.span.start.offset <= node.span.end.offset && node.span.end.offset <= end, "{:?} of {end}", node.span);
    match &node.value {
        Value::Sequence(items) => items.iter().for_each(|item| check_places(item, end)),
        Value::Mapping(entries) => entries.iter().for_each(|entry| check_places(&entry.value, end)),
        _ => {}
    }
}

/// Whether a key that is no merge has the text of one: `!tag <<` or `"<<"`.
fn has_merge_key(node: &Node) -> bool {
    match &node.value {
        Value::Sequence(items) => items.iter().any(has_merge_key),
        Value::Mapping(entries) => entries.iter().any(|entry| entry.key == "<<" || has_merge_key(&entry.value)),
        _ => false,
    }
}
