//! Explain: which layers set a value, which won, and what uses it.
//!
//! In: [`Values`], a path. Out: [`Explanation`]s, one for each single value at or below the path.
//! Rules: a list counts as one value, for lists replace; a null deletes what layers before it have set; a sealed value shows as `<sealed>`.
//! Not here: a chart's defaults, how it is printed.

use std::collections::{BTreeMap, BTreeSet};

use helm::provenance::LeafId;
use helm::values::{Step, ValuePath};
use sops::{Leaf, Shape, Tree};
use yaml::{Node, Position};

use crate::json;
use crate::merge::Merged;
use crate::origin::below;
use crate::sealed;
use crate::secrets::{LayerValues, OpenedLayer};
use crate::validate::{Manifests, Object, SEALED};
use crate::values::Values;

/// The most characters of a value that are shown.
pub const SHOWN_CHARACTERS: usize = 60;

/// What one layer says of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The layer's name.
    pub layer: String,
    /// The role that owns it.
    pub owner: String,
    /// The file.
    pub file: String,
    /// Where in it.
    pub at: Position,
    /// What it says.
    pub shown: Shown,
    /// Whether nothing later says otherwise.
    pub wins: bool,
}

/// What a layer says, as far as it may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A value as JSON prints it, cut where it is long; strings bare.
    Value(String),
    /// A value that is sealed.
    Sealed,
    /// Null: what was set before is deleted.
    Deleted,
}

/// Where a value is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// `Kind/name`.
    pub object: String,
    /// A JSON pointer.
    pub pointer: String,
}

/// All about one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Its path.
    pub path: ValuePath,
    /// What layers say, lowest precedence first.
    pub settings: Vec<Setting>,
    /// Its leaves in a render in which all are tracked.
    leaves: BTreeSet<LeafId>,
}

impl Explanation {
    /// Returns what holds in the end.
    #[must_use]
    pub fn result(&self) -> &Shown {
        self.settings.last().map_or(&Shown::Deleted, |setting| &setting.shown)
    }
}

/// No layer sets the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotSet {
    /// The nearest path that some layer sets, or a parent of it.
    pub nearest: Option<ValuePath>,
}

/// What layers say at each path of a single value.
type Said = BTreeMap<Vec<Step>, Vec<(usize, Position, Shown)>>;

/// Returns what layers say of the values at and below `path`. `merged` has every leaf tracked.
///
/// # Errors
/// [`NotSet`].
pub fn explain(values: &Values<'_>, merged: &Merged, path: &ValuePath) -> Result<Vec<Explanation>, NotSet> {
    let mut said = Said::new();
    let mut deletions: Vec<(Vec<Step>, usize, Position)> = Vec::new();
    for (number, layer) in values.layers.iter().enumerate() {
        collect(layer, number, &mut said, &mut deletions);
    }
    for (parent, number, at) in deletions {
        // What layers have said below a null is deleted by it; a null over nothing is said of its own path.
        let below: Vec<Vec<Step>> = said.keys().filter(|known| known.starts_with(&parent)).cloned().collect();
        let below = if below.is_empty() { vec![parent] } else { below };
        for known in below {
            said.entry(known).or_default().push((number, at, Shown::Deleted));
        }
    }
    for settings in said.values_mut() {
        settings.sort_by_key(|setting| setting.0);
    }
    let found: Vec<Explanation> = said
        .iter()
        .filter(|(known, _)| known.starts_with(path.steps()))
        .map(|(known, settings)| explanation(known, settings, &values.layers, merged))
        .collect();
    if found.is_empty() { Err(NotSet { nearest: nearest(path, &said) }) } else { Ok(found) }
}

