//! Mutate: proof that each rule can fail, and that what does not matter changes nothing.
//!
//! In: the cases. Out: [`Mutated`].
//! Rules: a case in which the policy must be silent is changed in one place at a time, until every rule has fired: a field is removed, emptied,
//! sealed, a boolean turned, a number or text made another. The order of keys, and a label or annotation that nobody knows, must change
//! nothing. The same file gives the same mutations in the same order; there is a limit for each case.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use tidegate::diagnostic::Failure;
use tidegate::policies::PolicySet;
use tidegate::policies::given::handle;

use crate::commands::policy::cases::{Case, Input};
use crate::commands::policy::judge::Found;
use crate::commands::policy::subject::Subject;

use super::{configured, put, shown};

/// Most mutations of one case: a question takes a tenth of a millisecond and more.
pub(super) const MUTATION_LIMIT: usize = 5_000;

/// The key that nobody knows.
const UNKNOWN: &str = "tidegate.dev/unknown-to-everybody";

/// What came of the mutations.
#[derive(Debug, Default)]
pub(super) struct Mutated {
    /// How many were asked.
    pub(super) asked: usize,
    /// Of how many cases.
    pub(super) cases: usize,
    /// For each rule that fired, what made it fire first.
    pub(super) fired: BTreeMap<String, String>,
    /// Rules that never fired.
    pub(super) silent: Vec<String>,
    /// Findings that came or went with what does not matter.
    pub(super) unsteady: Vec<String>,
    /// Whether a case had more mutations than the limit.
    pub(super) cut: bool,
}

impl Mutated {
    pub(super) fn passed(&self) -> bool {
        self.silent.is_empty() && self.unsteady.is_empty()
    }
}

/// Mutates the cases.
pub(super) fn run(subject: &Subject, cases: &[Case]) -> Result<Mutated, Failure> {
    let mut mutated = Mutated::default();
    let rules: BTreeSet<&str> = subject.metadata.rules.iter().map(|rule| rule.name.as_str()).collect();
    for case in cases {
        let Ok(policies) = configured(subject, case)? else { continue };
        let documents: Vec<Value> = case.input.documents().iter().map(|given| tidegate::json::tree(&given.node)).collect();
        steady(&policies, case, &documents, &mut mutated);
        if !case.expected.is_empty() {
            continue;
        }
        mutated.cases += 1;
        for (number, document) in documents.iter().enumerate() {
            provoke(&Provoked { policies: &policies, case, documents: &documents, number }, document, &rules, &mut mutated);
        }
    }
    mutated.silent = rules.iter().filter(|rule| !mutated.fired.contains_key(**rule)).map(|rule| (*rule).to_owned()).collect();
    Ok(mutated)
}

/// One document of a case that is changed.
struct Provoked<'a> {
    policies: &'a PolicySet,
    case: &'a Case,
    documents: &'a [Value],
    number: usize,
}

/// Asks with each mutation of one document, until every rule has fired.
fn provoke(provoked: &Provoked<'_>, document: &Value, rules: &BTreeSet<&str>, mutated: &mut Mutated) {
    let Provoked { policies, case, documents, number } = provoked;
    let mut places = Vec::new();
    pointers(document, String::new(), &mut places);
    let mut tried = 0_usize;
    for pointer in places {
        let Some(value) = document.pointer(&pointer) else { continue };
        for change in changes(value) {
            if rules.iter().all(|rule| mutated.fired.contains_key(*rule)) {
                return;
            }
            if tried >= MUTATION_LIMIT {
                mutated.cut = true;
                return;
            }
            let Some(other) = changed(document, &pointer, &change) else { continue };
            let mut given = documents.to_vec();
            if let Some(place) = given.get_mut(*number) {
                *place = other;
            }
            (tried, mutated.asked) = (tried + 1, mutated.asked + 1);
            let found = findings(policies, case, &given).into_iter().map(|found| found.finding);
            for finding in found.filter(|finding| rules.contains(finding.rule.as_str())) {
                let how = || format!("in `{}`, document {number}, {pointer} {}", case.name, change.word());
                mutated.fired.entry(finding.rule).or_insert_with(how);
            }
        }
    }
}

fn findings(policies: &PolicySet, case: &Case, documents: &[Value]) -> Vec<Found> {
    let mut layers = case.input.layers();
    // What was sealed or opened by a mutation is told as such.
    for (layer, document) in layers.iter_mut().zip(documents) {
        let mut places = Vec::new();
        pointers(document, String::new(), &mut places);
        let is_sealed =
            |pointer: &String| document.pointer(pointer).and_then(Value::as_str).is_some_and(|text| handle(text).is_some());
        layer.sealed_paths = places.into_iter().filter(is_sealed).collect();
    }
    // A policy that cannot judge a mutation denies it; no rule of its has fired.
    put(policies, case, &layers, documents).map(|said| said.found).unwrap_or_default()
}

