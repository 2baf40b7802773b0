//! URLs: their parts, what is joined from parts, and provenance. The many forms are in `tests/cases/data.cases`.

use super::*;
use crate::functions::tests::{RESULT_LIMIT, call, drawn_value, exact, refused};

fn check(text: &str, part: &str, expected: &str) {
    let url = call("urlParse", &[Value::string(text)]);
    assert_eq!(drawn_value(&call("get", &[url, Value::string(part)])), expected, "{text}");
}

fn dict(entries: &[(&str, Value)]) -> Value {
    let map = Map::new();
    for (key, value) in entries {
        map.insert(key.as_bytes(), value.clone());
    }
    Value::map(map)
}

// Each part comes out of its place.
#[test]
fn parts() {
    let url = "https://u:p%3A@h.example:8443/a%20b?q=1#f%20g";
    check(url, "scheme", "https");
    check(url, "userinfo", "u:p%3A");
    check(url, "host", "h.example:8443");
    check(url, "hostname", "h.example");
    check(url, "path", "/a b");
    check(url, "query", "q=1");
    check(url, "fragment", "f g");
    check("mailto:a@b", "opaque", "a@b");
    check("mongodb://a:1,b:2/x", "host", "a:1,b:2");
}

// What is no URL is told in Go's words.
#[test]
fn refusals() {
    let refused = |text: &str| refused("urlParse", &[Value::string(text)]).unwrap_or_default();
    assert_eq!(refused("http://a:b/"), "unable to parse url: parse \"http://a:b/\": invalid port \":b\" after host");
    assert_eq!(refused("http://h/%zz"), "unable to parse url: parse \"http://h/%zz\": invalid URL escape \"%zz\"");
    assert_eq!(refused("http://h/#%z"), "unable to parse url: parse \"http://h/#%z\": invalid URL escape \"%z\"");
}

// Parts that are tracked mark all of the URL; a URL that is tracked marks all of its parts.
#[test]
fn results_are_derived() {
    let joined = call("urlJoin", &[dict(&[("host", Value::string("h")), ("userinfo", exact("u"))])]);
    assert_eq!(drawn_value(&joined), "<//u@h>");
    let parsed = call("urlParse", &[exact("//h")]);
    assert_eq!(drawn_value(&call("get", &[parsed, Value::string("path")])), "<>");
}

// Escapes make a URL longer: the size is checked before.
#[test]
fn results_are_bounded() {
    let path = |bytes: usize| [dict(&[("path", Value::string(&" ".repeat(bytes)))])];
    assert!(refused("urlJoin", &path(RESULT_LIMIT / GROWTH)).is_none());
    assert!(refused("urlJoin", &path(RESULT_LIMIT / GROWTH + 1)).is_some());
}
