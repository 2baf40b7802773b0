//! Sprig's functions of text that is shown: quoting, indenting, joining, trimming, cutting, repeating.
//!
//! Rules: what copies keeps its marks; what cuts or searches derives, since where it cuts tells of the text.
//!
//! # Source
//! sprig `strings.go`, `functions.go`.

use super::text::{
    Outcome, argument, boolean, characters, computed, fixed, integer, printed, rewritten, string, text, variadic, within,
};
use super::{Environment, Function, Keeps, Parameter};
use crate::gofmt::{self, Buffer};
use crate::provenance::{Mark, Marks};
use crate::value::{Data, Element, List, Map, Text, Value};

use Parameter::{Any, Int, String as Str};

pub(super) const TABLE: &[Function] = &[
    fixed("hello", &[], Keeps::Nothing, |_, _| Ok(Value::string("Hello!"))),
    variadic("quote", &[Any], Keeps::Marks, |_, values| Ok(string(each(values, quote)))),
    variadic("squote", &[Any], Keeps::Marks, |_, values| Ok(string(each(values, squote)))),
    variadic("cat", &[Any], Keeps::Marks, |_, values| Ok(trimmed(&each(values, gofmt::value)))),
    fixed("indent", &[Int, Str], Keeps::Marks, indent),
    fixed("nindent", &[Int, Str], Keeps::Marks, nindent),
    fixed("toString", &[Any], Keeps::Marks, |_, values| Ok(string(printed(&argument(values, 0))))),
    fixed("toStrings", &[Any], Keeps::All, |_, values| Ok(texts(strings_of(&argument(values, 0))))),
    fixed("join", &[Str, Any], Keeps::Marks, join),
    fixed("replace", &[Str, Str, Str], Keeps::Derives, replace),
    fixed("trim", &[Str], Keeps::Marks, |_, values| Ok(trimmed(&text(values, 0)))),
    fixed("trimAll", &[Str, Str], Keeps::Derives, trim_all),
    fixed("trimall", &[Str, Str], Keeps::Derives, trim_all),
    fixed("trimSuffix", &[Str, Str], Keeps::Derives, |_, values| {
        let (suffix, subject) = (text(values, 0), text(values, 1));
        let bytes = subject.as_bytes();
        Ok(string(Text::plain(bytes.strip_suffix(suffix.as_bytes()).unwrap_or(bytes))))
    }),
    fixed("trimPrefix", &[Str, Str], Keeps::Derives, |_, values| {
        let (prefix, subject) = (text(values, 0), text(values, 1));
        let bytes = subject.as_bytes();
        Ok(string(Text::plain(bytes.strip_prefix(prefix.as_bytes()).unwrap_or(bytes))))
    }),
    fixed("trunc", &[Int, Str], Keeps::Derives, trunc),
    fixed("substr", &[Int, Int, Str], Keeps::Derives, substr),
    fixed("repeat", &[Int, Str], Keeps::Derives, repeat),
    fixed("contains", &[Str, Str], Keeps::Derives, |_, values| Ok(boolean(find(values).is_some()))),
    fixed("hasPrefix", &[Str, Str], Keeps::Derives, |_, values| {
        Ok(boolean(text(values, 1).as_bytes().starts_with(text(values, 0).as_bytes())))
    }),
    fixed("hasSuffix", &[Str, Str], Keeps::Derives, |_, values| {
        Ok(boolean(text(values, 1).as_bytes().ends_with(text(values, 0).as_bytes())))
    }),
    fixed("splitList", &[Str, Str], Keeps::Derives, |_, values| {
        Ok(texts(pieces(&text(values, 0), &text(values, 1), usize::MAX)))
    }),
    fixed("split", &[Str, Str], Keeps::Derives, |_, values| Ok(numbered(pieces(&text(values, 0), &text(values, 1), usize::MAX)))),
    fixed("splitn", &[Str, Int, Str], Keeps::Derives, splitn),
    fixed("plural", &[Str, Str, Int], Keeps::Derives, |_, values| Ok(string(text(values, usize::from(integer(values, 2) != 1))))),
    fixed("sortAlpha", &[Any], Keeps::Derives, |_, values| {
        let mut items = strings_of(&argument(values, 0));
        items.sort_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
        Ok(texts(items))
    }),
];

