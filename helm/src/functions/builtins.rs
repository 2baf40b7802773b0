//! Go's own template functions that need values only: `print*`, comparisons, `index`, `len`, `not`, `html`, `js`, `urlquery`.
//!
//! Not here: `and`, `or`, `call` (`template`); `slice`, which sprig replaces.
//!
//! # Source
//! Go `text/template/funcs.go`.

use std::cmp::Ordering;

use super::kinds::kind;
use super::runes::is_print;
use super::signature::{Call, Outcome, all_leaves, boolean, fixed, string, variadic};
use super::truth::{truth, truth_leaves};
use super::{Environment, Function, FunctionError, Keeps, Parameter};
use crate::gofmt;
use crate::provenance::Leaves;
use crate::value::{Data, Element, ObjectKind, Text, Value};

pub(super) const TABLE: &[Function] = &[
    variadic("print", &[Parameter::Any], Keeps::All, |_, values| Ok(string(gofmt::sprint(values)))),
    variadic("println", &[Parameter::Any], Keeps::All, |_, values| Ok(string(gofmt::sprintln(values)))),
    variadic("printf", &[Parameter::String, Parameter::Any], Keeps::All, printf),
    variadic("eq", &[Parameter::Any, Parameter::Any], Keeps::Derives, |_, values| equal_any(values).map(boolean)),
    comparison("ne", |_, values| equal_any(values).map(|equal| boolean(!equal))),
    comparison("lt", |_, values| less(values).map(boolean)),
    comparison("le", |_, values| Ok(boolean(less(values)? || equal_any(values)?))),
    comparison("gt", |_, values| Ok(boolean(!(less(values)? || equal_any(values)?)))),
    comparison("ge", |_, values| less(values).map(|less| boolean(!less))),
    variadic("index", &[Parameter::Any, Parameter::Any], Keeps::All, index),
    fixed("len", &[Parameter::Any], Keeps::All, length),
    fixed("not", &[Parameter::Any], Keeps::All, not),
    variadic("html", &[Parameter::Any], Keeps::Derives, |_, values| escape(values, html)),
    variadic("js", &[Parameter::Any], Keeps::Derives, |_, values| escape(values, js)),
    variadic("urlquery", &[Parameter::Any], Keeps::Derives, |_, values| escape(values, urlquery)),
];

/// A comparison of two values.
const fn comparison(name: &'static str, call: Call) -> Function {
    fixed(name, &[Parameter::Any, Parameter::Any], Keeps::Derives, call)
}

fn printf(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let Some((Value { data: Data::String(format), .. }, operands)) = values.split_first() else {
        return Err("printf wants a format".into());
    };
    gofmt::sprintf(format, operands)
        .map(string)
        .map_err(|error| FunctionError::from(error.to_string()).derived_from(&all_leaves(values)))
}

/// The kinds Go compares.
#[derive(Clone, Copy, PartialEq)]
enum Basic<'a> {
    Bool(bool),
    Int(i64),
    Float(f64),
    String(&'a [u8]),
}

fn basic(value: &Value) -> Option<Basic<'_>> {
    match &value.data {
        Data::Bool(on) => Some(Basic::Bool(*on)),
        Data::Int(number) | Data::Int64(number) => Some(Basic::Int(*number)),
        Data::Float(number) => Some(Basic::Float(*number)),
        Data::String(text) => Some(Basic::String(text.as_bytes())),
        Data::Object(object) => match object.kind {
            ObjectKind::Duration(nanoseconds) => Some(Basic::Int(nanoseconds)),
            _ => None,
        },
        Data::Nil | Data::Bytes(_) | Data::List(..) | Data::Map(..) => None,
    }
}

