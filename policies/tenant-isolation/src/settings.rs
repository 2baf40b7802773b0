//! Settings: what belongs to an application, and what it may reach beyond.

use std::collections::BTreeMap;

use sdk::placeholders::Template;
use sdk::weight::{Weight, Weights};
use sdk::{Context, SettingsError, wildcard};
use serde::Deserialize;

/// The namespaces of customers, as the program names them where the configuration says nothing else: `{customer}-{environment}` in each of the
/// environments that it then has, and in the application's own.
const CUSTOMERS: [&str; 4] = ["*-dev", "*-prod", "*-staging", "*-{environment}"];

/// The settings of the policy.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Settings {
    /// Namespaces that are the application's own besides the one it is applied to.
    pub namespaces: Vec<Template>,
    /// The namespaces of customers; one that is not the application's own is another's. `*` closes the world: then each namespace is foreign
    /// that `references` does not name.
    pub foreign: Vec<Template>,
    /// What may be referred to in foreign namespaces: `namespace` or `namespace/name`.
    pub references: Vec<Template>,
    /// Further kinds that belong to no namespace, as `group/Kind`.
    pub cluster_scoped: Vec<String>,
    /// Kinds without namespace that applications may hold, as `group/Kind`.
    pub allowed_cluster_scoped: Vec<String>,
    /// Where a network policy is asked for, and what counts as one.
    pub network_policy: NetworkPolicy,
}

/// What is asked of network policies.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct NetworkPolicy {
    /// What a missing one means, by class of environment.
    pub weights: Weights,
    /// The traffic that must be covered.
    pub directions: Vec<Direction>,
    /// The kinds that count.
    pub kinds: Vec<FenceKind>,
}

/// A direction of traffic, seen from the pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// To the pod.
    Ingress,
    /// From the pod.
    Egress,
}

/// A kind of network policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
pub enum FenceKind {
    /// Kubernetes' own.
    #[serde(rename = "networking.k8s.io/NetworkPolicy")]
    Kubernetes,
    /// Cilium's.
    #[serde(rename = "cilium.io/CiliumNetworkPolicy")]
    Cilium,
}

impl FenceKind {
    /// Returns its name as `group/Kind`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            FenceKind::Kubernetes => "networking.k8s.io/NetworkPolicy",
            FenceKind::Cilium => "cilium.io/CiliumNetworkPolicy",
        }
    }
}

impl Default for Settings {
    fn default() -> Settings {
        let customers = CUSTOMERS.iter().filter_map(|namespace| Template::parse(namespace).ok());
        Settings {
            namespaces: Vec::new(),
            foreign: customers.collect(),
            references: Vec::new(),
            cluster_scoped: Vec::new(),
            allowed_cluster_scoped: Vec::new(),
            network_policy: NetworkPolicy::default(),
        }
    }
}

impl Default for NetworkPolicy {
    // A chart without one is ordinary, and a platform may ship them beside the applications: so it is said, not refused.
    fn default() -> NetworkPolicy {
        NetworkPolicy {
            weights: BTreeMap::from([("production".to_owned(), Weight::Warn)]),
            directions: vec![Direction::Ingress],
            kinds: vec![FenceKind::Kubernetes],
        }
    }
}

impl Settings {
    /// Returns what is wrong beyond the types: what would allow everything or ask for nothing, and kinds that do not read.
    #[must_use]
    pub fn errors(&self) -> Vec<SettingsError> {
        let mut errors = Vec::new();
        for (field, templates) in [("namespaces", &self.namespaces), ("references", &self.references)] {
            let everything = templates.iter().enumerate().filter(|(_index, template)| template.is_text_of("*/"));
            errors.extend(everything.map(|(index, _template)| error(field, index, "would allow every namespace")));
        }
        if self.foreign.is_empty() {
            let message = "is empty, so no namespace would be another customer's".to_owned();
            errors.push(SettingsError { path: "/foreign".to_owned(), message });
        }
        for (field, kinds) in [("clusterScoped", &self.cluster_scoped), ("allowedClusterScoped", &self.allowed_cluster_scoped)] {
            let wrong = kinds.iter().enumerate().filter(|(_index, kind)| !is_kind(kind));
            errors.extend(wrong.map(|(index, _kind)| error(field, index, "is no kind as `group/Kind` or `Kind`")));
        }
        let NetworkPolicy { weights: _, directions, kinds } = &self.network_policy;
        for (field, is_empty) in [("directions", directions.is_empty()), ("kinds", kinds.is_empty())] {
            if is_empty {
                let message = "is empty; to ask for no network policy, name no class in `weights`".to_owned();
                errors.push(SettingsError { path: format!("/networkPolicy/{field}"), message });
            }
        }
        errors
    }
}

