use std::io::Write;

use super::*;

/// Returns a folder `above/values` with the configurations, each as folder and text.
fn estate(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("above/values")).unwrap();
    for (place, text) in files {
        let mut file = std::fs::File::create(folder.path().join(place).join(FILE)).unwrap();
        write!(file, "apiVersion: tidegate.dev/v1alpha1\nkind: Configuration\n{text}").unwrap();
    }
    folder
}

const POWER: &str = "\
environments:\n  dev: {class: nonproduction, emission: plaintext, kubeVersion: 1.30.0}\n  prod: {class: nonproduction}\n  qa: {class: nonproduction}
bindings: {namespace: \"x\"}
roles: {developer: {classes: [production]}}
secrets: {tenants: [{customer: a, class: production, identities: [k]}]}
policies: {}
emit: {clusterScoped: [v1/Namespace]}
charts: {root: charts}\n";

// A configuration that is found sets charts and Kubernetes versions, and nothing that gives power.
#[test]
fn found_gives_no_power() {
    let folder = estate(&[("above", POWER)]);
    let found = find(&folder.path().join("above/values")).unwrap();
    let configuration = &found.configuration;
    assert_eq!(found.trust, Trust::Found);
    assert_eq!(configuration.charts.root.as_deref(), Some("charts"));
    assert_eq!(configuration.environments["dev"].kube_version.as_deref(), Some("1.30.0"));
    assert_eq!(configuration.environments["dev"].emission, Emission::Refuse);
    let classes = ["dev", "prod", "qa"].map(|name| configuration.environments[name].class);
    assert_eq!(classes, [Class::NonProduction, Class::Production, Class::Production]);
    assert_eq!(configuration.bindings, Bindings::default());
    assert_eq!(configuration.roles["developer"].classes, [Class::NonProduction]);
    assert!(configuration.secrets.tenants.is_empty());
    assert!(configuration.emit.cluster_scoped.is_empty());
    let [Ignored::Powerless { sections, .. }] = found.ignored.as_slice() else { panic!("{:?}", found.ignored) };
    assert_eq!(sections.as_slice(), ["bindings", "emit", "environments.*.class", "environments.*.emission", "roles", "secrets"]);
}

// The same configuration, named, counts whole.
#[test]
fn named_counts_whole() {
    let folder = estate(&[("above", POWER)]);
    let named = named(&folder.path().join("above").join(FILE)).unwrap();
    assert_eq!((named.trust, named.ignored), (Trust::Named, Vec::new()));
    assert_eq!(named.configuration.environments["qa"].class, Class::NonProduction);
    assert_eq!(named.configuration.secrets.tenants.len(), 1);
}

// Policies of a configuration that is found do not count either.
#[test]
fn found_policies_do_not_count() {
    let folder = estate(&[("above", "policies: {role-boundaries: {}}\n")]);
    let found = find(&folder.path().join("above/values")).unwrap();
    assert!(found.configuration.policies.is_empty());
    assert!(found.ignored[0].to_string().ends_with("as if they were absent: policies"), "{}", found.ignored[0]);
}

// A configuration inside the values repository counts for nothing, and is said to.
#[test]
fn inside_counts_for_nothing() {
    let folder = estate(&[("above/values", POWER)]);
    let found = find(&folder.path().join("above/values")).unwrap();
    assert_eq!(found.trust, Trust::Defaults);
    assert_eq!(found.configuration.charts.root, None);
    assert!(matches!(found.ignored.as_slice(), [Ignored::Inside { .. }]));
}

// The nearest above the repository wins; one that is broken is an error, not a reason to look further.
#[test]
fn nearest_wins() {
    let folder = estate(&[("", "charts: {root: far}\n"), ("above", "charts: {root: near}\n")]);
    let found = find(&folder.path().join("above/values")).unwrap();
    assert_eq!(found.configuration.charts.root.as_deref(), Some("near"));
    let folder = estate(&[("", ""), ("above", "chart: {}\n")]);
    assert!(matches!(find(&folder.path().join("above/values")), Err(DiscoveryError::Refused { .. })));
}

// The plugin's folder may hold none; what was named must be there.
#[test]
fn absent_configurations() {
    let folder = estate(&[]);
    assert_eq!(in_folder(folder.path()).unwrap().trust, Trust::Defaults);
    assert!(matches!(named(&folder.path().join(FILE)), Err(DiscoveryError::Missing { .. })));
}

// A mounted ConfigMap is a link; its paths start from where the mount is, not from where the link leads.
#[test]
fn links_of_mounts_are_followed() {
    let folder = estate(&[("above", "charts: {root: charts}\n")]);
    let link = folder.path().join(FILE);
    std::os::unix::fs::symlink(folder.path().join("above").join(FILE), &link).unwrap();
    let mounted = in_folder(folder.path()).unwrap();
    assert_eq!(mounted.trust, Trust::Named);
    assert_eq!(mounted.folder.unwrap().root(), folder.path());
}

// A link that leads nowhere is an error: passing it over would drop the platform's rules.
#[test]
fn dangling_links_are_errors() {
    let folder = estate(&[]);
    std::os::unix::fs::symlink("nowhere", folder.path().join(FILE)).unwrap();
    assert!(matches!(in_folder(folder.path()), Err(DiscoveryError::Source { .. })));
    assert!(matches!(find(&folder.path().join("above/values")), Err(DiscoveryError::Source { .. })));
}
