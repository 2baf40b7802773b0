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
    selectors: BTreeMap<Direction, Vec<(&'a str, Selector<'a>)>>,
    workloads: Vec<Workload<'a>>,
}

/// What covers one direction, by namespace and by a label that a selector cannot do without, so that a pod asks few of them.
#[derive(Default)]
struct Fences<'a> {
    everything: BTreeSet<&'a str>,
    by_label: BTreeMap<Label<'a>, Vec<Selector<'a>>>,
    others: BTreeMap<&'a str, Vec<Selector<'a>>>,
}

/// Namespace, key and value.
type Label<'a> = (&'a str, &'a str, &'a str);

impl<'a> Survey<'a> {
    /// Begins a survey; one of a class that asks for nothing collects nothing.
    pub(crate) fn new(settings: &'a NetworkPolicy, context: &'a Context) -> Survey<'a> {
        let severity = weight::severity(&settings.weights, context);
        Survey { settings, context, severity, selectors: BTreeMap::new(), workloads: Vec::new() }
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
            self.selectors.entry(direction).or_default().push((namespace, selector));
        }
        Ok(())
    }

    /// Returns what is missing.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let Some(severity) = self.severity else {
            return Vec::new();
        };
        let fences = self.selectors.iter().map(|(direction, selectors)| (*direction, Fences::of(selectors))).collect();
        let judged = self.workloads.iter().map(|workload| {
            let missing = self.missing(workload, &fences, severity);
            missing.unwrap_or_else(|sealed| Some(sealed.into()))
        });
        judged.flatten().collect()
    }

    fn missing(
        &self,
        workload: &Workload<'a>,
        fences: &BTreeMap<Direction, Fences<'a>>,
        severity: Severity,
    ) -> Result<Option<Finding>, Unjudgeable> {
        let identity = workload.identity();
        let labels = workload.pod_metadata().at("labels");
        let mut open = Vec::new();
        for direction in &self.settings.directions {
            let covers = match fences.get(direction) {
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
    fn of(selectors: &[(&'a str, Selector<'a>)]) -> Fences<'a> {
        let mut shared: BTreeMap<Label<'a>, usize> = BTreeMap::new();
        for (namespace, selector) in selectors {
            for (key, value) in selector.needed() {
                *shared.entry((namespace, key, value)).or_default() += 1;
            }
        }
        let mut fences = Fences::default();
        for (namespace, selector) in selectors {
            let labels = selector.needed().map(|(key, value)| (*namespace, key, value));
            // All objects of a chart share some labels: the one that the fewest selectors name tells them apart.
            match labels.min_by_key(|label| shared.get(label).copied().unwrap_or_default()) {
                _ if selector.is_everything() => {
                    fences.everything.insert(namespace);
                }
                Some(label) => fences.by_label.entry(label).or_default().push(selector.clone()),
                None => fences.others.entry(namespace).or_default().push(selector.clone()),
            }
        }
        fences
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
