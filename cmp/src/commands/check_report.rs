//! The report of `check`, as rows for people and as JSON.

use std::fmt::Write as _;

use serde_json::json;
use tidegate::admission::Summary;
use tidegate::diagnostic::{Diagnostic, Severity};
use tidegate::report::{self, sink::clean_line};

use super::check::Row;

/// How long it took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Elapsed {
    /// In milliseconds.
    pub(crate) milliseconds: u128,
}

/// One line of the table.
struct Line {
    word: &'static str,
    application: String,
    what: String,
    place: String,
    message: String,
}

/// Returns aligned rows and a summary. Applications without a finding have no row among many, and none at all with `quiet`.
pub(crate) fn text(rows: &[Row], quiet: bool, elapsed: Option<Elapsed>) -> String {
    let mut out = String::new();
    if let [Row { name, outcome: Ok((summary, _)) }] = rows {
        if !quiet {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{name}   {}   ok{}", parts(*summary), took(elapsed));
        }
        return out;
    }
    let lines: Vec<Line> = rows.iter().flat_map(lines).collect();
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
    if !quiet {
        let (ok, refused, warnings) = counts(rows);
        let warnings = match warnings {
            0 => String::new(),
            1 => ", 1 warning".to_owned(),
            more => format!(", {more} warnings"),
        };
        let _ = writeln!(out, "{ok} ok, {refused} refused{warnings}{}", took(elapsed));
    }
    out
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

fn lines(row: &Row) -> Vec<Line> {
    let diagnostics = match &row.outcome {
        Ok((_, notes)) => notes,
        Err(failure) => &failure.diagnostics,
    };
    diagnostics.iter().filter_map(|diagnostic| line(&row.name, diagnostic)).collect()
}

/// Returns the row of an error or warning; notes are for those who look at one application.
fn line(application: &str, diagnostic: &Diagnostic) -> Option<Line> {
    let word = match diagnostic.severity {
        Severity::Error => "refused",
        Severity::Warning => "warning",
        Severity::Note => return None,
    };
    Some(Line {
        word,
        application: application.to_owned(),
        what: diagnostic.code.to_string(),
        place: diagnostic.place.as_ref().map(ToString::to_string).unwrap_or_default(),
        message: report::sink::clean(&diagnostic.message),
    })
}

/// Returns how many applications are fine, how many are refused, and how many warnings there are.
fn counts(rows: &[Row]) -> (usize, usize, usize) {
    let refused = rows.iter().filter(|row| row.outcome.is_err()).count();
    let warnings = rows.iter().flat_map(lines).filter(|line| line.word == "warning").count();
    (rows.len() - refused, refused, warnings)
}

/// Returns the report as one JSON document. With `quiet` applications without a finding are left out.
pub(crate) fn json(rows: &[Row], quiet: bool) -> String {
    let (ok, refused, warnings) = counts(rows);
    let shown = rows.iter().filter(|row| !quiet || row.outcome.is_err() || !lines(row).is_empty());
    let applications: Vec<serde_json::Value> = shown
        .map(|row| match &row.outcome {
            Ok((Summary { layers, objects, policies }, notes)) => json!({
                "application": row.name, "verdict": "ok", "layers": layers, "objects": objects, "policies": policies,
                "diagnostics": report::json(notes),
            }),
            Err(failure) => json!({
                "application": row.name, "verdict": "refused", "exitCode": failure.class.exit_code(),
                "diagnostics": report::json(&failure.diagnostics),
            }),
        })
        .collect();
    let document = json!({ "applications": applications, "summary": { "ok": ok, "refused": refused, "warnings": warnings } });
    format!("{document:#}\n")
}
