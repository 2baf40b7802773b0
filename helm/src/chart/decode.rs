//! Fields of a chart's own YAML files, typed as Go's decoder types them.
//!
//! In: a mapping. Out: strings, booleans, lists. Rules: names of fields match without regard to case, of several the one that sorts
//! last counts; scalars become strings where a string is wanted; null leaves a field as it was.
//! Not here: which fields there are, what their values must be (`metadata`).

use yaml::{Entry, Node, Value};

use super::error::{ChartError, FieldKind};
use crate::gofmt;

/// What a file is called in messages, and its text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a> {
    /// The path from the chart that is loaded.
    pub(super) file: &'a str,
    /// Its bytes.
    pub(super) text: &'a [u8],
}

/// One field: its value and what it is called in messages.
#[derive(Clone, Debug)]
pub(super) struct Field<'a> {
    source: Source<'a>,
    /// The path of keys from the root of the file, which is empty.
    pub(super) path: String,
    /// The value.
    pub(super) node: &'a Node,
}

impl<'a> Field<'a> {
    /// Returns the whole file as a field.
    pub(super) fn root(source: Source<'a>, node: &'a Node) -> Self {
        Self { source, path: String::new(), node }
    }

    /// Says whether the value is null.
    pub(super) fn is_null(&self) -> bool {
        matches!(self.node.value, Value::Null)
    }

    /// Returns the fields of a mapping in the order Go decodes them; none of a null.
    pub(super) fn entries(&self) -> Result<Vec<(&'a str, Self)>, ChartError> {
        let mut entries: Vec<&'a Entry> = match &self.node.value {
            Value::Null => Vec::new(),
            Value::Mapping(entries) => entries.iter().collect(),
            _ => return Err(self.wrong(FieldKind::Mapping)),
        };
        entries.sort_by(|a, b| a.key.as_bytes().cmp(b.key.as_bytes()));
        let name = |key: &str| if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        Ok(entries
            .into_iter()
            .map(|entry| (entry.key.as_str(), Self { source: self.source, path: name(&entry.key), node: &entry.value }))
            .collect())
    }

    /// Returns the items of a list; nothing for a null.
    pub(super) fn items(&self) -> Result<Option<Vec<Self>>, ChartError> {
        let items = match &self.node.value {
            Value::Null => return Ok(None),
            Value::Sequence(items) => items,
            _ => return Err(self.wrong(FieldKind::List)),
        };
        let item = |(index, node)| Self { source: self.source, path: format!("{}[{index}]", self.path), node };
        Ok(Some(items.iter().enumerate().map(item).collect()))
    }

    /// Sets a string.
    pub(super) fn string(&self, into: &mut String) -> Result<(), ChartError> {
        match &self.node.value {
            Value::Null => {}
            Value::String(text) | Value::Time(text) => into.clone_from(text),
            Value::Bool(on) => *into = on.to_string(),
            Value::Int(number) => *into = number.to_string(),
            Value::Float(number) => *into = self.number(*number),
            Value::Sequence(_) | Value::Mapping(_) => return Err(self.wrong(FieldKind::Text)),
        }
        Ok(())
    }

    /// Sets a list of strings; null items are empty strings.
    pub(super) fn strings(&self, into: &mut Vec<String>) -> Result<(), ChartError> {
        if let Some(items) = self.items()? {
            into.clear();
            for item in items {
                let mut text = String::new();
                item.string(&mut text)?;
                into.push(text);
            }
        }
        Ok(())
    }

    /// Sets a boolean.
    pub(super) fn boolean(&self, into: &mut bool) -> Result<(), ChartError> {
        match &self.node.value {
            Value::Null => {}
            Value::Bool(on) => *into = *on,
            _ => return Err(self.wrong(FieldKind::Boolean)),
        }
        Ok(())
    }

    /// Returns the text Go makes of a number: integers in full, floats in their shortest form.
    ///
    /// # Source
    /// sigs.k8s.io/yaml `yaml.go`, `convertToJSONableObject`.
    fn number(&self, number: f64) -> String {
        let written = self.source.text.get(self.node.span.start.offset..self.node.span.end.offset);
        let written = written.and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default().replace('_', "");
        let digits = written.trim_start_matches(['+', '-']);
        let is_decimal = digits == "0" || (!digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit()));
        if is_decimal && let Ok(whole) = written.trim_start_matches('+').parse::<i128>() {
            let fits = i64::try_from(whole).is_ok() || u64::try_from(whole).is_ok();
            return if fits { whole.to_string() } else { gofmt::shortest(number) };
        }
        // Numbers in another base are printed in this one.
        let is_based = digits.len() > 1 && digits.starts_with('0') && !digits.contains('.') && !digits.starts_with("0e");
        if is_based { format!("{number:.0}") } else { gofmt::shortest(number) }
    }

    /// Returns the error that the value has the wrong kind.
    pub(super) fn wrong(&self, wanted: FieldKind) -> ChartError {
        let found = match &self.node.value {
            Value::Bool(_) => FieldKind::Boolean,
            Value::Int(_) | Value::Float(_) => FieldKind::Number,
            Value::Null | Value::String(_) | Value::Time(_) => FieldKind::Text,
            Value::Sequence(_) => FieldKind::List,
            Value::Mapping(_) => FieldKind::Mapping,
        };
        ChartError::Field { file: self.source.file.to_owned(), at: self.node.span.start, field: self.path.clone(), wanted, found }
    }
}
