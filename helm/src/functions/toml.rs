//! TOML in templates: `toToml`, `mustToToml`, `fromToml`.
//!
//! Rules: `toToml` prints the error where Go fails; `fromToml` puts what it cannot read under `Error`, in the words of our reader. Which
//! lines a value takes depends on what it and its neighbours are: everything derives. Not here: dates without an offset (refused).
//!
//! # Source
//! helm v4.3.1 `pkg/engine/funcs.go`; BurntSushi/toml v1.6.0 `encode.go`.

mod read;
mod write;

use super::signature::{Outcome, all_leaves, argument, bytes, fixed, since};
use super::{Environment, Function, FunctionError, Keeps, Parameter};
use crate::profile::Profile;
use crate::value::{Text, Value};
use write::Unwritten;

pub(super) const TABLE: &[Function] = &[
    fixed("toToml", &[Parameter::Any], Keeps::Derives, |environment, values| match written(environment, values) {
        Err(Unwritten::Go(message)) => Ok(Value::string(&message)),
        result => finished(values, result),
    }),
    since(
        Profile::Helm4_2,
        fixed("mustToToml", &[Parameter::Any], Keeps::Derives, |environment, values| {
            finished(values, written(environment, values))
        }),
    ),
    fixed("fromToml", &[Parameter::String], Keeps::Derives, |_, values| read::from_toml(values)),
];

fn written(environment: &Environment<'_>, values: &[Value]) -> Result<Vec<u8>, Unwritten> {
    write::document(&argument(values, 0), environment.result_limit)
}

fn finished(values: &[Value], result: Result<Vec<u8>, Unwritten>) -> Outcome {
    match result {
        Ok(document) => Ok(bytes(&document)),
        Err(Unwritten::Go(message) | Unwritten::Panic(message)) => Err(fail(values, &message)),
        Err(Unwritten::Refused(error)) => Err(error),
    }
}

fn fail(values: &[Value], message: &str) -> FunctionError {
    FunctionError { message: Text::from(message).derived_from(&all_leaves(values)) }
}

#[cfg(test)]
mod tests;
