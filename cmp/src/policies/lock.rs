//! Lock: `tidegate-policies.lock`, which policies count and what their files must be.
//!
//! In: its text. Out: [`Lock`], and the text again.
//! Rules: strict, like the configuration it lies beside; entries in the order of names, so a change of one policy is a change of its
//! lines; the text is made, not edited.
//! Not here: the files themselves (`installed`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use engine::metadata::is_policy_name;
use serde::Deserialize;

use super::digest::Digest;

/// The file's name, beside the platform's configuration.
pub const FILE: &str = "tidegate-policies.lock";

/// The version of the format.
const API_VERSION: &str = "tidegate.dev/policy-lock/v1";

/// How the file begins.
const HEAD: &str = "\
# The policies that count, and what their files must be. Written by `tidegate policy install` and `tidegate policy lock`.
# Commit it, review it, do not edit it.
";

/// Longest name of a version, a target or a key, in characters.
const WORD_LIMIT_CHARACTERS: usize = 128;

/// The policies that count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// One for each policy, by name.
    pub entries: BTreeMap<String, Entry>,
}

/// What one policy's files must be.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The contract it was built for.
    pub contract: String,
    /// The component.
    pub wasm: Digest,
    /// Its settings in the configuration.
    pub settings: Digest,
    /// The engine that compiled it.
    pub wasmtime: String,
    /// The compiled forms, by target triple.
    pub compiled: BTreeMap<String, Digest>,
    /// The identifier of the key that signed the component, where one did.
    #[serde(default)]
    pub signature: Option<String>,
}

/// A lock file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// It is not UTF-8.
    #[error("it is not UTF-8")]
    NotUtf8(#[from] std::str::Utf8Error),
    /// It is not of this form.
    #[error("it does not read: {0}")]
    Form(String),
    /// A policy stands in it twice.
    #[error("`{0}` stands in it twice")]
    Twice(String),
    /// A name, version, target or key that is none.
    #[error("`{0}` can be no name of a policy, version, target or key")]
    Word(String),
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Written {
    api_version: String,
    policies: Vec<Entry>,
}

impl Lock {
    /// Returns what is written in a lock file.
    ///
    /// # Errors
    /// [`LockError`].
    pub fn read(text: &[u8]) -> Result<Self, LockError> {
        let form = |error: &serde_saphyr::Error| LockError::Form(error.to_string().lines().next().unwrap_or_default().to_owned());
        let written: Written = serde_saphyr::from_str(std::str::from_utf8(text)?).map_err(|error| form(&error))?;
        if written.api_version != API_VERSION {
            return Err(LockError::Form(format!("its apiVersion is not `{API_VERSION}`")));
        }
        let mut seen = BTreeSet::new();
        for entry in &written.policies {
            if !seen.insert(entry.name.clone()) {
                return Err(LockError::Twice(entry.name.clone()));
            }
            let words = [&entry.version, &entry.contract, &entry.wasmtime];
            let words = words.into_iter().chain(entry.compiled.keys()).chain(&entry.signature);
            if let Some(bad) = words.into_iter().find(|word| !is_word(word)) {
                return Err(LockError::Word(bad.clone()));
            }
            if !is_policy_name(&entry.name) {
                return Err(LockError::Word(entry.name.clone()));
            }
        }
        Ok(Self { entries: written.policies.into_iter().map(|entry| (entry.name.clone(), entry)).collect() })
    }

    /// Returns the text of the lock file.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{HEAD}apiVersion: {API_VERSION}\n");
        text.push_str(if self.entries.is_empty() { "policies: []\n" } else { "policies:\n" });
        text.push_str(&self.entries_text());
        text
    }

    /// Returns the lines of the entries.
    #[must_use]
    pub fn entries_text(&self) -> String {
        self.entries.values().map(Entry::text).collect()
    }
}

impl Entry {
    /// Words are quoted, for `1.0` is a number to a reader of YAML; what a word can hold needs no escape.
    fn text(&self) -> String {
        let Self { name, version, contract, wasm, settings, wasmtime, compiled, signature } = self;
        let mut text = format!(
            "  - name: {name}\n    version: \"{version}\"\n    contract: \"{contract}\"\n    wasm: {wasm}\n    settings: {settings}\n"
        );
        text.push_str(&format!("    wasmtime: \"{wasmtime}\"\n    compiled:{}\n", if compiled.is_empty() { " {}" } else { "" }));
        for (target, digest) in compiled {
            // A String takes all that is written to it.
            let _ = writeln!(text, "      {target}: {digest}");
        }
        if let Some(key) = signature {
            let _ = writeln!(text, "    signature: \"{key}\"");
        }
        text
    }
}

/// Whether a text can stand in the file between quotes, and as a part of a file's name.
pub(super) fn is_word(text: &str) -> bool {
    (1..=WORD_LIMIT_CHARACTERS).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-+:@/".contains(&byte))
        && !text.contains("..")
}

#[cfg(test)]
mod tests;
