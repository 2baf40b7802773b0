//! Scopes: what templates see as their dot.
//!
//! In: a [`Resolved`] chart, [`Release`], [`Capabilities`]. Out: one [`RenderTemplate`] a template, in the order Helm parses and runs
//! them. Rules: what Helm shares is shared here: `.Values` of a subchart is the map in its parent's, `.Release` and `.Capabilities` are
//! the same everywhere, all templates of a chart have one dot.
//! Not here: parsing and running, the methods of the objects (`template`).

mod cluster;
mod metadata;

use std::collections::BTreeMap;
use std::rc::Rc;

use super::process::{Processed, Resolved};
use super::{ChartFile, ChartKind};
use crate::profile::Profile;
use crate::provenance::Leaves;
use crate::render::Options;
use crate::template::files_object;
use crate::value::{Data, Map, Object, ObjectKind, Text, Value};

pub use cluster::{Capabilities, IncompatibleCluster, KubeVersion, KubeVersionError, check_cluster};

/// What is done with the chart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Action {
    /// It is installed.
    #[default]
    Install,
    /// It replaces an earlier release, as with `--is-upgrade`.
    Upgrade,
}

/// The release a render is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Its revision; `helm template` says 1.
    pub revision: i64,
    /// What is done.
    pub action: Action,
}

/// A template with its dot.
#[derive(Clone, Debug)]
pub struct RenderTemplate<'a> {
    /// `parent/charts/x/templates/y.yaml`.
    pub name: String,
    /// Its text.
    pub text: &'a [u8],
    /// The name up to `templates`.
    base_path: String,
    /// The entries of its dot, one map for all templates of a chart.
    dot: Map,
    profile: Profile,
    /// What its chart's taking part depends on.
    pub decided_by: Leaves,
}

impl RenderTemplate<'_> {
    /// Says whether it only holds what others include: it is parsed, but not run.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        is_partial(&self.name)
    }

    /// Returns its dot, in which `.Template` now speaks of it.
    ///
    /// # Source
    /// helm `pkg/engine/engine.go`, `render`.
    #[must_use]
    pub fn dot(&self) -> Value {
        let template = Map::new();
        template.insert(b"Name", Value::string(&self.name));
        template.insert(b"BasePath", Value::string(&self.base_path));
        self.dot.insert(b"Template", values_object(template, self.profile));
        values_object(self.dot.clone(), self.profile)
    }
}

/// Returns the templates of a chart and its subcharts in the order Helm parses and runs them: the deepest path first, backwards by name
/// within a depth.
///
/// # Source
/// helm `pkg/engine/engine.go`, `allTemplates`, `recAllTpls`, `sortTemplates`.
#[must_use]
pub fn templates<'a>(resolved: &Resolved<'a>, options: &Options) -> Vec<RenderTemplate<'a>> {
    let capabilities = options.capabilities.to_value(options.profile);
    let shared = Shared { profile: options.profile, release: release_map(&options.release), capabilities };
    let mut found = BTreeMap::new();
    shared.chart(&resolved.root, &Leaves::NONE, &mut found);
    let mut templates: Vec<_> = found.into_values().collect();
    templates.sort_by(|a, b| (depth(&b.name), b.name.as_bytes()).cmp(&(depth(&a.name), a.name.as_bytes())));
    templates
}

fn depth(name: &str) -> usize {
    name.bytes().filter(|byte| *byte == b'/').count()
}

fn is_partial(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|base| base.starts_with('_'))
}

/// What is the same for all charts.
struct Shared {
    profile: Profile,
    release: Value,
    capabilities: Value,
}

impl Shared {
    /// Adds the templates of a chart and those below it; returns the entries of the chart's dot. Of two templates with one name the
    /// later counts.
    fn chart<'a>(&self, chart: &Processed<'a>, above: &Leaves, found: &mut BTreeMap<String, RenderTemplate<'a>>) -> Map {
        let decided_by = above.union(&chart.decided_by);
        let (dot, subcharts) = (Map::new(), Map::new());
        for sub in &chart.subcharts {
            let below = self.chart(sub, &decided_by, found);
            subcharts.insert(sub.metadata.name.as_bytes(), Value::map(below));
        }
        dot.insert(b"Chart", metadata::to_value(chart, self.profile));
        dot.insert(b"Files", files(&chart.chart.files));
        dot.insert(b"Release", self.release.clone());
        dot.insert(b"Capabilities", self.capabilities.clone());
        dot.insert(b"Values", values_object(chart.values.clone(), self.profile));
        dot.insert(b"Subcharts", Value::map(subcharts));
        let is_library = chart.metadata.chart_kind() == ChartKind::Library;
        for file in chart.chart.templates.iter().filter(|file| !is_library || is_partial(&file.path)) {
            let name = format!("{}/{}", chart.path, file.path);
            let template = RenderTemplate {
                name: name.clone(),
                text: &file.data,
                base_path: format!("{}/templates", chart.path),
                dot: dot.clone(),
                profile: self.profile,
                decided_by: decided_by.clone(),
            };
            found.insert(name, template);
        }
        dot
    }
}

/// Returns `.Files`.
fn files(files: &[ChartFile]) -> Value {
    files_object(files.iter().map(|file| (file.path.clone().into_bytes(), Text::plain(&file.data))).collect())
}

fn release_map(release: &Release) -> Value {
    let map = Map::new();
    map.insert(b"Name", Value::string(&release.name));
    map.insert(b"Namespace", Value::string(&release.namespace));
    map.insert(b"Revision", Value::plain(Data::Int(release.revision)));
    map.insert(b"IsInstall", Value::plain(Data::Bool(release.action == Action::Install)));
    map.insert(b"IsUpgrade", Value::plain(Data::Bool(release.action == Action::Upgrade)));
    map.insert(b"Service", Value::string("Helm"));
    Value::map(map)
}

/// Returns a `common.Values` over `fields`, by its name in the profile.
fn values_object(fields: Map, profile: Profile) -> Value {
    object(ObjectKind::Values(profile.package()), fields)
}

fn object(kind: ObjectKind, fields: Map) -> Value {
    Value::plain(Data::Object(Rc::new(Object { kind, fields })))
}
