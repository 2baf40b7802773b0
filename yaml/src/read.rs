//! The reader: text to typed nodes.
//!
//! In: bytes and [`ReadOptions`]. Out: [`Document`]s, or a [`ReadError`] with its place.
//! Rules: input is bounded before it is parsed, the tree before aliases are expanded and while they are; nothing panics.
//! Not here: paths, merging of layers, SOPS's own rules about what a sealed file may hold.

mod base64;
mod error;
mod grammar;
mod input;
mod tree;
mod typed;

pub use error::{KeyKind, ReadError};
pub(crate) use input::is_plain_input;

use crate::{Document, Node};

/// Whose scalar rules apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typing {
    /// go-yaml v2 through JSON, as Helm reads values: `yes` is true, every number becomes a float64, keys become strings.
    Helm,
    /// go-yaml v3, as SOPS reads files: `yes` is a string, integers stay integers, `<<` stays an entry.
    Sops,
}

/// What a repeated key in one mapping means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// The last one counts, as in Helm.
    LastWins,
    /// An error that names both places.
    Refuse,
}

/// What becomes of a text whose last line has no line break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinalNewline {
    /// It is read as it is.
    AsIs,
    /// It is read as if it had one, as Helm 4.3 reads values files (a block scalar at the end then keeps its line break).
    Added,
}

/// What one text may cost. Every bound is inclusive: the value itself is still accepted.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the text.
    pub bytes: usize,
    /// Nodes of the result, aliases expanded, keys included.
    pub nodes: usize,
    /// Nesting depth: a scalar document has depth 1. Never more than [`DEPTH_CEILING`].
    pub depth: usize,
    /// Documents in the stream.
    pub documents: usize,
}

/// The deepest nesting in levels that any limits allow: trees are read, walked and dropped by recursion, which must fit a
/// thread's stack of 2 MiB in an unoptimised build with room to spare.
pub const DEPTH_CEILING: usize = 200;

/// Bytes of one text: a values file of 4 MiB is far past what people write, and Helm's own bound for a chart's file is 5 MiB.
const DEFAULT_BYTES: usize = 4 << 20;
/// Nodes of one text: more than 4 MiB of real values hold, and some 100 MB of memory.
const DEFAULT_NODES: usize = 1_000_000;
/// Levels of nesting: the deepest custom resource definitions reach some 40.
const DEFAULT_DEPTH: usize = 100;
/// Documents of one stream: the largest bundles of manifests hold some hundreds.
const DEFAULT_DOCUMENTS: usize = 10_000;

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: DEFAULT_BYTES, nodes: DEFAULT_NODES, depth: DEFAULT_DEPTH, documents: DEFAULT_DOCUMENTS }
    }
}

/// How to read a text.
#[derive(Clone, Copy, Debug)]
pub struct ReadOptions {
    /// Scalar rules.
    pub typing: Typing,
    /// Repeated keys.
    pub duplicates: Duplicates,
    /// The last line.
    pub final_newline: FinalNewline,
    /// Bounds.
    pub limits: Limits,
}

impl ReadOptions {
    /// Returns how Helm reads YAML: the last of repeated keys counts, the text is read as it is.
    #[must_use]
    pub fn helm() -> Self {
        Self {
            typing: Typing::Helm,
            duplicates: Duplicates::LastWins,
            final_newline: FinalNewline::AsIs,
            limits: Limits::default(),
        }
    }

    /// Returns how SOPS reads YAML: repeated keys are refused, the text is read as it is.
    #[must_use]
    pub fn sops() -> Self {
        Self {
            typing: Typing::Sops,
            duplicates: Duplicates::Refuse,
            final_newline: FinalNewline::AsIs,
            limits: Limits::default(),
        }
    }
}

/// Returns the documents of `text`, one node each, in order.
///
/// Places are bytes of `text`, a byte order mark included; of a text in UTF-16 they are bytes of the same text in UTF-8.
///
/// # Errors
/// [`ReadError`] with the place, at the first thing that is not allowed.
pub fn read(text: &[u8], options: &ReadOptions) -> Result<Vec<Node>, ReadError> {
    let documents = read_documents(text, options)?;
    Ok(documents.into_iter().map(|document| document.root).collect())
}

/// Returns the documents of `text` with their extents, in order. A text of blanks and comments has none.
///
/// # Errors
/// [`ReadError`] with the place, at the first thing that is not allowed.
pub fn read_documents(text: &[u8], options: &ReadOptions) -> Result<Vec<Document>, ReadError> {
    let input = input::Input::of(text, options)?;
    let mut trees = grammar::Trees::of(&input, options);
    let mut documents = Vec::new();
    while let Some(parsed) = trees.next_document()? {
        if documents.len() == options.limits.documents {
            return Err(ReadError::TooManyDocuments { limit: options.limits.documents, at: parsed.span.start });
        }
        documents.push(typed::document(trees.nodes(), &parsed, &input, options)?);
    }
    Ok(documents)
}

/// Returns the first document of `text` and reads nothing after it, as `yaml.Unmarshal` does in Helm; nothing for a text of
/// blanks and comments.
///
/// # Errors
/// [`ReadError`] with the place, at the first thing that is not allowed.
pub fn read_first(text: &[u8], options: &ReadOptions) -> Result<Option<Document>, ReadError> {
    let input = input::Input::of(text, options)?;
    let mut trees = grammar::Trees::of(&input, options);
    match trees.next_document()? {
        Some(parsed) => typed::document(trees.nodes(), &parsed, &input, options).map(Some),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests;
