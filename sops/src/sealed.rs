//! One sealed value: `ENC[AES256_GCM,data:..,iv:..,tag:..,type:..]`, read strictly, and opened.
//!
//! Rules: all four parts in this order and nothing around them; the nonce has the 32 bytes every SOPS writes; the opened bytes
//! must fit the declared type. Comments keep their ciphertext: nobody needs what was commented out.
//! Not here: which values are sealed (`selector`), what the MAC covers (`open`).

use std::borrow::Cow;
use std::fmt;

use aes_gcm::aead::consts::U32;
use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::aes::Aes256;
use aes_gcm::{AesGcm, Nonce, Tag};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use yaml::{Node, Span, Value};
use zeroize::Zeroizing;

use crate::scalar;
use crate::timestamp::{self, Fraction};
use crate::tree::{Scalar, text_of};

/// Bytes of a data key.
pub(crate) const KEY_BYTES: usize = 32;
/// Bytes of a nonce; far from the usual 12, and the reason why most libraries cannot read SOPS.
const NONCE_BYTES: usize = 32;
/// Bytes of an authentication tag.
const TAG_BYTES: usize = 16;

/// The type a sealed value declares. SOPS does not authenticate it: who can write the file can turn the text `1` into a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `str`.
    String,
    /// `int`.
    Integer,
    /// `float`.
    Float,
    /// `bool`.
    Boolean,
    /// `time`; a string for Helm.
    Time,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::String => "str",
            Self::Integer => "int",
            Self::Float => "float",
            Self::Boolean => "bool",
            Self::Time => "time",
        })
    }
}

/// SHA-256 of a sealed value as it lies in the file (ciphertext, nonce, tag): changes when the file is sealed anew, and says
/// nothing of the value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest(pub [u8; 32]);

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What stands in the brackets.
#[derive(Debug)]
pub(crate) enum Content<'a> {
    /// A value to open.
    Value(Sealed<'a>),
    /// A comment that SOPS stored as an item of a list.
    Comment,
}

/// A sealed value, taken apart.
#[derive(Debug)]
pub(crate) struct Sealed<'a> {
    data: &'a str,
    nonce: &'a str,
    tag: &'a str,
    kind: Kind,
}

/// Why a text is no sealed value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// It does not have the form at all.
    #[error("it is not `ENC[AES256_GCM,data:..,iv:..,tag:..,type:..]`")]
    Form,
    /// Something follows the closing bracket; SOPS would ignore it.
    #[error("text follows the closing bracket")]
    Trailing,
    /// The data, nonce or tag is not standard base64 with padding, or not of its length.
    #[error("its `{0}` is not base64 of the right length")]
    Base64(&'static str),
    /// SOPS itself crashes on this type, and nothing writes it.
    #[error("its type is `bytes`, which no SOPS writes")]
    Bytes,
    /// A type that SOPS does not know.
    #[error("its type is unknown")]
    Type,
}

/// Why a sealed value does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The text cannot be read.
    Malformed(Malformed),
    /// Ciphertext, nonce, tag and path do not belong together.
    Unauthentic,
    /// The opened bytes are not of the declared type.
    NotOfKind(Kind),
}

/// A value that was opened.
pub(crate) struct Plain {
    /// As Helm sees it; nothing when the float is not finite, which Helm refuses.
    pub(crate) scalar: Option<Scalar>,
    /// As the MAC sees it.
    pub(crate) hashed: Zeroizing<Vec<u8>>,
    /// Of the ciphertext.
    pub(crate) digest: Digest,
    /// As declared.
    pub(crate) kind: Kind,
}

/// How a sealed value begins, whoever sealed it.
const OPENING: &str = "ENC[";
/// How a value sealed by SOPS begins.
const SOPS_OPENING: &str = "ENC[AES256_GCM,";

/// Says whether a text looks like, or contains, a sealed value.
pub(crate) fn looks_sealed(text: &str) -> bool {
    text.trim_start().starts_with(OPENING) || text.contains(SOPS_OPENING)
}

/// Returns the place of the first scalar with sealed text in a tree that should hold none.
///
/// Sealed text in an unsealed layer would reach the cluster as it is. Keys are looked at too.
#[must_use]
pub fn holds_sealed_text(root: &Node) -> Option<Span> {
    match &root.value {
        Value::String(text) => looks_sealed(text).then_some(root.span),
        Value::Sequence(items) => items.iter().find_map(holds_sealed_text),
        Value::Mapping(entries) => entries
            .iter()
            .find_map(|entry| if looks_sealed(&entry.key) { Some(entry.key_span) } else { holds_sealed_text(&entry.value) }),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Time(_) => None,
    }
}

