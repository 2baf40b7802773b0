//! Policies: WebAssembly components that judge layers, values and objects.
//!
//! In: the configuration's settings; [`Layer`]s, values, objects, all as JSON in which a sealed leaf is a handle
//! `<sealed:N>`. Out: [`Review`]: findings, and failures, which deny as a finding does.
//! Rules: every built-in policy runs, with default settings where the configuration is silent; a policy is started afresh
//! for each call; what cannot be judged is denied.
//! Not here: the origin of a finding's path (provenance knows it), reports.

mod answer;
mod artefact;
mod built_in;
pub mod digest;
mod failure;
mod guest;
pub mod installed;
mod limits;
pub mod lock;
mod settings;
pub mod signature;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use engine::metadata::{Metadata, Stage};
use guest::{Guest, Question};
use serde::Deserialize;
use wasmtime::Engine;

pub use artefact::ArtefactProblem;
pub use failure::{PolicyFailure, Reason};
pub use limits::Exceeded;
pub use settings::{ConfigureError, SettingsProblem};

/// The policies of this program with their settings.
pub struct PolicySet {
    policies: Vec<Policy>,
}

/// One policy, loaded and configured.
struct Policy {
    metadata: Metadata,
    component_sha256: [u8; 32],
    guest: Guest,
    /// A JSON object.
    settings: String,
}

/// What is rendered, for whom. Facts that were checked before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// The acting role, where one was given.
    pub role: Option<String>,
    /// The environment.
    pub environment: String,
    /// Its class, which rules go by.
    pub class: String,
    /// The customer.
    pub customer: String,
    /// The product.
    pub product: String,
    /// The cluster, where it is known.
    pub cluster: Option<String>,
    /// The application's name.
    pub application: String,
    /// Its namespace.
    pub namespace: String,
    /// Argo CD's project, where Argo CD asks.
    pub project: Option<String>,
    /// The commit, where it is known.
    pub revision: Option<String>,
    /// The command that asks.
    pub phase: String,
    /// Free facts from metadata.yaml.
    pub claims: BTreeMap<String, String>,
}

/// One value file before the merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Its name in the configuration.
    pub name: String,
    /// Its path in the repository.
    pub path: String,
    /// The role of its writers.
    pub owner: String,
    /// How it lies in the repository.
    pub sealing: Sealing,
    /// Its values as JSON, sealed leaves as handles.
    pub values: String,
    /// The JSON pointers of its sealed leaves.
    pub sealed_paths: Vec<String>,
}

/// How a file lies in the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealing {
    /// As plain text.
    Open,
    /// Sealed by SOPS.
    Sealed,
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// For those who ask for details.
    Info,
    /// Shown; the render goes on.
    Warn,
    /// The application is refused.
    Deny,
}

/// What a policy said of one place. Its texts are clean and of bounded length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The policy.
    pub policy: String,
    /// The rule within the policy.
    pub rule: String,
    /// How grave it is.
    pub severity: Severity,
    /// The layer or object by its number in what was given; nothing for the merged values and for objects as a whole.
    pub subject: Option<usize>,
    /// A JSON pointer (RFC 6901); what it names may be missing. Not cleaned: a report must.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it; may be empty.
    pub help: String,
}

/// A line that a policy logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// `debug`, `info` or `warn`.
    pub level: &'static str,
    /// The line, cleaned.
    pub message: String,
}

/// What all policies said at one stage.
#[derive(Debug, Default)]
pub struct Review {
    /// What they found, by policy in the order of names, then as each said it.
    pub findings: Vec<Finding>,
    /// Policies without a verdict.
    pub failures: Vec<PolicyFailure>,
    /// Policies of this stage for which there was nothing to judge, by name.
    pub idle: Vec<String>,
    /// What policies logged, with their names.
    pub log: Vec<(String, LogLine)>,
}

impl Review {
    /// Returns whether the application must be refused.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        !self.failures.is_empty() || self.findings.iter().any(|finding| finding.severity == Severity::Deny)
    }
}

impl PolicySet {
    /// Returns the built-in policies with their default settings.
    ///
    /// # Errors
    /// What is embedded is not what was built, or does not load on this machine.
    pub fn built_in() -> Result<PolicySet, PolicyFailure> {
        let failed = |policy: &str, reason| PolicyFailure { policy: policy.to_owned(), stage: None, reason };
        let configuration = engine::configuration(built_in::TARGET).and_then(|configuration| Engine::new(&configuration));
        let engine = configuration.map_err(|error| failed("built-in", Reason::Engine(error.into())))?;
        let loaded = built_in::BUILT_IN.iter().map(|embedded| {
            let metadata = engine::metadata::parse(embedded.metadata).map_err(|error| failed("built-in", error.into()))?;
            let guest = artefact::load(&engine, embedded.compiled, &embedded.compiled_sha256)
                .and_then(|component| Guest::link(&engine, &component))
                .map_err(|reason| failed(&metadata.name, reason))?;
            Ok(Policy { metadata, component_sha256: embedded.component_sha256, guest, settings: settings::NONE.to_owned() })
        });
        let mut policies = loaded.collect::<Result<Vec<_>, _>>()?;
        policies.sort_by(|one, other| one.metadata.name.cmp(&other.metadata.name));
        Ok(PolicySet { policies })
    }

