//! Flags of `helm template` that `chart template` and `chart verify` have not, and what to do instead.
//!
//! In: clap's refusal of a flag. Out: a sentence about that flag, where helm knows it.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure};

/// Why we have not got a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lacks {
    Cluster,
    Network,
    Program,
    Meaning,
    Dependencies,
    Version,
}

impl Lacks {
    fn message(self) -> &'static str {
        match self {
            Self::Cluster => "needs a cluster, and tidegate talks to none",
            Self::Network => "needs the network, and tidegate uses none",
            Self::Program => "starts another program, and tidegate starts none",
            Self::Meaning => "has no effect on what `helm template` prints",
            Self::Dependencies => "fetches charts, and tidegate uses no network",
            Self::Version => "chooses from a repository, and tidegate renders the chart it is given",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::Cluster => "leave it out; say what the cluster is with --kube-version and --api-versions",
            Self::Network => "fetch the chart with `helm pull`, and name the directory or archive",
            Self::Program => "leave it out, and pipe the output into the program",
            Self::Meaning => "leave it out",
            Self::Dependencies => "run `helm dependency build` on the chart first",
            Self::Version => "fetch that version with `helm pull --version`, and name the directory or archive",
        }
    }
}

/// The flags, by what they lack.
///
/// # Source
/// helm `pkg/cmd/template.go`, `newTemplateCmd`; `pkg/cmd/install.go`, `addInstallFlags`; `pkg/cmd/flags.go`; `pkg/cli/environment.go`.
const FLAGS: [(Lacks, &[&str]); 6] = [
    (
        Lacks::Cluster,
        &[
            "--validate",
            "--dry-run",
            "--disable-openapi-validation",
            "--create-namespace",
            "--kubeconfig",
            "--kube-context",
            "--kube-apiserver",
            "--kube-as-group",
            "--kube-as-user",
            "--kube-ca-file",
            "--kube-insecure-skip-tls-verify",
            "--kube-tls-server-name",
            "--kube-token",
        ],
    ),
    (
        Lacks::Network,
        &[
            "--repo",
            "--username",
            "--password",
            "--cert-file",
            "--key-file",
            "--ca-file",
            "--insecure-skip-tls-verify",
            "--plain-http",
            "--pass-credentials",
            "--verify",
            "--keyring",
            "--enable-dns",
            "--registry-config",
            "--repository-cache",
            "--repository-config",
            "--content-cache",
        ],
    ),
    (Lacks::Program, &["--post-renderer", "--post-renderer-args"]),
    (
        Lacks::Meaning,
        &[
            "--atomic",
            "--rollback-on-failure",
            "--description",
            "--force",
            "--force-replace",
            "--force-conflicts",
            "--server-side",
            "--replace",
            "--labels",
            "-l",
            "--take-ownership",
            "--timeout",
            "--wait",
            "--wait-for-jobs",
            "--hide-notes",
            "--render-subchart-notes",
            "--burst-limit",
            "--qps",
            "--color",
            "--colour",
            "--debug",
        ],
    ),
    (Lacks::Dependencies, &["--dependency-update"]),
    (Lacks::Version, &["--version", "--devel"]),
];

/// Returns what to say of a flag that clap has refused; nothing where helm does not know it either, or the command is another one.
pub(crate) fn explained(error: &clap::Error, arguments: &[String]) -> Option<Failure> {
    let is_ours =
        matches!(arguments, [_, chart, command, ..] if chart == "chart" && (command == "template" || command == "verify"));
    if !is_ours || error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg) else { return None };
    let flag = flag.split('=').next().unwrap_or(flag);
    let (lacks, _) = FLAGS.iter().find(|(_, flags)| flags.contains(&flag))?;
    let diagnostic = Diagnostic::error(Code::USAGE, format!("helm's {flag} {}", lacks.message())).hint(lacks.hint());
    Some(Failure::one(Class::Usage, diagnostic))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::Cli;

    fn check(arguments: &[&str], expected: Option<&str>) {
        let arguments: Vec<String> = ["tidegate"].iter().chain(arguments).map(ToString::to_string).collect();
        let error = Cli::try_parse_from(&arguments).unwrap_err();
        let message = explained(&error, &arguments).and_then(|failure| Some(failure.diagnostics.first()?.message.clone()));
        assert_eq!(message.as_deref(), expected, "{arguments:?}");
    }

    // A flag of helm's is told by name, with a value or without, whatever stands before it.
    #[test]
    fn flags_of_helm_are_explained() {
        check(&["chart", "template", "x", "--validate"], Some("helm's --validate needs a cluster, and tidegate talks to none"));
        check(
            &["chart", "template", "x", "-n", "y", "--repo=z"],
            Some("helm's --repo needs the network, and tidegate uses none"),
        );
        check(&["chart", "template", "x", "-l", "a=b"], Some("helm's -l has no effect on what `helm template` prints"));
    }

    // A flag of nobody, and one of another command, is left to clap.
    #[test]
    fn other_flags_are_not() {
        check(&["chart", "template", "x", "--nonsense"], None);
        check(&["render", "x", "--validate"], None);
    }

    // No flag that we have is told to be missing.
    #[test]
    fn flags_we_have_are_not_listed() {
        let command = <Cli as clap::CommandFactory>::command();
        let template = command.find_subcommand("chart").and_then(|chart| chart.find_subcommand("template")).unwrap();
        let ours: Vec<String> =
            template.get_arguments().filter_map(|flag| flag.get_long()).map(|long| format!("--{long}")).collect();
        assert!(ours.len() > 15, "{ours:?}");
        for (_, flags) in &FLAGS {
            assert!(flags.iter().all(|flag| !ours.iter().any(|our| our == flag)), "{flags:?}");
        }
    }
}
