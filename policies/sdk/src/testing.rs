//! Testing: contexts, documents and findings for tests that run natively.
//!
//! Rules: a JSON text `<sealed:N>` becomes a sealed leaf; whatever is wrong in a test's own data is a panic with its reason.
//! Not here: tests of the compiled policy (`tidegate policy test`).
#![expect(clippy::panic, clippy::missing_panics_doc, reason = "test code: a panic is the failed test")]

mod examples;
mod schema;

use serde_json::Value;
use tape::{Builder, Slot, Tape};

use crate::contract::{Context, Finding, Layer, Report};
use crate::documents::{Documents, Layers, Objects};
use crate::place::Place;
use crate::{Policy, Severity};

pub use examples::examples;
pub use schema::assert_schema;

/// Returns a context of customer `acme-corp` and product `product-a` in an environment of this name and class.
#[must_use]
pub fn context(environment: &str, class: &str) -> Context {
    Context {
        role: None,
        environment: environment.to_owned(),
        class: class.to_owned(),
        customer: "acme-corp".to_owned(),
        product: "product-a".to_owned(),
        cluster: None,
        application: format!("acme-corp/product-a/{environment}"),
        namespace: format!("acme-corp-{environment}"),
        project: None,
        revision: None,
        kube_version: "1.33.0".to_owned(),
        phase: "policy".to_owned(),
        claims: Vec::new(),
    }
}

/// Returns JSON documents as a policy is given them.
#[must_use]
pub fn documents(documents: &[Value]) -> Documents {
    let mut builder = Builder::default();
    for document in documents {
        write(document, builder.document());
    }
    Documents::of_tape(builder.finish().unwrap_or_else(|error| panic!("{error}")))
}

fn write(value: &Value, slot: Slot<'_>) {
    match value {
        Value::Null => slot.null(),
        Value::Bool(true) => slot.truth(),
        Value::Bool(false) => slot.falsehood(),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => slot.integer(integer),
            None => slot.float(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => match handle(text) {
            Some(handle) => slot.sealed(handle),
            None => slot.text(text),
        },
        Value::Array(items) => slot.list(|list| items.iter().for_each(|item| write(item, list.item()))),
        Value::Object(entries) => slot.map(|map| entries.iter().for_each(|(key, value)| write(value, map.entry(key)))),
    }
}

fn handle(text: &str) -> Option<u32> {
    text.strip_prefix("<sealed:")?.strip_suffix('>')?.parse().ok()
}

/// Returns an object of a tape as a place.
#[must_use]
pub fn object<'a>(tape: &'a Tape<'a>, number: u32) -> Place<'a> {
    let index = usize::try_from(number).unwrap_or(usize::MAX);
    Place::root(tape, index, Some(number)).unwrap_or_else(|| panic!("there is no document {number}"))
}

/// Returns the policy with these settings.
#[must_use]
pub fn configured<P: Policy>(settings: &Value) -> P {
    let settings = serde_json::from_value(settings.clone()).unwrap_or_else(|error| panic!("{settings}: {error}"));
    P::configure(settings).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// Returns what a policy says of objects.
#[must_use]
pub fn judge_manifests<P: Policy>(policy: &P, context: &Context, objects: &[Value]) -> Report {
    let documents = documents(objects);
    let tape = documents.tape().unwrap_or_else(|error| panic!("{error:?}"));
    policy.check_manifests(context, &Objects::new(&tape)).unwrap_or_else(|error| panic!("{error:?}"))
}

/// Returns what a policy says of merged values.
#[must_use]
pub fn judge_values<P: Policy>(policy: &P, context: &Context, values: &Value) -> Vec<Finding> {
    let documents = documents(std::slice::from_ref(values));
    let tape = documents.tape().unwrap_or_else(|error| panic!("{error:?}"));
    let values = Place::root(&tape, 0, None).unwrap_or_else(|| panic!("one document was written"));
    policy.check_values(context, &values).unwrap_or_else(|error| panic!("{error:?}"))
}

/// Returns what a policy says of layers with their values.
#[must_use]
pub fn judge_layers<P: Policy>(policy: &P, context: &Context, layers: &[(Layer, Value)]) -> Vec<Finding> {
    let (layers, values): (Vec<Layer>, Vec<Value>) = layers.iter().cloned().unzip();
    let documents = documents(&values);
    let tape = documents.tape().unwrap_or_else(|error| panic!("{error:?}"));
    let layers = Layers::new(&layers, &tape).unwrap_or_else(|error| panic!("{error:?}"));
    policy.check_layers(context, &layers).unwrap_or_else(|error| panic!("{error:?}"))
}

/// Returns a finding as one line: `rule subject pointer: message`, after `(warn) ` or `(info) ` where it denies nothing.
#[must_use]
pub fn line(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Deny => "",
        Severity::Warn => "(warn) ",
        Severity::Info => "(info) ",
    };
    let subject = finding.subject.map_or_else(|| "-".to_owned(), |subject| subject.to_string());
    format!("{severity}{} {subject} {}: {}", finding.rule, finding.path, finding.message)
}

/// Returns findings as lines.
#[must_use]
pub fn lines(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(line).collect()
}
