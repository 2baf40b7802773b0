//! Report: what was measured, as a table of microseconds.
//!
//! In: times, one by one. Out: the least and the median of each policy and way, and of the sums of each round.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

/// In which way a policy was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    /// WebAssembly, instructions counted.
    Counted,
    /// WebAssembly, instructions not counted.
    Uncounted,
    /// The library.
    Native,
}

const WAYS: [Way; 3] = [Way::Counted, Way::Uncounted, Way::Native];

/// One question.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) policy: &'static str,
    pub(crate) way: Way,
    pub(crate) taken: Duration,
    pub(crate) fuel_units: Option<u64>,
}

/// All questions.
#[derive(Default)]
pub(crate) struct Table {
    /// In the order of the rounds.
    taken: BTreeMap<(&'static str, Way), Vec<Duration>>,
    fuel_units: BTreeMap<&'static str, u64>,
    findings: BTreeMap<&'static str, usize>,
    tapes: Vec<Duration>,
    loads: Vec<Duration>,
    objects: usize,
    tape_bytes: usize,
}

impl Table {
    /// Adds what it took to load all policies.
    pub(crate) fn loaded(&mut self, taken: Duration) {
        self.loads.push(taken);
    }

    /// Adds a tape that was written.
    pub(crate) fn taped(&mut self, taken: Duration, objects: usize, bytes: usize) {
        self.tapes.push(taken);
        (self.objects, self.tape_bytes) = (objects, bytes);
    }

    /// Adds a question.
    pub(crate) fn add(&mut self, row: Row) {
        let Row { policy, way, taken, fuel_units } = row;
        self.taken.entry((policy, way)).or_default().push(taken);
        if let Some(units) = fuel_units {
            self.fuel_units.insert(policy, units);
        }
    }

    /// Says how many findings a policy has.
    pub(crate) fn found(&mut self, policy: &'static str, findings: usize) {
        self.findings.insert(policy, findings);
    }

    /// Returns the table.
    ///
    /// # Errors
    /// Nothing was measured.
    pub(crate) fn text(&self) -> Result<String, Box<dyn Error>> {
        let Table { taken, fuel_units, findings, tapes, loads, objects, tape_bytes } = self;
        let (tape_least, tape_median) = least_and_median(tapes.clone())?;
        let mut text =
            format!("objects {objects}, tape {tape_bytes} bytes, rounds {}; microseconds, least and median\n", tapes.len());
        text.push_str("                          with fuel      without fuel           native   ratio        fuel findings\n");
        let mut sums = WAYS.map(|_way| vec![Duration::ZERO; tapes.len()]);
        for (policy, units) in fuel_units {
            let mut cells = Vec::new();
            for (way, sums) in WAYS.into_iter().zip(&mut sums) {
                let times = taken.get(&(*policy, way)).cloned().unwrap_or_default();
                sums.iter_mut().zip(&times).for_each(|(sum, time)| *sum += *time);
                cells.push(least_and_median(times)?);
            }
            text.push_str(&line(policy, &cells, *units, findings.get(policy).copied().unwrap_or_default()));
        }
        let sums = sums.into_iter().map(least_and_median).collect::<Result<Vec<_>, _>>()?;
        text.push_str(&line("all", &sums, fuel_units.values().sum(), findings.values().sum()));
        text.push_str(&format!("{:<24} {tape_least:>8} {tape_median:>8}\n", "the tape, for all once"));
        let (load_least, load_median) = least_and_median(loads.clone())?;
        text.push_str(&format!("{:<24} {load_least:>8} {load_median:>8}\n", "loading all, engine too"));
        Ok(text)
    }
}

fn line(name: &str, cells: &[(u128, u128)], fuel_units: u64, findings: usize) -> String {
    let times: Vec<String> = cells.iter().map(|(least, median)| format!("{least:>8} {median:>8}")).collect();
    let ratio = match cells {
        [(counted, _), _, (native, _)] => *counted as f64 / (*native).max(1) as f64,
        _ => 0.0,
    };
    format!("{name:<24} {} {ratio:>7.2} {fuel_units:>11} {findings:>8}\n", times.join(" "))
}

fn least_and_median(mut times: Vec<Duration>) -> Result<(u128, u128), Box<dyn Error>> {
    times.sort();
    let middle = times.len().saturating_sub(1) / 2;
    let at = |place: usize| times.get(place).map(Duration::as_micros).ok_or("nothing was measured");
    Ok((at(0)?, at(middle)?))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Row, Table, Way};

    /// The least and the median of each policy and of the sums of rounds; the ratio is that of the least times with fuel and natively.
    #[test]
    fn least_and_median_of_rounds() {
        let mut table = Table::default();
        for (round, times) in [[40, 30, 10], [20, 15, 5], [60, 45, 20]].into_iter().enumerate() {
            table.loaded(Duration::from_micros(3));
            table.taped(Duration::from_micros(7 + round as u64), 2, 100);
            for policy in ["a", "b"] {
                for (way, time) in [Way::Counted, Way::Uncounted, Way::Native].into_iter().zip(times) {
                    let fuel_units = (way == Way::Counted).then_some(1000);
                    table.add(Row { policy, way, taken: Duration::from_micros(time), fuel_units });
                }
                table.found(policy, 3);
            }
        }
        let text = table.text().unwrap();
        let words = |line: usize| text.lines().nth(line).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words(0), "objects 2, tape 100 bytes, rounds 3; microseconds, least and median");
        assert_eq!(words(2), "a 20 40 15 30 5 10 4.00 1000 3");
        assert_eq!(words(4), "all 40 80 30 60 10 20 4.00 2000 6");
        assert_eq!(words(5), "the tape, for all once 7 8");
        assert_eq!(words(6), "loading all, engine too 3 3");
    }

    /// Where nothing was measured there is no table.
    #[test]
    fn nothing_is_no_table() {
        assert_eq!(Table::default().text().unwrap_err().to_string(), "nothing was measured");
    }
}
