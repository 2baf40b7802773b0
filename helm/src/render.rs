//! One render: chart and values in, documents in Helm's order out.

mod head;
pub mod order;
pub mod schema;
pub mod show;
mod split;
mod trees;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::chart::Chart;
use crate::chart::process::{DefaultLeaf, ProcessError, process};
use crate::chart::scope::{self, Capabilities, IncompatibleCluster, Release, check_cluster};
use crate::meter::Metered;
use crate::profile::Profile;
use crate::provenance::{LeafId, Leaves};
use crate::template::ast::Parsed;
use crate::template::uses::{Use, uses};
use crate::template::{Engine, ParseError, Program, Settings, Tracking, Written, check_functions, check_name};
use crate::value::{Map, Text, Value};
use crate::values::coalesce::Skipped;
use order::{ArrangeError, Tests};
use schema::{SchemaError, Schemas};
use trees::Trees;

/// One rendered document.
#[derive(Clone, Debug)]
pub struct Document {
    /// The template (`chart/templates/x.yaml`) as in helm's `# Source:` line.
    pub source: String,
    /// The document's text as helm prints it after its `# Source:` line (that line and `---` not included), with marks.
    pub text: Text,
    /// For each line of `text` the line of the template that wrote it, from 1; 0 where none did.
    pub lines: Vec<u32>,
    /// Which part of the output it belongs to.
    pub part: Part,
}

/// Which part of helm's output a document belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// From `crds/`.
    Crd,
    /// An ordinary manifest.
    Manifest,
    /// A hook.
    Hook,
}

/// A place in a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The template's name (`chart/templates/x.yaml`).
    pub template: String,
    /// Line from 1.
    pub line: u32,
    /// Column from 1.
    pub column: u32,
}

/// A template that failed.
#[derive(Debug)]
pub struct TemplateFailure {
    /// Helm's words; marked where they quote tracked leaves.
    pub message: Text,
    /// The innermost place.
    pub at: Site,
    /// The calls that led there, outermost first.
    pub chain: Vec<Site>,
    /// The value path the failing operand reads (`.Values.a.b`), where it reads one.
    pub value_path: Option<String>,
    /// What the failure, or that it happened at all, depends on.
    pub leaves: Leaves,
}

/// Where randomness and time come from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Randomness {
    /// A constant stands in, tracked as a pseudo-leaf: whoever prints the output refuses it there.
    Refuse,
    /// Always the same for the same key and call: results are tracked as pseudo-leaves, which the caller treats as sealed leaves.
    Seeded {
        /// What all draws of this render come from: the operator's salt, the application's dimensions and the chart.
        key: [u8; 32],
        /// The time, in seconds and nanoseconds since the epoch: certificates begin then.
        now: (i64, u32),
    },
    /// As helm: from what the caller hands in.
    Helm {
        /// Seed of the generator.
        seed: [u8; 32],
        /// Seconds and nanoseconds since the epoch.
        now: (i64, u32),
    },
}

impl fmt::Debug for Randomness {
    /// Prints neither key nor seed.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Refuse => "Refuse",
            Self::Seeded { .. } => "Seeded",
            Self::Helm { .. } => "Helm",
        })
    }
}

/// What hash functions hash.
#[derive(Clone, Debug)]
pub enum Hashes {
    /// The bytes, as helm does.
    Plain,
    /// Every range that depends on these leaves replaced by their digests. The leaves listed are those that are sealed.
    Ciphertext(Arc<BTreeMap<LeafId, Vec<u8>>>),
}

/// What one render may cost.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Nested calls of templates (`include`, `template`, `tpl`), as helm's 1000.
    pub depth: usize,
    /// Work, in steps of some 200 ns: executed nodes, commands and loop turns, and what functions look at.
    pub steps: u64,
    /// Work of making keys and hashing passwords, in the same steps, counted apart.
    pub key_steps: u64,
    /// Bytes of any single text, one template's output among them.
    pub text_bytes: usize,
    /// Bytes of the outputs of all templates together, with four more for each line.
    pub output_bytes: usize,
    /// Bytes that values and outputs take at a time.
    pub memory_bytes: usize,
}

