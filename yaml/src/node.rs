//! The trees the reader hands out.
//!
//! Out: [`Document`]s of [`Node`]s. Rules: document order everywhere; every node knows where it is written.
//! Not here: how text becomes a value (`scalar`, `read`).

use crate::Span;

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it is written, without anchor and tag; for an alias the place of the anchored node, so that provenance by
    /// place follows copies. A block scalar reaches from its indicator to the end of its content, the last line break
    /// included where it belongs to the value.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// One entry of a mapping, in document order. Under both typings keys are strings.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key's text.
    pub key: String,
    /// Where the key is written.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

/// The kinds of value a document can hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Null, and absent values.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer; only under [`Typing::Sops`](crate::Typing::Sops).
    Int(i64),
    /// A number.
    Float(f64),
    /// A string.
    String(String),
    /// A timestamp, as RFC 3339 text with nanoseconds trimmed; only under [`Typing::Sops`](crate::Typing::Sops).
    Time(String),
    /// A sequence.
    Sequence(Vec<Node>),
    /// A mapping in document order.
    Mapping(Vec<Entry>),
}

/// Whether a document holds anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A value is written (`null` counts).
    Present,
    /// Nothing is written but comments.
    CommentsOnly,
    /// Nothing is written.
    Empty,
}

/// One document of a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its value; null where nothing is written.
    pub root: Node,
    /// From its first directive, `---` or value, to its `...` or to where the next document (or the end) begins.
    pub span: Span,
    /// Whether `---` opens it.
    pub explicit_start: bool,
    /// Whether `...` closes it. Text may follow after [`Document::span`], which not every consumer sees.
    pub explicit_end: bool,
    /// Whether it holds anything.
    pub content: Content,
}
