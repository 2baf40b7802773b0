//! Findings: how a policy says what is wrong.

use crate::contract::tidegate::policy::types::{Fact, Severity};
use crate::contract::{Finding, FleetFinding, Report};
use crate::place::{Place, Unjudgeable};

/// The rule of the finding that stands where a sealed leaf hides what a policy must read.
pub const UNJUDGEABLE: &str = "unjudgeable";

/// Longest message or help in bytes: the host takes a longer one for a broken policy. Findings made here are cut to it.
pub const MESSAGE_LIMIT_BYTES: usize = 1024;

/// Stands where a message was cut.
const CUT: &str = "...";

impl Finding {
    /// Returns a finding that refuses the render.
    #[must_use]
    pub fn deny(rule: &str, at: &Place<'_>, message: String, help: &str) -> Finding {
        Finding::new(Severity::Deny, rule, at, message).with_help(help)
    }

    /// Returns a finding that refuses the render, at a pointer below this place that the host gave.
    #[must_use]
    pub fn deny_path(rule: &str, at: &Place<'_>, pointer: &str, message: String, help: &str) -> Finding {
        let (rule, path, message, help) = (rule.to_owned(), pointer.to_owned(), cut(message), cut(help.to_owned()));
        Finding { rule, severity: Severity::Deny, subject: at.subject(), path, message, help }
    }

    /// Returns a finding that refuses one application of the fleet, at the place of a fact of it.
    #[must_use]
    pub fn deny_fact(rule: &str, fact: &Fact, message: String, help: &str) -> Finding {
        let (rule, path, message, help) = (rule.to_owned(), fact.path.clone(), cut(message), cut(help.to_owned()));
        Finding { rule, severity: Severity::Deny, subject: fact.subject, path, message, help }
    }

    /// Returns a finding that refuses the render and is about all of what was given, not about a place in it.
    #[must_use]
    pub fn deny_whole(rule: &str, message: String, help: &str) -> Finding {
        let (rule, message, help) = (rule.to_owned(), cut(message), cut(help.to_owned()));
        Finding { rule, severity: Severity::Deny, subject: None, path: String::new(), message, help }
    }

    /// Returns the finding as one about a member of the fleet.
    #[must_use]
    pub fn of_member(self, member: u32) -> FleetFinding {
        FleetFinding { member, finding: self }
    }

    /// Returns a finding that is shown and refuses nothing.
    #[must_use]
    pub fn warn(rule: &str, at: &Place<'_>, message: String, help: &str) -> Finding {
        Finding::new(Severity::Warn, rule, at, message).with_help(help)
    }

    /// Returns a finding for those who ask for details.
    #[must_use]
    pub fn info(rule: &str, at: &Place<'_>, message: String, help: &str) -> Finding {
        Finding::new(Severity::Info, rule, at, message).with_help(help)
    }

    /// Returns a finding whose severity the settings chose.
    #[must_use]
    pub fn weighed(severity: Severity, rule: &str, at: &Place<'_>, message: String, help: &str) -> Finding {
        Finding::new(severity, rule, at, message).with_help(help)
    }

    fn new(severity: Severity, rule: &str, at: &Place<'_>, message: String) -> Finding {
        let path = at.pointer();
        Finding { rule: rule.to_owned(), severity, subject: at.subject(), path, message: cut(message), help: String::new() }
    }

    fn with_help(self, help: &str) -> Finding {
        Finding { help: cut(help.to_owned()), ..self }
    }
}

fn cut(text: String) -> String {
    if text.len() <= MESSAGE_LIMIT_BYTES {
        return text;
    }
    let end = text.floor_char_boundary(MESSAGE_LIMIT_BYTES - CUT.len());
    text.split_at_checked(end).map_or(String::new(), |(head, _tail)| format!("{head}{CUT}"))
}

impl Fact {
    /// Returns something to remember of this place until the fleet is judged.
    #[must_use]
    pub fn new(key: &str, value: &str, at: &Place<'_>) -> Fact {
        Fact { key: key.to_owned(), value: value.to_owned(), subject: at.subject(), path: at.pointer() }
    }
}

/// Findings without facts for the fleet.
impl From<Vec<Finding>> for Report {
    fn from(findings: Vec<Finding>) -> Report {
        Report { findings, facts: Vec::new() }
    }
}

impl Default for Report {
    fn default() -> Report {
        Vec::new().into()
    }
}

impl From<Unjudgeable> for Finding {
    fn from(unjudgeable: Unjudgeable) -> Finding {
        let Unjudgeable { pointer, subject } = unjudgeable;
        Finding {
            rule: UNJUDGEABLE.to_owned(),
            severity: Severity::Deny,
            subject,
            path: pointer,
            message: "a sealed value stands where a policy must read the text".to_owned(),
            help: "give this field an open value; sealed values belong in the data of a Secret".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MESSAGE_LIMIT_BYTES, cut};

    /// A text of the longest length stays; a longer one is cut between two characters and says so.
    #[test]
    fn long_texts_are_cut() {
        let longest = "a".repeat(MESSAGE_LIMIT_BYTES);
        assert_eq!(cut(longest.clone()), longest);
        let text = cut("\u{91cf}".repeat(MESSAGE_LIMIT_BYTES));
        assert!(text.len() <= MESSAGE_LIMIT_BYTES && text.ends_with("\u{91cf}..."), "{text}");
    }
}
