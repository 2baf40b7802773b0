//! The emitter: what Helm's `toYaml` prints (Go JSON through go-yaml v2).
//!
//! In: one document, piece by piece ([`Emitter`]), or a tree ([`to_yaml`]). Out: text, and where each scalar lies in it.
//! Rules: block style, sequences not indented below their key, lines folded past column 80, keys in natural order. `toYamlPretty`
//! ([`Emitter::pretty`]) goes through go-yaml v3 instead, without JSON: sequences are indented and nothing is folded.
//! Not here: what a scalar means (`scalar`), sorting the caller's maps (see [`sort_naturally`]).

mod analysis;
mod json;
mod order;
mod write;

use std::ops::Range;

use analysis::{Analysis, Style};
pub use order::{natural_order, sort_naturally, sort_prettily};

use crate::lossy;
use crate::number;
use crate::{Node, Value};

/// Spaces one level of nesting adds, as go-yaml v2 writes.
const INDENT: usize = 2;
/// The longest key in bytes that is written without `? `, as in go-yaml v2.
const SIMPLE_KEY_BYTES: usize = 128;

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

/// Why Helm's `toYaml` cannot write a value. It then prints nothing at all, and `mustToYaml` fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EmitProblem {
    /// Infinity and NaN are no JSON.
    #[error("a number is not finite, which JSON cannot say")]
    NotFinite,
    /// A character that Go's JSON passes on and go-yaml refuses.
    #[error("a string holds the character U+{0:04X}, which go-yaml refuses")]
    Character(u32),
    /// A key over go-yaml's bound.
    #[error("a key is longer than go-yaml can read back")]
    LongKey,
}

/// Which of Helm's printers is followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Printer {
    /// `toYaml`: JSON, then go-yaml v2.
    #[default]
    Helm,
    /// `toYamlPretty`: go-yaml v3 with two spaces a level.
    Pretty,
}

/// An open collection.
#[derive(Debug)]
enum Frame {
    /// `{}` or `[]`, written when it was opened.
    Empty,
    /// A block sequence, with the indentation to go back to.
    Sequence { outer: Option<usize> },
    /// A block mapping, with the indentation to go back to and how its last key was written.
    Mapping { outer: Option<usize>, key: KeyForm },
}

/// How the key before a value was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeyForm {
    /// `key:`
    Simple,
    /// `? key`, then `: value` on a line of its own.
    Complex,
}

/// Writes one document, piece by piece; the caller orders keys by [`sort_naturally`].
///
/// Every scalar and key returns the byte range it took in the final text, so provenance survives: quotes, escapes, folding
/// and a block scalar's indicator and content are within it, its last line break is not. Closing calls without an opening one do nothing.
///
/// # Source
/// sigs.k8s.io/yaml `yaml.go`, `Marshal`; go-yaml v2 `emitterc.go` and `encode.go`.
#[derive(Debug)]
pub struct Emitter {
    printer: Printer,
    text: Vec<u8>,
    frames: Vec<Frame>,
    /// Characters on the last line.
    column: usize,
    /// The current indentation; none before the root is open.
    indent: Option<usize>,
    /// Whether the last thing written separates tokens.
    whitespace: bool,
    /// Whether only indentation and indicators stand on the last line.
    indention: bool,
    problem: Option<EmitProblem>,
}

impl Default for Emitter {
    fn default() -> Self {
        Self {
            printer: Printer::default(),
            text: Vec::new(),
            frames: Vec::new(),
            column: 0,
            indent: None,
            whitespace: true,
            indention: true,
            problem: None,
        }
    }
}

impl Emitter {
    /// Returns an emitter at the start of a document.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns an emitter that writes as `toYamlPretty`; the caller orders keys by [`sort_prettily`]. Strings must be UTF-8: what is not
    /// becomes U+FFFD, where Go writes base64.
    ///
    /// # Source
    /// go-yaml v3 `emitterc.go` and `encode.go`, `SetIndent(2)`.
    #[must_use]
    pub fn pretty() -> Self {
        Self { printer: Printer::Pretty, ..Self::default() }
    }

