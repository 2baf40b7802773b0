//! `policy test`: a policy is asked each case of a file, and must say what the case expects, no more and no less.
//!
//! Rules: findings may come in any order; one that no case expects fails it; a policy without a verdict fails it; a rule that no case makes
//! fire is told, and fails with `--strict`. With `--mutate` the passing cases are changed until each rule fires ([`mutate`]).

mod mutate;
mod report;
mod watch;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use tidegate::diagnostic::{Class, Code, Diagnostic, Failure};
use tidegate::policies::{ConfigureError, Finding, Layer, PolicySet};
use tidegate::variables::Variables;

use super::cases::{self, Case, Expected, Input};
use super::judge::{self, Found, Question, Said, ask, place};
use super::subject::Subject;
use crate::args::TestArgs;
use crate::commands::Product;

/// What came of one case.
struct Outcome {
    name: String,
    /// `cases.yaml:3`.
    at: String,
    /// What is wrong, one line each; nothing where it passes.
    problems: Vec<String>,
}

/// What came of all of them.
struct Tested {
    policy: String,
    outcomes: Vec<Outcome>,
    /// Rules that no case makes fire.
    unexercised: Vec<String>,
    mutated: Option<mutate::Mutated>,
    /// Whether all is well, by what was asked for.
    passed: bool,
}

/// Runs the cases and reports; again and again with `--watch`.
pub(super) fn run(args: &TestArgs, variables: &Variables) -> Result<Product, Failure> {
    if args.watch { watch::run(args, variables) } else { once(args, variables) }
}

fn once(args: &TestArgs, variables: &Variables) -> Result<Product, Failure> {
    let TestArgs { policy, cases, config, strict, mutate, watch: _, output } = args;
    let file = case_file(policy, cases.as_deref())?;
    let cases = cases::read(&file)?;
    let subject = Subject::find(policy, config.as_deref(), variables)?;
    let mut fired = BTreeSet::new();
    let outcomes: Vec<Outcome> = cases.iter().map(|case| outcome(&subject, case, &mut fired)).collect::<Result<_, _>>()?;
    let rules = subject.metadata.rules.iter().map(|rule| rule.name.clone());
    let unexercised: Vec<String> = rules.filter(|rule| !fired.contains(rule)).collect();
    let mutated = mutate.then(|| mutate::run(&subject, &cases)).transpose()?;
    let passed = outcomes.iter().all(|outcome| outcome.problems.is_empty())
        && (unexercised.is_empty() || !strict)
        && mutated.as_ref().is_none_or(mutate::Mutated::passed);
    let policy = format!("{} {}", subject.metadata.name, subject.metadata.version);
    let tested = Tested { policy, outcomes, unexercised, mutated, passed };
    let verdict = (!tested.passed).then_some(Class::Policy);
    Ok(Product { text: report::written(&tested, *output).into_bytes(), diagnostics: Vec::new(), verdict })
}

/// Returns the file of cases: the one that was named, else the one in the policy's directory.
fn case_file(policy: &str, named: Option<&Path>) -> Result<PathBuf, Failure> {
    match named {
        Some(file) => Ok(file.to_owned()),
        None if Path::new(policy).is_dir() => Ok(Path::new(policy).join(cases::FILE)),
        None => {
            let message = format!("`{policy}` is no directory, so there is no `{}` in it", cases::FILE);
            Err(Failure::one(Class::Usage, Diagnostic::error(Code::USAGE, message).hint("name the cases with --cases FILE")))
        }
    }
}

/// Returns the policy with a case's settings; the inner error is what it has against them.
pub(super) fn configured(subject: &Subject, case: &Case) -> Result<Result<PolicySet, Vec<String>>, Failure> {
    Ok(subject.configured(&case.settings)?.map_err(|error| match error {
        ConfigureError::Settings(problems) => problems.iter().map(|problem| format!("settings: {problem}")).collect(),
        other => vec![judge::chain(&other)],
    }))
}

fn outcome(subject: &Subject, case: &Case, fired: &mut BTreeSet<String>) -> Result<Outcome, Failure> {
    let problems = match configured(subject, case)? {
        Err(problems) => problems,
        Ok(policies) => {
            let layers = case.input.layers();
            let documents: Vec<Json> = case.input.documents().iter().map(|given| tidegate::json::tree(&given.node)).collect();
            match put(&policies, case, &layers, &documents) {
                Err(reason) => vec![format!("no verdict: {reason}")],
                Ok(said) => {
                    fired.extend(said.found.iter().map(|found| found.finding.rule.clone()));
                    differences(case, &said.found)
                }
            }
        }
    };
    Ok(Outcome { name: case.name.clone(), at: format!("{}:{}", case.file, case.at.line), problems })
}

