//! Methods of Helm's objects: `.Files.Get`, `.Capabilities.APIVersions.Has` and their like.
//!
//! In: an object, a method's name and arguments. Out: its result, or nothing where the object has no such method.
//!
//! # Source
//! helm `pkg/engine/files.go`, `pkg/chart/common/capabilities.go`, `pkg/chart/common/values.go`.

mod computed;

use std::collections::BTreeMap;
use std::rc::Rc;

use base64::Engine as _;
use regex::bytes::Regex;
use yaml::Position;

use super::call::{Arguments, Signature};
use super::exec::{Frame, Result};
use super::value::Held;
use crate::functions::{self, Parameter};
use crate::meter;
use crate::provenance::Leaves;
use crate::value::{Data, Element, List, Map, Object, ObjectKind, Text, Value};

/// Files of a chart by path.
type Files = BTreeMap<Vec<u8>, Text>;

impl<'t> Frame<'_, '_, 't> {
    /// Calls a method, if `object` has one of this name.
    pub(super) fn method(
        &mut self,
        at: Position,
        object: &Object,
        name: &str,
        arguments: Option<Arguments<'_, 't>>,
    ) -> Result<Option<Held>> {
        let Some(signature) = signature(&object.kind, name) else { return Ok(None) };
        let none = Held::invalid(Leaves::NONE);
        let arguments = arguments.unwrap_or(Arguments { at, dot: &none, operands: &[], last: None });
        let values = self.arguments(signature, arguments)?;
        if let ObjectKind::Semver(_) | ObjectKind::Time { .. } | ObjectKind::Duration(_) | ObjectKind::Number(..) = object.kind {
            let leaves = values.iter().fold(Leaves::NONE, |all, value| all.union(&value.all_leaves()));
            return match computed::call(object, signature.name, &values) {
                Ok(value) => Ok(Some(Held::concrete(value.derived_from(&leaves)))),
                Err(message) => {
                    let mut failure = self.fail(at, &message);
                    failure.leaves = failure.leaves.union(&leaves);
                    Err(failure)
                }
            };
        }
        let (argument, leaves) = match values.first().map(|value| &value.data) {
            Some(Data::String(text)) => (text.as_bytes().to_vec(), text.marks().leaves()),
            _ => (Vec::new(), Leaves::NONE),
        };
        let value = match (&object.kind, signature.name) {
            (ObjectKind::Files(files), name) => self.files(at, files, name, &argument)?,
            (ObjectKind::VersionSet(_, versions), _) => {
                Value::plain(Data::Bool(versions.iter().any(|version| version.as_bytes() == argument)))
            }
            (ObjectKind::KubeVersion(_, version), _) => Value::string(version),
            (_, "Table") => match table(&object.fields, &argument) {
                Some(value) => value,
                None => {
                    let message = format!("error calling Table: {:?} is not a table", String::from_utf8_lossy(&argument));
                    return Err(self.fail(at, &message));
                }
            },
            (_, "YAML") => {
                let text = self.call_named(at, "toYaml", &Value::map(object.fields.clone()))?;
                match &text.data {
                    Data::String(text) => Value::plain(Data::String(with_newline(text))),
                    _ => text,
                }
            }
            _ => Value::map(object.fields.clone()),
        };
        Ok(Some(Held::concrete(value.derived_from(&leaves))))
    }

    fn files(&mut self, at: Position, files: &Files, name: &str, argument: &[u8]) -> Result<Value> {
        let content = || files.get(argument).cloned().unwrap_or_default();
        Ok(match name {
            "Get" => Value::plain(Data::String(content())),
            "GetBytes" => Value::plain(Data::Bytes(content())),
            "Glob" => self.glob(at, files, argument)?,
            "Lines" if self.fails_on(files.get(argument)) => {
                return Err(self.fail(at, "error calling Lines: runtime error: index out of range [-1]"));
            }
            "Lines" => self.lines(at, &content())?,
            "AsConfig" => self.as_yaml(at, files, |text| Data::String(text.clone()))?,
            _ => self.as_yaml(at, files, |text| {
                let encoded = base64::engine::general_purpose::STANDARD.encode(text.as_bytes());
                Data::String(Text::from(encoded.as_str()))
            })?,
        })
    }

