//! Search: the second net, for opened values that stand in objects without a mark.
//!
//! In: [`Manifests`] and the opened values. Out: every place that holds one.
//! Rules: a value of [`SHORTEST_CHARACTERS`] or more, as it is or in base64, within any key or single value outside of a Secret's own
//! values. What provenance already tracks is not looked at again.
//! Not here: what a finding means; a chart may well hold the same word as a secret by accident.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use helm::provenance::{LeafId, Leaves};
use yaml::{Node, Value};
use zeroize::Zeroizing;

use super::{SealedError, Watch, below, is_secret_value};
use crate::validate::{Manifests, Object};

/// Shorter values stand in any text by accident.
pub const SHORTEST_CHARACTERS: usize = 6;

/// An opened value.
#[derive(Clone, Copy)]
pub struct OpenedValue<'a> {
    /// Its leaf.
    pub leaf: LeafId,
    /// Its text.
    pub text: &'a str,
}

/// What to look for.
struct Needle {
    leaf: LeafId,
    text: Zeroizing<String>,
    base64: Zeroizing<String>,
}

/// Checks that no object holds an opened value by another way than from its leaf.
///
/// # Errors
/// Every [`SealedError::Equal`], in the order of the objects.
pub fn check(manifests: &Manifests, watch: &Watch<'_>, opened: &[OpenedValue<'_>]) -> Result<(), Vec<SealedError>> {
    let long = opened.iter().filter(|value| value.text.chars().nth(SHORTEST_CHARACTERS - 1).is_some());
    let needles = long.map(|value| Needle {
        leaf: value.leaf,
        text: Zeroizing::new(value.text.to_owned()),
        base64: Zeroizing::new(STANDARD_NO_PAD.encode(value.text)),
    });
    let needles: Vec<Needle> = needles.collect();
    let mut errors = Vec::new();
    if !needles.is_empty() {
        manifests.objects.iter().for_each(|object| search(object, watch, &needles, &mut errors));
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn search(object: &Object, watch: &Watch<'_>, needles: &[Needle], errors: &mut Vec<SealedError>) {
    let mut waiting = vec![(&object.tree, String::new())];
    while let Some((node, pointer)) = waiting.pop() {
        if is_tracked(object, node, watch.sealed) || is_secret_value(object, node, &pointer) {
            continue;
        }
        let found: Leaves = needles.iter().filter(|needle| holds(node, needle)).map(|needle| needle.leaf).collect();
        if found.is_empty() {
            waiting.extend(below(node, &pointer).into_iter().rev());
        } else {
            let (label, at) = (object.label.clone(), object.place_of(node));
            errors.push(SealedError::Equal { label, pointer, at, sources: watch.sources(&found) });
        }
    }
}

fn is_tracked(object: &Object, node: &Node, sealed: &BTreeSet<LeafId>) -> bool {
    !object.whole(node, sealed).is_empty()
}

/// Says whether a node's own text holds a value: a string, a number, or the keys of a mapping.
fn holds(node: &Node, needle: &Needle) -> bool {
    let holds = |text: &str| text.contains(needle.text.as_str()) || text.contains(needle.base64.as_str());
    match &node.value {
        Value::String(text) | Value::Time(text) => holds(text),
        Value::Int(integer) => holds(&integer.to_string()),
        Value::Float(number) => holds(&number.to_string()),
        Value::Mapping(entries) => entries.iter().any(|entry| holds(&entry.key)),
        Value::Null | Value::Bool(_) | Value::Sequence(_) => false,
    }
}
