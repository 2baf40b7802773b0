//! The policy over whole objects; what the standard says of each field is compared with upstream's own answers in `conformance`.

mod conformance;

use std::slice::from_ref;

use sdk::testing;
use serde_json::{Value, json};

use crate::{PodSecurity, Settings, controls};

const METADATA: &str = include_str!("../policy.json");

/// A pod that keeps to the restricted level.
fn good_pod() -> Value {
    json!({
        "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [{"name": "app", "image": "app:1", "securityContext": {
            "allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]},
        }}],
    })
}

fn deployment(pod: &Value) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}, "spec": {"template": {"spec": pod}}})
}

/// Sets what stands at a pointer; its parent must be there.
fn with(mut object: Value, pointer: &str, value: Value) -> Value {
    if let Some(place) = object.pointer_mut(pointer) {
        *place = value;
        return object;
    }
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    object.pointer_mut(parent).unwrap()[key] = value;
    object
}

fn judge(settings: &Value, class: &str, objects: &[Value]) -> Vec<String> {
    let policy: PodSecurity = testing::configured(settings);
    testing::lines(&testing::judge_manifests(&policy, &testing::context("prod-eu", class), objects).findings)
}

fn check(pod: &Value, want: &[&str]) {
    assert_eq!(judge(&json!({"level": "restricted"}), "production", &[deployment(pod)]), want);
}

/// The page's examples are judged as it says, and it names all rules and settings.
#[test]
fn the_page_is_true() {
    testing::examples::<PodSecurity>(include_str!("../../../docs/policies/pod-security.md"), METADATA);
}

/// policy.json describes the settings there are, and names the rules there are.
#[test]
fn the_metadata_is_true() {
    testing::assert_schema::<Settings>(METADATA);
    let metadata: Value = serde_json::from_str(METADATA).unwrap();
    let named = metadata["rules"].as_array().unwrap().iter().map(|rule| rule["name"].as_str().unwrap());
    assert!(named.eq(controls::rules()));
    assert_eq!(metadata["match"]["kinds"], json!(sdk::kubernetes::WORKLOADS));
}

/// A hardened pod passes the restricted level; a bare one passes the default, and the class decides where more is asked.
#[test]
fn the_class_decides_the_level() {
    check(&good_pod(), &[]);
    let bare = deployment(&json!({"containers": [{"name": "app", "image": "app:1"}]}));
    assert!(judge(&json!({}), "production", from_ref(&bare)).is_empty());
    let by_class = json!({"levels": {"production": "restricted", "sandbox": "privileged"}});
    assert_eq!(judge(&by_class, "production", from_ref(&bare)).len(), 4);
    assert!(judge(&by_class, "nonproduction", from_ref(&bare)).is_empty());
    let privileged = deployment(&with(good_pod(), "/containers/0/securityContext/privileged", json!(true)));
    let denied = ["privileged 0 /spec/template/spec/containers/0/securityContext/privileged: container `app` is privileged"];
    for class in ["production", "nonproduction"] {
        assert_eq!(judge(&by_class, class, from_ref(&privileged)), denied);
    }
    assert!(judge(&by_class, "sandbox", &[privileged]).is_empty());
}

/// A missing field is named where it should stand; one place is one finding.
#[test]
fn what_is_missing_has_a_place() {
    check(
        &json!({"containers": [{"name": "app"}]}),
        &[
            "allow-privilege-escalation 0 /spec/template/spec/containers/0/securityContext/allowPrivilegeEscalation: processes of container `app` may gain privileges",
            "capabilities-restricted 0 /spec/template/spec/containers/0/securityContext/capabilities/drop: container `app` does not drop all capabilities",
            "run-as-non-root 0 /spec/template/spec/containers/0/securityContext/runAsNonRoot: container `app` may run as root",
            "seccomp-profile-restricted 0 /spec/template/spec/containers/0/securityContext/seccompProfile/type: container `app` has no seccomp profile",
        ],
    );
}

/// A value of another type than the API's is not the harmless one.
#[test]
fn other_types_are_not_harmless() {
    for (pointer, value) in [
        ("/hostNetwork", json!("false")),
        ("/containers/0/securityContext/privileged", json!("false")),
        ("/containers/0/securityContext/procMount", json!(1)),
        ("/containers/0/ports", json!([{"hostPort": "0"}])),
        ("/containers/0/securityContext/runAsUser", json!("0")),
        ("/containers/0/securityContext/runAsNonRoot", json!("true")),
        ("/containers/0/securityContext/seccompProfile", json!("RuntimeDefault")),
        ("/securityContext/sysctls", json!(["kernel.sem"])),
    ] {
        assert_eq!(
            judge(&json!({"level": "restricted"}), "production", &[deployment(&with(good_pod(), pointer, value))]).len(),
            1,
            "{pointer}"
        );
    }
}

