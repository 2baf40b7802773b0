//! The rules over whole objects; what a pattern means is tested beside the settings.

use std::slice::from_ref;

use sdk::testing;
use serde_json::{Value, json};

use crate::{ImageRules, Settings};

const METADATA: &str = include_str!("../policy.json");

const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn pod(container: &Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [container]}})
}

fn judge(settings: &Value, class: &str, objects: &[Value]) -> Vec<String> {
    let policy: ImageRules = testing::configured(settings);
    testing::lines(&testing::judge_manifests(&policy, &testing::context("prod-eu", class), objects).findings)
}

fn check(demand: &Value, image: &str, want: &[&str]) {
    let want: Vec<String> = want.iter().map(|want| want.replace(" @ ", " 0 /spec/containers/0/image: ")).collect();
    assert_eq!(judge(&json!({"demands": [demand]}), "production", &[pod(&json!({"image": image}))]), want, "{demand} {image}");
}

/// The page's examples are judged as it says, and it names all rules and settings.
#[test]
fn the_page_is_true() {
    testing::examples::<ImageRules>(include_str!("../../../docs/policies/image-rules.md"), METADATA);
}

/// policy.json describes the settings there are.
#[test]
fn the_metadata_is_true() {
    testing::assert_schema::<Settings>(METADATA);
    let metadata: Value = serde_json::from_str(METADATA).unwrap();
    assert_eq!(metadata["match"]["kinds"], json!(sdk::kubernetes::WORKLOADS));
}

/// Without settings any image passes whose name reads.
#[test]
fn the_default_asks_for_names() {
    let ok = pod(&json!({"image": "anything/at-all", "imagePullPolicy": "Always"}));
    assert!(judge(&json!({}), "production", &[ok]).is_empty());
    let at = "image-name 0 /spec/containers/0/image:";
    for (container, want) in [
        (json!({}), format!("{at} a container has no image")),
        (json!({"image": null}), format!("{at} a container has no image")),
        (json!({"image": ""}), format!("{at} `` is no name of a repository")),
        (json!({"image": 7}), format!("{at} `` is no name of a repository")),
        (json!({"image": "App"}), format!("{at} `App` is no name of a repository")),
        (json!({"image": "app:-"}), format!("{at} image `app:-` has `-` where a tag should stand")),
        (json!({"image": "app@x"}), format!("{at} image `app@x` has `x` where a digest should stand")),
    ] {
        assert_eq!(judge(&json!({}), "nonproduction", &[pod(&container)]), [want], "{container}");
    }
}

/// Images come from where the settings say, by their completed names.
#[test]
fn repositories_are_a_list() {
    let demand = json!({"repositories": ["registry.example.com/{customer}/*", "nginx"]});
    check(&demand, "registry.example.com/acme-corp/app:1", &[]);
    check(&demand, "docker.io/library/nginx:1", &[]);
    check(&demand, "nginxinc/nginx:1", &["repository @ an image of `docker.io/nginxinc/nginx` is not allowed in production"]);
    check(
        &demand,
        "registry.example.com/globex/app",
        &["repository @ an image of `registry.example.com/globex/app` is not allowed in production"],
    );
}

/// A forbidden tag is forbidden by its pattern; no tag is `latest`; a digest makes the tag a comment.
#[test]
fn tags_are_forbidden_by_pattern() {
    let demand = json!({"forbiddenTags": ["latest", "*-SNAPSHOT"]});
    check(&demand, "app:1.0", &[]);
    check(&demand, &format!("app:latest@{DIGEST}"), &[]);
    check(&demand, "app", &["tag @ the image tag `latest` is not allowed in production"]);
    check(&demand, "app:2.0-SNAPSHOT", &["tag @ the image tag `2.0-SNAPSHOT` is not allowed in production"]);
}

/// Where a digest is demanded, a tag is not enough.
#[test]
fn digests_are_demanded() {
    let demand = json!({"digest": true});
    check(&demand, &format!("app@{DIGEST}"), &[]);
    check(&demand, "app:1.0", &["digest @ image `docker.io/library/app` has no digest, which is needed in production"]);
}

