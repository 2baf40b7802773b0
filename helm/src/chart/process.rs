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

use super::{Chart, ChartKind, Metadata};
use crate::meter;
use crate::provenance::{LeafId, Leaves};
use crate::semver::satisfies;
use crate::value::{Data, Map, Value};
use crate::values::coalesce::{ChartValues, CoalesceError, Skipped, coalesce};
use crate::values::from_file;

/// Charts of one render, aliases counted apart: the largest public umbrella charts have some 100; each is merged with its parents.
pub const RENDERED_CHARTS: usize = 300;

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
            Self::DefaultsAreNoMapping { .. } | Self::ImportTooDeep { .. } | Self::TooManyCharts { .. } => None,
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
pub fn process<'a>(chart: &'a Chart, given: &Map, leaf: &mut DefaultLeaf<'_>) -> Result<Resolved<'a>, ProcessError> {
    if chart.metadata.chart_kind() == ChartKind::Library {
        return Err(ProcessError::Library);
    }
    missing_dependencies(chart)?;
    let mut root = Draft::of(chart, &mut Allowance { left: RENDERED_CHARTS }, leaf)?;
    let removed_by = enable::enable(&mut root, given)?;
    import::import(&mut root)?;
    let coalesced = coalesce(&root.chart_values(), given)?;
    let path = root.metadata.name.clone();
    Ok(Resolved { root: root.finish(path, coalesced.values), skipped: coalesced.skipped, removed_by })
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
    subcharts: Vec<Draft<'a>>,
}

impl<'a> Draft<'a> {
    /// Returns the draft of a chart with everything below it.
    fn of(chart: &'a Chart, allowance: &mut Allowance, leaf: &mut DefaultLeaf<'_>) -> Result<Self, ProcessError> {
        allowance.take(1)?;
        let file = &chart.values_path;
        let defaults = from_file(&chart.values, &mut |node| leaf(file, node))
            .map_err(|error| ProcessError::DefaultsAreNoMapping { file: file.clone(), at: error.span.start })?;
        meter::check().map_err(CoalesceError::from)?;
        let subcharts = chart.dependencies.iter().map(|sub| Self::of(sub, allowance, leaf)).collect::<Result<_, _>>()?;
        Ok(Self {
            chart,
            metadata: chart.metadata.clone(),
            defaults: table(&defaults).unwrap_or_default(),
            decided_by: Leaves::NONE,
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
    fn finish(self, path: String, values: Map) -> Processed<'a> {
        let below = |sub: Draft<'a>| {
            let path = format!("{path}/charts/{}", sub.metadata.name);
            // Helm looks subcharts up by a path: one with a dot in its name sees no values.
            let own = table_at(&values, &sub.metadata.name).unwrap_or_default();
            sub.finish(path, own)
        };
        let subcharts = self.subcharts.into_iter().map(below).collect();
        Processed { chart: self.chart, metadata: self.metadata, path, values, decided_by: self.decided_by, subcharts }
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
