//! Settings: which labels and annotations are asked for, where, and with which values.

use std::collections::BTreeMap;

use sdk::SettingsError;
use sdk::placeholders::Template;
use sdk::weight::{Weight, Weights};
use serde::Deserialize;

use crate::syntax;

/// Labels that another version of a chart changes.
const CHANGING: [&str; 2] = ["app.kubernetes.io/version", "helm.sh/chart"];

/// The settings of the policy.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Settings {
    /// The labels that are asked for.
    pub labels: Vec<Demand>,
    /// The annotations that are asked for.
    pub annotations: Vec<Demand>,
    /// What a selector of a workload that holds a changing label means, by class of environment.
    pub changing_selectors: Weights,
    /// The labels that another version of a chart changes.
    pub changing: Vec<String>,
}

/// A label or an annotation that is asked for.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Demand {
    /// Its key.
    pub key: String,
    /// Whether it must be there, or is judged only where it is.
    #[serde(default)]
    pub presence: Presence,
    /// On what it stands.
    #[serde(default = "objects")]
    pub on: Vec<Bearer>,
    /// The kinds of objects, as `group/Kind`, with `*`; all where none is named.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// The classes of environments; all where none is named.
    #[serde(default)]
    pub classes: Vec<String>,
    /// The values it may have, with `*`; any where none is named here or claimed.
    #[serde(default)]
    pub values: Vec<Template>,
    /// The claim of metadata.yaml whose text is a value that it may have.
    #[serde(default)]
    pub claim: String,
    /// What a finding does.
    #[serde(default = "deny")]
    pub weight: Weight,
}

/// Whether something must be there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// It must.
    #[default]
    Required,
    /// It may be left out.
    Optional,
}

/// What bears labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Bearer {
    /// The object itself.
    Objects,
    /// The pods that a workload makes.
    Pods,
}

fn objects() -> Vec<Bearer> {
    vec![Bearer::Objects]
}

fn deny() -> Weight {
    Weight::Deny
}

impl Default for Settings {
    fn default() -> Settings {
        let warn = |class: &str| (class.to_owned(), Weight::Warn);
        Settings {
            labels: Vec::new(),
            annotations: Vec::new(),
            changing_selectors: BTreeMap::from([warn("nonproduction"), warn("production")]),
            changing: CHANGING.map(str::to_owned).into(),
        }
    }
}

impl Settings {
    /// Returns what is wrong beyond the types: keys that no object can have, demands that speak of nothing.
    #[must_use]
    pub fn errors(&self) -> Vec<SettingsError> {
        let of = |field: &'static str, demands: &[Demand]| {
            let errors = demands.iter().enumerate().flat_map(move |(index, demand)| demand.errors(&format!("/{field}/{index}")));
            errors.collect::<Vec<_>>()
        };
        let mut errors = of("labels", &self.labels);
        errors.extend(of("annotations", &self.annotations));
        errors
    }
}

impl Demand {
    fn errors(&self, at: &str) -> Vec<SettingsError> {
        let error = |field: String, message: String| SettingsError { path: format!("{at}/{field}"), message };
        let mut errors = Vec::new();
        errors.extend(syntax::key(&self.key).map(|problem| error("key".to_owned(), problem.to_owned())));
        if self.on.is_empty() {
            errors.push(error("on".to_owned(), "is empty, so nothing would be looked at".to_owned()));
        }
        for (index, kind) in
            self.kinds.iter().enumerate().filter(|(_index, kind)| kind.is_empty() || kind.matches('/').count() > 1)
        {
            errors.push(error(format!("kinds/{index}"), format!("`{kind}` is no kind as `group/Kind` or `Kind`")));
        }
        errors
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

    /// Demands that nothing could meet, or that nothing is asked by, are refused with their place.
    #[test]
    fn settings_are_strict() {
        check("{}", &[]);
        check(r#"{"labels": [{"key": "example.com/team", "kinds": ["apps/*", "Service"], "values": ["{customer}-*"]}]}"#, &[]);
        check(r#"{"labels": [{"key": "team"}, {"key": ""}]}"#, &["/labels/1/key is empty"]);
        check(r#"{"annotations": [{"key": "a", "on": []}]}"#, &["/annotations/0/on is empty, so nothing would be looked at"]);
        check(
            r#"{"labels": [{"key": "a", "kinds": ["apps/v1/Deployment"]}]}"#,
            &["/labels/0/kinds/0 `apps/v1/Deployment` is no kind as `group/Kind` or `Kind`"],
        );
        for wrong in [
            r#"{"labels": [{}]}"#,
            r#"{"labels": [{"key": "a", "value": "b"}]}"#,
            r#"{"labels": [{"key": "a", "values": ["{tenant}"]}]}"#,
            r#"{"labels": [{"key": "a", "on": ["nodes"]}]}"#,
            r#"{"labels": [{"key": "a", "presence": "forbidden"}]}"#,
        ] {
            assert!(serde_json::from_str::<Settings>(wrong).is_err(), "{wrong}");
        }
    }
}
