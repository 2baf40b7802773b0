//! `printf`: verbs, flags, width, precision, and Go's words for mistakes.
//!
//! # Source
//! Go `fmt/print.go`, `doPrintf`, `printArg`, `badVerb`.

use super::{Buffer, DEPTH, float, kind_leaves, order_leaves, type_name, value, write_value};
use crate::provenance::Leaves;
use crate::value::{Data, ObjectKind, Text, Value};

/// The largest width or precision, as in Go; a larger one is a mistake in the format.
pub const WIDTH: usize = 1_000_000;

#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "the five flags of a verb, each present or not")]
struct Flags {
    minus: bool,
    plus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
}

#[derive(Clone, Copy, Default)]
struct Spec {
    flags: Flags,
    width: Option<usize>,
    precision: Option<usize>,
}

struct Printer<'a> {
    format: &'a [u8],
    at: usize,
    arguments: &'a [Value],
    next: usize,
    /// An explicit index named no argument.
    bad_index: bool,
    /// Leaves that decided a width or precision, and with it where everything behind stands.
    sizes: Leaves,
    out: Buffer,
}

/// Returns `format` with its verbs replaced by `arguments`, as Go's `fmt.Sprintf`.
///
/// # Errors
/// [`UnsupportedVerb`] where the format asks for a form no chart uses and that is not written here, rather than print something else.
pub fn sprintf(format: &Text, arguments: &[Value]) -> Result<Text, UnsupportedVerb> {
    let (format_bytes, out) = (format.as_bytes(), Buffer::default());
    let mut printer = Printer { format: format_bytes, at: 0, arguments, next: 0, bad_index: false, sizes: Leaves::NONE, out };
    let mut reordered = false;
    while let Some(byte) = printer.take() {
        if byte == b'%' {
            reordered |= printer.verb()?;
        } else {
            printer.out.push(&[byte]);
        }
    }
    if !reordered && printer.next < arguments.len() {
        printer.extra();
    }
    let text = printer.out.finish();
    // A format that is itself tracked decides every byte.
    Ok(text.derived_from(&format.marks().leaves().union(&printer.sizes)))
}

/// A form of `printf` that is not supported.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("printf: `%{flags}{verb}` of a {type_name} is not supported")]
pub struct UnsupportedVerb {
    /// The flags that matter.
    pub flags: &'static str,
    /// The verb.
    pub verb: char,
    /// The argument's Go type.
    pub type_name: &'static str,
}

/// Says which forms are written elsewhere than here: Go syntax, hexadecimal floats, and the alternate forms of strings and floats.
fn supported(verb: char, flags: Flags, argument: &Value) -> Result<(), UnsupportedVerb> {
    let missing = match (verb, &argument.data) {
        // With `+` a struct names its fields.
        ('v', Data::Object(object)) if matches!(object.kind, ObjectKind::Certificate) => flags.sharp || flags.plus,
        ('v', _) => flags.sharp,
        ('s' | 'q' | 'x' | 'X', Data::String(_) | Data::Bytes(_)) => {
            flags.sharp || (flags.space && verb != 's') || matches!(argument.data, Data::Bytes(_)) && verb != 's'
        }
        ('x' | 'X' | 'b', Data::Float(_)) | ('U' | 'O', Data::Int(_) | Data::Int64(_)) => true,
        ('e' | 'E' | 'f' | 'F' | 'g' | 'G', Data::Float(_)) | ('o' | 'b', Data::Int(_) | Data::Int64(_)) => flags.sharp,
        ('d', Data::Bytes(_)) | (_, Data::Object(_)) => verb != 's' && verb != 'T',
        ('p' | 'w', _) => true,
        _ => false,
    };
    if !missing {
        return Ok(());
    }
    let flags = if flags.sharp { "#" } else { "" };
    Err(UnsupportedVerb { flags, verb, type_name: type_name(argument) })
}