/// Returns each argument that is not nil, treated, with spaces between.
fn each(values: &[Value], treat: fn(&Value) -> Text) -> Text {
    let mut out = Buffer::default();
    for value in values.iter().filter(|value| !matches!(value.data, Data::Nil)) {
        if out.len() > 0 {
            out.push(b" ");
        }
        out.push_text(&treat(value));
    }
    out.finish()
}

fn quote(value: &Value) -> Text {
    let inner = printed(value);
    let plain = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
    let mut out = Buffer::default();
    if inner.as_bytes().iter().all(plain) {
        out.push(b"\"");
        out.push_text(&inner);
        out.push(b"\"");
        return out.finish();
    }
    // Escapes change the length: the whole is derived.
    let escaped = gofmt::sprintf(&Text::from("%q"), &[string(inner.clone())]);
    escaped.unwrap_or(inner)
}

fn squote(value: &Value) -> Text {
    let mut out = Buffer::default();
    out.push(b"'");
    out.push_text(&gofmt::value(value));
    out.push(b"'");
    out.finish()
}

/// Returns text with a pad before it and behind each of its newlines; marks grow over the pads inside them.
fn padded(text: &Text, pad: usize) -> Text {
    let spaces = vec![b' '; pad];
    let mut bytes = spaces.clone();
    let mut newlines = Vec::new();
    for (index, byte) in text.as_bytes().iter().enumerate() {
        bytes.push(*byte);
        if *byte == b'\n' {
            newlines.push(index);
            bytes.extend_from_slice(&spaces);
        }
    }
    let moved = |place: usize| place + pad * (1 + newlines.partition_point(|newline| *newline < place));
    let marks = text.marks().as_slice().iter();
    let marks = marks.map(|mark| Mark { start: moved(mark.start), end: moved(mark.end), ..mark.clone() });
    Text::marked(bytes, Marks::from_vec(marks.collect()))
}

fn pad(environment: &Environment<'_>, values: &[Value]) -> Result<usize, super::FunctionError> {
    let Ok(pad) = usize::try_from(integer(values, 0)) else { return Err("strings: negative Repeat count".into()) };
    let lines = text(values, 1).as_bytes().iter().filter(|byte| **byte == b'\n').count() + 1;
    within(environment, pad.saturating_mul(lines))?;
    Ok(pad)
}

fn indent(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let pad = pad(environment, values)?;
    Ok(string(padded(&text(values, 1), pad)))
}

fn nindent(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let pad = pad(environment, values)?;
    let mut out = Buffer::default();
    out.push(b"\n");
    out.push_text(&padded(&text(values, 1), pad));
    Ok(string(out.finish()))
}

/// Returns the items of a list as texts, nil left out; anything else as one text.
///
/// # Source
/// sprig `strings.go`, `strslice`.
pub(super) fn strings_of(value: &Value) -> Vec<Text> {
    match &value.data {
        Data::Nil => Vec::new(),
        Data::List(list, _) => {
            let items = list.items();
            let items = items.iter().filter(|item| !matches!(item.data, Data::Nil));
            items.map(|item| printed(&item.derived_from(&value.leaves))).collect()
        }
        _ => vec![printed(value)],
    }
}

/// Returns a `[]string`.
pub(super) fn texts(items: Vec<Text>) -> Value {
    Value::plain(Data::List(List::new(items.into_iter().map(string).collect()), Element::String))
}

fn join(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let separator = text(values, 0);
    let items = strings_of(&argument(values, 1));
    let size = items.iter().map(|item| item.as_bytes().len() + separator.as_bytes().len()).sum();
    within(environment, size)?;
    let mut out = Buffer::default();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_text(&separator);
        }
        out.push_text(item);
    }
    Ok(string(out.finish()))
}

fn find(values: &[Value]) -> Option<usize> {
    let (needle, subject) = (text(values, 0), text(values, 1));
    position(subject.as_bytes(), needle.as_bytes())
}

fn position(subject: &[u8], needle: &[u8]) -> Option<usize> {
    if needle.is_empty() {
        return Some(0);
    }
    subject.windows(needle.len()).position(|window| window == needle)
}

fn replace(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (old, new, subject) = (text(values, 0), text(values, 1), text(values, 2));
    if old.as_bytes().is_empty() {
        let (subject, new) = (characters(&subject), characters(&new));
        within(environment, subject.len() + (subject.chars().count() + 1).saturating_mul(new.len()))?;
        return Ok(Value::string(&subject.replace("", &new)));
    }
    let pieces = pieces(&old, &subject, usize::MAX);
    within(environment, subject.as_bytes().len() + pieces.len().saturating_mul(new.as_bytes().len()))?;
    let pieces: Vec<&[u8]> = pieces.iter().map(Text::as_bytes).collect();
    Ok(string(Text::plain(&pieces.join(new.as_bytes()))))
}

