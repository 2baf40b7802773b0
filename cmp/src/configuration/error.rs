//! What can be wrong with a configuration.

use serde_saphyr::Error as ReaderError;

use crate::nearest::nearest;

/// Why a configuration is refused. Places are in the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigurationError {
    /// The bytes are no text.
    #[error("the file is not UTF-8, from byte {offset} on")]
    NotUtf8 {
        /// Bytes that are fine.
        offset: usize,
        /// The decoder's account.
        #[source]
        error: std::str::Utf8Error,
    },
    /// A key that is not known.
    #[error("`{key}` is not known here")]
    UnknownKey {
        /// The key.
        key: String,
        /// The known key that resembles it most.
        nearest: Option<&'static str>,
        /// All known keys.
        known: Vec<&'static str>,
        /// Line and column from 1.
        at: (u64, u64),
    },
    /// A word where only certain words can stand.
    #[error("`{word}` is none of {}", known.join(", "))]
    UnknownWord {
        /// The word.
        word: String,
        /// The word that resembles it most.
        nearest: Option<&'static str>,
        /// The words.
        known: Vec<&'static str>,
        /// Line and column from 1.
        at: (u64, u64),
    },
    /// A key that must be there.
    #[error("`{key}` is missing")]
    MissingKey {
        /// The key.
        key: &'static str,
        /// Line and column from 1 of the mapping.
        at: (u64, u64),
    },
    /// Anything else the reader objects to.
    #[error("{problem}")]
    Syntax {
        /// The reader's words, of one line.
        problem: String,
        /// Line and column from 1, where they are known.
        at: Option<(u64, u64)>,
    },
    /// Two layers have one name.
    #[error("two layers are called `{name}`")]
    LayerTwice {
        /// The name.
        name: String,
    },
    /// Two rows of keys for one customer and class.
    #[error("`secrets.tenants` has two rows for one class of `{customer}`")]
    TenantTwice {
        /// The customer.
        customer: String,
    },
    /// Seeded randomness without an instant.
    #[error("`charts.randomness: seeded` needs `charts.now`")]
    SeededWithoutNow,
}

impl ConfigurationError {
    /// Returns what went wrong in the reader, as facts.
    pub(super) fn from_reader(error: &ReaderError) -> Self {
        let at = error.location().map(|location| (location.line(), location.column()));
        let place = at.unwrap_or((1, 1));
        match error.without_snippet() {
            ReaderError::SerdeUnknownField { field, expected, .. } => Self::UnknownKey {
                key: field.clone(),
                nearest: nearest(field, expected).copied(),
                known: expected.clone(),
                at: place,
            },
            ReaderError::SerdeUnknownVariant { variant, expected, .. } => Self::UnknownWord {
                word: variant.clone(),
                nearest: nearest(variant, expected).copied(),
                known: expected.clone(),
                at: place,
            },
            ReaderError::SerdeMissingField { field, .. } => Self::MissingKey { key: field, at: place },
            other => Self::Syntax { problem: problem(&other.to_string(), at), at },
        }
    }

    /// Returns line and column from 1, where the error has a place.
    #[must_use]
    pub fn at(&self) -> Option<(u64, u64)> {
        match self {
            Self::UnknownKey { at, .. } | Self::UnknownWord { at, .. } | Self::MissingKey { at, .. } => Some(*at),
            Self::Syntax { at, .. } => *at,
            Self::NotUtf8 { .. } | Self::LayerTwice { .. } | Self::TenantTwice { .. } | Self::SeededWithoutNow => None,
        }
    }

    /// Returns what to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::UnknownKey { nearest: Some(nearest), .. } | Self::UnknownWord { nearest: Some(nearest), .. } => {
                format!("did you mean `{nearest}`?")
            }
            Self::UnknownKey { known, .. } => format!("known are {}", known.join(", ")),
            Self::UnknownWord { .. } => "write one of them".to_owned(),
            Self::MissingKey { .. } => "add it".to_owned(),
            Self::NotUtf8 { .. } => "save the file as UTF-8".to_owned(),
            Self::Syntax { .. } => "the configuration is YAML 1.2".to_owned(),
            Self::LayerTwice { .. } => {
                "give each layer a name of its own; errors and `explain` speak of layers by name".to_owned()
            }
            Self::TenantTwice { .. } => "name all identities of a customer and class in one row".to_owned(),
            Self::SeededWithoutNow => {
                "say what the time is in charts, such as 2026-01-01T00:00:00Z: certificates begin then".to_owned()
            }
        }
    }
}

/// Returns the reader's words, of one line, without the place, which is told apart.
fn problem(words: &str, at: Option<(u64, u64)>) -> String {
    let first = words.lines().next().unwrap_or_default();
    let place = at.map(|(line, column)| format!(" at line {line}, column {column}")).unwrap_or_default();
    first.strip_suffix(&place).unwrap_or(first).to_owned()
}
