//! What a value prints as under a verb.
//!
//! Rules: text that is copied keeps its marks; whatever is computed from a value is derived from it; lists and maps are printed item by
//! item with the same verb.
//!
//! # Source
//! Go 1.26 `fmt/print.go`: `printArg`, `printValue`, `handleMethods`, `badVerb`, `fmtInteger`, `fmtFloat`, `fmtString`, `fmtBytes`.

use super::super::fields::{Layout, layout};
use super::super::{ADDRESS, Buffer, DEPTH, number_text, order_leaves, type_name};
use super::number::{self, Base};
use super::{Spec, UnsupportedVerb, string};
use crate::time::duration;
use crate::value::{Data, Map, NumberType, Object, ObjectKind, Text, Value};

/// Output, and the first form in it that is not supported.
#[derive(Default)]
pub(super) struct Out {
    pub(super) buffer: Buffer,
    unsupported: Option<UnsupportedVerb>,
    /// Inside of a complaint about a verb, where Go asks no method.
    complaining: bool,
}

impl Out {
    /// Returns the text.
    pub(super) fn finish(self) -> Result<Text, UnsupportedVerb> {
        self.unsupported.map_or_else(|| Ok(self.buffer.finish()), Err)
    }

    /// Prints one argument.
    pub(super) fn print(&mut self, verb: char, argument: &Value, spec: Spec) {
        match (verb, &argument.data) {
            ('T', Data::Nil) | ('v', Data::Nil) => string::pad(&mut self.buffer, &Text::from("<nil>"), spec),
            ('T', _) => {
                let start = self.buffer.len();
                string::plain(&mut self.buffer, &Text::from(type_name(argument)), spec);
                self.buffer.mark(start, super::kind_leaves(argument));
            }
            _ => self.value(verb, argument, spec, 0),
        }
    }

    fn value(&mut self, verb: char, value: &Value, spec: Spec, depth: usize) {
        let start = self.buffer.len();
        match &value.data {
            Data::Nil => self.nil(verb, spec, depth),
            Data::Bool(on) => match verb {
                't' | 'v' => string::pad(&mut self.buffer, &Text::from(if *on { "true" } else { "false" }), spec),
                _ => self.bad(verb, value, spec, depth),
            },
            Data::Int(number) | Data::Int64(number) => self.integer(verb, value, i128::from(*number), (spec, depth)),
            Data::Float(number) => self.float(verb, value, *number, (spec, depth)),
            Data::String(text) => {
                self.text(verb, value, text, (spec, depth));
                // The marks inside say what the text depends on; a derived choice of the string comes on top.
                if value.exact || text.marks().leaves().union(&value.leaves) == text.marks().leaves() {
                    return;
                }
            }
            Data::Bytes(text) => self.bytes(verb, value, text, (spec, depth)),
            Data::List(..) | Data::Map(..) | Data::Object(_) if verb == 'w' => self.bad(verb, value, spec, depth),
            Data::List(..) if verb == 'p' => self.refuse(verb, value, spec),
            Data::Map(..) if verb == 'p' => self.refuse(verb, value, spec),
            Data::List(list, _) => self.list(verb, value, &list.items(), (spec, depth, list.is_nil())),
            Data::Map(map, _) => self.map(verb, value, map, (spec, depth)),
            Data::Object(object) => self.object(verb, value, object, (spec, depth)),
        }
        self.buffer.derive(start, value);
    }

    fn nil(&mut self, verb: char, spec: Spec, depth: usize) {
        match (depth, spec.go_syntax) {
            (0, _) => self.buffer.push(format!("%!{verb}(<nil>)").as_bytes()),
            (_, true) => self.buffer.push(b"interface {}(nil)"),
            (_, false) => self.buffer.push(b"<nil>"),
        }
    }

    fn integer(&mut self, verb: char, value: &Value, number: i128, (spec, depth): (Spec, usize)) {
        let out = &mut self.buffer;
        match verb {
            'v' | 'd' => number::integer(out, number, (Base::Decimal, verb), spec),
            'b' => number::integer(out, number, (Base::Binary, verb), spec),
            'o' | 'O' => number::integer(out, number, (Base::Octal, verb), spec),
            'x' => number::integer(out, number, (Base::Lower, verb), spec),
            'X' => number::integer(out, number, (Base::Upper, verb), spec),
            'c' => string::character(out, number, spec),
            'q' => string::quoted_character(out, number, spec),
            'U' => number::unicode(out, number, spec),
            _ => self.bad(verb, value, spec, depth),
        }
    }

