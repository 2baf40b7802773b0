//! A value on its way through a pipeline, with what Go's reflection still knows of it.
//!
//! Rules: Go tells an *invalid* value (nil after a pipeline, a parenthesis or a variable) from a nil *interface* (straight out of a map):
//! a field of the first is nothing, of the second an error.

use crate::provenance::Leaves;
use crate::value::Value;

/// How Go's `reflect.Value` stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// No value at all.
    Invalid,
    /// An element of a map or list whose static type is `interface {}`.
    Interface,
    /// A value of its own type.
    Concrete,
}

/// A value and its form.
#[derive(Clone, Debug)]
pub(super) struct Held {
    /// The value; nil where it is invalid.
    pub(super) value: Value,
    /// How it stands.
    pub(super) form: Form,
}

impl Held {
    /// Returns what a pipeline gives for nil; its absence may depend on leaves.
    pub(super) fn invalid(leaves: Leaves) -> Self {
        Self { value: Value { leaves, ..Value::nil() }, form: Form::Invalid }
    }

    /// Returns a value of its own type; nil is invalid.
    pub(super) fn concrete(value: Value) -> Self {
        let form = if matches!(value.data, crate::value::Data::Nil) { Form::Invalid } else { Form::Concrete };
        Self { value, form }
    }

    /// Returns an element of a container of `interface {}`.
    pub(super) fn element(value: Value) -> Self {
        Self { value, form: Form::Interface }
    }

    /// Returns the value as it leaves a pipeline: unwrapped.
    pub(super) fn unwrapped(self) -> Self {
        Self::concrete(self.value)
    }

    /// Returns the same, derived from `leaves` besides.
    pub(super) fn derived_from(&self, leaves: &Leaves) -> Self {
        Self { value: self.value.derived_from(leaves), form: self.form }
    }

    /// Returns the same as [`Held::derived_from`] of what is not needed any longer.
    pub(super) fn into_derived(self, leaves: &Leaves) -> Self {
        Self { value: self.value.into_derived(leaves), form: self.form }
    }
}
