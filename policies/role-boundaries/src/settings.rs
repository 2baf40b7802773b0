//! Settings: rules as data; the defaults are the matrix.

use sdk::{Context, SettingsError};
use serde::Deserialize;

use crate::matrix;
use crate::pattern::{Pattern, Segment, Touch};

/// The settings of the policy.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The rules in order; the last one that speaks of a leaf decides.
    pub rules: Vec<Rule>,
    /// The roles whose layers hold no sealed values.
    pub unsealed: Vec<String>,
}

/// Whether owners may set paths.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The owners of the layers that this rule speaks of.
    pub owners: Vec<String>,
    /// The paths, as patterns.
    pub paths: Vec<Pattern>,
    /// The environments; all where none is named.
    #[serde(default)]
    pub environments: Vec<String>,
    /// The classes of environments; all where none is named.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Whether they may.
    pub allow: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { rules: matrix::rules(), unsealed: matrix::unsealed() }
    }
}

impl Settings {
    /// Returns what is wrong beyond the types: rules that speak of nobody or nothing.
    #[must_use]
    pub fn errors(&self) -> Vec<SettingsError> {
        self.rules.iter().enumerate().flat_map(|(index, rule)| rule.errors(index)).collect()
    }
}

impl Rule {
    fn errors(&self, index: usize) -> Vec<SettingsError> {
        let at =
            |field: &str, message: &str| SettingsError { path: format!("/rules/{index}/{field}"), message: message.to_owned() };
        let mut errors = Vec::new();
        if self.owners.is_empty() {
            errors.push(at("owners", "names no owner, so the rule would speak of nobody"));
        }
        if self.paths.is_empty() {
            errors.push(at("paths", "names no path, so the rule would speak of nothing"));
        }
        errors
    }

    /// Returns whether the rule speaks of an owner's layers in this environment.
    #[must_use]
    pub fn speaks_of(&self, owner: &str, context: &Context) -> bool {
        let among = |names: &[String], name: &str| names.is_empty() || names.iter().any(|known| known == name);
        self.owners.iter().any(|known| known == owner)
            && among(&self.environments, &context.environment)
            && among(&self.classes, &context.class)
    }

    /// Returns whether setting the leaf at `path` sets something that the rule speaks of. Leave for a part is none for the
    /// whole: `resources: null` is not allowed by a rule that allows `resources.limits`.
    #[must_use]
    pub fn covers(&self, path: &[Segment]) -> bool {
        self.paths.iter().any(|pattern| match pattern.touch(path) {
            Touch::Within => true,
            Touch::Above => !self.allow,
            Touch::Not => false,
        })
    }
}
