//! Host: what a pod may not share with its node.
//!
//! # Source
//! policy/check_hostNamespaces.go, check_hostPathVolumes.go, check_hostPorts.go, check_hostProbesAndhostLifecycle.go,
//! check_windowsHostProcess.go.

use sdk::{Place, Unjudgeable};

use crate::pod::{Container, Findings, Pod};
use sdk::version::Minor;

const NAMESPACES: [&str; 3] = ["hostNetwork", "hostPID", "hostIPC"];

/// The handlers of a container that may call a host.
const HANDLERS: [&[&str]; 5] =
    [&["livenessProbe"], &["readinessProbe"], &["startupProbe"], &["lifecycle", "postStart"], &["lifecycle", "preStop"]];

/// The calls of a handler that name a host.
const CALLS: [&str; 2] = ["httpGet", "tcpSocket"];

/// The namespaces of the node stay the node's.
pub(super) fn namespaces(pod: &Pod<'_>, _version: Minor, findings: &mut Findings) -> Result<(), Unjudgeable> {
    for key in NAMESPACES {
        let judged = pod.spec.get(key).and_then(|field| match field {
            Some(field) if field.truth()? != Some(false) => {
                findings.deny(&field, format!("the pod shares a namespace of its node (`{key}`)"), "leave the field out");
                Ok(())
            }
            _ => Ok(()),
        });
        findings.settle(judged);
    }
    Ok(())
}

/// No file of the node is mounted.
pub(super) fn paths(pod: &Pod<'_>, _version: Minor, findings: &mut Findings) -> Result<(), Unjudgeable> {
    let Some(volumes) = pod.spec.get("volumes")? else { return Ok(()) };
    for volume in volumes.elements()? {
        let judged = volume.get("hostPath").map(|path| {
            if let Some(path) = path {
                findings.deny(
                    &path,
                    "a volume is a path of the node".to_owned(),
                    "use a volume claim, a ConfigMap or an emptyDir",
                );
            }
        });
        findings.settle(judged);
    }
    Ok(())
}

/// No port of the node is taken.
pub(super) fn ports(pod: &Pod<'_>, _version: Minor, findings: &mut Findings) -> Result<(), Unjudgeable> {
    pod.each_container(findings, |container, findings| {
        let Some(ports) = container.place.get("ports")? else { return Ok(()) };
        for port in ports.elements()? {
            let judged = port.get("hostPort").and_then(|port| port.map_or(Ok(()), |port| host_port(container, &port, findings)));
            findings.settle(judged);
        }
        Ok(())
    });
    Ok(())
}

fn host_port(container: &Container<'_>, port: &Place<'_>, findings: &mut Findings) -> Result<(), Unjudgeable> {
    if port.integer()? != Some(0) {
        findings.deny(port, format!("{} takes a port of the node", container.words()), "open the port by a Service");
    }
    Ok(())
}

/// Probes and lifecycle handlers call the pod itself, not a host they name.
pub(super) fn probes(pod: &Pod<'_>, _version: Minor, findings: &mut Findings) -> Result<(), Unjudgeable> {
    for handler in HANDLERS {
        pod.each_container(findings, |container, findings| {
            let Some(handler) = container.place.get_under(handler)? else { return Ok(()) };
            for call in CALLS {
                let Some(host) = handler.get_under(&[call, "host"])? else { continue };
                if host.text()? != Some("") {
                    let problem = format!("{} names a host in a probe or lifecycle handler", container.words());
                    findings.deny(&host, problem, "leave the host out: the pod's own address is called");
                }
            }
            Ok(())
        });
    }
    Ok(())
}

/// No container is a process of a Windows node.
pub(super) fn windows_process(pod: &Pod<'_>, _version: Minor, findings: &mut Findings) -> Result<(), Unjudgeable> {
    pod.each_context("windowsOptions", findings, |bearer, options, findings| {
        if let Some(process) = options.get("hostProcess")?
            && process.truth()? != Some(false)
        {
            findings.deny(&process, format!("{} runs as a process of the Windows node", bearer.words()), "leave the field out");
        }
        Ok(())
    });
    Ok(())
}
