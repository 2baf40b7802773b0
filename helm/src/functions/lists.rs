//! Lists.
//!
//! Rules: every result is a new list; items keep their leaves, a list that was tracked itself makes its items derived.
//!
//! # Source
//! sprig `list.go`.

use super::kinds::equal;
use super::text::{Outcome, argument, boolean, fixed, integer, variadic, within};
use super::truth::{truth, truth_leaves};
use super::{Environment, Function, FunctionError, Keeps, Parameter};
use crate::provenance::Leaves;
use crate::value::{Data, List, Value};

use Parameter::{Any, Int};

pub(super) const TABLE: &[Function] = &[
    variadic("list", &[Any], Keeps::All, |_, values| Ok(Value::list(values.to_vec()))),
    variadic("tuple", &[Any], Keeps::All, |_, values| Ok(Value::list(values.to_vec()))),
    fixed("first", &[Any], Keeps::All, first),
    fixed("mustFirst", &[Any], Keeps::All, first),
    fixed("last", &[Any], Keeps::All, last),
    fixed("mustLast", &[Any], Keeps::All, last),
    fixed("rest", &[Any], Keeps::All, |_, values| part(values, "rest", |items| items.get(1..))),
    fixed("mustRest", &[Any], Keeps::All, |_, values| part(values, "rest", |items| items.get(1..))),
    fixed("initial", &[Any], Keeps::All, |_, values| part(values, "initial", |items| items.split_last().map(|(_, rest)| rest))),
    fixed("mustInitial", &[Any], Keeps::All, |_, values| {
        part(values, "initial", |items| items.split_last().map(|(_, rest)| rest))
    }),
    fixed("append", &[Any, Any], Keeps::All, append),
    fixed("mustAppend", &[Any, Any], Keeps::All, append),
    fixed("push", &[Any, Any], Keeps::All, append),
    fixed("mustPush", &[Any, Any], Keeps::All, append),
    fixed("prepend", &[Any, Any], Keeps::All, prepend),
    fixed("mustPrepend", &[Any, Any], Keeps::All, prepend),
    variadic("concat", &[Any], Keeps::All, concat),
    variadic("mustConcat", &[Any], Keeps::All, concat),
    fixed("reverse", &[Any], Keeps::All, reverse),
    fixed("mustReverse", &[Any], Keeps::All, reverse),
    fixed("uniq", &[Any], Keeps::Derives, uniq),
    fixed("mustUniq", &[Any], Keeps::Derives, uniq),
    variadic("without", &[Any, Any], Keeps::Derives, without),
    variadic("mustWithout", &[Any, Any], Keeps::Derives, without),
    fixed("has", &[Any, Any], Keeps::Derives, has),
    fixed("mustHas", &[Any, Any], Keeps::Derives, has),
    fixed("compact", &[Any], Keeps::All, compact),
    fixed("mustCompact", &[Any], Keeps::All, compact),
    variadic("slice", &[Any, Any], Keeps::Derives, slice),
    variadic("mustSlice", &[Any, Any], Keeps::Derives, slice),
    fixed("chunk", &[Int, Any], Keeps::Derives, chunk),
    fixed("mustChunk", &[Int, Any], Keeps::Derives, chunk),
];

/// Returns the items of a list, derived from what the list itself depends on.
fn items_of(value: &Value) -> Option<Vec<Value>> {
    match &value.data {
        Data::List(list, _) => Some(list.items().iter().map(|item| item.derived_from(&value.leaves)).collect()),
        Data::Bytes(text) => {
            let leaves = text.marks().leaves();
            let bytes = text.as_bytes().iter();
            Some(bytes.map(|byte| Value::plain(Data::Int(i64::from(*byte))).derived_from(&leaves)).collect())
        }
        _ => None,
    }
}

fn items(value: &Value, name: &str) -> Result<Vec<Value>, FunctionError> {
    items_of(value).ok_or_else(|| format!("Cannot {name} on type {}", super::kinds::kind(value)).into())
}

/// Returns a new list that depends on what `of` itself depended on.
fn list(items: Vec<Value>, of: &Value) -> Value {
    Value { leaves: of.leaves.clone(), ..Value::list(items) }
}

fn first(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let value = argument(values, 0);
    Ok(items(&value, "find first")?.first().cloned().unwrap_or_else(|| Value::nil().derived_from(&value.leaves)))
}

