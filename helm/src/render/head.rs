//! The head of a document: what Helm has to know of it to put it in its place.
//!
//! In: a document's text. Out: its kind and its hook annotation. Rules: the first YAML document in the text counts, typed as Go's
//! decoder types it; fields match without regard to case.
//! Not here: the objects themselves, which others read.

mod outlined;

use yaml::{Node, Position, ReadError, ReadOptions, Value};

/// The annotation that makes a document a hook.
const HOOK: &str = "helm.sh/hook";

/// What a document says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// `kind`; empty where there is none.
    pub(super) kind: String,
    /// The annotation `helm.sh/hook`.
    pub(super) hook: Option<String>,
}

/// Why a document has no head.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeadError {
    /// It is not YAML.
    #[error(transparent)]
    Yaml(#[from] ReadError),
    /// A field holds what it cannot.
    #[error("{} must be {wanted}", named(field))]
    Field {
        /// The field; empty for the document.
        field: &'static str,
        /// What it takes.
        wanted: &'static str,
        /// Where its value is written in the document.
        at: Position,
    },
}

fn named(field: &str) -> String {
    if field.is_empty() { "the document".to_owned() } else { format!("`{field}`") }
}

impl HeadError {
    /// Returns the place in the document.
    #[must_use]
    pub fn at(&self) -> Position {
        match self {
            Self::Yaml(error) => error.at(),
            Self::Field { at, .. } => *at,
        }
    }
}

/// Returns the head of a document; an empty one of comments.
///
/// # Errors
/// [`HeadError`] where Helm fails with `YAML parse error on`.
///
/// # Source
/// helm `pkg/release/v1/util/manifest.go`, `SimpleHead`; `manifest_sorter.go`, `sort`.
pub(super) fn read(text: &[u8]) -> Result<Head, HeadError> {
    outlined::read(text).map_or_else(|| of_tree(text), Ok)
}

fn of_tree(text: &[u8]) -> Result<Head, HeadError> {
    let mut head = Head::default();
    let Some(document) = yaml::read_first(text, &ReadOptions::helm())? else { return Ok(head) };
    for (key, value) in entries("", &document.root)? {
        match key.as_str() {
            "apiversion" => drop(text_of("apiVersion", value)?),
            "kind" => head.kind = text_of("kind", value)?.unwrap_or(head.kind),
            "metadata" => {
                for (key, value) in entries("metadata", value)? {
                    match key.as_str() {
                        "name" => drop(text_of("metadata.name", value)?),
                        "annotations" => head.hook = hook(value)?.or(head.hook),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    Ok(head)
}

/// Returns the hook annotation. Each annotation has to be a scalar.
fn hook(annotations: &Node) -> Result<Option<String>, HeadError> {
    const FIELD: &str = "metadata.annotations";
    let mut hook = None;
    match &annotations.value {
        Value::Null => {}
        Value::Mapping(entries) => {
            for entry in entries {
                let text = text_of(FIELD, &entry.value)?;
                if entry.key == HOOK {
                    hook = Some(text.unwrap_or_default());
                }
            }
        }
        _ => return Err(HeadError::Field { field: FIELD, wanted: "a mapping", at: annotations.span.start }),
    }
    Ok(hook)
}

/// Returns the entries of a mapping with their keys in lower case, in the order Go decodes them; none of a null.
fn entries<'a>(field: &'static str, node: &'a Node) -> Result<Vec<(String, &'a Node)>, HeadError> {
    let mut entries: Vec<_> = match &node.value {
        Value::Null => Vec::new(),
        Value::Mapping(entries) => entries.iter().collect(),
        _ => return Err(HeadError::Field { field, wanted: "a mapping", at: node.span.start }),
    };
    entries.sort_by(|a, b| a.key.as_bytes().cmp(b.key.as_bytes()));
    Ok(entries.into_iter().map(|entry| (entry.key.to_ascii_lowercase(), &entry.value)).collect())
}

/// Returns a scalar as text; nothing for a null.
fn text_of(field: &'static str, node: &Node) -> Result<Option<String>, HeadError> {
    match &node.value {
        Value::Null => Ok(None),
        Value::String(text) | Value::Time(text) => Ok(Some(text.clone())),
        Value::Bool(on) => Ok(Some(on.to_string())),
        Value::Int(number) => Ok(Some(number.to_string())),
        Value::Float(number) => Ok(Some(crate::gofmt::shortest(*number))),
        Value::Sequence(_) | Value::Mapping(_) => Err(HeadError::Field { field, wanted: "a string", at: node.span.start }),
    }
}