    /// Prints an unsigned integer, which Go syntax has in hexadecimal.
    fn unsigned(&mut self, verb: char, value: &Value, number: i128, (spec, depth): (Spec, usize)) {
        if verb == 'v' && spec.go_syntax {
            return number::integer(&mut self.buffer, number, (Base::Lower, verb), Spec { sharp: true, ..spec });
        }
        self.integer(verb, value, number, (spec, depth));
    }

    fn float(&mut self, verb: char, value: &Value, number: f64, (spec, depth): (Spec, usize)) {
        let form = match verb {
            'v' => ('g', None),
            'b' | 'g' | 'G' | 'x' | 'X' => (verb, None),
            'e' | 'E' | 'f' | 'F' => (verb, Some(6)),
            _ => return self.bad(verb, value, spec, depth),
        };
        number::floating(&mut self.buffer, number, form, spec);
    }

    fn text(&mut self, verb: char, value: &Value, text: &Text, (spec, depth): (Spec, usize)) {
        let out = &mut self.buffer;
        match verb {
            'v' if spec.go_syntax => string::quoted(out, text, spec),
            'v' | 's' => string::plain(out, text, spec),
            'q' => string::quoted(out, text, spec),
            'x' | 'X' => string::hexadecimal(out, text, spec, verb),
            _ => self.bad(verb, value, spec, depth),
        }
    }

    fn bytes(&mut self, verb: char, value: &Value, text: &Text, (spec, depth): (Spec, usize)) {
        let start = self.buffer.len();
        let numbers =
            || text.as_bytes().iter().map(|byte| Value::number(NumberType::Uint8, i128::from(*byte))).collect::<Vec<_>>();
        match verb {
            's' => string::plain(&mut self.buffer, text, spec),
            'q' => string::quoted(&mut self.buffer, text, spec),
            'x' | 'X' => string::hexadecimal(&mut self.buffer, text, spec, verb),
            'p' => self.refuse(verb, value, spec),
            'v' if spec.go_syntax => {
                self.buffer.push(if depth == 0 { b"[]byte{" } else { b"[]uint8{" });
                for (index, byte) in text.as_bytes().iter().enumerate() {
                    self.buffer.push(if index > 0 { b", " } else { b"" });
                    number::integer(&mut self.buffer, i128::from(*byte), (Base::Lower, verb), Spec { sharp: true, ..spec });
                }
                self.buffer.push(b"}");
            }
            _ => self.list(verb, value, &numbers(), (spec, depth, false)),
        }
        self.buffer.mark(start, text.marks().leaves());
    }

    fn list(&mut self, verb: char, value: &Value, items: &[Value], (spec, depth, is_nil): (Spec, usize, bool)) {
        if spec.go_syntax {
            self.buffer.push(type_name(value).as_bytes());
            if is_nil {
                return self.buffer.push(b"(nil)");
            }
        }
        let (open, separator, close): (&[u8], &[u8], &[u8]) =
            if spec.go_syntax { (b"{", b", ", b"}") } else { (b"[", b" ", b"]") };
        self.buffer.push(open);
        for (index, item) in items.iter().enumerate().take_while(|_| depth < DEPTH) {
            if self.buffer.is_full() {
                break;
            }
            if index > 0 {
                self.buffer.push(separator);
            }
            self.value(verb, item, spec, depth + 1);
        }
        self.buffer.push(close);
    }

