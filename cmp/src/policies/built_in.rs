//! Built-in policies: what the build script embedded.

use super::artefact::Embedded;

include!(concat!(env!("OUT_DIR"), "/built_in.rs"));
