//! The rules over whole applications; what one image or quantity means is tested beside it.

use std::slice::from_ref;

use sdk::{Severity, testing};
use serde_json::{Value, json};

use crate::{EnvironmentGuardrails, Settings};

const METADATA: &str = include_str!("../policy.json");

fn good_pod() -> Value {
    json!({"containers": [{
        "name": "app",
        "image": "registry.example.com:5000/app:1.2.3",
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}},
    }]})
}

fn deployment(pod: &Value) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}, "spec": {"replicas": 2, "template": {"spec": pod}}})
}

fn autoscaler(kind: &str, least: &Value) -> Value {
    json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "h"},
        "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": kind, "name": "a"}, "minReplicas": least, "maxReplicas": 9}})
}

/// Sets what stands at a pointer; its parent must be there.
fn with(mut object: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    object.pointer_mut(parent).unwrap()[key] = value;
    object
}

fn judge(settings: &Value, class: &str, objects: &[Value]) -> Vec<String> {
    let policy: EnvironmentGuardrails = testing::configured(settings);
    let findings = testing::judge_manifests(&policy, &testing::context("prod-eu", class), objects).findings;
    let line = |finding: sdk::Finding| {
        assert_eq!(finding.severity, Severity::Deny);
        format!("{} {} {}: {}", finding.rule, finding.subject.unwrap(), finding.path, finding.message)
    };
    findings.into_iter().map(line).collect()
}

fn check(objects: &[Value], want: &[&str]) {
    assert_eq!(judge(&json!({}), "production", objects), want);
}

/// The page's examples are judged as it says, and it names all rules and settings.
#[test]
fn the_page_is_true() {
    testing::examples::<EnvironmentGuardrails>(include_str!("../../../docs/policies/environment-guardrails.md"), METADATA);
}

/// policy.json describes the settings there are.
#[test]
fn the_metadata_is_true() {
    testing::assert_schema::<Settings>(METADATA);
}

/// A workload with a pinned image, resources and two replicas passes; an object that runs nothing is not looked at.
#[test]
fn a_good_application_passes() {
    check(&[deployment(&good_pod()), json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {"image": "app:latest"}})], &[]);
}

/// Everything is demanded in production, nothing in another class.
#[test]
fn the_class_decides() {
    let object = with(deployment(&json!({"containers": [{"name": "app", "image": "app:latest"}]})), "/spec/replicas", json!(1));
    let at = "0 /spec/template/spec/containers/0";
    check(
        from_ref(&object),
        &[
            &format!("pinned-image {at}/image: image tag `latest` is not allowed in production"),
            &format!(
                "resource-requests {at}/resources/requests/cpu: container `app` has no CPU request, which is needed in production"
            ),
            &format!(
                "resource-requests {at}/resources/requests/memory: container `app` has no memory request, which is needed in production"
            ),
            &format!(
                "memory-limit {at}/resources/limits/memory: container `app` has no memory limit, which is needed in production"
            ),
            "replicas 0 /spec/replicas: runs with 1 replica, production needs at least 2",
        ],
    );
    assert!(judge(&json!({}), "nonproduction", from_ref(&object)).is_empty());
    assert!(!judge(&json!({"classes": ["nonproduction"]}), "nonproduction", &[object]).is_empty());
}

/// The image of every container is judged, whichever list it stands in; a container without one is too.
#[test]
fn all_containers_are_judged() {
    let mut pod = good_pod();
    pod["initContainers"] = json!([with(good_pod()["containers"][0].clone(), "/image", json!("init"))]);
    // Kubernetes takes no resources for ephemeral containers, so none are asked for.
    pod["ephemeralContainers"] = json!([{"name": "debug", "image": "debug:latest"}, {"name": "none"}]);
    let at = "pinned-image 0 /spec/template/spec";
    check(
        &[deployment(&pod)],
        &[
            &format!("{at}/initContainers/0/image: image `init` has no tag, which is not allowed in production"),
            &format!("{at}/ephemeralContainers/0/image: image tag `latest` is not allowed in production"),
            &format!("{at}/ephemeralContainers/1/image: a container has no image"),
        ],
    );
}

