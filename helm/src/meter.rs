//! The meter: what the values of a render hold, and the work that is done with them.
//!
//! In: every text, list, map, mark and set of leaves, as it is made and as it goes; work, as it is done. Out: which limit is passed, if any.
//! Rules: values are shared by `Rc` and never leave their thread, so what a thread's values hold is what its render holds, and the meter
//! is the thread's. What a value shares is counted once, and what nobody holds any longer is not counted. One step is some 200 ns.
//! Not here: how much a render may hold and spend ([`Budget`](crate::render::Budget)), what is said of it (`template`).

use std::cell::Cell;

/// Bytes a heap allocation takes besides its content: counters, and the allocator's own.
pub(crate) const ALLOCATION_BYTES: usize = 32;

/// Bytes of text that are worth one step: copying, searching and hashing take some nanoseconds a byte.
const STEP_BYTES: usize = 32;

/// Items that are worth one step where they are handed on and not looked at.
const STEP_ITEMS: usize = 8;

thread_local! {
    static HELD: Cell<usize> = const { Cell::new(0) };
    static SPENT: Cell<u64> = const { Cell::new(0) };
    static PASSED: Cell<Option<Passed>> = const { Cell::new(None) };
    static ALLOWED: Cell<Allowance> = const { Cell::new(Allowance::ENDLESS) };
}

/// What a render may hold and spend.
#[derive(Clone, Copy, Debug)]
struct Allowance {
    /// Bytes, those that were held before included.
    bytes: usize,
    /// Steps, those that were spent before included.
    steps: u64,
}

impl Allowance {
    const ENDLESS: Self = Self { bytes: usize::MAX, steps: u64::MAX };
}

/// Which limit is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passed {
    /// Bytes held at a time.
    Bytes,
    /// Steps.
    Steps,
}

/// An allowance in force, until it is dropped.
#[derive(Debug)]
pub(crate) struct Metered {
    before: Allowance,
    passed_before: Option<Passed>,
}

impl Metered {
    /// Allows so many bytes and steps more from here on, and never more than is allowed already.
    pub(crate) fn start(bytes: usize, steps: u64) -> Self {
        let before = ALLOWED.get();
        let bytes = HELD.get().saturating_add(bytes).min(before.bytes);
        let steps = SPENT.get().saturating_add(steps).min(before.steps);
        ALLOWED.set(Allowance { bytes, steps });
        Self { before, passed_before: PASSED.take() }
    }
}

impl Drop for Metered {
    fn drop(&mut self) {
        ALLOWED.set(self.before);
        PASSED.set(self.passed_before);
    }
}

/// Memory that is no value's, counted while this is held.
#[derive(Debug, Default)]
pub(crate) struct Kept(usize);

impl Kept {
    /// Counts so many bytes.
    pub(crate) fn new(bytes: usize) -> Self {
        hold(bytes);
        Self(bytes)
    }

