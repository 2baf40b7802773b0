//! `policy bench`: what a policy costs on manifests, cold and warm, beside a saved baseline.
//!
//! Rules: cold is loading, linking, settings and the first question, as a render does; warm the question alone, in a fresh instance. Fuel is
//! the same on every machine, times are not: a baseline of another machine says little but for fuel. Nothing else is measured, and the
//! documents are made before.

use std::path::Path;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure, Place};
use tidegate::policies::PolicySet;
use tidegate::variables::Variables;

use super::judge::{Question, ask, chain};
use super::run::{manifests, settings as settings_of};
use super::subject::Subject;
use super::{cases, files};
use crate::args::{BenchArgs, ReportForm};
use crate::commands::Product;

/// What was measured.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Measured {
    policy: String,
    version: String,
    objects: usize,
    rounds: usize,
    fuel_units: u64,
    cold: Times,
    warm: Times,
}

/// Microseconds of one kind of round.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Times {
    p50_us: u64,
    p95_us: u64,
}

/// Measures, reports, saves and compares.
pub(super) fn run(args: &BenchArgs, variables: &Variables) -> Result<Product, Failure> {
    let BenchArgs { policy, subject: path, config, settings, rounds, save, baseline, threshold, output } = args;
    let subject = Subject::find(policy, config.as_deref(), variables)?;
    let settings = settings_of(&subject, settings.as_deref(), config.as_deref(), variables)?;
    let given = manifests(path)?;
    let documents: Vec<Json> = given.iter().map(|given| tidegate::json::tree(&given.node)).collect();
    let configured =
        || -> Result<PolicySet, Failure> { subject.configured(&settings)?.map_err(|error| no_verdict(&chain(&error))) };
    let context = cases::default_context();
    let question = Question::Manifests(&context, &documents);
    let asked = |policies: &PolicySet| ask(policies, &question).map_err(|reason| no_verdict(&reason));
    let warm = configured()?;
    let fuel_units = asked(&warm)?.fuel_units;
    let measured = Measured {
        policy: subject.metadata.name.clone(),
        version: subject.metadata.version.clone(),
        objects: documents.len(),
        rounds: usize::try_from(*rounds).unwrap_or(usize::MAX),
        fuel_units,
        cold: times(*rounds, || asked(&configured()?).map(|_said| ()))?,
        warm: times(*rounds, || asked(&warm).map(|_said| ()))?,
    };
    let before = baseline.as_deref().map(read).transpose()?;
    if let Some(file) = save {
        files::write(file, format!("{:#}\n", serde_json::json!(measured)).as_bytes())?;
    }
    let slower = before.as_ref().map(|before| slower(before, &measured, *threshold)).unwrap_or_default();
    let text = match output {
        ReportForm::Text => text(&measured, before.as_ref(), &slower),
        ReportForm::Json => format!("{:#}\n", serde_json::json!({"measured": measured, "baseline": before, "slower": slower})),
    };
    let verdict = (!slower.is_empty()).then_some(Class::Policy);
    Ok(Product { text: text.into_bytes(), diagnostics: Vec::new(), verdict })
}

fn no_verdict(reason: &str) -> Failure {
    let diagnostic = Diagnostic::error(Code::POLICY_NO_VERDICT, format!("there is nothing to measure: {reason}"));
    Failure::one(Class::Policy, diagnostic.hint("mend the policy first: `tidegate policy test`"))
}

fn times(rounds: u32, mut round: impl FnMut() -> Result<(), Failure>) -> Result<Times, Failure> {
    let mut taken = Vec::new();
    for _ in 0..rounds {
        let began = Instant::now();
        round()?;
        taken.push(began.elapsed());
    }
    taken.sort();
    Ok(Times { p50_us: percentile(&taken, 50), p95_us: percentile(&taken, 95) })
}

