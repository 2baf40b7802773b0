//! Go's JSON, written.
//!
//! # Source
//! Go 1.26 `encoding/json`: `encode.go` (`appendString`, `floatEncoder`), `indent.go`.

use std::ops::Range;
use std::rc::Rc;

use yaml::Scalar;

use crate::functions::document::Sink;
use crate::value::Slot;

/// Spaces one level adds in the pretty form (sprig's choice).
const INDENT: usize = 2;

/// How text is escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escapes {
    /// `<`, `>` and `&` as well.
    Html,
    /// What JSON needs, and the two line separators of Unicode.
    Plain,
}

/// How the document is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// On one line.
    Compact,
    /// One entry a line.
    Pretty,
}

/// A JSON document under construction.
#[derive(Debug)]
pub(super) struct JsonSink {
    out: Vec<u8>,
    escapes: Escapes,
    layout: Layout,
    /// The open containers: how many entries each has had.
    open: Vec<usize>,
    /// A key was written and its value is due.
    after_key: bool,
    /// Infinity or NaN was met, as Go prints it.
    not_finite: Option<&'static str>,
}

impl JsonSink {
    pub(super) fn new(escapes: Escapes, layout: Layout) -> Self {
        Self { out: Vec::new(), escapes, layout, open: Vec::new(), after_key: false, not_finite: None }
    }

    /// Returns the number that JSON cannot say, if one was met.
    pub(super) fn not_finite(&self) -> Option<&'static str> {
        self.not_finite
    }

    /// Returns the document.
    pub(super) fn finish(self) -> Vec<u8> {
        self.out
    }

    /// Writes what stands before a key, an item or a value.
    fn lead(&mut self) {
        if std::mem::take(&mut self.after_key) {
            return;
        }
        let Some(count) = self.open.last_mut() else { return };
        let first = *count == 0;
        *count += 1;
        if !first {
            self.out.push(b',');
        }
        self.line();
    }

    fn line(&mut self) {
        if self.layout == Layout::Pretty {
            self.out.push(b'\n');
            self.out.resize(self.out.len() + INDENT * self.open.len(), b' ');
        }
    }

    fn begin(&mut self, bracket: u8) {
        self.lead();
        self.out.push(bracket);
        self.open.push(0);
    }

    fn end(&mut self, bracket: u8) {
        if self.open.pop().is_some_and(|count| count > 0) {
            self.line();
        }
        self.out.push(bracket);
    }

    fn string(&mut self, bytes: &[u8]) {
        self.out.push(b'"');
        for chunk in bytes.utf8_chunks() {
            for character in chunk.valid().chars() {
                self.character(character);
            }
            // Go writes one replacement a byte that is part of no character.
            for _ in chunk.invalid() {
                self.out.extend_from_slice(b"\\ufffd");
            }
        }
        self.out.push(b'"');
    }

    fn character(&mut self, character: char) {
        let short = match character {
            '"' => b"\\\"",
            '\\' => b"\\\\",
            '\u{8}' => b"\\b",
            '\u{c}' => b"\\f",
            '\n' => b"\\n",
            '\r' => b"\\r",
            '\t' => b"\\t",
            _ => {
                let html = self.escapes == Escapes::Html && matches!(character, '<' | '>' | '&');
                if html || character < ' ' || matches!(character, '\u{2028}' | '\u{2029}') {
                    self.out.extend_from_slice(format!("\\u{:04x}", u32::from(character)).as_bytes());
                } else {
                    self.out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
                return;
            }
        };
        self.out.extend_from_slice(short);
    }

    fn float(&mut self, number: f64) {
        match number {
            _ if number.is_nan() => self.not_finite = Some("NaN"),
            _ if number.is_infinite() => self.not_finite = Some(if number > 0.0 { "+Inf" } else { "-Inf" }),
            _ => self.out.extend_from_slice(float_text(number).as_bytes()),
        }
    }
}

impl Sink for JsonSink {
    fn order(&self, _: &mut Vec<(Rc<[u8]>, Slot)>) {
        // A map's own order is that of its keys' bytes, as in Go's JSON.
    }

    fn begin_mapping(&mut self, _: usize) {
        self.begin(b'{');
    }

    fn key(&mut self, key: &[u8]) {
        self.lead();
        self.string(key);
        self.out.push(b':');
        if self.layout == Layout::Pretty {
            self.out.push(b' ');
        }
        self.after_key = true;
    }

    fn end_mapping(&mut self) {
        self.end(b'}');
    }

    fn begin_sequence(&mut self, _: usize) {
        self.begin(b'[');
    }

    fn end_sequence(&mut self) {
        self.end(b']');
    }

    fn scalar(&mut self, scalar: Scalar<'_>) -> Range<usize> {
        self.lead();
        let start = self.out.len();
        match scalar {
            Scalar::Null => self.out.extend_from_slice(b"null"),
            Scalar::Bool(on) => self.out.extend_from_slice(if on { b"true" } else { b"false" }),
            Scalar::Int(number) => self.out.extend_from_slice(number.to_string().as_bytes()),
            Scalar::Float(number) => self.float(number),
            Scalar::String(bytes) => self.string(bytes),
        }
        start..self.out.len()
    }

    fn position(&self) -> usize {
        self.out.len()
    }

    fn copied(&self, range: &Range<usize>, text: &[u8]) -> Option<Range<usize>> {
        let inner = range.start + 1..range.end.saturating_sub(1);
        (self.out.get(inner.clone()) == Some(text)).then_some(inner)
    }
}

/// Returns a finite float64 as Go's JSON: like JavaScript, with `e-7` rather than `e-07`.
fn float_text(number: f64) -> String {
    const EXPONENT_BELOW: f64 = 1e-6;
    const EXPONENT_FROM: f64 = 1e21;
    let size = number.abs();
    if size == 0.0 || (EXPONENT_BELOW..EXPONENT_FROM).contains(&size) {
        return number.to_string();
    }
    let text = format!("{number:e}");
    if size < EXPONENT_BELOW { text } else { text.replace('e', "e+") }
}
