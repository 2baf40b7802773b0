//! Dictionaries: shared, changed in place, as in Go.
//!
//! Rules: a key that is tracked makes the map's *shape* tracked, and with it every later look-up, also of absent keys. `keys` and `values`
//! come in the order of keys, one of the orders Go may choose.
//!
//! # Source
//! sprig `dict.go`; mergo v1 `merge.go` for `merge` and `mergeOverwrite`; copystructure for `deepCopy`.

use std::rc::Rc;

use super::kinds::DEPTH;
use super::text::{Call, Outcome, argument, boolean, fixed, printed, string, text, variadic};
use super::truth::{truth, truth_leaves};
use super::{Effect, Environment, Function, FunctionError, Keeps, Parameter};
use crate::gofmt;
use crate::provenance::Leaves;
use crate::value::{Data, Element, List, Map as Table, Object, ObjectKind, Slot, Text, Value};

use Parameter::{Any, Map, String as Str};

pub(super) const TABLE: &[Function] = &[
    variadic("dict", &[Any], Keeps::All, dict),
    Function { effect: Effect::Mutates, ..fixed("set", &[Map, Str, Any], Keeps::All, set) },
    Function { effect: Effect::Mutates, ..fixed("unset", &[Map, Str], Keeps::All, unset) },
    fixed("get", &[Map, Str], Keeps::All, |_, values| {
        let found = table(&argument(values, 0)).get(text(values, 1).as_bytes()).unwrap_or_else(|| Value::string(""));
        Ok(found.derived_from(&looked_up(&argument(values, 0), &text(values, 1))))
    }),
    fixed("hasKey", &[Map, Str], Keeps::All, |_, values| {
        let found = table(&argument(values, 0)).contains(text(values, 1).as_bytes());
        Ok(boolean(found).derived_from(&looked_up(&argument(values, 0), &text(values, 1))))
    }),
    variadic("pluck", &[Str, Map], Keeps::All, pluck),
    variadic("keys", &[Map], Keeps::All, keys),
    fixed("values", &[Map], Keeps::All, |_, values| {
        let map = argument(values, 0);
        let leaves = shape(&map);
        let items = table(&map).entries().into_iter().map(|(_, slot)| slot.value.derived_from(&leaves)).collect();
        Ok(Value { leaves, ..Value::list(items) })
    }),
    variadic("pick", &[Map, Str], Keeps::All, |_, values| Ok(chosen(values, true))),
    variadic("omit", &[Map, Str], Keeps::All, |_, values| Ok(chosen(values, false))),
    merging("merge", |_, values| merged(values, Existing::Kept)),
    merging("mustMerge", |_, values| merged(values, Existing::Kept)),
    merging("mergeOverwrite", |_, values| merged(values, Existing::Replaced)),
    merging("mustMergeOverwrite", |_, values| merged(values, Existing::Replaced)),
    fixed("deepCopy", &[Any], Keeps::All, |_, values| copied(&argument(values, 0), 0)),
    fixed("mustDeepCopy", &[Any], Keeps::All, |_, values| copied(&argument(values, 0), 0)),
    variadic("dig", &[Any], Keeps::All, dig),
];

/// What becomes of a value that is there already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Existing {
    Kept,
    Replaced,
}

const fn merging(name: &'static str, call: Call) -> Function {
    Function { effect: Effect::Mutates, ..variadic(name, &[Map, Map], Keeps::All, call) }
}

/// Returns the map an argument is.
fn table(value: &Value) -> Table {
    match &value.data {
        Data::Map(map, _) => map.clone(),
        Data::Object(object) => object.fields.clone(),
        _ => Table::new(),
    }
}

/// Returns what the set of a map's keys depends on.
fn shape(map: &Value) -> Leaves {
    map.leaves.union(&table(map).shape())
}

/// Returns what looking `key` up in `map` depends on.
fn looked_up(map: &Value, key: &Text) -> Leaves {
    shape(map).union(&key.marks().leaves())
}

fn dict(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let map = Table::new();
    for pair in values.chunks(2) {
        let [key, rest @ ..] = pair else { continue };
        let leaves = key.leaves.union(&printed(key).marks().leaves());
        let value = rest.first().cloned().unwrap_or_else(|| Value::string(""));
        map.insert_slot(printed(key).as_bytes(), Slot { key_leaves: leaves, value });
    }
    Ok(Value::map(map))
}

fn set(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (map, key) = (argument(values, 0), text(values, 1));
    let value = argument(values, 2).derived_from(&map.leaves);
    table(&map).insert_slot(key.as_bytes(), Slot { key_leaves: key.marks().leaves().union(&map.leaves), value });
    Ok(map)
}

fn unset(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (map, key) = (argument(values, 0), text(values, 1));
    let table = table(&map);
    table.remove(key.as_bytes());
    table.depend(&key.marks().leaves().union(&map.leaves));
    Ok(map)
}

fn pluck(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let key = text(values, 0);
    let mut leaves = Leaves::NONE;
    let mut found = Vec::new();
    for map in values.get(1..).unwrap_or_default() {
        leaves = leaves.union(&looked_up(map, &key));
        found.extend(table(map).get(key.as_bytes()));
    }
    let found = found.into_iter().map(|value| value.derived_from(&leaves)).collect();
    Ok(Value { leaves, ..Value::list(found) })
}

