//! SOPS files.
#![forbid(unsafe_code)]
