//! The turns of a loop.
//!
//! In: the value a `range` goes over. Out: index and item of each turn, with the leaves both depend on.
//! Rules: lists and maps are gone over as they are when the loop begins; the copy counts as memory while the loop runs. Numbers are counted
//! one by one.
//! Not here: what a turn does (`exec`).

use super::value::Held;
use crate::meter::Kept;
use crate::provenance::Leaves;
use crate::value::{Data, Element, Map, NumberType, ObjectKind, Slot, Text, Value};

/// Index and item of each turn.
pub(super) type Turns = Box<dyn Iterator<Item = (Held, Held)>>;

/// Returns the turns of a loop over `value`; nothing where Go goes over no such value.
pub(super) fn turns(value: &Value) -> Option<Turns> {
    let inside = value.leaves.clone();
    match &value.data {
        Data::Nil => Some(Box::new(std::iter::empty())),
        Data::Int(count) => Some(counted(*count, Data::Int, inside)),
        Data::Int64(count) => Some(counted(*count, Data::Int64, inside)),
        Data::List(list, element) => {
            let held = if *element == Element::Any { Held::element } else { Held::concrete };
            let items = list.items();
            let kept = Kept::new(size_of_val(items.as_slice()));
            Some(Box::new(items.into_iter().enumerate().map(move |(index, item)| {
                let _ = &kept;
                (Held::concrete(position(index).derived_from(&inside)), held(item.derived_from(&inside)))
            })))
        }
        Data::Bytes(text) => Some(bytes(text.clone(), &inside)),
        Data::Map(map, _) => Some(entries(map, &inside)),
        Data::Object(object) => match &object.kind {
            ObjectKind::Values(_) | ObjectKind::Files(_) => Some(entries(&object.fields, &inside)),
            ObjectKind::VersionSet(_, versions) => {
                let versions = versions.as_ref().clone();
                Some(Box::new(
                    versions
                        .into_iter()
                        .enumerate()
                        .map(|(index, version)| (Held::concrete(position(index)), Held::concrete(Value::string(&version)))),
                ))
            }
            ObjectKind::Number(of, count) => {
                let (of, numbers) = (*of, 0..*count);
                Some(Box::new(numbers.map(move |number| {
                    (Held::invalid(Leaves::NONE), Held::concrete(Value::number(of, number).derived_from(&inside)))
                })))
            }
            _ => None,
        },
        Data::Bool(_) | Data::Float(_) | Data::String(_) => None,
    }
}

/// Says whether a loop over a value counts.
pub(super) fn is_number(value: &Value) -> bool {
    match &value.data {
        Data::Int(_) | Data::Int64(_) => true,
        Data::Object(object) => matches!(object.kind, ObjectKind::Number(..)),
        _ => false,
    }
}

fn counted(count: i64, data: fn(i64) -> Data, inside: Leaves) -> Turns {
    Box::new(
        (0..count)
            .map(move |index| (Held::invalid(Leaves::NONE), Held::concrete(Value::plain(data(index)).derived_from(&inside)))),
    )
}

fn bytes(text: Text, inside: &Leaves) -> Turns {
    let leaves = inside.union(&text.marks().leaves());
    Box::new((0..text.as_bytes().len()).map(move |index| {
        let byte = text.as_bytes().get(index).copied().unwrap_or_default();
        let item = Value::number(NumberType::Uint8, i128::from(byte)).derived_from(&leaves);
        (Held::concrete(position(index).derived_from(&leaves)), Held::concrete(item))
    }))
}

/// Returns a map's keys and values in order.
fn entries(map: &Map, inside: &Leaves) -> Turns {
    let inside = inside.union(&map.shape());
    let entries = map.entries();
    let kept = Kept::new(entries.len() * size_of::<(std::rc::Rc<[u8]>, Slot)>());
    Box::new(entries.into_iter().map(move |(key, slot)| {
        let _ = &kept;
        let key = Value::plain(Data::String(Text::plain(&key))).derived_from(&inside);
        (Held::concrete(key), Held::element(slot.value.derived_from(&inside)))
    }))
}

fn position(index: usize) -> Value {
    Value::plain(Data::Int(i64::try_from(index).unwrap_or(i64::MAX)))
}
