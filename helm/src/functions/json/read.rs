//! Go's JSON, read: values, marks and Go's words for what is wrong.
//!
//! Rules: a mark wholly between the quotes of a string value stays with that string; whether all did is told ([`Read`]).
//!
//! # Source
//! Go 1.26 `encoding/json`: `scanner.go` (messages), `decode.go` (`unquote`, `convertNumber`).

use crate::functions::document::NESTING;
use crate::provenance::{Flow, Leaves, Mark, Marks};
use crate::value::{Data, Map, Text, Value};

/// What a text holds.
#[derive(Debug)]
pub(super) struct Read {
    /// The value.
    pub(super) value: Value,
    /// Whether every mark of the text lies inside a string value.
    pub(super) holds_all_marks: bool,
    /// A number that no float64 can hold: Go reads on and fails at the end.
    pub(super) unrepresentable: Option<String>,
}

/// Why a text is not read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is not JSON, in Go's words.
    Syntax(String),
    /// It nests deeper than [`NESTING`].
    TooDeep,
    /// It holds more than [`VALUES`].
    TooMany,
}

/// Values one text may hold: some 60 bytes each, and far more than a manifest has.
pub(super) const VALUES: usize = 200_000;

/// Reads a whole text.
pub(super) fn read(text: &Text) -> Result<Read, Unread> {
    let mut reader = Reader::new(text.as_bytes(), text.marks().as_slice());
    let value = reader.value()?;
    reader.space();
    if reader.peek().is_some() {
        return Err(reader.unexpected("after top-level value"));
    }
    let holds_all_marks = reader.enclosed == reader.marks.len();
    Ok(Read { value, holds_all_marks, unrepresentable: reader.unrepresentable })
}

/// Reads the value at the head of a text without marks; returns it and where it ends. `unrepresentable` is as in [`Read`].
pub(super) fn read_prefix(bytes: &[u8]) -> Result<(Value, usize, Option<String>), Unread> {
    let mut reader = Reader::new(bytes, &[]);
    let value = reader.value()?;
    Ok((value, reader.at, reader.unrepresentable))
}

struct Reader<'t> {
    bytes: &'t [u8],
    at: usize,
    depth: usize,
    values: usize,
    marks: &'t [Mark],
    /// Marks found inside string values.
    enclosed: usize,
    unrepresentable: Option<String>,
}

