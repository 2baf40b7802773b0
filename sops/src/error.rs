//! Why a sealed file does not open.
//!
//! Rules: a message names the place, the path of keys and public recipients; it never holds a value, opened or not.
//! Not here: the file's name (the caller knows it) and how a diagnostic is printed.

use yaml::{Position, Span};

use crate::metadata::Recipient;
use crate::sealed::{Kind, Malformed};
use crate::selector::RegexProblem;

/// Why a sealed file does not open. Keys of maps are shown: SOPS leaves them clear.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The text is not YAML, or beyond a limit of the reader.
    #[error("sealed file cannot be read")]
    Read(#[from] yaml::ReadError),
    /// There is no `sops` key.
    #[error("file is not sealed: it has no `sops` metadata")]
    NotSealed {
        /// The file's root.
        at: Span,
    },
    /// The root is a list or a scalar.
    #[error("root of the sealed file is not a map")]
    RootNotMap {
        /// The root.
        at: Span,
    },
    /// SOPS binds the documents of a file together only by their values.
    #[error("sealed file holds {count} documents; only one is allowed")]
    SeveralDocuments {
        /// How many.
        count: usize,
        /// The second one.
        at: Span,
    },
    /// A field of the metadata is missing or wrong.
    #[error("`{field}` of the metadata {problem}")]
    Metadata {
        /// Its name.
        field: String,
        /// What is wrong.
        problem: &'static str,
        /// Where.
        at: Span,
    },
    /// The metadata holds no MAC, so nothing proves that the file is whole.
    #[error("metadata holds no `mac`")]
    NoMac {
        /// The metadata.
        at: Span,
    },
    /// Two selectors, of which SOPS allows one.
    #[error("the metadata names two selectors, `{first}` and `{second}`")]
    Selectors {
        /// One.
        first: &'static str,
        /// The other.
        second: &'static str,
        /// The other's place.
        at: Span,
    },
    /// A selector's regular expression that cannot be followed; SOPS would silently match nothing.
    #[error("`{field}` of the metadata is not a regular expression that can be followed")]
    SelectorRegex {
        /// Which selector.
        field: &'static str,
        /// Where.
        at: Span,
        /// What is wrong with it.
        #[source]
        source: RegexProblem,
    },
    /// Values selected by comments: SOPS itself attributes comments unreliably.
    #[error("`{field}` selects values by comments, which is not supported")]
    CommentSelector {
        /// Which selector.
        field: &'static str,
        /// Where.
        at: Span,
    },
    /// No identity that is held opens the data key.
    #[error("no key that is held opens the file: it is sealed for {}; held: {}", listed(recipients), listed(held))]
    NoIdentity {
        /// Who could open it.
        recipients: Vec<Recipient>,
        /// The public parts of what is held.
        held: Vec<String>,
        /// The metadata.
        at: Span,
    },
    /// The data key is split, and too few of its parts open.
    #[error(
        "{opened} of the {needed} key groups needed open: the file is sealed for {}; held: {}",
        listed(recipients),
        listed(held)
    )]
    TooFewGroups {
        /// Groups that opened.
        opened: usize,
        /// Groups that must.
        needed: usize,
        /// Who could open one.
        recipients: Vec<Recipient>,
        /// The public parts of what is held.
        held: Vec<String>,
        /// The metadata.
        at: Span,
    },
    /// The data key is sealed for a key that is held, and does not open with it.
    #[error("data key for `{recipient}` is damaged, or was not sealed for that key")]
    DataKey {
        /// For whom it is.
        recipient: Recipient,
        /// Where.
        at: Span,
        /// What the age library says.
        #[source]
        source: age::DecryptError,
    },
    /// What opened is no data key, or parts that do not fit.
    #[error("data key has the wrong length, or its parts do not fit together")]
    DataKeyShape {
        /// The metadata.
        at: Span,
    },
    /// More keys than any file has.
    #[error("metadata has more than {limit} {what}")]
    DataKeyLimit {
        /// Of what.
        what: &'static str,
        /// How many are allowed.
        limit: usize,
        /// Where.
        at: Span,
    },
    /// More sealed values than allowed.
    #[error("file has more than {limit} sealed values")]
    SealedLeafLimit {
        /// How many are allowed.
        limit: usize,
        /// The first beyond.
        at: Span,
    },
    /// Aliases that make the file larger than any file may be.
    #[error("keys and values have more than {limit} bytes, aliases expanded")]
    ExpandedLimit {
        /// How many are allowed.
        limit: usize,
        /// The first text beyond.
        at: Span,
    },
    /// Keys so long or so deep that no values file has them.
    #[error("keys on the way to a value have more than {limit} bytes")]
    PathLimit {
        /// How many are allowed.
        limit: usize,
        /// The key that is too much.
        at: Span,
    },
    /// The selector says that this value is sealed, and it is not.
    #[error("`{path}` stands in the clear, but the file's selector says it is sealed")]
    ClearWhereSealed {
        /// Which value.
        path: String,
        /// Where.
        at: Span,
    },
    /// The selector says that this value is clear, and it is sealed.
    #[error("`{path}` is sealed, but the file's selector says it is clear")]
    SealedWhereClear {
        /// Which value.
        path: String,
        /// Where.
        at: Span,
    },
    /// A sealed value that cannot be read.
    #[error("`{path}` is not a sealed value: {problem}")]
    Malformed {
        /// Which value.
        path: String,
        /// What is wrong.
        problem: Malformed,
        /// Where.
        at: Span,
    },
    /// A sealed value that was changed, moved, or sealed with another data key.
    #[error("`{path}` was changed after it was sealed, or belongs to another place or file")]
    Tampered {
        /// Which value.
        path: String,
        /// Where.
        at: Span,
    },
    /// A sealed value whose declared type does not fit it.
    #[error("`{path}` is declared as `{kind}`, which its value is not")]
    WrongKind {
        /// Which value.
        path: String,
        /// The type the file declares.
        kind: Kind,
        /// Where.
        at: Span,
    },
    /// A float that Helm cannot read.
    #[error("`{path}` is infinite or not a number, which Helm cannot read")]
    NotFinite {
        /// Which value.
        path: String,
        /// Where.
        at: Span,
    },
    /// A comment, which SOPS stores as an item of a list, stands where a value belongs.
    #[error("`{path}` is a comment, not a value")]
    CommentAsValue {
        /// Which value.
        path: String,
        /// Where.
        at: Span,
    },
    /// The values do not add up to the MAC: something was added, removed, moved or changed after sealing.
    #[error("values do not match the file's MAC: {}", clear_note(*clear))]
    MacMismatch {
        /// How many values stand in the clear.
        clear: usize,
        /// The MAC.
        at: Span,
    },
    /// The MAC itself is not readable or not authentic.
    #[error("the file's MAC was changed, or belongs to another time or file")]
    MacTampered {
        /// The MAC.
        at: Span,
    },
    /// A merge key with something that cannot be merged.
    #[error("`<<` holds something that is neither a map nor a list of maps")]
    MergeNotMap {
        /// Where.
        at: Span,
    },
    /// Something the MAC does not cover, so that anyone could have put it there.
    #[error("`{path}` is {what}, which the MAC does not protect")]
    Unprotected {
        /// Which value.
        path: String,
        /// What it is.
        what: Unprotected,
        /// Where.
        at: Span,
    },
    /// The MAC covers sealed values only, so clear ones could be anybody's.
    #[error("`mac_only_encrypted` leaves the file's clear values unprotected")]
    MacOnlyEncrypted {
        /// Where.
        at: Span,
    },
}

