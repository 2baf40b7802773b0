use super::*;

const HEAD: &str = "apiVersion: tidegate.dev/v1alpha1\nkind: Configuration\n";

fn check(body: &str, want: (&str, Option<(u64, u64)>, &str)) {
    let error = Configuration::read(format!("{HEAD}{body}").as_bytes()).unwrap_err();
    assert_eq!((error.to_string().as_str(), error.at(), error.hint().as_str()), want, "{body}");
}

// The configuration of the example estate is read in full.
#[test]
fn the_example_is_read() {
    let configuration = Configuration::read(include_bytes!("../../../examples/tidegate.yaml")).unwrap();
    assert_eq!(configuration.environments["prod"].class, Class::Production);
    assert_eq!(configuration.environments["dev"].emission, Emission::Plaintext);
    assert_eq!(configuration.secrets.tenants.len(), 6);
    assert_eq!(configuration.bindings.projects.len(), 8);
    assert_eq!(configuration.emit.cluster_scoped, ["apiextensions.k8s.io/CustomResourceDefinition"]);
    assert_eq!(configuration.policies.keys().collect::<Vec<_>>(), ["environment-guardrails", "role-boundaries"]);
}

// Without sections the defaults serve the customer estate: the layers that the example writes out.
#[test]
fn the_defaults_serve_the_estate() {
    let defaults = Configuration::read(HEAD.as_bytes()).unwrap();
    let example = Configuration::read(include_bytes!("../../../examples/tidegate.yaml")).unwrap();
    assert_eq!(defaults.layers, example.layers);
    assert_eq!(defaults.environments.keys().collect::<Vec<_>>(), ["dev", "prod", "staging"]);
    assert!(defaults.environments.values().all(|environment| environment.emission == Emission::Refuse));
}

// An unknown key is refused where it stands, with the one that was meant.
#[test]
fn unknown_keys_are_refused() {
    check("enviroments: {}\n", ("`enviroments` is not known here", Some((3, 1)), "did you mean `environments`?"));
    check(
        "environments:\n  dev: {class: production, kubeversion: x}\n",
        ("`kubeversion` is not known here", Some((4, 28)), "did you mean `kubeVersion`?"),
    );
    check("schemas: {zzz: 1}\n", ("`zzz` is not known here", Some((3, 11)), "known are values"));
}

// A word outside a closed set is refused with the set.
#[test]
fn unknown_words_are_refused() {
    check(
        "environments: {dev: {class: prod}}\n",
        ("`prod` is none of nonproduction, production", Some((3, 29)), "did you mean `production`?"),
    );
}

// What must be there is named.
#[test]
fn missing_keys_are_named() {
    check("environments: {dev: {emission: refuse}}\n", ("`class` is missing", Some((3, 22)), "add it"));
    let error = Configuration::read(b"kind: Configuration\n").unwrap_err();
    assert_eq!(error.to_string(), "`apiVersion` is missing");
}

// A repeated key, two layers of one name and two rows for one tenant are refused.
#[test]
fn repetitions_are_refused() {
    assert!(Configuration::read(format!("{HEAD}roles: {{}}\nroles: {{}}\n").as_bytes()).is_err());
    let layer = "  - {name: base, path: a.yaml, owner: developer}\n";
    check(
        &format!("layers:\n{layer}{layer}"),
        ("two layers are called `base`", None, "give each layer a name of its own; errors and `explain` speak of layers by name"),
    );
    let row = "    - {customer: acme, class: production, identities: []}\n";
    check(
        &format!("secrets:\n  tenants:\n{row}{row}"),
        (
            "`secrets.tenants` has two rows for one class of `acme`",
            None,
            "name all identities of a customer and class in one row",
        ),
    );
}

// A template names dimensions only, and its braces come in pairs.
#[test]
fn templates_are_checked() {
    let filled = "a/{customer}-{environment}".parse::<PathTemplate>().unwrap().fill(|dimension| match dimension {
        Dimension::Customer => "acme",
        Dimension::Product => "shop",
        Dimension::Environment => "prod",
    });
    assert_eq!(filled, "a/acme-prod");
    assert_eq!("{tenant}".parse::<PathTemplate>(), Err(TemplateError::Unknown { name: "tenant".to_owned() }));
    for broken in ["{customer", "customer}", "a}{customer}"] {
        assert!(matches!(broken.parse::<PathTemplate>(), Err(TemplateError::Brace { .. })), "{broken}");
    }
    assert!(Configuration::read(format!("{HEAD}charts: {{path: 'x/{{tenant}}'}}\n").as_bytes()).is_err());
}

// Bytes that are no text are refused with their place.
#[test]
fn only_utf_8() {
    let error = Configuration::read(b"kind: \xff").unwrap_err();
    assert_eq!(error.to_string(), "the file is not UTF-8, from byte 6 on");
}

/// Returns the keys that may stand where `body` has the key `zzz`, from the reader's own error.
fn known_keys(body: &str) -> Vec<&'static str> {
    match Configuration::read(format!("{HEAD}{body}").as_bytes()).unwrap_err() {
        ConfigurationError::UnknownKey { key, known, .. } if key == "zzz" => known,
        other => unreachable!("`zzz` is not the key that is refused in {body}: {other}"),
    }
}

// Every key that is read has its row in the documentation, in its own section, and every row its key.
#[test]
fn every_key_is_documented() {
    let page = include_str!("../../../docs/configuration.md");
    for (section, body) in [
        ("The file", "zzz: 1"),
        ("`environments.NAME`", "environments: {dev: {zzz: 1}}"),
        ("`charts`", "charts: {zzz: 1}"),
        ("`layers[]`", "layers: [{zzz: 1}]"),
        ("`schemas`", "schemas: {zzz: 1}"),
        ("`bindings`", "bindings: {zzz: 1}"),
        ("`bindings.projects[]`", "bindings: {projects: [{zzz: 1}]}"),
        ("`roles.NAME`", "roles: {developer: {zzz: 1}}"),
        ("`secrets`", "secrets: {zzz: 1}"),
        ("`secrets.tenants[]`", "secrets: {tenants: [{zzz: 1}]}"),
        ("`secrets.tenants[].sources[]`", "secrets: {tenants: [{sources: [{zzz: 1}]}]}"),
        ("`waivers`", "waivers: {zzz: 1}"),
        ("`emit`", "emit: {zzz: 1}"),
    ] {
        let text = page.split("\n## ").find_map(|part| part.strip_prefix(section)?.strip_prefix('\n')).unwrap_or_default();
        let mut documented: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
        let mut known = known_keys(body);
        documented.sort_unstable();
        known.sort_unstable();
        assert_eq!(documented, known, "section {section}");
    }
}
