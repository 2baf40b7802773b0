//! The rules over whole objects.

use sdk::testing;
use serde_json::{Value, json};

use crate::{KindAllowlist, Settings};

const METADATA: &str = include_str!("../policy.json");

fn judge(settings: &Value, (class, role): (&str, Option<&str>), (api, kind): (&str, &str)) -> Vec<String> {
    let policy: KindAllowlist = testing::configured(settings);
    let mut context = testing::context("prod-eu", class);
    context.role = role.map(str::to_owned);
    testing::lines(&testing::judge_manifests(&policy, &context, &[json!({"apiVersion": api, "kind": kind})]).findings)
}

/// The page's examples are judged as it says, and it names all rules and settings.
#[test]
fn the_page_is_true() {
    testing::examples::<KindAllowlist>(include_str!("../../../docs/policies/kind-allowlist.md"), METADATA);
}

/// policy.json describes the settings there are.
#[test]
fn the_metadata_is_true() {
    testing::assert_schema::<Settings>(METADATA);
}

/// By default kinds that rule over others are denied everywhere, in any version; all others pass.
#[test]
fn the_default_denies_ruling_kinds() {
    for (api, kind) in [
        ("argoproj.io/v1alpha1", "Application"),
        ("argoproj.io/v2", "ApplicationSet"),
        ("argoproj.io/v1alpha1", "AppProject"),
        ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"),
        ("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
        ("apiregistration.k8s.io/v1", "APIService"),
        ("rbac.authorization.k8s.io/v1", "ClusterRole"),
        ("rbac.authorization.k8s.io/v1beta1", "ClusterRoleBinding"),
    ] {
        let group = api.split_once('/').unwrap().0;
        let want = format!("forbidden-kind 0 /kind: objects of the kind `{group}/{kind}` are not allowed in nonproduction");
        assert_eq!(judge(&json!({}), ("nonproduction", None), (api, kind)), [want]);
    }
    for object in [
        ("v1", "ConfigMap"),
        ("apps/v1", "Deployment"),
        ("argoproj.io/v1alpha1", "Rollout"),
        ("rbac.authorization.k8s.io/v1", "Role"),
        ("example.com/v1", "Application"),
        ("app.k8s.io/v1beta1", "Application"),
    ] {
        assert!(judge(&json!({}), ("production", None), object).is_empty(), "{object:?}");
    }
}

/// The last rule that speaks decides, so a closed list is everything denied and then what is allowed.
#[test]
fn the_last_rule_decides() {
    let closed = json!({"rules": [
        {"kinds": ["*/*"], "allow": false},
        {"kinds": ["apps/*", "Service", "*.example.com/*"], "allow": true},
        {"kinds": ["apps/DaemonSet"], "allow": false, "classes": ["production"]},
    ]});
    let allowed = |class, object| judge(&closed, (class, None), object).is_empty();
    for object in [("apps/v1", "Deployment"), ("v1", "Service"), ("a.example.com/v1", "Thing")] {
        assert!(allowed("production", object), "{object:?}");
    }
    for object in [("v1", "Pod"), ("example.com/v1", "Thing"), ("apps", "Deployment"), ("", "")] {
        assert!(!allowed("production", object), "{object:?}");
    }
    assert!(allowed("nonproduction", ("apps/v1", "DaemonSet")) && !allowed("production", ("apps/v1", "DaemonSet")));
    assert!(judge(&json!({"rules": []}), ("production", None), ("argoproj.io/v1alpha1", "Application")).is_empty());
}

/// A rule that names roles speaks of them alone: what it grants, nobody without the role gets.
#[test]
fn the_role_decides_where_one_is_named() {
    let settings = json!({"rules": [
        {"kinds": ["batch/CronJob"], "allow": false},
        {"kinds": ["batch/CronJob"], "allow": true, "roles": ["platform", "devops"]},
    ]});
    let object = ("batch/v1", "CronJob");
    assert!(judge(&settings, ("production", Some("devops")), object).is_empty());
    assert_eq!(judge(&settings, ("production", None), object).len(), 1);
    let want = "forbidden-kind 0 /kind: objects of the kind `batch/CronJob` are not allowed in production for developer";
    assert_eq!(judge(&settings, ("production", Some("developer")), object), [want]);
}

/// Patterns that seem to mean something else are refused with their place.
#[test]
fn settings_are_strict() {
    let errors = |kinds: Value| {
        let settings: Settings = serde_json::from_value(json!({"rules": [{"kinds": kinds, "allow": true}]})).unwrap();
        settings.errors().into_iter().map(|error| error.path).collect::<Vec<_>>()
    };
    assert!(errors(json!(["*/*", "Pod", "apps/*", "*.k8s.io/A*"])).is_empty());
    assert_eq!(errors(json!([])), ["/rules/0/kinds"]);
    for wrong in ["*", "", "argoproj.io", "apps/v1/Deployment", "apps/"] {
        assert_eq!(errors(json!(["Pod", wrong])), ["/rules/0/kinds/1"], "{wrong}");
    }
    assert!(serde_json::from_value::<Settings>(json!({"rules": [{"kinds": ["Pod"]}]})).is_err());
}

/// A sealed kind or version is denied.
#[test]
fn sealed_kinds_are_unjudgeable() {
    for (object, at) in [(("<sealed:1>", "Pod"), "/apiVersion"), (("v1", "<sealed:1>"), "/kind")] {
        let want = format!("unjudgeable 0 {at}: a sealed value stands where a policy must read the text");
        assert_eq!(judge(&json!({}), ("production", None), object), [want]);
    }
}
