//! The variables in sight of a place.

use std::collections::BTreeSet;

/// What is in sight everywhere: what a template is given.
const ALWAYS: &str = "$";

/// Names with their `$`. Which declaration a name means is decided when templates run.
#[derive(Default)]
pub(super) struct Scope {
    names: BTreeSet<String>,
    /// In the order they came into sight.
    order: Vec<String>,
}

/// How many names were in sight at some place.
pub(super) struct Mark(usize);

impl Scope {
    pub(super) fn declare(&mut self, name: &str) {
        if self.names.insert(name.to_owned()) {
            self.order.push(name.to_owned());
        }
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        name == ALWAYS || self.names.contains(name)
    }

    pub(super) fn mark(&self) -> Mark {
        Mark(self.order.len())
    }

    /// Forgets what was declared since `mark`.
    pub(super) fn leave(&mut self, mark: &Mark) {
        for name in self.order.drain(mark.0.min(self.order.len())..) {
            self.names.remove(&name);
        }
    }
}
