//! Evidence: what policies are told of context, layers and values.
//!
//! Rules: a sealed leaf is the handle `<sealed:N>`, equal N for equal leaves of one question, counted from 1 in the order they appear.

use std::collections::BTreeMap;

use helm::value::{Data, Value};
use serde_json::{Map, Number, Value as Json};
use sops::{Leaf, Scalar, Shape, Tree};
use yaml::LeafId;

use crate::configuration::Dimension;
use crate::context::{self, class_name};
use crate::json;
use crate::policies::{Context, Layer, Sealing};
use crate::secrets::{LayerValues, OpenedLayer};
use crate::validate::pointer;
use crate::values::Values;

/// Returns the context as policies see it.
pub(super) fn context(context: &context::Context, phase: &str) -> Context {
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
        phase: phase.to_owned(),
        claims: claims.collect(),
    }
}

/// Returns the layers as policies see them.
pub(super) fn layers(values: &Values<'_>) -> Vec<Layer> {
    values.layers.iter().map(layer).collect()
}

fn layer(layer: &OpenedLayer<'_>) -> Layer {
    let mut sealed_paths = Vec::new();
    let values = match &layer.values {
        LayerValues::Clear(node) => json::tree(node),
        LayerValues::Opened(opened) => tree(&opened.root, "", &mut sealed_paths),
    };
    Layer {
        name: layer.layer.name.clone(),
        path: layer.path.clone(),
        owner: layer.layer.owner.clone(),
        sealing: if layer.layer.sealed { Sealing::Sealed } else { Sealing::Open },
        values: values.to_string(),
        sealed_paths,
    }
}

/// Depth is bounded by the reader.
fn tree(node: &Tree, at: &str, sealed: &mut Vec<String>) -> Json {
    match &node.shape {
        Shape::Sequence(items) => {
            let items = items.iter().enumerate();
            items.map(|(index, item)| tree(item, &pointer::join(at, &index.to_string()), sealed)).collect()
        }
        Shape::Mapping(branches) => {
            let branches = branches.iter();
            Json::Object(
                branches
                    .map(|branch| (branch.key.clone(), tree(&branch.value, &pointer::join(at, &branch.key), sealed)))
                    .collect(),
            )
        }
        Shape::Leaf(Leaf::Opened { .. }) => {
            sealed.push(at.to_owned());
            Json::String(format!("<sealed:{}>", sealed.len()))
        }
        Shape::Leaf(Leaf::Clear(Scalar::Null)) => Json::Null,
        Shape::Leaf(Leaf::Clear(Scalar::Bool(on))) => Json::Bool(*on),
        Shape::Leaf(Leaf::Clear(Scalar::Number(number))) => json::number(*number),
        Shape::Leaf(Leaf::Clear(Scalar::String(text))) => Json::String(text.clone()),
    }
}

/// Returns the merged values as policies see them, without tombstones.
pub(super) fn values(values: &Values<'_>) -> String {
    let mut handles = BTreeMap::new();
    merged(&values.merged.values, values, &mut handles).unwrap_or_else(|| Json::Object(Map::new())).to_string()
}

/// Returns a value; nothing for a tombstone. Depth is bounded by the readers of layers.
fn merged(value: &Value, values: &Values<'_>, handles: &mut BTreeMap<LeafId, usize>) -> Option<Json> {
    let sealed = value.leaves.as_slice().iter().find(|leaf| values.merged.sealed.contains_key(leaf)).copied();
    let text_leaves = match &value.data {
        Data::String(text) => text.marks().leaves(),
        _ => helm::provenance::Leaves::NONE,
    };
    let sealed = sealed.or_else(|| text_leaves.as_slice().iter().find(|leaf| values.merged.sealed.contains_key(leaf)).copied());
    if let Some(leaf) = sealed {
        let next = handles.len().saturating_add(1);
        return Some(Json::String(format!("<sealed:{}>", handles.entry(leaf).or_insert(next))));
    }
    Some(match &value.data {
        Data::Nil => return None,
        Data::Bool(on) => Json::Bool(*on),
        Data::Int(integer) | Data::Int64(integer) => Json::Number(Number::from(*integer)),
        Data::Float(number) => json::number(*number),
        Data::String(text) | Data::Bytes(text) => Json::String(String::from_utf8_lossy(text.as_bytes()).into_owned()),
        Data::List(list, _) => list.items().iter().map(|item| merged(item, values, handles).unwrap_or(Json::Null)).collect(),
        Data::Map(map, _) => {
            let entries = map.entries().into_iter();
            let entries = entries.filter_map(|(key, slot)| {
                Some((String::from_utf8_lossy(&key).into_owned(), merged(&slot.value, values, handles)?))
            });
            Json::Object(entries.collect())
        }
        // Objects are the engine's own and never come out of files.
        Data::Object(_) => Json::Null,
    })
}
