//! The command line of `policy`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{EstateArgs, ReportForm};

/// The commands of `policy`.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Start a policy: a project that builds and tests anywhere
    #[command(after_help = "Example: tidegate policy new no-node-port && cd no-node-port && cargo test")]
    New(NewArgs),
    /// Build a policy and print its pin
    #[command(after_help = "Example: tidegate policy build no-node-port")]
    Build(BuildArgs),
    /// Ask a policy the cases of a file, and compare what it says
    #[command(after_help = "Example: tidegate policy test no-node-port --strict --mutate")]
    Test(TestArgs),
    /// Say what a policy, or all of them, find in manifests of any tool, or in an application
    #[command(
        after_help = "Examples: tidegate policy run no-node-port rendered.yaml\n          tidegate policy run all rendered.yaml --config tidegate.yaml"
    )]
    Run(RunArgs),
    /// Measure what a policy costs on manifests, cold and warm
    #[command(after_help = "Example: tidegate policy bench no-node-port rendered.yaml --baseline bench.json")]
    Bench(BenchArgs),
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

/// Arguments of `policy test`.
#[derive(Args, Debug)]
pub(crate) struct TestArgs {
    /// The policy's directory, which is built; or a component (.wasm); or the name of a built-in or installed policy
    #[arg(default_value = ".")]
    pub(crate) policy: String,
    /// The cases [default: cases.yaml in the policy's directory]
    #[arg(long, value_name = "FILE")]
    pub(crate) cases: Option<PathBuf>,
    /// The platform's configuration, for installed policies [default: $TIDEGATE_CONFIG]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Fail where a rule fires in no case
    #[arg(long)]
    pub(crate) strict: bool,
    /// Change the passing cases until each rule fires, and fail where one never does
    #[arg(long)]
    pub(crate) mutate: bool,
    /// Run again whenever a file changes
    #[arg(long)]
    pub(crate) watch: bool,
    /// How to print the report
    #[arg(short, long, value_enum, default_value_t = TestForm::Text)]
    pub(crate) output: TestForm,
}

/// Forms of the report of `policy test`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TestForm {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For CI systems.
    Junit,
}

/// Arguments of `policy run`.
#[derive(Args, Debug)]
pub(crate) struct RunArgs {
    /// The policy's directory, which is built; or a component (.wasm); or the name of a built-in or installed policy; `all` for all of these
    pub(crate) policy: String,
    /// A file of manifests, a directory of them, or an application: customer/product/environment
    pub(crate) subject: String,
    #[command(flatten)]
    pub(crate) estate: EstateArgs,
    /// The policy's settings, as YAML [default: those of the configuration]
    #[arg(long, value_name = "FILE")]
    pub(crate) settings: Option<PathBuf>,
    /// The environment that manifests of a file are judged in
    #[arg(long, default_value = "prod")]
    pub(crate) environment: String,
    /// Its class
    #[arg(long, default_value = "production")]
    pub(crate) class: String,
    /// How to print the report
    #[arg(short, long, value_enum, default_value_t = ReportForm::Text)]
    pub(crate) output: ReportForm,
}

/// Arguments of `policy bench`.
#[derive(Args, Debug)]
pub(crate) struct BenchArgs {
    /// The policy's directory, which is built; or a component (.wasm); or the name of a built-in or installed policy
    pub(crate) policy: String,
    /// A file of manifests, or a directory of them
    pub(crate) subject: PathBuf,
    /// The platform's configuration, for settings and installed policies [default: $TIDEGATE_CONFIG]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The policy's settings, as YAML [default: those of the configuration]
    #[arg(long, value_name = "FILE")]
    pub(crate) settings: Option<PathBuf>,
    /// How often each is measured
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) rounds: u32,
    /// Where what was measured is written, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,
    /// What was measured before; fail where fuel or a median is worse
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// By how much it may be worse, in percent
    #[arg(long, default_value_t = 20, requires = "baseline")]
    pub(crate) threshold: u32,
    /// How to print it
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
    /// Compile for another target too, such as the image's (x86_64-unknown-linux-gnu); more than once for more
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
    /// Compile for another target too, such as the image's (x86_64-unknown-linux-gnu); more than once for more
    #[arg(long, value_name = "TRIPLE", conflicts_with = "check")]
    pub(crate) target: Vec<String>,
}
