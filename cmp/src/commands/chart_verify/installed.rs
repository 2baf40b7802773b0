//! An installed helm: found, asked for its version, run.
//!
//! In: a path or the directories of `PATH`, arguments. Out: what it printed.
//! Rules: the one module that starts a process. No shell; an environment without anything of the person's; a deadline after which the
//! process and all it has started are killed; bounded output.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use helm::profile::Profile;
use rustix::process::{Pid, Signal, kill_process_group};
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure, Place};
use tidegate::report::sink::clean;

/// Bytes that are read of what helm prints: our own bound for one template's output, twice.
const OUTPUT_BYTES: u64 = 128 << 20;
/// How often a running helm is looked at: renders take some 50 ms.
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// Characters of an unexpected answer that are shown.
const SHOWN: usize = 200;

/// A helm that answers.
#[derive(Debug)]
pub(super) struct Helm {
    /// The program.
    pub(super) path: PathBuf,
    /// Its version, without `v`.
    pub(super) version: String,
    deadline: Duration,
}

/// What a run gave.
#[derive(Debug)]
pub(super) struct Ran {
    /// Whether it says that all went well.
    pub(super) status: ExitStatus,
    /// What it printed.
    pub(super) stdout: Vec<u8>,
    /// What it said.
    pub(super) stderr: String,
}

impl Helm {
    /// Finds a helm and asks for its version.
    pub(super) fn find(named: Option<&Path>, search: Option<&OsStr>, deadline: Duration) -> Result<Self, Failure> {
        let path = match named {
            Some(path) => path.to_owned(),
            None => in_path(search).ok_or_else(|| refused("there is no `helm` in PATH", "name one with --helm"))?,
        };
        let mut found = Self { path, version: String::new(), deadline };
        let answer = found.run(&["version", "--template", "{{.Version}}"].map(str::to_owned))?;
        let text = String::from_utf8_lossy(&answer.stdout).into_owned();
        let version = text.trim().strip_prefix('v').filter(|version| answer.status.success() && is_version(version));
        let Some(version) = version else {
            let shown: String = clean(text.trim()).chars().take(SHOWN).collect();
            let message = format!("`helm version` does not answer with a version but with `{shown}` ({})", answer.status);
            return Err(found.fault(&message));
        };
        found.version = version.to_owned();
        Ok(found)
    }

    /// Returns the profile that follows this helm.
    pub(super) fn profile(&self) -> Result<Profile, Failure> {
        let minor = |version: &str| version.split('.').take(2).map(str::to_owned).collect::<Vec<_>>();
        let own = minor(&self.version);
        Profile::ALL.into_iter().find(|profile| minor(profile.release()) == own).ok_or_else(|| {
            let message = format!("helm {} has no profile of its own", self.version);
            refused(&message, "name the nearest with --profile: helm4.3, helm4.2 or helm3.22")
        })
    }

    /// Runs it to its end.
    pub(super) fn run(&self, arguments: &[String]) -> Result<Ran, Failure> {
        let unusable = |error: io::Error| self.fault(&format!("it cannot be run: {error}"));
        let mut child = Command::new(&self.path)
            .args(arguments)
            .env_clear()
            .env("HOME", "/nonexistent")
            .env("HELM_NO_PLUGINS", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(unusable)?;
        let (out, err) = (child.stdout.take(), child.stderr.take());
        std::thread::scope(|scope| {
            let out = scope.spawn(move || read(out));
            let err = scope.spawn(move || read(err));
            let status = wait(&mut child, self.deadline);
            let read = |bytes: std::thread::Result<io::Result<Vec<u8>>>| {
                bytes.unwrap_or_else(|_panicked| Err(io::Error::other("its reader stopped")))
            };
            let (stdout, stderr) = (read(out.join()), read(err.join()));
            let status = status.map_err(unusable)?.ok_or_else(|| {
                self.fault(&format!("it was stopped, for it had not ended after {} s", self.deadline.as_secs()))
            })?;
            let stderr = String::from_utf8_lossy(&stderr.map_err(unusable)?).into_owned();
            Ok(Ran { status, stdout: stdout.map_err(unusable)?, stderr })
        })
    }

    fn fault(&self, message: &str) -> Failure {
        let diagnostic = Diagnostic::error(Code::VERIFY_HELM, message).at(Place::file(&self.path.display().to_string()));
        Failure::one(Class::Source, diagnostic.hint("run it by hand, or name another with --helm"))
    }
}

fn refused(message: &str, hint: &str) -> Failure {
    Failure::one(Class::Source, Diagnostic::error(Code::VERIFY_HELM, message).hint(hint))
}

/// Returns the first `helm` in the directories of `PATH`.
fn in_path(search: Option<&OsStr>) -> Option<PathBuf> {
    std::env::split_paths(search?)
        .filter(|directory| directory.is_absolute())
        .map(|directory| directory.join("helm"))
        .find(|path| path.is_file())
}

/// Says whether a text begins as a version does; a helm that was built by hand has no third number.
fn is_version(text: &str) -> bool {
    let mut numbers = text.split('.');
    let number = |part: Option<&str>| part.is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    number(numbers.next()) && number(numbers.next()) && text.len() <= SHOWN
}

/// Returns how a process ended; nothing where it had to be killed.
fn wait(child: &mut Child, deadline: Duration) -> io::Result<Option<ExitStatus>> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if began.elapsed() >= deadline {
            // All that it has started, or a child of its would hold the pipes open.
            if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
                kill_process_group(group, Signal::KILL)?;
            }
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn read(pipe: Option<impl Read>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let Some(pipe) = pipe else { return Ok(bytes) };
    pipe.take(OUTPUT_BYTES + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > OUTPUT_BYTES) {
        return Err(io::Error::other(format!("it prints more than {OUTPUT_BYTES} bytes")));
    }
    Ok(bytes)
}
