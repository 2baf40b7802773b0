//! Files: what the tools of policies read and write.
//!
//! Rules: a file is read up to a limit and written whole or not at all: beside its place first, then moved there.
#![expect(clippy::disallowed_methods, reason = "a person's tool: it reads and writes the files that its command line names")]

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use tidegate::diagnostic::{Class, Code, Diagnostic, Failure, Place};

/// Largest file that is read, in bytes: the largest compiled policy.
pub(super) const FILE_LIMIT_BYTES: u64 = 80 * 1024 * 1024;

/// Reads a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| unusable(path, "read", &error))?;
    let kind = file.metadata().map_err(|error| unusable(path, "read", &error))?;
    if !kind.is_file() {
        return Err(unusable(path, "read", &io::Error::other("it is no regular file")));
    }
    file.take(FILE_LIMIT_BYTES + 1).read_to_end(&mut bytes).map_err(|error| unusable(path, "read", &error))?;
    if u64::try_from(bytes.len()).map_or(true, |length| length > FILE_LIMIT_BYTES) {
        return Err(unusable(path, "read", &io::Error::other(format!("it has more than {} MiB", FILE_LIMIT_BYTES >> 20))));
    }
    Ok(bytes)
}

/// Reads a file of text.
pub(super) fn read_text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(read(path)?).map_err(|error| unusable(path, "read", &io::Error::other(error)))
}

/// Writes a file whole, in the place of one that may be there.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(format!(".{}", std::process::id()));
    let partial = PathBuf::from(partial);
    let written = File::create(&partial).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&partial, path)
    });
    written.map_err(|error| {
        // What could not be written whole is not left behind; if it cannot be removed either, the error is the same.
        let _ = fs::remove_file(&partial);
        unusable(path, "written", &error)
    })
}

/// Makes a directory and those above it.
pub(super) fn make_directory(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(|error| unusable(path, "made", &error))
}

/// A directory that goes when nobody holds it any more.
pub(super) struct Scratch {
    pub(super) path: PathBuf,
}

impl Scratch {
    /// Makes one in a directory.
    pub(super) fn new(directory: &Path) -> Result<Self, Failure> {
        let path = directory.join(format!(".tidegate-{}", std::process::id()));
        make_directory(&path)?;
        Ok(Self { path })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // It holds nothing that counts.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Returns the failure of a file that cannot be used.
fn unusable(path: &Path, what: &str, error: &io::Error) -> Failure {
    let diagnostic = Diagnostic::error(Code::SOURCE_UNREADABLE, format!("the file cannot be {what}"));
    let diagnostic = diagnostic.at(Place::file(&path.display().to_string())).hint("check the path, the owner and the mode");
    Failure::one(Class::Source, diagnostic.fact("system", error.to_string()))
}
