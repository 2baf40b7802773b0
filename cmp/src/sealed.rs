//! Sealed: opened secrets stand where secrets stand, or nowhere.
//!
//! In: [`Manifests`], what is sealed or random ([`Watch`]). Out: nothing, or every place that is not allowed.
//! Rules: text that depends on sealed leaves is a single value below `data` or `stringData` of a v1 Secret, and there only where the
//! environment prints secrets; a random value stands nowhere. Messages name places, never text.
//! Not here: how leaves get into text (`helm`), what policies see of them ([`handles`]).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use helm::provenance::{LeafId, Leaves};
use yaml::{LeafTable, Node, Position, Value};

use crate::configuration::Emission;
use crate::validate::{Label, Manifests, Object, Place, pointer};

pub mod handles;
pub mod search;

/// What to look for in objects.
#[derive(Clone, Copy, Debug)]
pub struct Watch<'a> {
    /// The sealed leaves.
    pub sealed: &'a BTreeSet<LeafId>,
    /// Where leaves were written.
    pub leaves: &'a LeafTable,
    /// The files of the leaves' sources, by number.
    pub files: &'a [String],
    /// The leaves that stand for secrets drawn in the render, each with the call that drew it; they are among the sealed.
    pub drawn: &'a BTreeMap<LeafId, String>,
    /// The leaves that stand for random values, each with the call that made it.
    pub chance: &'a BTreeMap<LeafId, String>,
    /// What happens to opened secrets in a Secret.
    pub emission: Emission,
}

/// Where a sealed leaf comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SealedAt {
    /// It was written.
    Written {
        /// The file, relative to the values repository.
        file: String,
        /// The place in it.
        at: Position,
    },
    /// It was drawn in the render.
    Drawn {
        /// By which call, with its place.
        call: String,
    },
}

impl fmt::Display for SealedAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Written { file, at } => write!(f, "the sealed value of {file}:{at}"),
            Self::Drawn { call } => write!(f, "the secret drawn by {call}"),
        }
    }
}

/// The sealed values something depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SealedSources(pub Vec<SealedAt>);

impl fmt::Display for SealedSources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [] => f.write_str("a sealed value"),
            [only] => write!(f, "{only}"),
            [first, rest @ ..] => write!(f, "{first} and {} more", rest.len()),
        }
    }
}

/// Opened or random text where it may not stand.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealedError {
    /// Outside a Secret's values.
    #[error("{at}: `{label}` depends {} on {sources}", part(pointer))]
    Misplaced {
        /// The object.
        label: Label,
        /// The node.
        pointer: String,
        /// The template line.
        at: Place,
        /// What it depends on.
        sources: SealedSources,
    },
    /// In a comment, or in text that reading loses.
    #[error("{at}: text outside of all objects depends on {sources}")]
    Stray {
        /// The template line.
        at: Place,
        /// What it depends on.
        sources: SealedSources,
    },
    /// A random value.
    #[error("{at}: `{label}` has a random value {}, from {call}", part(pointer))]
    Random {
        /// The object.
        label: Label,
        /// The node.
        pointer: String,
        /// The template line.
        at: Place,
        /// The call that made it.
        call: String,
    },
    /// In a Secret, where the environment does not print secrets.
    #[error("{at}: `{label}` would show {} {sources}", part(pointer))]
    Refused {
        /// The object.
        label: Label,
        /// The node.
        pointer: String,
        /// The template line.
        at: Place,
        /// What it depends on.
        sources: SealedSources,
    },
    /// Equal to an opened value, though it does not come from there.
    #[error("{at}: `{label}` holds {} the same text as {sources}", part(pointer))]
    Equal {
        /// The object.
        label: Label,
        /// The node.
        pointer: String,
        /// The template line.
        at: Place,
        /// The value.
        sources: SealedSources,
    },
}

/// Returns how a message names a part of an object; no pointer is all of it.
fn part(pointer: &str) -> String {
    if pointer.is_empty() { "as a whole".to_owned() } else { format!("at `{pointer}`") }
}

impl SealedError {
    /// Returns the stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Misplaced { .. } => "sealed.misplaced",
            Self::Stray { .. } => "sealed.stray",
            Self::Random { .. } => "sealed.random",
            Self::Refused { .. } => "sealed.refused",
            Self::Equal { .. } => "sealed.equal",
        }
    }

    /// Returns what to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Misplaced { .. } | Self::Stray { .. } => {
                "put it below `data` or `stringData` of a Secret and refer to that, or keep the value in a layer that is not sealed"
            }
            Self::Random { .. } => "give the value in a layer: a random one differs with every render",
            Self::Refused { .. } => {
                "this environment prints no secrets: refer to a Secret that exists, or see `emission` in tidegate.yaml"
            }
            Self::Equal { .. } => "take it from the values, or change the secret: whoever reads this text knows it",
        }
    }

    /// Returns where it is.
    #[must_use]
    pub fn at(&self) -> &Place {
        match self {
            Self::Misplaced { at, .. }
            | Self::Stray { at, .. }
            | Self::Random { at, .. }
            | Self::Refused { at, .. }
            | Self::Equal { at, .. } => at,
        }
    }
}

