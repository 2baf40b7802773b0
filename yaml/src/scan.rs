//! The scanner: characters to tokens.
//!
//! In: checked text. Out: [`Token`]s with exact places, one at a time ([`Scanner::peek`], [`Scanner::take`]).
//! Rules: YAML 1.1 as go-yaml scans it, its departures from the specification included; a simple key is found by looking
//! ahead at most one line and [`SIMPLE_KEY_CHARACTERS`].
//! Not here: grammar and limits on nesting (`read`).
//!
//! # Source
//! go-yaml v2 `scannerc.go`; v3 differs in what it does with comments only.

mod cursor;
mod properties;
mod scalars;

use std::borrow::Cow;
use std::collections::VecDeque;

pub(crate) use cursor::Mark;
use cursor::{Cursor, is_blank_or_end_at};

use crate::Position;

/// How far in characters the colon of a key may be from its start.
const SIMPLE_KEY_CHARACTERS: usize = 1024;

/// A piece of the text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token<'a> {
    /// What it is.
    pub(crate) kind: TokenKind<'a>,
    /// Its first place.
    pub(crate) start: Position,
    /// The place after it.
    pub(crate) end: Position,
}

/// The kinds of token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TokenKind<'a> {
    /// The end of the text.
    StreamEnd,
    /// `%YAML major.minor`
    VersionDirective { major: u8, minor: u8 },
    /// `%TAG handle prefix`
    TagDirective { handle: String, prefix: String },
    /// `---`
    DocumentStart,
    /// `...`
    DocumentEnd,
    /// A block sequence begins.
    BlockSequenceStart,
    /// A block mapping begins.
    BlockMappingStart,
    /// The innermost block collection ends.
    BlockEnd,
    /// `[`
    FlowSequenceStart,
    /// `]`
    FlowSequenceEnd,
    /// `{`
    FlowMappingStart,
    /// `}`
    FlowMappingEnd,
    /// `-`
    BlockEntry,
    /// `,`
    FlowEntry,
    /// A key begins, after `?` or nothing.
    Key,
    /// `:`
    Value,
    /// `*name`
    Alias(String),
    /// `&name`
    Anchor(String),
    /// `!handle!suffix`
    Tag { handle: String, suffix: String },
    /// A scalar's value and how it is written.
    Scalar { text: Cow<'a, str>, style: ScalarStyle },
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScalarStyle {
    /// Bare.
    Plain,
    /// In quotes.
    Quoted,
    /// After `|` or `>`.
    Block,
}

/// What the scanner cannot read, and where it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ScanError {
    /// What is wrong, in words.
    pub(crate) problem: &'static str,
    /// Where.
    pub(crate) at: Position,
}

/// A place where a key may have begun.
#[derive(Clone, Copy, Debug)]
struct SimpleKey {
    possible: bool,
    /// Nothing but a key can stand there.
    required: bool,
    token_number: usize,
    mark: Mark,
}

impl SimpleKey {
    const NONE: Self = Self { possible: false, required: false, token_number: 0, mark: Mark::START };
}

/// Reads tokens off a text.
pub(crate) struct Scanner<'a> {
    cursor: Cursor<'a>,
    /// Tokens that were scanned but not taken.
    tokens: VecDeque<Token<'a>>,
    /// Tokens that were taken.
    taken: usize,
    ended: bool,
    /// Whether the next token is known for what it is: nothing has to be scanned before it is taken.
    settled: bool,
    flow_level: usize,
    /// Column of the innermost block collection; none outside of any.
    indent: Option<usize>,
    indents: Vec<Option<usize>>,
    simple_key_allowed: bool,
    /// One place by flow level, the block context first.
    simple_keys: Vec<SimpleKey>,
}

impl<'a> Scanner<'a> {
    /// Begins at the start of a text, whose places are `shift` bytes further on.
    pub(crate) fn of(text: &'a str, shift: usize) -> Self {
        Self {
            cursor: Cursor::of(text, shift),
            tokens: VecDeque::new(),
            taken: 0,
            ended: false,
            settled: false,
            flow_level: 0,
            indent: None,
            indents: Vec::new(),
            simple_key_allowed: true,
            simple_keys: vec![SimpleKey::NONE],
        }
    }

