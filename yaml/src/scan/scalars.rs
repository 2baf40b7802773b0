//! Block, quoted and plain scalars.
//!
//! Out: a scalar's value. Rules: line breaks inside become spaces or line feeds as go-yaml folds them.
//!
//! # Source
//! go-yaml v2 `scannerc.go`, `yaml_parser_scan_block_scalar`, `yaml_parser_scan_flow_scalar`, `yaml_parser_scan_plain_scalar`.

use std::borrow::Cow;

use super::ScanError;
use super::cursor::{Cursor, Mark, is_blank, is_blank_or_end, is_blank_or_end_at, is_break_at};

/// How a block scalar treats its line breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockKind {
    /// `|`: kept.
    Literal,
    /// `>`: folded.
    Folded,
}

/// What a block scalar keeps of the line breaks at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chomping {
    /// `-`: none.
    Strip,
    /// One.
    Clip,
    /// `+`: all.
    Keep,
}

/// The character around a quoted scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quote {
    /// `'`
    Single,
    /// `"`
    Double,
}

/// Scans a block scalar and returns its value and where its content ends.
pub(super) fn block(cursor: &mut Cursor<'_>, kind: BlockKind, parent: Option<usize>) -> Result<(String, Mark), ScanError> {
    let start = cursor.mark();
    let (chomping, increment) = block_header(cursor, start)?;
    // Where the content ends: before and after the break of its last line.
    let mut content_end = cursor.mark();
    let mut break_end = content_end;
    cursor.skip_break();

    let mut indent = increment.map(|increment| parent.unwrap_or_default() + increment);
    let (mut text, mut leading_break, mut trailing_breaks) = (String::new(), String::new(), String::new());
    let mut blanks_end = block_breaks(cursor, &mut indent, parent, &mut trailing_breaks)?;
    let mut after_blank = false;
    while indent == Some(cursor.mark().column) && cursor.byte(0) != 0 {
        let blank = is_blank(cursor);
        if kind == BlockKind::Folded && leading_break == "\n" && !after_blank && !blank {
            if trailing_breaks.is_empty() {
                text.push(' ');
            }
        } else {
            text.push_str(&leading_break);
        }
        leading_break.clear();
        text.push_str(&trailing_breaks);
        trailing_breaks.clear();
        after_blank = blank;
        let line = cursor.mark();
        cursor.skip_line_content();
        text.push_str(cursor.since(line));
        content_end = cursor.mark();
        cursor.read_break(&mut leading_break);
        break_end = cursor.mark();
        blanks_end = block_breaks(cursor, &mut indent, parent, &mut trailing_breaks)?;
    }
    let end = match chomping {
        Chomping::Strip => content_end,
        Chomping::Clip => {
            text.push_str(&leading_break);
            break_end
        }
        Chomping::Keep => {
            text.push_str(&leading_break);
            text.push_str(&trailing_breaks);
            blanks_end
        }
    };
    Ok((text, end))
}

/// Scans the indicators of a block scalar up to the end of their line.
fn block_header(cursor: &mut Cursor<'_>, start: Mark) -> Result<(Chomping, Option<usize>), ScanError> {
    cursor.skip();
    let (mut chomping, mut increment) = (None, None);
    for _ in 0..2 {
        match cursor.byte(0) {
            b'+' if chomping.is_none() => chomping = Some(Chomping::Keep),
            b'-' if chomping.is_none() => chomping = Some(Chomping::Strip),
            b'0' if increment.is_none() => {
                return Err(cursor.error_at(start, "a block scalar cannot be indented by 0"));
            }
            digit @ b'1'..=b'9' if increment.is_none() => increment = Some(usize::from(digit - b'0')),
            _ => break,
        }
        cursor.skip();
    }
    while is_blank(cursor) {
        cursor.skip();
    }
    if cursor.byte(0) == b'#' {
        cursor.skip_line_content();
    }
    if !is_blank_or_end(cursor) {
        return Err(cursor.error_at(
            start,
            "text follows the indicator of a block scalar on its line; quote a value that begins with `|` or `>`",
        ));
    }
    Ok((chomping.unwrap_or(Chomping::Clip), increment))
}

