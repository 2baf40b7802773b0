//! The template functions: Go's builtins, sprig's and Helm's, as tables the parser resolves names against.
//!
//! In: argument values, already checked against [`Function::parameters`]. Out: a value, with its provenance.
//! Rules: one [`Function`] a name; [`Keeps`] says what becomes of provenance. One that is not known to keep it *derives*: the executor
//! then marks the whole result with every leaf of every argument, so that forgetting is safe.
//! Not here: `include`, `tpl`, `required`, `fail`, `lookup`, `and`, `or`, `call`: they need the executor (`template`).

mod builtins;
mod conversions;
pub(crate) mod cost;
mod dates;
mod decimals;
mod defaults;
mod dicts;
mod document;
mod durations;
mod encoding;
mod equality;
mod expressions;
mod hashes;
mod json;
mod keys;
mod kinds;
mod lists;
mod names;
mod numbers;
pub mod outside;
mod paths;
mod pieces;
mod random;
mod runes;
mod signature;
pub(crate) mod stream;
mod strings;
mod toml;
pub(crate) mod truth;
mod urls;
mod versions;
mod yaml;

use crate::meter::Passed;
use crate::profile::Profile;
use crate::provenance::{LeafId, Leaves};
use crate::value::{Data, Text, Value};
pub use expressions::Expressions;
pub(crate) use expressions::steps_to_compile;
pub(crate) use json::{read_json, read_json_prefix};
pub(crate) use versions::version_value;

/// The tables of all modules.
#[rustfmt::skip]
const TABLES: &[&[Function]] = &[
    builtins::TABLE,
    conversions::TABLE,
    dates::TABLE,
    decimals::TABLE,
    defaults::TABLE,
    dicts::COPY,
    dicts::MERGE,
    dicts::TABLE,
    durations::TABLE,
    encoding::TABLE,
    equality::TABLE,
    expressions::TABLE,
    hashes::TABLE,
    json::TABLE,
    keys::TABLE,
    kinds::TABLE,
    lists::TABLE,
    numbers::TABLE,
    paths::TABLE,
    random::TABLE,
    strings::SPLIT,
    strings::TABLE,
    strings::WORDS,
    toml::TABLE,
    urls::TABLE,
    versions::TABLE,
    yaml::TABLE,
];

/// Returns the function called `name`.
#[must_use]
pub fn find(name: &str) -> Option<&'static Function> {
    names::find(name)
}

/// Returns every function, module by module.
pub fn all() -> impl Iterator<Item = &'static Function> {
    TABLES.iter().copied().flatten()
}

/// What Go type a parameter has; the executor checks it before the call, with Go's messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// `interface {}`.
    Any,
    /// `string`.
    String,
    /// `int`.
    Int,
    /// `int64`.
    Int64,
    /// `float64`.
    Float,
    /// `bool`.
    Bool,
    /// `map[string]interface {}`; an object that is a map is handed over as one.
    Map,
    /// `[]interface {}`.
    List,
    /// `[]string`.
    Strings,
    /// `time.Time`.
    Time,
    /// `time.Duration`; an integer constant is one of nanoseconds.
    Duration,
    /// `uint32`: a constant, since no value is of that type.
    Uint32,
    /// `sprig.certificate`.
    Certificate,
}

/// What becomes of provenance in a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// The function answers for everything: marks of text, leaves of scalars, shapes of maps. For those that hand values on as they are
    /// (`default`, `list`, `get`, `ternary`).
    All,
    /// The function carries marks from text arguments to its result; the executor adds the leaves of all other arguments.
    Marks,
    /// The executor marks the result as derived from all leaves of all arguments.
    Derives,
    /// The result depends on no leaf: by nature, or because leaves were replaced by digests of their ciphertext (hashes).
    Nothing,
}

/// Whether a function changes a map it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Arguments stay as they are.
    Pure,
    /// The first argument may change (`set`, `unset`, `merge`): in a branch that a tracked leaf decides, everything rendered after it
    /// depends on that leaf.
    Mutates,
}

/// One function.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// Its name in templates.
    pub name: &'static str,
    /// The Go types of its parameters; the last one repeats (zero times or more) when `variadic`.
    pub parameters: &'static [Parameter],
    /// Whether the last parameter repeats.
    pub variadic: bool,
    /// What becomes of provenance.
    pub keeps: Keeps,
    /// Whether it changes its arguments.
    pub effect: Effect,
    /// The first helm that has it.
    pub since: Profile,
    /// The function.
    pub call: fn(&mut Environment<'_>, &[Value]) -> Result<Value, FunctionError>,
}

