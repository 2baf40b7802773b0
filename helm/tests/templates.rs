//! Templates as helm runs them: `cases/{language,functions,data,keys}.cases`, whose `want` lines are recorded by `.ci/oracles/templates/record`.
//!
//! Rules: the same text, or a refusal in the same words. Where ours differ on purpose the case says so in an `ours` line.

#![expect(clippy::panic, clippy::expect_used, reason = "a broken table must stop the test")]

use helm::chart::ChartFile;
use helm::chart::scope::{Action, Capabilities, Release};
use helm::profile::Profile;
use helm::render::order::Tests;
use helm::render::schema::Schemas;
use helm::render::{Budget, Definitions, Hashes, Options, Prepared, Randomness, RenderError, render};
use helm::value::Map;

/// What the recorder's chart holds beside the template under test.
const FILES: [(&str, &str); 4] = [
    ("Chart.yaml", "apiVersion: v2\nname: probe\nversion: 1.0.0\n"),
    ("templates/print.yaml", "out: {{ include \"probe/templates/_case.tpl\" . | toJson }}\n"),
    ("files/a.txt", "first\nsecond\n"),
    ("files/b/c.conf", "key = value\n"),
];

fn options() -> Options {
    Options {
        profile: Profile::default(),
        release: Release { name: "probe".to_owned(), namespace: "default".to_owned(), revision: 1, action: Action::Install },
        capabilities: Capabilities::default(),
        definitions: Definitions::Skip,
        tests: Tests::Keep,
        schemas: Schemas::Check,
        randomness: Randomness::Helm { seed: [7; 32], now: (1_700_000_000, 0) },
        hashes: Hashes::Plain,
        budget: Budget::default(),
        first_pseudo_leaf: 0,
    }
}

/// Returns `prints` and the text as JSON, or `refused` and the words.
fn rendered(values: &str, template: &str) -> String {
    let own = [("values.yaml", values), ("templates/_case.tpl", template)];
    let files =
        FILES.iter().chain(&own).map(|(path, text)| ChartFile { path: (*path).to_owned(), data: text.as_bytes().to_vec() });
    let chart = match helm::chart::load(files.collect()) {
        Ok(chart) => chart,
        Err(error) => return refused(&error.to_string()),
    };
    match render(&Prepared::new(chart), &Map::new(), &options(), &mut |_, _| None) {
        Ok(outcome) => {
            let text = outcome.documents.first().map(|document| String::from_utf8_lossy(document.text.as_bytes()).into_owned());
            let text = text.unwrap_or_default();
            format!("prints {}", text.trim().strip_prefix("out: ").unwrap_or(&text))
        }
        Err(RenderError::Template(failure)) => refused(&String::from_utf8_lossy(failure.message.as_bytes())),
        Err(error) => refused(&error.to_string()),
    }
}

fn refused(words: &str) -> String {
    format!("refused {}", serde_json::to_string(words).expect("JSON"))
}

/// Returns a recorded line with its JSON read, so that two spellings of one text are equal.
fn read(line: &str) -> (String, String) {
    let (verdict, encoded) = line.split_once(' ').unwrap_or((line, "\"\""));
    let text = serde_json::from_str(encoded).unwrap_or_else(|error| panic!("{line}: {error}"));
    (verdict.to_owned(), text)
}

fn check(table: &str, least: usize) {
    let (mut note, mut values, mut template, mut ours) = ("", String::new(), String::new(), None);
    let mut failures = Vec::new();
    let mut cases = 0;
    for line in table.lines() {
        match line.split_once(' ') {
            Some(("#", text)) => note = text,
            Some(("values", text)) => values = serde_json::from_str(text).expect("a JSON string"),
            Some(("template", text)) => template = serde_json::from_str(text).expect("a JSON string"),
            Some(("ours", text)) => ours = Some(text.to_owned()),
            Some(("want", text)) => {
                cases += 1;
                let want = read(&ours.take().unwrap_or_else(|| text.to_owned()));
                let got = read(&rendered(&values, &template));
                if got != want {
                    failures.push(format!("{note}: {template}\n  want {want:?}\n  got  {got:?}"));
                }
            }
            _ => assert!(line.is_empty(), "{line}"),
        }
    }
    assert!(cases >= least, "{cases} cases");
    assert!(failures.is_empty(), "{} of {cases} differ:\n{}", failures.len(), failures.join("\n"));
}

// The template language: what it prints, and how it refuses.
#[test]
fn language() {
    check(include_str!("cases/language.cases"), 150);
}

// Functions.
#[test]
fn functions() {
    check(include_str!("cases/functions.cases"), 400);
}

// Functions of data formats: regular expressions, versions, documents, dates, chance.
#[test]
fn data() {
    check(include_str!("cases/data.cases"), 500);
}

// Keys, certificates and password hashes: what they always print, and how they refuse. What is random is read by `.ci/oracles/keys`.
#[test]
fn keys() {
    check(include_str!("cases/keys.cases"), 150);
}
