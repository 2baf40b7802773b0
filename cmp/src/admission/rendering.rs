//! One application's chart with its values: rendered once as it is, and again where more must be known.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use helm::chart::scope::{Action, Capabilities, KubeVersion, Release};
use helm::profile::Profile;
use helm::render::order::Tests;
use helm::render::schema::Schemas;
use helm::render::{Budget, Definitions, Hashes, Options, Outcome, Prepared};
use helm::value::{Data, Map};
use yaml::{LeafId, LeafPlace, LeafTable, SourceId};

use crate::chart::{self, ChartContext};
use crate::context::{Context, Keys};
use crate::diagnostic::{Class, Code, Diagnostic, Failure};
use crate::estate::Estate;
use crate::merge::Merged;
use crate::seed::{self, Seed};
use crate::validate::{self, Manifests};
use crate::values::Values;

/// An application's chart and values.
pub(super) struct Rendering<'a> {
    pub(super) estate: &'a Estate,
    pub(super) context: &'a Context,
    pub(super) values: Values<'a>,
    /// The chart's directory, as messages call it.
    pub(super) path: String,
    chart: Arc<Prepared>,
    seed: Seed,
    options: Options,
}

/// A render, with what in it is secret.
pub(super) struct Rendered {
    pub(super) outcome: Outcome,
    /// The leaves that were sealed, and those of drawn values where these are secrets.
    pub(super) sealed: BTreeSet<LeafId>,
    /// The calls that drew secrets, by their leaves, as messages name them.
    pub(super) drawn: BTreeMap<LeafId, String>,
    /// The calls whose values must not be printed, in the same way.
    pub(super) chance: BTreeMap<LeafId, String>,
}

/// Values of the whole estate, with those of the chart's own files behind the layers'.
pub(super) struct Tracked {
    pub(super) manifests: Manifests,
    pub(super) leaves: LeafTable,
    /// The files of the leaves' sources, by number: the layers', then the chart's.
    pub(super) files: Vec<String>,
}

impl<'a> Rendering<'a> {
    /// Returns the rendering of an application.
    ///
    /// # Errors
    /// A [`Failure`] of the chart, or of a Kubernetes version that is none.
    pub(super) fn new(estate: &'a Estate, context: &'a Context, values: Values<'a>, keys: &Keys) -> Result<Self, Failure> {
        let below = context.application.name.fill(&estate.configuration.charts.path);
        let (chart, path) = (estate.chart(&below)?, estate.chart_path(&below));
        let seed = seed::seed(estate, context, keys, &chart.chart().metadata.name)?;
        let options = options(estate.configuration.charts.profile, context, &values, &seed)?;
        Ok(Self { estate, context, values, path, chart, seed, options })
    }

    /// Renders with the sealed values tracked.
    pub(super) fn render(&self) -> Result<Rendered, Failure> {
        let outcome = self.outcome(&self.values.merged, &self.options)?;
        let calls = outcome.chance.iter();
        let calls = calls.map(|call| (call.leaf, format!("`{}` in {}", call.function, chart::place(&call.at, &self.path))));
        let (mut sealed, calls): (_, BTreeMap<LeafId, String>) = (self.values.sealed(), calls.collect());
        let (drawn, chance) = if self.seed.is_salted() { (calls, BTreeMap::new()) } else { (BTreeMap::new(), calls) };
        sealed.extend(drawn.keys());
        Ok(Rendered { outcome, sealed, drawn, chance })
    }

    /// Returns a failure with why random values are refused, where the configuration wants them.
    pub(super) fn unseeded(&self, mut failure: Failure) -> Failure {
        let Seed::Withheld(why) = &self.seed else { return failure };
        for diagnostic in failure.diagnostics.iter_mut().filter(|diagnostic| diagnostic.code == Code::SEALED_RANDOM) {
            diagnostic.hint = Some(format!("random values of this application are not seeded: {why}"));
        }
        failure
    }

    /// Renders with hashes of the opened values, as helm would.
    pub(super) fn render_revealed(&self) -> Result<Outcome, Failure> {
        self.outcome(&self.values.merged, &Options { hashes: Hashes::Plain, ..self.options.clone() })
    }

