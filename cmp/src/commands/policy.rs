//! `policy`: the tools for those who write policies and those who run them.
//!
//! Rules: nothing here is in the image's build (feature `scaffolding`); no command opens a socket, and those that build start cargo, rustup
//! and `tidegate-policyc` by their names.

mod bench;
mod build;
mod cases;
mod compiler;
mod files;
mod inspect;
mod install;
mod judge;
mod list;
mod lock;
mod new;
mod program;
mod run;
mod subject;
mod test;

use std::path::{Path, PathBuf};

use tidegate::configuration::discovery::{self, Discovered};
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure};
use tidegate::variables::Variables;

use super::Product;
use crate::args::PolicyCommand;

/// Runs one of the commands.
pub(super) fn run(command: &PolicyCommand, variables: &Variables) -> Result<Product, Failure> {
    match command {
        PolicyCommand::New(args) => new::run(args),
        PolicyCommand::Build(args) => build::run(args, variables),
        PolicyCommand::Test(args) => test::run(args, variables),
        PolicyCommand::Bench(args) => bench::run(args, variables),
        PolicyCommand::Run(args) => run::run(args, variables),
        PolicyCommand::Inspect(args) => inspect::run(args),
        PolicyCommand::List(args) => list::run(args, variables),
        PolicyCommand::Install(args) => install::run(args, variables),
        PolicyCommand::Lock(args) => lock::run(args, variables),
    }
}

/// Returns the configuration that was named; nothing where none was.
fn configuration(named: Option<&Path>, variables: &Variables) -> Result<Option<Discovered>, Failure> {
    let file = named.map(PathBuf::from).or_else(|| variables.person.configuration.as_ref().map(PathBuf::from));
    Ok(file.map(|file| discovery::named(&file)).transpose()?)
}

/// Returns the configuration that was named, for commands that write beside it.
fn needed_configuration(named: Option<&Path>, variables: &Variables) -> Result<Discovered, Failure> {
    configuration(named, variables)?.ok_or_else(|| {
        let message = "no configuration is named, and policies are installed beside one";
        let diagnostic = Diagnostic::error(Code::USAGE, message).hint("name it with --config, or set TIDEGATE_CONFIG");
        Failure::one(Class::Usage, diagnostic)
    })
}
