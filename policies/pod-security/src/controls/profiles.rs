//! Profiles: AppArmor, seccomp and SELinux.
//!
//! # Source
//! policy/check_appArmorProfile.go, check_seccompProfile_baseline.go, check_seccompProfile_restricted.go, check_seLinuxOptions.go.

use sdk::{Place, Unjudgeable};

use super::privilege::WINDOWS_EXEMPT;
use crate::pod::{Findings, Pod};
use sdk::version::Minor;

/// The types of profiles that confine, of AppArmor and of seccomp.
const CONFINING: [&str; 2] = ["RuntimeDefault", "Localhost"];

/// What the annotations of AppArmor begin with; behind it stands the container's name.
const APP_ARMOR_ANNOTATION: &str = "container.apparmor.security.beta.kubernetes.io/";

/// The annotation of seccomp for a pod, before 1.19.
const SECCOMP_POD_ANNOTATION: &str = "seccomp.security.alpha.kubernetes.io/pod";

/// What the annotations of seccomp for containers begin with, before 1.19.
const SECCOMP_CONTAINER_ANNOTATION: &str = "container.seccomp.security.alpha.kubernetes.io/";

/// From here on seccomp is a field.
const SECCOMP_FIELD: Minor = Minor(19);

/// SELinux types that confine a container, with the first version that says so.
const SE_LINUX_TYPES: [(&str, Minor); 5] = [
    ("", Minor(0)),
    ("container_t", Minor(0)),
    ("container_init_t", Minor(0)),
    ("container_kvm_t", Minor(0)),
    ("container_engine_t", Minor(31)),
];

const DEFAULT_HELP: &str = "use the runtime's default profile";

/// AppArmor is not switched off, by annotation or field.
pub(super) fn app_armor(pod: &Pod<'_>, _version: Minor, findings: &mut Findings) -> Result<(), Unjudgeable> {
    pod.each_context("appArmorProfile", findings, |bearer, profile, findings| {
        if !confines(profile)? {
            findings.deny(
                &profile.at("type"),
                format!("{} has an AppArmor profile that does not confine", bearer.words()),
                DEFAULT_HELP,
            );
        }
        Ok(())
    });
    let Some(annotations) = pod.metadata.get("annotations")? else { return Ok(()) };
    for (_key, value) in annotations.entries()?.filter(|(key, _value)| key.starts_with(APP_ARMOR_ANNOTATION)) {
        let judged = value.text().map(|text| {
            let text = text.unwrap_or_default();
            if !(text.is_empty() || text == "runtime/default" || text.starts_with("localhost/")) {
                findings.deny(&value, "an annotation names an AppArmor profile that does not confine".to_owned(), DEFAULT_HELP);
            }
        });
        findings.settle(judged);
    }
    Ok(())
}

/// Seccomp is not switched off.
pub(super) fn seccomp_baseline(pod: &Pod<'_>, version: Minor, findings: &mut Findings) -> Result<(), Unjudgeable> {
    if version < SECCOMP_FIELD {
        return seccomp_annotations(pod, findings);
    }
    pod.each_context("seccompProfile", findings, |bearer, profile, findings| {
        if !confines(profile)? {
            findings.deny(
                &profile.at("type"),
                format!("{} has a seccomp profile that does not confine", bearer.words()),
                DEFAULT_HELP,
            );
        }
        Ok(())
    });
    Ok(())
}

fn seccomp_annotations(pod: &Pod<'_>, findings: &mut Findings) -> Result<(), Unjudgeable> {
    let Some(annotations) = pod.metadata.get("annotations")? else { return Ok(()) };
    let judge = |annotation: Option<Place<'_>>, findings: &mut Findings| {
        let Some(annotation) = annotation else { return Ok(()) };
        let text = annotation.text()?.unwrap_or_default();
        if !(text == "runtime/default" || text == "docker/default" || text.starts_with("localhost/")) {
            findings.deny(&annotation, "an annotation names a seccomp profile that does not confine".to_owned(), DEFAULT_HELP);
        }
        Ok(())
    };
    let judged = annotations.get(SECCOMP_POD_ANNOTATION).and_then(|annotation| judge(annotation, findings));
    findings.settle(judged);
    pod.each_container(findings, |container, findings| {
        let Some(name) = container.place.at("name").text()? else { return Ok(()) };
        judge(annotations.get(&format!("{SECCOMP_CONTAINER_ANNOTATION}{name}"))?, findings)
    });
    Ok(())
}

/// Each container has a seccomp profile that confines, its own or the pod's.
pub(super) fn seccomp_restricted(pod: &Pod<'_>, version: Minor, findings: &mut Findings) -> Result<(), Unjudgeable> {
    if version >= WINDOWS_EXEMPT && pod.is_windows()? {
        return Ok(());
    }
    seccomp_baseline(pod, version, findings)?;
    // A bad profile of the pod is told already, whoever has none of its own.
    if pod.security.as_ref().map_or(Ok(None), |security| security.get("seccompProfile"))?.is_some() {
        return Ok(());
    }
    pod.each_container(findings, |container, findings| {
        if container.field("seccompProfile")?.is_none() {
            let place = container.place.under(&["securityContext", "seccompProfile", "type"]);
            let help = "set `securityContext.seccompProfile.type: RuntimeDefault` in the pod or the container";
            findings.deny(&place, format!("{} has no seccomp profile", container.words()), help);
        }
        Ok(())
    });
    Ok(())
}

/// SELinux confines, with the node's own user and role.
pub(super) fn se_linux(pod: &Pod<'_>, version: Minor, findings: &mut Findings) -> Result<(), Unjudgeable> {
    pod.each_context("seLinuxOptions", findings, |bearer, options, findings| {
        for key in ["type", "user", "role"] {
            let Some(option) = options.get(key)? else { continue };
            let text = option.text()?;
            let allowed = match key {
                "type" => SE_LINUX_TYPES.iter().any(|(name, since)| text == Some(name) && version >= *since),
                _ => text == Some(""),
            };
            if !allowed {
                let problem = format!("{} sets the SELinux {key} `{}`", bearer.words(), text.unwrap_or_default());
                findings.deny(&option, problem, "leave user and role out, and use a type of containers");
            }
        }
        Ok(())
    });
    Ok(())
}

/// Whether a profile confines by its type.
fn confines(profile: &Place<'_>) -> Result<bool, Unjudgeable> {
    let kind = profile.get("type")?;
    let kind = kind.map_or(Ok(None), |kind| kind.text())?;
    Ok(kind.is_some_and(|kind| CONFINING.contains(&kind)))
}
