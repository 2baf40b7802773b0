//! What a call costs beside the step every call is: in proportion to the texts it is given.
//!
//! Rules: a step is some 200 ns. What is looked at in lists and maps counts where it is looked at ([`crate::value`]); what grows faster
//! than its arguments (sorting, comparing each with each, compiling) counts in the functions themselves.

use super::Function;
use crate::meter;
use crate::value::{Data, Value};

/// Functions that go through fewer bytes in a step than copying and searching do, by the bytes they go through.
#[rustfmt::skip]
const SLOW: &[(usize, &[&str])] = &[
    (1, &["fromToml", "snakecase", "kebabcase", "camelcase"]),
    (2, &["printf"]),
    (4, &["fromJson", "fromJsonArray", "fromYaml", "fromYamlArray", "mustFromJson"]),
    (16, &["upper", "lower"]),
    (8, &[
        "b32dec", "b32enc", "date", "dateInZone", "html", "initials", "js", "mustRegexFind", "mustRegexFindAll", "mustRegexMatch",
        "mustRegexReplaceAll", "mustRegexReplaceAllLiteral", "mustRegexSplit", "quote", "regexFind", "regexFindAll", "regexMatch",
        "regexReplaceAll", "regexReplaceAllLiteral", "regexSplit", "split", "splitList", "splitn", "squote", "substr", "swapcase",
        "title", "toDate", "untitle", "urlParse", "urlquery", "wrap", "wrapWith",
    ]),
];

/// Returns the steps a call with these arguments takes besides one.
pub(crate) fn of(function: &Function, values: &[Value]) -> usize {
    let bytes: usize = values.iter().map(length).sum();
    let steps = meter::steps_of_bytes(bytes);
    // Most calls are given a few bytes: for them nothing is looked up.
    if steps == 0 {
        return 0;
    }
    let slow = SLOW.iter().find(|(_, names)| names.contains(&function.name));
    slow.map_or(steps, |(bytes_per_step, _)| bytes / bytes_per_step)
}

fn length(value: &Value) -> usize {
    match &value.data {
        Data::String(text) | Data::Bytes(text) => text.as_bytes().len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::find;

    // Every function that is listed is one, and is listed once.
    #[test]
    fn listed_functions_exist() {
        let mut names: Vec<_> = SLOW.iter().flat_map(|(_, names)| names.iter()).collect();
        assert!(names.iter().all(|name| find(name).is_some()));
        let listed = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), listed);
    }

    // Reading a text costs more than copying it, and a short text nothing.
    #[test]
    fn costs_follow_the_text() {
        let cost = |name: &str, bytes: usize| of(find(name).unwrap(), &[Value::string(&"a".repeat(bytes))]);
        assert_eq!([cost("upper", 10), cost("upper", 6400), cost("fromYaml", 6400)], [0, 400, 1600]);
    }
}
