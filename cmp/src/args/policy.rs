//! The command line of `policy`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::ReportForm;

/// The commands of `policy`.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Start a policy: a project that builds and tests anywhere
    #[command(after_help = "Example: tidegate policy new no-node-port && cd no-node-port && cargo test")]
    New(NewArgs),
    /// Build a policy and print its pin
    #[command(after_help = "Example: tidegate policy build no-node-port")]
    Build(BuildArgs),
    /// Say what a policy file is, without running it
    #[command(after_help = "Example: tidegate policy inspect dist/no-node-port.wasm")]
    Inspect(InspectArgs),
    /// List the policies that count: built-in and installed ones
    #[command(after_help = "Example: tidegate policy list --config tidegate.yaml -o json")]
    List(ListArgs),
    /// Install a policy beside the configuration: compile it, and write the lock file
    #[command(after_help = "Example: tidegate policy install dist/no-node-port.wasm --config tidegate.yaml")]
    Install(InstallArgs),
    /// Bring the lock file up to date with settings and engine, or check that it is
    #[command(after_help = "Example: tidegate policy lock --check --config tidegate.yaml")]
    Lock(LockArgs),
}

/// The stage that a new policy judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StageArg {
    /// Value files, before they are merged.
    Layer,
    /// The merged values.
    Values,
    /// All objects of an application.
    Manifests,
}

/// Arguments of `policy new`.
#[derive(Args, Debug)]
pub(crate) struct NewArgs {
    /// Its name: lower-case letters, digits and hyphens; the directory of this name is made
    pub(crate) name: String,
    /// What it judges
    #[arg(long, value_enum, default_value_t = StageArg::Manifests)]
    pub(crate) stage: StageArg,
}

/// Arguments of `policy build`.
#[derive(Args, Debug)]
pub(crate) struct BuildArgs {
    /// The policy's directory
    #[arg(default_value = ".")]
    pub(crate) directory: PathBuf,
    /// Where NAME.wasm and NAME.cwasm are written [default: dist in the policy's directory]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// How to print the pin
    #[arg(short, long, value_enum, default_value_t = ReportForm::Text)]
    pub(crate) output: ReportForm,
}

/// Arguments of `policy inspect`.
#[derive(Args, Debug)]
pub(crate) struct InspectArgs {
    /// A policy: .wasm or .cwasm
    pub(crate) file: PathBuf,
    /// How to print it
    #[arg(short, long, value_enum, default_value_t = ReportForm::Text)]
    pub(crate) output: ReportForm,
}

/// Arguments of `policy list`.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// The platform's configuration [default: $TIDEGATE_CONFIG; without one, the built-in policies alone]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// How to print it
    #[arg(short, long, value_enum, default_value_t = ReportForm::Text)]
    pub(crate) output: ReportForm,
}

/// Arguments of `policy install`.
#[derive(Args, Debug)]
pub(crate) struct InstallArgs {
    /// A component, as `policy build` writes it: NAME.wasm
    pub(crate) file: PathBuf,
    /// Its signature by minisign; needed where the configuration has keys
    #[arg(long, value_name = "FILE")]
    pub(crate) signature: Option<PathBuf>,
    /// The platform's configuration [default: $TIDEGATE_CONFIG]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Compile for another target too, such as the image's (x86_64-unknown-linux-musl); more than once for more
    #[arg(long, value_name = "TRIPLE")]
    pub(crate) target: Vec<String>,
}

/// Arguments of `policy lock`.
#[derive(Args, Debug)]
pub(crate) struct LockArgs {
    /// Change nothing; fail where the lock file is not up to date
    #[arg(long)]
    pub(crate) check: bool,
    /// The platform's configuration [default: $TIDEGATE_CONFIG]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Compile for another target too, such as the image's (x86_64-unknown-linux-musl); more than once for more
    #[arg(long, value_name = "TRIPLE", conflicts_with = "check")]
    pub(crate) target: Vec<String>,
}
