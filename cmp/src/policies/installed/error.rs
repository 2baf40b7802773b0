//! Why installed policies cannot be used.

use crate::policies::artefact::ArtefactProblem;
use crate::policies::failure::PolicyFailure;
use crate::policies::lock::{FILE, LockError};
use crate::policies::signature::KeyError;
use crate::source::SourceError;

/// Something that is not as the lock says. All of them refuse every application.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InstallationError {
    /// The configuration names a directory of policies, and there is no lock file.
    #[error("there is no `{FILE}` beside the configuration")]
    NoLock,
    /// The lock file does not read.
    #[error("`{FILE}`: {0}")]
    Lock(#[from] LockError),
    /// A file or directory cannot be read.
    #[error("the installed policies cannot be read: {0}")]
    Source(#[from] SourceError),
    /// Others may write the lock file or its folder.
    #[error("`{path}` can be written by {by}, so it vouches for nothing")]
    Writable {
        /// The file or folder.
        path: String,
        /// Who may write it.
        by: &'static str,
    },
    /// A key of the configuration is none.
    #[error("key {number} of `installedPolicies.keys`: {error}")]
    Key {
        /// Its number, from 0.
        number: usize,
        /// Why.
        error: KeyError,
    },
    /// An installed policy has the name of a built-in one.
    #[error("the installed policy `{policy}` has the name of a built-in one")]
    BuiltIn {
        /// The policy.
        policy: String,
    },
    /// The policy was built for another contract.
    #[error("policy `{policy}` was built for `{contract}`, and this program speaks `{}`", engine::metadata::WORLD)]
    Contract {
        /// The policy.
        policy: String,
        /// The contract it names.
        contract: String,
    },
    /// The policy was compiled by another engine.
    #[error(
        "policy `{policy}` was compiled by wasmtime {wasmtime}, and this program has wasmtime {}",
        engine::artefact::WASMTIME
    )]
    Engine {
        /// The policy.
        policy: String,
        /// The engine's version.
        wasmtime: String,
    },
    /// The policy was compiled for other machines only.
    #[error("policy `{policy}` is not compiled for {}", super::target())]
    Target {
        /// The policy.
        policy: String,
    },
    /// The configuration's settings are not those that were locked.
    #[error("the settings of policy `{policy}` are not those that were locked")]
    Settings {
        /// The policy.
        policy: String,
    },
    /// The configuration asks for signatures, and the lock names none.
    #[error("policy `{policy}` is not signed, and `installedPolicies.keys` asks for signatures")]
    Unsigned {
        /// The policy.
        policy: String,
    },
    /// The key that signed is no longer trusted.
    #[error("policy `{policy}` is signed by the key {id}, which `installedPolicies.keys` does not hold")]
    KeyGone {
        /// The policy.
        policy: String,
        /// The key's identifier.
        id: String,
    },
    /// A file that the lock names is not there.
    #[error("`{file}` of policy `{policy}` is not there")]
    Missing {
        /// The policy.
        policy: String,
        /// The file, relative to the configuration.
        file: String,
    },
    /// A file that the lock does not name is there.
    #[error("`{file}` is installed, and `{FILE}` does not name it")]
    Extra {
        /// The file, relative to the configuration.
        file: String,
    },
    /// A file is not what was locked.
    #[error("`{file}` of policy `{policy}` is not what was locked: {problem}")]
    Changed {
        /// The policy.
        policy: String,
        /// The file, relative to the configuration.
        file: String,
        /// In what.
        problem: ArtefactProblem,
    },
    /// The policy does not load, although it is what was locked.
    #[error(transparent)]
    Failure(#[from] PolicyFailure),
}

impl InstallationError {
    /// Returns what to run, or to ask for.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoLock => "run `tidegate policy lock`, and commit the file that it writes",
            Self::Lock(_) => "restore the file from Git, or run `tidegate policy lock`",
            Self::Source(_) => "see `installedPolicies.directory` of the configuration",
            Self::Writable { .. } => "run `chmod go-w` on it, or mount it read-only",
            Self::Key { .. } => "write the line of minisign.pub that begins with RW",
            Self::BuiltIn { .. } => "give it another name in its policy.json, build it, and install it again",
            Self::Contract { .. } => "build it with the SDK of this version, and run `tidegate policy install`",
            Self::Engine { .. } | Self::Target { .. } => {
                "run `tidegate policy lock` with this version: it compiles the policy again"
            }
            Self::Settings { .. } => "run `tidegate policy lock` if the settings are meant, and commit the lock file",
            Self::Unsigned { .. } | Self::KeyGone { .. } => {
                "sign it with a key of `installedPolicies.keys`, and run `tidegate policy install` with --signature"
            }
            Self::Missing { .. } => {
                "run `tidegate policy install` for it, or `tidegate policy lock` if only the compiled form is missing"
            }
            Self::Extra { .. } => "install it with `tidegate policy install`, or remove the file",
            Self::Changed { .. } => "restore the file, or run `tidegate policy install` again with a component you trust",
            Self::Failure(_) => "what is not judged is refused; the platform team owns the policy",
        }
    }
}
