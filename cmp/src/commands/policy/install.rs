//! `policy install`: a component becomes a policy that counts.
//!
//! Rules: the signature is verified before anything else looks at the file; what was compiled lies in the directory before the lock file
//! names it, so who is interrupted has a render that refuses and not one that trusts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use engine::artefact::WASMTIME;
use tidegate::configuration::discovery::Discovered;
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure, Place as FilePlace};
use tidegate::policies::digest::Digest;
use tidegate::policies::installed::{InstallationError, Place, compiled_file, is_built_in, signature_file, target, wasm_file};
use tidegate::policies::lock::{self, Entry, Lock};
use tidegate::policies::signature::{self, SignatureError};
use tidegate::variables::Variables;

use super::compiler::{self, Request};
use super::files::{self, Scratch};
use super::needed_configuration;
use crate::args::InstallArgs;
use crate::commands::Product;

/// Installs and prints the lines of the lock file that are new.
pub(super) fn run(args: &InstallArgs, variables: &Variables) -> Result<Product, Failure> {
    let InstallArgs { file, signature, config, target: targets } = args;
    let discovered = needed_configuration(config.as_deref(), variables)?;
    let place = place(&discovered)?;
    let component = files::read(file)?;
    let signature = signature.as_deref().map(files::read_text).transpose()?;
    let signed_by = signed_by(&place, file, signature.as_deref(), &component)?;
    let mut known = read_lock(&place)?;
    let root = directory(&place);
    files::make_directory(&root)?;
    let mut wanted: BTreeSet<String> = targets.iter().cloned().chain([target().to_owned()]).collect();
    let compiled = compile(file, &component, &wanted, &root, variables)?;
    let (name, version, contract) = (compiled.name.clone(), compiled.version.clone(), compiled.contract.clone());
    if is_built_in(&name) {
        return Err(InstallationError::BuiltIn { policy: name }.into());
    }
    // What was installed for other machines stays for them, compiled from the new component.
    let before: BTreeSet<String> =
        known.entries.get(&name).map(|entry| entry.compiled.keys().cloned().collect()).unwrap_or_default();
    let mut forms = compiled.forms;
    wanted = before.difference(&wanted).cloned().collect();
    if !wanted.is_empty() {
        forms.extend(compile(file, &component, &wanted, &root, variables)?.forms);
    }
    let entry = Entry {
        name: name.clone(),
        version,
        contract,
        wasm: Digest::of(&component),
        settings: Digest::of_settings(discovered.configuration.policies.get(&name)),
        wasmtime: WASMTIME.to_owned(),
        compiled: forms.iter().map(|(target, bytes)| (target.clone(), Digest::of(bytes))).collect(),
        signature: signed_by,
    };
    files::write(&root.join(wasm_file(&name)), &component)?;
    for (target, bytes) in &forms {
        files::write(&root.join(compiled_file(&name, target)), bytes)?;
    }
    if let Some(text) = &signature {
        files::write(&root.join(signature_file(&name)), text.as_bytes())?;
    }
    let shown = Lock { entries: BTreeMap::from([(name, entry.clone())]) };
    known.entries.insert(entry.name.clone(), entry);
    files::write(&lock_file(&place), known.text().as_bytes())?;
    Ok(Product::of(shown.entries_text()))
}

/// Returns where the configuration says that policies lie, or asks for it to say so.
pub(super) fn place(discovered: &Discovered) -> Result<Place<'_>, Failure> {
    let section = &discovered.configuration.installed_policies;
    let place = discovered.folder.as_ref().map(|folder| Place::of(section, folder)).transpose()?.flatten();
    place.ok_or_else(|| {
        let diagnostic = Diagnostic::error(Code::POLICY_FILES, "the configuration does not say where installed policies lie");
        let diagnostic = match discovered.place("") {
            Some(place) => diagnostic.at(place),
            None => diagnostic,
        };
        Failure::one(Class::Context, diagnostic.hint("write `installedPolicies: {directory: policies.d}` in it"))
    })
}

/// Returns the directory of the files.
pub(super) fn directory(place: &Place<'_>) -> PathBuf {
    place.folder.root().join(place.directory)
}

/// Returns the path of the lock file.
pub(super) fn lock_file(place: &Place<'_>) -> PathBuf {
    place.folder.root().join(lock::FILE)
}

/// Returns what is locked so far; nothing where there is no lock file yet.
pub(super) fn read_lock(place: &Place<'_>) -> Result<Lock, Failure> {
    match place.lock() {
        Err(InstallationError::NoLock) => Ok(Lock::default()),
        other => Ok(other?),
    }
}

/// Returns the key that signed a component; nothing where no key is configured and no signature was given.
pub(super) fn signed_by(
    place: &Place<'_>,
    file: &Path,
    signature: Option<&str>,
    component: &[u8],
) -> Result<Option<String>, Failure> {
    let refused = |error: &SignatureError| {
        let diagnostic =
            Diagnostic::error(Code::POLICY_SIGNATURE, error.to_string()).at(FilePlace::file(&file.display().to_string()));
        let hint = "sign this file with a key whose public half stands in `installedPolicies.keys`: `minisign -S -s KEY -m FILE`";
        Failure::one(Class::Policy, diagnostic.hint(hint))
    };
    match signature {
        Some(text) => signature::verify(&place.keys, text, component).map(Some).map_err(|error| refused(&error)),
        None if place.keys.is_empty() => Ok(None),
        None => {
            let diagnostic =
                Diagnostic::error(Code::POLICY_SIGNATURE, "`installedPolicies.keys` asks for a signature, and none is given");
            let diagnostic = diagnostic.at(FilePlace::file(&file.display().to_string()));
            Err(Failure::one(
                Class::Policy,
                diagnostic.hint("sign it with `minisign -S -s KEY -m FILE`, and name the signature with --signature"),
            ))
        }
    }
}

/// A component, compiled for several targets.
pub(super) struct Forms {
    pub(super) name: String,
    version: String,
    contract: String,
    /// The compiled form for each target.
    pub(super) forms: BTreeMap<String, Vec<u8>>,
}

/// Compiles a component for each target. What comes out is made of these very bytes.
pub(super) fn compile(
    file: &Path,
    component: &[u8],
    targets: &BTreeSet<String>,
    directory: &Path,
    variables: &Variables,
) -> Result<Forms, Failure> {
    let scratch = Scratch::new(directory)?;
    // The compiler is given the bytes that were verified, not the file, which could change.
    let given = scratch.path.join("given.wasm");
    files::write(&given, component)?;
    let mut forms = Forms { name: String::new(), version: String::new(), contract: String::new(), forms: BTreeMap::new() };
    for target in targets {
        let request = Request { file: &given, metadata: None, target, out: &scratch.path };
        let compiled = compiler::compile(&request, variables).map_err(|failure| renamed(failure, file))?;
        if compiled.component != component {
            let message = "this is a module and not yet a component";
            let diagnostic = Diagnostic::error(Code::POLICY_COMPILE, message).at(FilePlace::file(&file.display().to_string()));
            return Err(Failure::one(Class::Policy, diagnostic.hint("install what `tidegate policy build` writes")));
        }
        forms.name = compiled.pin.name;
        forms.version = compiled.pin.version;
        forms.contract = compiled.pin.contract;
        forms.forms.insert(target.clone(), compiled.artefact);
    }
    Ok(forms)
}

/// Returns a failure at the file that the person has named.
fn renamed(mut failure: Failure, file: &Path) -> Failure {
    for place in failure.diagnostics.iter_mut().filter_map(|diagnostic| diagnostic.place.as_mut()) {
        place.file = file.display().to_string();
    }
    failure
}
