//! The rules over whole layers; what a pattern touches is tested beside it.

use sdk::testing::{self, context};
use sdk::{Context, Layer};
use serde_json::{Value, json};

use crate::{RoleBoundaries, Settings};

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

/// By default operations set neither the program nor its rights, in any way of writing it; the others may.
#[test]
fn the_defaults_bind_operations() {
    check("operations", &json!({"image": {"repository": "a", "tag": "1"}}), &["forbidden-path /image/repository"]);
    check("operations", &json!({"image": {"registry": "a"}}), &["forbidden-path /image/registry"]);
    check("operations", &json!({"image": "a:1"}), &["forbidden-path /image"]);
    check("operations", &json!({"image": null}), &["forbidden-path /image"]);
    check("operations", &json!({"image": ["a"]}), &["forbidden-path /image"]);
    check("operations", &json!({"securityContext": {"runAsUser": 0}}), &["forbidden-path /securityContext/runAsUser"]);
    check("operations", &json!({"securityContext": null}), &["forbidden-path /securityContext"]);
    let sidecars = json!({"sidecars": [{"name": "a"}, {"securityContext": {"privileged": true}}]});
    check("operations", &sidecars, &["forbidden-path /sidecars/1/securityContext/privileged"]);
    check("operations", &json!({"image": {"tag": "1"}, "replicas": 3, "ports": [1]}), &[]);
    for owner in ["developer", "devops", "support"] {
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
