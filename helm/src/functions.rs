//! The template functions: Go's builtins, sprig's and Helm's, as a table the parser resolves names against.
//!
//! In: argument values. Out: a value, with its provenance.
//! Rules: one [`Function`] a name; [`Keeps`] says what becomes of marks. A function that is not known to keep them *derives*:
//! the executor then marks the whole result with every leaf of every argument, so forgetting is safe.
//! Not here: `include`, `tpl`, `required`, `fail`, `lookup`, `and`, `or`: they need the executor (`template`).

use crate::provenance::Leaves;
use crate::value::{Text, Value};

/// What Go type a parameter has; checked before the call with Go's messages.
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
    /// `map[string]interface {}`.
    Map,
    /// `[]interface {}`.
    List,
    /// `[]string`.
    Strings,
    /// `time.Time`.
    Time,
}

/// What becomes of provenance in a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// The function itself carries marks and leaves from arguments to result, as exactly as it can.
    Marks,
    /// The executor marks the result as derived from all leaves of all arguments.
    Derives,
    /// The result depends on no leaf by nature, or its leaves were replaced by digests of their ciphertext (hashes).
    Nothing,
}

/// One function.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// Its name in templates.
    pub name: &'static str,
    /// The Go types of its parameters; the last one repeats when `variadic`.
    pub parameters: &'static [Parameter],
    /// Whether the last parameter repeats (zero times or more).
    pub variadic: bool,
    /// What becomes of provenance.
    pub keeps: Keeps,
    /// The function.
    pub call: fn(&mut Environment<'_>, &[Value]) -> Result<Value, FunctionError>,
}

/// Why a function failed. The message may quote arguments, with their marks: whoever prints it looks at them.
#[derive(Debug)]
pub struct FunctionError {
    /// Helm's (sprig's, Go's) words.
    pub message: Text,
}

impl From<&str> for FunctionError {
    fn from(message: &str) -> Self {
        Self { message: Text::from(message) }
    }
}

/// What a function may reach besides its arguments.
pub struct Environment<'a> {
    /// Time and randomness, where they are allowed at all.
    pub chance: &'a mut dyn Chance,
    /// For hashes: the digest that stands for the leaves of a marked range, or nothing where the real bytes are hashed (`--reveal`).
    pub ciphertext: &'a dyn Fn(&Leaves) -> Option<Vec<u8>>,
    /// Bytes a single result may have.
    pub result_limit: usize,
}

/// Where random bytes and the time come from. Calls are recorded by the executor with their site.
pub trait Chance {
    /// Fills `buffer`; the leaf stands for this call's result (a pseudo-leaf), so that it can be found in the output.
    fn random(&mut self, function: &'static str, buffer: &mut [u8]) -> Leaves;
    /// Returns seconds and nanoseconds since the epoch with the pseudo-leaf of this call.
    fn now(&mut self, function: &'static str) -> (i64, u32, Leaves);
}

/// Returns the function called `name`.
#[must_use]
pub fn lookup(name: &str) -> Option<&'static Function> {
    let _ = name;
    None
}
