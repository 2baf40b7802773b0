//! What objects are to Go's reflection: maps, lists, structs with their fields in order.
//!
//! # Source
//! helm v4.3.1 `pkg/chart/common/capabilities.go`, `internal/version/version.go`, `pkg/engine/files.go`; Masterminds/semver `version.go`.

use crate::value::{Data, Map, Object, ObjectKind, Value};

/// A Go value that is no scalar.
pub(crate) enum Layout {
    /// A map.
    Map(Map),
    /// A slice of strings.
    List(Vec<Value>),
    /// A struct: names and values, in Go's order.
    Struct(Vec<(&'static str, Value)>),
    /// A pointer to one.
    Pointer(Vec<(&'static str, Value)>),
}

/// Fields of `common.KubeVersion` besides the one that templates do not see.
const KUBE_VERSION: [&str; 3] = ["Version", "Major", "Minor"];
/// Fields of `version.BuildInfo`.
const BUILD_INFO: [&str; 5] = ["Version", "GitCommit", "GitTreeState", "GoVersion", "KubeClientVersion"];
/// Fields of `common.Capabilities`.
const CAPABILITIES: [&str; 3] = ["KubeVersion", "APIVersions", "HelmVersion"];

/// Fields of `semver.Version`, and the methods that return them.
const VERSION: [&str; 6] = ["major", "minor", "patch", "pre", "metadata", "original"];
const VERSION_METHODS: [&str; 6] = ["Major", "Minor", "Patch", "Prerelease", "Metadata", "Original"];

/// Returns what an object is made of; nothing for times and numbers, and for structs whose order of fields is not known.
pub(crate) fn layout(object: &Object) -> Option<Layout> {
    match &object.kind {
        ObjectKind::Values | ObjectKind::Files(_) => Some(Layout::Map(object.fields.clone())),
        ObjectKind::VersionSet(versions) => Some(Layout::List(versions.iter().map(|version| Value::string(version)).collect())),
        ObjectKind::KubeVersion(normalized) => {
            let mut fields = fields(object, &KUBE_VERSION);
            fields.insert(1.min(fields.len()), ("normalizedVersion", Value::string(normalized)));
            Some(Layout::Struct(fields))
        }
        ObjectKind::Struct("version.BuildInfo") => Some(Layout::Struct(fields(object, &BUILD_INFO))),
        ObjectKind::Struct(name) if name.ends_with(".Capabilities") => Some(Layout::Pointer(fields(object, &CAPABILITIES))),
        ObjectKind::Certificate => Some(Layout::Struct(fields(object, &["Cert", "Key"]))),
        ObjectKind::Semver(_) => Some(Layout::Pointer(
            VERSION.iter().zip(fields(object, &VERSION_METHODS)).map(|(name, (_, value))| (*name, value)).collect(),
        )),
        ObjectKind::Struct(_) | ObjectKind::Time { .. } | ObjectKind::Duration(_) | ObjectKind::Number(..) => None,
    }
}

/// A field of a struct that documents may show.
pub(crate) struct Field {
    /// Its name in Go.
    pub(crate) name: &'static str,
    /// Its name in JSON.
    pub(crate) json: &'static str,
    /// Its value.
    pub(crate) value: Value,
}

impl Field {
    /// Says whether JSON leaves it out: its type asks for that where it is empty.
    pub(crate) fn is_left_out(&self) -> bool {
        let empty = matches!(&self.value.data, Data::String(text) if text.as_bytes().is_empty());
        empty && self.json != self.name && self.json != "kube_client_version"
    }
}

/// Returns the fields of a struct that documents show; nothing for what is no struct, or one whose order of fields is not known.
pub(crate) fn exported(object: &Object) -> Option<Vec<Field>> {
    let (Layout::Struct(fields) | Layout::Pointer(fields)) = layout(object)? else { return None };
    let json = |name| match name {
        "GitCommit" => "git_commit",
        "GitTreeState" => "git_tree_state",
        "GoVersion" => "go_version",
        "KubeClientVersion" => "kube_client_version",
        "Version" if matches!(object.kind, ObjectKind::Struct(_)) => "version",
        name => name,
    };
    let shown = fields.into_iter().filter(|(name, _)| *name != "normalizedVersion");
    Some(shown.map(|(name, value)| Field { name, json: json(name), value }).collect())
}

/// Returns those of the named fields an object has.
fn fields(object: &Object, names: &[&'static str]) -> Vec<(&'static str, Value)> {
    names.iter().filter_map(|name| object.fields.get(name.as_bytes()).map(|value| (*name, value))).collect()
}
