//! `policy build`: cargo makes the module, `tidegate-policyc` the policy.
//!
//! Rules: cargo says where its module is, nothing is guessed; the module is built for the target without a system interface, which rustup
//! adds where it is missing.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure, Place};
use tidegate::policies::installed;
use tidegate::variables::Variables;

use super::compiler::{self, Request};
use super::files;
use super::program::{self, Ran, Voice};
use crate::args::{BuildArgs, ReportForm};
use crate::commands::Product;

/// The target of policies: without any system interface.
const GUEST_TARGET: &str = "wasm32-unknown-unknown";

/// The metadata beside `Cargo.toml`.
const METADATA: &str = "policy.json";

/// Where a build goes, below the policy's directory.
const OUT: &str = "dist";

/// Builds and prints the pin.
pub(super) fn run(args: &BuildArgs, variables: &Variables) -> Result<Product, Failure> {
    let BuildArgs { directory, out, output } = args;
    let pin = build(directory, out.as_deref(), variables)?.pin;
    Ok(Product::of(match output {
        ReportForm::Text => pin.line(),
        ReportForm::Json => format!("{:#}\n", serde_json::json!(pin)),
    }))
}

/// Builds the policy of a directory.
pub(super) fn build(directory: &Path, out: Option<&Path>, variables: &Variables) -> Result<compiler::Compiled, Failure> {
    for needed in ["Cargo.toml", METADATA] {
        if !directory.join(needed).is_file() {
            let diagnostic =
                Diagnostic::error(Code::POLICY_PROJECT, format!("this is no policy's directory: it has no `{needed}`"));
            let diagnostic = diagnostic.at(Place::file(&directory.display().to_string()));
            return Err(Failure::one(Class::Source, diagnostic.hint("`tidegate policy new NAME` makes one")));
        }
    }
    ensure_guest_target(directory)?;
    let module = cargo_build(directory)?;
    let out = out.map_or_else(|| directory.join(OUT), PathBuf::from);
    files::make_directory(&out)?;
    let metadata = directory.join(METADATA);
    let request = Request { file: &module, metadata: Some(&metadata), target: installed::target(), out: &out };
    compiler::compile(&request, variables)
}

/// Makes sure that the person's compiler has the standard library of policies.
fn ensure_guest_target(directory: &Path) -> Result<(), Failure> {
    if has_guest_target(directory)? {
        return Ok(());
    }
    let advice = format!("run `rustup target add {GUEST_TARGET}`, or install the target as your distribution offers it");
    let refused =
        |message: String| Failure::one(Class::Source, Diagnostic::error(Code::POLICY_TOOL, message).hint(advice.clone()));
    match program::run("rustup".as_ref(), &["target", "add", GUEST_TARGET].map(OsStr::new), directory, Voice::Kept)? {
        Some(ran) if ran.succeeded && has_guest_target(directory)? => Ok(()),
        Some(ran) => Err(refused(format!("rustup did not add the target {GUEST_TARGET}: {}", last_line(&ran.stderr)))),
        None => Err(refused(format!("the Rust compiler has no target {GUEST_TARGET}, and there is no rustup to add it"))),
    }
}

fn has_guest_target(directory: &Path) -> Result<bool, Failure> {
    let arguments = ["--print", "target-libdir", "--target", GUEST_TARGET].map(OsStr::new);
    match program::run("rustc".as_ref(), &arguments, directory, Voice::Kept)? {
        Some(ran) => Ok(ran.succeeded && Path::new(ran.stdout.trim()).is_dir()),
        None => Err(no_cargo()),
    }
}

fn no_cargo() -> Failure {
    let message = "there is no Rust compiler here: `rustc` and `cargo` are not in PATH";
    Failure::one(Class::Source, Diagnostic::error(Code::POLICY_TOOL, message).hint("install Rust from https://rustup.rs"))
}

/// One line of `cargo build --message-format json`, as far as it matters here.
#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    target: Target,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

#[derive(Default, Deserialize)]
struct Target {
    #[serde(default)]
    kind: Vec<String>,
}

/// Builds the module, and returns where it is.
fn cargo_build(directory: &Path) -> Result<PathBuf, Failure> {
    let arguments =
        ["build", "--release", "--lib", "--target", GUEST_TARGET, "--message-format", "json-render-diagnostics"].map(OsStr::new);
    let ran = program::run("cargo".as_ref(), &arguments, directory, Voice::Shown)?;
    let Ran { succeeded, stdout, stderr: _ } = ran.ok_or_else(no_cargo)?;
    let refused = |message: &str, hint: &str| {
        let diagnostic = Diagnostic::error(Code::POLICY_PROJECT, message).at(Place::file(&directory.display().to_string()));
        Failure::one(Class::Source, diagnostic.hint(hint))
    };
    if !succeeded {
        return Err(refused("cargo does not build the policy", "what cargo said stands above"));
    }
    let messages = stdout.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok());
    let mut ours = messages
        .filter(|message| message.reason == "compiler-artifact" && message.target.kind.iter().any(|kind| kind == "cdylib"));
    // Cargo builds what depends on others last.
    let module =
        ours.next_back().and_then(|message| message.filenames.into_iter().find(|file| file.extension() == Some("wasm".as_ref())));
    module.ok_or_else(|| {
        refused(
            "the package makes no WebAssembly module",
            "write `crate-type = [\"cdylib\", \"rlib\"]` below [lib] of Cargo.toml",
        )
    })
}

fn last_line(text: &str) -> String {
    tidegate::report::sink::clean(text.lines().last().unwrap_or("it said nothing"))
}
