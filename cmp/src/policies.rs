//! Policies: WebAssembly components that judge layers, values, objects and the fleet.
//!
//! In: the configuration's settings; [`Context`], [`Layer`]s, and [`Documents`] in which a sealed leaf is a handle. Out: [`Review`]:
//! findings, and failures, which deny as a finding does.
//! Rules: every built-in policy runs, with default settings where the configuration is silent; a policy is started afresh
//! for each call; what cannot be judged is denied.
//! Not here: the origin of a finding's path (provenance knows it), reports.

mod answer;
mod artefact;
mod asked;
mod built_in;
pub mod digest;
mod failure;
pub mod given;
mod guest;
pub mod installed;
mod limits;
pub mod lock;
mod pairs;
mod review;
mod settings;
pub mod signature;
#[cfg(test)]
mod tests;
pub mod watchdog;

use std::collections::BTreeSet;

use artefact::Embedded;
use engine::metadata::{Metadata, Stage};
use guest::{Guest, Question, types};
use pairs::two_at_a_time;
use wasmtime::Engine;

pub use artefact::ArtefactProblem;
pub use asked::{Context, Documents, Layer, Sealing};
pub use failure::{PolicyFailure, Reason};
pub use limits::Exceeded;
pub use review::{Fact, Facts, Finding, FleetReview, LogLine, Review, Severity};
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

impl PolicySet {
    /// Returns the built-in policies with their default settings.
    ///
    /// # Errors
    /// What is embedded is not what was built, or does not load on this machine.
    pub fn built_in() -> Result<PolicySet, PolicyFailure> {
        let failed = |policy: &str, reason| PolicyFailure { policy: policy.to_owned(), stage: None, reason };
        let configuration = engine::configuration(built_in::TARGET).and_then(|configuration| Engine::new(&configuration));
        let engine = configuration.map_err(|error| failed("built-in", Reason::Engine(error.into())))?;
        let load = |embedded: &Embedded| {
            let metadata = engine::metadata::parse(embedded.metadata).map_err(|error| failed("built-in", error.into()))?;
            let guest = artefact::load(&engine, embedded.compiled, &embedded.compiled_sha256)
                .and_then(|component| Guest::link(&engine, &component))
                .map_err(|reason| failed(&metadata.name, reason))?;
            Ok(Policy { metadata, component_sha256: embedded.component_sha256, guest, settings: settings::NONE.to_owned() })
        };
        // Six megabytes of machine code are compared with their digests and copied.
        let loaded: Result<Vec<Policy>, PolicyFailure> = two_at_a_time(&built_in::BUILT_IN, load).into_iter().collect();
        let mut policies = loaded?;
        policies.sort_by(|one, other| one.metadata.name.cmp(&other.metadata.name));
        Ok(PolicySet { policies })
    }

    /// Returns the metadata of each policy and the SHA-256 of its component, by name.
    pub fn described(&self) -> impl Iterator<Item = (&Metadata, &[u8; 32])> {
        self.policies.iter().map(|policy| (&policy.metadata, &policy.component_sha256))
    }

    /// Returns whether any policy judges a stage.
    #[must_use]
    pub fn judges(&self, stage: Stage) -> bool {
        self.of_stage(stage).next().is_some()
    }

    /// Judges the layers, lowest precedence first; `documents` are their values. A finding's subject is the layer.
    #[must_use]
    pub fn check_layers(&self, context: &Context, layers: &[Layer], documents: &Documents) -> Review {
        let given: Vec<types::Layer> = layers.iter().map(Layer::for_guests).collect();
        let facts = context.for_guests();
        let mut review = self.reviewed(Stage::Layer, context, |policy| {
            let question = Question::Layers(&facts, &given, documents.encoded(policy.metadata.encoding));
            policy.ask(question, layers.len())
        });
        if layers.is_empty() {
            review.idle = self.concerned(Stage::Layer, context).map(|policy| policy.metadata.name.clone()).collect();
        }
        review
    }

    /// Judges the merged values, which are one document.
    #[must_use]
    pub fn check_values(&self, context: &Context, documents: &Documents) -> Review {
        let facts = context.for_guests();
        self.reviewed(Stage::Values, context, |policy| {
            policy.ask(Question::Values(&facts, documents.encoded(policy.metadata.encoding)), 0)
        })
    }

