//! The tape: documents as flat bytes that a policy reads in place.
//!
//! In: documents, value by value ([`Builder`]). Out: bytes, and [`Tape`], which answers questions about them without copying or parsing.
//! Rules: the form is that of docs/policy-tape.md, version 1; the same documents give the same bytes; any bytes can be read without
//! a panic, and what does not add up is absent.
//! Not here: what a document means, and JSON pointers into what is missing (the SDK).
//!
//! ```
//! use tidegate_policy_tape::{Builder, Tape, View};
//!
//! let mut builder = Builder::default();
//! builder.document().map(|map| {
//!     map.entry("kind").text("Pod");
//!     map.entry("replicas").integer(2);
//! });
//! let bytes = builder.finish().unwrap();
//!
//! let tape = Tape::read(&bytes).unwrap();
//! let pod = tape.document(0).unwrap();
//! let kind = tape.get(pod, "kind").unwrap();
//! assert_eq!(tape.view(kind), View::Text("Pod"));
//! ```
#![forbid(unsafe_code)]

mod build;
mod form;
mod json;
mod read;
#[cfg(test)]
mod tests;

pub use build::{Builder, File, ListWriter, MapWriter, Slot};
pub use form::{COUNT_LIMIT, TapeError, VERSION};
pub use read::{Entries, Items, Node, Origin, Tape, View};