    /// Opens a mapping of `len` entries (`{}` when 0; close it all the same).
    pub fn begin_mapping(&mut self, len: usize) {
        self.begin_node();
        if len == 0 {
            self.write_empty("{}");
            return;
        }
        let outer = self.increase_indent(Nesting::Deeper);
        self.frames.push(Frame::Mapping { outer, key: KeyForm::Simple });
    }

    /// Writes a key of the open mapping and returns where its text lies.
    pub fn key(&mut self, key: &[u8]) -> Range<usize> {
        let passed = self.through_json(key, json::Role::Key);
        let analysis = Analysis::of(&passed, self.printer);
        let form = if analysis.multiline || passed.len() > SIMPLE_KEY_BYTES { KeyForm::Complex } else { KeyForm::Simple };
        if let Some(Frame::Mapping { key, .. }) = self.frames.last_mut() {
            *key = form;
        }
        self.write_indent();
        let role = match form {
            KeyForm::Simple => write::Role::SimpleKey,
            KeyForm::Complex => {
                self.write_indicator("?", write::Kind::Indention);
                write::Role::Value
            }
        };
        let style = analysis.style_of(&passed, role);
        self.write_scalar(&passed, style, role)
    }

    /// Closes the open mapping.
    pub fn end_mapping(&mut self) {
        self.end_collection();
    }

    /// Opens a sequence of `len` items (`[]` when 0; close it all the same).
    pub fn begin_sequence(&mut self, len: usize) {
        let in_mapping = matches!(self.frames.last(), Some(Frame::Mapping { .. }));
        self.begin_node();
        if len == 0 {
            self.write_empty("[]");
            return;
        }
        let nesting =
            if in_mapping && !self.indention && self.printer == Printer::Helm { Nesting::Level } else { Nesting::Deeper };
        let outer = self.increase_indent(nesting);
        self.frames.push(Frame::Sequence { outer });
    }

    /// Closes the open sequence.
    pub fn end_sequence(&mut self) {
        self.end_collection();
    }

    /// Writes a scalar as the next item or value and returns where its text lies.
    pub fn scalar(&mut self, scalar: Scalar<'_>) -> Range<usize> {
        self.begin_node();
        let plain = match scalar {
            Scalar::Null => "null".to_owned(),
            Scalar::Bool(true) => "true".to_owned(),
            Scalar::Bool(false) => "false".to_owned(),
            Scalar::Int(value) => value.to_string(),
            Scalar::Float(value) => self.float_text(value),
            Scalar::String(bytes) => {
                let passed = self.through_json(bytes, json::Role::Value);
                let style = Analysis::of(&passed, self.printer).style_of(&passed, write::Role::Value);
                return self.write_scalar(&passed, style, write::Role::Value);
            }
        };
        self.write_scalar(&plain, Style::Plain, write::Role::Value)
    }

    /// Returns how many bytes are written so far; what is written later begins there or after.
    #[must_use]
    pub fn position(&self) -> usize {
        self.text.len()
    }

    /// Returns the bytes at `range`; none where it reaches past what is written.
    #[must_use]
    pub fn written(&self, range: Range<usize>) -> &[u8] {
        self.text.get(range).unwrap_or(&[])
    }

    /// Returns what keeps Helm from writing this document, if anything was met so far.
    #[must_use]
    pub fn problem(&self) -> Option<EmitProblem> {
        self.problem
    }

