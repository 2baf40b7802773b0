//! Registry: images come from one registry. The same rule over a tape and over JSON, whichever policy.json asks for.
//!
//! tests/bench/policies puts this into a project that `tidegate policy new` made, and measures it with either encoding.

use sdk::contract::{Context, Finding, FleetFinding, Guest, Layer, Member, PolicyError, Report, SettingsError};
use sdk::kubernetes::Workload;
use sdk::{DocumentSet, Documents, Objects, Place, Severity, Unjudgeable};
use serde_json::Value;

const RULE: &str = "registry";
const REGISTRY: &str = "registry.example.com/";
const MESSAGE: &str = "the image is not of our registry";

fn of_tape(object: &Place<'_>) -> Result<Vec<Finding>, Unjudgeable> {
    let mut findings = Vec::new();
    if let Some(workload) = Workload::of(object)? {
        for container in workload.containers()? {
            let image = container.place.at("image");
            if !image.text()?.unwrap_or_default().starts_with(REGISTRY) {
                findings.push(Finding::deny(RULE, &image, MESSAGE.to_owned(), ""));
            }
        }
    }
    Ok(findings)
}

fn of_json(subject: u32, text: &str) -> Result<Vec<Finding>, PolicyError> {
    let object: Value = serde_json::from_str(text).map_err(|error| PolicyError::MalformedInput(error.to_string()))?;
    let spec = match object["kind"].as_str() {
        Some("Pod") => "/spec",
        Some("CronJob") => "/spec/jobTemplate/spec/template/spec",
        Some("Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" | "ReplicationController") => {
            "/spec/template/spec"
        }
        Some("PodTemplate") => "/template/spec",
        _ => return Ok(Vec::new()),
    };
    let mut findings = Vec::new();
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        let containers = object.pointer(&format!("{spec}/{list}")).and_then(Value::as_array);
        for (number, container) in containers.into_iter().flatten().enumerate() {
            // A sealed image is `<sealed:N>`, which is not of our registry either.
            if !container["image"].as_str().unwrap_or_default().starts_with(REGISTRY) {
                findings.push(Finding {
                    rule: RULE.to_owned(),
                    severity: Severity::Deny,
                    subject: Some(subject),
                    path: format!("{spec}/{list}/{number}/image"),
                    message: MESSAGE.to_owned(),
                    help: String::new(),
                });
            }
        }
    }
    Ok(findings)
}

struct Component;

impl Guest for Component {
    fn init(_settings: String) -> Result<(), Vec<SettingsError>> {
        Ok(())
    }
    fn check_layers(_context: Context, _layers: Vec<Layer>, _documents: DocumentSet) -> Result<Vec<Finding>, PolicyError> {
        Ok(Vec::new())
    }
    fn check_values(_context: Context, _documents: DocumentSet) -> Result<Vec<Finding>, PolicyError> {
        Ok(Vec::new())
    }
    fn check_manifests(_context: Context, documents: DocumentSet) -> Result<Report, PolicyError> {
        let findings = match documents {
            DocumentSet::Tape(bytes) => Objects::new(&Documents::of_tape(bytes).tape()?).each(of_tape),
            DocumentSet::Json(texts) => {
                let judged: Result<Vec<_>, _> = (0..).zip(&texts).map(|(subject, text)| of_json(subject, text)).collect();
                judged?.concat()
            }
        };
        Ok(Report { findings, facts: Vec::new() })
    }
    fn check_fleet(_members: Vec<Member>) -> Result<Vec<FleetFinding>, PolicyError> {
        Ok(Vec::new())
    }
}

sdk::contract::export!(Component with_types_in sdk::contract);
