//! Go's runes: how its string functions walk bytes, and its one-to-one case mappings.
//!
//! Rules: a byte that is not UTF-8 is one rune of one byte; a case mapping gives one rune for one rune.
//!
//! # Source
//! Go `unicode/utf8` `DecodeRune`, `unicode` `ToUpper`, `ToLower`, `ToTitle`, `strconv/quote.go`.

/// One rune of a byte string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rune {
    /// First byte.
    pub(super) start: usize,
    /// Byte after the last.
    pub(super) end: usize,
    /// The character, or nothing for a byte that is not UTF-8.
    pub(super) character: Option<char>,
}

impl Rune {
    /// Returns the character; U+FFFD for a byte that is not UTF-8, as Go decodes it.
    pub(super) fn or_replacement(self) -> char {
        self.character.unwrap_or(char::REPLACEMENT_CHARACTER)
    }
}

/// Returns the runes of `bytes` in order.
pub(super) fn runes(bytes: &[u8]) -> impl Iterator<Item = Rune> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        let (character, length) = decode(rest);
        let rune = Rune { start: at, end: at + length, character };
        at += length;
        Some(rune)
    })
}

fn decode(rest: &[u8]) -> (Option<char>, usize) {
    let first = rest.first().copied().unwrap_or_default();
    if first < 0x80 {
        return (Some(char::from(first)), 1);
    }
    // A character has at most four bytes; fewer may be there.
    let window = rest.get(..4).unwrap_or(rest);
    let valid = match std::str::from_utf8(window) {
        Ok(text) => text,
        Err(error) => window.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok()).unwrap_or_default(),
    };
    valid.chars().next().map_or((None, 1), |character| (Some(character), character.len_utf8()))
}

/// Maps each rune; bytes that are not UTF-8 become U+FFFD.
///
/// # Source
/// Go `strings.Map`.
pub(super) fn map(bytes: &[u8], mut change: impl FnMut(char) -> char) -> Vec<u8> {
    let mut out = String::with_capacity(bytes.len());
    out.extend(runes(bytes).map(|rune| change(rune.or_replacement())));
    out.into_bytes()
}

/// Returns the upper case of one character.
pub(super) fn upper(character: char) -> char {
    match character {
        // These have a full mapping of two characters, and a simple one to the character with iota subscript.
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => moved(character, 8),
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => moved(character, 9),
        _ => single(character.to_uppercase(), character),
    }
}

/// Returns the lower case of one character.
pub(super) fn lower(character: char) -> char {
    if character == '\u{130}' { 'i' } else { single(character.to_lowercase(), character) }
}

/// Returns the title case of one character.
pub(super) fn title(character: char) -> char {
    match character {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        '\u{10d0}'..='\u{10fa}' | '\u{10fd}'..='\u{10ff}' => character,
        _ => upper(character),
    }
}

/// Says whether the character is of category Lt.
pub(super) fn is_title(character: char) -> bool {
    matches!(character, '\u{1c5}' | '\u{1c8}' | '\u{1cb}' | '\u{1f2}' | '\u{1f88}'..='\u{1f8f}' | '\u{1f98}'..='\u{1f9f}')
        || matches!(character, '\u{1fa8}'..='\u{1faf}' | '\u{1fbc}' | '\u{1fcc}' | '\u{1ffc}')
}

/// Says whether the character is of category Lu; Rust's `is_uppercase` takes in numerals and signs that look like capitals.
pub(super) fn is_upper(character: char) -> bool {
    character.is_uppercase()
        && !matches!(character, '\u{2160}'..='\u{216f}' | '\u{24b6}'..='\u{24cf}' | '\u{1f130}'..='\u{1f149}')
        && !matches!(character, '\u{1f150}'..='\u{1f169}' | '\u{1f170}'..='\u{1f189}')
}

