//! How much of a document may come from aliases.

use super::*;

/// Counts a last step, in an alias, after which there are so many.
fn check(steps: u32, alias_steps: u32, allowed: bool) {
    let mut work = Work { steps: steps - 1, alias_steps: alias_steps - 1 };
    assert_eq!(work.step(true), allowed, "{alias_steps} of {steps}");
}

// Small documents may come from aliases altogether.
#[test]
fn free_steps_obeyed_and_violated() {
    check(FREE_STEPS, FREE_STEPS, true);
    check(FREE_STEPS + 1, FREE_STEPS + 1, false);
    check(FREE_STEPS + 1, FREE_ALIAS_STEPS, true);
}

// The share that may come from them falls from 99 % to 10 %, as in Go's floats.
#[test]
fn shares_obeyed_and_violated() {
    check(SHARE_FALLS_FROM, SHARE_FALLS_FROM / 100 * 99, true);
    check(SHARE_FALLS_FROM, SHARE_FALLS_FROM / 100 * 99 + 1, false);
    let halfway = u32::midpoint(SHARE_FALLS_FROM, SHARE_FALLS_TO);
    check(halfway, halfway / 1000 * 545 - 1, true);
    check(halfway, halfway / 1000 * 545 + 1, false);
    check(SHARE_FALLS_TO, SHARE_FALLS_TO / 10 - 1, true);
    check(SHARE_FALLS_TO, SHARE_FALLS_TO / 10 + 1, false);
}
