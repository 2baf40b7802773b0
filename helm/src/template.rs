//! Go's `text/template` as Helm uses it.
//!
//! In: template text. Out: text with marks and template lines.

pub mod ast;
