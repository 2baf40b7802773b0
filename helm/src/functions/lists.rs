//! Sprig's functions of lists.
//!
//! Rules: they make new lists of the same values; a result depends on the list it came from (its own leaves, so how many items there are
//! and which is where), and where items were compared or found empty, on what that depends on.
//! Not here: sorting and joining of texts (`strings`), ranges of numbers (`math`).
//!
//! # Source
//! sprig `list.go`.

use super::conversions::to_int;
use super::equality::equal;
use super::kinds::kind;
use super::signature::{
    Computed, Outcome, all_leaves, argument, boolean, fixed, integer, items_within, strings, text_of, variadic,
};
use super::strings::slice_of_strings;
use super::truth::{truth, truth_leaves};
use super::{Environment, Function, FunctionError, Keeps, Parameter};
use crate::meter;
use crate::provenance::Leaves;
use crate::value::{Data, Element, List, NumberType, ObjectKind, Text, Value};

use Parameter::{Any, Int};

pub(super) const TABLE: &[Function] = &[
    variadic("list", &[Any], Keeps::All, |_, values| Ok(Value::list(values.to_vec()))),
    variadic("tuple", &[Any], Keeps::All, |_, values| Ok(Value::list(values.to_vec()))),
    fixed("first", &[Any], Keeps::All, first),
    fixed("mustFirst", &[Any], Keeps::All, first),
    fixed("last", &[Any], Keeps::All, last),
    fixed("mustLast", &[Any], Keeps::All, last),
    fixed("rest", &[Any], Keeps::All, rest),
    fixed("mustRest", &[Any], Keeps::All, rest),
    fixed("initial", &[Any], Keeps::All, initial),
    fixed("mustInitial", &[Any], Keeps::All, initial),
    fixed("append", &[Any, Any], Keeps::All, append),
    fixed("mustAppend", &[Any, Any], Keeps::All, append),
    fixed("push", &[Any, Any], Keeps::All, append),
    fixed("mustPush", &[Any, Any], Keeps::All, append),
    fixed("prepend", &[Any, Any], Keeps::All, prepend),
    fixed("mustPrepend", &[Any, Any], Keeps::All, prepend),
    variadic("concat", &[Any], Keeps::All, concat),
    fixed("reverse", &[Any], Keeps::All, reverse),
    fixed("mustReverse", &[Any], Keeps::All, reverse),
    fixed("compact", &[Any], Keeps::All, compact),
    fixed("mustCompact", &[Any], Keeps::All, compact),
    fixed("uniq", &[Any], Keeps::Derives, uniq),
    fixed("mustUniq", &[Any], Keeps::Derives, uniq),
    variadic("without", &[Any, Any], Keeps::Derives, without),
    variadic("mustWithout", &[Any, Any], Keeps::Derives, without),
    fixed("has", &[Any, Any], Keeps::Derives, has),
    fixed("mustHas", &[Any, Any], Keeps::Derives, has),
    variadic("slice", &[Any, Any], Keeps::All, slice),
    variadic("mustSlice", &[Any, Any], Keeps::All, slice),
    fixed("chunk", &[Int, Any], Keeps::All, chunk),
    fixed("mustChunk", &[Int, Any], Keeps::All, chunk),
    fixed("sortAlpha", &[Any], Keeps::All, sort_alpha),
];

/// A list argument: its items and what their being these depends on.
struct Items {
    items: Vec<Value>,
    leaves: Leaves,
}

impl Items {
    /// Returns a list of `items`, which depends on what this one depends on.
    fn list(self) -> Value {
        Value::list(self.items).derived_from(&self.leaves)
    }
}

/// Returns a nil `[]interface {}`.
fn nil_list() -> Value {
    Value::plain(Data::List(List::nil(), Element::Any))
}

/// What Go says where a type is asked of nil.
const NIL: &str = "runtime error: invalid memory address or nil pointer dereference";

