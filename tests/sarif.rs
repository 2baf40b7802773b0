//! `check -o sarif` against the published schema of SARIF 2.1.0.
//!
//! Skipped, with a printed line, where the schema is not installed (`TIDEGATE_TOOLS`, or the usual cache directory; `.ci/install-tools`
//! gets it); in CI it must be there.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test that cannot be set up must fail; it works on files and says why it is skipped"
)]

#[path = "support/estate.rs"]
mod estate;

use std::path::PathBuf;
use std::process::Command;

use estate::Estate;
use serde_json::Value;

fn schema() -> Option<Value> {
    let cache = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache/tidegate-tools"));
    let path = std::env::var_os("TIDEGATE_TOOLS").map(PathBuf::from).or_else(cache)?.join("sarif-schema-2.1.0.json");
    if path.is_file() {
        return Some(serde_json::from_slice(&std::fs::read(path).expect("the schema is read")).expect("it is JSON"));
    }
    assert!(std::env::var_os("CI").is_none(), "{} is not there", path.display());
    eprintln!("skipped: the schema is not there ({})", path.display());
    None
}

/// Returns an estate with a refused application for each of several stages, a waived denial, warnings and odd names.
fn estate() -> Estate {
    let estate = Estate::copy("estate");
    let change = |file: &str, from: &str, to: &str| {
        let path = estate.path().join(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(text.contains(from), "{file}: `{from}` is not there");
        let text = if from.is_empty() { format!("{text}{to}") } else { text.replacen(from, to, 1) };
        std::fs::write(path, text).expect("the file is written");
    };
    let customers = "customer-configs/customers";
    change(&format!("{customers}/acme-corp/product-a/values.yaml"), "replicaCount: 5", "replicaCount: 1");
    change(&format!("{customers}/globex/product-a/values.yaml"), "", "\nimage:\n  repository: example.com/elsewhere\n");
    change(&format!("{customers}/initech/product-a/values.yaml"), "", "\n  odd: [\n");
    change("customer-configs/products/product-c/environments/q a:ü.yaml", "", "ingress: {}\n");
    change("tidegate.yaml", "", "\nwaivers:\n  file: waivers.yaml\n  maximumDays: 100000\n");
    let waivers = "apiVersion: tidegate.dev/v1alpha1\nkind: Waivers\nwaivers:\n  - rule: environment-guardrails/replicas\n    \
         target: {customer: acme-corp}\n    owner: ops\n    reason: one license\n    ticket: OPS-1\n    created: 2026-01-01\n    \
         expires: 2290-12-31\n";
    change("waivers.yaml", "", waivers);
    estate
}

fn log(estate: &Estate) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(["check", "--all", "-o", "sarif", "--config", "../tidegate.yaml"])
        .current_dir(estate.path().join("customer-configs"))
        .env_clear()
        .output()
        .expect("tidegate runs");
    serde_json::from_slice(&output.stdout).expect("stdout is JSON")
}

// A log with findings of many kinds is what the schema asks for.
#[test]
fn valid_against_the_schema() {
    let Some(schema) = schema() else { return };
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("the schema is one");
    let log = log(&estate());
    let wrong: Vec<String> =
        validator.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path().as_str())).collect();
    assert_eq!(wrong, Vec::<String>::new());
    let results = log.pointer("/runs/0/results").and_then(Value::as_array).expect("there are results");
    let levels = ["error", "warning", "note"].map(|level| results.iter().filter(|result| result["level"] == level).count());
    assert!(levels.iter().all(|count| *count > 0), "{levels:?}");
    let suppressed = results.iter().filter(|result| result["suppressions"].as_array().is_some_and(|list| !list.is_empty()));
    assert_eq!(suppressed.count(), 1);
    // The schema would notice: without the field that it wants, the same log is none.
    let mut broken = log.clone();
    broken["runs"][0]["results"][0]["message"] = Value::Null;
    assert!(!validator.is_valid(&broken));
}
