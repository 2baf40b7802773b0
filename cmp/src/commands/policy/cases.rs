//! Cases: what a policy is given in a test, and what it must say.
//!
//! In: `cases.yaml`. Out: [`Case`]s, every value with its place in the file that it stands in.
//! Rules: strict, an unknown key is an error with a did-you-mean; a text `<sealed:N>` is a sealed leaf; documents are written in the case,
//! or stand in a file beside it.

mod fields;

use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use tidegate::diagnostic::Failure;
use tidegate::policies::given::handle;
use tidegate::policies::{Context, Layer, Sealing, Severity};
use yaml::{Node, Position, Value};

pub(super) use self::fields::documents;
use self::fields::{Fields, items, text, whole};

/// The file that is read where none is named.
pub(super) const FILE: &str = "cases.yaml";

/// Most cases of one file: more belong in several.
pub(super) const CASE_LIMIT: usize = 10_000;

/// One case.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) name: String,
    /// The file, as it was named.
    pub(super) file: String,
    /// Where it begins there.
    pub(super) at: Position,
    pub(super) context: Context,
    /// The policy's settings.
    pub(super) settings: Json,
    pub(super) input: Input,
    /// What the policy must say; nothing where it must be silent.
    pub(super) expected: Vec<Expected>,
}

/// What the policy is given.
#[derive(Debug)]
pub(super) enum Input {
    /// Value files, lowest precedence first.
    Layers(Vec<(Layer, Given)>),
    /// The merged values.
    Values(Given),
    /// Objects.
    Manifests(Vec<Given>),
    /// Applications; the case is about what all of them are together.
    Fleet(Vec<Application>),
}

/// An application of a fleet.
#[derive(Debug)]
pub(super) struct Application {
    pub(super) context: Context,
    pub(super) objects: Vec<Given>,
}

/// A document with the file that it stands in.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) file: String,
    pub(super) node: Node,
}

impl Input {
    /// Returns the documents in order, those of a fleet by application.
    pub(super) fn documents(&self) -> Vec<&Given> {
        match self {
            Self::Layers(layers) => layers.iter().map(|(_, given)| given).collect(),
            Self::Values(given) => vec![given],
            Self::Manifests(objects) => objects.iter().collect(),
            Self::Fleet(applications) => applications.iter().flat_map(|application| &application.objects).collect(),
        }
    }

    /// Returns the documents that a finding counts its subject in: those of its application, or all.
    pub(super) fn documents_of(&self, application: Option<usize>) -> Vec<&Given> {
        match (self, application) {
            (Self::Fleet(applications), Some(number)) => {
                applications.get(number).map_or_else(Vec::new, |application| application.objects.iter().collect())
            }
            _ => self.documents(),
        }
    }

    /// Returns the layers without their values; none where no layers are given.
    pub(super) fn layers(&self) -> Vec<Layer> {
        match self {
            Self::Layers(layers) => layers.iter().map(|(layer, _)| layer.clone()).collect(),
            Self::Values(_) | Self::Manifests(_) | Self::Fleet(_) => Vec::new(),
        }
    }
}

/// One finding that must be there. What is left out may be anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) rule: String,
    pub(super) severity: Severity,
    /// The application of the fleet.
    pub(super) application: Option<usize>,
    pub(super) subject: Option<usize>,
    pub(super) path: Option<String>,
    /// A part of the message.
    pub(super) message: Option<String>,
    /// The end of `FILE:LINE`.
    pub(super) at: Option<String>,
    /// Where it stands in the case file.
    pub(super) written: Position,
}

/// The keys of a case.
const CASE_KEYS: [&str; 11] =
    ["name", "context", "settings", "manifests", "manifestsFile", "values", "valuesFile", "layers", "fleet", "expect", "comment"];

/// Reads a file of cases.
pub(super) fn read(path: &Path) -> Result<Vec<Case>, Failure> {
    let file = path.display().to_string();
    let documents = documents(path)?;
    let root = documents.first().ok_or_else(|| fields::refused(&file, Position::default(), "there are no cases in the file"))?;
    let mut top = Fields::of(&file, root)?.only(&["cases"])?;
    let list = items(&file, top.needed("cases")?)?;
    if list.is_empty() || list.len() > CASE_LIMIT {
        return Err(fields::refused(&file, root.span.start, &format!("a file has from 1 to {CASE_LIMIT} cases")));
    }
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    list.iter().map(|node| case(&file, &folder, node)).collect()
}

