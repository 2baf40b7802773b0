//! YAML as the Helm and SOPS worlds read and write it, with a place for every node.
//!
//! In: bytes. Out: trees of [`Node`]s with [`Span`]s; or, the other way, the text Helm's `toYaml` prints.
//! Rules: one event stream, two typings ([`Typing`]); every limit is named in [`Limits`].
//! Not here: merging, provenance beyond [`LeafId`], any file access.

#![forbid(unsafe_code)]

mod emit;
mod lossy;
mod node;
mod number;
pub mod outline;
mod read;
mod scalar;
mod scan;
mod span;
mod timestamp;

pub use emit::{EmitProblem, Emitter, Scalar, natural_order, sort_naturally, sort_prettily, to_yaml};
pub use node::{Content, Document, Entry, Node, Value};
pub use read::{
    DEPTH_CEILING, Duplicates, FinalNewline, KeyKind, Limits, ReadError, ReadOptions, Typing, read, read_documents, read_first,
};
pub use span::{LeafId, LeafPlace, LeafTable, Position, SourceId, Span};
