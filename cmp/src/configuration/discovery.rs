//! Which configuration counts, and for how much.
//!
//! In: a file that was named, or the root of the values repository. Out: [`Discovered`].
//! Rules: one that a person or the plugin's own file names counts whole; one that is merely found above the values repository gives no
//! power; one inside the repository counts for nothing, since tenants write there. Without any the defaults serve the customer estate.
//! Not here: command line and environment, which name files.

use std::path::{Path, PathBuf};

use yaml::{Node, Position, Value};

use crate::diagnostic::Place;
use crate::source::{SourceError, SourceTree};

use super::{Bindings, Class, Configuration, ConfigurationError, Emission, Emit, InstalledPolicies, Secrets, WaiverSettings};

/// The name a configuration has where it is looked for.
pub const FILE: &str = "tidegate.yaml";

/// Where the plugin's commands look when plugin.yaml names no other folder.
pub const PLUGIN_FOLDER: &str = "/etc/tidegate";

/// How a configuration came to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// It was named: all of it counts.
    Named,
    /// It was found: what gives power does not count.
    Found,
    /// There is none.
    Defaults,
}

/// A configuration with where it comes from.
#[derive(Debug)]
pub struct Discovered {
    /// What counts.
    pub configuration: Configuration,
    /// Why it counts.
    pub trust: Trust,
    /// The file.
    pub file: Option<PathBuf>,
    /// The file's text, to find again what is refused later; empty where there is none.
    pub text: Vec<u8>,
    /// The folder that its relative paths start from.
    pub folder: Option<SourceTree>,
    /// What does not count, though it stands somewhere.
    pub ignored: Vec<Ignored>,
}

impl Discovered {
    /// Returns the place of what a JSON pointer names in the file: of its key, or of the nearest key around it that is there.
    #[must_use]
    pub fn place(&self, pointer: &str) -> Option<Place> {
        let file = self.file.as_ref()?.to_string_lossy().into_owned();
        let documents = yaml::read(&self.text, &yaml::ReadOptions::helm()).unwrap_or_default();
        let at = documents.first().and_then(|root| key_of(root, pointer));
        Some(at.map_or_else(|| Place::file(&file), |at| Place::at(&file, at)))
    }
}

fn key_of(root: &Node, pointer: &str) -> Option<Position> {
    let mut here = root;
    let mut found = None;
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        (here, found) = match &here.value {
            Value::Mapping(entries) => match entries.iter().find(|entry| entry.key == step) {
                Some(entry) => (&entry.value, Some(entry.key_span.start)),
                None => break,
            },
            Value::Sequence(items) => match step.parse().ok().and_then(|place: usize| items.get(place)) {
                Some(item) => (item, Some(item.span.start)),
                None => break,
            },
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) | Value::Time(_) => break,
        };
    }
    found
}

/// Something that does not count.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Ignored {
    /// A configuration inside the values repository.
    #[error("`{}` lies in the values repository, where tenants write; it counts for nothing", file.display())]
    Inside {
        /// The file.
        file: PathBuf,
    },
    /// Sections that give power, in a configuration that was not named.
    #[error("`{}` was found, not named, so these count as if they were absent: {}", file.display(), sections.join(", "))]
    Powerless {
        /// The file.
        file: PathBuf,
        /// The sections, in the order of the format.
        sections: Vec<&'static str>,
    },
}

/// Why no configuration can be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// The file that was named is not there.
    #[error("there is no configuration `{}`", file.display())]
    Missing {
        /// The file.
        file: PathBuf,
    },
    /// It cannot be read.
    #[error("`{}` cannot be read", file.display())]
    Source {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        error: SourceError,
    },
    /// It is refused.
    #[error("{}: {error}", file.display())]
    Refused {
        /// The file.
        file: PathBuf,
        /// Why.
        error: ConfigurationError,
    },
}

/// Returns the configuration that a person, or plugin.yaml, has named. The file may be a link, as in a mounted ConfigMap; its paths
/// start from the folder as it was written.
///
/// # Errors
/// [`DiscoveryError`].
pub fn named(file: &Path) -> Result<Discovered, DiscoveryError> {
    let (configuration, text, folder) = read(file)?;
    let file = Some(file.to_owned());
    Ok(Discovered { configuration, trust: Trust::Named, file, text, folder: Some(folder), ignored: Vec::new() })
}