/// Returns the time, in microseconds, below or at which this part of a hundred of the sorted times lies.
fn percentile(sorted: &[Duration], hundredths: usize) -> u64 {
    let place = (sorted.len() * hundredths).div_ceil(100).saturating_sub(1);
    sorted.get(place).map_or(0, |time| u64::try_from(time.as_micros()).unwrap_or(u64::MAX))
}

fn read(file: &Path) -> Result<Measured, Failure> {
    serde_json::from_str(&files::read_text(file)?).map_err(|error| {
        let diagnostic = Diagnostic::error(Code::POLICY_CASES, format!("this is no baseline: {error}"));
        let diagnostic = diagnostic.at(Place::file(&file.display().to_string()));
        Failure::one(Class::Source, diagnostic.hint("make one with `tidegate policy bench --save FILE`"))
    })
}

/// Returns what is worse than the baseline by more than the threshold. Fuel and the median count; the 95th of a busy machine does not.
fn slower(before: &Measured, now: &Measured, threshold_percent: u32) -> Vec<String> {
    let pairs = [
        ("fuel", before.fuel_units, now.fuel_units),
        ("cold p50", before.cold.p50_us, now.cold.p50_us),
        ("warm p50", before.warm.p50_us, now.warm.p50_us),
    ];
    let over = |before: u64, now: u64| u128::from(now) * 100 > u128::from(before) * (100 + u128::from(threshold_percent));
    let worse = pairs.into_iter().filter(|(_, before, now)| over(*before, *now));
    worse.map(|(what, before, now)| format!("{what}: {now}, was {before}")).collect()
}

fn text(measured: &Measured, before: Option<&Measured>, slower: &[String]) -> String {
    let Measured { policy, version, objects, rounds, fuel_units, cold, warm } = measured;
    let mut out = format!("{policy} {version}, objects {objects}, rounds {rounds}\n");
    let was = |value: Option<u64>| value.map_or_else(String::new, |value| format!("  (was {value})"));
    let rows = [
        ("cold p50", cold.p50_us, "us", before.map(|before| before.cold.p50_us)),
        ("cold p95", cold.p95_us, "us", before.map(|before| before.cold.p95_us)),
        ("warm p50", warm.p50_us, "us", before.map(|before| before.warm.p50_us)),
        ("warm p95", warm.p95_us, "us", before.map(|before| before.warm.p95_us)),
        ("fuel", *fuel_units, "units", before.map(|before| before.fuel_units)),
    ];
    for (label, value, unit, before) in rows {
        out.push_str(&format!("  {label:<9} {value:>10} {unit}{}\n", was(before)));
    }
    for line in slower {
        out.push_str(&format!("worse than the baseline allows: {line}\n"));
    }
    out
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Measured, Times, percentile, slower};

    /// The 50th and 95th of a hundred, and of few.
    #[test]
    fn percentiles() {
        let times = |count: u64| (1..=count).map(Duration::from_micros).collect::<Vec<_>>();
        assert_eq!((percentile(&times(100), 50), percentile(&times(100), 95)), (50, 95));
        assert_eq!((percentile(&times(3), 50), percentile(&times(3), 95), percentile(&times(1), 50)), (2, 3, 1));
        assert_eq!(percentile(&[], 50), 0);
    }

    /// What is at the threshold passes, what is over it does not.
    #[test]
    fn a_baseline_obeyed_and_violated() {
        let measured = |fuel: u64, cold: u64| Measured {
            policy: String::new(),
            version: String::new(),
            objects: 1,
            rounds: 1,
            fuel_units: fuel,
            cold: Times { p50_us: cold, p95_us: 0 },
            warm: Times { p50_us: 10, p95_us: 0 },
        };
        let before = measured(100, 100);
        assert_eq!(slower(&before, &measured(120, 120), 20), Vec::<String>::new());
        assert_eq!(slower(&before, &measured(121, 100), 20), ["fuel: 121, was 100"]);
        assert_eq!(slower(&before, &measured(1, 121), 20), ["cold p50: 121, was 100"]);
    }
}
