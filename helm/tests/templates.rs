//! Templates as helm runs them: `cases/{language,functions,data,keys}.cases`, whose `want` lines are recorded by `.ci/oracles/templates/record`.
//!
//! Rules: the same text, or a refusal in the same words. Where ours differ on purpose the case says so in an `ours` line.

#![expect(clippy::panic, clippy::expect_used, reason = "a broken table must stop the test")]

use std::collections::BTreeMap;

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

fn options(profile: Profile) -> Options {
    Options {
        profile,
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
fn rendered(values: &str, template: &str, profile: Profile) -> String {
    let own = [("values.yaml", values), ("templates/_case.tpl", template)];
    let files =
        FILES.iter().chain(&own).map(|(path, text)| ChartFile { path: (*path).to_owned(), data: text.as_bytes().to_vec() });
    let chart = match helm::chart::load(files.collect()) {
        Ok(chart) => chart,
        Err(error) => return refused(&error.to_string()),
    };
    match render(&Prepared::new(chart), &Map::new(), &options(profile), &mut |_, _| None) {
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

/// One case: a template with its chart's values, and what each helm says.
#[derive(Default)]
struct Case {
    note: &'static str,
    values: String,
    template: String,
    /// What is said, by key: `want`, `ours`, and `want@4.2.4` where an older helm differs.
    said: BTreeMap<&'static str, &'static str>,
}

impl Case {
    /// Returns what has to come out: our own words first, and those of this helm before those of the newest.
    fn wanted(&self, profile: Profile) -> (String, String) {
        let of = |key: &str| self.said.get(key).copied();
        let release = profile.release();
        let line = of(&format!("ours@{release}")).or_else(|| of(&format!("want@{release}")));
        read(line.or_else(|| of("ours")).or_else(|| of("want")).expect("a recorded line"))
    }

    /// Returns what is wrong under a profile.
    fn fault(&self, profile: Profile) -> Option<String> {
        let (want, got) = (self.wanted(profile), read(&rendered(&self.values, &self.template, profile)));
        let Self { note, template, .. } = self;
        (got != want).then(|| format!("{profile}: {note}: {template}\n  want {want:?}\n  got  {got:?}"))
    }
}

fn cases(table: &'static str) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut next = Case::default();
    for line in table.lines() {
        match line.split_once(' ') {
            Some(("#", text)) => next.note = text,
            Some(("values", text)) => next.values = serde_json::from_str(text).expect("a JSON string"),
            Some(("template", text)) => next.template = serde_json::from_str(text).expect("a JSON string"),
            Some((key, text)) if key.starts_with("want") || key.starts_with("ours") => drop(next.said.insert(key, text)),
            Some(_) => panic!("{line}"),
            None if next.said.is_empty() => assert!(line.is_empty(), "{line}"),
            None => cases.push(std::mem::take(&mut next)),
        }
    }
    cases.extend(Some(next).filter(|last| !last.said.is_empty()));
    cases
}

fn check(table: &'static str, least: usize) {
    let cases = cases(table);
    let faults = cases.iter().flat_map(|case| Profile::ALL.into_iter().filter_map(|profile| case.fault(profile)));
    let failures: Vec<String> = faults.collect();
    assert!(cases.len() >= least, "{} cases", cases.len());
    assert!(failures.is_empty(), "{} faults in {} cases:\n{}", failures.len(), cases.len(), failures.join("\n"));
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
