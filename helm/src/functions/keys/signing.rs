//! What a private key does for a certificate: its public half, and signatures.
//!
//! Rules: signatures depend on key and message only: RSA with PKCS #1 v1.5, ECDSA after RFC 6979, Ed25519.
//!
//! # Source
//! Go `crypto/x509/x509.go`, `signingParamsForKey`, `marshalPublicKey`, `signTBS`; `crypto/rsa/rsa.go`, `checkKeySize`.

use p256::ecdsa::signature::Signer;
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::pkcs1v15;
use rsa::sha2::Sha256;
use rsa::signature::SignatureEncoding;
use rsa::traits::PublicKeyParts;
use x509_cert::der::asn1::BitString;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{self, Any};
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use super::private::{OID_EC, OID_ED25519, OID_P256, OID_P384, OID_RSA, PrivateKey};

const OID_SHA256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const OID_ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const OID_ECDSA_WITH_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");

/// What a key is told whose algorithm signs no certificate.
const NO_SIGNER: &str = "x509: certificate private key does not implement crypto.Signer";

/// Bits of the smallest RSA modulus that signs.
pub(super) const RSA_BITS: usize = 1024;

/// Returns the public half of a key, as it stands in a certificate.
///
/// # Errors
/// Go's words: a DSA key stands in none.
pub(super) fn public(key: &PrivateKey) -> Result<SubjectPublicKeyInfoOwned, String> {
    let words = |problem: der::Error| problem.to_string();
    let (oid, parameters, bytes) = match key {
        PrivateKey::Rsa(key) => {
            let bytes = key.to_public_key().to_pkcs1_der().map_err(|problem| problem.to_string())?;
            (OID_RSA, Some(Any::null()), bytes.into_vec())
        }
        PrivateKey::Dsa(_) => return Err("x509: unsupported public key type: *dsa.PublicKey".to_owned()),
        PrivateKey::P256(key) => (OID_EC, Some(Any::from(OID_P256)), key.public_key().to_sec1_bytes().into_vec()),
        PrivateKey::P384(key) => (OID_EC, Some(Any::from(OID_P384)), key.public_key().to_sec1_bytes().into_vec()),
        PrivateKey::Ed25519(key) => (OID_ED25519, None, key.verifying_key().to_bytes().to_vec()),
    };
    let subject_public_key = BitString::from_bytes(&bytes).map_err(words)?;
    Ok(SubjectPublicKeyInfoOwned { algorithm: AlgorithmIdentifierOwned { oid, parameters }, subject_public_key })
}

/// Returns how a key signs.
///
/// # Errors
/// Go's words: a DSA key does not.
pub(super) fn algorithm(key: &PrivateKey) -> Result<AlgorithmIdentifierOwned, String> {
    let (oid, parameters) = match key {
        PrivateKey::Rsa(_) => (OID_SHA256_WITH_RSA, Some(Any::null())),
        PrivateKey::P256(_) => (OID_ECDSA_WITH_SHA256, None),
        PrivateKey::P384(_) => (OID_ECDSA_WITH_SHA384, None),
        PrivateKey::Ed25519(_) => (OID_ED25519, None),
        PrivateKey::Dsa(_) => return Err(NO_SIGNER.to_owned()),
    };
    Ok(AlgorithmIdentifierOwned { oid, parameters })
}

/// Returns the signature of `message`.
///
/// # Errors
/// Go's words: the key is too small, or of an algorithm that does not sign.
pub(super) fn sign(key: &PrivateKey, message: &[u8]) -> Result<Vec<u8>, String> {
    match key {
        PrivateKey::Rsa(key) => {
            let bits = key.n().bits();
            if bits < RSA_BITS {
                return Err(format!(
                    "crypto/rsa: {bits}-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)"
                ));
            }
            let signer = pkcs1v15::SigningKey::<Sha256>::new((**key).clone());
            signer.try_sign(message).map(|signature| signature.to_vec()).map_err(|problem| problem.to_string())
        }
        PrivateKey::P256(key) => {
            let signature: p256::ecdsa::DerSignature = p256::ecdsa::SigningKey::from(key).sign(message);
            Ok(signature.as_bytes().to_vec())
        }
        PrivateKey::P384(key) => {
            let signature: p384::ecdsa::DerSignature = p384::ecdsa::SigningKey::from(key).sign(message);
            Ok(signature.as_bytes().to_vec())
        }
        PrivateKey::Ed25519(key) => Ok(key.sign(message).to_bytes().to_vec()),
        PrivateKey::Dsa(_) => Err(NO_SIGNER.to_owned()),
    }
}
