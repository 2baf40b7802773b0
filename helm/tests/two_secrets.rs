//! Two renders whose values differ in sealed texts only: what is not marked must be the same.
//!
//! Rules: templates by a generator of fixed seeds ([`templates`]); a failure that says it depends on leaves may happen in one render
//! alone, any other may not, and its words without marked ones are the same.

#![expect(clippy::panic, clippy::expect_used, reason = "a broken table must stop the test")]

use std::collections::BTreeMap;
use std::sync::Arc;

use helm::chart::ChartFile;
use helm::chart::scope::{Action, Capabilities, Release};
use helm::profile::Profile;
use helm::provenance::LeafId;
use helm::render::order::Tests;
use helm::render::schema::Schemas;
use helm::render::{Budget, Definitions, Hashes, Options, Prepared, Randomness, RenderError, Site, render};
use helm::value::{Map, Text};
use helm::values::from_node;
use templates::{Generator, Random};
use yaml::ReadOptions;

#[path = "two_secrets/templates.rs"]
mod templates;

/// What is not sealed.
const CLEAR: &str = "{word: clear, version: 2.1.0, count: 4, list: [a, b, {c: d}], map: {k: v}}";
/// What is, twice. No text is empty: whether a value is there at all is no secret.
const SEALED: [&str; 2] = [
    "{word: alpha, number: '7', lines: \"one\\ntwo\\n\", json: '{\"k\": \"v\"}', yaml: 'k: {a: b}', base64: aGVsbG8=, date: '2024-01-02',
      url: 'http://a:b@host/p?q=1', version: 1.2.3, count: 3, list: ['x', 'a', 'long'], map: {k: one, z: two}}",
    "{word: Gamma delta epsilon, number: '12', lines: \"  a\\n\\nb\", json: '{\"y\": [1, {\"z\": 2}]}', yaml: '[1, k]', base64: eA==,
      date: '1999-12-31', url: 'ftp://other/', version: 10.0.0-rc.1, count: 8, list: ['zz', 'other', 'a'], map: {k: other, z: clear}}",
];
/// Templates of one run.
const COUNT: u64 = 2500;
/// The first leaf of a random value; the sealed ones are before it.
const FIRST_PSEUDO_LEAF: u32 = 100;

fn values(sealed: &str) -> Map {
    let read = |text: &str| yaml::read(text.as_bytes(), &ReadOptions::helm()).expect("YAML").remove(0);
    let mut next = 0;
    let sealed = from_node(&read(sealed), &mut |_| {
        next += 1;
        Some(LeafId(next - 1))
    });
    assert!(next < FIRST_PSEUDO_LEAF, "too many leaves");
    let map = Map::new();
    map.insert(b"sealed", sealed);
    map.insert(b"clear", from_node(&read(CLEAR), &mut |_| None));
    map
}

fn options() -> Options {
    Options {
        profile: Profile::default(),
        release: Release { name: "probe".to_owned(), namespace: "default".to_owned(), revision: 1, action: Action::Install },
        capabilities: Capabilities::default(),
        definitions: Definitions::Skip,
        tests: Tests::Keep,
        randomness: Randomness::Refuse,
        hashes: Hashes::Ciphertext(Arc::new(
            (0..FIRST_PSEUDO_LEAF).map(|leaf| (LeafId(leaf), vec![1, 2, 3])).collect::<BTreeMap<_, _>>(),
        )),
        budget: Budget {
            depth: 30,
            steps: 100_000,
            key_steps: 1_000_000,
            text_bytes: 1 << 20,
            output_bytes: 1 << 20,
            memory_bytes: 16 << 20,
        },
        first_pseudo_leaf: FIRST_PSEUDO_LEAF,
        schemas: Schemas::Check,
    }
}

/// What a render shows to whoever may not see what is sealed.
#[derive(Debug, PartialEq)]
enum Seen {
    Text(String),
    Failure(String, Option<Site>),
    /// A failure that depends on what is sealed.
    Hidden,
}

/// Returns the text without what is marked.
fn clear(text: &Text) -> String {
    let mut bytes: Vec<Option<u8>> = text.as_bytes().iter().copied().map(Some).collect();
    for mark in text.marks().as_slice() {
        bytes.get_mut(mark.start..mark.end).expect("a mark lies in its text").fill(None);
    }
    String::from_utf8_lossy(&bytes.into_iter().flatten().collect::<Vec<u8>>()).into_owned()
}

