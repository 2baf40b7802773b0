//! Values: from documents to what templates see, and the one deep merge.
//!
//! In: [`yaml::Node`]s as Helm types them. Out: a [`Value`] whose leaves keep their identities.
//! Rules: maps merge, everything else replaces; `null` replaces too and stays, as a tombstone that only coalescing with a chart's
//! defaults removes. Inputs are never changed: what is merged is a new map, what is not is shared.
//! Not here: strictness between layers and list strategies (the caller's), a chart's defaults (`coalesce`), the command line (`set`).

pub mod coalesce;
mod path;
pub mod set;

use yaml::{FinalNewline, Node, ReadError, ReadOptions};

use crate::profile::Profile;
use crate::provenance::LeafId;
use crate::value::{Data, Map, Slot, Text, Value};

pub use path::{INDEX, PATH_BYTES, PathError, PathPattern, Step, ValuePath};

/// Returns the value of a document that was read with [`yaml::Typing::Helm`].
///
/// `leaf` is asked once for every leaf, in document order, who it is: scalars, nulls, and maps and lists that are empty. Where it
/// answers nothing, the leaf is not tracked. Of a repeated key the last counts.
pub fn from_node(node: &Node, leaf: &mut dyn FnMut(&Node) -> Option<LeafId>) -> Value {
    match &node.value {
        yaml::Value::Sequence(items) if !items.is_empty() => {
            Value::list(items.iter().map(|item| from_node(item, leaf)).collect())
        }
        yaml::Value::Mapping(entries) if !entries.is_empty() => {
            let map = Map::new();
            for entry in entries {
                map.insert(entry.key.as_bytes(), from_node(&entry.value, leaf));
            }
            Value::map(map)
        }
        _ => {
            let data = scalar(node);
            match leaf(node) {
                Some(id) => Value::of_leaf(data, id),
                None => Value::plain(data),
            }
        }
    }
}

/// A document of a values file is something else than a mapping.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("values must be a mapping")]
pub struct NotAMapping {
    /// Where the document is written.
    pub span: yaml::Span,
}

/// Returns the documents of a values file that count: all of them, or the first one, as the profile says.
///
/// # Errors
/// [`ReadError`] with the place, at the first thing that is not allowed.
///
/// # Source
/// helm `pkg/chart/v2/loader/load.go`, `LoadValues`; Helm 3 `pkg/cli/values/options.go`, `MergeValues`.
pub fn read(text: &[u8], profile: Profile) -> Result<Vec<Node>, ReadError> {
    if profile.reads_every_values_document() {
        let text = if profile.reads_unended_lines() { text } else { without_lost_line(text) };
        return yaml::read(text, &ReadOptions { final_newline: FinalNewline::Added, ..ReadOptions::helm() });
    }
    let first = yaml::read_first(text, &ReadOptions::helm())?;
    Ok(first.into_iter().map(|document| document.root).collect())
}

/// Bytes Go's `bufio.Reader` holds.
const LINE_BUFFER_BYTES: usize = 4096;

/// Returns a text without its last line, where that is not ended and fills the buffer it is read by.
fn without_lost_line(text: &[u8]) -> &[u8] {
    let last = text.rsplit(|byte| *byte == b'\n').next().unwrap_or(text);
    let is_lost = last.len() % LINE_BUFFER_BYTES == 0;
    text.get(..text.len() - last.len()).filter(|_| is_lost).unwrap_or(text)
}

/// Returns the values of one file: its documents merged in order, an absent or null one holds nothing. `leaf` as for [`from_node`].
///
/// # Errors
/// [`NotAMapping`] for the first document that is none.
///
/// # Source
/// helm `pkg/chart/v2/loader/load.go`, `LoadValues`.
pub fn from_file(documents: &[Node], leaf: &mut dyn FnMut(&Node) -> Option<LeafId>) -> Result<Value, NotAMapping> {
    let mut values = Value::map(Map::new());
    for document in documents {
        match document.value {
            yaml::Value::Mapping(_) => values = merge(&values, &from_node(document, leaf)),
            yaml::Value::Null => {}
            _ => return Err(NotAMapping { span: document.span }),
        }
    }
    Ok(values)
}

