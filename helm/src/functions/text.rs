//! Pieces of text with their marks, and arguments as functions take them.
//!
//! Rules: a cut keeps the marks inside it, also empty ones at its edges; what is computed from all of a text is derived from all its marks.

use super::{Effect, Environment, Function, FunctionError, Keeps, Parameter};
use crate::gofmt;
use crate::provenance::{Flow, Leaves, Mark, Marks};
use crate::value::{Data, Text, Value};

/// What a function gives.
pub(super) type Outcome = Result<Value, FunctionError>;

/// A function's body.
pub(super) type Call = fn(&mut Environment<'_>, &[Value]) -> Outcome;

/// Returns a function with a fixed number of arguments that changes none of them.
pub(super) const fn fixed(name: &'static str, parameters: &'static [Parameter], keeps: Keeps, call: Call) -> Function {
    Function { name, parameters, variadic: false, keeps, effect: Effect::Pure, call }
}

/// Returns a function whose last parameter repeats.
pub(super) const fn variadic(name: &'static str, parameters: &'static [Parameter], keeps: Keeps, call: Call) -> Function {
    Function { name, parameters, variadic: true, keeps, effect: Effect::Pure, call }
}

/// Returns an argument; nil where there is none.
pub(super) fn argument(values: &[Value], index: usize) -> Value {
    values.get(index).cloned().unwrap_or_default()
}

/// Returns a string argument.
pub(super) fn text(values: &[Value], index: usize) -> Text {
    match values.get(index).map(|value| &value.data) {
        Some(Data::String(text)) => text.clone(),
        _ => Text::default(),
    }
}

/// Returns an integer argument.
pub(super) fn integer(values: &[Value], index: usize) -> i64 {
    match values.get(index).map(|value| &value.data) {
        Some(Data::Int(number) | Data::Int64(number)) => *number,
        _ => 0,
    }
}

/// Returns a string value.
pub(super) fn string(text: Text) -> Value {
    Value::plain(Data::String(text))
}

/// Returns a boolean value.
pub(super) fn boolean(on: bool) -> Value {
    Value::plain(Data::Bool(on))
}

/// Returns an `int` value.
pub(super) fn int(number: usize) -> Value {
    Value::plain(Data::Int(i64::try_from(number).unwrap_or(i64::MAX)))
}

/// Returns what Go's `%v` prints, bytes as text.
///
/// # Source
/// sprig `strings.go`, `strval`.
pub(super) fn printed(value: &Value) -> Text {
    match &value.data {
        Data::Bytes(text) => text.clone(),
        _ => gofmt::value(value),
    }
}

/// Returns the bytes from `start` to `end` with the marks that lie or touch there.
pub(super) fn cut(text: &Text, start: usize, end: usize) -> Text {
    let bytes = text.as_bytes().get(start..end).unwrap_or_default().to_vec();
    let marks = text.marks().as_slice().iter().filter(|mark| mark.start <= end && mark.end >= start);
    let marks = marks.map(|mark| Mark {
        start: mark.start.clamp(start, end) - start,
        end: mark.end.clamp(start, end) - start,
        ..mark.clone()
    });
    Text::marked(bytes, Marks::from_vec(marks.collect()))
}

/// Returns text of which every byte was computed from `leaves`.
pub(super) fn computed(bytes: Vec<u8>, leaves: &Leaves) -> Text {
    let marks = Marks::whole(bytes.len(), leaves, Flow::Derived);
    Text::marked(bytes, marks)
}

/// Returns `text` with its bytes replaced, derived throughout from what `text` depended on.
pub(super) fn rewritten(text: &Text, bytes: Vec<u8>) -> Value {
    string(computed(bytes, &text.marks().leaves()))
}

/// Says whether a mark lies at or reaches into `start..end`.
pub(super) fn touches(text: &Text, start: usize, end: usize) -> bool {
    text.marks().as_slice().iter().any(|mark| mark.start <= end && mark.end >= start)
}

/// Returns text as characters; bytes that are not UTF-8 become U+FFFD, as Go's conversions make them.
pub(super) fn characters(text: &Text) -> String {
    String::from_utf8_lossy(text.as_bytes()).into_owned()
}

/// Refuses a result that would be too large before it is made.
pub(super) fn within(environment: &Environment<'_>, size: usize) -> Result<(), FunctionError> {
    if size > environment.result_limit {
        return Err(format!("the result would have {size} bytes or items; the limit is {}", environment.result_limit).into());
    }
    Ok(())
}