    /// Counts so many bytes instead.
    pub(crate) fn resize(&mut self, bytes: usize) {
        if bytes != self.0 {
            release(self.0);
            hold(bytes);
            self.0 = bytes;
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        release(self.0);
    }
}

/// Counts bytes that something takes from now on.
pub(crate) fn hold(bytes: usize) {
    HELD.set(HELD.get().saturating_add(bytes));
}

/// Counts bytes out that were counted in by [`hold`].
pub(crate) fn release(bytes: usize) {
    HELD.set(HELD.get().saturating_sub(bytes));
}

/// Counts steps.
///
/// # Errors
/// The limit that is passed: whatever is under way ends.
pub(crate) fn spend(steps: usize) -> Result<(), Passed> {
    work(steps);
    check()
}

/// Counts steps where nothing can be refused; who goes on for long looks at [`check`].
pub(crate) fn work(steps: usize) {
    SPENT.set(SPENT.get().saturating_add(u64::try_from(steps).unwrap_or(u64::MAX)));
}

/// Says which limit is passed, or was since the allowance began: what is computed after it need not be right.
///
/// # Errors
/// That limit.
pub(crate) fn check() -> Result<(), Passed> {
    let allowed = ALLOWED.get();
    if PASSED.get().is_none() {
        let now =
            if SPENT.get() > allowed.steps { Some(Passed::Steps) } else { (HELD.get() > allowed.bytes).then_some(Passed::Bytes) };
        PASSED.set(now);
    }
    PASSED.get().map_or(Ok(()), Err)
}

/// Says whether `bytes` more than are held now are allowed: for what is computed at once and large.
///
/// # Errors
/// [`Passed::Bytes`].
pub(crate) fn has_room(bytes: usize) -> Result<(), Passed> {
    if HELD.get().saturating_add(bytes) > ALLOWED.get().bytes { Err(Passed::Bytes) } else { Ok(()) }
}

/// Returns what it takes to go over so many bytes once.
pub(crate) fn steps_of_bytes(bytes: usize) -> usize {
    bytes / STEP_BYTES
}

/// Returns what it takes to enter a list or map and hand on its items.
pub(crate) fn steps_of_items(items: usize) -> usize {
    1 + items / STEP_ITEMS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::{LeafId, Leaves};
    use crate::value::{List, Map, Text, Value};

    /// Checks that what `make` returns is counted while it lives, and that nothing of it is counted afterwards.
    fn check<T>(make: impl FnOnce() -> T, at_least: usize) {
        let before = HELD.get();
        let made = make();
        let held = HELD.get() - before;
        assert!(held >= at_least && held < at_least * 3 + 200, "{held} bytes are held, {at_least} are expected");
        drop(made);
        assert_eq!(HELD.get(), before);
    }

    // Everything a value is made of is counted, and counted out again.
    #[test]
    fn values_are_counted() {
        check(|| Text::plain(&[b'a'; 1000]), 1000);
        check(|| List::new(vec![Value::nil(); 1000]), 1000 * size_of::<Value>());
        check(|| (0..1000).map(LeafId).collect::<Leaves>(), 4000);
        check(|| Text::plain(&[b'a'; 10]).derived_from(&(0..1000).map(LeafId).collect()), 4000);
        let map = || {
            let map = Map::new();
            (0..1000_u32).for_each(|key| map.insert(&key.to_be_bytes(), Value::nil()));
            map
        };
        check(map, 2000 * size_of::<Value>());
        check(|| (0..1000).fold(Value::nil(), |inner, _| Value::list(vec![inner])), 1000 * size_of::<Value>());
    }

    // What is shared is counted once, what is replaced or removed no longer.
    #[test]
    fn shared_values_are_counted_once() {
        let text = Text::plain(&[b'a'; 1000]);
        check(|| (text.clone(), text.derived_from(&Leaves::NONE)), 0);
        let map = Map::new();
        check(
            || {
                map.insert(b"a", Value::string("x"));
                map.insert(b"a", Value::string("y"));
                map.remove(b"a")
            },
            0,
        );
    }

    // The last step is allowed, the next is not; when the allowance ends, the one before holds.
    #[test]
    fn steps_obeyed_and_violated() {
        let outer = Metered::start(1000, 10);
        {
            let _inner = Metered::start(1000, 3);
            assert_eq!(spend(3), Ok(()));
            assert_eq!(spend(1), Err(Passed::Steps));
        }
        assert_eq!(spend(6), Ok(()));
        let _endless = Metered::start(usize::MAX, u64::MAX);
        assert_eq!(spend(1), Err(Passed::Steps));
        drop((_endless, outer));
        assert_eq!(super::check(), Ok(()));
    }

    // As many bytes as allowed may be held.
    #[test]
    fn bytes_obeyed_and_violated() {
        let _metered = Metered::start(1000 + ALLOCATION_BYTES, 10);
        assert_eq!(has_room(1000 + ALLOCATION_BYTES), Ok(()));
        let text = Text::plain(&[b'a'; 1000]);
        assert_eq!(super::check(), Ok(()));
        assert_eq!(has_room(1), Err(Passed::Bytes));
        let more = Text::plain(b"a");
        assert_eq!(super::check(), Err(Passed::Bytes));
        drop((text, more));
        assert_eq!(super::check(), Err(Passed::Bytes), "what was passed stays passed");
    }
}
