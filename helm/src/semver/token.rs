//! The lexical form of a version: numbers or wildcards, pre-release, metadata.
//!
//! # Source
//! Masterminds/semver `version.go`, `looseSemVerRegex`; `constraints.go`, `cvRegex`.

/// A version as written at the start of a text.
#[derive(Debug)]
pub(super) struct Token<'a> {
    /// Bytes it takes.
    pub(super) len: usize,
    /// The numbers (in constraints also wildcards), the first always present.
    pub(super) numbers: [Option<&'a str>; 3],
    /// The pre-release without `-`.
    pub(super) prerelease: &'a str,
    /// The metadata without `+`.
    pub(super) metadata: &'a str,
}

impl<'a> Token<'a> {
    /// Reads a version from the start of `text`.
    pub(super) fn version(text: &'a [u8]) -> Option<Self> {
        Self::read(text, |byte| byte.is_ascii_digit())
    }

    /// Reads a version with wildcards from the start of `text`.
    pub(super) fn pattern(text: &'a [u8]) -> Option<Self> {
        // The bar is in upstream's character class, surely by mistake: `1|2` is a token and fails later, with another message.
        Self::read(text, |byte| byte.is_ascii_digit() || matches!(byte, b'x' | b'X' | b'*' | b'|'))
    }

    fn read(text: &'a [u8], number: fn(u8) -> bool) -> Option<Self> {
        let mut at = usize::from(text.first() == Some(&b'v'));
        let first = run(text, at, number)?;
        at += first.len();
        let mut numbers = [Some(first), None, None];
        for slot in numbers.iter_mut().skip(1) {
            let Some(digits) = after(text, at, b'.').and_then(|start| run(text, start, number)) else { break };
            at += 1 + digits.len();
            *slot = Some(digits);
        }
        let mut suffix = |sign: u8| match after(text, at, sign).and_then(|start| identifiers(text, start)) {
            Some(found) => {
                at += 1 + found.len();
                found
            }
            None => "",
        };
        let (prerelease, metadata) = (suffix(b'-'), suffix(b'+'));
        Some(Self { len: at, numbers, prerelease, metadata })
    }
}

/// Returns the place behind `sign`, if it stands at `at`.
fn after(text: &[u8], at: usize, sign: u8) -> Option<usize> {
    (text.get(at) == Some(&sign)).then_some(at + 1)
}

/// Returns the bytes from `start` for which `class` holds, at least one.
fn run(text: &[u8], start: usize, class: fn(u8) -> bool) -> Option<&str> {
    let rest = text.get(start..)?;
    let len = rest.iter().take_while(|byte| class(**byte)).count();
    rest.get(..len).filter(|found| !found.is_empty()).and_then(|found| std::str::from_utf8(found).ok())
}

/// Returns identifiers joined by dots.
fn identifiers(text: &[u8], start: usize) -> Option<&str> {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let mut end = start + run(text, start, word)?.len();
    while let Some(part) = after(text, end, b'.').and_then(|next| run(text, next, word)) {
        end += 1 + part.len();
    }
    text.get(start..end).and_then(|found| std::str::from_utf8(found).ok())
}
