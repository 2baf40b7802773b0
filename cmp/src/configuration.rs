//! Configuration: the platform team's `tidegate.yaml`.
//!
//! In: its text. Out: [`Configuration`], every name and template in it checked.
//! Rules: strict, an unknown key is an error with a did-you-mean; versioned; sections that are absent have the defaults of the customer
//! estate. Paths are relative to the file; resolving them is the caller's.
//! Where the file is found, and which of its sections count when it was found and not named, is [`discovery`]'s.

pub mod discovery;
mod error;
mod template;
mod waivers;

use std::collections::{BTreeMap, BTreeSet};

use helm::profile::{Profile, ProfileError};
use jiff::Timestamp;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

pub use error::ConfigurationError;
pub use template::{Dimension, PathTemplate, TemplateError};
pub use waivers::{LIFETIME_DAYS, LIFETIME_LIMIT_DAYS, WaiverSettings};

/// The version of the format that is read.
pub const API_VERSION: &str = "tidegate.dev/v1alpha1";

/// What the platform team has decided.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[non_exhaustive]
pub struct Configuration {
    /// Always [`API_VERSION`].
    pub api_version: ApiVersion,
    /// Always `Configuration`.
    pub kind: Kind,
    /// The environments by name; by default dev, staging and prod.
    #[serde(default = "default_environments")]
    pub environments: BTreeMap<String, Environment>,
    /// Where charts lie.
    #[serde(default)]
    pub charts: Charts,
    /// The value files of an application, lowest precedence first.
    #[serde(default = "default_layers")]
    pub layers: Vec<Layer>,
    /// The estate's own schemas.
    #[serde(default)]
    pub schemas: Schemas,
    /// What Argo CD's facts confirm.
    #[serde(default)]
    pub bindings: Bindings,
    /// Acting roles by name, with the classes each may render.
    #[serde(default = "default_roles")]
    pub roles: BTreeMap<String, Role>,
    /// Whose keys open whose files.
    #[serde(default)]
    pub secrets: Secrets,
    /// Policies by name, with their settings; each policy checks its own.
    #[serde(default)]
    pub policies: BTreeMap<String, serde_json::Value>,
    /// What is let through for a time.
    #[serde(default)]
    pub waivers: WaiverSettings,
    /// Where policies lie that are not built in.
    #[serde(default)]
    pub installed_policies: InstalledPolicies,
    /// What may be emitted beyond the application's namespace.
    #[serde(default)]
    pub emit: Emit,
}

/// The version of the format.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum ApiVersion {
    /// [`API_VERSION`].
    #[serde(rename = "tidegate.dev/v1alpha1")]
    V1Alpha1,
}

/// The kind of document.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum Kind {
    /// The only one.
    Configuration,
}

/// What an environment is for. Rules go by class, never by name.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Development, tests, staging.
    NonProduction,
    /// Customers depend on it.
    Production,
}

/// What happens to an opened secret that would be printed in a v1 Secret.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Emission {
    /// The application is refused.
    #[default]
    Refuse,
    /// It is printed.
    Plaintext,
}

/// One environment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Environment {
    /// Its class.
    pub class: Class,
    /// The Kubernetes version charts see where Argo CD names none, such as `1.33.0`.
    pub kube_version: Option<String>,
    /// API versions served besides Kubernetes' own.
    #[serde(default)]
    pub api_versions: Vec<String>,
    /// Opened secrets in the output.
    #[serde(default)]
    pub emission: Emission,
}

/// Where a product's chart lies.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Charts {
    /// The checkout of the chart repository, relative to the configuration.
    pub root: Option<String>,
    /// The chart's directory in it.
    pub path: PathTemplate,
    /// `.Release.Name`.
    pub release_name: PathTemplate,
    /// The helm that is followed.
    #[serde(deserialize_with = "profile")]
    pub profile: Profile,
    /// What random, time and key functions give.
    pub randomness: Randomness,
    /// What the time is in charts, and when certificates begin, where `randomness` is [`Randomness::Seeded`].
    pub now: Option<Timestamp>,
}

