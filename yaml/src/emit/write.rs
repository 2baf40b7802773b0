//! The bytes of scalars and indicators.
//!
//! Rules: the emitter's column counts characters; a space past column 80 becomes a line break where the style allows it.
//!
//! # Source
//! go-yaml v2 `emitterc.go`, the `yaml_emitter_write_*` functions.

use std::fmt::Write as _;
use std::ops::Range;

use super::analysis::{Style, is_break, is_printable};
use super::{Emitter, INDENT, Printer};

/// Lines are folded at the first space past this column, as go-yaml v2 does.
const FOLD_COLUMN: usize = 80;

/// Where a scalar stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Before a colon on one line: never folded.
    SimpleKey,
    /// Anywhere else.
    Value,
}

/// What an indicator leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Counts as indentation: the next collection may begin on the same line.
    Indention,
    /// Is content.
    Content,
}

impl Emitter {
    /// Writes a scalar's text in a style and returns where it lies.
    pub(super) fn write_scalar(&mut self, text: &str, style: Style, role: Role) -> Range<usize> {
        let outer = self.indent;
        self.indent = Some(outer.map_or(INDENT, |indent| indent + INDENT));
        // The root's empty plain scalar cannot occur here: the empty string resolves to null and is quoted.
        if !self.whitespace {
            self.put(' ');
        }
        let start = self.text.len();
        match style {
            Style::Plain => self.write_plain(text, role),
            Style::SingleQuoted => self.write_single_quoted(text, role),
            Style::DoubleQuoted => self.write_double_quoted(text, role),
            Style::Literal => self.write_literal(text),
        }
        self.indent = outer;
        // A block's last break ends its line, as the break after any other scalar does: it must not tell one style from another.
        let end = self.text.len();
        start..if style == Style::Literal && self.text.ends_with(b"\n") { end - 1 } else { end }
    }

    /// Says whether a space here becomes a line break.
    fn folds(&self) -> bool {
        self.printer == Printer::Helm && self.column > FOLD_COLUMN
    }

    /// Writes an indicator after a space where one is needed.
    pub(super) fn write_indicator(&mut self, indicator: &str, kind: Kind) {
        if !self.whitespace {
            self.put(' ');
        }
        indicator.chars().for_each(|character| self.put(character));
        self.whitespace = false;
        self.indention = self.indention && kind == Kind::Indention;
    }

    /// Writes the colon right after a simple key.
    pub(super) fn write_colon(&mut self) {
        self.put(':');
        self.whitespace = false;
        self.indention = false;
    }

    /// Goes to the current indentation, on a new line unless this one holds only indentation.
    pub(super) fn write_indent(&mut self) {
        let indent = self.indent.unwrap_or_default();
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.put_break('\n');
        }
        self.text.resize(self.text.len() + indent.saturating_sub(self.column), b' ');
        self.column = self.column.max(indent);
        self.whitespace = true;
        self.indention = true;
    }

    fn put(&mut self, character: char) {
        match u8::try_from(character) {
            Ok(byte) if byte.is_ascii() => self.text.push(byte),
            Ok(_) | Err(_) => self.text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        self.column += 1;
    }

    fn put_break(&mut self, character: char) {
        self.put(character);
        self.column = 0;
    }

    fn write_plain(&mut self, text: &str, role: Role) {
        let mut after_space = false;
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let space = character == ' ';
            let before_space = characters.peek() == Some(&' ');
            if space && role == Role::Value && !after_space && self.folds() && !before_space {
                self.write_indent();
            } else {
                self.put(character);
            }
            self.indention &= space;
            after_space = space;
        }
        self.whitespace = false;
        self.indention = false;
    }

    fn write_single_quoted(&mut self, text: &str, role: Role) {
        self.put_quote('\'');
        let (mut after_space, mut after_break) = (false, false);
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let next = characters.peek().map(|(_, next)| *next);
            if character == ' ' {
                let inside = at > 0 && next.is_some();
                if role == Role::Value && !after_space && self.folds() && inside && next != Some(' ') {
                    self.write_indent();
                } else {
                    self.put(character);
                }
                after_space = true;
            } else if is_break(character) {
                if !after_break && character == '\n' {
                    self.put_break('\n');
                }
                self.put_break(character);
                self.indention = true;
                after_break = true;
            } else {
                if after_break {
                    self.write_indent();
                }
                if character == '\'' {
                    self.put('\'');
                }
                self.put(character);
                self.indention = false;
                (after_space, after_break) = (false, false);
            }
        }
        self.put_quote('\'');
        self.indention = false;
    }

    fn write_double_quoted(&mut self, text: &str, role: Role) {
        // go-yaml v2 yamlprivateh.go, is_bom looks at the string's start whatever place is asked about, so after a leading BOM
        // every character is escaped.
        let escape_all = text.starts_with('\u{feff}');
        self.put_quote('"');
        let mut after_space = false;
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let next = characters.peek().map(|(_, next)| *next);
            if escape_all || !is_printable(character) || is_break(character) || character == '"' || character == '\\' {
                self.write_escape(character);
                after_space = false;
            } else if character == ' ' {
                if role == Role::Value && !after_space && self.folds() && at > 0 && next.is_some() {
                    self.write_indent();
                    if next == Some(' ') {
                        self.put('\\');
                    }
                } else {
                    self.put(character);
                }
                after_space = true;
            } else {
                self.put(character);
                after_space = false;
            }
        }
        self.put_quote('"');
        self.indention = false;
    }

    fn put_quote(&mut self, quote: char) {
        self.put(quote);
        self.whitespace = false;
        self.indention = false;
    }

    fn write_escape(&mut self, character: char) {
        self.put('\\');
        let short = match character {
            '\0' => '0',
            '\u{7}' => 'a',
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{b}' => 'v',
            '\u{c}' => 'f',
            '\r' => 'r',
            '\u{1b}' => 'e',
            '"' => '"',
            '\\' => '\\',
            '\u{85}' => 'N',
            '\u{a0}' => '_',
            '\u{2028}' => 'L',
            '\u{2029}' => 'P',
            _ => {
                let code = u32::from(character);
                let mut digits = String::new();
                // Writing to a string cannot fail.
                let _ = match code {
                    0..=0xff => write!(digits, "x{code:02X}"),
                    0x100..=0xffff => write!(digits, "u{code:04X}"),
                    _ => write!(digits, "U{code:08X}"),
                };
                digits.chars().for_each(|digit| self.put(digit));
                return;
            }
        };
        self.put(short);
    }

    fn write_literal(&mut self, text: &str) {
        self.put('|');
        if text.starts_with(|first| first == ' ' || is_break(first)) {
            INDENT.to_string().chars().for_each(|digit| self.put(digit));
        }
        let mut from_end = text.chars().rev();
        match (from_end.next().is_some_and(is_break), from_end.next()) {
            (false, _) => self.put('-'),
            (true, before) if before.is_none_or(is_break) => self.put('+'),
            (true, _) => {}
        }
        self.put_break('\n');
        self.indention = true;
        self.whitespace = true;
        let mut after_break = true;
        for character in text.chars() {
            if is_break(character) {
                self.put_break(character);
                self.indention = true;
                after_break = true;
            } else {
                if after_break {
                    self.write_indent();
                }
                self.put(character);
                self.indention = false;
                after_break = false;
            }
        }
    }
}
