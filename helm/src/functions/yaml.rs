//! YAML in templates: `toYaml`, `mustToYaml`, `toYamlPretty`, `fromYaml`, `fromYamlArray`.
//!
//! Rules: `toYaml` prints nothing where Go fails; `fromYaml` puts what it cannot read under `Error`. Marks inside quoted and block
//! scalars stay at those scalars; a mark anywhere else decides how the text reads, and all of the result derives from it.
//! Not here: `toYamlPretty` of bytes, times and durations, and of text that is not UTF-8: refused.
//!
//! # Source
//! helm v4.3.1 `pkg/engine/funcs.go`; sigs.k8s.io/yaml `yaml.go`.

mod read;

use std::ops::Range;
use std::rc::Rc;

use yaml::{Emitter, Scalar};

use super::document::{self, Sink, Unwritten};
use super::signature::since;
use super::{Environment, Function, FunctionError, Keeps, Parameter};
use crate::profile::Profile;
use crate::provenance::{Flow, Marks};
use crate::value::{Data, Slot, Text, Value};

pub(super) const TABLE: &[Function] = &[
    Function::fixed("toYaml", &[Parameter::Any], Keeps::All, to_yaml),
    since(Profile::Helm4_2, Function::fixed("mustToYaml", &[Parameter::Any], Keeps::All, must_to_yaml)),
    Function::fixed("toYamlPretty", &[Parameter::Any], Keeps::All, to_yaml_pretty),
    Function::fixed("fromYaml", &[Parameter::String], Keeps::All, read::from_yaml),
    Function::fixed("fromYamlArray", &[Parameter::String], Keeps::All, read::from_yaml_array),
];

/// Helm's emitter.
#[derive(Default)]
struct YamlSink {
    emitter: Emitter,
    form: Form,
}

/// Which of Helm's functions prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Form {
    /// `toYaml`.
    #[default]
    Json,
    /// `toYamlPretty`, which does not go through JSON.
    Pretty,
}

impl Sink for YamlSink {
    fn order(&self, entries: &mut Vec<(Rc<[u8]>, Slot)>) {
        match self.form {
            Form::Json => yaml::sort_naturally(entries, |(key, _)| key.as_ref()),
            Form::Pretty => yaml::sort_prettily(entries, |(key, _)| key.as_ref()),
        }
    }

    fn begin_mapping(&mut self, len: usize) {
        self.emitter.begin_mapping(len);
    }

    fn key(&mut self, key: &[u8]) {
        self.emitter.key(key);
    }

    fn end_mapping(&mut self) {
        self.emitter.end_mapping();
    }

    fn begin_sequence(&mut self, len: usize) {
        self.emitter.begin_sequence(len);
    }

    fn end_sequence(&mut self) {
        self.emitter.end_sequence();
    }

    fn scalar(&mut self, scalar: Scalar<'_>) -> Range<usize> {
        self.emitter.scalar(scalar)
    }

    fn position(&self) -> usize {
        self.emitter.position()
    }

    fn encodes_as_json(&self) -> bool {
        self.form == Form::Json
    }

    fn copied(&self, range: &Range<usize>, text: &[u8]) -> Option<Range<usize>> {
        (self.emitter.written(range.clone()) == text).then(|| range.clone())
    }
}

fn to_yaml(environment: &mut Environment<'_>, values: &[Value]) -> Result<Value, FunctionError> {
    let value = values.first().cloned().unwrap_or_default();
    match print(environment, &value)? {
        Ok(text) => Ok(Value::plain(Data::String(text))),
        Err(_) => Ok(nothing(&value)),
    }
}

fn must_to_yaml(environment: &mut Environment<'_>, values: &[Value]) -> Result<Value, FunctionError> {
    let value = values.first().cloned().unwrap_or_default();
    match print(environment, &value)? {
        Ok(text) => Ok(Value::plain(Data::String(text))),
        Err(message) => Err(FunctionError { message: Text::from(message.as_str()).derived_from(&value.all_leaves()) }),
    }
}

/// Returns the empty text that stands where a value cannot be written: which values can depends on all of it.
pub(super) fn nothing(value: &Value) -> Value {
    Value::plain(Data::String(Text::marked(Vec::new(), Marks::whole(0, &value.all_leaves(), Flow::Derived))))
}

/// Returns the document without its last line break, or why Go writes none.
fn print(environment: &Environment<'_>, value: &Value) -> Result<Result<Text, String>, FunctionError> {
    print_to(environment, value, YamlSink::default())
}

/// Where go-yaml panics (a map that holds itself) it is an error here, too.
fn to_yaml_pretty(environment: &mut Environment<'_>, values: &[Value]) -> Result<Value, FunctionError> {
    let value = values.first().cloned().unwrap_or_default();
    let sink = YamlSink { emitter: Emitter::pretty(), form: Form::Pretty };
    match print_to(environment, &value, sink)? {
        Ok(text) => Ok(Value::plain(Data::String(text))),
        Err(message) => Err(FunctionError { message: Text::from(message.as_str()).derived_from(&value.all_leaves()) }),
    }
}

fn print_to(environment: &Environment<'_>, value: &Value, mut sink: YamlSink) -> Result<Result<Text, String>, FunctionError> {
    let marks = match document::write(&mut sink, value, environment.result_limit) {
        Ok(marks) => marks,
        Err(Unwritten::Cycle) => return Ok(Err("json: unsupported value: encountered a cycle".to_owned())),
        Err(Unwritten::Refused(error)) => return Err(error),
    };
    if let Some(problem) = sink.emitter.problem() {
        return Ok(Err(problem.to_string()));
    }
    let mut bytes = sink.emitter.finish();
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    }
    Ok(Ok(document::text(bytes, marks)))
}

#[cfg(test)]
mod tests;