    fn outcome(&self, merged: &Merged, options: &Options) -> Result<Outcome, Failure> {
        let sealed = self.values.sealed();
        chart::render(&self.chart, &given(merged)?, options, self.chart_context(&sealed, options), &mut |_, _| None)
    }

    fn chart_context<'c>(&'c self, sealed: &'c BTreeSet<LeafId>, options: &Options) -> ChartContext<'c> {
        let drawn_from = self.seed.is_salted().then_some(LeafId(options.first_pseudo_leaf));
        ChartContext { path: &self.path, sealed, drawn_from, values: Some(&self.values) }
    }

    /// Returns the objects of a render in which every value is tracked, those of the chart's own files too.
    pub(super) fn tracked(&self) -> Result<Tracked, Failure> {
        let merged = self.values.tracked()?;
        // The chart's own leaves come behind the layers', in a table of their own.
        let mut leaves = merged.leaves.clone();
        let mut files = self.values.files();
        let mut sealed = self.values.sealed();
        let mut leaf = |file: &str, node: &yaml::Node| {
            let file = format!("{}/{file}", self.path);
            let number = files.iter().position(|known| *known == file).unwrap_or_else(|| {
                files.push(file);
                files.len() - 1
            });
            let source = SourceId(u32::try_from(number).ok()?);
            Some(leaves.add(LeafPlace { source, span: node.span }))
        };
        // Random values stand behind all leaves; those of the chart's files are not counted before, so they begin far away.
        let options = Options { first_pseudo_leaf: u32::MAX / 2, ..self.options.clone() };
        let context = self.chart_context(&sealed, &options);
        let outcome = chart::render(&self.chart, &given(&merged)?, &options, context, &mut leaf)?;
        if self.seed.is_salted() {
            sealed.extend(outcome.chance.iter().map(|call| call.leaf));
        }
        let manifests =
            validate::objects(&outcome.documents, &sealed).map_err(|errors| Failure::of_objects(&errors, &self.path))?;
        Ok(Tracked { manifests, leaves, files })
    }

    pub(super) fn tracked_objects(&self) -> Result<Manifests, Failure> {
        self.tracked().map(|tracked| tracked.manifests)
    }

    /// Returns what should be said of a render that went well.
    pub(super) fn notes(&self, outcome: &Outcome) -> Vec<Diagnostic> {
        let mut notes = self.context.notes.clone();
        notes.extend(chart::lookups(outcome, &self.path));
        notes
    }
}

fn given(merged: &Merged) -> Result<Map, Failure> {
    match &merged.values.data {
        Data::Map(map, _) => Ok(map.clone()),
        _ => Err(Failure::one(Class::Internal, Diagnostic::error(Code::INTERNAL, "merged values are no map"))),
    }
}

fn options(profile: Profile, context: &Context, values: &Values<'_>, seed: &Seed) -> Result<Options, Failure> {
    let kube_version = context.kube_version.as_deref().map(KubeVersion::parse).transpose().map_err(|error| {
        let diagnostic = Diagnostic::error(Code::CONTEXT_CLUSTER, error.to_string()).hint(error.hint());
        Failure::one(Class::Context, diagnostic)
    })?;
    let digests = values.merged.sealed.iter().map(|(leaf, digest)| (*leaf, digest.0.to_vec())).collect();
    let release = Release {
        name: context.release_name.clone(),
        namespace: context.namespace.clone(),
        revision: 1,
        action: Action::Install,
    };
    Ok(Options {
        profile,
        release,
        capabilities: Capabilities { kube_version, more_api_versions: context.api_versions.clone() },
        definitions: Definitions::Include,
        tests: Tests::Keep,
        schemas: Schemas::Check,
        randomness: seed.randomness(),
        hashes: Hashes::Ciphertext(Arc::new(digests)),
        budget: Budget::default(),
        first_pseudo_leaf: u32::try_from(values.merged.leaves.len()).unwrap_or(u32::MAX),
    })
}
