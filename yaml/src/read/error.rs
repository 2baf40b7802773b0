//! What can be wrong with a text.
//!
//! Rules: a message names keys and tags, never the text of a scalar, which may be secret.

use std::fmt;

use crate::Position;

/// What kind of key no consumer can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// `null`, or nothing.
    Null,
    /// A boolean.
    Bool,
    /// A number.
    Number,
    /// A timestamp.
    Time,
    /// A mapping or a sequence.
    Collection,
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Bool => "a boolean",
            Self::Number => "a number",
            Self::Time => "a timestamp",
            Self::Collection => "a mapping or a sequence",
        })
    }
}

/// Why a text cannot be read. Messages hold no text of scalars but keys: the input may be secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The text is not YAML.
    #[error("{problem}")]
    Syntax {
        /// What the scanner says.
        problem: String,
        /// Where.
        at: Position,
    },
    /// The text has more bytes than allowed.
    #[error("the text has {bytes} bytes, more than {limit}")]
    TooLarge {
        /// Its bytes.
        bytes: usize,
        /// The most allowed.
        limit: usize,
        /// Its start.
        at: Position,
    },
    /// The text is not UTF-8 (nor UTF-16 with a byte order mark).
    #[error("the text is not UTF-8")]
    NotUtf8 {
        /// The first byte that belongs to no character.
        at: Position,
    },
    /// A character that YAML does not allow.
    #[error("the control character U+{code:04X} is not allowed")]
    ControlCharacter {
        /// The character's code.
        code: u32,
        /// Where.
        at: Position,
    },
    /// More documents than allowed.
    #[error("more than {limit} documents")]
    TooManyDocuments {
        /// The most allowed.
        limit: usize,
        /// The first too many.
        at: Position,
    },
    /// Nesting is deeper than allowed.
    #[error("nested deeper than {limit} levels")]
    TooDeep {
        /// The most allowed.
        limit: usize,
        /// The first node too deep.
        at: Position,
    },
    /// More nodes than allowed.
    #[error("more than {limit} values")]
    TooManyNodes {
        /// The most allowed.
        limit: usize,
        /// The first node too many.
        at: Position,
    },
    /// Aliases make too much of the document.
    #[error("aliases expand to more values than allowed")]
    AliasBomb {
        /// The node at which it was too much.
        at: Position,
    },
    /// An alias without an anchor before it.
    #[error("an alias names an anchor that is not there")]
    UnknownAnchor {
        /// The alias.
        at: Position,
    },
    /// An anchored node holds an alias of itself.
    #[error("an anchored value contains itself")]
    SelfReference {
        /// The alias.
        at: Position,
    },
    /// One mapping has a key twice.
    #[error("key `{key}` is given twice, first at {first}")]
    DuplicateKey {
        /// The key.
        key: String,
        /// Its first place.
        first: Position,
        /// Its second place.
        at: Position,
    },
    /// A key that is no string and cannot be made one.
    #[error("{kind} cannot be a key")]
    Key {
        /// What it is.
        kind: KeyKind,
        /// Where.
        at: Position,
    },
    /// What is merged by `<<` is no mapping.
    #[error("only mappings can be merged by `<<`")]
    Merge {
        /// Where.
        at: Position,
    },
    /// A scalar does not fit its tag.
    #[error("the value does not fit its tag {tag}")]
    Tag {
        /// The tag as people write it.
        tag: &'static str,
        /// Where.
        at: Position,
    },
    /// A number that JSON, and so Helm, has no word for.
    #[error("a number is not finite, which JSON cannot say")]
    NotFinite {
        /// Where.
        at: Position,
    },
    /// An integer that SOPS refuses.
    #[error("an integer is larger than 9223372036854775807")]
    IntegerRange {
        /// Where.
        at: Position,
    },
}

impl ReadError {
    /// Returns the place the error is about.
    #[must_use]
    pub fn at(&self) -> Position {
        match self {
            Self::Syntax { at, .. }
            | Self::TooLarge { at, .. }
            | Self::NotUtf8 { at }
            | Self::ControlCharacter { at, .. }
            | Self::TooManyDocuments { at, .. }
            | Self::TooDeep { at, .. }
            | Self::TooManyNodes { at, .. }
            | Self::AliasBomb { at }
            | Self::UnknownAnchor { at }
            | Self::SelfReference { at }
            | Self::DuplicateKey { at, .. }
            | Self::Key { at, .. }
            | Self::Merge { at }
            | Self::Tag { at, .. }
            | Self::NotFinite { at }
            | Self::IntegerRange { at } => *at,
        }
    }

    /// Returns the earlier place the error is also about: a repeated key's first.
    #[must_use]
    pub fn first(&self) -> Option<Position> {
        match self {
            Self::DuplicateKey { first, .. } => Some(*first),
            _ => None,
        }
    }
}
