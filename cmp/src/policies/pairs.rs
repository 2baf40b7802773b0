//! Pairs: work on policies, two at a time.
//!
//! Rules: the results come in the order of the items, whoever was ready first; an item's work sees nothing of another's. Two and no more:
//! the repo-server's pod has other things to do, and `check --all` works on several applications already.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Does the work for each item, on two threads that take the next one whenever they are ready.
pub(super) fn two_at_a_time<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(number) else { return done };
            done.push((number, work(item)));
        }
    };
    let mut done = thread::scope(|scope| {
        let other = scope.spawn(take);
        let mut done = take();
        done.append(&mut other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        done
    });
    done.sort_by_key(|(number, _result)| *number);
    done.into_iter().map(|(_number, result)| result).collect()
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