impl Function {
    /// Returns a function that changes nothing, with a fixed number of parameters.
    const fn fixed(
        name: &'static str,
        parameters: &'static [Parameter],
        keeps: Keeps,
        call: fn(&mut Environment<'_>, &[Value]) -> Result<Value, FunctionError>,
    ) -> Self {
        Self { name, parameters, variadic: false, keeps, effect: Effect::Pure, since: Profile::Helm3_22, call }
    }

    /// Returns what the executor derives the result from, besides what the function itself says of it.
    #[must_use]
    pub fn added_leaves(&self, values: &[Value]) -> Leaves {
        match self.keeps {
            Keeps::Derives => values.iter().fold(Leaves::NONE, |all, value| all.union(&value.all_leaves())),
            Keeps::Marks => values.iter().fold(Leaves::NONE, |all, value| all.union(&beside_marks(value))),
            Keeps::All | Keeps::Nothing => Leaves::NONE,
        }
    }
}

/// Returns what a value other than a string depends on, apart from its parts; strings are in the function's hands.
fn beside_marks(value: &Value) -> Leaves {
    match &value.data {
        Data::String(_) => Leaves::NONE,
        Data::Map(map, _) => value.leaves.union(&map.shape()),
        Data::Object(object) => value.leaves.union(&object.fields.shape()),
        Data::Bytes(text) => value.leaves.union(&text.marks().leaves()),
        Data::Nil | Data::Bool(_) | Data::Int(_) | Data::Int64(_) | Data::Float(_) | Data::List(..) => value.leaves.clone(),
    }
}

/// Why a function failed. The message may quote arguments, with their marks: whoever prints it looks at them.
#[derive(Debug)]
pub struct FunctionError {
    /// Helm's (sprig's, Go's) words.
    pub message: Text,
}

impl FunctionError {
    /// Returns the error with its words marked as derived from `leaves`.
    pub(crate) fn derived_from(self, leaves: &Leaves) -> Self {
        Self { message: self.message.derived_from(leaves) }
    }
}

impl From<Passed> for FunctionError {
    /// The executor says which limit it is instead.
    fn from(_: Passed) -> Self {
        Self::from("the render takes more than it may")
    }
}

impl From<&str> for FunctionError {
    fn from(message: &str) -> Self {
        Self { message: Text::from(message) }
    }
}

impl From<String> for FunctionError {
    fn from(message: String) -> Self {
        Self::from(message.as_str())
    }
}

/// What a function may reach besides its arguments.
pub struct Environment<'a> {
    /// Time and randomness, where they are allowed at all.
    pub chance: &'a mut dyn Chance,
    /// For hashes: what stands for a sealed leaf (a digest of its ciphertext), or nothing where the real bytes are hashed.
    pub ciphertext: &'a dyn Fn(LeafId) -> Option<Vec<u8>>,
    /// Bytes (or items) a single result may have; checked before they are allocated.
    pub result_limit: usize,
    /// The regular expressions this render has compiled.
    pub expressions: &'a mut Expressions,
    /// Steps that the call is worth, besides one: what computes long says so here.
    pub effort: u64,
}

impl Environment<'_> {
    /// Returns what stands for the leaves of a marked range in a hash; nothing where one of them has nothing.
    #[must_use]
    pub fn sealed(&self, leaves: &Leaves) -> Option<Vec<u8>> {
        let mut all = Vec::new();
        for leaf in leaves.as_slice() {
            match self.chance.digest(*leaf) {
                Some(digest) => all.extend_from_slice(digest),
                None => all.extend((self.ciphertext)(*leaf)?),
            }
        }
        Some(all)
    }
}

/// Where random bytes and the time come from. Calls are recorded with their site.
pub trait Chance {
    /// Fills `buffer` for the calling `function`; returns the pseudo-leaf that stands for this call's result.
    fn random(&mut self, function: &'static str, buffer: &mut [u8]) -> Leaves;
    /// Returns seconds and nanoseconds since the epoch, with the pseudo-leaf of this call.
    fn now(&mut self, function: &'static str) -> (i64, u32, Leaves);
    /// Says what `random` gives.
    fn supply(&self) -> Supply;
    /// Returns what stands in hashes for a value that `random` made, where hashes hide what is sealed.
    fn digest(&self, leaf: LeafId) -> Option<&[u8]>;
    /// Returns when certificates begin, in seconds since the epoch: part of a call that `random` has recorded.
    fn instant(&self) -> i64;
}

/// What random bytes are good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supply {
    /// They hold the place of what is refused.
    StandIn,
    /// Keys and passwords.
    Secrets,
}

#[cfg(test)]
mod interference;
#[cfg(test)]
mod tests;
