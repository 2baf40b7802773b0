use super::*;
use crate::diagnostic::{Class, Code, Failure, Grant, ObjectName, Place};
use crate::report::check::Row;

fn place(file: &str, line: u32) -> Place {
    Place { file: file.to_owned(), line, column: u32::from(line > 0) * 3 }
}

fn denial(line: u32, message: &str) -> Diagnostic {
    let object = ObjectName { group: "apps".to_owned(), kind: "Deployment".to_owned(), name: "web".to_owned(), namespace: None };
    let finding = Finding {
        rule: "a-policy/a-rule".parse().unwrap(),
        subject: Subject::Object(object),
        path: "/spec/replicas".to_owned(),
        printed: Some(place("products/shop/templates/a.yaml", 9)),
    };
    let denied = Diagnostic::error(Code::of_policy("a-policy", "a-rule"), message).at(place("customers/acme/values.yaml", line));
    Diagnostic { finding: Some(Box::new(finding)), ..denied }
}

fn results(told: Vec<Diagnostic>) -> Vec<Value> {
    let outcome = Err(Failure { class: Class::Policy, diagnostics: told });
    let report = Report { rows: vec![Row { name: "acme/shop/prod".to_owned(), outcome }], ..Report::default() };
    let log: Value = serde_json::from_str(&log(&report)).unwrap();
    log["runs"][0]["results"].as_array().unwrap().clone()
}

fn fingerprint_of(told: Diagnostic) -> String {
    results(vec![told])[0]["partialFingerprints"][FINGERPRINT].as_str().unwrap().to_owned()
}

// A finding is at the line of the value file; the template's line is beside it, and the object is named.
#[test]
fn places_of_a_finding() {
    let result = results(vec![denial(7, "too few").hint("more")]).remove(0);
    let file = |uri: &str, region: Value| json!({ "physicalLocation": { "artifactLocation": { "uri": uri, "uriBaseId": "SRCROOT" }, "region": region } });
    let mut at = file("customers/acme/values.yaml", json!({ "startLine": 7, "startColumn": 3 }));
    at["logicalLocations"] = json!([{
        "name": "web", "fullyQualifiedName": "acme/shop/prod/apps/Deployment/web/spec/replicas", "kind": "resource",
    }]);
    assert_eq!(result["locations"], json!([at]));
    let mut printed = file("products/shop/templates/a.yaml", json!({ "startLine": 9, "startColumn": 3 }));
    (printed["id"], printed["message"]) = (json!(1), json!({ "text": "printed at" }));
    assert_eq!(result["relatedLocations"], json!([printed]));
    assert_eq!(result["message"]["text"], "acme/shop/prod: too few\nhint: more");
    assert_eq!((&result["level"], &result["suppressions"]), (&json!("error"), &json!([])));
}

// A finding without a place is at the file by which its customer has the product: code hosts take none without.
#[test]
fn a_place_for_all() {
    let result = results(vec![Diagnostic::error(Code::CONTEXT_ROLE, "no")]).remove(0);
    let expected = json!([{ "physicalLocation": {
        "artifactLocation": { "uri": "customers/acme/products.yaml", "uriBaseId": "SRCROOT" }
    } }]);
    assert_eq!(result["locations"], expected);
}

// Lines and words move, the fingerprint stays; what is about something else has another, and so has the second of two that are one.
#[test]
fn fingerprints_are_stable() {
    let first = fingerprint_of(denial(7, "too few"));
    assert_eq!(first, fingerprint_of(denial(70, "far too few")));
    let mut other = denial(7, "too few");
    other.finding.as_mut().unwrap().path = "/spec/other".to_owned();
    assert_ne!(first, fingerprint_of(other));
    let twice = results(vec![denial(7, "a"), denial(8, "b")]);
    let counted: Vec<&str> = twice.iter().map(|result| result["partialFingerprints"][FINGERPRINT].as_str().unwrap()).collect();
    assert_eq!(counted, [first.clone(), first.replace(":1", ":2")]);
    let plain = |message: &str| fingerprint_of(Diagnostic::error(Code::LAYERS_SYNTAX, message).at(place("a.yaml", 1)));
    assert_eq!(plain("`a` of line 7"), plain("`a` of line 12"));
    assert_ne!(plain("`a` of line 7"), plain("`b` of line 7"));
}

// What is let through is a suppressed note that names who answers for it.
#[test]
fn exceptions_are_suppressions() {
    let text = |text: &str| text.to_owned();
    let (owner, reason, ticket, expires) = (text("ops"), text("one license"), text("OPS-1"), text("2026-12-31"));
    let grant = Grant { place: place("waivers.yaml", 4), owner, reason, ticket, expires };
    let with = |exception| Diagnostic { severity: Severity::Note, exception: Some(Box::new(exception)), ..denial(7, "too few") };
    let results = results(vec![with(Exception::Waived(grant)), with(Exception::Known)]);
    assert_eq!(results[0]["level"], "note");
    let waived = &results[0]["suppressions"][0];
    assert_eq!(waived["justification"], "waived until 2026-12-31 by ops, OPS-1, waivers.yaml:4:3: one license");
    assert_eq!((&waived["kind"], &waived["status"]), (&json!("external"), &json!("accepted")));
    assert_eq!(waived["location"]["physicalLocation"]["region"]["startLine"], 4);
    assert_eq!(results[1]["suppressions"][0]["justification"], "known: in the baseline");
}

// A note that no policy has said is no result, and no foreign text is a link.
#[test]
fn what_is_left_out() {
    assert_eq!(results(vec![Diagnostic::note(Code::CHART_LOOKUP, "looks")]), Vec::<Value>::new());
    let result = results(vec![Diagnostic::error(Code::INTERNAL, "[click](http://example.com)")]).remove(0);
    assert_eq!(result["message"]["text"], "acme/shop/prod: [click]\\(http://example.com)");
}

// A rule says what it means; one of a policy that is not documented here says so.
#[test]
fn rules_are_described() {
    let outcome = Err(Failure { class: Class::Policy, diagnostics: vec![denial(7, "m"), Diagnostic::error(Code::USAGE, "m")] });
    let report = Report { rows: vec![Row { name: "a/b/c".to_owned(), outcome }], ..Report::default() };
    let log: Value = serde_json::from_str(&log(&report)).unwrap();
    let rules = &log["runs"][0]["tool"]["driver"]["rules"];
    assert_eq!((&rules[0]["id"], &rules[1]["id"]), (&json!("policy.a-policy/a-rule"), &json!("usage")));
    assert_eq!(rules[0]["help"]["text"], "The rule `a-policy/a-rule`, of a policy that this program does not document.");
    assert_eq!(rules[1]["shortDescription"]["text"], "The command line cannot be understood.");
    assert_eq!(log["runs"][0]["results"][1]["ruleIndex"], 1);
}
