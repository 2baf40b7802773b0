//! Conformance: our verdicts beside those of Kubernetes' own pod security admission, recorded by `.ci/oracles/pod-security`.
//!
//! `parts.txt` holds bases of pods and changes to them; a line of `verdicts.txt` is `KIND BASE CHANGES LEVEL MINOR=RULES ..`: for each
//! level the versions from which on the pod breaks other rules than before, as letters in the order of the first line.

use sdk::{Place, testing};
use serde_json::{Map, Value, json};

use crate::controls;
use crate::settings::Level;
use crate::{PodSecurity, Settings};
use sdk::version::Minor;

const PARTS: &str = include_str!("conformance/parts.txt");
const VERDICTS: &str = include_str!("conformance/verdicts.txt");

/// The versions asked about in the table.
const MINORS: [u32; 23] = [0, 7, 8, 18, 19, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 60];

struct Parts {
    bases: Vec<Value>,
    changes: Vec<(Vec<String>, Value)>,
}

fn parts() -> Parts {
    let mut parts = Parts { bases: Vec::new(), changes: Vec::new() };
    for line in PARTS.lines() {
        let (kind, rest) = line.split_once(' ').unwrap();
        let (name, json) = rest.split_once(' ').unwrap();
        let value = serde_json::from_str(json).unwrap();
        match kind {
            "base" => parts.bases.push(value),
            _ => {
                let way = name.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~"));
                parts.changes.push((way.collect(), value));
            }
        }
    }
    parts
}

/// Puts a value where a way leads; maps on the way are made, and so is the next element of a list. What cannot be is left out.
fn set(at: &mut Value, way: &[String], value: &Value) {
    let Some((key, rest)) = way.split_first() else {
        *at = value.clone();
        return;
    };
    if let Ok(index) = key.parse::<usize>() {
        if !at.is_array() {
            *at = json!([]);
        }
        let list = at.as_array_mut().unwrap();
        if index == list.len() {
            list.push(Value::Null);
        }
        if let Some(element) = list.get_mut(index) {
            set(element, rest, value);
        }
        return;
    }
    if !at.is_object() {
        *at = Value::Object(Map::new());
    }
    set(at.as_object_mut().unwrap().entry(key).or_insert(Value::Null), rest, value);
}

/// Returns an object of a kind around the template of a pod.
fn object(kind: &str, template: Value) -> Value {
    let spec = json!({ "template": template });
    let (api, mut object) = match kind {
        "Pod" => ("v1", template),
        "PodTemplate" => ("v1", spec),
        "ReplicationController" => ("v1", json!({ "spec": spec })),
        "Job" => ("batch/v1", json!({ "spec": spec })),
        "CronJob" => ("batch/v1", json!({"spec": {"jobTemplate": {"spec": spec}}})),
        _ => ("apps/v1", json!({ "spec": spec })),
    };
    object["apiVersion"] = json!(api);
    object["kind"] = json!(kind);
    object
}

/// Returns a rule's name for a check of upstream: `hostPathVolumes` is `host-path-volumes`.
fn rule(check: &str) -> String {
    let letters = check.chars().map(|letter| match letter {
        '_' => "-".to_owned(),
        upper if upper.is_ascii_uppercase() => format!("-{}", upper.to_ascii_lowercase()),
        other => other.to_string(),
    });
    letters.collect()
}

/// Returns the letters of the rules that we say are broken.
fn broken(object: &Place<'_>, level: Level, minor: u32, rules: &[String]) -> String {
    let policy: PodSecurity = PodSecurity { settings: Settings::default() };
    let findings = policy.judge(object, &testing::context("prod", "production"), (level, Minor(minor))).unwrap();
    let letters = ('a'..).zip(rules).filter(|(_letter, rule)| findings.iter().any(|finding| finding.rule == **rule));
    letters.map(|(letter, _rule)| letter).collect()
}

/// Our rules are upstream's checks.
#[test]
fn rules_are_checks() {
    let mut ours: Vec<_> = controls::rules().map(str::to_owned).collect();
    let mut theirs: Vec<_> = VERDICTS.lines().next().unwrap().split(' ').map(rule).collect();
    ours.sort();
    theirs.sort();
    assert_eq!(ours, theirs);
}

/// Each recorded pod breaks the same rules here, at both levels and in all versions.
#[test]
fn verdicts_are_upstreams() {
    let parts = parts();
    let mut lines = VERDICTS.lines();
    let rules: Vec<String> = lines.next().unwrap().split(' ').map(rule).collect();
    let mut compared = 0;
    for line in lines {
        let mut words = line.split(' ');
        let (kind, base, changes) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
        let mut template = parts.bases[base.parse::<usize>().unwrap()].clone();
        for number in changes.split(',').filter_map(|number| number.parse::<usize>().ok()) {
            let (way, value) = &parts.changes[number];
            set(&mut template, way, value);
        }
        let documents = testing::documents(&[object(kind, template)]);
        let tape = documents.tape().unwrap();
        let object = testing::object(&tape, 0);
        let (baseline, restricted) = line.split_once(" baseline ").unwrap().1.split_once(" restricted ").unwrap();
        for (level, steps) in [(Level::Baseline, baseline), (Level::Restricted, restricted)] {
            let steps: Vec<(u32, &str)> = steps
                .split(' ')
                .map(|step| step.split_once('=').unwrap())
                .map(|(minor, rules)| (minor.parse().unwrap(), rules))
                .collect();
            for minor in MINORS {
                let (_since, want) = steps.iter().rev().find(|(since, _rules)| *since <= minor).unwrap();
                assert_eq!(broken(&object, level, minor, &rules), *want, "{level:?} 1.{minor}: {line}");
                compared += 1;
            }
        }
    }
    assert!(compared > 2_000 * 2 * MINORS.len(), "{compared}");
}