/// Passes indentation and empty lines, finds out the indentation where it is not known, and returns where the empty lines end.
fn block_breaks(
    cursor: &mut Cursor<'_>,
    indent: &mut Option<usize>,
    parent: Option<usize>,
    breaks: &mut String,
) -> Result<Mark, ScanError> {
    let mut end = cursor.mark();
    let mut deepest = 0;
    loop {
        let inside = |cursor: &Cursor<'_>| indent.is_none_or(|indent| cursor.mark().column < indent);
        while inside(cursor) && cursor.byte(0) == b' ' {
            cursor.skip();
        }
        deepest = deepest.max(cursor.mark().column);
        if inside(cursor) && cursor.byte(0) == b'\t' {
            return Err(cursor.error("a tab indents a block scalar; indent with spaces"));
        }
        if !cursor.at_break() {
            break;
        }
        cursor.read_break(breaks);
        end = cursor.mark();
    }
    if indent.is_none() {
        *indent = Some(deepest.max(parent.map_or(0, |parent| parent + 1)).max(1));
    }
    Ok(end)
}

/// Line breaks and blanks between two lines of a scalar.
#[derive(Default)]
struct Gap<'a> {
    blanks: &'a str,
    leading_break: &'a str,
    trailing_breaks: String,
    /// Whether a line break was met.
    broken: bool,
}

impl<'a> Gap<'a> {
    /// Passes blanks and line breaks; `refuse` says which blanks are not allowed after a line break.
    fn pass(&mut self, cursor: &mut Cursor<'a>, refuse: impl Fn(&Cursor<'a>) -> bool) -> Result<(), ScanError> {
        let start = cursor.mark();
        while is_blank(cursor) || cursor.at_break() {
            if cursor.at_break() {
                if self.broken {
                    cursor.read_break(&mut self.trailing_breaks);
                } else {
                    self.blanks = "";
                    self.leading_break = cursor.take_break();
                    self.broken = true;
                }
            } else if !self.broken {
                cursor.skip();
                self.blanks = cursor.since(start);
            } else if refuse(cursor) {
                return Err(cursor.error("a tab indents a line of a value; indent with spaces"));
            } else {
                cursor.skip();
            }
        }
        Ok(())
    }

    /// Adds what the gap stands for and empties it.
    fn close(&mut self, text: &mut String) {
        if !self.broken {
            text.push_str(self.blanks);
        } else if self.leading_break != "\n" {
            text.push_str(self.leading_break);
            text.push_str(&self.trailing_breaks);
        } else if self.trailing_breaks.is_empty() {
            text.push(' ');
        } else {
            text.push_str(&self.trailing_breaks);
        }
        self.blanks = "";
        self.leading_break = "";
        self.trailing_breaks.clear();
        self.broken = false;
    }
}

/// Scans a quoted scalar and returns its value.
pub(super) fn quoted(cursor: &mut Cursor<'_>, quote: Quote) -> Result<String, ScanError> {
    let start = cursor.mark();
    let end = match quote {
        Quote::Single => b'\'',
        Quote::Double => b'"',
    };
    cursor.skip();
    let mut text = String::new();
    loop {
        if at_document_indicator(cursor) {
            return Err(cursor.error_at(start, "a quoted value reaches into the next document; its closing quote is missing"));
        }
        if cursor.byte(0) == 0 {
            return Err(cursor.error_at(start, "a quoted value is never closed"));
        }
        let escaped_break = quoted_word(cursor, quote, start, &mut text)?;
        if cursor.byte(0) == end && !escaped_break {
            cursor.skip();
            return Ok(text);
        }
        let mut gap = Gap { broken: escaped_break, ..Gap::default() };
        gap.pass(cursor, |_| false)?;
        gap.close(&mut text);
    }
}

/// Scans up to a blank, a line break, the end or the closing quote; says whether an escaped line break was passed.
fn quoted_word(cursor: &mut Cursor<'_>, quote: Quote, start: Mark, text: &mut String) -> Result<bool, ScanError> {
    while !is_blank_or_end(cursor) {
        match (quote, cursor.byte(0)) {
            (Quote::Single, b'\'') if cursor.byte(1) == b'\'' => {
                text.push('\'');
                cursor.skip();
                cursor.skip();
            }
            (Quote::Single, b'\'') | (Quote::Double, b'"') => return Ok(false),
            (Quote::Double, b'\\') if is_break_at(cursor, 1) => {
                cursor.skip();
                cursor.skip_break();
                return Ok(true);
            }
            (Quote::Double, b'\\') => escape(cursor, start, text)?,
            _ => {
                let from = cursor.mark();
                cursor.skip();
                cursor.skip_while(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\'' | b'"' | b'\\'));
                text.push_str(cursor.since(from));
            }
        }
    }
    Ok(false)
}

