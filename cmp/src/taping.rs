//! Taping: trees as policies read them.
//!
//! Rules: numbers as JSON has them, whole ones as integers; a timestamp is its text, as Helm reads it; every value says where it was written.
//! Depth is bounded by the readers.

use tape::{File, Slot};
use yaml::{Node, Position, Value};

use crate::json;

/// Writes a number.
pub(crate) fn number(number: f64, slot: Slot<'_>) {
    match json::integer(number) {
        Some(integer) => slot.integer(integer),
        None => slot.float(number),
    }
}

/// Writes a boolean.
pub(crate) fn truth(on: bool, slot: Slot<'_>) {
    if on { slot.truth() } else { slot.falsehood() }
}

/// Says where the value of a slot was written.
pub(crate) fn at(slot: Slot<'_>, file: File, at: Position) -> Slot<'_> {
    slot.at(file, at.line, at.column)
}

/// Writes a tree of a file.
pub(crate) fn tree(node: &Node, file: File, slot: Slot<'_>) {
    let slot = at(slot, file, node.span.start);
    match &node.value {
        Value::Null => slot.null(),
        Value::Bool(on) => truth(*on, slot),
        Value::Int(integer) => slot.integer(*integer),
        Value::Float(float) => number(*float, slot),
        Value::String(text) | Value::Time(text) => slot.text(text),
        Value::Sequence(items) => slot.list(|list| items.iter().for_each(|item| tree(item, file, list.item()))),
        Value::Mapping(entries) => {
            slot.map(|map| entries.iter().for_each(|entry| tree(&entry.value, file, map.entry(&entry.key))));
        }
    }
}
