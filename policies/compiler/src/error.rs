//! Why a module did not become a policy.

use std::error::Error;

use engine::metadata::MetadataError;

/// A failure of the compiler.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    /// The metadata cannot be a policy's.
    #[error("the metadata is refused")]
    Metadata(#[from] MetadataError),
    /// The module has more bytes than the compiler takes.
    #[error("the module has {bytes} bytes, more than the limit of {limit}")]
    ModuleTooLarge {
        /// Its size in bytes.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// One function has more bytes than the compiler takes.
    #[error("a function has {bytes} bytes, more than the limit of {limit}")]
    FunctionTooLarge {
        /// Its size in bytes.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A policy may import nothing but `log`.
    #[error("the module imports `{module}` `{name}`; a policy imports nothing but `log`")]
    ForbiddenImport {
        /// Where the import comes from.
        module: String,
        /// What is imported.
        name: String,
    },
    /// The bytes are no WebAssembly module.
    #[error("the module does not read")]
    Malformed(#[source] Box<dyn Error + Send + Sync>),
    /// The module does not export the world of the contract.
    #[error("the module does not fit `{}`", engine::metadata::WORLD)]
    Contract(#[source] Box<dyn Error + Send + Sync>),
    /// The engine refused the component.
    #[error("the component does not compile")]
    Compiler(#[source] Box<dyn Error + Send + Sync>),
}
