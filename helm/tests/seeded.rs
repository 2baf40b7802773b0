//! Seeded randomness: what its results depend on, and what they do not.
//!
//! Rules: the same key and the same call give the same bytes; a call is known by the chain of calls that leads to it, not by its line.

#![expect(clippy::panic, clippy::expect_used, reason = "a chart that does not render must stop the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use helm::chart::ChartFile;
use helm::chart::scope::{Action, Capabilities, Release};
use helm::profile::Profile;
use helm::provenance::LeafId;
use helm::render::order::Tests;
use helm::render::schema::Schemas;
use helm::render::{Budget, Definitions, Hashes, Options, Outcome, Prepared, Randomness, render};
use helm::value::Map;

/// The template whose output is looked at.
const MAIN: &str = "templates/main.yaml";
const KEY: [u8; 32] = [1; 32];
const OTHER: [u8; 32] = [2; 32];
/// 2023-11-14T22:13:20Z.
const NOW: (i64, u32) = (1_700_000_000, 5);
/// The first pseudo-leaf.
const FIRST: u32 = 100;

fn outcome(files: &[(&str, &str)], key: [u8; 32], hashes: Hashes) -> Outcome {
    let own = [("Chart.yaml", "apiVersion: v2\nname: probe\nversion: 1.0.0\n")];
    let file = |(path, text): &(&str, &str)| ChartFile { path: (*path).to_owned(), data: text.as_bytes().to_vec() };
    let chart = helm::chart::load(own.iter().chain(files).map(file).collect()).unwrap_or_else(|error| panic!("{error}"));
    let options = Options {
        profile: Profile::Helm4_3,
        release: Release { name: "probe".to_owned(), namespace: "default".to_owned(), revision: 1, action: Action::Install },
        capabilities: Capabilities::default(),
        definitions: Definitions::Skip,
        tests: Tests::Keep,
        schemas: Schemas::Check,
        randomness: Randomness::Seeded { key, now: NOW },
        hashes,
        budget: Budget::default(),
        first_pseudo_leaf: FIRST,
    };
    render(&Prepared::new(chart), &Map::new(), &options, &mut |_, _| None).unwrap_or_else(|error| panic!("{error:?}"))
}

/// Returns what the main template prints.
fn printed(files: &[(&str, &str)], key: [u8; 32]) -> String {
    let outcome = outcome(files, key, Hashes::Plain);
    let main = outcome.documents.iter().find(|document| document.source == format!("probe/{MAIN}")).expect("a document");
    String::from_utf8_lossy(main.text.as_bytes()).into_owned()
}

fn main_of(template: &str, key: [u8; 32]) -> String {
    printed(&[(MAIN, template)], key)
}