fn error(field: &str, index: usize, message: &str) -> SettingsError {
    SettingsError { path: format!("/{field}/{index}"), message: message.to_owned() }
}

fn is_kind(text: &str) -> bool {
    let kind = text.rsplit_once('/').map_or(text, |(_group, kind)| kind);
    kind.starts_with(|first: char| first.is_ascii_uppercase()) && text.matches('/').count() <= 1
}

/// What is the application's own in a context, and what it may reach beyond.
pub(crate) struct Neighbourhood<'a> {
    /// The namespace it is applied to.
    pub(crate) home: &'a str,
    own: Vec<String>,
    foreign: Vec<String>,
    open: Vec<(String, String)>,
}

impl<'a> Neighbourhood<'a> {
    /// Returns what the settings mean in a context.
    pub(crate) fn of(settings: &Settings, context: &'a Context) -> Neighbourhood<'a> {
        let filled = |templates: &[Template]| templates.iter().filter_map(|template| template.fill(context)).collect::<Vec<_>>();
        let split = |reference: String| match reference.split_once('/') {
            Some((namespace, name)) => (namespace.to_owned(), name.to_owned()),
            None => (reference, "*".to_owned()),
        };
        Neighbourhood {
            home: &context.namespace,
            own: filled(&settings.namespaces),
            foreign: filled(&settings.foreign),
            open: filled(&settings.references).into_iter().map(split).collect(),
        }
    }

    /// Returns whether a namespace is the application's; none given means its own.
    pub(crate) fn is_own(&self, namespace: &str) -> bool {
        namespace.is_empty() || namespace == self.home || wildcard::fits_any(&self.own, namespace)
    }

    /// Returns whether something in a namespace may be referred to.
    pub(crate) fn may_refer(&self, namespace: &str, name: &str) -> bool {
        let opened = |(space, thing): &(String, String)| wildcard::fits(space, namespace) && wildcard::fits(thing, name);
        self.is_own(namespace) || !wildcard::fits_any(&self.foreign, namespace) || self.open.iter().any(opened)
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    fn check(json: &str, want: &[&str]) {
        let settings: Settings = serde_json::from_str(json).unwrap();
        let errors: Vec<_> = settings.errors().into_iter().map(|error| format!("{} {}", error.path, error.message)).collect();
        assert_eq!(errors, want, "{json}");
    }

    /// Settings that would allow everything, or mean nothing, are refused with their place.
    #[test]
    fn settings_are_strict() {
        check("{}", &[]);
        check(r#"{"namespaces": ["{customer}-*"], "references": ["shared/*"], "clusterScoped": ["Node", "a.b/Kind"]}"#, &[]);
        check(r#"{"namespaces": ["a", "*"]}"#, &["/namespaces/1 would allow every namespace"]);
        check(r#"{"foreign": []}"#, &["/foreign is empty, so no namespace would be another customer's"]);
        check(r#"{"foreign": ["*"]}"#, &[]);
        check(r#"{"references": ["*/*"]}"#, &["/references/0 would allow every namespace"]);
        check(r#"{"clusterScoped": ["nodes"]}"#, &["/clusterScoped/0 is no kind as `group/Kind` or `Kind`"]);
        check(r#"{"allowedClusterScoped": ["a/v1/Kind"]}"#, &["/allowedClusterScoped/0 is no kind as `group/Kind` or `Kind`"]);
        let empty = "is empty; to ask for no network policy, name no class in `weights`";
        check(
            r#"{"networkPolicy": {"directions": [], "kinds": []}}"#,
            &[&format!("/networkPolicy/directions {empty}"), &format!("/networkPolicy/kinds {empty}")],
        );
        for wrong in [
            r#"{"namespace": []}"#,
            r#"{"references": ["{tenant}"]}"#,
            r#"{"networkPolicy": {"weights": {"production": "forbid"}}}"#,
            r#"{"networkPolicy": {"kinds": ["NetworkPolicy"]}}"#,
        ] {
            assert!(serde_json::from_str::<Settings>(wrong).is_err(), "{wrong}");
        }
    }

    /// What is written by default is read: each pattern of namespaces is among the defaults.
    #[test]
    fn the_defaults_read() {
        assert_eq!(Settings::default().foreign.len(), super::CUSTOMERS.len());
    }
}