fn prepared(template: &str) -> Prepared {
    let files = [
        ("Chart.yaml", "apiVersion: v2\nname: probe\nversion: 1.0.0\n"),
        ("templates/print.yaml", "out: |2\n{{ include \"probe/templates/_case.tpl\" . | indent 2 }}\n"),
        ("templates/_case.tpl", template),
        ("files/a.txt", "first\nsecond\n"),
    ];
    let files = files.map(|(path, text)| ChartFile { path: path.to_owned(), data: text.as_bytes().to_vec() });
    Prepared::new(helm::chart::load(files.into()).unwrap_or_else(|error| panic!("{error}")))
}

fn seen(prepared: &Prepared, sealed: &str) -> Seen {
    match render(prepared, &values(sealed), &options(), &mut |_, _| None) {
        Ok(outcome) => Seen::Text(outcome.documents.first().map(|document| clear(&document.text)).unwrap_or_default()),
        Err(RenderError::Template(failure)) if !failure.leaves.is_empty() => Seen::Hidden,
        Err(RenderError::Template(failure)) => Seen::Failure(clear(&failure.message), Some(failure.at)),
        Err(RenderError::Arrange(error)) if !error.leaves.is_empty() => Seen::Hidden,
        Err(error) => Seen::Failure(error.to_string(), None),
    }
}

/// The first lines of every template.
const HEAD: &str = "{{ define \"part\" }}[{{ .word }}{{ if .count }}{{ .list }}{{ end }}]{{ end }}{{ $any := \"start\" }}{{ $list := list }}{{ $map := dict \"a\" 1 }}";

fn generator() -> Generator {
    Generator::new(&mut |template| match render(
        &prepared(&format!("{HEAD}{template}")),
        &values(SEALED[0]),
        &options(),
        &mut |_, _| None,
    ) {
        Ok(outcome) => {
            let text = outcome.documents.first().map(|document| String::from_utf8_lossy(document.text.as_bytes()).into_owned());
            Some(text?.strip_prefix("out: |2")?.trim().to_owned())
        }
        Err(_) => None,
    })
}

// The comparison sees what is shown, and nothing that is marked; without marks it sees a difference.
#[test]
fn what_is_shown_is_compared() {
    let prepared = prepared("{{ .Values.clear.word }} {{ .Values.sealed.word }} {{ .Values.clear.count }}");
    for sealed in SEALED {
        assert_eq!(seen(&prepared, sealed), Seen::Text(String::from("out: |2\n  clear  4\n")));
    }
    let untracked = SEALED.map(|sealed| {
        let given = Map::new();
        given.insert(
            b"sealed",
            from_node(&yaml::read(sealed.as_bytes(), &ReadOptions::helm()).expect("YAML").remove(0), &mut |_| None),
        );
        given.insert(b"clear", values(sealed).get(b"clear").expect("a value"));
        let outcome = render(&prepared, &given, &options(), &mut |_, _| None).expect("a render");
        outcome.documents.iter().map(|document| clear(&document.text)).collect::<String>()
    });
    assert!(untracked[0].contains("alpha") && untracked[1].contains("Gamma"), "{untracked:?}");
}

// Nothing that is shown of a render tells two secrets apart.
#[test]
fn two_secrets_show_the_same() {
    let generator = generator();
    let (mut texts, mut leaks) = (0, Vec::new());
    for seed in 1..=COUNT {
        let template = format!("{HEAD}{}", generator.body(&mut Random::new(seed), 2));
        let prepared = prepared(&template);
        match (seen(&prepared, SEALED[0]), seen(&prepared, SEALED[1])) {
            (Seen::Hidden, _) | (_, Seen::Hidden) => {}
            (a, b) if a == b => texts += u64::from(matches!(a, Seen::Text(_))),
            (a, b) => leaks.push(format!("{}\n  {a:?}\n  {b:?}", template.trim_start_matches(HEAD))),
        }
    }
    assert!(leaks.is_empty(), "{} of {COUNT} leak ({texts} ran):\n{}\n{:?}", leaks.len(), leaks.join("\n"), generator.silent());
    assert!(texts * 3 > COUNT, "only {texts} of {COUNT} ran; never: {:?}", generator.silent());
}
