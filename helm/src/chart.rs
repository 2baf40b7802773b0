//! Charts: from the files of a directory, or an archive, to an immutable tree of charts.
//!
//! In: [`ChartFile`]s the caller has read (refusing links), or the bytes of a `.tgz`. Out: a [`Chart`], shareable between threads.
//! Rules: files are classed as Helm 4.3 does; `.helmignore` holds for a directory only; every bound is a named constant.
//! Not here: file access, parsing of templates, what one render makes of a chart (`process`, `scope`).

mod archive;
mod decode;
mod error;
mod ignore;
mod metadata;
pub(crate) mod pattern;
pub mod process;
pub mod scope;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use yaml::{Node, ReadOptions};

use crate::profile::Profile;
use crate::values;

pub use archive::load_archive;
pub use error::{ChartError, FieldKind};
pub use metadata::{ChartKind, Dependency, Import, Maintainer, Metadata};

/// Bytes of one file of a chart: far above what a release, kept in a Secret of 1 MiB, can use, and small against a chart's own bound.
pub const FILE_BYTES: usize = 20 << 20;
/// Bytes of all files of a chart, its subcharts and what their archives hold included: the largest of public charts have 12 MiB. Helm's
/// bound for one archive is 100 MiB; templates see files besides, and all of it must stay below 256 MiB.
pub const CHART_BYTES: usize = 40 << 20;
/// Files of a chart, subcharts included: the largest public charts hold some 2,000.
pub const CHART_FILES: usize = 20_000;
/// Levels of charts in charts: public ones reach four; they are loaded, merged and walked by recursion.
pub const CHART_DEPTH: usize = 16;

/// The byte order mark Helm takes off the head of every file.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// One file of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartFile {
    /// Its path within the chart, with `/` between the parts.
    pub path: String,
    /// Its bytes.
    pub data: Vec<u8>,
}

/// A chart with its subcharts, as loaded.
#[derive(Clone, Debug)]
pub struct Chart {
    /// `Chart.yaml`, with the dependencies of a `requirements.yaml`.
    pub metadata: Metadata,
    /// The documents of `values.yaml`, as [`crate::values::from_file`] merges them in the newest helm.
    values: Vec<Node>,
    /// The same as older helms read it, where they may differ.
    values_in_older: BTreeMap<Profile, Result<Vec<Node>, ChartError>>,
    /// The path and the bytes of the largest file in the chart that was loaded; nothing in subcharts.
    largest: Option<(String, usize)>,
    /// The path of that file from the chart that was loaded, whether it is there or not.
    pub values_path: String,
    /// `values.schema.json`.
    pub schema: Option<Vec<u8>>,
    /// What lies below `templates/`, in load order.
    pub templates: Vec<ChartFile>,
    /// What has no meaning of its own, in load order: what templates reach as `.Files`, and `crds/`.
    pub files: Vec<ChartFile>,
    /// The charts below `charts/`, by the name of their directory or archive.
    pub dependencies: Vec<Chart>,
}

impl Chart {
    /// Returns the documents of `values.yaml` that count.
    ///
    /// # Errors
    /// [`ChartError`] where only the helm of this profile cannot read them; what the newest cannot read does not load.
    pub fn values(&self, profile: Profile) -> Result<&[Node], &ChartError> {
        self.values_in_older.get(&profile).map_or(Ok(&self.values), |values| values.as_deref())
    }

    /// Checks that the helm of a profile takes files as large as the chart's; what is too large for the newest does not load.
    ///
    /// # Errors
    /// [`ChartError::FileTooLarge`].
    pub fn check_files(&self, profile: Profile) -> Result<(), ChartError> {
        let too_large = self.largest.as_ref().zip(profile.chart_file_bytes()).filter(|((_, bytes), limit)| bytes > limit);
        too_large.map_or(Ok(()), |((path, _), limit)| Err(ChartError::FileTooLarge { path: path.clone(), limit }))
    }

