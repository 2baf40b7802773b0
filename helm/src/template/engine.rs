//! What all templates of one render share: budgets, control, randomness, what was called.
//!
//! In: [`Settings`]. Out: failures, and a record of what depended on chance or on a cluster.
//! Rules: control is what decided that this runs; it grows inside bodies that tracked leaves decide and shrinks behind them. Every limit of
//! a render is spent here.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::ast::Parsed;
use super::chance::Chances;
use super::output::Output;
use super::sites::Caller;
use crate::functions::Expressions;
use crate::gofmt::PRINTED_BYTES;
use crate::meter::{self, Kept, Metered, Passed};
use crate::profile::Profile;
use crate::provenance::{LeafId, Leaves};
use crate::render::{Budget, ChanceCall, Hashes, Randomness, Site, TemplateFailure};
use crate::value::Text;

/// What is handed to a render besides chart and values.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Which helm is followed.
    pub(crate) profile: Profile,
    /// Bounds.
    pub(crate) budget: Budget,
    /// What hashes hash.
    pub(crate) hashes: Hashes,
    /// Where chance comes from.
    pub(crate) randomness: Randomness,
    /// The first leaf that is free for pseudo-leaves.
    pub(crate) first_pseudo_leaf: u32,
    /// Whether any value has leaves.
    pub(crate) tracking: Tracking,
}

/// Whether leaves are about in a render.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tracking {
    /// Some value has leaves.
    Some,
    /// None has, until chance adds some.
    None,
}

/// A limit of a render.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Budgeted {
    /// [`Budget::depth`].
    Depth,
    /// [`Budget::steps`].
    Steps,
    /// [`Budget::key_steps`].
    Keys,
    /// [`Budget::text_bytes`].
    Text,
    /// [`Budget::output_bytes`].
    Output,
    /// [`Budget::memory_bytes`].
    Memory,
}

impl From<Passed> for Budgeted {
    fn from(passed: Passed) -> Self {
        match passed {
            Passed::Bytes => Self::Memory,
            Passed::Steps => Self::Steps,
        }
    }
}

/// The state of a render.
pub(crate) struct Engine<'r> {
    settings: &'r Settings,
    /// What decided that the present node runs.
    pub(super) control: Leaves,
    /// What everything rendered from now on depends on.
    pervasive: Leaves,
    /// What may have cut the present loop short.
    escaped: Leaves,
    /// Bytes of the outputs so far.
    printed: usize,
    /// Steps of making keys so far.
    key_steps: u64,
    /// Keeps the allowance in force.
    _metered: Metered,
    /// Calls of templates that are under way, outermost first.
    pub(super) callers: Vec<Caller>,
    /// Calls of `include` that are under way, by name.
    pub(super) including: BTreeMap<Rc<str>, usize>,
    /// Texts `tpl` has parsed.
    pub(super) parsed: BTreeMap<Rc<[u8]>, (Arc<Parsed>, Kept)>,
    /// Regular expressions functions have compiled.
    pub(super) expressions: Expressions,
    /// Time and randomness.
    pub(super) chances: Chances,
    /// Where `lookup` was called.
    pub(crate) lookups: BTreeSet<(String, u32)>,
}

impl<'r> Engine<'r> {
    /// Returns the state before the first template.
    pub(crate) fn new(settings: &'r Settings) -> Self {
        Self {
            settings,
            control: Leaves::NONE,
            pervasive: Leaves::NONE,
            escaped: Leaves::NONE,
            printed: 0,
            key_steps: 0,
            _metered: Metered::start(settings.budget.memory_bytes, settings.budget.steps),
            callers: Vec::new(),
            including: BTreeMap::new(),
            parsed: BTreeMap::new(),
            expressions: Expressions::default(),
            chances: Chances::new(settings.randomness, &settings.hashes, settings.first_pseudo_leaf),
            lookups: BTreeSet::new(),
        }
    }

    /// Returns which helm is followed.
    pub(super) fn profile(&self) -> Profile {
        self.settings.profile
    }

    /// Runs something under the control of `leaves`.
    pub(crate) fn under<T>(&mut self, leaves: &Leaves, run: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.enter(leaves);
        let done = run(self);
        self.leave(&outer);
        done
    }

    /// Returns the calls of random, time and crypto functions, and of `lookup`.
    pub(crate) fn into_records(self) -> (Vec<ChanceCall>, BTreeSet<(String, u32)>) {
        (self.chances.into_calls(), self.lookups)
    }

    /// Puts what follows under the control of `leaves`; returns what [`Engine::leave`] takes.
    pub(super) fn enter(&mut self, leaves: &Leaves) -> Leaves {
        let outer = self.control.clone();
        self.control = self.control.union(leaves);
        outer
    }

    /// Ends the control that began with [`Engine::enter`].
    pub(super) fn leave(&mut self, outer: &Leaves) {
        self.control = outer.union(&self.pervasive).union(&self.escaped);
    }

    /// Puts the rest of the present loop under the control of `leaves`.
    pub(super) fn escape(&mut self, leaves: &Leaves) {
        self.escaped = self.escaped.union(leaves);
        self.control = self.control.union(leaves);
    }

