//! Words and letter case: everything here computes new text, and the executor derives it.
//!
//! # Source
//! sprig `strings.go`; goutils `wordutils.go`, `stringutils.go`; Go `strings.Title`, `ToUpper`, `ToLower`.

mod case;

use super::super::runes::{is_lower, is_title, is_upper, lower, map, title, upper};
use super::super::signature::{Outcome, boolean, bytes, fixed, integer, string, text, within};
use super::super::{Environment, Function, Keeps, Parameter};
use crate::value::Value;

use Parameter::{Int, String as Str};

pub(super) const TABLE: &[Function] = &[
    fixed("upper", &[Str], Keeps::Derives, |_, values| Ok(bytes(&map(text(values, 0)?.as_bytes(), upper)))),
    fixed("lower", &[Str], Keeps::Derives, |_, values| Ok(bytes(&map(text(values, 0)?.as_bytes(), lower)))),
    fixed("title", &[Str], Keeps::Derives, |_, values| Ok(bytes(&titled(text(values, 0)?.as_bytes())))),
    fixed("untitle", &[Str], Keeps::Derives, |_, values| Ok(bytes(&untitled(text(values, 0)?.as_bytes())))),
    fixed("swapcase", &[Str], Keeps::Derives, |_, values| Ok(bytes(&swapped(text(values, 0)?.as_bytes())))),
    fixed("snakecase", &[Str], Keeps::Derives, |_, values| Ok(bytes(&case::separated(text(values, 0)?.as_bytes(), '_')))),
    fixed("kebabcase", &[Str], Keeps::Derives, |_, values| Ok(bytes(&case::separated(text(values, 0)?.as_bytes(), '-')))),
    fixed("camelcase", &[Str], Keeps::Derives, |_, values| Ok(bytes(&case::pascal(text(values, 0)?.as_bytes())))),
    fixed("initials", &[Str], Keeps::Derives, |_, values| Ok(bytes(&initials(text(values, 0)?.as_bytes())))),
    fixed("nospace", &[Str], Keeps::Derives, |_, values| Ok(bytes(&without_space(text(values, 0)?.as_bytes())))),
    fixed("contains", &[Str, Str], Keeps::Derives, contains),
    fixed("hasPrefix", &[Str, Str], Keeps::Derives, |_, values| {
        Ok(boolean(text(values, 1)?.as_bytes().starts_with(text(values, 0)?.as_bytes())))
    }),
    fixed("hasSuffix", &[Str, Str], Keeps::Derives, |_, values| {
        Ok(boolean(text(values, 1)?.as_bytes().ends_with(text(values, 0)?.as_bytes())))
    }),
    fixed("plural", &[Str, Str, Int], Keeps::Derives, |_, values| {
        Ok(string(text(values, if integer(values, 2)? == 1 { 0 } else { 1 })?))
    }),
    fixed("substr", &[Int, Int, Str], Keeps::Derives, substr),
    fixed("abbrev", &[Int, Str], Keeps::Derives, abbrev),
    fixed("abbrevboth", &[Int, Int, Str], Keeps::Derives, abbrev_both),
    fixed("wrap", &[Int, Str], Keeps::Derives, |environment, values| {
        let (width, source) = (integer(values, 0)?, text(values, 1)?);
        wrap(environment, source.as_bytes(), Wrap { width, newline: b"\n", long_words: LongWords::Kept })
    }),
    fixed("wrapWith", &[Int, Str, Str], Keeps::Derives, |environment, values| {
        let (width, newline, source) = (integer(values, 0)?, text(values, 1)?, text(values, 2)?);
        let newline = if newline.as_bytes().is_empty() { b"\n" } else { newline.as_bytes() };
        wrap(environment, source.as_bytes(), Wrap { width, newline, long_words: LongWords::Cut })
    }),
];

fn contains(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (searched, whole) = (text(values, 0)?, text(values, 1)?);
    Ok(boolean(memchr::memmem::find(whole.as_bytes(), searched.as_bytes()).is_some()))
}

/// Begins every word with a title case letter, as Go's `strings.Title` finds words.
fn titled(source: &[u8]) -> Vec<u8> {
    let mut previous = ' ';
    map(source, |character| {
        let begins = separates(previous);
        previous = character;
        if begins { title(character) } else { character }
    })
}

fn separates(character: char) -> bool {
    if character.is_ascii() { !(character.is_ascii_alphanumeric() || character == '_') } else { character.is_whitespace() }
}

fn untitled(source: &[u8]) -> Vec<u8> {
    let mut begins = true;
    map(source, |character| {
        if character.is_whitespace() {
            begins = true;
            return character;
        }
        if std::mem::take(&mut begins) { lower(character) } else { character }
    })
}

fn swapped(source: &[u8]) -> Vec<u8> {
    let mut after_space = true;
    map(source, |character| {
        if is_upper(character) || is_title(character) {
            after_space = false;
            lower(character)
        } else if is_lower(character) {
            if std::mem::take(&mut after_space) { title(character) } else { upper(character) }
        } else {
            after_space = character.is_whitespace();
            character
        }
    })
}

