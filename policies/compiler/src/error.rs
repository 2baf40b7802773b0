//! Why a binary did not become a policy.

use std::error::Error;

use engine::artefact::ArtefactError;
use engine::metadata::MetadataError;

use crate::limits::{BINARY_LIMIT_BYTES, FUNCTION_LIMIT, FUNCTION_LIMIT_BYTES, LOCAL_LIMIT, NESTING_LIMIT, PART_LIMIT};

/// A failure of the compiler.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    /// The metadata cannot be a policy's.
    #[error("the metadata is refused")]
    Metadata(#[from] MetadataError),
    /// A module has no metadata of its own, and none was given.
    #[error("the file has no metadata of a policy in it, and none was given")]
    NoMetadata,
    /// The metadata is not text.
    #[error("the metadata in the file is not UTF-8")]
    MetadataNotText(#[from] std::str::Utf8Error),
    /// A component carries other metadata than what was given.
    #[error("the file has metadata in it, and it is not the metadata that was given")]
    MetadataDiffers,
    /// The binary has more bytes than the compiler takes.
    #[error("the file has {bytes} bytes, more than the limit of {BINARY_LIMIT_BYTES}")]
    BinaryTooLarge {
        /// Its size in bytes.
        bytes: usize,
    },
    /// One function has more bytes than the compiler takes.
    #[error("a function has {bytes} bytes, more than the limit of {FUNCTION_LIMIT_BYTES}")]
    FunctionTooLarge {
        /// Its size in bytes.
        bytes: usize,
    },
    /// There are more functions than the compiler takes.
    #[error("there are more than {FUNCTION_LIMIT} functions")]
    TooManyFunctions,
    /// One function has more locals than the compiler takes.
    #[error("a function has {locals} locals, more than the limit of {LOCAL_LIMIT}")]
    TooManyLocals {
        /// Their number.
        locals: u32,
    },
    /// Blocks within blocks.
    #[error("a function has blocks nested more than {NESTING_LIMIT} deep")]
    TooDeep,
    /// Modules within components.
    #[error("there are more than {PART_LIMIT} modules and components in the file")]
    TooManyParts,
    /// No guest is given such a table.
    #[error("a table begins with {elements} elements, more than the limit of {}", engine::TABLE_LIMIT_ELEMENTS)]
    TableTooLarge {
        /// Its size in elements.
        elements: usize,
    },
    /// No guest is given such a memory.
    #[error("a memory begins with {bytes} bytes, more than the limit of {}", engine::MEMORY_LIMIT_BYTES)]
    MemoryTooLarge {
        /// Its size in bytes.
        bytes: usize,
    },
    /// A policy may import nothing but `log`.
    #[error("the module imports `{module}` `{name}`; a policy imports nothing but `log`")]
    ForbiddenImport {
        /// Where the import comes from.
        module: String,
        /// What is imported.
        name: String,
    },
    /// The same of a component.
    #[error("the component imports `{name}`; a policy imports nothing but `log`")]
    ForbiddenComponentImport {
        /// What is imported.
        name: String,
    },
    /// The bytes are neither a module nor a component.
    #[error("the file does not read as WebAssembly")]
    Malformed(#[source] Box<dyn Error + Send + Sync>),
    /// The binary does not export the world of the contract.
    #[error("the policy does not fit `{}`", engine::metadata::WORLD)]
    Contract(#[source] Box<dyn Error + Send + Sync>),
    /// The engine refused the component.
    #[error("the component does not compile")]
    Compiler(#[source] Box<dyn Error + Send + Sync>),
    /// What came out cannot be written.
    #[error("the compiled policy cannot be packed")]
    Artefact(#[from] ArtefactError),
}

pub(crate) fn malformed(error: wasmparser::BinaryReaderError) -> CompileError {
    CompileError::Malformed(error.into())
}