    /// Returns the manifests below `crds/`, in load order.
    ///
    /// # Source
    /// helm `pkg/chart/v2/chart.go`, `CRDObjects`.
    pub fn crds(&self) -> impl Iterator<Item = &ChartFile> {
        self.files.iter().filter(|file| file.path.starts_with("crds/") && is_manifest(&file.path))
    }
}

/// Says whether the name of a file ends as manifests do.
fn is_manifest(path: &str) -> bool {
    let extension = extension(path);
    [".yaml", ".yml", ".json"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// Returns what follows the last dot of the last part of a path, with the dot; Go's `filepath.Ext`.
fn extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rfind('.').and_then(|dot| name.get(dot..)).unwrap_or("")
}

/// Returns the chart whose directory holds `files`, in any order.
///
/// # Errors
/// [`ChartError`] for files that are no chart, past a bound, or in a form Helm refuses.
///
/// # Source
/// helm `pkg/chart/v2/loader/directory.go`, `LoadDir`.
pub fn load(files: Vec<ChartFile>) -> Result<Chart, ChartError> {
    let rules = match files.iter().find(|file| file.path == ignore::FILE) {
        Some(file) => ignore::Rules::parse(&file.data)?,
        None => ignore::Rules::built_in(),
    };
    let mut kept: Vec<ChartFile> = files.into_iter().filter(|file| !rules.ignore(&file.path)).collect();
    // Helm walks directory by directory, each in the order of its names.
    kept.sort_by(|a, b| a.path.split('/').cmp(b.path.split('/')));
    let mut budget = Budget::default();
    for file in &mut kept {
        budget.take(&file.path, file.data.len())?;
        strip_mark(&mut file.data);
    }
    let chart = assemble(kept, &Place::root(), &mut budget)?;
    Ok(Chart { largest: budget.largest, ..chart })
}

/// Takes a byte order mark off the head of a file.
fn strip_mark(data: &mut Vec<u8>) {
    if data.starts_with(BYTE_ORDER_MARK) {
        data.drain(..BYTE_ORDER_MARK.len());
    }
}

/// What may still be loaded.
#[derive(Debug)]
struct Budget {
    bytes: usize,
    files: usize,
    /// The largest file so far.
    largest: Option<(String, usize)>,
}

impl Default for Budget {
    fn default() -> Self {
        Self { bytes: CHART_BYTES, files: CHART_FILES, largest: None }
    }
}

impl Budget {
    /// Accounts for one file.
    fn take(&mut self, path: &str, bytes: usize) -> Result<(), ChartError> {
        if bytes > FILE_BYTES {
            return Err(ChartError::FileTooLarge { path: path.to_owned(), limit: FILE_BYTES });
        }
        if self.largest.as_ref().is_none_or(|(_, largest)| bytes > *largest) {
            self.largest = Some((path.to_owned(), bytes));
        }
        self.files = self.files.checked_sub(1).ok_or(ChartError::TooManyFiles { limit: CHART_FILES })?;
        self.bytes = self.bytes.checked_sub(bytes).ok_or(ChartError::TooLarge { limit: CHART_BYTES })?;
        Ok(())
    }
}

/// Where a chart lies in the one that is loaded.
#[derive(Debug)]
struct Place {
    /// The path to its directory or archive, with a `/` at the end; empty for the chart itself.
    prefix: String,
    /// Charts above it.
    depth: usize,
}

impl Place {
    fn root() -> Self {
        Self { prefix: String::new(), depth: 0 }
    }

    /// Returns the place of a subchart by its entry below `charts/`.
    fn below(&self, entry: &str) -> Result<Self, ChartError> {
        let prefix = format!("{}charts/{entry}/", self.prefix);
        if self.depth + 1 == CHART_DEPTH {
            return Err(ChartError::TooDeep { path: prefix, limit: CHART_DEPTH });
        }
        Ok(Self { prefix, depth: self.depth + 1 })
    }

    /// Returns the path of a file from the chart that is loaded.
    fn file(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }
}

/// Returns the chart made of `files`.
///
/// # Source
/// helm `pkg/chart/v2/loader/load.go`, `LoadFiles`.
fn assemble(files: Vec<ChartFile>, place: &Place, budget: &mut Budget) -> Result<Chart, ChartError> {
    let metadata = metadata::read(&files, place)?;
    let mut chart = Chart {
        metadata,
        values: Vec::new(),
        values_in_older: BTreeMap::new(),
        largest: None,
        values_path: place.file("values.yaml"),
        schema: None,
        templates: Vec::new(),
        files: Vec::new(),
        dependencies: Vec::new(),
    };
    let mut subcharts: BTreeMap<String, Vec<ChartFile>> = BTreeMap::new();
    let is_v1 = chart.metadata.api_version == metadata::API_VERSION_1;
    for file in files {
        match file.path.as_str() {
            "Chart.yaml" => {}
            "values.yaml" => {
                chart.values = read_values(&file, place, Profile::default())?;
                let is_plain = chart.values.len() == 1 && file.data.ends_with(b"\n");
                let older = Profile::ALL.into_iter().filter(|profile| !is_plain && *profile < Profile::default());
                chart.values_in_older = older.map(|profile| (profile, read_values(&file, place, profile))).collect();
            }
            "values.schema.json" => chart.schema = Some(file.data),
            "Chart.lock" => drop(read_first(&file, place)?),
            "requirements.lock" => {
                read_first(&file, place)?;
                if is_v1 {
                    chart.files.push(file);
                }
            }
            "requirements.yaml" if !is_v1 => {}
            path if path.starts_with("templates/") => chart.templates.push(file),
            path => match path.strip_prefix("charts/") {
                Some(below) if extension(below) != ".prov" => {
                    let entry = below.split('/').next().unwrap_or(below).to_owned();
                    let path = below.to_owned();
                    subcharts.entry(entry).or_default().push(ChartFile { path, data: file.data });
                }
                Some(_) | None => chart.files.push(file),
            },
        }
    }
    for (entry, files) in subcharts {
        chart.dependencies.extend(subchart(&entry, files, place, budget)?);
    }
    Ok(chart)
}

/// Returns the subchart that `entry` below `charts/` holds, if it holds one.
fn subchart(entry: &str, files: Vec<ChartFile>, place: &Place, budget: &mut Budget) -> Result<Option<Chart>, ChartError> {
    if entry.starts_with(['_', '.']) {
        return Ok(None);
    }
    let place = place.below(entry)?;
    if extension(entry) == ".tgz" {
        let archive = files.into_iter().next().filter(|file| file.path == entry);
        let archive = archive.ok_or_else(|| ChartError::ArchiveIsADirectory { path: place.prefix.clone() })?;
        return archive::unpack(&archive.data, &place, budget).map(Some);
    }
    let within: Vec<ChartFile> = files
        .into_iter()
        .filter_map(|file| {
            file.path.split_once('/').map(|(_, path)| path.to_owned()).map(|path| ChartFile { path, data: file.data })
        })
        .collect();
    assemble(within, &place, budget).map(Some)
}

/// Returns the documents of a values file.
///
/// # Source
/// helm `pkg/chart/v2/loader/load.go`, `LoadValues`.
fn read_values(file: &ChartFile, place: &Place, profile: Profile) -> Result<Vec<Node>, ChartError> {
    let documents = values::read(&file.data, profile).map_err(|source| syntax(file, place, source))?;
    let stray = documents.iter().find(|node| !matches!(node.value, yaml::Value::Mapping(_) | yaml::Value::Null));
    match stray {
        Some(node) => Err(ChartError::ValuesAreNoMapping { file: place.file(&file.path), at: node.span.start }),
        None => Ok(documents),
    }
}

/// Returns the first document of a file, as `yaml.Unmarshal` sees no other.
fn read_first(file: &ChartFile, place: &Place) -> Result<Option<Node>, ChartError> {
    let document = yaml::read_first(&file.data, &ReadOptions::helm()).map_err(|source| syntax(file, place, source))?;
    Ok(document.map(|document| document.root))
}

fn syntax(file: &ChartFile, place: &Place, source: yaml::ReadError) -> ChartError {
    ChartError::Yaml { file: place.file(&file.path), source }
}
