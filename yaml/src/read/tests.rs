use super::*;
use crate::{Content, Entry, Position, Span, Value};

/// Returns the first document's root.
fn root(text: &str, options: &ReadOptions) -> Node {
    read_first(text.as_bytes(), options).expect("valid input").expect("a document").root
}

/// Adds each scalar and key below a node, in order, as the source text its place covers.
fn pieces<'a>(node: &Node, text: &'a str, into: &mut Vec<&'a str>) {
    let mut piece = |span: Span| into.push(&text[span.start.offset..span.end.offset]);
    match &node.value {
        Value::Sequence(items) => items.iter().for_each(|item| pieces(item, text, into)),
        Value::Mapping(entries) => {
            for Entry { key_span, value, .. } in entries {
                into.push(&text[key_span.start.offset..key_span.end.offset]);
                pieces(value, text, into);
            }
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) | Value::Time(_) => piece(node.span),
    }
}

fn check_pieces(text: &str, want: &[&str]) {
    for options in [ReadOptions::helm(), ReadOptions::sops()] {
        let mut got = Vec::new();
        pieces(&root(text, &options), text, &mut got);
        assert_eq!(got, want);
    }
}

fn check_error(text: &[u8], options: &ReadOptions, want: &str, at: (u32, u32)) {
    let error = read(text, options).expect_err("refused");
    assert_eq!((error.to_string().as_str(), (error.at().line, error.at().column)), (want, at), "{error:?}");
}

fn limited(limits: Limits) -> ReadOptions {
    ReadOptions { limits, ..ReadOptions::helm() }
}

/// A scalar's place is exactly its own text: no anchor, no tag, no comment, no blank.
#[test]
fn places_are_the_scalars_text() {
    check_pieces("é: 'x'  # c\n", &["é", "'x'"]);
    check_pieces("&k key: !!str &a value # c\nother: *a\n", &["key", "value", "other", "value"]);
    check_pieces("a: one\n  two\nb: [3 , \"4\"]\n", &["a", "one\n  two", "b", "3", "\"4\""]);
    check_pieces("a: |\n  x\n  y\n\nb: >-\n  z\n\nc: |+\n  w\n\n", &["a", "|\n  x\n  y\n", "b", ">-\n  z", "c", "|+\n  w\n\n"]);
    check_pieces("a:\nb: &x\n", &["a", "", "b", ""]);
    check_pieces("a: |\n  last", &["a", "|\n  last"]);
    check_pieces("\u{feff}a: b\n", &["a", "b"]);
}

/// Columns count characters and lines count from 1, offsets count bytes with the byte order mark.
#[test]
fn places_count_characters_and_bytes() {
    let node = root("\u{feff}# é\n日本: {ü: x}\n", &ReadOptions::helm());
    let Value::Mapping(entries) = &node.value else { panic!("a mapping") };
    assert_eq!(entries[0].value.span.start, Position { offset: 16, line: 2, column: 5 });
    let Value::Mapping(inner) = &entries[0].value.value else { panic!("a mapping") };
    assert_eq!(inner[0].value.span.start, Position { offset: 21, line: 2, column: 9 });
}

/// A block collection ends with its last value, a flow collection with its bracket.
#[test]
fn collections_end_where_they_end() {
    let text = "a:\n  b: c\n\n# d\ne: [f, ]\n";
    let node = root(text, &ReadOptions::helm());
    let Value::Mapping(entries) = &node.value else { panic!("a mapping") };
    let places: Vec<_> = entries.iter().map(|entry| &text[entry.value.span.start.offset..entry.value.span.end.offset]).collect();
    assert_eq!(places, ["b: c", "[f, ]"]);
    assert_eq!(&text[..node.span.end.offset], "a:\n  b: c\n\n# d\ne: [f, ]");
}

/// A text with as many bytes as allowed is read.
#[test]
fn byte_limit_obeyed() {
    assert!(read(b"a: b", &limited(Limits { bytes: 4, ..Limits::default() })).is_ok());
}

/// A text with one byte more is not.
#[test]
fn byte_limit_violated() {
    check_error(b"a: bc", &limited(Limits { bytes: 4, ..Limits::default() }), "the text has 5 bytes, more than 4", (1, 1));
}

/// The nodes of `{a: [b]}` are the mapping, the key, the sequence and the item.
#[test]
fn node_limit_obeyed() {
    assert!(read(b"{a: [b]}", &limited(Limits { nodes: 4, ..Limits::default() })).is_ok());
}

/// One node more is refused, where it stands; by aliases as a bomb, where the alias stands.
#[test]
fn node_limit_violated() {
    let limits = Limits { nodes: 4, ..Limits::default() };
    check_error(b"{a: [b, c]}", &limited(limits), "more than 4 values", (1, 9));
    check_error(b"[&a [b], *a]", &limited(limits), "aliases expand to more values than allowed", (1, 10));
}

