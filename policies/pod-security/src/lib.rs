//! Pod security: the Pod Security Standards of Kubernetes.
//!
//! In: all objects of an application. Out: a denial for each place of a pod that the level of the environment's class forbids; what
//! the settings exempt is told as information.
//! Rules: the class of the environment decides the level, its version of Kubernetes the revision of each control.
//! Not here: custom resources that make pods, and what admission adds to pods in the cluster.

mod controls;
mod pod;
mod settings;

use pod::{Findings, Pod};
use sdk::kubernetes::{Identity, Workload};
use sdk::version::Minor;
use sdk::{Context, Finding, Objects, Place, Policy, PolicyError, Report, SettingsError, Severity, UNJUDGEABLE, Unjudgeable};
pub use settings::{Exemption, Level, Settings};

/// The policy with its settings.
pub struct PodSecurity {
    settings: Settings,
}

impl Policy for PodSecurity {
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, Vec<SettingsError>> {
        match settings.errors() {
            errors if errors.is_empty() => Ok(PodSecurity { settings }),
            errors => Err(errors),
        }
    }

    fn check_manifests(&self, context: &Context, objects: &Objects<'_>) -> Result<Report, PolicyError> {
        let level = self.settings.level_of(&context.class);
        if level == Level::Privileged {
            return Ok(Report::default());
        }
        let version = self.settings.version_in(context);
        let version = version.ok_or_else(|| PolicyError::MalformedInput(format!("`{}` is no version", context.kube_version)))?;
        let judge = |object: &Place<'_>| self.judge(object, context, (level, version));
        Ok(objects.each(judge).into())
    }
}

impl PodSecurity {
    fn judge(
        &self,
        object: &Place<'_>,
        context: &Context,
        (level, version): (Level, Minor),
    ) -> Result<Vec<Finding>, Unjudgeable> {
        let Some(workload) = Workload::of(object)? else {
            return Ok(Vec::new());
        };
        let mut findings = Findings::default();
        let pod = Pod::read(&workload, &mut findings)?;
        controls::judge(&pod, level, version, &mut findings);
        let identity = workload.identity();
        Ok(findings.all().into_iter().map(|finding| self.exempt(&identity, context, finding)).collect())
    }

    /// Turns a denial that the settings exempt into information; what cannot be judged stays denied.
    fn exempt(&self, identity: &Identity<'_>, context: &Context, finding: Finding) -> Finding {
        let mut exemptions = self.settings.exemptions.iter();
        match exemptions.find(|exemption| finding.rule != UNJUDGEABLE && exemption.covers(&finding.rule, identity, context)) {
            Some(exemption) => {
                let message = format!("{} (exempt: {})", finding.message, exemption.reason);
                Finding { severity: Severity::Info, message, ..finding }
            }
            None => finding,
        }
    }
}

sdk::export_policy!(PodSecurity);

#[cfg(test)]
mod tests;
