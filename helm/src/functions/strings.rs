//! Sprig's functions that copy text: quoting, trimming, indenting, replacing, joining.
//!
//! Rules: marks go where the bytes go; where tracked bytes decide what remains of the others, the whole result is derived.
//! Not here: words and letter case (`words`), cutting into parts (`split`).
//!
//! # Source
//! sprig `strings.go`, `functions.go`; Go `strings`.

mod split;
mod words;

use super::pieces::{Rewriting, cut, derived, wholly_marked};
use super::runes::{push_quoted, runes};
use super::signature::{Outcome, bytes, fixed, integer, string, strings, text, text_of, variadic, within};
use super::{Environment, Function, Keeps, Parameter};
use crate::gofmt::{self, Buffer, kind_leaves};
use crate::provenance::Leaves;
use crate::value::{Data, Text, Value};

use Parameter::{Any, Int, String as Str};

/// The tables of this module.
pub(super) const TABLE: &[Function] = &[
    fixed("hello", &[], Keeps::Nothing, |_, _| Ok(bytes(b"Hello!"))),
    variadic("quote", &[Any], Keeps::All, quote),
    variadic("squote", &[Any], Keeps::All, squote),
    variadic("cat", &[Any], Keeps::All, cat),
    fixed("trunc", &[Int, Str], Keeps::Marks, trunc),
    fixed("trim", &[Str], Keeps::Marks, |_, values| trimmed(&text(values, 0)?, &char::is_whitespace)),
    fixed("trimAll", &[Str, Str], Keeps::Marks, trim_all),
    fixed("trimall", &[Str, Str], Keeps::Marks, trim_all),
    fixed("trimPrefix", &[Str, Str], Keeps::Marks, trim_prefix),
    fixed("trimSuffix", &[Str, Str], Keeps::Marks, trim_suffix),
    fixed("indent", &[Int, Str], Keeps::Marks, |environment, values| indent(environment, values, b"")),
    fixed("nindent", &[Int, Str], Keeps::Marks, |environment, values| indent(environment, values, b"\n")),
    fixed("replace", &[Str, Str, Str], Keeps::Marks, replace),
    fixed("repeat", &[Int, Str], Keeps::Derives, repeat),
    fixed("join", &[Str, Any], Keeps::Marks, join),
    fixed("toString", &[Any], Keeps::All, |_, values| Ok(string(values.first().map(text_of).unwrap_or_default()))),
    fixed("toStrings", &[Any], Keeps::All, to_strings),
];

/// The tables of the modules below.
pub(super) const WORDS: &[Function] = words::TABLE;
/// The tables of the modules below.
pub(super) const SPLIT: &[Function] = split::TABLE;

/// Joins what `write` makes of each value that is not nil; where a tracked value could be nil, that decides everything behind it.
fn joined(values: &[Value], separator: &Text, write: impl Fn(&mut Buffer, &Value)) -> Text {
    let mut out = Buffer::default();
    let mut hidden = Leaves::NONE;
    let mut first = true;
    for value in values {
        hidden = hidden.union(&kind_leaves(value));
        if matches!(value.data, Data::Nil) {
            continue;
        }
        if !first {
            out.push_text(separator);
        }
        first = false;
        write(&mut out, value);
    }
    out.finish().derived_from(&hidden)
}

fn quote(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    Ok(string(joined(values, &Text::from(" "), |out, value| out.push_text(&quoted(&text_of(value))))))
}

fn quoted(text: &Text) -> Text {
    let mut out = Rewriting::new(text, text.as_bytes().len() + 2);
    out.insert(b"\"");
    for rune in runes(text.as_bytes()) {
        out.unit(rune.end - rune.start, |out| push_quoted(out, text.as_bytes(), rune));
    }
    out.finish(b"\"")
}

fn squote(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    Ok(string(joined(values, &Text::from(" "), |out, value| {
        out.push(b"'");
        out.push_text(&gofmt::value(value));
        out.push(b"'");
    })))
}

fn cat(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    Ok(string(joined(values, &Text::from(" "), |out, value| out.push_text(&gofmt::value(value)))))
}