fn last(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let value = argument(values, 0);
    Ok(items(&value, "find last")?.last().cloned().unwrap_or_else(|| Value::nil().derived_from(&value.leaves)))
}

fn part(values: &[Value], name: &str, cut: fn(&[Value]) -> Option<&[Value]>) -> Outcome {
    let value = argument(values, 0);
    let items = items(&value, &format!("find {name}"))?;
    if items.is_empty() {
        return Ok(Value::nil().derived_from(&value.leaves));
    }
    Ok(list(cut(&items).unwrap_or_default().to_vec(), &value))
}

fn append(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let value = argument(values, 0);
    let mut all = items(&value, "push")?;
    within(environment, all.len() + 1)?;
    all.push(argument(values, 1));
    Ok(list(all, &value))
}

fn prepend(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let value = argument(values, 0);
    let mut all = items(&value, "prepend")?;
    within(environment, all.len() + 1)?;
    all.insert(0, argument(values, 1));
    Ok(list(all, &value))
}

fn concat(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let mut all = Vec::new();
    let mut leaves = Leaves::NONE;
    for value in values {
        all.extend(items_of(value).ok_or_else(|| concat_refused(value))?);
        within(environment, all.len())?;
        leaves = leaves.union(&value.leaves);
    }
    Ok(Value { leaves, ..Value::list(all) })
}

fn concat_refused(value: &Value) -> FunctionError {
    format!("Cannot concat type {} as list", super::kinds::kind(value)).into()
}

fn reverse(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let value = argument(values, 0);
    let mut all = items(&value, "find reverse")?;
    all.reverse();
    Ok(list(all, &value))
}

fn uniq(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let value = argument(values, 0);
    let mut kept: Vec<Value> = Vec::new();
    for item in items(&value, "find uniq")? {
        if !holds(&kept, &item)? {
            kept.push(item);
        }
    }
    Ok(list(kept, &value))
}

fn holds(list: &[Value], sought: &Value) -> Result<bool, FunctionError> {
    for item in list {
        if equal(item, sought, 0)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn without(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let value = argument(values, 0);
    let mut kept = Vec::new();
    for item in items(&value, "find without")? {
        if !holds(values.get(1..).unwrap_or_default(), &item)? {
            kept.push(item);
        }
    }
    Ok(list(kept, &value))
}

fn has(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let haystack = argument(values, 1);
    if matches!(haystack.data, Data::Nil) {
        return Ok(boolean(false));
    }
    holds(&items(&haystack, "find has")?, &argument(values, 0)).map(boolean)
}

fn compact(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let value = argument(values, 0);
    let all = items(&value, "compact")?;
    let leaves = all.iter().fold(value.leaves.clone(), |leaves, item| leaves.union(&truth_leaves(item)));
    let kept = all.into_iter().filter(truth).collect();
    Ok(Value { leaves, ..Value::list(kept) })
}

fn slice(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let value = argument(values, 0);
    let all = items_of(&value).ok_or_else(|| refused_slice(&value))?;
    let bound = |index: usize, default: usize| match values.get(index) {
        Some(_) => super::numbers::int64_of(&argument(values, index)).try_into().unwrap_or(usize::MAX),
        None => default,
    };
    if all.is_empty() {
        return Ok(Value::nil());
    }
    let (start, end) = (bound(1, 0), bound(2, all.len()));
    let kept = all.get(start..end).ok_or_else(|| FunctionError::from("reflect.Value.Slice: slice index out of bounds"))?;
    let kept = kept.to_vec();
    Ok(match value.data {
        Data::List(_, element) => Value::plain(Data::List(List::new(kept), element)),
        _ => Value::list(kept),
    })
}

fn refused_slice(value: &Value) -> FunctionError {
    format!("list should be type of slice or array but {}", super::kinds::kind(value)).into()
}

fn chunk(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let value = argument(values, 1);
    let size = usize::try_from(integer(values, 0)).ok().filter(|size| *size > 0);
    let size = size.ok_or_else(|| FunctionError::from("integer divide by zero"))?;
    let chunks = items(&value, "chunk")?.chunks(size).map(|chunk| Value::list(chunk.to_vec())).collect();
    Ok(list(chunks, &value))
}
