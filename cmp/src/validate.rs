//! Validate: from rendered documents to the objects Argo CD would apply.
//!
//! In: [`Document`]s in output order. Out: [`Manifests`]: objects in the same order, each with what its parts depend on.
//! Rules: documents are split and read as Argo CD reads a plugin's output, lists opened as it opens them; what it would see in
//! another way than a policy (`items: null`, a list in a list, text after `...`, one object twice) is refused.
//! Not here: which objects an application may have ([`scope`]), where opened secrets may stand (`sealed`).

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use helm::provenance::{LeafId, Leaves};
use helm::render::{Document, Part};
use yaml::{Node, Value};

#[cfg(test)]
pub(crate) mod by_hand;
mod error;
mod identity;
mod origin;
pub(crate) mod pointer;
pub(crate) mod read;
pub mod scope;
mod split;

pub use error::{Label, ValidateError};
pub use identity::{Applied, Name};
pub(crate) use identity::{member, text};
pub use origin::{Dependence, Place};
pub(crate) use origin::{among, children};

use origin::Origin;
use read::ReadFlaw;

/// Objects of one application: the largest charts make some hundreds, and Argo CD's pages slow down long before this.
pub const OBJECT_LIMIT: usize = 10_000;

/// What stands in messages for text that came of sealed leaves.
pub const SEALED: &str = "<sealed>";

/// One object.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its place among the objects, from 0.
    pub index: usize,
    /// `version` or `group/version`.
    pub api_version: String,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: Name,
    /// The namespace it names.
    pub namespace: Option<String>,
    /// Whether Argo CD applies it.
    pub applied: Applied,
    /// Its tree; places are in the document's text.
    pub tree: Node,
    /// What messages call it.
    pub label: Label,
    /// Whether what it says it is depends on sealed leaves; then nothing is said of which object it is, or is not.
    pub(crate) disguised: bool,
    origin: Rc<Origin>,
}

/// What one part of an object depends on, and where its text comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// Leaves and flow.
    pub dependence: Dependence,
    /// The template and the line in it.
    pub place: Place,
}

/// Text that depends on sealed leaves and is part of no object: a comment, or what is lost in reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// Where.
    pub at: Place,
    /// The leaves.
    pub leaves: Leaves,
}

/// All objects of one application.
#[derive(Clone, Debug, Default)]
pub struct Manifests {
    /// In the order of the output.
    pub objects: Vec<Object>,
    /// In the order of the documents.
    pub strays: Vec<Stray>,
}

impl Object {
    /// Returns the group; empty for Kubernetes' core.
    #[must_use]
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// Returns which part of the output it comes from.
    #[must_use]
    pub fn part(&self) -> Part {
        self.origin.part
    }

    /// Returns the template line it begins on.
    #[must_use]
    pub fn place(&self) -> Place {
        self.origin.place_of(&self.tree)
    }

    /// Returns what the node at a JSON pointer and all below it depend on; where it is missing, the nearest parent that is there.
    #[must_use]
    pub fn provenance(&self, pointer: &str) -> Provenance {
        let nodes = pointer::walk(&self.tree, pointer);
        let mut dependence = Dependence::default();
        for node in &nodes {
            let here = self.origin.of_node(node);
            dependence.join(&here.leaves, here.flow);
        }
        let node = nodes.last().copied().unwrap_or(&self.tree);
        let below = self.origin.of_tree(node);
        dependence.join(&below.leaves, below.flow);
        Provenance { dependence, place: self.origin.place_of(node) }
    }

    /// Returns what wrote the node at a JSON pointer, or the nearest node around it that something wrote: its own text and all below it,
    /// not what decided whether it is there. The place is that of the node itself, or of the nearest parent that is there.
    #[must_use]
    pub fn written(&self, pointer: &str) -> Provenance {
        let nodes = pointer::walk(&self.tree, pointer);
        let place = self.origin.place_of(nodes.last().copied().unwrap_or(&self.tree));
        let written = nodes.iter().rev().map(|node| self.origin.within(node)).find(|found| !found.leaves.is_empty());
        Provenance { dependence: written.unwrap_or_default(), place }
    }

    /// Returns the template line a node of this object begins on.
    pub(crate) fn place_of(&self, node: &Node) -> Place {
        self.origin.place_of(node)
    }

    /// Says whether any part of it depends on leaves.
    #[must_use]
    pub fn is_marked(&self) -> bool {
        self.origin.is_marked()
    }

    /// Returns those of `leaves` that all of `node` depends on, whatever is below it.
    pub(crate) fn whole(&self, node: &Node, leaves: &BTreeSet<LeafId>) -> Leaves {
        among(&self.origin.of_node(node).leaves, leaves)
    }
}

/// Returns the objects of `documents`. What depends on the leaves in `sealed` is in no message.
///
/// # Errors
/// Every [`ValidateError`], in the order of the output.
pub fn objects(documents: &[Document], sealed: &BTreeSet<LeafId>) -> Result<Manifests, Vec<ValidateError>> {
    let (mut manifests, mut errors) = (Manifests::default(), Vec::new());
    for document in documents {
        if let Err(found) = manifests.add(document, sealed) {
            errors.extend(found);
        }
    }
    if manifests.objects.len() > OBJECT_LIMIT {
        errors.push(ValidateError::TooMany { limit: OBJECT_LIMIT });
    }
    errors.extend(manifests.twice());
    if errors.is_empty() { Ok(manifests) } else { Err(errors) }
}

