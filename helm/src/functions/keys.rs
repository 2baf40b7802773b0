//! Keys, certificates and password hashes: `genCA`, `genPrivateKey`, `htpasswd`, `derivePassword`, `encryptAES`, ...
//!
//! In: argument values, the bytes and the instant of this call. Out: text, or a certificate with its key.
//! Rules: every byte that is not given comes from [`super::Chance`]. Where chance is refused a stand-in of the right shape is made, at
//! little cost, for templates to go on with; it is the pseudo-leaf that keeps it out of the output. What is wrong with an argument is
//! found before anything costly is done, and what is costly counts as steps.
//! Not here: random strings (`random`), hashes of text (`hashes`).
//!
//! # Source
//! sprig v3.3.0 `functions.go`, `genericMap`; `crypto.go`.

mod aes;
mod certificate;
mod generate;
mod passwords;
mod pem;
mod primes;
mod private;
mod signing;

use std::net::IpAddr;
use std::rc::Rc;

use super::signature::{Outcome, argument, bytes, fixed, integer, text, within};
use super::stream::Stream;
use super::{Environment, Function, FunctionError, Keeps, Parameter, Supply, encoding};
use crate::gofmt;
use crate::meter;
use crate::provenance::Leaves;
use crate::value::{Data, Map, Object, ObjectKind, Value};
use certificate::{Issuer, Request, Role};
use generate::Algorithm;
use passwords::Account;
use private::PrivateKey;

#[rustfmt::skip]
pub(super) const TABLE: &[Function] = {
    use Parameter::{Certificate, Int, List, String, Uint32};
    &[
        fixed("bcrypt", &[String], Keeps::Derives, bcrypt),
        fixed("buildCustomCert", &[String, String], Keeps::Derives, build_custom_cert),
        fixed("decryptAES", &[String, String], Keeps::Derives, decrypt_aes),
        fixed("derivePassword", &[Uint32, String, String, String, String], Keeps::Derives, derive_password),
        fixed("encryptAES", &[String, String], Keeps::Derives, encrypt_aes),
        fixed("genCA", &[String, Int], Keeps::Derives, |environment, values| {
            certify(environment, values, &Call { function: "genCA", ..AUTHORITY })
        }),
        fixed("genCAWithKey", &[String, Int, String], Keeps::Derives, |environment, values| {
            certify(environment, values, &Call { function: "genCAWithKey", key: Some(2), ..AUTHORITY })
        }),
        fixed("genPrivateKey", &[String], Keeps::Derives, gen_private_key),
        fixed("genSelfSignedCert", &[String, List, List, Int], Keeps::Derives, |environment, values| {
            certify(environment, values, &Call { function: "genSelfSignedCert", ..LEAF })
        }),
        fixed("genSelfSignedCertWithKey", &[String, List, List, Int, String], Keeps::Derives, |environment, values| {
            certify(environment, values, &Call { function: "genSelfSignedCertWithKey", key: Some(4), ..LEAF })
        }),
        fixed("genSignedCert", &[String, List, List, Int, Certificate], Keeps::Derives, |environment, values| {
            certify(environment, values, &Call { function: "genSignedCert", issuer: Some(4), ..LEAF })
        }),
        fixed("genSignedCertWithKey", &[String, List, List, Int, Certificate, String], Keeps::Derives, |environment, values| {
            certify(environment, values, &Call { function: "genSignedCertWithKey", issuer: Some(4), key: Some(5), ..LEAF })
        }),
        fixed("htpasswd", &[String, String], Keeps::Derives, htpasswd),
    ]
};

/// Where the arguments of a certificate stand.
struct Call {
    function: &'static str,
    role: Role,
    days: usize,
    /// Addresses and names.
    alternatives: Option<(usize, usize)>,
    issuer: Option<usize>,
    key: Option<usize>,
}

const AUTHORITY: Call = Call { function: "", role: Role::Authority, days: 1, alternatives: None, issuer: None, key: None };
const LEAF: Call = Call { function: "", role: Role::Leaf, days: 3, alternatives: Some((1, 2)), issuer: None, key: None };

/// Bits of the keys that certificates come with.
const CERTIFICATE_BITS: usize = 2048;
/// Bits of what `genPrivateKey "rsa"` makes.
const PRIVATE_BITS: usize = 4096;

/// Steps of `derivePassword`: 64 MiB of scrypt, some 160 milliseconds.
const DERIVED_STEPS: usize = 800_000;

/// Steps that count as a millisecond of work.
const STEPS_PER_MILLISECOND: u64 = 5_000;

