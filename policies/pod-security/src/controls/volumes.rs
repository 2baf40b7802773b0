//! Volumes: where a restricted pod's files come from.
//!
//! # Source
//! policy/check_restrictedVolumes.go.

use sdk::Unjudgeable;

use crate::pod::{Findings, Pod};
use sdk::version::Minor;

/// The sources of volumes that belong to no node and no foreign storage.
const SOURCES: [&str; 9] =
    ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret"];

/// Each volume has one of these sources.
pub(super) fn judge(pod: &Pod<'_>, _version: Minor, findings: &mut Findings) -> Result<(), Unjudgeable> {
    let Some(volumes) = pod.spec.get("volumes")? else { return Ok(()) };
    for volume in volumes.elements()? {
        let judged = SOURCES.iter().try_fold(false, |found, source| Ok(found || volume.get(source)?.is_some())).map(|allowed| {
            if !allowed {
                let problem = "a volume comes from where the restricted level allows none".to_owned();
                findings.deny(
                    &volume,
                    problem,
                    "use a volume claim, a ConfigMap, a Secret, an emptyDir or another source it allows",
                );
            }
        });
        findings.settle(judged);
    }
    Ok(())
}
