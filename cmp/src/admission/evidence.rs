//! Evidence: what policies are told of context, layers and values.
//!
//! Rules: a sealed leaf is the handle `<sealed:N>`, equal N for equal leaves of one question, counted from 1 in the order they appear.

use std::collections::{BTreeMap, BTreeSet};

use helm::chart::scope::KubeVersion;
use helm::profile::Profile;
use helm::value::{Data, Value};
use sops::{Leaf, Scalar, Shape, Tree};
use tape::{Builder, File, Slot};
use yaml::LeafId;

use crate::configuration::Dimension;
use crate::context::{self, class_name};
use crate::diagnostic::Failure;
use crate::merge::Merged;
use crate::policies::{Context, Documents, Layer, PolicyFailure, Sealing};
use crate::sealed::handles;
use crate::secrets::{LayerValues, OpenedLayer};
use crate::taping;
use crate::validate::{Manifests, pointer};
use crate::values::Values;

/// Returns the context as policies see it.
pub(super) fn context(context: &context::Context, profile: Profile, phase: &str) -> Context {
    let name = &context.application.name;
    let claims =
        context.claims.iter().map(|(key, claim)| (key.clone(), claim.as_str().map_or_else(|| claim.to_string(), str::to_owned)));
    Context {
        role: context.role.clone(),
        environment: name.part(Dimension::Environment).to_owned(),
        class: class_name(context.class).to_owned(),
        customer: name.part(Dimension::Customer).to_owned(),
        product: name.part(Dimension::Product).to_owned(),
        cluster: None,
        application: name.to_string(),
        namespace: context.namespace.clone(),
        project: context.project.clone(),
        revision: context.revision.clone(),
        kube_version: kube_version(context, profile),
        phase: phase.to_owned(),
        claims: claims.collect(),
    }
}

/// Returns the version of Kubernetes that the application is rendered for, without the `v` that some write before it.
fn kube_version(context: &context::Context, profile: Profile) -> String {
    let version = context.kube_version.clone().unwrap_or_else(|| KubeVersion::of(profile).full().to_owned());
    version.strip_prefix('v').unwrap_or(&version).to_owned()
}

/// Returns the layers as policies see them.
///
/// # Errors
/// They are larger than a tape.
pub(super) fn layers(values: &Values<'_>) -> Result<(Vec<Layer>, Documents), PolicyFailure> {
    let mut builder = Builder::default();
    let layers = values.layers.iter().map(|layer| {
        let file = builder.file(&layer.path);
        let mut sealed_paths = Vec::new();
        match &layer.values {
            LayerValues::Clear(node) => taping::tree(node, file, builder.document()),
            LayerValues::Opened(opened) => tree(&opened.root, file, "", &mut sealed_paths, builder.document()),
        }
        told(layer, sealed_paths)
    });
    let layers = layers.collect();
    Ok((layers, Documents::new(builder)?))
}

fn told(layer: &OpenedLayer<'_>, sealed_paths: Vec<String>) -> Layer {
    Layer {
        name: layer.layer.name.clone(),
        path: layer.path.clone(),
        owner: layer.layer.owner.clone(),
        sealing: if layer.layer.sealed { Sealing::Sealed } else { Sealing::Open },
        sealed_paths,
    }
}

/// Depth is bounded by the reader.
fn tree(node: &Tree, file: File, pointer: &str, sealed: &mut Vec<String>, slot: Slot<'_>) {
    let slot = taping::at(slot, file, node.span.start);
    match &node.shape {
        Shape::Sequence(items) => slot.list(|list| {
            for (index, item) in items.iter().enumerate() {
                tree(item, file, &pointer::join(pointer, &index.to_string()), sealed, list.item());
            }
        }),
        Shape::Mapping(branches) => slot.map(|map| {
            for branch in branches {
                tree(&branch.value, file, &pointer::join(pointer, &branch.key), sealed, map.entry(&branch.key));
            }
        }),
        Shape::Leaf(Leaf::Opened { .. }) => {
            sealed.push(pointer.to_owned());
            slot.sealed(u32::try_from(sealed.len()).unwrap_or(u32::MAX));
        }
        Shape::Leaf(Leaf::Clear(Scalar::Null)) => slot.null(),
        Shape::Leaf(Leaf::Clear(Scalar::Bool(on))) => taping::truth(*on, slot),
        Shape::Leaf(Leaf::Clear(Scalar::Number(number))) => taping::number(*number, slot),
        Shape::Leaf(Leaf::Clear(Scalar::String(text))) => slot.text(text),
    }
}

/// Returns the merged values as policies see them, without tombstones.
///
/// # Errors
/// The [`Failure`] of the merge that finds where each value was written, or they are larger than a tape.
pub(super) fn values(values: &Values<'_>) -> Result<Documents, Failure> {
    let merged = values.tracked()?;
    let mut builder = Builder::default();
    let files = values.layers.iter().map(|layer| builder.file(&layer.path)).collect();
    let mut taping = Taping { merged: &merged, files, handles: BTreeMap::new() };
    taping.write(&merged.values, builder.document());
    Ok(Documents::new(builder)?)
}

/// Merged values on their way to a tape.
struct Taping<'a> {
    merged: &'a Merged,
    /// The layers' files, by number.
    files: Vec<File>,
    /// The number of each set of sealed leaves.
    handles: BTreeMap<LeafId, u32>,
}

impl Taping<'_> {
    /// Depth is bounded by the readers of layers.
    fn write(&mut self, value: &Value, slot: Slot<'_>) {
        let leaves = match &value.data {
            Data::List(..) | Data::Map(..) => value.leaves.clone(),
            _ => value.all_leaves(),
        };
        if let Some(leaf) = leaves.as_slice().iter().find(|leaf| self.merged.sealed.contains_key(leaf)) {
            let next = u32::try_from(self.handles.len()).unwrap_or(u32::MAX).saturating_add(1);
            return slot.sealed(*self.handles.entry(*leaf).or_insert(next));
        }
        let place = leaves.as_slice().iter().find_map(|leaf| self.merged.leaves.place(*leaf));
        let file = place.and_then(|place| self.files.get(usize::try_from(place.source.0).ok()?));
        let slot = match (place, file) {
            (Some(place), Some(file)) => taping::at(slot, *file, place.span.start),
            _ => slot,
        };
        match &value.data {
            // Objects are the engine's own and never come out of files.
            Data::Nil | Data::Object(_) => slot.null(),
            Data::Bool(on) => taping::truth(*on, slot),
            Data::Int(integer) | Data::Int64(integer) => slot.integer(*integer),
            Data::Float(number) => taping::number(*number, slot),
            Data::String(text) | Data::Bytes(text) => slot.text(&String::from_utf8_lossy(text.as_bytes())),
            Data::List(list, _) => slot.list(|tape| list.items().iter().for_each(|item| self.write(item, tape.item()))),
            Data::Map(map, _) => slot.map(|tape| {
                for (key, entry) in map.entries() {
                    if !matches!(entry.value.data, Data::Nil) {
                        self.write(&entry.value, tape.entry(&String::from_utf8_lossy(&key)));
                    }
                }
            }),
        }
    }
}

/// Returns the objects as policies see them.
///
/// # Errors
/// They are larger than a tape.
pub(super) fn objects(manifests: &Manifests, sealed: &BTreeSet<LeafId>) -> Result<Documents, PolicyFailure> {
    let mut builder = Builder::default();
    handles::objects(manifests, sealed, &mut builder);
    Documents::new(builder)
}
