//! What can be wrong with a file of waivers.

use crate::diagnostic::{Code, Diagnostic, Place};

/// One thing wrong with a file of waivers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WaiverError {
    /// The reader of YAML objects.
    #[error("{problem}")]
    Syntax {
        /// Its words.
        problem: String,
        /// Where.
        at: Place,
    },
    /// Something is not what belongs there.
    #[error("`{what}` must be {wanted}")]
    Shape {
        /// What is meant.
        what: String,
        /// What it must be.
        wanted: &'static str,
        /// Where.
        at: Place,
    },
    /// A key that is not known.
    #[error("`{key}` is not known here")]
    UnknownKey {
        /// The key.
        key: String,
        /// What to do.
        hint: String,
        /// Where.
        at: Place,
    },
    /// A key that must be there.
    #[error("`{key}` is missing")]
    Missing {
        /// The key.
        key: &'static str,
        /// The mapping that lacks it.
        at: Place,
    },
    /// A rule that is none.
    #[error("{message}")]
    Rule {
        /// What is wrong with it.
        message: String,
        /// What to do.
        hint: String,
        /// Where.
        at: Place,
    },
    /// A rule that nobody may waive.
    #[error("`{rule}` is absolute: nobody may waive it")]
    Absolute {
        /// The rule.
        rule: String,
        /// Where.
        at: Place,
    },
    /// It ends before it begins.
    #[error("the waiver expires on {expires}, before it was created on {created}")]
    EndsFirst {
        /// Its first day.
        created: String,
        /// Its last day.
        expires: String,
        /// Where.
        at: Place,
    },
    /// It lives too long.
    #[error("the waiver lives {days} days; the configuration allows {maximum}")]
    TooLong {
        /// From its first day to its last.
        days: i32,
        /// `waivers.maximumDays`.
        maximum: u32,
        /// The last day that it may have.
        latest: String,
        /// Where.
        at: Place,
    },
    /// More waivers than anybody looks through.
    #[error("the file has {count} waivers; {limit} are the most that are read")]
    TooMany {
        /// How many.
        count: usize,
        /// The limit.
        limit: usize,
        /// Where.
        at: Place,
    },
}

impl WaiverError {
    /// Returns its place.
    #[must_use]
    pub fn at(&self) -> &Place {
        match self {
            Self::Syntax { at, .. }
            | Self::Shape { at, .. }
            | Self::UnknownKey { at, .. }
            | Self::Missing { at, .. }
            | Self::Rule { at, .. }
            | Self::Absolute { at, .. }
            | Self::EndsFirst { at, .. }
            | Self::TooLong { at, .. }
            | Self::TooMany { at, .. } => at,
        }
    }

    /// Returns what to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Syntax { .. } => "the file is YAML, of the form that docs/waivers.md shows".to_owned(),
            Self::Shape { .. } => "docs/waivers.md shows a whole file".to_owned(),
            Self::UnknownKey { hint, .. } | Self::Rule { hint, .. } => hint.clone(),
            Self::Missing { .. } => "add it".to_owned(),
            Self::Absolute { .. } => "remove the waiver, and mend what the rule denies".to_owned(),
            Self::EndsFirst { .. } => "write the day on which it was granted, then the last on which it counts".to_owned(),
            Self::TooLong { latest, .. } => format!("let it expire on {latest} at the latest, and renew it then"),
            Self::TooMany { .. } => "remove those that are no longer needed; `tidegate check --all` names them".to_owned(),
        }
    }
}

impl From<&WaiverError> for Diagnostic {
    fn from(error: &WaiverError) -> Self {
        Self::error(Code::WAIVERS_INVALID, error.to_string()).at(error.at().clone()).hint(error.hint())
    }
}
