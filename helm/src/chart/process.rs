//! Processing: which subcharts take part in a render, under which names, and the values each of them sees.
//!
//! In: a [`Chart`], the merged values of all layers. Out: a tree of [`Processed`] charts whose values are parts of one shared map.
//! Rules: as Helm: aliases and version ranges, tags, then conditions (the first boolean wins), deeper charts after their parents;
//! then imported values from the bottom up; then coalescing. The chart itself is never changed.
//! Not here: `.helmignore` and files (`chart`), schemas (`render::schema`), what templates see besides values (`scope`).
//!
//! Imported tables are copies. Helm shares them with the subchart they come from, so that there a second import into the same
//! place shows in the values of the first one's subchart, and some charts never end; here neither happens.

mod enable;
mod import;

use yaml::{Node, Position};

use super::{Chart, ChartError, ChartKind, Metadata};
use crate::meter;
use crate::profile::Profile;
use crate::provenance::{LeafId, Leaves};
use crate::semver::satisfies;
use crate::value::{Data, Map, Value};
use crate::values::coalesce::{ChartValues, CoalesceError, Skipped, coalesce};
use crate::values::from_file;

/// Charts of one render, aliases counted apart: the largest public umbrella charts have some 100; each is merged with its parents.
pub const RENDERED_CHARTS: usize = 300;

/// The versions of `Chart.yaml` Helm 4 renders.
const CHART_VERSIONS: [&str; 2] = ["v1", "v2"];

/// Asked for every leaf of a chart's own values who it is: the file's path from the chart that was loaded, and the leaf.
pub type DefaultLeaf<'a> = dyn FnMut(&str, &Node) -> Option<LeafId> + 'a;

/// A chart of one render.
#[derive(Debug)]
pub struct Processed<'a> {
    /// Its files.
    pub chart: &'a Chart,
    /// Its metadata with the alias as its name, and the dependencies that take part.
    pub metadata: Metadata,
    /// The path its templates go by: `parent/charts/name`.
    pub path: String,
    /// What its templates see as `.Values`: for a subchart the very map its parent has under its name.
    pub values: Map,
    /// What its taking part depends on: the conditions and tags that were found.
    pub decided_by: Leaves,
    /// The subcharts that take part, in Helm's order.
    pub subcharts: Vec<Processed<'a>>,
}

/// A chart and its values, ready for a render.
#[derive(Debug)]
pub struct Resolved<'a> {
    /// The chart.
    pub root: Processed<'a>,
    /// What could not be merged, in the order found.
    pub skipped: Vec<Skipped>,
    /// What the absence of subcharts depends on: the conditions and tags that switched them off.
    pub removed_by: Leaves,
}

/// Why a chart cannot be rendered.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProcessError {
    /// The chart is a library.
    #[error("library charts are not installable")]
    Library,
    /// Dependencies are declared but not there.
    #[error("found in Chart.yaml, but missing in charts/ directory: {}", names.join(", "))]
    MissingDependencies {
        /// Their names, in the order declared.
        names: Vec<String>,
    },
    /// The helm of this profile cannot read the chart.
    #[error(transparent)]
    Chart(ChartError),
    /// The chart is of a version this helm does not render.
    #[error("unsupported chart version: the apiVersion is `{version}`")]
    ChartVersion {
        /// What its `Chart.yaml` says.
        version: String,
    },
    /// The values do not fit.
    #[error(transparent)]
    Values(#[from] CoalesceError),
    /// The default values are something else than a mapping.
    #[error("the values in `{file}` at {at} are not a mapping")]
    DefaultsAreNoMapping {
        /// The file.
        file: String,
        /// Where the document begins.
        at: Position,
    },
    /// Imported values go deeper than allowed.
    #[error("values of `{dependency}` are imported more than {limit} keys deep")]
    ImportTooDeep {
        /// The dependency.
        dependency: String,
        /// The most allowed.
        limit: usize,
    },
    /// Subcharts and their aliases are too many.
    #[error("the chart and its subcharts are more than {limit}, aliases counted")]
    TooManyCharts {
        /// The most allowed.
        limit: usize,
    },
}

