//! Private keys: read from PEM, written to it, signing.
//!
//! In: PEM text. Out: a [`PrivateKey`].
//! Rules: RSA, ECDSA over P-256 and P-384, Ed25519, and DSA, which signs no certificate. A key is written in the form that belongs
//! to its algorithm, however it was read.
//! Not here: making keys (`generate`).
//!
//! # Source
//! sprig v3.3.0 `crypto.go`, `parsePrivateKeyPEM`, `pemBlockForKey`; Go `crypto/x509` `pkcs1.go`, `pkcs8.go`, `sec1.go`.

use rsa::pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey};
use rsa::pkcs8::{AlgorithmIdentifierRef, ObjectIdentifier, PrivateKeyInfo};
use rsa::{BigUint, RsaPrivateKey};
use sec1::{EcParameters, EcPrivateKey};
use x509_cert::der::asn1::Uint;
use x509_cert::der::{self, Decode, Encode};

use super::pem;
use crate::functions::FunctionError;

pub(super) const OID_EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
pub(super) const OID_ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
pub(super) const OID_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
pub(super) const OID_P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
pub(super) const OID_P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

/// Bytes of the largest key that is read, one of 8192 bits in RSA: signing with a larger one takes seconds.
pub(super) const KEY_BYTES: usize = 5 << 10;

/// A private key.
pub(super) enum PrivateKey {
    /// RSA, two primes.
    Rsa(Box<RsaPrivateKey>),
    /// DSA: five numbers in the form OpenSSL writes.
    Dsa(Dsa),
    /// ECDSA over P-256.
    P256(p256::SecretKey),
    /// ECDSA over P-384.
    P384(p384::SecretKey),
    /// Ed25519.
    Ed25519(Box<ed25519_dalek::SigningKey>),
}

/// A DSA key.
pub(super) struct Dsa {
    /// Modulus, order, generator, public and private number.
    pub(super) numbers: [BigUint; 5],
}

impl PrivateKey {
    /// Reads the first block of a PEM text.
    ///
    /// # Errors
    /// There is none, or it holds no key.
    pub(super) fn from_pem(text: &[u8]) -> Result<Self, String> {
        let Some(block) = pem::decode(text) else { return Err("no PEM data in input".to_owned()) };
        if block.bytes.len() > KEY_BYTES {
            return Err(format!("a private key of more than {KEY_BYTES} bytes"));
        }
        if block.kind == b"PRIVATE KEY" {
            return Self::from_pkcs8(&block.bytes).map_err(|problem| format!("decoding PEM as PKCS#8: {problem}"));
        }
        let kind = String::from_utf8_lossy(&block.kind).into_owned();
        let Some(algorithm) = kind.strip_suffix(" PRIVATE KEY") else {
            return Err(format!("no private key data in PEM block of type {kind}"));
        };
        match algorithm {
            "RSA" => Self::from_pkcs1(&block.bytes).map_err(|problem| format!("parsing RSA private key from PEM: {problem}")),
            "EC" => Self::from_sec1(None, &block.bytes).map_err(|problem| format!("parsing EC private key from PEM: {problem}")),
            "DSA" => Self::from_dsa(&block.bytes).map_err(|problem| format!("parsing DSA private key from PEM: {problem}")),
            _ => Err(format!("invalid private key type {kind}")),
        }
    }

