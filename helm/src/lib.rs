//! Renders Helm charts as `helm template` does.
//!
//! `chart` loads and resolves them, `values` reads and merges what they are given, `template` parses and runs their templates with
//! `functions` and `gofmt`, and `render` does all of it and splits the output; `profile` says which helm is followed. `value` holds Go's
//! values as templates see them, and `provenance` says which leaves of the values a text came from (docs/provenance.md).
//!
//! Not here: files, the environment, time and randomness; they arrive as inputs.

#![forbid(unsafe_code)]

pub mod chart;
pub mod functions;
pub mod gofmt;
mod meter;
pub mod profile;
pub mod provenance;
pub mod render;
pub mod semver;
mod strconv;
pub mod template;
mod time;
pub mod value;
pub mod values;
