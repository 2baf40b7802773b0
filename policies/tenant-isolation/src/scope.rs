//! Scope: kinds that belong to no namespace, and namespaces that belong to others.
//!
//! In: an object. Out: a denial where it would stand outside the application's namespaces.
//! Not here: kinds of custom resources that the settings do not name.
//!
//! # Source
//! k8s.io/api, the types marked `+genclient:nonNamespaced`; those of removed versions too.

use sdk::kubernetes::Identity;
use sdk::{Finding, Place};

use crate::settings::{Neighbourhood, Settings};

/// Kubernetes' own kinds without namespace: the group, its kinds.
const CLUSTER_SCOPED: [(&str, &[&str]); 20] = [
    ("", &["ComponentStatus", "Namespace", "Node", "PersistentVolume"]),
    (
        "admissionregistration.k8s.io",
        &[
            "MutatingAdmissionPolicy",
            "MutatingAdmissionPolicyBinding",
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfiguration",
        ],
    ),
    ("apiextensions.k8s.io", &["CustomResourceDefinition"]),
    ("apiregistration.k8s.io", &["APIService"]),
    ("auditregistration.k8s.io", &["AuditSink"]),
    ("authentication.k8s.io", &["SelfSubjectReview", "TokenReview"]),
    ("authorization.k8s.io", &["SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"]),
    ("certificates.k8s.io", &["CertificateSigningRequest", "ClusterTrustBundle"]),
    ("extensions", &["PodSecurityPolicy"]),
    ("flowcontrol.apiserver.k8s.io", &["FlowSchema", "PriorityLevelConfiguration"]),
    ("imagepolicy.k8s.io", &["ImageReview"]),
    ("internal.apiserver.k8s.io", &["StorageVersion"]),
    ("networking.k8s.io", &["ClusterCIDR", "IPAddress", "IngressClass", "ServiceCIDR"]),
    ("node.k8s.io", &["RuntimeClass"]),
    ("policy", &["PodSecurityPolicy"]),
    ("rbac.authorization.k8s.io", &["ClusterRole", "ClusterRoleBinding"]),
    ("resource.k8s.io", &["DeviceClass", "DeviceTaintRule", "ResourceClass", "ResourcePoolStatusRequest", "ResourceSlice"]),
    ("scheduling.k8s.io", &["PriorityClass"]),
    ("storage.k8s.io", &["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"]),
    ("storagemigration.k8s.io", &["StorageVersionMigration"]),
];

/// Judges where an object would stand.
pub(crate) fn judge(
    object: &Place<'_>,
    identity: &Identity<'_>,
    settings: &Settings,
    hood: &Neighbourhood<'_>,
) -> Option<Finding> {
    if is_cluster_scoped(identity, settings) {
        if settings.allowed_cluster_scoped.iter().any(|kind| identity.is(kind)) {
            return None;
        }
        let message = format!("a {} belongs to no namespace, so it is everybody's", identity.kind);
        let help = "leave it to the platform team, or ask them to name the kind in `allowedClusterScoped`";
        return Some(Finding::deny("cluster-scoped", &object.at("kind"), message, help));
    }
    if hood.is_own(identity.namespace) {
        return None;
    }
    let message = format!("stands in namespace `{}`, the application's is `{}`", identity.namespace, hood.home);
    let help = "leave the namespace out: Argo CD applies the object to the application's";
    Some(Finding::deny("namespace", &object.at("metadata").at("namespace"), message, help))
}

fn is_cluster_scoped(identity: &Identity<'_>, settings: &Settings) -> bool {
    let in_table = |(group, kinds): &(&str, &[&str])| *group == identity.group && kinds.contains(&identity.kind);
    CLUSTER_SCOPED.iter().any(in_table) || settings.cluster_scoped.iter().any(|kind| identity.is(kind))
}