/// Takes a sealed value apart.
///
/// # Source
/// SOPS `aes/cipher.go`, `parse`, whose pattern is open at the end; this one is not.
pub(crate) fn parse(text: &str) -> Result<Content<'_>, Malformed> {
    let inner = text.strip_prefix("ENC[AES256_GCM,data:").ok_or(Malformed::Form)?;
    let (inner, rest) = inner.split_once(']').ok_or(Malformed::Form)?;
    if !rest.is_empty() {
        return Err(Malformed::Trailing);
    }
    let (data, inner) = inner.split_once(",iv:").ok_or(Malformed::Form)?;
    let (nonce, inner) = inner.split_once(",tag:").ok_or(Malformed::Form)?;
    let (tag, kind) = inner.split_once(",type:").ok_or(Malformed::Form)?;
    let kind = match kind {
        "str" => Kind::String,
        "int" => Kind::Integer,
        "float" => Kind::Float,
        "bool" => Kind::Boolean,
        "time" => Kind::Time,
        "comment" => return Ok(Content::Comment),
        "bytes" => return Err(Malformed::Bytes),
        _ => return Err(Malformed::Type),
    };
    Ok(Content::Value(Sealed { data, nonce, tag, kind }))
}

/// The data key of a file, ready to open its values.
pub(crate) struct Cipher(AesGcm<Aes256, U32>);

impl Cipher {
    /// Returns the cipher of a data key.
    pub(crate) fn new(key: &[u8; KEY_BYTES]) -> Self {
        Self(AesGcm::new(key.into()))
    }

    /// Opens a value that belongs to `additional` (its path, or the time of the MAC).
    pub(crate) fn open(&self, sealed: &Sealed<'_>, additional: &str) -> Result<Plain, Refused> {
        let decode = |text: &str, part| STANDARD.decode(text).ok().ok_or(Refused::Malformed(Malformed::Base64(part)));
        let mut bytes = Zeroizing::new(decode(sealed.data, "data")?);
        let nonce: [u8; NONCE_BYTES] = exact(&decode(sealed.nonce, "iv")?).ok_or(Refused::Malformed(Malformed::Base64("iv")))?;
        let tag: [u8; TAG_BYTES] = exact(&decode(sealed.tag, "tag")?).ok_or(Refused::Malformed(Malformed::Base64("tag")))?;
        let digest = Digest(Sha256::new().chain_update(&bytes).chain_update(nonce).chain_update(tag).finalize().into());
        self.0
            .decrypt_inout_detached(&Nonce::from(nonce), additional.as_bytes(), bytes.as_mut_slice().into(), &Tag::from(tag))
            .ok()
            .ok_or(Refused::Unauthentic)?;
        typed(bytes, sealed.kind, digest).ok_or(Refused::NotOfKind(sealed.kind))
    }
}

fn exact<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

/// Gives opened bytes their type, and the bytes the MAC covers: those of the *typed* value, so `1.50` is hashed as `1.5`.
///
/// # Source
/// SOPS `aes/cipher.go`, `Decrypt`; `sops.go`, `ToBytes`.
fn typed(bytes: Zeroizing<Vec<u8>>, kind: Kind, digest: Digest) -> Option<Plain> {
    if kind == Kind::String {
        let hashed = bytes.clone();
        return Some(Plain { scalar: Some(Scalar::String(text_of(bytes))), hashed, digest, kind });
    }
    let text = std::str::from_utf8(&bytes).ok()?;
    let (scalar, hashed) = match kind {
        Kind::Integer => {
            let value: i64 = text.parse().ok()?;
            (Some(Scalar::Number(scalar::number(value))), Cow::Owned(value.to_string()))
        }
        Kind::Float => {
            let value: f64 = text.parse().ok()?;
            (value.is_finite().then(|| Scalar::Number(scalar::float_number(value))), scalar::float(value))
        }
        Kind::Boolean => {
            let value = boolean(text)?;
            (Some(Scalar::Bool(value)), Cow::Borrowed(scalar::boolean(value)))
        }
        Kind::Time | Kind::String => {
            let value = timestamp::canonical(text, Fraction::Keep)?;
            (Some(Scalar::String(value.clone())), Cow::Owned(value))
        }
    };
    Some(Plain { scalar, hashed: Zeroizing::new(hashed.into_owned().into_bytes()), digest, kind })
}

