//! Provenance: which leaves of the values a piece of text, or a value, came from.
//!
//! In: leaf ids on values as they enter a render. Out: [`Mark`]s on every string and on the output.
//! Rules: a mark is *exact* where the bytes are the leaf's own, *derived* where anything else was made of it; a mark may be
//! empty (`start == end`): there something would stand had the leaf been different.
//! Not here: which leaves are secret (the caller tracks the leaves it cares for, and no others).

use std::rc::Rc;

use crate::meter::{self, ALLOCATION_BYTES};

pub use yaml::LeafId;

/// A set of leaves, sorted, without repeats; cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leaves(Option<Rc<[LeafId]>>);

impl Leaves {
    /// The empty set.
    pub const NONE: Self = Self(None);

    /// Returns the set of one leaf.
    #[must_use]
    pub fn one(leaf: LeafId) -> Self {
        Self::held(&[leaf])
    }

    /// Returns a set nobody holds yet.
    fn held(leaves: &[LeafId]) -> Self {
        meter::hold(size_of_val(leaves) + ALLOCATION_BYTES);
        Self(Some(Rc::from(leaves)))
    }

    /// Says whether the set is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Returns the leaves in ascending order.
    #[must_use]
    pub fn as_slice(&self) -> &[LeafId] {
        self.0.as_deref().unwrap_or(&[])
    }

    /// Returns the union of two sets, without allocating where one holds the other.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (_, None) => self.clone(),
            (None, _) => other.clone(),
            (Some(a), Some(b)) if a == b => self.clone(),
            (Some(a), Some(b)) => {
                let mut all: Vec<LeafId> = a.iter().chain(b.iter()).copied().collect();
                all.sort_unstable();
                all.dedup();
                Self::held(&all)
            }
        }
    }
}

impl Drop for Leaves {
    fn drop(&mut self) {
        if let Some(leaves) = self.0.as_ref().filter(|leaves| Rc::strong_count(leaves) == 1) {
            meter::release(size_of_val(&**leaves) + ALLOCATION_BYTES);
        }
    }
}

impl FromIterator<LeafId> for Leaves {
    fn from_iter<I: IntoIterator<Item = LeafId>>(leaves: I) -> Self {
        let mut all: Vec<LeafId> = leaves.into_iter().collect();
        all.sort_unstable();
        all.dedup();
        if all.is_empty() { Self::NONE } else { Self::held(&all) }
    }
}

/// How a marked stretch relates to its leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flow {
    /// The bytes are a copy of (a part of) the one leaf.
    Exact,
    /// Something was computed or decided from the leaves.
    Derived,
}

/// A stretch of text that depends on leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// First byte.
    pub start: usize,
    /// Byte after the last; equal to `start` for an absence that depends on the leaves.
    pub end: usize,
    /// The leaves.
    pub leaves: Leaves,
    /// Copy or computation.
    pub flow: Flow,
}

/// The marks of one text: sorted by start, then end; marks may overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks(Option<Rc<Vec<Mark>>>);

impl Marks {
    /// No marks.
    pub const NONE: Self = Self(None);

    /// Returns one mark over `len` bytes, or none where `leaves` is empty.
    #[must_use]
    pub fn whole(len: usize, leaves: &Leaves, flow: Flow) -> Self {
        if leaves.is_empty() {
            Self::NONE
        } else {
            Self::from_vec(vec![Mark { start: 0, end: len, leaves: leaves.clone(), flow }])
        }
    }

    /// Returns the marks in order.
    #[must_use]
    pub fn from_vec(mut marks: Vec<Mark>) -> Self {
        marks.retain(|mark| !mark.leaves.is_empty());
        if marks.is_empty() {
            return Self::NONE;
        }
        marks.sort_by_key(|mark| (mark.start, mark.end));
        marks.dedup();
        meter::hold(size_of_val(marks.as_slice()) + ALLOCATION_BYTES);
        Self(Some(Rc::new(marks)))
    }

    /// Says whether nothing is marked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Returns the marks in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Mark] {
        self.0.as_deref().map_or(&[], Vec::as_slice)
    }

    /// Returns all leaves of all marks.
    #[must_use]
    pub fn leaves(&self) -> Leaves {
        self.as_slice().iter().fold(Leaves::NONE, |all, mark| all.union(&mark.leaves))
    }
}

impl Drop for Marks {
    fn drop(&mut self) {
        if let Some(marks) = self.0.as_ref().filter(|marks| Rc::strong_count(marks) == 1) {
            meter::release(size_of_val(marks.as_slice()) + ALLOCATION_BYTES);
        }
    }
}
