//! Time and randomness of a render, every call on record.
//!
//! In: [`Randomness`], the site of each call. Out: bytes and times with a pseudo-leaf a call, by which they are found in the output.
//! Rules: `refuse` gives constants: what must not be printed need not be random.

use sha2::{Digest, Sha256};

use crate::functions::{Chance, Supply};
use crate::provenance::{LeafId, Leaves};
use crate::render::{ChanceCall, Randomness, Site};

/// When certificates begin that nobody may see: 2000-01-01, so that those that ended days ago have a date, too.
const STAND_IN_BEGINS: i64 = 946_684_800;

/// The record of a render, and the generator.
#[derive(Debug)]
pub(super) struct Chances {
    randomness: Randomness,
    next_leaf: u32,
    blocks: u64,
    calls: Vec<ChanceCall>,
}

impl Chances {
    /// Returns an empty record whose pseudo-leaves begin with `first_leaf`.
    pub(super) fn new(randomness: Randomness, first_leaf: u32) -> Self {
        Self { randomness, next_leaf: first_leaf, blocks: 0, calls: Vec::new() }
    }

    /// Returns the source for calls at `site`.
    pub(super) fn at(&mut self, site: Site) -> ChanceAt<'_> {
        ChanceAt { chances: self, site }
    }

    /// Says whether any call is on record.
    pub(super) fn any(&self) -> bool {
        !self.calls.is_empty()
    }

    /// Returns the record.
    pub(super) fn into_calls(self) -> Vec<ChanceCall> {
        self.calls
    }
}

/// The source for one call.
pub(super) struct ChanceAt<'a> {
    chances: &'a mut Chances,
    site: Site,
}

impl ChanceAt<'_> {
    fn record(&mut self, function: &'static str) -> Leaves {
        let leaf = LeafId(self.chances.next_leaf);
        self.chances.next_leaf = self.chances.next_leaf.saturating_add(1);
        self.chances.calls.push(ChanceCall { leaf, function, at: self.site.clone() });
        match self.chances.randomness {
            Randomness::Refuse => Leaves::one(leaf),
            Randomness::Helm { .. } => Leaves::NONE,
        }
    }
}

impl Chance for ChanceAt<'_> {
    fn random(&mut self, function: &'static str, buffer: &mut [u8]) -> Leaves {
        match self.chances.randomness {
            Randomness::Refuse => buffer.fill(0),
            Randomness::Helm { seed, .. } => {
                for chunk in buffer.chunks_mut(32) {
                    let block = Sha256::new().chain_update(seed).chain_update(self.chances.blocks.to_le_bytes()).finalize();
                    self.chances.blocks += 1;
                    for (to, from) in chunk.iter_mut().zip(block) {
                        *to = from;
                    }
                }
            }
        }
        self.record(function)
    }

    fn now(&mut self, function: &'static str) -> (i64, u32, Leaves) {
        let (seconds, nanoseconds) = match self.chances.randomness {
            Randomness::Refuse => (0, 0),
            Randomness::Helm { now, .. } => now,
        };
        (seconds, nanoseconds, self.record(function))
    }

    fn supply(&self) -> Supply {
        match self.chances.randomness {
            Randomness::Refuse => Supply::StandIn,
            Randomness::Helm { .. } => Supply::Secrets,
        }
    }

    fn instant(&self) -> i64 {
        match self.chances.randomness {
            Randomness::Refuse => STAND_IN_BEGINS,
            Randomness::Helm { now: (seconds, _), .. } => seconds,
        }
    }
}
