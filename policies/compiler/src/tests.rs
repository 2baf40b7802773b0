//! What becomes a policy, and what is refused before a compiler sees it.

use engine::metadata::{SECTION, WORLD};
use wasmparser::{Parser, Payload};

use crate::component::{FUNCTION_LIMIT_BYTES, MODULE_LIMIT_BYTES};
use crate::{CompileError, compile};

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// A module of the contract's shape that answers with whatever lies at address 0.
const MODULE: &str = r#"(module
  (import "$root" "log" (func (param i32 i32 i32)))
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
  (func (export "init") (param i32 i32) (result i32) (i32.const 0))
  (func (export "check-layer") (param i32) (result i32) (i32.const 0))
  (func (export "check-values") (param i32) (result i32) (i32.const 0))
  (func (export "check-manifests") (param i32) (result i32) (i32.const 0)))"#;

fn metadata() -> String {
    format!(
        r#"{{"name": "a-policy", "version": "1.0.0", "world": "{WORLD}", "description": "d", "settings": {{}}, "stages": ["values"]}}"#
    )
}

fn compiled(from: &str, to: &str) -> Result<crate::Artefact, CompileError> {
    compile(&wat::parse_str(MODULE.replacen(from, to, 1)).unwrap(), &metadata(), TARGET)
}

fn check_refused(from: &str, to: &str, want: &str) {
    assert_eq!(compiled(from, to).unwrap_err().to_string(), want);
}

/// The same module gives the same bytes, and the component carries the metadata where it can be read without running it.
#[test]
fn a_module_becomes_a_policy() {
    let (one, other) = (compiled("", "").unwrap(), compiled("", "").unwrap());
    assert_eq!(one.component_sha256(), other.component_sha256());
    assert_eq!(one.compiled_sha256(), other.compiled_sha256());
    assert_eq!(one.metadata.name, "a-policy");
    let sections = Parser::new(0).parse_all(&one.component).filter_map(|payload| match payload.unwrap() {
        Payload::CustomSection(section) if section.name() == SECTION => Some(section.data().to_vec()),
        _ => None,
    });
    assert_eq!(sections.collect::<Vec<_>>(), [metadata().into_bytes()]);
}

/// Nothing but `log` may be imported: no system interface, no function of another name, no memory.
#[test]
fn imports_are_refused() {
    let log = r#"(import "$root" "log" (func (param i32 i32 i32)))"#;
    let with = |import: &str| format!("{log} {import}");
    let wasi = with(r#"(import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))"#);
    check_refused(log, &wasi, "the module imports `wasi_snapshot_preview1` `fd_write`; a policy imports nothing but `log`");
    let clock = with(r#"(import "wasi:clocks/wall-clock@0.2.0" "now" (func (param i32)))"#);
    check_refused(log, &clock, "the module imports `wasi:clocks/wall-clock@0.2.0` `now`; a policy imports nothing but `log`");
    let other = with(r#"(import "$root" "print" (func (param i32 i32)))"#);
    check_refused(log, &other, "the module imports `$root` `print`; a policy imports nothing but `log`");
    let memory = with(r#"(import "env" "memory" (memory 1))"#);
    check_refused(log, &memory, "the module imports `env` `memory`; a policy imports nothing but `log`");
    // A policy need not log.
    assert!(compiled(log, "").is_ok());
}

/// What does not export the whole contract, or with other types, is no policy.
#[test]
fn the_contract_is_demanded() {
    let want = format!("the module does not fit `{WORLD}`");
    check_refused("\"check-values\"", "\"check-something\"", &want);
    check_refused("\"check-values\") (param i32)", "\"check-values\") (param i64)", &want);
    check_refused("(func (param i32 i32 i32))", "(func (param i32))", &want);
}

/// Bytes that are no module, and metadata that is none, are refused.
#[test]
fn garbage_is_refused() {
    assert!(matches!(compile(b"\0asm\x01\0\0\0\xff", &metadata(), TARGET), Err(CompileError::Malformed(_))));
    assert!(matches!(compile(b"#!/bin/sh", &metadata(), TARGET), Err(CompileError::Malformed(_))));
    assert!(matches!(compile(&wat::parse_str(MODULE).unwrap(), "{}", TARGET), Err(CompileError::Metadata(_))));
}

/// A module and a function of the largest size pass the gate; a byte more does not.
#[test]
fn sizes_are_limited() {
    let module = wat::parse_str(MODULE).unwrap();
    // A custom section of padding: an identifier, its length in five bytes, a name of no bytes.
    let padded = |bytes: usize| {
        let content = bytes - module.len() - 6;
        let mut padded = module.clone();
        padded.push(0);
        padded
            .extend((0..5).map(|group| u8::try_from(content >> (7 * group) & 0x7f).unwrap() | if group < 4 { 0x80 } else { 0 }));
        padded.resize(bytes, 0);
        padded
    };
    assert!(compile(&padded(MODULE_LIMIT_BYTES), &metadata(), TARGET).is_ok());
    let refused = compile(&padded(MODULE_LIMIT_BYTES + 1), &metadata(), TARGET);
    assert!(matches!(refused, Err(CompileError::ModuleTooLarge { bytes, .. }) if bytes == MODULE_LIMIT_BYTES + 1));
    // A body has one byte for its locals and one for its end; `nop` is one byte.
    let function = |bytes: usize| compiled("(memory", &format!("(func {}) (memory", "nop ".repeat(bytes - 2)));
    assert!(function(FUNCTION_LIMIT_BYTES).is_ok());
    assert!(
        matches!(function(FUNCTION_LIMIT_BYTES + 1), Err(CompileError::FunctionTooLarge { bytes, .. }) if bytes == FUNCTION_LIMIT_BYTES + 1)
    );
}
