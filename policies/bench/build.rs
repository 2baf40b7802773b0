//! Compiles the guests that are measured, each twice: for an engine that counts fuel, and for one that does not.
//!
//! In: the policies of the stage `manifests`. Out: `OUT_DIR/NAME.fuel`, `OUT_DIR/NAME.plain`: machine code.
//! Rules: as `cmp/build.rs`, but for fuel: the same profile, the same compiler, the same target.
#![expect(clippy::disallowed_methods, reason = "a build script is configured by variables and makes files")]

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasmtime::{Engine, OptLevel};

/// The crates below `policies/` that `src/native.rs` measures.
const MEASURED: [&str; 10] = [
    "deprecated-apis",
    "environment-guardrails",
    "image-rules",
    "ingress-hosts",
    "kind-allowlist",
    "labels-and-owners",
    "pod-security",
    "resource-quotas",
    "secret-references",
    "tenant-isolation",
];

/// The target of guests.
const GUEST_TARGET: &str = "wasm32-unknown-unknown";

/// Variables that cargo sets for this build and that would change a guest's.
const OUTER_VARIABLES: [&str; 5] =
    ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS", "RUSTC_WORKSPACE_WRAPPER", "CARGO_BUILD_TARGET", "CARGO_BUILD_RUSTFLAGS"];

fn main() -> Result<(), Box<dyn Error>> {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("this crate lies in no directory")?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo:rerun-if-changed=build.rs");
    for name in MEASURED.iter().chain(["sdk", "tape", "wit"].iter()) {
        println!("cargo:rerun-if-changed={}", policies.join(name).display());
    }
    let mut cargo = Command::new(env::var("CARGO")?);
    cargo.current_dir(policies).args(["build", "--locked", "--profile", "policy", "--target", GUEST_TARGET]);
    for name in MEASURED {
        cargo.args(["--package", &format!("tidegate-policy-{name}")]);
    }
    for name in OUTER_VARIABLES {
        cargo.env_remove(name);
    }
    let output = cargo.env("CARGO_TARGET_DIR", out.join("guests")).output()?;
    if !output.status.success() {
        return Err(format!("the policies do not build:\n{}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let target = env::var("TARGET")?;
    for name in MEASURED {
        let module = format!("guests/{GUEST_TARGET}/policy/tidegate_policy_{}.wasm", name.replace('-', "_"));
        let metadata = fs::read_to_string(policies.join(name).join("policy.json"))?;
        let artefact = compiler::compile(&fs::read(out.join(module))?, &metadata, &target)?;
        fs::write(out.join(format!("{name}.plain")), without_fuel(&artefact.component, &target)?)?;
        fs::write(out.join(format!("{name}.fuel")), artefact.compiled)?;
    }
    println!("cargo:rustc-env=POLICY_TARGET={target}");
    Ok(())
}

/// Compiles a component as the compiler does, but for fuel.
fn without_fuel(component: &[u8], target: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut configuration = engine::configuration(target)?;
    configuration.consume_fuel(false);
    configuration.cranelift_nan_canonicalization(true);
    configuration.cranelift_opt_level(OptLevel::Speed);
    configuration.generate_address_map(false);
    Ok(Engine::new(&configuration)?.precompile_component(component)?)
}
