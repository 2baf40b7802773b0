//! JSON: a document as a text, for guests that read no tape.
//!
//! Rules: keys in the order of their bytes; a sealed leaf is the string `<sealed:N>`; a number that JSON cannot say is null.

use std::fmt::Write as _;

use crate::read::{Node, Tape, View};

impl Tape<'_> {
    /// Returns a document as JSON, without spaces. Depth is that of the document, which its reader bounds.
    #[must_use]
    pub fn json(&self, node: Node) -> String {
        let mut json = String::new();
        self.write(node, &mut json);
        json
    }

    fn write(&self, node: Node, json: &mut String) {
        match self.view(node) {
            View::Null => json.push_str("null"),
            View::Bool(on) => json.push_str(if on { "true" } else { "false" }),
            View::Integer(integer) => text(json, format_args!("{integer}")),
            View::Float(float) if float.is_finite() => text(json, format_args!("{float:?}")),
            View::Float(_) => json.push_str("null"),
            View::Text(string) => quote(string, json),
            View::Sealed(handle) => text(json, format_args!("\"<sealed:{handle}>\"")),
            View::List(items) => {
                json.push('[');
                for (number, item) in items.enumerate() {
                    if number > 0 {
                        json.push(',');
                    }
                    self.write(item, json);
                }
                json.push(']');
            }
            View::Map(entries) => {
                json.push('{');
                for (number, (key, value)) in entries.enumerate() {
                    if number > 0 {
                        json.push(',');
                    }
                    quote(key, json);
                    json.push(':');
                    self.write(value, json);
                }
                json.push('}');
            }
        }
    }
}

fn text(json: &mut String, words: std::fmt::Arguments<'_>) {
    // A string takes whatever is written to it.
    let _infallible = json.write_fmt(words);
}

/// Writes a string (RFC 8259, section 7).
fn quote(string: &str, json: &mut String) {
    json.push('"');
    for character in string.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            control if control < ' ' => text(json, format_args!("\\u{:04x}", u32::from(control))),
            other => json.push(other),
        }
    }
    json.push('"');
}
