//! The command line, declared. What the flags mean together is the commands' business.

mod chart;
#[cfg(feature = "scaffolding")]
mod policy;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use chart::{
    ChanceArgs, ChartCommand, ChartRenderArgs, FunctionsArgs, GivenArgs, RandomnessArg, TemplateArgs, VerifyArgs,
};

#[cfg(feature = "scaffolding")]
pub(crate) use policy::{
    BenchArgs, BuildArgs, InspectArgs, InstallArgs, ListArgs, LockArgs, NewArgs, PolicyCommand, RunArgs, StageArg, TestArgs,
    TestForm,
};

/// Layered values, sealed secrets and a chart in, checked manifests out
#[derive(Debug, Parser)]
#[command(name = "tidegate", version, propagate_version = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print an application's manifests, what came out of sealed files masked
    #[command(after_help = "Example: tidegate render acme-corp/product-a/prod")]
    Render(RenderArgs),
    /// Print an application's merged values, what came out of sealed files masked
    #[command(after_help = "Example: tidegate values acme-corp/product-a/prod -o json")]
    Values(ValuesArgs),
    /// Show which layers set a value, and which won
    #[command(after_help = "Example: tidegate explain acme-corp/product-a/prod resources.limits.cpu")]
    Explain(ExplainArgs),
    /// Render applications and judge them as the plugin would, without printing manifests
    #[command(after_help = "Example: tidegate check --all -o json")]
    Check(CheckArgs),
    /// Print the manifests of the application Argo CD asks for (what plugin.yaml calls)
    Generate(PluginArgs),
    /// Print the plugin's parameters as Argo CD announces them (what plugin.yaml calls)
    Parameters(PluginArgs),
    /// Work with a chart as helm does
    #[command(subcommand)]
    Chart(Box<ChartCommand>),
    /// Write, build, inspect and install policies
    #[cfg(feature = "scaffolding")]
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Say what an error code means and what to do about it
    #[command(after_help = "Example: tidegate explain-error layers.missing")]
    ExplainError(ExplainErrorArgs),
    /// Print completions for a shell
    #[command(after_help = "Example: tidegate completions bash > /etc/bash_completion.d/tidegate")]
    Completions(CompletionsArgs),
}

/// Where an estate lies.
#[derive(Args, Clone, Debug)]
pub(crate) struct EstateArgs {
    /// The platform's configuration [default: $TIDEGATE_CONFIG, else the nearest tidegate.yaml above the values repository]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The values repository [default: the nearest directory upwards that holds products/ and customers/]
    #[arg(long, value_name = "DIR")]
    pub(crate) repo: Option<PathBuf>,
    /// The checkout of the chart repository [default: $TIDEGATE_CHART_ROOT, else charts.root of the configuration]
    #[arg(long, value_name = "DIR")]
    pub(crate) chart_root: Option<PathBuf>,
    /// The role to act in; it limits which environments may be rendered
    #[arg(long)]
    pub(crate) role: Option<String>,
}

/// Arguments of `render`.
#[derive(Args, Debug)]
pub(crate) struct RenderArgs {
    /// The application: customer/product/environment
    pub(crate) application: String,
    #[command(flatten)]
    pub(crate) estate: EstateArgs,
    /// Show what came out of sealed files
    #[arg(long)]
    pub(crate) reveal: bool,
    /// The release name [default: charts.releaseName of the configuration]
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// The namespace [default: bindings.namespace of the configuration]
    #[arg(long)]
    pub(crate) namespace: Option<String>,
}

/// Arguments of `values`.
#[derive(Args, Debug)]
pub(crate) struct ValuesArgs {
    /// The application: customer/product/environment
    pub(crate) application: String,
    #[command(flatten)]
    pub(crate) estate: EstateArgs,
    /// Show what came out of sealed files
    #[arg(long)]
    pub(crate) reveal: bool,
    /// Add the chart's defaults
    #[arg(long)]
    pub(crate) all: bool,
    /// How to print them
    #[arg(short, long, value_enum, default_value_t = ValuesForm::Yaml)]
    pub(crate) output: ValuesForm,
}

/// Arguments of `explain`.
#[derive(Args, Debug)]
pub(crate) struct ExplainArgs {
    /// The application: customer/product/environment
    pub(crate) application: String,
    /// The value's path as in helm's --set; everything where it is left out
    pub(crate) path: Option<String>,
    #[command(flatten)]
    pub(crate) estate: EstateArgs,
    /// How to print it
    #[arg(short, long, value_enum, default_value_t = ReportForm::Text)]
    pub(crate) output: ReportForm,
}

/// Arguments of `check`.
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// The application: customer/product/environment
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub(crate) application: Option<String>,
    /// Check every application of the estate
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) estate: EstateArgs,
    /// How to print the report
    #[arg(short, long, value_enum, default_value_t = CheckForm::Text)]
    pub(crate) output: CheckForm,
    /// Block on denials that this file does not know
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Write the denials that stand now to this file, to block on new ones only
    #[arg(long, value_name = "FILE", conflicts_with_all = ["baseline", "application"])]
    pub(crate) write_baseline: Option<PathBuf>,
    /// Print findings only
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// Arguments of `generate` and `parameters`. They read nothing of the kind from the environment or the repository.
#[derive(Args, Debug)]
pub(crate) struct PluginArgs {
    /// The platform's configuration
    #[arg(long, value_name = "FILE", default_value = "/etc/tidegate/tidegate.yaml")]
    pub(crate) config: PathBuf,
    /// The checkout of the chart repository [default: charts.root of the configuration]
    #[arg(long, value_name = "DIR")]
    pub(crate) chart_root: Option<PathBuf>,
}

/// Arguments of `explain-error`.
#[derive(Args, Debug)]
pub(crate) struct ExplainErrorArgs {
    /// The code, as errors print it in brackets
    pub(crate) code: String,
}

/// Arguments of `completions`.
#[derive(Args, Debug)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

/// Forms of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ValuesForm {
    /// YAML.
    Yaml,
    /// JSON.
    Json,
}

/// Forms of what a check has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckForm {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// SARIF 2.1.0, for code hosts.
    Sarif,
    /// JUnit XML, for build servers.
    Junit,
    /// For a comment on a pull request.
    Markdown,
}

/// Forms of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportForm {
    /// For people.
    Text,
    /// For programs.
    Json,
}
