//! Review: what policies said.

use std::collections::BTreeMap;

use super::failure::PolicyFailure;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// For those who ask for details.
    Info,
    /// Shown; the render goes on.
    Warn,
    /// The application is refused.
    Deny,
}

/// What a policy said of one place. Its texts are clean and of bounded length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The policy.
    pub policy: String,
    /// The rule within the policy.
    pub rule: String,
    /// How grave it is.
    pub severity: Severity,
    /// The layer or object by its number in what was given; nothing for the merged values and for objects as a whole.
    pub subject: Option<usize>,
    /// A JSON pointer (RFC 6901); what it names may be missing. Not cleaned: a report must.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it; may be empty.
    pub help: String,
}

/// What a policy remembers of one application until it sees the fleet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The policy's name for this kind of fact.
    pub key: String,
    /// What it is.
    pub value: String,
    /// The object by its number.
    pub subject: Option<usize>,
    /// A JSON pointer into it.
    pub path: String,
}

/// A line that a policy logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// `debug`, `info` or `warn`.
    pub level: &'static str,
    /// The line, cleaned.
    pub message: String,
}

/// The facts of one application, by policy.
pub type Facts = BTreeMap<String, Vec<Fact>>;

/// What all policies said at one stage.
#[derive(Debug, Default)]
pub struct Review {
    /// What they found, by policy in the order of names, then as each said it.
    pub findings: Vec<Finding>,
    /// What they want to remember for the fleet.
    pub facts: Facts,
    /// Policies without a verdict.
    pub failures: Vec<PolicyFailure>,
    /// Policies of this stage for which there was nothing to judge, by name.
    pub idle: Vec<String>,
    /// What policies logged, with their names.
    pub log: Vec<(String, LogLine)>,
    /// What policies with a verdict used of their fuel: the same on every machine.
    pub fuel_units: u64,
}

impl Review {
    /// Returns whether the application must be refused.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        !self.failures.is_empty() || self.findings.iter().any(|finding| finding.severity == Severity::Deny)
    }
}

/// What all policies said of the fleet.
#[derive(Debug, Default)]
pub struct FleetReview {
    /// What they found, each with the number of the application.
    pub findings: Vec<(usize, Finding)>,
    /// Policies without a verdict.
    pub failures: Vec<PolicyFailure>,
    /// What policies logged, with their names.
    pub log: Vec<(String, LogLine)>,
}