/// Says whether the character is of category Ll; Rust's `is_lowercase` takes in numerals, signs and modifiers that look like small letters.
pub(super) fn is_lower(character: char) -> bool {
    character.is_lowercase()
        && !matches!(character, '\u{aa}' | '\u{ba}' | '\u{2b0}'..='\u{2b8}' | '\u{2c0}' | '\u{2c1}' | '\u{2e0}'..='\u{2e4}')
        && !matches!(character, '\u{345}' | '\u{37a}' | '\u{1d2c}'..='\u{1d6a}' | '\u{1d78}' | '\u{1d9b}'..='\u{1dbf}')
        && !matches!(character, '\u{2071}' | '\u{207f}' | '\u{2090}'..='\u{209c}' | '\u{2170}'..='\u{217f}')
        && !matches!(character, '\u{24d0}'..='\u{24e9}' | '\u{2c7c}' | '\u{2c7d}' | '\u{a69c}' | '\u{a69d}' | '\u{a770}')
}

fn moved(character: char, by: u32) -> char {
    char::from_u32(u32::from(character) + by).unwrap_or(character)
}

fn single(mut mapped: impl ExactSizeIterator<Item = char>, character: char) -> char {
    if mapped.len() == 1 { mapped.next().unwrap_or(character) } else { character }
}

/// Appends a rune as it stands in a Go string literal between double quotes.
///
/// # Source
/// Go `strconv/quote.go`, `appendEscapedRune`.
pub(super) fn push_quoted(out: &mut Vec<u8>, bytes: &[u8], rune: Rune) {
    let raw = bytes.get(rune.start..rune.end).unwrap_or_default();
    let escaped = match rune.character {
        None => raw.iter().map(|byte| format!("\\x{byte:02x}")).collect(),
        Some('"') => "\\\"".to_owned(),
        Some('\\') => "\\\\".to_owned(),
        Some('\u{7}') => "\\a".to_owned(),
        Some('\u{8}') => "\\b".to_owned(),
        Some('\u{b}') => "\\v".to_owned(),
        Some('\u{c}') => "\\f".to_owned(),
        Some('\n') => "\\n".to_owned(),
        Some('\r') => "\\r".to_owned(),
        Some('\t') => "\\t".to_owned(),
        Some(character) if is_print(character) => return out.extend_from_slice(raw),
        Some(character @ ('\0'..='\u{1f}' | '\u{7f}')) => format!("\\x{:02x}", u32::from(character)),
        Some(character @ ..='\u{ffff}') => format!("\\u{:04x}", u32::from(character)),
        Some(character) => format!("\\U{:08x}", u32::from(character)),
    };
    out.extend_from_slice(escaped.as_bytes());
}

/// Says whether Go prints the character as it is. Rust escapes the same categories in `Debug`, and marks that extend a character only
/// where they come first: hence the letter before it.
pub(super) fn is_print(character: char) -> bool {
    match character {
        ' '..='~' => true,
        '\0'..='\u{9f}' => false,
        _ => {
            let text: String = ['a', character].iter().collect();
            text.escape_debug().eq(text.chars())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Invalid bytes are runes of their own, also one that begins a character and does not end it.
    #[test]
    fn runes_of_broken_text() {
        let widths = |bytes: &[u8]| runes(bytes).map(|rune| (rune.end - rune.start, rune.character)).collect::<Vec<_>>();
        assert_eq!(widths(b"a\xffb"), [(1, Some('a')), (1, None), (1, Some('b'))]);
        assert_eq!(widths("\u{20ac}x".as_bytes()), [(3, Some('\u{20ac}')), (1, Some('x'))]);
        assert_eq!(widths(b"\xe2\x82"), [(1, None), (1, None)]);
    }

    // Case changes one rune into one rune.
    #[test]
    fn case_is_simple() {
        assert_eq!((upper('\u{df}'), upper('\u{1f80}'), lower('\u{130}')), ('\u{df}', '\u{1f88}', 'i'));
        assert_eq!((title('\u{1c6}'), upper('\u{1c6}'), title('a')), ('\u{1c5}', '\u{1c4}', 'A'));
    }

    // Go escapes what is not printable, and leaves marks that extend a character.
    #[test]
    fn quoted_runes() {
        let quoted = |text: &[u8]| {
            let mut out = Vec::new();
            runes(text).for_each(|rune| push_quoted(&mut out, text, rune));
            String::from_utf8(out).unwrap()
        };
        assert_eq!(quoted("e\u{301}\u{a0}\u{1}\n\"".as_bytes()), "e\u{301}\\u00a0\\x01\\n\\\"");
        assert_eq!(quoted(b"\xff"), "\\xff");
    }
}
