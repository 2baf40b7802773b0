//! Defaults under given values as helm coalesces them: `cases/coalesce.cases`, whose `want` lines are recorded by
//! `.ci/oracles/coalesce/record`.

#![expect(clippy::expect_used, clippy::panic, reason = "a broken table must stop the test")]

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

// Every case comes out as from helm, and changes neither the chart's defaults nor what was given.
#[test]
fn coalesces_as_helm_does() {
    let mut failures = Vec::new();
    let (mut cases, mut note, mut root, mut given) = (0, "", Json::Null, Json::Null);
    for line in include_str!("cases/coalesce.cases").lines() {
        match line.split_once(' ') {
            Some(("#", text)) => note = text,
            Some(("chart", text)) => root = parse(text),
            Some(("given", text)) => given = parse(text),
            Some(("want", text)) => {
                cases += 1;
                let (probe, over) = (chart("probe", &root), map(&given));
                let before = format!("{}{}", json_of(&probe.defaults), json_of(&over));
                let got = coalesce(&probe, &over).ok().map(|coalesced| json_of(&coalesced.values));
                let want = (text != "refused").then(|| json(&value(&parse(text))));
                if got != want {
                    failures.push(format!("{note}: got {got:?}, want {want:?}"));
                }
                if format!("{}{}", json_of(&probe.defaults), json_of(&over)) != before {
                    failures.push(format!("{note}: an input changed"));
                }
            }
            Some(_) | None => assert!(line.is_empty(), "`{line}` is not of the table"),
        }
    }
    assert!(failures.is_empty(), "{} of {cases} cases:\n{}", failures.len(), failures.join("\n"));
    assert!(cases > 200, "only {cases} cases were read");
}
