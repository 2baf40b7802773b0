//! Identity: what an object says it is, by the rules of Kubernetes and Argo CD.
//!
//! In: the tree of one object. Out: [`Identity`].
//! Rules: strings only where Argo CD reads strings; a name is one segment of a path.
//! Not here: whether the object may be applied (`scope`), whether two objects are one.

use yaml::{Node, Value};

/// The name of an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// As it stands.
    Given(String),
    /// The beginning of a name the cluster makes up.
    Generated(String),
}

impl Name {
    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Given(name) | Self::Generated(name) => name,
        }
    }
}

/// Whether Argo CD applies an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// With every sync.
    Always,
    /// As a hook, in a phase of the sync.
    Hook,
    /// Never: it is skipped, or a hook of a phase Argo CD's sync does not have (deletion, rollback, tests).
    Never,
}

/// What an object says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub api_version: String,
    pub kind: String,
    pub name: Name,
    pub namespace: Option<String>,
    pub applied: Applied,
}

/// What is wrong with an object's identity: the field, and what it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    pub pointer: &'static str,
    pub rule: &'static str,
}

/// Returns what stands below a key of a mapping.
pub(crate) fn member<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    match &node.value {
        Value::Mapping(entries) => entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value),
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::Time(_)
        | Value::Sequence(_) => None,
    }
}

/// Returns the text of a string.
pub(crate) fn text(node: &Node) -> Option<&str> {
    match &node.value {
        Value::String(text) => Some(text),
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Time(_)
        | Value::Sequence(_)
        | Value::Mapping(_) => None,
    }
}

/// Returns a string that is not empty; nothing where it is absent, null or empty.
fn string<'a>(parent: &'a Node, key: &str, flaw: Flaw) -> Result<Option<&'a str>, Flaw> {
    match member(parent, key) {
        None => Ok(None),
        Some(node) if node.value == Value::Null => Ok(None),
        Some(node) => text(node).map(|text| (!text.is_empty()).then_some(text)).ok_or(flaw),
    }
}

/// Returns what `object` says it is.
///
/// # Source
/// apimachinery `unstructured.go` (`GetName`, `GetNamespace`, `GetAnnotations`) and `api/validation/path/name.go`.
pub(super) fn of(object: &Node) -> Result<Identity, Flaw> {
    let api_version = Flaw { pointer: "/apiVersion", rule: "must be `version` or `group/version`" };
    let kind = Flaw { pointer: "/kind", rule: "must be a word of letters and digits" };
    let metadata = Flaw { pointer: "/metadata", rule: "must be a mapping" };
    let name = Flaw { pointer: "/metadata/name", rule: "must be a string, here or in `generateName`" };
    let segment =
        Flaw { pointer: "/metadata/name", rule: "must be neither `.` nor `..` and hold no `/`, `%` or control character" };
    let namespace = Flaw { pointer: "/metadata/namespace", rule: "must be a string of lower-case letters, digits and `-`" };
    let found_version = string(object, "apiVersion", api_version)?.filter(|text| is_api_version(text)).ok_or(api_version)?;
    let found_kind = string(object, "kind", kind)?;
    let found_kind = found_kind.filter(|text| text.bytes().all(|byte| byte.is_ascii_alphanumeric())).ok_or(kind)?;
    let part = member(object, "metadata").filter(|node| matches!(node.value, Value::Mapping(_))).ok_or(metadata)?;
    let found_name = match (string(part, "name", name)?, string(part, "generateName", name)?) {
        (Some(given), _) => Name::Given(given.to_owned()),
        (None, Some(start)) => Name::Generated(start.to_owned()),
        (None, None) => return Err(name),
    };
    if !is_segment(found_name.as_str()) {
        return Err(segment);
    }
    let found_namespace = string(part, "namespace", namespace)?;
    if found_namespace.is_some_and(|text| !text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))) {
        return Err(namespace);
    }
    all_strings(part, "labels", Flaw { pointer: "/metadata/labels", rule: "must be a mapping of strings" })?;
    all_strings(part, "annotations", Flaw { pointer: "/metadata/annotations", rule: "must be a mapping of strings" })?;
    Ok(Identity {
        api_version: found_version.to_owned(),
        kind: found_kind.to_owned(),
        name: found_name,
        namespace: found_namespace.map(str::to_owned),
        applied: applied(part),
    })
}

fn is_api_version(text: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    match text.split_once('/') {
        Some((group, version)) => is_part(group) && is_part(version),
        None => is_part(text),
    }
}

fn is_segment(name: &str) -> bool {
    name != "." && name != ".." && !name.contains(|character: char| character.is_control() || "/%".contains(character))
}

/// A single value that is no string makes Argo CD see none of them, hooks included.
fn all_strings(metadata: &Node, key: &str, flaw: Flaw) -> Result<(), Flaw> {
    match member(metadata, key).map(|node| &node.value) {
        None | Some(Value::Null) => Ok(()),
        Some(Value::Mapping(entries)) => {
            let fine = entries.iter().all(|entry| matches!(entry.value.value, Value::String(_) | Value::Null));
            if fine { Ok(()) } else { Err(flaw) }
        }
        Some(_) => Err(flaw),
    }
}

/// Says whether Argo CD applies an object with these annotations.
///
/// # Source
/// gitops-engine `sync/hook/hook.go` (`IsHook`, `Skip`, `Types`), `sync/hook/helm/{hook,type}.go`.
fn applied(metadata: &Node) -> Applied {
    let annotation =
        |key| member(metadata, "annotations").and_then(|node| member(node, key)).map(|node| text(node).unwrap_or(""));
    let (argo, helm) = (annotation("argocd.argoproj.io/hook"), annotation("helm.sh/hook"));
    let mut phases: Vec<&str> = list(argo, &["PreSync", "Sync", "PostSync", "SyncFail", "Skip"]);
    if phases.is_empty() {
        phases = list(helm, &["pre-install", "pre-upgrade", "post-install", "post-upgrade"]);
    }
    let skipped = !phases.is_empty() && phases.iter().all(|phase| *phase == "Skip");
    let is_hook = if argo.is_some() { !skipped } else { helm.is_some_and(|kind| kind != "crd-install") };
    match (is_hook, phases.is_empty()) {
        (_, _) if skipped => Applied::Never,
        (false, _) => Applied::Always,
        (true, false) => Applied::Hook,
        (true, true) => Applied::Never,
    }
}

/// Returns the known words of a comma-separated list.
fn list<'a>(annotation: Option<&'a str>, known: &[&str]) -> Vec<&'a str> {
    annotation.unwrap_or("").split(',').map(str::trim).filter(|word| known.contains(word)).collect()
}
