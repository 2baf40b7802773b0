//! Report: what came of the cases, as cargo's tests tell it, as JSON, or as JUnit.

use std::fmt::Write as _;

use serde_json::json;
use tidegate::report::sink::clean;

use super::mutate::Mutated;
use super::{Outcome, Tested};
use crate::args::TestForm;

/// Returns the report.
pub(super) fn written(tested: &Tested, form: TestForm) -> String {
    match form {
        TestForm::Text => text(tested),
        TestForm::Json => format!("{:#}\n", json(tested)),
        TestForm::Junit => junit(tested),
    }
}

fn text(tested: &Tested) -> String {
    let Tested { policy, outcomes, unexercised, mutated, passed } = tested;
    let mut out = format!("running {} of {policy}\n", counted(outcomes.len(), "case"));
    // A String takes all that is written to it.
    for outcome in outcomes {
        let _ = writeln!(out, "test {} ... {}", clean(&outcome.name), if outcome.problems.is_empty() { "ok" } else { "FAILED" });
    }
    let failed: Vec<&Outcome> = outcomes.iter().filter(|outcome| !outcome.problems.is_empty()).collect();
    for Outcome { name, at, problems } in &failed {
        let _ = writeln!(out, "\n---- {} ({at}) ----", clean(name));
        for problem in problems {
            let _ = writeln!(out, "  {}", clean(problem));
        }
    }
    if !unexercised.is_empty() {
        let _ = writeln!(out, "\nno case makes these rules fire: {}", unexercised.join(", "));
    }
    if let Some(mutated) = mutated {
        let _ = writeln!(out, "\n{} mutations of {}", mutated.asked, counted(mutated.cases, "passing case"));
        for (rule, how) in &mutated.fired {
            let _ = writeln!(out, "  {rule} fires: {}", clean(how));
        }
        for rule in &mutated.silent {
            let _ = writeln!(out, "  {rule} never fires");
        }
        for problem in &mutated.unsteady {
            let _ = writeln!(out, "  changed by what does not matter: {}", clean(problem));
        }
        if mutated.cut {
            let _ = writeln!(out, "  not all mutations were tried: there are more than the limit");
        }
    }
    let verdict = if *passed { "ok" } else { "FAILED" };
    let _ = writeln!(
        out,
        "\ntest result: {verdict}. {} passed; {} failed{}",
        outcomes.len() - failed.len(),
        failed.len(),
        silent(mutated.as_ref())
    );
    out
}

/// Returns what of the mutations fails the test, for the last line.
fn silent(mutated: Option<&Mutated>) -> String {
    let Some(mutated) = mutated else { return String::new() };
    match (mutated.silent.len(), mutated.unsteady.len()) {
        (0, 0) => String::new(),
        (silent, unsteady) => format!("; rules that never fire: {silent}; cases changed by what does not matter: {unsteady}"),
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn json(tested: &Tested) -> serde_json::Value {
    let Tested { policy, outcomes, unexercised, mutated, passed } = tested;
    let cases: Vec<_> = outcomes
        .iter()
        .map(
            |Outcome { name, at, problems }| json!({"name": name, "at": at, "passed": problems.is_empty(), "problems": problems}),
        )
        .collect();
    let mutated = mutated.as_ref().map(|mutated| {
        json!({
            "asked": mutated.asked,
            "cases": mutated.cases,
            "fired": mutated.fired,
            "silent": mutated.silent,
            "unsteady": mutated.unsteady,
            "cut": mutated.cut,
        })
    });
    json!({"policy": policy, "passed": passed, "cases": cases, "unexercised": unexercised, "mutated": mutated})
}

/// # Source
/// The JUnit XML that CI systems read: `testsuite` with `testcase`s, a `failure` in those that failed.
fn junit(tested: &Tested) -> String {
    let Tested { policy, outcomes, unexercised, mutated, passed: _ } = tested;
    let suite = escaped(policy);
    let mut cases = String::new();
    let mut failures = 0_usize;
    let mut add = |name: &str, problems: &[String]| {
        failures += usize::from(!problems.is_empty());
        let _ = write!(cases, "  <testcase classname=\"{suite}\" name=\"{}\"", escaped(name));
        if problems.is_empty() {
            cases.push_str("/>\n");
        } else {
            let text = problems.iter().map(|problem| escaped(problem)).collect::<Vec<_>>().join("\n");
            let _ =
                write!(cases, ">\n    <failure message=\"{}\">{text}</failure>\n  </testcase>\n", escaped(&problems.concat()));
        }
    };
    for Outcome { name, at, problems } in outcomes {
        add(&format!("{name} ({at})"), problems);
    }
    if let Some(mutated) = mutated {
        let silent = mutated.silent.iter().map(|rule| format!("{rule} never fires"));
        add("mutations", &silent.chain(mutated.unsteady.iter().cloned()).collect::<Vec<_>>());
    }
    let tests = outcomes.len() + usize::from(mutated.is_some());
    let told = if unexercised.is_empty() {
        String::new()
    } else {
        format!("  <system-out>no case makes these rules fire: {}</system-out>\n", escaped(&unexercised.join(", ")))
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"{suite}\" tests=\"{tests}\" failures=\"{failures}\">\n{cases}{told}</testsuite>\n"
    )
}

fn escaped(text: &str) -> String {
    clean(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
