//! The rules over whole layers; what a pattern touches is tested beside it.

use sdk::testing::{self, context};
use sdk::{Context, Layer};
use serde_json::{Value, json};

use crate::matrix::{AREAS, ROLES};
use crate::pattern::Pattern;
use crate::{RoleBoundaries, Settings};

const METADATA: &str = include_str!("../policy.json");
const PAGE: &str = include_str!("../../../docs/policies/role-boundaries.md");

fn layer(owner: &str, sealed_paths: &[&str]) -> Layer {
    Layer {
        name: "a layer".to_owned(),
        path: "values.yaml".to_owned(),
        owner: owner.to_owned(),
        sealed: !sealed_paths.is_empty(),
        sealed_paths: sealed_paths.iter().map(|path| (*path).to_owned()).collect(),
    }
}

/// Judges a layer in production and returns the rule and place of each finding.
fn judge(settings: &Value, context: &Context, layer: &Layer, values: &Value) -> Vec<String> {
    let policy: RoleBoundaries = testing::configured(settings);
    let findings = testing::judge_layers(&policy, context, &[(layer.clone(), values.clone())]);
    findings.into_iter().map(|finding| format!("{} {}", finding.rule, finding.path)).collect()
}

fn check(owner: &str, values: &Value, want: &[&str]) {
    assert_eq!(judge(&json!({}), &context("prod", "production"), &layer(owner, &[]), values), want, "{owner} {values}");
}

/// Returns the concrete path that a pattern of the matrix is met by, as values with a leaf there.
fn values_at(pattern: &str) -> Value {
    let keys = pattern.trim_end_matches(".**").split('.').map(|key| if key.starts_with('*') { "web" } else { key });
    keys.rev().fold(json!("x"), |below, key| json!({ key: below }))
}

/// Returns the rows of the page's table of roles: area, keys, and what each role may.
fn rows_of_page() -> Vec<(String, Vec<String>, Vec<String>)> {
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let mut lines = PAGE.lines().skip_while(|line| !line.starts_with("| area | keys |"));
    assert_eq!(cells(lines.next().expect("the page has the table"))[2..], ROLES);
    let rows = lines.skip(1).take_while(|line| line.starts_with('|')).map(|line| {
        let [area, keys, may @ ..] = &cells(line)[..] else { panic!("{line}") };
        let keys = keys.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        (area.clone(), keys, may.to_vec())
    });
    rows.collect()
}

/// The page's table is the matrix, and each of its cells is what the policy says of each key, in every class of environments.
#[test]
fn every_cell_of_the_matrix_holds() {
    let rows = rows_of_page();
    assert_eq!(rows.iter().map(|(area, ..)| area.as_str()).collect::<Vec<_>>(), AREAS.map(|area| area.name));
    let mut cells = 0;
    for ((area, keys, may), known) in rows.iter().zip(&AREAS) {
        assert_eq!(keys, known.keys, "{area}");
        for (role, may) in ROLES.iter().zip(may) {
            let want = match may.as_str() {
                "may" => true,
                "may not" => false,
                other => panic!("{area}, {role}: {other}"),
            };
            for class in ["production", "nonproduction", "sandbox"] {
                let context = context("any", class);
                let allows =
                    |sealed: &[&str], values: &Value| judge(&json!({}), &context, &layer(role, sealed), values).is_empty();
                for key in keys {
                    assert_eq!(allows(&[], &values_at(key)), want, "{role}, {area} {key}, {class}");
                }
                if keys.is_empty() {
                    assert_eq!(allows(&["/a"], &json!({})), want, "{role}, {area}, {class}");
                }
                cells += 1;
            }
        }
    }
    assert_eq!(cells, AREAS.len() * ROLES.len() * 3);
}

/// Each key of the matrix reads as a pattern, and is written as it was read.
#[test]
fn the_matrix_reads() {
    for key in AREAS.iter().flat_map(|area| area.keys) {
        assert_eq!(Pattern::parse(key).map(String::from), Ok((*key).to_owned()));
    }
}

/// The page's examples fire what they list, and `policy.json` describes the settings that are taken.
#[test]
fn the_page_is_true() {
    testing::examples::<RoleBoundaries>(PAGE, METADATA);
    testing::assert_schema::<Settings>(METADATA);
}