    /// Says whether `Lines` fails on a file: on an empty one, in some helms.
    fn fails_on(&self, file: Option<&Text>) -> bool {
        !self.engine.profile().has_lines_of_empty_files() && file.is_some_and(|text| text.as_bytes().is_empty())
    }

    fn glob(&self, at: Position, files: &Files, pattern: &[u8]) -> Result<Value> {
        let Ok(pattern) = std::str::from_utf8(pattern) else {
            return Err(self.fail(at, "error calling Glob: the pattern is not UTF-8"));
        };
        let searched: usize = files.keys().map(|path| path.len() + pattern.len()).sum();
        meter::spend(GLOB_STEPS + meter::steps_of_bytes(searched * 8))
            .map_err(|passed| self.engine.over_budget(self.site(at), passed.into()))?;
        // helm falls back to `**` where a pattern is malformed.
        let wanted = Regex::new(&glob_expression(pattern)).or_else(|_| Regex::new("(?s-u)^.*$"));
        let wanted = wanted.map_err(|error| self.fail(at, &format!("error calling Glob: {error}")))?;
        let found: Files =
            files.iter().filter(|(path, _)| wanted.is_match(path)).map(|(path, text)| (path.clone(), text.clone())).collect();
        Ok(files_object(found))
    }

    fn lines(&self, at: Position, text: &Text) -> Result<Value> {
        let (bytes, lines) = (text.as_bytes(), text.as_bytes().iter().filter(|byte| **byte == b'\n').count() + 1);
        let room = meter::has_room(bytes.len() + lines * LINE_BYTES).and_then(|()| meter::spend(lines));
        room.map_err(|passed| self.engine.over_budget(self.site(at), passed.into()))?;
        Ok(self::lines(text))
    }

    fn as_yaml(&mut self, at: Position, files: &Files, content: impl Fn(&Text) -> Data) -> Result<Value> {
        let map = Map::new();
        for (path, text) in files {
            let base = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
            map.insert(base, Value::plain(content(text)));
        }
        self.call_named(at, "toYaml", &Value::plain(Data::Map(map, Element::String)))
    }

    fn call_named(&mut self, at: Position, name: &str, value: &Value) -> Result<Value> {
        match functions::find(name) {
            Some(function) => Ok(self.apply(at, function, std::slice::from_ref(value))?.value),
            None => Err(self.fail(at, &format!("function {name:?} not defined"))),
        }
    }
}

/// Returns `.Files` over some files.
pub(crate) fn files_object(files: Files) -> Value {
    let fields = Map::new();
    for (path, text) in &files {
        fields.insert(path, Value::plain(Data::Bytes(text.clone())));
    }
    Value::plain(Data::Object(Rc::new(Object { kind: ObjectKind::Files(Rc::new(files)), fields })))
}

fn signature(kind: &ObjectKind, name: &str) -> Option<Signature> {
    const TEXT: &[Parameter] = &[Parameter::String];
    let (name, parameters): (&'static str, &'static [Parameter]) = match (kind, name) {
        (ObjectKind::Files(_), "Get") => ("Get", TEXT),
        (ObjectKind::Files(_), "GetBytes") => ("GetBytes", TEXT),
        (ObjectKind::Files(_), "Glob") => ("Glob", TEXT),
        (ObjectKind::Files(_), "Lines") => ("Lines", TEXT),
        (ObjectKind::Files(_), "AsConfig") => ("AsConfig", &[]),
        (ObjectKind::Files(_), "AsSecrets") => ("AsSecrets", &[]),
        (ObjectKind::VersionSet(..), "Has") => ("Has", TEXT),
        (ObjectKind::KubeVersion(..), "String") => ("String", &[]),
        (ObjectKind::KubeVersion(..), "GitVersion") => ("GitVersion", &[]),
        (ObjectKind::Values(_), "AsMap") => ("AsMap", &[]),
        (ObjectKind::Values(_), "YAML") => ("YAML", &[]),
        (ObjectKind::Values(_), "Table") => ("Table", TEXT),
        _ => computed::signature(kind, name)?,
    };
    Some(Signature { name, parameters, variadic: false })
}

