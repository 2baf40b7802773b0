//! `values.schema.json`: whether the values of a chart and its subcharts are what their authors allow.
//!
//! In: a [`Resolved`] chart. Out: nothing, or every [`Violation`]. Rules: the values are those templates see; nothing is fetched: a
//! reference to another document is an error, one to a `urn:` allows everything, as in Helm; where leaves are tracked a message says
//! which rule is not met and no more, and of rules that decide about others (`if`, `anyOf`, ..) only that one is not met.
//! Not here: the schemas of a customer's estate, where in a layer a value was written.

mod meter;
#[cfg(test)]
mod tests;
mod words;

use std::fmt::Write as _;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{PatternOptions, Retrieve, Uri, ValidationError};
use serde_json::{Number, Value as Json};

use crate::chart::process::{Processed, Resolved};
use crate::provenance::Leaves;
use crate::value::{Data, List, Map, Value};
pub use meter::SCHEMA_STEPS;

/// Bytes of one schema: the largest of public charts, written by generators, have some 2 MiB.
pub const SCHEMA_BYTES: usize = 4 << 20;
/// Violations that are reported of one chart; the rest is counted.
pub const VIOLATIONS: usize = 50;
/// Bytes of one compiled pattern, enough for bounded repetition of character classes.
const PATTERN_BYTES: usize = 1 << 18;
/// Bytes of a message: what quotes a longer value says only which rule is not met.
const MESSAGE_BYTES: usize = 500;
/// Levels of alternatives within alternatives whose violations are told.
const CAUSES_DEPTH: usize = 8;

/// Whether values are checked against schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schemas {
    /// They are.
    Check,
    /// They are not, as with `--skip-schema-validation`.
    Skip,
}

/// A value a schema does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The chart whose schema it is, by the path its templates go by.
    pub chart: String,
    /// Where the value stands in the chart's own values: a JSON pointer, empty for the root.
    pub instance_path: String,
    /// What is wrong, as Helm says it; quotes the value only where no leaf of it is tracked.
    pub message: String,
    /// The leaves at this place.
    pub leaves: Leaves,
    /// Where alternatives were tried: why each of them does not hold.
    pub causes: Vec<Violation>,
}

impl Violation {
    /// Adds the lines Helm prints.
    fn print(&self, depth: usize, out: &mut String) {
        let place = words::quoted(&self.instance_path);
        let _ = write!(out, "\n{}- at {place}: {}", "  ".repeat(depth), self.message);
        self.causes.iter().for_each(|cause| cause.print(depth + 1, out));
    }
}

/// The values of one chart do not fit its schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violations {
    /// The chart as Helm calls it: by its name, or its alias.
    pub name: String,
    /// In the order the schema's rules find them, at most [`VIOLATIONS`].
    pub found: Vec<Violation>,
    /// How many more there are.
    pub more: usize,
}

/// Why values are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// Values do not fit.
    #[error("values don't meet the specifications of the schema(s) in the following chart(s):{}", lines(.0))]
    Violated(Vec<Violations>),
    /// A schema is no schema, or refers to other documents.
    #[error("the values.schema.json of `{chart}` cannot be used: {problem}")]
    Unusable {
        /// The chart, by the path its templates go by.
        chart: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A check takes too long.
    #[error("the values.schema.json of `{chart}` takes more than {limit} steps to check")]
    TooMuch {
        /// The chart, by the path its templates go by.
        chart: String,
        /// The most allowed.
        limit: u64,
    },
    /// A schema is too large.
    #[error("the values.schema.json of `{chart}` has more than {limit} bytes")]
    TooLarge {
        /// The chart, by the path its templates go by.
        chart: String,
        /// The most allowed.
        limit: usize,
    },
}

fn lines(violations: &[Violations]) -> String {
    let mut out = String::new();
    for one in violations {
        let _ = write!(out, "\n{}:", one.name);
        one.found.iter().for_each(|violation| violation.print(0, &mut out));
        if one.more > 0 {
            let _ = write!(out, "\n- and {} more", one.more);
        }
    }
    out
}

