//! Settings: quotas by tier of the customer and class of the environment.

use std::collections::BTreeMap;
use std::fmt;

use sdk::quantity::Quantity;
use sdk::{Context, SettingsError};
use serde::Deserialize;

/// The settings of the policy.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Settings {
    /// The claim of metadata.yaml that names the customer's tier.
    pub tier_claim: String,
    /// On how many nodes a DaemonSet is counted to run.
    pub daemon_set_nodes: u32,
    /// The quotas; each one that fits holds.
    pub quotas: Vec<Quota>,
}

/// What may be asked for, of whom and where.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Quota {
    /// The tiers of customers for which it holds; all where none is named.
    pub tiers: Vec<String>,
    /// The classes of environments in which it holds; all where none is named.
    pub classes: Vec<String>,
    /// The most that one application may ask for, by resource.
    pub application: BTreeMap<Resource, Quantity>,
    /// The most that all applications of a customer may ask for together, by resource.
    pub customer: BTreeMap<Resource, Quantity>,
}

/// Something that is counted: `requests.cpu`, `limits.memory`, `requests.storage`, `pods`, `persistentvolumeclaims`, `count/apps/Deployment`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema), serde(into = "String"))]
#[serde(try_from = "String")]
pub enum Resource {
    /// What containers ask for of a resource.
    Requests(String),
    /// Where containers stop.
    Limits(String),
    /// Sizes of volume claims.
    Storage,
    /// Pods.
    Pods,
    /// Volume claims, those that workloads make too.
    VolumeClaims,
    /// Objects of a kind, as `group/Kind`.
    Objects(String),
}

/// Resources that are counted in bytes.
const BYTES: [&str; 2] = ["ephemeral-storage", "memory"];

impl Resource {
    /// Returns an amount of it as people write it.
    #[must_use]
    pub fn written(&self, amount: Quantity) -> String {
        match self {
            Resource::Requests(name) | Resource::Limits(name)
                if BYTES.contains(&name.as_str()) || name.starts_with("hugepages-") =>
            {
                amount.binary()
            }
            Resource::Storage => amount.binary(),
            Resource::Requests(_) | Resource::Limits(_) | Resource::Pods | Resource::VolumeClaims | Resource::Objects(_) => {
                amount.decimal()
            }
        }
    }
}

impl TryFrom<String> for Resource {
    type Error = String;

    fn try_from(text: String) -> Result<Resource, String> {
        let named = |name: &str| (!name.is_empty()).then(|| name.to_owned());
        let resource = match text.as_str() {
            "requests.storage" => Some(Resource::Storage),
            "pods" => Some(Resource::Pods),
            "persistentvolumeclaims" => Some(Resource::VolumeClaims),
            other => None
                .or_else(|| other.strip_prefix("requests.").and_then(named).map(Resource::Requests))
                .or_else(|| other.strip_prefix("limits.").and_then(named).map(Resource::Limits))
                .or_else(|| other.strip_prefix("count/").and_then(named).map(Resource::Objects)),
        };
        let known = "`requests.NAME`, `limits.NAME`, `pods`, `persistentvolumeclaims`, `count/group/Kind`";
        resource.ok_or_else(|| format!("`{text}` is nothing that is counted: {known}"))
    }
}

impl From<Resource> for String {
    fn from(resource: Resource) -> String {
        resource.to_string()
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Resource::Requests(name) => write!(f, "requests.{name}"),
            Resource::Limits(name) => write!(f, "limits.{name}"),
            Resource::Storage => f.write_str("requests.storage"),
            Resource::Pods => f.write_str("pods"),
            Resource::VolumeClaims => f.write_str("persistentvolumeclaims"),
            Resource::Objects(kind) => write!(f, "count/{kind}"),
        }
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { tier_claim: "tier".to_owned(), daemon_set_nodes: 1, quotas: Vec::new() }
    }
}

