//! Usage: what all objects of an application ask for.
//!
//! In: objects, and which resources are asked about. Out: a sum for each, and the object that asks for the most.
//! Rules: hooks count: they run beside the others, if they run.

use std::collections::BTreeMap;

use sdk::kubernetes::{Identity, Workload};
use sdk::quantity::Quantity;
use sdk::{Context, Finding, Objects, Place, Unjudgeable};

use crate::pods::{Pods, Side, quantity};
use crate::scale::Scalers;
use crate::settings::{Resource, Settings};

/// The sum of a resource, and where the most of it is asked for.
#[derive(Default)]
pub(crate) struct Total<'a> {
    pub(crate) sum: Quantity,
    pub(crate) most: Option<(Quantity, Place<'a>)>,
}

/// What an application asks for.
pub(crate) struct Usage<'a> {
    context: &'a Context,
    nodes: u32,
    scalers: Scalers<'a>,
    pub(crate) totals: BTreeMap<&'a Resource, Total<'a>>,
    pub(crate) findings: Vec<Finding>,
}

impl<'a> Usage<'a> {
    /// Returns what objects ask for of the resources that are wanted.
    pub(crate) fn of(
        objects: &Objects<'a>,
        wanted: impl Iterator<Item = &'a Resource>,
        from: (&'a Settings, &'a Context),
    ) -> Usage<'a> {
        let (settings, context) = from;
        let totals = wanted.map(|resource| (resource, Total::default())).collect();
        let mut usage =
            Usage { context, nodes: settings.daemon_set_nodes, scalers: Scalers::default(), totals, findings: Vec::new() };
        let mut known = Vec::new();
        for object in objects.iter() {
            let noted = Identity::of(&object).and_then(|identity| {
                let unreadable = usage.scalers.note(&object, &identity, context)?;
                known.push((object, identity));
                Ok(unreadable)
            });
            usage.findings.extend(noted.unwrap_or_else(|sealed| Some(sealed.into())));
        }
        for (object, identity) in known {
            if let Err(sealed) = usage.add(&object, &identity) {
                usage.findings.push(sealed.into());
            }
        }
        usage
    }

    fn add(&mut self, object: &Place<'a>, identity: &Identity<'a>) -> Result<(), Unjudgeable> {
        let workload = Workload::known(object, *identity);
        let pods = match &workload {
            Some(workload) => self.scalers.pods(workload, self.context, self.nodes)?,
            None => Ok(0),
        };
        let pods = pods.unwrap_or_else(|finding| {
            self.findings.push(finding);
            0
        });
        let mut of_pod = workload.as_ref().map(Pods::of).transpose()?;
        let claims = Claims::of(object, identity, workload.as_ref(), pods);
        let claims = self.settled(claims);
        for (resource, total) in &mut self.totals {
            let amount = match (resource, &mut of_pod) {
                (Resource::Requests(name), Some(of_pod)) => of_pod.amount(Side::Requests, name).times(pods),
                (Resource::Limits(name), Some(of_pod)) => of_pod.amount(Side::Limits, name).times(pods),
                (Resource::Storage, _) => claims.size,
                (Resource::VolumeClaims, _) => Quantity::of(i64::try_from(claims.count).unwrap_or(i64::MAX)),
                (Resource::Pods, _) => Quantity::of(i64::try_from(pods).unwrap_or(i64::MAX)),
                (Resource::Objects(kind), _) => Quantity::of(i64::from(identity.is(kind))),
                (Resource::Requests(_) | Resource::Limits(_), None) => Quantity::ZERO,
            };
            total.add(amount, object);
        }
        let wrong = of_pod.into_iter().flat_map(|of_pod| of_pod.findings).chain(claims.findings);
        let before = self.findings.len();
        for finding in wrong {
            // Each resource that is asked about reads the same places again.
            if !self.findings.iter().skip(before).any(|known| *known == finding) {
                self.findings.push(finding);
            }
        }
        Ok(())
    }

    fn settled(&mut self, claims: Result<Claims, Unjudgeable>) -> Claims {
        claims.unwrap_or_else(|sealed| {
            self.findings.push(sealed.into());
            Claims::default()
        })
    }
}

impl<'a> Total<'a> {
    fn add(&mut self, amount: Quantity, object: &Place<'a>) {
        self.sum += amount;
        if amount > self.most.as_ref().map_or(Quantity::ZERO, |(most, _object)| *most) {
            self.most = Some((amount, object.clone()));
        }
    }
}

/// Volume claims of one object.
#[derive(Default)]
struct Claims {
    count: u64,
    size: Quantity,
    findings: Vec<Finding>,
}

impl Claims {
    fn of(
        object: &Place<'_>,
        identity: &Identity<'_>,
        workload: Option<&Workload<'_>>,
        pods: u64,
    ) -> Result<Claims, Unjudgeable> {
        let mut claims = Claims::default();
        if identity.is("PersistentVolumeClaim") {
            claims.add(&object.at("spec"), 1);
        }
        if identity.is("apps/StatefulSet") {
            object.at("spec").at("volumeClaimTemplates").elements()?.for_each(|template| claims.add(&template.at("spec"), pods));
        }
        let Some(workload) = workload else {
            return Ok(claims);
        };
        for volume in workload.pod().at("volumes").elements()? {
            let template = volume.at("ephemeral").at("volumeClaimTemplate");
            if template.exists()? {
                claims.add(&template.at("spec"), pods);
            }
        }
        Ok(claims)
    }

    fn add(&mut self, spec: &Place<'_>, times: u64) {
        self.count = self.count.saturating_add(times);
        match quantity(&spec.at("resources").at("requests").at("storage")) {
            Ok(size) => self.size += size.unwrap_or_default().times(times),
            Err(finding) => self.findings.push(*finding),
        }
    }
}
