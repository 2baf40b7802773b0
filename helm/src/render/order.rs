//! Helm's order: from rendered files to the documents of `helm template`, and to its bytes.
//!
//! In: one [`Rendered`] a template. Out: [`Document`]s, custom resource definitions first, hooks last; their stream.
//! Rules: files in the order of their names; then by kind as Helm installs, unknown kinds last; equal kinds keep their order. Notes are
//! dropped, and hooks of unknown types.
//! Not here: running templates, reading objects.

use crate::chart::process::Processed;
use crate::profile::Profile;
use crate::provenance::{Flow, Leaves, Mark, Marks};
use crate::render::head::{self, Head};
use crate::render::{Document, Part, split};
use crate::value::Text;

pub use crate::render::head::HeadError;

/// Kinds in the order Helm installs them.
///
/// # Source
/// helm `pkg/release/v1/util/kind_sorter.go`, `InstallOrder`.
const KINDS: [&str; 38] = [
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

/// Those of them that have no place in Helm 3.
const WEBHOOKS: [&str; 2] = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

/// The types of hooks there are; the last two are tests.
///
/// # Source
/// helm `pkg/release/v1/util/manifest_sorter.go`, `events`.
const HOOKS: [&str; 10] = [
    "pre-install",
    "post-install",
    "pre-delete",
    "post-delete",
    "pre-upgrade",
    "post-upgrade",
    "pre-rollback",
    "post-rollback",
    "test",
    "test-success",
];
/// The types that `--skip-tests` drops.
const TESTS: [&str; 2] = ["test", "test-success"];

/// The end of the names of files that are for people.
const NOTES: &str = "NOTES.txt";

/// What a template wrote.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The template (`chart/templates/x.yaml`).
    pub source: String,
    /// Its output.
    pub text: Text,
    /// For each line of `text` the line of the template that wrote it, from 1; 0 where none did.
    pub lines: Vec<u32>,
}

/// Which hooks are part of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tests {
    /// All.
    Keep,
    /// All but tests, as with `--skip-tests`.
    Skip,
}

/// Documents in Helm's order.
#[derive(Debug, Default)]
pub struct Arranged {
    /// The documents.
    pub documents: Vec<Document>,
    /// What the absence of documents depends on: the marks of files that came out blank and of hooks that were dropped.
    pub absent: Leaves,
}

/// A document that Helm cannot place.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("YAML parse error on {template}{}", at_line(*line))]
pub struct ArrangeError {
    /// The template.
    pub template: String,
    /// The line of the template that wrote the place; 0 where it is not known.
    pub line: u32,
    /// What is wrong, with the place in the document.
    #[source]
    pub problem: HeadError,
    /// What the document depends on.
    pub leaves: Leaves,
}

fn at_line(line: u32) -> String {
    if line == 0 { String::new() } else { format!(":{line}") }
}

/// Returns the definitions in the `crds/` of a chart and its subcharts, as `--include-crds` prints them.
///
/// # Source
/// helm `pkg/chart/v2/chart.go`, `CRDObjects`.
#[must_use]
pub fn definitions(chart: &Processed<'_>) -> Vec<Document> {
    let own = chart.chart.crds().map(|file| Document {
        source: format!("{}/{}", chart.path, file.path),
        lines: (1..).take(file.data.split(|byte| *byte == b'\n').count()).collect(),
        text: Text::plain(&file.data),
        part: Part::Crd,
    });
    own.chain(chart.subcharts.iter().flat_map(definitions)).collect()
}

/// Returns the documents of `files`, manifests first, then hooks.
///
/// # Errors
/// [`ArrangeError`] for the first document, in the order of files, that is not YAML or whose head has fields of wrong types.
///
/// # Source
/// helm `pkg/release/v1/util/manifest_sorter.go`, `SortManifests`; `pkg/action/action.go`, `renderResources`;
/// `pkg/cmd/template.go`, `isTestHook`.
pub fn arrange(mut files: Vec<Rendered>, tests: Tests, profile: Profile) -> Result<Arranged, ArrangeError> {
    files.retain(|file| !file.source.ends_with(NOTES) && !is_partial(&file.source));
    files.sort_by(|a, b| a.source.as_bytes().cmp(b.source.as_bytes()));
    let mut absent = Leaves::NONE;
    let mut placed: Vec<(String, Document)> = Vec::new();
    for file in files {
        let (pieces, blank) = split::split(&file.text, &file.lines, profile);
        absent = absent.union(&blank);
        for piece in pieces {
            let head = head::read(piece.text.as_bytes()).map_err(|problem| failure(&file.source, &piece, problem))?;
            match part(&head, tests) {
                Some(part) => {
                    let document = Document { source: file.source.clone(), text: piece.text, lines: piece.lines, part };
                    placed.push((head.kind, document));
                }
                None => absent = absent.union(&piece.text.marks().leaves()),
            }
        }
    }
    let is_hook = |document: &Document| document.part == Part::Hook;
    placed.sort_by(|(a, left), (b, right)| (is_hook(left), rank(a, profile)).cmp(&(is_hook(right), rank(b, profile))));
    Ok(Arranged { documents: placed.into_iter().map(|(_, document)| document).collect(), absent })
}

