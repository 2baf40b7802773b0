//! Maps: shared by whoever holds them, as in Go.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

use super::{Data, Value, containers, dismantle};
use crate::meter::{self, ALLOCATION_BYTES};
use crate::provenance::Leaves;

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
    table: Rc<RefCell<Table>>,
    is_nil: bool,
}

/// What a [`Map`] shares.
#[derive(Default)]
struct Table {
    entries: BTreeMap<Rc<[u8]>, Slot>,
    shape: Leaves,
}

/// Entries of one node of the tree; a node that is full is divided in two.
const NODE_ENTRIES: usize = 11;

/// Bytes of one node, whether it is full or not.
const NODE_BYTES: usize = size_of::<(Rc<[u8]>, Slot)>() * NODE_ENTRIES + ALLOCATION_BYTES;

/// Returns what the nodes of so many entries take.
fn nodes(entries: usize) -> usize {
    entries.div_ceil(NODE_ENTRIES / 2 + 1) * NODE_BYTES
}

/// Returns what a key takes.
fn weight(key: &[u8]) -> usize {
    key.len() + ALLOCATION_BYTES
}

/// Entries that are copied out in one step.
const STEP_ENTRIES: usize = 2;

impl Table {
    fn insert(&mut self, key: Rc<[u8]>, slot: Slot) {
        meter::work(1);
        let (before, weight) = (self.entries.len(), weight(&key));
        if self.entries.insert(key, slot).is_none() {
            meter::hold(weight + nodes(before + 1) - nodes(before));
        }
    }

    fn remove(&mut self, key: &[u8]) -> Option<Slot> {
        let removed = self.entries.remove(key)?;
        let after = self.entries.len();
        meter::release(weight(key) + nodes(after + 1) - nodes(after));
        Some(removed)
    }

    /// Takes the values out.
    fn take(&mut self) -> Vec<Value> {
        let entries = std::mem::take(&mut self.entries);
        meter::release(nodes(entries.len()));
        let values = entries.into_iter().map(|(key, slot)| {
            meter::release(weight(&key));
            slot.value
        });
        values.collect()
    }
}

impl Map {
    /// Returns an empty map.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns Go's nil map: empty, and nothing may be set in it.
    #[must_use]
    pub fn nil() -> Self {
        Self { table: Rc::default(), is_nil: true }
    }

    /// Says whether it is Go's nil map.
    #[must_use]
    pub fn is_nil(&self) -> bool {
        self.is_nil
    }

    /// Returns the value at `key`.
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<Value> {
        self.table.borrow().entries.get(key).map(|slot| slot.value.clone())
    }

    /// Returns the value at `key` with its key's leaves.
    #[must_use]
    pub fn slot(&self, key: &[u8]) -> Option<Slot> {
        self.table.borrow().entries.get(key).cloned()
    }

    /// Sets `key` to `value`.
    pub fn insert(&self, key: &[u8], value: Value) {
        self.insert_slot(key, Slot { key_leaves: Leaves::NONE, value });
    }

    /// Sets `key` to a value whose key depends on leaves.
    pub fn insert_slot(&self, key: &[u8], slot: Slot) {
        self.insert_shared(Rc::from(key), slot);
    }

    /// Sets a key that other maps have, too: its bytes are not copied.
    pub(crate) fn insert_shared(&self, key: Rc<[u8]>, slot: Slot) {
        let mut table = self.table.borrow_mut();
        table.shape = table.shape.union(&slot.key_leaves);
        table.insert(key, slot);
    }

    /// Returns a new map with the same keys, each with what `made` makes of its value.
    pub(crate) fn rebuilt(&self, made: impl Fn(&Value) -> Value) -> Self {
        let mut shape = Leaves::NONE;
        let table = self.table.borrow();
        let rebuilt = table.entries.iter().map(|(key, slot)| {
            shape = shape.union(&slot.key_leaves);
            meter::hold(weight(key));
            (Rc::clone(key), Slot { key_leaves: slot.key_leaves.clone(), value: made(&slot.value) })
        });
        let entries: BTreeMap<Rc<[u8]>, Slot> = rebuilt.collect();
        meter::work(entries.len());
        meter::hold(nodes(entries.len()));
        Self { table: Rc::new(RefCell::new(Table { entries, shape })), is_nil: false }
    }

    /// Returns what *which keys there are* depends on, now or ever: it decides the answer for keys that are absent, too.
    #[must_use]
    pub fn shape(&self) -> Leaves {
        self.table.borrow().shape.clone()
    }

    /// Makes which keys there are depend on `leaves` besides.
    pub fn depend(&self, leaves: &Leaves) {
        let mut table = self.table.borrow_mut();
        table.shape = table.shape.union(leaves);
    }

    /// Makes which keys there are depend on `leaves` besides, here and in every map this one holds, to any depth.
    pub fn depend_throughout(&self, leaves: &Leaves) {
        if leaves.is_empty() {
            return;
        }
        let mut entered = BTreeSet::new();
        let mut waiting = vec![self.clone()];
        while let Some(map) = waiting.pop() {
            if entered.insert(Rc::as_ptr(&map.table).addr()) {
                map.depend(leaves);
                waiting.extend(map.table.borrow().entries.values().filter_map(|slot| match &slot.value.data {
                    Data::Map(inner, _) => Some(inner.clone()),
                    Data::Object(object) => Some(object.fields.clone()),
                    _ => None,
                }));
            }
        }
    }

    /// Removes `key` and returns what it held.
    pub fn remove(&self, key: &[u8]) -> Option<Slot> {
        self.table.borrow_mut().remove(key)
    }

    /// Says whether `key` is present.
    #[must_use]
    pub fn contains(&self, key: &[u8]) -> bool {
        self.table.borrow().entries.contains_key(key)
    }

    /// Returns the number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.borrow().entries.len()
    }

    /// Says whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.table.borrow().entries.is_empty()
    }

    /// Returns a copy of the entries as they are now, in key order; values are shared.
    #[must_use]
    pub fn entries(&self) -> Vec<(Rc<[u8]>, Slot)> {
        let entries = &self.table.borrow().entries;
        meter::work(1 + entries.len() / STEP_ENTRIES);
        entries.iter().map(|(key, slot)| (Rc::clone(key), slot.clone())).collect()
    }

    /// Returns the values where nobody else holds the map; none otherwise.
    pub(super) fn into_last_values(self) -> Vec<Value> {
        let table = Rc::into_inner(self.table).map(RefCell::into_inner);
        table.map(|mut table| containers(table.take().into_iter())).unwrap_or_default()
    }

    /// Returns what tells the map from all others while it is held.
    pub(super) fn address(&self) -> usize {
        Rc::as_ptr(&self.table).addr()
    }

    /// Says whether both are one and the same map.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.table, &other.table)
    }
}

/// Prints the number of entries only.
impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[map of {}]", self.len())
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        if !self.entries.is_empty() {
            dismantle(containers(self.take().into_iter()));
        }
    }
}
