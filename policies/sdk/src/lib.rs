//! For authors of tidegate policies.
//!
//! In: what the host gives, as types of [`contract`]. Out: [`Finding`]s of a type that implements [`Policy`].
//! Rules: a sealed leaf is a handle; whoever needs its text gets [`Unjudgeable`], which becomes a denial.
//! Not here: anything a guest could use to reach the world; there is nothing but [`log`].
//!
//! A policy is a crate of type `cdylib` (and `rlib`, for its tests, which run natively):
//!
//! ```
//! use tidegate_policy_sdk::{Context, Finding, Objects, Place, Policy, Unjudgeable, Verdict};
//!
//! struct NoNodePort;
//!
//! #[derive(serde::Deserialize)]
//! struct Settings {}
//!
//! impl Policy for NoNodePort {
//!     type Settings = Settings;
//!     fn configure(_: Settings) -> Result<Self, Vec<tidegate_policy_sdk::SettingsError>> {
//!         Ok(NoNodePort)
//!     }
//!     fn check_manifests(&self, _: &Context, objects: &Objects) -> Verdict {
//!         Ok(objects.each(|object| judge(&object)))
//!     }
//! }
//!
//! fn judge(object: &Place) -> Result<Vec<Finding>, Unjudgeable> {
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
mod finding;
mod place;
mod policy;

pub use contract::tidegate::policy::types::{Level, Severity};
pub use contract::{Context, Finding, Layer, PolicyError, SettingsError};
pub use finding::{MESSAGE_LIMIT_BYTES, UNJUDGEABLE};
pub use place::{Objects, Place, Pointer, Unjudgeable};
pub use policy::{Policy, Verdict, check_layer, check_manifests, check_values, init};

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
            use $crate::contract::{Context, Finding, Guest, Layer, PolicyError, SettingsError};

            std::thread_local! {
                static POLICY: std::cell::OnceCell<$policy> = const { std::cell::OnceCell::new() };
            }

            struct Component;

            impl Guest for Component {
                fn init(settings: String) -> Result<(), Vec<SettingsError>> {
                    POLICY.with(|cell| $crate::init(cell, &settings))
                }
                fn check_layer(context: Context, layer: Layer) -> Result<Vec<Finding>, PolicyError> {
                    POLICY.with(|cell| $crate::check_layer(cell.get(), &context, &layer))
                }
                fn check_values(context: Context, values: String) -> Result<Vec<Finding>, PolicyError> {
                    POLICY.with(|cell| $crate::check_values(cell.get(), &context, &values))
                }
                fn check_manifests(context: Context, objects: Vec<String>) -> Result<Vec<Finding>, PolicyError> {
                    POLICY.with(|cell| $crate::check_manifests(cell.get(), &context, &objects))
                }
            }

    $crate::contract::export!(Component with_types_in $crate::contract);
        };
    };
}
