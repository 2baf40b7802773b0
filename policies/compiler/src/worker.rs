//! Worker: one policy compiled in a process of its own.
//!
//! In: a [`Request`] and [`Bounds`]. Out: [`Compiled`], or why not.
//! Rules: a compiler is where a hostile binary costs most, so the process that compiles has a limit of memory and of processor time that
//! the kernel holds, and a deadline after which it is killed; it has no environment and can write no file.
//! Not here: files; who calls reads and writes them.

use std::io::{self, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use engine::metadata::Metadata;
use rustix::process::{Resource, Rlimit, Signal, setrlimit};

use crate::frame;
use crate::limits::BINARY_LIMIT_BYTES;
use crate::{CompileError, compile_described};

/// The argument by which the program knows that it is a worker.
pub const ARGUMENT: &str = "--worker";

/// Longest metadata or target in bytes.
const TEXT_LIMIT_BYTES: usize = engine::artefact::HEADER_LIMIT_BYTES;

/// Largest compiled policy in bytes: machine code has about two and a half times the size of its WebAssembly.
const COMPILED_LIMIT_BYTES: usize = 8 * BINARY_LIMIT_BYTES;

/// Bytes that are read of what a worker says: a chain of errors.
const SAID_LIMIT_BYTES: u64 = 64 * 1024;

/// How often a running worker is looked at. The smallest policy takes some 50 ms.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// What compiling may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Address space in MiB.
    pub memory_mib: u64,
    /// Processor time in seconds.
    pub cpu_seconds: u64,
    /// Time by the clock in seconds.
    pub wall_seconds: u64,
}

impl Default for Bounds {
    /// An interpreter of 12 MB took 13 s of one processor and less than 2 GiB; ours take a quarter of a second.
    fn default() -> Self {
        Bounds { memory_mib: 4096, cpu_seconds: 60, wall_seconds: 120 }
    }
}

/// What is to be compiled.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// A module or a component.
    pub binary: &'a [u8],
    /// `policy.json`, where it is not in the binary.
    pub metadata: Option<&'a str>,
    /// A target triple.
    pub target: &'a str,
}

/// What came of it.
#[derive(Debug)]
pub struct Compiled {
    /// What the policy says of itself.
    pub metadata: Metadata,
    /// The component.
    pub component: Vec<u8>,
    /// The compiled form, as policies are installed.
    pub artefact: Vec<u8>,
}

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkerError {
    /// The process does not start, or its pipes break.
    #[error("the process that compiles cannot be run")]
    Process(#[from] io::Error),
    /// The compiler refused the policy.
    #[error("{0}")]
    Refused(String),
    /// It used up its memory.
    #[error("compiling was stopped: it took more than {0} MiB of memory")]
    Memory(u64),
    /// It used up its processor time.
    #[error("compiling was stopped: it took more than {0} s of a processor")]
    Cpu(u64),
    /// It had not ended in time.
    #[error("compiling was stopped: it had not ended after {0} s")]
    Deadline(u64),
    /// It ended otherwise.
    #[error("the process that compiles ended with {0}")]
    Ended(ExitStatus),
    /// It ended well, and did not answer with a policy.
    #[error("the process that compiles did not answer with a policy: {0}")]
    Answer(String),
}

/// Compiles in a process of its own: `program` with [`ARGUMENT`], which calls [`serve`].
///
/// # Errors
/// See [`WorkerError`].
pub fn compile(program: &Path, request: &Request<'_>, bounds: &Bounds) -> Result<Compiled, WorkerError> {
    let mut child = Command::new(program)
        .arg(ARGUMENT)
        .args([bounds.memory_mib, bounds.cpu_seconds].map(|number| number.to_string()))
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(mut stdin), Some(mut stdout), Some(stderr)) = pipes else {
        return Err(WorkerError::Process(io::ErrorKind::BrokenPipe.into()));
    };
    std::thread::scope(|scope| {
        // A worker that was stopped reads no further; its end tells why.
        scope.spawn(move || {
            [request.target.as_bytes(), request.metadata.unwrap_or_default().as_bytes(), request.binary]
                .iter()
                .try_for_each(|part| frame::write(&mut stdin, part))
        });
        let said = scope.spawn(move || {
            let mut bytes = Vec::new();
            stderr.take(SAID_LIMIT_BYTES).read_to_end(&mut bytes).map(|_length| String::from_utf8_lossy(&bytes).trim().to_owned())
        });
        let answer = scope.spawn(move || -> io::Result<_> {
            Ok((frame::read(&mut stdout, COMPILED_LIMIT_BYTES)?, frame::read(&mut stdout, COMPILED_LIMIT_BYTES)?))
        });
        let status = wait(&mut child, bounds)?;
        let said = said.join().unwrap_or_else(|_panicked| Ok(String::new()))?;
        let answer = answer.join().unwrap_or_else(|_panicked| Err(io::Error::other("its reader stopped")));
        ended(status, said, bounds)?;
        let (component, artefact) = answer.map_err(|error| WorkerError::Answer(error.to_string()))?;
        let header = engine::artefact::unpack(&artefact).map_err(|error| WorkerError::Answer(error.to_string()))?.0;
        let metadata = engine::metadata::parse(&header.metadata).map_err(|error| WorkerError::Answer(error.to_string()))?;
        Ok(Compiled { metadata, component, artefact })
    })
}

