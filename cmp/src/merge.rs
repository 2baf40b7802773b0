//! Merge: from opened layers to one tree of values, every leaf with its origin.
//!
//! In: [`OpenedLayer`]s, lowest precedence first. Out: [`Merged`].
//! Rules: `helm::values::merge` merges; before it, a map replaced by a scalar or list, and the reverse, is an error, null conflicts with
//! nothing. Sealed leaves are always tracked through what follows, the others only when asked for ([`Tracking`]).
//! Not here: a chart's defaults, list strategies, waivers of conflicts.

use std::collections::BTreeMap;

use helm::value::{Data, Map, Text, Value};
use helm::values::{self, Step, ValuePath};
use sops::{Digest, Leaf, Scalar, Shape, Tree};
use yaml::{LeafId, LeafPlace, LeafTable, Node, Position, SourceId, Span};

use crate::secrets::{LayerValues, OpenedLayer};

/// Which leaves the values carry through a render.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tracking {
    /// Those that were sealed.
    Sealed,
    /// All, so that anything can be explained.
    All,
}

/// The values of an application.
#[derive(Debug)]
pub struct Merged {
    /// The tree, nulls kept.
    pub values: Value,
    /// Where each leaf was written; sources are layers, by their place in the order.
    pub leaves: LeafTable,
    /// The leaves that were sealed, each with what stands for it where it may not.
    pub sealed: BTreeMap<LeafId, Digest>,
}

/// What kind of value stands at a path, as far as layers must agree on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A map.
    Map,
    /// A list.
    List,
    /// A single value.
    Scalar,
}

/// Two layers give one path different kinds of value.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` is a {} in {upper_file}:{upper_at} but a {} in {lower_file}:{lower_at}", upper.name(), lower.name())]
pub struct KindConflict {
    /// The path.
    pub path: ValuePath,
    /// The kind in the layer that comes later.
    pub upper: Kind,
    /// Its file.
    pub upper_file: String,
    /// Its place there.
    pub upper_at: Position,
    /// The kind in the layer that comes first.
    pub lower: Kind,
    /// Its file.
    pub lower_file: String,
    /// Its place there.
    pub lower_at: Position,
}

impl Kind {
    /// Returns the word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Map => "map",
            Self::List => "list",
            Self::Scalar => "single value",
        }
    }
}

