//! Schema: the estate's own JSON Schema over the merged values.
//!
//! In: [`Merged`] values, their layers, the text of a schema. Out: nothing, or every [`SchemaError`].
//! Rules: tombstones are left out; a finding names the layer's place, not the merged tree's; no network, no other file, linear patterns,
//! bounded work. What depends on a sealed leaf says where, never what was asked: rules like "if it begins with `a`, then .." would spell it.
//! Not here: the schema of a chart (`helm`), policies.
//!
//! # Source
//! Drafts, and formats that are asserted up to draft 7 only: as helm `pkg/chart/common/util/jsonschema.go`, `ValidateAgainstSingleSchema`.

mod cost;
mod json;
mod wording;

use std::collections::BTreeSet;

use helm::values::{Step, ValuePath};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{PatternOptions, ValidationError, Validator};
use serde_json::Value;

use crate::merge::{Merged, Tracking, merge};
use crate::origin::{Origin, Origins};
use crate::secrets::OpenedLayer;

pub use cost::{EVALUATIONS, PATTERN_BYTES, PATTERNS, REFERENCES, RULE_DEPTH, SCHEMA_BYTES};

/// The most findings that are told: more of them have one cause.
pub const FINDINGS: usize = 100;

/// An estate's schema, compiled.
#[derive(Debug)]
pub struct Schema {
    file: String,
    text: Value,
    validator: Validator,
}

/// Why values are refused, or the schema is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// The schema is no JSON.
    #[error("the schema is not JSON: {problem}")]
    Syntax {
        /// The schema's file.
        file: String,
        /// Line and column from 1.
        at: (usize, usize),
        /// What the reader says.
        problem: String,
    },
    /// The schema is no schema, or refers to what is not in it.
    #[error("the schema cannot be used: {problem}")]
    Unusable {
        /// The schema's file.
        file: String,
        /// Why.
        problem: String,
    },
    /// Judging the values would take more than [`EVALUATIONS`] steps, or nest deeper than [`RULE_DEPTH`].
    #[error("judging these values takes more than {EVALUATIONS} steps, or {RULE_DEPTH} rules within rules")]
    TooMuch {
        /// The schema's file.
        file: String,
    },
    /// A value is not as the schema asks.
    #[error("{subject} {demand}")]
    Violation {
        /// What is meant, in backticks where it has a path.
        subject: String,
        /// What must be so.
        demand: String,
        /// The layer's place.
        origin: Option<Box<Origin>>,
        /// The schema's file.
        file: String,
    },
    /// A value that the schema requires is not there.
    #[error("{subject} is missing")]
    Missing {
        /// What is meant, in backticks.
        subject: String,
        /// The place of the layer that has the last word on the nearest parent, a clear one where there is one.
        origin: Option<Box<Origin>>,
        /// The schema's file.
        file: String,
    },
    /// A sealed value, or something that depends on one, is not as the schema asks. Nothing is said of how.
    #[error("{subject} does not satisfy the schema")]
    Sealed {
        /// What is meant.
        subject: String,
        /// The layer's place.
        origin: Option<Box<Origin>>,
        /// The schema's file.
        file: String,
    },
    /// There are more findings than are told.
    #[error("there are more than {FINDINGS} findings; the first are told")]
    More {
        /// The place of the last finding that is told.
        origin: Option<Box<Origin>>,
        /// The schema's file.
        file: String,
    },
}

impl Schema {
    /// Returns the schema that `text` of `file` holds.
    ///
    /// # Errors
    /// [`SchemaError::Syntax`], [`SchemaError::Unusable`].
    pub fn read(file: &str, text: &[u8]) -> Result<Self, SchemaError> {
        let unusable = |problem: String| SchemaError::Unusable { file: file.to_owned(), problem };
        if text.len() > SCHEMA_BYTES {
            return Err(unusable(format!("it has more than {SCHEMA_BYTES} bytes")));
        }
        let text: Value = serde_json::from_slice(text).map_err(|error| SchemaError::Syntax {
            file: file.to_owned(),
            at: (error.line(), error.column()),
            problem: without_place(&error),
        })?;
        cost::bounded(&text).map_err(|error| unusable(error.to_string()))?;
        // Patterns are linear in the text, as those of Go; others can be made to take forever.
        let patterns = PatternOptions::regex().size_limit(PATTERN_BYTES).dfa_size_limit(PATTERN_BYTES);
        let options = jsonschema::options().offline().with_pattern_options(patterns);
        let validator = options.build(&text).map_err(|error| unusable(error.to_string()))?;
        Ok(Self { file: file.to_owned(), text, validator })
    }

