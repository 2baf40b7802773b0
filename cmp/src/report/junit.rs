//! Verdicts as JUnit XML, for build servers.
//!
//! In: suites of cases; of a [`Report`], an application is a suite, a stage or a rule a case. Out: XML 1.0.
//! Rules: a case is there only where it ran; what is let through is skipped with its reason; any text is valid XML; no times, which would
//! differ from run to run.
//!
//! # Source
//! The schema of the Jenkins xUnit plugin, `junit-10.xsd`: `testsuites`, `testsuite`, `testcase`, `failure`, `skipped`, `system-out`.

use std::fmt::Write as _;

use super::check::Report;

mod stages;

/// What a file of results holds together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suite {
    /// Its name.
    pub name: String,
    /// What ran, in order.
    pub cases: Vec<Case>,
    /// What is said besides; may be empty.
    pub said: String,
}

/// One thing that ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It passed.
    Passed,
    /// It failed, and nobody minds: why.
    Excused(String),
    /// It failed.
    Failed {
        /// In one line.
        message: String,
        /// In full.
        text: String,
    },
}

/// Returns the report as XML.
#[must_use]
pub fn report(report: &Report) -> String {
    document(&stages::suites(report))
}

/// Returns suites as an XML document.
#[must_use]
pub fn document(suites: &[Suite]) -> String {
    let all = suites.iter().flat_map(|suite| &suite.cases);
    let (tests, failures, skipped) = counts(all);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let numbers = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\"");
    // Writing to a string cannot fail.
    let _ = writeln!(out, "<testsuites name=\"tidegate\" {numbers}>");
    for suite in suites {
        write_suite(&mut out, suite);
    }
    out.push_str("</testsuites>\n");
    out
}

fn counts<'a>(cases: impl Iterator<Item = &'a Case>) -> (usize, usize, usize) {
    cases.fold((0, 0, 0), |(tests, failures, skipped), case| match case.outcome {
        Outcome::Passed => (tests + 1, failures, skipped),
        Outcome::Excused(_) => (tests + 1, failures, skipped + 1),
        Outcome::Failed { .. } => (tests + 1, failures + 1, skipped),
    })
}

fn write_suite(out: &mut String, suite: &Suite) {
    let Suite { name, cases, said } = suite;
    let (tests, failures, skipped) = counts(cases.iter());
    let numbers = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\"");
    let _ = writeln!(out, "  <testsuite name=\"{}\" {numbers}>", escaped(name));
    for case in cases {
        let head = format!("    <testcase classname=\"{}\" name=\"{}\"", escaped(name), escaped(&case.name));
        let _ = match &case.outcome {
            Outcome::Passed => writeln!(out, "{head}/>"),
            Outcome::Excused(why) => writeln!(out, "{head}>\n      <skipped message=\"{}\"/>\n    </testcase>", escaped(why)),
            Outcome::Failed { message, text } => writeln!(
                out,
                "{head}>\n      <failure message=\"{}\">{}</failure>\n    </testcase>",
                escaped(message),
                escaped(text)
            ),
        };
    }
    if !said.is_empty() {
        let _ = writeln!(out, "    <system-out>{}</system-out>", escaped(said));
    }
    out.push_str("  </testsuite>\n");
}

/// Returns a text for an attribute or an element. What XML cannot hold at all becomes U+FFFD.
///
/// # Source
/// XML 1.0 (fifth edition), 2.2 `Char`, 2.4 and 3.3.3: an attribute keeps a line break only as a reference.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            '\r' => out.push_str("&#13;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests;
