//! Characters of template source, as Go's lexer sees them.
//!
//! In: bytes. Out: the first character, U+FFFD for a byte that is not UTF-8.

use unicode_general_category::{GeneralCategory, get_general_category};

use crate::gofmt;

/// Characters of source text one after the other, each with its length in bytes.
///
/// # Source
/// Go `utf8.DecodeRuneInString`: a byte that begins no character counts as U+FFFD, alone.
pub(super) fn decode(rest: &[u8]) -> Option<(char, usize)> {
    // Nearly all of a template.
    let first = rest.first()?;
    if first.is_ascii() {
        return Some((char::from(*first), 1));
    }
    let head = rest.get(..rest.len().min(4)).unwrap_or_default();
    let first = head.utf8_chunks().next()?.valid().chars().next();
    Some(first.map_or((char::REPLACEMENT_CHARACTER, 1), |character| (character, character.len_utf8())))
}

/// Says whether a byte is white space inside of an action, and around one that trims.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Says whether a character may stand in a name.
///
/// # Source
/// Go `unicode.IsLetter`, `unicode.IsDigit`: other numbers (`²`, `Ⅰ`) and combining marks may not.
pub(super) fn is_alphanumeric(character: char) -> bool {
    use GeneralCategory as Is;
    if character.is_ascii() {
        return character == '_' || character.is_ascii_alphanumeric();
    }
    matches!(
        get_general_category(character),
        Is::UppercaseLetter
            | Is::LowercaseLetter
            | Is::TitlecaseLetter
            | Is::ModifierLetter
            | Is::OtherLetter
            | Is::DecimalNumber
    )
}

/// Returns a character as Go's `%#U` prints it.
pub(super) fn code_point(character: char) -> String {
    let number = u32::from(character);
    if gofmt::is_printable(character) { format!("U+{number:04X} '{character}'") } else { format!("U+{number:04X}") }
}

/// Returns text as Go's `%q` prints it.
pub(super) fn quoted(text: &[u8]) -> String {
    gofmt::quote(text, '"')
}

/// Says whether text is nothing but white space, Unicode's too.
///
/// # Source
/// Go `bytes.TrimSpace`; Rust's `char::is_whitespace` is the same set.
pub(super) fn is_blank(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| text.chars().all(char::is_whitespace))
}
