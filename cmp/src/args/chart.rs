//! The command line of `chart`: flags that mean what they mean to helm. Of a flag that is given twice the last one counts.

use std::path::PathBuf;

use clap::{Arg, ArgAction, Args, Subcommand, ValueEnum};

use super::ReportForm;

/// Commands on a chart.
#[derive(Debug, Subcommand)]
pub(crate) enum ChartCommand {
    /// Print what `helm template` prints for a chart
    #[command(
        args_override_self = true,
        mut_args = with_bool,
        override_usage = "tidegate chart template [OPTIONS] [NAME] <CHART>",
        after_help = "Example: tidegate chart template demo ./charts/demo -f values.yaml --set image.tag=1.2 --namespace demo"
    )]
    Template(TemplateArgs),
    /// Render a chart with an installed helm and with tidegate, and say which objects differ
    #[command(
        args_override_self = true,
        mut_args = with_bool,
        override_usage = "tidegate chart verify [OPTIONS] [NAME] <CHART>",
        after_help = "Example: tidegate chart verify demo ./charts/demo -f values.yaml --helm /usr/local/bin/helm"
    )]
    Verify(VerifyArgs),
    /// Show which functions a chart uses, and which give another result each time
    #[command(after_help = "Example: tidegate chart functions ./charts/demo -o json")]
    Functions(FunctionsArgs),
}

/// Arguments of `chart functions`.
#[derive(Args, Debug)]
pub(crate) struct FunctionsArgs {
    /// The chart's directory or archive
    pub(crate) chart: String,
    /// How to print them
    #[arg(short, long, value_enum, default_value_t = ReportForm::Text)]
    pub(crate) output: ReportForm,
}

/// Arguments of `chart verify`.
#[derive(Args, Debug)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) render: ChartRenderArgs,
    /// The helm to compare with [default: the first `helm` in PATH]
    #[arg(long, value_name = "PATH")]
    pub(crate) helm: Option<PathBuf>,
    /// Seconds after which a helm that has not ended is stopped
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(crate) helm_deadline: u32,
    /// How to print the report
    #[arg(short, long, value_enum, default_value_t = ReportForm::Text)]
    pub(crate) output: ReportForm,
}

/// Arguments of `chart template`.
#[derive(Args, Debug)]
pub(crate) struct TemplateArgs {
    #[command(flatten)]
    pub(crate) render: ChartRenderArgs,
    /// Print only what these templates gave; their paths in the chart, `*` and `?` allowed
    #[arg(short, long, value_name = "TEMPLATE")]
    pub(crate) show_only: Vec<String>,
    /// Write each template's documents to a file below this directory instead
    #[arg(long, value_name = "DIR")]
    pub(crate) output_dir: Option<String>,
    /// With --output-dir: in a directory of the release's name
    #[arg(long)]
    pub(crate) release_name: bool,
}

/// What a render of a chart is asked for.
#[derive(Args, Debug)]
pub(crate) struct ChartRenderArgs {
    /// The release name, if any, and the chart's directory or archive
    #[arg(required = true, num_args = 1..=2, value_names = ["NAME", "CHART"])]
    pub(crate) name_and_chart: Vec<String>,
    #[command(flatten)]
    pub(crate) release: ReleaseArgs,
    #[command(flatten)]
    pub(crate) given: GivenArgs,
    #[command(flatten)]
    pub(crate) capabilities: CapabilityArgs,
    #[command(flatten)]
    pub(crate) content: ContentArgs,
    /// Leave out hooks
    #[arg(long)]
    pub(crate) no_hooks: bool,
    /// Do not check values against the charts' schemas
    #[arg(long)]
    pub(crate) skip_schema_validation: bool,
    /// The helm to follow: helm4.3, helm4.2 or helm3.22
    #[arg(long, value_name = "HELM")]
    pub(crate) profile: Option<String>,
    #[command(flatten)]
    pub(crate) chance: ChanceArgs,
}

