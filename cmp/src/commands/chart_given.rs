//! The values a person gives a chart: files, then `--set` and its relatives.
//!
//! In: [`GivenArgs`]. Out: one map, as helm merges it.
//! Rules: flags hold lists as helm's do (`a,b`, `"a,b"`); `-` is stdin, which is read once; nothing is fetched from the network.
//! Not here: what the values mean to the chart (`helm`).

use std::io::{self, Read};
use std::path::Path;

use helm::profile::Profile;
use helm::value::{Data, Map, Value};
use helm::values::set::{Argument, Flag, Problem, SetError, Sources, apply};
use helm::values::{self, NotAMapping, from_file, merge};
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure, Place};

use super::chart_source::{read_bytes, unreadable};
use crate::args::GivenArgs;

/// Bytes of stdin that are read: a values file is far below, and charts' files have the same bound.
const STDIN_BYTES: u64 = 20 << 20;
/// The schemes helm fetches files by.
const SCHEMES: [&str; 3] = ["http://", "https://", "oci://"];

/// Returns the values.
///
/// # Source
/// helm `pkg/cli/values/options.go`, `MergeValues`.
pub(super) fn given(args: &GivenArgs, profile: Profile) -> Result<Map, Failure> {
    let mut merged = Value::map(Map::new());
    for file in lists("--values", &args.values)? {
        merged = merge(&merged, &values_file(&file, profile)?);
    }
    let arguments = arguments(args);
    let mut sources = Sources { read: &mut read_local, leaf: &mut |_| None };
    let merged = apply(&merged, &arguments, profile, &mut sources).map_err(|error| refused(&error, &arguments))?;
    match merged.data {
        Data::Map(map, _) => Ok(map),
        _ => Err(not_a_mapping(Place::file("--set-json"))),
    }
}

/// Returns the arguments of all flags of the family.
fn arguments(args: &GivenArgs) -> Vec<Argument> {
    let GivenArgs { values: _, set_json, set, set_string, set_file, set_literal } = args;
    let flags = [
        (Flag::Json, set_json),
        (Flag::Typed, set),
        (Flag::Text, set_string),
        (Flag::File, set_file),
        (Flag::Literal, set_literal),
    ];
    let of = |(flag, texts): (Flag, &Vec<String>)| {
        texts.iter().map(move |text| Argument { flag, text: text.clone() }).collect::<Vec<_>>()
    };
    flags.into_iter().flat_map(of).collect()
}

/// Says what is wrong with an argument, and which one it is. Its text is not repeated: it may be a secret.
fn refused(error: &SetError, arguments: &[Argument]) -> Failure {
    let before = arguments.iter().take(error.place).filter(|argument| argument.flag == error.flag).count();
    let of_flag = arguments.iter().filter(|argument| argument.flag == error.flag).count();
    let which = if of_flag > 1 { format!(" (number {} of {of_flag})", before + 1) } else { String::new() };
    let diagnostic = match &error.problem {
        Problem::File { path, source } => {
            let message = format!("`{path}`, which {}{which} names, cannot be read: {source}", error.flag.name());
            return Failure::one(Class::Source, Diagnostic::error(Code::SOURCE_UNREADABLE, message).hint(error.hint()));
        }
        problem => Diagnostic::error(Code::USAGE, format!("{}{which}: {problem}", error.flag.name())),
    };
    Failure::one(Class::Usage, diagnostic.hint(error.hint()))
}

/// Reads what `--set-file` names.
fn read_local(name: &str) -> io::Result<Vec<u8>> {
    if name.trim() == "-" {
        return stdin();
    }
    if is_remote(name) {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "it is a URL, and tidegate uses no network"));
    }
    read_bytes(Path::new(name))
}

fn is_remote(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SCHEMES.iter().any(|scheme| name.starts_with(scheme))
}

fn stdin() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(STDIN_BYTES + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > STDIN_BYTES) {
        return Err(io::Error::other(format!("stdin holds more than {STDIN_BYTES} bytes")));
    }
    Ok(bytes)
}

