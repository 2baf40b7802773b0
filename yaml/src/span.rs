//! Places in source text, and the identities of leaves all crates share.

use std::fmt;

/// One place in a text. Lines and columns count from 1, columns in Unicode scalar values; `offset` is in bytes from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Bytes before this place.
    pub offset: usize,
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A stretch of a text: `start` included, `end` not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First place of the stretch.
    pub start: Position,
    /// Place just after it.
    pub end: Position,
}

/// A file (or other text) that leaves come from: an index its owner gives meaning to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// One leaf of one values file: an index into a [`LeafTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeafId(pub u32);

/// Where a leaf was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeafPlace {
    /// The file.
    pub source: SourceId,
    /// The leaf's value in it.
    pub span: Span,
}

/// The places of all leaves of one application, by [`LeafId`].
#[derive(Clone, Debug, Default)]
pub struct LeafTable {
    places: Vec<LeafPlace>,
}

impl LeafTable {
    /// Returns the new identity of a leaf written at `place`.
    pub fn add(&mut self, place: LeafPlace) -> LeafId {
        let id = LeafId(u32::try_from(self.places.len()).unwrap_or(u32::MAX));
        self.places.push(place);
        id
    }

    /// Returns where `leaf` was written; nothing for a leaf of another table.
    #[must_use]
    pub fn place(&self, leaf: LeafId) -> Option<LeafPlace> {
        self.places.get(usize::try_from(leaf.0).ok()?).copied()
    }

    /// Returns how many leaves there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Says whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}
