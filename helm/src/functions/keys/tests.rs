//! Keys, certificates and password hashes, as templates call for them.

use std::time::Duration;

use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::pkcs8::DecodePublicKey;
use rsa::sha2::Sha256;
use rsa::signature::Verifier;
use x509_cert::Certificate;
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, BasicConstraints, SubjectAltName, SubjectKeyIdentifier};

use super::pem::Block;
use super::*;
use crate::functions::tests::{CHANCE, call, refused, try_stand_in};

/// When certificates begin in tests, and a day.
const NOW: u64 = 1_700_000_000;
const DAY: u64 = 86_400;

fn number(number: i64) -> Value {
    Value::plain(Data::Int(number))
}

fn texts(items: &[&str]) -> Value {
    Value::list(items.iter().map(|item| Value::string(item)).collect())
}

fn printed(value: &Value) -> String {
    String::from_utf8_lossy(gofmt::value(value).as_bytes()).into_owned()
}

/// Returns a field of what a function returned.
fn field(value: &Value, name: &str) -> Value {
    let Data::Object(object) = &value.data else { panic!("not a certificate") };
    object.fields.get(name.as_bytes()).unwrap_or_default()
}

fn certificate(value: &Value) -> Certificate {
    let Block { kind, bytes } = pem::decode(printed(&field(value, "Cert")).as_bytes()).unwrap();
    assert_eq!(kind, b"CERTIFICATE");
    Certificate::from_der(&bytes).unwrap()
}

fn key_kind(text: &Value) -> String {
    String::from_utf8(pem::decode(printed(text).as_bytes()).unwrap().kind).unwrap()
}

/// Says whether an RSA key signed a certificate.
fn signed_by(certificate: &Certificate, issuer: &Certificate) -> bool {
    let public = issuer.tbs_certificate.subject_public_key_info.to_der().unwrap();
    let key = VerifyingKey::<Sha256>::from_public_key_der(&public).unwrap();
    let signature = Signature::try_from(certificate.signature.raw_bytes()).unwrap();
    key.verify(&certificate.tbs_certificate.to_der().unwrap(), &signature).is_ok()
}

// A chain verifies: the authority signs itself and the certificate, which names it by name and key.
#[test]
fn chains_verify() {
    let authority = call("genCA", &[Value::string("root"), number(10)]);
    let signed = call(
        "genSignedCert",
        &[Value::string("leaf"), texts(&["10.0.0.1", "::1"]), texts(&["b", "a"]), number(2), authority.clone()],
    );
    let (root, leaf) = (certificate(&authority), certificate(&signed));
    assert!(signed_by(&root, &root) && signed_by(&leaf, &root));
    let (root, leaf) = (root.tbs_certificate, leaf.tbs_certificate);
    assert_eq!((root.subject.to_string(), leaf.issuer.to_string()), ("CN=root".to_owned(), "CN=root".to_owned()));
    assert!(root.get::<BasicConstraints>().unwrap().unwrap().1.ca && !leaf.get::<BasicConstraints>().unwrap().unwrap().1.ca);
    let (_, own) = root.get::<SubjectKeyIdentifier>().unwrap().unwrap();
    let (_, named) = leaf.get::<AuthorityKeyIdentifier>().unwrap().unwrap();
    assert_eq!(Some(own.0), named.key_identifier);
    assert_eq!(leaf.get::<SubjectAltName>().unwrap().unwrap().1.0.len(), 4);
    let seconds = |time: x509_cert::time::Time| time.to_unix_duration();
    assert_eq!(seconds(leaf.validity.not_before), Duration::from_secs(NOW));
    assert_eq!(seconds(leaf.validity.not_after), Duration::from_secs(NOW + 2 * DAY));
    assert_eq!(key_kind(&field(&signed, "Key")), "RSA PRIVATE KEY");
}

// Keys of all kinds are written in their form, read again, and sign; DSA keys do not.
#[test]
fn given_keys_sign() {
    for (kind, form) in [("ecdsa", "EC PRIVATE KEY"), ("ed25519", "PRIVATE KEY")] {
        let key = call("genPrivateKey", &[Value::string(kind)]);
        assert_eq!(key_kind(&key), form);
        let made = call("genCAWithKey", &[Value::string("root"), number(1), key.clone()]);
        assert_eq!(printed(&field(&made, "Key")), printed(&key));
        let own = certificate(&made).tbs_certificate.subject_public_key_info;
        let signed = call(
            "genSignedCertWithKey",
            &[Value::string("leaf"), Value::list(vec![]), Value::list(vec![]), number(1), made, key],
        );
        assert_eq!(certificate(&signed).tbs_certificate.subject_public_key_info, own);
    }
    let dsa = pem::encode("DSA PRIVATE KEY", &[0x30, 18, 2, 1, 0, 2, 1, 7, 2, 1, 3, 2, 1, 2, 2, 1, 4, 2, 1, 2]);
    assert_eq!(
        refused("genCAWithKey", &[Value::string("root"), number(1), Value::string(&dsa)]).as_deref(),
        Some("error creating certificate: x509: certificate private key does not implement crypto.Signer")
    );
}