/// A demand holds in its classes; each holds by itself.
#[test]
fn the_class_decides() {
    let settings = json!({"demands": [{"classes": ["production"], "digest": true}, {"forbiddenTags": ["latest"]}]});
    let object = pod(&json!({"image": "app"}));
    let rules = |class| judge(&settings, class, from_ref(&object)).iter().map(|line| line[..3].to_owned()).collect::<Vec<_>>();
    assert_eq!(rules("production"), ["dig", "tag"]);
    assert_eq!(rules("nonproduction"), ["tag"]);
}

/// A pull policy is one that is allowed; one that leaves a moving image on nodes is told.
#[test]
fn pull_policies_fit() {
    let found =
        |image: &str, policy: Value| judge(&json!({}), "production", &[pod(&json!({"image": image, "imagePullPolicy": policy}))]);
    for good in ["Always", "IfNotPresent"] {
        assert!(found("app:1", json!(good)).is_empty(), "{good}");
    }
    let at = "pull-policy 0 /spec/containers/0/imagePullPolicy:";
    for (bad, name) in [(json!("Never"), "Never"), (json!("always"), "always"), (json!(true), "")] {
        assert_eq!(found("app:1", bad), [format!("{at} the pull policy `{name}` is not allowed")]);
    }
    let told =
        format!("(warn) {at} with the pull policy `IfNotPresent`, nodes keep different images under the moving tag `latest`");
    assert_eq!(found("app", json!("IfNotPresent")), [told]);
    assert!(found(&format!("app@{DIGEST}"), json!("IfNotPresent")).is_empty());
}

/// Init containers, containers for debugging and image volumes are judged too, in all kinds.
#[test]
fn all_images_are_judged() {
    let spec = json!({
        "initContainers": [{"image": "A"}], "containers": [{"image": "ok"}], "ephemeralContainers": [{"image": "C"}],
        "volumes": [{"name": "v", "image": {"reference": "D", "pullPolicy": "Never"}}, {"name": "w", "emptyDir": {}}],
    });
    let cron =
        json!({"apiVersion": "batch/v1", "kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": {"spec": spec}}}}});
    let found = judge(&json!({}), "production", &[cron]);
    let at = "0 /spec/jobTemplate/spec/template/spec";
    let want = [
        format!("image-name {at}/initContainers/0/image: `A` is no name of a repository"),
        format!("image-name {at}/ephemeralContainers/0/image: `C` is no name of a repository"),
        format!("image-name {at}/volumes/0/image/reference: `D` is no name of a repository"),
        format!("pull-policy {at}/volumes/0/image/pullPolicy: the pull policy `Never` is not allowed"),
    ];
    assert_eq!(found, want);
}

/// A sealed image is denied, once, and hides nothing of the others.
#[test]
fn sealed_images_are_unjudgeable() {
    let unjudgeable = |at: &str| format!("unjudgeable 0 /spec{at}: a sealed value stands where a policy must read the text");
    let sealed = "<sealed:1>";
    let two = json!({"kind": "Pod", "apiVersion": "v1", "spec": {"containers": [{"image": sealed, "imagePullPolicy": "Never"}, {"image": "B"}]}});
    let want = [
        unjudgeable("/containers/0/image"),
        "pull-policy 0 /spec/containers/0/imagePullPolicy: the pull policy `Never` is not allowed".to_owned(),
        "image-name 0 /spec/containers/1/image: `B` is no name of a repository".to_owned(),
    ];
    assert_eq!(judge(&json!({}), "production", &[two]), want);
    let lists = json!({"kind": "Pod", "apiVersion": "v1", "spec": {"containers": sealed, "volumes": [{"image": sealed}, {"image": {"reference": "B"}}]}});
    let found = judge(&json!({}), "production", &[lists]);
    assert_eq!(found[0], unjudgeable("/containers"));
    assert!(found.contains(&unjudgeable("/volumes/0/image")) && found.last().unwrap().starts_with("image-name"), "{found:?}");
    let policy = pod(&json!({"image": "app:1", "imagePullPolicy": sealed}));
    assert_eq!(judge(&json!({}), "production", &[policy]), [unjudgeable("/containers/0/imagePullPolicy")]);
}