/// Takes a list argument, or fails as `complaint`, with the value's kind for `%s`.
fn items(value: &Value, complaint: &str) -> Computed<Items> {
    let leaves = value.leaves.clone();
    match &value.data {
        Data::List(list, _) => Ok(Items { items: list.items(), leaves }),
        Data::Bytes(text) => {
            let leaves = leaves.union(&text.marks().leaves());
            let items = text
                .as_bytes()
                .iter()
                .map(|byte| Value::number(NumberType::Uint8, i128::from(*byte)).derived_from(&leaves))
                .collect();
            Ok(Items { items, leaves })
        }
        Data::Object(object) => match &object.kind {
            ObjectKind::VersionSet(_, versions) => {
                Ok(Items { items: versions.iter().map(|version| Value::string(version)).collect(), leaves })
            }
            _ => Err(unfit(value, complaint)),
        },
        _ => Err(unfit(value, complaint)),
    }
}

fn unfit(value: &Value, complaint: &str) -> FunctionError {
    let error: FunctionError = match value.data {
        Data::Nil => NIL.into(),
        _ => complaint.replace("%s", kind(value)).into(),
    };
    error.derived_from(&value.all_leaves())
}

fn first(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let list = items(&argument(values, 0), "Cannot find first on type %s")?;
    Ok(argument(&list.items, 0).derived_from(&list.leaves))
}

fn last(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let list = items(&argument(values, 0), "Cannot find last on type %s")?;
    Ok(list.items.last().cloned().unwrap_or_default().derived_from(&list.leaves))
}

fn rest(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let mut list = items(&argument(values, 0), "Cannot find rest on type %s")?;
    if list.items.is_empty() {
        return Ok(nil_list().derived_from(&list.leaves));
    }
    list.items.remove(0);
    Ok(list.list())
}

fn initial(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let mut list = items(&argument(values, 0), "Cannot find initial on type %s")?;
    match list.items.pop() {
        None => Ok(nil_list().derived_from(&list.leaves)),
        Some(_) => Ok(list.list()),
    }
}

fn append(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let mut list = items(&argument(values, 0), "Cannot push on type %s")?;
    list.items.push(argument(values, 1));
    Ok(list.list())
}

fn prepend(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let mut list = items(&argument(values, 0), "Cannot prepend on type %s")?;
    list.items.insert(0, argument(values, 1));
    Ok(list.list())
}

fn concat(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let mut all = Items { items: Vec::new(), leaves: Leaves::NONE };
    for value in values {
        let list = items(value, "Cannot concat type %s as list").map_err(|error| error.derived_from(&all.leaves))?;
        items_within(environment, all.items.len().saturating_add(list.items.len()))?;
        all.items.extend(list.items);
        all.leaves = all.leaves.union(&list.leaves);
    }
    if all.items.is_empty() {
        return Ok(nil_list().derived_from(&all.leaves));
    }
    Ok(all.list())
}

fn reverse(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let mut list = items(&argument(values, 0), "Cannot find reverse on type %s")?;
    list.items.reverse();
    Ok(list.list())
}

fn compact(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let mut list = items(&argument(values, 0), "Cannot compact on type %s")?;
    list.leaves = list.items.iter().fold(list.leaves.clone(), |all, item| all.union(&truth_leaves(item)));
    list.items.retain(truth);
    Ok(list.list())
}

/// Comparisons of items one call makes: every item may be compared with every other.
const COMPARISONS: usize = 10_000_000;

