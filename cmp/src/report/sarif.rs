//! A report as SARIF, for code hosts: each finding at the line of the value file that caused it.
//!
//! In: [`Report`]. Out: one SARIF 2.1.0 log with one run.
//! Rules: places are relative to roots that are named, never to this machine; a result keeps its fingerprint while lines move; a finding
//! that is let through is a suppressed note; notes that no policy has said are left out.
//!
//! # Source
//! OASIS SARIF 2.1.0 errata 01; the names of sections stand beside what follows them.

mod place;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::diagnostic::{Diagnostic, Exception, Finding, Severity, Subject};

use super::check::Report;
use super::sink::clean;
use place::{artifact, physical};

/// The format's version.
pub const VERSION: &str = "2.1.0";

/// Where its schema is published.
pub const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The name of our fingerprints; another way to make them is another name.
const FINGERPRINT: &str = "tidegateFinding/v1";

/// Returns the report as a SARIF log.
#[must_use]
pub fn log(report: &Report) -> String {
    let rules = rules(report);
    let mut seen = BTreeMap::new();
    let results: Vec<Value> =
        report.findings().map(|(application, told)| result(report, application, told, (&rules, &mut seen))).collect();
    let descriptions: Vec<Value> = rules.iter().map(|rule| description(rule, report)).collect();
    let run = json!({
        "tool": { "driver": {
            "name": "tidegate",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "informationUri": env!("CARGO_PKG_REPOSITORY"),
            "rules": descriptions,
        } },
        // 3.17: code hosts keep the results of one category apart from those of other tools.
        "automationDetails": { "id": "tidegate/" },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": place::bases(report),
        "invocations": [{ "executionSuccessful": true }],
        "results": results,
    });
    let log = json!({ "$schema": SCHEMA, "version": VERSION, "runs": [run] });
    format!("{log:#}\n")
}

/// Returns the codes that the results have, in order.
fn rules(report: &Report) -> BTreeSet<String> {
    report.findings().map(|(_, told)| told.code.to_string()).collect()
}

/// 3.49: what a rule means, as `explain-error` says it.
fn description(rule: &str, report: &Report) -> Value {
    let told: Vec<&Diagnostic> = report.findings().map(|(_, told)| told).filter(|told| told.code.as_str() == rule).collect();
    let level = if told.iter().any(|told| told.severity == Severity::Error) {
        "error"
    } else if told.iter().any(|told| told.severity == Severity::Warning) {
        "warning"
    } else {
        "note"
    };
    let asked = report.rules.iter().find(|asked| rule.strip_prefix("policy.") == Some(&asked.name.to_string()));
    let explained = told.first().and_then(|told| told.code.explanation()).map(Cow::into_owned);
    let help = explained.or_else(|| asked.map(|asked| clean(&asked.description))).unwrap_or_else(|| unexplained(rule));
    let words = one_line(&help);
    let first = words.split_once(". ").map_or(words.clone(), |(first, _)| format!("{first}."));
    let mut description = json!({
        "id": clean(rule),
        "shortDescription": { "text": first },
        "fullDescription": { "text": words },
        "help": { "text": help, "markdown": help },
        "defaultConfiguration": { "level": level },
    });
    if let (Some(url), Some(fields)) = (asked.and_then(|asked| asked.help_url.as_deref()), description.as_object_mut()) {
        fields.insert("helpUri".to_owned(), json!(clean(url)));
    }
    description
}

