//! Printing as Go's `fmt` does: `cases/gofmt.cases`, whose `want` lines are recorded by `.ci/oracles/gofmt/record`.

#![expect(clippy::expect_used, clippy::panic, reason = "a broken table must stop the test")]

use helm::gofmt;
use helm::value::{Data, Map, Value};
use serde_json::Value as Json;

/// What a template would hold: numbers are float64, `{"int": n}` is an int.
fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::nil(),
        Json::Bool(on) => Value::plain(Data::Bool(*on)),
        Json::Number(number) => Value::plain(Data::Float(number.as_f64().expect("a number"))),
        Json::String(text) => Value::string(text),
        Json::Array(items) => Value::list(items.iter().map(value).collect()),
        Json::Object(entries) => match entries.get("int").and_then(Json::as_i64) {
            Some(number) => Value::plain(Data::Int(number)),
            None => {
                let map = Map::new();
                entries.iter().for_each(|(key, item)| map.insert(key.as_bytes(), value(item)));
                Value::map(map)
            }
        },
    }
}

fn print(call: &str) -> String {
    let (name, arguments) = call.split_once(' ').expect("a name and arguments");
    let arguments: Vec<Value> = serde_json::from_str::<Vec<Json>>(arguments).expect("a list").iter().map(value).collect();
    let text = match (name, arguments.split_first()) {
        ("sprintf", Some((Value { data: Data::String(format), .. }, rest))) => {
            gofmt::sprintf(format, rest).expect("a supported verb")
        }
        ("sprint", _) => gofmt::sprint(&arguments),
        ("sprintln", _) => gofmt::sprintln(&arguments),
        _ => panic!("{call}"),
    };
    assert!(text.marks().is_empty(), "no leaf stands behind {call}");
    String::from_utf8(text.as_bytes().to_vec()).expect("UTF-8")
}

// Every recorded call prints what Go prints.
#[test]
fn prints_as_go_does() {
    let mut lines = include_str!("cases/gofmt.cases").lines();
    let mut failures = Vec::new();
    let mut cases = 0;
    while let Some(line) = lines.next() {
        let Some(call) = line.strip_prefix("in ") else { continue };
        let recorded = lines.next().and_then(|line| line.strip_prefix("want ")).expect("a recorded line");
        let want: String = serde_json::from_str(recorded).expect("a JSON string");
        let got = print(call);
        cases += 1;
        if got != want {
            failures.push(format!("{call}\n  want {want:?}\n  got  {got:?}"));
        }
    }
    assert!(cases > 200, "{cases} cases");
    assert!(failures.is_empty(), "{} of {cases} differ:\n{}", failures.len(), failures.join("\n"));
}
