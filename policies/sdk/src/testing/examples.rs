//! Examples: the fenced YAML of a policy's page, judged by the policy.
//!
//! In: a page of docs/policies and the policy's metadata. Out: a panic where they part.
//! Rules: a fence opens with `` ```yaml settings ``, `` ```yaml good `` or `` ```yaml bad rules: a, b ``. Settings hold for the examples
//! below them. A good example has no findings; a bad one has findings of exactly the rules it lists. Before `rules:` may stand
//! `stage=values`, `stage=layer`, `owner=ROLE`, `role=ROLE`, `class=CLASS`, `environment=NAME`, `kube=VERSION`; without them it is about manifests
//! in production. Every rule and setting of the metadata has a line in a table of the page.
//! Not here: examples of rules over the fleet.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{configured, context, judge_layers, judge_manifests, judge_values};
use crate::contract::{Context, Finding, Layer};
use crate::policy::Policy;

/// What opens the fences that are read.
const FENCE: &str = "```yaml ";

/// What closes a fence.
const CLOSE: &str = "```";

/// What an example is.
#[derive(Debug, PartialEq)]
enum Verdict {
    Good,
    Bad(BTreeSet<String>),
}

/// Where the text of an example stands.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    Layer,
    Values,
    Manifests,
}

/// One fence with what holds for it.
#[derive(Debug)]
struct Example {
    line: usize,
    verdict: Verdict,
    stage: Stage,
    owner: String,
    context: Context,
    settings: Value,
    documents: Vec<Value>,
}

/// Judges the examples of a page and looks for the metadata's rules and settings in its tables.
pub fn examples<P: Policy>(page: &str, metadata: &str) {
    let metadata: Value = serde_json::from_str(metadata).unwrap_or_else(|error| panic!("policy.json: {error}"));
    for name in names(&metadata) {
        assert!(page.lines().any(|line| line.starts_with(&format!("| `{name}` |"))), "the page has no table line for `{name}`");
    }
    let examples = read(page);
    assert!(examples.iter().any(|example| example.verdict == Verdict::Good), "the page has no good example");
    assert!(examples.iter().any(|example| example.verdict != Verdict::Good), "the page has no bad example");
    for example in &examples {
        let findings = judge::<P>(example);
        let fired: BTreeSet<String> = findings.iter().map(|finding| finding.rule.clone()).collect();
        let want = match &example.verdict {
            Verdict::Good => &BTreeSet::new(),
            Verdict::Bad(rules) => rules,
        };
        assert_eq!(&fired, want, "the example of line {}: {:#?}", example.line, super::lines(&findings));
    }
}

/// Returns the names of all rules and settings.
fn names(metadata: &Value) -> Vec<&str> {
    let rules = metadata.pointer("/rules").and_then(Value::as_array).into_iter().flatten();
    let settings = metadata.pointer("/settings/properties").and_then(Value::as_object).into_iter().flatten();
    let rules = rules.filter_map(|rule| rule.get("name").and_then(Value::as_str));
    rules.chain(settings.map(|(name, _schema)| name.as_str())).collect()
}

fn judge<P: Policy>(example: &Example) -> Vec<Finding> {
    let policy: P = configured(&example.settings);
    let documents = example.documents.as_slice();
    match example.stage {
        Stage::Manifests => judge_manifests(&policy, &example.context, documents).findings,
        Stage::Values => documents.iter().flat_map(|values| judge_values(&policy, &example.context, values)).collect(),
        Stage::Layer => {
            let layer = |path: String| Layer {
                name: path.clone(),
                path,
                owner: example.owner.clone(),
                sealed: false,
                sealed_paths: Vec::new(),
            };
            let layers =
                documents.iter().enumerate().map(|(number, values)| (layer(format!("layer-{number}.yaml")), values.clone()));
            judge_layers(&policy, &example.context, &layers.collect::<Vec<_>>())
        }
    }
}

/// Reads the fences of a page.
fn read(page: &str) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut settings = Value::Object(serde_json::Map::new());
    let mut lines = page.lines().zip(1_usize..);
    while let Some((opening, line)) = lines.next() {
        let Some(words) = opening.strip_prefix(FENCE) else {
            continue;
        };
        let body: Vec<&str> = lines.by_ref().map(|(text, _line)| text).take_while(|text| *text != CLOSE).collect();
        let documents: Vec<Value> =
            serde_saphyr::from_multiple(&body.join("\n")).unwrap_or_else(|error| panic!("line {line}: {error}"));
        if words == "settings" {
            settings = documents.into_iter().next().unwrap_or_else(|| panic!("line {line}: there are no settings"));
        } else {
            examples.push(example(words, line, (documents, settings.clone())));
        }
    }
    examples
}

/// Reads what a fence says of itself.
fn example(words: &str, line: usize, (documents, settings): (Vec<Value>, Value)) -> Example {
    let (words, rules) = words.split_once("rules:").unwrap_or((words, ""));
    let rules: BTreeSet<String> = rules.split(',').map(|rule| rule.trim().to_owned()).filter(|rule| !rule.is_empty()).collect();
    let mut words = words.split_whitespace();
    let verdict = match words.next() {
        Some("good") if rules.is_empty() => Verdict::Good,
        Some("bad") if !rules.is_empty() => Verdict::Bad(rules),
        other => panic!("line {line}: {other:?} is not `good`, `bad rules: ..` or `settings`"),
    };
    let mut example = Example {
        line,
        verdict,
        stage: Stage::Manifests,
        owner: String::new(),
        context: context("prod-eu", "production"),
        settings,
        documents,
    };
    for word in words {
        match word.split_once('=') {
            Some(("stage", "layer")) => example.stage = Stage::Layer,
            Some(("stage", "values")) => example.stage = Stage::Values,
            Some(("owner", owner)) => owner.clone_into(&mut example.owner),
            Some(("role", role)) => example.context.role = Some(role.to_owned()),
            Some(("class", class)) => class.clone_into(&mut example.context.class),
            Some(("kube", version)) => version.clone_into(&mut example.context.kube_version),
            Some(("environment", name)) => {
                example.context = Context { class: example.context.class, role: example.context.role, ..context(name, "") };
            }
            _ => panic!("line {line}: `{word}` is no option of an example"),
        }
    }
    example
}

#[cfg(test)]
mod tests {
    use super::{Stage, Verdict, read};

    const PAGE: &str = "# A\n\n```yaml good class=development kube=1.20.0\na: 1\n---\na: 2\n```\n\n```yaml settings\nlimit: 1\n```\n\n\
        ```sh\nls\n```\n\n```yaml bad stage=layer owner=developer rules: one, two\na: [3]\n```\n";

    /// Fences are read with their options and the settings above them; other fences are not examples.
    #[test]
    fn fences_are_read() {
        let read = read(PAGE);
        let [good, bad] = read.as_slice() else { panic!("{read:?}") };
        assert_eq!((good.line, &good.verdict, good.stage, good.documents.len()), (3, &Verdict::Good, Stage::Manifests, 2));
        assert_eq!((good.context.class.as_str(), good.context.kube_version.as_str()), ("development", "1.20.0"));
        assert!(good.settings.as_object().unwrap().is_empty());
        assert_eq!(bad.verdict, Verdict::Bad(["one".to_owned(), "two".to_owned()].into()));
        assert_eq!((bad.stage, bad.owner.as_str(), &bad.settings["limit"]), (Stage::Layer, "developer", &1.into()));
        assert_eq!(bad.context.class, "production");
    }
}
