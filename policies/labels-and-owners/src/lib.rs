//! Labels and owners: what objects and pods say of themselves.
//!
//! In: all objects of an application. Out: findings for labels and annotations that are missing or have another value than they may,
//! that the cluster would refuse, and for selectors that will not find their pods.
//! Rules: which are asked for is known from the settings alone; what the cluster refuses is denied everywhere.
//! Not here: quotas by owner (resource-quotas).

mod demand;
mod selectors;
mod settings;
mod syntax;

use demand::{Asked, Sort};
use sdk::kubernetes::{Identity, Workload};
use sdk::{Context, Finding, Objects, Place, Policy, PolicyError, Report, SettingsError, Shape, Unjudgeable, settled};
pub use settings::{Bearer, Demand, Presence, Settings};

/// The policy with its settings.
pub struct LabelsAndOwners {
    settings: Settings,
}

impl Policy for LabelsAndOwners {
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, Vec<SettingsError>> {
        match settings.errors() {
            errors if errors.is_empty() => Ok(LabelsAndOwners { settings }),
            errors => Err(errors),
        }
    }

    fn check_manifests(&self, context: &Context, objects: &Objects<'_>) -> Result<Report, PolicyError> {
        let demands = || {
            let labels = self.settings.labels.iter().map(|demand| (Sort::Labels, demand));
            labels.chain(self.settings.annotations.iter().map(|demand| (Sort::Annotations, demand)))
        };
        let asked: Vec<_> = demands().filter_map(|(sort, demand)| Asked::of(sort, demand, context)).collect();
        let mut findings: Vec<_> = demands().filter_map(|(_sort, demand)| demand::unclaimed(demand, context)).collect();
        for object in objects.iter() {
            let before = findings.len();
            for finding in settled(self.judge(&object, &asked, context)) {
                // Two rules that meet the same sealed leaf say the same of it; once is enough.
                if !findings.iter().skip(before).any(|known| *known == finding) {
                    findings.push(finding);
                }
            }
        }
        Ok(findings.into())
    }
}

impl LabelsAndOwners {
    fn judge(&self, object: &Place<'_>, asked: &[Asked<'_>], context: &Context) -> Result<Vec<Finding>, Unjudgeable> {
        let identity = Identity::of(object)?;
        let workload = Workload::known(object, identity);
        let mut findings: Vec<_> = asked.iter().flat_map(|asked| asked.judge(object, &identity, workload.as_ref())).collect();
        findings.extend(malformed(&object.at("metadata")));
        if let Some(workload) = &workload {
            findings.extend(malformed(&workload.pod_metadata()));
            findings.extend(settled(selectors::judge(workload, &self.settings, context)));
        }
        Ok(findings)
    }
}

/// Returns what is wrong with labels and annotations, whatever they say: the API server would refuse them.
fn malformed(metadata: &Place<'_>) -> Vec<Finding> {
    let judged = |sort: &str, wrong: fn(&str, &Place<'_>) -> Result<Option<&'static str>, Unjudgeable>| {
        let mut findings = Vec::new();
        for (key, place) in metadata.at(sort).entries()? {
            match wrong(key, &place) {
                Ok(None) => {}
                Ok(Some(problem)) => {
                    let message = format!("`{key}` {problem}, so the cluster will refuse it");
                    findings.push(Finding::deny(
                        "malformed",
                        &place,
                        message,
                        "write a text that Kubernetes takes; put numbers and booleans in quotes",
                    ));
                }
                Err(sealed) => findings.push(sealed.into()),
            }
        }
        Ok(findings)
    };
    let labels = settled(judged("labels", |key, place| {
        let value = place.text()?;
        Ok(syntax::key(key).or_else(|| value.map_or_else(|| not_text(place), syntax::value)))
    }));
    // The API server looks at keys of annotations in lower case.
    let annotations = judged("annotations", |key, place| {
        let text = place.text()?;
        Ok(syntax::key(&key.to_ascii_lowercase()).or_else(|| text.map_or_else(|| not_text(place), |_text| None)))
    });
    labels.into_iter().chain(settled(annotations)).collect()
}

fn not_text(place: &Place<'_>) -> Option<&'static str> {
    (place.shape() != Shape::Absent).then_some("is no text")
}

sdk::export_policy!(LabelsAndOwners);

#[cfg(test)]
mod tests;