fn table(map: &Map, path: &[u8]) -> Option<Value> {
    let mut found = Value::map(map.clone());
    for key in path.split(|byte| *byte == b'.') {
        let Data::Map(map, _) = &found.data else { return None };
        found = map.get(key)?;
    }
    matches!(found.data, Data::Map(..)).then_some(found)
}

fn with_newline(text: &Text) -> Text {
    let mut bytes = text.as_bytes().to_vec();
    bytes.push(b'\n');
    Text::marked(bytes, text.marks().clone())
}

/// Steps it takes to make a glob ready.
const GLOB_STEPS: usize = 800;

/// Bytes of memory a line takes besides its text.
const LINE_BYTES: usize = 128;

/// Returns a file's lines; a file that ends in a newline has no empty last one.
fn lines(text: &Text) -> Value {
    let bytes = text.as_bytes();
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let lines = if text.as_bytes().is_empty() {
        Vec::new()
    } else {
        bytes.split(|byte| *byte == b'\n').map(|line| Value::plain(Data::String(Text::plain(line)))).collect()
    };
    Value::plain(Data::List(List::new(lines), Element::String))
}

/// Returns a glob as a regular expression: `*` and `?` stop at `/`, `**` does not, `[a-z]`, `[!a]` and `{a,b}` as in shells.
///
/// # Source
/// gobwas/glob as helm's `pkg/engine/files.go` calls it, with `/` as separator.
fn glob_expression(pattern: &str) -> String {
    let mut expression = String::from("(?s)^");
    let mut characters = pattern.chars().peekable();
    let mut braces = 0_u32;
    while let Some(character) = characters.next() {
        match character {
            '*' if characters.next_if_eq(&'*').is_some() => expression.push_str(".*"),
            '*' => expression.push_str("[^/]*"),
            '?' => expression.push_str("[^/]"),
            '[' => {
                expression.push('[');
                if characters.next_if_eq(&'!').is_some() {
                    expression.push('^');
                }
            }
            ']' => expression.push(']'),
            '{' => {
                braces += 1;
                expression.push_str("(?:");
            }
            '}' if braces > 0 => {
                braces -= 1;
                expression.push(')');
            }
            ',' if braces > 0 => expression.push('|'),
            '\\' => expression.push_str(&regex::escape(&characters.next().unwrap_or('\\').to_string())),
            '-' => expression.push('-'),
            other => expression.push_str(&regex::escape(&other.to_string())),
        }
    }
    expression.push('$');
    expression
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, path: &str, matches: bool) {
        assert_eq!(Regex::new(&glob_expression(pattern)).unwrap().is_match(path.as_bytes()), matches, "{pattern} {path}");
    }

    // Stars stop at slashes unless doubled; sets, alternatives and escapes work as in shells.
    #[test]
    fn globs() {
        check("files/*.conf", "files/a.conf", true);
        check("files/*.conf", "files/b/a.conf", false);
        check("files/**.conf", "files/b/a.conf", true);
        check("**", "a/b", true);
        check("a?c", "abc", true);
        check("a?c", "a/c", false);
        check("{a,b}.txt", "b.txt", true);
        check("[!a].txt", "b.txt", true);
        check("[!a].txt", "a.txt", false);
        check("a\\*", "a*", true);
        check("a.c", "abc", false);
    }
}
