//! Joins the parts of a data key that SOPS split between several key groups.
//!
//! Rules: a part is the values of one polynomial per secret byte, then one byte that says where they were taken; the secret is
//! each polynomial at 0, over the field of AES.
//! Not here: splitting, and how parts are opened (`data_key`).

use zeroize::Zeroizing;

/// Returns the secret that `parts` share, or nothing when they cannot belong together (fewer than two, other lengths, the
/// same place twice).
///
/// Whether enough parts were given cannot be seen here: too few give another secret, and nothing sealed opens with it.
///
/// # Source
/// SOPS `shamir/shamir.go`, `Combine`.
pub(crate) fn combine(parts: &[Zeroizing<Vec<u8>>]) -> Option<Zeroizing<Vec<u8>>> {
    let mut samples: Vec<(u8, &[u8])> = Vec::with_capacity(parts.len());
    for part in parts {
        let (&place, values) = part.split_last()?;
        samples.push((place, values));
    }
    let length = samples.first()?.1.len();
    let distinct =
        samples.iter().enumerate().all(|(at, (place, _))| samples.iter().skip(at + 1).all(|(other, _)| other != place));
    if samples.len() < 2 || length == 0 || !distinct || samples.iter().any(|(_, values)| values.len() != length) {
        return None;
    }
    let mut secret = Zeroizing::new(vec![0; length]);
    for (place, values) in &samples {
        let weight = weight_at_zero(*place, &samples);
        for (byte, value) in secret.iter_mut().zip(*values) {
            *byte ^= multiply(weight, *value);
        }
    }
    Some(secret)
}

/// Returns the Lagrange weight of the sample at `place` for the value at 0.
fn weight_at_zero(place: u8, samples: &[(u8, &[u8])]) -> u8 {
    samples
        .iter()
        .filter(|(other, _)| *other != place)
        .fold(1, |weight, (other, _)| multiply(weight, multiply(*other, invert(place ^ other))))
}

/// Multiplies in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1, without branches on the factors.
fn multiply(a: u8, b: u8) -> u8 {
    let mut product = 0_u8;
    for bit in (0..8).rev() {
        let carry = (product >> 7).wrapping_neg() & 0x1b;
        let addend = ((a >> bit) & 1).wrapping_neg() & b;
        product = (product << 1) ^ carry ^ addend;
    }
    product
}

/// Returns the inverse of `a`, which is `a` to the power of 254; 0 for 0.
fn invert(a: u8) -> u8 {
    (0..6).fold(multiply(a, a), |power, _| multiply(multiply(power, power), multiply(a, a)))
}

#[cfg(test)]
mod tests {
    use super::{combine, invert, multiply};
    use zeroize::Zeroizing;

    fn check(parts: &[&[u8]], expected: Option<&[u8]>) {
        let parts: Vec<_> = parts.iter().map(|part| Zeroizing::new(part.to_vec())).collect();
        assert_eq!(combine(&parts).as_ref().map(|secret| secret.as_slice()), expected);
    }

    /// Every element but 0 times its inverse is 1; the product of FIPS 197, section 4.2, comes out.
    #[test]
    fn field_is_the_one_of_aes() {
        assert_eq!(multiply(0x57, 0x83), 0xc1);
        for a in 1..=u8::MAX {
            assert_eq!(multiply(a, invert(a)), 1, "{a}");
        }
        assert_eq!(invert(0), 0);
    }

    /// Any two of three points on the line `7 + 5x` (in the field) give 7.
    #[test]
    fn two_of_three_parts_give_the_secret() {
        let part = |x: u8| [7 ^ multiply(5, x), x];
        let (one, two, three) = (part(1), part(2), part(3));
        check(&[&one, &two], Some(&[7]));
        check(&[&three, &one], Some(&[7]));
        check(&[&one, &two, &three], Some(&[7]));
    }

    /// Parts that cannot belong together give nothing.
    #[test]
    fn parts_that_do_not_fit_give_nothing() {
        check(&[], None);
        check(&[&[1, 1]], None);
        check(&[&[1, 1], &[2, 1]], None);
        check(&[&[1, 1], &[2, 3, 2]], None);
        check(&[&[1], &[2]], None);
        check(&[&[], &[]], None);
    }
}
