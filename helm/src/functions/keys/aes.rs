//! `encryptAES` and `decryptAES`: AES-256 in CBC mode, the password cut or filled to a key, the vector before the text, in base64.
//!
//! Rules: nothing authenticates the text; a wrong password gives wrong bytes, or an error where the padding cannot be.
//!
//! # Source
//! sprig v3.3.0 `crypto.go`, `encryptAES`, `decryptAES`.

use aes::Aes256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::{NoPadding, Pkcs7};
use cbc::cipher::{BlockDecryptMut, BlockEncryptMut, KeyIvInit};

use crate::functions::FunctionError;
use crate::functions::encoding::from_base64;

/// Bytes of a block, and of the vector.
const BLOCK: usize = 16;

/// Returns the bytes of a password that AES-256 takes as key.
fn key(password: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    key.iter_mut().zip(password).for_each(|(to, from)| *to = *from);
    key
}

/// Returns `text`, which is not empty, encrypted under `password`.
pub(super) fn encrypt(password: &[u8], text: &[u8], vector: [u8; BLOCK]) -> String {
    let cipher = cbc::Encryptor::<Aes256>::new(&key(password).into(), &vector.into());
    let encrypted = cipher.encrypt_padded_vec_mut::<Pkcs7>(text);
    STANDARD.encode([vector.as_slice(), &encrypted].concat())
}

/// Returns what [`encrypt`] was given.
///
/// # Errors
/// Go's words: it panics where we find nothing to decrypt.
pub(super) fn decrypt(password: &[u8], encoded: &[u8]) -> Result<Vec<u8>, FunctionError> {
    let sealed = from_base64(encoded)?;
    let Some((vector, sealed)) = sealed.split_first_chunk::<BLOCK>() else {
        return Err(format!("runtime error: slice bounds out of range [:{BLOCK}] with capacity {}", sealed.len()).into());
    };
    if !sealed.len().is_multiple_of(BLOCK) {
        return Err("crypto/cipher: input not full blocks".into());
    }
    let cipher = cbc::Decryptor::<Aes256>::new(&key(password).into(), vector.into());
    let mut text = cipher.decrypt_padded_vec_mut::<NoPadding>(sealed).unwrap_or_default();
    let Some(padding) = text.last().copied().map(usize::from) else {
        return Err("runtime error: index out of range [-1]".into());
    };
    let len = text.len().checked_sub(padding);
    let Some(len) = len else {
        return Err(format!("runtime error: slice bounds out of range [:-{}]", padding - text.len()).into());
    };
    text.truncate(len);
    Ok(text)
}
