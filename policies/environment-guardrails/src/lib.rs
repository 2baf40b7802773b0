//! Environment guardrails: what a class of environments demands of workloads.
//!
//! In: all objects of an application. Out: denials for images that are not pinned, containers without resources, and too
//! few replicas.
//! Rules: the class of the environment decides whether anything is demanded, never its name; what Argo CD may never apply
//! satisfies nothing.
//! Not here: exceptions (the platform's waivers), which kinds and namespaces an application may have (the host's `emit`).

mod image;
mod replicas;
mod resources;
mod settings;

use replicas::Autoscaler;
use sdk::kubernetes::Workload;
use sdk::{Context, Finding, Objects, Place, Policy, PolicyError, Report, SettingsError, Unjudgeable, settled};
pub use settings::{Rule, Settings};

/// The policy with its settings.
pub struct EnvironmentGuardrails {
    settings: Settings,
}

/// What a rule asks for, and of whom: all that one judgement needs besides the workload.
struct Demands<'a> {
    settings: &'a Settings,
    context: &'a Context,
}

impl Policy for EnvironmentGuardrails {
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, Vec<SettingsError>> {
        Ok(EnvironmentGuardrails { settings })
    }

    fn check_manifests(&self, context: &Context, objects: &Objects<'_>) -> Result<Report, PolicyError> {
        if !self.settings.classes.contains(&context.class) {
            return Ok(Report::default());
        }
        let demands = Demands { settings: &self.settings, context };
        let mut unread = Vec::new();
        let mut autoscalers = Vec::new();
        for object in objects.iter() {
            match Autoscaler::read(&object, context) {
                Ok(autoscaler) => autoscalers.extend(autoscaler),
                Err(unjudgeable) => unread.push(Finding::from(unjudgeable)),
            }
        }
        let judged = objects.each(|object| demands.judge(object, &autoscalers));
        // Whoever asks for the kind of an object whose kind is sealed is told so each time; once is enough.
        let judged: Vec<_> = judged.into_iter().filter(|finding| !unread.contains(finding)).collect();
        Ok(unread.into_iter().chain(judged).collect::<Vec<_>>().into())
    }
}

impl Demands<'_> {
    fn judge(&self, object: &Place<'_>, autoscalers: &[Autoscaler<'_>]) -> Result<Vec<Finding>, Unjudgeable> {
        let Some(workload) = Workload::of(object)? else {
            return Ok(Vec::new());
        };
        let mut denied = Vec::new();
        for container in workload.containers()? {
            denied.extend(settled(image::judge(&container, &self.context.class)));
            denied.extend(settled(resources::judge(&container, self)));
        }
        denied.extend(settled(replicas::judge(&workload, autoscalers, self)));
        Ok(denied)
    }
}

sdk::export_policy!(EnvironmentGuardrails);

#[cfg(test)]
mod tests;
