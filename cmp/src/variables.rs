//! Variables: the one door to the environment, as a typed snapshot.
//!
//! In: pairs of name and text. Out: [`Variables`].
//! Rules: only known names are kept; empty is absent; parameters come from the JSON of `ARGOCD_APP_PARAMETERS`, for the names of
//! `PARAM_*` can collide. What Argo CD states as fact and what an application claims are apart.
//! Not here: what follows from them (`context`).

use std::collections::BTreeMap;
use std::ffi::OsString;

use serde::Deserialize;

/// The most bytes the parameters may have: the system passes at most 128 KiB in one variable.
pub const PARAMETERS_BYTES: usize = 128 << 10;

/// What tidegate knows of its environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables {
    /// What Argo CD states of the application.
    pub facts: Facts,
    /// The application's parameters: claims.
    pub parameters: BTreeMap<String, Parameter>,
    /// `ARGOCD_ENV_*`, the application's plugin variables without the prefix: claims.
    pub claimed: BTreeMap<String, String>,
    /// What the cluster is.
    pub cluster: Cluster,
    /// What a person has set on a laptop or in CI. The plugin's commands do not look at it.
    pub person: Person,
}

/// What Argo CD states of the application. Anything may be absent: Argo CD's calls differ in what they tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// `ARGOCD_APP_NAME`; `<namespace>_<name>` for applications outside the control plane's namespace.
    pub application: Option<String>,
    /// `ARGOCD_APP_PROJECT_NAME`.
    pub project: Option<String>,
    /// `ARGOCD_APP_NAMESPACE`: the destination's namespace.
    pub namespace: Option<String>,
    /// `ARGOCD_APP_REVISION`: a commit, or [`STREAMED`].
    pub revision: Option<String>,
    /// `ARGOCD_APP_SOURCE_REPO_URL`.
    pub repository: Option<String>,
    /// `ARGOCD_APP_SOURCE_PATH`, relative to the repository.
    pub path: Option<String>,
    /// `ARGOCD_APP_SOURCE_TARGET_REVISION`: what was asked for.
    pub target_revision: Option<String>,
}

/// The revision of a tree that a user has uploaded.
pub const STREAMED: &str = "streamed";

/// One parameter of the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// A text.
    Text(String),
    /// A list or map, which no parameter of tidegate is.
    Other,
}

/// What the cluster is; nothing where Argo CD does not say, as when it hydrates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cluster {
    /// `KUBE_VERSION`.
    pub kube_version: Option<String>,
    /// `KUBE_API_VERSIONS`, by comma.
    pub api_versions: Vec<String>,
}

/// What a person has set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// `TIDEGATE_CONFIG`: a file, named.
    pub configuration: Option<String>,
    /// `TIDEGATE_CHART_ROOT`: a directory.
    pub chart_root: Option<String>,
    /// `NO_COLOR` is set to something.
    pub no_color: bool,
    /// `PATH`: where `chart verify` looks for a helm. It may be no text.
    pub path: Option<OsString>,
}

/// Why the environment cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VariablesError {
    /// A variable that matters is no text.
    #[error("`{name}` is not UTF-8")]
    NotUtf8 {
        /// The variable.
        name: String,
    },
    /// The parameters are not what Argo CD writes.
    #[error("`ARGOCD_APP_PARAMETERS` is no list of parameters")]
    Parameters {
        /// The reader's account; the text of parameters is no secret, but it is not shown either.
        #[source]
        error: serde_json::Error,
    },
    /// The parameters are over the limit.
    #[error("`ARGOCD_APP_PARAMETERS` has more than {PARAMETERS_BYTES} bytes")]
    TooLarge,
    /// One parameter is given twice.
    #[error("parameter `{name}` is given twice")]
    Twice {
        /// The parameter.
        name: String,
    },
}

impl VariablesError {
    /// Returns what to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotUtf8 { .. } => "set it to text, or not at all",
            Self::Parameters { .. } | Self::TooLarge | Self::Twice { .. } => {
                "Argo CD makes it from `spec.source.plugin.parameters` of the Application: `[{\"name\": .., \"string\": ..}]`"
            }
        }
    }
}

/// One element of `ARGOCD_APP_PARAMETERS`.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    name: String,
    string: Option<String>,
}

