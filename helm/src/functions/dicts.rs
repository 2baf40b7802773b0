//! Sprig's functions of dictionaries.
//!
//! Rules: maps are shared, `set`, `unset` and `merge` change them in place. What is looked up depends on the map's own leaves, on its shape
//! (which keys there are, for absent keys too) and on the key that is asked for. Keys come in order of their bytes, where Go has none.
//! Not here: `merge` and the like (`merge`), `deepCopy` (`copy`).
//!
//! # Source
//! sprig `dict.go`.

mod copy;
mod merge;

use super::signature::{Computed, Outcome, all_leaves, argument, boolean, fixed, map, mutating, string, text, text_of, variadic};
use super::{Environment, Function, FunctionError, Keeps, Parameter};
use crate::gofmt::type_name;
use crate::provenance::Leaves;
use crate::value::{Data, Element, List, Map, Slot, Text, Value};

use Parameter::{Any, Map as Dict, String as Str};

pub(super) const TABLE: &[Function] = &[
    variadic("dict", &[Any], Keeps::All, dict),
    fixed("get", &[Dict, Str], Keeps::All, get),
    mutating(fixed("set", &[Dict, Str, Any], Keeps::All, set)),
    mutating(fixed("unset", &[Dict, Str], Keeps::All, unset)),
    fixed("hasKey", &[Dict, Str], Keeps::All, has_key),
    variadic("pluck", &[Str, Dict], Keeps::All, pluck),
    variadic("keys", &[Dict], Keeps::All, keys),
    fixed("values", &[Dict], Keeps::All, listed),
    variadic("pick", &[Dict, Str], Keeps::All, pick),
    variadic("omit", &[Dict, Str], Keeps::All, omit),
    variadic("dig", &[Any], Keeps::All, dig),
];

/// The tables of the modules below.
pub(super) const MERGE: &[Function] = merge::TABLE;
/// The tables of the modules below.
pub(super) const COPY: &[Function] = copy::TABLE;

fn dict(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let made = Map::new();
    for pair in values.chunks(2) {
        let key = text_of(&argument(pair, 0));
        let value = pair.get(1).cloned().unwrap_or_else(|| Value::string(""));
        made.insert_slot(key.as_bytes(), Slot { key_leaves: key.marks().leaves(), value });
    }
    Ok(Value::map(made))
}

/// Returns what every answer of a map depends on: that it is this map, and its shape.
fn answers(value: &Value, map: &Map) -> Leaves {
    value.leaves.union(&map.shape())
}

fn get(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (map, key) = (map(values, 0)?, text(values, 1)?);
    let found = map.get(key.as_bytes()).unwrap_or_else(|| Value::string(""));
    Ok(found.derived_from(&answers(&argument(values, 0), &map).union(&key.marks().leaves())))
}

fn has_key(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (map, key) = (map(values, 0)?, text(values, 1)?);
    let leaves = answers(&argument(values, 0), &map).union(&key.marks().leaves());
    Ok(boolean(map.contains(key.as_bytes())).derived_from(&leaves))
}

fn set(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (map, key) = (map(values, 0)?, text(values, 1)?);
    if map.is_nil() {
        return Err("assignment to entry in nil map".into());
    }
    map.insert_slot(key.as_bytes(), Slot { key_leaves: key.marks().leaves(), value: argument(values, 2) });
    Ok(as_map(&argument(values, 0), map))
}

fn unset(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (map, key) = (map(values, 0)?, text(values, 1)?);
    map.remove(key.as_bytes());
    map.depend(&key.marks().leaves());
    Ok(as_map(&argument(values, 0), map))
}

/// Returns the changed map as the function's type says: a `map[string]interface {}`. That it was this one depends on what chose it.
fn as_map(value: &Value, map: Map) -> Value {
    map.depend(&value.leaves);
    Value { data: Data::Map(map, Element::Any), ..value.clone() }
}

