//! Native: the built-in policies of the stage `manifests` as the libraries that they are, and their guests' machine code.
//!
//! Rules: each does what its guest does in one call: it reads its settings, looks at the tape and judges.

use std::cell::OnceCell;
use std::error::Error;

use sdk::{Context, DocumentSet, Policy, Report};

/// A policy in all forms.
pub(crate) struct Native {
    /// As in its metadata.
    pub(crate) name: &'static str,
    /// Its guest's machine code, for an engine that counts fuel.
    pub(crate) counted: &'static [u8],
    /// The same for one that does not.
    pub(crate) uncounted: &'static [u8],
    /// Settings, context and documents in, findings and facts out.
    pub(crate) judge: Judge,
}

type Judge = fn(&str, &Context, DocumentSet) -> Result<Report, Box<dyn Error>>;

macro_rules! native {
    ($name:literal, $policy:ty) => {
        Native {
            name: $name,
            counted: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".fuel")),
            uncounted: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".plain")),
            judge: judge::<$policy>,
        }
    };
}

/// All of them, by name.
pub(crate) const NATIVE: [Native; 10] = [
    native!("deprecated-apis", deprecated_apis::DeprecatedApis),
    native!("environment-guardrails", environment_guardrails::EnvironmentGuardrails),
    native!("image-rules", image_rules::ImageRules),
    native!("ingress-hosts", ingress_hosts::IngressHosts),
    native!("kind-allowlist", kind_allowlist::KindAllowlist),
    native!("labels-and-owners", labels_and_owners::LabelsAndOwners),
    native!("pod-security", pod_security::PodSecurity),
    native!("resource-quotas", resource_quotas::ResourceQuotas),
    native!("secret-references", secret_references::SecretReferences),
    native!("tenant-isolation", tenant_isolation::TenantIsolation),
];

fn judge<P: Policy>(settings: &str, context: &Context, documents: DocumentSet) -> Result<Report, Box<dyn Error>> {
    let policy = OnceCell::<P>::new();
    sdk::init(&policy, settings).map_err(|errors| format!("the settings are refused: {errors:?}"))?;
    Ok(sdk::check_manifests(policy.get(), context, documents).map_err(|error| format!("no verdict: {error:?}"))?)
}
