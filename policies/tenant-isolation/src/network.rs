//! Networks: whether a policy of the network stands before each pod.
//!
//! In: all objects. Out: a finding for each workload whose pods no policy selects, for each direction that is asked for.
//! Rules: a policy selects pods of its own namespace; a hook selects none, because Argo CD may never apply it; a malformed
//! selector selects none. A pod needs a policy for each direction, not one policy for both.
//! Not here: what the policies let through.
//!
//! # Source
//! Kubernetes API reference 1.33, NetworkPolicySpec; Cilium 1.17, CiliumNetworkPolicy: a section present is a direction covered.

use std::collections::{BTreeMap, BTreeSet};

use sdk::kubernetes::{Workload, is_hook};
use sdk::labels::Selector;
use sdk::{Context, Finding, Place, Severity, Unjudgeable, weight};

use crate::Subject;
use crate::settings::{Direction, FenceKind, NetworkPolicy};

/// What stands before a label's key where Cilium names the source of labels.
const CILIUM_SOURCES: [&str; 2] = ["any:", "k8s:"];

/// The network policies of an application, and the workloads that need some.
pub(crate) struct Survey<'a> {
    settings: &'a NetworkPolicy,
    context: &'a Context,
    severity: Option<Severity>,
    fences: BTreeMap<Direction, Fences<'a>>,
    workloads: Vec<Workload<'a>>,
}

/// What covers one direction: by namespace, and by a label that a selector cannot do without, so that a pod asks few of them.
#[derive(Default)]
struct Fences<'a> {
    everything: BTreeSet<&'a str>,
    by_label: BTreeMap<(&'a str, &'a str, &'a str), Vec<Selector<'a>>>,
    others: BTreeMap<&'a str, Vec<Selector<'a>>>,
}

impl<'a> Survey<'a> {
    /// Begins a survey; one of a class that asks for nothing collects nothing.
    pub(crate) fn new(settings: &'a NetworkPolicy, context: &'a Context) -> Survey<'a> {
        let severity = weight::severity(&settings.weights, context);
        Survey { settings, context, severity, fences: BTreeMap::new(), workloads: Vec::new() }
    }

    /// Takes note of an object.
    ///
    /// # Errors
    /// A network policy is sealed where it says what it selects.
    pub(crate) fn note(&mut self, subject: &Subject<'a, '_>) -> Result<(), Unjudgeable> {
        let Subject { object, identity, workload } = subject;
        if self.severity.is_none() {
            return Ok(());
        }
        let Some(kind) = self.settings.kinds.iter().find(|kind| identity.is(kind.name())) else {
            self.workloads.extend(workload.clone());
            return Ok(());
        };
        if is_hook(object)? {
            return Ok(());
        }
        let namespace = identity.namespace_in(self.context);
        match kind {
            FenceKind::Kubernetes => self.take(namespace, &object.at("spec"), "podSelector", kubernetes_directions),
            FenceKind::Cilium => {
                self.take(namespace, &object.at("spec"), "endpointSelector", cilium_directions)?;
                let mut specs = object.at("specs").elements()?;
                specs.try_for_each(|spec| self.take(namespace, &spec, "endpointSelector", cilium_directions))
            }
        }
    }

    fn take(
        &mut self,
        namespace: &'a str,
        spec: &Place<'a>,
        selector: &str,
        directions: fn(&Place<'a>) -> Result<Vec<Direction>, Unjudgeable>,
    ) -> Result<(), Unjudgeable> {
        let Some(selector) = Selector::read(&spec.at(selector))? else {
            return Ok(());
        };
        for direction in directions(spec)? {
            let selector = selector.clone().without_prefixes(&CILIUM_SOURCES);
            self.fences.entry(direction).or_default().add(namespace, selector);
        }
        Ok(())
    }

    /// Returns what is missing.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let Some(severity) = self.severity else {
            return Vec::new();
        };
        let judged =
            self.workloads.iter().map(|workload| self.missing(workload, severity).unwrap_or_else(|sealed| Some(sealed.into())));
        judged.flatten().collect()
    }

    fn missing(&self, workload: &Workload<'a>, severity: Severity) -> Result<Option<Finding>, Unjudgeable> {
        let identity = workload.identity();
        let labels = workload.pod_metadata().at("labels");
        let mut open = Vec::new();
        for direction in &self.settings.directions {
            let covers = match self.fences.get(direction) {
                Some(fences) => fences.cover(identity.namespace_in(self.context), &labels)?,
                None => false,
            };
            if !covers {
                open.push(match direction {
                    Direction::Ingress => "ingress",
                    Direction::Egress => "egress",
                });
            }
        }
        if open.is_empty() {
            return Ok(None);
        }
        let class = &self.context.class;
        let message = format!("no network policy selects the pods for {}, which is asked for in {class}", open.join(" and "));
        let help = "add a NetworkPolicy to the chart whose `podSelector` selects these labels";
        Ok(Some(Finding::weighed(severity, "network-policy", &labels, message, help)))
    }
}

impl<'a> Fences<'a> {
    fn add(&mut self, namespace: &'a str, selector: Selector<'a>) {
        if selector.is_everything() {
            self.everything.insert(namespace);
        } else if let Some((key, value)) = selector.needed() {
            self.by_label.entry((namespace, key, value)).or_default().push(selector);
        } else {
            self.others.entry(namespace).or_default().push(selector);
        }
    }

    fn cover(&self, namespace: &str, labels: &Place<'_>) -> Result<bool, Unjudgeable> {
        if self.everything.contains(namespace) {
            return Ok(true);
        }
        for (key, label) in labels.entries()? {
            let Some(value) = label.text()? else {
                continue;
            };
            let named = self.by_label.get(&(namespace, key, value));
            if selected(named, labels)? {
                return Ok(true);
            }
        }
        selected(self.others.get(namespace), labels)
    }
}

fn selected(selectors: Option<&Vec<Selector<'_>>>, labels: &Place<'_>) -> Result<bool, Unjudgeable> {
    for selector in selectors.into_iter().flatten() {
        if selector.selects(labels)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Nothing written means ingress, and egress where there are rules for it.
fn kubernetes_directions(spec: &Place<'_>) -> Result<Vec<Direction>, Unjudgeable> {
    let types = spec.at("policyTypes");
    if !types.exists()? {
        let egress = spec.at("egress").exists()?.then_some(Direction::Egress);
        return Ok([Some(Direction::Ingress), egress].into_iter().flatten().collect());
    }
    let mut directions = Vec::new();
    for direction in types.elements()? {
        directions.extend(match direction.text()? {
            Some("Ingress") => Some(Direction::Ingress),
            Some("Egress") => Some(Direction::Egress),
            _ => None,
        });
    }
    Ok(directions)
}

fn cilium_directions(spec: &Place<'_>) -> Result<Vec<Direction>, Unjudgeable> {
    let sections = [
        ("ingress", Direction::Ingress),
        ("ingressDeny", Direction::Ingress),
        ("egress", Direction::Egress),
        ("egressDeny", Direction::Egress),
    ];
    let mut directions = Vec::new();
    for (section, direction) in sections {
        if spec.at(section).exists()? && !directions.contains(&direction) {
            directions.push(direction);
        }
    }
    Ok(directions)
}
