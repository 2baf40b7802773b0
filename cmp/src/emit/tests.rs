//! Tests of what is written.

use std::io::{self, Write};

use super::{Bounds, Empty, Reviewed, text, verify, write};
use crate::validate::by_hand::manifests;

const HEAD: &str = "apiVersion: v1\nkind: A\nmetadata:\n  name: a\n";

fn reviewed(input: &str) -> Reviewed {
    Reviewed::of(&manifests(input).unwrap_or_else(|errors| panic!("{input}: {errors:?}")))
}

/// Returns what is written, or the code of the error; nothing may be written then.
fn written(input: &str, empty: Empty) -> Result<String, &'static str> {
    let mut output = Vec::new();
    let result = write(&reviewed(input), empty, &mut output);
    assert!(result.is_ok() || output.is_empty(), "{input}");
    result.map(|()| String::from_utf8(output).unwrap()).map_err(|error| error.code())
}

fn check(input: &str, expected: Result<&str, &'static str>) {
    assert_eq!(written(input, Empty::Refused), expected.map(str::to_owned), "{input}");
}

// Every object is a document of its own, in the given order, lists opened, comments gone, keys as toYaml orders them.
#[test]
fn objects_become_documents() {
    let a = "---\napiVersion: v1\nkind: A\nmetadata:\n  name: a\n";
    check(HEAD, Ok(a));
    check(
        &format!("# one\n---\n{HEAD}data: {{z: '1', b: 2}} # two\n"),
        Ok(&a.replace("kind", "data:\n  b: 2\n  z: \"1\"\nkind")),
    );
    let items = "kind: List\nitems:\n- {kind: B, apiVersion: v1, metadata: {name: b}}\n- {kind: A, apiVersion: v1, metadata: {name: a}}\n";
    check(items, Ok(&(a.replace("kind: A", "kind: B").replace("name: a", "name: b") + a)));
}

// What Argo CD could read in another way comes back as it was: separators, ends, indicators and other types within strings.
#[test]
fn values_survive() {
    for value in [
        r#""a\n---\nb\n""#,
        r#""---""#,
        r#""...\nx""#,
        r#""null""#,
        r#""1e3""#,
        r#""yes""#,
        r#""0x10""#,
        r#""""#,
        r#"" a ""#,
        r#""\ta""#,
        r#""a: b # c""#,
        r##""# c""##,
        r#""{{ x }}""#,
        r#""\u2028\u00a0\ufeff""#,
        r#""\r\n""#,
        r#""\r""#,
        r#""a\n\n""#,
        r#""a\n\n\n""#,
        r#""\n""#,
        r#""\n\n""#,
        r#""2001-01-01""#,
        "9007199254740993",
        "-9223372036854775808",
        "1e100",
        "0.1",
        "~",
        "true",
        "[]",
        "{}",
        "[[], [{}], [[1]]]",
        "{'': '', ' ': 1, 'a: b': 2, '- a': 3, '---': 4, '1': 5, 'null': 6, 'y': 7}",
    ] {
        let output = written(&format!("{HEAD}v: {value}\n"), Empty::Refused).unwrap_or_else(|code| panic!("{value}: {code}"));
        let (found, expected) = (reviewed(&output), reviewed(&format!("{HEAD}v: {value}\n")));
        assert!(super::read::same(&found.objects[0].1, &expected.objects[0].1), "{value}: {output}");
    }
}

// Argo CD takes the last line break off a plugin's output: one that belongs to a value is followed by a separator.
#[test]
fn the_last_line_break_is_not_lost() {
    check(&format!("{HEAD}v: \"x\\n\\n\"\n"), Ok(&format!("---\n{HEAD}v: |+\n  x\n\n---\n")));
    let objects = reviewed(&format!("{HEAD}v: \"x\\n\\n\"\n"));
    let result = verify(&objects, format!("---\n{HEAD}v: |+\n  x\n\n").as_bytes());
    assert_eq!(result.unwrap_err().code(), "emit.changed");
}

// No objects at all are an error unless asked for.
#[test]
fn an_empty_result_is_asked_for() {
    check("# nothing\n", Err("emit.empty"));
    check("kind: List\nitems: []\n", Err("emit.empty"));
    assert_eq!(written("# nothing\n", Empty::Allowed), Ok(String::new()));
}

// A value that no YAML reader takes is refused with its object, and nothing of the others is written.
#[test]
fn what_cannot_be_written_is_refused() {
    check(&format!("{HEAD}---\n{}v: \"\\x7f\"\n", HEAD.replace("name: a", "name: b")), Err("emit.unwritable"));
}

// The bytes must read back as the reviewed objects, as many of them, and in their order.
#[test]
fn a_difference_is_refused() {
    let two = format!("{HEAD}v: 1\n---\n{}", HEAD.replace("name: a", "name: b"));
    let check = |bytes: &str, expected: Result<(), &str>| {
        let result = verify(&reviewed(&two), bytes.as_bytes());
        assert_eq!(result.map_err(|error| error.code()), expected, "{bytes}");
    };
    check(&two, Ok(()));
    check(&two.replace("v: 1", "v: 1.0 # the same"), Ok(()));
    check(&two.replace("v: 1", "v: '1'"), Err("emit.changed"));
    check(&two.replace("v: 1", "v: 1\nv: 2"), Err("emit.changed"));
    check(&two.replace("v: 1", "v: 1\nw: 1"), Err("emit.changed"));
    check(&format!("{two}---\n{HEAD}"), Err("emit.unreadable"));
    check(&two.replace("---", "... #"), Err("emit.unreadable"));
    check(HEAD.trim_end(), Err("emit.changed"));
    check(&two.replace("v: 1", "v: [1"), Err("emit.unreadable"));
    check("", Err("emit.unreadable"));
}

// The bounds hold to the byte: of one object, and of all.
#[test]
fn bounds_obeyed_and_violated() {
    let objects = reviewed(&format!("{HEAD}---\n{}", HEAD.replace("name: a", "name: b")));
    let check = |object: usize, output: usize, expected: Result<usize, &str>| {
        let found = text(&objects, Bounds { object, output }).map(|text| text.len()).map_err(|error| error.code());
        assert_eq!(found, expected, "{object} {output}");
    };
    let (object, output) = (HEAD.len(), 2 * ("---\n".len() + HEAD.len()));
    check(object, output, Ok(output));
    check(object - 1, output, Err("emit.object-too-large"));
    check(object, output - 1, Err("emit.too-large"));
}

/// Takes some bytes, then fails as a pipe does whose reader is gone.
struct Closing {
    room: usize,
    on_flush: Option<io::ErrorKind>,
}

impl Write for Closing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.room);
        self.room -= taken;
        if taken == 0 { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(taken) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.on_flush.map_or(Ok(()), |kind| Err(kind.into()))
    }
}

// An output that does not take every byte, or loses some when flushed, is an error of its own.
#[test]
fn a_closed_output_is_an_error() {
    let check = |room: usize, on_flush: Option<io::ErrorKind>, expected: Result<(), &str>| {
        let result = write(&reviewed(HEAD), Empty::Refused, &mut Closing { room, on_flush });
        assert_eq!(result.map_err(|error| error.code()), expected, "{room}");
    };
    let whole = "---\n".len() + HEAD.len();
    check(0, None, Err("stdout.closed"));
    check(whole - 1, None, Err("stdout.closed"));
    check(whole, Some(io::ErrorKind::StorageFull), Err("stdout.closed"));
    check(whole, None, Ok(()));
}
