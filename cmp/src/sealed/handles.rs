//! Handles: objects as policies see them, without a byte of what was sealed.
//!
//! In: [`Manifests`] and the sealed leaves. Out: one document on a tape for each object, in order.
//! Rules: what depends on sealed leaves is a handle, the whole node where its structure does; its number is equal for equal sets of
//! leaves, counted from 1 in the order they appear. No hash, no length.
//! Not here: what a policy makes of a handle.

use std::collections::{BTreeMap, BTreeSet};

use helm::provenance::LeafId;
use tape::{Builder, Slot};
use yaml::{Node, Value};

use crate::taping;
use crate::validate::{Manifests, Object};

/// The number of each set of leaves.
type Handles = BTreeMap<Vec<LeafId>, u32>;

/// Writes the objects as policies see them.
pub fn objects(manifests: &Manifests, sealed: &BTreeSet<LeafId>, builder: &mut Builder) {
    let mut handles = Handles::new();
    for object in &manifests.objects {
        Taping { object, sealed, handles: &mut handles }.write(&object.tree, builder.document());
    }
}

/// An object on its way to a tape.
struct Taping<'a> {
    object: &'a Object,
    sealed: &'a BTreeSet<LeafId>,
    handles: &'a mut Handles,
}

impl Taping<'_> {
    /// Depth is bounded by the reader.
    fn write(&mut self, node: &Node, slot: Slot<'_>) {
        let leaves = self.object.whole(node, self.sealed);
        if !leaves.is_empty() {
            let next = u32::try_from(self.handles.len()).unwrap_or(u32::MAX).saturating_add(1);
            return slot.sealed(*self.handles.entry(leaves.as_slice().to_vec()).or_insert(next));
        }
        match &node.value {
            Value::Null => slot.null(),
            Value::Bool(on) => taping::truth(*on, slot),
            Value::Int(integer) => slot.integer(*integer),
            Value::Float(number) => taping::number(*number, slot),
            Value::String(text) | Value::Time(text) => slot.text(text),
            Value::Sequence(items) => slot.list(|list| items.iter().for_each(|item| self.write(item, list.item()))),
            Value::Mapping(entries) => {
                slot.map(|map| entries.iter().for_each(|entry| self.write(&entry.value, map.entry(&entry.key))));
            }
        }
    }
}

/// Returns the objects as policies see them, as JSON.
#[cfg(test)]
pub(crate) fn as_json(manifests: &Manifests, sealed: &BTreeSet<LeafId>) -> Vec<serde_json::Value> {
    let mut builder = Builder::default();
    objects(manifests, sealed, &mut builder);
    let bytes = builder.finish().unwrap();
    let tape = tape::Tape::read(&bytes).unwrap();
    let documents = (0..tape.len()).filter_map(|number| tape.document(number));
    documents.map(|root| serde_json::from_str(&tape.json(root)).unwrap()).collect()
}