/// Scans an escape of a double-quoted scalar.
fn escape(cursor: &mut Cursor<'_>, start: Mark, text: &mut String) -> Result<(), ScanError> {
    let known = match cursor.byte(1) {
        b'0' => Ok('\0'),
        b'a' => Ok('\u{7}'),
        b'b' => Ok('\u{8}'),
        b't' | b'\t' => Ok('\t'),
        b'n' => Ok('\n'),
        b'v' => Ok('\u{b}'),
        b'f' => Ok('\u{c}'),
        b'r' => Ok('\r'),
        b'e' => Ok('\u{1b}'),
        b' ' => Ok(' '),
        b'"' => Ok('"'),
        b'\'' => Ok('\''),
        b'\\' => Ok('\\'),
        b'N' => Ok('\u{85}'),
        b'_' => Ok('\u{a0}'),
        b'L' => Ok('\u{2028}'),
        b'P' => Ok('\u{2029}'),
        b'x' => Err(2),
        b'u' => Err(4),
        b'U' => Err(8),
        _ => {
            return Err(cursor.error("this escape is not known; write `\\\\` for a backslash, or use single quotes"));
        }
    };
    cursor.skip();
    cursor.skip();
    match known {
        Ok(character) => text.push(character),
        Err(digits) => text.push(code(cursor, start, digits)?),
    }
    Ok(())
}

/// Scans the hexadecimal code of a character.
fn code(cursor: &mut Cursor<'_>, start: Mark, digits: usize) -> Result<char, ScanError> {
    let mut value: u32 = 0;
    for _ in 0..digits {
        let Some(digit) = char::from(cursor.byte(0)).to_digit(16) else {
            return Err(cursor.error("an escape has too few hexadecimal digits"));
        };
        // Eight digits at most: nothing is lost but what is refused below.
        value = (value << 4) | digit;
        cursor.skip();
    }
    char::from_u32(value).ok_or_else(|| cursor.error_at(start, "an escape in this value stands for no character"))
}

/// Where a plain scalar stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlainContext {
    /// Whether brackets end it.
    pub(super) in_flow: bool,
    /// Column of the block collection around it.
    pub(super) indent: Option<usize>,
}

/// A plain scalar.
pub(super) struct Plain<'a> {
    /// Its value; borrowed where it is one line.
    pub(super) text: Cow<'a, str>,
    /// The place after it.
    pub(super) end: Mark,
    /// Whether the scanner is at the beginning of a line after it.
    pub(super) ended_by_break: bool,
}

/// Scans a plain scalar and the blanks after it.
pub(super) fn plain<'a>(cursor: &mut Cursor<'a>, context: PlainContext) -> Result<Plain<'a>, ScanError> {
    let indent = context.indent.map_or(0, |indent| indent + 1);
    // Written out from the first line break inside on; until then the value is what stands there.
    let mut folded: Option<String> = None;
    let mut line = cursor.since(cursor.mark());
    let (start, mut end) = (cursor.mark(), cursor.mark());
    let mut gap = Gap::default();
    while !at_document_indicator(cursor) && cursor.byte(0) != b'#' {
        let word = cursor.mark();
        plain_word(cursor, context);
        if cursor.mark() != word {
            if gap.broken || folded.is_some() {
                let text = folded.get_or_insert_with(|| line.to_owned());
                gap.close(text);
                text.push_str(cursor.since(word));
            } else {
                line = cursor.since(start);
            }
            end = cursor.mark();
        }
        if !is_blank(cursor) && !cursor.at_break() {
            break;
        }
        gap.pass(cursor, |cursor| cursor.mark().column < indent && cursor.byte(0) == b'\t')?;
        if !context.in_flow && cursor.mark().column < indent {
            break;
        }
    }
    let text = folded.map_or(Cow::Borrowed(line), Cow::Owned);
    Ok(Plain { text, end, ended_by_break: gap.broken })
}

/// Passes characters of a plain scalar up to a blank, a line break, the end or an indicator that ends it.
fn plain_word(cursor: &mut Cursor<'_>, context: PlainContext) {
    let ordinary = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b':' | b',' | b'?' | b'[' | b']' | b'{' | b'}');
    cursor.skip_while(ordinary);
    while !is_blank_or_end(cursor) && !ends_plain(cursor, context) {
        cursor.skip();
        cursor.skip_while(ordinary);
    }
}

/// Says whether an indicator that ends a plain scalar is next.
fn ends_plain(cursor: &Cursor<'_>, context: PlainContext) -> bool {
    match cursor.byte(0) {
        b':' => is_blank_or_end_at(cursor, 1),
        b',' | b'?' | b'[' | b']' | b'{' | b'}' => context.in_flow,
        _ => false,
    }
}

/// Says whether `---` or `...` begins the line.
fn at_document_indicator(cursor: &Cursor<'_>) -> bool {
    cursor.mark().column == 0
        && matches!([cursor.byte(0), cursor.byte(1), cursor.byte(2)], [b'-', b'-', b'-'] | [b'.', b'.', b'.'])
        && is_blank_or_end_at(cursor, 3)
}
