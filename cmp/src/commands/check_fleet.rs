//! What a check says of the estate as a whole: waivers that end or are not used, and what of a baseline is gone.

use std::collections::BTreeSet;
use std::path::Path;

use engine::metadata::Matches;
use tidegate::application::ApplicationName;
use tidegate::baseline::Baseline;
use tidegate::context::class_name;
use tidegate::diagnostic::{Code, Diagnostic, Place};
use tidegate::estate::Estate;
use tidegate::report::check::{AskedRule, Report, Roots, Row, Tally};
use tidegate::rules::RuleName;
use tidegate::tolerance::Ratchet;
use tidegate::waivers;

/// What was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// One application.
    One,
    /// All of the estate.
    All,
}

/// Returns the report of what was checked. `file` is that of the baseline, where there is one.
pub(super) fn report(rows: Vec<Row>, estate: &Estate, scope: Scope, file: Option<&Path>) -> Report {
    let used = waivers::used(rows.iter().flat_map(Row::diagnostics));
    let waivers = &estate.tolerance.waivers;
    let mut told = match scope {
        Scope::One => waivers.ending(Some(&used)),
        Scope::All => waivers.ending(None),
    };
    if scope == Scope::All {
        told.extend(waivers.unused(&used, |target| {
            let mut concerned = rows.iter().filter(|row| match row.name.parse::<ApplicationName>() {
                Ok(name) => target.may_concern(&name),
                // The row of a customer whose applications are not known.
                Err(_) => true,
            });
            concerned.all(|row| row.outcome.is_ok())
        }));
    }
    let mut report = Report { rows, estate: told, tally: None, rules: rules(estate), roots: roots(estate) };
    if let Some(file) = file {
        let tally = tally(&report, estate, scope, file);
        if !tally.gone.is_empty() {
            let count = tally.gone.len();
            let message = match count {
                1 => "1 denial of the baseline is gone".to_owned(),
                more => format!("{more} denials of the baseline are gone"),
            };
            let diagnostic = Diagnostic::note(Code::BASELINE_GONE, message).at(Place::file(&tally.file));
            report.estate.push(diagnostic.hint("write it anew with --write-baseline, so that they do not come back"));
        }
        report.tally = Some(tally);
    }
    report
}

/// Returns the denials that were let through as known.
pub(super) fn known(report: &Report) -> Baseline {
    Baseline::of(report.told().filter_map(|(application, told)| Some((application?, told))))
}

fn tally(report: &Report, estate: &Estate, scope: Scope, file: &Path) -> Tally {
    // A denial that a waiver lets through stands all the same.
    let found = report.told().filter_map(|(application, told)| {
        let finding = told.finding.as_deref().filter(|_| told.exception.is_some())?;
        Some(finding.line(application?))
    });
    let found: BTreeSet<String> = found.collect();
    let checked: BTreeSet<&str> = report.rows.iter().map(|row| row.name.as_str()).collect();
    let failed: BTreeSet<&str> = report.rows.iter().filter(|row| row.outcome.is_err()).map(|row| row.name.as_str()).collect();
    // What a refused application would have had behind its failure is not known, and nothing of a customer who is not understood.
    let judged = |application: &str| {
        let customer = application.split('/').next().unwrap_or_default();
        let is_there = checked.contains(application) || scope == Scope::All;
        is_there && !failed.contains(application) && !failed.contains(customer)
    };
    let gone = match &estate.tolerance.ratchet {
        Ratchet::Known(baseline) => baseline.gone(&found, judged),
        Ratchet::Off | Ratchet::Collecting => Vec::new(),
    };
    Tally { file: file.to_string_lossy().into_owned(), known: report.counts().known, gone }
}

/// Returns the rules that are asked about, with where their policies judge.
fn rules(estate: &Estate) -> Vec<AskedRule> {
    let environments = &estate.configuration.environments;
    let asked = estate.policies.described().flat_map(|(metadata, _)| {
        let Matches { kinds: _, classes, environments: named } = &metadata.matches;
        let fits = |list: &[String], text: &str| list.is_empty() || list.iter().any(|item| item == text);
        let within =
            environments.iter().filter(|(name, environment)| fits(named, name) && fits(classes, class_name(environment.class)));
        let within: BTreeSet<String> = within.map(|(name, _)| name.clone()).collect();
        metadata.rules.iter().filter_map(move |rule| {
            Some(AskedRule {
                name: RuleName::of(&metadata.name, &rule.name)?,
                description: rule.description.clone(),
                help_url: rule.help_url.clone(),
                stages: metadata.stages.iter().copied().collect(),
                environments: within.clone(),
            })
        })
    });
    let mut asked: Vec<AskedRule> = asked.collect();
    asked.sort_by(|one, other| one.name.cmp(&other.name));
    asked
}

fn roots(estate: &Estate) -> Roots {
    Roots {
        charts: estate.chart_root().map(|root| root.to_string_lossy().into_owned()),
        configuration: estate.folder.as_ref().map(|folder| folder.root().to_string_lossy().into_owned()),
    }
}