/// Says whether a file only holds what others include.
fn is_partial(source: &str) -> bool {
    source.rsplit('/').next().is_some_and(|name| name.starts_with('_'))
}

/// Returns where a kind stands: known ones in their order, then the others by name.
fn rank(kind: &str, profile: Profile) -> (usize, &str) {
    let is_placed = |known: &&str| profile.places_webhooks() || !WEBHOOKS.contains(known);
    match KINDS.iter().filter(|known| is_placed(known)).position(|known| *known == kind) {
        Some(position) => (position, ""),
        None => (KINDS.len(), kind),
    }
}

/// Returns the part of the output a document belongs to; nothing where it is dropped.
fn part(head: &Head, tests: Tests) -> Option<Part> {
    let Some(hook) = &head.hook else { return Some(Part::Manifest) };
    let mut is_test = false;
    for name in hook.split(',') {
        let name = name.trim().to_lowercase();
        if !HOOKS.contains(&name.as_str()) {
            return None;
        }
        is_test |= TESTS.contains(&name.as_str());
    }
    if is_test && tests == Tests::Skip { None } else { Some(Part::Hook) }
}

fn failure(source: &str, piece: &split::Piece, problem: HeadError) -> ArrangeError {
    let line = usize::try_from(problem.at().line.saturating_sub(1)).ok().and_then(|index| piece.lines.get(index));
    ArrangeError { template: source.to_owned(), line: line.copied().unwrap_or(0), leaves: piece.text.marks().leaves(), problem }
}

/// Returns the bytes `helm template` prints for documents in Helm's order, with their marks.
///
/// # Source
/// helm `pkg/cmd/template.go`, `newTemplateCmd`; `pkg/action/action.go`, `renderResources`.
#[must_use]
pub fn stream(documents: &[Document]) -> Text {
    let out = laid_out(documents);
    Text::marked(out.bytes, Marks::from_vec(out.marks))
}

/// Returns the bytes of [`stream`] alone.
#[must_use]
pub fn stream_bytes(documents: &[Document]) -> Vec<u8> {
    laid_out(documents).bytes
}

fn laid_out(documents: &[Document]) -> Stream {
    let bytes = documents.iter().map(|document| document.text.as_bytes().len() + document.source.len() + HEAD_BYTES).sum();
    let mut out = Stream { bytes: Vec::with_capacity(bytes), marks: Vec::new() };
    documents.iter().filter(|document| document.part != Part::Hook).for_each(|document| out.document(document));
    out.trim_end();
    out.bytes.push(b'\n');
    documents.iter().filter(|document| document.part == Part::Hook).for_each(|document| out.document(document));
    out
}

/// Bytes of a stream for each document, besides its text and its source.
const HEAD_BYTES: usize = "---\n# Source: \n\n".len();

struct Stream {
    bytes: Vec<u8>,
    marks: Vec<Mark>,
}

impl Stream {
    fn document(&mut self, document: &Document) {
        for part in [b"---\n# Source: ".as_slice(), document.source.as_bytes(), b"\n"] {
            self.bytes.extend_from_slice(part);
        }
        let base = self.bytes.len();
        let shifted = document.text.marks().as_slice().iter();
        self.marks.extend(shifted.map(|mark| Mark { start: mark.start + base, end: mark.end + base, ..mark.clone() }));
        self.bytes.extend_from_slice(document.text.as_bytes());
        self.bytes.push(b'\n');
    }

