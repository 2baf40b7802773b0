//! Builds the policies that ship inside the program.
//!
//! In: the crates below `policies/` that have a `policy.json`. Out: `OUT_DIR/NAME.cwasm` and `OUT_DIR/built_in.rs`, the list that
//! `src/policies/built_in.rs` includes; `OUT_DIR/sdk_sources.rs`, what `policy new` writes into a project.
//! Rules: the workspace's own lock file, a target directory of its own (cargo locks the outer one), machine code of the
//! target's architecture and of no newer processor than its oldest.
#![expect(clippy::disallowed_methods, reason = "a build script is configured by variables and makes files")]

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the guests are made of besides themselves, from the root of the workspace.
const INGREDIENTS: [&str; 7] = [
    "Cargo.toml",
    "Cargo.lock",
    "policies/wit",
    "policies/sdk/src",
    "policies/sdk/Cargo.toml",
    "policies/tape/src",
    "policies/tape/Cargo.toml",
];

/// The target of guests: without any system interface.
const GUEST_TARGET: &str = "wasm32-unknown-unknown";

/// Variables that cargo sets for this build and that would change a guest's.
const OUTER_VARIABLES: [&str; 5] =
    ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS", "RUSTC_WORKSPACE_WRAPPER", "CARGO_BUILD_TARGET", "CARGO_BUILD_RUSTFLAGS"];

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("cmp/ lies in no workspace")?;
    let out = PathBuf::from(variable("OUT_DIR")?);
    println!("cargo:rerun-if-changed=build.rs");
    for path in INGREDIENTS {
        println!("cargo:rerun-if-changed={}", root.join(path).display());
    }
    let guests = guests(root)?;
    for guest in &guests {
        println!("cargo:rerun-if-changed={}", root.join("policies").join(guest).display());
    }
    ensure_guest_target()?;
    build_guests(root, &out, &guests)?;
    let target = variable("TARGET")?;
    let mut list = format!("/// The built-in policies by name.\npub(super) const BUILT_IN: [Embedded; {}] = [\n", guests.len());
    for guest in &guests {
        list.push_str(&embed(root, &out, guest, &target)?);
    }
    list.push_str("];\n");
    list.push_str("/// The target that they are machine code of.\n");
    writeln!(list, "pub(super) const TARGET: &str = {target:?};")?;
    fs::write(out.join("built_in.rs"), list)?;
    fs::write(out.join("sdk_sources.rs"), sdk_sources(&root.join("policies"))?)?;
    Ok(())
}

/// What authors build against, below `policies/`.
const SDK: [&str; 5] = ["sdk/Cargo.toml", "sdk/src", "tape/Cargo.toml", "tape/src", "wit"];

/// Returns the list of the SDK's files with their texts, by path.
fn sdk_sources(policies: &Path) -> Result<String, Box<dyn Error>> {
    let mut waiting: Vec<PathBuf> = SDK.iter().map(|name| policies.join(name)).collect();
    let mut files = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            println!("cargo:rerun-if-changed={}", path.display());
            waiting.extend(fs::read_dir(&path)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    let mut list =
        String::from("/// The contract and the SDK by path below `policies/`.\nconst SDK_SOURCES: &[(&str, &str)] = &[\n");
    for file in files {
        writeln!(list, "    ({:?}, include_str!({file:?})),", file.strip_prefix(policies)?)?;
    }
    list.push_str("];\n");
    Ok(list)
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|error| format!("{name}: {error}"))
}

/// Returns the crates below `policies/` that are policies: those with a `policy.json`. All of them are built in.
fn guests(root: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut guests = Vec::new();
    for entry in fs::read_dir(root.join("policies"))? {
        let entry = entry?;
        if entry.path().join("policy.json").is_file() {
            guests.push(entry.file_name().into_string().map_err(|name| format!("{} is no name", name.display()))?);
        }
    }
    guests.sort();
    Ok(guests)
}

/// Makes sure that the compiler has the guests' standard library; rustup fetches it in seconds.
fn ensure_guest_target() -> Result<(), Box<dyn Error>> {
    if has_guest_target()? {
        return Ok(());
    }
    let advice = format!("the built-in policies need the target {GUEST_TARGET}: run `rustup target add {GUEST_TARGET}`");
    match Command::new("rustup").args(["target", "add", GUEST_TARGET]).output() {
        Ok(output) if output.status.success() && has_guest_target()? => Ok(()),
        Ok(output) => Err(format!("{advice}; it said: {}", String::from_utf8_lossy(&output.stderr).trim()).into()),
        Err(error) => {
            Err(format!("{advice} (rustup did not start: {error}), or install the target as your distribution offers it").into())
        }
    }
}

fn has_guest_target() -> Result<bool, Box<dyn Error>> {
    let rustc = variable("RUSTC")?;
    let output = Command::new(rustc).args(["--print", "target-libdir", "--target", GUEST_TARGET]).output()?;
    Ok(output.status.success() && Path::new(String::from_utf8(output.stdout)?.trim()).is_dir())
}

fn build_guests(root: &Path, out: &Path, guests: &[String]) -> Result<(), Box<dyn Error>> {
    let mut cargo = Command::new(variable("CARGO")?);
    cargo.current_dir(root).args(["build", "--locked", "--profile", "policy", "--target", GUEST_TARGET]);
    for guest in guests {
        cargo.args(["--package", &format!("tidegate-policy-{guest}")]);
    }
    // Paths of this machine must not change an artefact: the same sources give the same digests.
    let remap = format!("--remap-path-prefix={}=/tidegate", root.display());
    let registry = variable("CARGO_HOME").map(|home| format!("\x1f--remap-path-prefix={home}=/cargo")).unwrap_or_default();
    for name in OUTER_VARIABLES {
        cargo.env_remove(name);
    }
    cargo.env("CARGO_ENCODED_RUSTFLAGS", format!("{remap}{registry}")).env("CARGO_TARGET_DIR", out.join("guests"));
    let output = cargo.output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("the built-in policies do not build:\n{}", String::from_utf8_lossy(&output.stderr)).into())
}

/// Compiles one guest and returns its line of the list.
fn embed(root: &Path, out: &Path, guest: &str, target: &str) -> Result<String, Box<dyn Error>> {
    let module = format!("guests/{GUEST_TARGET}/policy/tidegate_policy_{}.wasm", guest.replace('-', "_"));
    let metadata = fs::read_to_string(root.join("policies").join(guest).join("policy.json"))?;
    let artefact = compiler::compile(&fs::read(out.join(module))?, &metadata, target)?;
    let compiled = out.join(format!("{guest}.cwasm"));
    fs::write(&compiled, &artefact.compiled)?;
    Ok(format!(
        "    Embedded {{ metadata: {metadata:?}, component_sha256: {:?}, compiled_sha256: {:?}, compiled: include_bytes!({compiled:?}) }},\n",
        artefact.component_sha256(),
        artefact.compiled_sha256(),
    ))
}
