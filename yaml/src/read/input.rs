//! The text before parsing: bounded, decoded, checked.
//!
//! In: bytes. Out: [`Input`]: UTF-8 without byte order mark.
//!
//! # Source
//! go-yaml v2 `readerc.go`, `yaml_parser_determine_encoding` and `yaml_parser_update_buffer`.

use std::borrow::Cow;

use super::{FinalNewline, ReadError, ReadOptions};
use crate::Position;

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";
const UTF16_LITTLE_MARK: &[u8] = b"\xff\xfe";
const UTF16_BIG_MARK: &[u8] = b"\xfe\xff";

/// A text that may be parsed.
pub(super) struct Input<'a> {
    /// The text, without byte order mark; with a final line break where one is added.
    pub(super) text: Cow<'a, str>,
    /// Bytes of the mark before it.
    pub(super) shift: usize,
}

impl<'a> Input<'a> {
    /// Decodes and checks a text.
    pub(super) fn of(bytes: &'a [u8], options: &ReadOptions) -> Result<Self, ReadError> {
        if bytes.len() > options.limits.bytes {
            return Err(ReadError::TooLarge { bytes: bytes.len(), limit: options.limits.bytes, at: START });
        }
        let (mut text, shift) = decode(bytes)?;
        // A second mark makes go-yaml lose characters at the start of lines; nobody means that.
        let second_mark = text.starts_with('\u{feff}').then_some((0, '\u{feff}'));
        if let Some((offset, refused)) = second_mark.or_else(|| refused(&text)) {
            let at = position_after(text.get(..offset).unwrap_or_default(), shift);
            return Err(ReadError::ControlCharacter { code: u32::from(refused), at });
        }
        if options.final_newline == FinalNewline::Added && !text.is_empty() && !text.ends_with('\n') {
            text.to_mut().push('\n');
        }
        Ok(Self { text, shift })
    }

    /// Returns a stretch of the text by places of the original.
    pub(super) fn slice(&self, from: usize, to: usize) -> &str {
        let (from, to) = (from.saturating_sub(self.shift), to.saturating_sub(self.shift));
        self.text.get(from..to).unwrap_or_default()
    }
}

/// The place before everything.
const START: Position = Position { offset: 0, line: 1, column: 1 };

fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, usize), ReadError> {
    if let Some(units) = bytes.strip_prefix(UTF16_LITTLE_MARK) {
        return decode_utf16(units, u16::from_le_bytes).map(|text| (Cow::Owned(text), 0));
    }
    if let Some(units) = bytes.strip_prefix(UTF16_BIG_MARK) {
        return decode_utf16(units, u16::from_be_bytes).map(|text| (Cow::Owned(text), 0));
    }
    let (text, shift) = match bytes.strip_prefix(UTF8_MARK) {
        Some(rest) => (rest, UTF8_MARK.len()),
        None => (bytes, 0),
    };
    match std::str::from_utf8(text) {
        Ok(text) => Ok((Cow::Borrowed(text), shift)),
        Err(error) => {
            let valid = text.get(..error.valid_up_to()).unwrap_or_default();
            Err(ReadError::NotUtf8 { at: position_after(&String::from_utf8_lossy(valid), shift) })
        }
    }
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, ReadError> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    for character in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match character {
            Ok(character) => text.push(character),
            Err(_unpaired) => return Err(ReadError::NotUtf8 { at: position_after(&text, 0) }),
        }
    }
    if odd.is_empty() { Ok(text) } else { Err(ReadError::NotUtf8 { at: position_after(&text, 0) }) }
}

/// Returns the place after a text.
fn position_after(text: &str, shift: usize) -> Position {
    let line_start = text.rfind('\n').map_or(0, |at| at + 1);
    let lines = text.bytes().filter(|byte| *byte == b'\n').count();
    let column = text.get(line_start..).unwrap_or_default().chars().count();
    Position { offset: text.len() + shift, line: count(lines), column: count(column) }
}

/// Returns a count as a line or column, from 1.
fn count(before: usize) -> u32 {
    u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1)
}

/// Says whether a text is read as it stands: without a byte order mark, with nothing that is refused, and with no line break but line feeds.
pub(crate) fn is_plain_input(text: &str) -> bool {
    let mut from = 0;
    while let Some((at, character)) = unusual(text, from) {
        if matches!(character, '\u{feff}' | '\u{85}' | '\u{2028}' | '\u{2029}') || is_refused(character) {
            return false;
        }
        from = at + character.len_utf8();
    }
    !text.contains('\r')
}

/// Returns the first character YAML refuses, with its place in bytes.
fn refused(text: &str) -> Option<(usize, char)> {
    let mut from = 0;
    while let Some((at, character)) = unusual(text, from) {
        if is_refused(character) {
            return Some((at, character));
        }
        from = at + character.len_utf8();
    }
    None
}

/// Bytes that are looked at together, which processors do in a few steps.
const LOOK_BYTES: usize = 32;

/// Returns the first character from byte `from` on that is no printable ASCII, tab or line break, with its place in bytes.
fn unusual(text: &str, from: usize) -> Option<(usize, char)> {
    let usual = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    let rest = text.as_bytes().get(from..)?;
    let plain = rest.chunks(LOOK_BYTES).take_while(|chunk| chunk.iter().fold(true, |all, byte| all & usual(byte))).count();
    let start = (plain * LOOK_BYTES).min(rest.len());
    let at = from + start + rest.get(start..)?.iter().position(|byte| !usual(byte))?;
    text.get(at..)?.chars().next().map(|character| (at, character))
}

/// Says whether YAML refuses a character.
fn is_refused(character: char) -> bool {
    !matches!(character,
        '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}
