//! The rules over whole layers and objects; what a name says is tested beside the names.

use std::slice::from_ref;

use sdk::{Layer, testing};
use serde_json::{Value, json};

use crate::{SecretReferences, Settings};

const METADATA: &str = include_str!("../policy.json");

/// A literal that no message may repeat.
const CANARY: &str = "CANARY-hunter2";

fn lines(findings: &[sdk::Finding]) -> Vec<String> {
    let lines = testing::lines(findings);
    assert!(!lines.iter().any(|line| line.contains(CANARY)), "{lines:?}");
    lines
}

fn judge(settings: &Value, objects: &[Value]) -> Vec<String> {
    let policy: SecretReferences = testing::configured(settings);
    lines(&testing::judge_manifests(&policy, &testing::context("prod-eu", "production"), objects).findings)
}

fn judge_layer(settings: &Value, values: &Value) -> Vec<String> {
    let policy: SecretReferences = testing::configured(settings);
    let layer = Layer {
        name: "customer".into(),
        path: "values.yaml".into(),
        owner: "operations".into(),
        sealed: false,
        sealed_paths: vec![],
    };
    lines(&testing::judge_layers(&policy, &testing::context("prod-eu", "production"), &[(layer, values.clone())]))
}

fn pod(container: &Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [container]}})
}

/// The page's examples are judged as it says, and it names all rules and settings.
#[test]
fn the_page_is_true() {
    testing::examples::<SecretReferences>(include_str!("../../../docs/policies/secret-references.md"), METADATA);
}

/// policy.json describes the settings there are.
#[test]
fn the_metadata_is_true() {
    testing::assert_schema::<Settings>(METADATA);
}

/// Open texts and numbers are denied where a key says secret, at any depth; sealed leaves and references are how it should be.
#[test]
fn layers_hold_no_literals() {
    let good = json!({
        "user": CANARY, "password": "<sealed:1>", "apiKey": "$VAULT_REF_API", "token": "", "resetPassword": false, "accessToken": null,
        "auth": {"existingSecret": "db", "secret": {"name": "x", "key": "y"}}, "sealedMap": "<sealed:2>", "jwtSecret": ["<sealed:3>", ""],
        "env": [{"name": "DB_PASSWORD", "value": "$(OTHER_PASSWORD)"}, {"name": "DB_PASSWORD", "value": "<sealed:1>"}, {"name": "USER", "value": CANARY}],
    });
    assert!(judge_layer(&json!({}), &good).is_empty());
    let bad = json!({"a": [{"db": {"password": CANARY}}], "pin": {"token": 1234}, "apiKey": [CANARY], "env": [{"name": "DB_PASSWORD", "value": CANARY}]});
    let want = [
        "literal-in-layer 0 /a/0/db/password: `password` holds an open text where its name says secret",
        "literal-in-layer 0 /apiKey/0: `apiKey` holds an open text where its name says secret",
        "literal-in-layer 0 /env/0/value: `DB_PASSWORD` holds an open text where its name says secret",
        "literal-in-layer 0 /pin/token: `token` holds an open text where its name says secret",
    ];
    assert_eq!(judge_layer(&json!({}), &bad), want);
}

