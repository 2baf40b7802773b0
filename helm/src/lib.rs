//! Renders Helm charts as `helm template` does: what is here so far is what flows through a render.
//!
//! `value` holds Go's values as templates see them, `provenance` says which leaves of the values a text came from, `gofmt` prints
//! values as Go does, and `values` reads and merges them. The engine that uses them is not built yet.
//!
//! Not here: files, the environment, time and randomness; they arrive as inputs.

#![forbid(unsafe_code)]

pub mod chart;
pub mod functions;
pub mod gofmt;
pub mod provenance;
pub mod render;
pub mod semver;
mod strconv;
pub mod template;
mod time;
pub mod value;
pub mod values;