/// What random, time and key functions give.
#[derive(Args, Debug)]
pub(crate) struct ChanceArgs {
    /// What random, time and key functions give: nothing that may be printed, always the same, or as helm
    #[arg(long, value_enum, default_value_t = RandomnessArg::Helm)]
    pub(crate) randomness: RandomnessArg,
    /// With --randomness seeded: the file of the salt that random values are made of
    #[arg(long, value_name = "FILE", required_if_eq("randomness", "seeded"))]
    pub(crate) salt_file: Option<String>,
    /// With --randomness seeded: what the time is, and when certificates begin, such as 2026-01-01T00:00:00Z
    #[arg(long, value_name = "INSTANT", required_if_eq("randomness", "seeded"))]
    pub(crate) now: Option<String>,
}

/// Who is released, where.
#[derive(Args, Debug)]
pub(crate) struct ReleaseArgs {
    /// The namespace
    #[arg(short, long, default_value = "default")]
    pub(crate) namespace: String,
    /// A template for the release name
    #[arg(long, value_name = "TEMPLATE")]
    pub(crate) name_template: Option<String>,
    /// Leave the release name to helm, which takes `release-name`
    #[arg(short, long)]
    pub(crate) generate_name: bool,
    /// Set .Release.IsUpgrade instead of .Release.IsInstall
    #[arg(long)]
    pub(crate) is_upgrade: bool,
}

/// Values, in the order helm takes them: files, then each flag, the last one wins.
#[derive(Args, Debug)]
pub(crate) struct GivenArgs {
    /// Values files, separated by commas; `-` is stdin
    #[arg(short = 'f', long = "values", value_name = "FILES", allow_hyphen_values = true)]
    pub(crate) values: Vec<String>,
    /// Values as JSON: `key={"a":1}` or one object
    #[arg(long, value_name = "VALUES", allow_hyphen_values = true)]
    pub(crate) set_json: Vec<String>,
    /// Values: `key=1,list={a,b},items[0].name=x`
    #[arg(long, value_name = "VALUES", allow_hyphen_values = true)]
    pub(crate) set: Vec<String>,
    /// Values that are text whatever they look like
    #[arg(long, value_name = "VALUES", allow_hyphen_values = true)]
    pub(crate) set_string: Vec<String>,
    /// Values that stand in files: `key=path`
    #[arg(long, value_name = "VALUES", allow_hyphen_values = true)]
    pub(crate) set_file: Vec<String>,
    /// One value, taken as it stands
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub(crate) set_literal: Vec<String>,
}

/// What the cluster is said to be.
#[derive(Args, Debug)]
pub(crate) struct CapabilityArgs {
    /// The Kubernetes version for .Capabilities.KubeVersion
    #[arg(long, value_name = "VERSION")]
    pub(crate) kube_version: Option<String>,
    /// API versions for .Capabilities.APIVersions besides the built-in ones, separated by commas
    #[arg(short, long, value_name = "VERSIONS")]
    pub(crate) api_versions: Vec<String>,
}

/// What is part of the output.
#[derive(Args, Debug)]
pub(crate) struct ContentArgs {
    /// Print the chart's CRDs too
    #[arg(long)]
    pub(crate) include_crds: bool,
    /// Install no CRDs; without meaning where nothing is installed
    #[arg(long)]
    pub(crate) skip_crds: bool,
    /// Leave out tests
    #[arg(long)]
    pub(crate) skip_tests: bool,
}

/// What random, time and crypto functions do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RandomnessArg {
    /// A result that would be printed is refused.
    Refuse,
    /// Made of a salt: the same at every render.
    Seeded,
    /// As helm.
    Helm,
}

/// Lets a flag take a boolean, as helm's do: `--include-crds`, `--include-crds=false`.
fn with_bool(arg: Arg) -> Arg {
    if !matches!(arg.get_action(), ArgAction::SetTrue) {
        return arg;
    }
    arg.action(ArgAction::Set)
        .num_args(0..=1)
        .require_equals(true)
        .default_value("false")
        .default_missing_value("true")
        .hide_default_value(true)
        .value_name("BOOL")
        .value_parser(go_bool)
}

/// Reads a boolean of a flag.
///
/// # Source
/// Go `strconv.ParseBool`, which pflag reads flags with.
fn go_bool(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(false),
        _ => Err("a boolean is `true` or `false`".to_owned()),
    }
}
