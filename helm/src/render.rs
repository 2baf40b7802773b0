//! One render: chart and values in, documents in Helm's order out.

mod head;
pub mod order;
mod split;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::provenance::{LeafId, Leaves};
use crate::value::Text;

/// One rendered document.
#[derive(Clone, Debug)]
pub struct Document {
    /// The template (`chart/templates/x.yaml`) as in helm's `# Source:` line.
    pub source: String,
    /// The document's text as helm prints it after its `# Source:` line (that line and `---` not included), with marks.
    pub text: Text,
    /// For each line of `text` the line of the template that wrote it, from 1; 0 where none did.
    pub lines: Vec<u32>,
    /// Which part of the output it belongs to.
    pub part: Part,
}

/// Which part of helm's output a document belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// From `crds/`.
    Crd,
    /// An ordinary manifest.
    Manifest,
    /// A hook.
    Hook,
}

/// A place in a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The template's name (`chart/templates/x.yaml`).
    pub template: String,
    /// Line from 1.
    pub line: u32,
    /// Column from 1.
    pub column: u32,
}

/// A template that failed.
#[derive(Debug)]
pub struct TemplateFailure {
    /// Helm's words; marked where they quote tracked leaves.
    pub message: Text,
    /// The innermost place.
    pub at: Site,
    /// The calls that led there, outermost first.
    pub chain: Vec<Site>,
    /// The value path the failing operand reads (`.Values.a.b`), where it reads one.
    pub value_path: Option<String>,
    /// What the failure, or that it happened at all, depends on.
    pub leaves: Leaves,
}

/// Where randomness and time come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Randomness {
    /// A constant stands in, tracked as a pseudo-leaf: whoever prints the output refuses it there.
    Refuse,
    /// As helm: from what the caller hands in.
    Helm {
        /// Seed of the generator.
        seed: [u8; 32],
        /// Seconds and nanoseconds since the epoch.
        now: (i64, u32),
    },
}

/// What hash functions hash.
#[derive(Clone, Debug)]
pub enum Hashes {
    /// The bytes, as helm does.
    Plain,
    /// Every range that depends on these leaves replaced by their digests. The leaves listed are those that are sealed.
    Ciphertext(Arc<BTreeMap<LeafId, Vec<u8>>>),
}

/// What one render may cost.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Nested calls of templates (`include`, `template`, `tpl`), as helm's 1000.
    pub depth: usize,
    /// Executed nodes, commands and loop turns.
    pub steps: u64,
    /// Bytes of one template's output and of any single string.
    pub output_bytes: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { depth: 1000, steps: 50_000_000, output_bytes: 64 << 20 }
    }
}

/// A call of a random, time or crypto function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChanceCall {
    /// Its pseudo-leaf.
    pub leaf: LeafId,
    /// The function.
    pub function: &'static str,
    /// Where it was called.
    pub at: Site,
}
