//! Fleet: what all applications of a customer ask for together.
//!
//! In: the sums of all applications, as facts. Out: a denial for each quota of a customer that they exceed, on the application that asks for
//! the most.
//! Rules: an application counts where the quota holds for it, by its tier and class.

use std::collections::BTreeMap;

use sdk::quantity::Quantity;
use sdk::{Fact, Finding, FleetFinding, Member};

use crate::settings::{Quota, Resource, Settings};

/// What a customer's applications ask for of one resource.
struct Sum<'a> {
    total: Quantity,
    applications: u32,
    most: Quantity,
    member: u32,
    fact: &'a Fact,
}

/// Judges the sums of all applications.
pub(crate) fn judge(settings: &Settings, members: &[Member]) -> Vec<FleetFinding> {
    settings.quotas.iter().flat_map(|quota| exceeded(settings, quota, members)).collect()
}

fn exceeded(settings: &Settings, quota: &Quota, members: &[Member]) -> Vec<FleetFinding> {
    let limits: BTreeMap<String, &Resource> = quota.customer.keys().map(|resource| (resource.to_string(), resource)).collect();
    let mut sums: BTreeMap<(&str, &Resource), Sum<'_>> = BTreeMap::new();
    for (member, number) in members.iter().zip(0_u32..) {
        if !quota.holds(settings.tier(&member.context), &member.context.class) {
            continue;
        }
        for fact in &member.facts {
            let (Some(resource), Some(amount)) = (limits.get(&fact.key), Quantity::parse(&fact.value)) else {
                continue;
            };
            let none = Sum { total: Quantity::ZERO, applications: 0, most: Quantity::ZERO, member: number, fact };
            let sum = sums.entry((&member.context.customer, *resource)).or_insert(none);
            sum.total += amount;
            sum.applications += 1;
            if amount > sum.most {
                (sum.most, sum.member, sum.fact) = (amount, number, fact);
            }
        }
    }
    let findings = sums.iter().filter_map(|((customer, resource), sum)| {
        let limit = quota.customer.get(resource)?;
        (sum.total > *limit).then(|| finding(quota, (customer, resource), (sum, *limit)))
    });
    findings.collect()
}

fn finding(quota: &Quota, (customer, resource): (&str, &Resource), (sum, limit): (&Sum<'_>, Quantity)) -> FleetFinding {
    let message = format!(
        "customer {customer} asks for {} of {resource} in {} applications, the quota{} is {}; the most by this one, {}",
        resource.written(sum.total),
        sum.applications,
        quota.scope(),
        resource.written(limit),
        resource.written(sum.most),
    );
    let help = "ask for less, or ask the platform team for another tier";
    Finding::deny_fact("customer-quota", sum.fact, message, help).of_member(sum.member)
}
