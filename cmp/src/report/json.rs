//! Diagnostics and reports as JSON. The shapes are part of the command line's contract.
//!
//! Rules: fields are added, never renamed; what is not known is absent.

use serde::Serialize;
use serde_json::json;

use crate::admission::Summary;
use crate::diagnostic::{Diagnostic, Exception, Finding, Grant, Place, Severity, Subject};

use super::check::{Counts, Extent, Report, Row};
use super::sink::clean;

/// A diagnostic in JSON.
#[derive(Serialize)]
struct JsonDiagnostic {
    severity: &'static str,
    code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    application: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<JsonPlace>,
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<JsonNote>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finding: Option<JsonFinding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exception: Option<JsonException>,
}

/// A place in JSON; line and column are absent where the file as a whole is meant.
#[derive(Serialize)]
struct JsonPlace {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
}

/// A fact in JSON.
#[derive(Serialize)]
struct JsonNote {
    label: &'static str,
    text: String,
}

/// What a policy's word is about, in JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonFinding {
    policy: String,
    rule: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<JsonObject>,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    printed_at: Option<JsonPlace>,
}

/// An object's name in JSON.
#[derive(Serialize)]
struct JsonObject {
    group: String,
    kind: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
}

/// Why a denial refuses nothing, in JSON.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum JsonException {
    Waived { place: JsonPlace, owner: String, reason: String, ticket: String, expires: String },
    Known,
}

impl From<&Place> for JsonPlace {
    fn from(place: &Place) -> Self {
        let present = |number: u32| (number > 0).then_some(number);
        Self { file: clean(&place.file), line: present(place.line), column: present(place.column) }
    }
}

impl From<&Finding> for JsonFinding {
    fn from(finding: &Finding) -> Self {
        let Finding { rule, subject, path, printed } = finding;
        let (layer, object) = match subject {
            Subject::Application | Subject::Values => (None, None),
            Subject::Layer(file) => (Some(clean(file)), None),
            Subject::Object(name) => {
                let namespace = name.namespace.as_deref().map(clean);
                let (group, kind) = (clean(&name.group), clean(&name.kind));
                (None, Some(JsonObject { group, kind, name: clean(&name.name), namespace }))
            }
        };
        let (policy, rule) = (rule.policy().to_owned(), rule.rule().to_owned());
        Self { policy, rule, layer, object, path: clean(path), printed_at: printed.as_ref().map(JsonPlace::from) }
    }
}

impl From<&Exception> for JsonException {
    fn from(exception: &Exception) -> Self {
        match exception {
            Exception::Known => Self::Known,
            Exception::Waived(Grant { place, owner, reason, ticket, expires }) => Self::Waived {
                place: place.into(),
                owner: clean(owner),
                reason: clean(reason),
                ticket: clean(ticket),
                expires: expires.clone(),
            },
        }
    }
}

/// Returns the diagnostics as a JSON list, to be put into a document of the command's own. Excerpts are left out: a program has the file.
#[must_use]
pub fn json(diagnostics: &[Diagnostic]) -> serde_json::Value {
    let list = diagnostics.iter().map(|diagnostic| {
        let Diagnostic { severity, code, application, place, message, excerpt: _, notes, hint, finding, exception } = diagnostic;
        let diagnostic = JsonDiagnostic {
            severity: severity.word(),
            code: clean(code.as_str()),
            application: application.as_deref().map(clean),
            place: place.as_ref().map(JsonPlace::from),
            message: clean(message),
            notes: notes.iter().map(|note| JsonNote { label: note.label, text: clean(&note.text) }).collect(),
            hint: hint.as_deref().map(clean),
            finding: finding.as_deref().map(JsonFinding::from),
            exception: exception.as_deref().map(JsonException::from),
        };
        // Texts and numbers only: nothing in it can fail to be written.
        serde_json::to_value(diagnostic).unwrap_or_default()
    });
    serde_json::Value::Array(list.collect())
}

/// Returns a report as one JSON document. For [`Extent::Findings`] applications without an error or warning are left out.
#[must_use]
pub fn json_report(report: &Report, extent: Extent) -> String {
    let told = |row: &&Row| {
        extent == Extent::Whole || row.outcome.is_err() || row.diagnostics().iter().any(|told| told.severity != Severity::Note)
    };
    let rows = report.rows.iter().filter(told);
    let applications: Vec<serde_json::Value> = rows
        .map(|row| match &row.outcome {
            Ok((Summary { layers, objects, policies }, notes)) => json!({
                "application": row.name, "verdict": "ok", "layers": layers, "objects": objects, "policies": policies,
                "diagnostics": json(notes),
            }),
            Err(failure) => json!({
                "application": row.name, "verdict": "refused", "exitCode": failure.class.exit_code(),
                "diagnostics": json(&failure.diagnostics),
            }),
        })
        .collect();
    let Counts { ok, refused, warnings, waived, known } = report.counts();
    let mut document = json!({
        "applications": applications, "estate": json(&report.estate),
        "summary": { "ok": ok, "refused": refused, "warnings": warnings, "waived": waived, "known": known },
    });
    if let (Some(tally), Some(fields)) = (&report.tally, document.as_object_mut()) {
        let gone: Vec<String> = tally.gone.iter().map(|line| clean(line)).collect();
        let tally = json!({ "file": clean(&tally.file), "known": tally.known, "gone": gone });
        fields.insert("baseline".to_owned(), tally);
    }
    format!("{document:#}\n")
}
