//! `--output-dir`: documents in files, one for each template, as helm lays them out.
//!
//! Rules: nothing is written outside of the directory that was named; definitions do not go below the release's name.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Component, Path};

use helm::render::{Document, Part};
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure, Place};

/// Writes the documents and returns what helm says of it.
///
/// # Source
/// helm `pkg/action/action.go`, `renderResources`; `pkg/cmd/template.go`, `newTemplateCmd`, `writeToFile`.
pub(super) fn write(documents: &[Document], directory: &str, release: Option<&str>) -> Result<Vec<u8>, Failure> {
    let below_release =
        release.map_or_else(|| directory.to_owned(), |release| Path::new(directory).join(release).display().to_string());
    let mut said = Vec::new();
    let mut written = BTreeSet::new();
    for document in documents {
        let directory = if document.part == Part::Crd { directory } else { &below_release };
        let path = format!("{directory}/{}", document.source);
        let refused = |error: &io::Error| {
            let diagnostic = Diagnostic::error(Code::SOURCE_UNREADABLE, format!("cannot be written: {error}"));
            Failure::one(Class::Source, diagnostic.at(Place::file(&path)).hint("check the directory's name, owner and mode"))
        };
        if !Path::new(&document.source).components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(refused(&io::Error::other("it leaves the directory")));
        }
        // helm adds to the file of a hook whenever it is there, to those of other documents where it has made them itself.
        let is_there = if document.part == Part::Hook { Path::new(&path).exists() } else { written.contains(&path) };
        append(&path, document, is_there).map_err(|error| refused(&error))?;
        said.extend_from_slice(format!("wrote {path}\n").as_bytes());
        written.insert(path);
    }
    // helm prints the manifests, of which there are none left, on a line.
    said.push(b'\n');
    Ok(said)
}

fn append(path: &str, document: &Document, is_there: bool) -> io::Result<()> {
    if let Some(directory) = Path::new(path).parent() {
        std::fs::create_dir_all(directory)?;
    }
    let mut file = if is_there { OpenOptions::new().append(true).open(path)? } else { File::create(path)? };
    file.write_all(format!("---\n# Source: {}\n", document.source).as_bytes())?;
    file.write_all(document.text.as_bytes())?;
    file.write_all(b"\n")
}
