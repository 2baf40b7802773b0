//! tidegate: layered values, sealed secrets and a chart in, checked manifests out.
//!
//! One module per stage.

pub mod admission;
pub mod application;
pub mod baseline;
pub mod chart;
pub mod configuration;
pub mod context;
pub mod diagnostic;
pub mod emit;
pub mod estate;
pub mod explain;
pub mod json;
pub mod layers;
pub mod mask;
pub mod merge;
pub mod nearest;
pub mod origin;
pub mod pattern;
pub mod policies;
pub mod report;
pub mod rules;
pub mod schema;
pub mod sealed;
pub mod secrets;
pub mod seed;
pub mod source;
mod taping;
pub mod tolerance;
pub mod validate;
pub mod values;
pub mod variables;
pub mod waivers;
