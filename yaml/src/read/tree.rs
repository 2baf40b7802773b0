//! The tree as written: aliases not yet followed, scalars not yet typed.

use std::borrow::Cow;

use crate::Span;
use crate::scan::ScalarStyle;

/// A node of [`RawNodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RawId(usize);

/// A node as written.
#[derive(Debug)]
pub(super) struct Raw<'a> {
    /// Where it is written, without anchor and tag.
    pub(super) span: Span,
    /// Its tag, resolved to its long form.
    pub(super) tag: Option<String>,
    /// What it is.
    pub(super) kind: RawKind<'a>,
}

/// The kinds of node.
#[derive(Debug)]
pub(super) enum RawKind<'a> {
    /// A scalar and how it is written.
    Scalar { text: Cow<'a, str>, style: ScalarStyle },
    /// A sequence.
    Sequence(Vec<RawId>),
    /// Keys and values.
    Mapping(Vec<(RawId, RawId)>),
    /// Another node.
    Alias(RawId),
    /// A collection that is being read.
    Unfinished,
}

/// The nodes of a stream, as far as aliases may reach.
#[derive(Debug, Default)]
pub(super) struct RawNodes<'a>(Vec<Raw<'a>>);

impl<'a> RawNodes<'a> {
    /// Returns a node.
    pub(super) fn get(&self, id: RawId) -> &Raw<'a> {
        #[expect(clippy::indexing_slicing, reason = "ids are made by `add` only, and nodes go only when all ids do")]
        &self.0[id.0]
    }

    /// Returns how many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds a node.
    pub(super) fn add(&mut self, raw: Raw<'a>) -> RawId {
        self.0.push(raw);
        RawId(self.0.len() - 1)
    }

    /// Gives a collection its contents.
    pub(super) fn finish(&mut self, id: RawId, kind: RawKind<'a>, span: Span) {
        if let Some(raw) = self.0.get_mut(id.0) {
            raw.kind = kind;
            raw.span = span;
        }
    }
}

/// One document as written.
#[derive(Debug)]
pub(super) struct Parsed {
    /// Its value.
    pub(super) root: RawId,
    /// Its extent.
    pub(super) span: Span,
    /// Whether `---` opens it.
    pub(super) explicit_start: bool,
    /// Whether `...` closes it.
    pub(super) explicit_end: bool,
}
