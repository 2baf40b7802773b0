//! Our side of the comparison with the pinned helm: jobs by stdin, results by stdout, a line of JSON each.
//!
//! In: [`Job`], and by argument which helm is followed. Out: [`Answer`], in the same order. Rules: time and chance are the constants of [`Randomness::Refuse`]; nothing is refused
//! for depending on them, for the other side gets the same constants.
//! Not here: what a user runs (`tidegate chart template`); this reads charts without its limits.

mod files;

use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use helm::chart::scope::{Action, Capabilities, KubeVersion, Release};
use helm::chart::{Chart, ChartFile, load};
use helm::profile::Profile;
use helm::render::order::{Tests, stream};
use helm::render::schema::Schemas;
use helm::render::{Budget, Definitions, Hashes, Options, Prepared, Randomness, RenderError, Site, render};
use helm::value::{Data, Map, Value};
use serde::{Deserialize, Serialize};

/// Stack of the thread that renders: as the main thread of most systems.
const STACK_BYTES: usize = 8 << 20;
/// The cluster both sides render for.
const CLUSTER: &str = "1.33.0";

type Problem = Box<dyn std::error::Error + Send + Sync>;

/// What is asked.
#[derive(Deserialize)]
#[serde(untagged)]
enum Job {
    /// What `helm template demo CHART -f VALUES...` prints.
    Chart {
        /// A directory or an archive.
        chart: PathBuf,
        /// Values files, lowest precedence first.
        values: Vec<PathBuf>,
    },
    /// What the one template of a chart prints: the other side asks for random strings and keys this way.
    Template {
        /// The template.
        template: String,
    },
}

/// What came of it.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Printed {
        /// The bytes, in base64.
        output: String,
    },
    Refused {
        /// The message with its causes.
        error: String,
        /// Where, `file:line:column`, outermost first; empty where no template failed.
        sites: Vec<String>,
    },
}

fn main() -> Result<(), Problem> {
    let profile = std::env::args().nth(1).map_or(Ok(Profile::Helm4_3), |name| name.parse())?;
    let renderer = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || serve(profile))?;
    renderer.join().map_err(|_panicked| "the renderer panicked")?
}

fn serve(profile: Profile) -> Result<(), Problem> {
    let mut stdout = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let job: Job = serde_json::from_str(&line?)?;
        serde_json::to_writer(&mut stdout, &answer(&job, profile))?;
        stdout.write_all(b"\n")?;
        stdout.flush()?;
    }
    Ok(())
}

fn answer(job: &Job, profile: Profile) -> Answer {
    let printed = match job {
        Job::Chart { chart, values } => {
            files::chart(chart).and_then(|chart| print(chart, &files::values(values, profile)?, profile))
        }
        Job::Template { template } => single(template).and_then(|chart| print(chart, &Map::new(), profile)),
    };
    match printed {
        Ok(output) => Answer::Printed { output: STANDARD.encode(output) },
        Err(problem) => Answer::Refused { error: chain(problem.as_ref()), sites: sites(problem.as_ref()) },
    }
}

fn single(template: &str) -> Result<Chart, Problem> {
    let file = |path: &str, text: &str| ChartFile { path: path.into(), data: text.into() };
    let metadata = "apiVersion: v2\nname: single\nversion: 1.0.0\n";
    Ok(load(vec![file("Chart.yaml", metadata), file("templates/template.yaml", template)])?)
}

fn print(chart: Chart, given: &Map, profile: Profile) -> Result<Vec<u8>, Problem> {
    let options = Options {
        profile,
        release: Release { name: "demo".into(), namespace: "demo".into(), revision: 1, action: Action::Install },
        capabilities: Capabilities { kube_version: Some(KubeVersion::parse(CLUSTER)?), more_api_versions: Vec::new() },
        definitions: Definitions::Include,
        tests: Tests::Keep,
        schemas: Schemas::Check,
        randomness: Randomness::Refuse,
        hashes: Hashes::Plain,
        budget: Budget::default(),
        first_pseudo_leaf: 0,
    };
    let outcome = render(&Prepared::new(chart), given, &options, &mut |_, _| None).map_err(Refusal::of)?;
    Ok(stream(&outcome.documents).as_bytes().to_vec())
}

/// A refusal of the engine as one message with its places.
#[derive(Debug)]
struct Refusal {
    message: String,
    sites: Vec<String>,
}

impl Refusal {
    fn of(error: RenderError) -> Self {
        let shown = |site: &Site| format!("{}:{}:{}", site.template, site.line, site.column);
        match error {
            RenderError::Template(failure) => Self {
                message: String::from_utf8_lossy(failure.message.as_bytes()).into_owned(),
                sites: failure.chain.iter().chain([&failure.at]).map(shown).collect(),
            },
            RenderError::Parse { at, problem } => Self { message: problem.to_string(), sites: vec![shown(&at)] },
            other => Self { message: chain(&other), sites: Vec::new() },
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

fn chain(problem: &(dyn std::error::Error + 'static)) -> String {
    std::iter::successors(Some(problem), |error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn sites(problem: &(dyn std::error::Error + 'static)) -> Vec<String> {
    problem.downcast_ref::<Refusal>().map(|refusal| refusal.sites.clone()).unwrap_or_default()
}

/// Returns the entries of a value that is a map.
fn entries(value: Value) -> Map {
    match value.data {
        Data::Map(entries, _) => entries,
        _ => Map::new(),
    }
}
