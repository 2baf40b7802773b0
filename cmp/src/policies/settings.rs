//! Settings: which policy is given what.
//!
//! In: `policies` of the configuration, a JSON value by name. Out: each policy with its settings, accepted by itself.
//! Rules: a name that is not known, a key that the policy's schema does not have, and whatever the policy objects to are
//! errors, all reported at once.

use std::collections::BTreeMap;

use serde_json::Value;

use super::answer::clean;
use super::failure::PolicyFailure;
use super::{Policy, PolicySet};

/// The settings of a policy that the configuration does not name.
pub(super) const NONE: &str = "{}";

/// A similarity from which on a name was probably meant (Jaro-Winkler; 1 is equal).
const MEANT_SIMILARITY: f64 = 0.8;

/// Settings that are not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigureError {
    /// The settings are wrong.
    #[error("the settings of policies are refused in {} places", .0.len())]
    Settings(Vec<SettingsProblem>),
    /// A policy failed while it read its settings.
    #[error(transparent)]
    Failure(#[from] PolicyFailure),
}

/// One thing wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsProblem {
    /// No policy has this name.
    #[error("there is no policy `{name}`")]
    UnknownPolicy {
        /// The name.
        name: String,
        /// The policy that was probably meant.
        nearest: Option<String>,
        /// All policies.
        known: Vec<String>,
    },
    /// The policy has no such setting.
    #[error("policy `{policy}` has no setting `{key}`")]
    UnknownSetting {
        /// The policy.
        policy: String,
        /// The key.
        key: String,
        /// The setting that was probably meant.
        nearest: Option<String>,
        /// All settings.
        known: Vec<String>,
    },
    /// The settings are no map.
    #[error("the settings of policy `{policy}` are no map")]
    NoMap {
        /// The policy.
        policy: String,
    },
    /// The policy objects.
    #[error("policy `{policy}` refuses its settings at `{path}`: {message}")]
    Refused {
        /// The policy.
        policy: String,
        /// A JSON pointer into the settings.
        path: String,
        /// What is wrong, in the policy's words, cleaned.
        message: String,
    },
}

impl SettingsProblem {
    /// Returns what to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            SettingsProblem::UnknownPolicy { nearest, known, .. } | SettingsProblem::UnknownSetting { nearest, known, .. } => {
                Some(match nearest {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => format!("known are {}", known.join(", ")),
                })
            }
            SettingsProblem::NoMap { .. } => Some("write settings as `name: value`, or `{}` for none".to_owned()),
            SettingsProblem::Refused { .. } => None,
        }
    }
}

impl PolicySet {
    /// Returns the policies with these settings, by name; a policy that is not named keeps its defaults, and so does one
    /// whose settings are null.
    ///
    /// # Errors
    /// All problems of all policies, or the first failure.
    pub fn configure(mut self, settings: &BTreeMap<String, Value>) -> Result<PolicySet, ConfigureError> {
        let known: Vec<String> = self.policies.iter().map(|policy| policy.metadata.name.clone()).collect();
        let mut problems: Vec<SettingsProblem> = settings
            .keys()
            .filter(|name| !known.contains(name))
            .map(|name| SettingsProblem::UnknownPolicy {
                name: name.clone(),
                nearest: nearest(name, &known),
                known: known.clone(),
            })
            .collect();
        for policy in &mut self.policies {
            match settings.get(&policy.metadata.name) {
                None | Some(Value::Null) => problems.append(&mut policy.offer(NONE)?),
                Some(Value::Object(map)) => {
                    let mut unknown = unknown_settings(policy, map);
                    if unknown.is_empty() {
                        problems.append(&mut policy.offer(&Value::Object(map.clone()).to_string())?);
                    }
                    problems.append(&mut unknown);
                }
                Some(_) => problems.push(SettingsProblem::NoMap { policy: policy.metadata.name.clone() }),
            }
        }
        if problems.is_empty() { Ok(self) } else { Err(ConfigureError::Settings(problems)) }
    }
}

impl Policy {
    /// Offers settings to the policy and keeps them if it takes them.
    fn offer(&mut self, settings: &str) -> Result<Vec<SettingsProblem>, PolicyFailure> {
        let name = &self.metadata.name;
        let answer = self.guest.configure(settings);
        let answer = answer.map_err(|reason| PolicyFailure { policy: name.clone(), stage: None, reason })?;
        match answer {
            Ok(()) => {
                self.settings = settings.to_owned();
                Ok(Vec::new())
            }
            Err(errors) => Ok(errors
                .into_iter()
                .map(|error| SettingsProblem::Refused {
                    policy: name.clone(),
                    path: clean(&error.path),
                    message: clean(&error.message),
                })
                .collect()),
        }
    }
}

fn unknown_settings(policy: &Policy, settings: &serde_json::Map<String, Value>) -> Vec<SettingsProblem> {
    let properties = policy.metadata.settings.get("properties").and_then(Value::as_object);
    let known: Vec<String> = properties.into_iter().flatten().map(|(key, _schema)| key.clone()).collect();
    let unknown = settings.keys().filter(|key| !known.contains(key));
    unknown
        .map(|key| SettingsProblem::UnknownSetting {
            policy: policy.metadata.name.clone(),
            key: key.clone(),
            nearest: nearest(key, &known),
            known: known.clone(),
        })
        .collect()
}

fn nearest(name: &str, known: &[String]) -> Option<String> {
    let scored = known.iter().map(|candidate| (strsim::jaro_winkler(name, candidate), candidate));
    let best = scored.max_by(|one, other| one.0.total_cmp(&other.0))?;
    (best.0 >= MEANT_SIMILARITY).then(|| best.1.clone())
}