fn pluck(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let key = text(values, 0)?;
    let mut leaves = key.marks().leaves();
    let mut found = Vec::new();
    for index in 1..values.len() {
        let map = map(values, index)?;
        leaves = leaves.union(&answers(&argument(values, index), &map));
        found.extend(map.get(key.as_bytes()));
    }
    Ok(Value::list(found).derived_from(&leaves))
}

fn keys(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let mut leaves = Leaves::NONE;
    let mut found = Vec::new();
    for index in 0..values.len() {
        let map = map(values, index)?;
        leaves = leaves.union(&answers(&argument(values, index), &map));
        found.extend(map.entries().into_iter().map(|(key, slot)| string(Text::plain(&key)).derived_from(&slot.key_leaves)));
    }
    Ok(Value::plain(Data::List(List::new(found), Element::String)).derived_from(&leaves))
}

fn listed(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let map = map(values, 0)?;
    let found = map.entries().into_iter().map(|(_, slot)| slot.value.derived_from(&slot.key_leaves)).collect();
    Ok(Value::list(found).derived_from(&answers(&argument(values, 0), &map)))
}

fn pick(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let picked = Map::new();
    let source = map(values, 0)?;
    for index in 1..values.len() {
        let key = text(values, index)?;
        if let Some(slot) = source.slot(key.as_bytes()) {
            picked.insert_slot(key.as_bytes(), Slot { key_leaves: slot.key_leaves.union(&key.marks().leaves()), ..slot });
        }
    }
    selected(values, &source, picked)
}

fn omit(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let kept = Map::new();
    let source = map(values, 0)?;
    let omitted = (1..values.len()).map(|index| text(values, index)).collect::<Computed<Vec<_>>>()?;
    for (key, slot) in source.entries() {
        if !omitted.iter().any(|omitted| omitted.as_bytes() == &*key) {
            kept.insert_slot(&key, slot);
        }
    }
    selected(values, &source, kept)
}

/// Returns a selection of `source`: its shape depends on that one's and on the keys asked for.
fn selected(values: &[Value], source: &Map, selection: Map) -> Outcome {
    let asked = all_leaves(values.get(1..).unwrap_or_default());
    selection.depend(&source.shape().union(&asked));
    Ok(Value::map(selection).derived_from(&argument(values, 0).leaves))
}

fn dig(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let [path @ .., fallback, start] = values else { return Err("dig needs at least three arguments".into()) };
    if path.is_empty() {
        return Err("dig needs at least three arguments".into());
    }
    let mut current = start.clone();
    // All keys are looked at before any step is taken.
    map_of(&current, &Leaves::NONE)?;
    let keys = path.iter().map(key_of).collect::<Computed<Vec<_>>>().map_err(|error| error.derived_from(&start.all_leaves()))?;
    let mut leaves = all_leaves(path);
    for key in keys {
        let map = map_of(&current, &leaves)?;
        leaves = leaves.union(&answers(&current, &map));
        match map.get(key.as_bytes()) {
            Some(next) => current = next,
            None => return Ok(fallback.derived_from(&leaves)),
        }
    }
    Ok(current.derived_from(&leaves))
}

/// Returns the map that `value` is; that it stands here depends on `leaves`, too.
fn map_of(value: &Value, leaves: &Leaves) -> Computed<Map> {
    match &value.data {
        Data::Map(map, Element::Any) => Ok(map.clone()),
        _ => Err(conversion(value, "map[string]interface {}").derived_from(leaves)),
    }
}

fn key_of(value: &Value) -> Computed<Text> {
    match &value.data {
        Data::String(text) => Ok(text.clone()),
        _ => Err(conversion(value, "string")),
    }
}

fn conversion(value: &Value, want: &str) -> FunctionError {
    let found = if matches!(value.data, Data::Nil) { "nil" } else { type_name(value) };
    let error: FunctionError = format!("interface conversion: interface {{}} is {found}, not {want}").into();
    error.derived_from(&value.all_leaves())
}
