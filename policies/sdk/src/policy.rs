//! Policy: what an author implements, and the way from the contract's calls to it.

use std::cell::OnceCell;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::contract::{Context, Finding, Layer, PolicyError, SettingsError};
use crate::place::{Objects, Place};

/// What a check answers.
pub type Verdict = Result<Vec<Finding>, PolicyError>;

/// A policy. The stages it does not judge say nothing.
pub trait Policy: Sized {
    /// The settings; give it `#[serde(deny_unknown_fields)]`, so a slip of the pen is an error.
    type Settings: DeserializeOwned;

    /// Returns the policy with its settings.
    ///
    /// # Errors
    /// What is wrong with the settings beyond their types.
    fn configure(settings: Self::Settings) -> Result<Self, Vec<SettingsError>>;

    /// Judges one layer; `values` are its values, sealed leaves as handles.
    ///
    /// # Errors
    /// The policy could not judge; the host denies.
    fn check_layer(&self, _context: &Context, _layer: &Layer, _values: &Place<'_>) -> Verdict {
        Ok(Vec::new())
    }

    /// Judges the merged values.
    ///
    /// # Errors
    /// The policy could not judge; the host denies.
    fn check_values(&self, _context: &Context, _values: &Place<'_>) -> Verdict {
        Ok(Vec::new())
    }

    /// Judges all objects.
    ///
    /// # Errors
    /// The policy could not judge; the host denies.
    fn check_manifests(&self, _context: &Context, _objects: &Objects) -> Verdict {
        Ok(Vec::new())
    }
}

/// Fills `cell` with the policy that these settings make. For [`crate::export_policy`].
///
/// # Errors
/// The settings are not what the policy takes.
pub fn init<P: Policy>(cell: &OnceCell<P>, settings: &str) -> Result<(), Vec<SettingsError>> {
    let refused = |message: String| vec![SettingsError { path: String::new(), message }];
    // Through a value: nobody ever saw the text that lines and columns would be of.
    let settings: Value = serde_json::from_str(settings).map_err(|error| refused(error.to_string()))?;
    let settings = serde_json::from_value(settings).map_err(|error| refused(error.to_string()))?;
    let policy = P::configure(settings)?;
    cell.set(policy).map_err(|_second| refused("the policy has its settings already".to_owned()))
}

/// Judges a layer with an initialised policy. For [`crate::export_policy`].
///
/// # Errors
/// The policy has no settings yet, the values are not JSON, or it could not judge.
pub fn check_layer<P: Policy>(policy: Option<&P>, context: &Context, layer: &Layer) -> Verdict {
    let values = parse(&layer.values)?;
    ready(policy)?.check_layer(context, layer, &Place::root(&values))
}

/// Judges the merged values with an initialised policy. For [`crate::export_policy`].
///
/// # Errors
/// As for [`check_layer`].
pub fn check_values<P: Policy>(policy: Option<&P>, context: &Context, values: &str) -> Verdict {
    let values = parse(values)?;
    ready(policy)?.check_values(context, &Place::root(&values))
}

/// Judges objects with an initialised policy. For [`crate::export_policy`].
///
/// # Errors
/// As for [`check_layer`].
pub fn check_manifests<P: Policy>(policy: Option<&P>, context: &Context, objects: &[String]) -> Verdict {
    let objects = objects.iter().map(|object| parse(object)).collect::<Result<Vec<_>, _>>()?;
    ready(policy)?.check_manifests(context, &Objects::new(objects))
}

fn ready<P>(policy: Option<&P>) -> Result<&P, PolicyError> {
    policy.ok_or_else(|| PolicyError::Failed("the policy was asked before it had settings".to_owned()))
}

// serde_json stops at a nesting of 128: a deeper document is refused here, not walked.
fn parse(json: &str) -> Result<Value, PolicyError> {
    serde_json::from_str(json).map_err(|error| PolicyError::MalformedInput(error.to_string()))
}
