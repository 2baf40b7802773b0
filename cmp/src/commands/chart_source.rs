//! The chart a person names: a directory or an archive, read as helm reads it, links included.

use std::io;
use std::path::{Path, PathBuf};

use helm::chart::{CHART_FILES, ChartFile, load_archive};
use helm::render::Prepared;
use tidegate::chart;
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure, Place};

/// Returns the chart at `path`.
pub(super) fn read_chart(path: &str) -> Result<Prepared, Failure> {
    let root = Path::new(path);
    if root.is_dir() {
        let mut files = Vec::new();
        read_below(root, &PathBuf::new(), &mut files)?;
        return chart::prepare(files, path);
    }
    if !root.exists() && is_reference(path) {
        let message = format!("there is no chart at `{path}`, and tidegate fetches none from repositories and registries");
        let diagnostic = Diagnostic::error(Code::SOURCE_UNREADABLE, message);
        return Err(Failure::one(Class::Source, diagnostic.hint("fetch it with `helm pull`, and name the directory or archive")));
    }
    let bytes = read_bytes(root).map_err(|error| unreadable(path, &error))?;
    let chart = load_archive(&bytes).map_err(|error| {
        let diagnostic = Diagnostic::error(Code::CHART_INVALID, error.to_string()).at(Place::file(path));
        Failure::one(Class::Chart, diagnostic.hint("name a chart's directory, or an archive as `helm package` makes it"))
    })?;
    Ok(Prepared::new(chart))
}

/// Says whether helm would look for a name in a repository or registry.
fn is_reference(path: &str) -> bool {
    path.contains("://") || (!path.starts_with(['/', '.']) && path.split('/').count() == 2 && !path.ends_with(".tgz"))
}

fn read_below(root: &Path, below: &Path, files: &mut Vec<ChartFile>) -> Result<(), Failure> {
    let directory = root.join(below);
    let refused = |error: &io::Error| unreadable(&directory.display().to_string(), error);
    #[expect(clippy::disallowed_methods, reason = "a person names the chart; this command reads it as helm does, links included")]
    let entries = std::fs::read_dir(&directory).map_err(|error| refused(&error))?;
    for entry in entries {
        let entry = entry.map_err(|error| refused(&error))?;
        let next = below.join(entry.file_name());
        let path = root.join(&next);
        // What is no link need not be looked at a second time.
        let kind = entry.file_type().map_err(|error| refused(&error))?;
        if kind.is_dir() || (kind.is_symlink() && path.is_dir()) {
            read_below(root, &next, files)?;
        } else {
            let data = read_bytes(&path).map_err(|error| unreadable(&path.display().to_string(), &error))?;
            files.push(ChartFile { path: next.display().to_string(), data });
        }
        // Links can make a directory endless; the chart would be refused for that many files anyway.
        if files.len() > CHART_FILES {
            return Err(refused(&io::Error::other(format!("it holds more than {CHART_FILES} files"))));
        }
    }
    Ok(())
}

/// Returns the bytes of a file that a person names.
pub(super) fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    #[expect(clippy::disallowed_methods, reason = "a person names the file")]
    std::fs::read(path)
}

/// Says that a file cannot be read.
pub(super) fn unreadable(shown: &str, error: &io::Error) -> Failure {
    let diagnostic = Diagnostic::error(Code::SOURCE_UNREADABLE, format!("cannot be read: {error}"));
    Failure::one(Class::Source, diagnostic.at(Place::file(shown)).hint("check the file's name, owner and mode"))
}
