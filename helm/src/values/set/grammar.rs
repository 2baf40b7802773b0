//! The grammar of `--set`: `name.of[0].key=value,other=value`.
//!
//! Rules: the end of the text is no error where helm's reader meets it between things (`a.`, `a[0]`): what was read so far counts.
//!
//! # Source
//! helm `pkg/strvals/parser.go`, `pkg/strvals/literal_parser.go`: one method for each of theirs, of the same order of steps.

use std::io;

use super::error::NAMES;
use super::{Argument, Flag, INDICES, Problem, tracked};
use crate::functions::read_json_prefix;
use crate::gofmt::quote;
use crate::profile::Profile;
use crate::provenance::LeafId;
use crate::value::{Data, Element, List, Map, Text, Value};
use crate::values::INDEX;

/// Why reading stops.
enum Stop {
    /// The end of the text, where nothing is missing that helm minds.
    End,
    /// The end of the text within an index: helm 4 takes it for the end, helm 3 refuses it.
    EndOfIndex,
    /// The argument is refused.
    Refused(Problem),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

/// How far a path has gone; both are bounded, since they are followed by recursion.
#[derive(Clone, Copy, Default)]
struct Depth {
    names: usize,
    indices: usize,
}

/// Reads one argument.
pub(super) struct Reader<'a> {
    flag: Flag,
    rest: &'a str,
    file: &'a mut dyn FnMut(&str) -> io::Result<Vec<u8>>,
    leaf: &'a mut dyn FnMut() -> Option<LeafId>,
    items_left: usize,
}

impl<'a> Reader<'a> {
    /// Returns a reader that may add `items` to lists.
    pub(super) fn new(
        argument: &'a Argument,
        file: &'a mut dyn FnMut(&str) -> io::Result<Vec<u8>>,
        leaf: &'a mut dyn FnMut() -> Option<LeafId>,
        items: usize,
    ) -> Self {
        Self { flag: argument.flag, rest: &argument.text, file, leaf, items_left: items }
    }

    /// Returns how many items may still be added.
    pub(super) fn items_left(&self) -> usize {
        self.items_left
    }

    /// Sets in `map` all that the argument says.
    pub(super) fn assign(&mut self, map: &Map, profile: Profile) -> Result<(), Problem> {
        loop {
            match self.key(map, Depth::default()) {
                Ok(()) => {}
                Err(Stop::EndOfIndex) if profile == Profile::Helm3_22 => return Err(Problem::OpenIndex),
                Err(Stop::End | Stop::EndOfIndex) => return Ok(()),
                Err(Stop::Refused(problem)) => return Err(problem),
            }
        }
    }

    fn key(&mut self, map: &Map, depth: Depth) -> Result<(), Stop> {
        let stops: &[char] = if self.flag == Flag::Literal { &['=', '[', '.'] } else { &['=', '[', ',', '.'] };
        let (key, last) = self.until(stops);
        match last {
            None if key.is_empty() => Err(Stop::End),
            None => Err(Problem::NoValue { key: quoted(&key) }.into()),
            Some('[') => {
                let index = self.index()?;
                let list = match map.get(key.as_bytes()) {
                    Some(value) => list_of(&value)?,
                    None => List::new(Vec::new()),
                };
                let (list, outcome) = self.item(list, index, depth);
                set(map, &key, Value::plain(Data::List(list, Element::Any)));
                outcome
            }
            Some('=') => self.key_value(map, &key),
            Some('.') => self.below(map, &key, depth),
            Some(_) => Err(Problem::NoValueBeforeComma { key: quoted(&key) }.into()),
        }
    }

    /// Reads what follows a dot, into the map at `key`.
    fn below(&mut self, map: &Map, key: &str, depth: Depth) -> Result<(), Stop> {
        let depth = Depth { names: depth.names + 1, ..depth };
        if depth.names > NAMES {
            return Err(Problem::TooManyNames.into());
        }
        let inner = match map.get(key.as_bytes()) {
            Some(value) => map_of(&value)?,
            None => Map::new(),
        };
        let outcome = self.key(&inner, depth);
        if inner.is_empty() {
            outcome?;
            return Err(Problem::EmptyMap { key: quoted(key) }.into());
        }
        set(map, key, Value::map(inner));
        outcome
    }