/// Variables that say secret come from a Secret, another variable or the vault.
#[test]
fn variables_hold_no_literals() {
    let good = pod(&json!({"env": [
        {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
        {"name": "DB_PASSWORD", "value": "$VAULT_REF_DB"},
        {"name": "PGPASSWORD", "value": "$(DB_PASSWORD)"},
        {"name": "TOKEN", "value": ""},
        {"name": "SECURE_PASSWORD", "value": "yes"},
        {"name": "USER", "value": CANARY},
        {"value": CANARY},
    ]}));
    assert!(judge(&json!({}), &[good]).is_empty());
    for value in [json!(CANARY), json!("$VAULT_REF"), json!("x$VAULT_REF_DB"), json!(1), json!("$(A)CANARY-hunter2$(B)")] {
        let bad = pod(&json!({"env": [{"name": "DB_PASSWORD", "value": value}]}));
        let want = "literal-in-variable 0 /spec/containers/0/env/0/value: the variable `DB_PASSWORD` holds an open text where its name says secret";
        assert_eq!(judge(&json!({}), &[bad]), [want], "{value}");
    }
}

/// ConfigMaps and annotations, those of pods too, have no key that says secret; Secrets may.
#[test]
fn config_maps_and_annotations_hold_no_literals() {
    let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"annotations": {"example.com/api-key": CANARY, "note": CANARY, "cnpg.io/pluginClientSecret": CANARY}},
        "data": {"password": CANARY, "app.properties": CANARY, "token": "$VAULT_REF_A"}, "binaryData": {"private.key": CANARY}});
    let want = [
        "literal-in-annotation 0 /metadata/annotations/example.com~1api-key: the annotation `example.com/api-key` holds an open text where its name says secret",
        "literal-in-config-map 0 /data/password: `password` of a ConfigMap holds an open text where its name says secret",
        "literal-in-config-map 0 /binaryData/private.key: `private.key` of a ConfigMap holds an open text where its name says secret",
    ];
    assert_eq!(judge(&json!({}), &[map]), want);
    let deployment = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {},
        "spec": {"template": {"metadata": {"annotations": {"token": CANARY, "checksum/secret": CANARY}}}}});
    let want = "literal-in-annotation 0 /spec/template/metadata/annotations/token: the annotation `token` holds an open text where its name says secret";
    assert_eq!(judge(&json!({}), &[deployment]), [want]);
    let mut pod = pod(&json!({}));
    pod["metadata"]["annotations"] = json!({"token": CANARY});
    assert_eq!(judge(&json!({}), &[pod]).len(), 1);
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "stringData": {"password": CANARY}});
    assert!(judge(&json!({}), &[secret]).is_empty());
}

/// Names, exemptions, references and classes are settings; `classes` goes by the class, not the name.
#[test]
fn settings_decide() {
    let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {"pin": "ref+vault://a", "password": CANARY}});
    let one = from_ref(&map);
    assert!(judge(&json!({"names": ["pin"]}), one)[0].contains("/data/pin: "));
    assert!(judge(&json!({"names": ["pin"], "references": ["ref+vault://*"]}), one).is_empty());
    assert!(judge(&json!({"exempt": ["pass*"]}), one).is_empty());
    assert!(judge(&json!({"classes": ["prod-eu"]}), one).is_empty());
    assert_eq!(judge(&json!({"classes": ["production"]}), one).len(), 1);
    assert!(judge_layer(&json!({"classes": ["nonproduction"]}), &json!({"password": CANARY})).is_empty());
}

/// Settings that would fit everything or nothing are refused with their place.
#[test]
fn settings_are_strict() {
    let errors = |settings: Value| {
        let errors = serde_json::from_value::<Settings>(settings).unwrap().errors();
        errors.into_iter().map(|error| error.path).collect::<Vec<_>>()
    };
    assert!(errors(json!({})).is_empty());
    assert_eq!(
        errors(json!({"names": ["a", "-", "*x"], "references": ["a*", "*", ""]})),
        ["/names/1", "/names/2", "/references/1", "/references/2"]
    );
    assert!(serde_json::from_value::<Settings>(json!({"name": []})).is_err());
}

/// A sealed value in an object is denied where its name says secret or cannot be read, and hides nothing else.
#[test]
fn sealed_leaves_are_unjudgeable() {
    let sealed = "<sealed:1>";
    let unjudgeable = |at: &str| format!("unjudgeable 0 {at}: a sealed value stands where a policy must read the text");
    let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"annotations": sealed}, "data": {"password": sealed, "token": CANARY}});
    let found = judge(&json!({}), &[map]);
    assert_eq!(found[..2], [unjudgeable("/metadata/annotations"), unjudgeable("/data/password")]);
    assert!(found[2].starts_with("literal-in-config-map 0 /data/token: ") && found.len() == 3, "{found:?}");
    let variables = pod(
        &json!({"env": [{"name": sealed, "value": "a"}, {"name": "TOKEN", "value": sealed}, {"name": "A", "value": sealed}]}),
    );
    assert_eq!(
        judge(&json!({}), &[variables]),
        [unjudgeable("/spec/containers/0/env/0/name"), unjudgeable("/spec/containers/0/env/1/value")]
    );
    let mut list = pod(&json!({}));
    list["metadata"]["annotations"] = json!({"token": CANARY});
    list["spec"]["containers"] = json!(sealed);
    assert_eq!(judge(&json!({}), &[list]).last().unwrap(), &unjudgeable("/spec/containers"));
}
