//! The items of a template, with a look ahead, and Go's words where one is out of place.

use yaml::Position;

use super::{ParseError, Result, mistake};
use crate::template::character::quoted;
use crate::template::lexer::{Item, Lexer, Token};

/// A lexer that can take items back.
pub(super) struct Items<'a> {
    lexer: Lexer<'a>,
    /// Items taken back, the next one last; never more than three.
    ahead: Vec<Item<'a>>,
    /// The line of the left delimiter of the action under way.
    pub(super) action_line: Option<u32>,
}

impl<'a> Items<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { lexer: Lexer::new(text), ahead: Vec::new(), action_line: None }
    }

    /// Returns the next item; after the last one, always an end.
    pub(super) fn take(&mut self) -> Item<'a> {
        self.ahead.pop().unwrap_or_else(|| self.lexer.next())
    }

    /// Makes `item` the next one.
    pub(super) fn put_back(&mut self, item: Item<'a>) {
        self.ahead.push(item);
    }

    /// Returns the next item without taking it.
    pub(super) fn peek(&mut self) -> Item<'a> {
        if let Some(item) = self.ahead.last() {
            return *item;
        }
        let item = self.lexer.next();
        self.put_back(item);
        item
    }

    /// Returns the next item that is no space.
    pub(super) fn take_word(&mut self) -> Item<'a> {
        loop {
            let item = self.take();
            if item.token != Token::Space {
                return item;
            }
        }
    }

    /// Returns the next item that is no space without taking it; the spaces are gone.
    pub(super) fn peek_word(&mut self) -> Item<'a> {
        loop {
            let item = self.peek();
            if item.token != Token::Space {
                return item;
            }
            self.ahead.pop();
        }
    }

    /// Returns the next item that is no space, which must be a `token`.
    ///
    /// # Errors
    /// That it is not.
    pub(super) fn expect(&mut self, token: Token, context: &str) -> Result<Item<'a>> {
        let item = self.take_word();
        if item.token == token { Ok(item) } else { Err(self.unexpected(&item, context)) }
    }

    /// Returns the mistake of an item that cannot stand where it does.
    ///
    /// # Source
    /// Go `text/template/parse/parse.go`, `unexpected`, and `lex.go`, `item.String`.
    pub(super) fn unexpected(&self, item: &Item<'_>, context: &str) -> ParseError {
        let text = String::from_utf8_lossy(item.text);
        let found = match item.token {
            Token::Error => return mistake(item.at, self.since_action(self.lexer.message(), item.at)),
            Token::End => "EOF".to_owned(),
            Token::Keyword | Token::Dot | Token::Nil => format!("<{text}>"),
            _ if item.text.len() > 10 => format!("{}...", quoted(beginning(item.text, 10))),
            _ => quoted(item.text),
        };
        mistake(item.at, format!("unexpected {found} in {context}"))
    }

    /// Adds to a message where the action begins, if that is another line. Go writes the file's name too; it is that of the mistake.
    fn since_action(&self, message: &str, at: Position) -> String {
        let Some(line) = self.action_line.filter(|line| *line != at.line) else { return message.to_owned() };
        // Go parse.go, unexpected: no "action in action".
        let link = if message.ends_with(" action") { "" } else { " in action" };
        format!("{message}{link} started at line {line}")
    }
}

/// Returns the first `count` characters; a byte that is not UTF-8 counts as one.
fn beginning(text: &[u8], count: usize) -> &[u8] {
    let mut length = 0;
    for _ in 0..count {
        let rest = text.get(length..).unwrap_or_default();
        length += crate::template::character::decode(rest).map_or(0, |(_, bytes)| bytes);
    }
    text.get(..length).unwrap_or(text)
}
