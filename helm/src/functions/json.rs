//! JSON in templates: the `toJson` and `fromJson` family.
//!
//! Rules: keys in the order of their bytes, `<`, `>`, `&` escaped except in the raw forms; a mark inside a string value survives reading,
//! a mark anywhere else makes all of the result derived.
//!
//! # Source
//! helm v4.3.1 `pkg/engine/funcs.go`; sprig v3.3.0 `defaults.go`; Go `encoding/json`.

mod read;
mod write;

use read::Unread;
use write::{Escapes, JsonSink, Layout};

use super::document::{self, NESTING, Unwritten, derive_deep};
use super::yaml::nothing;
use super::{Environment, Function, FunctionError, Keeps, Parameter};
use crate::provenance::Leaves;
use crate::value::{Data, Element, List, Map, Text, Value};

pub(super) const TABLE: &[Function] = &[
    writer("toJson", |environment, values| lenient(environment, values, Layout::Compact)),
    writer("mustToJson", |environment, values| strict(environment, values, Escapes::Html, Layout::Compact)),
    writer("toPrettyJson", |environment, values| lenient(environment, values, Layout::Pretty)),
    writer("mustToPrettyJson", |environment, values| strict(environment, values, Escapes::Html, Layout::Pretty)),
    writer("toRawJson", |environment, values| strict(environment, values, Escapes::Plain, Layout::Compact)),
    writer("mustToRawJson", |environment, values| strict(environment, values, Escapes::Plain, Layout::Compact)),
    reader("fromJson", |_, values| from_json(values, Root::Map)),
    reader("fromJsonArray", |_, values| from_json(values, Root::List)),
    reader("mustFromJson", |_, values| must_from_json(values)),
];

/// Reads the JSON value at the head of a text, as Go's `Decoder` does; returns it and where it ends.
///
/// # Errors
/// Go's words, where there is none.
pub(crate) fn read_json_prefix(bytes: &[u8]) -> Result<(Value, usize), String> {
    match read::read_prefix(bytes) {
        Ok((value, end, None)) => Ok((value, end)),
        Ok((_, _, Some(number))) => Err(format!("json: cannot unmarshal number {number} into Go value of type float64")),
        Err(Unread::Syntax(words)) => Err(words),
        Err(Unread::TooDeep) => Err(format!("it nests deeper than {NESTING} levels")),
        Err(Unread::TooMany) => Err(too_many()),
    }
}

/// Reads a text that is one JSON value, as Go's `Unmarshal` does.
///
/// # Errors
/// Go's words, where it is none.
pub(crate) fn read_json(bytes: &[u8]) -> Result<Value, String> {
    let (value, end) = read_json_prefix(bytes)?;
    match bytes.get(end..).map(<[u8]>::trim_ascii_start) {
        Some([]) | None => Ok(value),
        Some([next, ..]) => Err(format!("invalid character {} after top-level value", read::quoted(*next))),
    }
}

type Call = fn(&mut Environment<'_>, &[Value]) -> Result<Value, FunctionError>;

const fn writer(name: &'static str, call: Call) -> Function {
    Function::fixed(name, &[Parameter::Any], Keeps::All, call)
}

const fn reader(name: &'static str, call: Call) -> Function {
    Function::fixed(name, &[Parameter::String], Keeps::All, call)
}

/// Prints nothing where Go fails.
fn lenient(environment: &Environment<'_>, values: &[Value], layout: Layout) -> Result<Value, FunctionError> {
    let value = values.first().cloned().unwrap_or_default();
    match print(environment, &value, JsonSink::new(Escapes::Html, layout))? {
        Ok(text) => Ok(Value::plain(Data::String(text))),
        Err(_) => Ok(nothing(&value)),
    }
}

/// Fails where Go fails.
fn strict(environment: &Environment<'_>, values: &[Value], escapes: Escapes, layout: Layout) -> Result<Value, FunctionError> {
    let value = values.first().cloned().unwrap_or_default();
    match print(environment, &value, JsonSink::new(escapes, layout))? {
        Ok(text) => Ok(Value::plain(Data::String(text))),
        Err(message) => Err(FunctionError { message: Text::from(message.as_str()).derived_from(&value.all_leaves()) }),
    }
}

/// Returns the document, or why Go writes none.
fn print(environment: &Environment<'_>, value: &Value, mut sink: JsonSink) -> Result<Result<Text, String>, FunctionError> {
    let marks = match document::write(&mut sink, value, environment.result_limit) {
        Ok(marks) => marks,
        Err(Unwritten::Cycle) => return Ok(Err("json: unsupported value: encountered a cycle".to_owned())),
        Err(Unwritten::Refused(error)) => return Err(error),
    };
    match sink.not_finite() {
        Some(number) => Ok(Err(format!("json: unsupported value: {number}"))),
        None => Ok(Ok(document::text(sink.finish(), marks))),
    }
}

/// What Helm wants at the root.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Root {
    Map,
    List,
}

