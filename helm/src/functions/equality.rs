//! Go's `reflect.DeepEqual` over template values.
//!
//! Rules: types are equal first: a list of `interface {}` is never a list of strings, an int never an int64; NaN equals nothing, unless
//! it is in the very same map or list. Values that hold themselves come to an error at [`DEPTH`].
//!
//! # Source
//! Go `reflect/deepequal.go`.

use super::signature::{Computed, Outcome, argument, boolean, deeper, fixed};
use super::{Environment, Function, Keeps, Parameter};
use crate::meter;
use crate::value::{Data, List, Map, ObjectKind, Value};

/// Nested lists and maps that are compared; far deeper than values are written, so only those that hold themselves reach it.
const DEPTH: usize = 1_000;

/// Values one call compares, whatever a render may spend; those that share their parts many times over could take for ever.
const VALUES: usize = 10_000_000;

/// Values that are compared in one step.
const STEP_VALUES: usize = 8;

/// Bytes of equal length that are compared in one step.
const STEP_BYTES: usize = 1024;

pub(super) const TABLE: &[Function] = &[fixed("deepEqual", &[Parameter::Any, Parameter::Any], Keeps::Derives, deep_equal)];

fn deep_equal(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    equal(&argument(values, 0), &argument(values, 1)).map(boolean)
}

/// Says whether two values are of one type and equal to any depth.
///
/// # Errors
/// They are nested deeper than [`DEPTH`].
pub(super) fn equal(left: &Value, right: &Value) -> Computed<bool> {
    Comparison { values: 0 }.values(left, right, 0)
}

/// One comparison under way.
struct Comparison {
    values: usize,
}

impl Comparison {
    fn values(&mut self, left: &Value, right: &Value, depth: usize) -> Computed<bool> {
        self.values += 1;
        meter::spend(usize::from(self.values.is_multiple_of(STEP_VALUES)))?;
        if depth > DEPTH {
            return Err(format!("values are nested more than {DEPTH} deep").into());
        }
        if self.values > VALUES {
            return Err(format!("more than {VALUES} values to compare").into());
        }
        match (&left.data, &right.data) {
            (Data::Nil, Data::Nil) => Ok(true),
            (Data::Bool(a), Data::Bool(b)) => Ok(a == b),
            (Data::Int(a), Data::Int(b)) | (Data::Int64(a), Data::Int64(b)) => Ok(a == b),
            (Data::Float(a), Data::Float(b)) => Ok(a == b),
            (Data::String(a), Data::String(b)) | (Data::Bytes(a), Data::Bytes(b)) => {
                let (a, b) = (a.as_bytes(), b.as_bytes());
                meter::spend(if a.len() == b.len() { a.len() / STEP_BYTES } else { 0 })?;
                Ok(a == b)
            }
            (Data::List(a, x), Data::List(b, y)) => Ok(x == y && self.lists(a, b, depth)?),
            (Data::Map(a, x), Data::Map(b, y)) => Ok(x == y && self.maps(a, b, depth)?),
            (Data::Object(a), Data::Object(b)) => Ok(kinds(&a.kind, &b.kind) && self.maps(&a.fields, &b.fields, depth)?),
            _ => Ok(false),
        }
    }

    fn lists(&mut self, left: &List, right: &List, depth: usize) -> Computed<bool> {
        if left.same(right) {
            return Ok(true);
        }
        if left.len() != right.len() || left.is_nil() != right.is_nil() {
            return Ok(false);
        }
        for (a, b) in left.items().iter().zip(right.items().iter()) {
            if !deeper(|| self.values(a, b, depth + 1))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn maps(&mut self, left: &Map, right: &Map, depth: usize) -> Computed<bool> {
        if left.same(right) {
            return Ok(true);
        }
        if left.len() != right.len() || left.is_nil() != right.is_nil() {
            return Ok(false);
        }
        for (key, slot) in left.entries() {
            let Some(other) = right.get(&key) else { return Ok(false) };
            if !deeper(|| self.values(&slot.value, &other, depth + 1))? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn kinds(left: &ObjectKind, right: &ObjectKind) -> bool {
    use ObjectKind::{Certificate, Duration, Files, KubeVersion, Number, Semver, Struct, Time, Values, VersionSet};
    match (left, right) {
        (Values(a), Values(b)) => a == b,
        (Certificate, Certificate) => true,
        (Files(a), Files(b)) => a == b,
        (VersionSet(of, a), VersionSet(other, b)) => of == other && a == b,
        (KubeVersion(_, a), KubeVersion(_, b)) | (Semver(a), Semver(b)) => a == b,
        (Duration(a), Duration(b)) => a == b,
        (Number(a, x), Number(b, y)) => a == b && x == y,
        (Struct(a), Struct(b)) => a == b,
        (Time { seconds, nanoseconds, offset, zone }, other) => {
            matches!(other, Time { seconds: s, nanoseconds: n, offset: o, zone: z } if (seconds, nanoseconds, offset, zone) == (s, n, o, z))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Text;

    fn check(left: &Value, right: &Value, want: Result<bool, &str>) {
        let got = equal(left, right).map_err(|error| String::from_utf8_lossy(error.message.as_bytes()).into_owned());
        assert_eq!(got, want.map_err(str::to_owned));
    }

    // Go's types differ before their values do.
    #[test]
    fn types_count() {
        let int = Value::plain(Data::Int(1));
        check(&int, &int, Ok(true));
        check(&int, &Value::plain(Data::Int64(1)), Ok(false));
        check(&Value::list(vec![int.clone()]), &Value::list(vec![int]), Ok(true));
        check(&Value::plain(Data::String(Text::from("a"))), &Value::plain(Data::Bytes(Text::from("a"))), Ok(false));
    }

    // Nesting up to the limit is compared, beyond it and for values that hold themselves there is an error.
    #[test]
    fn depth_is_bounded() {
        let nested = |depth| (0..depth).fold(Value::nil(), |inner, _| Value::list(vec![inner]));
        check(&nested(DEPTH), &nested(DEPTH), Ok(true));
        check(&nested(DEPTH + 1), &nested(DEPTH + 1), Err("values are nested more than 1000 deep"));
        let knot = || {
            let map = Map::new();
            map.insert(b"self", Value::map(map.clone()));
            map
        };
        let (a, b) = (knot(), knot());
        check(&Value::map(a.clone()), &Value::map(a.clone()), Ok(true));
        check(&Value::map(a.clone()), &Value::map(b.clone()), Err("values are nested more than 1000 deep"));
        a.remove(b"self");
        b.remove(b"self");
    }

    // Two values that share their parts over and over come to an end.
    #[test]
    fn steps_are_bounded() {
        let doubled = || (0..40).fold(Value::nil(), |inner, _| Value::list(vec![inner.clone(), inner]));
        check(&doubled(), &doubled(), Err("more than 10000000 values to compare"));
        let after = |values: usize| Comparison { values }.values(&Value::nil(), &Value::nil(), 0);
        assert!(after(VALUES - 1).is_ok_and(|equal| equal));
        assert!(after(VALUES).is_err());
    }
}
