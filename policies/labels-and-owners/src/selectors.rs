//! Selectors: whether a workload will find its pods, now and after the next release.
//!
//! In: a workload. Out: a denial for a selector that does not select the workload's own pods, a finding for one that holds a label which
//! the next version of the chart changes: Kubernetes takes no change of a selector.
//! Rules: the kinds of `apps`, whose selectors stay as they were made.
//!
//! # Source
//! k8s.io/kubernetes, pkg/apis/apps/validation: ValidateDeploymentSpec, ValidateDeploymentUpdate and the others of the group.

use sdk::kubernetes::Workload;
use sdk::labels::Selector;
use sdk::{Context, Finding, Unjudgeable, weight};

use crate::settings::Settings;

/// The group whose selectors never change.
const GROUP: &str = "apps";

/// Judges the selector of a workload.
///
/// # Errors
/// A part of it, or a label that it asks for, is sealed.
pub(crate) fn judge(workload: &Workload<'_>, settings: &Settings, context: &Context) -> Result<Vec<Finding>, Unjudgeable> {
    let place = workload.object().at("spec").at("selector");
    if workload.identity().group != GROUP || !place.exists()? {
        return Ok(Vec::new());
    }
    let mut findings = Vec::new();
    if let Some(severity) = weight::severity(&settings.changing_selectors, context) {
        for key in &settings.changing {
            let label = place.at("matchLabels").at(key);
            if label.exists()? {
                let message =
                    format!("the selector holds `{key}`, which the next release changes, and a selector cannot be changed");
                findings.push(Finding::weighed(
                    severity,
                    "changing-selector",
                    &label,
                    message,
                    "leave the label out of the selector",
                ));
            }
        }
    }
    let labels = workload.pod_metadata().at("labels");
    let selects = match Selector::read(&place)? {
        Some(selector) => selector.selects(&labels)?,
        None => false,
    };
    if !selects {
        let message = "does not select the workload's own pods, so the cluster will refuse it".to_owned();
        findings.push(Finding::deny("selector-mismatch", &place, message, "give the pod template the labels of the selector"));
    }
    Ok(findings)
}