impl Printer<'_> {
    fn take(&mut self) -> Option<u8> {
        let byte = self.format.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    fn peek(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    /// Prints one verb; says whether it used an explicit argument index.
    fn verb(&mut self) -> Result<bool, UnsupportedVerb> {
        self.bad_index = false;
        let mut spec = Spec { flags: self.flags(), ..Spec::default() };
        let mut reordered = self.index();
        spec.width = self.size(&mut spec.flags);
        if self.peek() == Some(b'.') {
            self.at += 1;
            reordered |= self.index();
            let mut ignored = Flags::default();
            spec.precision = Some(self.size(&mut ignored).unwrap_or(0));
        }
        reordered |= self.index();
        let Some(verb) = self.rune() else {
            self.out.push(b"%!(NOVERB)");
            return Ok(reordered);
        };
        match (verb, self.arguments.get(self.next)) {
            ('%', _) => self.out.push(b"%"),
            (_, _) if self.bad_index => self.out.push(format!("%!{verb}(BADINDEX)").as_bytes()),
            (_, None) => self.out.push(format!("%!{verb}(MISSING)").as_bytes()),
            (_, Some(argument)) => {
                self.next += 1;
                supported(verb, spec.flags, argument)?;
                print(&mut self.out, verb, argument, spec, 0);
            }
        }
        Ok(reordered)
    }

    fn flags(&mut self) -> Flags {
        let mut flags = Flags::default();
        while let Some(byte) = self.peek() {
            match byte {
                b'-' => flags.minus = true,
                b'+' => flags.plus = true,
                b'#' => flags.sharp = true,
                b' ' => flags.space = true,
                b'0' => flags.zero = true,
                _ => break,
            }
            self.at += 1;
        }
        flags.zero &= !flags.minus;
        flags
    }

    /// Reads `[n]` and makes the n-th argument the next one.
    fn index(&mut self) -> bool {
        let rest = self.format.get(self.at..).unwrap_or_default();
        let Some(inner) = rest.strip_prefix(b"[") else { return false };
        let Some(length) = inner.iter().position(|byte| *byte == b']') else { return false };
        let number = inner
            .get(..length)
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| digits.parse::<usize>().ok());
        self.at += length + 2;
        match number {
            Some(number) if (1..=self.arguments.len()).contains(&number) => self.next = number - 1,
            _ => self.bad_index = true,
        }
        true
    }

    /// Reads a width or precision: digits, or `*` for an argument.
    fn size(&mut self, flags: &mut Flags) -> Option<usize> {
        if self.peek() == Some(b'*') {
            self.at += 1;
            let argument = self.arguments.get(self.next);
            self.next += 1;
            self.sizes = self.sizes.union(&argument.map(Value::all_leaves).unwrap_or_default());
            let Some(Data::Int(number)) = argument.map(|argument| &argument.data) else {
                self.out.push(b"%!(BADWIDTH)");
                return None;
            };
            flags.minus |= *number < 0;
            return usize::try_from(number.unsigned_abs()).ok().filter(|size| *size <= WIDTH);
        }
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        let digits = self.format.get(start..self.at)?;
        std::str::from_utf8(digits).ok()?.parse().ok().filter(|size| *size <= WIDTH)
    }

    fn rune(&mut self) -> Option<char> {
        let rest = self.format.get(self.at..)?;
        let first = String::from_utf8_lossy(rest.get(..rest.len().min(4))?).chars().next()?;
        self.at += first.len_utf8();
        Some(first)
    }

    fn extra(&mut self) {
        self.out.push(b"%!(EXTRA ");
        for (index, argument) in self.arguments.iter().skip(self.next).enumerate() {
            if index > 0 {
                self.out.push(b", ");
            }
            let start = self.out.len();
            self.out.push(type_name(argument).as_bytes());
            if !matches!(argument.data, Data::Nil) {
                self.out.push(b"=");
                write_value(&mut self.out, argument, 0);
            }
            self.out.mark(start, kind_leaves(argument));
        }
        self.out.push(b")");
    }
}

