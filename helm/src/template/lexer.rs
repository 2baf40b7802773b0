//! Splits a template into items: text, delimiters, words, constants.
//!
//! In: template bytes. Out: [`Item`]s, one at a time, so that a template of many small items needs no memory for them.
//! Rules: trim markers cut white space of the neighbouring text; comments vanish; spaces inside actions are items, as operands need them.
//!
//! # Source
//! Go `text/template/parse/lex.go`.

use memchr::{memchr_iter, memrchr};
use yaml::Position;

use super::character::{code_point, decode, is_alphanumeric, is_space, quoted};

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Text,
    LeftDelimiter,
    RightDelimiter,
    Space,
    Assign,
    Declare,
    Pipe,
    Comma,
    /// Any other printable ASCII character.
    Other,
    LeftParenthesis,
    RightParenthesis,
    String,
    RawString,
    Character,
    Number,
    Complex,
    Variable,
    Field,
    Dot,
    Bool,
    Nil,
    Identifier,
    Keyword,
    End,
    /// The template is malformed here; [`Lexer::message`] says how.
    Error,
}

/// One item.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    pub(super) token: Token,
    /// As it stands in the template; of an error, nothing.
    pub(super) text: &'a [u8],
    pub(super) at: Position,
}

/// Bytes below which text is looked over at once: most items inside of actions.
const SHORT_BYTES: usize = 32;

