//! Findings: what policies said, as diagnostics with the place in a layer that is behind it.
//!
//! Rules: a finding of a layer is at its line; one of an object at the value its text was copied from, the last of those in the uppermost
//! layer, with the template's line that printed it; the same where a template made something else of values, with all that went in; where
//! something is missing, at what the nearest parent was made of; where no value is behind it, at the template's line.
//! Any denial that is not let through, and any policy without a verdict, refuses the application.

use std::collections::BTreeSet;

use helm::provenance::{Flow, Leaves};
use helm::values::Step;
use sops::{Shape, Tree};
use yaml::{LeafId, Position};

use crate::context::Context;
use crate::diagnostic::{self, Class, Code, Diagnostic, Failure, ObjectName, Place, StageError, Subject, in_chart};
use crate::origin::{Origin, Origins};
use crate::policies::{Finding, Review, Severity};
use crate::rules::RuleName;
use crate::secrets::{LayerValues, OpenedLayer};
use crate::tolerance::{Judged, Tolerance};
use crate::validate::{Manifests, Object, pointer};
use crate::values::Values;

use super::rendering::{Rendering, Tracked};

/// Who is judged, and what is let through.
#[derive(Clone, Copy)]
pub(super) struct Bench<'a> {
    pub(super) tolerance: &'a Tolerance,
    pub(super) context: &'a Context,
}

/// Returns the warnings of a review of layers.
///
/// # Errors
/// The [`Failure`] that the review is, where it denies.
pub(super) fn of_layers(review: &Review, values: &Values<'_>, bench: Bench<'_>) -> Result<Vec<Diagnostic>, Failure> {
    verdict(review, bench, |finding, diagnostic| {
        let Some(layer) = finding.subject.and_then(|subject| values.layers.get(subject)) else { return diagnostic };
        let at = position(layer, &finding.path);
        let diagnostic = about(diagnostic, finding, Subject::Layer(layer.path.clone()), None);
        diagnostic.at(Place::at(&layer.path, at)).fact("layer", layer.layer.name.clone()).fact("owner", layer.layer.owner.clone())
    })
}

/// Returns the warnings of a review of merged values.
///
/// # Errors
/// The [`Failure`] that the review is, where it denies.
pub(super) fn of_values(review: &Review, values: &Values<'_>, bench: Bench<'_>) -> Result<Vec<Diagnostic>, Failure> {
    if review.findings.is_empty() {
        return verdict(review, bench, |_, diagnostic| diagnostic);
    }
    let merged = values.tracked()?;
    let origins = Origins { merged: &merged, layers: &values.layers };
    verdict(review, bench, |finding, diagnostic| {
        let diagnostic = about(diagnostic, finding, Subject::Values, None);
        let path: Vec<Step> = origins.path(&finding.path);
        match origins.of(&path) {
            Some(Origin { layer, owner, path, at }) => {
                diagnostic.at(Place::at(&path, at)).fact("layer", layer).fact("owner", owner)
            }
            None => diagnostic,
        }
    })
}

/// Returns the warnings of a review of objects.
///
/// # Errors
/// The [`Failure`] that the review is, where it denies, or of the render that explains it.
pub(super) fn of_objects(review: &Review, rendering: &Rendering<'_>, manifests: &Manifests) -> Result<Vec<Diagnostic>, Failure> {
    let bench = Bench { tolerance: &rendering.estate.tolerance, context: rendering.context };
    if review.findings.is_empty() {
        return verdict(review, bench, |_, diagnostic| diagnostic);
    }
    let tracked = rendering.tracked()?;
    verdict(review, bench, |finding, diagnostic| in_object(finding, diagnostic, rendering, manifests, &tracked))
}