impl Variables {
    /// Returns the process's own environment.
    ///
    /// # Errors
    /// As [`Variables::from_pairs`].
    pub fn of_process() -> Result<Self, VariablesError> {
        #[expect(clippy::disallowed_methods, reason = "this is the one door to the environment")]
        Self::from_pairs(std::env::vars_os())
    }

    /// Returns what the pairs say. Names that are not known are not looked at.
    ///
    /// # Errors
    /// The first [`VariablesError`].
    ///
    /// # Source
    /// Argo CD `reposerver/repository/repository.go`, `newEnv`, `getPluginEnvs` and `getPluginParamEnvs`.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Self, VariablesError> {
        let mut variables = Self::default();
        for (name, text) in pairs {
            // A name that is no text is none of ours.
            let Some(name) = name.to_str() else { continue };
            if name == "PATH" {
                variables.person.path = Some(text);
                continue;
            }
            if !known(name) || text.is_empty() {
                continue;
            }
            let text = text.into_string().map_err(|_refused: OsString| VariablesError::NotUtf8 { name: name.to_owned() })?;
            variables.set(name, text)?;
        }
        Ok(variables)
    }

    fn set(&mut self, name: &str, text: String) -> Result<(), VariablesError> {
        match name {
            "ARGOCD_APP_NAME" => self.facts.application = Some(text),
            "ARGOCD_APP_PROJECT_NAME" => self.facts.project = Some(text),
            "ARGOCD_APP_NAMESPACE" => self.facts.namespace = Some(text),
            "ARGOCD_APP_REVISION" => self.facts.revision = Some(text),
            "ARGOCD_APP_SOURCE_REPO_URL" => self.facts.repository = Some(text),
            "ARGOCD_APP_SOURCE_PATH" => self.facts.path = Some(text),
            "ARGOCD_APP_SOURCE_TARGET_REVISION" => self.facts.target_revision = Some(text),
            "ARGOCD_APP_PARAMETERS" => self.parameters = parameters(&text)?,
            "KUBE_VERSION" => self.cluster.kube_version = Some(text),
            "KUBE_API_VERSIONS" => {
                let versions = text.split(',').map(str::trim).filter(|version| !version.is_empty());
                self.cluster.api_versions = versions.map(str::to_owned).collect();
            }
            "TIDEGATE_CONFIG" => self.person.configuration = Some(text),
            "TIDEGATE_CHART_ROOT" => self.person.chart_root = Some(text),
            "NO_COLOR" => self.person.no_color = true,
            other => {
                if let Some(name) = other.strip_prefix(CLAIM_PREFIX) {
                    self.claimed.insert(name.to_owned(), text);
                }
            }
        }
        Ok(())
    }
}

/// What Argo CD puts before the names of an application's plugin variables, so that none can pose as a fact.
const CLAIM_PREFIX: &str = "ARGOCD_ENV_";

/// The names that are looked at, besides those with [`CLAIM_PREFIX`].
const KNOWN: [&str; 13] = [
    "ARGOCD_APP_NAME",
    "ARGOCD_APP_NAMESPACE",
    "ARGOCD_APP_PARAMETERS",
    "ARGOCD_APP_PROJECT_NAME",
    "ARGOCD_APP_REVISION",
    "ARGOCD_APP_SOURCE_PATH",
    "ARGOCD_APP_SOURCE_REPO_URL",
    "ARGOCD_APP_SOURCE_TARGET_REVISION",
    "KUBE_API_VERSIONS",
    "KUBE_VERSION",
    "NO_COLOR",
    "TIDEGATE_CHART_ROOT",
    "TIDEGATE_CONFIG",
];

fn known(name: &str) -> bool {
    KNOWN.contains(&name) || name.starts_with(CLAIM_PREFIX)
}

/// Returns the parameters by name. `null` is what Argo CD writes where there are none.
fn parameters(text: &str) -> Result<BTreeMap<String, Parameter>, VariablesError> {
    if text.len() > PARAMETERS_BYTES {
        return Err(VariablesError::TooLarge);
    }
    let written: Option<Vec<Written>> = serde_json::from_str(text).map_err(|error| VariablesError::Parameters { error })?;
    let mut parameters = BTreeMap::new();
    for Written { name, string } in written.unwrap_or_default() {
        let parameter = string.map_or(Parameter::Other, Parameter::Text);
        if parameters.insert(name.clone(), parameter).is_some() {
            return Err(VariablesError::Twice { name });
        }
    }
    Ok(parameters)
}

#[cfg(test)]
mod tests;
