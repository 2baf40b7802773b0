//! Go's `fmt` over template values: `print`, `println`, `printf`, and how a template prints a value.
//!
//! In: values. Out: [`Text`] with its marks: a string's own marks stay at its bytes; whatever is computed from tracked leaves is derived.
//! Rules: maps print in key order, floats in `%g` with Go's exponent rule, mistakes print as Go's `%!d(string=x)`.
//! Not here: `<no value>` (the executor), escaping.
//!
//! # Source
//! Go `fmt/print.go`, `fmt/format.go`, `strconv.FormatFloat`.

pub(crate) mod fields;
mod float;
mod format;
mod quote;

use crate::meter;
use crate::provenance::{Flow, Leaves, Mark, Marks};
use crate::time::{self, Moment, duration};
use crate::value::{Data, Element, List, Map, NumberType, Object, ObjectKind, Package, Text, Value};

use fields::Layout;
pub use float::shortest;
pub use format::{UnsupportedVerb, WIDTH, sprintf};
pub(crate) use quote::{is_printable, quote, quote_ascii};

/// How deep a value is printed; a map that holds itself would print for ever.
pub const DEPTH: usize = 200;

/// Bytes that are printed of anything: one more than the largest result of a render, so that what is cut here is refused there. Maps that
/// hold a few others twice, and those others again, have no end that anybody would live to see.
pub const PRINTED_BYTES: usize = (16 << 20) + 1;

/// Text under construction, with marks.
#[derive(Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    marks: Vec<Mark>,
}

impl Buffer {
    /// Appends bytes no leaf stands behind.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if !self.is_full() {
            self.bytes.extend_from_slice(bytes);
        }
    }

    /// Says whether there are [`PRINTED_BYTES`], or the render has passed a limit: nothing more is taken then, and the call is refused.
    pub(crate) fn is_full(&self) -> bool {
        self.bytes.len() >= PRINTED_BYTES || meter::check().is_err()
    }

    /// Appends text with its marks, moved to their new place.
    pub(crate) fn push_text(&mut self, text: &Text) {
        if self.is_full() {
            return;
        }
        let base = self.bytes.len();
        self.bytes.extend_from_slice(text.as_bytes());
        self.marks.extend(text.marks().as_slice().iter().map(|mark| Mark {
            start: mark.start + base,
            end: mark.end + base,
            leaves: mark.leaves.clone(),
            flow: mark.flow,
        }));
    }

    /// Marks what was appended since byte `start` as derived from everything `value` depends on, unless it is clean.
    pub(crate) fn derive(&mut self, start: usize, value: &Value) {
        self.mark(start, value.leaves.clone());
    }

    fn mark(&mut self, start: usize, leaves: Leaves) {
        if !leaves.is_empty() {
            self.marks.push(Mark { start, end: self.bytes.len(), leaves, flow: Flow::Derived });
        }
    }

    /// Returns how many bytes there are.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Returns the text.
    pub(crate) fn finish(self) -> Text {
        Text::marked(self.bytes, Marks::from_vec(self.marks))
    }
}

/// Returns the value as `{{ value }}` and `%v` print it; nil is `<nil>`.
#[must_use]
pub fn value(value: &Value) -> Text {
    let mut out = Buffer::default();
    write_value(&mut out, value, 0);
    out.finish()
}

/// Returns the operands side by side, with a space between two that are both not strings.
///
/// # Source
/// Go `fmt.Sprint`.
#[must_use]
pub fn sprint(values: &[Value]) -> Text {
    let mut out = Buffer::default();
    let mut previous_is_string = true;
    let mut previous_kind = Leaves::NONE;
    for (index, value) in values.iter().enumerate() {
        let is_string = matches!(value.data, Data::String(_));
        let kind = kind_leaves(value);
        let start = out.len();
        if index > 0 && !is_string && !previous_is_string {
            out.push(b" ");
        }
        if index > 0 {
            out.mark(start, previous_kind.union(&kind));
        }
        write_value(&mut out, value, 0);
        (previous_is_string, previous_kind) = (is_string, kind);
    }
    out.finish()
}

/// Returns what the kind of a value depends on; that of a leaf is no secret (SOPS writes it beside the ciphertext).
pub(crate) fn kind_leaves(value: &Value) -> Leaves {
    if value.exact { Leaves::NONE } else { value.leaves.clone() }
}

