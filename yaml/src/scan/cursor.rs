//! A place in a text that moves forward.
//!
//! Rules: columns and [`Mark::index`] count characters, offsets bytes; the end of the text reads as the byte 0, which no checked
//! text holds.

use super::ScanError;
use crate::Position;

/// A place, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Bytes before it.
    pub(crate) offset: usize,
    /// Characters before it.
    pub(crate) index: usize,
    /// Lines before it.
    pub(crate) line: usize,
    /// Characters before it on its line.
    pub(crate) column: usize,
}

impl Mark {
    /// The start of a text.
    pub(crate) const START: Self = Self { offset: 0, index: 0, line: 0, column: 0 };
}

/// A text and the place that is read next.
pub(super) struct Cursor<'a> {
    text: &'a str,
    mark: Mark,
    shift: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn of(text: &'a str, shift: usize) -> Self {
        Self { text, mark: Mark::START, shift }
    }

    pub(super) fn mark(&self) -> Mark {
        self.mark
    }

    /// Returns a mark as a place for people.
    pub(super) fn position_of(&self, mark: Mark) -> Position {
        let number = |before: usize| u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1);
        Position { offset: mark.offset + self.shift, line: number(mark.line), column: number(mark.column) }
    }

    pub(super) fn position(&self) -> Position {
        self.position_of(self.mark)
    }

    pub(super) fn error(&self, problem: &'static str) -> ScanError {
        self.error_at(self.mark, problem)
    }

    pub(super) fn error_at(&self, mark: Mark, problem: &'static str) -> ScanError {
        ScanError { problem, at: self.position_of(mark) }
    }

    /// Returns the byte some bytes ahead; 0 past the end.
    pub(super) fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.mark.offset + ahead).copied().unwrap_or(0)
    }

    /// Returns the text from a place up to here.
    pub(super) fn since(&self, mark: Mark) -> &'a str {
        self.text.get(mark.offset..self.mark.offset).unwrap_or_default()
    }

    /// Passes one character.
    pub(super) fn skip(&mut self) {
        self.mark.offset += self.character_bytes();
        self.mark.index += 1;
        self.mark.column += 1;
    }

    /// Passes the ASCII characters up to the first that does not belong; `belongs` is asked for no line break.
    pub(super) fn skip_while(&mut self, belongs: impl Fn(u8) -> bool) {
        let rest = self.text.as_bytes().get(self.mark.offset..).unwrap_or_default();
        let count = rest.iter().take_while(|byte| matches!(byte, b'\t' | b' '..=b'~') && belongs(**byte)).count();
        self.mark.offset += count;
        self.mark.index += count;
        self.mark.column += count;
    }

    fn character_bytes(&self) -> usize {
        match self.byte(0) {
            0 => 0,
            0x01..=0x7f => 1,
            0x80..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xff => 4,
        }
    }

    /// Passes what is left of the line.
    pub(super) fn skip_line_content(&mut self) {
        self.skip_while(|_| true);
        while !self.at_break() && self.byte(0) != 0 {
            self.skip();
            self.skip_while(|_| true);
        }
    }

    /// Says whether a line break is next.
    pub(super) fn at_break(&self) -> bool {
        is_break_at(self, 0)
    }

    /// Passes a line break, if one is next.
    pub(super) fn skip_break(&mut self) {
        let bytes = match [self.byte(0), self.byte(1)] {
            [b'\r', b'\n'] => 2,
            _ if self.at_break() => self.character_bytes(),
            _ => return,
        };
        self.mark.index += if bytes == 2 && self.byte(0) == b'\r' { 2 } else { 1 };
        self.mark.offset += bytes;
        self.mark.line += 1;
        self.mark.column = 0;
    }

    /// Passes a line break, if one is next, and returns it: U+2028 and U+2029 as they are, all others as a line feed.
    pub(super) fn take_break(&mut self) -> &'a str {
        let from = self.mark;
        self.skip_break();
        match self.since(from) {
            kept @ ("" | "\u{2028}" | "\u{2029}") => kept,
            _ => "\n",
        }
    }

    /// Passes a line break, if one is next, and keeps it, as [`Cursor::take_break`] returns it.
    pub(super) fn read_break(&mut self, into: &mut String) {
        into.push_str(self.take_break());
    }
}

/// Says whether a line break stands some bytes ahead.
pub(super) fn is_break_at(cursor: &Cursor<'_>, ahead: usize) -> bool {
    match cursor.byte(ahead) {
        b'\r' | b'\n' => true,
        0xc2 => cursor.byte(ahead + 1) == 0x85,
        0xe2 => cursor.byte(ahead + 1) == 0x80 && matches!(cursor.byte(ahead + 2), 0xa8 | 0xa9),
        _ => false,
    }
}

/// Says whether a space or a tab is next.
pub(super) fn is_blank(cursor: &Cursor<'_>) -> bool {
    matches!(cursor.byte(0), b' ' | b'\t')
}

/// Says whether a blank, a line break or the end is next.
pub(super) fn is_blank_or_end(cursor: &Cursor<'_>) -> bool {
    is_blank_or_end_at(cursor, 0)
}

/// Says whether a blank, a line break or the end stands some bytes ahead.
pub(super) fn is_blank_or_end_at(cursor: &Cursor<'_>, ahead: usize) -> bool {
    matches!(cursor.byte(ahead), 0 | b' ' | b'\t') || is_break_at(cursor, ahead)
}
