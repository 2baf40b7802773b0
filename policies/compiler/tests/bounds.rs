//! The compiler as a program: what it writes, and that its limits hold for the process that compiles.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use std::path::Path;
use std::time::{Duration, Instant};

use compiler::worker::{Bounds, Request, WorkerError, compile};
use engine::metadata::WORLD;

const TARGET: &str = "x86_64-unknown-linux-gnu";

fn metadata() -> String {
    include_str!("policy.json").replace("WORLD", WORLD)
}

fn module(body: &str) -> Vec<u8> {
    wat::parse_str(include_str!("policy.wat").replace(";; BODY", body)).unwrap()
}

/// A bomb: many branches in one function, and each has to carry many locals. Every limit on sizes lets it pass.
fn bomb() -> Vec<u8> {
    let locals = format!("(local {})", "i64 ".repeat(4000));
    let uses: String = (0..4000).map(|local| format!("(local.set {local} (i64.const {local}))")).collect();
    let branches = "(block (br_if 0 (i64.eqz (local.get 17))) (loop (br_if 0 (i64.eqz (local.get 18)))))".repeat(6000);
    let reads: String = (0..4000).map(|local| format!("(drop (local.get {local}))")).collect();
    module(&format!("(func {locals} {uses} {branches} {reads})"))
}

fn bounded(binary: &[u8], bounds: &Bounds) -> Result<(), WorkerError> {
    let metadata = metadata();
    let request = Request { binary, metadata: Some(&metadata), target: TARGET };
    compile(Path::new(env!("CARGO_BIN_EXE_tidegate-policyc")), &request, bounds).map(|_compiled| ())
}

/// A policy compiles within the limits that are set when nobody says otherwise, to what the library gives in process.
#[test]
fn a_policy_compiles_in_a_process_of_its_own() {
    let (binary, metadata) = (module(""), metadata());
    let request = Request { binary: &binary, metadata: Some(&metadata), target: TARGET };
    let program = Path::new(env!("CARGO_BIN_EXE_tidegate-policyc"));
    let compiled = compile(program, &request, &Bounds::default()).unwrap();
    let same = compiler::compile(&binary, &metadata, TARGET).unwrap();
    assert_eq!(compiled.component, same.component);
    assert_eq!(compiled.artefact, same.packed(TARGET).unwrap());
    assert_eq!(compiled.metadata, same.metadata);
}

/// Memory, processor time and the deadline stop it, and it is told which of them.
#[test]
fn limits_stop_it() {
    let began = Instant::now();
    let one = Bounds::default();
    let memory = bounded(&bomb(), &Bounds { memory_mib: 48, ..one });
    assert!(matches!(memory, Err(WorkerError::Memory(48))), "{memory:?}");
    let cpu = bounded(&bomb(), &Bounds { cpu_seconds: 1, ..one });
    assert!(matches!(cpu, Err(WorkerError::Cpu(1))), "{cpu:?}");
    let wall = bounded(&bomb(), &Bounds { wall_seconds: 1, ..one });
    assert!(matches!(wall, Err(WorkerError::Deadline(1))), "{wall:?}");
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}

/// What the compiler refuses is told with its words.
#[test]
fn refusals_are_told() {
    let refused = bounded(b"#!/bin/sh", &Bounds::default());
    assert!(
        matches!(&refused, Err(WorkerError::Refused(said)) if said.starts_with("the file does not read as WebAssembly")),
        "{refused:?}"
    );
}
