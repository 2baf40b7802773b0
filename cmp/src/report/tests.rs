use super::*;
use crate::diagnostic::{Class, Code, Place};

fn finding() -> Diagnostic {
    let place = Place { file: "customers/acme-corp/product-a/environments/prod.yaml".to_owned(), line: 7, column: 8 };
    let mut finding = Diagnostic::error(
        Code::of_policy("environment-guardrails", "pinned-image"),
        "image tag `latest` is not allowed in production",
    )
    .at(place)
    .fact("layer", "customer environment")
    .fact("owner", "operations")
    .hint("name a release tag or a digest");
    finding.excerpt = Some(Excerpt {
        line: 7,
        text: "  tag: latest".to_owned(),
        column: 8,
        width: 6,
        label: "printed at Deployment/product-a".to_owned(),
    });
    finding
}

fn check(found: Diagnostic, expected: &str) {
    let failed = Failure::one(Class::Policy, found).about("acme-corp/product-a/prod");
    assert_eq!(failure(&failed, Color::Plain), expected);
}

// A report says code, application, place and message in its first line, then what helps, then that nothing was printed.
#[test]
fn report_of_one_finding() {
    check(
        finding(),
        "error[policy.environment-guardrails/pinned-image]: acme-corp/product-a/prod: \
         customers/acme-corp/product-a/environments/prod.yaml:7:8: image tag `latest` is not allowed in production\n     \
              7 |   tag: latest\n       \
                |        ^^^^^^ printed at Deployment/product-a\n  \
           layer: customer environment   owner: operations\n  \
           hint: name a release tag or a digest\n\
         nothing was printed; 1 finding\n",
    );
}

// What is not known is not mentioned; a file as a whole has no line.
#[test]
fn report_without_extras() {
    check(
        Diagnostic::error(Code::LAYERS_MISSING, "the file is not there").at(Place::file("base.yaml")),
        "error[layers.missing]: acme-corp/product-a/prod: base.yaml: the file is not there\nnothing was printed; 1 finding\n",
    );
}

// Foreign text in any part forges neither a line nor a colour.
#[test]
fn foreign_text_stays_in_its_line() {
    let evil = "x\nerror[policy.ok]: \u{1b}[32mall is well\u{202e}";
    let mut found = Diagnostic::error(Code::of_policy(evil, evil), evil).at(Place::file(evil)).fact("layer", evil).hint(evil);
    found.excerpt = Some(Excerpt { line: 1, text: evil.to_owned(), column: 1, width: 1, label: evil.to_owned() });
    found.application = Some(evil.to_owned());
    let text = diagnostics(&[found.clone()], Color::Plain);
    assert_eq!(text.lines().count(), 5, "{text}");
    assert_eq!(text.lines().filter(|line| line.starts_with("error[")).count(), 1);
    let written = json(&[found]).to_string();
    for text in [text.as_str(), written.as_str()] {
        assert!(!text.contains(['\u{1b}', '\u{202e}']) && !text.contains("\\u001b"), "{text}");
    }
}

// Colour is there when asked for, and only then; it changes no letter.
#[test]
fn colour_only_when_asked_for() {
    let coloured = diagnostics(&[finding()], Color::Terminal);
    assert!(coloured.starts_with("\u{1b}[1;31merror[policy.environment-guardrails/pinned-image]:\u{1b}[0m "));
    let plain = coloured.replace("\u{1b}[1;31m", "").replace("\u{1b}[0m", "");
    assert_eq!(plain, diagnostics(&[finding()], Color::Plain));
}

// Facts that do not fit one line go to the next.
#[test]
fn long_facts_are_wrapped() {
    let long = "y".repeat(60);
    let found = Diagnostic::error(Code::INTERNAL, "m").fact("first", &*long).fact("second", &*long).fact("third", "z");
    let text = diagnostics(&[found], Color::Plain);
    assert_eq!(text, format!("error[internal]: m\n  first: {long}\n  second: {long}   third: z\n"));
}

// JSON has the same facts, without what is not known.
#[test]
fn json_has_the_facts() {
    let place = Place { file: "a.yaml".to_owned(), line: 3, column: 0 };
    let warning = Diagnostic::warning(Code::LAYERS_SYNTAX, "odd").at(place).fact("layer", "customer");
    let expected = serde_json::json!([{
        "severity": "warning", "code": "layers.syntax", "place": { "file": "a.yaml", "line": 3 },
        "message": "odd", "notes": [{ "label": "layer", "text": "customer" }],
    }]);
    assert_eq!(json(&[warning]), expected);
}
