//! `deepCopy`: the same values in new maps and lists, leaves and all.
//!
//! # Source
//! sprig `dict.go`, `deepCopy`; copystructure `Copy`.

use std::rc::Rc;

use super::super::signature::{Computed, Outcome, argument, deeper, fixed, items_within};
use super::super::{Environment, Function, Keeps, Parameter};
use crate::meter;
use crate::value::{Data, List, Map, Object, Slot, Value};

/// Nested lists and maps that are copied; only values that hold themselves reach it.
const DEPTH: usize = 1_000;

pub(super) const TABLE: &[Function] = &[
    fixed("deepCopy", &[Parameter::Any], Keeps::All, deep_copy),
    fixed("mustDeepCopy", &[Parameter::Any], Keeps::All, deep_copy),
];

fn deep_copy(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    if matches!(argument(values, 0).data, Data::Nil) {
        return Err("reflect: call of reflect.Value.Type on zero Value".into());
    }
    Copying { environment, copied: 0 }.value(&argument(values, 0), 0)
}

/// One copy under way.
struct Copying<'e, 'a> {
    environment: &'e Environment<'a>,
    copied: usize,
}

impl Copying<'_, '_> {
    fn value(&mut self, value: &Value, depth: usize) -> Outcome {
        if depth > DEPTH {
            return Err(format!("values are nested more than {DEPTH} deep").into());
        }
        self.copied += 1;
        items_within(self.environment, self.copied)?;
        meter::check()?;
        let data = match &value.data {
            Data::List(list, element) => {
                let items = list.items().iter().map(|item| deeper(|| self.value(item, depth + 1))).collect::<Computed<_>>()?;
                Data::List(List::new(items), *element)
            }
            Data::Map(map, element) => Data::Map(self.map(map, depth)?, *element),
            Data::Object(object) => {
                Data::Object(Rc::new(Object { kind: object.kind.clone(), fields: self.map(&object.fields, depth)? }))
            }
            scalar => scalar.clone(),
        };
        Ok(Value { data, leaves: value.leaves.clone(), exact: value.exact })
    }

    fn map(&mut self, map: &Map, depth: usize) -> Computed<Map> {
        let copy = Map::new();
        copy.depend(&map.shape());
        for (key, slot) in map.entries() {
            let value = deeper(|| self.value(&slot.value, depth + 1))?;
            copy.insert_slot(&key, Slot { value, key_leaves: slot.key_leaves });
        }
        Ok(copy)
    }
}