/// Returns the values of the keys `a`, `b`, .. that a template prints.
fn values(text: &str) -> BTreeMap<String, String> {
    let pairs = text.lines().filter_map(|line| line.split_once(": "));
    pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

const EVERYTHING: &str = "a: {{ randAlphaNum 16 }}\nb: {{ randAscii 12 | b64enc }}\nc: {{ uuidv4 }}\nd: {{ randInt 0 1000000000 }}\n\
                          e: {{ genPrivateKey \"ecdsa\" | b64enc }}\nf: {{ bcrypt \"pw\" }}\ng: {{ encryptAES \"k\" \"t\" }}\n\
                          h: {{ (genCAWithKey \"ca\" 3 (genPrivateKey \"ed25519\")).Cert | b64enc }}\ni: {{ randAlphaNum 16 }}\n";

// The same key gives the same bytes, another one others everywhere; two calls of the same words differ.
#[test]
fn keys_decide() {
    let one = main_of(EVERYTHING, KEY);
    assert_eq!(one, main_of(EVERYTHING, KEY));
    let (one, other) = (values(&one), values(&main_of(EVERYTHING, OTHER)));
    assert_eq!(one.len(), 9);
    for (name, value) in &one {
        assert_ne!(Some(value), other.get(name), "{name}");
    }
    assert_eq!(one.values().collect::<BTreeSet<_>>().len(), one.len());
}

// What a call gave last year it gives next year: these are the bytes.
#[test]
fn values_are_pinned() {
    let values = values(&main_of(EVERYTHING, KEY));
    let check = |name: &str, want: &str| assert_eq!(values.get(name).map(String::as_str), Some(want));
    check("a", "GD0nN9j3RVM5JPEj");
    check("c", "549c8adf-e7ec-41d8-ae11-e7efc4e4fd42");
    check("d", "113742675");
}

// Lines, white space, comments and other commands before a call change nothing; equal commands count.
#[test]
fn places_do_not_matter() {
    let check = |before: &str, expected: bool| {
        let call = "a: {{ randAlphaNum 16 }}\n";
        let same = values(&main_of(call, KEY)).get("a") == values(&main_of(&format!("{before}{call}"), KEY)).get("a");
        assert_eq!(same, expected, "{before:?}");
    };
    check("\n\n# a comment\n", true);
    check("{{/* another */}}\n", true);
    check("b: {{ randAlphaNum 17 }}\nc: {{ randAlpha 16 }}\nd: {{ uuidv4 }}\n", true);
    check("{{ if false }}b: {{ randAlphaNum  16 | b64enc }}{{ end }}\n", false);
    let spaced = main_of("a: {{   randAlphaNum\t16 | quote }}\n", KEY);
    assert_eq!(spaced, main_of("a: {{ randAlphaNum 16|quote }}", KEY));
}

/// A helper that draws, and two that call it.
const HELPER: &str =
    "{{ define \"password\" }}{{ randAlphaNum 16 }}{{ end }}{{ define \"outer\" }}{{ include \"password\" . }}{{ end }}";

// A helper gives each of its callers a value of its own, and a new caller leaves the others theirs.
#[test]
fn callers_count() {
    let helper = ("templates/_helper.tpl", HELPER);
    let main = (MAIN, "a: {{ include \"password\" . }}\nb: {{ include \"outer\" . }}\nc: {{ include \"password\" . | quote }}\n");
    let alone = printed(&[helper, main], KEY);
    let other = ("templates/a.yaml", "a: {{ include \"password\" . }}\nb: {{ randAlphaNum 16 }}\n");
    assert_eq!(alone, printed(&[helper, main, other], KEY));
    let values = values(&alone);
    assert_eq!(values.values().collect::<BTreeSet<_>>().len(), 3, "{values:?}");
    let theirs = outcome(&[helper, main, other], KEY, Hashes::Plain);
    for document in theirs.documents.iter().filter(|document| document.source != format!("probe/{MAIN}")) {
        let text = String::from_utf8_lossy(document.text.as_bytes()).into_owned();
        assert!(values.values().all(|value| !text.contains(value.trim_matches('"'))));
    }
}

// Each turn of a loop draws anew, through helpers and `tpl` as well; a longer loop keeps the first turns.
#[test]
fn turns_differ() {
    let helper = ("templates/_helper.tpl", HELPER);
    let check = |call: &str| {
        let turns = |count: usize| {
            let main = format!("{{{{ range $i, $_ := until {count} }}}}k{{{{ $i }}}}: {call}\n{{{{ end }}}}");
            values(&printed(&[helper, (MAIN, &main)], KEY))
        };
        let (short, long) = (turns(3), turns(5));
        assert_eq!(long.values().collect::<BTreeSet<_>>().len(), 5, "{call}: {long:?}");
        assert!(short.iter().all(|(name, value)| long.get(name) == Some(value)), "{call}");
    };
    check("{{ randAlphaNum 16 }}");
    check("{{ include \"outer\" $ }}");
    check("{{ tpl \"{{ randAlphaNum 16 }}\" $ }}");
}

// Passwords are as long as asked for, of their alphabet.
#[test]
fn passwords_have_their_shape() {
    let values = values(&main_of("a: {{ randAlphaNum 40 }}\nb: {{ randNumeric 12 }}\n", KEY));
    let check = |name: &str, len: usize, of: fn(char) -> bool| {
        let value = values.get(name).expect("a value");
        assert!(value.len() == len && value.chars().all(of), "{value}");
    };
    check("a", 40, |character| character.is_ascii_alphanumeric());
    check("b", 12, |character| character.is_ascii_digit());
}

// Results carry a leaf, the time none; both are on record with their places.
#[test]
fn results_are_tracked() {
    let template = "a: {{ randAlphaNum 16 }}\nb: {{ now | date \"2006-01-02\" }}\n";
    let outcome = outcome(&[(MAIN, template)], KEY, Hashes::Plain);
    let recorded: Vec<_> = outcome.chance.iter().map(|call| (call.leaf.0, call.function, call.at.line)).collect();
    assert_eq!(recorded, [(FIRST, "randAlphaNum", 1), (FIRST + 1, "now", 2)]);
    let document = outcome.documents.first().expect("a document");
    assert_eq!(document.text.marks().leaves().as_slice(), [LeafId(FIRST)]);
    let text = String::from_utf8_lossy(document.text.as_bytes()).into_owned();
    assert!(text.contains("b: 2023-11-14"), "{text}");
    let marks: Vec<_> = document.text.marks().as_slice().iter().map(|mark| (mark.start, mark.end)).collect();
    assert_eq!(marks, [(3, 19)]);
}

// Where hashes hide sealed leaves they hide seeded ones, too: stable, other for another key, and unmarked.
#[test]
fn hashes_take_digests() {
    let template = "a: {{ randAlphaNum 16 | sha256sum }}\nb: {{ \"clear\" | sha256sum }}\n";
    let run = |key| {
        let outcome = outcome(&[(MAIN, template)], key, Hashes::Ciphertext(Arc::default()));
        let document = outcome.documents.first().expect("a document").clone();
        assert!(document.text.marks().leaves().is_empty());
        values(&String::from_utf8_lossy(document.text.as_bytes()))
    };
    let (one, other) = (run(KEY), run(OTHER));
    assert_eq!(one, run(KEY));
    assert_ne!(one.get("a"), other.get("a"));
    assert_eq!(one.get("b"), other.get("b"));
    let plain = values(&main_of(template, KEY));
    assert_ne!(one.get("a"), plain.get("a"));
    assert_eq!(one.get("b"), plain.get("b"));
}

// A certificate chain is the same at every render.
#[test]
fn certificates_are_stable() {
    let template = "{{ $ca := genCA \"ca\" 365 }}{{ $one := genSignedCert \"one\" nil (list \"one\") 30 $ca }}\
                    a: {{ $ca.Cert | b64enc }}\nb: {{ $one.Cert | b64enc }}\nc: {{ $one.Key | b64enc }}\n";
    let one = main_of(template, KEY);
    assert_eq!(one, main_of(template, KEY));
    assert_eq!(values(&one).len(), 3);
}

// No key or seed is printed with the options.
#[test]
fn debug_prints_no_key() {
    let shown = format!("{:?}", Randomness::Seeded { key: [0x5a; 32], now: NOW });
    assert_eq!(shown, "Seeded");
}
