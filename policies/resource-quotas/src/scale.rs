//! Scale: how many pods a workload may run.
//!
//! In: a workload, the autoscalers of the application. Out: the most pods.
//! Rules: nothing written means one; an autoscaler decides by its most, unless the workload is scaled to zero, which switches it off; one that
//! is a hook may be applied or not, so the larger number counts. Of several the largest counts.
//! Not here: pods that an update runs beside the old ones; autoscalers that are custom resources.
//!
//! # Source
//! API reference 1.33: `replicas`, `maxReplicas`, JobSpec.parallelism, JobSpec.completions; "Horizontal Pod Autoscaling", implicit
//! maintenance-mode deactivation.

use std::collections::BTreeMap;

use sdk::kubernetes::{Count, Identity, Workload, is_hook};
use sdk::{Context, Finding, Place, Unjudgeable};

/// Pods of a workload that does not say how many.
const UNSAID: u64 = 1;

/// Namespace, group, kind and name of what is scaled.
type Target<'a> = (&'a str, &'a str, &'a str, &'a str);

/// The most pods that autoscalers of one workload allow.
#[derive(Debug, Default)]
struct Most {
    applied: Option<u64>,
    hook: u64,
}

/// The autoscalers of an application.
#[derive(Default)]
pub(crate) struct Scalers<'a>(BTreeMap<Target<'a>, Most>);

impl<'a> Scalers<'a> {
    /// Takes note of an object, if it is an autoscaler.
    ///
    /// # Errors
    /// What it targets, or its most, is sealed.
    pub(crate) fn note(
        &mut self,
        object: &Place<'a>,
        identity: &Identity<'a>,
        context: &'a Context,
    ) -> Result<Option<Finding>, Unjudgeable> {
        if !identity.is("autoscaling/HorizontalPodAutoscaler") {
            return Ok(None);
        }
        let (spec, target) = (object.at("spec"), object.at("spec").at("scaleTargetRef"));
        let api = target.at("apiVersion").text()?.unwrap_or_default();
        let group = api.split_once('/').map_or("", |(group, _version)| group);
        let (kind, name) = (target.at("kind").text()?.unwrap_or_default(), target.at("name").text()?.unwrap_or_default());
        let most = match number(&spec.at("maxReplicas"))? {
            Ok(most) => most,
            Err(finding) => return Ok(Some(finding)),
        };
        let known = self.0.entry((identity.namespace_in(context), group, kind, name)).or_default();
        if is_hook(object)? {
            known.hook = known.hook.max(most);
        } else {
            known.applied = known.applied.max(Some(most));
        }
        Ok(None)
    }

    /// Returns the most pods of a workload, or the finding that stands for a number that does not read.
    ///
    /// # Errors
    /// A number is sealed.
    pub(crate) fn pods(
        &self,
        workload: &Workload<'_>,
        context: &Context,
        nodes: u32,
    ) -> Result<Result<u64, Finding>, Unjudgeable> {
        let (identity, spec) = (workload.identity(), workload.object().at("spec"));
        match (identity.kind, workload.count()) {
            (_, Count::Replicas) => self.replicas(&identity, &spec.at("replicas"), context),
            ("Pod", Count::Otherwise) => Ok(Ok(1)),
            ("DaemonSet", Count::Otherwise) => Ok(Ok(u64::from(nodes))),
            ("Job", Count::Otherwise) => parallel(&spec),
            ("CronJob", Count::Otherwise) => parallel(&spec.at("jobTemplate").at("spec")),
            // A PodTemplate runs nothing by itself.
            (_, Count::Otherwise) => Ok(Ok(0)),
        }
    }

    fn replicas(&self, identity: &Identity<'_>, own: &Place<'_>, context: &Context) -> Result<Result<u64, Finding>, Unjudgeable> {
        let own = match number(own)? {
            Ok(own) => own,
            Err(finding) => return Ok(Err(finding)),
        };
        let target = (identity.namespace_in(context), identity.group, identity.kind, identity.name);
        Ok(Ok(match self.0.get(&target) {
            Some(most) if own > 0 => most.applied.unwrap_or(own).max(most.hook),
            Some(_) | None => own,
        }))
    }
}

/// Pods that a job runs at once.
fn parallel(spec: &Place<'_>) -> Result<Result<u64, Finding>, Unjudgeable> {
    let completions = spec.at("completions");
    let all = if completions.exists()? { number(&completions)? } else { Ok(u64::MAX) };
    let parallel = number(&spec.at("parallelism"))?;
    Ok(parallel.and_then(|parallel| Ok(parallel.min(all?))))
}

fn number(place: &Place<'_>) -> Result<Result<u64, Finding>, Unjudgeable> {
    if !place.exists()? {
        return Ok(Ok(UNSAID));
    }
    let number = place.integer()?.and_then(|number| u64::try_from(number).ok());
    let finding = || {
        let message = "is no whole number of pods, so it cannot be counted against the quota".to_owned();
        Finding::deny("unreadable-amount", place, message, "write a whole number")
    };
    Ok(number.ok_or_else(finding))
}
