//! Subject: the policy that a tool is about.
//!
//! In: a project's directory, a component's file, or the name of a built-in or installed policy. Out: [`Subject`].
//! Rules: machine code is never taken from a file that somebody names: a project is built and a component compiled, each time, and the
//! bytes that are loaded are those whose digest the compiler has told.

use std::cell::Cell;
use std::path::Path;

use engine::metadata::Metadata;
use serde_json::Value;
use std::collections::BTreeMap;
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure};
use tidegate::nearest::nearest;
use tidegate::policies::digest::Digest;
use tidegate::policies::installed::{self, Place};
use tidegate::policies::{ConfigureError, PolicySet};
use tidegate::variables::Variables;

use super::compiler::{self, Compiled, Request};
use super::files::{self, Scratch};
use super::{build, configuration};

/// A policy, ready to be started with any settings.
pub(super) struct Subject {
    /// What it says of itself.
    pub(super) metadata: Metadata,
    source: Source,
}

enum Source {
    /// Compiled just now.
    Compiled { artefact: Vec<u8>, digest: Digest },
    /// Built in: the set that it was found in, until somebody takes it, as the first use does.
    BuiltIn(Cell<Option<PolicySet>>),
    /// Installed beside a configuration: the compiled form that its lock file names.
    Installed { artefact: Vec<u8>, digest: Digest },
}

impl Subject {
    /// Finds the policy that `named` means.
    pub(super) fn find(named: &str, config: Option<&Path>, variables: &Variables) -> Result<Self, Failure> {
        let path = Path::new(named);
        if path.is_dir() {
            return Self::of_compiled(build::build(path, None, variables)?);
        }
        if path.extension() == Some("wasm".as_ref()) {
            // Read first, so that a file that is not there is told as such.
            files::read(path)?;
            let scratch = Scratch::new(&std::env::temp_dir())?;
            let request = Request { file: path, metadata: None, target: installed::target(), out: &scratch.path };
            return Self::of_compiled(compiler::compile(&request, variables)?);
        }
        Self::of_name(named, config, variables)
    }

    fn of_compiled(compiled: Compiled) -> Result<Self, Failure> {
        let Compiled { pin, component: _, artefact } = compiled;
        let digest = Digest::of(&artefact);
        if digest.hex() != pin.compiled.sha256 {
            let diagnostic = Diagnostic::error(Code::POLICY_FILES, "what was compiled is not what the compiler says");
            return Err(Failure::one(Class::Policy, diagnostic.hint("run it again; something else writes in that directory")));
        }
        let metadata = described(&PolicySet::of_compiled(&artefact, &digest)?)?;
        Ok(Self { metadata, source: Source::Compiled { artefact, digest } })
    }

    fn of_name(name: &str, config: Option<&Path>, variables: &Variables) -> Result<Self, Failure> {
        let built_in = PolicySet::built_in()?;
        let mut known: Vec<String> = built_in.described().map(|(metadata, _)| metadata.name.clone()).collect();
        if let Some(set) = built_in.only(name) {
            return Ok(Self { metadata: described(&set)?, source: Source::BuiltIn(Cell::new(Some(set))) });
        }
        if let Some(discovered) = configuration(config, variables)?
            && let Some(folder) = &discovered.folder
            && let Some(place) = Place::of(&discovered.configuration.installed_policies, folder)?
        {
            let lock = place.lock()?;
            if let Some(entry) = lock.entries.get(name)
                && let Some(digest) = entry.compiled.get(installed::target())
                && let Some(artefact) = place.bytes(&installed::compiled_file(name, installed::target()))?
            {
                let metadata = described(&PolicySet::of_compiled(&artefact, digest)?)?;
                return Ok(Self { metadata, source: Source::Installed { artefact, digest: *digest } });
            }
            known.extend(lock.entries.into_keys());
        }
        let hint = match nearest(name, &known) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("name a policy's directory, a component (.wasm), or one of {}", known.join(", ")),
        };
        Err(Failure::one(Class::Usage, Diagnostic::error(Code::USAGE, format!("there is no policy `{name}`")).hint(hint)))
    }

    /// Returns the policy as a set of its own, still without settings.
    pub(super) fn set(&self) -> Result<PolicySet, Failure> {
        match &self.source {
            Source::Compiled { artefact, digest } | Source::Installed { artefact, digest } => {
                Ok(PolicySet::of_compiled(artefact, digest)?)
            }
            Source::BuiltIn(found) => {
                let set = match found.take() {
                    Some(set) => Some(set),
                    None => PolicySet::built_in()?.only(&self.metadata.name),
                };
                set.ok_or_else(|| Failure::one(Class::Internal, Diagnostic::error(Code::INTERNAL, "a built-in policy is gone")))
            }
        }
    }

    /// Returns the policy with settings; the inner error is what it has against them.
    pub(super) fn configured(&self, settings: &Value) -> Result<Result<PolicySet, ConfigureError>, Failure> {
        let settings = BTreeMap::from([(self.metadata.name.clone(), settings.clone())]);
        Ok(self.set()?.configure(&settings))
    }
}

fn described(set: &PolicySet) -> Result<Metadata, Failure> {
    let metadata = set.described().next().map(|(metadata, _)| metadata.clone());
    metadata.ok_or_else(|| Failure::one(Class::Internal, Diagnostic::error(Code::INTERNAL, "a set of one policy has none")))
}
