//! Context: which application is rendered, for whom, and what is known of the place it goes to.
//!
//! In: a name and a person's wishes ([`for_person`]), or Argo CD's [`Variables`] ([`for_plugin`]). Out: [`Context`].
//! Rules: facts come from Argo CD, claims from parameters and files; a claim that contradicts a fact is an error, and in the plugin so is
//! an environment that no fact confirms. What the cluster says of its version wins over the configuration.
//! Not here: keys, layers, what a chart sees besides.

mod bindings;
mod claims;
mod commit;
mod error;
mod keys;
mod place;

use std::path::Path;

use crate::application::{self, Application, ApplicationName};
use crate::configuration::{Class, Configuration, Dimension, Emission, Environment};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::SourceTree;
use crate::variables::{Cluster, Facts, Variables};

pub use bindings::confirm;
pub use claims::{metadata, name};
pub use commit::CommitError;
pub use error::{ContextError, Unconfirmed, class_name};
pub use keys::{Keys, TenantKeys, Withheld, keys, normalized};
pub use place::{AppDirectory, locate};

/// Why it is rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// A person, or CI, looks.
    Look,
    /// Argo CD will apply it.
    Generate,
}

/// What is known of an application before anything of it is read.
#[derive(Debug)]
pub struct Context {
    /// The application: it exists and is bought.
    pub application: Application,
    /// The class of its environment.
    pub class: Class,
    /// What happens to its opened secrets.
    pub emission: Emission,
    /// Why it is rendered.
    pub phase: Phase,
    /// The acting role.
    pub role: Option<String>,
    /// Argo CD's project.
    pub project: Option<String>,
    /// The namespace of its objects: the confirmed one in the plugin.
    pub namespace: String,
    /// The commit, where Argo CD names one.
    pub revision: Option<String>,
    /// `.Release.Name`.
    pub release_name: String,
    /// The Kubernetes version charts see; nothing for the engine's default.
    pub kube_version: Option<String>,
    /// The API versions charts see besides Kubernetes' own.
    pub api_versions: Vec<String>,
    /// What the customer's `metadata.yaml` says.
    pub claims: serde_json::Map<String, serde_json::Value>,
    /// What should be said beside the result.
    pub notes: Vec<Diagnostic>,
}

/// What a person may wish for an application.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// `--role`.
    pub role: Option<String>,
    /// `--namespace`.
    pub namespace: Option<String>,
    /// `--name`.
    pub release_name: Option<String>,
    /// `--kube-version` and `--api-versions`.
    pub cluster: Cluster,
}

/// Returns the context of an application that a person named.
///
/// # Errors
/// [`ContextError`].
pub fn for_person(
    name: ApplicationName,
    wishes: &Wishes,
    source: &SourceTree,
    configuration: &Configuration,
) -> Result<Context, ContextError> {
    let application = application::resolve(name, source, configuration)?;
    let mut context = context(application, &wishes.cluster, source, configuration)?;
    if let Some(role) = &wishes.role {
        permitted(role, &context, configuration)?;
    }
    let Wishes { role, namespace, release_name, cluster: _ } = wishes;
    context.role.clone_from(role);
    if let Some(namespace) = namespace {
        context.namespace.clone_from(namespace);
    }
    if let Some(release_name) = release_name {
        context.release_name.clone_from(release_name);
    }
    Ok(context)
}

/// Returns where the plugin stands, by its working directory and what Argo CD says of the path.
///
/// # Errors
/// The [`ContextError`]s of paths.
pub fn here(working_directory: &Path, facts: &Facts) -> Result<AppDirectory, ContextError> {
    let path = facts.path.as_deref().ok_or(ContextError::FactMissing { variable: "ARGOCD_APP_SOURCE_PATH" })?;
    locate(working_directory, path)
}

/// Returns the context of the application in whose directory Argo CD has started the plugin. `source` is the tree below
/// [`AppDirectory::root`].
///
/// # Errors
/// [`ContextError`]; one of them for every claim that facts do not confirm.
pub fn for_plugin(
    directory: &AppDirectory,
    variables: &Variables,
    source: &SourceTree,
    configuration: &Configuration,
) -> Result<Context, ContextError> {
    no_override(directory, &variables.facts, source)?;
    let name = claims::name(directory, &variables.parameters)?;
    let application = application::resolve(name, source, configuration)?;
    let mut context = context(application, &variables.cluster, source, configuration)?;
    let customers = source.names("customers")?;
    confirm(&context.application.name, context.class, &variables.facts, &customers, configuration)?;
    context.phase = Phase::Generate;
    // Confirmed above where namespaces are bound; where they are not, Argo CD's own is the only one there is.
    if let Some(namespace) = &variables.facts.namespace {
        context.namespace.clone_from(namespace);
    }
    context.project.clone_from(&variables.facts.project);
    context.revision.clone_from(&variables.facts.revision);
    Ok(context)
}

