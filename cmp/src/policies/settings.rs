//! Settings: which policy is given what.
//!
//! In: `policies` of the configuration, a JSON value by name. Out: each policy with its settings, accepted by itself.
//! Rules: a name that is not known, what the policy's own schema does not allow, and whatever the policy then objects to are
//! errors, all reported at once, each with its place.

use std::collections::BTreeMap;

use jsonschema::PatternOptions;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use super::answer::{clean, is_pointer};
use super::failure::{PolicyFailure, Reason};
use super::guest::{shortened, types};
use super::limits::{FINDING_LIMIT, MESSAGE_LIMIT_BYTES};
use super::{Policy, PolicySet, watchdog};
use crate::nearest::nearest;

/// The settings of a policy that the configuration does not name.
pub(super) const NONE: &str = "{}";

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
    #[error("policy `{policy}` has no setting `{key}`{}", place(.parent))]
    UnknownSetting {
        /// The policy.
        policy: String,
        /// A JSON pointer into its settings: the map that has the key.
        parent: String,
        /// The key.
        key: String,
        /// The setting that was probably meant.
        nearest: Option<String>,
        /// All settings that could stand there.
        known: Vec<String>,
    },
    /// The settings are no map.
    #[error("the settings of policy `{policy}` are no map")]
    NoMap {
        /// The policy.
        policy: String,
    },
    /// The policy's schema of settings, or the policy itself, objects.
    #[error("policy `{policy}` refuses its settings{}: {message}", place(.path))]
    Refused {
        /// The policy.
        policy: String,
        /// A JSON pointer into its settings.
        path: String,
        /// What is wrong, cleaned and of bounded length.
        message: String,
    },
}

/// Where something is wrong, for the end of a sentence; nothing for the settings as a whole.
fn place(pointer: &str) -> String {
    if pointer.is_empty() { String::new() } else { format!(" at `{pointer}`") }
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

    /// Returns the place as a JSON pointer into the configuration.
    #[must_use]
    pub fn pointer(&self) -> String {
        let (policy, below) = match self {
            SettingsProblem::UnknownPolicy { name, .. } => (name, String::new()),
            SettingsProblem::UnknownSetting { policy, parent, key, .. } => (policy, format!("{parent}/{}", escaped(key))),
            SettingsProblem::NoMap { policy } => (policy, String::new()),
            SettingsProblem::Refused { policy, path, .. } => (policy, path.clone()),
        };
        format!("/policies/{}{below}", escaped(policy))
    }
}

impl PolicySet {
    /// Returns the policies with these settings, by name; a policy that is not named keeps its defaults, and so does one
    /// whose settings are null.
    ///
    /// # Errors
    /// All problems of all policies in the order of their places, or the first failure.
    pub fn configure(mut self, settings: &BTreeMap<String, Value>) -> Result<PolicySet, ConfigureError> {
        let known: Vec<String> = self.policies.iter().map(|policy| policy.metadata.name.clone()).collect();
        let mut problems: Vec<SettingsProblem> = settings
            .keys()
            .filter(|name| !known.contains(name))
            .map(|name| SettingsProblem::UnknownPolicy {
                name: name.clone(),
                nearest: nearest(name, &known).cloned(),
                known: known.clone(),
            })
            .collect();
        for policy in &mut self.policies {
            match settings.get(&policy.metadata.name) {
                None | Some(Value::Null) => problems.append(&mut policy.offer(NONE)?),
                Some(settings @ Value::Object(_)) => {
                    let mut unfit = policy.unfit(settings)?;
                    if unfit.is_empty() {
                        problems.append(&mut policy.offer(&settings.to_string())?);
                    }
                    problems.append(&mut unfit);
                }
                Some(_) => problems.push(SettingsProblem::NoMap { policy: policy.metadata.name.clone() }),
            }
        }
        problems.sort_by_cached_key(SettingsProblem::pointer);
        if problems.is_empty() { Ok(self) } else { Err(ConfigureError::Settings(problems)) }
    }
}

impl Policy {
    /// Returns what the policy's own schema has against settings.
    fn unfit(&self, settings: &Value) -> Result<Vec<SettingsProblem>, PolicyFailure> {
        let (policy, schema) = (&self.metadata.name, &self.metadata.settings);
        let validator = jsonschema::options().offline().with_pattern_options(PatternOptions::regex()).build(schema);
        let validator = validator.map_err(|error| self.failure(Reason::SettingsSchema(Box::new(error.to_owned()))))?;
        let mut problems = Vec::new();
        for error in validator.iter_errors(settings) {
            let path = error.instance_path().as_str().to_owned();
            let ValidationErrorKind::AdditionalProperties { unexpected } = error.kind() else {
                let message = error.to_string();
                let message = if message.len() > MESSAGE_LIMIT_BYTES { error.masked().to_string() } else { message };
                problems.push(SettingsProblem::Refused { policy: policy.clone(), path, message: clean(&message) });
                continue;
            };
            let known = siblings(schema, error.schema_path().as_str());
            problems.extend(unexpected.iter().map(|key| SettingsProblem::UnknownSetting {
                policy: policy.clone(),
                parent: path.clone(),
                key: key.clone(),
                nearest: nearest(key, &known).cloned(),
                known: known.clone(),
            }));
        }
        Ok(problems)
    }

    /// Offers settings to the policy and keeps them if it takes them.
    fn offer(&mut self, settings: &str) -> Result<Vec<SettingsProblem>, PolicyFailure> {
        let _watched = watchdog::watch(&self.metadata.name);
        let answer = self.guest.configure(settings).map_err(|reason| self.failure(reason))?;
        let Err(errors) = answer else {
            self.settings = settings.to_owned();
            return Ok(Vec::new());
        };
        if errors.len() > FINDING_LIMIT {
            return Err(self.failure(Reason::TooManyFindings));
        }
        let refused = |error: types::SettingsError| SettingsProblem::Refused {
            policy: self.metadata.name.clone(),
            path: if is_pointer(&error.path) { clean(&error.path) } else { String::new() },
            message: shortened(&error.message),
        };
        // A refusal without a word is a refusal.
        let errors = if errors.is_empty() {
            vec![types::SettingsError { path: String::new(), message: "no reason given".to_owned() }]
        } else {
            errors
        };
        Ok(errors.into_iter().map(refused).collect())
    }

    fn failure(&self, reason: Reason) -> PolicyFailure {
        PolicyFailure { policy: self.metadata.name.clone(), stage: None, reason }
    }
}

/// Returns the keys that a schema knows where its `additionalProperties` stands.
fn siblings(schema: &Value, additional_properties: &str) -> Vec<String> {
    let parent = additional_properties.strip_suffix("/additionalProperties").unwrap_or_default();
    let properties = schema.pointer(&format!("{parent}/properties")).and_then(Value::as_object);
    properties.into_iter().flatten().map(|(key, _schema)| key.clone()).collect()
}

fn escaped(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}
