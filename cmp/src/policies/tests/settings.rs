//! Settings as the platform's configuration has them: taken, or refused with a place and a way on.

use serde_json::{Value, json};

use super::super::{ConfigureError, PolicySet};

/// Checks settings against the problems they have: pointer, words, hint.
fn check(settings: Value, want: &[(&str, &str, Option<&str>)]) {
    let map = serde_json::from_value(settings).unwrap();
    let problems = match PolicySet::built_in().unwrap().configure(&map) {
        Ok(_) => Vec::new(),
        Err(ConfigureError::Settings(problems)) => problems,
        Err(ConfigureError::Failure(failure)) => panic!("{failure}"),
    };
    let got: Vec<_> = problems.iter().map(|problem| (problem.pointer(), problem.to_string(), problem.hint())).collect();
    let got: Vec<_> = got.iter().map(|(pointer, words, hint)| (pointer.as_str(), words.as_str(), hint.as_deref())).collect();
    assert_eq!(got, want);
}

/// The settings of the example estate are taken; so are none, and null.
#[test]
fn good_settings_are_taken() {
    check(json!({}), &[]);
    check(json!({"role-boundaries": null, "environment-guardrails": {}}), &[]);
    check(
        json!({
            "role-boundaries": {
                "rules": [{"owners": ["operations"], "paths": ["image.repository", "**.securityContext.**"], "allow": false}],
                "unsealed": ["developer", "devops"],
            },
            "environment-guardrails": {"classes": ["production"], "requireCpuLimit": false, "minimumReplicas": 2},
        }),
        &[],
    );
}

/// A slip in a name says what was probably meant, at any depth; a name that resembles nothing gets the list.
#[test]
fn unknown_names_are_told() {
    check(
        json!({"role-bundaries": {}, "tenancy": {}}),
        &[
            ("/policies/role-bundaries", "there is no policy `role-bundaries`", Some("did you mean `role-boundaries`?")),
            (
                "/policies/tenancy",
                "there is no policy `tenancy`",
                Some(
                    "known are deprecated-apis, environment-guardrails, image-rules, ingress-hosts, kind-allowlist, labels-and-owners, \
                     pod-security, resource-quotas, role-boundaries, secret-references, tenant-isolation",
                ),
            ),
        ],
    );
    check(
        json!({"environment-guardrails": {"minimumReplica": 2}, "kind-allowlist": {"rules": [{"kinds": ["Secret"], "allow": false, "clases": []}]}}),
        &[
            (
                "/policies/environment-guardrails/minimumReplica",
                "policy `environment-guardrails` has no setting `minimumReplica`",
                Some("did you mean `minimumReplicas`?"),
            ),
            (
                "/policies/kind-allowlist/rules/0/clases",
                "policy `kind-allowlist` has no setting `clases` at `/rules/0`",
                Some("did you mean `classes`?"),
            ),
        ],
    );
}

/// Settings of another type or shape, and those that the policy itself objects to, are refused with their place.
#[test]
fn wrong_settings_are_told() {
    check(
        json!({"environment-guardrails": [], "role-boundaries": {"unsealed": "developer"}}),
        &[
            (
                "/policies/environment-guardrails",
                "the settings of policy `environment-guardrails` are no map",
                Some("write settings as `name: value`, or `{}` for none"),
            ),
            (
                "/policies/role-boundaries/unsealed",
                "policy `role-boundaries` refuses its settings at `/unsealed`: \"developer\" is not of type \"array\"",
                None,
            ),
        ],
    );
    check(
        json!({"kind-allowlist": {"rules": [{"kinds": [], "allow": false}]}}),
        &[(
            "/policies/kind-allowlist/rules/0/kinds",
            "policy `kind-allowlist` refuses its settings at `/rules/0/kinds`: names no kind",
            None,
        )],
    );
    check(
        json!({"role-boundaries": {"rules": [{"owners": ["a"], "paths": ["a."], "allow": true}]}}),
        &[("/policies/role-boundaries", "policy `role-boundaries` refuses its settings: path `a.` ends with a dot", None)],
    );
}