impl Settings {
    /// Returns what is wrong beyond the types: quotas of nothing, amounts below zero, tiers without a claim.
    #[must_use]
    pub fn errors(&self) -> Vec<SettingsError> {
        let mut errors = Vec::new();
        let mut error = |path: String, message: &str| errors.push(SettingsError { path, message: message.to_owned() });
        if self.tier_claim.is_empty() && self.quotas.iter().any(|quota| !quota.tiers.is_empty()) {
            error("/tierClaim".to_owned(), "is empty, so no quota of a tier would ever hold");
        }
        for (index, quota) in self.quotas.iter().enumerate() {
            let Quota { tiers: _, classes: _, application, customer } = quota;
            if application.is_empty() && customer.is_empty() {
                error(format!("/quotas/{index}"), "limits nothing: name resources in `application` or `customer`");
            }
            for (field, limits) in [("application", application), ("customer", customer)] {
                for (resource, _limit) in limits.iter().filter(|(_resource, limit)| **limit < Quantity::ZERO) {
                    let key = resource.to_string().replace('/', "~1");
                    error(format!("/quotas/{index}/{field}/{key}"), "is below zero");
                }
            }
        }
        errors
    }

    /// Returns the tier of the customer, if the claims name one.
    pub(crate) fn tier<'a>(&self, context: &'a Context) -> Option<&'a str> {
        context.claims.iter().find(|(name, _tier)| *name == self.tier_claim).map(|(_name, tier)| tier.as_str())
    }

    /// Returns the quotas that hold in a context.
    pub(crate) fn fitting(&self, context: &Context) -> impl Iterator<Item = &Quota> {
        let tier = self.tier(context);
        self.quotas.iter().filter(move |quota| quota.holds(tier, &context.class))
    }
}

impl Quota {
    /// Returns whether it holds for a tier in a class.
    pub(crate) fn holds(&self, tier: Option<&str>, class: &str) -> bool {
        let of_tier = self.tiers.is_empty() || tier.is_some_and(|tier| self.tiers.iter().any(|known| known == tier));
        of_tier && self.is_of_class(class)
    }

    /// Returns whether it holds in a class, for some tier.
    pub(crate) fn is_of_class(&self, class: &str) -> bool {
        self.classes.is_empty() || self.classes.iter().any(|known| known == class)
    }

    /// Returns for whom and where it holds, in words.
    pub(crate) fn scope(&self) -> String {
        let words = |noun: &str, names: &[String]| {
            if names.is_empty() { String::new() } else { format!(" of {noun} {}", names.join(", ")) }
        };
        format!("{}{}", words("tier", &self.tiers), words("class", &self.classes))
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

    /// Quotas that mean nothing are refused with their place.
    #[test]
    fn settings_are_strict() {
        check("{}", &[]);
        check(r#"{"quotas": [{"tiers": ["a"], "application": {"requests.cpu": 4}}]}"#, &[]);
        check(r#"{"quotas": [{"tiers": ["a"]}]}"#, &["/quotas/0 limits nothing: name resources in `application` or `customer`"]);
        check(
            r#"{"quotas": [{"customer": {"count/apps/Deployment": "-1"}}]}"#,
            &["/quotas/0/customer/count~1apps~1Deployment is below zero"],
        );
        check(
            r#"{"tierClaim": "", "quotas": [{"tiers": ["a"], "customer": {"pods": 1}}]}"#,
            &["/tierClaim is empty, so no quota of a tier would ever hold"],
        );
        for wrong in [
            r#"{"quotas": [{"application": {"cpu": 4}}]}"#,
            r#"{"quotas": [{"application": {"requests.": 4}}]}"#,
            r#"{"quotas": [{"application": {"requests.cpu": "four"}}]}"#,
            r#"{"quotas": [{"tier": "a"}]}"#,
        ] {
            assert!(serde_json::from_str::<Settings>(wrong).is_err(), "{wrong}");
        }
    }

    /// Every resource is written as it is read.
    #[test]
    fn resources_are_written_as_read() {
        for text in [
            "requests.cpu",
            "limits.memory",
            "requests.storage",
            "pods",
            "persistentvolumeclaims",
            "count/Service",
            "count/apps/Deployment",
        ] {
            assert_eq!(super::Resource::try_from(text.to_owned()).map(|resource| resource.to_string()), Ok(text.to_owned()));
        }
    }
}
