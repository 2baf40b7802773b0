//! What a check has found, whichever way it is printed.
//!
//! In: what came of each application. Out: [`Report`], in the order of the estate.
//! Rules: every form tells the same findings at the same places with the same words, through the [`sink`](super::sink); no form drops one
//! without saying so.
//! Not here: the forms (`table`, `json`, `sarif`, `junit`, `markdown`), who is checked (commands).

use std::collections::BTreeSet;

use engine::metadata::Stage;

use crate::admission::Summary;
use crate::diagnostic::{Class, Diagnostic, Exception, Failure, Severity};
use crate::rules::RuleName;

/// What came of one application.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name; the customer's where its `products.yaml` is not understood.
    pub name: String,
    /// The verdict.
    pub outcome: Result<(Summary, Vec<Diagnostic>), Failure>,
}

impl Row {
    /// Returns all that is said of it.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match &self.outcome {
            Ok((_, notes)) => notes,
            Err(failure) => &failure.diagnostics,
        }
    }

    /// Adds something that is said of it and changes no verdict.
    pub fn add(&mut self, warning: Diagnostic) {
        match &mut self.outcome {
            Ok((_, notes)) => notes.push(warning),
            Err(failure) => failure.diagnostics.push(warning),
        }
    }
}

/// A rule that was asked about, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedRule {
    /// The rule.
    pub name: RuleName,
    /// What it demands, in one sentence.
    pub description: String,
    /// Where more is said.
    pub help_url: Option<String>,
    /// The stages at which its policy judges.
    pub stages: BTreeSet<Stage>,
    /// The environments in which its policy judges.
    pub environments: BTreeSet<String>,
}

/// What a baseline knew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The file, as it was named.
    pub file: String,
    /// How many denials stand that it knows.
    pub known: usize,
    /// The lines of those that are gone.
    pub gone: Vec<String>,
}

/// Where files lie that are not in the values repository, as diagnostics call those places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roots {
    /// The chart root, where it is not the values repository.
    pub charts: Option<String>,
    /// The configuration's folder.
    pub configuration: Option<String>,
}

/// What a check has found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Applications in the order of the estate.
    pub rows: Vec<Row>,
    /// What is about none of them.
    pub estate: Vec<Diagnostic>,
    /// What the baseline knew, where there is one.
    pub tally: Option<Tally>,
    /// The rules that were asked about, in order.
    pub rules: Vec<AskedRule>,
    /// Where files lie.
    pub roots: Roots,
}

/// How much a report says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// Nothing of applications without a finding.
    Findings,
}

/// How many there are of what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Applications that pass.
    pub ok: usize,
    /// Applications that do not.
    pub refused: usize,
    /// Warnings.
    pub warnings: usize,
    /// Denials that a waiver lets through.
    pub waived: usize,
    /// Denials that a baseline knows.
    pub known: usize,
}

impl Report {
    /// Returns every diagnostic with the application it is about, applications first.
    pub fn told(&self) -> impl Iterator<Item = (Option<&str>, &Diagnostic)> {
        let rows = self.rows.iter().flat_map(|row| row.diagnostics().iter().map(|told| (Some(row.name.as_str()), told)));
        rows.chain(self.estate.iter().map(|told| (None, told)))
    }

    /// Returns the findings: all that is told but notes that no policy has said.
    pub fn findings(&self) -> impl Iterator<Item = (Option<&str>, &Diagnostic)> {
        self.told().filter(|(_, told)| told.severity != Severity::Note || told.finding.is_some())
    }

    /// Returns how many there are of what.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let refused = self.rows.iter().filter(|row| row.outcome.is_err()).count();
        let mut counts = Counts { ok: self.rows.len().saturating_sub(refused), refused, ..Counts::default() };
        for (_, told) in self.told() {
            match (told.severity, told.exception.as_deref()) {
                (Severity::Warning, _) => counts.warnings += 1,
                (_, Some(Exception::Waived(_))) => counts.waived += 1,
                (_, Some(Exception::Known)) => counts.known += 1,
                (Severity::Error | Severity::Note, None) => {}
            }
        }
        counts
    }

    /// Returns the class of the failure that decides the exit code: the lowest, for what fails first hides the rest.
    #[must_use]
    pub fn verdict(&self) -> Option<Class> {
        let rows = self.rows.iter().filter_map(|row| row.outcome.as_ref().err()).map(|failure| failure.class);
        // A policy that could not judge the fleet: what is about no application and an error is nothing else.
        let together = self.estate.iter().any(|told| told.severity == Severity::Error).then_some(Class::Policy);
        rows.chain(together).min()
    }
}

/// Returns what a finding is called in the first column of a report.
#[must_use]
pub fn word(told: &Diagnostic) -> &'static str {
    match (told.severity, told.exception.as_deref()) {
        (Severity::Error, _) => "refused",
        (Severity::Warning, _) => "warning",
        (Severity::Note, Some(Exception::Waived(_))) => "waived",
        (Severity::Note, Some(Exception::Known)) => "known",
        (Severity::Note, None) => "note",
    }
}

/// Returns the numbers of a report as a sentence: `21 ok, 1 refused, 2 waived`.
#[must_use]
pub fn sentence(counts: Counts) -> String {
    let Counts { ok, refused, warnings, waived, known } = counts;
    let mut parts = vec![format!("{ok} ok"), format!("{refused} refused")];
    match warnings {
        0 => {}
        1 => parts.push("1 warning".to_owned()),
        more => parts.push(format!("{more} warnings")),
    }
    if waived > 0 {
        parts.push(format!("{waived} waived"));
    }
    if known > 0 {
        parts.push(format!("{known} known"));
    }
    parts.join(", ")
}
