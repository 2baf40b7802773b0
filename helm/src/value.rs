//! Values as the template engine sees them: Go's kinds, byte strings, shared mutable maps, leaves on everything.
//!
//! Rules: maps and lists are shared by reference (a `set` in one template is seen by the next, as in Helm); strings are bytes;
//! a [`Value`]'s own `leaves` say what its *being this value* depends on, apart from the marks inside its text or the leaves of its parts.

mod list;
mod map;
mod structure;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::provenance::{LeafId, Leaves};

pub use list::List;
pub use map::{Map, Slot};
pub use structure::{Empty, KUBE_VERSION, Package, StructType, Written};
pub use text::Text;

/// Drops a graph of values without recursion: templates can nest them as deep as their steps reach.
fn dismantle(mut waiting: Vec<Value>) {
    while let Some(value) = waiting.pop() {
        match value.data {
            Data::Map(map, _) => waiting.append(&mut map.into_last_values()),
            Data::List(list, _) => waiting.append(&mut list.into_last_items()),
            _ => {}
        }
    }
}

/// Returns the maps and lists among values that are dropped, and drops the others.
fn containers(values: impl Iterator<Item = Value>) -> Vec<Value> {
    values.filter(|value| matches!(value.data, Data::Map(..) | Data::List(..))).collect()
}

/// The Go static or dynamic type of a list's items or a map's values, where templates can tell (`typeOf`, `kindIs`, `%T`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Element {
    /// `interface {}`.
    #[default]
    Any,
    /// `string`.
    String,
    /// `int`, in lists only.
    Int,
    /// `[]interface {}`, in lists only.
    List,
    /// `*chart.Maintainer`, in lists only.
    Maintainer,
    /// `*chart.Dependency`, in lists only.
    Dependency,
}

impl Element {
    /// Returns the zero value of the type, which a map has where it lacks a key.
    #[must_use]
    pub fn zero(self) -> Value {
        match self {
            Self::Any | Self::Maintainer | Self::Dependency => Value::nil(),
            Self::String => Value::string(""),
            Self::Int => Value::plain(Data::Int(0)),
            Self::List => Value::plain(Data::List(List::nil(), Self::Any)),
        }
    }
}

/// A value's content, by Go kind.
#[derive(Clone, Debug, Default)]
pub enum Data {
    /// Untyped nil.
    #[default]
    Nil,
    /// `bool`.
    Bool(bool),
    /// `int`.
    Int(i64),
    /// `int64`.
    Int64(i64),
    /// `float64`.
    Float(f64),
    /// `string`.
    String(Text),
    /// `[]uint8`.
    Bytes(Text),
    /// `[]interface {}`, `[]string` or `[]int`.
    List(List, Element),
    /// `map[string]interface {}` or `map[string]string`.
    Map(Map, Element),
    /// A map with another type name or with methods: `common.Values`, `common.VersionSet`, ...
    Object(Rc<Object>),
}

/// A Go value with fields and methods that templates can reach.
#[derive(Debug)]
pub struct Object {
    /// What kind of object it is.
    pub kind: ObjectKind,
    /// Its fields (for `common.Values` its entries).
    pub fields: Map,
}

/// The objects of Helm's scope, and those functions return. Extend as needed; one variant a Go type.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ObjectKind {
    /// `common.Values`: a map with `AsMap`, `Table`, ...
    Values(Package),
    /// `engine.files`: `Get`, `GetBytes`, `Glob`, `AsConfig`, `AsSecrets`, `Lines`; paths to contents.
    Files(Rc<BTreeMap<Vec<u8>, Text>>),
    /// `common.VersionSet`: `Has`; prints as a list.
    VersionSet(Package, Rc<Vec<String>>),
    /// `common.KubeVersion`: prints as its `Version`.
    KubeVersion(Package, String),
    /// `semver.Version`.
    Semver(String),
    /// `time.Time`: seconds and nanoseconds since the epoch, zone offset in seconds, zone name.
    Time {
        /// Seconds since 1970-01-01T00:00:00Z.
        seconds: i64,
        /// Nanoseconds within the second.
        nanoseconds: u32,
        /// Seconds east of UTC.
        offset: i32,
        /// Zone abbreviation.
        zone: String,
    },
    /// `time.Duration` in nanoseconds.
    Duration(i64),
    /// A number of a type that templates meet as a result only.
    Number(NumberType, i128),
    /// `sprig.certificate`: `Cert` and `Key`.
    Certificate,
    /// A plain struct: fields only; an unknown field is an error.
    Struct(&'static StructType),
}

