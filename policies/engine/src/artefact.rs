//! Artefact: machine code of one policy, in one file with what it is and what it was made of.
//!
//! In: a [`Header`] and machine code. Out: bytes, and both back from them.
//! Rules: who reads a file knows name, contract, target and engine of the code before any of it is loaded; one digest covers all.
//! Not here: whether the bytes are to be trusted (`cmp/src/policies/artefact.rs`).

use serde::{Deserialize, Serialize};

/// What such a file begins with.
pub const MAGIC: [u8; 8] = *b"TGPOLICY";

/// The engine whose machine code this program loads and makes. A test compares it with the lock file of the workspace.
pub const WASMTIME: &str = "48.0.8";

/// Longest header in bytes: names, and metadata with a schema of settings, which have some kilobytes.
pub const HEADER_LIMIT_BYTES: usize = 1024 * 1024;

/// Where the code may begin, in bytes: a multiple of this, as its own tables want it.
const ALIGNMENT_BYTES: usize = 16;

/// The magic and the length of the header.
const PREFIX_BYTES: usize = MAGIC.len() + size_of::<u32>();

/// What the code is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Header {
    /// The policy's metadata, as text.
    pub metadata: String,
    /// SHA-256 of the component that was compiled, in hexadecimal.
    pub wasm_sha256: String,
    /// The target triple.
    pub target: String,
    /// The version of the engine that compiled it.
    pub wasmtime: String,
}

/// Bytes that are no artefact.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArtefactError {
    /// Something else, or less than the beginning.
    #[error("this is no compiled policy")]
    Foreign,
    /// The header is longer than the file, or than a header can be.
    #[error("the header says that it has {bytes} bytes")]
    HeaderLength {
        /// What it says.
        bytes: usize,
    },
    /// The header is not of this shape.
    #[error("the header of the compiled policy does not read")]
    Header(#[from] serde_json::Error),
}

/// Returns the bytes of an artefact.
///
/// # Errors
/// The header is longer than [`HEADER_LIMIT_BYTES`].
pub fn pack(header: &Header, code: &[u8]) -> Result<Vec<u8>, ArtefactError> {
    let mut json = serde_json::to_vec(header)?;
    // Spaces after JSON mean nothing.
    json.resize((PREFIX_BYTES + json.len()).next_multiple_of(ALIGNMENT_BYTES) - PREFIX_BYTES, b' ');
    let length = u32::try_from(json.len()).ok().filter(|_| json.len() <= HEADER_LIMIT_BYTES);
    let length = length.ok_or(ArtefactError::HeaderLength { bytes: json.len() })?;
    Ok([&MAGIC[..], &length.to_le_bytes(), json.as_slice(), code].concat())
}

/// Returns the header and the machine code of an artefact.
///
/// # Errors
/// See [`ArtefactError`].
pub fn unpack(bytes: &[u8]) -> Result<(Header, &[u8]), ArtefactError> {
    let rest = bytes.strip_prefix(&MAGIC).ok_or(ArtefactError::Foreign)?;
    let (length, rest) = rest.split_first_chunk::<{ size_of::<u32>() }>().ok_or(ArtefactError::Foreign)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
    if length > HEADER_LIMIT_BYTES {
        return Err(ArtefactError::HeaderLength { bytes: length });
    }
    let (header, code) = rest.split_at_checked(length).ok_or(ArtefactError::HeaderLength { bytes: length })?;
    Ok((serde_json::from_slice(header)?, code))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{ALIGNMENT_BYTES, ArtefactError, HEADER_LIMIT_BYTES, Header, WASMTIME, pack, unpack};

    fn header(metadata: &str) -> Header {
        let text = str::to_owned;
        Header { metadata: text(metadata), wasm_sha256: text("00"), target: text("t"), wasmtime: text(WASMTIME) }
    }

    /// What is packed is unpacked, and the code begins where its tables want it.
    #[test]
    fn a_round_trip() {
        for metadata in ["", "{}", "größer", &"m".repeat(1000)] {
            let bytes = pack(&header(metadata), b"code").unwrap();
            assert_eq!(unpack(&bytes).unwrap(), (header(metadata), &b"code"[..]));
            assert_eq!((bytes.len() - 4) % ALIGNMENT_BYTES, 0);
        }
    }

    /// A header of the largest length passes, a longer one does not, and neither does a length that lies.
    #[test]
    fn lengths_are_checked() {
        let rest = pack(&header(""), b"").unwrap().len();
        assert!(pack(&header(&"m".repeat(HEADER_LIMIT_BYTES - rest - ALIGNMENT_BYTES)), b"").is_ok());
        assert!(matches!(pack(&header(&"m".repeat(HEADER_LIMIT_BYTES)), b""), Err(ArtefactError::HeaderLength { .. })));
        let mut bytes = pack(&header(""), b"").unwrap();
        bytes.pop();
        assert!(matches!(unpack(&bytes), Err(ArtefactError::HeaderLength { .. })));
        assert!(matches!(unpack(b"TGPOLICY\xff\xff\xff\xff"), Err(ArtefactError::HeaderLength { .. })));
    }

    /// Other files are no artefacts.
    #[test]
    fn other_files_are_refused() {
        for bytes in [&b""[..], b"\0asm\x01\0\0\0", b"\x7fELF", b"TGPOLIC", b"TGPOLICY\x01\0"] {
            assert!(matches!(unpack(bytes), Err(ArtefactError::Foreign)), "{bytes:?}");
        }
        assert!(matches!(unpack(b"TGPOLICY\x02\0\0\0[]"), Err(ArtefactError::Header(_))));
    }

    /// The engine's name is that of the engine which the workspace is built with.
    #[test]
    fn the_engine_is_the_one_of_the_lock_file() {
        let locked = include_str!("../../../Cargo.lock");
        assert!(locked.contains(&format!("name = \"wasmtime\"\nversion = \"{WASMTIME}\"")), "{WASMTIME}");
    }

    proptest! {
        /// No bytes stop the reader.
        #[test]
        fn any_bytes_are_read_or_refused(bytes in any::<Vec<u8>>()) {
            let _either = unpack(&[b"TGPOLICY", bytes.as_slice()].concat());
        }
    }
}
