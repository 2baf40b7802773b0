//! Deprecated APIs: objects are of API versions that the environment's Kubernetes serves.
//!
//! In: all objects of an application. Out: a denial for an API version that the cluster no longer or not yet serves, a warning for one that
//! it will not serve for long.
//! Rules: the environment's version of Kubernetes decides.
//! Not here: what is deprecated within an API version, as single fields and annotations.

mod settings;
mod table;

use sdk::version::Minor;
use sdk::{Context, Finding, Objects, Place, Policy, PolicyError, Report, SettingsError, Unjudgeable};
pub use settings::{Api, Settings};
use table::{Life, Table};

/// The rule of APIs that are gone.
pub const REMOVED: &str = "removed-api";
/// The rule of APIs that will go.
pub const DEPRECATED: &str = "deprecated-api";
/// The rule of APIs that are not there yet.
pub const FUTURE: &str = "future-api";

/// The policy with its settings.
pub struct DeprecatedApis {
    table: Table,
}

impl Policy for DeprecatedApis {
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, Vec<SettingsError>> {
        Ok(DeprecatedApis { table: Table::new(settings.lives()?) })
    }

    fn check_manifests(&self, context: &Context, objects: &Objects<'_>) -> Result<Report, PolicyError> {
        let version = Minor::read(&context.kube_version);
        let version = version.ok_or_else(|| PolicyError::MalformedInput(format!("`{}` is no version", context.kube_version)))?;
        Ok(objects.each(|object| self.judge(object, version)).into())
    }
}

impl DeprecatedApis {
    fn judge(&self, object: &Place<'_>, version: Minor) -> Result<Vec<Finding>, Unjudgeable> {
        let place = object.at("apiVersion");
        let (Some(api), Some(kind)) = (place.text()?, object.at("kind").text()?) else { return Ok(Vec::new()) };
        let Some(life) = self.table.life(api, kind) else { return Ok(Vec::new()) };
        let Life { introduced, deprecated, removed, replacement } = life;
        let help = match replacement {
            Some(replacement) => format!("use {replacement}"),
            None => "there is nothing in its place".to_owned(),
        };
        let mut findings = Vec::new();
        if let Some(since) = removed.filter(|removed| version >= *removed) {
            let problem = format!("{kind} of `{api}` is not served from {since} on, and the environment runs {version}");
            findings.push(Finding::deny(REMOVED, &place, problem, &help));
        } else if let Some(since) = introduced.filter(|introduced| version < *introduced) {
            let problem = format!("{kind} of `{api}` is served from {since} on, and the environment runs {version}");
            findings.push(Finding::deny(
                FUTURE,
                &place,
                problem,
                "use an older version of the API, or raise the environment's version",
            ));
        } else if let Some(since) = deprecated.filter(|deprecated| version >= *deprecated) {
            let end = removed.map_or(String::new(), |removed| format!(", and not served from {removed} on"));
            findings.push(Finding::warn(
                DEPRECATED,
                &place,
                format!("{kind} of `{api}` is deprecated since {since}{end}"),
                &help,
            ));
        }
        Ok(findings)
    }
}

sdk::export_policy!(DeprecatedApis);

#[cfg(test)]
mod tests;