    /// Checks the merged values of the layers.
    ///
    /// # Errors
    /// Every [`SchemaError`] up to [`FINDINGS`], in the order of the schema's own walk.
    pub fn check(&self, merged: &Merged, layers: &[OpenedLayer<'_>]) -> Result<(), Vec<SchemaError>> {
        let values = json::without_tombstones(&merged.values);
        let file = || self.file.clone();
        if cost::steps(&self.text, &values).is_none() {
            return Err(vec![SchemaError::TooMuch { file: file() }]);
        }
        if self.validator.is_valid(&values) {
            return Ok(());
        }
        // A second merge, of layers that merged before, in which every leaf knows its place: only a refusal pays for it.
        let tracked = merge(layers, Tracking::All).ok();
        let origins = Origins { merged: tracked.as_ref().unwrap_or(merged), layers };
        let mut findings =
            Findings { schema: self, values: &values, origins: &origins, found: Vec::new(), hidden: BTreeSet::new() };
        for error in self.validator.iter_errors(&values) {
            findings.add(&error);
            if findings.found.len() > FINDINGS {
                findings.found.truncate(FINDINGS);
                let origin =
                    findings.found.iter().filter_map(SchemaError::origin).max_by_key(|origin| (&origin.path, origin.at)).cloned();
                findings.found.push(SchemaError::More { origin: origin.map(Box::new), file: file() });
                break;
            }
        }
        Err(findings.found)
    }
}

impl SchemaError {
    /// Returns the schema's file.
    #[must_use]
    pub fn file(&self) -> &str {
        match self {
            Self::Syntax { file, .. }
            | Self::Unusable { file, .. }
            | Self::TooMuch { file }
            | Self::Violation { file, .. }
            | Self::Missing { file, .. }
            | Self::Sealed { file, .. }
            | Self::More { file, .. } => file,
        }
    }

    /// Returns the layer's place, where the finding is about values that a layer wrote.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        match self {
            Self::Violation { origin, .. }
            | Self::Missing { origin, .. }
            | Self::Sealed { origin, .. }
            | Self::More { origin, .. } => origin.as_deref(),
            Self::Syntax { .. } | Self::Unusable { .. } | Self::TooMuch { .. } => None,
        }
    }

    /// Returns what to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "mend the file at that place",
            Self::Unusable { .. } => "mend the schema; what it refers to must stand in the same file",
            Self::TooMuch { .. } => {
                "make the schema simpler: fewer choices within choices, fewer references that lead to themselves"
            }
            Self::Violation { .. } => "change the value there, or the schema if the value is right",
            Self::Missing { .. } => "set it in a layer, beside what stands there, or let the schema do without it",
            Self::Sealed { .. } => "compare the opened value with the schema; nothing more is said of sealed values",
            Self::More { .. } => "mend these first",
        }
    }
}

/// Returns the reader's words without the place at their end, which is told apart from them.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

/// What was found so far.
struct Findings<'a> {
    schema: &'a Schema,
    values: &'a Value,
    origins: &'a Origins<'a>,
    found: Vec<SchemaError>,
    /// The places of sealed findings, each told once.
    hidden: BTreeSet<Vec<Step>>,
}

