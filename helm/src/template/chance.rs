//! Time and randomness of a render, every call on record.
//!
//! In: [`Randomness`], the site of each call. Out: bytes and times with a pseudo-leaf a call, by which they are found in the output.
//! Rules: `refuse` gives constants: what must not be printed need not be random. What `seeded` gives depends on its key, on which call
//! this is, and on how often that call ran before.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::sites::{Caller, Identity, Sites};
use crate::functions::stream::keyed;
use crate::functions::{Chance, Supply};
use crate::provenance::{LeafId, Leaves};
use crate::render::{ChanceCall, Hashes, Randomness, Site};

/// When certificates begin that nobody may see: 2000-01-01, so that those that ended days ago have a date, too.
const STAND_IN_BEGINS: i64 = 946_684_800;

/// The record of a render, and the generator.
pub(super) struct Chances {
    randomness: Randomness,
    next_leaf: u32,
    blocks: u64,
    calls: Vec<ChanceCall>,
    sites: Sites,
    /// How often a call has drawn.
    drawn: BTreeMap<Identity, u64>,
    digests: Digests,
}

/// What stands in hashes for seeded values.
enum Digests {
    /// Nothing: hashes are those of the bytes.
    Plain,
    /// A digest for each leaf.
    Of(BTreeMap<LeafId, [u8; 32]>),
}

impl Chances {
    /// Returns an empty record whose pseudo-leaves begin with `first_leaf`.
    pub(super) fn new(randomness: Randomness, hashes: &Hashes, first_leaf: u32) -> Self {
        let digests = match hashes {
            Hashes::Plain => Digests::Plain,
            Hashes::Ciphertext(_) => Digests::Of(BTreeMap::new()),
        };
        let (sites, drawn) = (Sites::default(), BTreeMap::new());
        Self { randomness, next_leaf: first_leaf, blocks: 0, calls: Vec::new(), sites, drawn, digests }
    }

    /// Returns the source for a call, made by `callers`, outermost first.
    pub(super) fn at<'a>(&'a mut self, callers: &'a [Caller], call: &'a Caller) -> ChanceAt<'a> {
        ChanceAt { chances: self, callers, call }
    }

    /// Says whether any call is on record.
    pub(super) fn any(&self) -> bool {
        !self.calls.is_empty()
    }

    /// Returns the record.
    pub(super) fn into_calls(self) -> Vec<ChanceCall> {
        self.calls
    }

    /// Returns what stands for a seeded value in a hash, where hashes hide what is sealed.
    pub(super) fn digest(&self, leaf: LeafId) -> Option<&[u8]> {
        match &self.digests {
            Digests::Plain => None,
            Digests::Of(digests) => digests.get(&leaf).map(<[u8; 32]>::as_slice),
        }
    }
}

/// The source for one call.
pub(super) struct ChanceAt<'a> {
    chances: &'a mut Chances,
    callers: &'a [Caller],
    call: &'a Caller,
}

impl ChanceAt<'_> {
    fn record(&mut self, function: &'static str) -> LeafId {
        let leaf = LeafId(self.chances.next_leaf);
        self.chances.next_leaf = self.chances.next_leaf.saturating_add(1);
        let at = Site { template: self.call.template.file.to_string(), line: self.call.at.line, column: self.call.at.column };
        self.chances.calls.push(ChanceCall { leaf, function, at });
        leaf
    }

    /// Returns the identity of this evaluation of the call.
    fn evaluation(&mut self) -> Identity {
        let call = self.chances.sites.identity(self.callers.iter().chain([self.call]));
        let before = self.chances.drawn.entry(call).or_default();
        let evaluation = Sha256::new().chain_update(call).chain_update(before.to_be_bytes()).finalize();
        *before += 1;
        evaluation.into()
    }

    fn seeded(&mut self, function: &'static str, key: [u8; 32], buffer: &mut [u8]) -> Leaves {
        let evaluation = self.evaluation();
        for (block, chunk) in (0_u64..).zip(buffer.chunks_mut(32)) {
            let bytes = keyed(&key, &[b"draw".as_slice(), &evaluation, &block.to_be_bytes()].concat());
            chunk.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        }
        let leaf = self.record(function);
        if let Digests::Of(digests) = &mut self.chances.digests {
            digests.insert(leaf, keyed(&key, &[b"digest".as_slice(), &evaluation].concat()));
        }
        Leaves::one(leaf)
    }
}

impl Chance for ChanceAt<'_> {
    fn random(&mut self, function: &'static str, buffer: &mut [u8]) -> Leaves {
        match self.chances.randomness {
            Randomness::Refuse => {
                buffer.fill(0);
                Leaves::one(self.record(function))
            }
            Randomness::Seeded { key, .. } => self.seeded(function, key, buffer),
            Randomness::Helm { seed, .. } => {
                for chunk in buffer.chunks_mut(32) {
                    let block = Sha256::new().chain_update(seed).chain_update(self.chances.blocks.to_le_bytes()).finalize();
                    self.chances.blocks += 1;
                    chunk.iter_mut().zip(block).for_each(|(to, from)| *to = from);
                }
                self.record(function);
                Leaves::NONE
            }
        }
    }

    fn now(&mut self, function: &'static str) -> (i64, u32, Leaves) {
        let leaf = self.record(function);
        match self.chances.randomness {
            Randomness::Refuse => (0, 0, Leaves::one(leaf)),
            Randomness::Seeded { now: (seconds, nanoseconds), .. } | Randomness::Helm { now: (seconds, nanoseconds), .. } => {
                (seconds, nanoseconds, Leaves::NONE)
            }
        }
    }

    fn supply(&self) -> Supply {
        match self.chances.randomness {
            Randomness::Refuse => Supply::StandIn,
            Randomness::Seeded { .. } | Randomness::Helm { .. } => Supply::Secrets,
        }
    }

    fn instant(&self) -> i64 {
        match self.chances.randomness {
            Randomness::Refuse => STAND_IN_BEGINS,
            Randomness::Seeded { now: (seconds, _), .. } | Randomness::Helm { now: (seconds, _), .. } => seconds,
        }
    }

    fn digest(&self, leaf: LeafId) -> Option<&[u8]> {
        self.chances.digest(leaf)
    }
}