/// The Go types of numbers that templates cannot write down themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberType {
    /// `uint8`: an item of a `[]uint8`, a byte of a string.
    Uint8,
    /// `uint64`: a part of a version.
    Uint64,
    /// `time.Month`, whose kind is `int`; prints as its name.
    Month,
    /// `time.Weekday`, whose kind is `int`; prints as its name.
    Weekday,
}

/// A value in the engine.
#[derive(Clone, Debug, Default)]
pub struct Value {
    /// The content.
    pub data: Data,
    /// What *being this value* depends on; text and parts carry their own besides.
    pub leaves: Leaves,
    /// How `leaves` came in: `Exact` where the value is the leaf itself, unchanged.
    pub exact: bool,
}

impl Value {
    /// Returns nil.
    #[must_use]
    pub fn nil() -> Self {
        Self::default()
    }

    /// Returns a value no leaf stands behind.
    #[must_use]
    pub fn plain(data: Data) -> Self {
        Self { data, leaves: Leaves::NONE, exact: false }
    }

    /// Returns the value of a tracked leaf; text gets its mark.
    #[must_use]
    pub fn of_leaf(data: Data, leaf: LeafId) -> Self {
        let data = match data {
            Data::String(text) => Data::String(Text::of_leaf(text.as_bytes(), leaf)),
            other => other,
        };
        Self { data, leaves: Leaves::one(leaf), exact: true }
    }

    /// Returns an unmarked number of a type of its own.
    #[must_use]
    pub fn number(of: NumberType, number: i128) -> Self {
        Self::plain(Data::Object(Rc::new(Object { kind: ObjectKind::Number(of, number), fields: Map::nil() })))
    }

    /// Returns an unmarked string.
    #[must_use]
    pub fn string(text: &str) -> Self {
        Self::plain(Data::String(Text::from(text)))
    }

    /// Returns a `map[string]interface {}`.
    #[must_use]
    pub fn map(map: Map) -> Self {
        Self::plain(Data::Map(map, Element::Any))
    }

    /// Returns a `[]interface {}`.
    #[must_use]
    pub fn list(items: Vec<Self>) -> Self {
        Self::plain(Data::List(List::new(items), Element::Any))
    }

    /// Returns the value marked as derived from `leaves` besides what it depends on already; its text is marked throughout.
    #[must_use]
    pub fn derived_from(&self, leaves: &Leaves) -> Self {
        if leaves.is_empty() {
            return self.clone();
        }
        let data = match &self.data {
            Data::String(text) => Data::String(text.derived_from(leaves)),
            Data::Bytes(text) => Data::Bytes(text.derived_from(leaves)),
            other => other.clone(),
        };
        Self { data, leaves: self.leaves.union(leaves), exact: false }
    }

    /// Returns the same as [`Value::derived_from`] of a value that is not needed any longer: nothing is copied where there are no leaves.
    #[must_use]
    pub(crate) fn into_derived(self, leaves: &Leaves) -> Self {
        if leaves.is_empty() { self } else { self.derived_from(leaves) }
    }

    /// Returns every leaf this value, its text or (to any depth) its parts depend on; maps that hold themselves are entered once.
    #[must_use]
    pub fn all_leaves(&self) -> Leaves {
        let mut gatherer = Gatherer::default();
        gatherer.value(self);
        gatherer.found.into_iter().collect()
    }
}

