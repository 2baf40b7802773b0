use super::*;
use crate::diagnostic::{ObjectName, Subject};
use crate::policies::PolicySet;
use crate::rules::Rulebook;

const HEAD: &str = "apiVersion: tidegate.dev/v1alpha1\nkind: Waivers\nwaivers:\n";

fn entry(target: &str, created: &str, expires: &str) -> String {
    format!(
        "  - rule: environment-guardrails/replicas\n    target: {target}\n    owner: ops\n    reason: one license\n    ticket: OPS-1\n    \
         created: {created}\n    expires: {expires}\n"
    )
}

fn read_on(today: &str, text: &str) -> Result<Waivers, Vec<(String, String, String)>> {
    let rules = Rulebook::new(&PolicySet::built_in().unwrap(), &["role-boundaries/forbidden-path".parse().unwrap()]);
    let grounds = Grounds { rules: &rules, maximum_days: 100, today: today.parse().unwrap() };
    read("w.yaml", text.as_bytes(), grounds)
        .map_err(|errors| errors.iter().map(|error| (error.at().to_string(), error.to_string(), error.hint())).collect())
}

fn check(body: &str, expected: &[(&str, &str, &str)]) {
    let errors = read_on("2026-06-15", body).unwrap_err();
    let got: Vec<(&str, &str, &str)> =
        errors.iter().map(|(at, what, hint)| (at.as_str(), what.as_str(), hint.as_str())).collect();
    assert_eq!(got, expected, "{body}");
}

/// Returns where the first waiver of a file stands.
fn first() -> Place {
    Place { file: "w.yaml".to_owned(), line: 4, column: 5 }
}

fn covers(target: &str, subject: Subject, expected: bool) {
    let waivers = read_on("2026-06-15", &format!("{HEAD}{}", entry(target, "2026-06-01", "2026-07-01"))).unwrap();
    let rule = "environment-guardrails/replicas".parse().unwrap();
    let finding = Finding { rule, subject, path: "/spec/replicas".to_owned(), printed: None };
    let answer = waivers.answer(&finding, &"acme/shop/prod".parse().unwrap(), "acme-prod");
    assert_eq!(matches!(answer, Answer::Waived(_)), expected, "{target}");
}

fn object(namespace: Option<&str>) -> Subject {
    let namespace = namespace.map(str::to_owned);
    Subject::Object(ObjectName { group: "apps".to_owned(), kind: "Deployment".to_owned(), name: "web-1".to_owned(), namespace })
}

// Every part of a target narrows it; `*` stands for any text.
#[test]
fn targets_on_both_sides() {
    for target in [
        "{customer: acme}",
        "{customer: '*'}",
        "{product: sh*, environment: prod}",
        "{kind: Deployment, name: web-*}",
        "{namespace: acme-prod}",
        "{path: /spec/*}",
        "{customer: acme, product: shop, environment: prod, kind: Deployment, namespace: acme-*, name: web-1, path: /spec/replicas}",
    ] {
        covers(target, object(None), true);
    }
    for target in [
        "{customer: globex}",
        "{product: shop2}",
        "{environment: staging}",
        "{kind: apps/Deployment}",
        "{name: web}",
        "{namespace: other}",
        "{path: /spec}",
        "{customer: acme, kind: StatefulSet}",
    ] {
        covers(target, object(None), false);
    }
    covers("{namespace: other}", object(Some("other")), true);
    covers("{namespace: acme-prod}", object(Some("other")), false);
}

// A target with a kind, name or namespace is about objects only.
#[test]
fn targets_of_what_is_no_object() {
    for subject in [Subject::Values, Subject::Application, Subject::Layer("a.yaml".to_owned())] {
        covers("{customer: acme}", subject.clone(), true);
        for target in ["{kind: '*'}", "{name: '*'}", "{namespace: '*'}"] {
            covers(target, subject.clone(), false);
        }
    }
}

