//! X.509 certificates as Go's `CreateCertificate` writes those of sprig's templates.
//!
//! In: a [`Request`], the keys of subject and issuer. Out: a certificate in PEM.
//! Rules: fields and extensions, their order and what is critical are Go's; names and periods that DER cannot hold are errors.
//! Not here: keys (`private`), argument lists (`keys`).
//!
//! # Source
//! sprig v3.3.0 `crypto.go`, `getBaseCertTemplate`, `getCertAndKey`; Go 1.26 `crypto/x509/x509.go`, `CreateCertificate`,
//! `buildCertExtensions`; RFC 5280; RFC 7093, section 2.

use std::net::IpAddr;
use std::time::Duration;

use sha2::{Digest, Sha256};
use x509_cert::certificate::{Certificate, TbsCertificate, Version};
use x509_cert::der::asn1::{
    AnyRef, BitString, GeneralizedTime, Ia5String, OctetString, PrintableStringRef, SetOfVec, UtcTime, Utf8StringRef,
};
use x509_cert::der::oid::{AssociatedOid, ObjectIdentifier};
use x509_cert::der::{self, Any, Decode, Encode, ErrorKind, Tag, Tagged};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::{Time, Validity};

use super::private::PrivateKey;
use super::{pem, signing};

const OID_COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const OID_SERVER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const OID_CLIENT: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");

/// Bytes of a key's identifier.
const KEY_ID: usize = 20;

/// What a certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It signs others.
    Authority,
    /// It names a server or client.
    Leaf,
}

/// What is asked of a certificate.
pub(super) struct Request {
    /// The subject's common name; an empty one makes an empty subject.
    pub(super) common_name: Vec<u8>,
    /// Addresses the certificate is for.
    pub(super) addresses: Vec<IpAddr>,
    /// Names it is for.
    pub(super) names: Vec<String>,
    /// When it begins, in seconds since the epoch.
    pub(super) not_before: i64,
    /// Days it is valid.
    pub(super) days: i64,
    /// Its number, big-endian.
    pub(super) serial: [u8; 16],
    /// What it is for.
    pub(super) role: Role,
}

/// Who signs.
pub(super) struct Issuer {
    name: Name,
    key_id: Option<Vec<u8>>,
    public: SubjectPublicKeyInfoOwned,
}

impl Issuer {
    /// Reads the certificate of an issuer from the first block of a PEM text.
    ///
    /// # Errors
    /// sprig's words, with `block` as it calls the block there.
    pub(super) fn from_pem(text: &[u8], block: &str) -> Result<Self, String> {
        let Some(found) = pem::decode(text) else { return Err("unable to decode certificate".to_owned()) };
        let certificate = Certificate::from_der(&found.bytes).map_err(|problem| {
            let words = match problem.kind() {
                ErrorKind::TrailingData { .. } => "x509: trailing data",
                _ if begins_with_sequence(&found.bytes) => "x509: malformed certificate",
                _ => "x509: malformed tbs certificate",
            };
            format!("error parsing certificate: {block}.Bytes: {words}")
        })?;
        let fields = certificate.tbs_certificate;
        let key_id = fields.get::<SubjectKeyIdentifier>().ok().flatten().map(|(_, id)| id.0.as_bytes().to_vec());
        Ok(Self { name: fields.subject, key_id, public: fields.subject_public_key_info })
    }
}

/// Says whether bytes are no sequence at all, or one whose first part is a sequence: what Go looks at first.
fn begins_with_sequence(bytes: &[u8]) -> bool {
    match AnyRef::from_der(bytes) {
        Ok(whole) if whole.tag() == Tag::Sequence => whole.value().first() == Some(&u8::from(Tag::Sequence)),
        _ => true,
    }
}

/// Returns the certificate of `key`, signed by itself.
///
/// # Errors
/// Go's words.
pub(super) fn self_signed(request: &Request, key: &PrivateKey) -> Result<String, String> {
    created(request, key, None, key).map_err(|problem| in_creation(&problem))
}

/// Returns the certificate of `key`, signed by an issuer.
///
/// # Errors
/// Go's words.
pub(super) fn signed(request: &Request, key: &PrivateKey, issuer: (&Issuer, &PrivateKey)) -> Result<String, String> {
    created(request, key, Some(issuer.0), issuer.1).map_err(|problem| in_creation(&problem))
}

fn in_creation(problem: &str) -> String {
    format!("error creating certificate: {problem}")
}

