//! Asked: what policies are told of context, layers and documents.
//!
//! In: facts that were checked, and documents on a tape. Out: the contract's types.
//! Rules: documents are built once for all policies; JSON is made of the tape where a policy asks for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use engine::metadata::Encoding;
use tape::{Builder, Node, Tape, View};

use super::failure::{PolicyFailure, Reason};
use super::guest::types::{self, DocumentSet};
use super::review::Fact;

/// What is rendered, for whom. Facts that were checked before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// The acting role, where one was given.
    pub role: Option<String>,
    /// The environment.
    pub environment: String,
    /// Its class, which rules go by.
    pub class: String,
    /// The customer.
    pub customer: String,
    /// The product.
    pub product: String,
    /// The cluster, where it is known.
    pub cluster: Option<String>,
    /// The application's name.
    pub application: String,
    /// Its namespace.
    pub namespace: String,
    /// Argo CD's project, where Argo CD asks.
    pub project: Option<String>,
    /// The commit, where it is known.
    pub revision: Option<String>,
    /// The version of Kubernetes that it is rendered for.
    pub kube_version: String,
    /// The command that asks.
    pub phase: String,
    /// Free facts from metadata.yaml.
    pub claims: BTreeMap<String, String>,
}

/// One value file before the merge; its values are the document with the same number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Its name in the configuration.
    pub name: String,
    /// Its path in the repository.
    pub path: String,
    /// The role of its writers.
    pub owner: String,
    /// How it lies in the repository.
    pub sealing: Sealing,
    /// The JSON pointers of its sealed leaves.
    pub sealed_paths: Vec<String>,
}

/// How a file lies in the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealing {
    /// As plain text.
    Open,
    /// Sealed by SOPS.
    Sealed,
}

/// Documents that are to be judged, sealed leaves as handles.
#[derive(Debug)]
pub struct Documents {
    tape: DocumentSet,
    json: OnceLock<DocumentSet>,
    count: usize,
}

impl Documents {
    /// Takes documents from a tape's builder.
    ///
    /// # Errors
    /// They are larger than a tape can be.
    pub fn new(builder: Builder) -> Result<Documents, PolicyFailure> {
        let failed = |reason| PolicyFailure { policy: "every policy".to_owned(), stage: None, reason };
        let bytes = builder.finish().map_err(|error| failed(Reason::Tape(error)))?;
        let count = Tape::read(&bytes).map_err(|error| failed(Reason::Tape(error)))?.len();
        Ok(Documents { tape: DocumentSet::Tape(bytes), json: OnceLock::new(), count })
    }

    /// Returns how many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Returns whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Returns the documents as a policy wants them.
    pub(super) fn encoded(&self, encoding: Encoding) -> &DocumentSet {
        match encoding {
            Encoding::Tape => &self.tape,
            Encoding::Json => self.json.get_or_init(|| DocumentSet::Json(self.json())),
        }
    }

    /// Returns each document as JSON, sealed leaves as handles.
    #[must_use]
    pub fn json(&self) -> Vec<String> {
        self.read(|tape, root| tape.json(root))
    }

    /// Returns `group/Kind` of each object, `Kind` in the core group; nothing for what does not say its kind.
    pub(super) fn kinds(&self) -> BTreeSet<Option<String>> {
        self.read(kind).into_iter().collect()
    }

    fn read<T>(&self, each: impl Fn(&Tape<'_>, Node) -> T) -> Vec<T> {
        let DocumentSet::Tape(bytes) = &self.tape else { return Vec::new() };
        // It was read when it was made.
        let Ok(tape) = Tape::read(bytes) else { return Vec::new() };
        (0..tape.len()).filter_map(|number| tape.document(number)).map(|root| each(&tape, root)).collect()
    }
}

/// Returns how many bytes a guest is handed.
pub(super) fn bytes(documents: &DocumentSet) -> usize {
    match documents {
        DocumentSet::Tape(bytes) => bytes.len(),
        DocumentSet::Json(documents) => documents.iter().map(String::len).sum(),
    }
}

fn kind(tape: &Tape<'_>, root: Node) -> Option<String> {
    let word = |key: &str| match tape.view(tape.get(root, key)?) {
        View::Text(text) => Some(text),
        _ => None,
    };
    let (api_version, kind) = (word("apiVersion")?, word("kind")?);
    Some(match api_version.split_once('/') {
        Some((group, _version)) => format!("{group}/{kind}"),
        None => kind.to_owned(),
    })
}

impl Context {
    pub(super) fn for_guests(&self) -> types::Context {
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
        } = self.clone();
        let claims = claims.into_iter().collect();
        types::Context {
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
        }
    }
}

impl Layer {
    pub(super) fn for_guests(&self) -> types::Layer {
        let Layer { name, path, owner, sealing, sealed_paths } = self.clone();
        types::Layer { name, path, owner, sealed: sealing == Sealing::Sealed, sealed_paths }
    }
}

/// Returns an application with a policy's facts of it.
pub(super) fn member(context: &Context, facts: Option<&Vec<Fact>>) -> types::Member {
    let fact = |fact: &Fact| types::Fact {
        key: fact.key.clone(),
        value: fact.value.clone(),
        subject: fact.subject.and_then(|subject| u32::try_from(subject).ok()),
        path: fact.path.clone(),
    };
    types::Member { context: context.for_guests(), facts: facts.into_iter().flatten().map(fact).collect() }
}