/// Returns what an application's name and environment say.
fn context(
    application: Application,
    cluster: &Cluster,
    source: &SourceTree,
    configuration: &Configuration,
) -> Result<Context, ContextError> {
    let name = &application.name;
    let environment = name.part(Dimension::Environment);
    // `resolve` has seen that the environment is declared.
    let declared = configuration.environments.get(environment).ok_or(ContextError::NoEnvironment)?;
    let namespace = configuration.bindings.namespace.as_ref().map(|template| name.fill(template));
    let (kube_version, kube_note) = kube_version(cluster, environment, declared);
    let (api_versions, api_note) = api_versions(cluster, environment, declared);
    Ok(Context {
        class: declared.class,
        emission: declared.emission,
        phase: Phase::Look,
        role: None,
        project: None,
        namespace: namespace.unwrap_or_else(|| "default".to_owned()),
        revision: None,
        release_name: name.fill(&configuration.charts.release_name),
        kube_version,
        api_versions,
        claims: metadata(name.part(Dimension::Customer), source)?,
        notes: kube_note.into_iter().chain(api_note).collect(),
        application,
    })
}

/// Returns the cluster's version where it says one, else the environment's, and a note where they differ.
fn kube_version(cluster: &Cluster, name: &str, declared: &Environment) -> (Option<String>, Option<Diagnostic>) {
    let Some(actual) = &cluster.kube_version else { return (declared.kube_version.clone(), None) };
    let plain = |version: &str| version.trim_start_matches('v').to_owned();
    let note = declared.kube_version.as_ref().filter(|declared| plain(declared) != plain(actual)).map(|declared| {
        let message = format!("the cluster is Kubernetes {actual}, but environment `{name}` is declared with {declared}");
        Diagnostic::note(Code::CONTEXT_CLUSTER, message).hint("set `kubeVersion` to the cluster's, so that every render agrees")
    });
    (Some(actual.clone()), note)
}

/// Returns the cluster's API versions where it says any, else the environment's, and a note where a declared one is not served.
fn api_versions(cluster: &Cluster, name: &str, declared: &Environment) -> (Vec<String>, Option<Diagnostic>) {
    if cluster.api_versions.is_empty() {
        return (declared.api_versions.clone(), None);
    }
    let absent = declared.api_versions.iter().filter(|version| !cluster.api_versions.contains(version));
    let absent: Vec<&str> = absent.map(String::as_str).collect();
    let note = (!absent.is_empty()).then(|| {
        let message =
            format!("environment `{name}` is declared with API versions the cluster does not serve: {}", absent.join(", "));
        Diagnostic::note(Code::CONTEXT_CLUSTER, message).hint("mend `apiVersions`, so that every render agrees")
    });
    (cluster.api_versions.clone(), note)
}

fn permitted(role: &str, context: &Context, configuration: &Configuration) -> Result<(), ContextError> {
    let known = || configuration.roles.keys().cloned().collect();
    let declared =
        configuration.roles.get(role).ok_or_else(|| ContextError::RoleUnknown { role: role.to_owned(), known: known() })?;
    if declared.classes.contains(&context.class) {
        return Ok(());
    }
    let environment = context.application.name.part(Dimension::Environment).to_owned();
    Err(ContextError::RoleRefused { role: role.to_owned(), environment, class: context.class })
}

/// Refuses files by which a writer of the repository changes the parameters of an Application.
///
/// # Source
/// Argo CD `reposerver/repository/repository.go`, `mergeSourceParameters`: `.argocd-source.yaml`, then `.argocd-source-<name>.yaml`.
fn no_override(directory: &AppDirectory, facts: &Facts, source: &SourceTree) -> Result<(), ContextError> {
    let AppDirectory { customer, product, .. } = directory;
    let mut suffixes = vec![String::new()];
    // Outside the control plane's namespace the name has the namespace before it, in some calls.
    let name = facts.application.as_deref().unwrap_or_default();
    let bare = name.split_once('_').map(|(_, bare)| bare);
    suffixes.extend([Some(name), bare].into_iter().flatten().filter(|name| !name.is_empty()).map(|name| format!("-{name}")));
    for suffix in suffixes {
        let path = format!("customers/{customer}/{product}/.argocd-source{suffix}.yaml");
        // Whatever stands there, a link or a directory included, is refused.
        if !matches!(source.read(&path), Ok(None)) {
            return Err(ContextError::SourceOverride { path });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
