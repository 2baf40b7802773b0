//! Measures the built-in policies of the stage `manifests`: as WebAssembly with fuel and without, and natively, in one process, one thread.
//!
//! In: a configuration with their settings, a file of manifests, a number of rounds. Out: a table in microseconds: for each policy and for
//! all of them the least and the median of the rounds, and what loading all of them takes.
//! Rules: the three ways take turns, so that all meet the same machine; each question is to a fresh instance and includes its settings; a
//! finding that one way has and another has not is an error.
//! Not here: digests of machine code, and what else a process does (`tests/bench/policies`).
#![expect(clippy::disallowed_methods, reason = "a program for measuring reads the files and the clock that it is told to")]

mod guest;
mod native;
mod report;

use std::error::Error;
use std::io::Write as _;
use std::time::Instant;

use guest::{DocumentSet, Fuel, Guest};
use native::{NATIVE, Native};
use report::{Row, Table, Way};
use serde_json::Value as Json;
use tape::{Builder, Slot};
use yaml::{Node, ReadOptions, Value};

/// One policy, loaded.
struct Subject {
    native: &'static Native,
    counted: Guest,
    uncounted: Guest,
    /// A JSON object.
    settings: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [configuration, manifests, rounds] = arguments.as_slice() else {
        return Err("usage: policy-bench CONFIGURATION MANIFESTS ROUNDS".into());
    };
    let settings = settings(configuration)?;
    let documents = yaml::read(&std::fs::read(manifests)?, &ReadOptions::helm())?;
    let mut table = Table::default();
    for _round in 0..rounds.parse::<usize>()?.max(1) {
        let began = Instant::now();
        let counted = guests(Fuel::Counted)?;
        table.loaded(began.elapsed());
        let subjects = subjects(counted, guests(Fuel::Uncounted)?, &settings);
        let began = Instant::now();
        let tape = taped(&documents)?;
        table.taped(began.elapsed(), documents.len(), tape.len());
        round(&subjects, &tape, &mut table)?;
    }
    Ok(std::io::stdout().lock().write_all(table.text()?.as_bytes())?)
}

/// Asks each policy in each way.
fn round(subjects: &[Subject], tape: &[u8], table: &mut Table) -> Result<(), Box<dyn Error>> {
    let (of_guests, of_natives) = (guest_context(), native_context());
    let documents = DocumentSet::Tape(tape.to_vec());
    for subject in subjects {
        let Subject { native, counted, uncounted, settings } = subject;
        let mut findings = Vec::new();
        for (way, guest) in [(Way::Counted, counted), (Way::Uncounted, uncounted)] {
            let began = Instant::now();
            let answer = guest.ask(settings, &of_guests, &documents)?;
            table.add(Row { policy: native.name, way, taken: began.elapsed(), fuel_units: answer.fuel_units });
            findings.push(answer.findings);
        }
        let began = Instant::now();
        // A guest is given a copy, too.
        let report = (native.judge)(settings, &of_natives, sdk::DocumentSet::Tape(tape.to_vec()))?;
        table.add(Row { policy: native.name, way: Way::Native, taken: began.elapsed(), fuel_units: None });
        findings.push(report.findings.len());
        if findings.iter().any(|count| *count != report.findings.len()) {
            return Err(format!("{}: findings with fuel, without, and natively are {findings:?}", native.name).into());
        }
        table.found(native.name, report.findings.len());
    }
    Ok(())
}

/// Loads all policies.
fn guests(fuel: Fuel) -> Result<Vec<Guest>, Box<dyn Error>> {
    let engine = guest::engine(fuel)?;
    let load = |native: &Native| {
        let compiled = if fuel == Fuel::Counted { native.counted } else { native.uncounted };
        Ok(Guest::load(&engine, compiled, fuel)?)
    };
    NATIVE.iter().map(load).collect()
}

fn subjects(counted: Vec<Guest>, uncounted: Vec<Guest>, settings: &Json) -> Vec<Subject> {
    let forms = NATIVE.iter().zip(counted).zip(uncounted);
    let subject = |((native, counted), uncounted): ((&'static Native, Guest), Guest)| {
        let settings = settings.get(native.name).map_or_else(|| "{}".to_owned(), Json::to_string);
        Subject { native, counted, uncounted, settings }
    };
    forms.map(subject).collect()
}

/// Returns what stands under `policies` in a configuration.
fn settings(configuration: &str) -> Result<Json, Box<dyn Error>> {
    let documents = yaml::read(&std::fs::read(configuration)?, &ReadOptions::helm())?;
    let tape = taped(documents.get(..1).ok_or("the configuration is empty")?)?;
    let tape = tape::Tape::read(&tape)?;
    let policies = tape.document(0).and_then(|root| tape.get(root, "policies")).ok_or("the configuration has no `policies`")?;
    Ok(serde_json::from_str(&tape.json(policies))?)
}

/// Returns documents as policies are given them.
fn taped(documents: &[Node]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut builder = Builder::default();
    for document in documents {
        write(document, builder.document());
    }
    Ok(builder.finish()?)
}

/// Depth is bounded by the reader.
fn write(node: &Node, slot: Slot<'_>) {
    match &node.value {
        Value::Null => slot.null(),
        Value::Bool(true) => slot.truth(),
        Value::Bool(false) => slot.falsehood(),
        Value::Int(integer) => slot.integer(*integer),
        #[expect(clippy::cast_possible_truncation, reason = "whole, and far below 2^53")]
        Value::Float(float) if float.fract() == 0.0 && float.abs() < 1e15 => slot.integer(*float as i64),
        Value::Float(float) => slot.float(*float),
        Value::String(text) | Value::Time(text) => slot.text(text),
        Value::Sequence(items) => slot.list(|list| items.iter().for_each(|item| write(item, list.item()))),
        Value::Mapping(entries) => slot.map(|map| entries.iter().for_each(|entry| write(&entry.value, map.entry(&entry.key)))),
    }
}

/// Production of an invented customer, as the tools of authors have it.
fn native_context() -> sdk::Context {
    let text = str::to_owned;
    sdk::Context {
        role: None,
        environment: text("prod"),
        class: text("production"),
        customer: text("acme-corp"),
        product: text("product-a"),
        cluster: None,
        application: text("acme-corp/product-a/prod"),
        namespace: text("acme-corp-prod"),
        project: None,
        revision: None,
        kube_version: text("1.33.0"),
        phase: text("policy"),
        claims: Vec::new(),
    }
}

fn guest_context() -> guest::Context {
    let context = native_context();
    guest::Context {
        role: context.role,
        environment: context.environment,
        class: context.class,
        customer: context.customer,
        product: context.product,
        cluster: context.cluster,
        application: context.application,
        namespace: context.namespace,
        project: context.project,
        revision: context.revision,
        kube_version: context.kube_version,
        phase: context.phase,
        claims: context.claims,
    }
}