/// The version decides by the environment, by a pin, or is the newest.
#[test]
fn the_version_decides() {
    let pod = deployment(&with(good_pod(), "/containers/0/livenessProbe", json!({"httpGet": {"port": 80, "host": "10.0.0.1"}})));
    for (version, want) in [(json!(null), 0), (json!("1.34"), 1), (json!("v1.33.9"), 0), (json!("latest"), 1)] {
        assert_eq!(judge(&json!({ "version": version }), "production", from_ref(&pod)).len(), want, "{version}");
    }
}

/// Whoever is exempt is told as information with the reason; others, and other rules, are not touched.
#[test]
fn exemptions_cover_what_they_name() {
    let pod = deployment(&with(good_pod(), "/hostNetwork", json!(true)));
    let exempt = |exemption: Value| judge(&json!({"exemptions": [exemption]}), "production", from_ref(&pod));
    let told = "(info) host-namespaces 0 /spec/template/spec/hostNetwork: the pod shares a namespace of its node (`hostNetwork`) (exempt: an agent)";
    assert_eq!(exempt(json!({"reason": "an agent"})), [told]);
    let exact =
        json!({"rules": ["host-namespaces"], "namespace": "acme-*", "kind": "Deployment", "name": "a", "reason": "an agent"});
    assert_eq!(exempt(exact.clone()), [told]);
    for (key, other) in
        [("rules", json!(["privileged"])), ("namespace", json!("b")), ("kind", json!("Job")), ("name", json!("b"))]
    {
        assert!(exempt(with(exact.clone(), &format!("/{key}"), other))[0].starts_with("host-namespaces "), "{key}");
    }
}

/// Settings that mean nothing are refused with their place.
#[test]
fn settings_are_strict() {
    let errors = |settings: Value| {
        let errors = serde_json::from_value::<Settings>(settings).unwrap().errors();
        errors.into_iter().map(|error| error.path).collect::<Vec<_>>()
    };
    assert!(errors(json!({"version": "1.30", "exemptions": [{"rules": ["privileged"], "reason": "r"}]})).is_empty());
    let wrong = json!({"version": "newest", "exemptions": [{"rules": ["privileged", "priviledged"], "reason": " "}]});
    assert_eq!(errors(wrong), ["/version", "/exemptions/0/rules/1", "/exemptions/0/reason"]);
    for wrong in [json!({"level": "strict"}), json!({"levels": ["restricted"]}), json!({"exemptions": [{}]})] {
        assert!(serde_json::from_value::<Settings>(wrong).is_err());
    }
}

/// A sealed leaf where a rule must read is denied once, at its place, and hides nothing else.
#[test]
fn sealed_leaves_are_unjudgeable() {
    let unjudgeable =
        |at: &str| format!("unjudgeable 0 /spec/template/spec{at}: a sealed value stands where a policy must read the text");
    let sealed = json!("<sealed:1>");
    for at in [
        "/hostNetwork",
        "/volumes",
        "/os",
        "/containers/0/securityContext",
        "/containers/0/securityContext/privileged",
        "/containers/0/securityContext/capabilities/drop",
        "/containers/0/ports",
        "/containers/0/livenessProbe",
        "/securityContext/runAsNonRoot",
        "/securityContext",
        "/initContainers",
        "/containers/0",
    ] {
        let pod = with(with(good_pod(), "/hostPID", json!(true)), at, sealed.clone());
        let found = judge(&json!({"level": "restricted", "version": "1.34"}), "production", &[deployment(&pod)]);
        assert!(found.contains(&unjudgeable(at)), "{at}: {found:?}");
        assert!(found.iter().any(|line| line.starts_with("host-namespaces 0 /spec/template/spec/hostPID: ")), "{at}: {found:?}");
        assert_eq!(found.len(), 2, "{at}: {found:?}");
    }
    assert_eq!(
        judge(
            &json!({}),
            "production",
            &[deployment(&with(good_pod(), "/containers/0/securityContext/privileged", sealed.clone()))]
        ),
        [unjudgeable("/containers/0/securityContext/privileged")]
    );
    assert_eq!(judge(&json!({}), "production", &[deployment(&sealed)]), [unjudgeable("")]);
    let exempt = json!({"exemptions": [{"reason": "an agent"}]});
    let pod = deployment(&with(good_pod(), "/hostNetwork", sealed));
    assert_eq!(judge(&exempt, "production", &[pod]), [unjudgeable("/hostNetwork")]);
}
