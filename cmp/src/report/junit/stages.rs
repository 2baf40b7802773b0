//! What of a check ran for an application: stages in the order of the way of the data, and rules of policies.

use std::collections::BTreeMap;

use engine::metadata::Stage;

use crate::diagnostic::{Diagnostic, Exception, Severity, Subject};
use crate::report::check::{AskedRule, Report, Row};
use crate::report::sink::clean;
use crate::report::{Color, diagnostics};

use super::{Case, Outcome, Suite};

/// The stages before policies judge layers and values, by the first part of their codes.
const BEFORE_VALUES: [&str; 5] = ["application", "context", "layers", "secrets", "values"];

/// The stages from there to where policies judge objects.
const BEFORE_OBJECTS: [&str; 4] = ["chart", "validate", "emit", "sealed"];

/// The suite of what is about no application.
const ESTATE: &str = "estate";

/// How far an application came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reached {
    /// To a stage among all of them, by its number; past the last of the first part the values were judged.
    Stage(usize),
    /// The judgement of layers and values.
    Values,
    /// The judgement of objects, or the end.
    Objects,
}

/// Returns the suites of a report.
pub(super) fn suites(report: &Report) -> Vec<Suite> {
    let mut suites: Vec<Suite> = report.rows.iter().map(|row| suite(row, &report.rules)).collect();
    if !report.estate.is_empty() {
        let cases = by_code(&report.estate).into_iter().map(|(name, told)| case(name, &told));
        suites.push(Suite { name: ESTATE.to_owned(), cases: cases.collect(), said: said(&report.estate) });
    }
    suites
}

fn suite(row: &Row, rules: &[AskedRule]) -> Suite {
    let reached = reached(row);
    let mut told = by_code(row.diagnostics());
    let mut cases = Vec::new();
    let mut take = |name: &str| cases.push(case(name.to_owned(), &told.remove(name).unwrap_or_default()));
    for (number, stage) in BEFORE_VALUES.into_iter().chain(BEFORE_OBJECTS).enumerate() {
        let ran = match reached {
            Some(Reached::Stage(last)) => number <= last,
            Some(Reached::Values) => number < BEFORE_VALUES.len(),
            Some(Reached::Objects) => true,
            None => false,
        };
        if ran {
            take(stage);
        }
    }
    let environment = row.name.rsplit('/').next().unwrap_or_default();
    let asked = rules.iter().filter(|rule| rule.environments.contains(environment));
    for rule in asked.filter(|rule| judged(rule, reached)) {
        take(&rule.name.to_string());
    }
    cases.extend(told.into_iter().filter(|(_, told)| is_case(told)).map(|(name, told)| case(name, &told)));
    Suite { name: clean(&row.name), cases, said: said(row.diagnostics()) }
}

/// Says whether the rule's policy was asked at all its stages of one application.
fn judged(rule: &AskedRule, reached: Option<Reached>) -> bool {
    let of_objects = rule.stages.contains(&Stage::Manifests);
    let of_values = rule.stages.contains(&Stage::Layer) || rule.stages.contains(&Stage::Values);
    match reached {
        None => false,
        Some(Reached::Objects) => of_objects || of_values,
        Some(Reached::Values) => of_values && !of_objects,
        Some(Reached::Stage(last)) => last >= BEFORE_VALUES.len() && of_values && !of_objects,
    }
}

/// Returns how far an application came; nothing where its first error does not tell.
fn reached(row: &Row) -> Option<Reached> {
    if row.outcome.is_ok() {
        return Some(Reached::Objects);
    }
    let errors: Vec<&Diagnostic> = row.diagnostics().iter().filter(|told| told.severity == Severity::Error).collect();
    let objects = |told: &&Diagnostic| {
        told.finding.as_deref().is_some_and(|finding| matches!(finding.subject, Subject::Object(_) | Subject::Application))
    };
    let stage = errors.first()?.code.as_str().split('.').next().unwrap_or_default();
    if stage == "policy" {
        return Some(if errors.iter().any(objects) { Reached::Objects } else { Reached::Values });
    }
    let number = BEFORE_VALUES.into_iter().chain(BEFORE_OBJECTS).position(|known| known == stage)?;
    Some(Reached::Stage(number))
}

/// Returns what is told, by the case it belongs to: a rule, or the first part of a code.
fn by_code(told: &[Diagnostic]) -> BTreeMap<String, Vec<&Diagnostic>> {
    let mut cases: BTreeMap<String, Vec<&Diagnostic>> = BTreeMap::new();
    for told in told {
        let code = told.code.as_str();
        let name = match code.strip_prefix("policy.") {
            Some(rule) => rule,
            None => code.split('.').next().unwrap_or(code),
        };
        cases.entry(clean(name)).or_default().push(told);
    }
    cases
}

/// Says whether something of what is told fails, or is let through.
fn is_case(told: &[&Diagnostic]) -> bool {
    told.iter().any(|told| told.severity == Severity::Error || told.exception.is_some())
}

fn case(name: String, told: &[&Diagnostic]) -> Case {
    let errors: Vec<Diagnostic> =
        told.iter().filter(|told| told.severity == Severity::Error).map(|told| (*told).clone()).collect();
    if let Some(first) = errors.first() {
        let place = first.place.as_ref().map(|place| format!("{}: ", clean(&place.to_string()))).unwrap_or_default();
        let more = match errors.len() {
            1 => String::new(),
            several => format!(" (and {} more)", several - 1),
        };
        let message = format!("{place}{}{more}", clean(&first.message));
        return Case { name, outcome: Outcome::Failed { message, text: diagnostics(&errors, Color::Plain) } };
    }
    let excuses: Vec<String> = told.iter().filter_map(|told| told.exception.as_deref()).map(excuse).collect();
    let outcome = if excuses.is_empty() { Outcome::Passed } else { Outcome::Excused(excuses.join("; ")) };
    Case { name, outcome }
}

fn excuse(exception: &Exception) -> String {
    match exception {
        Exception::Waived(grant) => clean(&format!("waived {grant}")),
        Exception::Known => "known: in the baseline".to_owned(),
    }
}

/// Returns warnings and notes in full.
fn said(told: &[Diagnostic]) -> String {
    let said: Vec<Diagnostic> = told.iter().filter(|told| told.severity != Severity::Error).cloned().collect();
    diagnostics(&said, Color::Plain)
}