    /// Drops the white space at the end. Marks on it become empty ones.
    fn trim_end(&mut self) {
        let kept = trimmed_end(&self.bytes).len();
        self.bytes.truncate(kept);
        for mark in &mut self.marks {
            if mark.start >= kept && mark.end > kept {
                mark.flow = Flow::Derived;
            }
            mark.start = mark.start.min(kept);
            mark.end = mark.end.min(kept);
        }
    }
}

/// Returns a text without the white space at its end, as Unicode has it.
pub(super) fn trimmed_end(bytes: &[u8]) -> &[u8] {
    let mut kept = bytes;
    loop {
        // No character has more than four bytes. What stands before the last one is not looked at.
        let head = kept.iter().rposition(|byte| byte & 0xC0 != 0x80).unwrap_or(0).max(kept.len().saturating_sub(4));
        let (before, last) = kept.split_at(head);
        match std::str::from_utf8(last) {
            Ok(last) if !last.is_empty() && last.trim_end().is_empty() => kept = before,
            Ok(_) | Err(_) => return kept,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::LeafId;

    /// Returns a text whose `start..end` is an exact copy of leaf 1.
    fn marked(text: &str, start: usize, end: usize) -> Text {
        let mark = Mark { start, end, leaves: Leaves::one(LeafId(1)), flow: Flow::Exact };
        Text::marked(text.as_bytes().to_vec(), Marks::from_vec(vec![mark]))
    }

    fn file(source: &str, text: Text, lines: &[u32]) -> Rendered {
        Rendered { source: source.to_owned(), text, lines: lines.to_vec() }
    }

    fn check_stream(text: Text, part: Part, expected: (usize, usize, Flow)) {
        let document = Document { source: "x/a".to_owned(), text, lines: Vec::new(), part };
        let marks: Vec<_> = stream(&[document]).marks().as_slice().iter().map(|mark| (mark.start, mark.end, mark.flow)).collect();
        assert_eq!(marks, [expected]);
    }

    // Marks move along with their text, and stay as empty ones where the end is trimmed.
    #[test]
    fn streams_keep_marks() {
        let head = "---\n# Source: x/a\n".len();
        check_stream(marked("a: bc\n", 3, 5), Part::Manifest, (head + 3, head + 5, Flow::Exact));
        check_stream(marked("a: bc\n", 3, 5), Part::Hook, (1 + head + 3, 1 + head + 5, Flow::Exact));
        check_stream(marked("a: bc\n", 3, 6), Part::Manifest, (head + 3, head + 5, Flow::Exact));
        check_stream(marked("a: bc\n\n", 6, 7), Part::Manifest, (head + 5, head + 5, Flow::Derived));
    }

    // What is dropped leaves its leaves behind: blank files, tests, hooks of unknown types. Notes and partials are no documents.
    #[test]
    fn dropped_documents_leave_their_leaves() {
        let hook = |name: &str| format!("metadata: {{annotations: {{helm.sh/hook: {name}}}}}\n");
        let check = |source: &str, text: &str, expected: &[LeafId]| {
            let arranged = arrange(vec![file(source, marked(text, 0, 1), &[])], Tests::Skip, Profile::default()).unwrap();
            assert_eq!(arranged.documents.len(), 0, "{text}");
            assert_eq!(arranged.absent.as_slice(), expected, "{text}");
        };
        check("x/a", " \n", &[LeafId(1)]);
        check("x/a", &hook("test"), &[LeafId(1)]);
        check("x/a", &hook("nonsense"), &[LeafId(1)]);
        check("x/NOTES.txt", "text", &[]);
        check("x/_a", "text", &[]);
    }

    // A document that is not YAML is told with the line of the template that wrote the place, and what it depends on.
    #[test]
    fn faults_name_the_template_line() {
        let refused =
            arrange(vec![file("x/a", marked("\n---\na: 1\nb: [1\n", 5, 6), &[1, 1, 7, 8, 9])], Tests::Keep, Profile::default())
                .unwrap_err();
        assert_eq!((refused.to_string().as_str(), refused.line), ("YAML parse error on x/a:9", 9));
        assert_eq!(refused.leaves.as_slice(), [LeafId(1)]);
        let refused = arrange(vec![file("x/a", Text::from("kind: []\n"), &[4])], Tests::Keep, Profile::default()).unwrap_err();
        assert_eq!((refused.line, refused.problem.to_string().as_str()), (4, "`kind` must be a string"));
    }
}