fn case(file: &str, folder: &Path, node: &Node) -> Result<Case, Failure> {
    let mut fields = Fields::of(file, node)?.only(&CASE_KEYS)?;
    let name = text(file, fields.needed("name")?)?;
    let context = fields.take("context").map_or_else(|| Ok(default_context()), |node| context(file, node))?;
    let settings = fields.take("settings").map_or_else(|| serde_json::json!({}), tidegate::json::tree);
    let input = input(file, folder, &mut fields)?;
    let expected = fields.take("expect").map_or_else(
        || Ok(Vec::new()),
        |node| items(file, node)?.iter().map(|node| expected(file, node)).collect::<Result<Vec<_>, _>>(),
    )?;
    Ok(Case { name, file: file.to_owned(), at: node.span.start, context, settings, input, expected })
}

/// Returns the context where nobody says another: production of an invented customer.
pub(super) fn default_context() -> Context {
    let text = str::to_owned;
    Context {
        environment: text("prod"),
        class: text("production"),
        customer: text("acme-corp"),
        product: text("product-a"),
        application: text("acme-corp/product-a/prod"),
        namespace: text("acme-corp-prod"),
        kube_version: text("1.33.0"),
        phase: text("policy"),
        ..Context::default()
    }
}

/// The keys of a context: texts that are always there, then those that may be, then the claims.
const CONTEXT_KEYS: [&str; 13] = [
    "environment",
    "class",
    "customer",
    "product",
    "application",
    "namespace",
    "kubeVersion",
    "phase",
    "role",
    "cluster",
    "project",
    "revision",
    "claims",
];

fn context(file: &str, node: &Node) -> Result<Context, Failure> {
    let written = |key: &str| matches!(&node.value, Value::Mapping(entries) if entries.iter().any(|entry| entry.key == key));
    let mut fields = Fields::of(file, node)?.only(&CONTEXT_KEYS)?;
    let mut context = default_context();
    let Context {
        role,
        environment,
        class,
        customer,
        product,
        cluster,
        application,
        namespace,
        project,
        revision,
        kube_version,
        phase,
        claims,
    } = &mut context;
    for (key, place) in
        CONTEXT_KEYS.iter().zip([environment, class, customer, product, application, namespace, kube_version, phase])
    {
        if let Some(node) = fields.take(key) {
            *place = text(file, node)?;
        }
    }
    for (key, place) in CONTEXT_KEYS.iter().skip(8).zip([role, cluster, project, revision]) {
        if let Some(node) = fields.take(key) {
            *place = Some(text(file, node)?);
        }
    }
    if let Some(node) = fields.take("claims") {
        for entry in Fields::of(file, node)?.entries() {
            claims.insert(entry.key.clone(), text(file, &entry.value)?);
        }
    }
    // What is not written follows from what is, as in an estate.
    if !written("application") {
        context.application = format!("{}/{}/{}", context.customer, context.product, context.environment);
    }
    if !written("namespace") {
        context.namespace = format!("{}-{}", context.customer, context.environment);
    }
    Ok(context)
}

fn here(file: &str, node: &Node) -> Given {
    Given { file: file.to_owned(), node: node.clone() }
}

/// Returns the documents of the file that is named at a node, beside the file of cases.
fn beside(file: &str, folder: &Path, node: &Node) -> Result<Vec<Given>, Failure> {
    let path: PathBuf = folder.join(text(file, node)?);
    let name = path.display().to_string();
    Ok(documents(&path)?.into_iter().map(|node| Given { file: name.clone(), node }).collect())
}

/// Returns each set of objects that is written here, or beside.
fn objects(file: &str, folder: &Path, fields: &mut Fields<'_>) -> Result<Vec<Vec<Given>>, Failure> {
    let mut given = Vec::new();
    if let Some(node) = fields.take("manifests") {
        given.push(items(file, node)?.iter().map(|node| here(file, node)).collect());
    }
    if let Some(node) = fields.take("manifestsFile") {
        given.push(beside(file, folder, node)?);
    }
    Ok(given)
}

fn application(file: &str, folder: &Path, node: &Node) -> Result<Application, Failure> {
    let mut fields = Fields::of(file, node)?.only(&["context", "manifests", "manifestsFile"])?;
    let context = fields.take("context").map_or_else(|| Ok(default_context()), |node| context(file, node))?;
    let [objects] = <[Vec<Given>; 1]>::try_from(objects(file, folder, &mut fields)?)
        .map_err(|_other| fields::refused(file, fields.at(), "an application has one of `manifests` and `manifestsFile`"))?;
    Ok(Application { context, objects })
}

