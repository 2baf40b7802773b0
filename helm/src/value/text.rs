//! Text: byte strings that know where they come from.

use std::fmt;
use std::rc::Rc;

use crate::meter::{self, ALLOCATION_BYTES};
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
        Self::held(Rc::from(bytes), Marks::NONE)
    }

    /// Returns text with marks, whose places must lie within it.
    #[must_use]
    pub fn marked(bytes: Vec<u8>, marks: Marks) -> Self {
        Self::held(Rc::from(bytes), marks)
    }

    /// Returns text with marks, whose places must lie within it.
    #[must_use]
    pub(crate) fn of_marked(bytes: &[u8], marks: Marks) -> Self {
        Self::held(Rc::from(bytes), marks)
    }

    /// Returns the text of one tracked leaf.
    #[must_use]
    pub fn of_leaf(bytes: &[u8], leaf: LeafId) -> Self {
        Self::held(Rc::from(bytes), Marks::whole(bytes.len(), &Leaves::one(leaf), Flow::Exact))
    }

    /// Returns a text of bytes that nobody holds yet.
    fn held(bytes: Rc<[u8]>, marks: Marks) -> Self {
        meter::hold(weight(&bytes));
        Self { bytes, marks }
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

impl Drop for Text {
    fn drop(&mut self) {
        if Rc::strong_count(&self.bytes) == 1 {
            meter::release(weight(&self.bytes));
        }
    }
}

/// Returns the memory that bytes take; none where there are none, so that an empty text need not be counted.
fn weight(bytes: &[u8]) -> usize {
    if bytes.is_empty() { 0 } else { bytes.len() + ALLOCATION_BYTES }
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
