//! Streams as Argo CD reads them: `cmp/tests/cases/streams.cases`, whose `want` lines are recorded by `.ci/oracles/argocd/record`.
//!
//! Rules: the same objects, or none. Where ours refuses on purpose what Argo CD takes, an `ours` line names the error. What is
//! written for the objects is the `written` line, which the recorder gives Argo CD to read too.

use helm::provenance::LeafId;
use helm::render::{Document, Part};
use helm::value::Text;
use serde_json::Value as Json;

use crate::emit::{Empty, Reviewed, write};
use crate::sealed::handles;
use crate::validate::objects;

/// What tidegate makes of a stream: objects as JSON and bytes, or the code of the first error.
fn ours(stream: &str) -> Result<(Json, String), String> {
    let lines = vec![1; stream.lines().count()];
    let document = Document { source: String::from("a.yaml"), text: Text::from(stream), lines, part: Part::Manifest };
    let code = |errors: Vec<crate::validate::ValidateError>| errors.first().map_or("none", |error| error.code()).to_owned();
    let manifests = objects(&[document], &[LeafId(0)].into()).map_err(code)?;
    let mut written = Vec::new();
    write(&Reviewed::of(&manifests), Empty::Allowed, &mut written).map_err(|error| error.code().to_owned())?;
    Ok((Json::Array(handles::as_json(&manifests, &[].into())), String::from_utf8_lossy(&written).into_owned()))
}

fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Returns the objects of a `want` line: a number that is no int64 is a float64 to Argo CD, however it prints it.
fn objects_of(want: &str) -> Json {
    fn typed(value: Json) -> Json {
        match value {
            Json::Number(number) if number.as_i64().is_none() => number.as_f64().map_or(Json::Null, Json::from),
            Json::Array(items) => items.into_iter().map(typed).collect(),
            Json::Object(entries) => Json::Object(entries.into_iter().map(|(key, value)| (key, typed(value))).collect()),
            other => other,
        }
    }
    typed(json(want))
}

/// Returns the lines of a case that ours asks for.
fn lines(stream: &str, want: &str) -> Vec<String> {
    match ours(stream) {
        Err(_) if want == "refused" => Vec::new(),
        Err(code) => vec![format!("ours {code}")],
        Ok((found, written)) if want != "refused" && found == objects_of(want) => {
            vec![format!("written {}", Json::String(written))]
        }
        Ok((found, _)) => vec![format!("different {found}")],
    }
}

// Argo CD sees the objects that are judged and nothing else, in the stream and in what is written for it.
#[test]
fn argo_cd_reads_the_same() {
    let table = include_str!("../../../tests/cases/streams.cases");
    let cases: Vec<&str> = table.split("\n\n").collect();
    assert!(cases.len() >= 100, "{} cases", cases.len());
    let mut failures = Vec::new();
    for case in cases {
        let all = |start: &str| case.lines().filter_map(|line| line.strip_prefix(start)).map(str::to_owned).collect::<Vec<_>>();
        let (stream, want) = (all("stream ").join(""), all("want ").join(""));
        let stream = json(&stream).as_str().unwrap().to_owned();
        let found: Vec<String> =
            case.lines().filter(|line| line.starts_with("ours ") || line.starts_with("written ")).map(str::to_owned).collect();
        let expected = lines(&stream, &want);
        if found != expected {
            failures.push(format!("{case}\n  now {expected:?}"));
        }
    }
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
}
