//! Programs: what a translated pattern is compiled to.
//!
//! In: a translated pattern, and how the text is read. Out: what matches it.
//! Rules: a text of ASCII is read by bytes where the pattern can be: that costs a third of what characters cost, because a class that
//! holds more than ASCII needs tables and states for every form of UTF-8. Whether a pattern is too large never depends on the text.
//! Not here: the syntax (`translate`), what is kept (`compiled`).
//!
//! Both readings match the same in a text of ASCII. A negated class, `.` and an empty match take or stand between single bytes in both;
//! `\b` is that of ASCII in both; case is that of ASCII. What names characters beyond ASCII is read by characters: of such classes the
//! compiler makes nothing by bytes, and such a letter may match one of ASCII in another case.

use regex_automata::meta::{BuildError, Config, Regex};
use regex_automata::util::syntax;

use super::translate::{Literals, Translated};

/// Bytes a compiled pattern may take: those of charts take some thousands, and a template may compile one in every step.
pub(super) const PROGRAM_BYTES: usize = 1 << 18;
/// Bytes a search may keep to find its way faster: what `regex` takes.
const CACHE_BYTES: usize = 2 << 20;
/// Depth of nodes the compiler accepts: a group of [`super::translate::GROUPS`] makes several.
const NODES: u32 = 1000;

/// Bytes that the smallest program takes at most, read by characters.
const LEAST_BYTES: usize = 2 << 10;
/// Bytes that a byte of the pattern adds at most: `k` without its case (three letters, one of three bytes) takes 236.
const BYTE_BYTES: usize = 256;
/// Bytes that a class of nearly all characters adds at most: `.` takes 1000, one of ten ranges of two bytes 3500.
const WIDE_BYTES: usize = 4 << 10;
/// What may begin such a class. `\.` counts too.
const WIDE: [&str; 6] = [".", "[^", "[:^", "\\D", "\\W", "\\S"];

/// How a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reading {
    /// By bytes, each of them ASCII.
    Bytes,
    /// By characters of UTF-8.
    Characters,
}

impl Reading {
    /// Returns how a text can be read.
    pub(super) fn of(text: &str) -> Self {
        if text.is_ascii() { Self::Bytes } else { Self::Characters }
    }
}

/// Compiles a pattern, and returns the reading that it got: by characters where it cannot be read by bytes.
///
/// # Errors
/// Where the pattern is too large by characters, whatever the reading.
pub(super) fn compile(pattern: &str, translated: &Translated, reading: Reading) -> Result<(Regex, Reading), Box<BuildError>> {
    // A program by bytes is never larger, so where this bound holds nothing is accepted that characters would refuse.
    if reading == Reading::Bytes
        && translated.literals == Literals::Ascii
        && most_bytes(pattern, translated.weight) <= PROGRAM_BYTES
        && let Ok(regex) = build(&translated.pattern, Reading::Bytes, PROGRAM_BYTES)
    {
        return Ok((regex, Reading::Bytes));
    }
    Ok((build(&translated.pattern, Reading::Characters, PROGRAM_BYTES)?, Reading::Characters))
}

/// Returns how many bytes a pattern takes at most when it is read by characters. Holds for patterns that can be read by bytes.
fn most_bytes(pattern: &str, weight: u64) -> usize {
    let wide: usize = WIDE.iter().map(|part| pattern.matches(part).count()).sum();
    let once = LEAST_BYTES + pattern.len() * BYTE_BYTES + wide * WIDE_BYTES;
    // No part is written more often than the largest product of counts says.
    once.saturating_mul(usize::try_from(weight.max(1)).unwrap_or(usize::MAX))
}

fn build(translated: &str, reading: Reading, program_bytes: usize) -> Result<Regex, Box<BuildError>> {
    let characters = reading == Reading::Characters;
    let config = Config::new().nfa_size_limit(Some(program_bytes)).hybrid_cache_capacity(CACHE_BYTES).utf8_empty(characters);
    let syntax = syntax::Config::new().unicode(characters).utf8(characters).nest_limit(NODES);
    Ok(Regex::builder().configure(config).syntax(syntax).build(translated)?)
}

#[cfg(test)]
mod tests;
