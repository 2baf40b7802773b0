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
    let mut budget = Budget::default();
    let chart = unpack(bytes, &Place::root(), &mut budget)?;
    Ok(Chart { largest: budget.largest, ..chart })
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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::chart::FILE_BYTES;

    const CHART_YAML: &[u8] = b"apiVersion: v2\nname: x\nversion: 1.0.0\n";

    fn zipped(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// Returns one entry of an archive; its name is not looked at.
    fn entry(name: &str, kind: tar::EntryType, data: &[u8]) -> Vec<u8> {
        let mut header = tar::Header::new_gnu();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(kind);
        header.set_size(data.len() as u64);
        header.set_cksum();
        let mut bytes = header.as_bytes().to_vec();
        bytes.extend_from_slice(data);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
        bytes
    }

    fn chart_with(name: &str, kind: tar::EntryType, data: &[u8]) -> Vec<u8> {
        let mut bytes = entry("x/Chart.yaml", tar::EntryType::Regular, CHART_YAML);
        bytes.extend(entry(name, kind, data));
        zipped(&bytes)
    }

    fn check(name: &str, expected: Result<&str, &str>) {
        let loaded = load_archive(&chart_with(name, tar::EntryType::Regular, b"text"));
        let got = loaded.map(|chart| chart.files.iter().map(|file| file.path.clone()).collect::<String>());
        let got = got.map_err(|error| match error {
            ChartError::Entry { problem, .. } => problem.to_owned(),
            other => other.to_string(),
        });
        assert_eq!(got.as_deref().map_err(String::as_str), expected, "`{name}`");
    }

    // Names lie within the chart's directory, or are refused.
    #[test]
    fn names_stay_within_the_chart() {
        check("x/a/b", Ok("a/b"));
        check("y/./a//b", Ok("a/b"));
        check("x\\a\\b", Ok("a/b"));
        check("x/a/../b", Ok("b"));
        check("x/../b", Err("lies outside the chart"));
        check("x/..b", Err("lies outside the chart"));
        check("x//b", Err("has an absolute path"));
        check("/x/b", Ok("x/b"));
        check("x/c:/b", Err("has an absolute path"));
        check("b", Err("lies outside the chart's directory"));
        check("Chart.yaml", Err("lies outside the chart's directory"));
    }

    // Links and devices are refused, whatever they point to; directories are passed over.
    #[test]
    fn links_are_refused() {
        for kind in [tar::EntryType::Symlink, tar::EntryType::Link, tar::EntryType::Char, tar::EntryType::Fifo] {
            let refused = load_archive(&chart_with("x/a", kind, b"")).unwrap_err();
            assert!(refused.to_string().ends_with("is a link or a device"), "{refused}");
        }
        assert!(load_archive(&chart_with("x/a", tar::EntryType::Directory, b"")).is_ok());
    }

    // What is no archive, is cut short or holds nothing is refused.
    #[test]
    fn broken_archives_are_refused() {
        let whole = chart_with("x/a", tar::EntryType::Regular, b"text");
        assert!(load_archive(&whole).is_ok());
        assert!(load_archive(&whole[..whole.len() / 2]).is_err());
        assert!(load_archive(b"name: x").is_err());
        assert!(load_archive(&zipped(&[])).is_err());
    }

    // A small archive that grows past the bounds is refused, whether its files are large or many; one at the bound is not.
    #[test]
    fn growth_is_bounded() {
        let at_bound = vec![0; FILE_BYTES];
        assert!(load_archive(&chart_with("x/a", tar::EntryType::Regular, &at_bound)).is_ok());
        let past = load_archive(&chart_with("x/a", tar::EntryType::Regular, &vec![0; FILE_BYTES + 1])).unwrap_err();
        assert_eq!(past, ChartError::FileTooLarge { path: "a".to_owned(), limit: FILE_BYTES });
        let mut many = entry("x/Chart.yaml", tar::EntryType::Regular, CHART_YAML);
        (0..6).for_each(|index| many.extend(entry(&format!("x/{index}"), tar::EntryType::Regular, &at_bound)));
        assert_eq!(load_archive(&zipped(&many)).unwrap_err(), ChartError::TooLarge { limit: CHART_BYTES });
    }

    // Bytes that are in no file count, too.
    #[test]
    fn headers_count() {
        let long_name = vec![b'a'; CHART_BYTES + OVERHEAD_BYTES];
        let refused = load_archive(&chart_with("x/a", tar::EntryType::GNULongName, &long_name)).unwrap_err();
        assert_eq!(refused, ChartError::TooLarge { limit: CHART_BYTES });
    }
}