    /// Returns the next token; [`TokenKind::StreamEnd`] for ever at the end.
    pub(crate) fn peek(&mut self) -> Result<&Token<'a>, ScanError> {
        while !self.settled && !self.ended && self.needs_more()? {
            self.fetch()?;
        }
        self.settled = true;
        if self.tokens.is_empty() {
            let end = self.cursor.position();
            self.tokens.push_back(Token { kind: TokenKind::StreamEnd, start: end, end });
        }
        let end = self.cursor.position();
        self.tokens.front().ok_or(ScanError { problem: EARLY_END, at: end })
    }

    /// Takes the next token.
    pub(crate) fn take(&mut self) -> Result<Token<'a>, ScanError> {
        self.peek()?;
        self.settled = false;
        self.taken += 1;
        let end = self.cursor.position();
        self.tokens.pop_front().ok_or(ScanError { problem: EARLY_END, at: end })
    }

    /// Says whether the next token may yet turn out to be a key.
    fn needs_more(&mut self) -> Result<bool, ScanError> {
        if self.tokens.is_empty() {
            return Ok(true);
        }
        let head = self.taken;
        let found = self.simple_keys.iter().position(|key| key.possible && key.token_number == head);
        found.map_or(Ok(false), |level| self.still_possible(level))
    }

    /// Says whether the key noted at a flow level can still be one, and forgets it where not.
    fn still_possible(&mut self, level: usize) -> Result<bool, ScanError> {
        let now = self.cursor.mark();
        let Some(key) = self.simple_keys.get_mut(level).filter(|key| key.possible) else { return Ok(false) };
        if key.mark.line == now.line && key.mark.index + SIMPLE_KEY_CHARACTERS >= now.index {
            return Ok(true);
        }
        if key.required {
            return Err(self.cursor.error_at(key.mark, NO_COLON));
        }
        key.possible = false;
        Ok(false)
    }

    /// Scans one more token (or two, where a collection begins).
    fn fetch(&mut self) -> Result<(), ScanError> {
        self.skip_to_token();
        let column = self.cursor.mark().column;
        self.unroll_indent(Some(column));
        let bytes = [0, 1, 2, 3].map(|ahead| self.cursor.byte(ahead));
        let before_blank = is_blank_or_end_at(&self.cursor, 1);
        let in_flow = self.flow_level > 0;
        match bytes {
            [0, ..] => self.fetch_stream_end(),
            [b'%', ..] if column == 0 => self.fetch_directive(),
            [b'-', b'-', b'-', _] if column == 0 && is_blank_or_end_at(&self.cursor, 3) => {
                self.fetch_document_indicator(TokenKind::DocumentStart)
            }
            [b'.', b'.', b'.', _] if column == 0 && is_blank_or_end_at(&self.cursor, 3) => {
                self.fetch_document_indicator(TokenKind::DocumentEnd)
            }
            [b'[', ..] => self.fetch_flow_start(TokenKind::FlowSequenceStart),
            [b'{', ..] => self.fetch_flow_start(TokenKind::FlowMappingStart),
            [b']', ..] => self.fetch_flow_end(TokenKind::FlowSequenceEnd),
            [b'}', ..] => self.fetch_flow_end(TokenKind::FlowMappingEnd),
            [b',', ..] => self.fetch_flow_entry(),
            [b'-', ..] if before_blank => self.fetch_block_entry(),
            [b'?', ..] if in_flow || before_blank => self.fetch_key(),
            [b':', ..] if in_flow || before_blank => self.fetch_value(),
            [b'*' | b'&' | b'!', ..] => self.fetch_property(),
            [b'|', ..] if !in_flow => self.fetch_block_scalar(scalars::BlockKind::Literal),
            [b'>', ..] if !in_flow => self.fetch_block_scalar(scalars::BlockKind::Folded),
            [b'\'', ..] => self.fetch_flow_scalar(scalars::Quote::Single),
            [b'"', ..] => self.fetch_flow_scalar(scalars::Quote::Double),
            [b'-', ..] => self.fetch_plain_scalar(),
            [b'?' | b':', ..] if !in_flow => self.fetch_plain_scalar(),
            [b'\t', ..] => Err(self.cursor.error("a tab cannot stand here; YAML is indented with spaces")),
            [b'#' | b'|' | b'>' | b'%' | b'@' | b'`', ..] => {
                Err(self.cursor.error("this character cannot begin a value; quote the value"))
            }
            _ => self.fetch_plain_scalar(),
        }
    }

    /// Passes blanks, comments and line breaks.
    fn skip_to_token(&mut self) {
        loop {
            let tabs = self.flow_level > 0 || !self.simple_key_allowed;
            self.cursor.skip_while(|byte| byte == b' ');
            while self.cursor.byte(0) == b' ' || (tabs && self.cursor.byte(0) == b'\t') {
                self.cursor.skip();
            }
            if self.cursor.byte(0) == b'#' {
                self.cursor.skip_line_content();
            }
            if !self.cursor.at_break() {
                return;
            }
            self.cursor.skip_break();
            if self.flow_level == 0 {
                self.simple_key_allowed = true;
            }
        }
    }

    fn push(&mut self, kind: TokenKind<'a>, start: Mark, end: Mark) {
        let (start, end) = (self.cursor.position_of(start), self.cursor.position_of(end));
        self.tokens.push_back(Token { kind, start, end });
    }

    /// Scans an indicator of some characters.
    fn push_indicator(&mut self, kind: TokenKind<'a>, characters: usize) {
        let start = self.cursor.mark();
        for _ in 0..characters {
            self.cursor.skip();
        }
        self.push(kind, start, self.cursor.mark());
    }

    /// Notes that a key may begin here.
    fn save_simple_key(&mut self) -> Result<(), ScanError> {
        if !self.simple_key_allowed {
            return Ok(());
        }
        let mark = self.cursor.mark();
        let required = self.flow_level == 0 && self.indent == Some(mark.column);
        self.remove_simple_key()?;
        if let Some(slot) = self.simple_keys.last_mut() {
            *slot = SimpleKey { possible: true, required, token_number: self.taken + self.tokens.len(), mark };
        }
        Ok(())
    }

    /// Forgets the key noted last at this flow level.
    fn remove_simple_key(&mut self) -> Result<(), ScanError> {
        match self.simple_keys.last_mut() {
            Some(key) if key.possible && key.required => Err(self.cursor.error_at(key.mark, NO_COLON)),
            Some(key) => {
                key.possible = false;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Begins a block collection where a column is deeper than the innermost one.
    fn roll_indent(&mut self, kind: TokenKind<'a>, mark: Mark, place: Option<usize>) {
        if self.flow_level > 0 || self.indent.is_some_and(|indent| indent >= mark.column) {
            return;
        }
        self.indents.push(self.indent);
        self.indent = Some(mark.column);
        let at = self.cursor.position_of(mark);
        let token = Token { kind, start: at, end: at };
        match place {
            Some(place) if place <= self.tokens.len() => self.tokens.insert(place, token),
            Some(_) | None => self.tokens.push_back(token),
        }
    }

    /// Ends the block collections deeper than a column; all of them without one.
    fn unroll_indent(&mut self, column: Option<usize>) {
        if self.flow_level > 0 {
            return;
        }
        while self.indent > column {
            let mark = self.cursor.mark();
            self.push(TokenKind::BlockEnd, mark, mark);
            self.indent = self.indents.pop().flatten();
        }
    }

    fn fetch_stream_end(&mut self) -> Result<(), ScanError> {
        self.unroll_indent(None);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.push_indicator(TokenKind::StreamEnd, 0);
        self.ended = true;
        Ok(())
    }

    fn fetch_document_indicator(&mut self, kind: TokenKind<'a>) -> Result<(), ScanError> {
        self.unroll_indent(None);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.push_indicator(kind, 3);
        Ok(())
    }

    fn fetch_flow_start(&mut self, kind: TokenKind<'a>) -> Result<(), ScanError> {
        self.save_simple_key()?;
        self.simple_keys.push(SimpleKey::NONE);
        self.flow_level += 1;
        self.simple_key_allowed = true;
        self.push_indicator(kind, 1);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: TokenKind<'a>) -> Result<(), ScanError> {
        self.remove_simple_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            self.simple_keys.pop();
        }
        self.simple_key_allowed = false;
        self.push_indicator(kind, 1);
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Result<(), ScanError> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_indicator(TokenKind::FlowEntry, 1);
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Result<(), ScanError> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return Err(self.cursor.error("an item cannot begin with `-` here"));
            }
            self.roll_indent(TokenKind::BlockSequenceStart, self.cursor.mark(), None);
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_indicator(TokenKind::BlockEntry, 1);
        Ok(())
    }

    fn fetch_key(&mut self) -> Result<(), ScanError> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return Err(self.cursor.error("a key cannot begin with `?` here"));
            }
            self.roll_indent(TokenKind::BlockMappingStart, self.cursor.mark(), None);
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = self.flow_level == 0;
        self.push_indicator(TokenKind::Key, 1);
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<(), ScanError> {
        let level = self.simple_keys.len().saturating_sub(1);
        if self.still_possible(level)? {
            self.insert_key(level);
        } else {
            if self.flow_level == 0 {
                if !self.simple_key_allowed {
                    return Err(self.cursor.error("a `:` cannot stand here; a value that holds `: ` needs quotes"));
                }
                self.roll_indent(TokenKind::BlockMappingStart, self.cursor.mark(), None);
            }
            self.simple_key_allowed = self.flow_level == 0;
        }
        self.push_indicator(TokenKind::Value, 1);
        Ok(())
    }

    /// Puts a key token, and where needed the start of a mapping, before the key that was noted.
    fn insert_key(&mut self, level: usize) {
        let Some(key) = self.simple_keys.get_mut(level) else { return };
        key.possible = false;
        let (mark, token_number) = (key.mark, key.token_number);
        let place = token_number.saturating_sub(self.taken).min(self.tokens.len());
        let at = self.cursor.position_of(mark);
        self.tokens.insert(place, Token { kind: TokenKind::Key, start: at, end: at });
        self.roll_indent(TokenKind::BlockMappingStart, mark, Some(place));
        self.simple_key_allowed = false;
    }

    fn fetch_directive(&mut self) -> Result<(), ScanError> {
        self.unroll_indent(None);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.cursor.mark();
        let (kind, end) = properties::directive(&mut self.cursor)?;
        self.push(kind, start, end);
        Ok(())
    }

    fn fetch_property(&mut self) -> Result<(), ScanError> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.cursor.mark();
        let kind = match self.cursor.byte(0) {
            b'*' => TokenKind::Alias(properties::name(&mut self.cursor)?),
            b'&' => TokenKind::Anchor(properties::name(&mut self.cursor)?),
            _ => properties::tag(&mut self.cursor)?,
        };
        self.push(kind, start, self.cursor.mark());
        Ok(())
    }

    fn fetch_block_scalar(&mut self, kind: scalars::BlockKind) -> Result<(), ScanError> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        let start = self.cursor.mark();
        let (text, end) = scalars::block(&mut self.cursor, kind, self.indent)?;
        self.push(TokenKind::Scalar { text: Cow::Owned(text), style: ScalarStyle::Block }, start, end);
        Ok(())
    }

    fn fetch_flow_scalar(&mut self, quote: scalars::Quote) -> Result<(), ScanError> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.cursor.mark();
        let text = scalars::quoted(&mut self.cursor, quote)?;
        self.push(TokenKind::Scalar { text: Cow::Owned(text), style: ScalarStyle::Quoted }, start, self.cursor.mark());
        Ok(())
    }

    fn fetch_plain_scalar(&mut self) -> Result<(), ScanError> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.cursor.mark();
        let context = scalars::PlainContext { in_flow: self.flow_level > 0, indent: self.indent };
        let plain = scalars::plain(&mut self.cursor, context)?;
        if plain.ended_by_break {
            self.simple_key_allowed = true;
        }
        self.push(TokenKind::Scalar { text: plain.text, style: ScalarStyle::Plain }, start, plain.end);
        Ok(())
    }
}

/// What is wrong with a key that stays one word.
const NO_COLON: &str = "a `:` is missing after this key";
/// What is wrong where a token is asked for and there is none.
const EARLY_END: &str = "the text ends too early";

#[cfg(test)]
mod tests;
