//! Report: diagnostics as people and programs read them.
//!
//! In: [`Diagnostic`]s. Out: text, JSON; of a whole [`check`] also SARIF, JUnit, Markdown.
//! Rules: the first line suffices alone; every foreign text goes through the [`sink`]; colour only when asked for, red only for errors.
//! Not here: writing to stderr, what went wrong.

pub mod check;
mod json;
pub mod junit;
pub mod markdown;
pub mod sarif;
pub mod sink;
pub mod table;

use std::fmt::Write as _;

use crate::diagnostic::{Class, Diagnostic, Excerpt, Failure, Note, Severity};
pub use json::{json, json_report};
use sink::{clean, clean_line};

/// Whether escape sequences may colour the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    /// The reader is a pipe, or asked for none.
    Plain,
    /// The reader is a terminal.
    Terminal,
}

/// The most columns a line of notes has.
const COLUMNS: usize = 100;

/// Returns the failure of a command that has a product: all diagnostics, then that nothing was printed.
#[must_use]
pub fn failure(failure: &Failure, color: Color) -> String {
    let mut text = diagnostics(&failure.diagnostics, color);
    let errors = failure.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    let findings = if errors == 1 { "finding" } else { "findings" };
    let printed = match failure.class {
        Class::Stdout => "what was printed is not whole",
        _ => "nothing was printed",
    };
    line(&mut text, &format!("{printed}; {errors} {findings}"));
    text
}

/// Returns the diagnostics one after the other.
#[must_use]
pub fn diagnostics(diagnostics: &[Diagnostic], color: Color) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        write_diagnostic(&mut text, diagnostic, color);
    }
    text
}

fn write_diagnostic(text: &mut String, diagnostic: &Diagnostic, color: Color) {
    let Diagnostic { severity, code, application, place, message, excerpt, notes, hint, finding: _, exception: _ } = diagnostic;
    let head = format!("{}[{}]:", severity.word(), clean(code.as_str()));
    let mut first = paint(&head, *severity, color);
    let place = place.as_ref().map(ToString::to_string);
    for part in [application, &place].into_iter().flatten() {
        // Writing to a string cannot fail.
        let _ = write!(first, " {}:", clean(part));
    }
    line(text, &format!("{first} {}", clean(message)));
    if let Some(excerpt) = excerpt {
        write_excerpt(text, excerpt, *severity, color);
    }
    write_notes(text, notes);
    if let Some(hint) = hint {
        line(text, &format!("  hint: {}", clean(hint)));
    }
}

fn write_excerpt(text: &mut String, excerpt: &Excerpt, severity: Severity, color: Color) {
    let Excerpt { line: number, text: quoted, column, width, label } = excerpt;
    line(text, &format!("{number:>6} | {}", clean_line(quoted).trim_end()));
    let before = " ".repeat(usize::try_from(column.saturating_sub(1)).unwrap_or_default());
    let carets = paint(&"^".repeat(usize::try_from(*width).unwrap_or(1)), severity, color);
    line(text, format!("       | {before}{carets} {}", clean(label)).trim_end());
}

/// Writes the facts, as many on a line as fit.
fn write_notes(text: &mut String, notes: &[Note]) {
    let mut row = String::new();
    for Note { label, text: fact } in notes {
        let note = format!("{label}: {}", clean(fact));
        if !row.is_empty() && row.chars().count() + note.chars().count() + 5 > COLUMNS {
            line(text, &format!("  {row}"));
            row.clear();
        }
        if !row.is_empty() {
            row.push_str("   ");
        }
        row.push_str(&note);
    }
    if !row.is_empty() {
        line(text, &format!("  {row}"));
    }
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn paint(text: &str, severity: Severity, color: Color) -> String {
    let code = match (color, severity) {
        (Color::Plain, _) => return text.to_owned(),
        (Color::Terminal, Severity::Error) => "1;31",
        (Color::Terminal, Severity::Warning) => "33",
        (Color::Terminal, Severity::Note) => "36",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

#[cfg(test)]
mod tests;
