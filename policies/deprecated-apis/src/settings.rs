//! Settings: APIs that the table of Kubernetes does not know.

use std::collections::BTreeMap;

use sdk::SettingsError;
use sdk::version::Minor;
use serde::Deserialize;

use crate::table::Life;

/// The settings of the policy.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Settings {
    /// APIs beside those of Kubernetes, or instead of what is known of them.
    pub apis: Vec<Api>,
}

/// When an API came, was deprecated and went, in versions of Kubernetes as `1.33`.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Api {
    /// The API version of the objects: `example.com/v1beta1`.
    pub api_version: String,
    /// Their kind.
    pub kind: String,
    /// The first version whose clusters serve it.
    #[serde(default)]
    pub introduced: Option<String>,
    /// The first version in which it is deprecated.
    #[serde(default)]
    pub deprecated: Option<String>,
    /// The first version whose clusters no longer serve it.
    #[serde(default)]
    pub removed: Option<String>,
    /// What to use instead, in words.
    #[serde(default)]
    pub replacement: Option<String>,
}

impl Settings {
    /// Returns the rows by API version and kind.
    ///
    /// # Errors
    /// A version that is none, a row that says nothing, an API that is there twice.
    pub(crate) fn lives(self) -> Result<BTreeMap<(String, String), Life>, Vec<SettingsError>> {
        let mut errors = Vec::new();
        let mut lives = BTreeMap::new();
        for (index, api) in self.apis.into_iter().enumerate() {
            let mut refused =
                |key: &str, message: String| errors.push(SettingsError { path: format!("/apis/{index}{key}"), message });
            let mut minor = |key: &str, text: Option<&String>| {
                let minor = text.and_then(|text| Minor::read(text));
                if let (Some(text), None) = (text, minor) {
                    refused(key, format!("`{text}` is no version of Kubernetes, as `1.33`"));
                }
                minor
            };
            let introduced = minor("/introduced", api.introduced.as_ref());
            let deprecated = minor("/deprecated", api.deprecated.as_ref());
            let removed = minor("/removed", api.removed.as_ref());
            let name = format!("`{}` {}", api.api_version, api.kind);
            let life = Life { introduced, deprecated, removed, replacement: api.replacement };
            if lives.insert((api.api_version, api.kind), life).is_some() {
                refused("", format!("{name} is there twice"));
            }
        }
        if errors.is_empty() { Ok(lives) } else { Err(errors) }
    }
}
