//! Artefacts: machine code of policies, checked and loaded.
//!
//! In: what `build.rs` embedded. Out: a [`Component`] of the engine.
//! Rules: not one instruction is loaded before the digest is right. The one `unsafe` of this program is here; its
//! record is docs/decisions/0002.

use sha2::{Digest as _, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use super::failure::Reason;

/// A compiled policy and what it must be. Only this crate makes them, from what its build script embedded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Embedded {
    /// `policy.json`, as it stands in the component.
    pub(super) metadata: &'static str,
    /// SHA-256 of the component that was compiled.
    pub(super) component_sha256: [u8; 32],
    /// SHA-256 of the machine code.
    pub(super) compiled_sha256: [u8; 32],
    /// The machine code.
    pub(super) compiled: &'static [u8],
}

/// Loads machine code whose digest is the expected one.
pub(super) fn load(engine: &Engine, compiled: &[u8], expected_sha256: &[u8; 32]) -> Result<Component, Reason> {
    if Sha256::digest(compiled).as_slice() != expected_sha256 {
        return Err(Reason::Digest);
    }
    trusted(engine, compiled).map_err(|error| Reason::Artefact(error.into()))
}

/// Takes bytes whose digest was just checked.
#[expect(
    unsafe_code,
    reason = "the engine cannot check machine code; the digest and the build script vouch for it: docs/decisions/0002"
)]
fn trusted(engine: &Engine, compiled: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: `compiled` is what `Engine::precompile_component` of this engine's version made: `load` compared its
    // digest with the one that the build script took of that very output and embedded beside it.
    unsafe { Component::deserialize(engine, compiled) }
}
