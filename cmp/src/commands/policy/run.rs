//! `policy run`: what one policy says of manifests that any tool has made, or of an application.
//!
//! Rules: a file's documents, or those of all YAML files of a directory, are one set, as an application's objects are; lists are opened. An
//! application is rendered and judged as by `check`, by this policy alone.

use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};
use tidegate::admission::{Purpose, admit};
use tidegate::application::ApplicationName;
use tidegate::context::Wishes;
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure};
use tidegate::estate::Estate;
use tidegate::policies::{PolicySet, Severity};
use tidegate::variables::Variables;
use yaml::{Node, Value};

use super::cases::{self, Given};
use super::configuration;
use super::judge::{Kind, Question, ask, place, word};
use super::subject::Subject;
use super::test::shown;
use crate::args::{ReportForm, RunArgs};
use crate::commands::{Product, estate};

/// Most files of a directory.
const FILE_LIMIT: usize = 10_000;

/// Runs the policy and reports.
pub(super) fn run(args: &RunArgs, variables: &Variables) -> Result<Product, Failure> {
    let RunArgs { policy, subject: judged, estate: estate_args, settings, environment, class, output } = args;
    let subject = Subject::find(policy, estate_args.config.as_deref(), variables)?;
    let settings = self::settings(&subject, settings.as_deref(), estate_args.config.as_deref(), variables)?;
    let policies = subject.configured(&settings)?.map_err(|error| {
        let message = format!("the settings are refused: {}", super::judge::chain(&error));
        Failure::one(
            Class::Context,
            Diagnostic::error(Code::CONFIGURATION_POLICIES, message).hint("see `tidegate policy inspect`"),
        )
    })?;
    let path = Path::new(judged);
    if path.symlink_metadata().is_err() {
        return application(judged, policies, args, variables);
    }
    let given = manifests(path)?;
    let documents: Vec<Json> = given.iter().map(|given| tidegate::json::tree(&given.node)).collect();
    let mut context = cases::default_context();
    context.environment.clone_from(environment);
    context.class.clone_from(class);
    let question = Question { context: &context, kind: Kind::Manifests, layers: &[], documents: &documents };
    let review = ask(&policies, &question).map_err(|reason| {
        let message = format!("policy `{}` gave no verdict: {reason}", subject.metadata.name);
        Failure::one(Class::Policy, Diagnostic::error(Code::POLICY_NO_VERDICT, message).hint("what is not judged is refused"))
    })?;
    let references: Vec<&Given> = given.iter().collect();
    let verdict = review.is_denied().then_some(Class::Policy);
    let text = match output {
        ReportForm::Text => {
            let mut text: String = review
                .findings
                .iter()
                .map(|finding| format!("{}\n", shown(finding, place(finding, &references).as_deref())))
                .collect();
            let denials = review.findings.iter().filter(|finding| finding.severity == Severity::Deny).count();
            text.push_str(&format!(
                "{} {}: objects {}, findings {}, denials {denials}\n",
                subject.metadata.name,
                subject.metadata.version,
                documents.len(),
                review.findings.len()
            ));
            text
        }
        ReportForm::Json => {
            let findings = review.findings.iter().map(|finding| {
                json!({
                    "rule": finding.rule,
                    "severity": word(finding.severity),
                    "subject": finding.subject,
                    "path": finding.path,
                    "message": finding.message,
                    "help": finding.help,
                    "at": place(finding, &references),
                })
            });
            let findings: Json = findings.collect();
            format!("{:#}\n", json!({"policy": subject.metadata.name, "objects": documents.len(), "findings": findings}))
        }
    };
    Ok(Product { text: text.into_bytes(), diagnostics: Vec::new(), verdict })
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
