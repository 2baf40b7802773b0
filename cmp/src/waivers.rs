//! Waivers: what the platform team lets through for a time, with a name and a reason.
//!
//! In: the file that the configuration names, today's day, what is known of rules. Out: [`Waivers`], asked for each denial.
//! Rules: a waiver counts from its `created` day to its `expires` day, both included, days of UTC; the first of the file that counts is the
//! one that is named; one that has expired is told, and lets nothing through; absolute rules have none; every problem of a file is told at once.
//! Not here: the clock (commands read it), what becomes of a waived denial (`tolerance`), policies without a verdict, which nobody waives.

mod entry;
mod error;
mod read;

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::application::ApplicationName;
use crate::diagnostic::{Class, Code, Diagnostic, Exception, Failure, Finding, Place};

pub use entry::{Target, Waiver};
pub use error::WaiverError;
pub use read::{ENTRY_LIMIT, Grounds, TEXT_LIMIT_CHARACTERS, read};

/// How many days before its end a waiver is warned of: two weeks, for a renewal takes a review.
pub const WARNING_DAYS: i32 = 14;

/// The waivers of an estate on one day.
#[derive(Clone, Debug)]
pub struct Waivers {
    entries: Vec<Waiver>,
    today: Date,
}

/// What the waivers say of a denial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer<'a> {
    /// None is about it.
    Silent,
    /// This one lets it through.
    Waived(&'a Waiver),
    /// This one did until it expired.
    Expired(&'a Waiver),
    /// This one will from its first day on.
    NotYet(&'a Waiver),
}

impl Waivers {
    /// Returns no waivers.
    #[must_use]
    pub fn none(today: Date) -> Self {
        Self { entries: Vec::new(), today }
    }

    /// Returns what is said of a denial of an application in a namespace.
    #[must_use]
    pub fn answer(&self, finding: &Finding, application: &ApplicationName, namespace: &str) -> Answer<'_> {
        let mut answer = Answer::Silent;
        for waiver in self.entries.iter().filter(|waiver| waiver.covers(finding, application, namespace)) {
            if waiver.created > self.today {
                answer = Answer::NotYet(waiver);
            } else if waiver.expires < self.today {
                answer = Answer::Expired(waiver);
            } else {
                return Answer::Waived(waiver);
            }
        }
        answer
    }

    /// Returns a warning for each waiver among `used` that has expired or soon will, in the order of the file; `None` stands for all.
    #[must_use]
    pub fn ending(&self, used: Option<&BTreeSet<Place>>) -> Vec<Diagnostic> {
        let meant = self.entries.iter().filter(|waiver| used.is_none_or(|used| used.contains(&waiver.place)));
        meant.filter_map(|waiver| self.end(waiver)).collect()
    }

    fn end(&self, waiver: &Waiver) -> Option<Diagnostic> {
        let days = self.today.until(waiver.expires).ok()?.get_days();
        let (what, hint) = match days {
            ..=-1 => (format!("expired on {}", waiver.expires), "remove it, or have its owner renew it"),
            0 => ("expires today".to_owned(), "have its owner renew it, or mend what it lets through"),
            1..=WARNING_DAYS => {
                (format!("expires on {}", waiver.expires), "have its owner renew it, or mend what it lets through")
            }
            _ => return None,
        };
        let message = format!("the waiver of {} {what}", waiver.about());
        let diagnostic = Diagnostic::warning(Code::WAIVERS_ENDING, message).at(waiver.place.clone());
        Some(diagnostic.fact("owner", &waiver.owner).fact("ticket", &waiver.ticket).hint(hint))
    }

    /// Returns a warning for each waiver that counts today and is not among `used`, in the order of the file. `judged` says whether every application that a waiver could be about was judged: of others nothing is known.
    #[must_use]
    pub fn unused(&self, used: &BTreeSet<Place>, judged: impl Fn(&Target) -> bool) -> Vec<Diagnostic> {
        let counts = |waiver: &&Waiver| waiver.created <= self.today && self.today <= waiver.expires;
        let unused = self.entries.iter().filter(counts).filter(|waiver| !used.contains(&waiver.place));
        let unused = unused.filter(|waiver| judged(&waiver.target));
        let warning = |waiver: &Waiver| {
            let message = format!("the waiver of {} lets nothing through: no policy denies it", waiver.about());
            let diagnostic = Diagnostic::warning(Code::WAIVERS_UNUSED, message).at(waiver.place.clone());
            diagnostic.fact("owner", &waiver.owner).fact("ticket", &waiver.ticket).hint("remove it, or correct what it names")
        };
        unused.map(warning).collect()
    }
}

/// Returns where the waivers stand that have let something through.
#[must_use]
pub fn used<'a>(diagnostics: impl IntoIterator<Item = &'a Diagnostic>) -> BTreeSet<Place> {
    let exceptions = diagnostics.into_iter().filter_map(|diagnostic| diagnostic.exception.as_deref());
    let places = exceptions.filter_map(|exception| match exception {
        Exception::Waived(grant) => Some(grant.place.clone()),
        Exception::Known => None,
    });
    places.collect()
}

/// Returns the failure of a file that is refused.
#[must_use]
pub fn refused(errors: &[WaiverError]) -> Failure {
    Failure::of(errors.iter().map(|error| (Class::Context, Diagnostic::from(error))).collect())
}

#[cfg(test)]
mod tests;
