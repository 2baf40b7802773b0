//! Installed: policies beside the platform's configuration.
//!
//! In: the directory and the keys that the configuration names, the lock file, the settings. Out: a [`PolicySet`] with them.
//! Rules: what counts is what the lock names, no more and no less. The bytes that are loaded are the bytes whose digest was compared, in
//! memory. What is missing, too much, changed, made by another engine or for another machine, has other settings or no signature where
//! keys are configured, refuses every application, with what to run. No network.
//! Not here: installing (`commands/policy`), who may write where (docs/decisions/0004).

mod error;
mod owner;

use std::collections::{BTreeMap, BTreeSet};

use engine::artefact::WASMTIME;
use engine::metadata::WORLD;
use serde_json::Value;
use wasmtime::Engine;

use super::artefact::{ArtefactProblem, Verified};
use super::digest::Digest;
use super::failure::{PolicyFailure, Reason};
use super::guest::Guest;
use super::lock::{self, Entry, Lock};
use super::signature::TrustedKey;
use super::{Policy, PolicySet, built_in, settings};
use crate::configuration::InstalledPolicies;
use crate::source::SourceTree;

pub use error::InstallationError;

/// The endings of files that belong to policies; the last part of `NAME.TARGET.cwasm`.
const ENDINGS: [&str; 3] = ["wasm", "cwasm", "minisig"];

/// Largest compiled policy in bytes: two and a half times the largest component that is compiled.
pub const COMPILED_LIMIT_BYTES: usize = 80 * 1024 * 1024;

/// Where installed policies lie.
pub struct Place<'a> {
    /// The configuration's folder.
    pub folder: &'a SourceTree,
    /// The directory of their files, relative to it.
    pub directory: &'a str,
    /// The keys that must have signed them; none where signatures are not asked for.
    pub keys: Vec<TrustedKey>,
}

impl<'a> Place<'a> {
    /// Returns where the configuration says that policies lie; nothing where it says nothing.
    ///
    /// # Errors
    /// A key that is none.
    pub fn of(section: &'a InstalledPolicies, folder: &'a SourceTree) -> Result<Option<Self>, InstallationError> {
        let Some(directory) = section.directory.as_deref() else { return Ok(None) };
        let keys = section
            .keys
            .iter()
            .enumerate()
            .map(|(number, text)| TrustedKey::read(text).map_err(|error| InstallationError::Key { number, error }));
        Ok(Some(Self { folder, directory, keys: keys.collect::<Result<_, _>>()? }))
    }

    /// Returns the path of a file of a policy, relative to the configuration's folder.
    #[must_use]
    pub fn file(&self, name: &str) -> String {
        format!("{}/{name}", self.directory)
    }

    /// Returns what the lock file says.
    ///
    /// # Errors
    /// It is not there, does not read, or others may write it.
    pub fn lock(&self) -> Result<Lock, InstallationError> {
        let text = self.folder.read_mounted(lock::FILE)?.ok_or(InstallationError::NoLock)?;
        owner::check(self.folder.root(), lock::FILE)?;
        Ok(Lock::read(&text)?)
    }

    /// Returns the files of policies in the directory, in order.
    ///
    /// # Errors
    /// The directory cannot be listed.
    pub fn files(&self) -> Result<Vec<String>, InstallationError> {
        let names = self.folder.names(self.directory)?;
        let ours = |name: &String| name.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending));
        Ok(names.into_iter().filter(ours).collect())
    }

    /// Returns the bytes of a file of a policy; nothing where it is not there.
    ///
    /// # Errors
    /// It cannot be read, or is larger than [`COMPILED_LIMIT_BYTES`].
    pub fn bytes(&self, name: &str) -> Result<Option<Vec<u8>>, InstallationError> {
        Ok(self.folder.read_mounted_up_to(&self.file(name), COMPILED_LIMIT_BYTES)?)
    }
}

/// Returns the name of a component's file.
#[must_use]
pub fn wasm_file(policy: &str) -> String {
    format!("{policy}.wasm")
}

/// Returns the name of a compiled form's file.
#[must_use]
pub fn compiled_file(policy: &str, target: &str) -> String {
    format!("{policy}.{target}.cwasm")
}

/// Returns the name of a signature's file.
#[must_use]
pub fn signature_file(policy: &str) -> String {
    format!("{policy}.wasm.minisig")
}

/// Returns the target that this program loads compiled policies for.
#[must_use]
pub fn target() -> &'static str {
    built_in::TARGET
}

/// Returns whether a built-in policy has this name.
#[must_use]
pub fn is_built_in(name: &str) -> bool {
    let names = built_in::BUILT_IN.iter().filter_map(|embedded| engine::metadata::parse(embedded.metadata).ok());
    names.into_iter().any(|metadata| metadata.name == name)
}