/// Asks with what does not matter changed, and tells what came or went.
fn steady(policies: &PolicySet, case: &Case, documents: &[Value], mutated: &mut Mutated) {
    let facts = |found: Vec<Found>| {
        let mut lines: Vec<String> = found.iter().map(|found| shown(found, None)).collect();
        lines.sort();
        lines
    };
    let before = facts(findings(policies, case, documents));
    let mut others = vec![("with the keys in another order", documents.iter().map(reversed).collect::<Vec<_>>())];
    if matches!(case.input, Input::Manifests(_) | Input::Fleet(_)) {
        others.push(("with a label that nobody knows", documents.iter().map(|object| with(object, "labels")).collect()));
        others
            .push(("with an annotation that nobody knows", documents.iter().map(|object| with(object, "annotations")).collect()));
    }
    for (how, given) in others {
        mutated.asked += 1;
        let after = facts(findings(policies, case, &given));
        if after != before {
            let gone = before.iter().filter(|line| !after.contains(line)).map(|line| format!("gone: {line}"));
            let come = after.iter().filter(|line| !before.contains(line)).map(|line| format!("new: {line}"));
            mutated.unsteady.push(format!("`{}` {how}: {}", case.name, gone.chain(come).collect::<Vec<_>>().join("; ")));
        }
    }
}

/// Returns a value with the keys of all maps in the opposite order. The reader bounds its depth.
fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(map) => map.iter().rev().map(|(key, value)| (key.clone(), reversed(value))).collect::<Map<_, _>>().into(),
        Value::Array(items) => items.iter().map(reversed).collect(),
        other => other.clone(),
    }
}

/// Returns an object with an unknown key in a map of its metadata; as it is where it has no metadata.
fn with(object: &Value, key: &str) -> Value {
    let mut object = object.clone();
    if let Some(Value::Object(metadata)) = object.get_mut("metadata")
        && let Value::Object(map) = metadata.entry(key).or_insert_with(|| json!({}))
    {
        map.insert(UNKNOWN.to_owned(), json!("x"));
    }
    object
}

/// Finds every place below the root, the outer ones first.
fn pointers(value: &Value, pointer: String, found: &mut Vec<String>) {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(map) => {
            map.iter().map(|(key, value)| (format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), value)).collect()
        }
        Value::Array(items) => items.iter().enumerate().map(|(number, value)| (format!("{pointer}/{number}"), value)).collect(),
        _scalar => Vec::new(),
    };
    if !pointer.is_empty() {
        found.push(pointer);
    }
    for (pointer, value) in below {
        pointers(value, pointer, found);
    }
}

/// One change of one place.
#[derive(Debug, Clone, PartialEq)]
enum Change {
    Removed,
    Becomes(Value),
}

impl Change {
    fn word(&self) -> String {
        match self {
            Self::Removed => "removed".to_owned(),
            Self::Becomes(value) => format!("becomes {value}"),
        }
    }
}

/// Returns the changes that a value can have.
fn changes(value: &Value) -> Vec<Change> {
    let mut changes = vec![Change::Removed];
    let others = match value {
        Value::Bool(on) => vec![json!(!on)],
        Value::Number(_) => vec![json!(0), json!(-1), json!(1), json!(1_000_000)],
        Value::String(text) => vec![
            json!(""),
            json!("0"),
            json!("unknown"),
            json!("latest"),
            json!("*"),
            json!(format!("{text}-changed")),
            json!(text.rsplit_once([':', '@']).map_or(text.as_str(), |(head, _)| head)),
        ],
        Value::Array(items) => vec![json!([]), Value::Array(items.iter().chain(items.first()).cloned().collect())],
        Value::Object(_) => vec![json!({})],
        Value::Null => vec![json!("unknown")],
    };
    changes.extend(others.into_iter().filter(|other| other != value).map(Change::Becomes));
    changes.push(Change::Becomes(json!("<sealed:1>")));
    changes
}

/// Returns a document with one change.
fn changed(document: &Value, pointer: &str, change: &Change) -> Option<Value> {
    let mut document = document.clone();
    match change {
        Change::Becomes(value) => *document.pointer_mut(pointer)? = value.clone(),
        Change::Removed => {
            let (parent, key) = pointer.rsplit_once('/')?;
            match document.pointer_mut(parent)? {
                Value::Object(map) => {
                    map.remove(&key.replace("~1", "/").replace("~0", "~"))?;
                }
                Value::Array(items) => {
                    items.remove(key.parse().ok()?);
                }
                _scalar => return None,
            }
        }
    }
    Some(document)
}
