use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{Builder, Slot, Tape, TapeError, View};

fn write(value: &Value, slot: Slot<'_>) {
    match value {
        Value::Null => slot.null(),
        Value::Bool(true) => slot.truth(),
        Value::Bool(false) => slot.falsehood(),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => slot.integer(integer),
            None => slot.float(number.as_f64().expect("a number")),
        },
        Value::String(text) => slot.text(text),
        Value::Array(items) => slot.list(|list| items.iter().for_each(|item| write(item, list.item()))),
        Value::Object(entries) => slot.map(|map| entries.iter().for_each(|(key, value)| write(value, map.entry(key)))),
    }
}

fn tape(documents: &[Value]) -> Vec<u8> {
    let mut builder = Builder::default();
    for document in documents {
        write(document, builder.document());
    }
    builder.finish().expect("small")
}

fn documents() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        // serde_json reads long fractions one bit off; quarters are exact.
        any::<i32>().prop_map(|number| Value::from(f64::from(number) / 4.0)),
        ".{0,60}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 80, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec(("[a-c/~]{0,2}|.{0,50}", inner), 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// Calls `judge` with every value below `node` and the pointer to it.
fn each(value: &Value, pointer: &str, judge: &mut impl FnMut(&str, &Value)) {
    judge(pointer, value);
    match value {
        Value::Array(items) => items.iter().enumerate().for_each(|(at, item)| each(item, &format!("{pointer}/{at}"), judge)),
        Value::Object(entries) => entries.iter().for_each(|(key, value)| {
            each(value, &format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), judge);
        }),
        _ => {}
    }
}

proptest! {
    /// A tape says what was written, is sound, and the same documents give the same bytes.
    #[test]
    fn documents_come_back(all in prop::collection::vec(documents(), 0..4)) {
        let bytes = tape(&all);
        prop_assert_eq!(&bytes, &tape(&all));
        let tape = Tape::read(&bytes).expect("our own");
        prop_assert_eq!(tape.verify(), Ok(()));
        prop_assert_eq!(tape.len(), all.len());
        for (number, document) in all.iter().enumerate() {
            let read: Value = serde_json::from_str(&tape.json(tape.document(number).expect("it is there"))).expect("JSON");
            prop_assert_eq!(&read, document);
        }
    }

    /// Every value is found by its keys and knows the way to itself.
    #[test]
    fn every_value_knows_its_way(document in documents()) {
        let bytes = tape(std::slice::from_ref(&document));
        let tape = Tape::read(&bytes).expect("our own");
        let root = tape.document(0).expect("it is there");
        each(&document, "", &mut |pointer, value| {
            let node = pointer.split('/').skip(1).try_fold(root, |node, step| match tape.view(node) {
                View::List(mut items) => items.nth(step.parse().expect("an index")),
                _ => tape.get(node, &step.replace("~1", "/").replace("~0", "~")),
            });
            let node = node.expect("it was written");
            assert_eq!(tape.pointer(root, node).as_deref(), Some(pointer));
            assert_eq!(&serde_json::from_str::<Value>(&tape.json(node)).expect("JSON"), value);
        });
    }

    /// A tape with one byte changed, or cut short, is refused or read to its end: no panic, no endless walk.
    #[test]
    fn damage_is_harmless(document in documents(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = tape(std::slice::from_ref(&document));
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at); } else { bytes[at] = byte; }
        if let Ok(tape) = Tape::read(&bytes) && tape.verify().is_ok() && let Some(root) = tape.document(0) {
            prop_assert!(serde_json::from_str::<Value>(&tape.json(root)).is_ok());
        }
    }
}

/// The form is the documented one: these bytes were written by a program that was made from docs/policy-tape.md alone.
#[test]
fn the_form_is_the_documented_one() {
    let mut builder = Builder::default();
    builder.document().map(|pod| {
        pod.entry("kind").text("Pod");
        pod.entry("apiVersion").text("v1");
        pod.entry("metadata").map(|metadata| {
            metadata.entry("name").text("a");
            metadata.entry("labels").null();
        });
        pod.entry("spec").map(|spec| {
            spec.entry("replicas").integer(2);
            spec.entry("weight").float(0.5);
            spec.entry("on").truth();
            spec.entry("off").falsehood();
            spec.entry("token").sealed(1);
        });
    });
    write(&json!(["v1", ["v1", -1]]), builder.document());
    builder.document().text("größe");
    assert_eq!(builder.finish().unwrap(), include_bytes!("../fuzz/seeds/tape/documents"));
}