// DSA numbers fit one another: the order divides the modulus less one, and the public number is the generator to the secret one.
#[test]
fn dsa_numbers_fit() {
    let Ok(PrivateKey::Dsa(key)) = generate::key(&mut Stream::new([1; 32]), Algorithm::Dsa) else { panic!("no DSA key") };
    let [modulus, order, generator, public, secret] = key.numbers;
    assert_eq!((modulus.bits(), order.bits()), (2048, 256));
    assert_eq!((&modulus - 1_u32) % &order, rsa::BigUint::from(0_u32));
    assert_eq!(generator.modpow(&order, &modulus), rsa::BigUint::from(1_u32));
    assert_eq!(generator.modpow(&secret, &modulus), public);
}

// A private key is read up to its bound.
#[test]
fn private_keys_are_bounded() {
    let problem = |bytes: usize| {
        let pem = pem::encode("RSA PRIVATE KEY", &vec![0; bytes]);
        PrivateKey::from_pem(pem.as_bytes()).err().unwrap()
    };
    assert!(problem(private::KEY_BYTES).starts_with("parsing RSA private key from PEM: "));
    assert_eq!(problem(private::KEY_BYTES + 1), "a private key of more than 5120 bytes");
}

// RSA keys sign from 1024 bits on.
#[test]
fn small_keys_do_not_sign() {
    let signed = |bits: usize| {
        let key = generate::key(&mut Stream::new([1; 32]), Algorithm::Rsa(bits)).unwrap();
        signing::sign(&key, b"message")
    };
    assert_eq!(signed(signing::RSA_BITS).map(|signature| signature.len()), Ok(128));
    let refused = "crypto/rsa: 1008-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)";
    assert_eq!(signed(signing::RSA_BITS - 16), Err(refused.to_owned()));
}

// What was encrypted is decrypted; nothing stays nothing; another password does not open it.
#[test]
fn aes() {
    let check = |text: &str| {
        let sealed = call("encryptAES", &[Value::string("password"), Value::string(text)]);
        assert_eq!(printed(&call("decryptAES", &[Value::string("password"), sealed.clone()])), text);
        let wrong = [Value::string("Password"), sealed];
        assert!(text.is_empty() || refused("decryptAES", &wrong).is_some() || printed(&call("decryptAES", &wrong)) != text);
    };
    ["", "x", "sixteen bytes ..", "more than sixteen bytes"].into_iter().for_each(check);
}

// Results depend on the draw, whether they are text or a certificate with its fields.
#[test]
fn results_are_marked() {
    for (name, arguments) in [
        ("bcrypt", vec![Value::string("a")]),
        ("genPrivateKey", vec![Value::string("ed25519")]),
        ("encryptAES", vec![Value::string("a"); 2]),
    ] {
        assert_eq!(call(name, &arguments).all_leaves().as_slice(), [CHANCE], "{name}");
    }
    let key = call("genPrivateKey", &[Value::string("ed25519")]);
    let made = call("genCAWithKey", &[Value::string("root"), number(1), key]);
    assert_eq!(made.leaves.as_slice(), [CHANCE]);
    assert_eq!(field(&made, "Cert").all_leaves().as_slice(), [CHANCE]);
}

// Where chance is refused a stand-in goes through all functions: a key that signs, a certificate that others take, a hash in its length.
#[test]
fn stand_ins_fit() {
    let make = |name: &str, arguments: &[Value]| try_stand_in(name, arguments).unwrap();
    let none = || Value::list(vec![]);
    let authority = make("genCA", &[Value::string("root"), number(-4000)]);
    assert_eq!(key_kind(&field(&authority, "Key")), "PRIVATE KEY");
    let signed = make("genSignedCert", &[Value::string("leaf"), none(), none(), number(1), authority.clone()]);
    let (root, leaf) = (certificate(&authority).tbs_certificate, certificate(&signed).tbs_certificate);
    assert_eq!(root.subject, leaf.issuer);
    let key = make("genPrivateKey", &[Value::string("rsa")]);
    assert_eq!(make("genCAWithKey", &[Value::string("root"), number(1), key]).leaves.as_slice(), [CHANCE]);
    assert_eq!(printed(&make("bcrypt", &[Value::string("a")])).len(), printed(&call("bcrypt", &[Value::string("a")])).len());
}

// Costly work counts as steps, cheap work does not.
#[test]
fn work_is_charged() {
    let check = |name: &str, arguments: &[Value], milliseconds: u64| {
        let function = crate::functions::find(name).unwrap();
        let ciphertext = |_: crate::provenance::LeafId| None;
        let mut chance = crate::functions::tests::refusing();
        let (chance, expressions) = (&mut chance, &mut crate::functions::Expressions::default());
        let mut environment = Environment { chance, ciphertext: &ciphertext, result_limit: 1 << 20, expressions, effort: 0 };
        (function.call)(&mut environment, arguments).unwrap();
        assert_eq!(environment.effort, milliseconds * STEPS_PER_MILLISECOND, "{name}");
    };
    check("bcrypt", &[Value::string("a")], 0);
    check("genPrivateKey", &[Value::string("rsa")], 0);
    check("genCA", &[Value::string("root"), number(1)], milliseconds::SIGNATURE);
}
