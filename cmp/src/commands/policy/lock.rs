//! `policy lock`: the lock file as settings, engine and keys now want it; with `--check`, whether it is so.
//!
//! Rules: a component whose digest is not the locked one is never taken on: that is what `install` is for. What can be made again from a
//! verified component is made again.

use std::collections::BTreeSet;

use engine::artefact::WASMTIME;
use tidegate::configuration::discovery::Discovered;
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure};
use tidegate::policies::PolicySet;
use tidegate::policies::digest::Digest;
use tidegate::policies::installed::{InstallationError, Place, compiled_file, signature_file, target, wasm_file};
use tidegate::policies::lock::{Entry, FILE, Lock};
use tidegate::variables::Variables;

use super::install::{compile, directory, lock_file, place, read_lock, signed_by};
use super::{files, needed_configuration};
use crate::args::LockArgs;
use crate::commands::Product;

/// Writes the lock file, or checks it, and says how many policies it has.
pub(super) fn run(args: &LockArgs, variables: &Variables) -> Result<Product, Failure> {
    let LockArgs { check, config, target: targets } = args;
    let discovered = needed_configuration(config.as_deref(), variables)?;
    let place = place(&discovered)?;
    let lock = if *check { place.lock()? } else { read_lock(&place)? };
    for entry in lock.entries.values() {
        verified(&place, entry)?;
    }
    if *check {
        load(&discovered, &place)?;
        return Ok(Product::of(format!("{FILE} is up to date: {}\n", counted(&lock))));
    }
    let mut renewed = Lock::default();
    for entry in lock.entries.values() {
        renewed.entries.insert(entry.name.clone(), renew(&discovered, &place, entry, targets, variables)?);
    }
    let changed = renewed != lock || place.folder.read_mounted(FILE)?.is_none();
    if changed {
        files::write(&lock_file(&place), renewed.text().as_bytes())?;
    }
    load(&discovered, &place)?;
    let what = if changed { "is written" } else { "was up to date" };
    Ok(Product::of(format!("{FILE} {what}: {}\n", counted(&renewed))))
}

fn counted(lock: &Lock) -> String {
    match lock.entries.len() {
        1 => "1 policy".to_owned(),
        count => format!("{count} policies"),
    }
}

/// Loads all policies with their settings, as a render does.
fn load(discovered: &Discovered, place: &Place<'_>) -> Result<(), Failure> {
    let settings = &discovered.configuration.policies;
    let policies = PolicySet::built_in()?.with_installed(place, settings)?;
    policies.configure(settings).map(|_policies| ()).map_err(|error| Failure::of_settings(error, discovered))
}

/// Returns the component of an entry, if it is what was locked and somebody vouches for it who has to.
fn verified(place: &Place<'_>, entry: &Entry) -> Result<Vec<u8>, Failure> {
    let name = wasm_file(&entry.name);
    let missing = || InstallationError::Missing { policy: entry.name.clone(), file: place.file(&name) };
    let component = place.bytes(&name)?.ok_or_else(missing)?;
    if Digest::of(&component) != entry.wasm {
        let diagnostic =
            Diagnostic::error(Code::POLICY_FILES, format!("`{}` is not what was locked: the digest differs", place.file(&name)));
        let hint = "restore the file, or run `tidegate policy install` with it if you trust it";
        return Err(Failure::one(Class::Policy, diagnostic.hint(hint)));
    }
    if place.keys.is_empty() {
        // Nobody is trusted, so nobody is asked to vouch.
        return Ok(component);
    }
    let file = signature_file(&entry.name);
    let text = place.bytes(&file)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let root = directory(place).join(&name);
    let key = signed_by(place, &root, text.as_deref(), &component)?;
    if key != entry.signature && entry.signature.is_some() {
        let diagnostic =
            Diagnostic::error(Code::POLICY_SIGNATURE, format!("`{}` is of another key than the locked one", place.file(&file)));
        return Err(Failure::one(Class::Policy, diagnostic.hint("run `tidegate policy install` with the signature you trust")));
    }
    Ok(component)
}

/// Returns an entry as settings and engine now want it, its compiled forms made again where they are missing or are not what was locked.
fn renew(
    discovered: &Discovered,
    place: &Place<'_>,
    entry: &Entry,
    targets: &[String],
    variables: &Variables,
) -> Result<Entry, Failure> {
    let component = verified(place, entry)?;
    let mut renewed = entry.clone();
    let wanted = entry.compiled.keys().chain(targets).cloned().chain([target().to_owned()]).collect::<BTreeSet<String>>();
    let mut stale = BTreeSet::new();
    for target in wanted {
        let bytes = place.bytes(&compiled_file(&entry.name, &target))?;
        let good =
            entry.wasmtime == WASMTIME && bytes.is_some_and(|bytes| entry.compiled.get(&target) == Some(&Digest::of(&bytes)));
        if !good {
            stale.insert(target);
        }
    }
    if !stale.is_empty() {
        let root = directory(place);
        let made = compile(&root.join(wasm_file(&entry.name)), &component, &stale, &root, variables)?;
        for (target, bytes) in made.forms {
            files::write(&root.join(compiled_file(&entry.name, &target)), &bytes)?;
            renewed.compiled.insert(target, Digest::of(&bytes));
        }
    }
    renewed.wasmtime = WASMTIME.to_owned();
    renewed.settings = Digest::of_settings(discovered.configuration.policies.get(&entry.name));
    if let (false, Some(text)) = (place.keys.is_empty(), place.bytes(&signature_file(&entry.name))?) {
        renewed.signature = signed_by(place, &directory(place), Some(&String::from_utf8_lossy(&text)), &component)?;
    }
    Ok(renewed)
}
