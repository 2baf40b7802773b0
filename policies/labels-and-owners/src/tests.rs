//! The rules over whole applications; what a key or a value may be is tested beside it.

use std::slice::from_ref;

use sdk::{Context, testing};
use serde_json::{Value, json};

use crate::{LabelsAndOwners, Settings};

const METADATA: &str = include_str!("../policy.json");
const PAGE: &str = include_str!("../../../docs/policies/labels-and-owners.md");

fn object(kind: &str, metadata: &Value) -> Value {
    let (group, kind) = kind.rsplit_once('/').map_or(("v1".to_owned(), kind), |(group, kind)| (format!("{group}/v1"), kind));
    json!({"apiVersion": group, "kind": kind, "metadata": metadata})
}

/// A Deployment with a selector, and pods with labels.
fn deployment(selector: &Value, labels: &Value) -> Value {
    let mut object = object("apps/Deployment", &json!({}));
    object["spec"] = json!({"selector": selector, "template": {"metadata": {"labels": labels}}});
    object
}

fn context(class: &str, claims: &[(&str, &str)]) -> Context {
    let claims = claims.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Context { claims, ..testing::context("prod", class) }
}

fn judge(settings: &Value, context: &Context, objects: &[Value]) -> Vec<String> {
    let policy: LabelsAndOwners = testing::configured(settings);
    testing::lines(&testing::judge_manifests(&policy, context, objects).findings)
}

/// Returns rule and place of each finding in production.
fn check(settings: &Value, objects: &[Value], want: &[&str]) {
    let found = judge(settings, &context("production", &[]), objects);
    let places: Vec<_> = found.iter().map(|line| line.split(": ").next().unwrap_or_default()).collect();
    assert_eq!(places, want, "{settings} {objects:?}");
}

/// The page's examples fire what they list, and `policy.json` describes the settings that are taken.
#[test]
fn the_page_is_true() {
    testing::examples::<LabelsAndOwners>(PAGE, METADATA);
    testing::assert_schema::<Settings>(METADATA);
}

/// A label that is asked for must be there and not be empty; an optional one may be left out.
#[test]
fn labels_are_asked_for() {
    let settings = json!({"labels": [{"key": "team"}]});
    check(&settings, &[object("Service", &json!({"labels": {"team": "shop"}}))], &[]);
    for labels in [json!(null), json!({}), json!({"team": ""}), json!({"team": null}), json!({"Team": "shop"})] {
        check(&settings, &[object("Service", &json!({ "labels": labels }))], &["missing-label 0 /metadata/labels/team"]);
    }
    // An annotation of the name is no label.
    check(&settings, &[object("Service", &json!({"annotations": {"team": "shop"}}))], &["missing-label 0 /metadata/labels/team"]);
    let annotation = json!({"annotations": [{"key": "example.com/owner"}]});
    check(&annotation, &[object("Service", &json!({}))], &["missing-annotation 0 /metadata/annotations/example.com~1owner"]);
    check(&annotation, &[object("Service", &json!({"annotations": {"example.com/owner": "a b"}}))], &[]);
    let optional = json!({"labels": [{"key": "team", "presence": "optional", "values": ["shop"]}]});
    check(&optional, &[object("Service", &json!({}))], &[]);
    check(&optional, &[object("Service", &json!({"labels": {"team": "x"}}))], &["label-value 0 /metadata/labels/team"]);
}

/// Values are those of the settings, with placeholders and `*`, and the text of a claim.
#[test]
fn values_are_compared() {
    let labelled = |team: &str| [object("Service", &json!({"labels": {"team": team}}))];
    let settings = json!({"labels": [{"key": "team", "values": ["shop", "{customer}-*"]}]});
    check(&settings, &labelled("shop"), &[]);
    check(&settings, &labelled("acme-corp-web"), &[]);
    for other in ["shops", "globex-web"] {
        check(&settings, &labelled(other), &["label-value 0 /metadata/labels/team"]);
    }
    let line = "label-value 0 /metadata/labels/team: label `team` is `x`, which is not among what it may be";
    assert_eq!(judge(&settings, &context("production", &[]), &labelled("x")), [line]);
    // A fact that is not known fits no value.
    check(
        &json!({"labels": [{"key": "team", "values": ["{cluster}"]}]}),
        &labelled("x"),
        &["label-value 0 /metadata/labels/team"],
    );
    let claimed = json!({"labels": [{"key": "team", "claim": "costCentre"}]});
    let judged = |claims: &[(&str, &str)], team: &str| judge(&claimed, &context("production", claims), &labelled(team)).len();
    assert_eq!((judged(&[("costCentre", "4711")], "4711"), judged(&[("costCentre", "4711")], "4712")), (0, 1));
    let missing = judge(&claimed, &context("production", &[("tier", "4711")]), &labelled("4711"));
    assert_eq!(missing, ["missing-claim - : `team` is to be what metadata.yaml says of `costCentre`, and it says nothing"]);
    let both = json!({"annotations": [{"key": "team", "claim": "costCentre", "values": ["none"]}]});
    assert_eq!(
        judge(&both, &context("production", &[]), &[object("Service", &json!({"annotations": {"team": "none"}}))]),
        [""; 0]
    );
}

