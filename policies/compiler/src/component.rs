//! Component: a policy with types, metadata, and nothing imported but `log`.
//!
//! In: a module, or a component that another tool made. Out: a component that fits the contract, its metadata inside.
//! Rules: imports are checked by name before anything is encoded; the exports are those of the contract, by name and type.

use std::borrow::Cow;

use wasm_encoder::{CustomSection, Encode as _, Section as _};
use wasmparser::{ComponentTypeRef, Encoding, Parser, Payload};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, WorldId};

use crate::error::{CompileError, malformed};

/// The contract, for modules that were not built with a binding generator, and for components to be compared with.
const CONTRACT: &str = include_str!("../../wit/policy.wit");

/// The prefix of the custom sections in which binding generators leave the world they were used with.
const TYPES_SECTION: &str = "component-type";

/// Where a world's own functions are imported from, and the one that may be.
const ALLOWED_IMPORT: (&str, &str) = ("$root", "log");

/// The interface of the contract that has types only; components import it to name them.
const TYPES_INTERFACE: &str = "types";

/// A component and the metadata that is in it.
#[derive(Debug)]
pub(crate) struct Described {
    pub(crate) component: Vec<u8>,
    pub(crate) metadata: String,
}

/// Returns the component of a module or component. What has metadata in it needs none given.
pub(crate) fn describe(binary: &[u8], given: Option<&str>) -> Result<Described, CompileError> {
    let outline = outline(binary)?;
    let component = match outline.encoding {
        Encoding::Module => encode(binary, outline.types)?,
        Encoding::Component => {
            let check = || {
                let (resolve, world) = contract()?;
                Ok(wit_component::targets(&resolve, world, binary)?)
            };
            check().map_err(CompileError::Contract)?;
            binary.to_vec()
        }
    };
    match (outline.metadata, given) {
        (None, None) => Err(CompileError::NoMetadata),
        (Some(own), Some(given)) if own != given => Err(CompileError::MetadataDiffers),
        (Some(own), _) if outline.encoding == Encoding::Component => Ok(Described { component, metadata: own }),
        (Some(metadata), _) => Ok(with_metadata(component, metadata)),
        (None, Some(given)) => Ok(with_metadata(component, given.to_owned())),
    }
}

fn with_metadata(mut component: Vec<u8>, metadata: String) -> Described {
    let section = CustomSection { name: Cow::Borrowed(engine::metadata::SECTION), data: Cow::Borrowed(metadata.as_bytes()) };
    component.push(section.id());
    section.encode(&mut component);
    Described { component, metadata }
}

fn encode(module: &[u8], types: Types) -> Result<Vec<u8>, CompileError> {
    let mut module = module.to_vec();
    if let Types::Absent = types {
        embed_contract(&mut module).map_err(CompileError::Contract)?;
    }
    let encoder = ComponentEncoder::default().validate(true).module(&module);
    encoder.and_then(|mut encoder| encoder.encode()).map_err(|error| CompileError::Contract(error.into()))
}

/// Whether a module says which world it was built for.
#[derive(Clone, Copy)]
enum Types {
    Present,
    Absent,
}

/// What a reading of a binary's outermost parts tells.
struct Outline {
    encoding: Encoding,
    types: Types,
    metadata: Option<String>,
}

fn outline(binary: &[u8]) -> Result<Outline, CompileError> {
    let mut outline = Outline { encoding: Encoding::Module, types: Types::Absent, metadata: None };
    // What the modules within a component import from each other is the component's business: depth 1 is the binary itself.
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(binary) {
        match payload.map_err(malformed)? {
            Payload::Version { encoding, .. } => {
                depth += 1;
                outline.encoding = if depth == 1 { encoding } else { outline.encoding };
            }
            Payload::End(_) => depth = depth.saturating_sub(1),
            _inner if depth != 1 => {}
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import.map_err(malformed)?;
                    if (import.module, import.name) != ALLOWED_IMPORT {
                        let (module, name) = (import.module.to_owned(), import.name.to_owned());
                        return Err(CompileError::ForbiddenImport { module, name });
                    }
                }
            }
            Payload::ComponentImportSection(imports) => {
                for import in imports {
                    let import = import.map_err(malformed)?;
                    let name = import.name.name;
                    let allowed = match import.ty {
                        // A type gives a guest nothing.
                        ComponentTypeRef::Type(_) => true,
                        ComponentTypeRef::Func(_) => name == ALLOWED_IMPORT.1,
                        ComponentTypeRef::Instance(_) => name == types_interface(),
                        ComponentTypeRef::Module(_) | ComponentTypeRef::Component(_) | ComponentTypeRef::Value(_) => false,
                    };
                    if !allowed {
                        return Err(CompileError::ForbiddenComponentImport { name: name.to_owned() });
                    }
                }
            }
            Payload::CustomSection(section) if section.name().starts_with(TYPES_SECTION) => outline.types = Types::Present,
            Payload::CustomSection(section) if section.name() == engine::metadata::SECTION => {
                outline.metadata = Some(std::str::from_utf8(section.data())?.to_owned());
            }
            _ => {}
        }
    }
    Ok(outline)
}

/// Returns the full name of the contract's types: `tidegate:policy/types@1.0.0`.
fn types_interface() -> String {
    let (package, version) = engine::metadata::WORLD.split_once('@').unwrap_or((engine::metadata::WORLD, ""));
    format!("{package}/{TYPES_INTERFACE}@{version}")
}

type Problem = Box<dyn std::error::Error + Send + Sync>;

fn contract() -> Result<(Resolve, WorldId), Problem> {
    let mut resolve = Resolve::default();
    let package = resolve.push_source("policy.wit", CONTRACT)?;
    let world = resolve.select_world(&[package], None)?;
    Ok((resolve, world))
}

fn embed_contract(module: &mut Vec<u8>) -> Result<(), Problem> {
    let (resolve, world) = contract()?;
    Ok(embed_component_metadata(module, &resolve, world, StringEncoding::UTF8)?)
}