fn input(file: &str, folder: &Path, fields: &mut Fields<'_>) -> Result<Input, Failure> {
    let at = fields.at();
    let mut given: Vec<Input> = objects(file, folder, fields)?.into_iter().map(Input::Manifests).collect();
    if let Some(node) = fields.take("fleet") {
        let applications = items(file, node)?.iter().map(|node| application(file, folder, node));
        given.push(Input::Fleet(applications.collect::<Result<_, _>>()?));
    }
    if let Some(node) = fields.take("values") {
        given.push(Input::Values(here(file, node)));
    }
    if let Some(node) = fields.take("valuesFile") {
        let first = beside(file, folder, node)?.into_iter().next();
        given.push(Input::Values(first.ok_or_else(|| fields::refused(file, node.span.start, "the file has no document"))?));
    }
    if let Some(node) = fields.take("layers") {
        let layers = items(file, node)?.iter().enumerate().map(|(number, node)| layer(file, folder, number, node));
        given.push(Input::Layers(layers.collect::<Result<_, _>>()?));
    }
    let [input] = <[Input; 1]>::try_from(given).map_err(|_other| {
        fields::refused(file, at, "a case has one of `manifests`, `manifestsFile`, `values`, `valuesFile`, `layers` and `fleet`")
    })?;
    Ok(input)
}

fn layer(file: &str, folder: &Path, number: usize, node: &Node) -> Result<(Layer, Given), Failure> {
    let mut fields = Fields::of(file, node)?.only(&["owner", "name", "path", "values", "valuesFile"])?;
    let owner = text(file, fields.needed("owner")?)?;
    let name = fields.take("name").map_or_else(|| Ok(format!("layer {number}")), |node| text(file, node))?;
    let path = fields.take("path").map_or_else(|| Ok(format!("layer-{number}.yaml")), |node| text(file, node))?;
    let given = match (fields.take("values"), fields.take("valuesFile")) {
        (Some(node), None) => here(file, node),
        (None, Some(node)) => {
            let first = beside(file, folder, node)?.into_iter().next();
            first.ok_or_else(|| fields::refused(file, node.span.start, "the file has no document"))?
        }
        _ => return Err(fields::refused(file, fields.at(), "a layer has `values` or `valuesFile`")),
    };
    let mut sealed_paths = Vec::new();
    sealed(&given.node, "", &mut sealed_paths);
    let sealing = if sealed_paths.is_empty() { Sealing::Open } else { Sealing::Sealed };
    Ok((Layer { name, path, owner, sealing, sealed_paths }, given))
}

/// Finds the pointers of sealed leaves. The reader bounds the depth.
fn sealed(node: &Node, pointer: &str, found: &mut Vec<String>) {
    match &node.value {
        Value::String(text) if handle(text).is_some() => found.push(pointer.to_owned()),
        Value::Sequence(items) => {
            items.iter().enumerate().for_each(|(number, item)| sealed(item, &format!("{pointer}/{number}"), found));
        }
        Value::Mapping(entries) => {
            for entry in entries {
                sealed(&entry.value, &format!("{pointer}/{}", entry.key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) | Value::Time(_) => {}
    }
}

fn expected(file: &str, node: &Node) -> Result<Expected, Failure> {
    let mut fields = Fields::of(file, node)?.only(&["rule", "severity", "application", "subject", "path", "message", "at"])?;
    let rule = text(file, fields.needed("rule")?)?;
    let severity = match fields.take("severity") {
        None => Severity::Deny,
        Some(node) => match text(file, node)?.as_str() {
            "deny" => Severity::Deny,
            "warn" => Severity::Warn,
            "info" => Severity::Info,
            _ => return Err(fields::refused(file, node.span.start, "a severity is `deny`, `warn` or `info`")),
        },
    };
    let mut words = ["path", "message", "at"].map(|key| fields.take(key)).into_iter();
    let mut word = || words.next().flatten().map(|node| text(file, node)).transpose();
    let (path, message, at) = (word()?, word()?, word()?);
    let application = fields.take("application").map(|node| whole(file, node)).transpose()?;
    let subject = fields.take("subject").map(|node| whole(file, node)).transpose()?;
    Ok(Expected { rule, severity, application, subject, path, message, at, written: node.span.start })
}

#[cfg(test)]
mod tests;