/// What random, time and key functions of charts give in a render that counts.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Randomness {
    /// What depends on them is refused where it would be printed.
    #[default]
    Refuse,
    /// The same for the same application at every render: secrets made of the tenant's salt.
    Seeded,
}

/// One value file of an application.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Layer {
    /// What people call it: `customer environment`.
    pub name: String,
    /// The file, relative to the values repository.
    pub path: PathTemplate,
    /// The role it is judged by.
    pub owner: String,
    /// Whether its absence is an error.
    #[serde(default)]
    pub required: bool,
    /// Whether SOPS has sealed it.
    #[serde(default)]
    pub sealed: bool,
}

/// The estate's own schemas.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Schemas {
    /// The JSON Schema the merged values must satisfy, where there is such a file; null for none.
    pub values: Option<PathTemplate>,
}

/// What Argo CD's facts confirm.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Bindings {
    /// The destination namespace of an application; null where namespaces confirm nothing.
    pub namespace: Option<PathTemplate>,
    /// Projects with whom and what they stand for.
    pub projects: Vec<ProjectBinding>,
}

/// An Argo CD project and what it confirms.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ProjectBinding {
    /// The project's name.
    pub project: String,
    /// The customer its applications belong to.
    pub customer: String,
    /// The class of their environments.
    pub class: Class,
}

/// An acting role.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Role {
    /// The classes of environments it may render.
    pub classes: Vec<Class>,
}

/// Whose keys open whose files.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Secrets {
    /// One row for each customer and class.
    pub tenants: Vec<Tenant>,
}

/// The keys of one customer and class.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Tenant {
    /// The customer.
    pub customer: String,
    /// The class of environments.
    pub class: Class,
    /// Files of age identities, relative to the configuration.
    pub identities: Vec<String>,
    /// The file with the salt of seeded randomness, relative to the configuration.
    pub salt: Option<String>,
    /// For whom Argo CD may load them; there is no default row.
    #[serde(default)]
    pub sources: Vec<TenantSource>,
    /// The Git references whose commit Argo CD may open production secrets at, such as `refs/remotes/origin/main`; without one, none.
    #[serde(default)]
    pub refs: Vec<String>,
}

/// An application's place as Argo CD states it; all three must be equal.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TenantSource {
    /// The project.
    pub project: String,
    /// The normalised repository URL.
    pub repository: String,
    /// The cleaned path.
    pub path: String,
}

/// Policies that are not built in.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct InstalledPolicies {
    /// The directory of their files, relative to the configuration; none where there are none.
    pub directory: Option<String>,
    /// The public keys of minisign, one of which must have signed each of them; without one, signatures are not asked for.
    pub keys: Vec<String>,
}

/// What may be emitted beyond the application's namespace.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Emit {
    /// Cluster-scoped kinds that are let through, as `group/Kind`.
    pub cluster_scoped: Vec<String>,
}

impl Configuration {
    /// Returns the configuration written in `text`.
    ///
    /// # Errors
    /// [`ConfigurationError`] at the first thing that is not allowed, with its place.
    pub fn read(text: &[u8]) -> Result<Self, ConfigurationError> {
        let text =
            std::str::from_utf8(text).map_err(|error| ConfigurationError::NotUtf8 { offset: error.valid_up_to(), error })?;
        let configuration: Self = serde_saphyr::from_str(text).map_err(|error| ConfigurationError::from_reader(&error))?;
        configuration.check()?;
        Ok(configuration)
    }

