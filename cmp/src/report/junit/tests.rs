use super::*;
use crate::admission::Summary;
use crate::diagnostic::{Class, Code, Diagnostic, Exception, Failure, Finding, Place, Severity, Subject};
use crate::report::check::{AskedRule, Row};
use engine::metadata::Stage;

fn finding(rule: &str, subject: Subject, exception: Option<Exception>) -> Diagnostic {
    let (policy, name) = rule.split_once('/').unwrap();
    let finding = Finding { rule: rule.parse().unwrap(), subject, path: "/a".to_owned(), printed: None };
    let severity = if exception.is_some() { Severity::Note } else { Severity::Error };
    let (finding, exception) = (Some(Box::new(finding)), exception.map(Box::new));
    Diagnostic {
        severity,
        finding,
        exception,
        ..Diagnostic::error(Code::of_policy(policy, name), "no").at(Place::file("a.yaml"))
    }
}

fn report_of(outcome: Result<Vec<Diagnostic>, Failure>) -> Report {
    let asked = |name: &str, stage| AskedRule {
        name: name.parse().unwrap(),
        description: String::new(),
        help_url: None,
        stages: [stage].into(),
        environments: ["prod".to_owned()].into(),
    };
    let outcome = outcome.map(|notes| (Summary { layers: 1, objects: 1, policies: 2 }, notes));
    Report {
        rows: vec![Row { name: "acme/shop/prod".to_owned(), outcome }],
        rules: vec![asked("early/one", Stage::Layer), asked("late/one", Stage::Manifests), asked("late/two", Stage::Manifests)],
        ..Report::default()
    }
}

fn check(outcome: Result<Vec<Diagnostic>, Failure>, expected: &str) {
    let suites = stages::suites(&report_of(outcome));
    let cases = suites[0].cases.iter().map(|case| match &case.outcome {
        Outcome::Passed => case.name.clone(),
        Outcome::Excused(why) => format!("{} ({why})", case.name),
        Outcome::Failed { message, .. } => format!("{} FAILED {message}", case.name),
    });
    assert_eq!(cases.collect::<Vec<_>>().join("\n"), expected);
}

fn failed(told: Diagnostic) -> Result<Vec<Diagnostic>, Failure> {
    Err(Failure::one(Class::Policy, told))
}

// Of an application that passes every stage and rule ran.
#[test]
fn all_ran() {
    let all = "application\ncontext\nlayers\nsecrets\nvalues\nchart\nvalidate\nemit\nsealed\nearly/one\nlate/one\nlate/two";
    check(Ok(Vec::new()), all);
    let known = finding("late/one", Subject::Values, Some(Exception::Known));
    check(Ok(vec![known]), &all.replace("late/one", "late/one (known: in the baseline)"));
}

// A rule whose policy is not asked in the environment did not run.
#[test]
fn only_rules_of_the_environment() {
    let mut report = report_of(Ok(Vec::new()));
    report.rows[0].name = "acme/shop/dev".to_owned();
    assert_eq!(stages::suites(&report)[0].cases.len(), 9);
}

// What comes behind a failure did not run, and is not said to pass.
#[test]
fn nothing_behind_a_failure() {
    check(
        failed(Diagnostic::error(Code::LAYERS_SYNTAX, "odd").at(Place::file("a.yaml"))),
        "application\ncontext\nlayers FAILED a.yaml: odd",
    );
    check(
        failed(finding("early/one", Subject::Values, None)),
        "application\ncontext\nlayers\nsecrets\nvalues\nearly/one FAILED a.yaml: no",
    );
    check(
        failed(Diagnostic::error(Code::CHART_TEMPLATE, "odd")),
        "application\ncontext\nlayers\nsecrets\nvalues\nchart FAILED odd\nearly/one",
    );
    check(
        failed(finding("late/two", Subject::Application, None)),
        "application\ncontext\nlayers\nsecrets\nvalues\nchart\nvalidate\nemit\nsealed\nearly/one\nlate/one\nlate/two FAILED a.yaml: no",
    );
    check(failed(Diagnostic::error(Code::SOURCE_LINK, "a link")), "source FAILED a link");
}

// Several findings of a rule are one case, which counts them.
#[test]
fn one_case_for_a_rule() {
    let twice = vec![finding("late/one", Subject::Application, None), finding("late/one", Subject::Application, None)];
    let suites = stages::suites(&report_of(Err(Failure { class: Class::Policy, diagnostics: twice })));
    let failed: Vec<&Outcome> =
        suites[0].cases.iter().map(|case| &case.outcome).filter(|came| **came != Outcome::Passed).collect();
    let [Outcome::Failed { message, text }] = failed.as_slice() else { unreachable!("one case fails: {failed:?}") };
    assert_eq!((message.as_str(), text.matches("error[policy.late/one]").count()), ("a.yaml: no (and 1 more)", 2));
}

// Whatever a text holds, the document is well-formed and gives the text back, but for what XML cannot hold.
#[test]
fn any_text_is_xml() {
    let evil = "]]></failure><x a='\"'>&amp;\u{0}\u{1b}\u{fffe}\u{ffff}\r\n\tü\u{10ffff}";
    let outcome = Outcome::Failed { message: evil.to_owned(), text: evil.to_owned() };
    let cases = vec![
        Case { name: evil.to_owned(), outcome },
        Case { name: "b".to_owned(), outcome: Outcome::Excused(evil.to_owned()) },
        Case { name: "c".to_owned(), outcome: Outcome::Passed },
    ];
    let written = document(&[Suite { name: evil.to_owned(), cases, said: evil.to_owned() }]);
    let read = roxmltree::Document::parse(&written).unwrap();
    let want = evil.replace(['\u{0}', '\u{1b}', '\u{fffe}', '\u{ffff}'], "\u{fffd}");
    let node = |name: &str| read.descendants().find(|node| node.has_tag_name(name)).unwrap();
    for (tag, attribute) in
        [("testsuite", "name"), ("testcase", "classname"), ("testcase", "name"), ("failure", "message"), ("skipped", "message")]
    {
        assert_eq!(node(tag).attribute(attribute), Some(want.as_str()), "{tag} {attribute}");
    }
    assert_eq!((node("failure").text(), node("system-out").text()), (Some(want.as_str()), Some(want.as_str())));
    let numbers = ["tests", "failures", "errors", "skipped"].map(|name| node("testsuites").attribute(name).unwrap());
    assert_eq!(numbers, ["3", "1", "0", "1"]);
}
