//! What is wrong with an argument of `--set` and its relatives, in helm's words.

use super::{Flag, INDICES, ITEMS};
use crate::values::INDEX;

/// The most dots in the path of a value.
///
/// # Source
/// helm `pkg/strvals/parser.go`, `MaxNestedNameLevel`.
pub(super) const NAMES: usize = 30;

/// An argument that is refused.
#[derive(Debug, thiserror::Error)]
#[error("failed parsing {} data", flag.name())]
pub struct SetError {
    /// Its place among the arguments, from 0.
    pub place: usize,
    /// Its flag.
    pub flag: Flag,
    /// Why.
    #[source]
    pub problem: Problem,
}

/// Why an argument is refused. Where helm refuses it too, the words are helm's.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A key without `=`.
    #[error("key {key} has no value")]
    NoValue {
        /// The key, quoted.
        key: String,
    },
    /// A key before a comma.
    #[error("key {key} has no value (cannot end with ,)")]
    NoValueBeforeComma {
        /// The key, quoted.
        key: String,
    },
    /// A key before a dot whose map nothing was set in.
    #[error("key map {key} has no value")]
    EmptyMap {
        /// The key, quoted.
        key: String,
    },
    /// More than 30 dots in a path.
    #[error("value name nested level is greater than maximum supported nested level of {NAMES}")]
    TooManyNames,
    /// What stands between brackets is no number.
    #[error("error parsing index: strconv.Atoi: parsing {text}: {}", if *overflow { "value out of range" } else { "invalid syntax" })]
    Index {
        /// It, quoted.
        text: String,
        /// Whether it is a number that is too large.
        overflow: bool,
    },
    /// An index without an end, which helm 4 passes over.
    #[error("error parsing index: EOF")]
    OpenIndex,
    /// An index below 0.
    #[error("negative {index} index not allowed")]
    NegativeIndex {
        /// The index.
        index: i64,
    },
    /// An index above [`INDEX`].
    #[error("index of {index} is greater than maximum supported index of {INDEX}")]
    LargeIndex {
        /// The index.
        index: i64,
    },
    /// Something other than `[`, `.` or `=` follows a bracket.
    #[error("unexpected data at end of array index: {text}")]
    AfterIndex {
        /// What does, as Go prints characters.
        text: String,
    },
    /// A list without an end.
    #[error("list must terminate with '}}'")]
    OpenList,
    /// A path leads into a value of another kind.
    #[error("unable to parse key: interface conversion: interface {{}} is {found}, not {wanted}")]
    Kind {
        /// The Go type of the value there.
        found: &'static str,
        /// The Go type the path asks for.
        wanted: &'static str,
    },
    /// A value of `--set-json` is no JSON, in Go's words.
    #[error("{0}")]
    Json(String),
    /// A file of `--set-file` cannot be read.
    #[error("`{path}` cannot be read")]
    File {
        /// Its name.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The values that arguments are set in are no mapping.
    #[error("values must be a mapping")]
    NotAMapping,
    /// More than [`INDICES`] indices in a path; helm has no such limit.
    #[error("more than {INDICES} indices in one path")]
    TooManyIndices,
    /// More than [`ITEMS`] items added to lists; helm has no such limit.
    #[error("the lists get more than {ITEMS} items")]
    TooManyItems,
}

impl SetError {
    /// Returns what to do.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self.problem {
            Problem::NoValue { .. } | Problem::NoValueBeforeComma { .. } | Problem::EmptyMap { .. } => {
                "write `key=value`, separate pairs with a comma, and put a backslash before a comma or dot that belongs to the text"
            }
            Problem::Index { .. }
            | Problem::OpenIndex
            | Problem::NegativeIndex { .. }
            | Problem::LargeIndex { .. }
            | Problem::AfterIndex { .. } => "write items of lists as `list[0]`, and a bracket that belongs to the text as `\\[`",
            Problem::OpenList => "write lists as `{a,b}`, and a brace that begins a text as `\\{`",
            Problem::Kind { .. } => "the path leads into a value that is no map or list: set that value as a whole",
            Problem::Json(_) => "write `key={\"json\":1}`, or one whole JSON object; quote it from the shell",
            Problem::File { .. } => "write `key=path`; the path counts from the present directory",
            Problem::TooManyNames | Problem::TooManyIndices | Problem::TooManyItems => "put it into a values file",
            Problem::NotAMapping => "mend the values file",
        }
    }
}
