//! `camelcase`, `snakecase`, `kebabcase`.
//!
//! # Source
//! xstrings `convert.go`, `toCamelCase`, `camelCaseToLowerCase`, `nextWord`.

use super::super::super::runes::{Rune, is_upper, lower, runes, upper};

fn connects(character: char) -> bool {
    matches!(character, '-' | '_') || character.is_whitespace()
}

/// Returns the words run together, each with a capital; connectors at the start and all but one in the middle stay.
pub(super) fn pascal(source: &[u8]) -> Vec<u8> {
    let characters: Vec<char> = runes(source).map(Rune::or_replacement).collect();
    let mut out = String::with_capacity(source.len());
    let Some(first) = characters.iter().position(|character| !connects(*character)) else {
        // xstrings writes the last connector again where there is nothing else.
        let last = characters.last().copied();
        return characters.into_iter().chain(last).collect::<String>().into_bytes();
    };
    out.extend(characters.iter().take(first));
    let mut characters = characters.into_iter().skip(first);
    let mut current = characters.next().unwrap_or_default();
    let mut in_capitals = is_upper(current);
    current = upper(current);
    for next in characters {
        let previous = current;
        current = next;
        if connects(current) && connects(previous) {
            out.push(previous);
            continue;
        }
        if connects(previous) {
            in_capitals = is_upper(current);
            current = upper(current);
            continue;
        }
        if in_capitals {
            if is_upper(current) {
                current = lower(current);
            } else {
                in_capitals = false;
            }
        }
        out.push(previous);
    }
    out.push(current);
    out.into_bytes()
}

/// The kinds of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Invalid,
    Number,
    Upper,
    Alphabet,
    Connector,
    Punctuation,
    Other,
}

/// The words of a text, one after the other.
struct Words<'a> {
    rest: &'a [u8],
    kind: Kind,
    word: &'a [u8],
}

impl<'a> Words<'a> {
    fn advance(&mut self) {
        let (kind, length) = next_word(self.rest);
        self.kind = kind;
        (self.word, self.rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, &[]));
    }

    fn write(&self, out: &mut Vec<u8>, connector: char) {
        write_word(out, (self.kind, self.word), connector);
    }
}

fn write_word(out: &mut Vec<u8>, (kind, word): (Kind, &[u8]), connector: char) {
    if !matches!(kind, Kind::Upper | Kind::Connector) {
        return out.extend_from_slice(word);
    }
    let lowered = runes(word).map(Rune::or_replacement).map(|c| if connects(c) { connector } else { lower(c) });
    out.extend_from_slice(lowered.collect::<String>().as_bytes());
}

fn push(out: &mut Vec<u8>, connector: char) {
    out.extend_from_slice(connector.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Returns the words in lower case with a connector between them.
pub(super) fn separated(source: &[u8], connector: char) -> Vec<u8> {
    let mut out = Vec::with_capacity(source.len() + source.len() / 4);
    let mut words = Words { rest: source, kind: Kind::Invalid, word: &[] };
    words.advance();
    while !words.rest.is_empty() {
        if words.kind != Kind::Connector {
            words.write(&mut out, connector);
        }
        let last = (words.kind, words.word);
        words.advance();
        match last.0 {
            Kind::Number => letters_of_number(&mut out, &mut words, connector),
            Kind::Connector => write_word(&mut out, last, connector),
            Kind::Punctuation => {}
            Kind::Invalid | Kind::Upper | Kind::Alphabet | Kind::Other => behind_letters(&mut out, &mut words, connector),
        }
    }
    words.write(&mut out, connector);
    out
}

/// Letters and digits behind a number belong to it.
fn letters_of_number(out: &mut Vec<u8>, words: &mut Words<'_>, connector: char) {
    while matches!(words.kind, Kind::Alphabet | Kind::Number) {
        words.write(out, connector);
        words.advance();
    }
    if !matches!(words.kind, Kind::Invalid | Kind::Punctuation | Kind::Connector) {
        push(out, connector);
    }
}

/// A number behind letters belongs to them, unless lower case letters follow it.
fn behind_letters(out: &mut Vec<u8>, words: &mut Words<'_>, connector: char) {
    if words.kind != Kind::Number {
        if !matches!(words.kind, Kind::Connector | Kind::Punctuation) {
            push(out, connector);
        }
        return;
    }
    if words.rest.is_empty() {
        return;
    }
    let number = words.word;
    words.advance();
    if words.kind != Kind::Alphabet {
        out.extend_from_slice(number);
        if !matches!(words.kind, Kind::Connector | Kind::Punctuation) {
            push(out, connector);
        }
        return;
    }
    push(out, connector);
    out.extend_from_slice(number);
    letters_of_number(out, words, connector);
}

fn is_punctuation(character: char) -> bool {
    character.is_ascii_punctuation() && !matches!(character, '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~')
        || matches!(character, '\u{a1}' | '\u{a7}' | '\u{ab}' | '\u{b6}' | '\u{b7}' | '\u{bb}' | '\u{bf}')
        || matches!(character, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}')
}

/// Letters that have words: not those of Chinese characters.
fn letter(character: char) -> bool {
    character.is_alphabetic()
        && !matches!(character, '\u{3400}'..='\u{4d85}' | '\u{4e00}'..='\u{9fcc}' | '\u{20000}'..='\u{2b81d}')
}

/// Returns the kind of the first word and its length; bytes that are not UTF-8 belong to the word before them.
fn next_word(source: &[u8]) -> (Kind, usize) {
    let mut units = runes(source).peekable();
    let Some(first) = units.find(|rune| rune.character.is_some()) else { return (Kind::Invalid, source.len()) };
    let opening = first.or_replacement();
    let mut run = |belongs: &dyn Fn(char) -> bool| {
        let mut end = first.end;
        let mut count = 0_usize;
        let mut before = first.start;
        while let Some(rune) = units.next_if(|rune| rune.character.is_none_or(belongs)) {
            before = rune.start;
            end = rune.end;
            count += 1;
        }
        (end, count, before, units.peek().map(|rune| rune.or_replacement()))
    };
    match opening {
        c if connects(c) => (Kind::Connector, run(&connects).0),
        c if is_punctuation(c) => (Kind::Punctuation, run(&is_punctuation).0),
        c if is_upper(c) => {
            let (end, count, last_capital, behind) = run(&is_upper);
            let small_behind = behind.is_some_and(letter);
            match (small_behind, count) {
                (true, 0) => (Kind::Upper, run(&|c| letter(c) && !is_upper(c)).0),
                // The last capital begins the next word: HTTP, Status.
                (true, _) => (Kind::Upper, last_capital),
                (false, _) => (Kind::Upper, end),
            }
        }
        c if letter(c) => (Kind::Alphabet, run(&|c| letter(c) && !is_upper(c)).0),
        c if c.is_numeric() => (Kind::Number, run(&char::is_numeric).0),
        _ => (Kind::Other, run(&|c| !connects(c) && !letter(c) && !c.is_numeric() && !is_punctuation(c)).0),
    }
}
