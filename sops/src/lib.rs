//! SOPS files: sealed bytes and identities in, a verified tree out.
//!
//! In: the text of a YAML file sealed by SOPS, and the age or SSH identities its reader holds. Out: [`Opened`], a tree typed
//! as `sops decrypt | helm -f` would see it, in which every leaf knows its place in the sealed file and whether it was sealed.
//! Rules: the MAC is always verified, there is no way around it; what SOPS does not authenticate (types, structure, empty
//! values) is refused by [`Structure::Strict`]; an error names places and public recipients, never a value.
//! Not here: finding files and keys, key services (PGP, KMS, Vault), sealing, merging layers. No I/O, no processes.
//!
//! The steps, each in its module: [`metadata()`] reads the `sops` key; `data_key` opens the file's key with an identity;
//! `open` walks the tree, opens each `ENC[..]` (`sealed`) that the file's `selector` says is sealed, and hashes what SOPS
//! hashes; `tree` is the result.

#![forbid(unsafe_code)]

mod data_key;
mod error;
mod identity;
mod metadata;
mod open;
mod path;
mod scalar;
mod sealed;
mod selector;
mod shamir;
mod timestamp;
mod tree;

pub use error::{OpenError, Unprotected};
pub use identity::{IDENTITY_FILE_BYTES, Identity, IdentityError, identities};
pub use metadata::{Metadata, Recipient, metadata};
pub use open::{
    DATA_KEY_BYTES, DATA_KEYS, FILE_BYTES, KEY_GROUPS, Limits, OpenOptions, Opened, PATH_BYTES, SEALED_LEAVES, Structure, open,
};
pub use sealed::{Digest, Kind, Malformed, holds_sealed_text};
pub use selector::RegexProblem;
pub use tree::{Branch, Leaf, Scalar, Secret, Shape, Tree};
