//! The compiler of policies.
//!
//! In: a WebAssembly module that exports the world of `policies/wit`, and its `policy.json`; or a component that has both. Out:
//! [`Artefact`]: the component with the metadata inside, the same compiled for one target, and the digests of both.
//! Rules: the only import is `log`; what is too large to compile safely is refused before the compiler sees it ([`limits`]); binaries of
//! others are compiled by [`worker`], in a process with limits of its own.
//! Not here: running policies (`cmp/src/policies`). The program that renders contains no compiler.
#![forbid(unsafe_code)]

mod component;
mod error;
mod frame;
pub mod limits;
pub mod pin;
pub mod worker;

use engine::artefact::{self, Header, WASMTIME};
pub use error::CompileError;
use sha2::{Digest as _, Sha256};
use wasmtime::{Engine, OptLevel};

/// A policy, ready to be embedded or installed.
#[derive(Debug)]
pub struct Artefact {
    /// What the policy says of itself.
    pub metadata: engine::metadata::Metadata,
    /// The same as it stands in the component.
    pub metadata_json: String,
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

    /// Returns the machine code in one file with what it is, as policies are installed.
    ///
    /// # Errors
    /// The metadata is longer than such a file allows.
    pub fn packed(&self, target: &str) -> Result<Vec<u8>, CompileError> {
        let header = Header {
            metadata: self.metadata_json.clone(),
            wasm_sha256: hex(&self.component_sha256()),
            target: target.to_owned(),
            wasmtime: WASMTIME.to_owned(),
        };
        Ok(artefact::pack(&header, &self.compiled)?)
    }
}

/// Returns a digest in hexadecimal.
#[must_use]
pub fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Compiles a module of our own for a target triple. What it begins with is the host's to refuse.
///
/// # Errors
/// See [`CompileError`].
pub fn compile(module: &[u8], metadata_json: &str, target: &str) -> Result<Artefact, CompileError> {
    limits::check(module)?;
    compile_checked(module, Some(metadata_json), target)
}

/// Compiles a module or a component for a target triple; where the metadata is in the file, none need be given.
///
/// # Errors
/// See [`CompileError`].
pub fn compile_described(binary: &[u8], metadata_json: Option<&str>, target: &str) -> Result<Artefact, CompileError> {
    limits::check(binary)?;
    limits::check_beginnings(binary)?;
    compile_checked(binary, metadata_json, target)
}

fn compile_checked(binary: &[u8], metadata_json: Option<&str>, target: &str) -> Result<Artefact, CompileError> {
    let component::Described { component, metadata: metadata_json } = component::describe(binary, metadata_json)?;
    let metadata = engine::metadata::parse(&metadata_json)?;
    let compiled = precompile(&component, target).map_err(|error| CompileError::Compiler(error.into()))?;
    Ok(Artefact { metadata, metadata_json, component, compiled })
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