/// Nesting as deep as allowed is read, the innermost scalar included.
#[test]
fn depth_limit_obeyed() {
    let limits = Limits { depth: 4, ..Limits::default() };
    assert!(read(b"[[[a]]]", &limited(limits)).is_ok());
    assert!(read(b"- &a [b]\n- [*a]\n", &limited(limits)).is_ok());
}

/// One level more is refused, through an alias too.
#[test]
fn depth_limit_violated() {
    let limits = Limits { depth: 4, ..Limits::default() };
    check_error(b"[[[[a]]]]", &limited(limits), "nested deeper than 4 levels", (1, 5));
    check_error(b"- &a [[b]]\n- [*a]\n", &limited(limits), "nested deeper than 4 levels", (1, 8));
}

/// No limits reach past the ceiling, so that no text exhausts the stack.
#[test]
fn depth_ceiling_holds() {
    let limits = Limits { depth: usize::MAX, ..Limits::default() };
    let nested = |levels: usize| ["[".repeat(levels), "]".repeat(levels)].concat();
    assert!(read(nested(DEPTH_CEILING).as_bytes(), &limited(limits)).is_ok());
    assert!(matches!(read(nested(DEPTH_CEILING + 1).as_bytes(), &limited(limits)), Err(ReadError::TooDeep { .. })));
    let open = "- ".repeat(1 << 20);
    assert!(matches!(read(open.as_bytes(), &limited(limits)), Err(ReadError::TooDeep { .. })));
    let open = "{".repeat(1 << 20);
    assert!(matches!(read(open.as_bytes(), &limited(limits)), Err(ReadError::TooDeep { .. })));
}

/// As many documents as allowed are read.
#[test]
fn document_limit_obeyed() {
    assert_eq!(read(b"a\n---\nb\n", &limited(Limits { documents: 2, ..Limits::default() })).map(|read| read.len()), Ok(2));
}

/// One more is refused.
#[test]
fn document_limit_violated() {
    check_error(b"a\n---\nb\n", &limited(Limits { documents: 1, ..Limits::default() }), "more than 1 documents", (2, 1));
}