    fn map(&mut self, verb: char, value: &Value, map: &Map, (spec, depth): (Spec, usize)) {
        let whole = self.buffer.len();
        if spec.go_syntax {
            self.buffer.push(type_name(value).as_bytes());
            if map.is_nil() {
                return self.buffer.push(b"(nil)");
            }
        }
        let (open, separator, close): (&[u8], &[u8], &[u8]) =
            if spec.go_syntax { (b"{", b", ", b"}") } else { (b"map[", b" ", b"]") };
        self.buffer.push(open);
        for (index, (key, slot)) in map.entries().iter().enumerate().take_while(|_| depth < DEPTH) {
            if self.buffer.is_full() {
                break;
            }
            if index > 0 {
                self.buffer.push(separator);
            }
            let start = self.buffer.len();
            self.value(verb, &Value::plain(Data::String(Text::plain(key))), spec, depth + 1);
            self.buffer.push(b":");
            self.value(verb, &slot.value, spec, depth + 1);
            self.buffer.mark(start, slot.key_leaves.clone());
        }
        self.buffer.push(close);
        self.buffer.mark(whole, order_leaves(map));
    }

    fn object(&mut self, verb: char, value: &Value, object: &Object, (spec, depth): (Spec, usize)) {
        let named = matches!(verb, 'v' | 's' | 'x' | 'X' | 'q') && !spec.go_syntax && !self.complaining;
        match (&object.kind, layout(object)) {
            (ObjectKind::Time { .. } | ObjectKind::Semver(_), _) if named => {
                self.text(verb, value, &super::super::value(value), (spec, depth));
            }
            (ObjectKind::Duration(nanoseconds), _) if named => {
                self.text(verb, value, &Text::from(duration::printed(*nanoseconds).as_str()), (spec, depth));
            }
            (ObjectKind::Number(of @ (NumberType::Month | NumberType::Weekday), number), _) if named => {
                self.text(verb, value, &Text::from(number_text(*of, *number).as_str()), (spec, depth));
            }
            (ObjectKind::Duration(number), _) => self.integer(verb, value, i128::from(*number), (spec, depth)),
            (ObjectKind::Number(NumberType::Month | NumberType::Weekday, number), _) => {
                self.integer(verb, value, *number, (spec, depth));
            }
            (ObjectKind::Number(_, number), _) => self.unsigned(verb, value, *number, (spec, depth)),
            (_, Some(Layout::Map(map))) if verb != 'p' => self.map(verb, value, &map, (spec, depth)),
            (_, Some(Layout::List(items))) if verb != 'p' => self.list(verb, value, &items, (spec, depth, false)),
            (_, Some(Layout::Struct(fields))) if verb != 'p' => self.structure(verb, value, &fields, (spec, depth)),
            (_, Some(Layout::Pointer(fields))) if depth == 0 && verb != 'p' => {
                self.buffer.push(b"&");
                self.structure(verb, value, &fields, (spec, depth + 1));
            }
            (ObjectKind::Struct(_), _) if verb == 'v' => self.buffer.push(ADDRESS),
            _ => self.refuse(verb, value, spec),
        }
    }

    fn structure(&mut self, verb: char, value: &Value, fields: &[(&'static str, Value)], (spec, depth): (Spec, usize)) {
        if spec.go_syntax {
            self.buffer.push(type_name(value).trim_start_matches('*').as_bytes());
        }
        self.buffer.push(b"{");
        for (index, (name, field)) in fields.iter().enumerate() {
            if index > 0 {
                self.buffer.push(if spec.go_syntax { b", " } else { b" " });
            }
            if spec.go_syntax || spec.named_fields {
                self.buffer.push(format!("{name}:").as_bytes());
            }
            self.value(verb, field, spec, depth + 1);
        }
        self.buffer.push(b"}");
    }

    /// Prints Go's complaint about a verb that does not fit: `%!d(string=x)`.
    fn bad(&mut self, verb: char, value: &Value, spec: Spec, depth: usize) {
        let outer = std::mem::replace(&mut self.complaining, true);
        self.buffer.push(format!("%!{verb}({}=", type_name(value)).as_bytes());
        if depth < DEPTH {
            self.value('v', value, spec, depth);
        }
        self.buffer.push(b")");
        self.complaining = outer;
    }

    /// Notes a form that would print an address or a layout in memory.
    fn refuse(&mut self, verb: char, value: &Value, spec: Spec) {
        let flags = if spec.sharp || spec.go_syntax { "#" } else { "" };
        self.unsupported.get_or_insert(UnsupportedVerb { flags, verb, type_name: type_name(value) });
    }
}
