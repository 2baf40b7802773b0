//! Merging values files as helm does: `cases/values.cases`, whose `want` lines are recorded by `.ci/oracles/values/record`.

#![expect(clippy::panic, reason = "a broken table must stop the test")]

use helm::value::{Data, Value};
use helm::values;
use serde_json::{Map, Value as Json};
use yaml::{FinalNewline, ReadOptions};

fn json(value: &Value) -> Json {
    match &value.data {
        Data::Nil => Json::Null,
        Data::Bool(on) => Json::Bool(*on),
        Data::Float(number) => serde_json::Number::from_f64(*number).map_or(Json::Null, Json::Number),
        Data::String(text) => Json::String(String::from_utf8_lossy(text.as_bytes()).into_owned()),
        Data::List(list, _) => list.items().iter().map(json).collect(),
        Data::Map(map, _) => {
            let entries = map.entries().into_iter();
            Json::Object(
                entries.map(|(key, slot)| (String::from_utf8_lossy(&key).into_owned(), json(&slot.value))).collect::<Map<_, _>>(),
            )
        }
        Data::Int(_) | Data::Int64(_) | Data::Bytes(_) | Data::Object(_) => panic!("values hold no such thing"),
    }
}

/// Reads numbers as float64, as everything of Helm's values is.
fn floats(json: Json) -> Json {
    match json {
        Json::Number(number) => number.as_f64().and_then(serde_json::Number::from_f64).map_or(Json::Null, Json::Number),
        Json::Array(items) => items.into_iter().map(floats).collect(),
        Json::Object(entries) => Json::Object(entries.into_iter().map(|(key, item)| (key, floats(item))).collect()),
        other => other,
    }
}

fn merged(layers: &[String]) -> Option<Json> {
    let options = ReadOptions { final_newline: FinalNewline::Added, ..ReadOptions::helm() };
    let mut all = Value::map(helm::value::Map::new());
    for layer in layers {
        let documents = yaml::read(layer.as_bytes(), &options).ok()?;
        all = values::merge(&all, &values::from_file(&documents, &mut |_| None).ok()?);
    }
    Some(json(&all))
}

// Files merge, and are refused, as by helm.
#[test]
fn merges_as_helm_does() {
    let mut layers = Vec::new();
    let mut failures = Vec::new();
    let (mut cases, mut note) = (0, "");
    for line in include_str!("cases/values.cases").lines() {
        match line.split_once(' ') {
            Some(("#", text)) => note = text,
            Some(("layer", text)) => layers.push(serde_json::from_str(text).expect("a JSON string")),
            Some(("want", text)) => {
                cases += 1;
                let want = (text != "refused").then(|| floats(serde_json::from_str(text).expect("JSON")));
                let got = merged(&layers);
                if got != want {
                    failures.push(format!("{note}: {layers:?}\n  want {want:?}\n  got  {got:?}"));
                }
                layers.clear();
            }
            _ => assert!(line.is_empty(), "{line}"),
        }
    }
    assert!(cases > 100, "{cases} cases");
    assert!(failures.is_empty(), "{} of {cases} differ:\n{}", failures.len(), failures.join("\n"));
}
