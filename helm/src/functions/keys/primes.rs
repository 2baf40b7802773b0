//! Prime numbers for keys: the first one of an arithmetic progression.
//!
//! In: where to begin, the step. Out: a prime, always the same one.
//! Rules: which number is found depends on the progression alone, not on how it is tested: seeded keys outlive this code.
//!
//! # Source
//! NIST FIPS 186-5, appendix A.1 and B.3 (Miller-Rabin; five rounds suffice for random candidates of these sizes).

use rsa::BigUint;

/// Numbers of a progression that are looked at. Of 2048 bits one in 710 odd ones is prime.
const CANDIDATES: usize = 1 << 14;

/// Small divisors end here: of eleven odd numbers ten have one and need no exponentiation. For a prime of 2048 bits 68 are left on
/// average; an eighth of the bound leaves 82, its double 64.
const SMALL: usize = 1 << 17;

/// Bases of the Miller-Rabin test. Candidates are random: nobody can choose one that passes for these.
const BASES: [u32; 8] = [2, 3, 5, 7, 11, 13, 17, 19];

/// Returns the first prime among `start`, `start + step`, .. that `suits`; nothing where none is near.
pub(super) fn first(start: &BigUint, step: &BigUint, suits: impl Fn(&BigUint) -> bool) -> Option<BigUint> {
    let composite = sieve(start, step);
    let open = composite.iter().enumerate().filter(|(_, composite)| !**composite);
    let candidates = open.map(|(index, _)| start + step * BigUint::from(index));
    candidates.filter(|candidate| suits(candidate)).find(is_prime)
}

/// Marks the numbers of a progression that a small prime divides.
fn sieve(start: &BigUint, step: &BigUint) -> Vec<bool> {
    let (start, step) = (words(start), words(step));
    let mut composite = vec![false; CANDIDATES];
    for prime in small_primes() {
        let (first, step) = (remainder(&start, prime), remainder(&step, prime));
        if step == 0 {
            if first == 0 {
                composite.fill(true);
            }
            continue;
        }
        // Where first + index * step is 0 modulo the prime; the inverse is Fermat's.
        let inverse = power(step, prime - 2, prime);
        let index = usize::try_from((prime - first) % prime * inverse % prime).unwrap_or(usize::MAX);
        let prime = usize::try_from(prime).unwrap_or(usize::MAX);
        composite.iter_mut().skip(index).step_by(prime).for_each(|composite| *composite = true);
    }
    composite
}

fn small_primes() -> Vec<u64> {
    let mut composite = vec![false; SMALL];
    let mut primes = Vec::new();
    for number in 2..SMALL {
        if composite.get(number) == Some(&false) {
            primes.push(u64::try_from(number).unwrap_or(u64::MAX));
            composite.iter_mut().skip(number * number).step_by(number).for_each(|composite| *composite = true);
        }
    }
    primes
}

/// Returns the words of 32 bits of a number, the highest first: two of them are what a machine divides at once.
fn words(number: &BigUint) -> Vec<u32> {
    let bytes = number.to_bytes_be();
    let mut words: Vec<u32> =
        bytes.rchunks(4).map(|chunk| chunk.iter().fold(0, |word, byte| word << 8 | u32::from(*byte))).collect();
    words.reverse();
    words
}

/// Returns a number in words modulo a small one, of 32 bits at most.
fn remainder(number: &[u32], modulus: u64) -> u64 {
    number.iter().fold(0, |rest, word| (rest << 32 | u64::from(*word)) % modulus)
}

fn power(base: u64, mut exponent: u64, modulus: u64) -> u64 {
    let (mut base, mut result) = (base % modulus, 1 % modulus);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % modulus;
        }
        base = base * base % modulus;
        exponent >>= 1;
    }
    result
}

/// Says whether an odd number above the small ones passes the Miller-Rabin test.
fn is_prime(number: &BigUint) -> bool {
    let one = BigUint::from(1_u32);
    let less = number - &one;
    let twos = less.trailing_zeros().unwrap_or(0);
    let odd = &less >> twos;
    BASES.iter().all(|base| {
        let mut power = BigUint::from(*base).modpow(&odd, number);
        if power == one || power == less {
            return true;
        }
        for _ in 1..twos {
            power = &power * &power % number;
            if power == less {
                return true;
            }
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // The sieve marks the numbers that have a small divisor, and no other: a number of several words, steps of one word and of two.
    #[test]
    fn numbers_with_small_divisors_are_marked() {
        let start = BigUint::from_bytes_be(&[0xA7; 13]);
        for step in [2_u64, 6, 1 << 33 | 2] {
            let step = BigUint::from(step);
            let marked = sieve(&start, &step);
            let primes = small_primes();
            for index in (0..CANDIDATES).step_by(977) {
                let number = &start + &step * BigUint::from(index);
                let divisible = primes.iter().any(|prime| &number % BigUint::from(*prime) == BigUint::from(0_u32));
                assert_eq!(marked.get(index), Some(&divisible), "{index} times {step}");
            }
        }
    }

    // Of small divisors all are known, to the last below the bound.
    #[test]
    fn small_primes_are_all_below_the_bound() {
        let primes = small_primes();
        assert_eq!((primes.len(), primes.first(), primes.last()), (12_251, Some(&2), Some(&131_071)));
    }
}
