//! `chart template`: what `helm template` prints, from our engine.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use helm::chart::scope::{Action, Capabilities, KubeVersion, Release};
use helm::chart::{ChartFile, load_archive};
use helm::profile::Profile;
use helm::render::order::{Tests, stream};
use helm::render::schema::Schemas;
use helm::render::{Budget, Definitions, Hashes, Options, Outcome, Prepared, Randomness};
use helm::value::{Data, Map, Value};
use helm::values;
use tidegate::chart::{self, ChartContext};
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure, Place};
use yaml::{FinalNewline, LeafId, ReadOptions};

use super::Product;
use crate::args::{RandomnessArg, TemplateArgs};

/// Returns the stream of documents.
pub(crate) fn run(args: &TemplateArgs) -> Result<Product, Failure> {
    let path = args.chart.display().to_string();
    let prepared = read_chart(&args.chart, &path)?;
    let mut merged = Value::map(Map::new());
    for file in &args.values {
        merged = values::merge(&merged, &read_values(file)?);
    }
    let Data::Map(given, _) = &merged.data else { return Err(not_a_mapping(&path)) };
    let options = options(args)?;
    let context = ChartContext { path: &path, sealed: &BTreeSet::new(), values: None };
    let outcome = chart::render(&prepared, given, &options, context, &mut |_, _| None)?;
    without_chance(&outcome, &path)?;
    Ok(Product::of(stream(&outcome.documents).as_bytes()))
}

/// Refuses an outcome that holds a random value, or what one decided. With the randomness of helm there are no calls to look for.
fn without_chance(outcome: &Outcome, path: &str) -> Result<(), Failure> {
    let printed = outcome.documents.iter().flat_map(|document| document.text.marks().as_slice().iter().map(|mark| &mark.leaves));
    let printed: BTreeSet<LeafId> =
        printed.chain([&outcome.absent]).flat_map(|leaves| leaves.as_slice().iter().copied()).collect();
    let calls = outcome.chance.iter().filter(|call| printed.contains(&call.leaf));
    let findings: Vec<(Class, Diagnostic)> = calls
        .map(|call| {
            let message = format!("the output depends on a random value, from `{}`", call.function);
            let diagnostic = Diagnostic::error(Code::SEALED_RANDOM, message).at(chart::place(&call.at, path));
            (Class::Chart, diagnostic.hint("give the value in a values file, or say --randomness helm"))
        })
        .collect();
    if findings.is_empty() { Ok(()) } else { Err(Failure::of(findings)) }
}

fn options(args: &TemplateArgs) -> Result<Options, Failure> {
    let kube_version = args.kube_version.as_deref().map(KubeVersion::parse).transpose().map_err(|error| {
        let diagnostic = Diagnostic::error(Code::USAGE, error.to_string()).hint(error.hint());
        Failure::one(Class::Usage, diagnostic)
    })?;
    let randomness = match args.randomness {
        RandomnessArg::Refuse => Randomness::Refuse,
        RandomnessArg::Helm => Randomness::Helm { seed: seed()?, now: now() },
    };
    Ok(Options {
        profile: Profile::default(),
        release: Release { name: args.name.clone(), namespace: args.namespace.clone(), revision: 1, action: Action::Install },
        capabilities: Capabilities { kube_version, more_api_versions: args.api_versions.clone() },
        definitions: if args.include_crds { Definitions::Include } else { Definitions::Skip },
        tests: if args.skip_tests { Tests::Skip } else { Tests::Keep },
        schemas: if args.skip_schema_validation { Schemas::Skip } else { Schemas::Check },
        randomness,
        hashes: Hashes::Plain,
        budget: Budget::default(),
        first_pseudo_leaf: 0,
    })
}

/// Returns a directory's or an archive's chart. As helm, this command follows links.
fn read_chart(path: &Path, shown: &str) -> Result<Prepared, Failure> {
    if path.is_dir() {
        let mut files = Vec::new();
        read_below(path, &PathBuf::new(), &mut files)?;
        return chart::prepare(files, shown);
    }
    let bytes = read_file(path)?;
    let chart = load_archive(&bytes).map_err(|error| {
        let diagnostic = Diagnostic::error(Code::CHART_INVALID, error.to_string()).at(Place::file(shown));
        Failure::one(Class::Chart, diagnostic)
    })?;
    Ok(Prepared::new(chart))
}

fn read_below(root: &Path, below: &Path, files: &mut Vec<ChartFile>) -> Result<(), Failure> {
    let directory = root.join(below);
    #[expect(clippy::disallowed_methods, reason = "a person names the chart; this command reads it as helm does, links included")]
    let entries = std::fs::read_dir(&directory).map_err(|error| unreadable(&directory, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(&directory, &error))?;
        let next = below.join(entry.file_name());
        if root.join(&next).is_dir() {
            read_below(root, &next, files)?;
        } else {
            files.push(ChartFile { path: next.display().to_string(), data: read_file(&root.join(&next))? });
        }
    }
    Ok(())
}

fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    #[expect(clippy::disallowed_methods, reason = "a person names the file")]
    std::fs::read(path).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let diagnostic = Diagnostic::error(Code::SOURCE_UNREADABLE, format!("cannot be read: {error}"));
    let hint = "check the file's name, owner and mode";
    Failure::one(Class::Source, diagnostic.at(Place::file(&path.display().to_string())).hint(hint))
}

fn read_values(path: &Path) -> Result<Value, Failure> {
    let shown = path.display().to_string();
    let options = ReadOptions { final_newline: FinalNewline::Added, ..ReadOptions::helm() };
    let documents = yaml::read(&read_file(path)?, &options).map_err(|error| {
        let diagnostic = Diagnostic::error(Code::LAYERS_SYNTAX, error.to_string()).at(Place::at(&shown, error.at()));
        Failure::one(Class::Values, diagnostic.hint("mend the file at that place"))
    })?;
    values::from_file(&documents, &mut |_| None).map_err(|_refused: values::NotAMapping| not_a_mapping(&shown))
}

fn not_a_mapping(shown: &str) -> Failure {
    let diagnostic = Diagnostic::error(Code::LAYERS_NOT_A_MAPPING, "values must be a mapping").at(Place::file(shown));
    Failure::one(Class::Values, diagnostic)
}

/// Returns randomness of the system, as helm uses.
fn seed() -> Result<[u8; 32], Failure> {
    let mut seed = [0; 32];
    let filled = rustix::rand::getrandom(&mut seed, rustix::rand::GetRandomFlags::empty());
    if filled != Ok(seed.len()) {
        return Err(Failure::one(Class::Internal, Diagnostic::error(Code::INTERNAL, "the system gives no randomness")));
    }
    Ok(seed)
}

/// Returns the present time in seconds and nanoseconds.
fn now() -> (i64, u32) {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Realtime);
    (now.tv_sec, u32::try_from(now.tv_nsec).unwrap_or(0))
}
