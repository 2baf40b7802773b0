//! Charts packed as `.tgz`.
//!
//! In: the archive's bytes. Out: the chart in it. Rules: everything stays in memory; names that leave the chart's directory, and
//! links, are refused; what is decompressed counts against the bounds of the whole chart, headers included.
//! Not here: what the files mean (`chart`).

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;
use tar::{Archive, Entry};

use super::error::ChartError;
use super::{Budget, CHART_BYTES, Chart, ChartFile, Place, assemble, strip_mark};

/// Bytes of headers and padding an archive may have besides its files: two blocks for each, and room for long names.
const OVERHEAD_BYTES: usize = 32 << 20;

/// Returns the chart of an archive, as `helm package` writes it.
///
/// # Errors
/// [`ChartError`] for what is no archive, for entries that must not be unpacked, and as [`super::load`].
///
/// # Source
/// helm `pkg/chart/v2/loader/archive.go`, `LoadArchive`; `pkg/chart/loader/archive/archive.go`, `LoadArchiveFiles`.
pub fn load_archive(bytes: &[u8]) -> Result<Chart, ChartError> {
    unpack(bytes, &Place::root(), &mut Budget::default())
}

/// Returns the chart of an archive that lies at `place`.
pub(super) fn unpack(bytes: &[u8], place: &Place, budget: &mut Budget) -> Result<Chart, ChartError> {
    let path = place.prefix.trim_end_matches('/');
    let failed = |error: io::Error| unreadable(path, &error);
    let limit = u64::try_from(budget.bytes.saturating_add(OVERHEAD_BYTES)).unwrap_or(u64::MAX);
    // One reader for all: what lies in headers and between files is bounded, too.
    let mut archive = Archive::new(Bounded { inner: MultiGzDecoder::new(bytes), left: limit });
    let mut files = Vec::new();
    for entry in archive.entries().map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if let Some(file) = read_entry(entry, path, budget)? {
            files.push(file);
        }
    }
    if files.is_empty() {
        return Err(ChartError::Archive { path: path.to_owned(), problem: "there are no files in it".to_owned() });
    }
    assemble(files, place, budget)
}

/// Returns the file of an entry; nothing for a directory.
fn read_entry<R: Read>(mut entry: Entry<'_, R>, path: &str, budget: &mut Budget) -> Result<Option<ChartFile>, ChartError> {
    let raw = entry.path_bytes().into_owned();
    let name = String::from_utf8_lossy(&raw).into_owned();
    let refuse = |problem| Err(ChartError::Entry { path: path.to_owned(), entry: name.clone(), problem });
    let kind = entry.header().entry_type();
    if kind.is_dir() || name.ends_with('/') || kind.is_pax_global_extensions() {
        return Ok(None);
    }
    if !(kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse()) {
        return refuse("is a link or a device");
    }
    if std::str::from_utf8(&raw).is_err() {
        return refuse("has a name that is not UTF-8");
    }
    let within = match inner_path(&name) {
        Ok(within) => within,
        Err(problem) => return refuse(problem),
    };
    let size = usize::try_from(entry.size()).unwrap_or(usize::MAX);
    budget.take(&within, size)?;
    // The size is a claim: memory is taken as bytes arrive, and no more of them than claimed are read.
    let mut data = Vec::new();
    entry.read_to_end(&mut data).map_err(|error| unreadable(path, &error))?;
    if data.len() != size {
        return refuse("is shorter than its header says");
    }
    strip_mark(&mut data);
    Ok(Some(ChartFile { path: within, data }))
}

/// Returns the path of an entry within its chart: the first part is the chart's own directory.
fn inner_path(name: &str) -> Result<String, &'static str> {
    let delimiter = if name.contains('\\') { '\\' } else { '/' };
    let (first, rest) = name.split_once(delimiter).unwrap_or((name, ""));
    if rest.starts_with(delimiter) || rest.starts_with('/') {
        return Err("has an absolute path");
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in rest.split(delimiter).flat_map(|part| part.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.pop().is_none() => return Err("lies outside the chart"),
            ".." => {}
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    if first == "Chart.yaml" || path.is_empty() {
        return Err("lies outside the chart's directory");
    }
    if path.starts_with("..") {
        return Err("lies outside the chart");
    }
    let drive = path.as_bytes();
    if matches!(drive, [letter, b':', b'/', ..] if letter.is_ascii_alphabetic()) {
        return Err("has an absolute path");
    }
    Ok(path)
}

fn unreadable(path: &str, error: &io::Error) -> ChartError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<PastTheBound>()) {
        Some(PastTheBound) => ChartError::TooLarge { limit: CHART_BYTES },
        None => ChartError::Archive { path: path.to_owned(), problem: error.to_string() },
    }
}

/// The archive decompresses to more than allowed.
#[derive(Debug, thiserror::Error)]
#[error("it decompresses to more than allowed")]
struct PastTheBound;

/// A reader that fails past its bound instead of ending there.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let bytes = u64::try_from(read).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(bytes).ok_or_else(|| io::Error::other(PastTheBound))?;
        Ok(read)
    }
}