/// Milliseconds that costly work takes on a machine of 2024, rounded up.
mod milliseconds {
    /// 2^10 rounds of bcrypt.
    pub(super) const BCRYPT: u64 = 80;
    /// A key handed in signs, an RSA key of 8192 bits at worst.
    pub(super) const SIGNATURE: u64 = 10;
    /// Two primes of 1024 bits.
    pub(super) const RSA_2048: u64 = 100;
    /// Two primes of 2048 bits.
    pub(super) const RSA_4096: u64 = 1_200;
    /// A prime of 2048 bits in a sparse progression.
    pub(super) const DSA: u64 = 500;
}

fn charge(environment: &mut Environment<'_>, milliseconds: u64) {
    environment.effort = environment.effort.saturating_add(milliseconds * STEPS_PER_MILLISECOND);
}

fn bcrypt(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let password = text(values, 0)?;
    let (hash, leaves) = hashed(environment, "bcrypt", password.as_bytes());
    Ok(bytes(&hash).derived_from(&leaves))
}

fn htpasswd(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (user, password) = (text(values, 0)?, text(values, 1)?);
    if user.as_bytes().contains(&b':') {
        return Ok(bytes(&[b"invalid username: ", user.as_bytes()].concat()));
    }
    let (hash, leaves) = hashed(environment, "htpasswd", password.as_bytes());
    Ok(bytes(&[user.as_bytes(), b":", &hash].concat()).derived_from(&leaves))
}

fn hashed(environment: &mut Environment<'_>, function: &'static str, password: &[u8]) -> (Vec<u8>, Leaves) {
    if let Some(words) = passwords::refusal(password) {
        return (words.into(), Leaves::NONE);
    }
    let (mut stream, leaves) = Stream::draw(environment, function);
    if environment.chance.supply() == Supply::StandIn {
        return (passwords::STAND_IN.into(), leaves);
    }
    charge(environment, milliseconds::BCRYPT);
    (passwords::hash(password, stream.array()).into(), leaves)
}

fn derive_password(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let texts = [text(values, 1)?, text(values, 2)?, text(values, 3)?, text(values, 4)?];
    let [kind, password, user, site] = texts.each_ref().map(|text| text.as_bytes());
    // Go keeps the low half of a constant.
    let counter = u32::try_from(integer(values, 0)? & i64::from(u32::MAX)).unwrap_or_default();
    // It is no key and nobody is spared it: it counts as any other work.
    meter::spend(DERIVED_STEPS)?;
    Ok(bytes(&passwords::derive(&Account { counter, kind, password, user, site })))
}

fn encrypt_aes(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (password, text) = (text(values, 0)?, text(values, 1)?);
    if text.as_bytes().is_empty() {
        return Ok(Value::string(""));
    }
    within(environment, text.as_bytes().len().saturating_add(32).div_ceil(3).saturating_mul(4))?;
    let (mut stream, leaves) = Stream::draw(environment, "encryptAES");
    let sealed = aes::encrypt(password.as_bytes(), text.as_bytes(), stream.array());
    Ok(Value::string(&sealed).derived_from(&leaves))
}

fn decrypt_aes(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let (password, sealed) = (text(values, 0)?, text(values, 1)?);
    if sealed.as_bytes().is_empty() {
        return Ok(Value::string(""));
    }
    Ok(bytes(&aes::decrypt(password.as_bytes(), sealed.as_bytes())?))
}

fn gen_private_key(environment: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let kind = text(values, 0)?;
    let algorithm = match kind.as_bytes() {
        b"" | b"rsa" => Algorithm::Rsa(PRIVATE_BITS),
        b"dsa" => Algorithm::Dsa,
        b"ecdsa" => Algorithm::P256,
        b"ed25519" => Algorithm::Ed25519,
        unknown => return Ok(bytes(&[b"Unknown type ", unknown].concat())),
    };
    let (mut stream, leaves) = Stream::draw(environment, "genPrivateKey");
    let key = new_key(environment, &mut stream, algorithm)?;
    Ok(Value::string(&key.to_pem()?).derived_from(&leaves))
}

/// Makes a key; one that costs nothing where nobody may see it.
fn new_key(environment: &mut Environment<'_>, stream: &mut Stream, algorithm: Algorithm) -> Result<PrivateKey, FunctionError> {
    let algorithm = match (environment.chance.supply(), algorithm) {
        (Supply::StandIn, Algorithm::Rsa(_) | Algorithm::Dsa) => Algorithm::Ed25519,
        (_, algorithm) => algorithm,
    };
    match algorithm {
        Algorithm::Rsa(CERTIFICATE_BITS) => charge(environment, milliseconds::RSA_2048),
        Algorithm::Rsa(_) => charge(environment, milliseconds::RSA_4096),
        Algorithm::Dsa => charge(environment, milliseconds::DSA),
        Algorithm::P256 | Algorithm::Ed25519 => {}
    }
    generate::key(stream, algorithm).map_err(FunctionError::from)
}