// Of several waivers the first that counts is named; an expired one before it changes nothing.
#[test]
fn the_first_that_counts() {
    let text = format!(
        "{HEAD}{}{}{}",
        entry("{customer: acme}", "2026-03-07", "2026-06-14"),
        entry("{customer: acme}", "2026-06-01", "2026-07-01"),
        entry("{customer: acme}", "2026-06-01", "2026-08-01")
    );
    let waivers = read_on("2026-06-15", &text).unwrap();
    let rule = "environment-guardrails/replicas".parse().unwrap();
    let finding = Finding { rule, subject: Subject::Values, path: String::new(), printed: None };
    let Answer::Waived(waiver) = waivers.answer(&finding, &"acme/shop/prod".parse().unwrap(), "n") else {
        unreachable!("one counts")
    };
    assert_eq!(waiver.expires.to_string(), "2026-07-01");
}

// Keys that are not known, missing ones and things of another kind are all told, each at its place.
#[test]
fn every_problem_is_told() {
    check(
        &format!(
            "{HEAD}  - rule: environment-guardrails/replicas\n    traget: {{}}\n    owner: ''\n    reason: 7\n    expires: soon\n"
        ),
        &[
            ("w.yaml:4:5", "`target` is missing", "add it"),
            ("w.yaml:4:5", "`ticket` is missing", "add it"),
            ("w.yaml:4:5", "`created` is missing", "add it"),
            ("w.yaml:5:5", "`traget` is not known here", "did you mean `target`?"),
            ("w.yaml:6:12", "`owner` must be a text that says something", "docs/waivers.md shows a whole file"),
            ("w.yaml:7:13", "`reason` must be a text; put it in quotes", "docs/waivers.md shows a whole file"),
            ("w.yaml:8:14", "`expires` must be a day, such as 2026-12-31", "docs/waivers.md shows a whole file"),
        ],
    );
    let shape = "docs/waivers.md shows a whole file";
    check("- a\n", &[("w.yaml:1:1", "`Waivers` must be a map", shape)]);
    check("", &[("w.yaml:1:1", "`Waivers` must be one document", shape)]);
    check(&format!("{HEAD}  a: b\n"), &[("w.yaml:4:3", "`waivers` must be a list", shape)]);
    check(
        "apiVersion: v1\nkind: Waiver\nwaivers: []\n",
        &[
            ("w.yaml:1:13", "`apiVersion` must be `tidegate.dev/v1alpha1`", shape),
            ("w.yaml:2:7", "`kind` must be `Waivers`", shape),
        ],
    );
    check(
        &format!("{HEAD}{}", entry("{}", "2026-06-01", "2026-07-01")),
        &[("w.yaml:5:13", "`target` must be a map that names something; `customer: \"*\"` means everybody", shape)],
    );
    check(
        &format!("{HEAD}{}", entry("{name: a, nmae: b}", "2026-06-01", "2026-07-01")),
        &[("w.yaml:5:23", "`nmae` is not known here", "did you mean `name`?")],
    );
}

// A rule must be one that exists, and one that may be waived.
#[test]
fn rules_are_checked() {
    let with = |rule: &str| {
        format!("{HEAD}{}", entry("{customer: a}", "2026-06-01", "2026-07-01").replace("environment-guardrails/replicas", rule))
    };
    let form = "write `policy/rule`, as the report of a finding does";
    check(&with("replicas"), &[("w.yaml:4:11", "`replicas` names no rule", form)]);
    let unknown = "policy `environment-guardrails` has no rule `replica`";
    check(&with("environment-guardrails/replica"), &[("w.yaml:4:11", unknown, "did you mean `replicas`?")]);
    for rule in ["role-boundaries/forbidden-path", "environment-guardrails/unjudgeable"] {
        let message = format!("`{rule}` is absolute: nobody may waive it");
        check(&with(rule), &[("w.yaml:4:11", &message, "remove the waiver, and mend what the rule denies")]);
    }
}