/// Returns the values of one file, of which the profile says what counts.
fn values_file(name: &str, profile: Profile) -> Result<Value, Failure> {
    if is_remote(name) {
        let message = format!("the values file `{name}` is a URL, and tidegate uses no network");
        let diagnostic = Diagnostic::error(Code::USAGE, message);
        return Err(Failure::one(Class::Usage, diagnostic.hint("fetch it first, and name the file")));
    }
    let is_stdin = name.trim() == "-";
    let shown = if is_stdin { "stdin" } else { name };
    let bytes = if is_stdin { stdin() } else { read_bytes(Path::new(name)) };
    let bytes = bytes.map_err(|error| unreadable(shown, &error))?;
    let documents = values::read(&bytes, profile).map_err(|error| {
        let diagnostic = Diagnostic::error(Code::LAYERS_SYNTAX, error.to_string()).at(Place::at(shown, error.at()));
        Failure::one(Class::Values, diagnostic.hint("mend the file at that place"))
    })?;
    from_file(&documents, &mut |_| None).map_err(|refused: NotAMapping| not_a_mapping(Place::at(shown, refused.span.start)))
}

fn not_a_mapping(place: Place) -> Failure {
    let diagnostic = Diagnostic::error(Code::LAYERS_NOT_A_MAPPING, "values must be a mapping").at(place);
    Failure::one(Class::Values, diagnostic.hint("write `key: value` lines"))
}

/// Returns the items of a flag that holds lists.
///
/// # Errors
/// A [`Failure`] of class [`Class::Usage`] for quotes that helm does not take.
pub(super) fn lists(flag: &str, texts: &[String]) -> Result<Vec<String>, Failure> {
    let mut all = Vec::new();
    for text in texts {
        all.extend(items(text).ok_or_else(|| {
            let message = format!("{flag}: the quotes of `{text}` do not match");
            Failure::one(
                Class::Usage,
                Diagnostic::error(Code::USAGE, message).hint("write `a,b`, or `\"a,b\"` for a comma in a name"),
            )
        })?);
    }
    Ok(all)
}

/// Returns the fields of the first line of comma-separated text; nothing where its quotes are wrong.
///
/// # Source
/// spf13/pflag `string_slice.go`, `readAsCSV`; Go `encoding/csv/reader.go`, `readRecord`.
fn items(text: &str) -> Option<Vec<String>> {
    let mut items = Vec::new();
    let mut rest = text.trim_start_matches(['\r', '\n']);
    if rest.is_empty() {
        return Some(items);
    }
    loop {
        let Some(quoted) = rest.strip_prefix('"') else {
            let line_end = rest.find('\n').unwrap_or(rest.len());
            let end = rest.find(',').filter(|comma| *comma < line_end);
            let field = rest.get(..end.unwrap_or(line_end))?;
            if field.contains('"') {
                return None;
            }
            items.push(field.strip_suffix('\r').filter(|_| end.is_none()).unwrap_or(field).to_owned());
            match end {
                Some(comma) => rest = rest.get(comma + 1..)?,
                None => return Some(items),
            }
            continue;
        };
        let (field, after) = quoted_field(quoted)?;
        items.push(field);
        match after.chars().next() {
            None | Some('\n') => return Some(items),
            Some(',') => rest = after.get(1..)?,
            Some(_) => return None,
        }
    }
}

/// Returns a field whose opening quote is read, and what follows its closing one; two quotes are one of the text.
fn quoted_field(mut rest: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    loop {
        let (before, after) = rest.split_once('"')?;
        field.push_str(before);
        match after.strip_prefix('"') {
            Some(more) => {
                field.push('"');
                rest = more;
            }
            None => return Some((field, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&[&str]>) {
        let expected = expected.map(|items| items.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(items(text), expected, "{text:?}");
    }

    // Lists are split at commas; quotes keep a comma, two of them are one.
    #[test]
    fn lists_as_helm_splits_them() {
        check("", Some(&[]));
        check("a", Some(&["a"]));
        check("a,b", Some(&["a", "b"]));
        check("a,", Some(&["a", ""]));
        check(",", Some(&["", ""]));
        check(" a, b", Some(&[" a", " b"]));
        check("\"a,b\",c", Some(&["a,b", "c"]));
        check("\"a\"\"b\"", Some(&["a\"b"]));
        check("\"\"", Some(&[""]));
        check("a\nb", Some(&["a"]));
    }

    // Quotes within a field, after one, or left open are refused.
    #[test]
    fn wrong_quotes_are_refused() {
        check("a\"b", None);
        check("\"a\"b", None);
        check("\"a", None);
    }
}
