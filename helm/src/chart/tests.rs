//! Whole charts against the real helm: `helm/tests/cases/charts.txt`, recorded by `.ci/oracles/charts/record`.

use std::collections::BTreeMap;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use yaml::{FinalNewline, ReadOptions};

use super::process::process;
use super::scope::{Action, Capabilities, KubeVersion, Release, check_cluster, templates};
use super::{CHART_DEPTH, CHART_FILES, ChartError, ChartFile, FILE_BYTES, load};
use crate::render::order::{Rendered, Tests, arrange, definitions, stream};
use crate::render::schema::validate;
use crate::render::{Budget, Hashes, Randomness};
use crate::template::{Engine, Program, Settings, Tracking, parse};
use crate::value::Data;
use crate::values::from_file;

/// One case: its note, and its parts by name: files of the chart, values, flags, what helm says.
type Case = (&'static str, Vec<(&'static str, String)>);

fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in include_str!("../../tests/cases/charts.txt").split_inclusive('\n') {
        if let Some(note) = line.strip_prefix("== ") {
            cases.push((note.trim(), Vec::new()));
        } else if let Some(name) = line.strip_prefix("-- ") {
            cases.last_mut().unwrap().1.push((name.trim(), String::new()));
        } else {
            cases.last_mut().unwrap().1.last_mut().unwrap().1.push_str(line);
        }
    }
    cases
}

/// Returns the files of a case, those below a name that ends in `.tgz` packed.
fn files(parts: &[(&str, String)]) -> Vec<ChartFile> {
    let mut files = Vec::new();
    for (name, text) in parts.iter().filter(|(name, _)| !["want", "refused", "values", "flags"].contains(name)) {
        let (path, text) = match name.strip_suffix(" (no newline)") {
            Some(path) => (path, text.trim_end_matches('\n')),
            None => (*name, text.as_str()),
        };
        files.push(ChartFile { path: path.to_owned(), data: text.as_bytes().to_vec() });
    }
    packed(files)
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

/// Returns what we print for a case, or why we refuse.
fn printed(parts: &[(&str, String)]) -> Result<String, String> {
    let part = |name: &str| parts.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text.as_str());
    let flags: Vec<&str> = part("flags").split_whitespace().collect();
    let flag = |name: &str| flags.iter().position(|flag| *flag == name).map(|at| flags.get(at + 1).copied().unwrap_or(""));
    let options = ReadOptions { final_newline: FinalNewline::Added, ..ReadOptions::helm() };
    let given = from_file(&yaml::read(part("values").as_bytes(), &options).unwrap(), &mut |_| None).unwrap();
    let Data::Map(given, _) = given.data else { unreachable!("values are a map") };
    let capabilities = Capabilities {
        kube_version: flag("--kube-version").map_or_else(KubeVersion::default, |text| KubeVersion::parse(text).unwrap()),
        more_api_versions: flag("--api-versions").into_iter().map(str::to_owned).collect(),
    };
    let release = Release {
        name: "release-name".to_owned(),
        namespace: flag("--namespace").unwrap_or("default").to_owned(),
        revision: 1,
        action: if flag("--is-upgrade").is_some() { Action::Upgrade } else { Action::Install },
    };
    let tests = if flag("--skip-tests").is_some() { Tests::Skip } else { Tests::Keep };
    let chart = load(files(parts)).map_err(|error| error.to_string())?;
    let resolved = process(&chart, &given, &mut |_, _| None).map_err(|error| error.to_string())?;
    if flag("--skip-schema-validation").is_none() {
        validate(&resolved).map_err(|error| format!("{error}: {error:?}"))?;
    }
    check_cluster(&chart, &capabilities).map_err(|error| error.to_string())?;
    let mut documents = if flag("--include-crds").is_some() { definitions(&resolved.root) } else { Vec::new() };
    let rendered = run(&templates(&resolved, &release, &capabilities))?;
    documents.extend(arrange(rendered, tests).map_err(|error| format!("{error}: {}", error.problem))?.documents);
    Ok(String::from_utf8(stream(&documents).as_bytes().to_vec()).unwrap())
}

