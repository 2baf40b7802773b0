//! Merging values files as helm does: `cases/values.cases`, whose `want` lines are recorded by `.ci/oracles/values/record`.

#![expect(clippy::panic, clippy::expect_used, reason = "a broken table must stop the test")]

use helm::profile::Profile;
use helm::value::{Data, Value};
use helm::values;
use serde_json::{Map, Value as Json};

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

fn merged(layers: &[String], profile: Profile) -> Option<Json> {
    let mut all = Value::map(helm::value::Map::new());
    for layer in layers {
        let documents = values::read(layer.as_bytes(), profile).ok()?;
        all = values::merge(&all, &values::from_file(&documents, &mut |_| None).ok()?);
    }
    Some(json(&all))
}

/// One case: files, and what comes out of each helm.
#[derive(Default)]
struct Case {
    note: &'static str,
    layers: Vec<String>,
    want: &'static str,
    /// What older helms make of them where they differ, by release.
    others: Vec<(&'static str, &'static str)>,
}

impl Case {
    fn wanted(&self, profile: Profile) -> &'static str {
        let other = self.others.iter().find(|(release, _)| *release == profile.release());
        other.map_or(self.want, |(_, want)| want)
    }

    /// Returns what is wrong under a profile.
    fn fault(&self, profile: Profile) -> Option<String> {
        let wanted = self.wanted(profile);
        let want = (wanted != "refused").then(|| floats(serde_json::from_str(wanted).expect("JSON")));
        let got = merged(&self.layers, profile);
        (got != want).then(|| format!("{profile}: {}: {:?}\n  want {want:?}\n  got  {got:?}", self.note, self.layers))
    }
}

fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut next = Case::default();
    for line in include_str!("cases/values.cases").lines() {
        match line.split_once(' ') {
            Some(("#", text)) => next.note = text,
            Some(("layer", text)) => next.layers.push(serde_json::from_str(text).expect("a JSON string")),
            Some(("want", want)) => cases.push(Case { want, ..std::mem::take(&mut next) }),
            Some((key, text)) => {
                let release = key.strip_prefix("want@").expect("a line of the table");
                cases.last_mut().expect("a case").others.push((release, text));
            }
            None => assert!(line.is_empty(), "{line}"),
        }
    }
    cases
}

// Files merge, and are refused, as by each helm.
#[test]
fn merges_as_helm_does() {
    let cases = cases();
    let faults = cases.iter().flat_map(|case| Profile::ALL.into_iter().filter_map(|profile| case.fault(profile)));
    let failures: Vec<String> = faults.collect();
    assert!(cases.len() > 100, "{} cases", cases.len());
    assert!(failures.is_empty(), "{} faults in {} cases:\n{}", failures.len(), cases.len(), failures.join("\n"));
    assert!(cases.iter().any(|case| !case.others.is_empty()), "no helm differs");
}
