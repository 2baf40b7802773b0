//! What replaces a match: text with `$1`, `${name}` and `$$`.
//!
//! In: the template. Out: its parts. Rules: a name is as long as letters, digits and `_` go; a `$` before anything else is text.
//!
//! # Source
//! Go `regexp/regexp.go`, `expand`, `extract`.

use regex_automata::util::captures::Captures;
use unicode_general_category::{GeneralCategory, get_general_category};

use crate::value::Text;

/// The group number beyond which Go takes digits for a name.
const NUMBERS: usize = 100_000_000;

/// A part of a template.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Text as it is.
    Literal(Vec<u8>),
    /// What the group of this number matched.
    Number(usize),
    /// What the first group of this name that matched anything matched.
    Name(String),
}

impl Part {
    /// Returns what stands for the part in a replacement of a match in `text`; nothing for a group that is unknown or matched nothing.
    pub(super) fn value<'v>(&'v self, names: &[Option<String>], captures: &Captures, text: &'v str) -> &'v [u8] {
        let group = |index: usize| text.as_bytes().get(captures.get_group(index)?.range());
        match self {
            Self::Literal(bytes) => bytes,
            Self::Number(number) => group(*number).unwrap_or_default(),
            Self::Name(name) => {
                let named = names.iter().enumerate().filter(|(_, known)| known.as_ref() == Some(name));
                named.filter_map(|(index, _)| group(index)).next().unwrap_or_default()
            }
        }
    }
}

/// Reads a template.
pub(super) fn parse(template: &Text) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = template.as_bytes();
    let mut literal = Vec::new();
    while let Some(place) = rest.iter().position(|byte| *byte == b'$') {
        let (before, after) = (rest.get(..place).unwrap_or(&[]), rest.get(place + 1..).unwrap_or(&[]));
        literal.extend_from_slice(before);
        rest = after;
        if let Some(after) = rest.strip_prefix(b"$") {
            literal.push(b'$');
            rest = after;
        } else if let Some((part, after)) = reference(rest) {
            parts.push(Part::Literal(std::mem::take(&mut literal)));
            parts.push(part);
            rest = after;
        } else {
            literal.push(b'$');
        }
    }
    literal.extend_from_slice(rest);
    parts.push(Part::Literal(literal));
    parts
}

/// Reads what follows a `$`.
fn reference(text: &[u8]) -> Option<(Part, &[u8])> {
    let (braced, inner) = text.strip_prefix(b"{").map_or((false, text), |inner| (true, inner));
    let name: String = inner.utf8_chunks().next()?.valid().chars().take_while(|character| is_word(*character)).collect();
    let rest = inner.get(name.len()..)?;
    let rest = if braced { rest.strip_prefix(b"}")? } else { rest };
    if name.is_empty() {
        return None;
    }
    let digits = name.bytes().all(|byte| byte.is_ascii_digit()) && (name.len() == 1 || !name.starts_with('0'));
    // Go gives up on a digit that comes after its bound.
    match name.parse::<usize>() {
        Ok(number) if digits && number / 10 < NUMBERS => Some((Part::Number(number), rest)),
        _ => Some((Part::Name(name), rest)),
    }
}

fn is_word(character: char) -> bool {
    use GeneralCategory::{DecimalNumber, LowercaseLetter, ModifierLetter, OtherLetter, TitlecaseLetter, UppercaseLetter};
    character == '_'
        || matches!(
            get_general_category(character),
            DecimalNumber | LowercaseLetter | ModifierLetter | OtherLetter | TitlecaseLetter | UppercaseLetter
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, expected: &[Part]) {
        let parts: Vec<Part> =
            parse(&Text::from(template)).into_iter().filter(|part| *part != Part::Literal(Vec::new())).collect();
        assert_eq!(parts, expected, "{template}");
    }

    fn literal(text: &str) -> Part {
        Part::Literal(text.as_bytes().to_vec())
    }

    fn name(text: &str) -> Part {
        Part::Name(text.to_owned())
    }

    // The longest name wins; braces end it earlier.
    #[test]
    fn names_and_numbers() {
        check("$1", &[Part::Number(1)]);
        check("$1x", &[name("1x")]);
        check("${1}x", &[Part::Number(1), literal("x")]);
        check("$1-$0", &[Part::Number(1), literal("-"), Part::Number(0)]);
        check("$Größe.", &[name("Größe"), literal(".")]);
        check("$01", &[name("01")]);
        check("$999999999", &[Part::Number(999_999_999)]);
        check("$1000000000", &[name("1000000000")]);
    }

    // What is no reference stays as it is.
    #[test]
    fn other_dollars_are_text() {
        check("a$$1", &[literal("a$1")]);
        check("$", &[literal("$")]);
        check("$-", &[literal("$-")]);
        check("${", &[literal("${")]);
        check("${}", &[literal("${}")]);
        check("${a-b}", &[literal("${a-b}")]);
    }
}
