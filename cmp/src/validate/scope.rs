//! Scope: which objects an application may have.
//!
//! In: [`Manifests`], [`Allowed`]. Out: nothing, or every object that is not allowed.
//! Rules: a namespaced object is in the application's namespace; cluster-scoped kinds and Argo CD's own pass by name only. A kind
//! nobody knows counts as namespaced unless a definition among the objects says otherwise. What an object is by sealed text is not judged
//! here: that it is would tell of the text, and `sealed` refuses it anyway.
//! Not here: what the cluster itself knows of kinds.

use std::collections::BTreeSet;

use super::{Label, Manifests, Object, Place, member, pointer, text};

/// What the configuration allows an application.
#[derive(Clone, Copy, Debug)]
pub struct Allowed<'a> {
    /// The confirmed namespace.
    pub namespace: &'a str,
    /// Cluster-scoped kinds and Argo CD's own that pass: `group/Kind`, or `Kind` in Kubernetes' core.
    pub kinds: &'a [String],
}

/// An object the application may not have.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScopeError {
    /// It is in another namespace.
    #[error("{at}: `{label}` is in {}, not in the application's namespace `{namespace}`", other(elsewhere.as_deref()))]
    Namespace {
        /// The object.
        label: Label,
        /// The confirmed namespace.
        namespace: String,
        /// The object's; nothing where no text of it may be told.
        elsewhere: Option<String>,
        /// Where the namespace is written.
        at: Place,
    },
    /// Its kind has no namespace, and is not allowed.
    #[error("{at}: `{label}` is of a cluster-scoped kind that is not allowed")]
    ClusterScoped {
        /// The object.
        label: Label,
        /// Where the object begins.
        at: Place,
    },
    /// Its kind is one of Argo CD's own, and is not allowed.
    #[error("{at}: `{label}` is an object of Argo CD itself, which is not allowed")]
    ArgoCd {
        /// The object.
        label: Label,
        /// Where the object begins.
        at: Place,
    },
}

fn other(namespace: Option<&str>) -> String {
    namespace.map_or_else(|| "another one".to_owned(), |namespace| format!("`{namespace}`"))
}

impl ScopeError {
    /// Returns the stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Namespace { .. } => "validate.namespace",
            Self::ClusterScoped { .. } => "validate.cluster-scoped",
            Self::ArgoCd { .. } => "validate.argo-cd",
        }
    }

    /// Returns what to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Namespace { .. } => "leave `metadata.namespace` out, or write `{{ .Release.Namespace }}`",
            Self::ClusterScoped { .. } | Self::ArgoCd { .. } => {
                "the platform team allows kinds in tidegate.yaml, `emit.clusterScoped`"
            }
        }
    }

    /// Returns where it is.
    #[must_use]
    pub fn at(&self) -> &Place {
        match self {
            Self::Namespace { at, .. } | Self::ClusterScoped { at, .. } | Self::ArgoCd { at, .. } => at,
        }
    }
}

/// Argo CD's group and the kinds in it that give power over it.
const ARGO_GROUP: &str = "argoproj.io";
const ARGO_KINDS: [&str; 3] = ["Application", "ApplicationSet", "AppProject"];

/// Kubernetes' own kinds without namespace, group and kind; those of removed API versions too.
///
/// # Source
/// k8s.io/api, the types marked `+genclient:nonNamespaced`.
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

/// Checks that the application may have its objects.
///
/// # Errors
/// Every [`ScopeError`], in the order of the objects.
pub fn check(manifests: &Manifests, allowed: &Allowed<'_>) -> Result<(), Vec<ScopeError>> {
    let defined = defined(manifests);
    let open = manifests.objects.iter().filter(|object| !object.disguised);
    let errors: Vec<ScopeError> = open.filter_map(|object| fault(object, allowed, &defined)).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn fault(object: &Object, allowed: &Allowed<'_>, defined: &BTreeSet<(String, String)>) -> Option<ScopeError> {
    let (group, kind, label) = (object.group(), object.kind.as_str(), object.label.clone());
    let full = if group.is_empty() { kind.to_owned() } else { format!("{group}/{kind}") };
    let passes = allowed.kinds.contains(&full);
    let is_cluster_scoped = CLUSTER_SCOPED.iter().any(|(in_group, kinds)| *in_group == group && kinds.contains(&kind))
        || defined.contains(&(group.to_owned(), kind.to_owned()));
    if is_cluster_scoped {
        return (!passes).then(|| ScopeError::ClusterScoped { label, at: object.place() });
    }
    if group == ARGO_GROUP && ARGO_KINDS.contains(&kind) && !passes {
        return Some(ScopeError::ArgoCd { label, at: object.place() });
    }
    let is_elsewhere = object.namespace.as_deref().is_some_and(|namespace| namespace != allowed.namespace);
    is_elsewhere.then(|| {
        let written = pointer::walk(&object.tree, "/metadata/namespace").pop().unwrap_or(&object.tree);
        // What nothing tracked stands behind is no secret.
        let clean = object.provenance("/metadata/namespace").dependence.leaves.is_empty();
        let elsewhere = object.namespace.clone().filter(|_| clean);
        ScopeError::Namespace { label, namespace: allowed.namespace.to_owned(), elsewhere, at: object.place_of(written) }
    })
}

/// Returns group and kind of what definitions among the objects say has no namespace.
fn defined(manifests: &Manifests) -> BTreeSet<(String, String)> {
    let definitions = manifests.objects.iter();
    let definitions =
        definitions.filter(|object| object.group() == "apiextensions.k8s.io" && object.kind == "CustomResourceDefinition");
    let found = definitions.filter_map(|definition| {
        let spec = member(&definition.tree, "spec")?;
        let word = |key| member(spec, key).and_then(text);
        let kind = member(spec, "names").and_then(|names| member(names, "kind")).and_then(text)?;
        (word("scope") == Some("Cluster")).then(|| (word("group").unwrap_or_default().to_owned(), kind.to_owned()))
    });
    found.collect()
}
