//! Judge: one question to one policy, with what it says as facts that can be compared and placed.
//!
//! Rules: a policy without a verdict is an error of the question, never a finding; a finding's place is that of the value it points at, or
//! of the nearest one around it that is there.

use std::error::Error;

use serde_json::Value as Json;
use tidegate::policies::{Context, Documents, Finding, Layer, PolicySet, Review, Severity};
use yaml::{Node, Position, Value};

use super::cases::{Given, Input};

/// What a policy is asked.
pub(super) struct Question<'a> {
    pub(super) context: &'a Context,
    pub(super) kind: Kind,
    pub(super) layers: &'a [Layer],
    pub(super) documents: &'a [Json],
}

/// Of which stage it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Layers,
    Values,
    Manifests,
}

impl Kind {
    /// Returns the stage of an input.
    pub(super) fn of(input: &Input) -> Self {
        match input {
            Input::Layers(_) => Self::Layers,
            Input::Values(_) => Self::Values,
            Input::Manifests(_) => Self::Manifests,
        }
    }
}

/// Asks; the error is why there is no verdict.
pub(super) fn ask(policies: &PolicySet, question: &Question<'_>) -> Result<Review, String> {
    let documents = Documents::of_json(question.documents).map_err(|failure| chain(&failure))?;
    let review = match question.kind {
        Kind::Layers => policies.check_layers(question.context, question.layers, &documents),
        Kind::Values => policies.check_values(question.context, &documents),
        Kind::Manifests => policies.check_manifests(question.context, &documents),
    };
    match review.failures.first() {
        Some(failure) => Err(chain(failure)),
        None => Ok(review),
    }
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