impl Manifests {
    fn add(&mut self, document: &Document, sealed: &BTreeSet<LeafId>) -> Result<(), Vec<ValidateError>> {
        let roots = read::trees(document.text.as_bytes()).map_err(|flaw| vec![unreadable(document, flaw)])?;
        let origin = Rc::new(Origin::of(document, &roots));
        let (mut trees, mut errors) = (Vec::new(), Vec::new());
        for root in &roots {
            match open(root) {
                Ok(found) => trees.extend(found),
                Err((node, fault)) => errors.push(fault.at(origin.place_of(node))),
            }
        }
        self.strays.extend(origin.stray(sealed).into_iter().map(|(at, leaves)| Stray { at, leaves }));
        let kept: Vec<&Node> = trees.clone();
        let lost = origin.lost(&kept, sealed);
        let whole = Place { template: origin.template.clone(), line: 0 };
        self.strays.extend(lost.into_iter().map(|leaves| Stray { at: whole.clone(), leaves }));
        for tree in trees {
            match identity::of(tree) {
                Ok(identity) => self.push(identity, tree, &origin, sealed),
                Err(flaw) => {
                    let node = pointer::walk(tree, flaw.pointer).pop().unwrap_or(tree);
                    let at = origin.place_of(node);
                    errors.push(ValidateError::Identity { at, pointer: flaw.pointer, rule: flaw.rule });
                }
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    fn push(&mut self, identity: identity::Identity, tree: &Node, origin: &Rc<Origin>, sealed: &BTreeSet<LeafId>) {
        let identity::Identity { api_version, kind, name, namespace, applied } = identity;
        let leaks = |pointer: &str| {
            pointer::walk(tree, pointer).iter().any(|node| !among(&origin.of_node(node).leaves, sealed).is_empty())
        };
        let shown = |pointer: &str, text: &str| if leaks(pointer) { SEALED.to_owned() } else { text.to_owned() };
        let name_at = match &name {
            Name::Given(_) => "/metadata/name",
            Name::Generated(_) => "/metadata/generateName",
        };
        let label = Label { kind: shown("/kind", &kind), name: shown(name_at, name.as_str()) };
        let disguised = ["/apiVersion", "/kind", "/metadata/namespace", name_at].into_iter().any(leaks);
        let (index, tree, origin) = (self.objects.len(), tree.clone(), Rc::clone(origin));
        self.objects.push(Object { index, api_version, kind, name, namespace, applied, tree, label, disguised, origin });
    }

    /// Returns the objects that stand for the same one in a cluster. Names that are made up later never do; those with sealed text in them
    /// are refused for it (`sealed`), and that they are equal to a clear one would spell it.
    fn twice(&self) -> Vec<ValidateError> {
        let (mut seen, mut errors) = (BTreeMap::new(), Vec::new());
        for object in self.objects.iter().filter(|object| !object.disguised) {
            let Name::Given(name) = &object.name else { continue };
            let key = (object.group(), object.kind.as_str(), object.namespace.as_deref(), name.as_str());
            if let Some(first) = seen.insert(key, object) {
                let (first, at) = (first.place(), object.place());
                errors.push(ValidateError::Twice { label: object.label.clone(), first, at });
            }
        }
        errors
    }
}

/// What is wrong with a list.
enum ListFault {
    NotAMapping(&'static str),
    NullItems,
    Nested,
}

impl ListFault {
    fn at(self, at: Place) -> ValidateError {
        match self {
            Self::NotAMapping(what) => ValidateError::NotAMapping { at, what },
            Self::NullItems => ValidateError::NullItems { at },
            Self::Nested => ValidateError::NestedList { at },
        }
    }
}

/// Returns the objects in the tree of one document: its own, or those of a list.
///
/// # Source
/// argo-cd `reposerver/repository/repository.go` (`GenerateManifests`, `isNullList`); apimachinery `unstructured.go` (`IsList`,
/// `EachListItem`). Argo CD opens one level only, and drops some objects with `items: null`: both are refused.
fn open(root: &Node) -> Result<Vec<&Node>, (&Node, ListFault)> {
    match (&root.value, items(root)?) {
        (Value::Mapping(_), None) => Ok(vec![root]),
        (Value::Mapping(_), Some(items)) => {
            for item in items {
                match (&item.value, self::items(item)?) {
                    (Value::Mapping(_), None) => {}
                    (Value::Mapping(_), Some(_)) => return Err((item, ListFault::Nested)),
                    (_, _) => return Err((item, ListFault::NotAMapping("an item of the list"))),
                }
            }
            Ok(items.iter().collect())
        }
        (_, _) => Err((root, ListFault::NotAMapping("the document"))),
    }
}

/// Returns the items of a list; nothing for what is no list to Argo CD.
fn items(node: &Node) -> Result<Option<&[Node]>, (&Node, ListFault)> {
    match member(node, "items").map(|items| &items.value) {
        Some(Value::Null) => Err((node, ListFault::NullItems)),
        Some(Value::Sequence(items)) => Ok(Some(items)),
        None | Some(_) => Ok(None),
    }
}

fn unreadable(document: &Document, flaw: ReadFlaw) -> ValidateError {
    let at = |line: u32| {
        // The end of a text may count as the line after its last.
        let mut lines = document.lines.iter().take(usize::try_from(line).unwrap_or(usize::MAX));
        Place { template: document.source.clone(), line: lines.next_back().copied().unwrap_or(0) }
    };
    match flaw {
        ReadFlaw::Separator(line) => ValidateError::Separator { at: at(line) },
        ReadFlaw::Syntax(line, error) => ValidateError::Syntax { at: at(line), error },
        ReadFlaw::Utf16(line) => ValidateError::NotUtf8 { at: at(line) },
        ReadFlaw::AfterEnd(line) => ValidateError::AfterEnd { at: at(line) },
        ReadFlaw::Integer(line) => ValidateError::Integer { at: at(line) },
    }
}

#[cfg(test)]
mod tests;
