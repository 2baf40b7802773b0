//! Defaults, choices, kinds of values, deep comparison.
//!
//! Rules: what hands a value on keeps it as it is; a choice that bare emptiness of a sealed string decides is free (`truth`).
//!
//! # Source
//! sprig `defaults.go`, `reflect.go`, `functions.go`.

use super::text::{Outcome, argument, boolean, fixed, text, variadic};
use super::truth::{truth, truth_leaves};
use super::{Environment, Function, FunctionError, Keeps, Parameter};
use crate::gofmt;
use crate::provenance::Leaves;
use crate::value::{Data, Element, ObjectKind, Value};

use Parameter::{Any, Bool, String as Str};

/// How deep values are compared and copied; deeper ones are refused, as are those that hold themselves.
pub(super) const DEPTH: usize = 200;

pub(super) const TABLE: &[Function] = &[
    variadic("default", &[Any, Any], Keeps::All, default),
    variadic("coalesce", &[Any], Keeps::All, coalesce),
    fixed("empty", &[Any], Keeps::All, |_, values| {
        let value = argument(values, 0);
        Ok(boolean(!truth(&value)).derived_from(&truth_leaves(&value)))
    }),
    variadic("all", &[Any], Keeps::All, |_, values| Ok(quantified(values, false))),
    variadic("any", &[Any], Keeps::All, |_, values| Ok(quantified(values, true))),
    fixed("ternary", &[Any, Any, Bool], Keeps::All, |_, values| {
        let condition = argument(values, 2);
        let chosen = argument(values, usize::from(!truth(&condition)));
        Ok(chosen.derived_from(&truth_leaves(&condition)))
    }),
    fixed("kindOf", &[Any], Keeps::Derives, |_, values| Ok(Value::string(kind(&argument(values, 0))))),
    fixed("kindIs", &[Str, Any], Keeps::Derives, |_, values| {
        Ok(boolean(text(values, 0).as_bytes() == kind(&argument(values, 1)).as_bytes()))
    }),
    fixed("typeOf", &[Any], Keeps::Derives, |_, values| Ok(Value::string(gofmt::type_name(&argument(values, 0))))),
    fixed("typeIs", &[Str, Any], Keeps::Derives, |_, values| {
        Ok(boolean(text(values, 0).as_bytes() == gofmt::type_name(&argument(values, 1)).as_bytes()))
    }),
    fixed("typeIsLike", &[Str, Any], Keeps::Derives, |_, values| {
        let (wanted, value) = (text(values, 0), argument(values, 1));
        let name = gofmt::type_name(&value).as_bytes();
        Ok(boolean(wanted.as_bytes() == name || name.strip_prefix(b"*") == Some(wanted.as_bytes())))
    }),
    fixed("deepEqual", &[Any, Any], Keeps::Derives, |_, values| {
        equal(&argument(values, 0), &argument(values, 1), 0).map(boolean)
    }),
];

/// # Source
/// sprig `defaults.go`, `dfault`: the last argument is what is given.
fn default(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let given = argument(values, 1);
    if values.len() > 1 && truth(&given) {
        return Ok(given);
    }
    Ok(argument(values, 0).derived_from(&truth_leaves(&given)))
}

fn coalesce(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let mut passed = Leaves::NONE;
    for value in values {
        if truth(value) {
            return Ok(value.derived_from(&passed));
        }
        passed = passed.union(&truth_leaves(value));
    }
    Ok(Value::nil().derived_from(&passed))
}

/// `any` looks for a true value, `all` for a false one.
fn quantified(values: &[Value], sought: bool) -> Value {
    let mut looked_at = Leaves::NONE;
    for value in values {
        looked_at = looked_at.union(&truth_leaves(value));
        if truth(value) == sought {
            return boolean(sought).derived_from(&looked_at);
        }
    }
    boolean(!sought).derived_from(&looked_at)
}

/// Returns the name of a value's Go kind.
pub(super) fn kind(value: &Value) -> &'static str {
    match &value.data {
        Data::Nil => "invalid",
        Data::Bool(_) => "bool",
        Data::Int(_) => "int",
        Data::Int64(_) => "int64",
        Data::Float(_) => "float64",
        Data::String(_) => "string",
        Data::Bytes(_) | Data::List(..) => "slice",
        Data::Map(..) => "map",
        Data::Object(object) => match &object.kind {
            ObjectKind::Values | ObjectKind::Files(_) => "map",
            ObjectKind::VersionSet(_) => "slice",
            ObjectKind::KubeVersion(_) | ObjectKind::Semver(_) => "ptr",
            ObjectKind::Duration(_) => "int64",
            ObjectKind::Time { .. } | ObjectKind::Struct(_) => "struct",
        },
    }
}

/// Says whether two values are equal with all they hold.
///
/// # Errors
/// For values that nest deeper than [`DEPTH`].
///
/// # Source
/// Go `reflect.DeepEqual`.
pub(super) fn equal(a: &Value, b: &Value, depth: usize) -> Result<bool, FunctionError> {
    if depth > DEPTH {
        return Err(format!("values nest more than {DEPTH} deep").into());
    }
    Ok(match (&a.data, &b.data) {
        (Data::Nil, Data::Nil) => true,
        (Data::Bool(a), Data::Bool(b)) => a == b,
        (Data::Int(a), Data::Int(b)) | (Data::Int64(a), Data::Int64(b)) => a == b,
        (Data::Float(a), Data::Float(b)) => a == b,
        (Data::String(a), Data::String(b)) | (Data::Bytes(a), Data::Bytes(b)) => a.as_bytes() == b.as_bytes(),
        (Data::List(a, a_kind), Data::List(b, b_kind)) => {
            same_kind(*a_kind, *b_kind) && a.len() == b.len() && {
                let mut same = true;
                for (a, b) in a.items().iter().zip(b.items()) {
                    same = same && equal(a, &b, depth + 1)?;
                }
                same
            }
        }
        (Data::Map(a, a_kind), Data::Map(b, b_kind)) => same_kind(*a_kind, *b_kind) && equal_maps(a, b, depth)?,
        (Data::Object(a), Data::Object(b)) => {
            std::mem::discriminant(&a.kind) == std::mem::discriminant(&b.kind) && equal_maps(&a.fields, &b.fields, depth)?
        }
        _ => false,
    })
}

fn same_kind(a: Element, b: Element) -> bool {
    a == b
}

fn equal_maps(a: &crate::value::Map, b: &crate::value::Map, depth: usize) -> Result<bool, FunctionError> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for ((a_key, a), (b_key, b)) in a.entries().iter().zip(b.entries()) {
        if *a_key != b_key || !equal(&a.value, &b.value, depth + 1)? {
            return Ok(false);
        }
    }
    Ok(true)
}
