//! `--set` and its relatives as helm takes them: `cases/set.cases`, whose `want` lines are recorded by `.ci/oracles/set/record`.
//!
//! Rules: for each profile the same values with the same kinds, or a refusal in the same words; of `--set-json` helm shows no reason, so only the verdict
//! is compared.

#![expect(clippy::panic, clippy::expect_used, reason = "a broken table must stop the test")]

use std::io;

use helm::chart::ChartFile;
use helm::chart::scope::{Action, Capabilities, Release};
use helm::profile::Profile;
use helm::render::order::Tests;
use helm::render::schema::Schemas;
use helm::render::{Budget, Definitions, Hashes, Options, Prepared, Randomness, render};
use helm::value::{Data, Map, Value};
use helm::values::set::{Argument, Flag, SetError, Sources, apply};
use helm::values::{from_file, merge};
use yaml::{FinalNewline, ReadOptions};

const FLAGS: [Flag; 5] = [Flag::Json, Flag::Typed, Flag::Text, Flag::File, Flag::Literal];

fn options() -> Options {
    Options {
        release: Release { name: "probe".to_owned(), namespace: "default".to_owned(), revision: 1, action: Action::Install },
        capabilities: Capabilities::default(),
        definitions: Definitions::Skip,
        tests: Tests::Keep,
        schemas: Schemas::Check,
        profile: Profile::default(),
        randomness: Randomness::Refuse,
        hashes: Hashes::Plain,
        budget: Budget::default(),
        first_pseudo_leaf: 0,
    }
}

/// The files the recorder lays beside its chart.
fn file(path: &str) -> io::Result<Vec<u8>> {
    let files =
        [("lines.txt", "first\nsecond\n"), ("empty.txt", ""), ("a,b.txt", "name with a comma"), ("{a}.txt", "name with braces")];
    let found = files.iter().find(|(name, _)| *name == path);
    found.map(|(_, text)| text.as_bytes().to_vec()).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
}

/// Returns what the recorder's template prints of values.
fn printed(prepared: &Prepared, values: &Value) -> String {
    let Data::Map(given, _) = &values.data else { panic!("values are a map") };
    let outcome = render(prepared, given, &options(), &mut |_, _| None).expect("the probe renders");
    let text = outcome.documents.first().map(|document| String::from_utf8_lossy(document.text.as_bytes()).into_owned());
    text.as_deref().and_then(|text| text.trim().strip_prefix("values: ")).unwrap_or_default().to_owned()
}

fn refused(error: &SetError) -> String {
    let mut words = format!("{error}: {}", error.problem).trim_start_matches("failed parsing ").to_owned();
    // helm says what the system says of a file.
    if let helm::values::set::Problem::File { path, source } = &error.problem {
        assert_eq!(source.kind(), io::ErrorKind::NotFound);
        words = format!("--set-file data: open {path}: no such file or directory");
    }
    words
}

fn check(prepared: &Prepared, base: &Value, arguments: &[Argument], profile: Profile, want: &str) -> Result<(), String> {
    let (verdict, encoded) = want.split_once(' ').expect("a verdict");
    let expected: String = serde_json::from_str(encoded).expect("a JSON string");
    let got = apply(base, arguments, profile, &mut Sources { read: &mut file, leaf: &mut |_| None });
    let same = match (&got, verdict) {
        (Ok(values), "values") => printed(prepared, values) == serde_json::to_string(&expected).expect("JSON"),
        (Err(error), "refused") => error.flag == Flag::Json || refused(error) == expected,
        _ => false,
    };
    if same {
        return Ok(());
    }
    let got = got.map_or_else(|error| refused(&error), |values| printed(prepared, &values));
    Err(format!("{arguments:?}\n  want {want}\n  got  {got}"))
}

// Arguments set, and are refused, as by helm.
#[test]
fn sets_as_helm_does() {
    let chart = [
        ("Chart.yaml", "apiVersion: v2\nname: probe\nversion: 1.0.0\n"),
        ("templates/print.yaml", include_str!("cases/set.tpl")),
    ];
    let files = chart.map(|(path, text)| ChartFile { path: path.to_owned(), data: text.as_bytes().to_vec() });
    let prepared = Prepared::new(helm::chart::load(files.to_vec()).expect("the probe is a chart"));
    let reading = ReadOptions { final_newline: FinalNewline::Added, ..ReadOptions::helm() };
    let (mut base, mut arguments, mut failures, mut cases) = (Value::map(Map::new()), Vec::new(), Vec::new(), 0);
    for line in include_str!("cases/set.cases").lines().filter(|line| !line.is_empty()) {
        let (key, text) = line.split_once(' ').unwrap_or_else(|| panic!("{line}"));
        let json = || serde_json::from_str::<String>(text).expect("a JSON string");
        match key {
            "#" => (base, arguments) = (Value::map(Map::new()), Vec::new()),
            "base" => {
                let documents = yaml::read(json().as_bytes(), &reading).expect("YAML");
                base = merge(&base, &from_file(&documents, &mut |_| None).expect("a mapping"));
            }
            "want" | "helm3.22" => {
                cases += 1;
                let profile = if key == "want" { Profile::default() } else { Profile::Helm3_22 };
                failures.extend(check(&prepared, &base, &arguments, profile, text).err());
            }
            name => {
                let flag = FLAGS.into_iter().find(|flag| flag.name() == name).unwrap_or_else(|| panic!("{line}"));
                arguments.push(Argument { flag, text: json() });
            }
        }
    }
    assert!(cases > 1000, "{cases} cases");
    assert!(failures.is_empty(), "{} of {cases} differ:\n{}", failures.len(), failures.join("\n"));
}
