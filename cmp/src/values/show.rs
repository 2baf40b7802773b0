//! Values as a person sees them.

use std::collections::BTreeMap;

use helm::value::{Data, Value};
use sops::Digest;
use yaml::{Entry, LeafId, Node, Span};

use crate::validate::SEALED;

/// What is shown of sealed values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// That there is one.
    Masked,
    /// Its text.
    Revealed,
}

/// Returns values as a tree to be written. Depth is bounded by the readers of layers and charts.
#[must_use]
pub fn tree(value: &Value, sealed: &BTreeMap<LeafId, Digest>, show: Show) -> Node {
    let text = |text: &[u8]| yaml::Value::String(String::from_utf8_lossy(text).into_owned());
    let shown = match &value.data {
        Data::Map(map, _) => yaml::Value::Mapping(
            map.entries()
                .into_iter()
                .map(|(key, slot)| Entry {
                    key: String::from_utf8_lossy(&key).into_owned(),
                    key_span: Span::default(),
                    value: tree(&slot.value, sealed, show),
                })
                .collect(),
        ),
        Data::List(list, _) => yaml::Value::Sequence(list.items().iter().map(|item| tree(item, sealed, show)).collect()),
        _ if show == Show::Masked && value.all_leaves().as_slice().iter().any(|leaf| sealed.contains_key(leaf)) => {
            yaml::Value::String(SEALED.to_owned())
        }
        Data::Bool(on) => yaml::Value::Bool(*on),
        Data::Int(integer) | Data::Int64(integer) => yaml::Value::Int(*integer),
        Data::Float(number) => yaml::Value::Float(*number),
        Data::String(string) | Data::Bytes(string) => text(string.as_bytes()),
        // Objects are the engine's own and never come out of files.
        Data::Nil | Data::Object(_) => yaml::Value::Null,
    };
    Node { span: Span::default(), value: shown }
}
