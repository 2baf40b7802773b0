//! Volumes and addresses: what an application takes from what all customers share.
//!
//! In: an object. Out: a denial for a directory of the node in a pod, and for addresses that a service claims.
//! Rules: the node is shared by all customers; whoever claims an address gets the traffic that others send to it.
//!
//! # Source
//! Kubernetes, "Volumes", hostPath; CVE-2020-8554 (traffic to external addresses).

use sdk::kubernetes::Workload;
use sdk::{Finding, Place, Unjudgeable};

use crate::Subject;

/// Judges what an object takes from what is shared.
pub(crate) fn judge(subject: &Subject<'_, '_>) -> Vec<Finding> {
    let judged = match &subject.workload {
        Some(workload) => directories(workload),
        None if subject.identity.is("Service") => addresses(subject.object),
        None => Ok(Vec::new()),
    };
    judged.unwrap_or_else(|sealed| vec![sealed.into()])
}

fn addresses(service: &Place<'_>) -> Result<Vec<Finding>, Unjudgeable> {
    let claimed = service.at("spec").at("externalIPs");
    if claimed.elements()?.next().is_none() {
        return Ok(Vec::new());
    }
    let message = "claims addresses outside the cluster: whatever anybody sends there goes to this service".to_owned();
    let help = "use a service of type LoadBalancer, an Ingress or a Gateway";
    Ok(vec![Finding::deny("external-address", &claimed, message, help)])
}

fn directories(workload: &Workload<'_>) -> Result<Vec<Finding>, Unjudgeable> {
    let volumes = workload.pod().at("volumes").elements()?;
    Ok(volumes.filter_map(|volume| directory(&volume).unwrap_or_else(|sealed| Some(sealed.into()))).collect())
}

fn directory(volume: &Place<'_>) -> Result<Option<Finding>, Unjudgeable> {
    let host_path = volume.at("hostPath");
    if !host_path.exists()? {
        return Ok(None);
    }
    let message = "mounts a directory of the node, which runs the pods of other customers too".to_owned();
    let help = "use a PersistentVolumeClaim or an emptyDir";
    Ok(Some(Finding::deny("host-path", &host_path, message, help)))
}
