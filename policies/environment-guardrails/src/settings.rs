//! Settings: what is demanded, where, and what is waived.

use sdk::kubernetes::Workload;
use sdk::wildcard::fits;
use sdk::{Context, SettingsError};
use serde::Deserialize;

/// A rule of this policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Images have a tag that is not `latest`, or a digest.
    PinnedImage,
    /// Containers request CPU and memory.
    ResourceRequests,
    /// Containers have a memory limit.
    MemoryLimit,
    /// Containers have a CPU limit; only where the settings ask for it.
    CpuLimit,
    /// Workloads run with a least number of replicas.
    Replicas,
}

impl Rule {
    /// Returns its name in findings and settings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Rule::PinnedImage => "pinned-image",
            Rule::ResourceRequests => "resource-requests",
            Rule::MemoryLimit => "memory-limit",
            Rule::CpuLimit => "cpu-limit",
            Rule::Replicas => "replicas",
        }
    }
}

/// The settings of the policy.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Settings {
    /// The classes of environments in which the rules hold.
    pub classes: Vec<String>,
    /// Whether containers need a CPU limit too.
    pub require_cpu_limit: bool,
    /// The least number of replicas.
    pub minimum_replicas: u32,
    /// What is let through.
    pub waivers: Vec<Waiver>,
}

/// An exception. Fields that are not given fit everything; `*` in one stands for any text.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The rule that is waived.
    pub rule: Rule,
    /// The kind of the workload.
    #[serde(default = "anything")]
    pub kind: String,
    /// Its name.
    #[serde(default = "anything")]
    pub name: String,
    /// The customer.
    #[serde(default = "anything")]
    pub customer: String,
    /// The product.
    #[serde(default = "anything")]
    pub product: String,
    /// The environment.
    #[serde(default = "anything")]
    pub environment: String,
    /// Why; told whenever the waiver is used.
    #[cfg_attr(test, schemars(length(min = 1)))]
    pub reason: String,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { classes: vec!["production".to_owned()], require_cpu_limit: false, minimum_replicas: 2, waivers: Vec::new() }
    }
}

impl Settings {
    /// Returns what is wrong beyond the types: a waiver without a reason.
    #[must_use]
    pub fn errors(&self) -> Vec<SettingsError> {
        let silent = self.waivers.iter().enumerate().filter(|(_index, waiver)| waiver.reason.trim().is_empty());
        let error = |index| SettingsError { path: format!("/waivers/{index}/reason"), message: "says nothing".to_owned() };
        silent.map(|(index, _waiver)| error(index)).collect()
    }
}

impl Waiver {
    pub(crate) fn covers(&self, rule: &str, workload: &Workload<'_>, context: &Context) -> bool {
        self.rule.name() == rule
            && fits(&self.kind, workload.identity().kind)
            && fits(&self.name, workload.identity().name)
            && fits(&self.customer, &context.customer)
            && fits(&self.product, &context.product)
            && fits(&self.environment, &context.environment)
    }
}

fn anything() -> String {
    "*".to_owned()
}

#[cfg(test)]
mod tests {
    use super::Settings;

    /// A waiver names a rule that exists and a reason.
    #[test]
    fn waivers_are_strict() {
        let read = |json: &str| serde_json::from_str::<Settings>(json);
        assert!(read(r#"{"waivers": [{"rule": "replicas", "reason": "a singleton"}]}"#).unwrap().errors().is_empty());
        let errors = read(r#"{"waivers": [{"rule": "replicas", "reason": " "}]}"#).unwrap().errors();
        assert_eq!(errors.iter().map(|error| error.path.as_str()).collect::<Vec<_>>(), ["/waivers/0/reason"]);
        for wrong in [
            r#"{"waivers": [{"rule": "replicsa", "reason": "a"}]}"#,
            r#"{"waivers": [{"rule": "replicas"}]}"#,
            r#"{"minimumReplicas": -1}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
