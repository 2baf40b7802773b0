//! Patterns: what they match when translated, and why they are refused.

use regex::Regex;

use super::*;

fn check(pattern: &str, text: &str, expected: Option<&str>) {
    let translated = translate(pattern).unwrap();
    let regex = Regex::new(&translated.pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
    assert_eq!(regex.find(text).map(|found| found.as_str()), expected, "{pattern} as {}", translated.pattern);
}

fn check_refused(pattern: &str, expected: &str) {
    assert_eq!(translate(pattern).unwrap_err().to_string(), format!("error parsing regexp: {expected}"), "{pattern}");
}

// Brackets hold single characters, whatever `regex` makes of them.
#[test]
fn brackets() {
    check("[a[b]+", "x[ab", Some("[ab"));
    check("[]a]+", "x]a", Some("]a"));
    check("[^]a]+", "]xa", Some("x"));
    check("[\\w-\\.]+", "/a-b.c", Some("a-b.c"));
    check("[a&&b]+", "x&&ab", Some("&&ab"));
    check("[--/]+", "x-./", Some("-./"));
    check("[a~~b-]+", "~-", Some("~-"));
    check("[[:alpha:][:^ascii:]]+", "1aü", Some("aü"));
    check("[[:x]+", "x:[", Some("x:["));
    check("[\\D]+", "1a", Some("a"));
    check("[^\\d\\s]+", "1 ab", Some("ab"));
}

// Letters after backslashes are ASCII, as in Go.
#[test]
fn escapes() {
    check("\\w+", "ä_a1", Some("_a1"));
    check("\\bb", "üb", Some("b"));
    check("\\d", "٣", None);
    check("\\s", "\u{a0}", None);
    check("\\S", "\u{b}", Some("\u{b}"));
    check("\\101\\x42\\x{43}\\0", "ABC\0", Some("ABC\0"));
    check("\\Qa.b*\\E+", "a.b**", Some("a.b**"));
    check("\\Qa.b", "a.b", Some("a.b"));
    check("\\<\\_\\-", "<_-", Some("<_-"));
    check("\\pL\\p{Greek}\\P{^Lu}\\p{Letter}", "aβCd", Some("aβCd"));
    check("\\x{D800}|a", "a", Some("a"));
    check("[\\x{D7FF}-\\x{E000}]", "\u{E000}", Some("\u{E000}"));
}

// Braces that count nothing are text; flags end with their group.
#[test]
fn repetitions_and_flags() {
    check("a{,2}", "a{,2}", Some("a{,2}"));
    check("a{2", "a{2", Some("a{2"));
    check("a{01}", "a{01}", Some("a{01}"));
    check("a{2}?a", "aaa", Some("aaa"));
    check("(?i)STRASSE|k", "\u{212a}", Some("\u{212a}"));
    check("a(?i)*B", "aab", Some("aab"));
    check("((?i)a)a", "Aa", Some("Aa"));
    check("((?i)a)a", "AA", None);
    check("(?i-i:a)", "A", None);
    check("(?U)a+", "aa", Some("a"));
    check("(?s).(?-s).", "\n\n", None);
    check("(?:)|a", "a", Some(""));
    check("^*a$", "a", Some("a"));
    check("}]", "}]", Some("}]"));
}

// What Go refuses is refused in its words.
#[test]
fn refusals() {
    check_refused("(a", "missing closing ): `(a`");
    check_refused("a)", "unexpected ): `a)`");
    check_refused("[a", "missing closing ]: `[a`");
    check_refused("[b-a]", "invalid character class range: `b-a`");
    check_refused("[[:foo:]]", "invalid character class range: `[:foo:]`");
    check_refused("\\p{Foo}", "invalid character class range: `\\p{Foo}`");
    check_refused("\\p{Alphabetic}", "invalid character class range: `\\p{Alphabetic}`");
    check_refused("*a", "missing argument to repetition operator: `*`");
    check_refused("a**", "invalid nested repetition operator: `**`");
    check_refused("a{2}{3}", "invalid nested repetition operator: `{2}{3}`");
    check_refused("a{2,1}", "invalid repeat count: `{2,1}`");
    check_refused("\\1", "invalid escape sequence: `\\1`");
    check_refused("\\C", "invalid escape sequence: `\\C`");
    check_refused("\\Z", "invalid escape sequence: `\\Z`");
    check_refused("a\\", "trailing backslash at end of expression: ``");
    check_refused("(?x)a", "invalid or unsupported Perl syntax: `(?x`");
    check_refused("(?=a)", "invalid or unsupported Perl syntax: `(?=`");
    check_refused("(?P<a-b>c)", "invalid named capture: `(?P<a-b>`");
    check_refused("(?P<a", "invalid named capture: `(?P<a`");
}

// Limits hold on both sides: nesting, counts and products of counts.
#[test]
fn limits() {
    let nested = |levels: usize| format!("{}a{}", "(".repeat(levels), ")".repeat(levels));
    assert!(Regex::new(&translate(&nested(GROUPS)).unwrap().pattern).is_ok());
    assert_eq!(translate(&nested(GROUPS + 1)).unwrap_err().problem, "expression nests too deeply");
    check("a{1000}", "", None);
    check_refused("a{1001}", "invalid repeat count: `{1001}`");
    check("(a{10}){100}", "", None);
    check_refused("(a{10}){101}", "invalid repeat count: `{101}`");
}
