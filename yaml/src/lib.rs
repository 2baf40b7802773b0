//! YAML as the Helm and SOPS worlds read and write it, with a place for every node.
//!
//! In: bytes. Out: trees of [`Node`]s with [`Span`]s; or, the other way, the text Helm's `toYaml` prints.
//! Rules: one event stream, two typings ([`Typing`]); every limit is named in [`Limits`].
//! Not here: merging, provenance beyond [`LeafId`], any file access.

#![forbid(unsafe_code)]

mod emit;
mod read;
mod span;

pub use emit::{Emitter, Scalar, natural_order};
pub use read::{Duplicates, Entry, Limits, Node, ReadError, ReadOptions, Typing, Value, read};
pub use span::{LeafId, LeafPlace, LeafTable, Position, SourceId, Span};
