//! Artefacts: machine code of policies, checked and loaded.
//!
//! In: what `build.rs` embedded, or the bytes of an installed policy and their digest. Out: a [`Component`] of the engine.
//! Rules: not one instruction is loaded before the digest is right, and what is loaded are the bytes that were compared. The one `unsafe`
//! of this program is here; its records are docs/decisions/0002 (embedded) and 0004 (installed).

use engine::artefact::{ArtefactError, Header, WASMTIME, unpack};
use sha2::{Digest as _, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use super::built_in::TARGET;
use super::digest::Digest;
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

/// The bytes of an installed policy that are what they should be.
pub(super) struct Verified<'a> {
    /// What the machine code is.
    pub(super) header: Header,
    code: &'a [u8],
}

/// Why bytes are not what they should be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArtefactProblem {
    /// Another digest.
    #[error("the digest differs")]
    Digest,
    /// The digest is right, and they are no compiled policy.
    #[error(transparent)]
    Form(#[from] ArtefactError),
    /// The digest is right, and another engine compiled them.
    #[error("it was compiled by wasmtime {0}")]
    Engine(String),
    /// The digest is right, and they are for other machines.
    #[error("it was compiled for {0}")]
    Target(String),
    /// The digest is right, and they were made of another component than the one that is named beside them.
    #[error("it was compiled from another component")]
    OtherComponent,
    /// The digest is right, and they are another policy or version.
    #[error("it is {name} {version}")]
    OtherPolicy {
        /// The policy that they are.
        name: String,
        /// Its version.
        version: String,
    },
}

impl<'a> Verified<'a> {
    /// Returns bytes whose digest is the expected one and that this program's engine can have made.
    pub(super) fn of(bytes: &'a [u8], expected: &Digest) -> Result<Self, ArtefactProblem> {
        if Digest::of(bytes) != *expected {
            return Err(ArtefactProblem::Digest);
        }
        let (header, code) = unpack(bytes)?;
        if header.wasmtime != WASMTIME {
            return Err(ArtefactProblem::Engine(header.wasmtime));
        }
        if header.target != TARGET {
            return Err(ArtefactProblem::Target(header.target));
        }
        Ok(Self { header, code })
    }

    /// Loads them.
    pub(super) fn component(&self, engine: &Engine) -> Result<Component, Reason> {
        trusted(engine, self.code).map_err(|error| Reason::Artefact(error.into()))
    }
}

/// Takes bytes whose digest was just checked.
#[expect(
    unsafe_code,
    reason = "the engine cannot check machine code; a digest and who wrote it down vouch for it: docs/decisions/0002, 0004"
)]
fn trusted(engine: &Engine, compiled: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: `compiled` is what `Engine::precompile_component` of this engine's version made. Embedded: `load` compared its digest with
    // the one that the build script took of that very output. Installed: `Verified::of` compared the digest of these bytes, in memory,
    // with the one in the lock file, which only the platform team writes and which `tidegate policy` takes of `tidegate-policyc`'s output.
    unsafe { Component::deserialize(engine, compiled) }
}
