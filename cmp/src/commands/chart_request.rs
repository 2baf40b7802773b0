//! A render of a chart as a person asks for it: the same for `chart template` and `chart verify`.
//!
//! In: [`ChartRenderArgs`]. Out: [`Request`], then its [`Outcome`].
//! Not here: what is done with the documents (the commands).

use std::collections::BTreeSet;
use std::path::Path;

use helm::chart::scope::{Action, Capabilities, KubeVersion, Release};
use helm::profile::Profile;
use helm::render::order::Tests;
use helm::render::schema::Schemas;
use helm::render::{Budget, Definitions, Hashes, Options, Outcome, Part, Prepared, Randomness};
use helm::value::Map;
use tidegate::chart::{self, ChartContext};
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure};
use tidegate::seed;
use yaml::LeafId;
use zeroize::Zeroizing;

use super::chart_given::{given, lists};
use super::chart_release::{named, release_name};
use super::chart_source::{read_bytes, read_chart, unreadable};
use super::clock;
use crate::args::{ChanceArgs, ChartRenderArgs, RandomnessArg};

/// The namespace where nobody names one, or names none.
///
/// # Source
/// helm `pkg/cli/environment.go`, `Namespace`.
const NAMESPACE: &str = "default";

/// What is rendered.
#[derive(Debug)]
pub(super) struct Request {
    /// The chart's path, as it was named.
    pub(super) path: String,
    /// What helm is asked for.
    pub(super) options: Options,
    prepared: Prepared,
    given: Map,
    hooks: Hooks,
}

/// Whether hooks are part of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hooks {
    Keep,
    Drop,
}

impl Request {
    /// Reads chart and values.
    pub(super) fn read(args: &ChartRenderArgs, profile: Profile) -> Result<Self, Failure> {
        let mut options = options(args, profile)?;
        options.release.name = release_name(args, &options)?;
        let path = named(args)?.chart.to_owned();
        let given = given(&args.given, profile)?;
        let prepared = read_chart(&path)?;
        options.randomness = randomness(&args.chance, &options.release, &prepared)?;
        let hooks = if args.no_hooks { Hooks::Drop } else { Hooks::Keep };
        Ok(Self { path, options, prepared, given, hooks })
    }

    /// Renders it; a random value in the output is refused where one asks for that.
    pub(super) fn render(&self) -> Result<Outcome, Failure> {
        let context = ChartContext { path: &self.path, sealed: &BTreeSet::new(), drawn_from: None, values: None };
        let mut outcome = chart::render(&self.prepared, &self.given, &self.options, context, &mut |_, _| None)?;
        if self.hooks == Hooks::Drop {
            outcome.documents.retain(|document| document.part != Part::Hook);
        }
        if self.options.randomness == Randomness::Refuse {
            self.without_chance(&outcome)?;
        }
        Ok(outcome)
    }

    /// Refuses an outcome that holds a random value, or what one decided.
    fn without_chance(&self, outcome: &Outcome) -> Result<(), Failure> {
        let marks = outcome.documents.iter().flat_map(|document| document.text.marks().as_slice());
        let printed = marks.map(|mark| &mark.leaves).chain([&outcome.absent]);
        let printed: BTreeSet<LeafId> = printed.flat_map(|leaves| leaves.as_slice().iter().copied()).collect();
        let calls = outcome.chance.iter().filter(|call| printed.contains(&call.leaf));
        let findings: Vec<(Class, Diagnostic)> = calls
            .map(|call| {
                let message = format!("the output depends on a random value, from `{}`", call.function);
                let diagnostic = Diagnostic::error(Code::SEALED_RANDOM, message).at(chart::place(&call.at, &self.path));
                (Class::Chart, diagnostic.hint("give the value in a values file, or say --randomness helm"))
            })
            .collect();
        if findings.is_empty() { Ok(()) } else { Err(Failure::of(findings)) }
    }
}

/// Returns the profile that `--profile` names.
pub(super) fn profile(name: &str) -> Result<Profile, Failure> {
    name.parse().map_err(|error: helm::profile::ProfileError| {
        Failure::one(Class::Usage, Diagnostic::error(Code::USAGE, format!("--profile: {error}")).hint(error.hint()))
    })
}

/// Returns all but the release's name.
fn options(args: &ChartRenderArgs, profile: Profile) -> Result<Options, Failure> {
    let kube_version = args.capabilities.kube_version.as_deref().filter(|text| !text.is_empty());
    let kube_version = kube_version.map(KubeVersion::parse).transpose().map_err(|error| {
        Failure::one(Class::Usage, Diagnostic::error(Code::USAGE, format!("--kube-version: {error}")).hint(error.hint()))
    })?;
    Ok(Options {
        release: Release {
            name: String::new(),
            namespace: Some(args.release.namespace.as_str()).filter(|name| !name.is_empty()).unwrap_or(NAMESPACE).to_owned(),
            revision: 1,
            action: if args.release.is_upgrade { Action::Upgrade } else { Action::Install },
        },
        capabilities: Capabilities { kube_version, more_api_versions: lists("--api-versions", &args.capabilities.api_versions)? },
        definitions: if args.content.include_crds { Definitions::Include } else { Definitions::Skip },
        tests: if args.content.skip_tests { Tests::Skip } else { Tests::Keep },
        schemas: if args.skip_schema_validation { Schemas::Skip } else { Schemas::Check },
        profile,
        // Until the release has a name, on which a key depends.
        randomness: Randomness::Helm { seed: system_seed()?, now: clock::now() },
        hashes: Hashes::Plain,
        budget: Budget::default(),
        first_pseudo_leaf: 0,
    })
}

/// Returns what random functions give. A key is one of the release, as the chart's name and the release's say it.
fn randomness(args: &ChanceArgs, release: &Release, prepared: &Prepared) -> Result<Randomness, Failure> {
    let ChanceArgs { randomness, salt_file, now: instant } = args;
    match (randomness, salt_file, instant) {
        (RandomnessArg::Refuse, ..) => Ok(Randomness::Refuse),
        (RandomnessArg::Seeded, Some(path), Some(instant)) => {
            let instant: jiff::Timestamp = instant.parse().map_err(|error| {
                let diagnostic = Diagnostic::error(Code::USAGE, format!("--now: {error}"));
                Failure::one(Class::Usage, diagnostic.hint("write an instant of RFC 3339, such as 2026-01-01T00:00:00Z"))
            })?;
            let salt = read_bytes(Path::new(path)).map_err(|error| unreadable(path, &error))?;
            let parts = [release.namespace.as_str(), &release.name, &prepared.chart().metadata.name];
            let key = seed::key(path, &Zeroizing::new(salt), &parts)?;
            let nanoseconds = u32::try_from(instant.subsec_nanosecond()).unwrap_or_default();
            Ok(Randomness::Seeded { key: *key, now: (instant.as_second(), nanoseconds) })
        }
        // Without a salt and an instant the command line is refused before.
        (RandomnessArg::Seeded | RandomnessArg::Helm, ..) => Ok(Randomness::Helm { seed: system_seed()?, now: clock::now() }),
    }
}

/// Returns randomness of the system, as helm uses.
fn system_seed() -> Result<[u8; 32], Failure> {
    let mut seed = [0; 32];
    let filled = rustix::rand::getrandom(&mut seed, rustix::rand::GetRandomFlags::empty());
    if filled != Ok(seed.len()) {
        return Err(Failure::one(Class::Internal, Diagnostic::error(Code::INTERNAL, "the system gives no randomness")));
    }
    Ok(seed)
}
