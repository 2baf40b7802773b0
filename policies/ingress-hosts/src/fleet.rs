//! Fleet: hosts that several applications claim.
//!
//! In: the claims of all applications, as facts `host path`. Out: a denial on each application whose claim another one has too, and a finding
//! for a host that lies below another application's wildcard.
//! Rules: applications of one customer may share a host by paths, environments of one product may share it whole; those of two customers
//! share none. A host below a wildcard takes a part of
//! its traffic: between customers that is a denial, within one a warning.

use std::collections::BTreeMap;

use sdk::{Context, Fact, Finding, FleetFinding, Member, Severity};

use crate::host::Host;

/// The key of a fact whose host, if it is of the form `*.a`, reaches one label far.
pub(crate) const ONE_LABEL: &str = "host-one-label";

/// The key of a fact whose host reaches any number of labels far.
pub(crate) const LABELS: &str = "host";

/// A claim of a member.
struct Claim<'a> {
    member: u32,
    context: &'a Context,
    fact: &'a Fact,
    path: &'a str,
}

/// The first claims of two different ones: whoever asks for one that is not his own finds it here.
#[derive(Default)]
struct Pair<'a> {
    first: Option<&'a Claim<'a>>,
    second: Option<&'a Claim<'a>>,
}

impl<'a> Pair<'a> {
    fn add(&mut self, claim: &'a Claim<'a>, is_same: impl Fn(&Claim<'a>, &Claim<'a>) -> bool) {
        match self.first {
            None => self.first = Some(claim),
            Some(first) if self.second.is_none() && !is_same(first, claim) => self.second = Some(claim),
            Some(_) => {}
        }
    }

    fn other(&self, claim: &Claim<'a>, is_same: impl Fn(&Claim<'a>, &Claim<'a>) -> bool) -> Option<&'a Claim<'a>> {
        [self.first, self.second].into_iter().flatten().find(|known| !is_same(known, claim))
    }
}

/// All claims of one host.
struct Claimed<'a> {
    claims: Vec<Claim<'a>>,
}

/// Judges the claims of all applications.
pub(crate) fn judge(members: &[Member]) -> Vec<FleetFinding> {
    let mut hosts: BTreeMap<Host, Claimed<'_>> = BTreeMap::new();
    for (member, number) in members.iter().zip(0_u32..) {
        for fact in member.facts.iter().filter(|fact| fact.key == ONE_LABEL || fact.key == LABELS) {
            let (host, path) = fact.value.split_once(' ').unwrap_or((&fact.value, "/"));
            let claim = Claim { member: number, context: &member.context, fact, path };
            hosts.entry(Host::of(host)).or_insert_with(|| Claimed { claims: Vec::new() }).claims.push(claim);
        }
    }
    let mut findings = Vec::new();
    for (host, claimed) in &hosts {
        findings.extend(claimed.twice(host));
        for wide in host.above() {
            if let Some(wider) = hosts.get(&wide) {
                findings.extend(claimed.below(host, &wide, wider));
            }
        }
    }
    findings
}

fn same_member(one: &Claim<'_>, other: &Claim<'_>) -> bool {
    one.member == other.member
}

/// Environments of one product are often the same values on clusters of their own.
fn same_product(one: &Claim<'_>, other: &Claim<'_>) -> bool {
    same_customer(one, other) && one.context.product == other.context.product
}

fn same_customer(one: &Claim<'_>, other: &Claim<'_>) -> bool {
    one.context.customer == other.context.customer
}

impl Claimed<'_> {
    fn twice(&self, host: &Host) -> Vec<FleetFinding> {
        let mut of_path: BTreeMap<&str, Pair<'_>> = BTreeMap::new();
        let mut of_host = Pair::default();
        for claim in &self.claims {
            of_path.entry(claim.path).or_default().add(claim, same_product);
            of_host.add(claim, same_customer);
        }
        let found = self.claims.iter().filter_map(|claim| {
            let same_path = of_path.get(claim.path).and_then(|pair| pair.other(claim, same_product));
            let other = same_path.or_else(|| of_host.other(claim, same_customer))?;
            let message = format!("host `{}`{} is claimed by {} too", host.text(), at(claim.path), other.context.application);
            let help = "give each application hosts of its own, or ask the platform team to name this one in `shared`";
            Some(Finding::deny_fact("host-twice", claim.fact, message, help).of_member(claim.member))
        });
        found.collect()
    }

    fn below(&self, host: &Host, wide: &Host, wider: &Claimed<'_>) -> Vec<FleetFinding> {
        let (mut members, mut customers) = (Pair::default(), Pair::default());
        for claim in wider.claims.iter().filter(|claim| claim.fact.key == LABELS || host.is_directly_below(wide)) {
            members.add(claim, same_member);
            customers.add(claim, same_customer);
        }
        let found = self.claims.iter().filter_map(|claim| {
            let stranger = customers.other(claim, same_customer);
            let other = stranger.or_else(|| members.other(claim, same_member))?;
            let message =
                format!("host `{}` takes a part of `{}`, which {} claims", host.text(), wide.text(), other.context.application);
            let finding = Finding::deny_fact("wildcard-overlap", claim.fact, message, "narrow the one or leave out the other");
            let severity = if stranger.is_some() { Severity::Deny } else { Severity::Warn };
            Some(Finding { severity, ..finding }.of_member(claim.member))
        });
        found.collect()
    }
}

fn at(path: &str) -> String {
    if path == "/" { String::new() } else { format!(" at `{path}`") }
}
