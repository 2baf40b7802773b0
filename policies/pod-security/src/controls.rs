//! Controls: the checks of the standard, each with the versions in which it holds.
//!
//! In: a pod, a level, a version. Out: a denial for each place that a control forbids.
//! Rules: rules are named as upstream names its checks, in kebab-case; a baseline check that a restricted one covers is not asked beside
//! it; what is written counts, and a value of another type than the API's is not the harmless one.
//!
//! # Source
//! k8s.io/pod-security-admission v0.37.2, policy/registry.go and policy/check_*.go; "Pod Security Standards" of the Kubernetes
//! documentation. `.ci/oracles/pod-security` compares both.

mod capabilities;
mod host;
mod privilege;
mod profiles;
mod sysctls;
mod user;
mod volumes;

use sdk::Unjudgeable;

use crate::pod::{Findings, Pod};
use crate::settings::Level;
use sdk::version::Minor;

/// Judges one pod by one check.
type Judge = fn(&Pod<'_>, Minor, &mut Findings) -> Result<(), Unjudgeable>;

/// A check of the standard.
struct Control {
    rule: &'static str,
    level: Level,
    /// The first version that has it.
    since: Minor,
    /// The first version in which the restricted level has a stricter check instead.
    covered: Option<Minor>,
    judge: Judge,
}

impl Control {
    const fn baseline(rule: &'static str, judge: Judge) -> Control {
        Control { rule, level: Level::Baseline, since: Minor(0), covered: None, judge }
    }

    const fn restricted(rule: &'static str, since: u32, judge: Judge) -> Control {
        Control { rule, level: Level::Restricted, since: Minor(since), covered: None, judge }
    }

    const fn since(self, minor: u32) -> Control {
        Control { since: Minor(minor), ..self }
    }

    const fn covered(self, minor: u32) -> Control {
        Control { covered: Some(Minor(minor)), ..self }
    }

    fn holds(&self, level: Level, version: Minor) -> bool {
        let covered = level == Level::Restricted && self.covered.is_some_and(|minor| version >= minor);
        self.level <= level && version >= self.since && !covered
    }
}

const CONTROLS: [Control; 19] = [
    Control::baseline("app-armor-profile", profiles::app_armor),
    Control::baseline("capabilities-baseline", capabilities::baseline).covered(22),
    Control::baseline("host-namespaces", host::namespaces),
    Control::baseline("host-path-volumes", host::paths).covered(0),
    Control::baseline("host-ports", host::ports),
    Control::baseline("host-probes-and-host-lifecycle", host::probes).since(34),
    Control::baseline("privileged", privilege::privileged),
    Control::baseline("proc-mount", privilege::proc_mount_baseline).covered(35),
    Control::baseline("se-linux-options", profiles::se_linux),
    Control::baseline("seccomp-profile-baseline", profiles::seccomp_baseline).covered(19),
    Control::baseline("sysctls", sysctls::judge),
    Control::baseline("windows-host-process", host::windows_process),
    Control::restricted("allow-privilege-escalation", 8, privilege::escalation),
    Control::restricted("capabilities-restricted", 22, capabilities::restricted),
    Control::restricted("proc-mount-restricted", 35, privilege::proc_mount_restricted),
    Control::restricted("restricted-volumes", 0, volumes::judge),
    Control::restricted("run-as-non-root", 0, user::non_root),
    Control::restricted("run-as-user", 23, user::not_zero),
    Control::restricted("seccomp-profile-restricted", 19, profiles::seccomp_restricted),
];

/// Returns the names of all checks.
pub(crate) fn rules() -> impl Iterator<Item = &'static str> {
    CONTROLS.iter().map(|control| control.rule)
}

/// Judges a pod by all checks of a level and version.
pub(crate) fn judge(pod: &Pod<'_>, level: Level, version: Minor, findings: &mut Findings) {
    for control in CONTROLS.iter().filter(|control| control.holds(level, version)) {
        findings.of(control.rule);
        let judged = (control.judge)(pod, version, findings);
        findings.settle(judged);
    }
}
