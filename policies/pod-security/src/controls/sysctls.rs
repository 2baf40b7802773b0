//! Sysctls: parameters of the kernel that touch no other pod.
//!
//! # Source
//! policy/check_sysctls.go.

use sdk::Unjudgeable;

use crate::pod::{Findings, Pod};
use sdk::version::Minor;

/// What a pod may set, with the first version that says so.
const SAFE: [(&str, Minor); 14] = [
    ("kernel.shm_rmid_forced", Minor(0)),
    ("net.ipv4.ip_local_port_range", Minor(0)),
    ("net.ipv4.tcp_syncookies", Minor(0)),
    ("net.ipv4.ping_group_range", Minor(0)),
    ("net.ipv4.ip_unprivileged_port_start", Minor(0)),
    ("net.ipv4.ip_local_reserved_ports", Minor(27)),
    ("net.ipv4.tcp_keepalive_time", Minor(29)),
    ("net.ipv4.tcp_fin_timeout", Minor(29)),
    ("net.ipv4.tcp_keepalive_intvl", Minor(29)),
    ("net.ipv4.tcp_keepalive_probes", Minor(29)),
    ("net.ipv4.tcp_rmem", Minor(32)),
    ("net.ipv4.tcp_wmem", Minor(32)),
    ("net.ipv4.tcp_slow_start_after_idle", Minor(37)),
    ("net.ipv4.tcp_notsent_lowat", Minor(37)),
];

/// A pod sets no other parameters than these.
pub(super) fn judge(pod: &Pod<'_>, version: Minor, findings: &mut Findings) -> Result<(), Unjudgeable> {
    let Some(security) = &pod.security else { return Ok(()) };
    let Some(sysctls) = security.get("sysctls")? else { return Ok(()) };
    for sysctl in sysctls.elements()? {
        let name = sysctl.at("name");
        let judged = name.text().map(|text| {
            let text = text.unwrap_or_default();
            if !SAFE.iter().any(|(safe, since)| *safe == text && version >= *since) {
                findings.deny(
                    &name,
                    format!("the pod sets `{text}`, which is not safe for other pods"),
                    "leave it to the node's owner",
                );
            }
        });
        findings.settle(judged);
    }
    Ok(())
}
