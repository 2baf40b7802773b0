//! Failures: why a policy gave no verdict. Each is a denial.

use std::error::Error;

use engine::metadata::Stage;

use super::limits::{ANSWER_LIMIT_BYTES, Exceeded, FACT_LIMIT, FINDING_LIMIT, FUEL_UNITS, INPUT_LIMIT_BYTES};
use super::watchdog::PATIENCE;

/// A policy gave no verdict, so the application is denied.
#[derive(Debug, thiserror::Error)]
#[error("policy `{policy}` gave no verdict")]
pub struct PolicyFailure {
    /// The policy.
    pub policy: String,
    /// The stage at which it was asked, unless it was being loaded or configured.
    pub stage: Option<Stage>,
    /// Why.
    #[source]
    pub reason: Reason,
}

/// Why there is no verdict.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The embedded machine code is not what was built.
    #[error("its machine code is not what was built: the digest differs")]
    Digest,
    /// The machine code does not load.
    #[error("its machine code does not load")]
    Artefact(#[source] Box<dyn Error + Send + Sync>),
    /// The embedded metadata does not read.
    #[error("its metadata does not read")]
    Metadata(#[from] engine::metadata::MetadataError),
    /// The engine does not start on this machine.
    #[error("the engine does not start")]
    Engine(#[source] Box<dyn Error + Send + Sync>),
    /// It ran too long.
    #[error("it used up {FUEL_UNITS} units of fuel")]
    Fuel,
    /// It did not come back although its fuel must be used up.
    #[error("it ran for more than {} seconds", PATIENCE.as_secs())]
    Time,
    /// It called itself too deeply.
    #[error("it used up its stack")]
    Stack,
    /// It went over another limit.
    #[error(transparent)]
    Exceeded(#[from] Exceeded),
    /// It stopped on an error of its own.
    #[error("it stopped: {0}")]
    Trap(wasmtime::Trap),
    /// It does not fit the contract, or gave what the contract does not allow.
    #[error("it does not keep to the contract, or answered with more than {ANSWER_LIMIT_BYTES} bytes")]
    Contract(#[source] Box<dyn Error + Send + Sync>),
    /// What it was to judge is too large.
    #[error("it was to judge {bytes} bytes, more than the limit of {INPUT_LIMIT_BYTES}")]
    Input {
        /// The size in bytes.
        bytes: usize,
    },
    /// It says that it cannot judge.
    #[error("it says: {0}")]
    Declined(String),
    /// The schema of its settings is none.
    #[error("the schema of its settings does not read")]
    SettingsSchema(#[source] Box<dyn Error + Send + Sync>),
    /// It refused settings that it had taken before.
    #[error("it refused its settings")]
    Settings,
    /// It found more than anybody reads.
    #[error("it found more than {FINDING_LIMIT} things")]
    TooManyFindings,
    /// It remembers more than a fleet's worth can be of.
    #[error("it remembers more than {FACT_LIMIT} facts of one application")]
    TooManyFacts,
    /// A fact is not of the form that the contract asks for.
    #[error("its fact {number} has {problem}")]
    Fact {
        /// The number of the fact.
        number: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// The documents are larger than any policy could be given.
    #[error("the documents do not fit on a tape")]
    Tape(#[source] tape::TapeError),
    /// A finding is not of the form that the contract asks for.
    #[error("its finding {number} has {problem}")]
    Finding {
        /// The number of the finding.
        number: usize,
        /// What is wrong.
        problem: &'static str,
    },
}