/// Calls of templates within one another: Helm's own limit.
const DEPTH: usize = 1000;
/// Steps of a render, less than a second: the largest public charts take an eighth, those that parse two megabytes of definitions half.
const STEPS: u64 = 4_000_000;
/// Steps of making keys, some seconds: one RSA key of 4096 bits takes 5 million, and no chart makes many.
const KEY_STEPS: u64 = 25_000_000;
/// Bytes of a text: four times what is read of one document afterwards.
const TEXT_BYTES: usize = 16 << 20;
/// Bytes of all outputs: the largest public charts print 5 MiB, and etcd takes 1.5 MiB of one object.
const OUTPUT_BYTES: usize = 32 << 20;
/// Bytes of values: a function may need as much again while it runs, and all of it must stay below 256 MiB.
const MEMORY_BYTES: usize = 80 << 20;
/// What a line of output takes besides its text: the number of its template's line.
pub(crate) const LINE_BYTES: usize = size_of::<u32>();

impl Default for Budget {
    fn default() -> Self {
        Self {
            depth: DEPTH,
            steps: STEPS,
            key_steps: KEY_STEPS,
            text_bytes: TEXT_BYTES,
            output_bytes: OUTPUT_BYTES,
            memory_bytes: MEMORY_BYTES,
        }
    }
}

/// A call of a random, time or crypto function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChanceCall {
    /// Its pseudo-leaf.
    pub leaf: LeafId,
    /// The function.
    pub function: &'static str,
    /// Where it was called.
    pub at: Site,
}

/// A chart whose templates are parsed once: `Send + Sync`, shared between renders.
#[derive(Debug)]
pub struct Prepared {
    chart: Chart,
    trees: Trees,
}

impl Prepared {
    /// Makes room for the trees of the templates of a chart and its subcharts. Each is parsed by the first render that uses it, and a
    /// mistake in it counts there: subcharts that are switched off cost nothing.
    #[must_use]
    pub fn new(chart: Chart) -> Self {
        Self { trees: Trees::of(&chart), chart }
    }

    /// Returns which functions each template of the chart and its subcharts uses, in the order of names; nothing is run.
    #[must_use]
    pub fn uses(&self) -> Vec<TemplateUses> {
        let mut found = Vec::new();
        let mut waiting = vec![(self.chart.metadata.name.clone(), &self.chart)];
        while let Some((path, chart)) = waiting.pop() {
            for file in &chart.templates {
                let parsed = self.trees.get(&file.data);
                found.push(TemplateUses { template: format!("{path}/{}", file.path), uses: parsed.map(|parsed| uses(&parsed)) });
            }
            waiting.extend(chart.dependencies.iter().map(|below| (format!("{path}/charts/{}", below.metadata.name), below)));
        }
        found.sort_by(|a, b| a.template.cmp(&b.template));
        found
    }

    /// Returns the chart.
    #[must_use]
    pub fn chart(&self) -> &Chart {
        &self.chart
    }
}

/// The functions of one template.
#[derive(Debug)]
pub struct TemplateUses {
    /// The template (`chart/templates/x.yaml`).
    pub template: String,
    /// Where it uses which, or why it is malformed.
    pub uses: Result<Vec<Use>, ParseError>,
}

/// What a render is asked for, besides chart and values.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which helm is followed.
    pub profile: Profile,
    /// `.Release`.
    pub release: Release,
    /// `.Capabilities`.
    pub capabilities: Capabilities,
    /// Whether `crds/` is part of the output.
    pub definitions: Definitions,
    /// Whether tests are.
    pub tests: Tests,
    /// Whether values are checked against the charts' schemas.
    pub schemas: Schemas,
    /// Random, time and crypto functions.
    pub randomness: Randomness,
    /// What hashes hash, and with it which leaves are sealed.
    pub hashes: Hashes,
    /// Bounds.
    pub budget: Budget,
    /// The first leaf that is free: random and time results become leaves from here on.
    pub first_pseudo_leaf: u32,
}

/// Whether `crds/` is part of the output, as `--include-crds` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Definitions {
    /// First, raw.
    Include,
    /// Left out.
    Skip,
}