    /// Begins a loop; returns what [`Engine::end_loop`] takes.
    pub(super) fn begin_loop(&mut self) -> Leaves {
        std::mem::take(&mut self.escaped)
    }

    /// Ends a loop; returns what may have cut it short.
    pub(super) fn end_loop(&mut self, around: Leaves) -> Leaves {
        std::mem::replace(&mut self.escaped, around)
    }

    /// Puts everything that is rendered from now on under the control of `leaves`. Where it is known which leaves are sealed, of those
    /// only, and of chance: that anything after it *might* be another is what must not tell a secret, but no origin of a clear value.
    pub(super) fn pervade(&mut self, leaves: &Leaves) {
        let leaves: Leaves = leaves.as_slice().iter().copied().filter(|leaf| self.pervades(*leaf)).collect();
        self.pervasive = self.pervasive.union(&leaves);
        self.control = self.control.union(&leaves);
    }

    fn pervades(&self, leaf: LeafId) -> bool {
        match &self.settings.hashes {
            Hashes::Plain => true,
            Hashes::Ciphertext(digests) => digests.contains_key(&leaf) || leaf.0 >= self.settings.first_pseudo_leaf,
        }
    }

    /// Counts one step and looks at what is written so far.
    pub(super) fn spend(&self, output: &Output) -> Result<(), Budgeted> {
        meter::spend(1)?;
        if output.len() > self.result_limit() { Err(Budgeted::Text) } else { Ok(()) }
    }

    /// Counts the steps of making keys.
    pub(super) fn afford(&mut self, steps: u64) -> Result<(), Budgeted> {
        self.key_steps = self.key_steps.saturating_add(steps);
        if self.key_steps > self.settings.budget.key_steps { Err(Budgeted::Keys) } else { Ok(()) }
    }

    /// Counts the output of a template file, what its lines take included.
    ///
    /// # Errors
    /// All files together print too much.
    pub(crate) fn printed(&mut self, template: &str, bytes: usize) -> Result<(), Box<TemplateFailure>> {
        self.printed = self.printed.saturating_add(bytes);
        if self.printed <= self.settings.budget.output_bytes {
            return Ok(());
        }
        Err(self.over_budget(Site { template: template.to_owned(), line: 1, column: 1 }, Budgeted::Output))
    }

    /// Goes one template call deeper.
    pub(super) fn descend(&mut self, caller: Caller) -> Result<(), Budgeted> {
        self.callers.push(caller);
        if self.callers.len() > self.settings.budget.depth { Err(Budgeted::Depth) } else { Ok(()) }
    }

    /// Comes back from a call.
    pub(super) fn ascend(&mut self) {
        self.callers.pop();
    }

    /// Says whether any leaves are about: where not, nobody need look for them.
    pub(super) fn tracks(&self) -> bool {
        self.settings.tracking == Tracking::Some || self.chances.any()
    }

    /// Returns the bytes a single result may have.
    pub(super) fn result_limit(&self) -> usize {
        self.settings.budget.text_bytes.min(PRINTED_BYTES - 1)
    }

    /// Says whether a leaf's text must not be looked at: it has a digest to stand for it.
    pub(super) fn is_sealed(&self, leaf: LeafId) -> bool {
        match &self.settings.hashes {
            Hashes::Plain => false,
            Hashes::Ciphertext(digests) => digests.contains_key(&leaf) || self.chances.digest(leaf).is_some(),
        }
    }

    /// Returns what stands for a leaf in a hash; nothing where the bytes themselves are hashed.
    pub(super) fn ciphertext(settings: &Settings, leaf: LeafId) -> Option<Vec<u8>> {
        match &settings.hashes {
            Hashes::Plain => None,
            Hashes::Ciphertext(digests) => digests.get(&leaf).cloned(),
        }
    }

    /// Returns the settings.
    pub(super) fn settings(&self) -> &'r Settings {
        self.settings
    }

    /// Returns a failure at `at` under the present control.
    pub(super) fn failure(&self, at: Site, message: Text) -> Box<TemplateFailure> {
        let leaves = self.control.union(&message.marks().leaves());
        Box::new(TemplateFailure { message, at, chain: Vec::new(), value_path: None, leaves })
    }

    /// Returns the failure of a limit.
    pub(super) fn over_budget(&self, at: Site, limit: Budgeted) -> Box<TemplateFailure> {
        let budget = &self.settings.budget;
        let message = match limit {
            Budgeted::Depth => format!("templates call one another more than {} deep", budget.depth),
            Budgeted::Steps => format!("the render takes more than {} steps", budget.steps),
            Budgeted::Keys => format!("making keys takes more than {} steps", budget.key_steps),
            Budgeted::Text => format!("a template prints more than {} bytes", budget.text_bytes),
            Budgeted::Output => format!("the templates print more than {} bytes together", budget.output_bytes),
            Budgeted::Memory => format!("the values of the render take more than {} bytes", budget.memory_bytes),
        };
        self.failure(at, Text::from(message.as_str()))
    }
}