    /// Returns the metadata of each policy and the SHA-256 of its component, by name.
    pub fn described(&self) -> impl Iterator<Item = (&Metadata, &[u8; 32])> {
        self.policies.iter().map(|policy| (&policy.metadata, &policy.component_sha256))
    }

    /// Judges the layers, lowest precedence first. A finding's subject is the layer.
    #[must_use]
    pub fn check_layers(&self, context: &Context, layers: &[Layer]) -> Review {
        let context = context.for_guests();
        let mut review = Review::default();
        for policy in self.of_stage(Stage::Layer) {
            if layers.is_empty() {
                review.idle.push(policy.metadata.name.clone());
            }
            for (subject, layer) in layers.iter().enumerate() {
                let layer = layer.for_guests();
                review.add(policy, Stage::Layer, policy.ask(&context, Question::Layer(&layer), 0), |finding| {
                    finding.subject = Some(subject);
                });
            }
        }
        review
    }

    /// Judges the merged values, a JSON object.
    #[must_use]
    pub fn check_values(&self, context: &Context, values: &str) -> Review {
        let context = context.for_guests();
        let mut review = Review::default();
        for policy in self.of_stage(Stage::Values) {
            review.add(policy, Stage::Values, policy.ask(&context, Question::Values(values), 0), |_finding| {});
        }
        review
    }

    /// Judges the objects of an application, each a JSON document, with lists already taken apart. A finding's subject is
    /// the object.
    #[must_use]
    pub fn check_manifests(&self, context: &Context, objects: &[String]) -> Review {
        let context = context.for_guests();
        let mut review = Review::default();
        let kinds: Vec<_> = objects.iter().map(|object| kind(object)).collect();
        for policy in self.of_stage(Stage::Manifests) {
            if !policy.looks_for_any(&kinds) {
                review.idle.push(policy.metadata.name.clone());
            }
            let answer = policy.ask(&context, Question::Manifests(objects), objects.len());
            review.add(policy, Stage::Manifests, answer, |_finding| {});
        }
        review
    }

    fn of_stage(&self, stage: Stage) -> impl Iterator<Item = &Policy> {
        self.policies.iter().filter(move |policy| policy.metadata.stages.contains(&stage))
    }
}

impl Review {
    fn add(&mut self, policy: &Policy, stage: Stage, answer: Result<Judged, Reason>, mut place: impl FnMut(&mut Finding)) {
        let name = &policy.metadata.name;
        match answer {
            Ok(mut judged) => {
                judged.findings.iter_mut().for_each(&mut place);
                self.findings.append(&mut judged.findings);
                self.log.extend(judged.log.into_iter().map(|line| (name.clone(), line)));
            }
            Err(reason) => self.failures.push(PolicyFailure { policy: name.clone(), stage: Some(stage), reason }),
        }
    }
}

/// An answer that was checked.
struct Judged {
    findings: Vec<Finding>,
    log: Vec<LogLine>,
}

impl Policy {
    fn ask(&self, context: &guest::types::Context, question: Question<'_>, subjects: usize) -> Result<Judged, Reason> {
        let answer = self.guest.ask(&self.settings, context, question)?;
        Ok(Judged { findings: answer::accept(&self.metadata.name, answer.findings, subjects)?, log: answer.log })
    }

    fn looks_for_any(&self, kinds: &[Option<String>]) -> bool {
        let wanted = &self.metadata.matches.kinds;
        // What does not read is the policy's to refuse.
        let matches = |kind: &Option<String>| kind.as_ref().is_none_or(|kind| wanted.is_empty() || wanted.contains(kind));
        kinds.iter().any(matches)
    }
}

/// Returns `group/Kind` of an object, `Kind` in the core group; nothing where the object does not read.
fn kind(object: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Header {
        #[serde(rename = "apiVersion")]
        api_version: String,
        kind: String,
    }
    let header: Header = serde_json::from_str(object).ok()?;
    Some(match header.api_version.split_once('/') {
        Some((group, _version)) => format!("{group}/{}", header.kind),
        None => header.kind,
    })
}

impl Context {
    fn for_guests(&self) -> guest::types::Context {
        let Context {
            role,
            environment,
            class,
            customer,
            product,
            cluster,
            application,
            namespace,
            project,
            revision,
            phase,
            claims,
        } = self.clone();
        let claims = claims.into_iter().collect();
        guest::types::Context {
            role,
            environment,
            class,
            customer,
            product,
            cluster,
            application,
            namespace,
            project,
            revision,
            phase,
            claims,
        }
    }
}

impl Layer {
    fn for_guests(&self) -> guest::types::Layer {
        let Layer { name, path, owner, sealing, values, sealed_paths } = self.clone();
        guest::types::Layer { name, path, owner, sealed: sealing == Sealing::Sealed, values, sealed_paths }
    }
}