/// Returns the operands with a space between any two and a newline at the end.
///
/// # Source
/// Go `fmt.Sprintln`.
#[must_use]
pub fn sprintln(values: &[Value]) -> Text {
    let mut out = Buffer::default();
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(b" ");
        }
        write_value(&mut out, value, 0);
    }
    out.push(b"\n");
    out.finish()
}

/// Returns the value's Go type, as `%T` prints it.
#[must_use]
pub fn type_name(value: &Value) -> &'static str {
    match &value.data {
        Data::Nil => "<nil>",
        Data::Bool(_) => "bool",
        Data::Int(_) => "int",
        Data::Int64(_) => "int64",
        Data::Float(_) => "float64",
        Data::String(_) => "string",
        Data::Bytes(_) => "[]uint8",
        Data::List(_, Element::Any) => "[]interface {}",
        Data::List(_, Element::String) => "[]string",
        Data::List(_, Element::Int) => "[]int",
        Data::List(_, Element::List) => "[][]interface {}",
        Data::Map(_, Element::List) => "map[string][]interface {}",
        Data::List(_, Element::Maintainer) => "[]*chart.Maintainer",
        Data::List(_, Element::Dependency) => "[]*chart.Dependency",
        Data::Map(_, Element::Maintainer) => "map[string]*chart.Maintainer",
        Data::Map(_, Element::Dependency) => "map[string]*chart.Dependency",
        Data::Map(_, Element::Int) => "map[string]int",
        Data::Map(_, Element::Any) => "map[string]interface {}",
        Data::Map(_, Element::String) => "map[string]string",
        Data::Object(object) => object_type(&object.kind),
    }
}

fn object_type(kind: &ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Values(Package::Common) => "common.Values",
        ObjectKind::Values(Package::Chartutil) => "chartutil.Values",
        ObjectKind::Files(_) => "engine.files",
        ObjectKind::VersionSet(Package::Common, _) => "common.VersionSet",
        ObjectKind::VersionSet(Package::Chartutil, _) => "chartutil.VersionSet",
        ObjectKind::KubeVersion(Package::Common, _) => "common.KubeVersion",
        ObjectKind::KubeVersion(Package::Chartutil, _) => "chartutil.KubeVersion",
        ObjectKind::Semver(_) => "*semver.Version",
        ObjectKind::Time { .. } => "time.Time",
        ObjectKind::Duration(_) => "time.Duration",
        ObjectKind::Number(NumberType::Uint8, _) => "uint8",
        ObjectKind::Number(NumberType::Uint64, _) => "uint64",
        ObjectKind::Number(NumberType::Month, _) => "time.Month",
        ObjectKind::Number(NumberType::Weekday, _) => "time.Weekday",
        ObjectKind::Certificate => "sprig.certificate",
        ObjectKind::Struct(structure) => structure.name,
    }
}

/// Writes a value as `%v`.
pub(crate) fn write_value(out: &mut Buffer, value: &Value, depth: usize) {
    meter::work(1);
    let start = out.len();
    match &value.data {
        Data::Nil => out.push(b"<nil>"),
        Data::Bool(on) => out.push(if *on { b"true" } else { b"false" }),
        Data::Int(number) | Data::Int64(number) => out.push(number.to_string().as_bytes()),
        Data::Float(number) => out.push(shortest(*number).as_bytes()),
        Data::String(text) => {
            out.push_text(text);
            // The marks inside already say so; a derived choice of the string comes on top.
            if value.exact || text.marks().leaves().union(&value.leaves) == text.marks().leaves() {
                return;
            }
        }
        Data::Bytes(text) => {
            write_bytes(out, text.as_bytes());
            out.mark(start, text.marks().leaves());
        }
        Data::List(list, _) => write_list(out, list, depth),
        Data::Map(map, _) => write_map(out, map, depth),
        Data::Object(object) => write_object(out, object, depth),
    }
    out.derive(start, value);
}

/// Bytes that are written as numbers between two looks at the limits.
const RUN_BYTES: usize = 4 << 10;

