//! `tidegate-policyc MODULE METADATA TARGET DIRECTORY`: compiles a policy ahead of time.
//!
//! Writes NAME.wasm (the component) and NAME.cwasm (machine code of TARGET), and prints both digests.
#![forbid(unsafe_code)]

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: tidegate-policyc MODULE.wasm POLICY.json TARGET DIRECTORY";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [module, metadata, target, directory] = arguments.as_slice() else {
        return report(USAGE, 2);
    };
    match run(Path::new(module), Path::new(metadata), target, Path::new(directory)) {
        Ok(lines) => match std::io::stdout().write_all(lines.as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => report(&error.to_string(), 1),
        },
        Err(error) => report(&chain(error.as_ref()), 1),
    }
}

fn report(message: &str, code: u8) -> ExitCode {
    // Whether or not anybody reads it, the exit code says that it failed.
    let _unread = writeln!(std::io::stderr(), "{message}");
    ExitCode::from(code)
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

#[expect(clippy::disallowed_methods, reason = "a tool of the build: it reads and writes the files it is named")]
fn run(module: &Path, metadata: &Path, target: &str, directory: &Path) -> Result<String, Box<dyn Error>> {
    let artefact = compiler::compile(&std::fs::read(module)?, &std::fs::read_to_string(metadata)?, target)?;
    let mut lines = String::new();
    for (extension, bytes, digest) in
        [("wasm", &artefact.component, artefact.component_sha256()), ("cwasm", &artefact.compiled, artefact.compiled_sha256())]
    {
        let file = directory.join(format!("{}.{extension}", artefact.metadata.name));
        std::fs::write(&file, bytes)?;
        let digest = digest.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        writeln!(lines, "{digest}  {}", file.display())?;
    }
    Ok(lines)
}
