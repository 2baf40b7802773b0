//! `tidegate-policyc`: compiles a policy ahead of time.
//!
//! In: a WebAssembly file, with `policy.json` inside or beside it. Out: NAME.wasm (the component), NAME.cwasm (machine code of one target,
//! with its header), and the pin on stdout.
//! Rules: the program starts itself again to compile, with limits (`compiler::worker`); files are written whole or not at all.
#![forbid(unsafe_code)]
#![expect(clippy::disallowed_methods, reason = "a tool of the build: it reads and writes the files it is named")]

use std::error::Error;
use std::fs;
use std::io::{Write, stderr, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use compiler::limits::BINARY_LIMIT_BYTES;
use compiler::pin::Pin;
use compiler::worker::{self, Bounds, Request};

const USAGE: &str = "\
Compile a policy for tidegate

usage: tidegate-policyc FILE.wasm [options]

  --metadata FILE      policy.json, where it is not in the file
  --target TRIPLE      what to compile for [default: this program's own]
  --out DIR            where NAME.wasm and NAME.cwasm are written [default: .]
  -o text|json         how the pin is printed [default: text]
  --memory-mib N       memory that compiling may take [default: 4096]
  --cpu-seconds N      processor time that it may take [default: 60]
  --wall-seconds N     time that it may take [default: 120]
  --version, --help
";

/// The machine that this program was built for.
const HOST: &str = if cfg!(all(target_arch = "x86_64", target_env = "musl")) {
    "x86_64-unknown-linux-musl"
} else if cfg!(target_arch = "x86_64") {
    "x86_64-unknown-linux-gnu"
} else if cfg!(target_env = "musl") {
    "aarch64-unknown-linux-musl"
} else {
    "aarch64-unknown-linux-gnu"
};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some((worker::ARGUMENT, limits)) = arguments.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        return ended(worker::serve(limits, &mut stdin().lock(), &mut stdout().lock()).map_err(Into::into));
    }
    let text = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--help" | "-h"] => Ok(USAGE.to_owned()),
        ["--version" | "-V"] => {
            Ok(format!("tidegate-policyc {} wasmtime-{}\n", env!("CARGO_PKG_VERSION"), engine::artefact::WASMTIME))
        }
        _ => match Options::read(arguments) {
            Ok(options) => run(&options),
            Err(message) => {
                say(&format!("error: {message}\n\n{USAGE}"));
                return ExitCode::from(2);
            }
        },
    };
    ended(text.and_then(|text| Ok(stdout().write_all(text.as_bytes())?)))
}

fn ended(outcome: Result<(), Box<dyn Error>>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

fn say(message: &str) {
    // Whether or not anybody reads it, the exit code says that it failed.
    let _unread = writeln!(stderr(), "{message}");
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// What the command line says.
struct Options {
    file: PathBuf,
    metadata: Option<PathBuf>,
    target: String,
    out: PathBuf,
    form: Form,
    bounds: Bounds,
}

/// How the pin is printed.
enum Form {
    Text,
    Json,
}

impl Options {
    fn read(arguments: Vec<String>) -> Result<Options, String> {
        let (mut file, mut form) = (None, Form::Text);
        let mut options = (None, HOST.to_owned(), PathBuf::from("."), Bounds::default());
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            if !argument.starts_with('-') {
                if file.replace(PathBuf::from(&argument)).is_some() {
                    return Err(format!("`{argument}` is one file too many"));
                }
                continue;
            }
            let value = arguments.next().ok_or_else(|| format!("`{argument}` is no option, or wants a value"))?;
            match argument.as_str() {
                "--metadata" => options.0 = Some(PathBuf::from(value)),
                "--target" => options.1 = value,
                "--out" => options.2 = PathBuf::from(value),
                "-o" | "--output" => {
                    form = match value.as_str() {
                        "text" => Form::Text,
                        "json" => Form::Json,
                        _ => return Err(format!("`{value}` is no form of output: text or json")),
                    }
                }
                "--memory-mib" => options.3.memory_mib = number(&argument, &value)?,
                "--cpu-seconds" => options.3.cpu_seconds = number(&argument, &value)?,
                "--wall-seconds" => options.3.wall_seconds = number(&argument, &value)?,
                _ => return Err(format!("`{argument}` is no option")),
            }
        }
        let (metadata, target, out, bounds) = options;
        Ok(Options { file: file.ok_or("name a file")?, metadata, target, out, form, bounds })
    }
}

fn number(option: &str, value: &str) -> Result<u64, String> {
    value.parse().map_err(|error| format!("`{option} {value}`: {error}"))
}

fn run(options: &Options) -> Result<String, Box<dyn Error>> {
    let Options { file, metadata, target, out, form, bounds } = options;
    let named = |path: &Path, error: &dyn Error| format!("{}: {error}", path.display());
    let length = fs::metadata(file).map_err(|error| named(file, &error))?.len();
    if usize::try_from(length).map_or(true, |length| length > BINARY_LIMIT_BYTES) {
        return Err(
            format!("{}: the file has {length} bytes, more than the limit of {BINARY_LIMIT_BYTES}", file.display()).into()
        );
    }
    let binary = fs::read(file).map_err(|error| named(file, &error))?;
    let metadata = metadata.as_ref().map(|path| fs::read_to_string(path).map_err(|error| named(path, &error))).transpose()?;
    let request = Request { binary: &binary, metadata: metadata.as_deref(), target };
    let compiled = worker::compile(&std::env::current_exe()?, &request, bounds).map_err(|error| named(file, &error))?;
    for (extension, bytes) in [("wasm", &compiled.component), ("cwasm", &compiled.artefact)] {
        let path = out.join(format!("{}.{extension}", compiled.metadata.name));
        let partial = path.with_extension(format!("{extension}.{}", std::process::id()));
        fs::write(&partial, bytes).and_then(|()| fs::rename(&partial, &path)).map_err(|error| named(&path, &error))?;
    }
    let pin = Pin::of(&compiled.metadata, &compiled.component, &compiled.artefact, target);
    Ok(match form {
        Form::Text => format!("{pin}\n"),
        Form::Json => format!("{}\n", serde_json::to_string_pretty(&pin)?),
    })
}
