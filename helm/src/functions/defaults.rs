//! Emptiness and choice: `default`, `empty`, `coalesce`, `all`, `any`, `ternary`.
//!
//! Rules: a chosen value is handed on as it is, derived from what decided the choice ([`truth_leaves`]).
//!
//! # Source
//! sprig `defaults.go`.

use super::signature::{Outcome, argument, boolean, fixed, variadic};
use super::truth::{truth, truth_leaves};
use super::{Environment, Function, Keeps, Parameter};
use crate::provenance::Leaves;
use crate::value::{Data, Value};

use Parameter::{Any, Bool};

pub(super) const TABLE: &[Function] = &[
    variadic("default", &[Any, Any], Keeps::All, default),
    fixed("empty", &[Any], Keeps::All, |_, values| {
        let value = argument(values, 0);
        Ok(boolean(!truth(&value)).derived_from(&truth_leaves(&value)))
    }),
    variadic("coalesce", &[Any], Keeps::All, coalesce),
    variadic("all", &[Any], Keeps::All, |_, values| Ok(quantified(values, false))),
    variadic("any", &[Any], Keeps::All, |_, values| Ok(quantified(values, true))),
    fixed("ternary", &[Any, Any, Bool], Keeps::All, ternary),
];

fn default(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let fallback = argument(values, 0);
    Ok(match values.get(1) {
        None => fallback,
        Some(given) if truth(given) => given.derived_from(&truth_leaves(given)),
        Some(given) => fallback.derived_from(&truth_leaves(given)),
    })
}

fn coalesce(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let mut passed = Leaves::NONE;
    for value in values {
        passed = passed.union(&truth_leaves(value));
        if truth(value) {
            return Ok(value.derived_from(&passed));
        }
    }
    Ok(Value::nil().derived_from(&passed))
}

/// Says whether some value has the truth `wanted`, or (for `all`) that none has it; Go stops at the first.
fn quantified(values: &[Value], wanted: bool) -> Value {
    let mut passed = Leaves::NONE;
    for value in values {
        passed = passed.union(&truth_leaves(value));
        if truth(value) == wanted {
            return boolean(wanted).derived_from(&passed);
        }
    }
    boolean(!wanted).derived_from(&passed)
}

fn ternary(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let test = argument(values, 2);
    let chosen = if matches!(test.data, Data::Bool(true)) { 0 } else { 1 };
    Ok(argument(values, chosen).derived_from(&test.leaves))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{call, drawn_value, exact, number};
    use super::*;

    // Whether a sealed string is empty decides freely, whether a sealed number is zero does not.
    #[test]
    fn choices() {
        let word = Value::string("x");
        assert_eq!(drawn_value(&call("default", &[word.clone(), exact("pw")])), "[pw]");
        assert_eq!(drawn_value(&call("default", &[word.clone(), exact("")])), "x");
        assert_eq!(drawn_value(&call("default", &[word.clone(), number(0.0)])), "<x>");
        assert_eq!(drawn_value(&call("coalesce", &[Value::nil(), exact(""), word.clone()])), "x");
        assert_eq!(drawn_value(&call("coalesce", &[number(0.0), word.clone()])), "<x>");
        assert_eq!(drawn_value(&call("empty", &[exact("pw")])), "false");
        assert_eq!(drawn_value(&call("empty", &[number(1.0)])), "<false>");
        let test = Value::of_leaf(Data::Bool(true), crate::provenance::LeafId(1));
        assert_eq!(drawn_value(&call("ternary", &[word.clone(), Value::nil(), test])), "<x>");
        assert_eq!(drawn_value(&call("all", &[word, exact("pw")])), "true");
    }
}