impl ProcessError {
    /// Returns what to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Library => Some("render a chart that depends on it"),
            Self::MissingDependencies { .. } => Some("run `helm dependency build` and commit or mount what it downloads"),
            Self::Values(CoalesceError::TooMuch) => {
                Some("values, aliases and `import-values` multiply one another; make one of them smaller")
            }
            Self::Values(_) => Some("values under a subchart's name go to that subchart and must be a mapping"),
            Self::ChartVersion { .. } => Some("write apiVersion: v2"),
            Self::Chart(_) | Self::DefaultsAreNoMapping { .. } | Self::ImportTooDeep { .. } | Self::TooManyCharts { .. } => None,
        }
    }
}

/// Returns the charts that take part in a render of `chart` with the values `given`, each with the values it sees.
///
/// `leaf` is asked who the leaves of default values are; those it does not know are not tracked.
///
/// # Errors
/// [`ProcessError`] for a chart Helm does not render with these values, and past the bound on charts.
///
/// # Source
/// helm `pkg/cmd/install.go`, `runInstall`; `pkg/chart/v2/util/dependencies.go`, `ProcessDependencies`;
/// `pkg/engine/engine.go`, `recAllTpls`.
pub fn process<'a>(
    chart: &'a Chart,
    given: &Map,
    profile: Profile,
    leaf: &mut DefaultLeaf<'_>,
) -> Result<Resolved<'a>, ProcessError> {
    chart.check_files(profile).map_err(ProcessError::Chart)?;
    let version = chart.metadata.api_version.as_str();
    if profile.knows_chart_versions() && !CHART_VERSIONS.contains(&version) {
        return Err(ProcessError::ChartVersion { version: version.to_owned() });
    }
    if chart.metadata.chart_kind() == ChartKind::Library {
        return Err(ProcessError::Library);
    }
    missing_dependencies(chart)?;
    let mut root = Draft::of(chart, profile, &mut Allowance { left: RENDERED_CHARTS }, leaf)?;
    let removed_by = enable::enable(&mut root, given, profile)?;
    import::import(&mut root, profile)?;
    let coalesced = coalesce(&root.chart_values(), given, profile)?;
    let place = Place::root(&root.metadata.name);
    Ok(Resolved { root: root.finish(place, coalesced.values, profile), skipped: coalesced.skipped, removed_by })
}

/// # Source
/// helm `pkg/action/install.go`, `CheckDependencies`.
fn missing_dependencies(chart: &Chart) -> Result<(), ProcessError> {
    let is_there = |name: &str| chart.dependencies.iter().any(|sub| sub.metadata.name == name);
    let declared = chart.metadata.dependencies.iter().flatten();
    let names: Vec<String> = declared.map(|one| &one.name).filter(|name| !is_there(name)).cloned().collect();
    if names.is_empty() { Ok(()) } else { Err(ProcessError::MissingDependencies { names }) }
}

/// How many charts a render may still have.
#[derive(Debug)]
struct Allowance {
    left: usize,
}

impl Allowance {
    fn take(&mut self, charts: usize) -> Result<(), ProcessError> {
        self.left = self.left.checked_sub(charts).ok_or(ProcessError::TooManyCharts { limit: RENDERED_CHARTS })?;
        Ok(())
    }
}

/// A chart whose subcharts are being settled.
#[derive(Clone, Debug)]
struct Draft<'a> {
    chart: &'a Chart,
    metadata: Metadata,
    /// Its own values; never changed, only replaced.
    defaults: Map,
    decided_by: Leaves,
    /// Whether it stands for a declared dependency: then Helm has made a copy of the chart that was loaded.
    origin: Origin,
    /// Whether its own dependencies were matched with the charts below it.
    state: State,
    subcharts: Vec<Draft<'a>>,
}

/// Where a draft comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// It is the chart as loaded.
    Loaded,
    /// It is a copy, by a name of its own.
    Copied,
}

/// How far a draft is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing is declared, or not yet looked at.
    Untouched,
    /// What is declared was matched with what is there.
    Matched,
}

