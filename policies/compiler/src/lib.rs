//! The compiler of policies.
//!
//! In: a WebAssembly module that exports the world of `policies/wit`, and its `policy.json`. Out: [`Artefact`]: the component
//! with the metadata inside, the same compiled for one target, and the digests of both.
//! Rules: the only import is `log`; what is too large to compile safely is refused before the compiler sees it.
//! Not here: running policies (`cmp/src/policies`). The program that renders contains no compiler.
#![forbid(unsafe_code)]

mod component;
mod error;

pub use error::CompileError;
use sha2::{Digest as _, Sha256};
use wasmtime::{Engine, OptLevel};

/// A policy, ready to be embedded.
#[derive(Debug)]
pub struct Artefact {
    /// What the policy says of itself.
    pub metadata: engine::metadata::Metadata,
    /// The component, for every machine.
    pub component: Vec<u8>,
    /// The component as machine code of the target.
    pub compiled: Vec<u8>,
}

impl Artefact {
    /// Returns the SHA-256 of the component.
    #[must_use]
    pub fn component_sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.component).into()
    }

    /// Returns the SHA-256 of the machine code.
    #[must_use]
    pub fn compiled_sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.compiled).into()
    }
}

/// Compiles a policy for a target triple.
///
/// # Errors
/// See [`CompileError`].
pub fn compile(module: &[u8], metadata_json: &str, target: &str) -> Result<Artefact, CompileError> {
    let metadata = engine::metadata::parse(metadata_json)?;
    let component = component::encode(module, metadata_json)?;
    let compiled = precompile(&component, target).map_err(|error| CompileError::Compiler(error.into()))?;
    Ok(Artefact { metadata, component, compiled })
}

fn precompile(component: &[u8], target: &str) -> wasmtime::Result<Vec<u8>> {
    let mut configuration = engine::configuration(target)?;
    // What only a compiler can be told. One pattern for every NaN: the same answer on every processor.
    configuration.cranelift_nan_canonicalization(true);
    configuration.cranelift_opt_level(OptLevel::Speed);
    // Names of functions and addresses serve debuggers only.
    configuration.generate_address_map(false);
    Engine::new(&configuration)?.precompile_component(component)
}

#[cfg(test)]
mod tests;
