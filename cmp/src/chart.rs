//! Chart: from files to documents, by the `helm` crate; its failures as facts.
//!
//! In: a chart's files, values, [`Options`]. Out: [`Outcome`].
//! Rules: text of a failure is shown only where nothing sealed stands behind it; a place in a template is the file's own.
//! Not here: what documents mean (`validate`), where values come from (`merge`).

use std::collections::BTreeSet;

use helm::chart::ChartFile;
use helm::chart::process::DefaultLeaf;
use helm::render::schema::{SchemaError, Violation, Violations};
use helm::render::{Options, Outcome, Prepared, RenderError, Site, TemplateFailure};
use helm::value::Map;
use helm::values::{Step, ValuePath};
use yaml::LeafId;

use crate::diagnostic::{Class, Code, Diagnostic, Failure, Place};
use crate::origin::{Origin, Origins};
use crate::source::SourceTree;
use crate::values::Values;

/// Where a chart lies and what must not be told of its values.
#[derive(Clone, Copy, Debug)]
pub struct ChartContext<'a> {
    /// The chart's directory, as people name it.
    pub path: &'a str,
    /// The leaves that are sealed.
    pub sealed: &'a BTreeSet<LeafId>,
    /// The layers' values, whose lines a failure names; nothing where values come from elsewhere.
    pub values: Option<&'a Values<'a>>,
}

impl ChartContext<'_> {
    /// Returns where the layers have written the value that `path` finds among them; nothing where they have not. Only a failure pays
    /// for the merge this takes.
    fn origin(&self, path: impl FnOnce(&Origins<'_>) -> Option<Vec<Step>>) -> Option<Origin> {
        let values = self.values?;
        let merged = values.tracked().ok()?;
        let origins = Origins { merged: &merged, layers: &values.layers };
        let path = path(&origins)?;
        if origins.holds(&path) { origins.of(&path) } else { None }
    }
}

/// Returns the chart in the directory at `path`.
///
/// # Errors
/// A [`Failure`] of the source, or of the chart.
pub fn load(tree: &SourceTree, path: &str) -> Result<Prepared, Failure> {
    let files = tree.files_below(path)?;
    if files.is_empty() {
        let diagnostic = Diagnostic::error(Code::CHART_MISSING, "there is no chart").at(Place::file(path));
        let root = tree.root().display();
        return Err(Failure::one(
            Class::Chart,
            diagnostic.hint(format!("charts are looked for below `{root}`; name another with --chart-root or `charts.root`")),
        ));
    }
    prepare(files.into_iter().map(|(path, data)| ChartFile { path, data }).collect(), path)
}

/// Returns the chart of `files`, which lie at `path`.
///
/// # Errors
/// A [`Failure`] of class [`Class::Chart`].
pub fn prepare(files: Vec<ChartFile>, path: &str) -> Result<Prepared, Failure> {
    let chart = helm::chart::load(files).map_err(|error| {
        let diagnostic = Diagnostic::error(Code::CHART_INVALID, chain(&error)).at(Place::file(path));
        let hint = error.hint().unwrap_or("mend the chart; `helm lint` looks at more of it");
        Failure::one(Class::Chart, diagnostic.hint(hint))
    })?;
    Ok(Prepared::new(chart))
}

/// Returns the documents of a chart. `leaf` is asked who the leaves of the chart's default values are.
///
/// # Errors
/// A [`Failure`] of class [`Class::Chart`], or [`Class::Values`] where the values do not fit.
pub fn render(
    prepared: &Prepared,
    values: &Map,
    options: &Options,
    context: ChartContext<'_>,
    leaf: &mut DefaultLeaf<'_>,
) -> Result<Outcome, Failure> {
    helm::render::render(prepared, values, options, leaf).map_err(|error| refused(&error, context))
}

fn refused(error: &RenderError, context: ChartContext<'_>) -> Failure {
    let diagnostic = match error {
        RenderError::Schema(SchemaError::Violated(violations)) => return violated(violations, context),
        RenderError::Process(error) => {
            let diagnostic = Diagnostic::error(Code::CHART_VALUES, chain(error)).at(Place::file(context.path));
            hinted(diagnostic, error.hint())
        }
        RenderError::Cluster(error) => Diagnostic::error(Code::CHART_CLUSTER, chain(error))
            .at(Place::file(context.path))
            .hint("set `kubeVersion` of the environment, or --kube-version, to the cluster's"),
        RenderError::Parse { at, problem } => Diagnostic::error(Code::CHART_TEMPLATE_SYNTAX, problem.message.clone())
            .at(place(at, context.path))
            .hint("mend the template there, or before: an action that is not closed is noticed late"),
        RenderError::Template(failure) => template(failure, context),
        RenderError::Arrange(error) => {
            let hint = "mend the template there: a value may need `quote`, a block another `nindent`";
            let shown = if error.leaves.as_slice().iter().any(|leaf| context.sealed.contains(leaf)) {
                "what the template printed is not YAML; a sealed value is part of it, so nothing of it is shown".to_owned()
            } else {
                format!("what the template printed cannot be read: {}", chain(&error.problem))
            };
            let at = Site { template: error.template.clone(), line: error.line, column: 0 };
            Diagnostic::error(Code::CHART_OUTPUT, shown).at(place(&at, context.path)).hint(hint)
        }
        other => Diagnostic::error(Code::CHART_INVALID, chain(other)).at(Place::file(context.path)),
    };
    Failure::one(Class::Chart, diagnostic)
}