fn equal_any(values: &[Value]) -> Result<bool, FunctionError> {
    let Some((first, others)) = values.split_first() else { return Err("missing argument for comparison".into()) };
    if others.is_empty() {
        return Err("missing argument for comparison".into());
    }
    for other in others {
        if equal(first, other)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn equal(first: &Value, other: &Value) -> Result<bool, FunctionError> {
    let nil = |value: &Value| match &value.data {
        Data::Nil => true,
        Data::List(list, _) => list.is_nil(),
        Data::Map(map, _) => map.is_nil(),
        _ => false,
    };
    let name = |value: &Value| Value::string(gofmt::type_name(value));
    match (basic(first), basic(other)) {
        (Some(a), Some(b)) if std::mem::discriminant(&a) == std::mem::discriminant(&b) => Ok(a == b),
        _ if matches!(first.data, Data::Nil) || matches!(other.data, Data::Nil) => Ok(nil(first) && nil(other)),
        (None, None) if kind(first) != kind(other) => {
            Err(non_comparable("types %s: %s, %s: %v", &[first.clone(), name(first), name(other), other.clone()]))
        }
        (None, None) if pair(first).is_some() => Ok(pair(first) == pair(other)),
        (None, None) if nil(first) || nil(other) => Ok(nil(first) && nil(other)),
        (None, None) => Err(non_comparable("type %s: %s", &[other.clone(), name(other)])),
        _ => Err(incompatible(first, other)),
    }
}

/// Returns the fields of a certificate, the one struct of comparable parts.
fn pair(value: &Value) -> Option<[Vec<u8>; 2]> {
    let Data::Object(object) = &value.data else { return None };
    let field = |name: &[u8]| match object.fields.get(name).unwrap_or_default().data {
        Data::String(text) => text.as_bytes().to_vec(),
        _ => Vec::new(),
    };
    matches!(object.kind, ObjectKind::Certificate).then(|| [field(b"Cert"), field(b"Key")])
}

/// The message quotes what could not be compared, with its marks.
fn non_comparable(format: &str, operands: &[Value]) -> FunctionError {
    let message = gofmt::sprintf(&Text::from(format!("non-comparable {format}").as_str()), operands);
    message.map_or_else(|error| error.to_string().into(), |message| FunctionError { message })
}

fn incompatible(first: &Value, other: &Value) -> FunctionError {
    let (first, other) = (gofmt::type_name(first), gofmt::type_name(other));
    format!("incompatible types for comparison: {first} and {other}").into()
}

fn less(values: &[Value]) -> Result<bool, FunctionError> {
    let [first, other] = values else { return Err("missing argument for comparison".into()) };
    match (basic(first), basic(other)) {
        (None, _) | (_, None) => Err("invalid type for comparison".into()),
        (Some(Basic::Int(a)), Some(Basic::Int(b))) => Ok(a < b),
        (Some(Basic::Float(a)), Some(Basic::Float(b))) => Ok(a.partial_cmp(&b) == Some(Ordering::Less)),
        (Some(Basic::String(a)), Some(Basic::String(b))) => Ok(a < b),
        (Some(Basic::Bool(_)), Some(Basic::Bool(_))) => Err("invalid type for comparison".into()),
        _ => Err(incompatible(first, other)),
    }
}

fn index(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let Some((item, indexes)) = values.split_first() else { return Err("index of untyped nil".into()) };
    if matches!(item.data, Data::Nil) {
        return Err(FunctionError::from("index of untyped nil").derived_from(&item.leaves));
    }
    let mut item = item.clone();
    for index in indexes {
        let leaves = item.leaves.union(&index.all_leaves());
        item = step(&item, index).map_err(|error| error.derived_from(&leaves))?.derived_from(&leaves);
    }
    Ok(item)
}

/// Returns what stands in `item` at `index`.
fn step(item: &Value, index: &Value) -> Outcome {
    match &item.data {
        Data::Nil => Err("index of nil pointer".into()),
        Data::List(list, _) => Ok(list.get(place(index, "slice", list.len())?).unwrap_or_default()),
        Data::String(text) | Data::Bytes(text) => {
            let kind = if matches!(item.data, Data::String(_)) { "string" } else { "slice" };
            let leaves = text.marks().leaves();
            let place = place(index, kind, text.as_bytes().len()).map_err(|error| error.derived_from(&leaves))?;
            let byte = text.as_bytes().get(place).copied().unwrap_or_default();
            Ok(Value::plain(Data::Int(i64::from(byte))).derived_from(&leaves))
        }
        Data::Map(map, element) => Ok(look_up(map, *element, index)?.derived_from(&map.shape())),
        Data::Object(object) if matches!(object.kind, ObjectKind::Values(_) | ObjectKind::Files(_)) => {
            Ok(look_up(&object.fields, Element::Any, index)?.derived_from(&object.fields.shape()))
        }
        Data::Bool(_) | Data::Int(_) | Data::Int64(_) | Data::Float(_) | Data::Object(_) => {
            Err(format!("can't index item of type {}", gofmt::type_name(item)).into())
        }
    }
}

fn look_up(map: &crate::value::Map, element: Element, key: &Value) -> Outcome {
    let Data::String(key) = &key.data else {
        return Err(match key.data {
            Data::Nil => "value is nil; should be of type string".into(),
            _ => format!("value has type {}; should be string", gofmt::type_name(key)).into(),
        });
    };
    Ok(map.get(key.as_bytes()).unwrap_or_else(|| element.zero()))
}

/// Returns an index into something of `length` items.
///
/// # Source
/// Go `text/template/funcs.go`, `indexArg`.
fn place(index: &Value, kind: &str, length: usize) -> Result<usize, FunctionError> {
    let number = match index.data {
        Data::Int(number) | Data::Int64(number) => number,
        Data::Nil => return Err("cannot index slice/array with nil".into()),
        _ => return Err(format!("cannot index slice/array with type {}", gofmt::type_name(index)).into()),
    };
    match usize::try_from(number) {
        Ok(place) if place < length => Ok(place),
        // Go asks whether an index is larger than the length, and runs into the one that equals it.
        Ok(place) if place == length => Err(format!("reflect: {kind} index out of range").into()),
        _ => Err(format!("index out of range: {number}").into()),
    }
}

fn length(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let Some(item) = values.first() else { return Err("len of nil pointer".into()) };
    let refused = |words: String| Err(FunctionError::from(words).derived_from(&item.leaves));
    let (length, leaves) = match &item.data {
        Data::Nil => return refused("len of nil pointer".to_owned()),
        Data::String(text) | Data::Bytes(text) => (text.as_bytes().len(), text.marks().leaves()),
        Data::List(list, _) => (list.len(), Leaves::NONE),
        Data::Map(map, _) => (map.len(), map.shape()),
        Data::Object(object) => match &object.kind {
            ObjectKind::Values(_) | ObjectKind::Files(_) => (object.fields.len(), object.fields.shape()),
            ObjectKind::VersionSet(_, versions) => (versions.len(), Leaves::NONE),
            _ => return refused(format!("len of type {}", gofmt::type_name(item))),
        },
        Data::Bool(_) | Data::Int(_) | Data::Int64(_) | Data::Float(_) => {
            return refused(format!("len of type {}", gofmt::type_name(item)));
        }
    };
    let number = Value::plain(Data::Int(i64::try_from(length).unwrap_or(i64::MAX)));
    Ok(number.derived_from(&leaves.union(&item.leaves)))
}

fn not(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let Some(value) = values.first() else { return Err("missing argument".into()) };
    Ok(boolean(!truth(value)).derived_from(&truth_leaves(value)))
}

/// Escapes the arguments as one text, printed as `print` does.
fn escape(values: &[Value], rule: fn(&str, &mut String)) -> Outcome {
    let printable = |value: &Value| if matches!(value.data, Data::Nil) { Value::string("<no value>") } else { value.clone() };
    let text = gofmt::sprint(&values.iter().map(printable).collect::<Vec<_>>());
    let mut escaped = String::new();
    rule(&String::from_utf8_lossy(text.as_bytes()), &mut escaped);
    Ok(Value::string(&escaped))
}

fn html(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '\0' => out.push('\u{fffd}'),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            other => out.push(other),
        }
    }
}

fn js(text: &str, out: &mut String) {
    for character in text.chars() {
        let code = u32::from(character);
        match character {
            '\\' => out.push_str("\\\\"),
            '\'' => out.push_str("\\'"),
            '"' => out.push_str("\\\""),
            '<' | '>' | '&' | '=' | '\0'..='\u{1f}' => out.push_str(&format!("\\u{code:04X}")),
            _ if !character.is_ascii() && !is_print(character) => out.push_str(&format!("\\u{code:04X}")),
            other => out.push(other),
        }
    }
}

fn urlquery(text: &str, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
}
