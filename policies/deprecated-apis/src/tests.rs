//! The rules over whole objects.

use sdk::testing;
use serde_json::{Value, json};

use crate::{DeprecatedApis, Settings};

const METADATA: &str = include_str!("../policy.json");

fn judge(settings: &Value, version: &str, object: &Value) -> Vec<String> {
    let policy: DeprecatedApis = testing::configured(settings);
    let mut context = testing::context("prod-eu", "production");
    version.clone_into(&mut context.kube_version);
    testing::lines(&testing::judge_manifests(&policy, &context, std::slice::from_ref(object)).findings)
}

fn check(object: (&str, &str), version: &str, want: &[&str]) {
    let (api, kind) = object;
    assert_eq!(judge(&json!({}), version, &json!({"apiVersion": api, "kind": kind})), want, "{object:?} {version}");
}

/// The page's examples are judged as it says, and it names all rules and settings.
#[test]
fn the_page_is_true() {
    testing::examples::<DeprecatedApis>(include_str!("../../../docs/policies/deprecated-apis.md"), METADATA);
}

/// policy.json describes the settings there are.
#[test]
fn the_metadata_is_true() {
    testing::assert_schema::<Settings>(METADATA);
}

/// Each step in the life of an API is judged on both of its sides.
#[test]
fn lives_have_steps() {
    let cron = ("batch/v1beta1", "CronJob");
    check(cron, "1.20.15", &[]);
    let warned =
        "(warn) deprecated-api 0 /apiVersion: CronJob of `batch/v1beta1` is deprecated since 1.21, and not served from 1.25 on";
    check(cron, "1.21.0", &[warned]);
    check(cron, "1.24.9", &[warned]);
    let gone = "removed-api 0 /apiVersion: CronJob of `batch/v1beta1` is not served from 1.25 on, and the environment runs 1.25";
    check(cron, "v1.25.0-rc.1", &[gone]);
    check(("batch/v1", "CronJob"), "1.21.0", &[]);
    let early = "future-api 0 /apiVersion: CronJob of `batch/v1` is served from 1.21 on, and the environment runs 1.20";
    check(("batch/v1", "CronJob"), "1.20.0", &[early]);
}

/// APIs that are as they always were, and those of others, have nothing to be told.
#[test]
fn other_apis_are_not_judged() {
    for api in
        [("v1", "Pod"), ("apps/v1", "Deployment"), ("example.com/v1beta1", "CronJob"), ("batch/v1beta1", "Thing"), ("", "")]
    {
        check(api, "1.33.0", &[]);
    }
    assert!(judge(&json!({}), "1.33.0", &json!({"kind": "CronJob"})).is_empty());
}

/// What the migration guide names as removed is removed here, by version.
#[test]
fn the_guides_removals_are_known() {
    for (version, apis) in [
        (
            "1.16",
            "extensions/v1beta1 Deployment, extensions/v1beta1 NetworkPolicy, apps/v1beta2 StatefulSet, apps/v1beta1 Deployment",
        ),
        (
            "1.22",
            "admissionregistration.k8s.io/v1beta1 ValidatingWebhookConfiguration, apiextensions.k8s.io/v1beta1 CustomResourceDefinition, \
             apiregistration.k8s.io/v1beta1 APIService, certificates.k8s.io/v1beta1 CertificateSigningRequest, \
             coordination.k8s.io/v1beta1 Lease, extensions/v1beta1 Ingress, networking.k8s.io/v1beta1 Ingress, \
             networking.k8s.io/v1beta1 IngressClass, rbac.authorization.k8s.io/v1beta1 RoleBinding, \
             scheduling.k8s.io/v1beta1 PriorityClass, storage.k8s.io/v1beta1 StorageClass",
        ),
        (
            "1.25",
            "batch/v1beta1 CronJob, discovery.k8s.io/v1beta1 EndpointSlice, events.k8s.io/v1beta1 Event, \
             autoscaling/v2beta1 HorizontalPodAutoscaler, policy/v1beta1 PodDisruptionBudget, policy/v1beta1 PodSecurityPolicy, \
             node.k8s.io/v1beta1 RuntimeClass",
        ),
        ("1.26", "flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema, autoscaling/v2beta2 HorizontalPodAutoscaler"),
        ("1.27", "storage.k8s.io/v1beta1 CSIStorageCapacity"),
        ("1.29", "flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema"),
        ("1.32", "flowcontrol.apiserver.k8s.io/v1beta3 PriorityLevelConfiguration"),
    ] {
        for api in apis.split(", ") {
            let (api, kind) = api.split_once(' ').unwrap();
            let object = json!({"apiVersion": api, "kind": kind});
            let before = format!("1.{}", version[2..].parse::<u32>().unwrap() - 1);
            assert!(judge(&json!({}), version, &object)[0].starts_with("removed-api "), "{api} {kind}");
            assert!(!judge(&json!({}), &before, &object).concat().contains("removed-api "), "{api} {kind}");
        }
    }
}

/// The settings add APIs, and correct those of Kubernetes.
#[test]
fn settings_add_apis() {
    let settings = json!({"apis": [
        {"apiVersion": "example.com/v1", "kind": "Thing", "removed": "1.30", "replacement": "example.com/v2 Thing"},
        {"apiVersion": "batch/v1beta1", "kind": "CronJob"},
    ]});
    let thing = json!({"apiVersion": "example.com/v1", "kind": "Thing"});
    assert!(judge(&settings, "1.29.0", &thing).is_empty());
    assert_eq!(judge(&settings, "1.30.0", &thing).len(), 1);
    assert!(judge(&settings, "1.30.0", &json!({"apiVersion": "batch/v1beta1", "kind": "CronJob"})).is_empty());
}

/// Settings that mean nothing are refused with their place.
#[test]
fn settings_are_strict() {
    let api = |removed: &str| json!({"apiVersion": "a/v1", "kind": "A", "removed": removed});
    let settings: Settings = serde_json::from_value(json!({"apis": [api("1.30"), api("soon")]})).unwrap();
    let errors: Vec<_> = settings.lives().unwrap_err().into_iter().map(|error| error.path).collect();
    assert_eq!(errors, ["/apis/1/removed", "/apis/1"]);
    assert!(serde_json::from_value::<Settings>(json!({"apis": [{"kind": "A"}]})).is_err());
}

/// A sealed kind or version is denied.
#[test]
fn sealed_leaves_are_unjudgeable() {
    for (object, at) in [
        (json!({"apiVersion": "<sealed:1>", "kind": "CronJob"}), "/apiVersion"),
        (json!({"apiVersion": "batch/v1beta1", "kind": "<sealed:1>"}), "/kind"),
    ] {
        assert_eq!(
            judge(&json!({}), "1.33.0", &object),
            [format!("unjudgeable 0 {at}: a sealed value stands where a policy must read the text")]
        );
    }
}
