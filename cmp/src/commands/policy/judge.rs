//! Judge: one question to one policy, with what it says as facts that can be compared and placed.
//!
//! Rules: a policy without a verdict is an error of the question, never a finding; a finding's place is that of the value it points at, or
//! of the nearest one around it that is there. A fleet is asked about as `check --all` does it: each application first, for what the policy
//! remembers of it, then all of them; what it finds in one of them is another question.

use std::error::Error;

use serde_json::Value as Json;
use tidegate::policies::{Context, Documents, Finding, Layer, PolicyFailure, PolicySet, Review, Severity};
use yaml::{Node, Position, Value};

use super::cases::Given;

/// What policies are asked.
pub(super) enum Question<'a> {
    /// Layers, with a document each.
    Layers(&'a Context, &'a [Layer], &'a [Json]),
    /// The merged values.
    Values(&'a Context, &'a [Json]),
    /// Objects.
    Manifests(&'a Context, &'a [Json]),
    /// Applications with their objects.
    Fleet(&'a [(&'a Context, &'a [Json])]),
}

/// What they said.
pub(super) struct Said {
    pub(super) found: Vec<Found>,
    /// What the policies used of their fuel.
    pub(super) fuel_units: u64,
    /// Policies for which there was nothing to judge.
    pub(super) idle: Vec<String>,
}

/// A finding, and of which application of a fleet it is.
pub(super) struct Found {
    pub(super) finding: Finding,
    /// By its number; nothing where no fleet was asked about.
    pub(super) application: Option<usize>,
}

/// Asks; the error is why there is no verdict.
pub(super) fn ask(policies: &PolicySet, question: &Question<'_>) -> Result<Said, String> {
    let given = |documents: &[Json]| Documents::of_json(documents).map_err(|failure| chain(&failure));
    let review = match question {
        Question::Layers(context, layers, documents) => policies.check_layers(context, layers, &given(documents)?),
        Question::Values(context, documents) => policies.check_values(context, &given(documents)?),
        Question::Manifests(context, documents) => policies.check_manifests(context, &given(documents)?),
        Question::Fleet(applications) => return fleet(policies, applications),
    };
    said(review)
}

/// Returns what a review says; the error is why there is no verdict.
pub(super) fn said(review: Review) -> Result<Said, String> {
    let Review { findings, fuel_units, idle, failures, .. } = review;
    judged(&failures)?;
    Ok(Said { found: findings.into_iter().map(|finding| Found { finding, application: None }).collect(), fuel_units, idle })
}

fn fleet(policies: &PolicySet, applications: &[(&Context, &[Json])]) -> Result<Said, String> {
    let mut fuel_units = 0;
    let mut members = Vec::new();
    for (context, documents) in applications {
        let documents = Documents::of_json(documents).map_err(|failure| chain(&failure))?;
        let review = policies.check_manifests(context, &documents);
        judged(&review.failures)?;
        fuel_units += review.fuel_units;
        members.push(((*context).clone(), review.facts));
    }
    let review = policies.check_fleet(&members);
    judged(&review.failures)?;
    let found = review.findings.into_iter().map(|(number, finding)| Found { finding, application: Some(number) });
    Ok(Said { found: found.collect(), fuel_units, idle: Vec::new() })
}

fn judged(failures: &[PolicyFailure]) -> Result<(), String> {
    failures.first().map_or(Ok(()), |failure| Err(chain(failure)))
}

/// Returns an error with its causes, in one line.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// Returns the word of a severity.
pub(super) fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Deny => "deny",
        Severity::Warn => "warn",
        Severity::Info => "info",
    }
}

/// Returns where the value of a finding stands: `cases.yaml:12`. A finding without a subject is about the first document where there is one
/// only.
pub(super) fn place(finding: &Finding, documents: &[&Given]) -> Option<String> {
    let given = match (finding.subject, documents) {
        (Some(subject), _) => documents.get(subject)?,
        (None, [only]) => only,
        (None, _) => return None,
    };
    Some(format!("{}:{}", given.file, position(&given.node, &finding.path).line))
}

/// Returns where the value at a pointer stands, or the nearest one around it.
fn position(node: &Node, pointer: &str) -> Position {
    let mut here = node;
    let mut at = node.span.start;
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        let below = match &here.value {
            // The last of equal keys counts, as everywhere.
            Value::Mapping(entries) => {
                entries.iter().rfind(|entry| entry.key == step).map(|entry| (&entry.value, entry.key_span.start))
            }
            Value::Sequence(items) => {
                step.parse().ok().and_then(|number: usize| Some((items.get(number)?, items.get(number)?.span.start)))
            }
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) | Value::Time(_) => None,
        };
        let Some((value, start)) = below else { break };
        (here, at) = (value, start);
    }
    at
}

#[cfg(test)]
mod tests {
    use super::position;

    /// A pointer leads to its key, or to the nearest one that is there.
    #[test]
    fn places_of_pointers() {
        let text = b"a:\n  b:\n    - x\n    - y: 1\n\"c/d\": 2\n";
        let documents = yaml::read(text, &yaml::ReadOptions::helm()).unwrap();
        let check = |pointer: &str, line: u32| assert_eq!(position(&documents[0], pointer).line, line, "{pointer}");
        check("", 1);
        check("/a/b", 2);
        check("/a/b/1/y", 4);
        check("/a/b/1/missing", 4);
        check("/a/b/7", 2);
        check("/c~1d", 5);
        check("/nothing/at/all", 1);
    }
}
