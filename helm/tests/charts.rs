//! Whole charts as helm renders them: `cases/charts.txt`, recorded by `.ci/oracles/charts/record`.
//!
//! Rules: the same bytes, or a refusal. Refusals are in helm's words, or, where ours name file, line and column, as the case's `ours`
//! part says.

#![expect(clippy::unwrap_used, reason = "a broken table must stop the test")]

use std::collections::BTreeMap;
use std::error::Error;

use flate2::Compression;
use flate2::write::GzEncoder;
use helm::chart::scope::{Action, Capabilities, KubeVersion, Release};
use helm::chart::{ChartFile, load};
use helm::profile::Profile;
use helm::render::order::{Tests, stream_bytes};
use helm::render::schema::Schemas;
use helm::render::{Budget, Definitions, Hashes, Options, Prepared, Randomness, RenderError, render};
use helm::value::{Data, Map};
use helm::values::{from_file, read};

/// Parts of a case that are not files of its chart; those of an older helm have `@` and its release behind them.
const PARTS: [&str; 5] = ["want", "refused", "ours", "values", "flags"];

fn is_file(part: &str) -> bool {
    !PARTS.contains(&part.split('@').next().unwrap_or(part))
}

/// One case: its note, and its parts by name: files of the chart, values, flags, what helm says.
#[derive(Default)]
struct Case {
    note: &'static str,
    parts: Vec<(&'static str, String)>,
}

impl Case {
    fn part(&self, name: &str) -> Option<&str> {
        self.parts.iter().find(|(known, _)| *known == name).map(|(_, text)| text.as_str())
    }

    /// Returns what follows a flag: nothing where it is not set.
    fn flag(&self, name: &str) -> Option<&str> {
        let mut flags = self.part("flags").unwrap_or("").split_whitespace();
        flags.by_ref().find(|flag| *flag == name)?;
        Some(flags.next().unwrap_or(""))
    }

    /// Returns the files of the chart, those below a name that ends in `.tgz` packed.
    fn files(&self) -> Vec<ChartFile> {
        let files = self.parts.iter().filter(|(name, _)| is_file(name)).map(|(name, text)| {
            let (path, text) = match name.strip_suffix(" (no newline)") {
                Some(path) => (path, text.trim_end_matches('\n')),
                None => (*name, text.as_str()),
            };
            ChartFile { path: path.to_owned(), data: text.as_bytes().to_vec() }
        });
        packed(files.collect())
    }

    fn options(&self, profile: Profile) -> Options {
        let kube_version = self.flag("--kube-version").map(|text| KubeVersion::parse(text).unwrap());
        let more_api_versions = self.flag("--api-versions").into_iter().map(str::to_owned).collect();
        let set = |name: &str| self.flag(name).is_some();
        Options {
            profile,
            release: Release {
                name: "release-name".to_owned(),
                namespace: self.flag("--namespace").unwrap_or("default").to_owned(),
                revision: 1,
                action: if set("--is-upgrade") { Action::Upgrade } else { Action::Install },
            },
            capabilities: Capabilities { kube_version, more_api_versions },
            definitions: if set("--include-crds") { Definitions::Include } else { Definitions::Skip },
            tests: if set("--skip-tests") { Tests::Skip } else { Tests::Keep },
            schemas: if set("--skip-schema-validation") { Schemas::Skip } else { Schemas::Check },
            randomness: Randomness::Refuse,
            hashes: Hashes::Plain,
            budget: Budget::default(),
            first_pseudo_leaf: 0,
        }
    }

    fn values(&self, profile: Profile) -> Map {
        let documents = read(self.part("values").unwrap_or("").as_bytes(), profile).unwrap();
        match from_file(&documents, &mut |_| None).unwrap().data {
            Data::Map(map, _) => map,
            other => unreachable!("values are a map: {other:?}"),
        }
    }