/// Checks the values of a chart and its subcharts against their schemas.
///
/// # Errors
/// [`SchemaError::Violated`] with the violations of all charts; the others for the first schema that cannot be used.
///
/// # Source
/// helm `pkg/chart/common/util/jsonschema.go`, `ValidateAgainstSchema`.
pub fn validate(resolved: &Resolved<'_>) -> Result<(), SchemaError> {
    let mut violations = Vec::new();
    validate_chart(&resolved.root, &resolved.root.values, &mut violations)?;
    if violations.is_empty() { Ok(()) } else { Err(SchemaError::Violated(violations)) }
}

fn validate_chart(chart: &Processed<'_>, values: &Map, violations: &mut Vec<Violations>) -> Result<(), SchemaError> {
    if let Some(schema) = &chart.chart.schema {
        let too_much = |_| SchemaError::TooMuch { chart: chart.path.clone(), limit: SCHEMA_STEPS };
        let (found, more) = meter::within(|| validate_one(&chart.path, schema, values)).map_err(too_much)??;
        if !found.is_empty() {
            violations.push(Violations { name: chart.metadata.name.clone(), found, more });
        }
    }
    for sub in &chart.subcharts {
        // Looked up by the name as a whole, unlike what templates see: a dot in it does no harm here.
        if let Some(Data::Map(below, _)) = values.get(sub.metadata.name.as_bytes()).map(|value| value.data) {
            validate_chart(sub, &below, violations)?;
        }
    }
    Ok(())
}

/// Checks values against one schema.
fn validate_one(chart: &str, schema: &[u8], values: &Map) -> Result<(Vec<Violation>, usize), SchemaError> {
    let unusable = |problem: String| SchemaError::Unusable { chart: chart.to_owned(), problem };
    if schema.len() > SCHEMA_BYTES {
        return Err(SchemaError::TooLarge { chart: chart.to_owned(), limit: SCHEMA_BYTES });
    }
    let mut schema: Json = serde_json::from_slice(schema).map_err(|error| unusable(error.to_string()))?;
    meter::prepare(&mut schema);
    let validator = meter::metered(jsonschema::options())
        .with_retriever(Nowhere)
        // Linear in time, as Go's patterns are.
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN_BYTES).dfa_size_limit(PATTERN_BYTES))
        .build(&schema)
        .map_err(|error| unusable(error.to_string()))?;
    let root = Value::map(values.clone());
    let instance = json(&root);
    let place = Place { chart, root: &root };
    let all = root.all_leaves();
    let (mut told, mut more, mut hidden) = (Vec::new(), 0, false);
    for error in validator.iter_errors(&instance) {
        if !all.is_empty() && conditional(&error) {
            hidden = true;
        } else if told.len() < VIOLATIONS {
            told.push(error);
        } else {
            more += 1;
        }
    }
    let mut found = place.violations(&told, CAUSES_DEPTH);
    if hidden {
        let (chart, message) = (chart.to_owned(), "a condition of the schema is not met".to_owned());
        found.push(Violation { chart, instance_path: String::new(), message, leaves: all, causes: Vec::new() });
    }
    Ok((found, more))
}

/// Says whether other values than those at the error's place may have decided that there is one. Which of many conditions failed would
/// spell a tracked value, so all of them are one violation, of the whole.
fn conditional(error: &ValidationError<'_>) -> bool {
    let unevaluated =
        matches!(error.kind(), ValidationErrorKind::UnevaluatedProperties { .. } | ValidationErrorKind::UnevaluatedItems { .. });
    let deciding = ["then", "else", "anyOf", "oneOf", "not", "unevaluatedProperties", "unevaluatedItems"];
    unevaluated || error.evaluation_path().as_str().split('/').any(|step| deciding.contains(&step))
}

/// Whose values are checked.
struct Place<'a> {
    chart: &'a str,
    root: &'a Value,
}

