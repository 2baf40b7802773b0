//! tidegate: layered values, sealed secrets and a chart in, checked manifests out.
//!
//! One module per stage. What is here so far: `configuration`, and `source`, the one door to files. The stages are not built yet.

pub mod configuration;
pub mod source;