/// Returns a finding about an object with the place it is explained by.
fn in_object(
    finding: &Finding,
    diagnostic: Diagnostic,
    rendering: &Rendering<'_>,
    manifests: &Manifests,
    tracked: &Tracked,
) -> Diagnostic {
    let found = finding.subject.and_then(|subject| manifests.objects.get(subject).zip(tracked.manifests.objects.get(subject)));
    let Some((object, explained)) = found else { return about(diagnostic, finding, Subject::Application, None) };
    let provenance = explained.written(&finding.path);
    let printed = in_chart(&provenance.place, &rendering.path);
    let named = format!("{} `{}`: ", object.label.kind, object.label.name);
    // Most policies name the object themselves.
    let message =
        if diagnostic.message.starts_with(&named) { diagnostic.message } else { format!("{named}{}", diagnostic.message) };
    let diagnostic = Diagnostic { message, ..diagnostic };
    let diagnostic = about(diagnostic, finding, Subject::Object(named_object(object)), Some(printed.clone()));
    let leaves = &provenance.dependence.leaves;
    let several = leaves.as_slice().len() > 1 && provenance.dependence.flow == Some(Flow::Derived);
    let derived = several && is_scalar(explained, &finding.path);
    let diagnostic = match origin(leaves, rendering, tracked) {
        Some((file, at, layer)) => {
            let diagnostic = diagnostic.at(Place::at(file, at));
            let diagnostic = match layer {
                Some(layer) => diagnostic.fact("layer", layer.layer.name.clone()).fact("owner", layer.layer.owner.clone()),
                None => diagnostic.fact("layer", "the chart's own values"),
            };
            if derived {
                diagnostic.fact("made at", printed.to_string()).fact("made from", sources(leaves, tracked))
            } else {
                diagnostic.fact("printed at", printed.to_string())
            }
        }
        None => diagnostic.at(printed),
    };
    diagnostic.fact("object", format!("{} {}", object.label, pointer_of(finding)))
}

/// Whether a pointer leads to a single value of an object, and not to what is missing.
fn is_scalar(object: &Object, path: &str) -> bool {
    let nodes = pointer::walk(&object.tree, path);
    let whole_way = nodes.len() > path.split('/').skip(1).count();
    whole_way && nodes.last().is_some_and(|node| !matches!(node.value, yaml::Value::Mapping(_) | yaml::Value::Sequence(_)))
}

/// The most places that a derived text is said to be made from.
const SOURCES_SHOWN: usize = 4;

/// Returns where leaves were written, in the order of their files.
fn sources(leaves: &Leaves, tracked: &Tracked) -> String {
    let places = leaves.as_slice().iter().filter_map(|leaf| tracked.leaves.place(*leaf));
    let places: BTreeSet<Place> = places
        .filter_map(|place| Some(Place::at(tracked.files.get(usize::try_from(place.source.0).ok()?)?, place.span.start)))
        .collect();
    let mut shown: Vec<String> = places.iter().take(SOURCES_SHOWN).map(ToString::to_string).collect();
    if let Some(more @ 1..) = places.len().checked_sub(SOURCES_SHOWN) {
        shown.push(format!("{more} more"));
    }
    shown.join(", ")
}

/// Returns a diagnostic with what waivers, baselines and reports go by.
fn about(diagnostic: Diagnostic, finding: &Finding, subject: Subject, printed: Option<Place>) -> Diagnostic {
    let rule = RuleName::of(&finding.policy, &finding.rule);
    let facts = rule.map(|rule| diagnostic::Finding { rule, subject, path: finding.path.clone(), printed });
    Diagnostic { finding: facts.map(Box::new), ..diagnostic }
}

fn named_object(object: &Object) -> ObjectName {
    let group = object.api_version.split_once('/').map(|(group, _version)| group.to_owned()).unwrap_or_default();
    let (kind, name) = (object.label.kind.clone(), object.label.name.clone());
    if object.disguised {
        return ObjectName { group: String::new(), kind, name, namespace: None };
    }
    ObjectName { group, kind, name, namespace: object.namespace.clone() }
}

