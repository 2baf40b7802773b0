//! Replicas: how many pods stand ready when one is lost.
//!
//! In: a workload, the autoscalers. Out: a denial where fewer replicas may run than are demanded.
//! Rules: nothing written means one; an autoscaler that targets the workload decides by its least, unless the workload is
//! scaled to zero, which switches it off; several autoscalers count by the smallest; one that is a hook counts not at all.
//!
//! # Source
//! Kubernetes, "Horizontal Pod Autoscaling": implicit maintenance-mode deactivation; API reference 1.33, defaults of
//! `replicas` and `minReplicas`.

use sdk::kubernetes::{Count, Identity, Workload, is_hook};
use sdk::{Context, Finding, Place, Unjudgeable};

use crate::Demands;
use crate::settings::Rule;

/// The replicas of a workload, and the least of an autoscaler, that say nothing.
const UNSAID_REPLICAS: i64 = 1;

const HELP: &str = "raise the number, or ask the platform team for a waiver";

/// A HorizontalPodAutoscaler.
pub(crate) struct Autoscaler<'a> {
    namespace: String,
    target: Target<'a>,
    least: Place<'a>,
}

struct Target<'a> {
    group: &'a str,
    kind: &'a str,
    name: &'a str,
}

impl<'a> Autoscaler<'a> {
    /// Returns the object as an autoscaler; nothing where it is none, or one that may not be applied.
    ///
    /// # Errors
    /// What it is or what it targets is sealed.
    pub(crate) fn read(object: &Place<'a>, context: &Context) -> Result<Option<Autoscaler<'a>>, Unjudgeable> {
        let identity = Identity::of(object)?;
        if !identity.is("autoscaling/HorizontalPodAutoscaler") || is_hook(object)? {
            return Ok(None);
        }
        let (spec, target) = (object.at("spec"), object.at("spec").at("scaleTargetRef"));
        let word = |key: &str| Ok(target.at(key).text()?.unwrap_or_default());
        Ok(Some(Autoscaler {
            namespace: identity.namespace_in(context).to_owned(),
            target: Target {
                group: word("apiVersion")?.split_once('/').map_or("", |(group, _)| group),
                kind: word("kind")?,
                name: word("name")?,
            },
            least: spec.at("minReplicas"),
        }))
    }

    fn targets(&self, workload: &Workload<'_>, namespace: &str) -> bool {
        let Target { group, kind, name } = self.target;
        (group, kind, name) == (workload.identity().group, workload.identity().kind, workload.identity().name)
            && self.namespace == namespace
    }
}

/// Judges the replicas of one workload.
///
/// # Errors
/// A number is sealed.
pub(crate) fn judge(
    workload: &Workload<'_>,
    autoscalers: &[Autoscaler<'_>],
    demands: &Demands<'_>,
) -> Result<Vec<Finding>, Unjudgeable> {
    if workload.count() == Count::Otherwise {
        return Ok(Vec::new());
    }
    let own = workload.object().at("spec").at("replicas");
    let namespace = workload.identity().namespace_in(demands.context);
    let mut scaling = autoscalers.iter().filter(|autoscaler| autoscaler.targets(workload, namespace)).peekable();
    if scaling.peek().is_none() || number(&own)? == Some(0) {
        let short = shortage(&own, "runs with", demands)?;
        return Ok(short.map(|problem| Finding::deny(Rule::Replicas.name(), &own, problem, HELP)).into_iter().collect());
    }
    let mut findings = Vec::new();
    for autoscaler in scaling {
        let verb = format!("scales {} `{}` down to", workload.identity().kind, workload.identity().name);
        if let Some(problem) = shortage(&autoscaler.least, &verb, demands)? {
            findings.push(Finding::deny(Rule::Replicas.name(), &autoscaler.least, problem, HELP));
        }
    }
    Ok(findings)
}

/// Returns how a number falls short of what is demanded, in words.
fn shortage(place: &Place<'_>, verb: &str, demands: &Demands<'_>) -> Result<Option<String>, Unjudgeable> {
    let wanted = i64::from(demands.settings.minimum_replicas);
    let class = &demands.context.class;
    Ok(match number(place)? {
        None => Some(format!("{verb} a number of replicas that is no whole number")),
        Some(count) if count >= wanted => None,
        Some(count) => {
            let noun = if count == 1 { "replica" } else { "replicas" };
            let unsaid = if place.exists()? { "" } else { " (none is set)" };
            Some(format!("{verb} {count} {noun}{unsaid}, {class} needs at least {wanted}"))
        }
    })
}

/// Returns the number at a place, the default where none is written, nothing where something else is.
fn number(place: &Place<'_>) -> Result<Option<i64>, Unjudgeable> {
    Ok(if place.exists()? { place.integer()? } else { Some(UNSAID_REPLICAS) })
}