impl Place<'_> {
    /// Returns errors as violations. What is missing in one mapping is told at once.
    fn violations(&self, errors: &[ValidationError<'_>], depth: usize) -> Vec<Violation> {
        let same = |a: &ValidationError<'_>, b: &ValidationError<'_>| {
            missing(a).is_some()
                && missing(b).is_some()
                && a.instance_path() == b.instance_path()
                && a.schema_path() == b.schema_path()
        };
        errors.chunk_by(same).filter_map(|group| self.violation(group, depth)).collect()
    }

    fn violation(&self, group: &[ValidationError<'_>], depth: usize) -> Option<Violation> {
        let error = group.first()?;
        let instance_path = error.instance_path().as_str().to_owned();
        let leaves = leaves_at(self.root, &instance_path);
        let names: Vec<String> = group.iter().filter_map(missing).map(str::to_owned).collect();
        let message = if names.len() > 1 { words::missing(&names) } else { words::of(error) };
        let is_long = message.len() > MESSAGE_BYTES;
        let message = if is_long || !leaves.is_empty() { unmet(error) } else { message };
        let causes = if depth == 0 { Vec::new() } else { self.causes(error, depth - 1) };
        Some(Violation { chart: self.chart.to_owned(), instance_path, message, leaves, causes })
    }

    /// Returns why alternatives do not hold: one entry each, those with several reasons under a heading.
    fn causes(&self, error: &ValidationError<'_>, depth: usize) -> Vec<Violation> {
        let (ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context }) = error.kind() else {
            return Vec::new();
        };
        let mut causes = Vec::new();
        for alternative in context {
            let mut reasons = self.violations(alternative, depth);
            if reasons.len() < 2 {
                causes.append(&mut reasons);
                continue;
            }
            let instance_path = error.instance_path().as_str().to_owned();
            let leaves = leaves_at(self.root, &instance_path);
            let message = "validation failed".to_owned();
            causes.push(Violation { chart: self.chart.to_owned(), instance_path, message, leaves, causes: reasons });
        }
        causes
    }
}

/// Returns the property an error says is missing.
fn missing<'a>(error: &'a ValidationError<'_>) -> Option<&'a str> {
    match error.kind() {
        ValidationErrorKind::Required { property } => property.as_str(),
        _ => None,
    }
}

/// Returns which rule is not met, without the value.
fn unmet(error: &ValidationError<'_>) -> String {
    format!("the schema's `{}` is not met", error.kind().keyword())
}

/// Returns the leaves of what stands at a JSON pointer, and of the maps above it whose keys depend on any.
fn leaves_at(root: &Value, pointer: &str) -> Leaves {
    let mut value = root.clone();
    let mut above = Leaves::NONE;
    for part in pointer.split('/').skip(1) {
        let key = part.replace("~1", "/").replace("~0", "~");
        above = above.union(&value.leaves);
        let next = match &value.data {
            Data::Map(map, _) => {
                above = above.union(&map.shape());
                map.get(key.as_bytes())
            }
            Data::List(list, _) => key.parse().ok().and_then(|index| list.get(index)),
            _ => None,
        };
        let Some(next) = next else { break };
        value = next;
    }
    above.union(&value.all_leaves())
}

/// Resolves no reference to another document.
struct Nowhere;

impl Retrieve for Nowhere {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Json, Box<dyn std::error::Error + Send + Sync>> {
        match uri.scheme().as_str() {
            "urn" => Ok(Json::Bool(true)),
            _ => Err("schemas of other documents are not fetched".into()),
        }
    }
}

/// Returns values as JSON. Recursion goes as deep as values nest, which their reader bounds.
fn json(value: &Value) -> Json {
    match &value.data {
        Data::Nil | Data::Object(_) => Json::Null,
        Data::Bool(on) => Json::Bool(*on),
        Data::Int(number) | Data::Int64(number) => Json::from(*number),
        Data::Float(number) => decimal(*number),
        Data::String(text) | Data::Bytes(text) => Json::String(String::from_utf8_lossy(text.as_bytes()).into_owned()),
        Data::List(list, _) => Json::Array(list_items(list)),
        Data::Map(map, _) => Json::Object(
            map.entries().iter().map(|(key, slot)| (String::from_utf8_lossy(key).into_owned(), json(&slot.value))).collect(),
        ),
    }
}

/// Returns the number as it stands in the JSON text that Helm checks: without decimals where it is whole. Draft 4 takes `1.0` for no
/// integer.
fn decimal(number: f64) -> Json {
    // What is larger than any integer stays a float.
    let whole: Option<i64> =
        Some(number).filter(|float| float.fract() == 0.0).and_then(|float| format!("{float:.0}").parse().ok());
    whole.map_or_else(|| Number::from_f64(number).map_or(Json::Null, Json::Number), Json::from)
}

fn list_items(list: &List) -> Vec<Json> {
    list.items().iter().map(json).collect()
}