impl Watch<'_> {
    /// Returns where leaves were written, in order.
    #[must_use]
    pub fn sources(&self, leaves: &Leaves) -> SealedSources {
        let mut places: Vec<SealedAt> = leaves.as_slice().iter().filter_map(|leaf| self.source(*leaf)).collect();
        places.sort();
        places.dedup();
        SealedSources(places)
    }

    fn source(&self, leaf: LeafId) -> Option<SealedAt> {
        if let Some(call) = self.drawn.get(&leaf) {
            return Some(SealedAt::Drawn { call: call.clone() });
        }
        let place = self.leaves.place(leaf)?;
        let file = self.files.get(usize::try_from(place.source.0).ok()?)?;
        Some(SealedAt::Written { file: file.clone(), at: place.span.start })
    }
}

/// Checks where sealed and random values stand.
///
/// # Errors
/// Every [`SealedError`]: those within objects in their order, then those outside.
pub fn check(manifests: &Manifests, watch: &Watch<'_>) -> Result<(), Vec<SealedError>> {
    let watched: BTreeSet<LeafId> = watch.sealed.iter().chain(watch.chance.keys()).copied().collect();
    let mut errors = Vec::new();
    for object in manifests.objects.iter().filter(|object| object.is_marked()) {
        for found in tracked(object, &watched) {
            errors.extend(judge(object, &found, watch));
        }
    }
    let strays = manifests.strays.iter();
    errors.extend(strays.map(|stray| SealedError::Stray { at: stray.at.clone(), sources: watch.sources(&stray.leaves) }));
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn judge(object: &Object, found: &Tracked<'_>, watch: &Watch<'_>) -> Option<SealedError> {
    let (label, pointer, at) = (object.label.clone(), found.pointer.clone(), object.place_of(found.node));
    if let Some(call) = found.leaves.as_slice().iter().find_map(|leaf| watch.chance.get(leaf)) {
        return Some(SealedError::Random { label, pointer, at, call: call.clone() });
    }
    let sources = watch.sources(&found.leaves);
    if !is_secret_value(object, found.node, &found.pointer) {
        return Some(SealedError::Misplaced { label, pointer, at, sources });
    }
    match watch.emission {
        Emission::Plaintext => None,
        Emission::Refuse => Some(SealedError::Refused { label, pointer, at, sources }),
    }
}

/// A node all of which depends on leaves.
struct Tracked<'a> {
    node: &'a Node,
    pointer: String,
    leaves: Leaves,
}

/// Returns the outermost nodes of an object all of which depends on `watched` leaves, in order.
fn tracked<'a>(object: &'a Object, watched: &BTreeSet<LeafId>) -> Vec<Tracked<'a>> {
    let mut found = Vec::new();
    let mut waiting = vec![(&object.tree, String::new())];
    while let Some((node, pointer)) = waiting.pop() {
        let leaves = object.whole(node, watched);
        if leaves.is_empty() {
            waiting.extend(below(node, &pointer).into_iter().rev());
        } else {
            found.push(Tracked { node, pointer, leaves });
        }
    }
    found
}

/// Returns the nodes right below a node, with their pointers.
pub(crate) fn below<'a>(node: &'a Node, pointer: &str) -> Vec<(&'a Node, String)> {
    match &node.value {
        Value::Mapping(entries) => entries.iter().map(|entry| (&entry.value, pointer::join(pointer, &entry.key))).collect(),
        Value::Sequence(items) => {
            let items = items.iter().enumerate();
            items.map(|(place, item)| (item, pointer::join(pointer, &place.to_string()))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) | Value::Time(_) => Vec::new(),
    }
}

/// Says whether a node is one of the values of a v1 Secret.
fn is_secret_value(object: &Object, node: &Node, pointer: &str) -> bool {
    let is_single = !matches!(node.value, Value::Mapping(_) | Value::Sequence(_));
    let key = pointer.strip_prefix("/data/").or_else(|| pointer.strip_prefix("/stringData/"));
    object.api_version == "v1" && object.kind == "Secret" && is_single && key.is_some_and(|key| !key.contains('/'))
}

#[cfg(test)]
mod tests;
