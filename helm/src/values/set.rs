//! Values from the command line: `--set` and its relatives.
//!
//! In: [`Argument`]s and the values of the files. Out: the values with the arguments over them.
//! Rules: all of one flag before all of the next, in the order of [`Flag`], whatever their order on the command line; a path that is
//! there is written over, lists grow with nulls; whole numbers become int64, where those of files are float64. Helm 3 takes no whole
//! objects in `--set-json`, and refuses an index without an end.
//! Not here: values files, reading files (the caller's `read`).
//!
//! # Source
//! helm `pkg/cli/values/options.go`, `MergeValues`; `pkg/strvals`.

mod error;
mod grammar;

use std::io;

use crate::functions::read_json;
use crate::profile::Profile;
use crate::provenance::LeafId;
use crate::value::{Data, List, Map, Slot, Value};
use crate::values::merge;

pub use error::{Problem, SetError};
use grammar::Reader;

/// Items that all arguments together may add to lists: each index may add 65,537, and an argument may hold thousands of them.
pub const ITEMS: usize = 1_000_000;
/// Indices in the path of one value: they are read by recursion; charts have lists of lists at most.
pub const INDICES: usize = 64;

/// A flag, in the order in which helm takes them: the last wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flag {
    /// `--set-json`: values are JSON; an argument that starts with `{` is an object, merged as a file is.
    Json,
    /// `--set`: values are numbers, booleans, null, lists or text.
    Typed,
    /// `--set-string`: values are text, or lists of it.
    Text,
    /// `--set-file`: values are the contents of files.
    File,
    /// `--set-literal`: the value is all that follows the first `=`, as it stands.
    Literal,
}

impl Flag {
    /// Returns the flag as it is typed.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "--set-json",
            Self::Typed => "--set",
            Self::Text => "--set-string",
            Self::File => "--set-file",
            Self::Literal => "--set-literal",
        }
    }
}

/// One flag of the family with its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// The flag.
    pub flag: Flag,
    /// What follows it.
    pub text: String,
}

/// Where the contents of files and the identities of values come from.
pub struct Sources<'a> {
    /// Reads the file of a name for `--set-file`.
    pub read: &'a mut dyn FnMut(&str) -> io::Result<Vec<u8>>,
    /// Says who the values of an argument are, by its place among the arguments; asked once for every leaf.
    pub leaf: &'a mut dyn FnMut(usize) -> Option<LeafId>,
}

/// Returns `values` with the arguments over them.
///
/// # Errors
/// [`SetError`] for the first argument, in the order of flags, that helm refuses, whose file cannot be read, or that is past a limit.
///
/// # Source
/// helm `pkg/cli/values/options.go`, `MergeValues`.
pub fn apply(values: &Value, arguments: &[Argument], profile: Profile, sources: &mut Sources<'_>) -> Result<Value, SetError> {
    let mut ordered: Vec<(usize, &Argument)> = arguments.iter().enumerate().collect();
    ordered.sort_by_key(|(_, argument)| argument.flag);
    let mut values = if arguments.is_empty() { values.clone() } else { copy(values) };
    let mut items = ITEMS;
    for (place, argument) in ordered {
        let refused = |problem| SetError { place, flag: argument.flag, problem };
        let mut leaf = || (sources.leaf)(place);
        let trimmed = argument.text.trim();
        if argument.flag == Flag::Json && trimmed.starts_with('{') && profile > Profile::Helm3_22 {
            let object = read_json(trimmed.as_bytes()).map_err(|words| refused(Problem::Json(words)))?;
            values = merge(&values, &tracked(object, &mut leaf));
            continue;
        }
        let Data::Map(map, _) = &values.data else { return Err(refused(Problem::NotAMapping)) };
        let mut reader = Reader::new(argument, sources.read, &mut leaf, items);
        reader.assign(map, profile).map_err(refused)?;
        items = reader.items_left();
    }
    Ok(values)
}

/// Returns a tree that shares no map or list with `value`: arguments are set in place. Recursion goes as deep as values files nest.
fn copy(value: &Value) -> Value {
    let data = match &value.data {
        Data::Map(map, element) => {
            let copied = Map::new();
            for (key, Slot { key_leaves, value }) in map.entries() {
                copied.insert_slot(&key, Slot { key_leaves, value: copy(&value) });
            }
            Data::Map(copied, *element)
        }
        Data::List(list, element) => Data::List(List::new(list.items().iter().map(copy).collect()), *element),
        other => other.clone(),
    };
    Value { data, ..value.clone() }
}

/// Returns a tree of JSON whose leaves are those `leaf` names: scalars, nulls, and maps and lists that are empty.
fn tracked(value: Value, leaf: &mut dyn FnMut() -> Option<LeafId>) -> Value {
    match &value.data {
        Data::Map(map, _) if !map.is_empty() => {
            let owned = Map::new();
            for (key, slot) in map.entries() {
                owned.insert(&key, tracked(slot.value, leaf));
            }
            Value::map(owned)
        }
        Data::List(list, _) if !list.is_empty() => {
            Value::list(list.items().into_iter().map(|item| tracked(item, leaf)).collect())
        }
        _ => match leaf() {
            Some(id) => Value::of_leaf(value.data, id),
            None => value,
        },
    }
}

#[cfg(test)]
mod tests;
