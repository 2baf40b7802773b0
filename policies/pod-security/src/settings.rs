//! Settings: which level holds where, by which version, and who is exempt.

use std::collections::BTreeMap;

use sdk::kubernetes::Identity;
use sdk::{Context, SettingsError, wildcard};
use serde::Deserialize;

use crate::controls;
use sdk::version::Minor;

/// A level of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Nothing is demanded.
    Privileged,
    /// What is known to break out of a container is refused.
    Baseline,
    /// What hardens a pod is demanded.
    Restricted,
}

/// The settings of the policy.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Settings {
    /// The level of every class of environments that `levels` does not name.
    pub level: Level,
    /// The level of single classes of environments.
    pub levels: BTreeMap<String, Level>,
    /// The version of Kubernetes whose standard is applied, as `1.33` or `latest`; that of the environment where none is named.
    pub version: Option<String>,
    /// Who is exempt.
    pub exemptions: Vec<Exemption>,
}

/// Someone who is exempt. Fields that are not given fit everything; `*` in one stands for any text.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Exemption {
    /// The rules that do not hold; all where none is named.
    #[serde(default)]
    pub rules: Vec<String>,
    /// The namespace of the workload.
    #[serde(default = "anything")]
    pub namespace: String,
    /// Its kind.
    #[serde(default = "anything")]
    pub kind: String,
    /// Its name.
    #[serde(default = "anything")]
    pub name: String,
    /// Why; told whenever the exemption is used.
    #[cfg_attr(test, schemars(length(min = 1)))]
    pub reason: String,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { level: Level::Baseline, levels: BTreeMap::new(), version: None, exemptions: Vec::new() }
    }
}

/// The word for the newest version that the policy knows.
const LATEST: &str = "latest";

impl Settings {
    /// Returns what is wrong beyond the types: a version that is none, a rule that does not exist, an exemption without a reason.
    #[must_use]
    pub fn errors(&self) -> Vec<SettingsError> {
        let mut errors = Vec::new();
        let mut error = |path: String, message: String| errors.push(SettingsError { path, message });
        if let Some(version) = &self.version
            && pinned(version).is_none()
        {
            error("/version".to_owned(), format!("`{version}` is no version of Kubernetes: `1.33` or `{LATEST}`"));
        }
        for (index, exemption) in self.exemptions.iter().enumerate() {
            for (number, rule) in exemption.rules.iter().enumerate() {
                if !controls::rules().any(|name| name == rule) {
                    error(format!("/exemptions/{index}/rules/{number}"), format!("`{rule}` is no rule of this policy"));
                }
            }
            if exemption.reason.trim().is_empty() {
                error(format!("/exemptions/{index}/reason"), "says nothing".to_owned());
            }
        }
        errors
    }

    /// Returns the level of a class of environments.
    pub(crate) fn level_of(&self, class: &str) -> Level {
        self.levels.get(class).copied().unwrap_or(self.level)
    }

    /// Returns the version whose standard is applied; nothing where the context names none.
    pub(crate) fn version_in(&self, context: &Context) -> Option<Minor> {
        self.version.as_deref().map_or_else(|| Minor::read(&context.kube_version), pinned)
    }
}

impl Exemption {
    pub(crate) fn covers(&self, rule: &str, identity: &Identity<'_>, context: &Context) -> bool {
        (self.rules.is_empty() || self.rules.iter().any(|name| name == rule))
            && wildcard::fits(&self.namespace, identity.namespace_in(context))
            && wildcard::fits(&self.kind, identity.kind)
            && wildcard::fits(&self.name, identity.name)
    }
}

fn pinned(version: &str) -> Option<Minor> {
    if version == LATEST { Some(Minor::LATEST) } else { Minor::read(version) }
}

fn anything() -> String {
    "*".to_owned()
}