fn keys(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let mut leaves = Leaves::NONE;
    let mut found = Vec::new();
    for map in values {
        leaves = leaves.union(&shape(map));
        found.extend(table(map).entries().into_iter().map(|(key, _)| key));
    }
    let found = found.into_iter().map(|key| string(Text::plain(&key)).derived_from(&leaves)).collect();
    Ok(Value { leaves, ..Value::plain(Data::List(List::new(found), Element::String)) })
}

/// Returns a new map of the entries that are named (`pick`), or of the others (`omit`).
fn chosen(values: &[Value], named: bool) -> Value {
    let map = argument(values, 0);
    let names: Vec<Text> = (1..values.len()).map(|index| text(values, index)).collect();
    let leaves = names.iter().fold(shape(&map), |leaves, name| leaves.union(&name.marks().leaves()));
    let kept = Table::new();
    for (key, slot) in table(&map).entries() {
        if names.iter().any(|name| name.as_bytes() == &*key) == named {
            kept.insert_slot(&key, slot);
        }
    }
    kept.depend(&leaves);
    Value::map(kept).derived_from(&map.leaves)
}

fn merged(values: &[Value], existing: Existing) -> Outcome {
    let target = argument(values, 0);
    for source in values.get(1..).unwrap_or_default() {
        merge_into(&target, source, existing, 0)?;
    }
    Ok(target)
}

/// Merges one map into another, in place.
///
/// # Source
/// mergo `merge.go`, `deepMerge`: a map merges into a map; anything else is taken over where nothing, or something empty, stands.
fn merge_into(target: &Value, source: &Value, existing: Existing, depth: usize) -> Result<(), FunctionError> {
    if depth > DEPTH {
        return Err(format!("maps nest more than {DEPTH} deep").into());
    }
    let (into, from) = (table(target), table(source));
    into.depend(&shape(source).union(&target.leaves));
    for (key, slot) in from.entries() {
        let theirs = slot.value.derived_from(&source.leaves);
        let ours = into.get(&key);
        let replace = match (&theirs.data, &ours) {
            (Data::Nil, _) => existing == Existing::Replaced,
            (_, None) => true,
            (_, Some(ours)) => {
                if is_map(&theirs) && is_map(ours) {
                    merge_into(ours, &theirs, existing, depth + 1)?;
                    !truth(ours)
                } else {
                    existing == Existing::Replaced || !truth(ours) && !matches!(ours.data, Data::Object(_))
                }
            }
        };
        if replace {
            let decided =
                ours.map_or(Leaves::NONE, |ours| if existing == Existing::Kept { truth_leaves(&ours) } else { Leaves::NONE });
            into.insert_slot(&key, Slot { key_leaves: slot.key_leaves, value: theirs.derived_from(&decided) });
        }
    }
    Ok(())
}

fn is_map(value: &Value) -> bool {
    match &value.data {
        Data::Map(..) => true,
        Data::Object(object) => matches!(object.kind, ObjectKind::Values),
        _ => false,
    }
}

/// Returns a copy that shares no map or list with its model.
fn copied(value: &Value, depth: usize) -> Outcome {
    if depth > DEPTH {
        return Err(format!("values nest more than {DEPTH} deep").into());
    }
    let data = match &value.data {
        Data::List(list, element) => {
            let items = list.items().iter().map(|item| copied(item, depth + 1)).collect::<Result<_, _>>()?;
            Data::List(List::new(items), *element)
        }
        Data::Map(map, element) => Data::Map(copied_table(map, depth)?, *element),
        Data::Object(object) => {
            let fields = copied_table(&object.fields, depth)?;
            Data::Object(Rc::new(Object { kind: object.kind.clone(), fields }))
        }
        other => other.clone(),
    };
    Ok(Value { data, leaves: value.leaves.clone(), exact: value.exact })
}

fn copied_table(map: &Table, depth: usize) -> Result<Table, FunctionError> {
    let copy = Table::new();
    for (key, slot) in map.entries() {
        copy.insert_slot(&key, Slot { key_leaves: slot.key_leaves, value: copied(&slot.value, depth + 1)? });
    }
    copy.depend(&map.shape());
    Ok(copy)
}

/// `dig "a" "b" default map`.
fn dig(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let [path @ .., default, map] = values else { return Err("dig needs at least three arguments".into()) };
    if path.is_empty() {
        return Err("dig needs at least three arguments".into());
    }
    let mut found = map.clone();
    let mut leaves = Leaves::NONE;
    for key in path {
        let Data::String(key) = &key.data else { return Err(conversion(key, "string")) };
        if !is_map(&found) {
            return Err(conversion(&found, "map[string]interface {}"));
        }
        leaves = leaves.union(&looked_up(&found, key));
        match table(&found).get(key.as_bytes()) {
            Some(value) => found = value,
            None => return Ok(default.derived_from(&leaves)),
        }
    }
    Ok(found.derived_from(&leaves))
}

fn conversion(value: &Value, wanted: &str) -> FunctionError {
    let found = match value.data {
        Data::Nil => "nil",
        _ => gofmt::type_name(value),
    };
    format!("interface conversion: interface {{}} is {found}, not {wanted}").into()
}
