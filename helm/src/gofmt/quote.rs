//! Quotes text as Go's `strconv.Quote` does.
//!
//! In: bytes. Out: ASCII and printable characters between quotes; the rest as escapes.
//! Rules: bytes that are not UTF-8 become `\x..`; the categories are those of the Unicode edition of `unicode-general-category`,
//! which may know newer characters than Go does.

use unicode_general_category::{GeneralCategory, get_general_category};

/// Returns `bytes` quoted with `mark`, an ASCII quote.
///
/// # Source
/// Go `strconv/quote.go`, `appendQuotedWith`, `appendEscapedRune`.
pub(crate) fn quote(bytes: &[u8], mark: char) -> String {
    let mut out = String::with_capacity(bytes.len() + 2);
    out.push(mark);
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().for_each(|character| escape(&mut out, character, mark));
        chunk.invalid().iter().for_each(|byte| out.push_str(&format!("\\x{byte:02x}")));
    }
    out.push(mark);
    out
}

/// Returns `bytes` quoted with `mark`, everything beyond ASCII as escapes.
///
/// # Source
/// Go `strconv.QuoteToASCII`.
pub(crate) fn quote_ascii(bytes: &[u8], mark: char) -> String {
    let escaped = |character: char| match u32::from(character) {
        ..0x80 => character.to_string(),
        code @ ..0x1_0000 => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    };
    quote(bytes, mark).chars().map(escaped).collect()
}

fn escape(out: &mut String, character: char, mark: char) {
    match character {
        '\\' => out.push_str("\\\\"),
        '\u{7}' => out.push_str("\\a"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{b}' => out.push_str("\\v"),
        _ if character == mark => out.extend(['\\', mark]),
        _ if is_printable(character) => out.push(character),
        _ => match u32::from(character) {
            code @ (..0x20 | 0x7f) => out.push_str(&format!("\\x{code:02x}")),
            code @ ..0x1_0000 => out.push_str(&format!("\\u{code:04x}")),
            code => out.push_str(&format!("\\U{code:08x}")),
        },
    }
}

/// Says whether Go prints a character as it is: letters, marks, numbers, punctuation, symbols and the ASCII space.
///
/// # Source
/// Go `strconv.IsPrint`.
pub(crate) fn is_printable(character: char) -> bool {
    use GeneralCategory as Is;
    let category = get_general_category(character);
    character == ' '
        || !matches!(
            category,
            Is::Control
                | Is::Format
                | Is::LineSeparator
                | Is::ParagraphSeparator
                | Is::PrivateUse
                | Is::SpaceSeparator
                | Is::Surrogate
                | Is::Unassigned
        )
}

#[cfg(test)]
mod tests {
    use super::quote;

    fn check(bytes: &[u8], expected: &str) {
        assert_eq!(quote(bytes, '"'), expected);
    }

    // What reads well stays; quotes, backslashes, controls, odd spaces and broken UTF-8 become Go's escapes.
    #[test]
    fn quotes_as_go_does() {
        check("aé世 '".as_bytes(), "\"aé世 '\"");
        check(b"\"\\\x07\x08\x0c\n\r\t\x0b", r#""\"\\\a\b\f\n\r\t\v""#);
        check(b"\x00\x1f\x7f\xff\xe4\xb8", r#""\x00\x1f\x7f\xff\xe4\xb8""#);
        check("\u{80}\u{a0}\u{2028}\u{e000}\u{feff}\u{10ffff}".as_bytes(), r#""\u0080\u00a0\u2028\ue000\ufeff\U0010ffff""#);
        assert_eq!(quote(b"'\"", '\''), r#"'\'"'"#);
    }
}