/// Returns the merged values of the layers.
///
/// # Errors
/// Every [`KindConflict`], layer by layer.
pub fn merge(layers: &[OpenedLayer<'_>], tracking: Tracking) -> Result<Merged, Vec<KindConflict>> {
    let conflicts = conflicts(layers);
    if !conflicts.is_empty() {
        return Err(conflicts);
    }
    let mut merged = Merged { values: Value::map(Map::new()), leaves: LeafTable::default(), sealed: BTreeMap::new() };
    for (place, layer) in layers.iter().enumerate() {
        let source = SourceId(u32::try_from(place).unwrap_or(u32::MAX));
        let values = match &layer.values {
            LayerValues::Clear(node) => values::from_node(node, &mut |leaf| {
                let id = merged.leaves.add(LeafPlace { source, span: leaf.span });
                (tracking == Tracking::All).then_some(id)
            }),
            LayerValues::Opened(opened) => merged.tree(&opened.root, source, tracking),
        };
        merged.values = values::merge(&merged.values, &values);
    }
    Ok(merged)
}

impl Merged {
    /// Returns an opened tree as values. Depth is bounded by the reader.
    fn tree(&mut self, tree: &Tree, source: SourceId, tracking: Tracking) -> Value {
        let leaf = match &tree.shape {
            Shape::Sequence(items) if !items.is_empty() => {
                return Value::list(items.iter().map(|item| self.tree(item, source, tracking)).collect());
            }
            Shape::Mapping(branches) if !branches.is_empty() => {
                let map = Map::new();
                for branch in branches {
                    map.insert(branch.key.as_bytes(), self.tree(&branch.value, source, tracking));
                }
                return Value::map(map);
            }
            Shape::Sequence(_) => Value::list(Vec::new()).data,
            Shape::Mapping(_) => Value::map(Map::new()).data,
            Shape::Leaf(Leaf::Clear(scalar)) => data(scalar),
            Shape::Leaf(Leaf::Opened { secret, .. }) => data(secret.expose()),
        };
        let id = self.leaves.add(LeafPlace { source, span: tree.span });
        if let Shape::Leaf(Leaf::Opened { digest, .. }) = &tree.shape {
            self.sealed.insert(id, *digest);
            return Value::of_leaf(leaf, id);
        }
        if tracking == Tracking::All { Value::of_leaf(leaf, id) } else { Value::plain(leaf) }
    }
}

fn data(scalar: &Scalar) -> Data {
    match scalar {
        Scalar::Null => Data::Nil,
        Scalar::Bool(on) => Data::Bool(*on),
        Scalar::Number(number) => Data::Float(*number),
        Scalar::String(text) => Data::String(Text::from(text.as_str())),
    }
}

/// A node of either tree, as far as kinds go.
enum Part<'a> {
    Node(&'a Node),
    Tree(&'a Tree),
}

impl<'a> Part<'a> {
    fn span(&self) -> Span {
        match self {
            Self::Node(node) => node.span,
            Self::Tree(tree) => tree.span,
        }
    }

    /// Returns the kind; null has none.
    fn kind(&self) -> Option<Kind> {
        match self {
            Self::Node(Node { value: yaml::Value::Null, .. })
            | Self::Tree(Tree { shape: Shape::Leaf(Leaf::Clear(Scalar::Null)), .. }) => None,
            Self::Node(Node { value: yaml::Value::Mapping(_), .. }) | Self::Tree(Tree { shape: Shape::Mapping(_), .. }) => {
                Some(Kind::Map)
            }
            Self::Node(Node { value: yaml::Value::Sequence(_), .. }) | Self::Tree(Tree { shape: Shape::Sequence(_), .. }) => {
                Some(Kind::List)
            }
            Self::Node(_) | Self::Tree(_) => Some(Kind::Scalar),
        }
    }

    fn entries(&self) -> Vec<(&'a str, Part<'a>)> {
        match self {
            Self::Node(Node { value: yaml::Value::Mapping(entries), .. }) => {
                entries.iter().map(|entry| (entry.key.as_str(), Part::Node(&entry.value))).collect()
            }
            Self::Tree(Tree { shape: Shape::Mapping(branches), .. }) => {
                branches.iter().map(|branch| (branch.key.as_str(), Part::Tree(&branch.value))).collect()
            }
            Self::Node(_) | Self::Tree(_) => Vec::new(),
        }
    }
}

/// What stands at the paths merged so far.
type Seen = BTreeMap<Vec<Step>, (Kind, usize, Position)>;

fn conflicts(layers: &[OpenedLayer<'_>]) -> Vec<KindConflict> {
    let (mut seen, mut found) = (Seen::new(), Vec::new());
    for (place, layer) in layers.iter().enumerate() {
        let root = match &layer.values {
            LayerValues::Clear(node) => Part::Node(node),
            LayerValues::Opened(opened) => Part::Tree(&opened.root),
        };
        let mut waiting: Vec<(Vec<Step>, Part<'_>)> = vec![(Vec::new(), root)];
        while let Some((path, part)) = waiting.pop() {
            let at = part.span().start;
            let Some(upper) = part.kind() else {
                // What null deletes, nothing below it can conflict with any more.
                let below = seen.range(path.clone()..).map(|(known, _)| known.clone());
                let below: Vec<Vec<Step>> = below.take_while(|known| known.starts_with(&path)).collect();
                for known in &below {
                    seen.remove(known);
                }
                continue;
            };
            let lower = seen.insert(path.clone(), (upper, place, at));
            if let Some((lower, lower_place, lower_at)) = lower.filter(|(lower, ..)| *lower != upper) {
                let file = |place: usize| layers.get(place).map(|layer| layer.path.clone()).unwrap_or_default();
                let (upper_file, lower_file) = (file(place), file(lower_place));
                found.push(KindConflict {
                    path: ValuePath::new(path),
                    upper,
                    upper_file,
                    upper_at: at,
                    lower,
                    lower_file,
                    lower_at,
                });
                continue;
            }
            let below = part.entries().into_iter().rev();
            waiting.extend(below.map(|(key, part)| (path.iter().cloned().chain([Step::Key(key.to_owned())]).collect(), part)));
        }
    }
    found
}

#[cfg(test)]
mod tests;
