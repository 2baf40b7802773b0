//! Bytes for one call of a random function, without end.
//!
//! In: 32 bytes drawn from [`super::Chance`]. Out: bytes and even numbers, always the same for the same draw.
//! Rules: block `n` is HMAC-SHA256 of `n` (64 bits, little-endian) under the draw, its bytes taken from the end. What functions make of
//! the bytes is part of what `seeded` promises: a change here changes every seeded secret.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Environment;
use crate::provenance::Leaves;

/// Bytes drawn for a call.
pub(super) struct Stream {
    seed: [u8; 32],
    blocks: u64,
    waiting: Vec<u8>,
}

impl Stream {
    /// Returns the stream of a draw.
    pub(super) fn new(seed: [u8; 32]) -> Self {
        Self { seed, blocks: 0, waiting: Vec::new() }
    }

    /// Draws for a call of `function`; returns the pseudo-leaf of the draw besides.
    pub(super) fn draw(environment: &mut Environment<'_>, function: &'static str) -> (Self, Leaves) {
        let mut seed = [0; 32];
        let leaves = environment.chance.random(function, &mut seed);
        (Self::new(seed), leaves)
    }

    /// Returns the next byte.
    pub(super) fn byte(&mut self) -> u8 {
        if let Some(byte) = self.waiting.pop() {
            return byte;
        }
        self.waiting.extend_from_slice(&keyed(&self.seed, &self.blocks.to_le_bytes()));
        self.blocks += 1;
        self.waiting.pop().unwrap_or_default()
    }

    /// Fills `buffer`.
    pub(super) fn fill(&mut self, buffer: &mut [u8]) {
        buffer.iter_mut().for_each(|to| *to = self.byte());
    }

    /// Returns the next `N` bytes.
    pub(super) fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// Returns a number below `bound`, each equally likely; 0 where the bound is.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        let (width, largest) = if bound <= 1 << 8 { (1, u64::from(u8::MAX)) } else { (8, u64::MAX) };
        let excess = (largest % bound + 1) % bound;
        loop {
            let number = (0..width).fold(0, |number, _| number << 8 | u64::from(self.byte()));
            // What is above the last whole multiple would make small numbers likelier.
            if number <= largest - excess {
                return number % bound;
            }
        }
    }

    /// Returns a number below `len`, each equally likely.
    pub(super) fn below_len(&mut self, len: usize) -> usize {
        usize::try_from(self.below(u64::try_from(len).unwrap_or(u64::MAX))).unwrap_or_default()
    }
}

/// Returns HMAC-SHA256 of `message` under `key`.
pub(crate) fn keyed(key: &[u8], message: &[u8]) -> [u8; 32] {
    // RFC 2104 knows no key of a wrong length; the type does.
    Hmac::<Sha256>::new_from_slice(key).map(|mac| mac.chain_update(message).finalize().into_bytes().into()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Every outcome comes up, none twice as often as another.
    #[test]
    fn draws_are_even() {
        let mut stream = Stream::new([7; 32]);
        let mut counts = [0_u32; 5];
        for _ in 0..10_000 {
            counts[stream.below_len(5)] += 1;
        }
        assert!(counts.iter().all(|count| (1800..2200).contains(count)), "{counts:?}");
    }

    // The stream of a draw never changes: seeded secrets of last year are those of next year.
    #[test]
    fn streams_are_pinned() {
        let hexadecimal = |bytes: [u8; 8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let mut stream = Stream::new([7; 32]);
        assert_eq!(hexadecimal(stream.array()), "b4d03b28dc6017bc");
        assert_eq!((stream.below(10), stream.below(1 << 40)), (0, 410_009_637_596));
        // RFC 4231, test case 2.
        let known = keyed(b"Jefe", b"what do ya want for nothing?");
        assert!(known.starts_with(&[0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e]));
    }
}
