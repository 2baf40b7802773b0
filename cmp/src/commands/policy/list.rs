//! `policy list`: the policies that count, with what identifies them.

use std::fmt::Write as _;
use std::path::Path;

use engine::metadata::{Metadata, Stage};
use serde_json::json;
use tidegate::configuration::discovery::Discovered;
use tidegate::diagnostic::Failure;
use tidegate::policies::PolicySet;
use tidegate::policies::digest::Digest;
use tidegate::policies::installed::Place;
use tidegate::policies::lock::{Entry, Lock};
use tidegate::variables::Variables;

use super::configuration;
use crate::args::{ListArgs, ReportForm};
use crate::commands::Product;

/// One policy.
struct Row {
    metadata: Metadata,
    wasm: Digest,
    settings: Digest,
    /// Its line of the lock file, where it is installed.
    locked: Option<Entry>,
}

/// All policies that count, with the settings of the configuration.
pub(super) struct Counting {
    pub(super) policies: PolicySet,
    lock: Lock,
    discovered: Option<Discovered>,
}

/// Returns the policies that count. What is installed is verified and loaded, as a render does.
pub(super) fn counting(config: Option<&Path>, variables: &Variables) -> Result<Counting, Failure> {
    let discovered = configuration(config, variables)?;
    let mut policies = PolicySet::built_in()?;
    let mut lock = Lock::default();
    if let Some(discovered) = &discovered {
        let section = &discovered.configuration.installed_policies;
        let place = discovered.folder.as_ref().map(|folder| Place::of(section, folder)).transpose()?.flatten();
        if let Some(place) = place {
            lock = place.lock()?;
            policies = policies.with_installed(&place, &discovered.configuration.policies)?;
        }
        policies =
            policies.configure(&discovered.configuration.policies).map_err(|error| Failure::of_settings(error, discovered))?;
    }
    Ok(Counting { policies, lock, discovered })
}

/// Returns the list.
pub(super) fn run(args: &ListArgs, variables: &Variables) -> Result<Product, Failure> {
    let ListArgs { config, output } = args;
    let Counting { policies, lock, discovered } = counting(config.as_deref(), variables)?;
    let settings = |name: &str| Digest::of_settings(discovered.as_ref().and_then(|found| found.configuration.policies.get(name)));
    let rows: Vec<Row> = policies
        .described()
        .map(|(metadata, wasm)| Row {
            metadata: metadata.clone(),
            wasm: Digest(*wasm),
            settings: settings(&metadata.name),
            locked: lock.entries.get(&metadata.name).cloned(),
        })
        .collect();
    Ok(Product::of(match output {
        ReportForm::Text => text(&rows),
        ReportForm::Json => format!("{:#}\n", rows.iter().map(Row::json).collect::<serde_json::Value>()),
    }))
}

fn text(rows: &[Row]) -> String {
    let mut out = String::new();
    for row in rows {
        let Metadata { name, version, description, stages, .. } = &row.metadata;
        let from = if row.locked.is_some() { "installed" } else { "built in" };
        let stages: Vec<&str> = stages.iter().map(|stage| word(*stage)).collect();
        let signed = match row.locked.as_ref().map(|entry| &entry.signature) {
            Some(Some(key)) => format!("key {key}"),
            Some(None) => "not signed".to_owned(),
            None => "part of this program".to_owned(),
        };
        // A String takes all that is written to it.
        let _ = write!(
            out,
            "{name} {version} ({from}): {description}\n  stages     {}\n  component  {}\n  settings   {}\n  signature  {signed}\n",
            stages.join(", "),
            row.wasm,
            row.settings,
        );
        for rule in &row.metadata.rules {
            let _ = writeln!(out, "  rule       {}: {}", rule.name, rule.description);
        }
    }
    out
}

/// Returns the name of a stage, as metadata has it.
pub(super) fn word(stage: Stage) -> &'static str {
    match stage {
        Stage::Layer => "layer",
        Stage::Values => "values",
        Stage::Manifests => "manifests",
        Stage::Fleet => "fleet",
    }
}

impl Row {
    fn json(&self) -> serde_json::Value {
        let Metadata { name, version, world, description, stages, rules, .. } = &self.metadata;
        let locked = self.locked.as_ref();
        json!({
            "name": name,
            "version": version,
            "contract": world,
            "description": description,
            "stages": stages,
            "rules": rules,
            "installed": locked.is_some(),
            "wasm": self.wasm,
            "settings": self.settings,
            "compiled": locked.map(|entry| &entry.compiled),
            "wasmtime": locked.map(|entry| &entry.wasmtime),
            "signature": locked.and_then(|entry| entry.signature.as_ref()),
        })
    }
}