fn created(request: &Request, key: &PrivateKey, issuer: Option<&Issuer>, signer: &PrivateKey) -> Result<String, String> {
    let algorithm = signing::algorithm(signer)?;
    let public = signing::public(key)?;
    let subject = subject(&request.common_name)?;
    if issuer.is_some_and(|issuer| signing::public(signer).ok().as_ref() != Some(&issuer.public)) {
        return Err("x509: provided PrivateKey doesn't match parent's PublicKey".to_owned());
    }
    let authority = issuer.filter(|issuer| issuer.name != subject).and_then(|issuer| issuer.key_id.clone());
    let extensions = extensions(request, &public, authority, &subject)?;
    let fields = TbsCertificate {
        version: Version::V3,
        serial_number: SerialNumber::new(significant(&request.serial)).map_err(words)?,
        signature: algorithm.clone(),
        issuer: issuer.map_or_else(|| subject.clone(), |issuer| issuer.name.clone()),
        validity: validity(request.not_before, request.days)?,
        subject,
        subject_public_key_info: public,
        issuer_unique_id: None,
        subject_unique_id: None,
        extensions: Some(extensions),
    };
    let signature = signing::sign(signer, &fields.to_der().map_err(words)?)?;
    let signature = BitString::from_bytes(&signature).map_err(words)?;
    let certificate = Certificate { tbs_certificate: fields, signature_algorithm: algorithm, signature };
    Ok(pem::encode("CERTIFICATE", &certificate.to_der().map_err(words)?))
}

fn words(problem: der::Error) -> String {
    format!("x509: {problem}")
}

/// Returns a number without zeros in front, of which a zero keeps one.
fn significant(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros.min(number.len() - 1)..).unwrap_or(number)
}

/// Go asn1/marshal.go, `makeBody`: what fits is a PrintableString, all else UTF-8.
fn subject(common_name: &[u8]) -> Result<Name, String> {
    if common_name.is_empty() {
        return Ok(Name::default());
    }
    let value = match PrintableStringRef::new(common_name) {
        Ok(printable) => Any::from(printable),
        Err(_unprintable) => {
            let text = std::str::from_utf8(common_name)
                .map_err(|_unused: std::str::Utf8Error| "asn1: string not valid UTF-8".to_owned())?;
            Any::from(Utf8StringRef::new(text).map_err(words)?)
        }
    };
    let attribute = x509_cert::attr::AttributeTypeAndValue { oid: OID_COMMON_NAME, value };
    let attributes = SetOfVec::try_from(vec![attribute]).map_err(words)?;
    Ok(RdnSequence(vec![RelativeDistinguishedName(attributes)]))
}

/// Go computes the end in nanoseconds that wrap around.
fn validity(not_before: i64, days: i64) -> Result<Validity, String> {
    const DAY_NANOSECONDS: i64 = 24 * 60 * 60 * 1_000_000_000;
    let length = DAY_NANOSECONDS.wrapping_mul(days).div_euclid(1_000_000_000);
    Ok(Validity { not_before: time(not_before)?, not_after: time(not_before.saturating_add(length))? })
}

fn time(seconds: i64) -> Result<Time, String> {
    let Ok(seconds) = u64::try_from(seconds) else { return Err("a certificate that ends before 1970 is not made".to_owned()) };
    let since_epoch = Duration::from_secs(seconds);
    // RFC 5280, section 4.1.2.5: years from 2050 on take the longer form.
    match UtcTime::from_unix_duration(since_epoch) {
        Ok(time) => Ok(Time::UtcTime(time)),
        Err(_later) => GeneralizedTime::from_unix_duration(since_epoch).map(Time::GeneralTime).map_err(words),
    }
}

fn extensions(
    request: &Request,
    public: &SubjectPublicKeyInfoOwned,
    authority: Option<Vec<u8>>,
    subject: &Name,
) -> Result<Vec<Extension>, String> {
    let authority_role = request.role == Role::Authority;
    let mut usages = KeyUsages::DigitalSignature | KeyUsages::KeyEncipherment;
    if authority_role {
        usages |= KeyUsages::KeyCertSign;
    }
    let mut all = vec![
        extension(&KeyUsage(usages), true)?,
        extension(&ExtendedKeyUsage(vec![OID_SERVER, OID_CLIENT]), false)?,
        extension(&BasicConstraints { ca: authority_role, path_len_constraint: None }, true)?,
    ];
    if authority_role {
        let digest = Sha256::digest(public.subject_public_key.raw_bytes());
        let id = digest.first_chunk::<KEY_ID>().copied().unwrap_or_default();
        all.push(extension(&SubjectKeyIdentifier(OctetString::new(id).map_err(words)?), false)?);
    }
    if let Some(id) = authority {
        let key_identifier = Some(OctetString::new(id).map_err(words)?);
        all.push(extension(&AuthorityKeyIdentifier { key_identifier, ..AuthorityKeyIdentifier::default() }, false)?);
    }
    let mut names = Vec::new();
    for name in &request.names {
        let ascii =
            Ia5String::new(name).map_err(|_unused: der::Error| format!("x509: {name:?} cannot be encoded as an IA5String"))?;
        names.push(GeneralName::DnsName(ascii));
    }
    for address in &request.addresses {
        let bytes = match address.to_canonical() {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        };
        names.push(GeneralName::IpAddress(OctetString::new(bytes).map_err(words)?));
    }
    if !names.is_empty() {
        all.push(extension(&SubjectAltName(names), subject.is_empty())?);
    }
    Ok(all)
}

fn extension<T: Encode + AssociatedOid>(value: &T, critical: bool) -> Result<Extension, String> {
    let extn_value = value.to_der().and_then(OctetString::new).map_err(words)?;
    Ok(Extension { extn_id: T::OID, critical, extn_value })
}