    /// Returns what we print, or why we refuse.
    fn printed(&self, profile: Profile) -> Result<String, String> {
        let chart = load(self.files()).map_err(|error| chain(&error))?;
        let options = self.options(profile);
        match render(&Prepared::new(chart), &self.values(profile), &options, &mut |_, _| None) {
            Ok(outcome) => Ok(String::from_utf8(stream_bytes(&outcome.documents)).unwrap()),
            Err(RenderError::Template(failure)) => Err(String::from_utf8_lossy(failure.message.as_bytes()).into_owned()),
            Err(error) => Err(chain(&error)),
        }
    }

    /// Returns what has to come out: text, or the words of a refusal, which are the same for all helms that refuse.
    fn expected(&self, profile: Profile) -> Result<String, String> {
        let of_release = |name: &str| self.part(&format!("{name}@{}", profile.release()));
        let words = |text: &str| text.trim_end_matches('\n').to_owned();
        if let Some(text) = of_release("ours") {
            return Err(words(text));
        }
        if let Some(text) = of_release("want") {
            return Ok(text.to_owned());
        }
        if let Some(text) = of_release("refused") {
            return Err(words(text));
        }
        let refusal = self.part("ours").or(self.part("refused"));
        refusal.map_or_else(|| Ok(as_printed(self.part("want").unwrap_or(""), profile)), |text| Err(words(text)))
    }
}

/// Returns what the helm of a profile prints where the newest prints `newest` and nothing is said of it: Helm 3 ends documents without
/// empty lines.
fn as_printed(newest: &str, profile: Profile) -> String {
    if profile > Profile::Helm3_22 {
        return newest.to_owned();
    }
    let documents: Vec<&str> = newest.split("\n---\n# Source: ").map(|document| document.trim_end_matches('\n')).collect();
    let end = if newest.is_empty() { "" } else { "\n" };
    documents.join("\n---\n# Source: ") + end
}

/// Returns an error's message with those of its sources.
fn chain(error: &dyn Error) -> String {
    let source = error.source().map(|source| format!(": {}", chain(source)));
    format!("{error}{}", source.unwrap_or_default())
}

fn packed(files: Vec<ChartFile>) -> Vec<ChartFile> {
    let mut archives: BTreeMap<String, Vec<ChartFile>> = BTreeMap::new();
    let mut plain = Vec::new();
    for file in files {
        match file.path.split_once(".tgz/") {
            Some((archive, path)) => {
                let file = ChartFile { path: path.to_owned(), data: file.data.clone() };
                archives.entry(format!("{archive}.tgz")).or_default().push(file);
            }
            None => plain.push(file),
        }
    }
    for (path, files) in archives {
        let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for file in packed(files) {
            let mut header = tar::Header::new_gnu();
            header.set_size(u64::try_from(file.data.len()).unwrap());
            archive.append_data(&mut header, format!("chart/{}", file.path), file.data.as_slice()).unwrap();
        }
        plain.push(ChartFile { path, data: archive.into_inner().unwrap().finish().unwrap() });
    }
    plain
}

fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in include_str!("cases/charts.txt").split_inclusive('\n') {
        if let Some(note) = line.strip_prefix("== ") {
            cases.push(Case { note: note.trim(), parts: Vec::new() });
        } else if let Some(name) = line.strip_prefix("-- ") {
            cases.last_mut().unwrap().parts.push((name.trim(), String::new()));
        } else {
            cases.last_mut().unwrap().parts.last_mut().unwrap().1.push_str(line);
        }
    }
    cases
}

// Every chart prints the bytes each helm prints, and is refused where that helm refuses it.
#[test]
fn charts_print_as_by_helm() {
    let cases = cases();
    let mut failures = Vec::new();
    for (case, profile) in cases.iter().flat_map(|case| Profile::ALL.map(|profile| (case, profile))) {
        let (got, want) = (case.printed(profile), case.expected(profile));
        if got != want {
            failures.push(format!("== {profile}: {}\nwant {want:?}\ngot  {got:?}", case.note));
        }
    }
    assert!(cases.len() > 110, "{} cases", cases.len());
    assert!(failures.is_empty(), "{} of {} differ:\n{}", failures.len(), cases.len(), failures.join("\n"));
}
