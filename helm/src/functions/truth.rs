//! Whether a value counts as true, and what that depends on.
//!
//! Rules: that a *sealed string* is empty or not is no secret (SOPS leaves empty strings unencrypted), so its bare truthiness decides freely;
//! the truthiness of anything else that is tracked (numbers, booleans, computed text, lengths) does not.
//!
//! # Source
//! Go `text/template/exec.go`, `isTrue`.

use crate::provenance::{Flow, Leaves};
use crate::value::{Data, ObjectKind, Value};

/// Says whether a value is not the zero of its type.
pub(crate) fn truth(value: &Value) -> bool {
    match &value.data {
        Data::Nil => false,
        Data::Bool(on) => *on,
        Data::Int(number) | Data::Int64(number) => *number != 0,
        Data::Float(number) => *number != 0.0,
        Data::String(text) | Data::Bytes(text) => !text.as_bytes().is_empty(),
        Data::List(list, _) => !list.is_empty(),
        Data::Map(map, _) => !map.is_empty(),
        Data::Object(object) => match &object.kind {
            ObjectKind::Values(_) | ObjectKind::Files(_) => !object.fields.is_empty(),
            ObjectKind::VersionSet(_, versions) => !versions.is_empty(),
            ObjectKind::Duration(nanoseconds) => *nanoseconds != 0,
            ObjectKind::KubeVersion(..)
            | ObjectKind::Semver(_)
            | ObjectKind::Time { .. }
            | ObjectKind::Certificate
            | ObjectKind::Struct(_) => true,
        },
    }
}

/// Returns what the truth of a value depends on, as far as it must not be told.
pub(crate) fn truth_leaves(value: &Value) -> Leaves {
    match &value.data {
        Data::String(text) => {
            let marks = text.marks().as_slice();
            if value.exact && marks.iter().all(|mark| mark.flow == Flow::Exact && mark.leaves == value.leaves) {
                return Leaves::NONE;
            }
            value.leaves.union(&text.marks().leaves())
        }
        Data::Bytes(text) => value.leaves.union(&text.marks().leaves()),
        Data::Map(map, _) => value.leaves.union(&map.shape()),
        Data::Object(object) => value.leaves.union(&object.fields.shape()),
        Data::Nil | Data::Bool(_) | Data::Int(_) | Data::Int64(_) | Data::Float(_) | Data::List(..) => value.leaves.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::LeafId;
    use crate::value::Text;

    // Only the bare emptiness of a sealed string is free.
    #[test]
    fn only_emptiness_is_free() {
        let password = Value::of_leaf(Data::String(Text::from("pw")), LeafId(1));
        assert!(truth_leaves(&password).is_empty());
        let computed = password.derived_from(&Leaves::one(LeafId(1)));
        assert_eq!(truth_leaves(&computed).as_slice(), [LeafId(1)]);
        assert_eq!(truth_leaves(&Value::of_leaf(Data::Bool(true), LeafId(1))).as_slice(), [LeafId(1)]);
        assert_eq!(truth_leaves(&Value::of_leaf(Data::Float(1.0), LeafId(1))).as_slice(), [LeafId(1)]);
    }
}
