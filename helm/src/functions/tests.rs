//! What the tests of the functions share: calls by name, values drawn with their marks.

#![expect(clippy::expect_used, reason = "a test that cannot call stops")]

use super::pieces::tests::drawn;
use super::{Chance, Environment, Function, FunctionError, Keeps, find};
use crate::gofmt;
use crate::provenance::{LeafId, Leaves};
use crate::value::{Data, Text, Value};

/// A source of chance nothing here may use.
struct NoChance;

impl Chance for NoChance {
    fn random(&mut self, _: &'static str, _: &mut [u8]) -> Leaves {
        Leaves::NONE
    }

    fn now(&mut self, _: &'static str) -> (i64, u32, Leaves) {
        (0, 0, Leaves::NONE)
    }
}

/// Calls a function with a result limit, and does about provenance what the executor does.
pub(super) fn try_call(name: &str, values: &[Value], result_limit: usize) -> Result<Value, FunctionError> {
    let function: &Function = find(name).expect("a known function");
    let mut chance = NoChance;
    let mut environment = Environment { chance: &mut chance, ciphertext: &|_| None, result_limit };
    let value = (function.call)(&mut environment, values)?;
    let added = match function.keeps {
        Keeps::Derives => values.iter().fold(Leaves::NONE, |all, value| all.union(&value.all_leaves())),
        Keeps::Marks => values.iter().fold(Leaves::NONE, |all, value| all.union(&own_leaves(value))),
        Keeps::All | Keeps::Nothing => Leaves::NONE,
    };
    Ok(value.derived_from(&added))
}

fn own_leaves(value: &Value) -> Leaves {
    match &value.data {
        Data::String(_) => Leaves::NONE,
        Data::Map(map, _) => value.leaves.union(&map.shape()),
        _ => value.leaves.clone(),
    }
}

/// Calls a function that must not fail.
pub(super) fn call(name: &str, values: &[Value]) -> Value {
    try_call(name, values, 1 << 20)
        .map_err(|error| String::from_utf8_lossy(error.message.as_bytes()).into_owned())
        .expect("a result")
}

/// A sealed string, leaf 1.
pub(super) fn exact(text: &str) -> Value {
    Value::of_leaf(Data::String(Text::from(text)), LeafId(1))
}

/// A sealed number, leaf 1.
pub(super) fn number(number: f64) -> Value {
    Value::of_leaf(Data::Float(number), LeafId(1))
}

/// Returns the value as it prints, `[..]` around exact marks and `<..>` around derived ones.
pub(super) fn drawn_value(value: &Value) -> String {
    drawn(&gofmt::value(value))
}