/// Writes bytes as `[1 2 3]`: digit by digit, since charts that print their `.Files` print megabytes.
fn write_bytes(out: &mut Buffer, bytes: &[u8]) {
    out.push(b"[");
    for (index, run) in bytes.chunks(RUN_BYTES).enumerate() {
        if out.is_full() {
            return;
        }
        if index > 0 {
            out.bytes.push(b' ');
        }
        for (place, byte) in run.iter().enumerate() {
            if place > 0 {
                out.bytes.push(b' ');
            }
            if *byte >= 100 {
                out.bytes.push(b'0' + byte / 100);
            }
            if *byte >= 10 {
                out.bytes.push(b'0' + byte / 10 % 10);
            }
            out.bytes.push(b'0' + byte % 10);
        }
    }
    out.push(b"]");
}

fn write_list(out: &mut Buffer, list: &List, depth: usize) {
    out.push(b"[");
    if depth < DEPTH && !out.is_full() {
        for (index, item) in list.items().iter().enumerate() {
            if index > 0 {
                out.push(b" ");
            }
            write_value(out, item, depth + 1);
        }
    }
    out.push(b"]");
}

/// Returns what it depends on which entries a map has, and in which order: its shape, and the keys where there is more than one.
fn order_leaves(map: &Map) -> Leaves {
    let entries = map.entries();
    let keys = entries.iter().filter(|_| entries.len() > 1);
    keys.fold(map.shape(), |all, (_, slot)| all.union(&slot.key_leaves))
}

fn write_map(out: &mut Buffer, map: &Map, depth: usize) {
    let whole = out.len();
    out.push(b"map[");
    if depth < DEPTH && !out.is_full() {
        for (index, (key, slot)) in map.entries().iter().enumerate() {
            if index > 0 {
                out.push(b" ");
            }
            let start = out.len();
            out.push(key);
            out.push(b":");
            write_value(out, &slot.value, depth + 1);
            out.mark(start, slot.key_leaves.clone());
        }
    }
    out.push(b"]");
    out.mark(whole, order_leaves(map));
}

/// Returns a number as `%v` prints it: months and days of the week by their names.
fn number_text(of: NumberType, number: i128) -> String {
    match of {
        NumberType::Uint8 | NumberType::Uint64 => number.to_string(),
        NumberType::Month => time::month_name(number),
        NumberType::Weekday => time::weekday_name(number),
    }
}

fn write_object(out: &mut Buffer, object: &Object, depth: usize) {
    match &object.kind {
        ObjectKind::VersionSet(_, versions) => out.push(format!("[{}]", versions.join(" ")).as_bytes()),
        ObjectKind::Semver(version) => out.push(version.as_bytes()),
        ObjectKind::KubeVersion(..) => write_struct(out, object, depth),
        ObjectKind::Duration(nanoseconds) => out.push(duration::printed(*nanoseconds).as_bytes()),
        ObjectKind::Number(of, number) => out.push(number_text(*of, *number).as_bytes()),
        ObjectKind::Time { .. } => {
            let moment = Moment::of(&object.kind).unwrap_or_else(Moment::zero);
            out.push(moment.printed().as_bytes());
        }
        ObjectKind::Values(_) | ObjectKind::Files(_) => write_map(out, &object.fields, depth),
        ObjectKind::Certificate | ObjectKind::Struct(_) => write_struct(out, object, depth),
    }
}

/// What stands for an address.
pub(crate) const ADDRESS: &[u8] = b"0xc000000000";