    /// Checks what the types alone cannot: names that point at others, and layers that cannot be told apart.
    fn check(&self) -> Result<(), ConfigurationError> {
        let mut names = BTreeSet::new();
        for layer in &self.layers {
            if !names.insert(layer.name.as_str()) {
                return Err(ConfigurationError::LayerTwice { name: layer.name.clone() });
            }
        }
        let mut rows = BTreeSet::new();
        for tenant in &self.secrets.tenants {
            if !rows.insert((tenant.customer.as_str(), tenant.class)) {
                return Err(ConfigurationError::TenantTwice { customer: tenant.customer.clone() });
            }
        }
        if self.charts.randomness == Randomness::Seeded && self.charts.now.is_none() {
            return Err(ConfigurationError::SeededWithoutNow);
        }
        Ok(())
    }
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            api_version: ApiVersion::V1Alpha1,
            kind: Kind::Configuration,
            environments: default_environments(),
            charts: Charts::default(),
            layers: default_layers(),
            schemas: Schemas::default(),
            bindings: Bindings::default(),
            roles: default_roles(),
            secrets: Secrets::default(),
            policies: BTreeMap::new(),
            waivers: WaiverSettings::default(),
            installed_policies: InstalledPolicies::default(),
            emit: Emit::default(),
        }
    }
}

impl Default for Schemas {
    fn default() -> Self {
        Self { values: Some(PathTemplate::fixed("products/{product}/values.schema.json")) }
    }
}

impl Default for Bindings {
    fn default() -> Self {
        Self { namespace: Some(PathTemplate::fixed("{customer}-{environment}")), projects: Vec::new() }
    }
}

impl Default for Charts {
    fn default() -> Self {
        Self {
            root: None,
            path: PathTemplate::fixed("products/{product}"),
            release_name: PathTemplate::fixed("{customer}-{product}-{environment}"),
            profile: Profile::default(),
            randomness: Randomness::Refuse,
            now: None,
        }
    }
}

fn profile<'de, D: Deserializer<'de>>(reader: D) -> Result<Profile, D::Error> {
    let name = String::deserialize(reader)?;
    name.parse().map_err(|error: ProfileError| D::Error::custom(format!("{error}: {}", error.hint())))
}

fn default_environments() -> BTreeMap<String, Environment> {
    let environment = |class| Environment { class, kube_version: None, api_versions: Vec::new(), emission: Emission::Refuse };
    [("dev", Class::NonProduction), ("staging", Class::NonProduction), ("prod", Class::Production)]
        .map(|(name, class)| (name.to_owned(), environment(class)))
        .into()
}

/// The acting roles of the customer estate: developers have no production.
fn default_roles() -> BTreeMap<String, Role> {
    let all = vec![Class::NonProduction, Class::Production];
    let roles = ["developer", "devops", "operations", "platform", "support"];
    let role = |name: &str| if name == "developer" { vec![Class::NonProduction] } else { all.clone() };
    roles.map(|name| (name.to_owned(), Role { classes: role(name) })).into()
}

/// The layers of the customer estate: name, path, owner, required, sealed.
const LAYERS: [(&str, &str, &str, bool, bool); 6] = [
    ("product base", "products/{product}/base-values.yaml", "developer", true, false),
    ("product environment", "products/{product}/environments/{environment}.yaml", "devops", false, false),
    ("customer", "customers/{customer}/{product}/values.yaml", "operations", true, false),
    ("customer secrets", "customers/{customer}/{product}/secrets.yaml", "operations", false, true),
    ("customer environment", "customers/{customer}/{product}/environments/{environment}.yaml", "operations", false, false),
    (
        "customer environment secrets",
        "customers/{customer}/{product}/environments/{environment}.secrets.yaml",
        "operations",
        false,
        true,
    ),
];

fn default_layers() -> Vec<Layer> {
    let layers = LAYERS.iter();
    layers
        .map(|(name, path, owner, required, sealed)| Layer {
            name: (*name).to_owned(),
            path: PathTemplate::fixed(path),
            owner: (*owner).to_owned(),
            required: *required,
            sealed: *sealed,
        })
        .collect()
}

#[cfg(test)]
mod tests;
