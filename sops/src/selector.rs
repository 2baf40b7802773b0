//! The selector: which values of a file its writer meant to seal.
//!
//! Rules: a file has one selector, `unencrypted_suffix: _unencrypted` when it names none; one matching key on the way to a
//! value decides for everything below it; a regular expression that cannot be read is an error (SOPS takes it as "no match").
//! Not here: whether a value that should be sealed is (`open`).

mod go_regex;

pub use go_regex::RegexProblem;

use regex::bytes::Regex;

/// The suffix that keeps a key clear in a file whose metadata names no selector.
///
/// # Source
/// SOPS `sops.go`, `DefaultUnencryptedSuffix`.
pub(crate) const DEFAULT_UNENCRYPTED_SUFFIX: &str = "_unencrypted";

/// Says of every key whether values below it are sealed.
#[derive(Clone, Debug)]
pub(crate) struct Selector {
    matched: Matched,
    pattern: Pattern,
}

/// What a match means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Matched {
    /// Values below a matching key are sealed, all others clear.
    Sealed,
    /// Values below a matching key are clear, all others sealed.
    Clear,
}

#[derive(Clone, Debug)]
enum Pattern {
    Suffix(String),
    Regex(Regex),
}

impl Selector {
    /// Returns the selector of a suffix.
    pub(crate) fn suffix(matched: Matched, suffix: &str) -> Self {
        Self { matched, pattern: Pattern::Suffix(suffix.to_owned()) }
    }

    /// Returns the selector of a regular expression in Go's syntax.
    ///
    /// # Errors
    /// [`RegexProblem`] where Go would not read it, or where it cannot be read to the same meaning.
    pub(crate) fn regex(matched: Matched, pattern: &str) -> Result<Self, RegexProblem> {
        Ok(Self { matched, pattern: Pattern::Regex(go_regex::compile(pattern)?) })
    }

    /// Says whether one key matches.
    ///
    /// # Source
    /// SOPS `sops.go`, `shouldBeEncrypted`.
    pub(crate) fn matches(&self, key: &str) -> bool {
        match &self.pattern {
            Pattern::Suffix(suffix) => key.ends_with(suffix),
            Pattern::Regex(regex) => regex.is_match(key.as_bytes()),
        }
    }

    /// Says whether values are sealed, by whether a key on the way to them matched.
    pub(crate) fn seals(&self, any_key_matched: bool) -> bool {
        any_key_matched == (self.matched == Matched::Sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::{Matched, Selector};

    #[track_caller]
    fn check(selector: &Selector, path: &[&str], expected: bool) {
        let sealed = selector.seals(path.iter().any(|key| selector.matches(key)));
        assert_eq!(sealed, expected, "{path:?}");
    }

    /// One matching key on the way decides, wherever it stands.
    #[test]
    fn any_matching_key_decides() {
        let clear_suffix = Selector::suffix(Matched::Clear, "_unencrypted");
        check(&clear_suffix, &["a", "b"], true);
        check(&clear_suffix, &["a_unencrypted", "b"], false);
        check(&clear_suffix, &["a", "b_unencrypted"], false);
        check(&clear_suffix, &["_unencrypted_a"], true);
        let sealed_suffix = Selector::suffix(Matched::Sealed, "_secret");
        check(&sealed_suffix, &["a"], false);
        check(&sealed_suffix, &["a_secret", "b", "c"], true);
        let sealed_regex = Selector::regex(Matched::Sealed, "^(data|stringData)$").unwrap();
        check(&sealed_regex, &["metadata"], false);
        check(&sealed_regex, &["data", "x"], true);
        let clear_regex = Selector::regex(Matched::Clear, "ublic").unwrap();
        check(&clear_regex, &["public"], false);
        check(&clear_regex, &["private"], true);
    }
}
