//! Tenant isolation: what keeps the applications of different customers apart.
//!
//! In: all objects of an application. Out: denials for what stands, reaches or opens itself outside the application's namespaces,
//! and a finding for pods that no network policy selects.
//! Rules: an object without namespace is the application's; what the platform offers to everybody is a list in the settings.
//! Not here: what pods may do to their node (pod-security), hosts that the world sees (ingress-hosts).

mod hosts;
mod network;
mod references;
mod scope;
mod settings;
mod subjects;
mod volumes;

use network::Survey;
use sdk::kubernetes::{Identity, Workload};
use sdk::{Context, Finding, Objects, Place, Policy, PolicyError, Report, SettingsError};
use settings::Neighbourhood;
pub use settings::{Direction, FenceKind, NetworkPolicy, Settings};

/// The policy with its settings.
pub struct TenantIsolation {
    settings: Settings,
}

/// An object, with what it is: read once for all rules.
struct Subject<'a, 'b> {
    object: &'b Place<'a>,
    identity: Identity<'a>,
    workload: Option<Workload<'a>>,
}

impl Policy for TenantIsolation {
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, Vec<SettingsError>> {
        match settings.errors() {
            errors if errors.is_empty() => Ok(TenantIsolation { settings }),
            errors => Err(errors),
        }
    }

    fn check_manifests(&self, context: &Context, objects: &Objects<'_>) -> Result<Report, PolicyError> {
        let hood = Neighbourhood::of(&self.settings, context);
        let mut survey = Survey::new(&self.settings.network_policy, context);
        let mut findings = Vec::new();
        for object in objects.iter() {
            match Identity::of(&object) {
                Ok(identity) => {
                    let subject = Subject { object: &object, identity, workload: Workload::known(&object, identity) };
                    let noted = survey.note(&subject).err().map(Finding::from);
                    let judged = self.judge(&subject, &hood);
                    // Two rules that meet the same sealed leaf say the same of it; once is enough.
                    findings.extend(judged.chain(noted).fold(Vec::new(), once));
                }
                Err(sealed) => findings.push(sealed.into()),
            }
        }
        let known = findings.len();
        for finding in survey.findings() {
            if !findings.iter().take(known).any(|earlier| *earlier == finding) {
                findings.push(finding);
            }
        }
        Ok(findings.into())
    }
}

impl TenantIsolation {
    fn judge(&self, subject: &Subject<'_, '_>, hood: &Neighbourhood<'_>) -> impl Iterator<Item = Finding> + use<> {
        let Subject { object, identity, workload: _ } = subject;
        let scope = scope::judge(object, identity, &self.settings, hood);
        let references = references::judge(object, identity, hood);
        let subjects = subjects::judge(object, identity, hood);
        scope.into_iter().chain(references).chain(hosts::judge(subject, hood)).chain(subjects).chain(volumes::judge(subject))
    }
}

fn once(mut findings: Vec<Finding>, finding: Finding) -> Vec<Finding> {
    if !findings.contains(&finding) {
        findings.push(finding);
    }
    findings
}

sdk::export_policy!(TenantIsolation);

#[cfg(test)]
mod tests;