/// Returns the pieces of `subject` between separators, at most `limit` of them; an empty separator splits into characters.
///
/// # Source
/// Go `strings.SplitN`.
fn pieces(separator: &Text, subject: &Text, limit: usize) -> Vec<Text> {
    let mut rest = subject.as_bytes();
    let mut pieces = Vec::new();
    while pieces.len() + 1 < limit {
        let (end, next) = if separator.as_bytes().is_empty() {
            let width = characters(&Text::plain(rest.get(..4).unwrap_or(rest))).chars().next().map_or(1, char::len_utf8);
            let width = width.min(rest.len());
            if rest.len() <= width {
                break;
            }
            (width, width)
        } else {
            match position(rest, separator.as_bytes()) {
                Some(found) => (found, found + separator.as_bytes().len()),
                None => break,
            }
        };
        let (head, tail) = (rest.get(..end).unwrap_or_default(), rest.get(next..).unwrap_or_default());
        pieces.push(Text::plain(head));
        rest = tail;
    }
    if !(rest.is_empty() && separator.as_bytes().is_empty()) {
        pieces.push(Text::plain(rest));
    }
    pieces
}

/// Returns `map[string]string` with keys `_0`, `_1`, ...
fn numbered(pieces: Vec<Text>) -> Value {
    let map = Map::new();
    for (index, piece) in pieces.into_iter().enumerate() {
        map.insert(format!("_{index}").as_bytes(), string(piece));
    }
    Value::plain(Data::Map(map, Element::String))
}

fn splitn(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let limit = match integer(values, 1) {
        0 => return Ok(numbered(Vec::new())),
        limit => usize::try_from(limit).unwrap_or(usize::MAX),
    };
    Ok(numbered(pieces(&text(values, 0), &text(values, 2), limit)))
}

/// Returns text without the white space at its ends; where a mark reaches an end, the whole is derived.
fn trimmed(text: &Text) -> Value {
    let bytes = text.as_bytes();
    let whole = characters(text);
    if whole.len() == bytes.len() {
        let start = whole.len() - whole.trim_start().len();
        let end = whole.trim_end().len().max(start);
        if text.marks().is_empty() || (!super::text::touches(text, 0, start) && !super::text::touches(text, end, bytes.len())) {
            return string(super::text::cut(text, start, end));
        }
    }
    rewritten(text, whole.trim().as_bytes().to_vec())
}

fn trim_all(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (set, subject) = (characters(&text(values, 0)), characters(&text(values, 1)));
    Ok(Value::string(subject.trim_matches(|character| set.contains(character))))
}

fn trunc(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let subject = text(values, 1);
    let bytes = subject.as_bytes();
    let kept = match usize::try_from(integer(values, 0)) {
        Ok(length) => bytes.get(..length),
        Err(_) => {
            let length = usize::try_from(integer(values, 0).unsigned_abs()).unwrap_or(usize::MAX);
            bytes.len().checked_sub(length).and_then(|start| bytes.get(start..))
        }
    };
    Ok(string(Text::plain(kept.unwrap_or(bytes))))
}

fn substr(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let subject = text(values, 2);
    let bytes = subject.as_bytes();
    let start = usize::try_from(integer(values, 0));
    let end = usize::try_from(integer(values, 1)).ok().filter(|end| *end <= bytes.len());
    let kept = match (start, end) {
        (Err(_), Some(end)) => bytes.get(..end),
        (Err(_), None) => None,
        (Ok(start), None) => bytes.get(start..),
        (Ok(start), Some(end)) => bytes.get(start..end),
    };
    kept.map(|kept| string(Text::plain(kept))).ok_or_else(|| "slice bounds out of range".into())
}

fn repeat(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let Ok(count) = usize::try_from(integer(values, 0)) else { return Err("strings: negative Repeat count".into()) };
    let subject = text(values, 1);
    within(environment, subject.as_bytes().len().saturating_mul(count))?;
    Ok(string(computed(subject.as_bytes().repeat(count), &crate::provenance::Leaves::NONE)))
}
