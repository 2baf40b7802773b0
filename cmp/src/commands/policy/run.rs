//! `policy run`: what one policy, or all that count, say of manifests that any tool has made, or of an application.
//!
//! Rules: a file's documents, or those of all YAML files of a directory, are one set, as an application's objects are; lists are opened. An
//! application is rendered and judged as by `check`, by these policies alone.

use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use engine::metadata::Stage;
use serde_json::{Value as Json, json};
use tidegate::admission::{Purpose, admit};
use tidegate::application::ApplicationName;
use tidegate::context::Wishes;
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure};
use tidegate::estate::Estate;
use tidegate::policies::{Documents, PolicySet, Severity};
use tidegate::variables::Variables;
use yaml::{Node, Value};

use super::cases::{self, Given};
use super::configuration;
use super::judge::{Found, Said, place, said, word};
use super::list::counting;
use super::subject::Subject;
use super::test::shown;
use crate::args::{ReportForm, RunArgs};
use crate::commands::{Product, estate};

/// Most files of a directory.
const FILE_LIMIT: usize = 10_000;

/// The name that means all policies that count; no policy has it.
const ALL: &str = engine::metadata::ALL_POLICIES;

/// Who judges.
struct Judges {
    /// For the report: a name and version, or how many they are.
    name: String,
    policies: PolicySet,
}

/// Runs the policies and reports.
pub(super) fn run(args: &RunArgs, variables: &Variables) -> Result<Product, Failure> {
    let RunArgs { subject: judged, environment, class, output, .. } = args;
    let path = Path::new(judged);
    if path.symlink_metadata().is_err() {
        return application(judged, judges(args, variables)?.policies, args, variables);
    }
    // Policies are loaded while the manifests are read.
    let read = || {
        let given = manifests(path)?;
        let documents = Documents::of_nodes(given.iter().map(|given| &given.node))?;
        Ok::<_, Failure>((given, documents))
    };
    let (judges, read) = thread::scope(|scope| {
        let read = scope.spawn(read);
        (judges(args, variables), read.join().unwrap_or_else(|panic| resume_unwind(panic)))
    });
    let (Judges { name, policies }, (given, documents)) = (judges?, read?);
    let mut context = cases::default_context();
    context.environment.clone_from(environment);
    context.class.clone_from(class);
    let said = said(policies.check_manifests(&context, &documents)).map_err(|reason| {
        let diagnostic = Diagnostic::error(Code::POLICY_NO_VERDICT, reason);
        Failure::one(Class::Policy, diagnostic.hint("what is not judged is refused"))
    })?;
    let denials = said.found.iter().filter(|found| found.finding.severity == Severity::Deny).count();
    let references: Vec<&Given> = given.iter().collect();
    let text = match output {
        ReportForm::Text => text(&name, said, &references, denials),
        ReportForm::Json => format!("{:#}\n", report(&policies, &said, &references)),
    };
    let verdict = (denials > 0).then_some(Class::Policy);
    Ok(Product { text: text.into_bytes(), diagnostics: Vec::new(), verdict })
}

fn judges(args: &RunArgs, variables: &Variables) -> Result<Judges, Failure> {
    let RunArgs { policy, estate, settings, .. } = args;
    let config = estate.config.as_deref();
    if policy == ALL {
        if settings.is_some() {
            let diagnostic = Diagnostic::error(Code::USAGE, "`--settings` are those of one policy");
            return Err(Failure::one(Class::Usage, diagnostic.hint("name the policy, or the configuration with --config")));
        }
        let policies = counting(config, variables)?.policies;
        let name = format!("{} policies", judging(&policies).count());
        return Ok(Judges { name, policies });
    }
    let subject = Subject::find(policy, config, variables)?;
    let settings = self::settings(&subject, settings.as_deref(), config, variables)?;
    let policies = subject.configured(&settings)?.map_err(|error| {
        let message = format!("the settings are refused: {}", super::judge::chain(&error));
        Failure::one(
            Class::Context,
            Diagnostic::error(Code::CONFIGURATION_POLICIES, message).hint("see `tidegate policy inspect`"),
        )
    })?;
    Ok(Judges { name: format!("{} {}", subject.metadata.name, subject.metadata.version), policies })
}

/// Returns the names of the policies that judge objects.
fn judging(policies: &PolicySet) -> impl Iterator<Item = &str> {
    let of_objects = policies.described().filter(|(metadata, _sha256)| metadata.stages.contains(&Stage::Manifests));
    of_objects.map(|(metadata, _sha256)| metadata.name.as_str())
}