/// Prints one argument with one verb.
fn print(out: &mut Buffer, verb: char, argument: &Value, spec: Spec, depth: usize) {
    if let (Data::List(..) | Data::Map(..), false) = (&argument.data, matches!(verb, 'T' | 'v')) {
        let start = out.len();
        parts(out, verb, argument, spec, depth);
        return out.derive(start, argument);
    }
    let text = match (verb, &argument.data) {
        ('T', _) => Some(Text::from(type_name(argument))),
        ('v', Data::Int(number) | Data::Int64(number)) | ('d', Data::Int(number) | Data::Int64(number)) => {
            return integer(out, argument, *number, 10, spec);
        }
        ('v', Data::Float(_)) if spec.precision.is_none() && !spec.flags.zero => Some(value(argument)),
        ('v' | 's', Data::String(text)) => Some(truncated(text, spec.precision)),
        ('v', _) => Some(value(argument)),
        ('s', Data::Object(_)) => Some(value(argument)),
        ('s', Data::Bytes(text)) => Some(truncated(text, spec.precision)),
        ('t', Data::Bool(_)) => Some(value(argument)),
        ('q', Data::String(text)) => Some(quoted(text, '"')),
        ('q', Data::Int(number) | Data::Int64(number)) => Some(quoted(&character(*number), '\'')),
        ('x' | 'X', Data::String(text)) => Some(hexadecimal(text, verb)),
        ('x' | 'X', Data::Int(number) | Data::Int64(number)) => return radix(out, argument, *number, spec, verb),
        ('o', Data::Int(number) | Data::Int64(number)) => return integer(out, argument, *number, 8, spec),
        ('b', Data::Int(number) | Data::Int64(number)) => return integer(out, argument, *number, 2, spec),
        ('c', Data::Int(number) | Data::Int64(number)) => Some(character(*number)),
        ('e' | 'f' | 'F' | 'g' | 'G' | 'E', Data::Float(number)) => return floating(out, argument, *number, spec, verb),
        _ => None,
    };
    let start = out.len();
    match text {
        Some(text) => pad(out, &text, spec),
        None => bad(out, verb, argument, spec, depth),
    }
    if !matches!(argument.data, Data::String(_)) || !argument.exact {
        out.derive(start, argument);
    }
}

/// Prints a list or map with the verb applied to each part, keys included.
fn parts(out: &mut Buffer, verb: char, argument: &Value, spec: Spec, depth: usize) {
    let entries = match &argument.data {
        Data::List(list, _) => list.items().into_iter().map(|item| (None, item)).collect(),
        Data::Map(map, _) => {
            map.entries().into_iter().map(|(key, slot)| (Some(key), slot.value.derived_from(&slot.key_leaves))).collect()
        }
        _ => Vec::new(),
    };
    let whole = out.len();
    out.push(if matches!(argument.data, Data::Map(..)) { b"map[" } else { b"[" });
    for (index, (key, item)) in entries.iter().enumerate().take_while(|_| depth < DEPTH) {
        if out.is_full() {
            break;
        }
        if index > 0 {
            out.push(b" ");
        }
        let start = out.len();
        if let Some(key) = key {
            print(out, verb, &Value::plain(Data::String(Text::plain(key))), spec, depth + 1);
            out.push(b":");
        }
        if matches!(item.data, Data::Nil) {
            out.push(b"<nil>");
        } else {
            print(out, verb, item, spec, depth + 1);
        }
        out.derive(start, item);
    }
    out.push(b"]");
    if let Data::Map(map, _) = &argument.data {
        out.mark(whole, order_leaves(map));
    }
}

/// Prints Go's complaint about a verb that does not fit: `%!d(string=x)`.
fn bad(out: &mut Buffer, verb: char, argument: &Value, spec: Spec, depth: usize) {
    out.push(format!("%!{verb}(").as_bytes());
    if matches!(argument.data, Data::Nil) {
        out.push(b"<nil>");
    } else {
        out.push(format!("{}=", type_name(argument)).as_bytes());
        print(out, 'v', argument, spec, depth + 1);
    }
    out.push(b")");
}

/// Prints text at its width; the padding depends on the text's length, so it is marked with the text's leaves.
fn pad(out: &mut Buffer, text: &Text, spec: Spec) {
    let length = String::from_utf8_lossy(text.as_bytes()).chars().count();
    let missing = spec.width.unwrap_or(0).saturating_sub(length);
    let fill = if spec.flags.zero { b"0" } else { b" " }.repeat(missing);
    let start = out.len();
    if spec.flags.minus {
        out.push_text(text);
        out.push(&fill);
    } else {
        out.push(&fill);
        out.push_text(text);
    }
    if spec.width.is_some() {
        out.mark(start, text.marks().leaves());
    }
}

