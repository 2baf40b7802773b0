//! Regular expressions in templates: `regexMatch`, `regexFind`, `regexFindAll`, `regexReplaceAll`, `regexReplaceAllLiteral`,
//! `regexSplit`, `regexQuoteMeta`, and the `must` forms.
//!
//! In: a pattern in Go's syntax and a text. Out: what Go's `regexp` finds; where the pattern is none, Go's words.
//! Rules: matching takes linear time; the text, the pattern and the work of a call are bounded. Where nothing is found, the list is
//! Go's nil. Not here: the syntax (`translate`), text that is not UTF-8 (refused).
//!
//! # Source
//! sprig v3.3.0 `regex.go`; Go `regexp/regexp.go`.

mod compiled;
mod program;
mod template;
mod translate;

use std::rc::Rc;

use regex_automata::util::captures::Captures;

use super::signature::{
    Call, Computed, Outcome, all_leaves, boolean, bytes, fixed, integer, items_within, strings, text, within,
};
use super::{Environment, Function, FunctionError, Keeps, Parameter};
use crate::gofmt;
use crate::value::{Data, Element, List, Text, Value};
pub use compiled::Expressions;
pub(crate) use compiled::steps_to_compile;
use compiled::{Expression, PATTERN_BYTES};
use translate::Malformed;

use Parameter::{Int, String as Str};

/// Bytes that may be searched: one value of a manifest is not larger.
const TEXT_BYTES: usize = 1 << 20;
/// Bytes that the searches of one call may look at together: each may read to the end of the text, so that many matches in a long
/// text would take minutes. Half a second.
const SEARCHED_BYTES: usize = 1 << 26;

pub(super) const TABLE: &[Function] = &[
    expression("regexMatch", &[Str, Str], matches),
    expression("mustRegexMatch", &[Str, Str], |environment, values| Ok(boolean(Search::must(environment, values)?.matches()))),
    expression("regexFind", &[Str, Str], |environment, values| Search::or_panic(environment, values)?.first()),
    expression("mustRegexFind", &[Str, Str], |environment, values| Search::must(environment, values)?.first()),
    expression("regexFindAll", &[Str, Str, Int], |environment, values| {
        Search::or_panic(environment, values)?.all(environment, values)
    }),
    expression("mustRegexFindAll", &[Str, Str, Int], |environment, values| {
        Search::must(environment, values)?.all(environment, values)
    }),
    expression("regexReplaceAll", &[Str, Str, Str], |environment, values| {
        Search::or_panic(environment, values)?.expand(environment, values)
    }),
    expression("mustRegexReplaceAll", &[Str, Str, Str], |environment, values| {
        Search::must(environment, values)?.expand(environment, values)
    }),
    expression("regexReplaceAllLiteral", &[Str, Str, Str], |environment, values| {
        Search::or_panic(environment, values)?.replace(environment, values)
    }),
    expression("mustRegexReplaceAllLiteral", &[Str, Str, Str], |environment, values| {
        Search::must(environment, values)?.replace(environment, values)
    }),
    expression("regexSplit", &[Str, Str, Int], |environment, values| {
        Search::or_panic(environment, values)?.split(environment, values)
    }),
    expression("mustRegexSplit", &[Str, Str, Int], |environment, values| {
        Search::must(environment, values)?.split(environment, values)
    }),
    expression("regexQuoteMeta", &[Str], quote_meta),
];

const fn expression(name: &'static str, parameters: &'static [Parameter], call: Call) -> Function {
    fixed(name, parameters, Keeps::Derives, call)
}

/// Takes what is no pattern for one that matches nothing.
fn matches(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    match Search::new(environment, values) {
        Ok(search) => Ok(boolean(search.matches())),
        Err(Unsearchable::Pattern(..)) => Ok(boolean(false)),
        Err(Unsearchable::Refused(error)) => Err(error),
    }
}

/// A pattern that can be run, and the text.
struct Search {
    expression: Rc<Expression>,
    /// Whether the pattern has no text at all; one of flags alone has.
    is_empty: bool,
    text: String,
}

/// Why a search cannot be made.
enum Unsearchable {
    /// The pattern is none: sprig's `must` forms say so, others panic or shrug.
    Pattern(String, Malformed),
    /// A limit: never swallowed.
    Refused(FunctionError),
}

impl Search {
    fn new(environment: &mut Environment<'_>, values: &[Value]) -> Result<Self, Unsearchable> {
        let pattern = checked(values, 0, PATTERN_BYTES).map_err(Unsearchable::Refused)?;
        let text = checked(values, 1, TEXT_BYTES).map_err(Unsearchable::Refused)?;
        match environment.expressions.of(&pattern, &text) {
            Ok(expression) => Ok(Self { expression, is_empty: pattern.is_empty(), text }),
            Err(malformed) => Err(Unsearchable::Pattern(pattern, malformed)),
        }
    }

    /// Fails in the words of `regexp.Compile`.
    fn must(environment: &mut Environment<'_>, values: &[Value]) -> Computed<Self> {
        Self::new(environment, values).map_err(|error| match error {
            Unsearchable::Pattern(_, malformed) => marked(values, &malformed.to_string()),
            Unsearchable::Refused(error) => error,
        })
    }

    /// Fails in the words of `regexp.MustCompile`.
    fn or_panic(environment: &mut Environment<'_>, values: &[Value]) -> Computed<Self> {
        Self::new(environment, values).map_err(|error| match error {
            Unsearchable::Pattern(pattern, malformed) => {
                marked(values, &format!("regexp: Compile({}): {malformed}", quoted(&pattern)))
            }
            Unsearchable::Refused(error) => error,
        })
    }

