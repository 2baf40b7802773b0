//! Privilege: what lifts the walls around a container.
//!
//! # Source
//! policy/check_privileged.go, check_allowPrivilegeEscalation.go, check_procMount_baseline.go, check_procMount_restricted.go.

use sdk::Unjudgeable;

use crate::pod::{Findings, Pod};
use sdk::version::Minor;

/// The only mount of /proc that masks what belongs to the node.
const MASKED: &str = "Default";

/// From here on Windows pods need no fields that Windows does not have.
pub(super) const WINDOWS_EXEMPT: Minor = Minor(25);

/// From here on pods in a user namespace of their own need fewer walls.
pub(super) const OWN_USERS_RELAXED: Minor = Minor(35);

/// No container is privileged.
pub(super) fn privileged(pod: &Pod<'_>, _version: Minor, findings: &mut Findings) -> Result<(), Unjudgeable> {
    pod.each_container(findings, |container, findings| {
        if let Some(privileged) = container.field("privileged")?
            && privileged.truth()? != Some(false)
        {
            findings.deny(
                &privileged,
                format!("{} is privileged", container.words()),
                "leave the field out, and grant only what is needed",
            );
        }
        Ok(())
    });
    Ok(())
}

/// Each container says that its processes gain no privileges.
pub(super) fn escalation(pod: &Pod<'_>, version: Minor, findings: &mut Findings) -> Result<(), Unjudgeable> {
    if version >= WINDOWS_EXEMPT && pod.is_windows()? {
        return Ok(());
    }
    pod.each_container(findings, |container, findings| {
        let field = container.field("allowPrivilegeEscalation")?;
        if field.map_or(Ok(None), |field| field.truth())? != Some(false) {
            let place = container.place.under(&["securityContext", "allowPrivilegeEscalation"]);
            let help = "set `securityContext.allowPrivilegeEscalation: false` in the container";
            findings.deny(&place, format!("processes of {} may gain privileges", container.words()), help);
        }
        Ok(())
    });
    Ok(())
}

/// /proc is masked, unless root in the pod is nobody on the node.
pub(super) fn proc_mount_baseline(pod: &Pod<'_>, version: Minor, findings: &mut Findings) -> Result<(), Unjudgeable> {
    if version >= OWN_USERS_RELAXED && pod.has_own_users()? {
        return Ok(());
    }
    proc_mount_restricted(pod, version, findings)
}

/// /proc is masked.
pub(super) fn proc_mount_restricted(pod: &Pod<'_>, _version: Minor, findings: &mut Findings) -> Result<(), Unjudgeable> {
    pod.each_container(findings, |container, findings| {
        if let Some(mount) = container.field("procMount")?
            && mount.text()? != Some(MASKED)
        {
            findings.deny(&mount, format!("{} mounts /proc unmasked", container.words()), "leave the field out");
        }
        Ok(())
    });
    Ok(())
}