    fn from_pkcs8(bytes: &[u8]) -> Result<Self, String> {
        let malformed = |problem: der::Error| mistaken(bytes).unwrap_or_else(|| format!("asn1: structure error: {problem}"));
        let info = PrivateKeyInfo::from_der(bytes).map_err(malformed)?;
        let algorithm = info.algorithm.oid;
        if algorithm == OID_RSA {
            return Self::from_pkcs1(info.private_key);
        }
        if algorithm == OID_EC {
            let curve = info.algorithm.parameters_oid().ok();
            return Self::from_sec1(curve, info.private_key)
                .map_err(|problem| format!("x509: failed to parse EC private key embedded in PKCS#8: {problem}"));
        }
        if algorithm == OID_ED25519 {
            let seed = der::asn1::OctetStringRef::from_der(info.private_key)
                .map_err(|problem| format!("x509: invalid Ed25519 private key: {problem}"))?;
            let seed = <[u8; 32]>::try_from(seed.as_bytes()).map_err(|_unused: std::array::TryFromSliceError| {
                format!("x509: invalid Ed25519 private key length: {}", seed.len())
            })?;
            return Ok(Self::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(&seed))));
        }
        Err(format!("x509: PKCS#8 wrapping contained private key with unknown algorithm: {algorithm}"))
    }

    fn from_pkcs1(bytes: &[u8]) -> Result<Self, String> {
        let malformed =
            |problem: rsa::pkcs1::Error| mistaken(bytes).unwrap_or_else(|| format!("x509: malformed RSA private key: {problem}"));
        let key = RsaPrivateKey::from_pkcs1_der(bytes).map_err(malformed)?;
        Ok(Self::Rsa(Box::new(key)))
    }

    fn from_sec1(curve: Option<ObjectIdentifier>, bytes: &[u8]) -> Result<Self, String> {
        let malformed =
            |problem: der::Error| mistaken(bytes).unwrap_or_else(|| format!("x509: failed to parse EC private key: {problem}"));
        let key = EcPrivateKey::from_der(bytes).map_err(malformed)?;
        let curve = curve.or(key.parameters.and_then(|parameters| parameters.named_curve()));
        let unfit = |_: p256::elliptic_curve::Error| "x509: invalid elliptic curve private key value".to_owned();
        let number = key.private_key;
        match curve {
            Some(OID_P256) => p256::SecretKey::from_slice(&padded(number, 32)?).map(Self::P256).map_err(unfit),
            Some(OID_P384) => p384::SecretKey::from_slice(&padded(number, 48)?).map(Self::P384).map_err(unfit),
            Some(other) => Err(format!("x509: unknown elliptic curve {other}; known are P-256 and P-384")),
            None => Err("x509: unknown elliptic curve".to_owned()),
        }
    }

    fn from_dsa(bytes: &[u8]) -> Result<Self, String> {
        let numbers = Vec::<Uint>::from_der(bytes).map_err(|problem| format!("asn1: structure error: {problem}"))?;
        let [_version, p, q, g, y, x] = numbers.as_slice() else {
            return Err(format!("asn1: structure error: {} numbers", numbers.len()));
        };
        Ok(Self::Dsa(Dsa { numbers: [p, q, g, y, x].map(|number| BigUint::from_bytes_be(number.as_bytes())) }))
    }

    /// Returns the key as PEM, in the form of its algorithm.
    ///
    /// # Errors
    /// It cannot be written, which does not happen to a key that was read or made.
    pub(super) fn to_pem(&self) -> Result<String, FunctionError> {
        let (kind, bytes) = self.to_der().map_err(|problem| format!("error pem-encoding key: {problem}"))?;
        Ok(pem::encode(kind, &bytes))
    }

    fn to_der(&self) -> Result<(&'static str, Vec<u8>), String> {
        let words = |problem: der::Error| problem.to_string();
        let bytes = match self {
            Self::Rsa(key) => {
                let document = key.to_pkcs1_der().map_err(|problem| problem.to_string())?;
                return Ok(("RSA PRIVATE KEY", document.as_bytes().to_vec()));
            }
            Self::Dsa(Dsa { numbers }) => {
                let version = std::iter::once(Uint::new(&[0]));
                let all = version.chain(numbers.iter().map(|number| Uint::new(&number.to_bytes_be())));
                let all = all.collect::<der::Result<Vec<Uint>>>().map_err(words)?;
                return Ok(("DSA PRIVATE KEY", all.to_der().map_err(words)?));
            }
            Self::P256(key) => sec1_der(OID_P256, &key.to_bytes(), &key.public_key().to_sec1_bytes()),
            Self::P384(key) => sec1_der(OID_P384, &key.to_bytes(), &key.public_key().to_sec1_bytes()),
            Self::Ed25519(key) => {
                let seed = key.to_bytes();
                let inner = der::asn1::OctetStringRef::new(&seed).and_then(|seed| seed.to_der()).map_err(words)?;
                let algorithm = AlgorithmIdentifierRef { oid: OID_ED25519, parameters: None };
                return Ok(("PRIVATE KEY", PrivateKeyInfo::new(algorithm, &inner).to_der().map_err(words)?));
            }
        };
        Ok(("EC PRIVATE KEY", bytes.map_err(words)?))
    }
}

/// Returns Go's words for a key of another form than the one it was taken for; nothing where it is of none.
fn mistaken(bytes: &[u8]) -> Option<String> {
    let reader = if EcPrivateKey::from_der(bytes).is_ok() {
        "ParseECPrivateKey"
    } else if PrivateKeyInfo::from_der(bytes).is_ok() {
        "ParsePKCS8PrivateKey"
    } else if rsa::pkcs1::RsaPrivateKey::from_der(bytes).is_ok() {
        "ParsePKCS1PrivateKey"
    } else {
        return None;
    };
    Some(format!("x509: failed to parse private key (use {reader} instead for this key format)"))
}

/// Returns a number in exactly `len` bytes; Go strips and adds zeros in front.
fn padded(number: &[u8], len: usize) -> Result<Vec<u8>, String> {
    let spare = number.len().saturating_sub(len);
    let (zeros, digits) = number.split_at_checked(spare).unwrap_or((&[], number));
    if zeros.iter().any(|byte| *byte != 0) {
        return Err("x509: invalid private key length".to_owned());
    }
    Ok(std::iter::repeat_n(0, len - digits.len()).chain(digits.iter().copied()).collect())
}

fn sec1_der(curve: ObjectIdentifier, number: &[u8], public: &[u8]) -> der::Result<Vec<u8>> {
    EcPrivateKey { private_key: number, parameters: Some(EcParameters::NamedCurve(curve)), public_key: Some(public) }.to_der()
}