/// Aliases that double themselves are refused before they cost anything, with either typing.
#[test]
fn alias_bombs_are_refused() {
    let mut bomb = String::from("a0: &a0 [x, x]\n");
    for level in 1..40 {
        bomb.push_str(&format!("a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1));
    }
    for options in [ReadOptions::helm(), ReadOptions::sops()] {
        assert!(matches!(read(bomb.as_bytes(), &options), Err(ReadError::AliasBomb { .. })));
    }
    let merges = (1..40).fold("m0: &m0 {k: v}\n".to_owned(), |text, level| {
        format!("{text}m{level}: &m{level}\n  <<: [*m{0}, *m{0}]\n", level - 1)
    });
    assert!(matches!(read(merges.as_bytes(), &ReadOptions::helm()), Err(ReadError::AliasBomb { .. })));
}

/// Returns a text of 1 MiB behind an anchor and some aliases of it.
fn copies(aliases: usize) -> String {
    format!("- &a {}\n{}", "x".repeat(1 << 20), "- *a\n".repeat(aliases))
}

/// Aliases may copy 16 MiB of text.
#[test]
fn alias_text_limit_obeyed() {
    assert_eq!(read(copies(16).as_bytes(), &ReadOptions::helm()).map(|documents| documents.len()), Ok(1));
}

/// They may not copy more.
#[test]
fn alias_text_limit_violated() {
    check_error(copies(17).as_bytes(), &ReadOptions::helm(), "aliases expand to more values than allowed", (18, 3));
}

/// Repeated keys are refused with both places where that is asked for; a merged key may be overridden.
#[test]
fn repeated_keys_are_refused_with_both_places() {
    let strict = ReadOptions { duplicates: Duplicates::Refuse, ..ReadOptions::helm() };
    check_error(b"a: 1\nb:\n  c: 2\n  \"c\": 3\n", &strict, "key `c` is given twice, first at 3:3", (4, 3));
    let first = read(b"a: 1\na: 2\n", &strict).expect_err("refused").first();
    assert_eq!(first, Some(Position { offset: 0, line: 1, column: 1 }));
    assert!(read(b"<<: {a: 1}\na: 2\n", &strict).is_ok());
    check_error(b"<<: {a: 1, a: 3}\na: 2\n", &strict, "key `a` is given twice, first at 1:6", (1, 12));
}

/// A repeated key keeps its first place and takes its last value and that value's place.
#[test]
fn the_last_of_repeated_keys_counts() {
    let node = root("a: 1\nb: 2\na: 3\n", &ReadOptions::helm());
    let Value::Mapping(entries) = &node.value else { panic!("a mapping") };
    let read: Vec<_> = entries.iter().map(|entry| (entry.key.as_str(), entry.key_span.start.line, &entry.value.value)).collect();
    assert_eq!(read, [("a", 3, &Value::Float(3.0)), ("b", 2, &Value::Float(2.0))]);
}

/// Helm's values files are read with a final line break, other texts as they are.
#[test]
fn a_final_line_break_is_added_where_asked() {
    let added = ReadOptions { final_newline: FinalNewline::Added, ..ReadOptions::helm() };
    assert_eq!(root("|\n  a", &ReadOptions::helm()).value, Value::String("a".to_owned()));
    assert_eq!(root("|\n  a", &added).value, Value::String("a\n".to_owned()));
    assert_eq!(root("|\n  a\n", &added).value, Value::String("a\n".to_owned()));
}

/// A document says what opens and closes it, whether anything is in it, and how far it reaches.
#[test]
fn documents_say_what_they_are() {
    let text = "# c\n---\na: 1\n...\nlost: 1\n";
    assert_eq!(read_documents(text.as_bytes(), &ReadOptions::helm()).map_err(|error| error.at().line), Err(5));
    let first = read_first(text.as_bytes(), &ReadOptions::helm()).expect("valid").expect("a document");
    assert_eq!(&text[first.span.start.offset..first.span.end.offset], "---\na: 1\n...");
    assert_eq!((first.explicit_start, first.explicit_end, first.content), (true, true, Content::Present));

    let documents = read_documents(b"a\n---\n# c\n--- \n---\nnull\n", &ReadOptions::helm()).expect("valid");
    let contents: Vec<_> = documents.iter().map(|document| document.content).collect();
    assert_eq!(contents, [Content::Present, Content::CommentsOnly, Content::Empty, Content::Present]);
    assert_eq!(read(b"# c\n", &ReadOptions::helm()), Ok(Vec::new()));
    assert_eq!(read(b"", &ReadOptions::helm()), Ok(Vec::new()));
}

/// What is not text is refused with its place.
#[test]
fn what_is_not_text_is_refused() {
    let helm = ReadOptions::helm();
    check_error(b"a: b\nc: \xff", &helm, "the text is not UTF-8", (2, 4));
    check_error(b"a: \xc3\xa9\x07", &helm, "the control character U+0007 is not allowed", (1, 5));
    check_error(b"\xff\xfea\x00\x00\xd8", &helm, "the text is not UTF-8", (1, 2));
    check_error(b"\xef\xbb\xbf\xef\xbb\xbfa: 1", &helm, "the control character U+FEFF is not allowed", (1, 1));
}

/// A message says what is wrong where it began, and never what a scalar holds.
#[test]
fn messages_say_what_and_where() {
    let helm = ReadOptions::helm();
    check_error(b"a: \"hunter2\nb: c\n", &helm, "a quoted value is never closed", (1, 4));
    check_error(b"a:\n\t- b\n", &helm, "a tab cannot stand here; YAML is indented with spaces", (2, 1));
    check_error(b"a: b: c\n", &helm, "a `:` cannot stand here; a value that holds `: ` needs quotes", (1, 5));
    check_error(b"a: 1\nhunter2\nb: 2\n", &helm, "a `:` is missing after this key", (2, 1));
    check_error(b"a: [1, 2\nb: 3\n", &helm, "`,` or `]` is expected here", (2, 2));
    check_error(b"a: *hunter2\n", &helm, "an alias names an anchor that is not there", (1, 4));
    check_error(b"a: !!int hunter2\n", &helm, "the value does not fit its tag !!int", (1, 10));
    check_error(b"a: .inf\n", &helm, "a number is not finite, which JSON cannot say", (1, 4));
    check_error(b"<<: 3\n", &helm, "only mappings can be merged by `<<`", (1, 5));
    check_error(b"&a [*a]\n", &helm, "an anchored value contains itself", (1, 5));
    check_error(b"~: 3\n", &helm, "null cannot be a key", (1, 1));
    check_error(b"a: 1\nb: 9223372036854775808\n", &ReadOptions::sops(), "an integer is larger than 9223372036854775807", (2, 4));
    check_error(b"1: a\n", &ReadOptions::sops(), "a number cannot be a key", (1, 1));
}

/// An alias has the place of what it stands for, its key has its own.
#[test]
fn aliases_have_the_place_of_their_anchor() {
    let node = root("a: &x [1]\nb: *x\n", &ReadOptions::helm());
    let Value::Mapping(entries) = &node.value else { panic!("a mapping") };
    assert_eq!(entries[0].value, entries[1].value);
    assert_eq!(entries[1].key_span.start.line, 2);
}
