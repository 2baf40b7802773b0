//! Lists: shared by whoever holds them, as in Go.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use super::{Value, containers, dismantle};
use crate::meter::{self, ALLOCATION_BYTES};

/// A Go slice: shared by reference; the engine's functions make new ones, as sprig's do.
#[derive(Clone, Default)]
pub struct List {
    items: Rc<RefCell<Items>>,
    is_nil: bool,
}

/// What a [`List`] shares.
#[derive(Default)]
struct Items(Vec<Value>);

impl Drop for Items {
    fn drop(&mut self) {
        if !self.0.is_empty() {
            dismantle(containers(self.take().into_iter()));
        }
    }
}

impl Items {
    /// Returns items that are held from now on.
    fn held(items: Vec<Value>) -> Self {
        meter::hold(weight(&items));
        Self(items)
    }

    /// Takes the items out.
    fn take(&mut self) -> Vec<Value> {
        meter::release(weight(&self.0));
        std::mem::take(&mut self.0)
    }
}

/// Returns the memory that a list of items takes, without what they hold; none for an empty one, which need not be counted.
fn weight(items: &[Value]) -> usize {
    if items.is_empty() { 0 } else { size_of_val(items) + 2 * ALLOCATION_BYTES }
}

impl List {
    /// Returns a list of `items`.
    #[must_use]
    pub fn new(items: Vec<Value>) -> Self {
        Self { items: Rc::new(RefCell::new(Items::held(items))), is_nil: false }
    }

    /// Returns Go's nil slice: empty, and written as `null`.
    #[must_use]
    pub fn nil() -> Self {
        Self { items: Rc::default(), is_nil: true }
    }

    /// Says whether it is Go's nil slice.
    #[must_use]
    pub fn is_nil(&self) -> bool {
        self.is_nil
    }

    /// Returns the items as they are now.
    #[must_use]
    pub fn items(&self) -> Vec<Value> {
        let items = &self.items.borrow().0;
        meter::work(meter::steps_of_items(items.len()));
        items.clone()
    }

    /// Returns the item at `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Value> {
        self.items.borrow().0.get(index).cloned()
    }

    /// Replaces the item at `index`; does nothing past the end.
    pub fn set(&self, index: usize, value: Value) {
        if let Some(slot) = self.items.borrow_mut().0.get_mut(index) {
            *slot = value;
        }
    }

    /// Returns the number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.borrow().0.len()
    }

    /// Says whether there are no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.borrow().0.is_empty()
    }

    /// Returns the items where nobody else holds the list; none otherwise.
    pub(super) fn into_last_items(self) -> Vec<Value> {
        let items = Rc::into_inner(self.items).map(RefCell::into_inner);
        items.map(|mut items| containers(items.take().into_iter())).unwrap_or_default()
    }

    /// Returns what tells the list from all others while it is held.
    pub(super) fn address(&self) -> usize {
        Rc::as_ptr(&self.items).addr()
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
