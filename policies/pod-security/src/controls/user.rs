//! User: who the processes of a container are.
//!
//! # Source
//! policy/check_runAsNonRoot.go, check_runAsUser.go.

use sdk::Unjudgeable;

use super::privilege::OWN_USERS_RELAXED;
use crate::pod::{Findings, Pod};
use sdk::version::Minor;

/// Each container says that it is not root, or the pod says it.
pub(super) fn non_root(pod: &Pod<'_>, version: Minor, findings: &mut Findings) -> Result<(), Unjudgeable> {
    if version >= OWN_USERS_RELAXED && pod.has_own_users()? {
        return Ok(());
    }
    let help = "set `securityContext.runAsNonRoot: true` in the pod or the container";
    pod.each_context("runAsNonRoot", findings, |bearer, field, findings| {
        if field.truth()? != Some(true) {
            findings.deny(field, format!("{} may run as root", bearer.words()), help);
        }
        Ok(())
    });
    // What the pod says wrongly is told already, whoever says nothing himself.
    if pod.security.as_ref().map_or(Ok(None), |security| security.get("runAsNonRoot"))?.is_some() {
        return Ok(());
    }
    pod.each_container(findings, |container, findings| {
        if container.field("runAsNonRoot")?.is_none() {
            let place = container.place.under(&["securityContext", "runAsNonRoot"]);
            findings.deny(&place, format!("{} may run as root", container.words()), help);
        }
        Ok(())
    });
    Ok(())
}

/// Nobody asks for root by number.
pub(super) fn not_zero(pod: &Pod<'_>, version: Minor, findings: &mut Findings) -> Result<(), Unjudgeable> {
    if version >= OWN_USERS_RELAXED && pod.has_own_users()? {
        return Ok(());
    }
    pod.each_context("runAsUser", findings, |bearer, user, findings| {
        if user.integer()?.is_none_or(|number| number == 0) {
            findings.deny(user, format!("{} runs as root (user 0)", bearer.words()), "name a user other than 0, or none");
        }
        Ok(())
    });
    Ok(())
}