    /// Reads the value of a key that is no item of a list.
    fn key_value(&mut self, map: &Map, key: &str) -> Result<(), Stop> {
        // helm sets the empty text of `a=` at the end before it notices the end.
        if self.rest.is_empty() && matches!(self.flag, Flag::Typed | Flag::Text | Flag::File) {
            let empty = self.own(Value::string(""));
            set(map, key, empty);
            return Err(Stop::End);
        }
        let value = self.value()?;
        set(map, key, value);
        Ok(())
    }

    fn item(&mut self, list: List, index: i64, depth: Depth) -> (List, Result<(), Stop>) {
        let depth = Depth { indices: depth.indices + 1, ..depth };
        let value = self.item_value(&list, index, depth);
        let outcome = value.and_then(|value| self.put(&list, index, value));
        match outcome {
            Ok(Some(longer)) => (longer, Ok(())),
            Ok(None) => (list, Ok(())),
            Err(stop) => (list, Err(stop)),
        }
    }

    /// Returns the new value of an item, from what follows its index.
    fn item_value(&mut self, list: &List, index: i64, depth: Depth) -> Result<Value, Stop> {
        if index < 0 {
            return Err(Problem::NegativeIndex { index }.into());
        }
        if depth.indices > INDICES {
            return Err(Problem::TooManyIndices.into());
        }
        let (between, last) = self.until(&['[', '.', '=']);
        if !between.is_empty() {
            return Err(Problem::AfterIndex { text: runes(&between) }.into());
        }
        let old = usize::try_from(index).ok().and_then(|index| list.get(index));
        match last {
            None => Err(Stop::End),
            Some('=') => self.value(),
            Some('[') => {
                let next = self.index()?;
                let inner = match old {
                    Some(old) if !matches!(old.data, Data::Nil) => list_of(&old)?,
                    _ => List::new(Vec::new()),
                };
                let (inner, outcome) = self.item(inner, next, depth);
                outcome.map(|()| Value::plain(Data::List(inner, Element::Any)))
            }
            Some(_) => {
                let inner = match old.map(|old| old.data) {
                    Some(Data::Map(map, _)) => map,
                    Some(_) => {
                        let map = Map::new();
                        list.set(usize::try_from(index).unwrap_or(usize::MAX), Value::map(map.clone()));
                        map
                    }
                    None => Map::new(),
                };
                self.key(&inner, depth)?;
                Ok(Value::map(inner))
            }
        }
    }

    /// Puts a value at an index and returns the list if it had to be a longer one.
    fn put(&mut self, list: &List, index: i64, value: Value) -> Result<Option<List>, Stop> {
        let place = usize::try_from(index).ok().filter(|index| *index <= INDEX);
        let place = place.ok_or(Problem::LargeIndex { index })?;
        if place < list.len() {
            list.set(place, value);
            return Ok(None);
        }
        self.items_left = self.items_left.checked_sub(place + 1).ok_or(Problem::TooManyItems)?;
        let mut items = list.items();
        items.resize(place, Value::nil());
        items.push(value);
        Ok(Some(List::new(items)))
    }
    fn index(&mut self) -> Result<i64, Stop> {
        let (digits, last) = self.until(&[']']);
        if last.is_none() {
            return Err(Stop::EndOfIndex);
        }
        digits.parse().map_err(|error: std::num::ParseIntError| {
            use std::num::IntErrorKind::{NegOverflow, PosOverflow};
            let overflow = matches!(error.kind(), PosOverflow | NegOverflow);
            Problem::Index { text: quoted(&digits), overflow }.into()
        })
    }

    fn value(&mut self) -> Result<Value, Stop> {
        match self.flag {
            Flag::Json => {
                if self.blank() {
                    return Ok(self.own(Value::nil()));
                }
                let (value, length) = read_json_prefix(self.rest.as_bytes()).map_err(Problem::Json)?;
                self.rest = self.rest.get(length..).unwrap_or_default();
                self.blank();
                Ok(tracked(value, self.leaf))
            }
            Flag::Literal => {
                let text = std::mem::take(&mut self.rest);
                Ok(self.own(Value::string(text)))
            }
            Flag::Typed | Flag::Text | Flag::File => match self.rest.strip_prefix('{') {
                Some(rest) => {
                    self.rest = rest;
                    self.list()
                }
                None => {
                    let (text, _) = self.until(&[',']);
                    self.scalar(&text)
                }
            },
        }
    }

