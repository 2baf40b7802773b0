//! Handles: objects as policies see them, without a byte of what was sealed.
//!
//! In: [`Manifests`] and the sealed leaves. Out: one JSON value for each object, in order.
//! Rules: what depends on sealed leaves is the string `<sealed:N>`, the whole node where its structure does; N is equal for equal
//! sets of leaves, counted from 1 in the order they appear. No hash, no length.
//! Not here: what a policy makes of a handle.

use std::collections::{BTreeMap, BTreeSet};

use helm::provenance::LeafId;
use serde_json::{Number, Value as Json};
use yaml::{Node, Value};

use crate::validate::{Manifests, Object};

/// The number of each set of leaves.
type Handles = BTreeMap<Vec<LeafId>, usize>;

/// Returns the objects as policies see them.
#[must_use]
pub fn objects(manifests: &Manifests, sealed: &BTreeSet<LeafId>) -> Vec<Json> {
    let mut handles = Handles::new();
    manifests.objects.iter().map(|object| json(object, &object.tree, sealed, &mut handles)).collect()
}

/// Depth is bounded by the reader.
fn json(object: &Object, node: &Node, sealed: &BTreeSet<LeafId>, handles: &mut Handles) -> Json {
    let leaves = object.whole(node, sealed);
    if !leaves.is_empty() {
        let next = handles.len().saturating_add(1);
        let number = handles.entry(leaves.as_slice().to_vec()).or_insert(next);
        return Json::String(format!("<sealed:{number}>"));
    }
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(on) => Json::Bool(*on),
        Value::Int(integer) => Json::Number(Number::from(*integer)),
        Value::Float(number) => crate::json::number(*number),
        Value::String(text) | Value::Time(text) => Json::String(text.clone()),
        Value::Sequence(items) => items.iter().map(|item| json(object, item, sealed, handles)).collect(),
        Value::Mapping(entries) => {
            let entries = entries.iter().map(|entry| (entry.key.clone(), json(object, &entry.value, sealed, handles)));
            Json::Object(entries.collect())
        }
    }
}
