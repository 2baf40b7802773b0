//! `fromYaml` and `fromYamlArray`.
//!
//! Rules: a mark wholly inside the quotes of a scalar, or below the header of a block scalar, stays with that scalar. A mark anywhere
//! else could have made other keys, another nesting, another type: then all of the result derives from it.

use yaml::{Limits, Node, ReadError, ReadOptions};

use crate::functions::document::derive_deep;
use crate::functions::{Environment, FunctionError};
use crate::provenance::{Flow, Leaves, Mark};
use crate::value::{Data, Map, Text, Value};
use crate::values;

/// Nodes of one text, aliases expanded: as nodes and as values they take some 250 bytes each.
pub(super) const NODES: usize = 200_000;

/// What a caller wants at the root.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Root {
    Map,
    List,
}

impl Root {
    fn go_type(self) -> &'static str {
        match self {
            Self::Map => "map[string]interface {}",
            Self::List => "[]interface {}",
        }
    }

    fn empty(self) -> Value {
        match self {
            Self::Map => Value::map(Map::new()),
            Self::List => Value::list(Vec::new()),
        }
    }

    /// Returns what Helm hands back for an error.
    fn error(self, message: &str) -> Value {
        match self {
            Self::Map => {
                let map = Map::new();
                map.insert(b"Error", Value::string(message));
                Value::map(map)
            }
            Self::List => Value::list(vec![Value::string(message)]),
        }
    }
}

pub(super) fn from_yaml(_: &mut Environment<'_>, values: &[Value]) -> Result<Value, FunctionError> {
    read(values, Root::Map)
}

pub(super) fn from_yaml_array(_: &mut Environment<'_>, values: &[Value]) -> Result<Value, FunctionError> {
    read(values, Root::List)
}

fn read(values: &[Value], root: Root) -> Result<Value, FunctionError> {
    let Some(Value { data: Data::String(text), leaves, .. }) = values.first() else { return Ok(root.empty()) };
    let everything = text.marks().leaves();
    // A string that is a leaf itself has the same leaf on the value; a string that was chosen has more.
    let chosen = if leaves.as_slice().iter().all(|leaf| everything.as_slice().contains(leaf)) { &Leaves::NONE } else { leaves };
    let limits = Limits { nodes: NODES, ..Limits::default() };
    let options = ReadOptions { limits, ..ReadOptions::helm() };
    let document = match yaml::read_first(text.as_bytes(), &options) {
        Ok(document) => document,
        Err(error) => return Ok(derive_deep(&root.error(&message(&error, text)?), &everything.union(chosen))),
    };
    let Some(document) = document else { return Ok(derive_deep(&root.empty(), &everything.union(chosen))) };
    let scalars = Scalars::of(text, &document.root);
    let value = match (root, &document.root.value) {
        (_, yaml::Value::Null) => root.empty(),
        (Root::Map, yaml::Value::Mapping(_)) | (Root::List, yaml::Value::Sequence(_)) => scalars.value(&document.root),
        (_, other) => root.error(&format!(
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go value of type {}",
            kind(other),
            root.go_type()
        )),
    };
    let leaves = if scalars.hold_all_marks { chosen.clone() } else { everything.union(chosen) };
    Ok(derive_deep(&value, &leaves))
}

/// Returns the message that Helm puts under `Error`: in go-yaml's words where they tell no place, else in those of our reader, with the
/// line it names.
///
/// # Errors
/// Limits of ours are errors of the template: a chart must not mistake them for a bad document.
///
/// # Source
/// go-yaml v3 `decode.go`, `readerc.go`: `failf`, and a reader's error, have no line.
fn message(error: &ReadError, text: &Text) -> Result<String, FunctionError> {
    let problem = match error {
        ReadError::TooLarge { .. } | ReadError::TooDeep { .. } | ReadError::TooManyNodes { .. } => {
            return Err(FunctionError { message: Text::from(error.to_string().as_str()).derived_from(&text.marks().leaves()) });
        }
        ReadError::UnknownAnchor { at } => format!("unknown anchor '{}' referenced", alias(text, at.offset)),
        ReadError::SelfReference { at } => format!("anchor '{}' value contains itself", alias(text, at.offset)),
        ReadError::AliasBomb { .. } => "document contains excessive aliasing".to_owned(),
        ReadError::Merge { .. } => "map merge requires map or sequence of maps as the value".to_owned(),
        ReadError::ControlCharacter { .. } => "control characters are not allowed".to_owned(),
        ReadError::Tag { tag, .. } if *tag == "!!binary" => "!!binary value contains invalid base64 data".to_owned(),
        _ => format!("line {}: {error}", error.at().line),
    };
    Ok(format!("error converting YAML to JSON: yaml: {problem}"))
}

/// Returns the name of the alias that stands at a place of a text.
fn alias(text: &Text, offset: usize) -> String {
    let from = text.as_bytes().get(offset..).unwrap_or_default();
    let name = from.strip_prefix(b"*").unwrap_or(from);
    let length = name.iter().position(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b'-')).unwrap_or(name.len());
    String::from_utf8_lossy(name.get(..length).unwrap_or_default()).into_owned()
}

