//! Tolerance: which denials refuse nothing, because somebody answers for them.
//!
//! In: a denial as a diagnostic, with what it is about. Out: the same, or a note that says who lets it through.
//! Rules: waivers come first, then the baseline of a check; neither for absolute rules, nor for policies without a verdict. A verdict
//! changes, never a byte of what is rendered.
//! Not here: what a waiver or a baseline is (`waivers`, `baseline`).

use crate::application::ApplicationName;
use crate::baseline::Baseline;
use crate::diagnostic::{Diagnostic, Exception, Severity};
use crate::rules::Rulebook;
use crate::waivers::{Answer, Waivers};

/// Which denials refuse nothing.
#[derive(Clone, Debug)]
pub struct Tolerance {
    /// What is known of rules.
    pub rules: Rulebook,
    /// What the platform team lets through for a time.
    pub waivers: Waivers,
    /// What a check knows already.
    pub ratchet: Ratchet,
}

/// What a check knows already.
#[derive(Clone, Debug)]
pub enum Ratchet {
    /// Nothing: all other commands, and the plugin above all.
    Off,
    /// Whatever it finds: a baseline is being written.
    Collecting,
    /// What stands in a baseline.
    Known(Baseline),
}

/// The application whose denials are looked at.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// Its name.
    pub application: &'a ApplicationName,
    /// Its namespace.
    pub namespace: &'a str,
}

impl Tolerance {
    /// Returns a diagnostic as it is, or, where it is a denial that refuses nothing, as a note with the reason. A denial whose waiver does
    /// not count today says so.
    #[must_use]
    pub fn judge(&self, diagnostic: Diagnostic, judged: Judged<'_>) -> Diagnostic {
        let Some(finding) = diagnostic.finding.as_deref().filter(|_| diagnostic.severity == Severity::Error) else {
            return diagnostic;
        };
        if self.rules.is_absolute(&finding.rule) {
            return diagnostic;
        }
        let lapsed = match self.waivers.answer(finding, judged.application, judged.namespace) {
            Answer::Waived(waiver) => {
                let grant = waiver.grant();
                let text = grant.to_string();
                return let_through(diagnostic.fact("waived", text), Exception::Waived(grant));
            }
            Answer::Expired(waiver) => Some(format!("its waiver, {}, expired on {}", waiver.place, waiver.expires)),
            Answer::NotYet(waiver) => Some(format!("its waiver, {}, counts from {} on", waiver.place, waiver.created)),
            Answer::Silent => None,
        };
        let known = match &self.ratchet {
            Ratchet::Off => false,
            Ratchet::Collecting => true,
            Ratchet::Known(baseline) => baseline.holds(&finding.line(&judged.application.to_string())),
        };
        if known {
            return let_through(diagnostic.fact("known", "in the baseline"), Exception::Known);
        }
        match lapsed {
            Some(lapsed) => Diagnostic { message: format!("{}; {lapsed}", diagnostic.message), ..diagnostic },
            None => diagnostic,
        }
    }
}

fn let_through(diagnostic: Diagnostic, exception: Exception) -> Diagnostic {
    Diagnostic { severity: Severity::Note, exception: Some(Box::new(exception)), ..diagnostic }
}

#[cfg(test)]
mod tests;