/// Each kind of workload is judged through its own way to the pod; a kind of another group is another kind.
#[test]
fn all_kinds_are_judged() {
    let bad = with(good_pod(), "/containers/0/image", json!("app"));
    let template = json!({"replicas": 2, "template": {"spec": bad}});
    let kinds = [
        ("v1", "Pod", json!({"spec": bad}), "/spec"),
        ("v1", "PodTemplate", json!({"template": {"spec": bad}}), "/template/spec"),
        ("v1", "ReplicationController", json!({"spec": template}), "/spec/template/spec"),
        ("apps/v1", "Deployment", json!({"spec": template}), "/spec/template/spec"),
        ("apps/v1", "StatefulSet", json!({"spec": template}), "/spec/template/spec"),
        ("apps/v1beta2", "ReplicaSet", json!({"spec": template}), "/spec/template/spec"),
        ("apps/v1", "DaemonSet", json!({"spec": template}), "/spec/template/spec"),
        ("batch/v1", "Job", json!({"spec": template}), "/spec/template/spec"),
        ("batch/v1", "CronJob", json!({"spec": {"jobTemplate": {"spec": template}}}), "/spec/jobTemplate/spec/template/spec"),
    ];
    for (api_version, kind, mut object, pod) in kinds {
        object["apiVersion"] = json!(api_version);
        object["kind"] = json!(kind);
        object["metadata"] = json!({"generateName": "a-"});
        let want = format!("pinned-image 0 {pod}/containers/0/image: image `app` has no tag, which is not allowed in production");
        check(from_ref(&object), &[&want]);
        check(&[with(object, "/apiVersion", json!("example.com/v1"))], &[]);
    }
}

/// A CPU limit is asked for only where the settings say so.
#[test]
fn a_cpu_limit_is_a_setting() {
    let strict = json!({"requireCpuLimit": true});
    let found = judge(&strict, "production", &[deployment(&good_pod())]);
    assert!(
        matches!(found.as_slice(), [one] if one.starts_with("cpu-limit 0 /spec/template/spec/containers/0/resources/limits/cpu: ")),
        "{found:?}"
    );
    let limited = with(good_pod(), "/containers/0/resources/limits", json!({"cpu": 1, "memory": "1Gi"}));
    assert!(judge(&strict, "production", &[deployment(&limited)]).is_empty());
}

