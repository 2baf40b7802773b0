//! One render: chart and values in, documents in Helm's order out.

use crate::provenance::Leaves;
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
