use super::*;
use crate::diagnostic::{Code, Finding, Place, Subject};
use crate::policies::PolicySet;
use crate::waivers::{self, Grounds};

const DENIED: &str = "environment-guardrails/replicas acme/shop/prod values /spec/replicas";

fn denial(rule: &str, severity: Severity) -> Diagnostic {
    let finding = Finding {
        rule: rule.parse().unwrap(),
        subject: Subject::Values,
        path: "/spec/replicas".to_owned(),
        printed: Some(Place::file("x.yaml")),
    };
    Diagnostic { severity, finding: Some(Box::new(finding)), ..Diagnostic::error(Code::of_policy("p", "r"), "denied") }
}

fn tolerance(waiver: Option<(&str, &str)>, ratchet: Ratchet) -> Tolerance {
    let rules = Rulebook::new(&PolicySet::built_in().unwrap(), &["role-boundaries/forbidden-path".parse().unwrap()]);
    let grounds = Grounds { rules: &rules, maximum_days: 365, today: "2026-06-15".parse().unwrap() };
    let waivers = match waiver {
        None => Waivers::none(grounds.today),
        Some((created, expires)) => {
            let text = format!(
                "apiVersion: tidegate.dev/v1alpha1\nkind: Waivers\nwaivers:\n  - rule: environment-guardrails/replicas\n    \
                 target: {{customer: acme}}\n    owner: ops\n    reason: one license\n    ticket: OPS-1\n    \
                 created: {created}\n    expires: {expires}\n"
            );
            waivers::read("w.yaml", text.as_bytes(), grounds).unwrap()
        }
    };
    Tolerance { rules, waivers, ratchet }
}

fn check(tolerance: &Tolerance, rule: &str, expected: (Severity, &str)) {
    let application: ApplicationName = "acme/shop/prod".parse().unwrap();
    let judged = Judged { application: &application, namespace: "acme-prod" };
    let got = tolerance.judge(denial(rule, Severity::Error), judged);
    let facts: Vec<String> = got.notes.iter().map(|note| format!("{}: {}", note.label, note.text)).collect();
    assert_eq!((got.severity, format!("{} {}", got.message, facts.join(" ")).trim_end()), expected, "{rule}");
    assert_eq!(got.exception.is_some(), got.severity == Severity::Note);
}

// A waiver that counts makes a denial a note that names it; one that does not is told, and the denial stands.
#[test]
fn waivers_on_both_sides() {
    let rule = "environment-guardrails/replicas";
    let waived = |last: &str| format!("denied waived: until {last} by ops, OPS-1, w.yaml:4:5: one license");
    check(&tolerance(None, Ratchet::Off), rule, (Severity::Error, "denied"));
    for (created, last) in [("2026-06-15", "2026-12-31"), ("2026-01-01", "2026-06-15")] {
        check(&tolerance(Some((created, last)), Ratchet::Off), rule, (Severity::Note, &waived(last)));
    }
    let expired = "denied; its waiver, w.yaml:4:5, expired on 2026-06-14";
    check(&tolerance(Some(("2026-01-01", "2026-06-14")), Ratchet::Off), rule, (Severity::Error, expired));
    let early = "denied; its waiver, w.yaml:4:5, counts from 2026-06-16 on";
    check(&tolerance(Some(("2026-06-16", "2026-12-31")), Ratchet::Off), rule, (Severity::Error, early));
    check(
        &tolerance(Some(("2026-06-15", "2026-12-31")), Ratchet::Off),
        "environment-guardrails/pinned-image",
        (Severity::Error, "denied"),
    );
}

// A baseline lets through what it holds, and whatever is found while one is written.
#[test]
fn baselines_on_both_sides() {
    let text = format!("{}\n{DENIED}\n", crate::baseline::HEAD);
    let known = Baseline::read("b", text.as_bytes(), &Rulebook::default()).unwrap();
    for ratchet in [Ratchet::Known(known.clone()), Ratchet::Collecting] {
        let expected = (Severity::Note, "denied known: in the baseline");
        check(&tolerance(None, ratchet), "environment-guardrails/replicas", expected);
    }
    let new = (Severity::Error, "denied");
    check(&tolerance(None, Ratchet::Known(known.clone())), "environment-guardrails/pinned-image", new);
    // What is waived is not known besides: the waiver must be seen to be in use.
    let waived = (Severity::Note, "denied waived: until 2026-12-31 by ops, OPS-1, w.yaml:4:5: one license");
    check(&tolerance(Some(("2026-06-15", "2026-12-31")), Ratchet::Known(known)), "environment-guardrails/replicas", waived);
}

// An absolute rule stands, whatever a baseline says.
#[test]
fn absolute_rules_stand() {
    for rule in ["role-boundaries/forbidden-path", "environment-guardrails/unjudgeable"] {
        check(&tolerance(None, Ratchet::Collecting), rule, (Severity::Error, "denied"));
    }
    check(
        &tolerance(None, Ratchet::Collecting),
        "role-boundaries/sealed-value",
        (Severity::Note, "denied known: in the baseline"),
    );
}

// What refuses nothing anyway stays what it is.
#[test]
fn warnings_are_left_alone() {
    let application: ApplicationName = "acme/shop/prod".parse().unwrap();
    let warning = denial("environment-guardrails/replicas", Severity::Warning);
    let judged = Judged { application: &application, namespace: "n" };
    assert_eq!(tolerance(None, Ratchet::Collecting).judge(warning.clone(), judged), warning);
}