/// Reads a template item by item.
pub(super) struct Lexer<'a> {
    input: &'a [u8],
    at: Position,
    inside: bool,
    parentheses: usize,
    /// What is wrong, once an error was met: it is the last item before the end.
    message: String,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(input: &'a [u8]) -> Self {
        Self { input, at: Position { offset: 0, line: 1, column: 1 }, inside: false, parentheses: 0, message: String::new() }
    }

    /// Returns the next item; after the end, or an error, always the same.
    pub(super) fn next(&mut self) -> Item<'a> {
        if self.inside { self.action() } else { self.text() }
    }

    /// Returns what the error among the items says.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    fn rest(&self) -> &'a [u8] {
        self.input.get(self.at.offset..).unwrap_or_default()
    }

    /// Moves over `bytes` bytes, counting lines and columns.
    fn skip(&mut self, bytes: usize) {
        let rest = self.rest();
        let passed = rest.get(..bytes).unwrap_or(rest);
        if passed.len() < SHORT_BYTES && passed.iter().all(|byte| matches!(byte, b' '..=b'~')) {
            self.at.column = self.at.column.saturating_add(u32::try_from(passed.len()).unwrap_or(u32::MAX));
            self.at.offset += passed.len();
            return;
        }
        let breaks = memchr_iter(b'\n', passed).count();
        let line = memrchr(b'\n', passed).map_or(passed, |last| passed.get(last + 1..).unwrap_or_default());
        let characters = line.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        let column = if breaks > 0 { 1 } else { self.at.column };
        self.at.line = self.at.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        self.at.column = column.saturating_add(u32::try_from(characters).unwrap_or(u32::MAX));
        self.at.offset += passed.len();
    }

    fn take(&mut self, token: Token, bytes: usize) -> Item<'a> {
        let item = Item { token, text: self.rest().get(..bytes).unwrap_or_default(), at: self.at };
        self.skip(bytes);
        item
    }

    /// Takes an item of printable ASCII, which need not be looked at.
    fn take_ascii(&mut self, token: Token, bytes: usize) -> Item<'a> {
        let item = Item { token, text: self.rest().get(..bytes).unwrap_or_default(), at: self.at };
        self.at.column = self.at.column.saturating_add(u32::try_from(bytes).unwrap_or(u32::MAX));
        self.at.offset += bytes;
        item
    }

    /// Takes letters, digits and underscores.
    fn take_letters(&mut self, token: Token, Letters { bytes, script }: Letters) -> Item<'a> {
        match script {
            Script::Ascii => self.take_ascii(token, bytes),
            Script::Other => self.take(token, bytes),
        }
    }

    fn error(&mut self, message: &str) -> Item<'a> {
        message.clone_into(&mut self.message);
        let item = Item { token: Token::Error, text: &[], at: self.at };
        self.at.offset = self.input.len();
        self.inside = false;
        item
    }

    fn text(&mut self) -> Item<'a> {
        loop {
            let rest = self.rest();
            let Some(length) = find(rest, b"{{") else {
                let token = if rest.is_empty() { Token::End } else { Token::Text };
                return self.take(token, rest.len());
            };
            let text = rest.get(..length).unwrap_or_default();
            let after = rest.get(length + 2..).unwrap_or_default();
            let kept = if trims_left(after) { trim_end(text).len() } else { length };
            if kept > 0 {
                let item = self.take(Token::Text, kept);
                self.skip(length - kept);
                return item;
            }
            self.skip(length);
            let marker = if trims_left(after) { 2 } else { 0 };
            if !after.get(marker..).unwrap_or_default().starts_with(b"/*") {
                let item = self.take_ascii(Token::LeftDelimiter, 2);
                self.skip(marker);
                self.inside = true;
                self.parentheses = 0;
                return item;
            }
            self.skip(2 + marker);
            if let Err(message) = self.comment() {
                return self.error(message);
            }
        }
    }

    /// Skips a comment that begins here, and its right delimiter.
    fn comment(&mut self) -> Result<(), &'static str> {
        let Some(length) = self.rest().get(2..).and_then(|rest| find(rest, b"*/")) else { return Err("unclosed comment") };
        let after = self.rest().get(length + 4..).unwrap_or_default();
        let Some(trims) = right_delimiter(after) else { return Err("comment ends before closing delimiter") };
        self.skip(length + 4);
        self.close(trims);
        Ok(())
    }

    /// Skips a right delimiter with what it trims; returns where it stands.
    fn close(&mut self, trims: Trims) -> Position {
        if trims == Trims::Yes {
            self.skip(2);
        }
        let at = self.at;
        self.skip(2);
        if trims == Trims::Yes {
            let spaces = self.rest().iter().take_while(|byte| is_space(**byte)).count();
            self.skip(spaces);
        }
        self.inside = false;
        at
    }

    fn action(&mut self) -> Item<'a> {
        let rest = self.rest();
        if let Some(trims) = right_delimiter(rest) {
            if self.parentheses > 0 {
                return self.error("unclosed left paren");
            }
            let at = self.close(trims);
            return Item { token: Token::RightDelimiter, text: b"}}", at };
        }
        let Some((character, _)) = decode(rest) else { return self.error("unclosed action") };
        match character {
            ' ' | '\t' | '\r' | '\n' => self.space(),
            '=' => self.take_ascii(Token::Assign, 1),
            ':' if rest.starts_with(b":=") => self.take_ascii(Token::Declare, 2),
            ':' => self.error("expected :="),
            '|' => self.take_ascii(Token::Pipe, 1),
            '"' => self.quoted(b'"', Token::String, "unterminated quoted string"),
            '\'' => self.quoted(b'\'', Token::Character, "unterminated character constant"),
            '`' => match find(rest.get(1..).unwrap_or_default(), b"`") {
                Some(length) => self.take(Token::RawString, length + 2),
                None => self.error("unterminated raw quoted string"),
            },
            '$' => self.word(Token::Variable, Token::Variable),
            // Go lex.go, lexInsideAction: a dot that ends the template is taken for a number.
            '.' if rest.get(1).is_some_and(|next| !next.is_ascii_digit()) => self.word(Token::Field, Token::Dot),
            '.' | '+' | '-' | '0'..='9' => self.number(),
            '(' => {
                self.parentheses += 1;
                self.take_ascii(Token::LeftParenthesis, 1)
            }
            ')' if self.parentheses == 0 => self.error("unexpected right paren"),
            ')' => {
                self.parentheses -= 1;
                self.take_ascii(Token::RightParenthesis, 1)
            }
            ',' => self.take_ascii(Token::Comma, 1),
            letter if is_alphanumeric(letter) => self.identifier(),
            other if other.is_ascii_graphic() => self.take(Token::Other, 1),
            other => self.error(&format!("unrecognized character in action: {}", code_point(other))),
        }
    }

    /// A run of spaces, up to one that belongs to a trimming delimiter.
    fn space(&mut self) -> Item<'a> {
        let rest = self.rest();
        let mut length = rest.iter().take_while(|byte| is_space(**byte)).count();
        if rest.get(length - 1..).is_some_and(|tail| right_delimiter(tail) == Some(Trims::Yes)) {
            length -= 1;
        }
        // Where only that one stands, `action` has met the delimiter already.
        self.take(Token::Space, length)
    }

    fn quoted(&mut self, quote: u8, token: Token, unterminated: &str) -> Item<'a> {
        let rest = self.rest();
        let mut length = 1;
        loop {
            match rest.get(length) {
                Some(b'\\') if rest.get(length + 1).is_some_and(|byte| *byte != b'\n') => length += 2,
                None | Some(b'\n' | b'\\') => return self.error(unterminated),
                Some(byte) if *byte == quote => return self.take(token, length + 1),
                Some(_) => length += 1,
            }
        }
    }

    /// A field or variable: a sign, then letters.
    fn word(&mut self, named: Token, bare: Token) -> Item<'a> {
        let rest = self.rest();
        let Letters { bytes, script } = letters(rest.get(1..).unwrap_or_default());
        let letters = Letters { bytes: 1 + bytes, script };
        match self.bad_terminator(letters.bytes) {
            Some(item) => item,
            None => self.take_letters(if bytes == 0 { bare } else { named }, letters),
        }
    }

    fn identifier(&mut self) -> Item<'a> {
        let rest = self.rest();
        let letters = letters(rest);
        if let Some(item) = self.bad_terminator(letters.bytes) {
            return item;
        }
        let token = match rest.get(..letters.bytes).unwrap_or_default() {
            b"true" | b"false" => Token::Bool,
            b"nil" => Token::Nil,
            b"block" | b"break" | b"continue" | b"define" | b"else" | b"end" | b"if" | b"range" | b"template" | b"with" => {
                Token::Keyword
            }
            _ => Token::Identifier,
        };
        self.take_letters(token, letters)
    }

    /// Returns an error unless what follows `length` bytes may follow a word.
    fn bad_terminator(&mut self, length: usize) -> Option<Item<'a>> {
        let after = self.rest().get(length..).unwrap_or_default();
        if matches!(after.first(), Some(b' ' | b'.' | b')')) {
            return None;
        }
        let (found, _) = decode(after)?;
        if matches!(found, ' ' | '\t' | '\r' | '\n' | '.' | ',' | '|' | ':' | ')' | '(') || after.starts_with(b"}}") {
            return None;
        }
        Some(self.error(&format!("bad character {}", code_point(found))))
    }

    fn number(&mut self) -> Item<'a> {
        let rest = self.rest();
        let (length, good) = number_length(rest);
        if !good {
            return self.bad_number(length);
        }
        if matches!(rest.get(length), Some(b'+' | b'-')) {
            let (more, good) = number_length(rest.get(length..).unwrap_or_default());
            if !good || rest.get(length + more - 1) != Some(&b'i') {
                return self.bad_number(length + more);
            }
            return self.take(Token::Complex, length + more);
        }
        self.take(Token::Number, length)
    }

    fn bad_number(&mut self, length: usize) -> Item<'a> {
        let text = quoted(self.rest().get(..length).unwrap_or_default());
        self.error(&format!("bad number syntax: {text}"))
    }
}