/// Returns the marks' leaves, and those a string was chosen by.
fn text_leaves(values: &[Value]) -> (Text, Leaves) {
    match values.first() {
        Some(Value { data: Data::String(text), leaves, .. }) => (text.clone(), text.marks().leaves().union(leaves)),
        _ => (Text::default(), Leaves::NONE),
    }
}

/// Says whether the value of a string depends on more leaves than its marks name.
fn chosen(values: &[Value]) -> bool {
    values.first().is_some_and(|value| match &value.data {
        Data::String(text) => text.marks().leaves().union(&value.leaves) != text.marks().leaves(),
        _ => false,
    })
}

fn must_from_json(values: &[Value]) -> Result<Value, FunctionError> {
    let (text, leaves) = text_leaves(values);
    let fail = |message: &str| FunctionError { message: Text::from(message).derived_from(&leaves) };
    match read::read(&text) {
        Ok(read) => match read.unrepresentable {
            Some(number) => Err(fail(&unrepresentable(&number))),
            None if read.holds_all_marks && !chosen(values) => Ok(read.value),
            None => Ok(derive_deep(&read.value, &leaves)),
        },
        Err(Unread::Syntax(message)) => Err(fail(&message)),
        Err(Unread::TooDeep) => Err(fail(&too_deep())),
        Err(Unread::TooMany) => Err(fail(&too_many())),
    }
}

fn from_json(values: &[Value], root: Root) -> Result<Value, FunctionError> {
    let (text, leaves) = text_leaves(values);
    let (value, precise) = match read::read(&text) {
        Ok(read) => {
            let precise = read.holds_all_marks && !chosen(values);
            (rooted(read.value, read.unrepresentable, root), precise)
        }
        Err(Unread::Syntax(message)) => (error(Map::new(), &message, root), false),
        Err(Unread::TooDeep) => return Err(FunctionError::from(too_deep()).derived_from(&leaves)),
        Err(Unread::TooMany) => return Err(FunctionError::from(too_many()).derived_from(&leaves)),
    };
    Ok(if precise { value } else { derive_deep(&value, &leaves) })
}

/// Returns the value where it is what `root` wants, otherwise what Helm hands back for the error.
fn rooted(value: Value, overflow: Option<String>, root: Root) -> Value {
    let kind = match (&value.data, root, overflow) {
        (Data::Map(map, _), Root::Map, Some(number)) => return error(map.clone(), &unrepresentable(&number), root),
        (Data::List(..), Root::List, Some(number)) => return error(Map::new(), &unrepresentable(&number), root),
        (Data::Map(..), Root::Map, None) | (Data::List(..), Root::List, None) => return value,
        // Go sets what it reads `null` into to nil.
        (Data::Nil, Root::Map, None) => return Value::map(Map::nil()),
        (Data::Nil, Root::List, None) => return Value::plain(Data::List(List::nil(), Element::Any)),
        (Data::Map(..), _, _) => "object",
        (Data::List(..), _, _) => "array",
        (Data::String(_), _, _) => "string",
        (Data::Bool(_), _, _) => "bool",
        _ => "number",
    };
    let go_type = match root {
        Root::Map => "map[string]interface {}",
        Root::List => "[]interface {}",
    };
    error(Map::new(), &format!("json: cannot unmarshal {kind} into Go value of type {go_type}"), root)
}

/// Returns a message where Helm puts it: under `Error` beside what was read, or as the only item.
fn error(map: Map, message: &str, root: Root) -> Value {
    match root {
        Root::Map => {
            map.insert(b"Error", Value::string(message));
            Value::map(map)
        }
        Root::List => Value::list(vec![Value::string(message)]),
    }
}

fn unrepresentable(number: &str) -> String {
    format!("json: cannot unmarshal number {number} into Go value of type float64")
}

fn too_many() -> String {
    format!("the text holds more than {} values", read::VALUES)
}

fn too_deep() -> String {
    format!("the text nests deeper than {NESTING} levels")
}

#[cfg(test)]
mod tests;
