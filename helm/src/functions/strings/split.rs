//! Text in parts.
//!
//! Rules: how many parts there are depends on all of the text, so each part does, too.
//!
//! # Source
//! sprig `strings.go`, `split`, `splitn`; Go `strings.Split`, `SplitN`.

use super::super::pieces::derived;
use super::super::runes::runes;
use super::super::signature::{Computed, Outcome, fixed, integer, items_within, string, strings, text};
use super::super::{Environment, Function, Keeps, Parameter};
use super::found;
use crate::value::{Data, Element, Map, Text, Value};

use Parameter::{Int, String as Str};

pub(super) const TABLE: &[Function] = &[
    fixed("splitList", &[Str, Str], Keeps::Derives, |environment, values| {
        Ok(strings(parts(environment, &text(values, 0)?, &text(values, 1)?, None)?))
    }),
    fixed("split", &[Str, Str], Keeps::Derives, |environment, values| {
        Ok(numbered(parts(environment, &text(values, 0)?, &text(values, 1)?, None)?))
    }),
    fixed("splitn", &[Str, Int, Str], Keeps::Derives, splitn),
];

fn splitn(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let most = usize::try_from(integer(values, 1)?).ok();
    Ok(numbered(parts(environment, &text(values, 0)?, &text(values, 2)?, most)?))
}

/// Returns a `map[string]string` of `_0`, `_1` and so on.
fn numbered(parts: Vec<Text>) -> Value {
    let map = Map::new();
    for (index, part) in parts.into_iter().enumerate() {
        map.insert(format!("_{index}").as_bytes(), string(part));
    }
    Value::plain(Data::Map(map, Element::String))
}

/// Returns the parts of `source` between separators, at most `most` of them.
fn parts(environment: &Environment<'_>, separator: &Text, source: &Text, most: Option<usize>) -> Computed<Vec<Text>> {
    if most == Some(0) {
        return Ok(Vec::new());
    }
    let (whole, separator) = (source.as_bytes(), separator.as_bytes());
    let mut ends: Vec<usize> =
        if separator.is_empty() { runes(whole).skip(1).map(|rune| rune.start).collect() } else { found(whole, separator) };
    ends.truncate(most.map_or(usize::MAX, |most| most - 1));
    items_within(environment, ends.len() + 1)?;
    if separator.is_empty() && whole.is_empty() {
        return Ok(Vec::new());
    }
    let mut start = 0;
    let mut parts = Vec::with_capacity(ends.len() + 1);
    for end in ends.into_iter().chain([whole.len()]) {
        parts.push(derived(whole.get(start..end).unwrap_or_default(), source));
        start = end + separator.len();
    }
    Ok(parts)
}
