//! Which estate a person's command works on: repository, configuration, chart root.

use std::env;
use std::path::{Path, PathBuf};

use tidegate::application::ApplicationName;
use tidegate::configuration::Dimension;
use tidegate::configuration::discovery::{self, Discovered};
use tidegate::context::{Context, Keys, TenantKeys, Wishes, for_person};
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure, quote};
use tidegate::estate::Estate;
use tidegate::source::SourceTree;
use tidegate::variables::Variables;

use super::clock;
use crate::args::EstateArgs;

/// The directories by which a values repository is known.
const MARKS: [&str; 2] = ["products", "customers"];

/// Returns the estate that the arguments mean, and what should be said about its configuration.
pub(super) fn open(args: &EstateArgs, variables: &Variables) -> Result<(Estate, Vec<Diagnostic>), Failure> {
    let EstateArgs { config, repo, chart_root, role: _ } = args;
    let root = root(repo.as_deref())?;
    let source = SourceTree::open(&root)?;
    let named = config.clone().or_else(|| variables.person.configuration.as_ref().map(PathBuf::from));
    let discovered: Discovered = match named {
        Some(file) => discovery::named(&file)?,
        None => discovery::find(&root)?,
    };
    let warnings = discovered.ignored.iter().map(Diagnostic::from).collect();
    let chart_root = chart_root.clone().or_else(|| variables.person.chart_root.as_ref().map(PathBuf::from));
    Ok((Estate::new(source, discovered, chart_root.as_deref(), clock::today())?, warnings))
}

/// Returns the root of the values repository: the one that was named, or the nearest upwards.
fn root(named: Option<&Path>) -> Result<PathBuf, Failure> {
    let here = env::current_dir().map_err(|error| no_repository(&format!("the working directory cannot be found: {error}")))?;
    if let Some(named) = named {
        let root = here.join(named);
        return match MARKS.iter().find(|mark| !root.join(mark).is_dir()) {
            Some(mark) => Err(no_repository(&format!("`{}` is no values repository: it has no `{mark}/`", named.display()))),
            None => Ok(root),
        };
    }
    let found = here.ancestors().find(|directory| MARKS.iter().all(|mark| directory.join(mark).is_dir()));
    let message = "there is no values repository here: no directory upwards has `products/` and `customers/`";
    found.map(Path::to_owned).ok_or_else(|| no_repository(message))
}

fn no_repository(message: &str) -> Failure {
    let diagnostic = Diagnostic::error(Code::SOURCE_ROOT, message).hint("go into the values repository, or name it with --repo");
    Failure::one(Class::Source, diagnostic)
}

/// Returns the context of an application that a person has named, with its name put into failures.
pub(super) fn context(name: &ApplicationName, wishes: &Wishes, estate: &Estate) -> Result<Context, Failure> {
    for_person(name.clone(), wishes, &estate.source, &estate.configuration).map_err(|error| about(error.into(), name, estate))
}

/// Returns whose keys a person may use: those of the configuration's row for the application. Who can read the key file has the key.
pub(super) fn keys(context: &Context) -> Keys {
    let customer = context.application.name.part(Dimension::Customer).to_owned();
    Keys::Granted(TenantKeys { customer, class: context.class })
}

/// Returns a failure with the application's name and the lines that it is about.
pub(super) fn about(failure: Failure, name: &ApplicationName, estate: &Estate) -> Failure {
    quote(failure.about(&name.to_string()), name, &estate.source, &estate.configuration)
}
