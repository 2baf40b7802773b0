//! What becomes a policy, and what is refused before a compiler sees it.

use engine::metadata::{SECTION, WORLD};
use wasmparser::{Parser, Payload};

use crate::limits::{BINARY_LIMIT_BYTES, FUNCTION_LIMIT, FUNCTION_LIMIT_BYTES, LOCAL_LIMIT, NESTING_LIMIT, PART_LIMIT};
use crate::{CompileError, compile, compile_described};

const TARGET: &str = "x86_64-unknown-linux-gnu";

const MODULE: &str = include_str!("../tests/policy.wat");

fn metadata() -> String {
    include_str!("../tests/policy.json").replace("WORLD", WORLD)
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
    let want = format!("the policy does not fit `{WORLD}`");
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

/// A component is taken as a module is, and what was in it stays in it; other metadata than its own is refused.
#[test]
fn a_component_is_taken() {
    let one = compiled("", "").unwrap();
    let again = compile_described(&one.component, None, TARGET).unwrap();
    assert_eq!((again.component, again.compiled), (one.component.clone(), one.compiled));
    let other = metadata().replace("1.0.0", "1.0.1");
    assert!(matches!(compile(&one.component, &other, TARGET), Err(CompileError::MetadataDiffers)));
    assert!(matches!(compile_described(&wat::parse_str(MODULE).unwrap(), None, TARGET), Err(CompileError::NoMetadata)));
    // Of another shape: nothing exported, or a system interface imported.
    let empty = compile(&wat::parse_str("(component)").unwrap(), &metadata(), TARGET);
    assert!(matches!(empty, Err(CompileError::Contract(_))), "{empty:?}");
    let wasi = wat::parse_str(r#"(component (import "wasi:clocks/wall-clock@0.2.0" (instance)))"#).unwrap();
    let refused = compile(&wasi, &metadata(), TARGET).unwrap_err().to_string();
    assert_eq!(refused, "the component imports `wasi:clocks/wall-clock@0.2.0`; a policy imports nothing but `log`");
}

/// The packed form says what it is, and holds the machine code unchanged.
#[test]
fn the_packed_form_describes_itself() {
    let one = compiled("", "").unwrap();
    let packed = one.packed(TARGET).unwrap();
    let (header, code) = engine::artefact::unpack(&packed).unwrap();
    assert_eq!((header.metadata, header.target.as_str()), (metadata(), TARGET));
    assert_eq!(header.wasm_sha256, crate::hex(&one.component_sha256()));
    assert_eq!(code, one.compiled);
}

/// Each limit on what a function may be holds at its number and is broken one above.
#[test]
fn functions_are_limited() {
    let function = |body: &str| compiled(";; BODY", &format!("(func {body})"));
    let locals = |count: u32| function(&format!("(local {})", "i32 ".repeat(usize::try_from(count).unwrap())));
    assert!(locals(LOCAL_LIMIT).is_ok());
    assert!(matches!(locals(LOCAL_LIMIT + 1), Err(CompileError::TooManyLocals { locals }) if locals == LOCAL_LIMIT + 1));
    // Flat text, for the reader of the text has limits of its own.
    let nested = |depth: usize| function(&format!("{} {}", "block ".repeat(depth), "end ".repeat(depth)));
    assert!(nested(NESTING_LIMIT).is_ok());
    assert!(matches!(nested(NESTING_LIMIT + 1), Err(CompileError::TooDeep)));
    let functions = |count: usize| crate::limits::check(&wat::parse_str(format!("(module {})", "(func)".repeat(count))).unwrap());
    assert!(functions(FUNCTION_LIMIT).is_ok());
    assert!(matches!(functions(FUNCTION_LIMIT + 1), Err(CompileError::TooManyFunctions)));
}

/// What a guest would not be given is refused before it is compiled: a table, a memory, parts of a component.
#[test]
fn tables_memories_and_parts_are_limited() {
    let check = |text: &str| {
        let binary = wat::parse_str(text).unwrap();
        crate::limits::check(&binary).and_then(|()| crate::limits::check_beginnings(&binary))
    };
    let table = |elements: usize| check(&format!("(module (table {elements} funcref))"));
    assert!(table(engine::TABLE_LIMIT_ELEMENTS).is_ok());
    assert!(matches!(table(engine::TABLE_LIMIT_ELEMENTS + 1), Err(CompileError::TableTooLarge { .. })));
    let memory = |pages: usize| check(&format!("(module (memory {pages}))"));
    assert!(memory(engine::MEMORY_LIMIT_BYTES >> 16).is_ok());
    assert!(matches!(memory((engine::MEMORY_LIMIT_BYTES >> 16) + 1), Err(CompileError::MemoryTooLarge { .. })));
    let module = wat::parse_str(MODULE.replace("(memory (export \"memory\") 1)", "(memory (export \"memory\") 4097)")).unwrap();
    assert!(matches!(compile_described(&module, Some(&metadata()), TARGET), Err(CompileError::MemoryTooLarge { .. })));
    let parts = |modules: usize| check(&format!("(component {})", "(core module)".repeat(modules)));
    assert!(parts(PART_LIMIT - 1).is_ok());
    assert!(matches!(parts(PART_LIMIT), Err(CompileError::TooManyParts)));
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
    assert!(compile(&padded(BINARY_LIMIT_BYTES), &metadata(), TARGET).is_ok());
    let refused = compile(&padded(BINARY_LIMIT_BYTES + 1), &metadata(), TARGET);
    assert!(matches!(refused, Err(CompileError::BinaryTooLarge { bytes }) if bytes == BINARY_LIMIT_BYTES + 1));
    // A body has one byte for its locals and one for its end; `nop` is one byte.
    let function = |bytes: usize| compiled(";; BODY", &format!("(func {})", "nop ".repeat(bytes - 2)));
    assert!(function(FUNCTION_LIMIT_BYTES).is_ok());
    assert!(
        matches!(function(FUNCTION_LIMIT_BYTES + 1), Err(CompileError::FunctionTooLarge { bytes }) if bytes == FUNCTION_LIMIT_BYTES + 1)
    );
}