    /// Reads the items of a list, whose opening brace is read.
    fn list(&mut self) -> Result<Value, Stop> {
        let mut items = Vec::new();
        loop {
            let (text, last) = self.until(&[',', '}']);
            if last.is_none() {
                return Err(Problem::OpenList.into());
            }
            self.items_left = self.items_left.checked_sub(1).ok_or(Problem::TooManyItems)?;
            if last == Some('}') {
                self.rest = self.rest.strip_prefix(',').unwrap_or(self.rest);
            }
            items.push(self.scalar(&text)?);
            if last == Some('}') {
                return Ok(Value::list(items));
            }
        }
    }

    fn scalar(&mut self, text: &str) -> Result<Value, Stop> {
        let value = match self.flag {
            Flag::Typed => typed(text),
            Flag::File => {
                let read = (self.file)(text).map_err(|source| Problem::File { path: text.to_owned(), source })?;
                Value::plain(Data::String(Text::plain(&read)))
            }
            Flag::Text | Flag::Json | Flag::Literal => Value::string(text),
        };
        Ok(self.own(value))
    }

    /// Gives a value its identity.
    fn own(&mut self, value: Value) -> Value {
        match (self.leaf)() {
            Some(id) => Value::of_leaf(value.data, id),
            None => value,
        }
    }

    /// Takes spaces, up to a comma with it or to the end; says whether it met one of these.
    fn blank(&mut self) -> bool {
        let rest = self.rest.trim_start();
        self.rest = rest.strip_prefix(',').unwrap_or(rest);
        self.rest.is_empty() || self.rest.len() < rest.len()
    }

    /// Takes text up to a character of `stops`, and that character. A backslash takes the next one as it stands, except in literals.
    fn until(&mut self, stops: &[char]) -> (String, Option<char>) {
        let mut text = String::new();
        let mut characters = self.rest.chars();
        let mut last = None;
        while let Some(next) = characters.next() {
            if stops.contains(&next) {
                last = Some(next);
                break;
            }
            if next == '\\' && self.flag != Flag::Literal {
                text.extend(characters.next());
            } else {
                text.push(next);
            }
        }
        self.rest = characters.as_str();
        (text, last)
    }
}

/// Sets a key; an empty one is passed over.
fn set(map: &Map, key: &str, value: Value) {
    if !key.is_empty() {
        map.insert(key.as_bytes(), value);
    }
}

/// Returns what the text of a value means to `--set`.
///
/// # Source
/// helm `pkg/strvals/parser.go`, `typedVal`.
fn typed(text: &str) -> Value {
    if folds_to(text, "null") {
        return Value::nil();
    }
    for (word, on) in [("true", true), ("false", false)] {
        if folds_to(text, word) {
            return Value::plain(Data::Bool(on));
        }
    }
    let number = if text == "0" || !text.starts_with('0') { text.parse().ok() } else { None };
    number.map_or_else(|| Value::string(text), |number| Value::plain(Data::Int64(number)))
}

/// Says whether a text is a word of ASCII letters in any case. Go's `strings.EqualFold` takes the long s and the Kelvin sign along.
fn folds_to(text: &str, word: &str) -> bool {
    let folded = text.chars().map(|character| match character {
        'ſ' => 's',
        '\u{212a}' => 'k',
        other => other.to_ascii_lowercase(),
    });
    folded.eq(word.chars())
}

fn list_of(value: &Value) -> Result<List, Problem> {
    match &value.data {
        Data::List(list, _) => Ok(list.clone()),
        other => Err(Problem::Kind { found: go_type(other), wanted: "[]interface {}" }),
    }
}

fn map_of(value: &Value) -> Result<Map, Problem> {
    match &value.data {
        Data::Map(map, _) => Ok(map.clone()),
        other => Err(Problem::Kind { found: go_type(other), wanted: "map[string]interface {}" }),
    }
}

/// Returns the Go type of what values hold.
fn go_type(data: &Data) -> &'static str {
    match data {
        Data::Bool(_) => "bool",
        Data::Int64(_) | Data::Int(_) => "int64",
        Data::Float(_) => "float64",
        Data::String(_) | Data::Bytes(_) => "string",
        Data::List(..) => "[]interface {}",
        Data::Map(..) | Data::Object(_) => "map[string]interface {}",
        Data::Nil => "nil",
    }
}

/// Prints a key as Go's `%q` does.
fn quoted(text: &str) -> String {
    quote(text.as_bytes(), '"')
}

/// Prints characters as Go's `%q` does those of a `[]rune`.
fn runes(text: &str) -> String {
    let each: Vec<String> = text.chars().map(|character| quote(character.to_string().as_bytes(), '\'')).collect();
    format!("[{}]", each.join(" "))
}
