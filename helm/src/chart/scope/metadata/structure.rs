//! `.Chart` as Helm 3 has it: Go's structs, with the keys of `Chart.yaml` in documents.
//!
//! Rules: a field that is not there is an error; lists nobody wrote are nil, and null in JSON.
//!
//! # Source
//! Helm 3 `pkg/engine/engine.go`, `recAllTpls`; `pkg/chart/metadata.go`; `pkg/chart/dependency.go`.

use std::rc::Rc;

use super::{annotations, import, is_root};
use crate::chart::process::Processed;
use crate::chart::{Dependency, Maintainer};
use crate::value::{Data, Element, List, Map, Object, ObjectKind, StructType, Value, Written};

const METADATA_FIELDS: [&str; 17] = [
    "Name",
    "Home",
    "Sources",
    "Version",
    "Description",
    "Keywords",
    "Maintainers",
    "Icon",
    "APIVersion",
    "Condition",
    "Tags",
    "AppVersion",
    "Deprecated",
    "Annotations",
    "KubeVersion",
    "Dependencies",
    "Type",
];

/// In JSON the metadata's fields stand beside `IsRoot`; alone, they are without it.
const KEYS: [Written; 18] = [
    Written::filled("Name", "name"),
    Written::filled("Home", "home"),
    Written::filled("Sources", "sources"),
    Written::filled("Version", "version"),
    Written::filled("Description", "description"),
    Written::filled("Keywords", "keywords"),
    Written::filled("Maintainers", "maintainers"),
    Written::filled("Icon", "icon"),
    Written::filled("APIVersion", "apiVersion"),
    Written::filled("Condition", "condition"),
    Written::filled("Tags", "tags"),
    Written::filled("AppVersion", "appVersion"),
    Written::filled("Deprecated", "deprecated"),
    Written::filled("Annotations", "annotations"),
    Written::filled("KubeVersion", "kubeVersion"),
    Written::filled("Dependencies", "dependencies"),
    Written::filled("Type", "type"),
    Written::always("IsRoot", "IsRoot"),
];

static METADATA: StructType = StructType { name: "chart.Metadata", printed: &METADATA_FIELDS, written: &KEYS };

/// The struct Helm makes of it: templates reach the fields of the metadata as its own.
static CHART: StructType =
    StructType { name: "struct { chart.Metadata; IsRoot bool }", printed: &["Metadata", "IsRoot"], written: &KEYS };

static MAINTAINER: StructType = StructType {
    name: "*chart.Maintainer",
    printed: &["Name", "Email", "URL"],
    written: &[Written::filled("Name", "name"), Written::filled("Email", "email"), Written::filled("URL", "url")],
};

static DEPENDENCY: StructType = StructType {
    name: "*chart.Dependency",
    printed: &["Name", "Version", "Repository", "Condition", "Tags", "Enabled", "ImportValues", "Alias"],
    written: &[
        Written::always("Name", "name"),
        Written::filled("Version", "version"),
        Written::always("Repository", "repository"),
        Written::filled("Condition", "condition"),
        Written::filled("Tags", "tags"),
        Written::filled("Enabled", "enabled"),
        Written::filled("ImportValues", "import-values"),
        Written::filled("Alias", "alias"),
    ],
};

/// Returns the struct of a chart's metadata.
pub(super) fn to_value(chart: &Processed<'_>) -> Value {
    let fields = metadata(chart);
    let whole = metadata(chart);
    whole.insert(b"Metadata", object(&METADATA, fields));
    whole.insert(b"IsRoot", is_root(chart));
    object(&CHART, whole)
}

fn metadata(chart: &Processed<'_>) -> Map {
    let metadata = &chart.metadata;
    let maintainers = metadata.maintainers.iter().map(maintainer).collect();
    let dependencies = metadata.dependencies.iter().flatten().map(dependency).collect();
    record([
        ("Name", Value::string(&metadata.name)),
        ("Home", Value::string(&metadata.home)),
        ("Sources", strings(&metadata.sources)),
        ("Version", Value::string(&metadata.version)),
        ("Description", Value::string(&metadata.description)),
        ("Keywords", strings(&metadata.keywords)),
        ("Maintainers", list(maintainers, Element::Maintainer)),
        ("Icon", Value::string(&metadata.icon)),
        ("APIVersion", Value::string(&metadata.api_version)),
        ("Condition", Value::string(&metadata.condition)),
        ("Tags", Value::string(&metadata.tags)),
        ("AppVersion", Value::string(&metadata.app_version)),
        ("Deprecated", Value::plain(Data::Bool(metadata.deprecated))),
        ("Annotations", annotations(chart)),
        ("KubeVersion", Value::string(&metadata.kube_version)),
        ("Dependencies", list(dependencies, Element::Dependency)),
        ("Type", Value::string(&metadata.kind)),
    ])
}

fn maintainer(maintainer: &Maintainer) -> Value {
    let fields = record([
        ("Name", Value::string(&maintainer.name)),
        ("Email", Value::string(&maintainer.email)),
        ("URL", Value::string(&maintainer.url)),
    ]);
    object(&MAINTAINER, fields)
}

fn dependency(dependency: &Dependency) -> Value {
    let fields = record([
        ("Name", Value::string(&dependency.name)),
        ("Version", Value::string(&dependency.version)),
        ("Repository", Value::string(&dependency.repository)),
        ("Condition", Value::string(&dependency.condition)),
        ("Tags", strings(&dependency.tags)),
        ("Enabled", Value::plain(Data::Bool(dependency.enabled))),
        ("ImportValues", list(dependency.imports.iter().map(import).collect(), Element::Any)),
        ("Alias", Value::string(&dependency.alias)),
    ]);
    object(&DEPENDENCY, fields)
}

fn strings(texts: &[String]) -> Value {
    list(texts.iter().map(|text| Value::string(text)).collect(), Element::String)
}

/// Returns a list; nil where there is nothing in it.
fn list(items: Vec<Value>, element: Element) -> Value {
    let list = if items.is_empty() { List::nil() } else { List::new(items) };
    Value::plain(Data::List(list, element))
}

fn record<const FIELDS: usize>(fields: [(&str, Value); FIELDS]) -> Map {
    let map = Map::new();
    for (name, value) in fields {
        map.insert(name.as_bytes(), value);
    }
    map
}

fn object(kind: &'static StructType, fields: Map) -> Value {
    Value::plain(Data::Object(Rc::new(Object { kind: ObjectKind::Struct(kind), fields })))
}