impl<'a> Draft<'a> {
    /// Returns the draft of a chart with everything below it.
    fn of(
        chart: &'a Chart,
        profile: Profile,
        allowance: &mut Allowance,
        leaf: &mut DefaultLeaf<'_>,
    ) -> Result<Self, ProcessError> {
        allowance.take(1)?;
        let file = &chart.values_path;
        let documents = chart.values(profile).map_err(|error| ProcessError::Chart(error.clone()))?;
        let defaults = from_file(documents, &mut |node| leaf(file, node))
            .map_err(|error| ProcessError::DefaultsAreNoMapping { file: file.clone(), at: error.span.start })?;
        meter::check().map_err(CoalesceError::from)?;
        let subcharts = chart.dependencies.iter().map(|sub| Self::of(sub, profile, allowance, leaf)).collect::<Result<_, _>>()?;
        Ok(Self {
            chart,
            metadata: chart.metadata.clone(),
            defaults: table(&defaults).unwrap_or_default(),
            decided_by: Leaves::NONE,
            origin: Origin::Loaded,
            state: State::Untouched,
            subcharts,
        })
    }

    /// Returns how many charts the draft holds, itself included.
    fn charts(&self) -> usize {
        self.subcharts.iter().map(Self::charts).sum::<usize>() + 1
    }

    fn chart_values(&self) -> ChartValues {
        ChartValues {
            name: self.metadata.name.clone(),
            defaults: self.defaults.clone(),
            subcharts: self.subcharts.iter().map(Self::chart_values).collect(),
        }
    }

    /// Returns the chart as templates see it.
    fn finish(self, place: Place, values: Map, profile: Profile) -> Processed<'a> {
        let places: Vec<Place> = self.subcharts.iter().map(|sub| place.of(&self, sub, profile)).collect();
        let below = |(sub, place): (Draft<'a>, Place)| {
            // Helm looks subcharts up by a path: one with a dot in its name sees no values.
            let own = table_at(&values, &sub.metadata.name).unwrap_or_default();
            sub.finish(place, own, profile)
        };
        let subcharts = self.subcharts.into_iter().zip(places).map(below).collect();
        Processed { chart: self.chart, metadata: self.metadata, path: place.path, values, decided_by: self.decided_by, subcharts }
    }
}

/// The paths of a chart.
struct Place {
    /// The one its templates go by.
    path: String,
    /// That of the chart as loaded, which the charts below it may still point to.
    loaded: String,
    /// That of its last copy, whose own the charts below become which nobody declared.
    shared: String,
}

impl Place {
    fn root(name: &str) -> Self {
        Self { path: name.to_owned(), loaded: name.to_owned(), shared: name.to_owned() }
    }

    /// Returns the place of `sub`, one of the charts below `chart`, which is at this place.
    ///
    /// # Source
    /// Helm 3 `pkg/chart/chart.go`, `ChartFullPath`: by the parent that a chart was given last.
    fn of(&self, chart: &Draft<'_>, sub: &Draft<'_>, profile: Profile) -> Self {
        let parent = match (chart.state, sub.origin) {
            _ if profile.copies_aliased_charts() => &self.path,
            (State::Untouched, _) => &self.loaded,
            (State::Matched, Origin::Copied) => &self.path,
            (State::Matched, Origin::Loaded) => &self.shared,
        };
        let path = format!("{parent}/charts/{}", sub.metadata.name);
        let loaded = match sub.origin {
            Origin::Loaded => path.clone(),
            Origin::Copied => format!("{}/charts/{}", self.loaded, sub.chart.metadata.name),
        };
        let last = chart.subcharts.iter().rev().find(|other| std::ptr::eq(other.chart, sub.chart));
        let shared = last.map_or_else(|| path.clone(), |last| format!("{parent}/charts/{}", last.metadata.name));
        Self { path, loaded, shared }
    }
}

/// Says whether a version is in a range; what is no version, or no range, is not.
///
/// # Source
/// helm `pkg/chart/v2/util/compatible.go`, `IsCompatibleRange`.
pub(super) fn is_in_range(range: &str, version: &str) -> bool {
    satisfies(range, version).unwrap_or(false)
}

/// Returns the map a value is.
fn table(value: &Value) -> Option<Map> {
    match &value.data {
        Data::Map(map, _) => Some(map.clone()),
        _ => None,
    }
}

/// Returns the map at a path of keys with dots between.
///
/// # Source
/// helm `pkg/chart/common/values.go`, `Table`.
fn table_at(values: &Map, path: &str) -> Option<Map> {
    path.split('.').try_fold(values.clone(), |map, key| map.get(key.as_bytes()).and_then(|value| table(&value)))
}

#[cfg(test)]
mod tests;
