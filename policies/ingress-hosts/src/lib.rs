//! Ingress hosts: under which names the world reaches an application.
//!
//! In: all objects of an application, later the claims of all. Out: findings for hosts outside the customer's domains, for those that take
//! everything or lack TLS, and for those that two applications claim.
//! Rules: which domains are whose is known from the settings, or from claims that they name; without either no domain is asked for.
//! Not here: hosts inside the cluster (tenant-isolation).

mod claims;
mod fleet;
mod host;
mod settings;

use std::collections::BTreeSet;

use claims::{Claim, Claims, Reach, Tls};
use sdk::{Context, Fact, Finding, FleetFinding, Member, Objects, Policy, PolicyError, Report, SettingsError, weight, wildcard};
pub use settings::Settings;

/// The policy with its settings.
pub struct IngressHosts {
    settings: Settings,
}

impl Policy for IngressHosts {
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, Vec<SettingsError>> {
        match settings.errors() {
            errors if errors.is_empty() => Ok(IngressHosts { settings }),
            errors => Err(errors),
        }
    }

    fn check_manifests(&self, context: &Context, objects: &Objects<'_>) -> Result<Report, PolicyError> {
        let Claims { found, sealed: mut findings, .. } = Claims::of(objects, &self.settings, context);
        let domains = self.settings.domains(context);
        let mut facts = BTreeSet::new();
        let mut report = Report { findings: Vec::new(), facts: Vec::new() };
        for claim in &found {
            findings.extend(self.judge(claim, domains.as_deref(), context));
            for path in &claim.paths {
                if !wildcard::fits_any(&self.settings.shared, claim.host.text()) && facts.insert((&claim.host, path)) {
                    report.facts.push(fact(claim, path));
                }
            }
        }
        Ok(Report { findings, ..report })
    }

    fn check_fleet(&self, members: &[Member]) -> Result<Vec<FleetFinding>, PolicyError> {
        Ok(fleet::judge(members))
    }
}

impl IngressHosts {
    fn judge(&self, claim: &Claim<'_>, domains: Option<&[String]>, context: &Context) -> Vec<Finding> {
        let Claim { host, place, tls, .. } = claim;
        if host.is_any() {
            let message = "takes the traffic of every host, that of other customers too".to_owned();
            return vec![Finding::deny("any-host", place, message, "name the hosts that are meant")];
        }
        let mut findings = Vec::new();
        if let Some(domains) = domains.filter(|domains| !domains.iter().any(|domain| host.is_within(domain))) {
            let known =
                if domains.is_empty() { "it has none".to_owned() } else { format!("they are `{}`", domains.join("`, `")) };
            let message = format!("host `{}` lies in no domain of customer {}: {known}", host.text(), context.customer);
            findings.push(Finding::deny("foreign-domain", place, message, "use a host in one of the customer's domains"));
        }
        if let (Some(domain), Some(severity)) = (host.below(), weight::severity(&self.settings.wildcards, context)) {
            let message = format!("takes every host below `{domain}`, which {} environments are not to", context.class);
            findings.push(Finding::weighed(severity, "wildcard-host", place, message, "name the hosts that are meant"));
        }
        if let (Tls::Missing, Some(severity)) = (tls, weight::severity(&self.settings.tls, context)) {
            let message = format!("host `{}` is served without TLS, which is asked for in {}", host.text(), context.class);
            let help = "name the host in the object's TLS section, with a certificate";
            findings.push(Finding::weighed(severity, "tls", place, message, help));
        }
        findings
    }
}

/// What the fleet's judgement needs of a claim.
fn fact(claim: &Claim<'_>, path: &str) -> Fact {
    let key = match claim.reach {
        Reach::Label => fleet::ONE_LABEL,
        Reach::Labels => fleet::LABELS,
    };
    Fact::new(key, &format!("{} {path}", claim.host.text()), &claim.place)
}

sdk::export_policy!(IngressHosts);

#[cfg(test)]
mod tests;
