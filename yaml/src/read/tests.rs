use super::*;

/// An empty text has no document, an empty document has nothing in it.
#[test]
fn nothing_is_read_from_nothing() {
    assert_eq!(read(b"", &ReadOptions::helm()), Ok(Vec::new()));
}
