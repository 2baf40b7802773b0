//! A report as rows for people.

use std::fmt::Write as _;

use crate::admission::Summary;
use crate::diagnostic::{Diagnostic, Severity};

use super::check::{Extent, Report, Row, sentence, word};
use super::sink::{clean, clean_line};

/// How long a check took.
#[derive(Clone, Copy, Debug)]
pub struct Elapsed {
    /// In milliseconds.
    pub milliseconds: u128,
}

/// What stands in the place of an application's name where none is meant.
const ESTATE: &str = "-";

/// One line of the table.
struct Line {
    word: &'static str,
    application: String,
    what: String,
    place: String,
    message: String,
}

/// Returns aligned rows and a summary. Applications without a finding have no row among many, and none at all for [`Extent::Findings`].
#[must_use]
pub fn text(report: &Report, extent: Extent, elapsed: Option<Elapsed>) -> String {
    let mut out = String::new();
    let lines: Vec<Line> = report.told().filter_map(|(application, told)| line(application, told)).collect();
    if let [Row { name, outcome: Ok((summary, _)) }] = report.rows.as_slice() {
        if extent == Extent::Whole {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{name}   {}   ok{}", parts(*summary), took(elapsed));
            tally(&mut out, report);
        }
        return out;
    }
    let width = |part: fn(&Line) -> &str| lines.iter().map(|line| part(line).chars().count()).max().unwrap_or(0);
    let (word, application, what, place) =
        (width(|line| line.word), width(|line| &line.application), width(|line| &line.what), width(|line| &line.place));
    for line in &lines {
        let row = format!(
            "{:word$}  {:application$}  {:what$}  {:place$}  {}",
            line.word, line.application, line.what, line.place, line.message
        );
        let _ = writeln!(out, "{}", clean_line(row.trim_end()));
    }
    if extent == Extent::Whole {
        let _ = writeln!(out, "{}{}", sentence(report.counts()), took(elapsed));
        tally(&mut out, report);
    }
    out
}

/// Writes what the baseline knew.
fn tally(out: &mut String, report: &Report) {
    let Some(tally) = &report.tally else { return };
    for line in &tally.gone {
        let _ = writeln!(out, "gone  {}", clean(line));
    }
    let _ = writeln!(out, "baseline {}: {} known, {} gone", clean(&tally.file), tally.known, tally.gone.len());
}

fn parts(summary: Summary) -> String {
    let Summary { layers, objects, policies } = summary;
    let count = |number: usize, word: &str| {
        let plural = if number == 1 { "" } else { "s" };
        format!("{number} {word}{plural}")
    };
    let policies = if policies == 1 { "1 policy".to_owned() } else { format!("{policies} policies") };
    format!("{}   {}   {policies}", count(layers, "layer"), count(objects, "object"))
}

fn took(elapsed: Option<Elapsed>) -> String {
    match elapsed {
        None => String::new(),
        Some(Elapsed { milliseconds }) if milliseconds < 1000 => format!("   {milliseconds} ms"),
        Some(Elapsed { milliseconds }) => format!("   {}.{} s", milliseconds / 1000, milliseconds % 1000 / 100),
    }
}

/// Returns the row of an error or warning; notes are for those who look at one application.
fn line(application: Option<&str>, told: &Diagnostic) -> Option<Line> {
    (told.severity != Severity::Note).then(|| Line {
        word: word(told),
        application: application.unwrap_or(ESTATE).to_owned(),
        what: told.code.to_string(),
        place: told.place.as_ref().map(ToString::to_string).unwrap_or_default(),
        message: clean(&told.message),
    })
}