/// goutils looks at bytes as if each were a character; what is not ASCII comes out as the Latin-1 characters of its bytes.
fn initials(source: &[u8]) -> Vec<u8> {
    let mut after_gap = true;
    let mut out = String::new();
    for character in source.iter().copied().map(char::from) {
        if character.is_whitespace() {
            after_gap = true;
        } else if std::mem::take(&mut after_gap) {
            out.push(character);
        }
    }
    out.into_bytes()
}

/// As [`initials`]: by bytes, and only where there is something to leave out.
fn without_space(source: &[u8]) -> Vec<u8> {
    let kept: String = source.iter().copied().map(char::from).filter(|character| !character.is_whitespace()).collect();
    if kept.chars().count() == source.len() { source.to_vec() } else { kept.into_bytes() }
}

/// # Source
/// sprig `strings.go`, `substring`.
fn substr(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (start, end, source) = (integer(values, 0)?, integer(values, 1)?, text(values, 2)?);
    let whole = source.as_bytes();
    let length = i64::try_from(whole.len()).unwrap_or(i64::MAX);
    let end_given = end;
    let (start, end) = if start < 0 {
        (0, end)
    } else if end < 0 || end > length {
        (start, length)
    } else {
        (start, end)
    };
    // Go panics here, and the template fails with the panic's words.
    if end > length {
        return Err(format!("runtime error: slice bounds out of range [:{end}] with length {length}").into());
    }
    if end < 0 {
        return Err(format!("runtime error: slice bounds out of range [:{end_given}]").into());
    }
    if start > end {
        return Err(format!("runtime error: slice bounds out of range [{start}:{end}]").into());
    }
    let range = usize::try_from(start).unwrap_or_default()..usize::try_from(end).unwrap_or_default();
    Ok(bytes(whole.get(range).unwrap_or_default()))
}

/// What stands for the text that is left out.
const ELLIPSIS: &[u8] = b"...";

fn abbrev(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (width, source) = (integer(values, 0)?, text(values, 1)?);
    let Some(width) = usize::try_from(width).ok().filter(|width| *width >= 4) else { return Ok(string(source)) };
    Ok(bytes(&abbreviated(source.as_bytes(), 0, width)))
}

fn abbrev_both(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (left, right, source) = (integer(values, 0)?, integer(values, 1)?, text(values, 2)?);
    if right < 4 || left > 0 && right < 7 {
        return Ok(string(source));
    }
    let (left, right) = (usize::try_from(left).unwrap_or(0), usize::try_from(right).unwrap_or(usize::MAX));
    Ok(bytes(&abbreviated(source.as_bytes(), left, right)))
}

/// # Source
/// goutils `stringutils.go`, `AbbreviateFull`; `width` is at least 4, and 7 where `offset` is not 0.
fn abbreviated(source: &[u8], offset: usize, width: usize) -> Vec<u8> {
    let length = source.len();
    if length <= width {
        return source.to_vec();
    }
    let room = width - ELLIPSIS.len();
    let offset = if length - offset.min(length) < room { length - room } else { offset.min(length) };
    if offset <= 4 {
        return [source.get(..room).unwrap_or_default(), ELLIPSIS].concat();
    }
    if offset + room < length {
        let rest = abbreviated(source.get(offset..).unwrap_or_default(), 0, room);
        return [ELLIPSIS, &rest].concat();
    }
    [ELLIPSIS, source.get(length - room..).unwrap_or_default()].concat()
}

/// What becomes of words longer than a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LongWords {
    Kept,
    Cut,
}

#[derive(Clone, Copy)]
struct Wrap<'a> {
    width: i64,
    newline: &'a [u8],
    long_words: LongWords,
}

/// # Source
/// goutils `wordutils.go`, `WrapCustom`.
fn wrap(environment: &Environment<'_>, source: &[u8], style: Wrap<'_>) -> Outcome {
    let width = usize::try_from(style.width).unwrap_or(1).max(1);
    let lines = source.len() / width + source.iter().filter(|byte| **byte == b' ').count();
    within(environment, source.len().saturating_add(lines.saturating_mul(style.newline.len())))?;
    let piece = |from: usize, to: usize| source.get(from..to).unwrap_or_default();
    let space = |from: usize, to: usize| piece(from, to).iter().rposition(|byte| *byte == b' ').map(|at| at + from);
    let mut out = Vec::with_capacity(source.len());
    let mut offset = 0;
    while source.len().saturating_sub(offset) > width {
        if source.get(offset) == Some(&b' ') {
            offset += 1;
            continue;
        }
        let end = width + offset;
        let (line_end, next) = match (space(offset, end + 1), style.long_words) {
            (Some(at), _) => (at, at + 1),
            (None, LongWords::Cut) => (end, end),
            (None, LongWords::Kept) => match piece(end, source.len()).iter().position(|byte| *byte == b' ') {
                Some(after) => (end + after, end + after + 1),
                None => {
                    out.extend_from_slice(piece(offset, source.len()));
                    return Ok(bytes(&out));
                }
            },
        };
        out.extend_from_slice(piece(offset, line_end));
        out.extend_from_slice(style.newline);
        offset = next;
    }
    out.extend_from_slice(piece(offset, source.len()));
    Ok(bytes(&out))
}
