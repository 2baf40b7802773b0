//! What can be wrong with rendered documents.
//!
//! Rules: a message names template, line, object and field; no text of a document but what [`Label`] lets through.

use std::fmt;

use yaml::ReadError;

use super::Place;

/// How messages call an object; `<sealed>` stands for what came of sealed leaves.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// The kind.
    pub kind: String,
    /// The name.
    pub name: String,
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

/// Why rendered documents are no objects.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ValidateError {
    /// A line begins with `---`, but more than a comment follows.
    #[error("{at}: only a comment may follow `---` on its line")]
    Separator {
        /// Where.
        at: Place,
    },
    /// Not YAML as Argo CD reads it.
    #[error("{at}: {error}")]
    Syntax {
        /// Where.
        at: Place,
        /// What the reader says; it holds no values.
        error: ReadError,
    },
    /// The text is UTF-16, where a place could mean two things.
    #[error("{at}: the document is not UTF-8")]
    NotUtf8 {
        /// Where.
        at: Place,
    },
    /// Text stands after the end of a document, where Argo CD does not look.
    #[error("{at}: text after `...`, which ends the document")]
    AfterEnd {
        /// Where.
        at: Place,
    },
    /// An integer that would not survive being written again.
    #[error("{at}: an integer beyond 2^53 is written in another way than decimal")]
    Integer {
        /// Where.
        at: Place,
    },
    /// A document, or an item of a list, that is no mapping.
    #[error("{at}: {what} is no mapping")]
    NotAMapping {
        /// Where.
        at: Place,
        /// The document, or an item.
        what: &'static str,
    },
    /// `items: null`, which Argo CD drops in some objects and applies in others.
    #[error("{at}: an object with `items: null`")]
    NullItems {
        /// Where.
        at: Place,
    },
    /// A list in a list, which Argo CD hands on unopened.
    #[error("{at}: a list in a list")]
    NestedList {
        /// The inner one.
        at: Place,
    },
    /// A field that identifies an object is missing or wrong.
    #[error("{at}: `{pointer}` {rule}")]
    Identity {
        /// The object, or the field.
        at: Place,
        /// The field.
        pointer: &'static str,
        /// What it must be.
        rule: &'static str,
    },
    /// Two objects are one to the cluster.
    #[error("{at}: `{label}` is given twice")]
    Twice {
        /// The object.
        label: Label,
        /// The first.
        first: Place,
        /// The second.
        at: Place,
    },
    /// More objects than one application may have.
    #[error("more than {limit} objects")]
    TooMany {
        /// The most allowed.
        limit: usize,
    },
}

impl ValidateError {
    /// Returns the stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Separator { .. } => "validate.separator",
            Self::Syntax { .. } => "validate.syntax",
            Self::NotUtf8 { .. } => "validate.not-utf8",
            Self::AfterEnd { .. } => "validate.after-end",
            Self::Integer { .. } => "validate.integer",
            Self::NotAMapping { .. } => "validate.not-a-mapping",
            Self::NullItems { .. } => "validate.null-items",
            Self::NestedList { .. } => "validate.nested-list",
            Self::Identity { .. } => "validate.identity",
            Self::Twice { .. } => "validate.twice",
            Self::TooMany { .. } => "validate.too-many",
        }
    }

    /// Returns what to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Separator { .. } => "begin the document on the next line",
            Self::Syntax { .. } => "see what the template renders there: `tidegate render` prints it where it can be read at all",
            Self::NotUtf8 { .. } => "write the template in UTF-8",
            Self::AfterEnd { .. } => "divide documents by `---`",
            Self::Integer { .. } => "write it in decimal digits, or as a string",
            Self::NotAMapping { .. } => "every document is an object with `apiVersion`, `kind` and `metadata`",
            Self::NullItems { .. } => "write `items: []`, or leave the object out",
            Self::NestedList { .. } => "write the objects themselves, divided by `---`",
            Self::Identity { .. } => "mend the template; quote what must be a string",
            Self::Twice { .. } => "Argo CD would apply the last one only: give one of them another name",
            Self::TooMany { .. } => "split the application",
        }
    }

    /// Returns where it is, where it is at one place.
    #[must_use]
    pub fn at(&self) -> Option<&Place> {
        match self {
            Self::Separator { at }
            | Self::Syntax { at, .. }
            | Self::NotUtf8 { at }
            | Self::AfterEnd { at }
            | Self::Integer { at }
            | Self::NotAMapping { at, .. }
            | Self::NullItems { at }
            | Self::NestedList { at }
            | Self::Identity { at, .. }
            | Self::Twice { at, .. } => Some(at),
            Self::TooMany { .. } => None,
        }
    }
}