/// Of two entries with one key the last counts.
#[test]
fn the_last_of_equal_keys_counts() {
    let mut builder = Builder::default();
    builder.document().map(|map| {
        map.entry("b").integer(1);
        map.entry("a").integer(2);
        map.entry("b").integer(3);
    });
    let bytes = builder.finish().unwrap();
    let tape = Tape::read(&bytes).unwrap();
    assert_eq!(tape.json(tape.document(0).unwrap()), r#"{"a":2,"b":3}"#);
}

/// A handle is no text, whatever a text looks like.
#[test]
fn handles_are_told_from_texts() {
    let mut builder = Builder::default();
    builder.document().sealed(3);
    builder.document().text("<sealed:3>");
    let bytes = builder.finish().unwrap();
    let tape = Tape::read(&bytes).unwrap();
    assert_eq!(tape.view(tape.document(0).unwrap()), View::Sealed(3));
    assert_eq!(tape.view(tape.document(1).unwrap()), View::Text("<sealed:3>"));
}

/// A value knows its file, line and column; one without says nothing.
#[test]
fn values_know_their_origin() {
    let mut builder = Builder::default();
    let file = builder.file("values.yaml");
    builder.document().list(|list| {
        list.item().at(file, 3, 5).text("here");
        list.item().text("nowhere");
    });
    let bytes = builder.finish().unwrap();
    let tape = Tape::read(&bytes).unwrap();
    let View::List(mut items) = tape.view(tape.document(0).unwrap()) else { panic!("a list") };
    let known = tape.origin(items.next().unwrap()).unwrap();
    assert_eq!((known.source, known.line, known.column), ("values.yaml", 3, 5));
    assert_eq!(tape.origin(items.next().unwrap()), None);
}

/// What is no tape is refused with its reason.
#[test]
fn other_bytes_are_refused() {
    let good = tape(&[json!({"a": [1, "b"]})]);
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        Tape::read(&bytes).map(|_| ())
    };
    assert_eq!(with(0, b'X'), Err(TapeError::Magic));
    assert_eq!(with(good.len() - 1, 0xff), Err(TapeError::Text));
    assert_eq!(with(4, 2), Err(TapeError::Version(2)));
    assert_eq!(with(8, 200), Err(TapeError::Length));
    assert_eq!(with(11, 0x10), Err(TapeError::TooLarge));
    assert_eq!(with(11, 0x0f), Err(TapeError::Length));
    assert_eq!(Tape::read(&good[..good.len() - 1]).map(|_| ()), Err(TapeError::Length));
    assert_eq!(Tape::read(&[good.as_slice(), b"x"].concat()).map(|_| ()), Err(TapeError::Length));
    assert_eq!(Tape::read(b"").map(|_| ()), Err(TapeError::Length));
}

/// A value that two lists share is seen: a walk could take as long as there are ways to it.
#[test]
fn a_shared_value_is_seen() {
    let mut bytes = tape(&[json!([[1], [2]])]);
    // The links: 2 (of the first inner list), 4 (of the second), 1 and 3 (of the outer).
    let links = bytes.len() - 20;
    let second = bytes[links + 4..links + 8].to_vec();
    bytes[links..links + 4].copy_from_slice(&second);
    assert_eq!(Tape::read(&bytes).unwrap().verify(), Err(TapeError::Inconsistent));
}

/// A node that names itself as its child is seen and does not make a walk endless.
#[test]
fn a_circle_is_no_way() {
    let mut bytes = tape(&[json!([[1]])]);
    // The links are the last section but the document's number: inner list first.
    let links = bytes.len() - 12;
    bytes[links + 4..links + 8].copy_from_slice(&0_u32.to_le_bytes());
    let tape = Tape::read(&bytes).unwrap();
    assert_eq!(tape.verify(), Err(TapeError::Inconsistent));
    assert_eq!(tape.json(tape.document(0).unwrap()), "[]");
}
