//! `.Chart`: a map with Go's names of fields, as in Helm 4, or a struct, as in Helm 3.

mod structure;

use crate::chart::process::Processed;
use crate::chart::{Dependency, Import, Maintainer};
use crate::profile::Profile;
use crate::value::{Data, Element, List, Map, Value};

/// Returns the metadata of a chart as templates see it.
///
/// # Source
/// helm `pkg/engine/engine.go`, `recAllTpls`.
pub(super) fn to_value(chart: &Processed<'_>, profile: Profile) -> Value {
    if profile.has_chart_as_map() { as_map(chart) } else { structure::to_value(chart) }
}

/// Says whether a chart is the one that was asked for.
fn is_root(chart: &Processed<'_>) -> Value {
    Value::plain(Data::Bool(!chart.path.contains('/')))
}

fn annotations(chart: &Processed<'_>) -> Value {
    let annotations = &chart.metadata.annotations;
    let map = if annotations.is_empty() { Map::nil() } else { Map::new() };
    for (name, text) in annotations {
        map.insert(name.as_bytes(), Value::string(text));
    }
    Value::plain(Data::Map(map, Element::String))
}

/// # Source
/// helm `pkg/chart/common.go`, `MetadataAsMap`, `structToMap`.
fn as_map(chart: &Processed<'_>) -> Value {
    let metadata = &chart.metadata;
    let dependencies = metadata.dependencies.iter().flatten().map(dependency).collect();
    record([
        ("Name", Value::string(&metadata.name)),
        ("Home", Value::string(&metadata.home)),
        ("Sources", strings(&metadata.sources)),
        ("Version", Value::string(&metadata.version)),
        ("Description", Value::string(&metadata.description)),
        ("Keywords", strings(&metadata.keywords)),
        ("Maintainers", Value::list(metadata.maintainers.iter().map(maintainer).collect())),
        ("Icon", Value::string(&metadata.icon)),
        ("APIVersion", Value::string(&metadata.api_version)),
        ("Condition", Value::string(&metadata.condition)),
        ("Tags", Value::string(&metadata.tags)),
        ("AppVersion", Value::string(&metadata.app_version)),
        ("Deprecated", Value::plain(Data::Bool(metadata.deprecated))),
        ("Annotations", annotations(chart)),
        ("KubeVersion", Value::string(&metadata.kube_version)),
        ("Dependencies", Value::list(dependencies)),
        ("Type", Value::string(&metadata.kind)),
        ("IsRoot", is_root(chart)),
    ])
}

fn maintainer(maintainer: &Maintainer) -> Value {
    record([
        ("Name", Value::string(&maintainer.name)),
        ("Email", Value::string(&maintainer.email)),
        ("URL", Value::string(&maintainer.url)),
    ])
}

fn dependency(dependency: &Dependency) -> Value {
    record([
        ("Name", Value::string(&dependency.name)),
        ("Version", Value::string(&dependency.version)),
        ("Repository", Value::string(&dependency.repository)),
        ("Condition", Value::string(&dependency.condition)),
        ("Tags", strings(&dependency.tags)),
        ("Enabled", Value::plain(Data::Bool(dependency.enabled))),
        ("ImportValues", Value::list(dependency.imports.iter().map(import).collect())),
        ("Alias", Value::string(&dependency.alias)),
    ])
}

fn import(import: &Import) -> Value {
    let map = Map::new();
    map.insert(b"child", Value::string(&import.child));
    map.insert(b"parent", Value::string(&import.parent));
    Value::plain(Data::Map(map, Element::String))
}

fn strings(texts: &[String]) -> Value {
    Value::plain(Data::List(List::new(texts.iter().map(|text| Value::string(text)).collect()), Element::Any))
}

fn record<const FIELDS: usize>(fields: [(&str, Value); FIELDS]) -> Value {
    let map = Map::new();
    for (name, value) in fields {
        map.insert(name.as_bytes(), value);
    }
    Value::map(map)
}
