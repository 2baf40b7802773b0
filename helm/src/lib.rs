//! Renders Helm charts as `helm template` does.
//!
//! `chart` (bytes to a parsed chart) -> `values` (merge, dependencies, coalesce) -> `template` (lexer, parser, executor)
//! over `functions` -> `render` (scope objects, order, output). `value` and `provenance` are what flows through all of it.
//!
//! Not here: files, the environment, time and randomness; they arrive as inputs.

#![forbid(unsafe_code)]

pub mod chart;
pub mod functions;
pub mod provenance;
pub mod render;
pub mod template;
pub mod value;
pub mod values;
