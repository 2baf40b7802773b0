//! Capabilities: which powers of root a container has.
//!
//! # Source
//! policy/check_capabilities_baseline.go, check_capabilities_restricted.go.

use sdk::{Place, Unjudgeable};

use super::privilege::WINDOWS_EXEMPT;
use crate::pod::{Container, Findings, Pod};
use sdk::version::Minor;

/// What container runtimes grant by default, or less.
const DEFAULT: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// All that the restricted level lets a container have.
const HARMLESS: [&str; 1] = ["NET_BIND_SERVICE"];

/// What a restricted container gives up.
const ALL: &str = "ALL";

/// No container gets more than runtimes grant by default.
pub(super) fn baseline(pod: &Pod<'_>, _version: Minor, findings: &mut Findings) -> Result<(), Unjudgeable> {
    pod.each_container(findings, |container, findings| added(container, &DEFAULT, findings));
    Ok(())
}

/// Each container gives up all capabilities, and gets back one at most.
pub(super) fn restricted(pod: &Pod<'_>, version: Minor, findings: &mut Findings) -> Result<(), Unjudgeable> {
    if version >= WINDOWS_EXEMPT && pod.is_windows()? {
        return Ok(());
    }
    pod.each_container(findings, |container, findings| {
        let judged = dropped(container, findings);
        findings.settle(judged);
        added(container, &HARMLESS, findings)
    });
    Ok(())
}

fn added(container: &Container<'_>, allowed: &[&str], findings: &mut Findings) -> Result<(), Unjudgeable> {
    let Some(list) = list(container, "add")? else { return Ok(()) };
    for capability in list.elements()? {
        let judged = capability.text().map(|name| match name {
            Some(name) if allowed.contains(&name) => {}
            name => {
                let problem = format!("{} gets the capability `{}`", container.words(), name.unwrap_or_default());
                let help = format!("add none but {}", allowed.join(", "));
                findings.deny(&capability, problem, &help);
            }
        });
        findings.settle(judged);
    }
    Ok(())
}

fn dropped(container: &Container<'_>, findings: &mut Findings) -> Result<(), Unjudgeable> {
    let mut sealed = None;
    if let Some(list) = list(container, "drop")? {
        for capability in list.elements()? {
            match capability.text() {
                Ok(Some(ALL)) => return Ok(()),
                Ok(_) => {}
                Err(unjudgeable) => sealed = Some(unjudgeable),
            }
        }
    }
    // A sealed element may be the one that is looked for.
    if let Some(unjudgeable) = sealed {
        return Err(unjudgeable);
    }
    let place = container.place.under(&["securityContext", "capabilities", "drop"]);
    let help = "set `securityContext.capabilities.drop: [ALL]` in the container";
    findings.deny(&place, format!("{} does not drop all capabilities", container.words()), help);
    Ok(())
}

fn list<'a>(container: &Container<'a>, key: &str) -> Result<Option<Place<'a>>, Unjudgeable> {
    container.field("capabilities")?.map_or(Ok(None), |capabilities| capabilities.get(key))
}