fn unexplained(rule: &str) -> String {
    let name = rule.strip_prefix("policy.").unwrap_or(rule);
    format!("The rule `{}`, of a policy that this program does not document.", clean(name))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// 3.27: one finding.
fn result(
    report: &Report,
    application: Option<&str>,
    told: &Diagnostic,
    (rules, seen): (&BTreeSet<String>, &mut BTreeMap<String, u32>),
) -> Value {
    let index = rules.iter().position(|rule| rule == told.code.as_str());
    let mut result = Map::new();
    let mut set = |key: &str, value: Value| result.insert(key.to_owned(), value);
    set("ruleId", json!(clean(told.code.as_str())));
    set("ruleIndex", json!(index));
    set("level", json!(told.severity.word()));
    set("message", json!({ "text": message(application, told) }));
    if let Some(location) = location(report, application, told) {
        set("locations", json!([location]));
    }
    if let Some(related) = related(report, told) {
        set("relatedLocations", json!([related]));
    }
    set("partialFingerprints", json!({ FINGERPRINT: fingerprint(application, told, seen) }));
    set("suppressions", Value::Array(suppressions(report, told)));
    if let Some(application) = application {
        set("properties", json!({ "application": clean(application) }));
    }
    Value::Object(result)
}

/// 3.11: message and hint, as the text report has them.
fn message(application: Option<&str>, told: &Diagnostic) -> String {
    let about = application.map(|application| format!("{}: ", clean(application))).unwrap_or_default();
    let hint = told.hint.as_deref().map(|hint| format!("\nhint: {}", clean(hint))).unwrap_or_default();
    // 3.11.6: `[text](place)` would be a link; no foreign text makes one.
    format!("{about}{}{hint}", clean(&told.message)).replace("](", "]\\(")
}

/// 3.28: the place in a file and the object; a finding without a place is at the file by which its customer has the product.
fn location(report: &Report, application: Option<&str>, told: &Diagnostic) -> Option<Value> {
    let mut location = Map::new();
    let customer = application.and_then(|application| application.split('/').next());
    match (&told.place, customer) {
        (Some(place), _) => {
            location.insert("physicalLocation".to_owned(), physical(place, report));
        }
        (None, Some(customer)) => {
            let file = format!("customers/{customer}/products.yaml");
            let artifact = artifact(&file, report);
            location.insert("physicalLocation".to_owned(), json!({ "artifactLocation": artifact }));
        }
        (None, None) => {}
    }
    if let Some(logical) = told.finding.as_deref().and_then(|finding| logical(application, finding)) {
        location.insert("logicalLocations".to_owned(), json!([logical]));
    }
    (!location.is_empty()).then_some(Value::Object(location))
}

/// 3.33: the object, and the part of it.
fn logical(application: Option<&str>, finding: &Finding) -> Option<Value> {
    let Subject::Object(name) = &finding.subject else { return None };
    let (application, path) = (application.unwrap_or_default(), clean(&finding.path));
    let whole = format!("{}/{}{path}", clean(application), clean(&name.to_string()));
    Some(json!({ "name": clean(&name.name), "fullyQualifiedName": whole, "kind": "resource" }))
}

/// 3.27.22: the template's line, where the finding is at another place.
fn related(report: &Report, told: &Diagnostic) -> Option<Value> {
    let printed = told.finding.as_deref()?.printed.as_ref()?;
    if told.place.as_ref() == Some(printed) {
        return None;
    }
    let physical = physical(printed, report);
    Some(json!({ "id": 1, "physicalLocation": physical, "message": { "text": "printed at" } }))
}

/// 3.27.17: the same while lines and words move. Findings that are otherwise one are counted.
fn fingerprint(application: Option<&str>, told: &Diagnostic, seen: &mut BTreeMap<String, u32>) -> String {
    let application = application.unwrap_or_default();
    let text = match &told.finding {
        Some(finding) => finding.line(application),
        None => {
            let file = told.place.as_ref().map(|place| place.file.as_str()).unwrap_or_default();
            // Numbers in messages are mostly lines.
            let words = told.message.replace(|character: char| character.is_ascii_digit(), "");
            [told.code.as_str(), application, file, &words].join("\n")
        }
    };
    let digest = Sha256::digest(text.as_bytes());
    let digest: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let count = seen.entry(digest.clone()).or_insert(0);
    *count += 1;
    format!("{digest}:{count}")
}

/// 3.35: who lets it through. An empty list says that nobody does.
fn suppressions(report: &Report, told: &Diagnostic) -> Vec<Value> {
    let justified = |text: String| json!({ "kind": "external", "status": "accepted", "justification": text });
    match told.exception.as_deref() {
        None => Vec::new(),
        Some(Exception::Known) => vec![justified("known: in the baseline".to_owned())],
        Some(Exception::Waived(grant)) => {
            let mut suppression = justified(clean(&format!("waived {grant}")));
            if let Some(fields) = suppression.as_object_mut() {
                fields.insert("location".to_owned(), json!({ "physicalLocation": physical(&grant.place, report) }));
            }
            vec![suppression]
        }
    }
}

#[cfg(test)]
mod tests;
