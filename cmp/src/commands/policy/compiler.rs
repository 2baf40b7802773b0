//! Compiler: `tidegate-policyc`, found and asked.
//!
//! In: a WebAssembly file. Out: its component and compiled form in a directory, and the [`Pin`] of both.
//! Rules: this program holds no compiler, so it is the one beside it, else the one in `PATH`; what it writes is compared with what it
//! says, and one of another engine is refused, for this program could not load what it makes.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use engine::artefact::WASMTIME;
use serde::{Deserialize, Serialize};
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure, Place};
use tidegate::policies::digest::Digest;
use tidegate::variables::Variables;

use super::files;
use super::program::{self, Ran, Voice};

/// The program's name.
const PROGRAM: &str = "tidegate-policyc";

/// What identifies one compiled policy, as the compiler prints it.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pin {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) contract: String,
    pub(super) wasm: Form,
    pub(super) compiled: Form,
    pub(super) target: String,
    pub(super) wasmtime: String,
}

/// One form of a policy.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Form {
    pub(super) bytes: usize,
    pub(super) sha256: String,
}

impl Pin {
    /// Returns it as one line.
    pub(super) fn line(&self) -> String {
        let Self { name, version, contract: _, wasm, compiled, target, wasmtime } = self;
        format!("{name} {version} sha256:{} sha256:{} {target} wasmtime-{wasmtime}\n", wasm.sha256, compiled.sha256)
    }
}

/// What is to be compiled, and to where.
pub(super) struct Request<'a> {
    /// A module or component.
    pub(super) file: &'a Path,
    /// `policy.json`, where it is not in the file.
    pub(super) metadata: Option<&'a Path>,
    /// A target triple.
    pub(super) target: &'a str,
    /// Where NAME.wasm and NAME.cwasm are written.
    pub(super) out: &'a Path,
}

/// A policy that was just compiled.
pub(super) struct Compiled {
    /// What identifies it.
    pub(super) pin: Pin,
    /// NAME.wasm.
    pub(super) component: Vec<u8>,
    /// NAME.cwasm.
    pub(super) artefact: Vec<u8>,
}

/// Compiles a policy.
pub(super) fn compile(request: &Request<'_>, variables: &Variables) -> Result<Compiled, Failure> {
    let Request { file, metadata, target, out } = request;
    let program = find(variables)?;
    let mut arguments: Vec<&OsStr> = vec![file.as_os_str(), "--target".as_ref(), target.as_ref(), "-o".as_ref(), "json".as_ref()];
    arguments.extend(["--out".as_ref(), out.as_os_str()]);
    arguments.extend(metadata.iter().flat_map(|path| ["--metadata".as_ref(), path.as_os_str()]));
    let ran = program::run(program.as_os_str(), &arguments, Path::new("."), Voice::Kept)?;
    let Ran { succeeded, stdout, stderr } = ran.ok_or_else(missing)?;
    if !succeeded {
        let said = tidegate::report::sink::clean(&stderr);
        let message = said.strip_prefix(&format!("{}: ", file.display())).unwrap_or(&said);
        let diagnostic = Diagnostic::error(Code::POLICY_COMPILE, format!("the policy does not compile: {message}"));
        let diagnostic = diagnostic.at(Place::file(&file.display().to_string()));
        return Err(Failure::one(Class::Policy, diagnostic.hint("docs/policy-authoring.md says what a policy must be")));
    }
    let pin: Pin =
        serde_json::from_str(&stdout).map_err(|error| strange(&program, &format!("its answer does not read: {error}")))?;
    if pin.wasmtime != WASMTIME {
        let message = format!("it has wasmtime {}, and this program has {WASMTIME}", pin.wasmtime);
        return Err(strange(&program, &message));
    }
    let read = |extension: &str, form: &Form| {
        let bytes = files::read(&out.join(format!("{}.{extension}", pin.name)))?;
        if Digest::of(&bytes).hex() == form.sha256 {
            Ok(bytes)
        } else {
            Err(strange(&program, "what it wrote is not what it says"))
        }
    };
    let (component, artefact) = (read("wasm", &pin.wasm)?, read("cwasm", &pin.compiled)?);
    Ok(Compiled { pin, component, artefact })
}

fn find(variables: &Variables) -> Result<PathBuf, Failure> {
    program::find(PROGRAM, variables.person.path.as_deref()).ok_or_else(missing)
}

fn missing() -> Failure {
    let message = format!("there is no `{PROGRAM}` beside this program, and none in PATH");
    let hint = "install it beside tidegate: `cargo build --release -p tidegate-policy-compiler` in tidegate's sources makes it";
    Failure::one(Class::Source, Diagnostic::error(Code::POLICY_TOOL, message).hint(hint))
}

fn strange(program: &Path, what: &str) -> Failure {
    let message = format!("`{}` is not the compiler of this tidegate: {what}", program.display());
    let hint = "install tidegate and tidegate-policyc of one version side by side";
    Failure::one(Class::Source, Diagnostic::error(Code::POLICY_TOOL, message).hint(hint))
}