/// Writes the fields of a struct in Go's order.
fn write_struct(out: &mut Buffer, object: &Object, depth: usize) {
    // Go prints a pointer within another value as its address, which is another one in each run.
    if depth > 0 && matches!(object.kind, ObjectKind::Struct(structure) if structure.is_pointer()) {
        return out.push(ADDRESS);
    }
    let (open, fields): (&[u8], _) = match fields::layout(object) {
        Some(Layout::Struct(fields)) => (b"{", fields),
        Some(Layout::Pointer(fields)) => (b"&{", fields),
        Some(Layout::Map(_) | Layout::List(_)) | None => return write_map(out, &object.fields, depth),
    };
    out.push(open);
    for (index, (_, field)) in fields.iter().enumerate() {
        if index > 0 {
            out.push(b" ");
        }
        write_value(out, field, depth + 1);
    }
    out.push(b"}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::LeafId;

    fn check(text: &Text, bytes: &str, marks: &[(usize, usize, Flow)]) {
        assert_eq!(String::from_utf8_lossy(text.as_bytes()), bytes);
        let got: Vec<_> = text.marks().as_slice().iter().map(|mark| (mark.start, mark.end, mark.flow)).collect();
        assert_eq!(got, marks);
    }

    fn password() -> Value {
        Value::of_leaf(Data::String(Text::from("pw")), LeafId(1))
    }

    fn printf(format: &str, arguments: &[Value]) -> Text {
        sprintf(&Text::from(format), arguments).unwrap()
    }

    // A string that is copied keeps its exact mark where it stands.
    #[test]
    fn copied_text_stays_exact() {
        check(&printf("a %s b", &[password()]), "a pw b", &[(2, 4, Flow::Exact)]);
        check(&sprint(&[Value::string("x"), password()]), "xpw", &[(1, 3, Flow::Exact)]);
        check(&sprintln(&[password(), Value::string("x")]), "pw x\n", &[(0, 2, Flow::Exact)]);
    }

    // Padding, cutting, quoting and numbers tell something of the leaf: derived.
    #[test]
    fn computed_text_is_derived() {
        check(&printf("%3s|", &[password()]), " pw|", &[(0, 3, Flow::Derived), (1, 3, Flow::Exact)]);
        check(&printf("%.1s|", &[password()]), "p|", &[(0, 1, Flow::Derived)]);
        check(&printf("%q|", &[password()]), "\"pw\"|", &[(0, 4, Flow::Derived)]);
        check(&printf("%d|", &[Value::of_leaf(Data::Int(7), LeafId(1))]), "7|", &[(0, 1, Flow::Derived)]);
        check(&printf("%d|", &[password()]), "%!d(string=pw)|", &[(11, 13, Flow::Exact)]);
    }

    // A format that is a leaf itself decides every byte; a key that depends on a leaf marks its map.
    #[test]
    fn formats_and_keys_derive() {
        let Data::String(format) = password().data else { unreachable!("it is a string") };
        check(&sprintf(&format, &[]).unwrap(), "pw", &[(0, 2, Flow::Derived)]);
        let map = Map::new();
        map.insert_slot(b"k", crate::value::Slot { key_leaves: crate::provenance::Leaves::one(LeafId(1)), value: Value::nil() });
        check(&value(&Value::map(map)), "map[k:<nil>]", &[(0, 12, Flow::Derived), (4, 11, Flow::Derived)]);
    }

    // Bytes print as decimal numbers without leading zeros, however many there are.
    #[test]
    fn bytes_are_numbers() {
        let bytes = |bytes: &[u8]| value(&Value::plain(Data::Bytes(Text::plain(bytes))));
        check(&bytes(&[]), "[]", &[]);
        check(&bytes(&[0, 9, 10, 99, 100, 255]), "[0 9 10 99 100 255]", &[]);
        check(&bytes(&[1; RUN_BYTES + 1]), &format!("[{}1]", "1 ".repeat(RUN_BYTES)), &[]);
    }

    // Addresses, which are others in each render, are refused, not printed otherwise.
    #[test]
    fn addresses_are_refused() {
        let refused = sprintf(&Text::from("%p"), &[Value::list(vec![])]).unwrap_err();
        assert_eq!(refused.to_string(), "printf: `%p` of a []interface {} is not supported");
        check(&printf("%p", &[Value::string("x")]), "%!p(string=x)", &[]);
    }

    // Precisions up to the largest are obeyed; beyond it they are a mistake.
    #[test]
    fn precisions_are_bounded() {
        let digits = |format: &str| printf(format, &[Value::plain(Data::Float(1.0))]).as_bytes().len();
        assert_eq!(digits(&format!("%.{WIDTH}f")), WIDTH + 2);
        assert!(digits(&format!("%.{WIDTH}e")) > WIDTH);
        let over = WIDTH + 1;
        check(&printf(&format!("%.{over}f"), &[]), "%!(NOVERB)", &[]);
    }

    // Nesting up to the limit is printed, and a list that holds itself ends.
    #[test]
    fn depth_is_bounded() {
        let nested = (0..DEPTH).fold(Value::string("x"), |inner, _| Value::list(vec![inner]));
        assert!(value(&nested).as_bytes().contains(&b'x'));
        assert!(!value(&Value::list(vec![nested])).as_bytes().contains(&b'x'));
    }
}