    /// Returns the text with its final newline, as `yaml.Marshal` does; nothing at all where [`Emitter::problem`] is set, as
    /// `toYaml` then prints.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        if self.problem.is_some() {
            return Vec::new();
        }
        while !self.frames.is_empty() {
            self.end_collection();
        }
        self.write_indent();
        self.text
    }

    /// Writes what stands before a node: the dash of an item, the colon after a key.
    fn begin_node(&mut self) {
        match self.frames.last() {
            Some(Frame::Sequence { .. }) => {
                self.write_indent();
                self.write_indicator("-", write::Kind::Indention);
            }
            Some(Frame::Mapping { key: KeyForm::Simple, .. }) => self.write_colon(),
            Some(Frame::Mapping { key: KeyForm::Complex, .. }) => {
                self.write_indent();
                self.write_indicator(":", write::Kind::Indention);
            }
            Some(Frame::Empty) | None => {}
        }
    }

    fn write_empty(&mut self, brackets: &str) {
        self.write_indicator(brackets, write::Kind::Content);
        self.frames.push(Frame::Empty);
    }

    fn end_collection(&mut self) {
        match self.frames.pop() {
            Some(Frame::Sequence { outer } | Frame::Mapping { outer, .. }) => self.indent = outer,
            Some(Frame::Empty) | None => {}
        }
    }

    /// Goes one level down and returns the level to go back to.
    fn increase_indent(&mut self, nesting: Nesting) -> Option<usize> {
        let outer = self.indent;
        self.indent = match (outer, nesting) {
            (None, _) => Some(0),
            (Some(indent), Nesting::Deeper) => Some(indent + INDENT),
            (Some(indent), Nesting::Level) => Some(indent),
        };
        outer
    }

    /// Returns a string as it comes out of Go's JSON and go-yaml's reading of it.
    fn through_json(&mut self, bytes: &[u8], role: json::Role) -> String {
        if self.printer == Printer::Pretty {
            return lossy::decode(bytes);
        }
        json::pass(bytes, role).unwrap_or_else(|problem| {
            self.problem.get_or_insert(problem);
            String::new()
        })
    }

    fn float_text(&mut self, value: f64) -> String {
        if self.printer == Printer::Pretty {
            return number::format_general(value);
        }
        if !value.is_finite() {
            self.problem.get_or_insert(EmitProblem::NotFinite);
        }
        json::float(value).unwrap_or_else(|| number::format_general(value))
    }
}

/// How a collection lies below its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nesting {
    /// Indented further.
    Deeper,
    /// At the parent's indentation: a sequence as a mapping's value.
    Level,
}

/// Returns what `toYaml` prints for a tree, with the final newline that `toYaml` cuts.
///
/// # Errors
/// [`EmitProblem`] where Helm's `toYaml` fails (and prints nothing).
pub fn to_yaml(node: &Node) -> Result<Vec<u8>, EmitProblem> {
    let mut emitter = Emitter::new();
    emit_node(&mut emitter, node);
    match emitter.problem() {
        Some(problem) => Err(problem),
        None => Ok(emitter.finish()),
    }
}

fn emit_node(emitter: &mut Emitter, node: &Node) {
    match &node.value {
        Value::Null => drop(emitter.scalar(Scalar::Null)),
        Value::Bool(value) => drop(emitter.scalar(Scalar::Bool(*value))),
        Value::Int(value) => drop(emitter.scalar(Scalar::Int(*value))),
        Value::Float(value) => drop(emitter.scalar(Scalar::Float(*value))),
        Value::String(text) | Value::Time(text) => drop(emitter.scalar(Scalar::String(text.as_bytes()))),
        Value::Sequence(items) => {
            emitter.begin_sequence(items.len());
            for item in items {
                emit_node(emitter, item);
            }
            emitter.end_sequence();
        }
        Value::Mapping(entries) => {
            let mut sorted: Vec<_> = entries.iter().collect();
            sort_naturally(&mut sorted, |entry| entry.key.as_bytes());
            emitter.begin_mapping(sorted.len());
            for entry in sorted {
                emitter.key(entry.key.as_bytes());
                emit_node(emitter, &entry.value);
            }
            emitter.end_mapping();
        }
    }
}

#[cfg(test)]
mod tests;
