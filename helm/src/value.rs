//! Values as the template engine sees them: Go's kinds, byte strings, shared mutable maps, leaves on everything.
//!
//! Rules: maps and lists are shared by reference (a `set` in one template is seen by the next, as in Helm); strings are bytes;
//! a [`Value`]'s own `leaves` say what its *being this value* depends on, apart from the marks inside its text or the leaves of its parts.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use crate::provenance::{Flow, LeafId, Leaves, Mark, Marks};

/// A byte string with the marks of its parts; cheap to clone.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Text {
    bytes: Rc<[u8]>,
    marks: Marks,
}

impl Text {
    /// Returns unmarked text.
    #[must_use]
    pub fn plain(bytes: &[u8]) -> Self {
        Self { bytes: Rc::from(bytes), marks: Marks::NONE }
    }

    /// Returns text with marks, whose places must lie within it.
    #[must_use]
    pub fn marked(bytes: Vec<u8>, marks: Marks) -> Self {
        Self { bytes: Rc::from(bytes), marks }
    }

    /// Returns the text of one tracked leaf.
    #[must_use]
    pub fn of_leaf(bytes: &[u8], leaf: LeafId) -> Self {
        Self { bytes: Rc::from(bytes), marks: Marks::whole(bytes.len(), &Leaves::one(leaf), Flow::Exact) }
    }

    /// Returns the bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the marks.
    #[must_use]
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// Returns the text with a derived mark over all of it as well.
    #[must_use]
    pub fn derived_from(&self, leaves: &Leaves) -> Self {
        if leaves.is_empty() {
            return self.clone();
        }
        let mut marks = self.marks.as_slice().to_vec();
        marks.push(Mark { start: 0, end: self.bytes.len(), leaves: leaves.clone(), flow: Flow::Derived });
        Self { bytes: Rc::clone(&self.bytes), marks: Marks::from_vec(marks) }
    }
}

/// Prints the length only: the text may be secret.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[text of {} bytes]", self.bytes.len())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::plain(text.as_bytes())
    }
}

/// One entry's value with what its key depends on.
#[derive(Clone, Debug)]
pub struct Slot {
    /// What the presence of this key depends on.
    pub key_leaves: Leaves,
    /// The value.
    pub value: Value,
}

/// A Go `map[string]interface{}`: shared, mutable, read in the order of its keys' bytes (as text/template ranges over maps).
#[derive(Clone, Default)]
pub struct Map {
    entries: Rc<RefCell<BTreeMap<Rc<[u8]>, Slot>>>,
}

impl Map {
    /// Returns an empty map.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the value at `key`.
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<Value> {
        self.entries.borrow().get(key).map(|slot| slot.value.clone())
    }

    /// Returns the value at `key` with its key's leaves.
    #[must_use]
    pub fn slot(&self, key: &[u8]) -> Option<Slot> {
        self.entries.borrow().get(key).cloned()
    }

    /// Sets `key` to `value`.
    pub fn insert(&self, key: &[u8], value: Value) {
        self.insert_slot(key, Slot { key_leaves: Leaves::NONE, value });
    }

    /// Sets `key` to a value whose key depends on leaves.
    pub fn insert_slot(&self, key: &[u8], slot: Slot) {
        self.entries.borrow_mut().insert(Rc::from(key), slot);
    }

    /// Removes `key` and returns what it held.
    pub fn remove(&self, key: &[u8]) -> Option<Slot> {
        self.entries.borrow_mut().remove(key)
    }

    /// Says whether `key` is present.
    #[must_use]
    pub fn contains(&self, key: &[u8]) -> bool {
        self.entries.borrow().contains_key(key)
    }

    /// Returns the number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.borrow().len()
    }

    /// Says whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.borrow().is_empty()
    }

    /// Returns a copy of the entries as they are now, in key order; values are shared.
    #[must_use]
    pub fn entries(&self) -> Vec<(Rc<[u8]>, Slot)> {
        self.entries.borrow().iter().map(|(key, slot)| (Rc::clone(key), slot.clone())).collect()
    }

    /// Says whether both are one and the same map.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.entries, &other.entries)
    }
}

/// Prints the number of entries only.
impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[map of {}]", self.len())
    }
}

/// A Go slice: shared by reference; the engine's functions make new ones, as sprig's do.
#[derive(Clone, Default)]
pub struct List {
    items: Rc<RefCell<Vec<Value>>>,
}

impl List {
    /// Returns a list of `items`.
    #[must_use]
    pub fn new(items: Vec<Value>) -> Self {
        Self { items: Rc::new(RefCell::new(items)) }
    }

    /// Returns the items as they are now.
    #[must_use]
    pub fn items(&self) -> Vec<Value> {
        self.items.borrow().clone()
    }

    /// Returns the item at `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Value> {
        self.items.borrow().get(index).cloned()
    }

    /// Replaces the item at `index`; does nothing past the end.
    pub fn set(&self, index: usize, value: Value) {
        if let Some(slot) = self.items.borrow_mut().get_mut(index) {
            *slot = value;
        }
    }

    /// Returns the number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.borrow().len()
    }

    /// Says whether there are no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.borrow().is_empty()
    }

    /// Says whether both are one and the same list.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.items, &other.items)
    }
}

/// Prints the number of items only.
impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[list of {}]", self.len())
    }
}

/// The Go static or dynamic type of a list's items or a map's values, where templates can tell (`typeOf`, `kindIs`, `%T`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Element {
    /// `interface {}`.
    #[default]
    Any,
    /// `string`.
    String,
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
    /// `[]interface {}` or `[]string`.
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
    Values,
    /// `engine.files`: `Get`, `GetBytes`, `Glob`, `AsConfig`, `AsSecrets`, `Lines`; paths to contents.
    Files(Rc<BTreeMap<Vec<u8>, Text>>),
    /// `common.VersionSet`: `Has`; prints as a list.
    VersionSet(Rc<Vec<String>>),
    /// `common.KubeVersion`: prints as its `Version`.
    KubeVersion(String),
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
    /// A plain struct: fields only; an unknown field is an error.
    Struct(&'static str),
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

    /// Returns every leaf this value, its text or (to any depth) its parts depend on.
    #[must_use]
    pub fn all_leaves(&self) -> Leaves {
        let mut all = self.leaves.clone();
        self.gather(&mut all, 0);
        all
    }

    fn gather(&self, all: &mut Leaves, depth: usize) {
        // Maps can hold themselves after `set`; past this depth nothing new can be reached by a template that terminates.
        const DEPTH: usize = 200;
        if depth > DEPTH {
            return;
        }
        *all = all.union(&self.leaves);
        match &self.data {
            Data::String(text) | Data::Bytes(text) => *all = all.union(&text.marks().leaves()),
            Data::List(list, _) => list.items().iter().for_each(|item| item.gather(all, depth + 1)),
            Data::Map(map, _) => gather_map(map, all, depth),
            Data::Object(object) => gather_map(&object.fields, all, depth),
            Data::Nil | Data::Bool(_) | Data::Int(_) | Data::Int64(_) | Data::Float(_) => {}
        }
    }
}

fn gather_map(map: &Map, all: &mut Leaves, depth: usize) {
    for (_, slot) in map.entries() {
        *all = all.union(&slot.key_leaves);
        slot.value.gather(all, depth + 1);
    }
}