/// What a render gave.
#[derive(Debug)]
pub struct Outcome {
    /// The documents in Helm's order.
    pub documents: Vec<Document>,
    /// What it depends on that other documents are *not* there.
    pub absent: Leaves,
    /// Calls of random, time and crypto functions.
    pub chance: Vec<ChanceCall>,
    /// Where `lookup` was called: template and line.
    pub lookups: BTreeSet<(String, u32)>,
    /// Values that could not be merged into the chart's.
    pub skipped: Vec<Skipped>,
}

/// Why a chart cannot be rendered with these values.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The chart and the values do not go together.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// The values are not what the charts' schemas allow.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The chart is not for this cluster.
    #[error(transparent)]
    Cluster(#[from] IncompatibleCluster),
    /// A template is malformed.
    #[error("{problem}")]
    Parse {
        /// Where.
        at: Site,
        /// Go's words.
        problem: ParseError,
    },
    /// A template failed.
    #[error("the template failed")]
    Template(Box<TemplateFailure>),
    /// What a template printed cannot be placed.
    #[error(transparent)]
    Arrange(#[from] ArrangeError),
}

/// Returns the documents of a chart with the values `given`: those of the user, nulls kept, without the chart's defaults.
///
/// `leaf` is asked who the leaves of the chart's default values are.
///
/// # Errors
/// [`RenderError`], the first.
///
/// # Source
/// helm `pkg/action/install.go`, `RunWithContext`; `pkg/engine/engine.go`, `render`.
pub fn render(prepared: &Prepared, given: &Map, options: &Options, leaf: &mut DefaultLeaf<'_>) -> Result<Outcome, RenderError> {
    let _metered = Metered::start(options.budget.memory_bytes, options.budget.steps);
    let mut defaults_tracked = false;
    let resolved = process(&prepared.chart, given, options.profile, &mut |file, node| {
        let found = leaf(file, node);
        defaults_tracked |= found.is_some();
        found
    })?;
    if options.schemas == Schemas::Check {
        schema::validate(&resolved)?;
    }
    check_cluster(&prepared.chart, &options.capabilities, options.profile)?;
    let scoped = scope::templates(&resolved, options);
    prepared.trees.parse_all(scoped.iter().map(|template| template.text));
    let mut parsed = Vec::new();
    for template in &scoped {
        let tree = prepared.trees.get(template.text);
        let site = |at: yaml::Position| Site { template: template.name.clone(), line: at.line, column: at.column };
        let checked = tree.and_then(|tree| check(&template.name, &tree, options.profile).map(|()| tree));
        parsed.push(checked.map_err(|problem| RenderError::Parse { at: site(problem.at), problem })?);
    }
    let program = Program::new(scoped.iter().map(|template| template.name.as_str()).zip(&parsed));
    let tracked = defaults_tracked || !Value::map(given.clone()).all_leaves().is_empty() || !resolved.removed_by.is_empty();
    let settings = Settings {
        profile: options.profile,
        budget: options.budget,
        hashes: options.hashes.clone(),
        randomness: options.randomness,
        first_pseudo_leaf: options.first_pseudo_leaf,
        tracking: if tracked { Tracking::Some } else { Tracking::None },
    };
    let mut engine = Engine::new(&settings);
    let mut files = Vec::new();
    for template in scoped.iter().filter(|template| !template.is_partial()) {
        let written = engine.under(&template.decided_by, |engine| program.run(engine, &template.name, template.dot()));
        let Written { text, lines } = written.map_err(RenderError::Template)?;
        engine.printed(&template.name, text.as_bytes().len() + lines.len() * LINE_BYTES).map_err(RenderError::Template)?;
        files.push(order::Rendered { source: template.name.clone(), text, lines });
    }
    let arranged = order::arrange(files, options.tests, options.profile)?;
    let mut documents = match options.definitions {
        Definitions::Include => order::definitions(&resolved.root),
        Definitions::Skip => Vec::new(),
    };
    documents.extend(arranged.documents);
    let (chance, lookups) = engine.into_records();
    let absent = arranged.absent.union(&resolved.removed_by);
    Ok(Outcome { documents, absent, chance, lookups, skipped: resolved.skipped })
}

/// Checks what parsing alone cannot: a file's name, and which functions there are.
fn check(name: &str, parsed: &Parsed, profile: Profile) -> Result<(), ParseError> {
    check_functions(profile, parsed)?;
    check_name(name, parsed)
}