/// Puts a case's question with these layers and documents, which are its own or stand for them.
pub(super) fn put(policies: &PolicySet, case: &Case, layers: &[Layer], documents: &[Json]) -> Result<Said, String> {
    let context = &case.context;
    match &case.input {
        Input::Layers(_) => ask(policies, &Question::Layers(context, layers, documents)),
        Input::Values(_) => ask(policies, &Question::Values(context, documents)),
        Input::Manifests(_) => ask(policies, &Question::Manifests(context, documents)),
        Input::Fleet(applications) => {
            let mut left = documents;
            let mut given = Vec::new();
            for application in applications {
                let (own, others) = left.split_at(application.objects.len().min(left.len()));
                given.push((&application.context, own));
                left = others;
            }
            ask(policies, &Question::Fleet(&given))
        }
    }
}

/// Returns what is expected and not there, then what is there and not expected.
fn differences(case: &Case, found: &[Found]) -> Vec<String> {
    let placed = |found: &Found| place(&found.finding, &case.input.documents_of(found.application));
    let mut left: Vec<(&Found, Option<String>)> = found.iter().map(|found| (found, placed(found))).collect();
    let mut expected: Vec<&Expected> = case.expected.iter().collect();
    // Those that say most choose first, so that one that says little takes what is left.
    expected.sort_by_key(|expected| std::cmp::Reverse(says(expected)));
    let mut problems = Vec::new();
    for expected in expected {
        match left.iter().position(|(found, at)| is(found, at.as_deref(), expected)) {
            Some(found) => {
                left.remove(found);
            }
            None => problems.push(format!("missing  {}  ({}:{})", line(expected), case.file, expected.written.line)),
        }
    }
    problems.extend(left.iter().map(|(found, at)| format!("extra    {}", shown(found, at.as_deref()))));
    problems
}

fn says(expected: &Expected) -> usize {
    let Expected { rule: _, severity: _, application, subject, path, message, at, written: _ } = expected;
    [application.is_some(), subject.is_some(), path.is_some(), message.is_some(), at.is_some()]
        .iter()
        .filter(|said| **said)
        .count()
}

fn is(found: &Found, at: Option<&str>, expected: &Expected) -> bool {
    let Found { finding, application: of } = found;
    let Expected { rule, severity, application, subject, path, message, at: place, written: _ } = expected;
    finding.rule == *rule
        && finding.severity == *severity
        && application.is_none_or(|application| *of == Some(application))
        && subject.is_none_or(|subject| finding.subject == Some(subject))
        && path.as_ref().is_none_or(|path| finding.path == *path)
        && message.as_ref().is_none_or(|part| finding.message.contains(part))
        && place.as_ref().is_none_or(|place| at.is_some_and(|at| at == place || at.ends_with(&format!("/{place}"))))
}

fn line(expected: &Expected) -> String {
    let Expected { rule, severity, application, subject, path, message, at, written: _ } = expected;
    let subject = subject_of(*application, *subject);
    let word = |text: &Option<String>| text.as_ref().map_or_else(String::new, |text| format!(" {text}"));
    let message = message.as_ref().map_or_else(String::new, |text| format!(": {text}"));
    format!("{} {rule}{subject}{}{message}{}", judge::word(*severity), word(path), word(at))
}

fn subject_of(application: Option<usize>, document: Option<usize>) -> String {
    let word = |what: &str, number: Option<usize>| number.map_or_else(String::new, |number| format!(" {what} {number}"));
    format!("{}{}", word("application", application), word("document", document))
}

/// Returns a finding in one line.
pub(super) fn shown(found: &Found, at: Option<&str>) -> String {
    let Found { finding: Finding { policy: _, rule, severity, subject, path, message, help: _ }, application } = found;
    let subject = subject_of(*application, *subject);
    let at = at.map_or_else(String::new, |at| format!("  ({at})"));
    let path = tidegate::report::sink::clean(path);
    format!("{} {rule}{subject} {path}: {message}{at}", judge::word(*severity))
}