fn explanation(path: &[Step], said: &[(usize, Position, Shown)], layers: &[OpenedLayer<'_>], merged: &Merged) -> Explanation {
    let last = said.len().saturating_sub(1);
    let settings = said.iter().enumerate().filter_map(|(place, (number, at, shown))| {
        let OpenedLayer { layer, path, values: _ } = layers.get(*number)?;
        let (layer, owner, file) = (layer.name.clone(), layer.owner.clone(), path.clone());
        Some(Setting { layer, owner, file, at: *at, shown: shown.clone(), wins: place == last })
    });
    let value = path.iter().try_fold(merged.values.clone(), |value, step| below(&value, step));
    let leaves = value.map(|value| value.all_leaves().as_slice().iter().copied().collect()).unwrap_or_default();
    Explanation { path: ValuePath::new(path.to_vec()), settings: settings.collect(), leaves }
}

fn collect(layer: &OpenedLayer<'_>, number: usize, said: &mut Said, deletions: &mut Vec<(Vec<Step>, usize, Position)>) {
    let mut add = |path: &[Step], at: Position, shown: Shown| match shown {
        Shown::Deleted => deletions.push((path.to_vec(), number, at)),
        shown => said.entry(path.to_vec()).or_default().push((number, at, shown)),
    };
    match &layer.values {
        LayerValues::Clear(node) => clear(node, &mut Vec::new(), &mut add),
        LayerValues::Opened(opened) => tree(&opened.root, &mut Vec::new(), &mut add),
    }
}

/// Told of each single value: path, place, what is shown.
type Add<'a> = dyn FnMut(&[Step], Position, Shown) + 'a;

/// Depth is bounded by the reader.
fn clear(node: &Node, path: &mut Vec<Step>, add: &mut Add<'_>) {
    match &node.value {
        yaml::Value::Mapping(entries) if !entries.is_empty() || path.is_empty() => {
            for entry in entries {
                path.push(Step::Key(entry.key.clone()));
                clear(&entry.value, path, add);
                path.pop();
            }
        }
        yaml::Value::Null => add(path, node.span.start, Shown::Deleted),
        yaml::Value::String(text) => add(path, node.span.start, Shown::Value(cut(text))),
        _ => add(path, node.span.start, Shown::Value(cut(&json::tree(node).to_string()))),
    }
}

/// Depth is bounded by the reader.
fn tree(node: &Tree, path: &mut Vec<Step>, add: &mut Add<'_>) {
    match &node.shape {
        Shape::Mapping(branches) if !branches.is_empty() || path.is_empty() => {
            for branch in branches {
                path.push(Step::Key(branch.key.clone()));
                tree(&branch.value, path, add);
                path.pop();
            }
        }
        Shape::Mapping(_) => add(path, node.span.start, Shown::Value("{}".to_owned())),
        Shape::Sequence(items) if items.iter().any(holds_sealed) => add(path, node.span.start, Shown::Sealed),
        Shape::Sequence(items) => add(path, node.span.start, Shown::Value(format!("a list of {}", items.len()))),
        Shape::Leaf(Leaf::Opened { .. }) => add(path, node.span.start, Shown::Sealed),
        Shape::Leaf(Leaf::Clear(scalar)) => add(path, node.span.start, scalar_shown(scalar)),
    }
}

fn scalar_shown(scalar: &sops::Scalar) -> Shown {
    match scalar {
        sops::Scalar::Null => Shown::Deleted,
        sops::Scalar::Bool(on) => Shown::Value(on.to_string()),
        sops::Scalar::Number(number) => Shown::Value(json::number(*number).to_string()),
        sops::Scalar::String(text) => Shown::Value(cut(text)),
    }
}

fn holds_sealed(node: &Tree) -> bool {
    match &node.shape {
        Shape::Mapping(branches) => branches.iter().any(|branch| holds_sealed(&branch.value)),
        Shape::Sequence(items) => items.iter().any(holds_sealed),
        Shape::Leaf(Leaf::Opened { .. }) => true,
        Shape::Leaf(Leaf::Clear(_)) => false,
    }
}

/// Returns the first line of a text, cut where it is long.
fn cut(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let shown: String = line.chars().take(SHOWN_CHARACTERS).collect();
    if shown.len() == text.len() { shown } else { format!("{shown}...") }
}

/// Returns the path that was probably meant, among those that layers set and their parents.
fn nearest(path: &ValuePath, said: &Said) -> Option<ValuePath> {
    let meant = path.to_string();
    let known = said.keys().flat_map(|known| (1..=known.len()).filter_map(|length| known.get(..length)));
    let known: BTreeSet<&[Step]> = known.collect();
    let written: BTreeMap<String, ValuePath> =
        known.into_iter().map(|known| ValuePath::new(known.to_vec())).map(|known| (known.to_string(), known)).collect();
    crate::nearest::nearest(&meant, written.keys()).and_then(|text| written.get(text)).cloned()
}

/// Returns where the values are used, in the order of the objects; `manifests` come of a render in which every leaf is tracked. Outermost
/// nodes only: what stands below one that depends as a whole depends too.
#[must_use]
pub fn uses(explanations: &[Explanation], manifests: &Manifests) -> Vec<Use> {
    let leaves: BTreeSet<LeafId> = explanations.iter().flat_map(|one| one.leaves.iter().copied()).collect();
    manifests.objects.iter().flat_map(|object| uses_in(object, &leaves)).collect()
}

fn uses_in(object: &Object, leaves: &BTreeSet<LeafId>) -> Vec<Use> {
    let mut found = Vec::new();
    let mut waiting = vec![(&object.tree, String::new())];
    while let Some((node, at)) = waiting.pop() {
        if !object.whole(node, leaves).is_empty() {
            found.push(Use { object: object.label.to_string(), pointer: at });
            continue;
        }
        waiting.extend(sealed::below(node, &at).into_iter().rev());
    }
    found
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Value(text) => text,
            Self::Sealed => SEALED,
            Self::Deleted => "deleted",
        })
    }
}
