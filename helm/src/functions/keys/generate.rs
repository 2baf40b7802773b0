//! New private keys.
//!
//! In: bytes of a draw. Out: a key, always the same for the same bytes.
//! Rules: the order in which bytes are used is part of what `seeded` promises.
//!
//! # Source
//! sprig v3.3.0 `crypto.go`, `generatePrivateKey`; NIST FIPS 186-5, appendix A.

use rsa::{BigUint, RsaPrivateKey};

use super::primes;
use super::private::{Dsa, PrivateKey};
use crate::functions::stream::Stream;

/// What key is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// RSA with so many bits.
    Rsa(usize),
    /// DSA, 2048 and 256 bits.
    Dsa,
    /// ECDSA over P-256.
    P256,
    /// Ed25519.
    Ed25519,
}

/// The public exponent everybody takes.
const EXPONENT: u32 = 65537;
const DSA_MODULUS_BITS: usize = 2048;
const DSA_ORDER_BITS: usize = 256;
/// Draws of a starting point until one leads to a key; that the first does not has a chance of one in millions.
const ATTEMPTS: usize = 64;

/// Returns a new key.
///
/// # Errors
/// No key was found, which does not happen.
pub(super) fn key(stream: &mut Stream, algorithm: Algorithm) -> Result<PrivateKey, String> {
    let found = match algorithm {
        Algorithm::Rsa(bits) => (0..ATTEMPTS).find_map(|_| rsa_key(stream, bits)),
        Algorithm::Dsa => (0..ATTEMPTS).find_map(|_| dsa_key(stream)),
        Algorithm::P256 => {
            (0..ATTEMPTS).find_map(|_| p256::SecretKey::from_slice(&stream.array::<32>()).ok().map(PrivateKey::P256))
        }
        Algorithm::Ed25519 => Some(PrivateKey::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(&stream.array())))),
    };
    found.ok_or_else(|| "failed to generate private key: no primes found".to_owned())
}

fn rsa_key(stream: &mut Stream, bits: usize) -> Option<PrivateKey> {
    let exponent = BigUint::from(EXPONENT);
    let one = BigUint::from(1_u32);
    let mut prime = || {
        // The two highest bits make the product as long as it shall be.
        let start = number(stream, bits / 2, 0b11);
        primes::first(&start, &BigUint::from(2_u32), |candidate| (candidate - &one) % &exponent != BigUint::from(0_u32))
    };
    let (p, q) = (prime()?, prime()?);
    if p == q {
        return None;
    }
    RsaPrivateKey::from_p_q(p, q, exponent).ok().map(|key| PrivateKey::Rsa(Box::new(key)))
}

fn dsa_key(stream: &mut Stream) -> Option<PrivateKey> {
    let (one, two) = (BigUint::from(1_u32), BigUint::from(2_u32));
    let order = primes::first(&number(stream, DSA_ORDER_BITS, 0b1), &two, |_| true)?;
    let step = &order * &two;
    let start = number(stream, DSA_MODULUS_BITS, 0b1);
    let start = &start - &start % &step + &one;
    let modulus = primes::first(&start, &step, |candidate| candidate.bits() == DSA_MODULUS_BITS)?;
    let generator = two.modpow(&((&modulus - &one) / &order), &modulus);
    // 64 more bits than the order has make the remainder even.
    let secret = BigUint::from_bytes_be(&stream.array::<{ DSA_ORDER_BITS / 8 + 8 }>()) % (&order - &one) + &one;
    let public = generator.modpow(&secret, &modulus);
    (generator != one).then_some(PrivateKey::Dsa(Dsa { numbers: [modulus, order, generator, public, secret] }))
}

/// Returns an odd number of `bits` bits, a multiple of 8, of which the highest are at least `top`.
fn number(stream: &mut Stream, bits: usize, top: u8) -> BigUint {
    let mut bytes = vec![0; bits / 8];
    stream.fill(&mut bytes);
    if let Some(first) = bytes.first_mut() {
        *first |= top << (7 - top.ilog2());
    }
    if let Some(last) = bytes.last_mut() {
        *last |= 1;
    }
    BigUint::from_bytes_be(&bytes)
}
