//! Component: a module with types, metadata, and nothing imported but `log`.

use std::borrow::Cow;

use wasm_encoder::{CustomSection, Encode as _, Section as _};
use wasmparser::{Parser, Payload};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::error::CompileError;

/// Largest module in bytes. Ours have 0.2 MB; an interpreter of another language has 3 to 20.
pub(crate) const MODULE_LIMIT_BYTES: usize = 32 * 1024 * 1024;

/// Largest function in bytes. Compile time grows faster than a function does: one of 1.4 MB held Cranelift for 21 s.
pub(crate) const FUNCTION_LIMIT_BYTES: usize = 256 * 1024;

/// The contract, for modules that were not built with a binding generator.
const CONTRACT: &str = include_str!("../../wit/policy.wit");

/// The prefix of the custom sections in which binding generators leave the world they were used with.
const TYPES_SECTION: &str = "component-type";

/// Where a world's own functions are imported from, and the one that may be.
const ALLOWED_IMPORT: (&str, &str) = ("$root", "log");

/// Returns the component of a module, with the metadata as a custom section.
pub(crate) fn encode(module: &[u8], metadata_json: &str) -> Result<Vec<u8>, CompileError> {
    if module.len() > MODULE_LIMIT_BYTES {
        return Err(CompileError::ModuleTooLarge { bytes: module.len(), limit: MODULE_LIMIT_BYTES });
    }
    let mut module = module.to_vec();
    if let Types::Absent = inspect(&module)? {
        embed_contract(&mut module).map_err(CompileError::Contract)?;
    }
    let encoder = ComponentEncoder::default().validate(true).module(&module);
    let component = encoder.and_then(|mut encoder| encoder.encode());
    let mut component = component.map_err(|error| CompileError::Contract(error.into()))?;
    let section = CustomSection { name: Cow::Borrowed(engine::metadata::SECTION), data: Cow::Borrowed(metadata_json.as_bytes()) };
    component.push(section.id());
    section.encode(&mut component);
    Ok(component)
}

/// Whether a module says which world it was built for.
enum Types {
    Present,
    Absent,
}

fn inspect(module: &[u8]) -> Result<Types, CompileError> {
    let mut types = Types::Absent;
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(malformed)? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import.map_err(malformed)?;
                    if (import.module, import.name) != ALLOWED_IMPORT {
                        let (module, name) = (import.module.to_owned(), import.name.to_owned());
                        return Err(CompileError::ForbiddenImport { module, name });
                    }
                }
            }
            Payload::CodeSectionEntry(function) if function.range().len() > FUNCTION_LIMIT_BYTES => {
                let bytes = function.range().len();
                return Err(CompileError::FunctionTooLarge { bytes, limit: FUNCTION_LIMIT_BYTES });
            }
            Payload::CustomSection(section) if section.name().starts_with(TYPES_SECTION) => types = Types::Present,
            _ => {}
        }
    }
    Ok(types)
}

fn malformed(error: wasmparser::BinaryReaderError) -> CompileError {
    CompileError::Malformed(error.into())
}

fn embed_contract(module: &mut Vec<u8>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut resolve = Resolve::default();
    let package = resolve.push_source("policy.wit", CONTRACT)?;
    let world = resolve.select_world(&[package], None)?;
    Ok(embed_component_metadata(module, &resolve, world, StringEncoding::UTF8)?)
}
