//! `generate` and `parameters`: what plugin.yaml calls. Nothing here looks at what a person could set in the environment.

use std::env;
use std::path::{Path, PathBuf};

use tidegate::admission::{Purpose, admit};
use tidegate::configuration::Dimension;
use tidegate::configuration::discovery::{self, FILE, PLUGIN_FOLDER};
use tidegate::context::{AppDirectory, TenantKeys, for_plugin, here, keys};
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure};
use tidegate::estate::Estate;
use tidegate::source::SourceTree;
use tidegate::variables::Variables;

use super::{Product, clock};
use crate::args::PluginArgs;

/// Returns the manifests of the application in whose directory Argo CD has started us.
pub(crate) fn run(args: &PluginArgs, variables: &Variables) -> Result<Product, Failure> {
    let label = label(variables);
    manifests(args, variables).map_err(|failure| failure.about(&label))
}

fn manifests(args: &PluginArgs, variables: &Variables) -> Result<Product, Failure> {
    let directory = here(&working_directory()?, &variables.facts)?;
    let estate = open(args, &directory.root)?;
    let context = for_plugin(&directory, variables, &estate.source, &estate.configuration)?;
    let tree = SourceTree::open(&directory.tree)?;
    let customer = context.application.name.part(Dimension::Customer).to_owned();
    let tenant = TenantKeys { customer, class: context.class };
    let keys = keys(tenant, &variables.facts, &directory, &tree, &estate.configuration);
    let admitted = admit(&estate, &context, &keys, Purpose::Generate)?;
    let mut text = Vec::new();
    admitted.write(&mut text)?;
    Ok(Product { text, diagnostics: admitted.notes, verdict: None })
}

fn open(args: &PluginArgs, root: &Path) -> Result<Estate, Failure> {
    let PluginArgs { config, chart_root } = args;
    // Without a file at the fixed place the defaults serve; one that plugin.yaml names must be there.
    let discovered = if *config == Path::new(PLUGIN_FOLDER).join(FILE) {
        discovery::in_folder(Path::new(PLUGIN_FOLDER))?
    } else {
        discovery::named(config)?
    };
    Estate::new(SourceTree::open(root)?, discovered, chart_root.as_deref(), clock::today())
}

fn working_directory() -> Result<PathBuf, Failure> {
    env::current_dir().map_err(|error| {
        let message = format!("the working directory cannot be found: {error}");
        Failure::one(Class::Source, Diagnostic::error(Code::SOURCE_ROOT, message))
    })
}

/// Returns what the first line of a failure calls the application: Argo CD's name and the commit.
fn label(variables: &Variables) -> String {
    let application = variables.facts.application.as_deref().unwrap_or("this application");
    match variables.facts.revision.as_deref() {
        Some(revision) => format!("{application} at {}", revision.get(..12).unwrap_or(revision)),
        None => application.to_owned(),
    }
}

/// The parameters as Argo CD shows them in its form.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Announcement {
    name: &'static str,
    title: &'static str,
    tooltip: String,
    required: bool,
    string: String,
}

/// Returns the parameters that the plugin understands, with what the application's directory says of them. No keys are loaded.
///
/// # Source
/// argo-cd `reposerver/apiclient/repository.proto`, `ParameterAnnouncement`.
pub(crate) fn parameters(args: &PluginArgs, variables: &Variables) -> Result<Product, Failure> {
    let label = label(variables);
    announced(args, variables).map_err(|failure| failure.about(&label))
}

fn announced(args: &PluginArgs, variables: &Variables) -> Result<Product, Failure> {
    let directory = here(&working_directory()?, &variables.facts)?;
    let estate = open(args, &directory.root)?;
    let AppDirectory { customer, product, .. } = &directory;
    let environments: Vec<&str> = estate.configuration.environments.keys().map(String::as_str).collect();
    let announcement = |name, title, tooltip: String, string: &str| Announcement {
        name,
        title,
        tooltip,
        required: name == "environment",
        string: string.to_owned(),
    };
    let announced = [
        announcement(
            "environment",
            "Environment",
            format!("One of {}; what Argo CD knows must confirm it", environments.join(", ")),
            "",
        ),
        announcement("customer", "Customer", "Said by the application's path".to_owned(), customer),
        announcement("product", "Product", "Said by the application's path".to_owned(), product),
    ];
    let json = serde_json::to_string(&announced)
        .map_err(|error| Failure::one(Class::Internal, Diagnostic::error(Code::INTERNAL, error.to_string())))?;
    Ok(Product::of(format!("{json}\n")))
}
