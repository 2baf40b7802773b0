//! Pairs: work on policies, two at a time.
//!
//! Rules: the results come in the order of the items, whoever was ready first; an item's work sees nothing of another's. Two and no more:
//! the repo-server's pod has other things to do, and `check --all` works on several applications already.

use std::panic::resume_unwind;
use std::thread;

/// Does the work for each item, every second one on another thread.
pub(super) fn two_at_a_time<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let each_second = |first: usize| items.iter().skip(first).step_by(2).map(&work).collect::<Vec<R>>();
    let (evens, odds) = thread::scope(|scope| {
        let odds = scope.spawn(|| each_second(1));
        (each_second(0), odds.join().unwrap_or_else(|panic| resume_unwind(panic)))
    });
    let mut odds = odds.into_iter();
    evens.into_iter().flat_map(|even| [Some(even), odds.next()]).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::two_at_a_time;

    /// The results stand in the order of the items, as many as there are.
    #[test]
    fn the_order_is_that_of_the_items() {
        for count in 0..6 {
            let items: Vec<usize> = (0..count).collect();
            let want: Vec<usize> = items.iter().map(|item| item * 10).collect();
            assert_eq!(two_at_a_time(&items, |item| item * 10), want);
        }
    }
}
