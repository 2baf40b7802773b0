//! How a table entry is written down, and how a function takes its arguments.
//!
//! Rules: the executor has checked arguments against the parameters; what does not fit all the same is an error, never a guess.

use super::{Effect, Environment, Function, FunctionError, Keeps, Parameter};
use crate::gofmt;
use crate::profile::Profile;
use crate::provenance::Leaves;
use crate::value::{Data, Element, List, Map, Text, Value};

/// What every function returns.
pub(super) type Outcome = Result<Value, FunctionError>;

/// A function's code.
pub(super) type Call = fn(&mut Environment<'_>, &[Value]) -> Outcome;

/// What a function returns that looks at values only.
pub(super) type Computed<T> = Result<T, FunctionError>;

/// Returns the entry of a function with exactly these parameters.
pub(super) const fn fixed(name: &'static str, parameters: &'static [Parameter], keeps: Keeps, call: Call) -> Function {
    Function { name, parameters, variadic: false, keeps, effect: Effect::Pure, since: Profile::Helm3_22, call }
}

/// Returns the entry of a function whose last parameter repeats.
pub(super) const fn variadic(name: &'static str, parameters: &'static [Parameter], keeps: Keeps, call: Call) -> Function {
    Function { name, parameters, variadic: true, keeps, effect: Effect::Pure, since: Profile::Helm3_22, call }
}

/// Returns the entry of a function that may change its first argument.
pub(super) const fn mutating(function: Function) -> Function {
    Function { effect: Effect::Mutates, ..function }
}

/// Returns the entry of a function that older helms do not have.
pub(super) const fn since(profile: Profile, function: Function) -> Function {
    Function { since: profile, ..function }
}

/// Returns a string.
pub(super) fn string(text: Text) -> Value {
    Value::plain(Data::String(text))
}

/// Returns an unmarked string of bytes.
pub(super) fn bytes(bytes: &[u8]) -> Value {
    string(Text::plain(bytes))
}

/// Returns a boolean.
pub(super) fn boolean(on: bool) -> Value {
    Value::plain(Data::Bool(on))
}

/// Returns a `[]string`.
pub(super) fn strings(texts: Vec<Text>) -> Value {
    Value::plain(Data::List(List::new(texts.into_iter().map(string).collect()), Element::String))
}

/// Returns the argument at `index`; nil where there is none.
pub(super) fn argument(values: &[Value], index: usize) -> Value {
    values.get(index).cloned().unwrap_or_default()
}

/// Returns the text of a string argument, marked with everything the string depends on.
pub(super) fn text(values: &[Value], index: usize) -> Computed<Text> {
    match values.get(index) {
        Some(value @ Value { data: Data::String(text), .. }) => Ok(with_own(text, value)),
        other => Err(unfit("string", other)),
    }
}

/// Returns the text with the leaves of the value that holds it, which its marks mostly name already.
fn with_own(text: &Text, value: &Value) -> Text {
    let marked = text.marks().leaves();
    if marked.union(&value.leaves) == marked { text.clone() } else { text.derived_from(&value.leaves) }
}

/// Returns an `int` argument.
pub(super) fn integer(values: &[Value], index: usize) -> Computed<i64> {
    match values.get(index) {
        Some(Value { data: Data::Int(number) | Data::Int64(number), .. }) => Ok(*number),
        other => Err(unfit("int", other)),
    }
}

/// Returns a map argument.
pub(super) fn map(values: &[Value], index: usize) -> Computed<Map> {
    match values.get(index) {
        Some(Value { data: Data::Map(map, _), .. }) => Ok(map.clone()),
        Some(Value { data: Data::Object(object), .. }) => Ok(object.fields.clone()),
        other => Err(unfit("map[string]interface {}", other)),
    }
}

fn unfit(want: &str, got: Option<&Value>) -> FunctionError {
    let got = got.map_or("nothing", gofmt::type_name);
    format!("wrong type for value; expected {want}; got {got}").into()
}

/// Returns a value as sprig's text functions read it.
///
/// # Source
/// sprig `strings.go`, `strval`.
pub(super) fn text_of(value: &Value) -> Text {
    match &value.data {
        Data::String(text) | Data::Bytes(text) => with_own(text, value),
        _ => gofmt::value(value),
    }
}

/// Returns every leaf of the values, to any depth.
pub(super) fn all_leaves(values: &[Value]) -> Leaves {
    values.iter().fold(Leaves::NONE, |all, value| all.union(&value.all_leaves()))
}

/// Bytes of stack below which one more level of nested values gets a new segment.
const STACK_RED_ZONE: usize = 64 << 10;

/// Bytes of each new stack segment.
const STACK_SEGMENT: usize = 1 << 20;

/// Goes one level deeper into nested values; however deep they are, the stack lasts.
pub(super) fn deeper<T>(walk: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(STACK_RED_ZONE, STACK_SEGMENT, walk)
}

/// Bytes that one item of a list costs, so that a list stays as small as a text may be.
const ITEM_BYTES: usize = 64;

/// Refuses a list that would be larger than a single result may be.
///
/// # Errors
/// As [`within`].
pub(super) fn items_within(environment: &Environment<'_>, items: usize) -> Computed<()> {
    within(environment, items.saturating_mul(ITEM_BYTES))
}

/// Refuses a result that would be larger than a single one may be.
///
/// # Errors
/// The result would have more bytes than the environment allows.
pub(super) fn within(environment: &Environment<'_>, size: usize) -> Computed<()> {
    if size > environment.result_limit {
        // How many more may be a secret.
        return Err(format!("the result would take more than {} bytes", environment.result_limit).into());
    }
    Ok(())
}
