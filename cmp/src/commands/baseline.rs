//! The file of a baseline, which a person names: read, and written whole or not at all.

use std::io;
use std::path::{Path, PathBuf};

use tidegate::baseline::Baseline;
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure, Place};
use tidegate::rules::Rulebook;

use super::chart_source::{read_bytes, unreadable};

/// Returns the baseline in a file.
pub(super) fn read(path: &Path, rules: &Rulebook) -> Result<Baseline, Failure> {
    let shown = path.to_string_lossy();
    let text = read_bytes(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            let diagnostic = Diagnostic::error(Code::BASELINE_INVALID, "the baseline is not there").at(Place::file(&shown));
            Failure::one(Class::Usage, diagnostic.hint("write it with `tidegate check --all --write-baseline FILE`"))
        }
        _ => unreadable(&shown, &error),
    })?;
    Baseline::read(&shown, &text, rules)
}

/// Writes a baseline in the place of the one that is there: beside it first, so that nobody finds half of one.
pub(super) fn write(path: &Path, baseline: &Baseline) -> Result<(), Failure> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    #[expect(clippy::disallowed_methods, reason = "a person names the file, and asks for it to be written")]
    let written = std::fs::write(&beside, baseline.text());
    written.and_then(|()| std::fs::rename(&beside, path)).map_err(|error| {
        let diagnostic = Diagnostic::error(Code::BASELINE_INVALID, format!("the baseline cannot be written: {error}"));
        let diagnostic = diagnostic.at(Place::file(&path.to_string_lossy()));
        Failure::one(Class::Usage, diagnostic.hint("name a file in a folder that you may write to"))
    })
}