/// Collects leaves over a graph of values, without recursion: templates can nest and knot values as they like.
#[derive(Default)]
struct Gatherer {
    found: BTreeSet<LeafId>,
    entered: BTreeSet<usize>,
    waiting: Vec<Value>,
}

impl Gatherer {
    fn value(&mut self, value: &Value) {
        self.one(value);
        while let Some(next) = self.waiting.pop() {
            self.one(&next);
        }
    }

    fn one(&mut self, value: &Value) {
        self.found.extend(value.leaves.as_slice());
        match &value.data {
            Data::String(text) | Data::Bytes(text) => self.found.extend(text.marks().leaves().as_slice()),
            Data::List(list, _) if self.entered.insert(list.address()) => self.waiting.extend(list.items()),
            Data::Map(map, _) => self.map(map),
            Data::Object(object) => self.map(&object.fields),
            Data::List(..) | Data::Nil | Data::Bool(_) | Data::Int(_) | Data::Int64(_) | Data::Float(_) => {}
        }
    }

    fn map(&mut self, map: &Map) {
        if !self.entered.insert(map.address()) {
            return;
        }
        self.found.extend(map.shape().as_slice());
        for (_, slot) in map.entries() {
            self.found.extend(slot.key_leaves.as_slice());
            self.waiting.push(slot.value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::Flow;

    fn leaf(id: u32) -> Value {
        Value::of_leaf(Data::String(Text::from("opened")), LeafId(id))
    }

    // Leaves are found in text, lists, map values and keys.
    #[test]
    fn all_leaves_reach_every_part() {
        let map = Map::new();
        map.insert(b"list", Value::list(vec![leaf(3), Value::list(vec![leaf(1)])]));
        map.insert_slot(b"key", Slot { key_leaves: Leaves::one(LeafId(7)), value: Value::nil() });
        assert_eq!(Value::map(map).all_leaves().as_slice(), [LeafId(1), LeafId(3), LeafId(7)]);
    }

    // A map that holds itself twice is walked once.
    #[test]
    fn all_leaves_of_a_map_that_holds_itself() {
        let map = Map::new();
        map.insert(b"a", Value::map(map.clone()));
        map.insert(b"b", Value::map(map.clone()));
        map.insert(b"c", leaf(5));
        assert_eq!(Value::map(map.clone()).all_leaves().as_slice(), [LeafId(5)]);
        map.remove(b"a");
        map.remove(b"b");
    }

    // What is derived from a leaf is no longer the leaf itself, and its text is marked throughout.
    #[test]
    fn derived_values_are_marked_throughout() {
        let value = leaf(1).derived_from(&Leaves::one(LeafId(2)));
        assert!(!value.exact);
        let Data::String(text) = &value.data else { unreachable!("it was a string") };
        let marks: Vec<_> = text
            .marks()
            .as_slice()
            .iter()
            .map(|mark| (mark.start, mark.end, mark.flow, mark.leaves.as_slice().to_vec()))
            .collect();
        assert_eq!(marks, [(0, 6, Flow::Exact, vec![LeafId(1)]), (0, 6, Flow::Derived, vec![LeafId(2)])]);
    }

    // Values nested far deeper than any stack are dropped.
    #[test]
    fn deep_values_are_dropped() {
        let nested = (0..300_000).fold(Value::nil(), |inner, turn| {
            if turn % 2 == 0 {
                return Value::list(vec![inner]);
            }
            let map = Map::new();
            map.insert(b"a", inner);
            Value::map(map)
        });
        drop(nested);
    }

    // No text of a value shows in Debug output.
    #[test]
    fn debug_prints_no_text() {
        let map = Map::new();
        map.insert(b"password", leaf(1));
        assert!(!format!("{:?} {:?}", leaf(1), Value::map(map)).contains("opened"));
    }
}
