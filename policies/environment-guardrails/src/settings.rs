//! Settings: what is demanded, and where.

use serde::Deserialize;

/// A rule of this policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// Returns its name in findings.
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
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { classes: vec!["production".to_owned()], require_cpu_limit: false, minimum_replicas: 2 }
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    /// A number of replicas is none below zero, and a setting of another name is a mistake.
    #[test]
    fn settings_are_strict() {
        let read = |json: &str| serde_json::from_str::<Settings>(json);
        assert!(read(r#"{"minimumReplicas": 0}"#).is_ok());
        for wrong in [r#"{"minimumReplicas": -1}"#, r#"{"minimumReplica": 1}"#] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
