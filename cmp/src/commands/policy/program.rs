//! Programs: cargo, rustup and `tidegate-policyc`, started by the commands that build.
//!
//! Rules: no shell; the person's own environment, for cargo is configured by it; what a program says on stderr is the person's to see.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tidegate::diagnostic::{Class, Code, Diagnostic, Failure};

/// What a program gave.
pub(super) struct Ran {
    /// Whether it says that all went well.
    pub(super) succeeded: bool,
    /// What it printed.
    pub(super) stdout: String,
    /// What it said, where that was not shown.
    pub(super) stderr: String,
}

/// Whether a person sees what a program says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    /// As it says it.
    Shown,
    /// Kept, for an error.
    Kept,
}

/// Runs a program to its end in a directory; nothing where there is no such program.
pub(super) fn run(program: &OsStr, arguments: &[&OsStr], directory: &Path, voice: Voice) -> Result<Option<Ran>, Failure> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(directory).stdin(Stdio::null()).stdout(Stdio::piped());
    command.stderr(if voice == Voice::Shown { Stdio::inherit() } else { Stdio::piped() });
    match command.output() {
        Ok(output) => Ok(Some(Ran {
            succeeded: output.status.success(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let message = format!("`{}` cannot be run: {error}", program.display());
            Err(Failure::one(Class::Source, Diagnostic::error(Code::POLICY_TOOL, message).hint("run it by hand to see why")))
        }
    }
}

/// Returns a program that lies beside this one, else the first in the directories of `PATH`.
pub(super) fn find(name: &str, search: Option<&OsStr>) -> Option<PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.join(name)));
    let in_path = search.map(|search| std::env::split_paths(search).collect::<Vec<_>>()).unwrap_or_default();
    let in_path = in_path.into_iter().filter(|directory| directory.is_absolute()).map(|directory| directory.join(name));
    beside.into_iter().chain(in_path).find(|path| path.is_file())
}
