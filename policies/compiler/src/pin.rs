//! Pin: what identifies one compiled policy.
//!
//! In: the component and the compiled form. Out: name, version, digests, target and engine, as one line or as JSON.

use engine::artefact::WASMTIME;
use engine::metadata::Metadata;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::hex;

/// What identifies one compiled policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pin {
    /// The policy.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The contract.
    pub contract: String,
    /// The component.
    pub wasm: Form,
    /// The compiled form.
    pub compiled: Form,
    /// The target triple that it was compiled for.
    pub target: String,
    /// The version of the engine that loads it.
    pub wasmtime: String,
}

/// One form of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Form {
    /// Its size.
    pub bytes: usize,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
}

impl Form {
    /// Returns size and digest of bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Form {
        Form { bytes: bytes.len(), sha256: hex(&Sha256::digest(bytes)) }
    }
}

impl Pin {
    /// Returns the pin of a policy that was just compiled.
    #[must_use]
    pub fn of(metadata: &Metadata, component: &[u8], artefact: &[u8], target: &str) -> Pin {
        Pin {
            name: metadata.name.clone(),
            version: metadata.version.clone(),
            contract: metadata.world.clone(),
            wasm: Form::of(component),
            compiled: Form::of(artefact),
            target: target.to_owned(),
            wasmtime: WASMTIME.to_owned(),
        }
    }
}

impl std::fmt::Display for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Pin { name, version, contract: _, wasm, compiled, target, wasmtime } = self;
        write!(f, "{name} {version} sha256:{} sha256:{} {target} wasmtime-{wasmtime}", wasm.sha256, compiled.sha256)
    }
}