/// By default operations set neither the program nor its rights, in any way of writing it; who writes the product may, and so may a role that
/// the matrix does not know.
#[test]
fn the_defaults_bind_operations() {
    check("operations", &json!({"image": {"repository": "a", "tag": "1"}}), &["forbidden-path /image/repository"]);
    check("operations", &json!({"image": {"registry": "a"}}), &["forbidden-path /image/registry"]);
    check("operations", &json!({"image": "a:1"}), &["forbidden-path /image"]);
    check("operations", &json!({"image": null}), &["forbidden-path /image"]);
    check("operations", &json!({"image": ["a"]}), &["forbidden-path /image"]);
    check("operations", &json!({"securityContext": {"runAsUser": 0}}), &["forbidden-path /securityContext/runAsUser"]);
    check("operations", &json!({"securityContext": null}), &["forbidden-path /securityContext"]);
    let components = json!({"components": [{"name": "a"}, {"securityContext": {"privileged": true}}]});
    check("operations", &components, &["forbidden-path /components/1/securityContext/privileged"]);
    check("operations", &json!({"image": {"tag": "1"}, "replicas": 3, "ports": [1]}), &[]);
    for owner in ["developer", "devops", "auditor"] {
        check(owner, &json!({"image": {"repository": "a"}, "securityContext": {"runAsUser": 0}}), &[]);
    }
}

/// By default the product's own files hold no sealed value; the customer's may.
#[test]
fn the_defaults_keep_secrets_with_customers() {
    let judged = |owner: &str, paths: &[&str]| {
        judge(&json!({}), &context("dev", "nonproduction"), &layer(owner, paths), &json!({"a": "<sealed:0>"}))
    };
    assert_eq!(judged("developer", &["/a", "/b~1c"]), ["sealed-value /a", "sealed-value /b~1c"]);
    assert_eq!(judged("devops", &["/a"]), ["sealed-value /a"]);
    assert_eq!(judged("operations", &["/a"]), [""; 0]);
    assert_eq!(judged("developer", &[]), [""; 0]);
}

/// The last rule that speaks of an owner, an environment and a path decides.
#[test]
fn the_last_rule_decides() {
    let settings = json!({"rules": [
        {"owners": ["support"], "paths": ["resources"], "allow": false},
        {"owners": ["support"], "paths": ["resources.limits"], "environments": ["prod-eu"], "allow": true},
        {"owners": ["support"], "paths": ["ingress"], "classes": ["production"], "allow": false},
    ]});
    let values = json!({"resources": {"limits": {"cpu": 1}, "requests": {"cpu": 1}}, "ingress": {"host": "a"}});
    let judged = |environment: &str, class: &str| judge(&settings, &context(environment, class), &layer("support", &[]), &values);
    let (ingress, limits, requests) =
        ("forbidden-path /ingress/host", "forbidden-path /resources/limits/cpu", "forbidden-path /resources/requests/cpu");
    let sorted = |mut findings: Vec<String>| {
        findings.sort();
        findings
    };
    assert_eq!(sorted(judged("prod-eu", "production")), [ingress, requests]);
    assert_eq!(sorted(judged("prod-us", "production")), [ingress, limits, requests]);
    assert_eq!(sorted(judged("dev", "nonproduction")), [limits, requests]);
}

/// Leave to set a part is no leave to take away the whole.
#[test]
fn leave_for_a_part_is_none_for_the_whole() {
    let settings = json!({"rules": [
        {"owners": ["support"], "paths": ["resources"], "allow": false},
        {"owners": ["support"], "paths": ["resources.limits"], "allow": true},
    ]});
    let judged = |values: Value| judge(&settings, &context("prod", "production"), &layer("support", &[]), &values);
    assert_eq!(judged(json!({"resources": null})), ["forbidden-path /resources"]);
    assert_eq!(judged(json!({"resources": {"limits": null}})), [""; 0]);
}

/// The message says what, who and where, and never what the value is.
#[test]
fn messages_hold_no_values() {
    let policy: RoleBoundaries = testing::configured(&json!({}));
    let values = json!({"image": {"repository": "canary"}});
    let findings = testing::judge_layers(&policy, &context("prod", "production"), &[(layer("operations", &[]), values)]);
    let texts: Vec<_> = findings.iter().map(|finding| (finding.message.as_str(), finding.help.as_str())).collect();
    assert_eq!(
        texts,
        [(
            "`image.repository` may not be set by operations in prod (production)",
            "set it in a layer of another owner than operations, or ask them"
        )]
    );
}

/// A rule that speaks of nobody or of nothing is an error with its place; so is an unknown key.
#[test]
fn settings_are_strict() {
    let errors = |settings: Value| {
        let settings: Settings = serde_json::from_value(settings).unwrap();
        settings.errors().into_iter().map(|error| error.path).collect::<Vec<_>>()
    };
    let rule = |owners: Value, paths: Value| json!({"rules": [{"owners": owners, "paths": paths, "allow": false}]});
    assert_eq!(errors(rule(json!(["a"]), json!(["b"]))), [""; 0]);
    assert_eq!(errors(rule(json!([]), json!([]))), ["/rules/0/owners", "/rules/0/paths"]);
    for wrong in [
        json!({"ruels": []}),
        json!({"rules": [{"owners": ["a"], "paths": ["a."], "allow": true}]}),
        json!({"unsealed": "developer"}),
    ] {
        assert!(serde_json::from_value::<Settings>(wrong.clone()).is_err(), "{wrong}");
    }
}
