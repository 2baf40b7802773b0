//! Programs: the same matches by bytes and by characters, and the same verdict on what is too large.

use proptest::prelude::*;

use super::super::translate::translate;
use super::*;

/// Patterns of charts and of the other tests, and what is read differently by bytes.
const PATTERNS: &str = r"
    a a* a|b (?:)|a ^ $ ^$ (?m)^ (?m)$ (?m)^a$ (?m)^.*$ \b \B \ba\b \Ba \b\w \A \z . .* (?s). (?s).* (?s).(?-s). (?U)a+ a+? x* z+
    (a)(b)? (?P<n>a)|b ((?i)a)a (?i-i:a) ^*a$ }] (|a)* (a|b)*?c (a*)* (a|ab)(c|bcd)(d*) a(x*)b (^|[^a])b a{,2} a{2 a{01} a{2}?a a(?i)*B
    [^A-Za-z0-9]+$ \W \W+ [^-A-Za-z0-9_.] [^a-z0-9-] \S+ \D* [^\d\s]+ [\D]+ [\W\D] ^v?[0-9]+(\.[0-9]+)*$ -+$ ^https?://
    ^[a-z0-9]([-a-z0-9]*[a-z0-9])?$ (?i)https?://[^/]+ (?i)^(true|yes|on)$ \d{1,3}(\.\d{1,3}){3} \x00 [^\x00] \n [^\n]
    (?i)k (?i)[^k] (?i)[^s]+ (?i)\W (?i)\w+ (?i)[a-z] (?i)STRASSE|k [[:^ascii:]] [[:alpha:][:^ascii:]]+ [[:^alpha:]] [[:word:]]+ [^[:space:]]
    [a[b]+ []a]+ [^]a]+ [\w-\.]+ [a&&b]+ [--/]+ [a~~b-]+ [[:x]+ [2,4,6,8] \Qa.b*\E+ \<\_\- \101\x42\x{43}\0
";

/// Texts that meet them.
const TEXTS: &[&str] = &[
    "",
    "a",
    "ab",
    "aab",
    "AA",
    "Aa",
    "aba",
    "-ab-axxb-",
    "abcd",
    "kK sS strasse STRASSE",
    "release-name-app-",
    "Release_Name.1",
    "v1.20.3",
    "https://Example.org/path?x=1",
    "HTTP://1.2.3.4:80",
    "a\nb\n",
    "\n",
    "\n\n",
    "a\r\nb",
    " \t\u{b}\u{c}",
    "true",
    "/a-b.c",
    "x[ab]&&~~-./",
    "[[:x",
    "a.b**",
    "a{,2}a{2a{01}}]",
    "\0\u{1}\u{7f}",
    "pizza",
    "123456789",
    "<_-",
    "ABC\0",
    "]xa",
    "the quick brown fox",
];

/// Returns where all groups of all matches are.
fn matches(regex: &Regex, text: &str) -> Vec<Vec<Option<(usize, usize)>>> {
    let groups = |captures: regex_automata::util::captures::Captures| {
        captures.iter().map(|span| span.map(|span| (span.start, span.end))).collect()
    };
    regex.captures_iter(text).map(groups).collect()
}

/// Compares both readings of a pattern in texts; `false` where there is only one.
fn check(pattern: &str, texts: &[&str]) -> bool {
    let Ok(translated) = translate(pattern) else { return false };
    let Ok(bytes) = build(&translated.pattern, Reading::Bytes, PROGRAM_BYTES) else { return false };
    let bound = most_bytes(pattern, translated.weight);
    let characters = build(&translated.pattern, Reading::Characters, bound);
    let characters = characters.unwrap_or_else(|error| panic!("{pattern} takes more than {bound} bytes: {error}"));
    for text in texts {
        assert_eq!(matches(&bytes, text), matches(&characters, text), "{pattern} in {text:?}");
        assert_eq!(bytes.is_match(text), characters.is_match(text), "{pattern} in {text:?}");
    }
    true
}

// Every pattern matches the same in texts of ASCII, and takes no more than its bound.
#[test]
fn readings_match_the_same() {
    for pattern in PATTERNS.split_whitespace().chain([""]) {
        assert!(check(pattern, TEXTS), "{pattern} has one reading");
    }
}

// What is beyond bytes is read by characters, in any text.
#[test]
fn some_patterns_have_one_reading() {
    for pattern in [
        "é",
        "a|ж",
        "(?i)ſ",
        "(?i)\\x{212a}",
        "\\377",
        "\\Qж",
        "[^€]",
        "[é]",
        "(?i)[\\xe0-\\xff]",
        "[^\\x80-\\xff]",
        "[a-\\x{10ffff}]",
        "\\pL",
        "\\PL",
        "[^\\p{Greek}]",
        "[^\\x00-\\x{10ffff}]",
        "\\x{d800}",
    ] {
        let (_, reading) = compile(pattern, &translate(pattern).unwrap(), Reading::Bytes).unwrap();
        assert_eq!(reading, Reading::Characters, "{pattern}");
    }
}

// What would be too large by characters is too large by bytes, and what has room has it in both.
#[test]
fn the_limit_is_that_of_characters() {
    let wide = |count: usize| format!("{}b", "[^a]".repeat(count));
    for reading in [Reading::Bytes, Reading::Characters] {
        let fits = |pattern: &str| compile(pattern, &translate(pattern).unwrap(), reading).map(|(_, reading)| reading).ok();
        assert_eq!(fits(&wide(20)), Some(reading));
        assert_eq!(fits(&wide(250)), Some(Reading::Characters));
        assert_eq!(fits(&wide(270)), None);
        assert_eq!(fits("[^a]{250}b"), Some(Reading::Characters));
        assert_eq!(fits("[^a]{270}b"), None);
    }
    assert!(build(&translate(&wide(270)).unwrap().pattern, Reading::Bytes, PROGRAM_BYTES).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    // So does any pattern that is built of these pieces, in any such text.
    #[test]
    fn any_reading_matches_the_same(
        pieces in prop::collection::vec(prop::sample::select(PIECES.split_whitespace().collect::<Vec<_>>()), 0..12),
        text in "[ -~\\n\\t]{0,12}|[aAkKsSzZ_ .\\n-]{0,16}",
    ) {
        check(&pieces.concat(), &[&text]);
    }
}

/// Pieces of patterns.
const PIECES: &str = r"
    a k S . \. - _ \w \W \d \D \s \S \b \B ^ $ [a-k] [^k] [^a-z.] [^\W_] [[:^alpha:]] [[:upper:]] \n [^\n] \A \z
    ( (?: (?i: (?P<x> () ) ) ) | * + ? *? {2} {1,3} {2,} (?i) (?s) (?m) (?U) (?-i)
";