/// Returns the data of a leaf. Integers become float64: Helm's values pass through JSON.
fn scalar(node: &Node) -> Data {
    match &node.value {
        yaml::Value::Null => Data::Nil,
        yaml::Value::Bool(on) => Data::Bool(*on),
        #[expect(
            clippy::cast_precision_loss,
            reason = "Helm reads every number as a float64, integers above 2^53 lose digits there too"
        )]
        yaml::Value::Int(number) => Data::Float(*number as f64),
        yaml::Value::Float(number) => Data::Float(*number),
        yaml::Value::String(text) | yaml::Value::Time(text) => Data::String(Text::from(text.as_str())),
        yaml::Value::Sequence(_) => Value::list(Vec::new()).data,
        yaml::Value::Mapping(_) => Value::map(Map::new()).data,
    }
}

/// Returns `lower` with `upper` over it. The product has no other deep merge.
///
/// Recursion goes as deep as the shallower of the two, which the reader bounds ([`yaml::Limits`]).
///
/// # Source
/// helm `pkg/chart/v2/loader/load.go`, `MergeMaps`.
#[must_use]
pub fn merge(lower: &Value, upper: &Value) -> Value {
    let (Data::Map(below, _), Data::Map(above, _)) = (&lower.data, &upper.data) else { return upper.clone() };
    let merged = Map::new();
    for (key, slot) in below.entries() {
        merged.insert_slot(&key, slot);
    }
    for (key, slot) in above.entries() {
        let value = match merged.get(&key) {
            Some(old) => merge(&old, &slot.value),
            None => slot.value,
        };
        merged.insert_slot(&key, Slot { key_leaves: slot.key_leaves, value });
    }
    Value { leaves: lower.leaves.union(&upper.leaves), ..Value::map(merged) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yaml::ReadOptions;

    /// Reads one document; its leaves are numbered from `first` in document order.
    fn read(text: &str, first: u32) -> Value {
        let documents = yaml::read(text.as_bytes(), &ReadOptions::helm()).unwrap();
        let mut next = first;
        from_node(&documents[0], &mut |_| {
            next += 1;
            Some(LeafId(next - 1))
        })
    }

    fn leaves_at(value: &Value, path: &[&str]) -> Vec<u32> {
        let mut value = value.clone();
        for key in path {
            let Data::Map(map, _) = &value.data else { unreachable!("`{key}` is asked of a map") };
            value = map.get(key.as_bytes()).unwrap();
        }
        value.all_leaves().as_slice().iter().map(|leaf| leaf.0).collect()
    }

    // A leaf keeps its identity through a merge, whether it replaced another, was replaced beside, or stood alone.
    #[test]
    fn leaves_ride_along() {
        let merged = merge(&read("a: {x: 1, w: 2}\nb: [1, 2]", 0), &read("a: {x: 5, z: 6}\nb: [3]", 10));
        assert_eq!(leaves_at(&merged, &["a", "x"]), [10]);
        assert_eq!(leaves_at(&merged, &["a", "w"]), [1]);
        assert_eq!(leaves_at(&merged, &["a", "z"]), [11]);
        assert_eq!(leaves_at(&merged, &["b"]), [12]);
    }

    // Nulls and empty containers are leaves too: they can be what decided.
    #[test]
    fn nulls_and_empty_containers_are_leaves() {
        let merged = merge(&read("a: {x: 1}\nb: {w: 1}\nc: 1", 0), &read("a: null\nb: []\nc: {}", 10));
        assert_eq!(leaves_at(&merged, &["a"]), [10]);
        assert_eq!(leaves_at(&merged, &["b"]), [11]);
        assert_eq!(leaves_at(&merged, &["c"]), [12]);
    }

    // An empty map over a map changes nothing in it.
    #[test]
    fn an_empty_map_merges() {
        let merged = merge(&read("a: {x: 1}", 0), &read("a: {}", 10));
        assert_eq!(leaves_at(&merged, &["a", "x"]), [0]);
    }

    // Neither input changes.
    #[test]
    fn inputs_stay_as_they_are() {
        let (lower, upper) = (read("a: {b: {c: 1}}", 0), read("a: {b: {c: 2, d: 3}}", 10));
        let merged = merge(&lower, &upper);
        assert_eq!(leaves_at(&merged, &["a", "b"]), [10, 11]);
        assert_eq!(leaves_at(&lower, &["a", "b"]), [0]);
        assert_eq!(leaves_at(&upper, &["a", "b"]), [10, 11]);
    }
}
