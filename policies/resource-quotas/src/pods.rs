//! Pods: what one pod asks for.
//!
//! In: a workload's containers. Out: the amount of a resource that one pod is counted with.
//! Rules: containers and sidecars add up; init containers run one after another beside the sidecars before them, so their largest counts, if
//! it is larger; a request that is not written is the limit; what the pod says of itself as a whole decides; its overhead comes on top.
//! Ephemeral containers have no resources.
//!
//! # Source
//! k8s.io/component-helpers, resource: PodRequests, PodLimits; Kubernetes, "Sidecar Containers", resource sharing within containers.

use sdk::kubernetes::{Container, Role, Workload};
use sdk::quantity::Quantity;
use sdk::{Finding, Place, Unjudgeable};

/// Resources that every container must say where a quota counts them, as the API server asks where a ResourceQuota does.
const DEMANDED: [&str; 2] = ["cpu", "memory"];

/// Which of the two amounts of a container is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Requests,
    Limits,
}

impl Side {
    fn key(self) -> &'static str {
        match self {
            Side::Requests => "requests",
            Side::Limits => "limits",
        }
    }
}

/// The containers of one workload's pods, and what is wrong with their amounts.
pub(crate) struct Pods<'a> {
    pod: Place<'a>,
    containers: Vec<Container<'a>>,
    pub(crate) findings: Vec<Finding>,
}

impl<'a> Pods<'a> {
    /// Returns the pods of a workload.
    ///
    /// # Errors
    /// A list of containers is sealed.
    pub(crate) fn of(workload: &Workload<'a>) -> Result<Pods<'a>, Unjudgeable> {
        Ok(Pods { pod: workload.pod(), containers: workload.containers()?, findings: Vec::new() })
    }

    /// Returns what one pod asks for.
    pub(crate) fn amount(&mut self, side: Side, name: &str) -> Quantity {
        let whole = self.written(&self.pod.at("resources"), side, name);
        let amount = whole.unwrap_or_else(|| self.added(side, name));
        amount + self.read(&self.pod.at("overhead").at(name)).unwrap_or_default()
    }

    fn added(&mut self, side: Side, name: &str) -> Quantity {
        let (mut beside, mut sidecars, mut before) = (Quantity::ZERO, Quantity::ZERO, Quantity::ZERO);
        for container in std::mem::take(&mut self.containers) {
            let amount = self.of_container(&container, side, name);
            match container.role {
                Role::Main => beside += amount,
                Role::Init if self.is_sidecar(&container) => sidecars += amount,
                Role::Init => before = before.max(sidecars + amount),
                Role::Ephemeral => {}
            }
            self.containers.push(container);
        }
        before.max(beside + sidecars)
    }

    fn is_sidecar(&mut self, container: &Container<'_>) -> bool {
        match container.place.at("restartPolicy").text() {
            Ok(policy) => policy == Some("Always"),
            Err(sealed) => {
                self.findings.push(sealed.into());
                false
            }
        }
    }

    fn of_container(&mut self, container: &Container<'_>, side: Side, name: &str) -> Quantity {
        if container.role == Role::Ephemeral {
            return Quantity::ZERO;
        }
        let resources = container.place.at("resources");
        if let Some(amount) = self.written(&resources, side, name) {
            return amount;
        }
        if DEMANDED.contains(&name) {
            let key = side.key();
            let message = format!("a container says no {key}.{name}, so it cannot be counted against the quota");
            let help = format!("set `resources.{key}.{name}` of the container");
            self.findings.push(Finding::deny("uncounted", &resources.at(key).at(name), message, &help));
        }
        Quantity::ZERO
    }

    /// Returns the amount that resources say; a request that is not written is the limit.
    fn written(&mut self, resources: &Place<'_>, side: Side, name: &str) -> Option<Quantity> {
        let own = self.read(&resources.at(side.key()).at(name));
        match side {
            Side::Requests => own.or_else(|| self.read(&resources.at(Side::Limits.key()).at(name))),
            Side::Limits => own,
        }
    }

    /// Returns the amount at a place. One that is sealed or does not read is a finding, and counts as none beside it.
    fn read(&mut self, place: &Place<'_>) -> Option<Quantity> {
        match quantity(place) {
            Ok(amount) => amount,
            Err(finding) => {
                self.findings.push(*finding);
                Some(Quantity::ZERO)
            }
        }
    }
}

/// Returns the amount at a place, nothing where none is written.
///
/// # Errors
/// The finding that stands for one that is sealed, does not read, or is below zero.
pub(crate) fn quantity(place: &Place<'_>) -> Result<Option<Quantity>, Box<Finding>> {
    let sealed = |sealed: Unjudgeable| Box::new(Finding::from(sealed));
    if !place.exists().map_err(sealed)? {
        return Ok(None);
    }
    let amount =
        place.scalar().map_err(sealed)?.and_then(|text| Quantity::parse(&text)).filter(|amount| *amount >= Quantity::ZERO);
    let finding = || {
        let message = "is no amount, so it cannot be counted against the quota".to_owned();
        Box::new(Finding::deny("unreadable-amount", place, message, "write a quantity such as `500m` or `2Gi`"))
    };
    amount.map(Some).ok_or_else(finding)
}
