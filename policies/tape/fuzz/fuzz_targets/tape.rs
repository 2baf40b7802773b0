//! Any bytes: no question to a tape panics, and one that is sound comes back from a builder as it was.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tape::{Builder, Node, Slot, Tape, View};

fuzz_target!(|bytes: &[u8]| {
    let Ok(tape) = Tape::read(bytes) else { return };
    let roots: Vec<Node> = (0..tape.len()).filter_map(|number| tape.document(number)).collect();
    for root in &roots {
        let _view = (tape.view(*root), tape.origin(*root), tape.get(*root, "a"), tape.pointer(*root, *root));
    }
    if tape.verify().is_err() {
        return;
    }
    let mut builder = Builder::default();
    for root in &roots {
        copy(&tape, *root, builder.document(), 0);
    }
    let copied = builder.finish().expect("it is no larger than before");
    let again = Tape::read(&copied).expect("our own");
    again.verify().expect("our own");
    for (number, root) in roots.iter().enumerate() {
        let root_again = again.document(number).expect("as many documents");
        if depth(&tape, *root, 0) < DEPTH {
            assert_eq!(tape.json(*root), again.json(root_again));
        }
    }
});

/// Documents are no deeper than their readers let them be.
const DEPTH: usize = 200;

fn depth(tape: &Tape<'_>, node: Node, above: usize) -> usize {
    if above >= DEPTH {
        return above;
    }
    match tape.view(node) {
        View::List(items) => items.map(|item| depth(tape, item, above + 1)).max().unwrap_or(above),
        View::Map(entries) => entries.map(|(_, value)| depth(tape, value, above + 1)).max().unwrap_or(above),
        _ => above,
    }
}

fn copy(tape: &Tape<'_>, node: Node, slot: Slot<'_>, above: usize) {
    match tape.view(node) {
        _ if above >= DEPTH => slot.null(),
        View::Null => slot.null(),
        View::Bool(true) => slot.truth(),
        View::Bool(false) => slot.falsehood(),
        View::Integer(integer) => slot.integer(integer),
        View::Float(float) => slot.float(float),
        View::Text(text) => slot.text(text),
        View::Sealed(handle) => slot.sealed(handle),
        View::List(items) => slot.list(|list| items.for_each(|item| copy(tape, item, list.item(), above + 1))),
        View::Map(entries) => slot.map(|map| entries.for_each(|(key, value)| copy(tape, value, map.entry(key), above + 1))),
    }
}