fn pointer_of(finding: &Finding) -> &str {
    if finding.path.is_empty() { "/" } else { &finding.path }
}

/// Returns the place of the last leaf of the uppermost file among `leaves`: it has overridden, or comes behind, the others.
fn origin<'a>(
    leaves: &Leaves,
    rendering: &'a Rendering<'_>,
    tracked: &'a Tracked,
) -> Option<(&'a str, Position, Option<&'a OpenedLayer<'a>>)> {
    let layers = &rendering.values.layers;
    let places = leaves.as_slice().iter().filter_map(|leaf: &LeafId| tracked.leaves.place(*leaf));
    let place = places.max_by_key(|place| {
        let number = usize::try_from(place.source.0).unwrap_or(usize::MAX);
        // The chart's own files are below all layers.
        let rank = if number < layers.len() { number.saturating_add(1) } else { 0 };
        (rank, place.span.start)
    })?;
    let number = usize::try_from(place.source.0).ok()?;
    Some((tracked.files.get(number)?, place.span.start, layers.get(number)))
}

/// Returns the warnings and notes of a review, each with the place that `explain` gives it, denials that are let through among the notes.
fn verdict(
    review: &Review,
    bench: Bench<'_>,
    explain: impl Fn(&Finding, Diagnostic) -> Diagnostic,
) -> Result<Vec<Diagnostic>, Failure> {
    let judged = Judged { application: &bench.context.application.name, namespace: &bench.context.namespace };
    let mut found: Vec<(Class, Diagnostic)> =
        review.failures.iter().map(|failure| (failure.class(), failure.diagnostic())).collect();
    let findings = review.findings.iter().map(|finding| bench.tolerance.judge(explain(finding, diagnostic(finding)), judged));
    found.extend(findings.map(|diagnostic| (Class::Policy, diagnostic)));
    if found.iter().any(|(_, diagnostic)| diagnostic.severity == crate::diagnostic::Severity::Error) {
        // Only what refuses it belongs to the failure's count; warnings are said with it.
        return Err(Failure::of(found));
    }
    let notes = found.into_iter().map(|(_, diagnostic)| diagnostic);
    Ok(notes.collect())
}

fn diagnostic(finding: &Finding) -> Diagnostic {
    let code = Code::of_policy(&finding.policy, &finding.rule);
    let diagnostic = match finding.severity {
        Severity::Deny => Diagnostic::error(code, finding.message.clone()),
        Severity::Warn => Diagnostic::warning(code, finding.message.clone()),
        Severity::Info => Diagnostic::note(code, finding.message.clone()),
    };
    let explained = diagnostic.code.explanation().map(|_| {
        let rule = format!("{}/{}", finding.policy, finding.rule);
        format!("`tidegate explain-error {rule}` says why")
    });
    let parts: Vec<String> =
        [Some(finding.help.clone()), explained].into_iter().flatten().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { diagnostic } else { diagnostic.hint(parts.join("; ")) }
}

/// Returns where a pointer leads in a layer's file; for what is missing, its nearest parent.
fn position(layer: &OpenedLayer<'_>, path: &str) -> Position {
    match &layer.values {
        LayerValues::Clear(node) => pointer::walk(node, path).last().map_or(node.span.start, |node| node.span.start),
        LayerValues::Opened(opened) => in_tree(&opened.root, path),
    }
}

fn in_tree(root: &Tree, path: &str) -> Position {
    let mut node = root;
    for step in path.split('/').skip(1) {
        let key = step.replace("~1", "/").replace("~0", "~");
        let next = match &node.shape {
            Shape::Mapping(branches) => branches.iter().find(|branch| branch.key == key).map(|branch| &branch.value),
            Shape::Sequence(items) => key.parse().ok().and_then(|index: usize| items.get(index)),
            Shape::Leaf(_) => None,
        };
        match next {
            Some(next) => node = next,
            None => break,
        }
    }
    node.span.start
}
