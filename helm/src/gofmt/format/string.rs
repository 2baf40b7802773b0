//! Strings and characters under a verb: cut, quoted, in hexadecimal, padded.
//!
//! # Source
//! Go 1.26 `fmt/format.go`: `pad`, `fmtS`, `fmtQ`, `fmtSbx`, `fmtC`, `fmtQc`.

use super::super::{Buffer, quote, quote_ascii};
use super::Spec;
use crate::value::Text;

/// Prints a text, cut to the precision.
pub(super) fn plain(out: &mut Buffer, text: &Text, spec: Spec) {
    pad(out, &truncated(text, spec.precision), spec);
}

/// Prints a text as a Go string: between backquotes with `#` where that is possible, in ASCII with `+`.
pub(super) fn quoted(out: &mut Buffer, text: &Text, spec: Spec) {
    let cut = truncated(text, spec.precision);
    let bytes = cut.as_bytes();
    let quoted = match std::str::from_utf8(bytes) {
        Ok(raw) if spec.sharp && can_backquote(raw) => format!("`{raw}`"),
        _ if spec.plus => quote_ascii(bytes, '"'),
        _ => quote(bytes, '"'),
    };
    pad(out, &Text::plain(quoted.as_bytes()).derived_from(&cut.marks().leaves()), spec);
}

/// # Source
/// Go `strconv.CanBackquote`.
fn can_backquote(text: &str) -> bool {
    text.chars().all(|c| c == '\t' || (c >= ' ' && !matches!(c, '`' | '\u{7f}' | '\u{feff}')))
}

/// Prints bytes in hexadecimal; `digit` is `x` or `X`.
pub(super) fn hexadecimal(out: &mut Buffer, text: &Text, spec: Spec, digit: char) {
    let bytes = text.as_bytes();
    let bytes = bytes.get(..spec.precision.unwrap_or(usize::MAX).min(bytes.len())).unwrap_or_default();
    let start = out.len();
    let prefix = if spec.sharp && !bytes.is_empty() { format!("0{digit}") } else { String::new() };
    let parts: Vec<String> =
        bytes.iter().map(|byte| if digit == 'x' { format!("{byte:02x}") } else { format!("{byte:02X}") }).collect();
    let written = if spec.space { parts.join(&format!(" {prefix}")) } else { parts.concat() };
    let written = format!("{prefix}{written}");
    let missing = spec.width.unwrap_or(0).saturating_sub(written.len());
    let fill = fill(spec).repeat(missing);
    if spec.minus && !bytes.is_empty() {
        out.push(written.as_bytes());
        out.push(&fill);
    } else {
        out.push(&fill);
        out.push(written.as_bytes());
    }
    out.mark(start, text.marks().leaves());
}

/// Prints a code point as a character.
pub(super) fn character(out: &mut Buffer, number: i128, spec: Spec) {
    pad(out, &Text::from(point(number).to_string().as_str()), spec);
}

/// Prints a code point as a Go character constant.
pub(super) fn quoted_character(out: &mut Buffer, number: i128, spec: Spec) {
    let character = point(number).to_string();
    let quoted = if spec.plus { quote_ascii(character.as_bytes(), '\'') } else { quote(character.as_bytes(), '\'') };
    pad(out, &Text::from(quoted.as_str()), spec);
}

fn point(number: i128) -> char {
    u32::try_from(number).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Prints text at its width; the padding depends on the text's length, so it is marked with the text's leaves.
pub(super) fn pad(out: &mut Buffer, text: &Text, spec: Spec) {
    let missing = spec.width.unwrap_or(0).saturating_sub(runes(text.as_bytes()));
    let fill = fill(spec).repeat(missing);
    let start = out.len();
    if spec.minus {
        out.push_text(text);
        out.push(&fill);
    } else {
        out.push(&fill);
        out.push_text(text);
    }
    if spec.width.is_some() {
        out.mark(start, text.marks().leaves());
    }
}

/// Returns what pads: zeros only to the left.
fn fill(spec: Spec) -> &'static [u8] {
    if spec.zero && !spec.minus { b"0" } else { b" " }
}

/// Counts characters; a byte that belongs to none is one.
fn runes(bytes: &[u8]) -> usize {
    bytes.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum()
}

/// Returns the first `precision` characters.
fn truncated(text: &Text, precision: Option<usize>) -> Text {
    let Some(precision) = precision else { return text.clone() };
    let bytes = text.as_bytes();
    let mut kept = (0, 0);
    for chunk in bytes.utf8_chunks() {
        let lengths = chunk.valid().chars().map(char::len_utf8).chain(chunk.invalid().iter().map(|_| 1));
        for length in lengths {
            if kept.0 < precision {
                kept = (kept.0 + 1, kept.1 + length);
            }
        }
    }
    if text.marks().is_empty() && kept.1 == bytes.len() {
        return text.clone();
    }
    Text::plain(bytes.get(..kept.1).unwrap_or_default()).derived_from(&text.marks().leaves())
}
