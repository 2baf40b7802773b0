//! Answers: what a guest said, checked and cleaned.
//!
//! In: findings as the guest gave them. Out: [`Finding`]s that may stand in a report.
//! Rules: one finding of a wrong form makes the whole answer worthless; text loses what could steer a terminal.

use engine::metadata::{Metadata, UNJUDGEABLE, is_name};

use super::failure::Reason;
use super::guest::{Answer, Said, types};
use super::limits::{FACT_LIMIT, FINDING_LIMIT, MESSAGE_LIMIT_BYTES, PATH_LIMIT_BYTES};
use super::{Fact, Finding, Judged, Severity};

const NO_POINTER: &str = "a path that is no JSON pointer";
const NOT_GIVEN: &str = "a subject that was not given";

/// Checks an answer. `subjects` is how many layers, objects or members were given; the values are none.
pub(super) fn accept(metadata: &Metadata, answer: Answer, subjects: usize) -> Result<Judged, Reason> {
    let (mut findings, mut facts, mut of_members) = (Vec::new(), Vec::new(), Vec::new());
    match answer.said {
        Said::Findings(said) => findings = accept_findings(metadata, said, subjects)?,
        Said::Report(types::Report { findings: said, facts: remembered }) => {
            findings = accept_findings(metadata, said, subjects)?;
            facts = accept_facts(remembered, subjects)?;
        }
        Said::Fleet(said) => of_members = accept_fleet(metadata, said, subjects)?,
    }
    Ok(Judged { findings, facts, of_members, log: answer.log, fuel_units: answer.fuel_units })
}

fn accept_findings(metadata: &Metadata, said: Vec<types::Finding>, subjects: usize) -> Result<Vec<Finding>, Reason> {
    if said.len() > FINDING_LIMIT {
        return Err(Reason::TooManyFindings);
    }
    let accepted = said.into_iter().enumerate().map(|(number, finding)| {
        one(metadata, finding, |subject| subject < subjects).map_err(|problem| Reason::Finding { number, problem })
    });
    accepted.collect()
}

fn accept_fleet(metadata: &Metadata, said: Vec<types::FleetFinding>, members: usize) -> Result<Vec<(usize, Finding)>, Reason> {
    if said.len() > FINDING_LIMIT {
        return Err(Reason::TooManyFindings);
    }
    let accepted = said.into_iter().enumerate().map(|(number, types::FleetFinding { member, finding })| {
        let failed = |problem| Reason::Finding { number, problem };
        let member = usize::try_from(member).ok().filter(|member| *member < members);
        let member = member.ok_or_else(|| failed("a member that was not given"))?;
        // Objects are long gone; a report that finds none of this number says so.
        Ok((member, one(metadata, finding, |_| true).map_err(failed)?))
    });
    accepted.collect()
}

fn accept_facts(said: Vec<types::Fact>, subjects: usize) -> Result<Vec<Fact>, Reason> {
    if said.len() > FACT_LIMIT {
        return Err(Reason::TooManyFacts);
    }
    let accepted = said.into_iter().enumerate().map(|(number, types::Fact { key, value, subject, path })| {
        let failed = |problem| Reason::Fact { number, problem };
        if !is_name(&key) {
            return Err(failed("a key that is no name"));
        }
        if value.len() > MESSAGE_LIMIT_BYTES {
            return Err(failed("a value that is too long"));
        }
        if !is_pointer(&path) {
            return Err(failed(NO_POINTER));
        }
        let subject = checked(subject, |subject| subject < subjects).ok_or_else(|| failed(NOT_GIVEN))?;
        Ok(Fact { key, value, subject, path })
    });
    accepted.collect()
}

/// Returns a subject as a number of what was given; nothing where it was not.
fn checked(subject: Option<u32>, given: impl Fn(usize) -> bool) -> Option<Option<usize>> {
    match subject.map(usize::try_from) {
        None => Some(None),
        Some(Ok(subject)) if given(subject) => Some(Some(subject)),
        Some(_) => None,
    }
}

fn one(metadata: &Metadata, finding: types::Finding, given: impl Fn(usize) -> bool) -> Result<Finding, &'static str> {
    let types::Finding { rule, severity, subject, path, message, help } = finding;
    if rule != UNJUDGEABLE && metadata.rule(&rule).is_none() {
        return Err("a rule that its metadata does not name");
    }
    if !is_pointer(&path) {
        return Err(NO_POINTER);
    }
    if message.is_empty() || message.len() > MESSAGE_LIMIT_BYTES || help.len() > MESSAGE_LIMIT_BYTES {
        return Err("a message that is empty, or a message or help that is too long");
    }
    let subject = checked(subject, given).ok_or(NOT_GIVEN)?;
    let severity = match severity {
        types::Severity::Deny => Severity::Deny,
        types::Severity::Warn => Severity::Warn,
        types::Severity::Info => Severity::Info,
    };
    let policy = metadata.name.clone();
    Ok(Finding { policy, rule, severity, subject, path, message: clean(&message), help: clean(&help) })
}

/// Whether a text is a JSON pointer of a length that a document can have (RFC 6901, section 3).
pub(super) fn is_pointer(text: &str) -> bool {
    let tilde_is_escape = |segment: &str| segment.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    text.len() <= PATH_LIMIT_BYTES && (text.is_empty() || text.starts_with('/')) && tilde_is_escape(text)
}

/// Returns a text without characters that steer a terminal or reorder what is shown.
pub(super) fn clean(text: &str) -> String {
    text.chars().map(|character| if steers(character) { '\u{FFFD}' } else { character }).collect()
}

fn steers(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::{clean, is_pointer};
    use crate::policies::limits::PATH_LIMIT_BYTES;

    /// Pointers are those of RFC 6901, of at most the limit's length.
    #[test]
    fn pointers_have_a_form() {
        for good in ["", "/", "/a/0/b", "/a~1b~0c", &format!("/{}", "a".repeat(PATH_LIMIT_BYTES - 1))] {
            assert!(is_pointer(good), "{good:?}");
        }
        for bad in ["a", "a/b", "/a~", "/a~2", &format!("/{}", "a".repeat(PATH_LIMIT_BYTES))] {
            assert!(!is_pointer(bad), "{bad:?}");
        }
    }

    /// Escape sequences, line ends and marks of direction do not reach a terminal; letters of all scripts do.
    #[test]
    fn text_is_cleaned() {
        assert_eq!(clean("a\u{1b}[31mb\r\nc"), "a\u{FFFD}[31mb\u{FFFD}\u{FFFD}c");
        assert_eq!(clean("a\u{202e}b\u{2066}c\u{200f}\u{9b}"), "a\u{FFFD}b\u{FFFD}c\u{FFFD}\u{FFFD}");
        assert_eq!(clean("größe 量 `x`"), "größe 量 `x`");
    }
}