fn truncated(text: &Text, precision: Option<usize>) -> Text {
    let Some(precision) = precision else { return text.clone() };
    let cut: String = String::from_utf8_lossy(text.as_bytes()).chars().take(precision).collect();
    if text.marks().is_empty() && cut.len() == text.as_bytes().len() {
        return text.clone();
    }
    Text::plain(cut.as_bytes()).derived_from(&text.marks().leaves())
}

fn quoted(text: &Text, mark: char) -> Text {
    Text::plain(super::quote(text.as_bytes(), mark).as_bytes()).derived_from(&text.marks().leaves())
}

fn hexadecimal(text: &Text, verb: char) -> Text {
    let digits: String =
        text.as_bytes().iter().map(|byte| if verb == 'x' { format!("{byte:02x}") } else { format!("{byte:02X}") }).collect();
    Text::plain(digits.as_bytes()).derived_from(&text.marks().leaves())
}

fn character(number: i64) -> Text {
    let c = u32::try_from(number).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER);
    Text::plain(c.to_string().as_bytes())
}

fn radix(out: &mut Buffer, argument: &Value, number: i64, spec: Spec, verb: char) {
    let start = out.len();
    let magnitude = number.unsigned_abs();
    let digits = if verb == 'x' { format!("{magnitude:x}") } else { format!("{magnitude:X}") };
    let prefix = if spec.flags.sharp { format!("0{verb}") } else { String::new() };
    signed(out, number < 0, &format!("{prefix}{digits}"), spec);
    out.derive(start, argument);
}

fn integer(out: &mut Buffer, argument: &Value, number: i64, base: u32, spec: Spec) {
    let start = out.len();
    let magnitude = number.unsigned_abs();
    let mut digits = match base {
        8 => format!("{magnitude:o}"),
        2 => format!("{magnitude:b}"),
        _ => magnitude.to_string(),
    };
    if let Some(precision) = spec.precision {
        digits = format!("{}{digits}", "0".repeat(precision.saturating_sub(digits.len())));
    }
    let spec = if spec.precision.is_some() { Spec { flags: Flags { zero: false, ..spec.flags }, ..spec } } else { spec };
    signed(out, number < 0, &digits, spec);
    out.derive(start, argument);
}

fn floating(out: &mut Buffer, argument: &Value, number: f64, spec: Spec, verb: char) {
    let start = out.len();
    let precision = spec.precision.unwrap_or(6);
    let digits = match (verb, spec.precision) {
        ('e' | 'E', _) => float::scientific(number.abs(), precision),
        ('f' | 'F', _) => float::fixed(number.abs(), precision),
        (_, None) => shortest_of(number),
        (_, Some(precision)) => float::general_with(number.abs(), precision),
    };
    let digits = if verb.is_ascii_uppercase() && verb != 'F' { digits.to_uppercase() } else { digits };
    signed(out, number.is_sign_negative() && !number.is_nan(), digits.trim_start_matches('+'), spec);
    out.derive(start, argument);
}

fn shortest_of(number: f64) -> String {
    float::shortest(number.abs())
}

/// Prints a sign and digits; zeros fill between the two.
fn signed(out: &mut Buffer, negative: bool, digits: &str, spec: Spec) {
    let sign = match (negative, spec.flags) {
        (true, _) => "-",
        (false, Flags { plus: true, .. }) => "+",
        (false, Flags { space: true, .. }) => " ",
        (false, _) => "",
    };
    let missing = spec.width.unwrap_or(0).saturating_sub(sign.len() + digits.len());
    let text = match spec.flags {
        Flags { minus: true, .. } => format!("{sign}{digits}{}", " ".repeat(missing)),
        Flags { zero: true, .. } => format!("{sign}{}{digits}", "0".repeat(missing)),
        _ => format!("{}{sign}{digits}", " ".repeat(missing)),
    };
    out.push(text.as_bytes());
}