/// Kinds, bearers, classes and weights say where a label is asked for and what it means.
#[test]
fn demands_have_places() {
    let settings = |rest: Value| {
        let mut demand = json!({"key": "team"});
        demand.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        json!({ "labels": [demand] })
    };
    let workload = deployment(&json!(null), &json!({"app": "a"}));
    let objects = [object("Service", &json!({})), object("apps/StatefulSet", &json!({})), workload];
    let (service, set, own, pods) = (
        "missing-label 0 /metadata/labels/team",
        "missing-label 1 /metadata/labels/team",
        "missing-label 2 /metadata/labels/team",
        "missing-label 2 /spec/template/metadata/labels/team",
    );
    let set_pods = "missing-label 1 /spec/template/metadata/labels/team";
    check(&settings(json!({})), &objects, &[service, set, own]);
    check(&settings(json!({"kinds": ["Service"]})), &objects, &[service]);
    check(&settings(json!({"kinds": ["apps/*"]})), &objects, &[set, own]);
    check(&settings(json!({"kinds": ["*/Deployment", "*"]})), &objects, &[service, own]);
    check(&settings(json!({"on": ["pods"]})), &objects, &[set_pods, pods]);
    check(&settings(json!({"on": ["objects", "pods"], "kinds": ["apps/Deployment"]})), &objects, &[own, pods]);
    check(&settings(json!({"classes": ["nonproduction"]})), &objects, &[]);
    check(&settings(json!({"weight": "warn", "kinds": ["Service"]})), &objects, &[&format!("(warn) {service}")]);
    check(&settings(json!({"weight": "off"})), &objects, &[]);
    assert_eq!(judge(&settings(json!({"classes": ["nonproduction"]})), &context("nonproduction", &[]), &objects).len(), 3);
}

/// What the cluster would refuse is denied without any settings: values that are no texts or too long, keys that are none.
#[test]
fn malformed_ones_are_denied() {
    let labelled = |labels: Value| [object("Service", &json!({ "labels": labels }))];
    check(&json!({}), &labelled(json!({"version": "1.0", "empty": "", "none": null})), &[]);
    for (labels, pointer) in [
        (json!({"version": 1.5}), "version"),
        (json!({"on": true}), "on"),
        (json!({"a": "b c"}), "a"),
        (json!({"a": "x".repeat(64)}), "a"),
        (json!({"a b": "c"}), "a b"),
        (json!({"/a": "c"}), "~1a"),
    ] {
        check(&json!({}), &labelled(labels), &[&format!("malformed 0 /metadata/labels/{pointer}")]);
    }
    check(
        &json!({}),
        &[deployment(&json!(null), &json!({"version": 1}))],
        &["malformed 0 /spec/template/metadata/labels/version"],
    );
    let annotated = |annotations: Value| [object("Service", &json!({ "annotations": annotations }))];
    check(&json!({}), &annotated(json!({"note": "any text, of any length", "Example.com/Note": "x"})), &[]);
    check(&json!({}), &annotated(json!({"rate": 20})), &["malformed 0 /metadata/annotations/rate"]);
}

/// A selector selects its own pods and holds nothing that the next release changes; only kinds whose selectors cannot change are looked at.
#[test]
fn selectors_stay() {
    let good = json!({"matchLabels": {"app": "a"}});
    check(&json!({}), &[deployment(&good, &json!({"app": "a", "helm.sh/chart": "a-1.2.3"}))], &[]);
    check(&json!({}), &[deployment(&good, &json!({"app": "b"}))], &["selector-mismatch 0 /spec/selector"]);
    check(
        &json!({}),
        &[deployment(&json!({"matchLabels": {"app": 1}}), &json!({"app": "a"}))],
        &["selector-mismatch 0 /spec/selector"],
    );
    let changing = deployment(&json!({"matchLabels": {"helm.sh/chart": "a-1"}}), &json!({"helm.sh/chart": "a-1"}));
    let place = "changing-selector 0 /spec/selector/matchLabels/helm.sh~1chart";
    check(&json!({}), from_ref(&changing), &[&format!("(warn) {place}")]);
    check(&json!({"changingSelectors": {"production": "deny"}}), from_ref(&changing), &[place]);
    check(&json!({"changingSelectors": {}}), from_ref(&changing), &[]);
    check(&json!({"changing": ["app"]}), from_ref(&changing), &[]);
    let mut job = deployment(&good, &json!({"app": "b"}));
    (job["apiVersion"], job["kind"]) = (json!("batch/v1"), json!("Job"));
    check(&json!({}), &[job], &[]);
}

/// A sealed leaf blinds no rule, is told once, and hides nothing else.
#[test]
fn sealed_leaves_are_unjudgeable() {
    let sealed = "<sealed:1>";
    let settings = json!({"labels": [{"key": "team"}, {"key": "app", "on": ["pods"]}]});
    check(
        &settings,
        &[object("Service", &json!({"labels": {"team": sealed, "a": "b c"}}))],
        &["unjudgeable 0 /metadata/labels/team", "malformed 0 /metadata/labels/a"],
    );
    check(
        &settings,
        &[object("Service", &json!({ "labels": sealed }))],
        &["unjudgeable 0 /metadata/labels/team", "unjudgeable 0 /metadata/labels"],
    );
    check(&json!({}), &[object("Service", &json!({"annotations": {"a": sealed}}))], &["unjudgeable 0 /metadata/annotations/a"]);
    check(&json!({}), &[object(sealed, &json!({}))], &["unjudgeable 0 /kind"]);
    let pods = json!({"app": "a"});
    check(
        &json!({}),
        &[deployment(&json!(sealed), &pods)],
        &["unjudgeable 0 /spec/selector/matchLabels/app.kubernetes.io~1version"],
    );
    check(
        &json!({}),
        &[deployment(&json!({"matchLabels": {"app": sealed}}), &pods)],
        &["unjudgeable 0 /spec/selector/matchLabels/app"],
    );
}
