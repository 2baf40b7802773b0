//! Defaults under given values as helm coalesces them: `cases/coalesce.cases`, whose `want` lines are recorded by
//! `.ci/oracles/coalesce/record`.

#![expect(clippy::expect_used, clippy::panic, reason = "a broken table must stop the test")]

use helm::profile::Profile;
use helm::value::{Data, Map, Value};
use helm::values::coalesce::{ChartValues, coalesce};
use serde_json::Value as Json;

fn json(value: &Value) -> Json {
    match &value.data {
        Data::Nil => Json::Null,
        Data::Float(number) => serde_json::Number::from_f64(*number).map_or(Json::Null, Json::Number),
        Data::String(text) => Json::String(String::from_utf8_lossy(text.as_bytes()).into_owned()),
        Data::List(list, _) => list.items().iter().map(json).collect(),
        Data::Map(map, _) => json_of(map),
        Data::Bool(_) | Data::Int(_) | Data::Int64(_) | Data::Bytes(_) | Data::Object(_) => {
            panic!("the table holds no such thing")
        }
    }
}

fn json_of(map: &Map) -> Json {
    let entries = map.entries().into_iter();
    Json::Object(entries.map(|(key, slot)| (String::from_utf8_lossy(&key).into_owned(), json(&slot.value))).collect())
}

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::nil(),
        Json::Number(number) => Value::plain(Data::Float(number.as_f64().expect("a float64"))),
        Json::String(text) => Value::string(text),
        Json::Array(items) => Value::list(items.iter().map(value).collect()),
        Json::Object(_) => Value::map(map(json)),
        Json::Bool(_) => panic!("the table holds no booleans"),
    }
}

fn map(json: &Json) -> Map {
    let map = Map::new();
    for (key, item) in json.as_object().expect("an object") {
        map.insert(key.as_bytes(), value(item));
    }
    map
}

fn chart(name: &str, json: &Json) -> ChartValues {
    let subcharts = json.get("subcharts").and_then(Json::as_object);
    ChartValues {
        name: name.to_owned(),
        defaults: map(json.get("defaults").expect("defaults")),
        subcharts: subcharts.into_iter().flatten().map(|(name, sub)| chart(name, sub)).collect(),
    }
}

fn parse(text: &str) -> Json {
    serde_json::from_str(text).expect("JSON")
}

/// One case: a chart, what is given, and what comes out of each helm.
#[derive(Default)]
struct Case {
    note: &'static str,
    chart: Json,
    given: Json,
    want: &'static str,
    /// What older helms make of it where they differ, by release.
    others: Vec<(&'static str, &'static str)>,
}

impl Case {
    fn wanted(&self, profile: Profile) -> &'static str {
        let other = self.others.iter().find(|(release, _)| *release == profile.release());
        other.map_or(self.want, |(_, want)| want)
    }

    /// Returns what is wrong under a profile.
    fn fault(&self, profile: Profile) -> Option<String> {
        let (probe, over) = (chart("probe", &self.chart), map(&self.given));
        let before = format!("{}{}", json_of(&probe.defaults), json_of(&over));
        let got = coalesce(&probe, &over, profile).ok().map(|coalesced| json_of(&coalesced.values));
        let wanted = self.wanted(profile);
        let want = (wanted != "refused").then(|| json(&value(&parse(wanted))));
        if format!("{}{}", json_of(&probe.defaults), json_of(&over)) != before {
            return Some(format!("{profile}: {}: an input changed", self.note));
        }
        (got != want).then(|| format!("{profile}: {}: got {got:?}, want {want:?}", self.note))
    }
}

fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut next = Case::default();
    for line in include_str!("cases/coalesce.cases").lines() {
        match line.split_once(' ') {
            Some(("#", text)) => next.note = text,
            Some(("chart", text)) => next.chart = parse(text),
            Some(("given", text)) => next.given = parse(text),
            Some(("want", want)) => cases.push(Case { want, ..std::mem::take(&mut next) }),
            Some((key, text)) => {
                let release = key.strip_prefix("want@").expect("a line of the table");
                cases.last_mut().expect("a case").others.push((release, text));
            }
            None => assert!(line.is_empty(), "`{line}` is not of the table"),
        }
    }
    cases
}

// Every case comes out as from each helm, and changes neither the chart's defaults nor what was given.
#[test]
fn coalesces_as_helm_does() {
    let cases = cases();
    let faults = cases.iter().flat_map(|case| Profile::ALL.into_iter().filter_map(|profile| case.fault(profile)));
    let failures: Vec<String> = faults.collect();
    assert!(failures.is_empty(), "{} faults in {} cases:\n{}", failures.len(), cases.len(), failures.join("\n"));
    assert!(cases.len() > 200, "only {} cases were read", cases.len());
    assert!(cases.iter().any(|case| !case.others.is_empty()), "no helm differs");
}
