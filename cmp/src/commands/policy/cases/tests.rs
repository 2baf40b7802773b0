//! What a case file says, and what it cannot say.

use std::fs::File;
use std::io::Write as _;

use tidegate::policies::{Sealing, Severity};

use super::{Case, Input, read};

const FILE: &str = "\
cases:
  - name: one
    context: {class: nonproduction, claims: {tier: gold}, role: support}
    settings: {a: 1}
    layers:
      - owner: operations
        values: {a: <sealed:3>, b: [1]}
    expect:
      - {rule: r, severity: warn, subject: 0, path: /a, message: m, at: 'cases.yaml:7'}
  - name: two
    manifests: [{kind: A}, {kind: B}]
  - name: three
    valuesFile: values.yaml
  - name: four
    fleet:
      - manifests: [{kind: A}]
      - context: {customer: globex}
        manifests: [{kind: B}, {kind: C}]
    expect: [{rule: r, application: 1}]
";

fn cases(text: &str) -> Result<Vec<Case>, String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("cases.yaml", text), ("values.yaml", "x: 1\n")] {
        File::create(folder.path().join(name)).unwrap().write_all(text.as_bytes()).unwrap();
    }
    read(&folder.path().join("cases.yaml")).map_err(|failure| {
        let diagnostic = &failure.diagnostics[0];
        let place = diagnostic.place.as_ref().map_or((0, 0), |place| (place.line, place.column));
        format!("{}:{} {} ({})", place.0, place.1, diagnostic.message, diagnostic.hint.as_deref().unwrap_or_default())
    })
}

/// Every key of a case is read to what it means.
#[test]
fn a_file_is_read() {
    let cases = cases(FILE).unwrap();
    let [one, two, three, four] = cases.as_slice() else { panic!("four cases") };
    assert_eq!((one.context.class.as_str(), one.context.role.as_deref()), ("nonproduction", Some("support")));
    assert_eq!((one.context.environment.as_str(), one.context.claims["tier"].as_str()), ("prod", "gold"));
    let Input::Layers(layers) = &one.input else { panic!("layers") };
    assert_eq!((layers[0].0.sealing, layers[0].0.sealed_paths.as_slice()), (Sealing::Sealed, &["/a".to_owned()][..]));
    let expected = &one.expected[0];
    assert_eq!((expected.severity, expected.subject, expected.written.line), (Severity::Warn, Some(0), 9));
    assert!(matches!(&two.input, Input::Manifests(objects) if objects.len() == 2) && two.expected.is_empty());
    assert!(matches!(&three.input, Input::Values(given) if given.file.ends_with("values.yaml")));
    let Input::Fleet(applications) = &four.input else { panic!("a fleet") };
    let facts = applications.iter().map(|application| (application.context.application.as_str(), application.objects.len()));
    assert_eq!(facts.collect::<Vec<_>>(), [("acme-corp/product-a/prod", 1), ("globex/product-a/prod", 2)]);
    assert_eq!((applications[1].context.namespace.as_str(), four.expected[0].application), ("globex-prod", Some(1)));
    assert_eq!((four.input.documents().len(), four.input.documents_of(Some(1)).len()), (3, 2));
}

fn check(from: &str, to: &str, want: &str) {
    assert!(FILE.contains(from), "{from}");
    let got = cases(&FILE.replacen(from, to, 1)).map(|cases| cases.len());
    assert!(got.as_ref().is_err_and(|error| error.starts_with(want)), "{got:?}");
}

/// What is not understood is refused at its place, with what was probably meant.
#[test]
fn files_are_strict() {
    check("    settings", "    setings", "4:5 `setings` is not known here (did you mean `settings`?)");
    check("severity: warn", "severity: bad", "9:29 a severity is `deny`, `warn` or `info`");
    check("{rule: r, ", "{", "9:9 `rule` is missing");
    check("subject: 0", "subject: -1", "9:44 a number is wanted here");
    check("name: two\n    manifests: [{kind: A}, {kind: B}]", "name: two", "10:5 a case has one of");
    check("manifests: [{kind: A}, {kind: B}]", "manifests: []\n    values: {}", "10:5 a case has one of");
    check("- manifests: [{kind: A}]", "- manifest: [{kind: A}]", "16:9 `manifest` is not known here (did you mean `manifests`?)");
    check("- manifests: [{kind: A}]", "- context: {}", "16:9 an application has one of `manifests` and `manifestsFile`");
    check("valuesFile: values.yaml", "valuesFile: none.yaml", "0:0 the file cannot be read");
    check("- owner: operations\n        ", "- ", "6:9 `owner` is missing");
    check("cases:", "case:", "1:1 `case` is not known here (did you mean `cases`?)");
    check("cases:", "cases: [", "");
}