/// Replicas that nobody set are one; what is no whole number is no number; kinds without replicas need none.
#[test]
fn replicas_are_counted() {
    let object = deployment(&good_pod());
    let at = "replicas 0 /spec/replicas: runs with";
    check(
        &[with(object.clone(), "/spec/replicas", Value::Null)],
        &[&format!("{at} 1 replica (none is set), production needs at least 2")],
    );
    check(&[with(object.clone(), "/spec/replicas", json!(0))], &[&format!("{at} 0 replicas, production needs at least 2")]);
    check(
        &[with(object.clone(), "/spec/replicas", json!("2"))],
        &[&format!("{at} a number of replicas that is no whole number")],
    );
    assert!(judge(&json!({"minimumReplicas": 3}), "production", from_ref(&object)).len() == 1);
    assert!(judge(&json!({"minimumReplicas": 0}), "production", &[with(object, "/spec/replicas", json!(0))]).is_empty());
    let daemons = json!({"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "a"}, "spec": {"template": {"spec": good_pod()}}});
    check(&[daemons], &[]);
}

/// An autoscaler that targets the workload decides instead of the workload's own number, in both directions.
#[test]
fn an_autoscaler_decides() {
    let one = with(deployment(&good_pod()), "/spec/replicas", json!(1));
    let two = deployment(&good_pod());
    check(&[one.clone(), autoscaler("Deployment", &json!(2))], &[]);
    let at = "replicas 1 /spec/minReplicas: scales Deployment `a` down to";
    check(&[two.clone(), autoscaler("Deployment", &json!(1))], &[&format!("{at} 1 replica, production needs at least 2")]);
    check(
        &[two, autoscaler("Deployment", &Value::Null)],
        &[&format!("{at} 1 replica (none is set), production needs at least 2")],
    );
    // Of two autoscalers the smaller least counts.
    assert_eq!(
        judge(&json!({}), "production", &[one.clone(), autoscaler("Deployment", &json!(2)), autoscaler("Deployment", &json!(1))])
            .len(),
        1
    );
    // Zero replicas switch autoscaling off.
    let off = with(one, "/spec/replicas", json!(0));
    check(
        &[off, autoscaler("Deployment", &json!(2))],
        &["replicas 0 /spec/replicas: runs with 0 replicas, production needs at least 2"],
    );
}

/// An autoscaler of something else, of another namespace, or one that Argo CD may not apply, saves nothing.
#[test]
fn other_autoscalers_save_nothing() {
    let one = with(deployment(&good_pod()), "/spec/replicas", json!(1));
    let good = autoscaler("Deployment", &json!(2));
    let hook = |key: &str, value: &str| with(good.clone(), "/metadata", json!({"name": "h", "annotations": {key: value}}));
    let others = [
        autoscaler("StatefulSet", &json!(2)),
        with(good.clone(), "/spec/scaleTargetRef/name", json!("b")),
        with(good.clone(), "/spec/scaleTargetRef/apiVersion", json!("example.com/v1")),
        with(good.clone(), "/spec/scaleTargetRef/apiVersion", Value::Null),
        with(good.clone(), "/metadata", json!({"name": "h", "namespace": "elsewhere"})),
        with(good.clone(), "/apiVersion", json!("example.com/v1")),
        hook("argocd.argoproj.io/hook", "Skip"),
        hook("argocd.argoproj.io/hook", "PostDelete"),
        hook("helm.sh/hook", "test"),
    ];
    for other in others {
        assert_eq!(judge(&json!({}), "production", &[one.clone(), other.clone()]).len(), 1, "{other}");
    }
    let here = with(good, "/metadata", json!({"name": "h", "namespace": "acme-corp-prod-eu", "annotations": {"note": "Skip"}}));
    check(&[one, here], &[]);
}

/// A sealed leaf where a rule must read is denied, once, and hides nothing else.
#[test]
fn sealed_leaves_are_unjudgeable() {
    let mut pod = with(good_pod(), "/containers/0/image", json!("<sealed:1>"));
    pod["containers"][0]["resources"]["limits"] = Value::Null;
    let object = deployment(&pod);
    let unjudgeable = "a sealed value stands where a policy must read the text";
    let at = "/spec/template/spec/containers/0";
    let want = [
        format!("unjudgeable 0 {at}/image: {unjudgeable}"),
        format!(
            "memory-limit 0 {at}/resources/limits/memory: container `app` has no memory limit, which is needed in production"
        ),
    ];
    assert_eq!(judge(&json!({}), "production", &[object]), want);
    check(&[json!({"apiVersion": "v1", "kind": "<sealed:1>"})], &[&format!("unjudgeable 0 /kind: {unjudgeable}")]);
    let scaler = with(autoscaler("Deployment", &json!(2)), "/spec/scaleTargetRef/name", json!("<sealed:1>"));
    check(&[scaler], &[&format!("unjudgeable 0 /spec/scaleTargetRef/name: {unjudgeable}")]);
    check(
        &[deployment(&good_pod()), autoscaler("Deployment", &json!("<sealed:1>"))],
        &[&format!("unjudgeable 1 /spec/minReplicas: {unjudgeable}")],
    );
}
