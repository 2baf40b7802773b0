//! Signature: who vouches for a policy.
//!
//! In: the keys that the configuration trusts, a minisign signature, the component's bytes. Out: the identifier of the key, or why not.
//! Rules: nothing is fetched and no chain is followed: a key is trusted because the platform's configuration holds it. Where keys are
//! configured, what is not signed by one of them is refused.
//! Not here: making signatures (`minisign -S`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minisign_verify::{PublicKey, Signature};

/// Longest signature file in bytes: four lines.
const SIGNATURE_LIMIT_BYTES: usize = 8 * 1024;

/// A key that the platform trusts.
pub struct TrustedKey {
    /// Its identifier as minisign prints it: 16 hexadecimal digits.
    pub id: String,
    key: PublicKey,
}

/// A text that is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no public key of minisign: one begins with `RW` and has 56 characters")]
pub struct KeyError;

/// Why nobody vouches.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The file is no signature.
    #[error("this is no signature of minisign")]
    Form,
    /// It was made by a key that the configuration does not hold.
    #[error("it is signed by the key {id}, and the configuration holds {known}")]
    UnknownKey {
        /// The key that signed.
        id: String,
        /// The keys that would do.
        known: String,
    },
    /// The bytes are not those that were signed.
    #[error("the signature by the key {id} is not of these bytes")]
    Wrong {
        /// The key.
        id: String,
    },
}

impl TrustedKey {
    /// Returns the key written as the one line of `minisign.pub` that is no comment.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn read(text: &str) -> Result<Self, KeyError> {
        let (Ok(key), Some(id)) = (PublicKey::from_base64(text.trim()), key_id(text.trim())) else { return Err(KeyError) };
        Ok(Self { id, key })
    }
}

/// Returns the identifier in the base64 of a key or a signature: two bytes of algorithm, then eight of identifier.
///
/// # Source
/// minisign, "Signature format" and "Public key format"; its program prints the identifier as a little-endian number.
fn key_id(base64: &str) -> Option<String> {
    let bytes = STANDARD.decode(base64).ok()?;
    let id: [u8; 8] = bytes.get(2..10)?.try_into().ok()?;
    Some(format!("{:016X}", u64::from_le_bytes(id)))
}

/// Returns the identifier of the key that signed these bytes.
///
/// # Errors
/// [`SignatureError`].
pub fn verify(keys: &[TrustedKey], signature: &str, bytes: &[u8]) -> Result<String, SignatureError> {
    let line = signature.lines().nth(1).filter(|_| signature.len() <= SIGNATURE_LIMIT_BYTES).ok_or(SignatureError::Form)?;
    let id = key_id(line.trim()).ok_or(SignatureError::Form)?;
    let signature = Signature::decode(signature).map_err(|_form| SignatureError::Form)?;
    let Some(trusted) = keys.iter().find(|key| key.id == id) else {
        let known = if keys.is_empty() {
            "none".to_owned()
        } else {
            keys.iter().map(|key| key.id.as_str()).collect::<Vec<_>>().join(", ")
        };
        return Err(SignatureError::UnknownKey { id, known });
    };
    // Signatures of minisign's first form are over the bytes themselves and not over their digest; nothing new makes them.
    match trusted.key.verify(bytes, &signature, false) {
        Ok(()) => Ok(id),
        Err(_wrong) => Err(SignatureError::Wrong { id }),
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyError, SignatureError, TrustedKey, verify};

    /// Made by minisign 0.11 (`-G -W`, then `-S`); the secret keys are gone.
    const KEY: &str = include_str!("signature/test.pub");
    const SIGNATURE: &str = include_str!("signature/signed.minisig");
    const OTHER_KEY: &str = include_str!("signature/other.pub");
    const SIGNED: &[u8] = b"a policy\n";

    fn key(text: &str) -> TrustedKey {
        TrustedKey::read(text.lines().nth(1).unwrap()).unwrap()
    }

    /// What was signed is vouched for by the key's identifier.
    #[test]
    fn a_signature_obeyed() {
        let keys = [key(OTHER_KEY), key(KEY)];
        assert_eq!(verify(&keys, SIGNATURE, SIGNED), Ok(keys[1].id.clone()));
        assert!(KEY.contains(&keys[1].id), "the comment of the file names the key: {}", keys[1].id);
    }

    /// Other bytes, another key, no key and no signature are told apart.
    #[test]
    fn a_signature_violated() {
        let id = key(KEY).id;
        assert_eq!(verify(&[key(KEY)], SIGNATURE, b"a policy!\n"), Err(SignatureError::Wrong { id: id.clone() }));
        let known = key(OTHER_KEY).id;
        assert_eq!(verify(&[key(OTHER_KEY)], SIGNATURE, SIGNED), Err(SignatureError::UnknownKey { id: id.clone(), known }));
        assert_eq!(verify(&[], SIGNATURE, SIGNED), Err(SignatureError::UnknownKey { id, known: "none".to_owned() }));
        for text in
            ["", "a\nb\n", KEY, &SIGNATURE.replace("trusted comment", "trusted"), &format!("{SIGNATURE}{}", "\n".repeat(9000))]
        {
            assert_eq!(verify(&[key(KEY)], text, SIGNED), Err(SignatureError::Form), "{text}");
        }
        let changed = SIGNATURE.replace("timestamp:", "timestamp:1");
        assert!(matches!(verify(&[key(KEY)], &changed, SIGNED), Err(SignatureError::Wrong { .. })));
    }

    /// Other texts are no keys.
    #[test]
    fn texts_that_are_no_keys() {
        for text in ["", "RW", KEY, "RUQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO"] {
            assert_eq!(TrustedKey::read(text).err(), Some(KeyError), "{text}");
        }
    }
}
