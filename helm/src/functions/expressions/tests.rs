//! The functions: results, words, bounds, provenance. What helm makes of them is in `tests/cases/data.cases`.

use super::*;
use crate::functions::tests::{RESULT_LIMIT, call, exact, refused, try_call};
use crate::value::Data;

fn check(name: &str, arguments: &[&str], expected: &str) {
    let values: Vec<Value> = arguments.iter().map(|text| Value::string(text)).collect();
    let printed = gofmt::value(&call(name, &values));
    assert_eq!(String::from_utf8_lossy(printed.as_bytes()), expected, "{name} {arguments:?}");
}

// Matches are replaced with what the template says.
#[test]
fn replacing() {
    check("regexReplaceAll", &["a(x*)b", "-ab-axxb-", "${1}W"], "-W-xxW-");
    check("regexReplaceAll", &["(?P<n>a)|b", "ab", "<$n>"], "<a><>");
    check("regexReplaceAll", &["", "ab", "-"], "-a-b-");
    check("regexReplaceAllLiteral", &["a", "banana", "${1}"], "b${1}n${1}n${1}");
    check("regexQuoteMeta", &["1.5 - [a]"], "1\\.5 - \\[a\\]");
}

// Lists are as long as asked for.
#[test]
fn lists() {
    let check = |name: &str, pattern: &str, text: &str, count: i64, expected: &str| {
        let values = [Value::string(pattern), Value::string(text), Value::plain(Data::Int(count))];
        let printed = gofmt::value(&call(name, &values));
        assert_eq!(String::from_utf8_lossy(printed.as_bytes()), expected, "{name} {pattern}");
    };
    check("regexFindAll", "[2,4,6,8]", "123456789", -1, "[2 4 6 8]");
    check("regexFindAll", "[2,4,6,8]", "123456789", 2, "[2 4]");
    check("regexFindAll", "a", "aaa", 0, "[]");
    check("regexSplit", "z+", "pizza", -1, "[pi a]");
    check("regexSplit", "z+", "pizza", 1, "[pizza]");
    check("regexSplit", "", "abc", 2, "[a bc]");
    check("regexSplit", "a", "", -1, "[]");
}

// What is no pattern is told as each function tells it.
#[test]
fn patterns_that_are_none() {
    let values = [Value::string("a("), Value::string("a")];
    check("regexMatch", &["a(", "a"], "false");
    assert_eq!(refused("mustRegexMatch", &values).as_deref(), Some("error parsing regexp: missing closing ): `a(`"));
    assert_eq!(
        refused("regexFind", &values).as_deref(),
        Some("regexp: Compile(`a(`): error parsing regexp: missing closing ): `a(`")
    );
}

// A pattern and its text are bounded on both sides of the limits, and even `regexMatch` says so.
#[test]
fn sizes_are_bounded() {
    let pattern = |bytes: usize| [Value::string(&"a".repeat(bytes)), Value::string("a")];
    assert!(refused("regexMatch", &pattern(PATTERN_BYTES)).is_none());
    assert!(refused("regexMatch", &pattern(PATTERN_BYTES + 1)).is_some());
    let text = |bytes: usize| [Value::string("b"), Value::string(&"a".repeat(bytes))];
    assert!(refused("regexMatch", &text(TEXT_BYTES)).is_none());
    assert!(refused("regexMatch", &text(TEXT_BYTES + 1)).is_some());
    let large = [Value::string("(\\pL{100}){10}\\pL{1000}\\pL{1000}"), Value::string("a")];
    assert!(refused("mustRegexMatch", &large).is_some_and(|message| message.contains("expression too large")));
}

// Work is bounded: a match at every byte of a long text is refused, in a shorter one it is not.
#[test]
fn work_is_bounded() {
    let mut work = Work { len: SEARCHED_BYTES, read: 0 };
    assert!(work.reach(0).is_ok());
    assert!(work.reach(SEARCHED_BYTES - 1).is_err());
}

// A result depends on pattern, text and replacement; an error that may quote them does, too.
#[test]
fn results_are_derived() {
    let value = call("regexReplaceAll", &[Value::string("p"), exact("pw"), Value::string("q")]);
    assert!(!value.all_leaves().is_empty());
    let error = try_call("mustRegexMatch", &[exact("("), Value::string("")], RESULT_LIMIT).err().unwrap();
    assert!(!error.message.marks().is_empty());
}
