//! Findings: what policies said, as diagnostics with the place in a layer that is behind it.
//!
//! Rules: a finding of a layer is at its line; one of an object at the value it printed: the last of those in the uppermost layer; where
//! no value is behind it, at the template's line. Any denial, and any policy without a verdict, refuses the application.

use helm::provenance::Leaves;
use helm::values::Step;
use sops::{Shape, Tree};
use yaml::{LeafId, Position};

use crate::diagnostic::{Class, Code, Diagnostic, Failure, Place, StageError, in_chart};
use crate::origin::{Origin, Origins};
use crate::policies::{Finding, Review, Severity};
use crate::secrets::{LayerValues, OpenedLayer};
use crate::validate::{Manifests, pointer};
use crate::values::Values;

use super::rendering::{Rendering, Tracked};

/// Returns the warnings of a review of layers.
///
/// # Errors
/// The [`Failure`] that the review is, where it denies.
pub(super) fn of_layers(review: &Review, values: &Values<'_>) -> Result<Vec<Diagnostic>, Failure> {
    verdict(review, |finding, diagnostic| {
        let Some(layer) = finding.subject.and_then(|subject| values.layers.get(subject)) else { return diagnostic };
        let at = position(layer, &finding.path);
        diagnostic.at(Place::at(&layer.path, at)).fact("layer", layer.layer.name.clone()).fact("owner", layer.layer.owner.clone())
    })
}

/// Returns the warnings of a review of merged values.
///
/// # Errors
/// The [`Failure`] that the review is, where it denies.
pub(super) fn of_values(review: &Review, values: &Values<'_>) -> Result<Vec<Diagnostic>, Failure> {
    if review.findings.is_empty() {
        return verdict(review, |_, diagnostic| diagnostic);
    }
    let merged = values.tracked()?;
    let origins = Origins { merged: &merged, layers: &values.layers };
    verdict(review, |finding, diagnostic| {
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
    if review.findings.is_empty() {
        return verdict(review, |_, diagnostic| diagnostic);
    }
    let tracked = rendering.tracked()?;
    verdict(review, |finding, diagnostic| in_object(finding, diagnostic, rendering, manifests, &tracked))
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
    let Some((object, explained)) = found else { return diagnostic };
    let provenance = explained.written(&finding.path);
    let printed = in_chart(&provenance.place, &rendering.path);
    let named = format!("{} `{}`: ", object.label.kind, object.label.name);
    // Most policies name the object themselves.
    let message =
        if diagnostic.message.starts_with(&named) { diagnostic.message } else { format!("{named}{}", diagnostic.message) };
    let diagnostic = Diagnostic { message, ..diagnostic };
    let diagnostic = match origin(&provenance.dependence.leaves, rendering, tracked) {
        Some((file, at, layer)) => {
            let diagnostic = diagnostic.at(Place::at(file, at));
            let diagnostic = match layer {
                Some(layer) => diagnostic.fact("layer", layer.layer.name.clone()).fact("owner", layer.layer.owner.clone()),
                None => diagnostic.fact("layer", "the chart's own values"),
            };
            diagnostic.fact("printed at", printed.to_string())
        }
        None => diagnostic.at(printed),
    };
    diagnostic.fact("object", format!("{} {}", object.label, pointer_of(finding)))
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

/// Returns the warnings and notes of a review, each with the place that `explain` gives it.
fn verdict(review: &Review, explain: impl Fn(&Finding, Diagnostic) -> Diagnostic) -> Result<Vec<Diagnostic>, Failure> {
    let denied = review.is_denied();
    let mut found: Vec<(Class, Diagnostic)> =
        review.failures.iter().map(|failure| (failure.class(), failure.diagnostic())).collect();
    found.extend(review.findings.iter().map(|finding| (Class::Policy, explain(finding, diagnostic(finding)))));
    if denied {
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