    /// Judges all objects of an application, with lists already taken apart. A finding's subject is the object.
    #[must_use]
    pub fn check_manifests(&self, context: &Context, documents: &Documents) -> Review {
        let (facts, kinds) = (context.for_guests(), documents.kinds());
        let mut review = self.reviewed(Stage::Manifests, context, |policy| {
            let question = Question::Manifests(&facts, documents.encoded(policy.metadata.encoding));
            policy.ask(question, documents.len())
        });
        let idle = self.concerned(Stage::Manifests, context).filter(|policy| !policy.looks_for_any(&kinds));
        review.idle = idle.map(|policy| policy.metadata.name.clone()).collect();
        review
    }

    /// Judges the fleet by the facts of its applications. What policies find is about one of `members`, by its number.
    #[must_use]
    pub fn check_fleet(&self, members: &[(Context, Facts)]) -> FleetReview {
        let mut review = FleetReview::default();
        for policy in self.of_stage(Stage::Fleet) {
            let name = &policy.metadata.name;
            let given: Vec<types::Member> =
                members.iter().map(|(context, facts)| asked::member(context, facts.get(name))).collect();
            match policy.ask(Question::Fleet(&given), members.len()) {
                Ok(judged) => {
                    review.findings.extend(judged.of_members);
                    review.log.extend(judged.log.into_iter().map(|line| (name.clone(), line)));
                }
                Err(reason) => {
                    let failure = PolicyFailure { policy: name.clone(), stage: Some(Stage::Fleet), reason };
                    review.failures.push(failure);
                }
            }
        }
        review
    }

    /// Asks all policies that are concerned.
    fn reviewed(&self, stage: Stage, context: &Context, ask: impl Fn(&Policy) -> Result<Judged, Reason> + Sync) -> Review {
        let policies: Vec<&Policy> = self.concerned(stage, context).collect();
        let answers = two_at_a_time(&policies, |policy| ask(policy));
        let mut review = Review::default();
        for (policy, answer) in policies.into_iter().zip(answers) {
            review.add(policy, stage, answer);
        }
        review
    }

    fn of_stage(&self, stage: Stage) -> impl Iterator<Item = &Policy> {
        self.policies.iter().filter(move |policy| policy.metadata.stages.contains(&stage))
    }

    /// Returns the policies of a stage that look at this environment.
    fn concerned(&self, stage: Stage, context: &Context) -> impl Iterator<Item = &Policy> {
        self.of_stage(stage).filter(|policy| policy.looks_at(context))
    }
}

impl Review {
    fn add(&mut self, policy: &Policy, stage: Stage, answer: Result<Judged, Reason>) {
        let name = &policy.metadata.name;
        match answer {
            Ok(Judged { mut findings, facts, of_members: _, log, fuel_units }) => {
                self.fuel_units += fuel_units;
                self.findings.append(&mut findings);
                self.log.extend(log.into_iter().map(|line| (name.clone(), line)));
                if !facts.is_empty() {
                    self.facts.insert(name.clone(), facts);
                }
            }
            Err(reason) => self.failures.push(PolicyFailure { policy: name.clone(), stage: Some(stage), reason }),
        }
    }
}

/// An answer that was checked.
struct Judged {
    findings: Vec<Finding>,
    facts: Vec<Fact>,
    /// Findings about the fleet, each with the number of the application.
    of_members: Vec<(usize, Finding)>,
    log: Vec<LogLine>,
    fuel_units: u64,
}

impl Policy {
    /// Asks a question about as many layers, objects or members as `subjects` says.
    fn ask(&self, question: Question<'_>, subjects: usize) -> Result<Judged, Reason> {
        let _watched = watchdog::watch(&self.metadata.name);
        let answer = self.guest.ask(&self.settings, question)?;
        answer::accept(&self.metadata, answer, subjects)
    }

    fn looks_at(&self, context: &Context) -> bool {
        let among = |names: &[String], name: &String| names.is_empty() || names.contains(name);
        let matches = &self.metadata.matches;
        among(&matches.classes, &context.class) && among(&matches.environments, &context.environment)
    }

    fn looks_for_any(&self, kinds: &BTreeSet<Option<String>>) -> bool {
        let wanted = &self.metadata.matches.kinds;
        // What does not say its kind is the policy's to refuse.
        let matches = |kind: &Option<String>| kind.as_ref().is_none_or(|kind| wanted.is_empty() || wanted.contains(kind));
        kinds.iter().any(matches)
    }
}
