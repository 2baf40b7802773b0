//! Findings: how a policy says what is wrong.

use crate::contract::Finding;
use crate::contract::tidegate::policy::types::Severity;
use crate::place::{Place, Unjudgeable};

/// The rule of the finding that stands where a sealed leaf hides what a policy must read.
pub const UNJUDGEABLE: &str = "unjudgeable";

impl Finding {
    /// Returns a finding that refuses the render.
    #[must_use]
    pub fn deny(rule: &str, at: &Place<'_>, message: String, help: &str) -> Finding {
        Finding::new(Severity::Deny, rule, at, message).with_help(help)
    }

    /// Returns a finding that refuses the render, at a pointer that the host gave.
    #[must_use]
    pub fn deny_path(rule: &str, pointer: &str, message: String, help: &str) -> Finding {
        let (rule, path, help) = (rule.to_owned(), pointer.to_owned(), help.to_owned());
        Finding { rule, severity: Severity::Deny, subject: None, path, message, help }
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

    fn new(severity: Severity, rule: &str, at: &Place<'_>, message: String) -> Finding {
        let path = at.pointer().to_string();
        Finding { rule: rule.to_owned(), severity, subject: at.subject(), path, message, help: String::new() }
    }

    fn with_help(self, help: &str) -> Finding {
        Finding { help: help.to_owned(), ..self }
    }
}

impl From<Unjudgeable> for Finding {
    fn from(unjudgeable: Unjudgeable) -> Finding {
        let Unjudgeable { pointer, subject } = unjudgeable;
        Finding {
            rule: UNJUDGEABLE.to_owned(),
            severity: Severity::Deny,
            subject,
            path: pointer.to_string(),
            message: "a sealed value stands where a policy must read the text".to_owned(),
            help: "give this field an open value; sealed values belong in the data of a Secret".to_owned(),
        }
    }
}
