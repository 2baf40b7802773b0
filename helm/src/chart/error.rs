//! What can be wrong with the files of a chart.
//!
//! Rules: paths are from the chart that is loaded, those of an archive continue with the paths within it.

use std::fmt;

use yaml::Position;

/// A kind of value in a chart's own files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A boolean.
    Boolean,
    /// A number.
    Number,
    /// A string.
    Text,
    /// A list.
    List,
    /// A mapping.
    Mapping,
}

impl fmt::Display for FieldKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::Text => "a string",
            Self::List => "a list",
            Self::Mapping => "a mapping",
        })
    }
}

/// Why files are no chart.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChartError {
    /// There is no `Chart.yaml`.
    #[error("`{path}` is missing")]
    NoChartYaml {
        /// Where it would be.
        path: String,
    },
    /// A file is not YAML.
    #[error("`{file}` cannot be read at {}", source.at())]
    Yaml {
        /// The file.
        file: String,
        /// What is wrong, and where.
        source: yaml::ReadError,
    },
    /// A document of `values.yaml` is something else than a mapping.
    #[error("the values in `{file}` at {at} are not a mapping")]
    ValuesAreNoMapping {
        /// The file.
        file: String,
        /// Where the document begins.
        at: Position,
    },
    /// A field has the wrong kind of value.
    #[error("{} in `{file}` at {at} must be {wanted}, not {found}", named(field))]
    Field {
        /// The file.
        file: String,
        /// Where the value is written.
        at: Position,
        /// The field, from the root of the file; empty for the whole document.
        field: String,
        /// What it takes.
        wanted: FieldKind,
        /// What it holds.
        found: FieldKind,
    },
    /// A field that every chart needs is missing or empty.
    #[error("`{field}` is missing in `{file}`")]
    Missing {
        /// The file.
        file: String,
        /// The field.
        field: &'static str,
    },
    /// A field has a value Helm does not accept.
    #[error("{field} `{value}` in `{file}` is not valid")]
    Invalid {
        /// The file.
        file: String,
        /// The field.
        field: &'static str,
        /// Its value.
        value: String,
    },
    /// A list holds nothing where an entry is expected.
    #[error("`{field}` in `{file}` has an empty entry")]
    EmptyEntry {
        /// The file.
        file: String,
        /// The list.
        field: &'static str,
    },
    /// Two dependencies have one name or alias.
    #[error("more than one dependency in `{file}` has the name or alias `{name}`")]
    RepeatedDependency {
        /// The file.
        file: String,
        /// The name.
        name: String,
    },
    /// A line of `.helmignore` is no pattern.
    #[error("line {line} of `.helmignore` is not a pattern: {problem}")]
    Ignore {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// `.helmignore` holds too many rules.
    #[error("`.helmignore` has more than {limit} rules")]
    TooManyRules {
        /// The most allowed.
        limit: usize,
    },
    /// One file is too large.
    #[error("`{path}` has more than {limit} bytes")]
    FileTooLarge {
        /// The file.
        path: String,
        /// The most allowed.
        limit: usize,
    },
    /// All files together are too large.
    #[error("the files of the chart have more than {limit} bytes together")]
    TooLarge {
        /// The most allowed.
        limit: usize,
    },
    /// There are too many files.
    #[error("the chart has more than {limit} files")]
    TooManyFiles {
        /// The most allowed.
        limit: usize,
    },
    /// Charts nest too deep.
    #[error("`{path}` lies deeper than {limit} charts")]
    TooDeep {
        /// The chart.
        path: String,
        /// The most allowed.
        limit: usize,
    },
    /// A directory has the name of an archive.
    #[error("`{path}` is a directory, but its name is that of an archive")]
    ArchiveIsADirectory {
        /// The directory.
        path: String,
    },
    /// An archive cannot be unpacked.
    #[error("the archive `{path}` cannot be read: {problem}")]
    Archive {
        /// The archive; empty for the one the caller gave.
        path: String,
        /// What the reader says.
        problem: String,
    },
    /// An archive has an entry that must not be unpacked.
    #[error("the archive `{path}` has an entry `{entry}` that {problem}")]
    Entry {
        /// The archive; empty for the one the caller gave.
        path: String,
        /// The entry's name.
        entry: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

fn named(field: &str) -> String {
    if field.is_empty() { "the document".to_owned() } else { format!("`{field}`") }
}

impl ChartError {
    /// Returns what to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoChartYaml { .. } => Some("a chart is a directory with a Chart.yaml; check the path"),
            Self::Missing { .. } => Some("every Chart.yaml needs apiVersion, name and version"),
            Self::Field { wanted: FieldKind::Text, .. } => Some("quote the value"),
            Self::Ignore { .. } => Some("`**` and regular expressions are not part of `.helmignore`"),
            Self::TooLarge { .. } | Self::TooManyFiles { .. } | Self::FileTooLarge { .. } => {
                Some("list what is not part of the chart in `.helmignore`")
            }
            Self::Archive { .. } | Self::Entry { .. } => Some("pack the chart again with `helm package`"),
            _ => None,
        }
    }
}
