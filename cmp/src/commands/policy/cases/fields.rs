//! Fields: the keys of one map of a case file, none of them unknown.

use std::path::Path;

use tidegate::diagnostic::{Class, Code, Diagnostic, Failure, Place};
use tidegate::nearest::nearest;
use yaml::{Entry, Node, Position, ReadOptions, Value};

use crate::commands::policy::files;

/// The keys of a map that nobody has taken yet.
pub(super) struct Fields<'a> {
    file: &'a str,
    at: Position,
    left: Vec<&'a Entry>,
}

impl<'a> Fields<'a> {
    /// Returns the keys of a map.
    pub(super) fn of(file: &'a str, node: &'a Node) -> Result<Self, Failure> {
        match &node.value {
            Value::Mapping(entries) => Ok(Self { file, at: node.span.start, left: entries.iter().collect() }),
            _ => Err(refused(file, node.span.start, "a map is wanted here")),
        }
    }

    /// Returns where the map begins.
    pub(super) fn at(&self) -> Position {
        self.at
    }

    /// Takes the value of a key, if it is there.
    pub(super) fn take(&mut self, key: &str) -> Option<&'a Node> {
        let place = self.left.iter().position(|entry| entry.key == key)?;
        Some(&self.left.remove(place).value)
    }

    /// Takes the value of a key that must be there.
    pub(super) fn needed(&mut self, key: &str) -> Result<&'a Node, Failure> {
        let (file, at) = (self.file, self.at);
        self.take(key).ok_or_else(|| refused(file, at, &format!("`{key}` is missing")))
    }

    /// Returns all that is left.
    pub(super) fn entries(self) -> Vec<&'a Entry> {
        self.left
    }

    /// Refuses a map that has other keys than these.
    pub(super) fn only(self, known: &[&str]) -> Result<Self, Failure> {
        let Some(entry) = self.left.iter().find(|entry| !known.contains(&entry.key.as_str())) else { return Ok(self) };
        let message = format!("`{}` is not known here", entry.key);
        let hint = match nearest(&entry.key, known) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("known are {}", known.join(", ")),
        };
        Err(failure(self.file, entry.key_span.start, &message, &hint))
    }
}

/// Returns the text of a node; a number is one too, for versions are written so.
pub(super) fn text(file: &str, node: &Node) -> Result<String, Failure> {
    match &node.value {
        Value::String(text) | Value::Time(text) => Ok(text.clone()),
        Value::Int(number) => Ok(number.to_string()),
        _ => Err(refused(file, node.span.start, "a text is wanted here")),
    }
}

/// Returns the whole number of a node, from 0.
pub(super) fn whole(file: &str, node: &Node) -> Result<usize, Failure> {
    match tidegate::json::tree(node).as_u64().map(usize::try_from) {
        Some(Ok(number)) => Ok(number),
        _ => Err(refused(file, node.span.start, "a number is wanted here, from 0")),
    }
}

/// Returns the items of a list.
pub(super) fn items<'a>(file: &str, node: &'a Node) -> Result<&'a [Node], Failure> {
    match &node.value {
        Value::Sequence(items) => Ok(items),
        _ => Err(refused(file, node.span.start, "a list is wanted here")),
    }
}

/// Reads the documents of a file, empty ones left out.
pub(in crate::commands::policy) fn documents(path: &Path) -> Result<Vec<Node>, Failure> {
    let file = path.display().to_string();
    let text = files::read(path)?;
    let read = yaml::read(&text, &ReadOptions::helm()).map_err(|error| {
        let hint = "mend the YAML there";
        failure(&file, error.at(), &format!("the file does not read: {error}"), hint)
    })?;
    Ok(read.into_iter().filter(|node| node.value != Value::Null).collect())
}

/// Returns the failure of a case file.
pub(super) fn refused(file: &str, at: Position, message: &str) -> Failure {
    failure(file, at, message, "docs/policy-authoring.md shows what a case has")
}

fn failure(file: &str, at: Position, message: &str, hint: &str) -> Failure {
    let place = if at == Position::default() { Place::file(file) } else { Place::at(file, at) };
    Failure::one(Class::Source, Diagnostic::error(Code::POLICY_CASES, message).at(place).hint(hint))
}