/// Reads a boolean.
///
/// # Source
/// Go `strconv.ParseBool`.
fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Cipher, Content, Kind, Malformed, Refused, looks_sealed, parse, typed};
    use crate::Scalar;
    use crate::sealed::Digest;
    use zeroize::Zeroizing;

    #[track_caller]
    fn check(text: &str, expected: Result<Option<Kind>, Malformed>) {
        let found = parse(text).map(|content| match content {
            Content::Value(sealed) => Some(sealed.kind),
            Content::Comment => None,
        });
        assert_eq!(found, expected, "{text}");
    }

    /// The form is read from the first to the last byte, with nothing before, between or after.
    #[test]
    fn only_the_exact_form_is_read() {
        check("ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:str]", Ok(Some(Kind::String)));
        check("ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:time]", Ok(Some(Kind::Time)));
        check("ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:comment]", Ok(None));
        check("ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:bytes]", Err(Malformed::Bytes));
        check("ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:Str]", Err(Malformed::Type));
        check("ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:str] ", Err(Malformed::Trailing));
        check("ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:str]]", Err(Malformed::Trailing));
        check(" ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:str]", Err(Malformed::Form));
        check("ENC[AES256_GCM,iv:YQ==,data:YQ==,tag:YQ==,type:str]", Err(Malformed::Form));
        check("ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:str", Err(Malformed::Form));
        check("ENC[PKCS7,MIIB]", Err(Malformed::Form));
        check("", Err(Malformed::Form));
    }

    /// Base64 is standard, padded, without spare bits; nonce and tag have one length.
    #[test]
    fn parts_have_their_encoding_and_length() {
        let nonce = "A".repeat(43) + "=";
        let tag = "A".repeat(22) + "==";
        let check = |data: &str, nonce: &str, tag: &str, expected: Refused| {
            let text = format!("ENC[AES256_GCM,data:{data},iv:{nonce},tag:{tag},type:str]");
            let Ok(Content::Value(sealed)) = parse(&text) else { panic!("{text}") };
            assert_eq!(Cipher::new(&[0; 32]).open(&sealed, "").err(), Some(expected), "{text}");
        };
        check("YQ==", &nonce, &tag, Refused::Unauthentic);
        check("YQ", &nonce, &tag, Refused::Malformed(Malformed::Base64("data")));
        check("YR==", &nonce, &tag, Refused::Malformed(Malformed::Base64("data")));
        check("YQ==", "AAAA", &tag, Refused::Malformed(Malformed::Base64("iv")));
        check("YQ==", &nonce, "AAAA", Refused::Malformed(Malformed::Base64("tag")));
        check("_-==", &nonce, &tag, Refused::Malformed(Malformed::Base64("data")));
    }

    /// Opened bytes become the declared type, or nothing; what is hashed is the typed value's own text.
    #[test]
    fn bytes_are_typed_and_hashed_again() {
        let check = |bytes: &str, kind, expected: Option<(Option<Scalar>, &str)>| {
            let plain = typed(Zeroizing::new(bytes.as_bytes().to_vec()), kind, Digest([0; 32]));
            let found = plain.as_ref().map(|plain| (plain.scalar.clone(), std::str::from_utf8(&plain.hashed).unwrap()));
            assert_eq!(found, expected, "{bytes}");
        };
        let string = |text: &str| Some(Scalar::String(text.to_owned()));
        check("12345", Kind::String, Some((string("12345"), "12345")));
        check("+0012", Kind::Integer, Some((Some(Scalar::Number(12.0)), "12")));
        check("9223372036854775808", Kind::Integer, None);
        check("1.50", Kind::Float, Some((Some(Scalar::Number(1.5)), "1.5")));
        check("+Inf", Kind::Float, Some((None, "+Inf")));
        check("-0", Kind::Float, Some((Some(Scalar::Number(0.0)), "-0")));
        check("one", Kind::Float, None);
        check("T", Kind::Boolean, Some((Some(Scalar::Bool(true)), "True")));
        check("yes", Kind::Boolean, None);
        check("2024-01-01T00:00:00.50+00:00", Kind::Time, Some((string("2024-01-01T00:00:00.5Z"), "2024-01-01T00:00:00.5Z")));
        check("2024-01-01", Kind::Time, None);
    }

    /// Sealed text is found at the start, whoever sealed it, and anywhere when SOPS did.
    #[test]
    fn sealed_text_is_recognised() {
        for (text, expected) in [
            ("ENC[AES256_GCM,data:x]", true),
            ("  ENC[PKCS7,x]", true),
            ("password=ENC[AES256_GCM,data:x]", true),
            ("the form ENC[..] is explained", false),
            ("enc[", false),
        ] {
            assert_eq!(looks_sealed(text), expected, "{text}");
        }
    }
}
