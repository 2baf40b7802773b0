use super::*;
use crate::diagnostic::{Class, Code, Failure, Place};
use crate::report::check::{Row, Tally};

fn report(told: Vec<Diagnostic>) -> Report {
    let outcome = Err(Failure { class: Class::Policy, diagnostics: told });
    Report { rows: vec![Row { name: "acme/shop/prod".to_owned(), outcome }], ..Report::default() }
}

fn cell(text: &str, expected: &str) {
    assert_eq!(code(text), expected);
}

// A finding has its row and all of its words.
#[test]
fn a_finding_in_full() {
    let told = Diagnostic::error(Code::LAYERS_SYNTAX, "`a` is odd").at(Place::file("a.yaml")).hint("mend it");
    let tally = Tally { file: "known.txt".to_owned(), known: 2, gone: vec!["x".to_owned()] };
    let report = Report { tally: Some(tally), ..report(vec![told]) };
    assert_eq!(
        text(&report),
        "### tidegate refuses: 0 ok, 1 refused\n\nBaseline `known.txt`: 2 known, 1 gone.\n\n\
         | | application | what | where |\n|---|---|---|---|\n\
         | refused | `acme/shop/prod` | `layers.syntax` | `a.yaml` |\n\n\
         ```text\nerror[layers.syntax]: a.yaml: `a` is odd\n  hint: mend it\n```\n"
    );
}

// Without a finding there is a sentence and no table.
#[test]
fn nothing_found() {
    assert_eq!(text(&Report::default()), "### tidegate passes: 0 ok, 0 refused\n");
}

// No text of a cell ends it, or is anything but text.
#[test]
fn cells_hold_text() {
    cell("", "");
    cell("a/b_c.yaml:1:2", "`a/b_c.yaml:1:2`");
    cell("a\nb", "`a b`");
    cell("a|b", "<code>a&#124;b</code>");
    cell("`@all` <img>", "<code>&#96;&#64;all&#96; &#60;img&#62;</code>");
    cell("a\\", "<code>a&#92;</code>");
}

// A message cannot end the block that it stands in.
#[test]
fn fences_outlast_their_text() {
    let told = Diagnostic::error(Code::INTERNAL, "````\n![x](http://example.com) @all");
    let text = text(&report(vec![told]));
    assert!(text.ends_with("\n`````text\nerror[internal]: ```` ![x](http://example.com) @all\n`````\n"), "{text}");
}

// What does not fit is left out by whole findings, from the least grave on, and is counted.
#[test]
fn limit_obeyed_and_violated() {
    let long = "ü".repeat(1_000);
    let many = |count: usize| {
        let mut told = vec![Diagnostic::warning(Code::LAYERS_SYNTAX, "a warning")];
        told.extend((0..count).map(|_| Diagnostic::error(Code::INTERNAL, &*long)));
        text(&report(told))
    };
    let whole = many(50);
    assert!(whole.contains("a warning") && !whole.contains("not fit"), "{}", units(&whole));
    let cut = many(200);
    let kept = cut.matches("error[internal]: ").count();
    assert!(units(&cut) <= LIMIT_UNITS && units(&cut) > LIMIT_UNITS - 3_000, "{}", units(&cut));
    assert_eq!((cut.matches(&long).count(), cut.matches("| refused |").count()), (kept, kept));
    assert!(cut.ends_with(&format!("\n{} findings more do not fit; `tidegate check` prints all.\n", 201 - kept)));
    assert!(!cut.contains("a warning"));
}