/// Whether a right delimiter trims what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trims {
    Yes,
    No,
}

fn right_delimiter(rest: &[u8]) -> Option<Trims> {
    match rest {
        [space, b'-', b'}', b'}', ..] if is_space(*space) => Some(Trims::Yes),
        [b'}', b'}', ..] => Some(Trims::No),
        _ => None,
    }
}

fn trims_left(after: &[u8]) -> bool {
    matches!(after, [b'-', space, ..] if is_space(*space))
}

/// Returns how many bytes scan as a number, and whether nothing alphanumeric follows.
///
/// # Source
/// Go `text/template/parse/lex.go`, `scanNumber`: it accepts too much, what is made of it does not.
fn number_length(rest: &[u8]) -> (usize, bool) {
    let mut at = 0;
    let accept = |at: &mut usize, set: &[u8]| {
        let found = rest.get(*at).is_some_and(|byte| set.contains(byte));
        *at += usize::from(found);
        found
    };
    let run = |at: &mut usize, set: &[u8]| {
        *at += rest.get(*at..).unwrap_or_default().iter().take_while(|byte| set.contains(byte)).count();
    };
    accept(&mut at, b"+-");
    let mut digits: &[u8] = b"0123456789_";
    let mut exponent: &[u8] = b"eE";
    if accept(&mut at, b"0") {
        if accept(&mut at, b"xX") {
            (digits, exponent) = (b"0123456789abcdefABCDEF_", b"pP");
        } else if accept(&mut at, b"oO") {
            (digits, exponent) = (b"01234567_", b"");
        } else if accept(&mut at, b"bB") {
            (digits, exponent) = (b"01_", b"");
        }
    }
    run(&mut at, digits);
    if accept(&mut at, b".") {
        run(&mut at, digits);
    }
    if accept(&mut at, exponent) {
        accept(&mut at, b"+-");
        run(&mut at, b"0123456789_");
    }
    accept(&mut at, b"i");
    match decode(rest.get(at..).unwrap_or_default()) {
        Some((next, bytes)) if is_alphanumeric(next) => (at + bytes, false),
        _ => (at, true),
    }
}

/// Letters, digits and underscores at the head of a text.
#[derive(Clone, Copy, Debug)]
struct Letters {
    bytes: usize,
    script: Script,
}

/// Whether a byte of a text is a character.
#[derive(Clone, Copy, Debug)]
enum Script {
    Ascii,
    Other,
}

fn letters(rest: &[u8]) -> Letters {
    let mut bytes = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    if rest.get(bytes).is_none_or(u8::is_ascii) {
        return Letters { bytes, script: Script::Ascii };
    }
    while let Some((next, length)) = decode(rest.get(bytes..).unwrap_or_default())
        && is_alphanumeric(next)
    {
        bytes += length;
    }
    Letters { bytes, script: Script::Other }
}

/// Returns where `needle`, one byte or two, first stands.
fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let (first, more) = needle.split_first()?;
    memchr_iter(*first, haystack).find(|at| haystack.get(at + 1..).is_some_and(|rest| rest.starts_with(more)))
}

fn trim_end(text: &[u8]) -> &[u8] {
    let kept = text.iter().rposition(|byte| !is_space(*byte)).map_or(0, |last| last + 1);
    text.get(..kept).unwrap_or_default()
}
