//! Directives, anchors, aliases and tags.
//!
//! # Source
//! go-yaml v2 `scannerc.go`, `yaml_parser_scan_directive`, `yaml_parser_scan_anchor`, `yaml_parser_scan_tag`.

use super::cursor::{Cursor, Mark, is_blank, is_blank_or_end};
use super::{ScanError, TokenKind};

/// Digits a number of the `%YAML` directive may have.
const VERSION_DIGITS: usize = 2;

/// Scans a directive with its line and returns where its text ends.
pub(super) fn directive(cursor: &mut Cursor<'_>) -> Result<(TokenKind<'static>, Mark), ScanError> {
    let start = cursor.mark();
    cursor.skip();
    let name = word(cursor);
    if name.is_empty() || !is_blank_or_end(cursor) {
        return Err(cursor.error_at(start, "a directive needs a name of letters and digits"));
    }
    let kind = match name {
        "YAML" => version(cursor, start)?,
        "TAG" => tag_directive(cursor, start)?,
        _ => return Err(cursor.error_at(start, "this directive is not known; there are %YAML and %TAG")),
    };
    let end = cursor.mark();
    while is_blank(cursor) {
        cursor.skip();
    }
    if cursor.byte(0) == b'#' {
        cursor.skip_line_content();
    }
    if !is_blank_or_end(cursor) {
        return Err(cursor.error_at(start, "text follows a directive on its line"));
    }
    cursor.skip_break();
    Ok((kind, end))
}

fn version(cursor: &mut Cursor<'_>, start: Mark) -> Result<TokenKind<'static>, ScanError> {
    while is_blank(cursor) {
        cursor.skip();
    }
    let major = version_number(cursor, start)?;
    if cursor.byte(0) != b'.' {
        return Err(cursor.error_at(start, BAD_VERSION));
    }
    cursor.skip();
    let minor = version_number(cursor, start)?;
    Ok(TokenKind::VersionDirective { major, minor })
}

const BAD_VERSION: &str = "a %YAML directive needs a version such as 1.1";

fn version_number(cursor: &mut Cursor<'_>, start: Mark) -> Result<u8, ScanError> {
    let from = cursor.mark();
    while cursor.byte(0).is_ascii_digit() {
        cursor.skip();
    }
    let digits = cursor.since(from);
    let number = digits.parse().ok().filter(|_| digits.len() <= VERSION_DIGITS);
    number.ok_or_else(|| cursor.error_at(start, BAD_VERSION))
}

fn tag_directive(cursor: &mut Cursor<'_>, start: Mark) -> Result<TokenKind<'static>, ScanError> {
    while is_blank(cursor) {
        cursor.skip();
    }
    let handle = tag_handle(cursor, start)?;
    let closed = handle == "!" || (handle.len() > 1 && handle.ends_with('!'));
    if !closed || !is_blank(cursor) {
        return Err(cursor.error_at(start, "a %TAG directive needs a handle such as !name! and a prefix"));
    }
    while is_blank(cursor) {
        cursor.skip();
    }
    let prefix = tag_uri(cursor, "", start)?;
    if !is_blank_or_end(cursor) {
        return Err(cursor.error_at(start, "a %TAG directive needs a blank after its prefix"));
    }
    Ok(TokenKind::TagDirective { handle, prefix })
}

/// Scans the name of an anchor or alias, with the character before it.
pub(super) fn name(cursor: &mut Cursor<'_>) -> Result<String, ScanError> {
    let start = cursor.mark();
    cursor.skip();
    let name = word(cursor).to_owned();
    let ends = is_blank_or_end(cursor) || matches!(cursor.byte(0), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
    if name.is_empty() || !ends {
        return Err(cursor.error_at(start, "an anchor or alias needs a name of letters, digits, `-` and `_`; quote other text"));
    }
    Ok(name)
}

/// Scans a tag.
pub(super) fn tag(cursor: &mut Cursor<'_>) -> Result<TokenKind<'static>, ScanError> {
    let start = cursor.mark();
    let (handle, suffix) = if cursor.byte(1) == b'<' {
        cursor.skip();
        cursor.skip();
        let uri = tag_uri(cursor, "", start)?;
        if cursor.byte(0) != b'>' {
            return Err(cursor.error_at(start, "a tag that begins with `!<` ends with `>`"));
        }
        cursor.skip();
        (String::new(), uri)
    } else {
        let handle = tag_handle(cursor, start)?;
        if handle.len() > 1 && handle.ends_with('!') {
            let suffix = tag_uri(cursor, "", start)?;
            (handle, suffix)
        } else {
            let suffix = tag_uri(cursor, &handle, start)?;
            // The lone `!` has no handle, it is a tag of its own.
            if suffix.is_empty() { (String::new(), "!".to_owned()) } else { ("!".to_owned(), suffix) }
        }
    };
    if !is_blank_or_end(cursor) {
        return Err(cursor.error_at(start, "a tag ends with a blank; quote text that begins with `!`"));
    }
    Ok(TokenKind::Tag { handle, suffix })
}

/// Scans `!`, `!!`, `!name!`, or as much of `!name` as can be a name.
fn tag_handle(cursor: &mut Cursor<'_>, start: Mark) -> Result<String, ScanError> {
    let from = cursor.mark();
    if cursor.byte(0) != b'!' {
        return Err(cursor.error_at(start, "a tag's handle begins with `!`"));
    }
    cursor.skip();
    word(cursor);
    if cursor.byte(0) == b'!' {
        cursor.skip();
    }
    Ok(cursor.since(from).to_owned())
}

/// Scans what may stand in a tag after a handle that may turn out to be its beginning.
fn tag_uri(cursor: &mut Cursor<'_>, head: &str, start: Mark) -> Result<String, ScanError> {
    let mut octets = head.strip_prefix('!').unwrap_or(head).as_bytes().to_vec();
    let from = cursor.mark();
    loop {
        match cursor.byte(0) {
            b'%' => octets.push(escaped_octet(cursor, start)?),
            byte if is_word(byte) || b";/?:@&=+$,.!~*'()[]".contains(&byte) => {
                octets.push(byte);
                cursor.skip();
            }
            _ => break,
        }
    }
    if head.is_empty() && cursor.mark() == from {
        return Err(cursor.error_at(start, "a tag is not complete"));
    }
    String::from_utf8(octets).or(Err(cursor.error_at(start, "a tag's escapes are not UTF-8")))
}

/// Scans `%` and two hexadecimal digits.
fn escaped_octet(cursor: &mut Cursor<'_>, start: Mark) -> Result<u8, ScanError> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let octet = (digit(cursor.byte(1)).zip(digit(cursor.byte(2)))).and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
    let Some(octet) = octet else { return Err(cursor.error_at(start, "`%` in a tag needs two hexadecimal digits")) };
    for _ in 0..3 {
        cursor.skip();
    }
    Ok(octet)
}

/// Scans letters, digits, `-` and `_`.
fn word<'a>(cursor: &mut Cursor<'a>) -> &'a str {
    let from = cursor.mark();
    while is_word(cursor.byte(0)) {
        cursor.skip();
    }
    cursor.since(from)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}