fn run(templates: &[super::scope::RenderTemplate<'_>]) -> Result<Vec<Rendered>, String> {
    let settings = Settings {
        budget: Budget::default(),
        hashes: Hashes::Plain,
        randomness: Randomness::Refuse,
        first_pseudo_leaf: 0,
        tracking: Tracking::None,
    };
    let mut parsed = Vec::new();
    for template in templates {
        parsed.push(Arc::new(parse(template.text).map_err(|error| format!("{}: {error}", template.name))?));
    }
    let names = templates.iter().map(|template| template.name.as_str());
    let program = Program::new(names.zip(&parsed));
    let mut engine = Engine::new(&settings);
    let mut rendered = Vec::new();
    for template in templates.iter().filter(|template| !template.is_partial()) {
        let written = program.run(&mut engine, &template.name, template.dot());
        let written = written.map_err(|failure| String::from_utf8_lossy(failure.message.as_bytes()).into_owned())?;
        rendered.push(Rendered { source: template.name.clone(), text: written.text, lines: written.lines });
    }
    Ok(rendered)
}

// Every chart prints the bytes helm prints, and is refused where helm refuses it.
#[test]
fn charts_print_as_by_helm() {
    let mut failures = Vec::new();
    let cases = cases();
    for (note, parts) in &cases {
        let want = parts.iter().find(|(name, _)| *name == "want").map(|(_, text)| text.clone());
        let got = printed(parts);
        if got.as_ref().ok() != want.as_ref() {
            failures.push(format!(
                "== {note}\nwant {}\ngot  {}",
                want.unwrap_or("refused".to_owned()),
                got.unwrap_or_else(|error| error)
            ));
        }
    }
    assert!(cases.len() > 75, "{} cases", cases.len());
    assert!(failures.is_empty(), "{} of {} differ:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

const CHART_YAML: &str = "apiVersion: v2\nname: x\nversion: 1.0.0\n";

fn file(path: &str, data: &[u8]) -> ChartFile {
    ChartFile { path: path.to_owned(), data: data.to_vec() }
}

fn check_refused(path: &str, text: &str, expected: &str) {
    let refused = load(vec![file("Chart.yaml", CHART_YAML.as_bytes()), file(path, text.as_bytes())]).unwrap_err();
    assert_eq!(refused.to_string(), expected, "{path}: {text}");
}

// A fault is told with the file it is in, from the chart that was loaded, and its place.
#[test]
fn faults_name_their_place() {
    let sub = format!("{CHART_YAML}keywords:\n- [1]\n");
    check_refused("charts/a/Chart.yaml", &sub, "`keywords[0]` in `charts/a/Chart.yaml` at 5:3 must be a string, not a list");
    check_refused("charts/a/Chart.yaml", "name: a\n", "`version` is missing in `charts/a/Chart.yaml`");
    check_refused("charts/a/b/x", "", "`charts/a/Chart.yaml` is missing");
    check_refused("values.yaml", "a: 1\n---\n- 1\n", "the values in `values.yaml` at 3:1 are not a mapping");
    check_refused("values.yaml", "a: [\n", "`values.yaml` cannot be read at 2:1");
    check_refused("charts/a.tgz/b", "", "`charts/a.tgz/` is a directory, but its name is that of an archive");
    check_refused("Chart.lock", "word: [", "`Chart.lock` cannot be read at 1:8");
    check_refused(
        "requirements.yaml",
        "dependencies: word\n",
        "`dependencies` in `requirements.yaml` at 1:15 must be a list, not a string",
    );
}

// Bounds are inclusive: what is at them loads, what is past them does not.
#[test]
fn loading_is_bounded() {
    let chart = || file("Chart.yaml", CHART_YAML.as_bytes());
    let large = |bytes: usize| load(vec![chart(), ChartFile { path: "a".to_owned(), data: vec![b' '; bytes] }]).map(drop);
    assert_eq!(large(FILE_BYTES), Ok(()));
    assert_eq!(large(FILE_BYTES + 1), Err(ChartError::FileTooLarge { path: "a".to_owned(), limit: FILE_BYTES }));
    let many = |files: usize| {
        let empty = (1..files).map(|index| file(&index.to_string(), b""));
        load(std::iter::once(chart()).chain(empty).collect()).map(drop)
    };
    assert_eq!(many(CHART_FILES), Ok(()));
    assert_eq!(many(CHART_FILES + 1), Err(ChartError::TooManyFiles { limit: CHART_FILES }));
    let deep = |charts: usize| {
        let paths = (0..charts).map(|depth| format!("{}Chart.yaml", "charts/a/".repeat(depth)));
        load(paths.map(|path| file(&path, CHART_YAML.as_bytes())).collect()).map(drop)
    };
    assert_eq!(deep(CHART_DEPTH), Ok(()));
    let path = "charts/a/".repeat(CHART_DEPTH);
    assert_eq!(deep(CHART_DEPTH + 1), Err(ChartError::TooDeep { path, limit: CHART_DEPTH }));
}

// A whole chart may be shared between threads.
#[test]
fn charts_are_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&load(vec![file("Chart.yaml", CHART_YAML.as_bytes())]).unwrap());
}
