//! The policies that ship with the program, as machine code: loaded, configured, asked.

use serde_json::{Value, json};

use super::super::{ConfigureError, Documents, PolicySet, Review};
use super::{context, documents, layer, lines};

fn configured(settings: Value) -> Result<PolicySet, ConfigureError> {
    let settings = serde_json::from_value(settings).unwrap();
    PolicySet::built_in().unwrap().configure(&settings)
}

fn defaults() -> PolicySet {
    configured(json!({})).unwrap()
}

fn deployment(image: &str) -> String {
    let container = json!({"name": "app", "image": image,
        "resources": {"requests": {"cpu": 1, "memory": "1Gi"}, "limits": {"memory": "1Gi"}}});
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "product-a"},
        "spec": {"replicas": 2, "template": {"spec": {"containers": [container]}}}})
    .to_string()
}

fn objects(objects: &[String]) -> Documents {
    documents(&objects.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The lines that one policy said.
fn said_by(policy: &str, review: &Review) -> Vec<String> {
    lines(review).into_iter().filter(|line| line.contains(policy)).collect()
}

/// All shipped policies are there, and say what they are.
#[test]
fn the_library_is_built_in() {
    let policies = defaults();
    let names: Vec<_> = policies.described().map(|(metadata, _digest)| metadata.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "deprecated-apis",
            "environment-guardrails",
            "image-rules",
            "ingress-hosts",
            "kind-allowlist",
            "labels-and-owners",
            "pod-security",
            "resource-quotas",
            "role-boundaries",
            "secret-references",
            "tenant-isolation",
        ]
    );
}

/// An image that is not pinned is denied in production and passes in development.
#[test]
fn an_image_without_a_pin_is_denied_in_production() {
    let service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "product-a"}}).to_string();
    let loose = [service.clone(), deployment("registry.example.com:5000/product-a")];
    let denied = defaults().check_manifests(&context("production"), &objects(&loose));
    assert_eq!(
        said_by("environment-guardrails", &denied),
        ["Deny environment-guardrails/pinned-image 1 /spec/template/spec/containers/0/image: image \
          `registry.example.com:5000/product-a` has no tag, which is not allowed in production"]
    );
    assert!(denied.is_denied());
    let passed = defaults().check_manifests(&context("nonproduction"), &objects(&loose));
    assert_eq!(said_by("environment-guardrails", &passed), [""; 0]);
    assert!(!passed.is_denied());
    let pinned = [service, deployment("registry.example.com:5000/product-a:1.4.2")];
    let passed = defaults().check_manifests(&context("production"), &objects(&pinned));
    assert_eq!(said_by("environment-guardrails", &passed), [""; 0]);
    assert!(!passed.is_denied(), "{passed:?}");
}

/// Operations may set how much runs but not what runs; the finding names the layer and the place in it.
#[test]
fn operations_do_not_choose_the_program() {
    let layers = [layer("developer"), layer("operations")];
    let values = [
        r#"{"image": {"repository": "registry.example.com/product-a"}, "replicas": 2}"#,
        r#"{"image": {"repository": "elsewhere.example.com/product-a"}, "replicas": 5}"#,
    ];
    let review = defaults().check_layers(&context("production"), &layers, &documents(&values));
    assert_eq!(
        lines(&review),
        [
            "Deny role-boundaries/forbidden-path 1 /image/repository: `image.repository` may not be set by operations in prod (production)"
        ]
    );
    assert!(review.is_denied());
    assert_eq!(lines(&defaults().check_layers(&context("production"), &layers[..1], &documents(&values[..1]))), [""; 0]);
}

/// A policy that had nothing to judge is named.
#[test]
fn a_policy_without_a_subject_is_named() {
    let service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "product-a"}}).to_string();
    let review = defaults().check_manifests(&context("production"), &objects(&[service]));
    assert_eq!(said_by("environment-guardrails", &review), ["idle environment-guardrails"]);
    assert_eq!(said_by("labels-and-owners", &review), [""; 0], "it looks at every kind");
    let review = defaults().check_layers(&context("production"), &[], &documents(&[]));
    assert_eq!(lines(&review), ["idle role-boundaries", "idle secret-references"]);
}

/// The settings of the configuration reach the policies.
#[test]
fn settings_change_the_verdict() {
    let policies = configured(json!({
        "environment-guardrails": {"classes": []},
        "pod-security": {"level": "privileged"},
        "role-boundaries": {"rules": [{"owners": ["operations"], "paths": ["image.**"], "allow": true}]},
    }));
    let policies = policies.unwrap();
    assert!(!policies.check_manifests(&context("production"), &objects(&[deployment("app")])).is_denied());
    let values = documents(&[r#"{"image": {"repository": "a"}}"#]);
    assert!(!policies.check_layers(&context("production"), &[layer("operations")], &values).is_denied());
}

/// A text longer than a message may be is still a finding, not a failure of the policy.
#[test]
fn long_texts_of_tenants_are_findings() {
    let review = defaults().check_manifests(&context("production"), &objects(&[deployment(&"a".repeat(5000))]));
    assert!(review.findings.iter().any(|one| one.rule == "pinned-image") && review.failures.is_empty(), "{:?}", lines(&review));
}