impl<'t> Reader<'t> {
    fn new(bytes: &'t [u8], marks: &'t [Mark]) -> Self {
        Self { bytes, at: 0, depth: 0, values: 0, marks, enclosed: 0, unrepresentable: None }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// Says that the next byte, or the end, is wrong here.
    fn unexpected(&self, context: &str) -> Unread {
        Unread::Syntax(match self.peek() {
            None => "unexpected end of JSON input".to_owned(),
            Some(byte) => format!("invalid character {} {context}", quoted(byte)),
        })
    }

    /// Says that the next byte is wrong inside a word, number or escape; Go takes the end for a space there.
    fn unexpected_within(&self, context: &str) -> Unread {
        Unread::Syntax(format!("invalid character {} {context}", quoted(self.peek().unwrap_or(b' '))))
    }

    fn value(&mut self) -> Result<Value, Unread> {
        self.values += 1;
        if self.values > VALUES {
            return Err(Unread::TooMany);
        }
        self.space();
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => self.string_value(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal("true", Data::Bool(true)),
            Some(b'f') => self.literal("false", Data::Bool(false)),
            Some(b'n') => self.literal("null", Data::Nil),
            _ => Err(self.unexpected("looking for beginning of value")),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, Unread>) -> Result<Value, Unread> {
        if self.depth == NESTING {
            return Err(Unread::TooDeep);
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> Result<Value, Unread> {
        let map = Map::new();
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::map(map));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("looking for beginning of object key string"));
            }
            let key = self.string()?;
            self.space();
            if self.peek() != Some(b':') {
                return Err(self.unexpected("after object key"));
            }
            self.at += 1;
            let value = self.value()?;
            map.insert(&key, value);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Value::map(map));
                }
                _ => return Err(self.unexpected("after object key:value pair")),
            }
        }
    }

    fn array(&mut self) -> Result<Value, Unread> {
        let mut items = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::list(items));
        }
        loop {
            items.push(self.value()?);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Value::list(items));
                }
                _ => return Err(self.unexpected("after array element")),
            }
        }
    }

    fn literal(&mut self, word: &str, data: Data) -> Result<Value, Unread> {
        for expected in word.chars() {
            if self.peek().map(char::from) != Some(expected) {
                return Err(self.unexpected_within(&format!("in literal {word} (expecting '{expected}')")));
            }
            self.at += 1;
        }
        Ok(Value::plain(data))
    }

    fn number(&mut self) -> Result<Value, Unread> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits("in numeric literal")?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits("after decimal point in numeric literal")?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits("in exponent of numeric literal")?;
        }
        let text = String::from_utf8_lossy(self.bytes.get(start..self.at).unwrap_or(&[])).into_owned();
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::plain(Data::Float(number))),
            _ => {
                self.unrepresentable.get_or_insert(text);
                Ok(Value::nil())
            }
        }
    }

    /// Reads one digit or more.
    fn digits(&mut self, context: &str) -> Result<(), Unread> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(self.unexpected_within(context)) } else { Ok(()) }
    }

    /// Reads a string that is a value, with its marks.
    fn string_value(&mut self) -> Result<Value, Unread> {
        let start = self.at + 1;
        let bytes = self.string()?;
        let end = self.at - 1;
        let first = self.marks.partition_point(|mark| mark.start < start);
        let within: Vec<&Mark> = self
            .marks
            .get(first..)
            .unwrap_or(&[])
            .iter()
            .take_while(|mark| mark.start <= end)
            .filter(|mark| mark.end <= end)
            .collect();
        self.enclosed += within.len();
        if let [mark] = within.as_slice()
            && mark.flow == Flow::Exact
            && (mark.start, mark.end) == (start, end)
            && self.bytes.get(start..end) == Some(bytes.as_slice())
        {
            let text = Text::marked(bytes, Marks::whole(end - start, &mark.leaves, Flow::Exact));
            return Ok(Value { data: Data::String(text), leaves: mark.leaves.clone(), exact: true });
        }
        let leaves = within.into_iter().fold(Leaves::NONE, |all, mark| all.union(&mark.leaves));
        Ok(Value::plain(Data::String(Text::plain(&bytes))).derived_from(&leaves))
    }

    /// Reads a string from its opening quote past its closing one.
    fn string(&mut self) -> Result<Vec<u8>, Unread> {
        self.at += 1;
        let start = self.at;
        let mut out = Vec::new();
        let mut copied = start;
        loop {
            match self.peek() {
                Some(b'"') => {
                    out.extend(self.piece(copied));
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    out.extend(self.piece(copied));
                    self.at += 1;
                    let character = self.escape()?;
                    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                    copied = self.at;
                }
                Some(0x20..) => self.at += 1,
                _ => return Err(self.unexpected("in string literal")),
            }
        }
    }

    /// Returns the bytes from `from` to here, each that is part of no character as U+FFFD.
    fn piece(&self, from: usize) -> Vec<u8> {
        let mut out = Vec::new();
        for chunk in self.bytes.get(from..self.at).unwrap_or(&[]).utf8_chunks() {
            out.extend_from_slice(chunk.valid().as_bytes());
            for _ in chunk.invalid() {
                out.extend_from_slice("\u{fffd}".as_bytes());
            }
        }
        out
    }

    fn escape(&mut self) -> Result<char, Unread> {
        let character = match self.peek() {
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'u') => return self.code_unit_pair(),
            _ => return Err(self.unexpected_within("in string escape code")),
        };
        self.at += 1;
        Ok(character)
    }

    /// Reads `uXXXX`, and the second half of a surrogate pair where one follows; half a pair is U+FFFD.
    fn code_unit_pair(&mut self) -> Result<char, Unread> {
        let first = self.code_unit()?;
        if !(0xd800..0xdc00).contains(&first) {
            return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let back = self.at;
        if self.bytes.get(self.at..self.at + 2) == Some(b"\\u") {
            self.at += 1;
            let second = self.code_unit()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
        }
        self.at = back;
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn code_unit(&mut self) -> Result<u32, Unread> {
        self.at += 1;
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            unit = unit * 16 + digit.ok_or_else(|| self.unexpected_within("in \\u hexadecimal character escape"))?;
            self.at += 1;
        }
        Ok(unit)
    }
}

/// Quotes a byte as Go's scanner does.
pub(super) fn quoted(byte: u8) -> String {
    match byte {
        b'\'' => "'\\''".to_owned(),
        b'"' => "'\"'".to_owned(),
        b'\\' => "'\\\\'".to_owned(),
        b'\n' => "'\\n'".to_owned(),
        b'\r' => "'\\r'".to_owned(),
        b'\t' => "'\\t'".to_owned(),
        7 => "'\\a'".to_owned(),
        8 => "'\\b'".to_owned(),
        11 => "'\\v'".to_owned(),
        12 => "'\\f'".to_owned(),
        0..0x20 | 0x7f => format!("'\\x{byte:02x}'"),
        0x80..0xa0 | 0xad => format!("'\\u{byte:04x}'"),
        0xa0 => "'\\u00a0'".to_owned(),
        _ => format!("'{}'", char::from(byte)),
    }
}