/// Returns what of the files and settings is not as the lock says, without loading anything.
///
/// # Errors
/// The directory cannot be listed.
pub fn disagreements(
    place: &Place<'_>,
    lock: &Lock,
    settings: &BTreeMap<String, Value>,
) -> Result<Vec<InstallationError>, InstallationError> {
    let mut problems = Vec::new();
    let mut wanted = BTreeSet::new();
    for entry in lock.entries.values() {
        wanted.extend([wasm_file(&entry.name), signature_file(&entry.name)]);
        wanted.extend(entry.compiled.keys().map(|target| compiled_file(&entry.name, target)));
        problems.extend(check_entry(place, entry, settings).err());
    }
    let extra = place.files()?.into_iter().filter(|file| !wanted.contains(file));
    problems.extend(extra.map(|file| InstallationError::Extra { file: place.file(&file) }));
    Ok(problems)
}

fn check_entry(place: &Place<'_>, entry: &Entry, settings: &BTreeMap<String, Value>) -> Result<(), InstallationError> {
    let policy = || entry.name.clone();
    if is_built_in(&entry.name) {
        return Err(InstallationError::BuiltIn { policy: policy() });
    }
    if entry.contract != WORLD {
        return Err(InstallationError::Contract { policy: policy(), contract: entry.contract.clone() });
    }
    if entry.wasmtime != WASMTIME {
        return Err(InstallationError::Engine { policy: policy(), wasmtime: entry.wasmtime.clone() });
    }
    if !entry.compiled.contains_key(target()) {
        return Err(InstallationError::Target { policy: policy() });
    }
    if entry.settings != Digest::of_settings(settings.get(&entry.name)) {
        return Err(InstallationError::Settings { policy: policy() });
    }
    match &entry.signature {
        _ if place.keys.is_empty() => Ok(()),
        None => Err(InstallationError::Unsigned { policy: policy() }),
        Some(id) if place.keys.iter().any(|key| key.id == *id) => Ok(()),
        Some(id) => Err(InstallationError::KeyGone { policy: policy(), id: id.clone() }),
    }
}

impl PolicySet {
    /// Returns the set with the policies that are installed, still without settings.
    ///
    /// # Errors
    /// All that is wrong with the lock file, or with files and settings where the lock reads.
    pub fn with_installed(
        mut self,
        place: &Place<'_>,
        settings: &BTreeMap<String, Value>,
    ) -> Result<PolicySet, Vec<InstallationError>> {
        let lock = place.lock().map_err(|error| vec![error])?;
        let mut problems = disagreements(place, &lock, settings).map_err(|error| vec![error])?;
        if problems.is_empty() && !lock.entries.is_empty() {
            let engine = new_engine().map_err(|failure| vec![failure.into()])?;
            for entry in lock.entries.values() {
                match load(&engine, place, entry) {
                    Ok(policy) => self.policies.push(policy),
                    Err(problem) => problems.push(problem),
                }
            }
        }
        self.policies.sort_by(|one, other| one.metadata.name.cmp(&other.metadata.name));
        if problems.is_empty() { Ok(self) } else { Err(problems) }
    }
}

/// Returns an engine that loads what this program's compiler makes.
pub(super) fn new_engine() -> Result<Engine, PolicyFailure> {
    let failed = |error: wasmtime::Error| PolicyFailure {
        policy: "installed".to_owned(),
        stage: None,
        reason: Reason::Engine(error.into()),
    };
    engine::configuration(target()).and_then(|configuration| Engine::new(&configuration)).map_err(failed)
}

fn load(engine: &Engine, place: &Place<'_>, entry: &Entry) -> Result<Policy, InstallationError> {
    let failed = |reason| PolicyFailure { policy: entry.name.clone(), stage: None, reason };
    let name = compiled_file(&entry.name, target());
    let missing = || InstallationError::Missing { policy: entry.name.clone(), file: place.file(&name) };
    let changed = |problem| InstallationError::Changed { policy: entry.name.clone(), file: place.file(&name), problem };
    let bytes = place.bytes(&name)?.ok_or_else(missing)?;
    // `disagreements` found the target there.
    let digest = entry.compiled.get(target()).ok_or_else(missing)?;
    let verified = Verified::of(&bytes, digest).map_err(changed)?;
    if verified.header.wasm_sha256 != entry.wasm.hex() {
        return Err(changed(ArtefactProblem::OtherComponent));
    }
    let metadata = engine::metadata::parse(&verified.header.metadata).map_err(|error| failed(error.into()))?;
    if metadata.name != entry.name || metadata.version != entry.version {
        return Err(changed(ArtefactProblem::OtherPolicy { name: metadata.name, version: metadata.version }));
    }
    let guest = verified.component(engine).and_then(|component| Guest::link(engine, &component));
    Ok(Policy { metadata, component_sha256: entry.wasm.0, guest: guest.map_err(failed)?, settings: settings::NONE.to_owned() })
}
