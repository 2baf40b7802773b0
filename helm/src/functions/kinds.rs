//! What a value is: `typeOf`, `kindOf` and their tests.
//!
//! Rules: the type of a leaf depends on that leaf; that a map or list is one depends on itself only, not on what it holds.
//!
//! # Source
//! sprig `reflect.go`; Go `reflect.Kind.String`.

use super::signature::{Outcome, argument, boolean, bytes, fixed, text};
use super::{Function, Keeps, Parameter};
use crate::gofmt::type_name;
use crate::provenance::Leaves;
use crate::value::{Data, ObjectKind, Value};

use Parameter::{Any, String as Str};

pub(super) const TABLE: &[Function] = &[
    fixed("typeOf", &[Any], Keeps::All, |_, values| told(values, type_name)),
    fixed("kindOf", &[Any], Keeps::All, |_, values| told(values, kind)),
    fixed("typeIs", &[Str, Any], Keeps::All, |_, values| is(values, |target, value| target == type_name(value).as_bytes())),
    fixed("typeIsLike", &[Str, Any], Keeps::All, |_, values| is(values, like)),
    fixed("kindIs", &[Str, Any], Keeps::All, |_, values| is(values, |target, value| target == kind(value).as_bytes())),
];

fn told(values: &[Value], name: fn(&Value) -> &'static str) -> Outcome {
    let value = argument(values, 0);
    Ok(bytes(name(&value).as_bytes()).derived_from(&own(&value)))
}

fn is(values: &[Value], test: fn(&[u8], &Value) -> bool) -> Outcome {
    let (target, value) = (text(values, 0)?, argument(values, 1));
    Ok(boolean(test(target.as_bytes(), &value)).derived_from(&own(&value).union(&target.marks().leaves())))
}

fn own(value: &Value) -> Leaves {
    match &value.data {
        Data::String(text) | Data::Bytes(text) => value.leaves.union(&text.marks().leaves()),
        _ => value.leaves.clone(),
    }
}

fn like(target: &[u8], value: &Value) -> bool {
    let name = type_name(value).as_bytes();
    name == target || name.strip_prefix(b"*") == Some(target)
}

/// Returns the value's Go kind.
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
        Data::Object(object) => match object.kind {
            ObjectKind::Values(_) | ObjectKind::Files(_) => "map",
            ObjectKind::VersionSet(..) => "slice",
            ObjectKind::Semver(_) => "ptr",
            ObjectKind::KubeVersion(..) | ObjectKind::Time { .. } | ObjectKind::Certificate => "struct",
            ObjectKind::Duration(_) => "int64",
            ObjectKind::Struct(structure) => {
                if structure.is_pointer() {
                    "ptr"
                } else {
                    "struct"
                }
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{call, drawn_value, exact};
    use super::*;

    // The kind of a leaf depends on it; the kind of a list does not depend on its items.
    #[test]
    fn kinds_of_leaves_and_lists() {
        assert_eq!(drawn_value(&call("kindOf", &[exact("pw")])), "<string>");
        assert_eq!(drawn_value(&call("kindIs", &[Value::string("slice"), Value::list(vec![exact("pw")])])), "true");
        assert_eq!(drawn_value(&call("typeOf", &[Value::list(vec![])])), "[]interface {}");
    }
}
