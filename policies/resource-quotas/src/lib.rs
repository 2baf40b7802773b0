//! Resource quotas: how much an application, and a customer over the fleet, may ask for.
//!
//! In: all objects of an application, later the sums of all. Out: denials for sums beyond a quota, and for amounts that cannot be counted.
//! Rules: quotas go by the customer's tier and the class of the environment; each that fits holds. Without any nothing is counted.
//! Not here: what a cluster has.

mod fleet;
mod pods;
mod scale;
mod settings;
mod usage;

use std::collections::BTreeSet;

use sdk::{Context, Fact, Finding, FleetFinding, Member, Objects, Policy, PolicyError, Report, SettingsError};
pub use settings::{Quota, Resource, Settings};
use usage::Usage;

/// The policy with its settings.
pub struct ResourceQuotas {
    settings: Settings,
}

impl Policy for ResourceQuotas {
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, Vec<SettingsError>> {
        match settings.errors() {
            errors if errors.is_empty() => Ok(ResourceQuotas { settings }),
            errors => Err(errors),
        }
    }

    fn check_manifests(&self, context: &Context, objects: &Objects<'_>) -> Result<Report, PolicyError> {
        let unknown = self.unknown_tier(context);
        let of_customer: BTreeSet<&Resource> = self.settings.fitting(context).flat_map(|quota| quota.customer.keys()).collect();
        let of_application = self.settings.fitting(context).flat_map(|quota| quota.application.keys());
        let mut wanted = of_customer.iter().copied().chain(of_application).peekable();
        if wanted.peek().is_none() {
            return Ok(Vec::from_iter(unknown).into());
        }
        let usage = Usage::of(objects, wanted, (&self.settings, context));
        let exceeded = self.settings.fitting(context).flat_map(|quota| exceeded(quota, &usage));
        let findings = unknown.into_iter().chain(exceeded).collect::<Vec<_>>();
        let facts =
            usage.totals.iter().filter(|(resource, _total)| of_customer.contains(*resource)).filter_map(|(resource, total)| {
                let (_amount, object) = total.most.as_ref()?;
                Some(Fact::new(&resource.to_string(), &total.sum.decimal(), object))
            });
        let facts = facts.collect();
        Ok(Report { findings: usage.findings.into_iter().chain(findings).collect(), facts })
    }

    fn check_fleet(&self, members: &[Member]) -> Result<Vec<FleetFinding>, PolicyError> {
        Ok(fleet::judge(&self.settings, members))
    }
}

impl ResourceQuotas {
    /// A tier that no quota names would have none.
    fn unknown_tier(&self, context: &Context) -> Option<Finding> {
        let of_class = || self.settings.quotas.iter().filter(|quota| quota.is_of_class(&context.class));
        if of_class().all(|quota| quota.tiers.is_empty()) {
            return None;
        }
        let tier = self.settings.tier(context);
        if tier.is_some_and(|tier| of_class().any(|quota| quota.tiers.iter().any(|known| known == tier))) {
            return None;
        }
        let claim = &self.settings.tier_claim;
        let message = match tier {
            Some(tier) => format!("the customer's tier `{tier}` has no quota in {}", context.class),
            None => format!("the customer's metadata.yaml names no `{claim}`, and quotas go by it"),
        };
        let help = format!("set `{claim}` in the customer's metadata.yaml to a tier that the platform team has given a quota");
        Some(Finding::deny_whole("unknown-tier", message, &help))
    }
}

fn exceeded(quota: &Quota, usage: &Usage<'_>) -> Vec<Finding> {
    let exceeded = quota.application.iter().filter_map(|(resource, limit)| {
        let total = usage.totals.get(resource).filter(|total| total.sum > *limit)?;
        let (most, object) = total.most.as_ref()?;
        let (sum, limit, most) = (resource.written(total.sum), resource.written(*limit), resource.written(*most));
        let message = format!(
            "the application asks for {sum} of {resource}, the quota{} is {limit}; the most by this object, {most}",
            quota.scope()
        );
        Some(Finding::deny("application-quota", object, message, "ask for less, or ask the platform team for another quota"))
    });
    exceeded.collect()
}

sdk::export_policy!(ResourceQuotas);

#[cfg(test)]
mod tests;
