//! Policy: what an author implements, and the way from the contract's calls to it.

use std::cell::OnceCell;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::contract::tidegate::policy::types::DocumentSet;
use crate::contract::{Context, Finding, FleetFinding, Layer, Member, PolicyError, Report, SettingsError};
use crate::documents::{Documents, Layers, Objects};
use crate::place::Place;

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

    /// Judges all layers.
    ///
    /// # Errors
    /// The policy could not judge; the host denies.
    fn check_layers(&self, _context: &Context, _layers: &Layers<'_>) -> Verdict {
        Ok(Vec::new())
    }

    /// Judges the merged values.
    ///
    /// # Errors
    /// The policy could not judge; the host denies.
    fn check_values(&self, _context: &Context, _values: &Place<'_>) -> Verdict {
        Ok(Vec::new())
    }

    /// Judges all objects. `Ok(findings.into())` where there are no facts for the fleet.
    ///
    /// # Errors
    /// The policy could not judge; the host denies.
    fn check_manifests(&self, _context: &Context, _objects: &Objects<'_>) -> Result<Report, PolicyError> {
        Ok(Report::default())
    }

    /// Judges the fleet by the facts that [`Policy::check_manifests`] gave of each application.
    ///
    /// # Errors
    /// The policy could not judge; the host denies.
    fn check_fleet(&self, _members: &[Member]) -> Result<Vec<FleetFinding>, PolicyError> {
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

/// Judges layers with an initialised policy. For [`crate::export_policy`].
///
/// # Errors
/// The policy has no settings yet, the documents are no tape, or it could not judge.
pub fn check_layers<P: Policy>(policy: Option<&P>, context: &Context, layers: &[Layer], documents: DocumentSet) -> Verdict {
    let documents = Documents::of(documents)?;
    ready(policy)?.check_layers(context, &Layers::new(layers, &documents.tape()?)?)
}

/// Judges the merged values with an initialised policy. For [`crate::export_policy`].
///
/// # Errors
/// As for [`check_layers`].
pub fn check_values<P: Policy>(policy: Option<&P>, context: &Context, documents: DocumentSet) -> Verdict {
    let documents = Documents::of(documents)?;
    let tape = documents.tape()?;
    let values = Place::root(&tape, 0, None);
    let values = values.ok_or_else(|| PolicyError::MalformedInput("there is no document of values".to_owned()))?;
    ready(policy)?.check_values(context, &values)
}

/// Judges objects with an initialised policy. For [`crate::export_policy`].
///
/// # Errors
/// As for [`check_layers`].
pub fn check_manifests<P: Policy>(policy: Option<&P>, context: &Context, documents: DocumentSet) -> Result<Report, PolicyError> {
    let documents = Documents::of(documents)?;
    ready(policy)?.check_manifests(context, &Objects::new(&documents.tape()?))
}

/// Judges the fleet with an initialised policy. For [`crate::export_policy`].
///
/// # Errors
/// The policy has no settings yet, or could not judge.
pub fn check_fleet<P: Policy>(policy: Option<&P>, members: &[Member]) -> Result<Vec<FleetFinding>, PolicyError> {
    ready(policy)?.check_fleet(members)
}

fn ready<P>(policy: Option<&P>) -> Result<&P, PolicyError> {
    policy.ok_or_else(|| PolicyError::Failed("the policy was asked before it had settings".to_owned()))
}
