//! The emitter: what Helm's `toYaml` prints (Go JSON through go-yaml v2).

use std::cmp::Ordering;
use std::ops::Range;

/// A scalar to write.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar<'a> {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float64, printed as Go's JSON then go-yaml v2 print it.
    Float(f64),
    /// A string; bytes that are not UTF-8 become U+FFFD, as in Go's JSON.
    String(&'a [u8]),
}

/// Writes one document, piece by piece; the caller sorts keys by [`natural_order`].
///
/// Every scalar and key returns the byte range it took, so provenance survives.
#[derive(Debug, Default)]
pub struct Emitter {
    text: Vec<u8>,
}

impl Emitter {
    /// Returns an emitter at the start of a document.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens a mapping of `len` entries (`{}` when 0; close it all the same).
    pub fn begin_mapping(&mut self, len: usize) {
        let _ = len;
    }

    /// Writes a key of the open mapping.
    pub fn key(&mut self, key: &[u8]) -> Range<usize> {
        let _ = key;
        0..0
    }

    /// Closes the open mapping.
    pub fn end_mapping(&mut self) {}

    /// Opens a sequence of `len` items (`[]` when 0; close it all the same).
    pub fn begin_sequence(&mut self, len: usize) {
        let _ = len;
    }

    /// Closes the open sequence.
    pub fn end_sequence(&mut self) {}

    /// Writes a scalar as the next item or value and returns where its text lies.
    pub fn scalar(&mut self, scalar: Scalar<'_>) -> Range<usize> {
        let _ = scalar;
        0..0
    }

    /// Returns the text with its final newline, as `yaml.Marshal` does.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.text
    }
}

/// Compares keys as go-yaml v2 sorts them (digits as numbers, letters after other characters).
///
/// # Source
/// go-yaml v2 `sorter.go`, `keyList.Less`.
#[must_use]
pub fn natural_order(a: &[u8], b: &[u8]) -> Ordering {
    a.cmp(b)
}
