//! Charts and values files from the disk, as helm reads them.
//!
//! Out: [`Chart`], the merged values. Rules: symbolic links are followed. Not here: `.helmignore` and what a chart's files mean
//! (`helm::chart`).

#![expect(clippy::disallowed_methods, reason = "a program for developers: it reads the charts it is told to")]

use std::path::{Path, PathBuf};

use helm::chart::{Chart, ChartFile, load, load_archive};
use helm::profile::Profile;
use helm::value::{Map, Value};
use helm::values::{from_file, merge, read};

use crate::{Problem, entries};

/// Returns the chart in a directory or an archive.
pub(crate) fn chart(path: &Path) -> Result<Chart, Problem> {
    if path.is_file() {
        return Ok(load_archive(&std::fs::read(path)?)?);
    }
    let mut found = Vec::new();
    collect(path, Path::new(""), &mut found)?;
    Ok(load(found)?)
}

fn collect(root: &Path, below: &Path, found: &mut Vec<ChartFile>) -> Result<(), Problem> {
    for entry in std::fs::read_dir(root.join(below))? {
        let name = below.join(entry?.file_name());
        let path = root.join(&name);
        if path.is_dir() {
            collect(root, &name, found)?;
        } else {
            found.push(ChartFile { path: name.display().to_string(), data: std::fs::read(&path)? });
        }
    }
    Ok(())
}

/// Returns values files merged, the last on top.
pub(crate) fn values(paths: &[PathBuf], profile: Profile) -> Result<Map, Problem> {
    let mut merged = Value::map(Map::new());
    for path in paths {
        let documents = read(&std::fs::read(path)?, profile)?;
        merged = merge(&merged, &from_file(&documents, &mut |_| None)?);
    }
    Ok(entries(merged))
}
