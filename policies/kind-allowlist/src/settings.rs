//! Settings: which kinds are allowed, where and to whom.

use sdk::{Context, SettingsError, wildcard};
use serde::Deserialize;

/// The settings of the policy.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Settings {
    /// The last rule that speaks of a kind decides; one that no rule speaks of is allowed.
    pub rules: Vec<Rule>,
}

/// What is allowed or not.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Rule {
    /// The kinds as `group/Kind`, the core group's as `Kind`; `*` stands for any text, and `*/*` for all kinds.
    pub kinds: Vec<String>,
    /// Whether they are allowed.
    pub allow: bool,
    /// The classes of environments; all where none is named.
    #[serde(default)]
    pub classes: Vec<String>,
    /// The acting roles; where none is named, all, and renders without one.
    #[serde(default)]
    pub roles: Vec<String>,
}

/// Kinds that rule over others' objects: what Argo CD deploys, what a cluster admits, who may do what everywhere, which kinds there are.
const RULING: [&str; 8] = [
    "argoproj.io/Application",
    "argoproj.io/ApplicationSet",
    "argoproj.io/AppProject",
    "admissionregistration.k8s.io/*",
    "apiextensions.k8s.io/*",
    "apiregistration.k8s.io/*",
    "rbac.authorization.k8s.io/ClusterRole",
    "rbac.authorization.k8s.io/ClusterRoleBinding",
];

impl Default for Settings {
    fn default() -> Settings {
        let kinds = RULING.iter().map(|kind| (*kind).to_owned()).collect();
        Settings { rules: vec![Rule { kinds, allow: false, classes: Vec::new(), roles: Vec::new() }] }
    }
}

impl Settings {
    /// Returns what is wrong beyond the types: a rule of no kinds, a pattern that means something else than it seems to.
    #[must_use]
    pub fn errors(&self) -> Vec<SettingsError> {
        let mut errors = Vec::new();
        for (index, rule) in self.rules.iter().enumerate() {
            if rule.kinds.is_empty() {
                errors.push(SettingsError { path: format!("/rules/{index}/kinds"), message: "names no kind".to_owned() });
            }
            for (number, kind) in rule.kinds.iter().enumerate() {
                if let Some(message) = slip(kind) {
                    errors.push(SettingsError { path: format!("/rules/{index}/kinds/{number}"), message });
                }
            }
        }
        errors
    }
}

/// Returns what is wrong with the pattern of a kind.
fn slip(pattern: &str) -> Option<String> {
    match pattern.rsplit_once('/') {
        None if pattern == "*" => Some("`*` would be the kinds of the core group alone; write `*/*` for all kinds".to_owned()),
        None if pattern.contains('.') => Some(format!("`{pattern}` names no kind; write `{pattern}/*` for all kinds of a group")),
        Some((group, _kind)) if group.contains('/') => {
            Some(format!("`{pattern}` is no `group/Kind`; kinds are named without version"))
        }
        Some((_, "")) => Some(format!("`{pattern}` names no kind")),
        None if pattern.is_empty() => Some("names no kind".to_owned()),
        _ => None,
    }
}

impl Rule {
    /// Returns whether the rule speaks of a context.
    pub(crate) fn speaks_in(&self, context: &Context) -> bool {
        (self.classes.is_empty() || self.classes.contains(&context.class))
            && (self.roles.is_empty() || context.role.as_ref().is_some_and(|role| self.roles.contains(role)))
    }

    /// Returns whether the rule speaks of a kind.
    pub(crate) fn covers(&self, group: &str, kind: &str) -> bool {
        self.kinds.iter().any(|pattern| {
            let (of_group, of_kind) = pattern.rsplit_once('/').unwrap_or(("", pattern));
            wildcard::fits(of_group, group) && wildcard::fits(of_kind, kind)
        })
    }
}