/// Returns what the charts' schemas refuse, one finding a place; of a sealed value nothing but its place is told.
fn violated(violations: &[Violations], context: ChartContext<'_>) -> Failure {
    let mut findings = Vec::new();
    let mut hidden = BTreeSet::new();
    for Violations { name, found, more } in violations {
        for Violation { chart, instance_path, message, leaves, causes: _ } in found {
            let place = if instance_path.is_empty() { "/" } else { instance_path };
            let shown = if leaves.as_slice().iter().any(|leaf| context.sealed.contains(leaf)) {
                if !hidden.insert((name, instance_path)) {
                    continue;
                }
                "it is sealed, or something in it is; nothing more is told".to_owned()
            } else {
                message.clone()
            };
            let message = format!("chart `{name}` does not take the value at `{place}`: {shown}");
            let origin = context.origin(|origins| Some(origins.path(&in_estate(chart, instance_path))));
            findings.push((Class::Values, at_origin(schema(message, context), origin)));
        }
        if *more > 0 {
            findings.push((Class::Values, schema(format!("chart `{name}` does not take {more} values more"), context)));
        }
    }
    Failure::of(findings)
}

fn schema(message: String, context: ChartContext<'_>) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(Code::CHART_SCHEMA, message).at(Place::file(&format!("{}/values.schema.json", context.path)));
    diagnostic.hint("change the value, or the chart's schema if the value is right")
}

/// Returns the pointer into an estate's values for one into those of a chart, which `chart` says the way to: `shop/charts/cache`.
fn in_estate(chart: &str, instance_path: &str) -> String {
    let below = chart.split("/charts/").skip(1);
    below.map(|name| format!("/{name}")).collect::<String>() + instance_path
}

/// Returns a finding at the layer's line that is behind it; the schema it was at becomes a fact.
fn at_origin(diagnostic: Diagnostic, origin: Option<Origin>) -> Diagnostic {
    let Some(Origin { layer, owner, path, at }) = origin else { return diagnostic };
    let schema = diagnostic.place.as_ref().map(ToString::to_string).unwrap_or_default();
    diagnostic.at(Place::at(&path, at)).fact("layer", layer).fact("owner", owner).fact("schema", schema)
}

fn template(failure: &TemplateFailure, context: ChartContext<'_>) -> Diagnostic {
    let sealed = |leaf: &LeafId| context.sealed.contains(leaf);
    let hidden = failure.leaves.as_slice().iter().any(sealed) || failure.message.marks().leaves().as_slice().iter().any(sealed);
    let message = if hidden {
        "the template failed at a sealed value; its words are not shown".to_owned()
    } else {
        String::from_utf8_lossy(failure.message.as_bytes()).into_owned()
    };
    let mut diagnostic = Diagnostic::error(Code::CHART_TEMPLATE, message).at(place(&failure.at, context.path));
    if let Some(path) = &failure.value_path {
        diagnostic = diagnostic.fact("value", format!(".Values.{path}"));
        let origin = context.origin(|_| path.parse::<ValuePath>().ok().map(|path| path.steps().to_vec()));
        diagnostic = match origin {
            Some(Origin { layer, owner: _, path, at }) => diagnostic
                .fact("set at", Place::at(&path, at).to_string())
                .fact("layer", layer)
                .hint("change the value there, or mend the template"),
            None if context.values.is_some() => {
                diagnostic.hint("no layer sets that value: set it, or see the chart's own by `tidegate values --all`")
            }
            None => diagnostic,
        };
    }
    for site in failure.chain.iter().rev().take(CALLS_SHOWN) {
        diagnostic = diagnostic.fact("called from", place(site, context.path).to_string());
    }
    if hidden { diagnostic.hint(HIDDEN_HINT) } else { diagnostic }
}

/// What to do about a failure of which nothing is told.
const HIDDEN_HINT: &str =
    "compare what the template asks there with the opened value: `tidegate values --reveal` shows it to who holds the key";

/// How many calls that led to a failure are shown, the innermost first.
const CALLS_SHOWN: usize = 5;

/// Returns a place in a template as a place in the chart's directory: the chart's name, its first part, is not one of the path's.
#[must_use]
pub fn place(site: &Site, path: &str) -> Place {
    let file = match site.template.split_once('/') {
        Some((_, below)) => format!("{}/{below}", path.trim_end_matches('/')),
        None => site.template.clone(),
    };
    Place { file, line: site.line, column: site.column }
}

/// Returns what to say of a chart that asks the cluster, once a render; nothing where it does not.
#[must_use]
pub fn lookups(outcome: &Outcome, path: &str) -> Option<Diagnostic> {
    if outcome.lookups.is_empty() {
        return None;
    }
    let site = |(template, line): &(String, u32)| Site { template: template.clone(), line: *line, column: 0 };
    let places: Vec<String> = outcome.lookups.iter().map(|at| place(&site(at), path).to_string()).collect();
    let message = format!("the chart looks into the cluster, where it finds nothing, as under Argo CD: {}", places.join(", "));
    Some(Diagnostic::note(Code::CHART_LOOKUP, message).at(Place::file(path)))
}

/// Returns an error's message with those of its sources.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(next) = source {
        text = format!("{text}: {next}");
        source = next.source();
    }
    text
}

fn hinted(diagnostic: Diagnostic, hint: Option<&'static str>) -> Diagnostic {
    match hint {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }
}