/// What SOPS does not authenticate: a person without any key can add, remove or reshape it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unprotected {
    /// Null: Helm deletes a chart's default with it.
    #[error("null")]
    Null,
    /// A map without entries.
    #[error("an empty map")]
    EmptyMap,
    /// A list without items.
    #[error("an empty list")]
    EmptyList,
    /// An empty text where values are sealed; SOPS leaves it as it is.
    #[error("an empty text among sealed values")]
    EmptyText,
    /// A key with a colon: `a:b` and `b` in `a` are authenticated alike.
    #[error("a key with a colon")]
    ColonInKey,
}

/// Recipients that one message names; the rest is counted.
const LISTED: usize = 6;

fn listed(names: &[impl std::fmt::Display]) -> String {
    let mut shown: Vec<String> = names.iter().take(LISTED).map(|name| format!("`{name}`")).collect();
    if names.len() > LISTED {
        shown.push(format!("{} more", names.len() - LISTED));
    }
    if shown.is_empty() { "nothing".to_owned() } else { shown.join(", ") }
}

fn clear_note(clear: usize) -> String {
    match clear {
        0 => "one was added, removed or moved after sealing".to_owned(),
        1 => "one was added, removed, moved, or its one clear value was edited, after sealing".to_owned(),
        _ => format!("one was added, removed, moved, or one of its {clear} clear values was edited, after sealing"),
    }
}

impl OpenError {
    /// Returns the place in the sealed file that the error is about.
    #[must_use]
    pub fn at(&self) -> Position {
        match self {
            Self::Read(error) => error.at(),
            Self::NotSealed { at }
            | Self::RootNotMap { at }
            | Self::SeveralDocuments { at, .. }
            | Self::Metadata { at, .. }
            | Self::NoMac { at }
            | Self::Selectors { at, .. }
            | Self::SelectorRegex { at, .. }
            | Self::CommentSelector { at, .. }
            | Self::NoIdentity { at, .. }
            | Self::TooFewGroups { at, .. }
            | Self::DataKey { at, .. }
            | Self::DataKeyShape { at }
            | Self::DataKeyLimit { at, .. }
            | Self::SealedLeafLimit { at, .. }
            | Self::PathLimit { at, .. }
            | Self::ExpandedLimit { at, .. }
            | Self::ClearWhereSealed { at, .. }
            | Self::SealedWhereClear { at, .. }
            | Self::Malformed { at, .. }
            | Self::Tampered { at, .. }
            | Self::WrongKind { at, .. }
            | Self::NotFinite { at, .. }
            | Self::CommentAsValue { at, .. }
            | Self::MacMismatch { at, .. }
            | Self::MacTampered { at }
            | Self::MergeNotMap { at }
            | Self::Unprotected { at, .. }
            | Self::MacOnlyEncrypted { at } => at.start,
        }
    }

