//! Answers: what a guest said, checked and cleaned.
//!
//! In: findings as the guest gave them. Out: [`Finding`]s that may stand in a report.
//! Rules: one finding of a wrong form makes the whole answer worthless; text loses what could steer a terminal.

use engine::metadata::is_name;

use super::failure::Reason;
use super::guest::types;
use super::limits::{FINDING_LIMIT, MESSAGE_LIMIT_BYTES, PATH_LIMIT_BYTES};
use super::{Finding, Severity};

/// Checks an answer. `subjects` is how many objects were given; a layer and the values are none.
pub(super) fn accept(policy: &str, answer: Vec<types::Finding>, subjects: usize) -> Result<Vec<Finding>, Reason> {
    if answer.len() > FINDING_LIMIT {
        return Err(Reason::TooManyFindings);
    }
    let accepted = answer
        .into_iter()
        .enumerate()
        .map(|(number, finding)| one(policy, finding, subjects).map_err(|problem| Reason::Finding { number, problem }));
    accepted.collect()
}

fn one(policy: &str, finding: types::Finding, subjects: usize) -> Result<Finding, &'static str> {
    let types::Finding { rule, severity, subject, path, message, help } = finding;
    if !is_name(&rule) {
        return Err("a rule that is no name");
    }
    if !is_pointer(&path) {
        return Err("a path that is no JSON pointer");
    }
    if message.is_empty() || message.len() > MESSAGE_LIMIT_BYTES || help.len() > MESSAGE_LIMIT_BYTES {
        return Err("a message that is empty, or a message or help that is too long");
    }
    let subject = match subject.map(usize::try_from) {
        None => None,
        Some(Ok(subject)) if subject < subjects => Some(subject),
        Some(_) => return Err("a subject that was not given"),
    };
    let severity = match severity {
        types::Severity::Deny => Severity::Deny,
        types::Severity::Warn => Severity::Warn,
        types::Severity::Info => Severity::Info,
    };
    Ok(Finding { policy: policy.to_owned(), rule, severity, subject, path, message: clean(&message), help: clean(&help) })
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
