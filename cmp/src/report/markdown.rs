//! A report as Markdown, for a comment on a pull request.
//!
//! In: [`Report`]. Out: a sentence, a table of findings, each finding in full as the text report has it.
//! Rules: at most [`LIMIT_UNITS`]; what does not fit is left out by whole findings, the gravest stay, and how many are left out is said.
//! Foreign text stands in code only, so it is no link, no mention, no picture and no mark-up.
//!
//! # Source
//! GitHub Flavored Markdown 0.29: 6.3 code spans, 4.5 fenced code blocks, 4.10 tables.

use std::fmt::Write as _;

use crate::diagnostic::{Diagnostic, Severity};
use crate::report::{Color, diagnostics};

use super::check::{Report, sentence, word};
use super::sink::clean;

/// The most UTF-16 units of a report: what GitHub takes for a comment.
pub const LIMIT_UNITS: usize = 65_536;

/// Room for the last line, which says what is left out, and for the ends of table and list.
const RESERVE_UNITS: usize = 512;

/// One finding: its row in the table, and all of it.
struct Entry {
    rank: u8,
    row: String,
    details: String,
}

/// Returns the report.
#[must_use]
pub fn text(report: &Report) -> String {
    let counts = report.counts();
    let verdict = if report.verdict().is_none() { "passes" } else { "refuses" };
    let mut head = format!("### tidegate {verdict}: {}\n", sentence(counts));
    if let Some(tally) = &report.tally {
        // Writing to a string cannot fail.
        let _ = writeln!(head, "\nBaseline {}: {} known, {} gone.", code(&tally.file), tally.known, tally.gone.len());
    }
    let mut entries: Vec<Entry> = report.findings().map(|(application, told)| entry(application, told)).collect();
    // The gravest first; a stable sort keeps the order of the estate among equals.
    entries.sort_by_key(|entry| entry.rank);
    let (kept, left_out) = fitting(&entries, LIMIT_UNITS.saturating_sub(units(&head) + units(TABLE) + RESERVE_UNITS));
    let mut out = head;
    if !kept.is_empty() {
        out.push_str(TABLE);
        kept.iter().for_each(|entry| out.push_str(&entry.row));
        kept.iter().for_each(|entry| out.push_str(&entry.details));
    }
    match left_out {
        0 => {}
        1 => out.push_str("\n1 finding more does not fit; `tidegate check` prints all.\n"),
        more => {
            let _ = writeln!(out, "\n{more} findings more do not fit; `tidegate check` prints all.");
        }
    }
    out
}

const TABLE: &str = "\n| | application | what | where |\n|---|---|---|---|\n";

/// Returns as many entries as fit into `room`, and how many do not.
fn fitting(entries: &[Entry], room: usize) -> (&[Entry], usize) {
    let mut used = 0_usize;
    let fits = |entry: &&Entry| {
        used = used.saturating_add(units(&entry.row)).saturating_add(units(&entry.details));
        used <= room
    };
    let kept = entries.iter().take_while(fits).count();
    (entries.get(..kept).unwrap_or_default(), entries.len().saturating_sub(kept))
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn entry(application: Option<&str>, told: &Diagnostic) -> Entry {
    let place = told.place.as_ref().map(ToString::to_string).unwrap_or_default();
    let cells = [application.unwrap_or_default(), told.code.as_str(), &place].map(code);
    let rank = match (told.severity, told.exception.is_some()) {
        (Severity::Error, _) => 0,
        (Severity::Warning, _) => 1,
        (Severity::Note, true) => 2,
        (Severity::Note, false) => 3,
    };
    let row = format!("| {} | {} |\n", word(told), cells.join(" | "));
    let text = diagnostics(std::slice::from_ref(told), Color::Plain);
    let fence = "`".repeat(longest_run(&text).max(2) + 1);
    Entry { rank, row, details: format!("\n{fence}text\n{text}{fence}\n") }
}

/// Returns the length of the longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or(0)
}

/// Returns a text as code in a cell; nothing for nothing. Where it has a character that ends code or a cell, all its punctuation is written
/// as references, which are never mark-up.
fn code(text: &str) -> String {
    let text = clean(text);
    if text.is_empty() {
        return text;
    }
    if !text.contains(['`', '|', '\\']) {
        return format!("`{text}`");
    }
    let mut out = String::from("<code>");
    for character in text.chars() {
        if character.is_ascii_punctuation() {
            let _ = write!(out, "&#{};", u32::from(character));
        } else {
            out.push(character);
        }
    }
    out.push_str("</code>");
    out
}

#[cfg(test)]
mod tests;