fn contains(items: &[Value], item: &Value) -> Computed<bool> {
    for other in items {
        if equal(item, other)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn comparable(left: usize, right: usize) -> Computed<()> {
    if left.saturating_mul(right) > COMPARISONS {
        return Err(format!("more than {COMPARISONS} values to compare").into());
    }
    Ok(())
}

fn uniq(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let list = items(&argument(values, 0), "Cannot find uniq on type %s")?;
    let mut kept: Vec<Value> = Vec::new();
    for item in list.items {
        comparable(kept.len(), kept.len())?;
        if !contains(&kept, &item)? {
            kept.push(item);
        }
    }
    Ok(Value::list(kept))
}

fn without(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let list = items(&argument(values, 0), "Cannot find without on type %s")?;
    let omitted = values.get(1..).unwrap_or_default();
    comparable(list.items.len(), omitted.len())?;
    let mut kept = Vec::with_capacity(list.items.len());
    for item in list.items {
        if !contains(omitted, &item)? {
            kept.push(item);
        }
    }
    Ok(Value::list(kept))
}

fn has(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let haystack = argument(values, 1);
    if matches!(haystack.data, Data::Nil) {
        return Ok(boolean(false));
    }
    let list = items(&haystack, "Cannot find has on type %s")?;
    contains(&list.items, &argument(values, 0)).map(boolean)
}

fn slice(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let source = argument(values, 0);
    let list = items(&source, "list should be type of slice or array but %s")?;
    let bounds = values.get(1..).unwrap_or_default();
    let leaves = list.leaves.union(&all_leaves(bounds));
    let length = list.items.len();
    if length == 0 {
        return Ok(Value::nil().derived_from(&leaves));
    }
    let start = bounds.first().map_or(0, to_int);
    let end = bounds.get(1).map_or_else(|| i64::try_from(length).unwrap_or(i64::MAX), to_int);
    let place = |bound: i64| usize::try_from(bound).ok().filter(|bound| *bound <= length);
    let range = place(start).zip(place(end)).filter(|(start, end)| start <= end);
    let Some((start, end)) = range else {
        return Err(FunctionError::from("reflect.Value.Slice: slice index out of bounds").derived_from(&leaves));
    };
    let kept = list.items.get(start..end).unwrap_or_default().to_vec();
    let element = match source.data {
        Data::List(_, element) => element,
        _ => Element::Any,
    };
    Ok(Value::plain(Data::List(List::new(kept), element)).derived_from(&leaves))
}

/// Items a list of its own takes as much memory as.
const CHUNK_ITEMS: usize = 2;

fn chunk(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let size = argument(values, 0);
    let list = items(&argument(values, 1), "Cannot chunk type %s")?;
    let wanted = integer(values, 0)?;
    let leaves = list.leaves.union(&size.leaves);
    let Some(length) = usize::try_from(wanted).ok().filter(|length| *length > 0) else {
        // Go computes a number of chunks all the same: none only where the list has more than one item, and at most one more than this.
        let none = (1..=wanted.unsigned_abs()).contains(&(list.items.len() as u64).saturating_sub(1));
        let refused = || FunctionError::from("runtime error: makeslice: len out of range").derived_from(&leaves);
        return none.then(|| lists(Vec::new()).derived_from(&leaves)).ok_or_else(refused);
    };
    items_within(environment, list.items.len().div_ceil(length).saturating_mul(CHUNK_ITEMS))?;
    let chunks = list.items.chunks(length).map(|chunk| Value::list(chunk.to_vec()).derived_from(&leaves)).collect();
    Ok(lists(chunks).derived_from(&leaves))
}

/// Returns a `[][]interface {}`.
fn lists(items: Vec<Value>) -> Value {
    Value::plain(Data::List(List::new(items), Element::List))
}

/// Steps it takes to sort one item of a long list.
const SORTED_STEPS: usize = 3;

/// Where tracked text stands in the order tells of it: the whole result is derived, every item too.
fn sort_alpha(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let source = argument(values, 0);
    let leaves = source.all_leaves();
    let mut texts: Vec<Text> = match source.data {
        Data::List(..) => slice_of_strings(&source).0.iter().map(text_of).collect(),
        _ => vec![text_of(&source)],
    };
    meter::spend(texts.len().saturating_mul(SORTED_STEPS))?;
    texts.sort_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
    Ok(strings(texts.into_iter().map(|text| text.derived_from(&leaves)).collect()).derived_from(&leaves))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::tests::refused;

    // Items are compared as often as the limit says, and not once more.
    #[test]
    fn comparisons_obeyed_and_violated() {
        let message = |list: usize, omitted: usize| {
            let values = [Value::list(vec![Value::nil(); list])].into_iter().chain(vec![Value::nil(); omitted]);
            refused("without", &values.collect::<Vec<_>>())
        };
        assert_eq!(message(COMPARISONS / 1000, 1000), None);
        assert_eq!(message(COMPARISONS / 1000 + 1, 1000).as_deref(), Some("more than 10000000 values to compare"));
    }
}