fn kind(value: &yaml::Value) -> &'static str {
    match value {
        yaml::Value::Null => "null",
        yaml::Value::Bool(_) => "bool",
        yaml::Value::Int(_) | yaml::Value::Float(_) => "number",
        yaml::Value::String(_) | yaml::Value::Time(_) => "string",
        yaml::Value::Sequence(_) => "array",
        yaml::Value::Mapping(_) => "object",
    }
}

/// The scalars marks may lie in.
struct Scalars<'t> {
    text: &'t Text,
    /// What quotes or a block header enclose, as bytes of the text, by place.
    insides: Vec<(usize, usize)>,
    hold_all_marks: bool,
}

impl<'t> Scalars<'t> {
    fn of(text: &'t Text, root: &Node) -> Self {
        let mut scalars = Self { text, insides: Vec::new(), hold_all_marks: true };
        if text.marks().is_empty() {
            return scalars;
        }
        let utf16 = [b"\xff\xfe".as_slice(), b"\xfe\xff"].iter().any(|start| text.as_bytes().starts_with(start));
        scalars.gather(root);
        scalars.insides.sort_unstable();
        scalars.insides.dedup();
        scalars.hold_all_marks = !utf16 && text.marks().as_slice().iter().all(|mark| scalars.encloses(mark));
        scalars
    }

    fn gather(&mut self, node: &Node) {
        match &node.value {
            yaml::Value::Sequence(items) => items.iter().for_each(|item| self.gather(item)),
            yaml::Value::Mapping(entries) => entries.iter().for_each(|entry| self.gather(&entry.value)),
            _ => self.insides.extend(inside(self.text.as_bytes(), node)),
        }
    }

    fn encloses(&self, mark: &Mark) -> bool {
        let next = self.insides.partition_point(|(start, _)| *start <= mark.start);
        let candidate = next.checked_sub(1).and_then(|index| self.insides.get(index));
        candidate.is_some_and(|(start, end)| *start <= mark.start && mark.end <= *end)
    }

    /// Returns the value of a node, its scalars with the marks that lie in them.
    fn value(&self, node: &Node) -> Value {
        match &node.value {
            yaml::Value::Sequence(items) => Value::list(items.iter().map(|item| self.value(item)).collect()),
            yaml::Value::Mapping(entries) => {
                let map = Map::new();
                for entry in entries {
                    map.insert(entry.key.as_bytes(), self.value(&entry.value));
                }
                Value::map(map)
            }
            _ => self.scalar(node),
        }
    }

    fn scalar(&self, node: &Node) -> Value {
        let plain = values::from_node(node, &mut |_| None);
        let (start, end) = (node.span.start.offset, node.span.end.offset);
        let marks = self.text.marks().as_slice();
        let first = marks.partition_point(|mark| mark.start < start);
        let mut within = marks.get(first..).unwrap_or(&[]).iter().take_while(|mark| mark.start < end);
        match (within.next(), within.next()) {
            (None, _) => plain,
            (Some(mark), None) if self.is_copy(mark, node) => copy(&plain, mark),
            _ => {
                let within = marks.get(first..).unwrap_or(&[]).iter().take_while(|mark| mark.start < end);
                plain.derived_from(&within.fold(Leaves::NONE, |all, mark| all.union(&mark.leaves)))
            }
        }
    }

    /// Says whether a scalar is wholly what the mark covers.
    fn is_copy(&self, mark: &Mark, node: &Node) -> bool {
        let yaml::Value::String(string) = &node.value else { return false };
        mark.flow == Flow::Exact
            && inside(self.text.as_bytes(), node) == Some((mark.start, mark.end))
            && self.text.as_bytes().get(mark.start..mark.end) == Some(string.as_bytes())
    }
}

/// Returns the leaf itself, as it was before it was printed.
fn copy(plain: &Value, mark: &Mark) -> Value {
    let Data::String(text) = &plain.data else { return plain.derived_from(&mark.leaves) };
    let marks = crate::provenance::Marks::whole(text.as_bytes().len(), &mark.leaves, Flow::Exact);
    let data = Data::String(Text::marked(text.as_bytes().to_vec(), marks));
    Value { data, leaves: mark.leaves.clone(), exact: true }
}

/// Returns the bytes between a scalar's quotes, or below a block scalar's header; nothing for a plain scalar.
fn inside(text: &[u8], node: &Node) -> Option<(usize, usize)> {
    let (start, end) = (node.span.start.offset, node.span.end.offset);
    match text.get(start)? {
        b'"' | b'\'' if end >= start + 2 && text.get(end - 1) == text.get(start) => Some((start + 1, end - 1)),
        b'|' | b'>' => {
            let header = text.get(start..end)?.iter().position(|byte| *byte == b'\n')?;
            Some((start + header + 1, end))
        }
        _ => None,
    }
}