    fn matches(&self) -> bool {
        self.expression.regex.is_match(&self.text)
    }

    fn first(&self) -> Outcome {
        let found = self.expression.regex.find(&self.text).and_then(|found| self.text.get(found.range()));
        Ok(bytes(found.unwrap_or("").as_bytes()))
    }

    fn all(&self, environment: &Environment<'_>, values: &[Value]) -> Outcome {
        let mut found = Vec::new();
        for place in self.places(wanted(integer(values, 2)?))? {
            items_within(environment, found.len() + 1)?;
            found.push(Text::from(self.text.get(place.0..place.1).unwrap_or("")));
        }
        Ok(if found.is_empty() { none() } else { strings(found) })
    }

    /// Returns where the matches are, `most` at most.
    fn places(&self, most: usize) -> Computed<Vec<(usize, usize)>> {
        let mut work = Work::new(&self.text);
        let mut places = Vec::new();
        for found in self.expression.regex.find_iter(&self.text).take(most) {
            work.reach(found.end())?;
            places.push((found.start(), found.end()));
        }
        Ok(places)
    }

    fn expand(&self, environment: &Environment<'_>, values: &[Value]) -> Outcome {
        let parts = template::parse(&text(values, 2)?);
        self.replace_with(environment, |captures, out| {
            for part in &parts {
                out.extend_from_slice(part.value(&self.expression.names, captures, &self.text));
            }
        })
    }

    fn replace(&self, environment: &Environment<'_>, values: &[Value]) -> Outcome {
        let literal = text(values, 2)?;
        self.replace_with(environment, |_, out| out.extend_from_slice(literal.as_bytes()))
    }

    fn replace_with(&self, environment: &Environment<'_>, write: impl Fn(&Captures, &mut Vec<u8>)) -> Outcome {
        let mut work = Work::new(&self.text);
        let (mut out, mut at) = (Vec::new(), 0);
        for captures in self.expression.regex.captures_iter(&self.text) {
            let Some(whole) = captures.get_match() else { continue };
            work.reach(whole.end())?;
            out.extend_from_slice(self.text.get(at..whole.start()).unwrap_or("").as_bytes());
            write(&captures, &mut out);
            at = whole.end();
            within(environment, out.len().saturating_add(self.text.len() - at))?;
        }
        out.extend_from_slice(self.text.get(at..).unwrap_or("").as_bytes());
        Ok(bytes(&out))
    }

    /// Go `regexp.go`, `Split`: an empty match at the beginning separates nothing.
    fn split(&self, environment: &Environment<'_>, values: &[Value]) -> Outcome {
        let count = integer(values, 2)?;
        if count == 0 {
            return Ok(none());
        }
        if !self.is_empty && self.text.is_empty() {
            return Ok(strings(vec![Text::default()]));
        }
        let most = wanted(count);
        let (mut pieces, mut begin, mut end) = (Vec::new(), 0, 0);
        for (from, to) in self.places(most)? {
            if pieces.len() + 1 == most {
                break;
            }
            items_within(environment, pieces.len() + 2)?;
            end = from;
            if to != 0 {
                pieces.push(Text::from(self.text.get(begin..end).unwrap_or("")));
            }
            begin = to;
        }
        if end != self.text.len() {
            pieces.push(Text::from(self.text.get(begin..).unwrap_or("")));
        }
        Ok(strings(pieces))
    }
}

/// Returns a list that Go never made.
fn none() -> Value {
    Value::plain(Data::List(List::nil(), Element::String))
}

/// Go counts down from any negative number without end.
fn wanted(count: i64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// What the searches of one call may have read.
struct Work {
    len: usize,
    read: usize,
}

impl Work {
    fn new(text: &str) -> Self {
        Self { len: text.len(), read: 0 }
    }

    /// Counts a search that began at the last match's end, and may have read to the end of the text.
    fn reach(&mut self, end: usize) -> Computed<()> {
        self.read = self.read.saturating_add(self.len.saturating_sub(end));
        if self.read > SEARCHED_BYTES {
            return Err("there are too many matches in too long a text".into());
        }
        Ok(())
    }
}

/// Returns a string argument that is UTF-8 and not too long.
fn checked(values: &[Value], index: usize, limit: usize) -> Computed<String> {
    let text = text(values, index)?;
    if text.as_bytes().len() > limit {
        return Err(marked(
            values,
            &format!("a regular expression and its text may have {PATTERN_BYTES} and {TEXT_BYTES} bytes"),
        ));
    }
    match std::str::from_utf8(text.as_bytes()) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Err(marked(values, "regular expressions read UTF-8 only")),
    }
}

fn marked(values: &[Value], message: &str) -> FunctionError {
    FunctionError { message: Text::from(message).derived_from(&all_leaves(values)) }
}

/// Go `regexp.go`, `quote`: in backquotes where that is possible.
fn quoted(pattern: &str) -> String {
    let backquotes = pattern.chars().all(|character| match character {
        '`' | '\u{7f}' | '\u{feff}' => false,
        '\t' => true,
        other => other >= ' ',
    });
    if backquotes {
        return format!("`{pattern}`");
    }
    let quoted = gofmt::sprintf(&Text::from("%q"), &[Value::string(pattern)]);
    quoted.map(|quoted| String::from_utf8_lossy(quoted.as_bytes()).into_owned()).unwrap_or_default()
}

fn quote_meta(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let text = text(values, 0)?;
    within(environment, text.as_bytes().len().saturating_mul(2))?;
    let mut out = Vec::with_capacity(text.as_bytes().len());
    for byte in text.as_bytes() {
        if br"\.+*?()|[]{}^$".contains(byte) {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    Ok(bytes(&out))
}

#[cfg(test)]
mod tests;