    /// Returns the name of the rule, for machines; it stays when wording changes.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read(_) => "syntax",
            Self::NotSealed { .. } => "not-sealed",
            Self::RootNotMap { .. } => "root-not-map",
            Self::SeveralDocuments { .. } => "several-documents",
            Self::Metadata { .. } => "metadata",
            Self::NoMac { .. } => "no-mac",
            Self::Selectors { .. } => "two-selectors",
            Self::SelectorRegex { .. } => "selector-regex",
            Self::CommentSelector { .. } => "comment-selector",
            Self::NoIdentity { .. } => "no-identity",
            Self::TooFewGroups { .. } => "too-few-groups",
            Self::DataKey { .. } | Self::DataKeyShape { .. } => "data-key",
            Self::DataKeyLimit { .. } | Self::SealedLeafLimit { .. } | Self::PathLimit { .. } | Self::ExpandedLimit { .. } => {
                "limit"
            }
            Self::ClearWhereSealed { .. } => "clear-where-sealed",
            Self::SealedWhereClear { .. } => "sealed-where-clear",
            Self::Malformed { .. } => "malformed",
            Self::Tampered { .. } => "tampered",
            Self::WrongKind { .. } => "wrong-kind",
            Self::NotFinite { .. } => "not-finite",
            Self::CommentAsValue { .. } => "comment-as-value",
            Self::MacMismatch { .. } => "mac-mismatch",
            Self::MacTampered { .. } => "mac-tampered",
            Self::MergeNotMap { .. } => "merge-not-map",
            Self::Unprotected { .. } => "unprotected",
            Self::MacOnlyEncrypted { .. } => "mac-only-encrypted",
        }
    }

    /// Returns what to do next.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoIdentity { recipients, .. } | Self::TooFewGroups { recipients, .. }
                if !recipients.iter().any(Recipient::can_be_held) =>
            {
                "only age (X25519) and ssh-ed25519 keys open files here: have a recipient add one and run `sops updatekeys` on the file"
            }
            Self::NoIdentity { .. } | Self::TooFewGroups { .. } => {
                "configure the identity of one of the recipients, or have one of them add yours and run `sops updatekeys` on the file"
            }
            Self::Tampered { .. }
            | Self::MacMismatch { .. }
            | Self::MacTampered { .. }
            | Self::DataKey { .. }
            | Self::DataKeyShape { .. } => {
                "take the file from the last commit that opens, and change it only with `sops edit`; a merge conflict in it is solved by sealing anew"
            }
            Self::NotSealed { .. } => "seal it with `sops encrypt --in-place`, or name it as an unsealed layer",
            Self::ClearWhereSealed { .. } | Self::SealedWhereClear { .. } => {
                "change values with `sops edit`, and selectors by sealing anew"
            }
            Self::Unprotected { .. } | Self::MacOnlyEncrypted { .. } => {
                "move what is not secret to an unsealed layer; anyone who can write the file could have put this here"
            }
            Self::SeveralDocuments { .. } => "seal one document per file",
            Self::Selectors { .. } | Self::SelectorRegex { .. } | Self::CommentSelector { .. } => {
                "seal anew with one suffix or a plain regular expression as selector"
            }
            Self::NoMac { .. } => "seal the file anew; a `sops` key of your own needs another name",
            Self::Metadata { .. }
            | Self::Malformed { .. }
            | Self::WrongKind { .. }
            | Self::CommentAsValue { .. }
            | Self::MergeNotMap { .. } => "the file was edited by hand, or merged; take it from the last commit that opens",
            Self::Read(_) | Self::RootNotMap { .. } => "a sealed file is one YAML map",
            Self::NotFinite { .. } => "seal it as a text",
            Self::DataKeyLimit { .. } | Self::SealedLeafLimit { .. } | Self::PathLimit { .. } | Self::ExpandedLimit { .. } => {
                "split the file into several layers"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LISTED, OpenError, listed};
    use yaml::Span;

    /// Long lists are counted, empty ones are said to be empty.
    #[test]
    fn lists_of_recipients_stay_short() {
        let check = |count: usize, expected: &str| assert_eq!(listed(&vec!["age1x"; count]), expected);
        check(0, "nothing");
        check(2, "`age1x`, `age1x`");
        check(LISTED, &["`age1x`"; LISTED].join(", "));
        check(LISTED + 2, &format!("{}, 2 more", ["`age1x`"; LISTED].join(", ")));
    }

    /// The message of a MAC mismatch tells whether an edited clear value can be the reason.
    #[test]
    fn mac_mismatch_counts_clear_values() {
        let check = |clear: usize, expected: &str| {
            let error = OpenError::MacMismatch { clear, at: Span::default() };
            assert_eq!(error.to_string(), format!("values do not match the file's MAC: {expected}"));
        };
        check(0, "one was added, removed or moved after sealing");
        check(3, "one was added, removed, moved, or one of its 3 clear values was edited, after sealing");
    }
}