/// Returns a value as a list of strings, nils left out.
///
/// # Source
/// sprig `strings.go`, `strslice`.
pub(super) fn slice_of_strings(value: &Value) -> (Vec<Value>, Leaves) {
    let Data::List(list, _) = &value.data else {
        let items = if matches!(value.data, Data::Nil) { Vec::new() } else { vec![string(text_of(value))] };
        return (items, value.leaves.clone());
    };
    let mut hidden = value.leaves.clone();
    let mut items = Vec::with_capacity(list.len());
    for item in list.items() {
        hidden = hidden.union(&kind_leaves(&item));
        if !matches!(item.data, Data::Nil) {
            items.push(string(text_of(&item)));
        }
    }
    (items, hidden)
}

fn to_strings(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (items, hidden) = values.first().map(slice_of_strings).unwrap_or_default();
    Ok(strings(items.iter().map(text_of).collect()).derived_from(&hidden))
}

fn join(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let separator = text(values, 0)?;
    let (items, hidden) = values.get(1).map(slice_of_strings).unwrap_or_default();
    let size: usize = items.iter().map(|item| text_of(item).as_bytes().len()).sum();
    let between = separator.as_bytes().len().saturating_mul(items.len().saturating_sub(1));
    within(environment, size.saturating_add(between))?;
    let plain = Text::plain(separator.as_bytes());
    let out = joined(&items, &plain, |out, item| out.push_text(&text_of(item)));
    Ok(string(out.derived_from(&hidden.union(&separator.marks().leaves()))))
}

fn trunc(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (count, source) = (integer(values, 0)?, text(values, 1)?);
    let length = source.as_bytes().len();
    let distance = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    if count < 0 {
        let start = length.saturating_sub(distance);
        let kept = source.as_bytes().get(start..).unwrap_or_default();
        return Ok(string(if source.marks().is_empty() { Text::plain(kept) } else { derived(kept, &source) }));
    }
    let end = distance.min(length);
    // A mark before the end of the piece moves what stands behind it.
    let moves = source.marks().as_slice().iter().any(|mark| mark.start < distance);
    let piece = if moves && !wholly_marked(&source) {
        derived(source.as_bytes().get(..end).unwrap_or_default(), &source)
    } else {
        cut(&source, 0, end)
    };
    Ok(string(piece))
}

fn trim_all(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (characters, source) = (text(values, 0)?, text(values, 1)?);
    let set: Vec<char> = runes(characters.as_bytes()).map(|rune| rune.or_replacement()).collect();
    Ok(trimmed(&source, &|character| set.contains(&character))?.derived_from(&characters.marks().leaves()))
}

fn trimmed(source: &Text, belongs: &dyn Fn(char) -> bool) -> Outcome {
    let whole = source.as_bytes();
    let mut kept = runes(whole).filter(|rune| !belongs(rune.or_replacement()));
    let (start, seen, end) = match kept.next() {
        Some(first) => (first.start, first.end, kept.last().unwrap_or(first)),
        None => return Ok(string(derived(b"", source))),
    };
    let (seen_from, end) = (end.start, end.end);
    // Marks that reach into what was looked at decided how much was trimmed.
    let decided = source.marks().as_slice().iter().any(|mark| mark.start < seen || mark.end > seen_from);
    let piece = if decided && !wholly_marked(source) {
        derived(whole.get(start..end).unwrap_or_default(), source)
    } else {
        cut(source, start, end)
    };
    Ok(string(piece))
}

fn trim_prefix(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (prefix, source) = (text(values, 0)?, text(values, 1)?);
    let (whole, length) = (source.as_bytes(), prefix.as_bytes().len());
    let start = if whole.starts_with(prefix.as_bytes()) { length } else { 0 };
    let decided = source.marks().as_slice().iter().any(|mark| mark.start < length);
    let piece = affix_trimmed(&source, start..whole.len(), decided);
    Ok(string(piece.derived_from(&prefix.marks().leaves())))
}

