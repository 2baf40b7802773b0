//! What objects are to Go's reflection: maps, lists, structs with their fields in order.
//!
//! # Source
//! helm v4.3.1 `pkg/chart/common/capabilities.go`, `internal/version/version.go`, `pkg/engine/files.go`; Masterminds/semver `version.go`.

use crate::value::{KUBE_VERSION, Map, Object, ObjectKind, Value};

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

/// Fields of `semver.Version`, and the methods that return them.
const VERSION: [&str; 6] = ["major", "minor", "patch", "pre", "metadata", "original"];
const VERSION_METHODS: [&str; 6] = ["Major", "Minor", "Patch", "Prerelease", "Metadata", "Original"];

/// Returns what an object is made of; nothing for times and numbers.
pub(crate) fn layout(object: &Object) -> Option<Layout> {
    match &object.kind {
        ObjectKind::Values(_) | ObjectKind::Files(_) => Some(Layout::Map(object.fields.clone())),
        ObjectKind::VersionSet(_, versions) => {
            Some(Layout::List(versions.iter().map(|version| Value::string(version)).collect()))
        }
        ObjectKind::KubeVersion(_, normalized) => {
            let mut fields = fields(object, KUBE_VERSION.printed);
            fields.insert(1.min(fields.len()), ("normalizedVersion", Value::string(normalized)));
            Some(Layout::Struct(fields))
        }
        ObjectKind::Struct(structure) if structure.is_pointer() => Some(Layout::Pointer(fields(object, structure.printed))),
        ObjectKind::Struct(structure) => Some(Layout::Struct(fields(object, structure.printed))),
        ObjectKind::Certificate => Some(Layout::Struct(fields(object, &["Cert", "Key"]))),
        ObjectKind::Semver(_) => {
            let values = fields(object, &VERSION_METHODS).into_iter().map(|(_, value)| value);
            Some(Layout::Pointer(VERSION.into_iter().zip(values).collect()))
        }
        ObjectKind::Time { .. } | ObjectKind::Duration(_) | ObjectKind::Number(..) => None,
    }
}

/// Returns those of the named fields an object has.
fn fields(object: &Object, names: &[&'static str]) -> Vec<(&'static str, Value)> {
    names.iter().filter_map(|name| object.fields.get(name.as_bytes()).map(|value| (*name, value))).collect()
}
