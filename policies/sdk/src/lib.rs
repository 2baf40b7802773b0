//! For authors of tidegate policies.
//!
//! In: what the host gives, as types of [`contract`]. Out: [`Finding`]s of a type that implements [`Policy`].
//! Rules: a sealed leaf is a handle; whoever asks what it says gets [`Unjudgeable`], which becomes a denial.
//! Not here: anything a guest could use to reach the world; there is nothing but [`log`].
//!
//! A policy is a crate of type `cdylib` (and `rlib`, for its tests, which run natively):
//!
//! ```
//! use tidegate_policy_sdk::{Context, Finding, Objects, Place, Policy, PolicyError, Report, SettingsError, Unjudgeable};
//!
//! struct NoNodePort;
//!
//! #[derive(serde::Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Settings {}
//!
//! impl Policy for NoNodePort {
//!     type Settings = Settings;
//!     fn configure(_: Settings) -> Result<Self, Vec<SettingsError>> {
//!         Ok(NoNodePort)
//!     }
//!     fn check_manifests(&self, _: &Context, objects: &Objects<'_>) -> Result<Report, PolicyError> {
//!         Ok(objects.each(judge).into())
//!     }
//! }
//!
//! fn judge(object: &Place<'_>) -> Result<Vec<Finding>, Unjudgeable> {
//!     let kind = object.at("spec").at("type");
//!     Ok(match kind.text()? {
//!         Some("NodePort") => vec![Finding::deny("no-node-port", &kind, "a node port is open".to_owned(), "use an Ingress")],
//!         _ => vec![],
//!     })
//! }
//!
//! tidegate_policy_sdk::export_policy!(NoNodePort);
//! ```

pub mod contract;
mod documents;
mod finding;
pub mod image;
pub mod kubernetes;
pub mod labels;
mod place;
pub mod placeholders;
mod policy;
pub mod quantity;
#[cfg(feature = "testing")]
pub mod testing;
pub mod version;
pub mod weight;
pub mod wildcard;

pub use contract::tidegate::policy::types::{DocumentSet, Fact, Level, Severity};
pub use contract::{Context, Finding, FleetFinding, Layer, Member, PolicyError, Report, SettingsError};
pub use documents::{Documents, Layers, Objects, settled};
pub use finding::{MESSAGE_LIMIT_BYTES, UNJUDGEABLE};
pub use place::{Place, Shape, Unjudgeable};
pub use policy::{Policy, Verdict, check_fleet, check_layers, check_manifests, check_values, init};
pub use tape::{Origin, Tape};

/// Writes one line for whoever debugs a policy. Natively it does nothing.
pub fn log(level: Level, message: &str) {
    if cfg!(target_arch = "wasm32") {
        contract::log(level, message);
    }
}

/// Makes a type that implements [`Policy`] the policy of this crate. Natively it only checks that it could be.
#[macro_export]
macro_rules! export_policy {
    ($policy:ty) => {
        #[cfg(not(target_arch = "wasm32"))]
        const _: fn() = || {
            fn is_policy<P: $crate::Policy>() {}
            is_policy::<$policy>();
        };

        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use $crate::DocumentSet;
            use $crate::contract::{Context, Finding, FleetFinding, Guest, Layer, Member, PolicyError, Report, SettingsError};

            std::thread_local! {
                static POLICY: std::cell::OnceCell<$policy> = const { std::cell::OnceCell::new() };
            }

            struct Component;

            impl Guest for Component {
                fn init(settings: String) -> Result<(), Vec<SettingsError>> {
                    POLICY.with(|cell| $crate::init(cell, &settings))
                }
                fn check_layers(
                    context: Context,
                    layers: Vec<Layer>,
                    documents: DocumentSet,
                ) -> Result<Vec<Finding>, PolicyError> {
                    POLICY.with(|cell| $crate::check_layers(cell.get(), &context, &layers, documents))
                }
                fn check_values(context: Context, documents: DocumentSet) -> Result<Vec<Finding>, PolicyError> {
                    POLICY.with(|cell| $crate::check_values(cell.get(), &context, documents))
                }
                fn check_manifests(context: Context, documents: DocumentSet) -> Result<Report, PolicyError> {
                    POLICY.with(|cell| $crate::check_manifests(cell.get(), &context, documents))
                }
                fn check_fleet(members: Vec<Member>) -> Result<Vec<FleetFinding>, PolicyError> {
                    POLICY.with(|cell| $crate::check_fleet(cell.get(), &members))
                }
            }

    $crate::contract::export!(Component with_types_in $crate::contract);
        };
    };
}