impl Findings<'_> {
    fn add(&mut self, error: &ValidationError<'_>) {
        let path = self.origins.path(error.instance_path().as_str());
        if self.origins.sealed(&path) {
            self.hide(&path);
        } else if conditional(error) && self.origins.any_sealed() || by_content(error.kind()) && self.origins.holds_sealed(&path)
        {
            // Which of many conditions failed would say more of the secret than that one did: all of them are one finding, at one place.
            self.hide(&self.origins.first_sealed());
        } else {
            match self.unknown_keys(error) {
                Some(keys) => self.tell(&path, &ValidationErrorKind::AdditionalProperties { unexpected: keys }),
                None => self.tell(&path, error.kind()),
            }
        }
    }

    /// Returns the keys of a map that may have none. `additionalProperties: false` alone is told as `false` at the map, of its first
    /// entry; what is told of another value than the one at its place is therefore about all keys there.
    fn unknown_keys(&self, error: &ValidationError<'_>) -> Option<Vec<String>> {
        let here = self.values.pointer(error.instance_path().as_str())?;
        let another = matches!(error.kind(), ValidationErrorKind::FalseSchema) && here != error.instance().as_ref();
        here.as_object().filter(|_| another).map(|map| map.keys().cloned().collect())
    }

    fn hide(&mut self, path: &[Step]) {
        if self.hidden.insert(path.to_owned()) {
            let (subject, origin) = (subject(path), self.origins.of(path).map(Box::new));
            self.found.push(SchemaError::Sealed { subject, origin, file: self.schema.file.clone() });
        }
    }

    fn tell(&mut self, path: &[Step], kind: &ValidationErrorKind) {
        let below = |key: &str| path.iter().cloned().chain([Step::Key(key.to_owned())]).collect::<Vec<_>>();
        match kind {
            ValidationErrorKind::Required { property } => {
                let path = below(property.as_str().unwrap_or_default());
                let (subject, origin) = (subject(&path), self.origins.beside(&path).map(Box::new));
                self.found.push(SchemaError::Missing { subject, origin, file: self.schema.file.clone() });
            }
            ValidationErrorKind::AdditionalProperties { unexpected }
            | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                for key in unexpected {
                    self.violation(&below(key), "is not known to the schema".to_owned());
                }
            }
            ValidationErrorKind::PropertyNames { error } => {
                self.violation(path, format!("has a key that {}", wording::demand(error.kind())));
            }
            other => self.violation(path, wording::demand(other)),
        }
    }

    fn violation(&mut self, path: &[Step], demand: String) {
        let (subject, origin) = (subject(path), self.origins.of(path).map(Box::new));
        self.found.push(SchemaError::Violation { subject, demand, origin, file: self.schema.file.clone() });
    }
}

fn subject(path: &[Step]) -> String {
    if path.is_empty() { "the whole of the values".to_owned() } else { format!("`{}`", ValuePath::new(path.to_vec())) }
}

/// Says whether other values than those at the finding's place may have decided that there is one.
fn conditional(error: &ValidationError<'_>) -> bool {
    let mut steps = error.evaluation_path().as_str().split('/');
    let unevaluated =
        matches!(error.kind(), ValidationErrorKind::UnevaluatedProperties { .. } | ValidationErrorKind::UnevaluatedItems { .. });
    unevaluated
        || steps.any(|step| {
            matches!(step, "then" | "else" | "anyOf" | "oneOf" | "not" | "unevaluatedProperties" | "unevaluatedItems")
        })
}

/// Says whether a finding of this kind depends on what stands below its place, and not only on keys and counts.
fn by_content(kind: &ValidationErrorKind) -> bool {
    !matches!(
        kind,
        ValidationErrorKind::Type { .. }
            | ValidationErrorKind::Required { .. }
            | ValidationErrorKind::AdditionalProperties { .. }
            | ValidationErrorKind::AdditionalItems { .. }
            | ValidationErrorKind::PropertyNames { .. }
            | ValidationErrorKind::MinProperties { .. }
            | ValidationErrorKind::MaxProperties { .. }
            | ValidationErrorKind::MinItems { .. }
            | ValidationErrorKind::MaxItems { .. }
            | ValidationErrorKind::FalseSchema
    )
}

#[cfg(test)]
mod tests;
