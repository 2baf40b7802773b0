//! What tests of functions share: calls as the executor makes them.

use super::pieces::tests::drawn;
use super::{Chance, Environment, FunctionError, Supply, find};
use crate::gofmt;
use crate::provenance::{Flow, LeafId, Leaves};
use crate::value::{Data, Text, Value};

/// Bytes a result may have in tests.
pub(super) const RESULT_LIMIT: usize = 1 << 20;
/// The pseudo-leaf of all chance in tests.
pub(super) const CHANCE: LeafId = LeafId(900);

/// Counts up instead of random bytes; the time is 2023-11-14T22:13:20Z.
struct Counting {
    next: u8,
    supply: Supply,
}

impl Chance for Counting {
    fn random(&mut self, _: &'static str, buffer: &mut [u8]) -> Leaves {
        for byte in buffer {
            *byte = self.next;
            self.next = self.next.wrapping_add(1);
        }
        Leaves::one(CHANCE)
    }

    fn now(&mut self, _: &'static str) -> (i64, u32, Leaves) {
        (1_700_000_000, 0, Leaves::one(CHANCE))
    }

    fn supply(&self) -> Supply {
        self.supply
    }

    fn digest(&self, _: LeafId) -> Option<&[u8]> {
        None
    }

    fn instant(&self) -> i64 {
        1_700_000_000
    }
}

/// Returns a source of stand-ins.
pub(super) fn refusing() -> impl Chance {
    Counting { next: 0, supply: Supply::StandIn }
}

/// Calls a function as the executor does. Leaf 1 has a ciphertext.
pub(super) fn try_call(name: &str, values: &[Value], result_limit: usize) -> Result<Value, FunctionError> {
    call_with(Supply::Secrets, name, values, result_limit)
}

/// Calls a function as where chance is refused: keys cost nothing then.
pub(super) fn try_stand_in(name: &str, values: &[Value]) -> Result<Value, FunctionError> {
    call_with(Supply::StandIn, name, values, RESULT_LIMIT)
}

fn call_with(supply: Supply, name: &str, values: &[Value], result_limit: usize) -> Result<Value, FunctionError> {
    let Some(function) = find(name) else { panic!("no function {name}") };
    let ciphertext = |leaf: LeafId| (leaf == LeafId(1)).then(|| b"sealed".to_vec());
    let mut environment =
        Environment { chance: &mut Counting { next: 0, supply }, ciphertext: &ciphertext, result_limit, effort: 0 };
    let value = (function.call)(&mut environment, values)?;
    Ok(value.derived_from(&function.added_leaves(values)))
}

/// Returns what a function that must succeed returns.
pub(super) fn call(name: &str, values: &[Value]) -> Value {
    match try_call(name, values, RESULT_LIMIT) {
        Ok(value) => value,
        Err(error) => panic!("{name}: {}", String::from_utf8_lossy(error.message.as_bytes())),
    }
}

/// Returns the message of a function that fails.
pub(super) fn refused(name: &str, values: &[Value]) -> Option<String> {
    let error = try_call(name, values, RESULT_LIMIT).err()?;
    Some(String::from_utf8_lossy(error.message.as_bytes()).into_owned())
}

/// A sealed string, leaf 1.
pub(super) fn exact(text: &str) -> Value {
    Value::of_leaf(Data::String(Text::from(text)), LeafId(1))
}

/// A sealed number, leaf 1.
pub(super) fn number(number: f64) -> Value {
    Value::of_leaf(Data::Float(number), LeafId(1))
}

/// Returns the places and flows of a text's marks.
pub(super) fn marks(text: &Text) -> Vec<(usize, usize, Flow)> {
    text.marks().as_slice().iter().map(|mark| (mark.start, mark.end, mark.flow)).collect()
}

/// Returns the value as it prints, `[..]` around exact marks and `<..>` around derived ones.
pub(super) fn drawn_value(value: &Value) -> String {
    drawn(&gofmt::value(value))
}
