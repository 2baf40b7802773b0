//! `printf`: verbs, flags, width, precision, and Go's words for mistakes.
//!
//! In: a format and values. Out: text with marks.
//! Rules: what a width or precision from an argument decides, and a format that is tracked itself, derives everything.
//! Not here: what one value prints as under a verb (`argument`), digits (`number`), strings (`string`).
//!
//! # Source
//! Go 1.26 `fmt/print.go`, `doPrintf`, `argNumber`, `intFromArg`.

mod argument;
mod number;
mod string;

use super::{kind_leaves, type_name};
use crate::provenance::Leaves;
use crate::value::{Data, ObjectKind, Text, Value};

/// The largest width or precision, as in Go; a larger one is a mistake in the format.
pub const WIDTH: usize = 1_000_000;

/// Flags, width and precision of one verb.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of a verb, each present or not")]
struct Spec {
    minus: bool,
    plus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    /// `%+v`: structs with the names of their fields.
    named_fields: bool,
    /// `%#v`: Go syntax.
    go_syntax: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

struct Printer<'a> {
    format: &'a [u8],
    at: usize,
    arguments: &'a [Value],
    next: usize,
    /// Whether the present verb names an argument there is.
    good_index: bool,
    /// Whether any verb named its argument.
    reordered: bool,
    /// Leaves that decided a width or precision, and with it where everything behind stands.
    sizes: Leaves,
    out: argument::Out,
}

/// A size in a format.
enum Size {
    /// None is written.
    Absent,
    /// It is too large, or the argument it was to come from is no number.
    Bad,
    /// From an argument it may be negative.
    Of(i64),
}