fn trim_suffix(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (suffix, source) = (text(values, 0)?, text(values, 1)?);
    let (whole, length) = (source.as_bytes(), suffix.as_bytes().len());
    let window = whole.len().saturating_sub(length);
    let end = if whole.ends_with(suffix.as_bytes()) { window } else { whole.len() };
    let decided = source.marks().as_slice().iter().any(|mark| mark.end > window || whole.len() < length);
    let piece = affix_trimmed(&source, 0..end, decided && length > 0);
    Ok(string(piece.derived_from(&suffix.marks().leaves())))
}

fn affix_trimmed(source: &Text, kept: std::ops::Range<usize>, decided: bool) -> Text {
    if decided && !wholly_marked(source) {
        return derived(source.as_bytes().get(kept).unwrap_or_default(), source);
    }
    cut(source, kept.start, kept.end)
}

fn indent(environment: &mut Environment<'_>, values: &[Value], before: &[u8]) -> Outcome {
    let (spaces, source) = (integer(values, 0)?, text(values, 1)?);
    let Ok(spaces) = usize::try_from(spaces) else { return Err("strings: negative Repeat count".into()) };
    let whole = source.as_bytes();
    let lines = whole.split(|byte| *byte == b'\n').count();
    let size = spaces.saturating_mul(lines).saturating_add(whole.len() + before.len());
    within(environment, size)?;
    let pad = vec![b' '; spaces];
    let mut out = Rewriting::new(&source, size);
    out.insert(before);
    out.insert(&pad);
    for line in whole.split_inclusive(|byte| *byte == b'\n') {
        let (content, newline) = match line.split_last() {
            Some((b'\n', content)) => (content, true),
            _ => (line, false),
        };
        out.unit(content.len(), |out| out.extend_from_slice(content));
        if newline {
            out.unit(1, |out| {
                out.push(b'\n');
                out.extend_from_slice(&pad);
            });
        }
    }
    Ok(string(out.finish(b"")))
}

fn replace(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (old, new, source) = (text(values, 0)?, text(values, 1)?, text(values, 2)?);
    let (old_bytes, new_bytes, whole) = (old.as_bytes(), new.as_bytes(), source.as_bytes());
    let places = found(whole, old_bytes);
    let size = (whole.len() - places.len() * old_bytes.len()).saturating_add(places.len().saturating_mul(new_bytes.len()));
    within(environment, size)?;
    let mut out = Rewriting::new(&source, size);
    let mut read = 0;
    for place in &places {
        out.unit(place - read, |out| out.extend_from_slice(whole.get(read..*place).unwrap_or_default()));
        out.unit(old_bytes.len(), |out| out.extend_from_slice(new_bytes));
        read = place + old_bytes.len();
    }
    out.unit(whole.len() - read, |out| out.extend_from_slice(whole.get(read..).unwrap_or_default()));
    let out = out.finish(b"");
    // What is searched may lie across the edge of a mark, unless it is one byte; then a place tells of the tracked bytes beside it.
    let tells = !source.marks().is_empty() && (old_bytes.is_empty() || old_bytes.len() > 1 && !wholly_marked(&source));
    let out = if tells { derived(out.as_bytes(), &source) } else { out };
    Ok(string(out.derived_from(&old.marks().leaves().union(&new.marks().leaves()))))
}

/// Returns where `searched` stands in `whole`, left to right, no two of them over one another; before each rune and at the end when empty.
fn found(whole: &[u8], searched: &[u8]) -> Vec<usize> {
    if searched.is_empty() {
        return runes(whole).map(|rune| rune.start).chain([whole.len()]).collect();
    }
    memchr::memmem::find_iter(whole, searched).collect()
}

fn repeat(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (count, source) = (integer(values, 0)?, text(values, 1)?);
    let Ok(count) = usize::try_from(count) else { return Err("strings: negative Repeat count".into()) };
    within(environment, count.saturating_mul(source.as_bytes().len()))?;
    let count = if source.as_bytes().is_empty() { 0 } else { count };
    Ok(bytes(&source.as_bytes().repeat(count)))
}
