//! Watchdog: what ends a process that a policy keeps busy although its fuel should long be used up.
//!
//! In: when a policy begins and ends. Out: nothing, or one call of what the program armed it with, which ends the process.
//! Rules: fuel decides verdicts, the same ones on every machine; this decides none. It is for what fuel does not see: an engine's mistake,
//! a host function that does not return. Running policies pay nothing for it: one thread looks once a second.
//! Not here: what is said and how the process ends (`commands`).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::failure::{PolicyFailure, Reason};

/// How long one call of a policy may take. Fuel ends it after about a second where the machine is free; thirty times that is no policy's
/// doing, and still below the 90 seconds after which Argo CD gives up on a plugin without a word about why.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How often is looked.
const INTERVAL: Duration = Duration::from_secs(1);

/// What ends the process.
type Ending = Box<dyn FnOnce(PolicyFailure) + Send>;

/// What the program armed the watchdog with, until its thread takes it.
static ARMED: Mutex<Option<Ending>> = Mutex::new(None);

/// The calls of this process.
static CALLS: OnceLock<Arc<Calls>> = OnceLock::new();

/// Says what to do when a policy does not come back: write the failure down and end the process. The thread that looks begins with the
/// first policy.
pub fn arm(ending: impl FnOnce(PolicyFailure) + Send + 'static) {
    *ARMED.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(ending));
}

/// Watches this policy until the guard is dropped.
pub(super) fn watch(policy: &str) -> Watched {
    let calls = CALLS.get_or_init(|| {
        let calls = Arc::new(Calls::default());
        if let Some(ending) = ARMED.lock().unwrap_or_else(PoisonError::into_inner).take() {
            calls.end_after(PATIENCE, INTERVAL, ending);
        }
        calls
    });
    calls.begin(policy)
}

/// Policies that are running.
#[derive(Default)]
struct Calls {
    running: Mutex<Running>,
}

#[derive(Default)]
struct Running {
    begun: u64,
    policies: BTreeMap<u64, (String, Instant)>,
}

/// A call that is watched until this is dropped.
pub(super) struct Watched {
    calls: Arc<Calls>,
    number: u64,
}

impl Calls {
    fn begin(self: &Arc<Self>, policy: &str) -> Watched {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.begun += 1;
        let number = running.begun;
        running.policies.insert(number, (policy.to_owned(), Instant::now()));
        Watched { calls: Arc::clone(self), number }
    }

    /// Returns a policy that has been running for longer than this.
    fn overdue(&self, patience: Duration) -> Option<String> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let overdue = running.policies.values().find(|(_policy, began)| began.elapsed() > patience);
        overdue.map(|(policy, _began)| policy.clone())
    }

    /// Looks at every interval, in a thread that lives as long as the process.
    fn end_after(self: &Arc<Self>, patience: Duration, interval: Duration, ending: Ending) {
        let calls = Arc::clone(self);
        thread::spawn(move || {
            let policy = loop {
                thread::sleep(interval);
                if let Some(policy) = calls.overdue(patience) {
                    break policy;
                }
            };
            ending(PolicyFailure { policy, stage: None, reason: Reason::Time });
        });
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.calls.running.lock().unwrap_or_else(PoisonError::into_inner).policies.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, mpsc};
    use std::time::Duration;

    use super::Calls;

    const TICK: Duration = Duration::from_millis(5);

    /// Begins calls as told and returns what the ending was told, if anything within a second.
    fn check(patience: Duration, begin: impl FnOnce(&Arc<Calls>) -> Option<super::Watched>) -> Option<String> {
        let calls = Arc::new(Calls::default());
        let (told, ended) = mpsc::channel();
        calls.end_after(patience, TICK, Box::new(move |failure| told.send(format!("{failure}: {}", failure.reason)).unwrap()));
        let _running = begin(&calls);
        ended.recv_timeout(Duration::from_secs(1)).ok()
    }

    /// A policy that does not come back ends the process, by its name; one that came back does not, nor one that has time left.
    #[test]
    fn patience_obeyed_and_violated() {
        assert_eq!(
            check(4 * TICK, |calls| {
                drop(calls.begin("quick"));
                Some(calls.begin("stuck"))
            }),
            Some("policy `stuck` gave no verdict: it ran for more than 30 seconds".to_owned())
        );
        assert_eq!(
            check(4 * TICK, |calls| {
                drop(calls.begin("quick"));
                None
            }),
            None
        );
        assert_eq!(check(Duration::from_mins(1), |calls| Some(calls.begin("slow"))), None);
    }
}
