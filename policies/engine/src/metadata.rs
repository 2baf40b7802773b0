//! Metadata: what a policy says of itself without being run.
//!
//! In: `policy.json`, which the compiler puts into the component as a custom section. Out: [`Metadata`].
//! Rules: strict; a key that is not known, a name that is not kebab-case and another version of the contract are errors.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version of the contract that this program speaks.
pub const WORLD: &str = "tidegate:policy@1.0.0";

/// The name of the custom section.
pub const SECTION: &str = "tidegate.policy";

/// The rule of a finding that says that something sealed stands where a policy must know what it says. Every policy has it.
pub const UNJUDGEABLE: &str = "unjudgeable";

/// What stands for all policies where one is named on a command line.
pub const ALL_POLICIES: &str = "all";

/// The longest name of a policy or a rule, in bytes: it stands in the first line of a report.
pub const NAME_LIMIT_BYTES: usize = 64;

/// What a policy says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Metadata {
    /// Its name in the configuration and in findings.
    pub name: String,
    /// Its own version.
    pub version: String,
    /// The contract it was built for.
    pub world: String,
    /// One sentence for a list of policies.
    pub description: String,
    /// The JSON Schema of its settings.
    pub settings: Value,
    /// The stages it judges.
    pub stages: Vec<Stage>,
    /// How it is given documents.
    #[serde(default)]
    pub encoding: Encoding,
    /// The rules that its findings may name.
    pub rules: Vec<Rule>,
    /// What it looks for.
    #[serde(default, rename = "match")]
    pub matches: Matches,
}

/// A rule of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Rule {
    /// Its name in findings.
    pub name: String,
    /// One sentence: what it demands.
    pub description: String,
    /// Where more is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help_url: Option<String>,
    /// Whether no waiver and no baseline may let anything through.
    #[serde(default)]
    pub absolute: bool,
}

/// How a policy is given documents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Flat bytes that are read in place: docs/policy-tape.md.
    Tape,
    /// A JSON text for each document.
    #[default]
    Json,
}

/// A place in the way of the data where policies are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Each value file before the merge.
    Layer,
    /// The merged values.
    Values,
    /// All objects.
    Manifests,
    /// The facts of all applications.
    Fleet,
}

/// What a policy looks for; it is not asked elsewhere, and it is reported if there was none of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matches {
    /// Kinds of objects as `group/Kind`, the core group's as `Kind`; every kind where none is named.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Classes of environments; every class where none is named.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Environments by name; every one where none is named.
    #[serde(default)]
    pub environments: Vec<String>,
}

/// Metadata that no policy may have.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataError {
    /// It is not JSON, or not of this shape.
    #[error("the metadata of a policy does not read")]
    Malformed(#[from] serde_json::Error),
    /// The name cannot stand in a report.
    #[error(
        "`{0}` is no name of a policy: lower-case letters, digits and hyphens, at most {NAME_LIMIT_BYTES}, and not `{ALL_POLICIES}`"
    )]
    Name(String),
    /// The policy was built for another contract.
    #[error("policy `{name}` was built for `{world}`, not for `{WORLD}`")]
    World {
        /// The policy.
        name: String,
        /// The contract it names.
        world: String,
    },
    /// The policy judges nothing.
    #[error("policy `{0}` names no stage")]
    NoStage(String),
    /// The policy can find nothing.
    #[error("policy `{0}` names no rule")]
    NoRule(String),
    /// The name of a rule cannot stand in a report.
    #[error(
        "`{rule}` of policy `{name}` is no name of a rule: lower-case letters, digits and hyphens, at most {NAME_LIMIT_BYTES}"
    )]
    RuleName {
        /// The policy.
        name: String,
        /// The rule.
        rule: String,
    },
    /// A rule is there twice.
    #[error("policy `{name}` names the rule `{rule}` twice")]
    RuleTwice {
        /// The policy.
        name: String,
        /// The rule.
        rule: String,
    },
}

/// Reads metadata.
///
/// # Errors
/// See [`MetadataError`].
pub fn parse(json: &str) -> Result<Metadata, MetadataError> {
    let metadata: Metadata = serde_json::from_str(json)?;
    if !is_policy_name(&metadata.name) {
        return Err(MetadataError::Name(metadata.name));
    }
    if metadata.world != WORLD {
        return Err(MetadataError::World { name: metadata.name, world: metadata.world });
    }
    if metadata.stages.is_empty() {
        return Err(MetadataError::NoStage(metadata.name));
    }
    if metadata.rules.is_empty() {
        return Err(MetadataError::NoRule(metadata.name));
    }
    let mut names = BTreeSet::new();
    for Rule { name: rule, .. } in &metadata.rules {
        if !is_name(rule) {
            return Err(MetadataError::RuleName { name: metadata.name, rule: rule.clone() });
        }
        if !names.insert(rule) {
            return Err(MetadataError::RuleTwice { name: metadata.name.clone(), rule: rule.clone() });
        }
    }
    Ok(metadata)
}

impl Metadata {
    /// Returns the rule of a name, if the policy has it.
    #[must_use]
    pub fn rule(&self, name: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.name == name)
    }
}

/// Returns whether a text can name a policy.
#[must_use]
pub fn is_policy_name(text: &str) -> bool {
    is_name(text) && text != ALL_POLICIES
}

/// Returns whether a text can name a policy, unless it is [`ALL_POLICIES`], or a rule.
#[must_use]
pub fn is_name(text: &str) -> bool {
    (1..=NAME_LIMIT_BYTES).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::{NAME_LIMIT_BYTES, is_name, parse};

    const GOOD: &str = r#"{"name": "a-b", "version": "1.0.0", "world": "tidegate:policy@1.0.0", "description": "d",
        "settings": {}, "stages": ["layer"], "rules": [{"name": "r-1", "description": "d"}]}"#;

    fn check(from: &str, to: &str, want: &str) {
        let got = parse(&GOOD.replace(from, to)).map_or_else(|error| error.to_string(), |metadata| metadata.name);
        assert!(got.starts_with(want), "{got}");
    }

    /// Metadata is taken as written, or refused with the reason.
    #[test]
    fn metadata_is_strict() {
        check("", "", "a-b");
        check("a-b", "A b", "`A b` is no name of a policy");
        check("a-b", "all", "`all` is no name of a policy");
        check("@1.0.0", "@9.0.0", "policy `a-b` was built for `tidegate:policy@9.0.0`");
        check(r#"["layer"]"#, "[]", "policy `a-b` names no stage");
        check(r#"[{"name": "r-1", "description": "d"}]"#, "[]", "policy `a-b` names no rule");
        check("r-1", "R 1", "`R 1` of policy `a-b` is no name of a rule");
        check(r#"[{"name"#, r#"[{"name": "r-1", "description": "again"}, {"name"#, "policy `a-b` names the rule `r-1` twice");
        check("\"description\": \"d\",\n", "\"descriptoin\": \"d\",\n", "the metadata of a policy does not read");
    }

    /// The longest name passes, one byte more does not.
    #[test]
    fn names_have_a_length() {
        assert!(is_name(&"a".repeat(NAME_LIMIT_BYTES)));
        assert!(!is_name(&"a".repeat(NAME_LIMIT_BYTES + 1)));
        assert!(!is_name(""));
        assert!(!is_name("-a"));
    }
}