/// Returns a line for each finding, what was idle, and a summary.
fn text(name: &str, said: Said, given: &[&Given], denials: usize) -> String {
    let Said { found, idle, fuel_units: _ } = said;
    let findings = found.len();
    let mut text = String::new();
    for mut found in found {
        let at = place(&found.finding, given);
        found.finding.rule = format!("{}/{}", found.finding.policy, found.finding.rule);
        text.push_str(&format!("{}\n", shown(&found, at.as_deref())));
    }
    if !idle.is_empty() {
        text.push_str(&format!("nothing to judge for {}\n", idle.join(", ")));
    }
    text.push_str(&format!("{name}: objects {}, findings {findings}, denials {denials}\n", given.len()));
    text
}

fn report(policies: &PolicySet, said: &Said, given: &[&Given]) -> Json {
    let policies: Vec<&str> = judging(policies).collect();
    let findings: Json = said
        .found
        .iter()
        .map(|Found { finding, application: _ }| {
            json!({
                "policy": finding.policy,
                "rule": finding.rule,
                "severity": word(finding.severity),
                "subject": finding.subject,
                "path": finding.path,
                "message": finding.message,
                "help": finding.help,
                "at": place(finding, given),
            })
        })
        .collect();
    json!({"policies": policies, "objects": given.len(), "idle": said.idle, "findings": findings})
}

/// Returns the settings of a file, or those that the configuration gives the policy.
pub(super) fn settings(
    subject: &Subject,
    file: Option<&Path>,
    config: Option<&Path>,
    variables: &Variables,
) -> Result<Json, Failure> {
    if let Some(file) = file {
        return Ok(cases::documents(file)?.first().map_or_else(|| json!({}), tidegate::json::tree));
    }
    let discovered = configuration(config, variables)?;
    let settings = discovered.and_then(|mut found| found.configuration.policies.remove(&subject.metadata.name));
    Ok(settings.unwrap_or_else(|| json!({})))
}

/// Renders and judges an application.
fn application(name: &str, policies: PolicySet, args: &RunArgs, variables: &Variables) -> Result<Product, Failure> {
    let name: ApplicationName = name.parse().map_err(|error: tidegate::application::NameError| {
        let mut failure = Failure::from(error);
        failure.class = Class::Usage;
        failure
    })?;
    let (mut estate, warnings): (Estate, _) = estate::open(&args.estate, variables)?;
    estate.policies = policies;
    let wishes = Wishes { role: args.estate.role.clone(), ..Wishes::default() };
    let context = estate::context(&name, &wishes, &estate)?;
    let admitted = admit(&estate, &context, &estate::keys(&context), Purpose::Check);
    let admitted = admitted.map_err(|failure| estate::about(failure, &name, &estate).with(&warnings))?;
    let mut diagnostics = warnings;
    diagnostics.extend(admitted.notes.iter().cloned());
    Ok(Product { text: format!("{name}: passes\n").into_bytes(), diagnostics, verdict: None })
}

/// Returns the objects of a file, or of all YAML and JSON files below a directory, in the order of their paths.
pub(super) fn manifests(path: &Path) -> Result<Vec<Given>, Failure> {
    let mut files = Vec::new();
    let mut waiting = vec![path.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries = path.read_dir().into_iter().flatten().flatten().map(|entry| entry.path());
            let wanted = |path: &PathBuf| {
                let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                let yaml = [".yaml", ".yml", ".json"].iter().any(|ending| name.ends_with(ending));
                !name.starts_with('.') && !path.is_symlink() && (path.is_dir() || yaml)
            };
            waiting.extend(entries.filter(wanted));
        } else {
            files.push(path);
        }
        if files.len() > FILE_LIMIT {
            let message = format!("the directory has more than {FILE_LIMIT} files of YAML");
            return Err(Failure::one(
                Class::Source,
                Diagnostic::error(Code::SOURCE_TOO_LARGE, message).hint("name a part of it"),
            ));
        }
    }
    files.sort();
    let mut objects = Vec::new();
    for file in files {
        for node in cases::documents(&file)? {
            open(&file.display().to_string(), node, &mut objects);
        }
    }
    Ok(objects)
}

/// Adds a document, or what is in it where it is a list. A list in a list stays what it is.
fn open(file: &str, node: Node, objects: &mut Vec<Given>) {
    let items = match &node.value {
        Value::Mapping(entries) => entries.iter().find(|entry| entry.key == "items").map(|entry| &entry.value.value),
        _ => None,
    };
    match items {
        Some(Value::Sequence(items)) => {
            objects.extend(items.iter().map(|item| Given { file: file.to_owned(), node: item.clone() }));
        }
        _ => objects.push(Given { file: file.to_owned(), node }),
    }
}