/// Returns `format` with its verbs replaced by `arguments`, as Go's `fmt.Sprintf`.
///
/// # Errors
/// [`UnsupportedVerb`] where Go would print an address, which is another in each render, or how a time or version is laid out in memory.
pub fn sprintf(format: &Text, arguments: &[Value]) -> Result<Text, UnsupportedVerb> {
    let mut printer = Printer {
        format: format.as_bytes(),
        at: 0,
        arguments,
        next: 0,
        good_index: true,
        reordered: false,
        sizes: Leaves::NONE,
        out: argument::Out::default(),
    };
    while let Some(byte) = printer.take() {
        if byte == b'%' {
            printer.verb();
        } else {
            printer.out.buffer.push(&[byte]);
        }
    }
    if !printer.reordered && printer.next < arguments.len() {
        printer.extra();
    }
    let text = printer.out.finish()?;
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

impl Printer<'_> {
    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn peek(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    /// Prints one verb.
    fn verb(&mut self) {
        self.good_index = true;
        let mut spec = self.flags();
        let mut indexed = self.index();
        match self.size(&mut indexed) {
            Size::Absent => {}
            Size::Bad => self.out.buffer.push(b"%!(BADWIDTH)"),
            Size::Of(width) => {
                if width < 0 {
                    (spec.minus, spec.zero) = (true, false);
                }
                spec.width = usize::try_from(width.unsigned_abs()).ok();
            }
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.good_index &= !indexed;
            indexed = self.index();
            spec.precision = match self.size(&mut indexed) {
                Size::Absent => Some(0),
                Size::Of(precision) if precision >= 0 => usize::try_from(precision).ok(),
                Size::Of(_) | Size::Bad => {
                    self.out.buffer.push(b"%!(BADPREC)");
                    None
                }
            };
        }
        if !indexed {
            self.index();
        }
        let Some(verb) = self.rune() else {
            self.out.buffer.push(b"%!(NOVERB)");
            return;
        };
        match (verb, self.arguments.get(self.next)) {
            ('%', _) => self.out.buffer.push(b"%"),
            _ if !self.good_index => self.out.buffer.push(format!("%!{verb}(BADINDEX)").as_bytes()),
            (_, None) => self.out.buffer.push(format!("%!{verb}(MISSING)").as_bytes()),
            (_, Some(argument)) => {
                self.next += 1;
                if matches!(verb, 'v' | 'w') {
                    (spec.go_syntax, spec.sharp) = (spec.sharp, false);
                    (spec.named_fields, spec.plus) = (spec.plus, false);
                }
                self.out.print(verb, argument, spec);
            }
        }
    }

    fn flags(&mut self) -> Spec {
        let mut spec = Spec::default();
        while let Some(byte) = self.peek() {
            match byte {
                b'-' => spec.minus = true,
                b'+' => spec.plus = true,
                b'#' => spec.sharp = true,
                b' ' => spec.space = true,
                b'0' => spec.zero = true,
                _ => break,
            }
            self.at += 1;
        }
        spec
    }

    /// Reads `[n]` and makes the n-th argument the next one; says whether a number stood there.
    fn index(&mut self) -> bool {
        let rest = self.format.get(self.at..).unwrap_or_default();
        if rest.first() != Some(&b'[') {
            return false;
        }
        self.reordered = true;
        let Some(length) = rest.iter().position(|byte| *byte == b']').filter(|_| rest.len() >= 3) else {
            self.at += 1;
            self.good_index = false;
            return false;
        };
        self.at += length + 1;
        let digits = rest.get(1..length).filter(|digits| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit));
        let number = digits.and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<usize>().ok()).filter(|n| *n <= WIDTH);
        match number.and_then(|number| number.checked_sub(1)).filter(|index| *index < self.arguments.len()) {
            Some(index) => self.next = index,
            None => self.good_index = false,
        }
        number.is_some()
    }

    /// Reads a width or precision: digits, or `*` for an argument. Digits behind an index are a mistake.
    fn size(&mut self, indexed: &mut bool) -> Size {
        if self.peek() == Some(b'*') {
            self.at += 1;
            *indexed = false;
            let Some(argument) = self.arguments.get(self.next) else { return Size::Bad };
            self.next += 1;
            self.sizes = self.sizes.union(&argument.all_leaves());
            let small = whole(argument).filter(|number| number.unsigned_abs() <= WIDTH as u64);
            return small.map_or(Size::Bad, Size::Of);
        }
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        let digits = self.format.get(start..self.at).unwrap_or_default();
        if digits.is_empty() {
            return Size::Absent;
        }
        let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<i64>().ok());
        match number.filter(|number| number.unsigned_abs() <= WIDTH as u64) {
            Some(number) => {
                self.good_index &= !*indexed;
                Size::Of(number)
            }
            None => {
                // Go gives up on the format.
                self.at = self.format.len();
                Size::Absent
            }
        }
    }

    /// Reads the verb; a byte that is no character is one of its own.
    fn rune(&mut self) -> Option<char> {
        let rest = self.format.get(self.at..)?;
        let first = rest.utf8_chunks().next()?;
        let character = first.valid().chars().next();
        self.at += character.map_or(1, char::len_utf8);
        Some(character.unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn extra(&mut self) {
        self.out.buffer.push(b"%!(EXTRA ");
        for (index, argument) in self.arguments.iter().skip(self.next).enumerate() {
            if index > 0 {
                self.out.buffer.push(b", ");
            }
            let start = self.out.buffer.len();
            self.out.buffer.push(type_name(argument).as_bytes());
            if !matches!(argument.data, Data::Nil) {
                self.out.buffer.push(b"=");
                self.out.print('v', argument, Spec::default());
            }
            self.out.buffer.mark(start, kind_leaves(argument));
        }
        self.out.buffer.push(b")");
    }
}

/// Returns the number of a value whose kind is one of integers.
fn whole(value: &Value) -> Option<i64> {
    match &value.data {
        Data::Int(number) | Data::Int64(number) => Some(*number),
        Data::Object(object) => match object.kind {
            ObjectKind::Duration(number) => Some(number),
            ObjectKind::Number(_, number) => i64::try_from(number).ok(),
            _ => None,
        },
        _ => None,
    }
}
