use super::*;
use crate::{ReadOptions, read};

fn check(input: &str, want: &str) {
    let documents = read(input.as_bytes(), &ReadOptions::helm()).expect("valid input");
    let text = to_yaml(&documents[0]).expect("writable");
    assert_eq!(String::from_utf8(text).expect("UTF-8"), want);
}

/// Keys come out in natural order and sequences are not indented below them.
#[test]
fn layout_follows_go_yaml() {
    check("{b: [1, {x: 'y', a: []}], a10: {}, a9: z}", "a9: z\na10: {}\nb:\n- 1\n- a: []\n  x: \"y\"\n");
}
