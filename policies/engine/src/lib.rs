//! What the compiler of policies and the program that runs them must agree on.
//!
//! In: a target. Out: [`configuration`] of the engine; [`metadata`] of a policy; [`artefact`], its compiled form.
//! Rules: the same guest and the same input give the same answer and the same fuel on every machine.
//! Not here: limits of one call (`cmp/src/policies/limits.rs`), compilation (`policies/compiler`).
#![forbid(unsafe_code)]

pub mod artefact;
pub mod metadata;

use wasmtime::{Config, Result};

/// Stack of a guest in bytes: recursion deeper than this is a trap. Wasmtime's own default, written down because
/// the compiled form depends on it nowhere else.
pub const STACK_LIMIT_BYTES: usize = 512 * 1024;

/// Memory of one guest in bytes. An application of the largest size that is read has 20 MB of JSON, parsed about five
/// times that.
pub const MEMORY_LIMIT_BYTES: usize = 256 * 1024 * 1024;

/// Elements of one guest's table; Rust guests have some hundred functions in theirs.
pub const TABLE_LIMIT_ELEMENTS: usize = 20_000;

/// Returns the configuration that compiler and runtime share. A compiled policy loads only where all of it is equal.
///
/// `target` is a target triple. Naming it, even on the same machine, keeps the compiler from using what this
/// machine's processor happens to offer: an artefact runs on any processor of the architecture.
///
/// # Errors
/// The triple is unknown to the engine.
pub fn configuration(target: &str) -> Result<Config> {
    let mut config = Config::new();
    config.target(target)?;
    // Fuel, not time, ends a runaway guest: the same verdict on every machine.
    config.consume_fuel(true);
    config.epoch_interruption(false);
    config.max_wasm_stack(STACK_LIMIT_BYTES);
    config.wasm_backtrace_max_frames(None);
    // Proposals that bring nondeterminism, or a collector, or what a runtime without their features cannot load.
    config.wasm_relaxed_simd(false);
    config.wasm_memory64(false);
    config.wasm_multi_memory(false);
    config.wasm_component_model(true);
    config.gc_support(false);
    config.concurrency_support(false);
    // One process renders one application: memory is mapped on demand and never shared.
    config.shared_memory(false);
    Ok(config)
}

#[cfg(test)]
mod tests {
    use wasmtime::Engine;

    use super::configuration;

    /// The configuration is one that an engine accepts, for the processors we build for.
    #[test]
    fn an_engine_accepts_the_configuration() {
        for target in ["x86_64-unknown-linux-gnu", "x86_64-unknown-linux-musl"] {
            assert!(Engine::new(&configuration(target).unwrap()).is_ok(), "{target}");
        }
    }

    /// A triple nobody knows is an error, not a guess.
    #[test]
    fn an_unknown_target_is_refused() {
        assert!(configuration("abacus-unknown-none-wood").is_err());
    }
}