fn build_custom_cert(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    let decoded = |index: usize, what: &str| {
        encoding::from_base64(text(values, index)?.as_bytes())
            .map_err(|_unused: String| FunctionError::from(format!("unable to decode base64 {what}")))
    };
    let (certificate, key) = (decoded(0, "certificate")?, decoded(1, "private key")?);
    Issuer::from_pem(&certificate, "decodedCert")?;
    PrivateKey::from_pem(&key).map_err(|problem| format!("error parsing private key: {problem}"))?;
    Ok(pair(bytes(&certificate), bytes(&key)))
}

/// Makes a certificate and, where none is handed in, its key.
fn certify(environment: &mut Environment<'_>, values: &[Value], call: &Call) -> Outcome {
    let given = match call.key {
        Some(index) => Some(
            PrivateKey::from_pem(text(values, index)?.as_bytes()).map_err(|problem| format!("parsing private key: {problem}"))?,
        ),
        None => None,
    };
    let issuer = call.issuer.map(|index| issuer(&argument(values, index))).transpose()?;
    let (addresses, names) = match call.alternatives {
        Some((addresses, names)) => (addresses_of(&argument(values, addresses))?, names_of(&argument(values, names))?),
        None => (Vec::new(), Vec::new()),
    };
    let (mut stream, leaves) = Stream::draw(environment, call.function);
    let request = Request {
        common_name: text(values, 0)?.as_bytes().to_vec(),
        addresses,
        names,
        not_before: environment.chance.instant(),
        days: integer(values, call.days)?,
        serial: stream.array(),
        role: call.role,
    };
    let key = match given {
        Some(key) => key,
        None => new_key(environment, &mut stream, Algorithm::Rsa(CERTIFICATE_BITS))?,
    };
    charge(environment, milliseconds::SIGNATURE);
    let certificate = match &issuer {
        Some((issuer, signer)) => certificate::signed(&request, &key, (issuer, signer))?,
        None => certificate::self_signed(&request, &key)?,
    };
    let marked = |text: &str| Value::string(text).derived_from(&leaves);
    Ok(pair(marked(&certificate), marked(&key.to_pem()?)).derived_from(&leaves))
}

/// Returns sprig's `certificate`.
fn pair(certificate: Value, key: Value) -> Value {
    let fields = Map::new();
    fields.insert(b"Cert", certificate);
    fields.insert(b"Key", key);
    Value::plain(Data::Object(Rc::new(Object { kind: ObjectKind::Certificate, fields })))
}

fn issuer(value: &Value) -> Result<(Issuer, PrivateKey), FunctionError> {
    let field = |name: &[u8]| match &value.data {
        Data::Object(object) => text(&[object.fields.get(name).unwrap_or_default()], 0),
        _ => Err("wrong type for value; expected sprig.certificate".into()),
    };
    let certificate = Issuer::from_pem(field(b"Cert")?.as_bytes(), "decodedSignerCert")?;
    let key = PrivateKey::from_pem(field(b"Key")?.as_bytes());
    Ok((certificate, key.map_err(|problem| format!("error parsing private key: {problem}"))?))
}

fn addresses_of(list: &Value) -> Result<Vec<IpAddr>, FunctionError> {
    items(list).iter().map(address).collect()
}

fn address(item: &Value) -> Result<IpAddr, FunctionError> {
    let Data::String(text) = &item.data else { return Err(not_a_string("error parsing ip", item)) };
    let text = String::from_utf8_lossy(text.as_bytes()).into_owned();
    text.parse().map_err(|_unused: std::net::AddrParseError| format!("error parsing ip: {text}").into())
}

fn names_of(list: &Value) -> Result<Vec<String>, FunctionError> {
    let name = |item: &Value| match &item.data {
        // What is no UTF-8 is no name either, replaced or not.
        Data::String(text) => Ok(String::from_utf8_lossy(text.as_bytes()).into_owned()),
        _ => Err(not_a_string("error processing alternate dns name", item)),
    };
    items(list).iter().map(name).collect()
}

fn items(list: &Value) -> Vec<Value> {
    match &list.data {
        Data::List(list, _) => list.items(),
        _ => Vec::new(),
    }
}

fn not_a_string(doing: &str, item: &Value) -> FunctionError {
    let words =
        [Value::string(&format!("{doing}: ")), Value::plain(Data::String(gofmt::value(item))), Value::string(" is not a string")];
    FunctionError { message: gofmt::sprint(&words) }
}

#[cfg(test)]
mod tests;