// A waiver lives as long as the configuration allows, both days included, and no day more.
#[test]
fn lifetime_obeyed_and_violated() {
    let text = |expires: &str| format!("{HEAD}{}", entry("{customer: a}", "2026-01-01", expires));
    assert!(read_on("2026-01-01", &text("2026-04-11")).is_ok());
    assert!(read_on("2026-01-01", &text("2026-01-01")).is_ok());
    check(
        &text("2026-04-12"),
        &[(
            "w.yaml:10:14",
            "the waiver lives 101 days; the configuration allows 100",
            "let it expire on 2026-04-11 at the latest, and renew it then",
        )],
    );
    check(
        &text("2025-12-31"),
        &[(
            "w.yaml:10:14",
            "the waiver expires on 2025-12-31, before it was created on 2026-01-01",
            "write the day on which it was granted, then the last on which it counts",
        )],
    );
    for bad in ["2026-02-30", "2026-4-1", "20260401xx", "2026-04-01T00:00:00Z"] {
        let hint = "docs/waivers.md shows a whole file";
        check(&text(bad), &[("w.yaml:10:14", "`expires` must be a day, such as 2026-12-31", hint)]);
    }
}

// The limits of a file are read, and not one more.
#[test]
fn limits_obeyed_and_violated() {
    let one = entry("{customer: a}", "2026-06-01", "2026-07-01");
    assert!(read_on("2026-06-15", &format!("{HEAD}{}", one.repeat(ENTRY_LIMIT))).is_ok());
    check(
        &format!("{HEAD}{}", one.repeat(ENTRY_LIMIT + 1)),
        &[(
            "w.yaml:4:3",
            "the file has 1001 waivers; 1000 are the most that are read",
            "remove those that are no longer needed; `tidegate check --all` names them",
        )],
    );
    let reason = |length: usize| format!("{HEAD}{}", one.replace("one license", &"x".repeat(length)));
    assert!(read_on("2026-06-15", &reason(TEXT_LIMIT_CHARACTERS)).is_ok());
    let errors = read_on("2026-06-15", &reason(TEXT_LIMIT_CHARACTERS + 1)).unwrap_err();
    assert_eq!(errors[0].1, format!("`reason` must be a text of at most {TEXT_LIMIT_CHARACTERS} characters"));
}

// Two weeks before its end a waiver is warned of, on its last day and after it too; before that it is not.
#[test]
fn ends_are_warned_of() {
    let text = format!("{HEAD}{}", entry("{customer: acme, kind: Job}", "2026-06-01", "2026-07-01"));
    let warned = |today: &str, used: Option<&BTreeSet<Place>>| {
        let warnings = read_on(today, &text).unwrap().ending(used);
        warnings.first().map(|warning| format!("{} {}", warning.place.as_ref().unwrap(), warning.message))
    };
    let about = "w.yaml:4:5 the waiver of `environment-guardrails/replicas` for customer `acme`, kind `Job`";
    for (today, expected) in [
        ("2026-06-16", None),
        ("2026-06-17", Some("expires on 2026-07-01")),
        ("2026-07-01", Some("expires today")),
        ("2026-07-02", Some("expired on 2026-07-01")),
    ] {
        assert_eq!(warned(today, None), expected.map(|end| format!("{about} {end}")), "{today}");
    }
    assert!(warned("2026-07-01", Some(&BTreeSet::from([first()]))).is_some());
    assert_eq!(warned("2026-07-01", Some(&BTreeSet::new())), None);
}

// A waiver that counts and lets nothing through is told, where all that it could be about was judged.
#[test]
fn unused_ones_are_told() {
    let text = format!("{HEAD}{}", entry("{customer: acme}", "2026-06-01", "2026-07-01"));
    let unused = |today: &str, used: &[Place], judged: bool| {
        read_on(today, &text).unwrap().unused(&used.iter().cloned().collect(), |_| judged).len()
    };
    assert_eq!(unused("2026-06-15", &[], true), 1);
    for (today, used, judged) in
        [("2026-06-15", &[first()][..], true), ("2026-06-15", &[], false), ("2026-05-31", &[], true), ("2026-07-02", &[], true)]
    {
        assert_eq!(unused(today, used, judged), 0, "{today} {used:?} {judged}");
    }
}