fn wait(child: &mut Child, bounds: &Bounds) -> Result<ExitStatus, WorkerError> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if began.elapsed() >= Duration::from_secs(bounds.wall_seconds) {
            child.kill()?;
            child.wait()?;
            return Err(WorkerError::Deadline(bounds.wall_seconds));
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn ended(status: ExitStatus, said: String, bounds: &Bounds) -> Result<(), WorkerError> {
    if status.success() {
        return Ok(());
    }
    let signal = status.signal();
    if signal == Some(Signal::XCPU.as_raw()) {
        return Err(WorkerError::Cpu(bounds.cpu_seconds));
    }
    // What Rust does when there is no memory left.
    if signal == Some(Signal::ABORT.as_raw()) {
        return Err(WorkerError::Memory(bounds.memory_mib));
    }
    Err(if said.is_empty() || signal.is_some() { WorkerError::Ended(status) } else { WorkerError::Refused(said) })
}

/// Why a worker has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// It was called by something else than [`compile`].
    #[error("`{ARGUMENT}` is for this program itself")]
    Arguments,
    /// The kernel did not take the limits.
    #[error("the limits of the process cannot be set")]
    Limit(#[source] io::Error),
    /// The pipes broke.
    #[error("the request cannot be read, or the answer not written")]
    Pipe(#[from] io::Error),
    /// Metadata or target are not text.
    #[error("the metadata is not UTF-8")]
    Text(#[from] std::string::FromUtf8Error),
    /// The compiler refused the policy.
    #[error(transparent)]
    Compile(#[from] CompileError),
}

/// The worker's side: takes its limits from the arguments behind [`ARGUMENT`], the request from `stdin`, and answers on `stdout`.
///
/// # Errors
/// See [`ServeError`].
pub fn serve(arguments: &[String], stdin: &mut impl Read, stdout: &mut impl Write) -> Result<(), ServeError> {
    let [memory_mib, cpu_seconds] = arguments else { return Err(ServeError::Arguments) };
    let (Ok(memory_mib), Ok(cpu_seconds)) = (memory_mib.parse::<u64>(), cpu_seconds.parse::<u64>()) else {
        return Err(ServeError::Arguments);
    };
    limit(Resource::As, memory_mib.saturating_mul(1024 * 1024))?;
    limit(Resource::Cpu, cpu_seconds)?;
    limit(Resource::Fsize, 0)?;
    limit(Resource::Core, 0)?;
    let target = String::from_utf8(frame::read(stdin, TEXT_LIMIT_BYTES)?)?;
    let metadata = String::from_utf8(frame::read(stdin, TEXT_LIMIT_BYTES)?)?;
    let binary = frame::read(stdin, BINARY_LIMIT_BYTES)?;
    let metadata = (!metadata.is_empty()).then_some(metadata.as_str());
    let compiled = compile_described(&binary, metadata, &target)?;
    frame::write(stdout, &compiled.component)?;
    frame::write(stdout, &compiled.packed(&target)?)?;
    Ok(stdout.flush()?)
}

fn limit(resource: Resource, current: u64) -> Result<(), ServeError> {
    // The kernel warns at the first number, with a signal that tells what was used up, and kills at the second.
    let maximum = if resource == Resource::Cpu { current.saturating_add(1) } else { current };
    let limit = Rlimit { current: Some(current), maximum: Some(maximum) };
    setrlimit(resource, limit).map_err(|error| ServeError::Limit(error.into()))
}
