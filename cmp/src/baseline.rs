//! Baseline: the denials that stood when a person wrote them down, so that a check blocks on new ones only.
//!
//! In: a file's text; what a check has found. Out: [`Baseline`]; the text of a file.
//! Rules: one denial a line, [`Finding::line`](crate::diagnostic::Finding::line), sorted, each once; lines may be merged in any order. It
//! holds neither lines of files nor messages, so it survives what moves them. Absolute rules and policies without a verdict are never in it.
//! Not here: Argo CD, for which only waivers count; where the file lies (commands).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::diagnostic::{Class, Code, Diagnostic, Exception, Failure, Place};
use crate::rules::{RuleName, Rulebook};

/// The first line of a file: what it is, and the version of its format.
pub const HEAD: &str = "# tidegate baseline 1";

/// What is said below it, for who meets the file in a repository.
const ABOUT: &str =
    "# Denials that `tidegate check --baseline` knows already: rule, application, subject, path. Lines may go, none should come.";

/// The most denials of a baseline: ten for each of ten thousand applications.
pub const LINE_LIMIT: usize = 100_000;

/// Known denials.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    lines: BTreeSet<String>,
}

impl Baseline {
    /// Returns the baseline written in `text`; `file` is what messages call it.
    ///
    /// # Errors
    /// The [`Failure`] of every line that is none, or whose rule is absolute.
    pub fn read(file: &str, text: &[u8], rules: &Rulebook) -> Result<Self, Failure> {
        let refuse = |line: usize, message: String, hint: &str| {
            let line = u32::try_from(line).unwrap_or(u32::MAX);
            let place = Place { file: file.to_owned(), line, column: u32::from(line > 0) };
            (Class::Usage, Diagnostic::error(Code::BASELINE_INVALID, message).at(place).hint(hint))
        };
        let again = "write it anew with --write-baseline";
        let text = std::str::from_utf8(text)
            .map_err(|error| Failure::of(vec![refuse(0, format!("the file is no text: {error}"), again)]))?;
        if text.lines().next().map(str::trim_end) != Some(HEAD) {
            return Err(Failure::of(vec![refuse(1, format!("the first line must be `{HEAD}`"), again)]));
        }
        let (mut lines, mut errors) = (BTreeSet::new(), Vec::new());
        let written = text.lines().map(str::trim_end).enumerate();
        for (index, line) in written.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            match rule_of(line) {
                None => errors.push(refuse(
                    index.saturating_add(1),
                    "the line is not rule, application, subject and path".to_owned(),
                    again,
                )),
                Some(rule) if rules.is_absolute(&rule) => {
                    let hint = "remove the line, and mend what the rule denies";
                    errors.push(refuse(index.saturating_add(1), format!("`{rule}` is absolute: no baseline holds it"), hint));
                }
                Some(_) => {
                    lines.insert(line.to_owned());
                }
            }
        }
        if lines.len() > LINE_LIMIT {
            errors.push(refuse(0, format!("the file has {} lines; {LINE_LIMIT} are the most that are read", lines.len()), again));
        }
        if errors.is_empty() { Ok(Self { lines }) } else { Err(Failure::of(errors)) }
    }

    /// Returns the baseline of the denials that a check has let through as known; `applications` names what each was found in.
    #[must_use]
    pub fn of<'a>(found: impl IntoIterator<Item = (&'a str, &'a Diagnostic)>) -> Self {
        Self { lines: found.into_iter().filter_map(|(application, diagnostic)| known(application, diagnostic)).collect() }
    }

    /// Returns the text of its file.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{HEAD}\n{ABOUT}\n");
        for line in &self.lines {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{line}");
        }
        text
    }

    /// Says whether it holds a denial.
    #[must_use]
    pub fn holds(&self, line: &str) -> bool {
        self.lines.contains(line)
    }

    /// Returns how many denials it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Says whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Returns what it holds and is not among the lines `found`, in order. `judged` says whether an application was judged to the end: of
    /// another nothing is known.
    #[must_use]
    pub fn gone(&self, found: &BTreeSet<String>, judged: impl Fn(&str) -> bool) -> Vec<String> {
        let application = |line: &str| line.split(' ').nth(1).unwrap_or_default().to_owned();
        self.lines.difference(found).filter(|line| judged(&application(line))).cloned().collect()
    }
}

/// Returns the line of a denial that was let through as known.
fn known(application: &str, diagnostic: &Diagnostic) -> Option<String> {
    let finding = diagnostic.finding.as_deref()?;
    matches!(diagnostic.exception.as_deref(), Some(Exception::Known)).then(|| finding.line(application))
}

/// Returns the rule of a line; nothing where it is none.
fn rule_of(line: &str) -> Option<RuleName> {
    let parts: Vec<&str> = line.split(' ').collect();
    let [rule, application, subject, path] = parts.as_slice() else { return None };
    let subjects = ["layer:", "object:"];
    let is_subject = matches!(*subject, "application" | "values") || subjects.iter().any(|start| subject.starts_with(start));
    let is_path = *path == "-" || path.starts_with('/');
    (application.split('/').count() == 3 && is_subject && is_path).then(|| rule.parse().ok())?
}

#[cfg(test)]
mod tests;