/// Returns the configuration in a folder that only the platform writes ([`PLUGIN_FOLDER`]), as if it were named; the defaults where there
/// is none.
///
/// # Errors
/// [`DiscoveryError`], all but `Missing`.
pub fn in_folder(folder: &Path) -> Result<Discovered, DiscoveryError> {
    match named(&folder.join(FILE)) {
        Err(DiscoveryError::Missing { .. }) => Ok(defaults(Vec::new())),
        other => other,
    }
}

/// Returns the nearest configuration above the values repository, without what gives power; the defaults where there is none. `root` is
/// absolute.
///
/// # Errors
/// [`DiscoveryError`], all but `Missing`.
pub fn find(root: &Path) -> Result<Discovered, DiscoveryError> {
    let inside = root.join(FILE);
    let mut ignored = Vec::new();
    if inside.symlink_metadata().is_ok() {
        ignored.push(Ignored::Inside { file: inside });
    }
    for folder in root.ancestors().skip(1) {
        let file = folder.join(FILE);
        let (mut configuration, text, folder) = match read(&file) {
            Ok(read) => read,
            Err(DiscoveryError::Missing { .. }) => continue,
            Err(error) => return Err(error),
        };
        let sections = disempower(&mut configuration);
        if !sections.is_empty() {
            ignored.push(Ignored::Powerless { file: file.clone(), sections });
        }
        return Ok(Discovered { configuration, trust: Trust::Found, file: Some(file), text, folder: Some(folder), ignored });
    }
    Ok(defaults(ignored))
}

fn defaults(ignored: Vec<Ignored>) -> Discovered {
    Discovered {
        configuration: Configuration::default(),
        trust: Trust::Defaults,
        file: None,
        text: Vec::new(),
        folder: None,
        ignored,
    }
}

fn read(file: &Path) -> Result<(Configuration, Vec<u8>, SourceTree), DiscoveryError> {
    let missing = || DiscoveryError::Missing { file: file.to_owned() };
    let source = |error| DiscoveryError::Source { file: file.to_owned(), error };
    let target = file.canonicalize().map_err(|error| match file.symlink_metadata() {
        Err(_) if error.kind() == std::io::ErrorKind::NotFound => missing(),
        // A link that leads nowhere is there, so it is not passed over.
        Ok(_) | Err(_) => source(SourceError::Unreadable { path: FILE.to_owned(), error }),
    })?;
    let (Some(folder), Some(name)) = (target.parent(), target.file_name().and_then(|name| name.to_str())) else {
        return Err(missing());
    };
    let text = SourceTree::open(folder).and_then(|tree| tree.read(name)).map_err(source)?.ok_or_else(missing)?;
    let configuration = Configuration::read(&text).map_err(|error| DiscoveryError::Refused { file: file.to_owned(), error })?;
    let written = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    Ok((configuration, text, SourceTree::open(written).map_err(source)?))
}

/// Takes out what gives power, and returns the names of the sections where something was taken.
fn disempower(configuration: &mut Configuration) -> Vec<&'static str> {
    let mut taken = Vec::new();
    let Configuration {
        api_version: _,
        kind: _,
        environments,
        charts: _,
        layers: _,
        schemas: _,
        bindings,
        roles,
        secrets,
        policies,
        waivers,
        installed_policies,
        emit,
    } = configuration;
    let known = super::default_environments();
    for (name, environment) in environments {
        // A class frees from rules, so a found one counts only where it is the stricter.
        let free = known.get(name).is_some_and(|known| known.class == Class::NonProduction);
        if environment.class == Class::NonProduction && !free {
            environment.class = Class::Production;
            taken.push("environments.*.class");
        }
        if environment.emission != Emission::default() {
            environment.emission = Emission::default();
            taken.push("environments.*.emission");
        }
    }
    if *bindings != Bindings::default() {
        *bindings = Bindings::default();
        taken.push("bindings");
    }
    if *roles != super::default_roles() {
        *roles = super::default_roles();
        taken.push("roles");
    }
    if !secrets.tenants.is_empty() {
        *secrets = Secrets::default();
        taken.push("secrets");
    }
    if !policies.is_empty() {
        policies.clear();
        taken.push("policies");
    }
    if *waivers != WaiverSettings::default() {
        *waivers = WaiverSettings::default();
        taken.push("waivers");
    }
    if *installed_policies != InstalledPolicies::default() {
        *installed_policies = InstalledPolicies::default();
        taken.push("installedPolicies");
    }
    if !emit.cluster_scoped.is_empty() {
        *emit = Emit::default();
        taken.push("emit");
    }
    taken.sort_unstable();
    taken.dedup();
    taken
}

#[cfg(test)]
mod tests;
