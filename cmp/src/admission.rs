//! Admission: the way of the data, from an application to objects that every stage has passed.
//!
//! In: [`Estate`], [`Context`], [`Keys`], [`Purpose`]. Out: [`Admitted`], which nothing else makes.
//! Rules: `layers -> secrets -> merge -> schema, policies -> chart -> validate -> sealed -> policies`, in this order, the first stage that
//! fails ends it; a finding is explained by a second render in which every value is tracked, so that a clean one stays fast.
//! Not here: who asks (`context`), writing (`emit`), masking (`mask`).

mod evidence;
mod findings;
mod fleet;
mod rendering;

use std::collections::BTreeSet;
use std::io::Write;

use engine::metadata::Stage;
use helm::provenance::Leaves;
use helm::render::Document;
use helm::render::order::{stream, stream_bytes};
use yaml::LeafId;

use crate::configuration::Emission;
use crate::context::{Context, Keys};
use crate::diagnostic::{Class, Code, Diagnostic, Failure, Place, StageError};
use crate::emit::{self, Empty, Reviewed};
use crate::estate::Estate;
use crate::mask;
use crate::schema::Schema;
use crate::sealed::search::OpenedValue;
use crate::sealed::{self, Watch, search};
use crate::validate::scope::{self, Allowed};
use crate::validate::{self, Manifests};
use crate::values::{self, Values};
use findings::Bench;
pub use fleet::{Member, findings_of_fleet};
use rendering::{Rendered, Rendering};

/// Why an application is looked at; policies see it as the phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A person's own look: secrets in a Secret are masked, not refused.
    Render,
    /// Would the plugin take it?
    Check,
    /// The plugin itself.
    Generate,
}

impl Purpose {
    fn phase(self) -> &'static str {
        match self {
            Self::Render => "render",
            Self::Check => "check",
            Self::Generate => "generate",
        }
    }
}

/// An application that has passed every stage.
pub struct Admitted<'a> {
    reviewed: Reviewed,
    documents: Vec<Document>,
    sealed: BTreeSet<LeafId>,
    rendering: Rendering<'a>,
    /// What it consists of.
    pub summary: Summary,
    /// Warnings and notes of all stages.
    pub notes: Vec<Diagnostic>,
    /// What it adds to the judgement of the fleet.
    pub member: Member,
}

/// What an admitted application consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Value files that are there.
    pub layers: usize,
    /// Objects.
    pub objects: usize,
    /// Policies that judged it.
    pub policies: usize,
}

/// Takes an application through all stages.
///
/// # Errors
/// The [`Failure`] of the first stage that fails, with everything that stage has found.
pub fn admit<'a>(estate: &'a Estate, context: &'a Context, keys: &Keys, purpose: Purpose) -> Result<Admitted<'a>, Failure> {
    let values = values::collect(estate, context, keys)?;
    let mut notes = judge_values(estate, context, &values, purpose)?;
    // What was said before a failure is said with it: who looks for waivers in use must see them.
    let said = notes.clone();
    let with_said = |failure: Failure| failure.with(&said);
    let rendering = Rendering::new(estate, context, values, keys).map_err(with_said)?;
    let rendered = rendering.render().map_err(with_said)?;
    let manifests = objects(&rendering, &rendered, purpose).map_err(|failure| with_said(rendering.unseeded(failure)))?;
    let (more, member) = judge_objects(&rendering, &manifests, &rendered.sealed, purpose).map_err(with_said)?;
    notes.extend(more);
    let Rendered { outcome, sealed, drawn: _, chance: _ } = rendered;
    notes.extend(rendering.notes(&outcome));
    let summary = Summary {
        layers: rendering.values.layers.len(),
        objects: manifests.objects.len(),
        policies: estate.policies.described().count(),
    };
    Ok(Admitted { reviewed: Reviewed::of(&manifests), documents: outcome.documents, sealed, rendering, summary, notes, member })
}

/// Judges layers and values: the estate's schema, then policies.
fn judge_values(estate: &Estate, context: &Context, values: &Values<'_>, purpose: Purpose) -> Result<Vec<Diagnostic>, Failure> {
    if let Some(template) = &estate.configuration.schemas.values {
        let file = context.application.name.fill(template);
        if let Some(text) = estate.source.read(&file)? {
            Schema::read(&file, &text)?.check(&values.merged, &values.layers)?;
        }
    }
    let asked = evidence::context(context, estate.configuration.charts.profile, purpose.phase());
    let (layers, documents) = evidence::layers(values)?;
    let bench = Bench { tolerance: &estate.tolerance, context };
    let mut notes = findings::of_layers(&estate.policies.check_layers(&asked, &layers, &documents), values, bench)?;
    if estate.policies.judges(Stage::Values) {
        let merged = estate.policies.check_values(&asked, &evidence::values(values)?);
        let more = findings::of_values(&merged, values, bench).map_err(|failure| failure.with(&notes))?;
        notes.extend(more);
    }
    Ok(notes)
}

/// Returns the objects of a render, where everything in it may stand.
fn objects(rendering: &Rendering<'_>, rendered: &Rendered, purpose: Purpose) -> Result<Manifests, Failure> {
    let (estate, context, chart) = (rendering.estate, rendering.context, rendering.path.as_str());
    let Rendered { outcome, sealed, drawn, chance } = rendered;
    let manifests = validate::objects(&outcome.documents, sealed).map_err(|errors| Failure::of_objects(&errors, chart))?;
    if manifests.objects.is_empty() {
        let empty = emit::EmitError::Empty;
        return Err(Failure::one(empty.class(), empty.diagnostic().at(Place::file(chart))));
    }
    let allowed = Allowed { namespace: &context.namespace, kinds: &estate.configuration.emit.cluster_scoped };
    scope::check(&manifests, &allowed).map_err(|errors| Failure::of_scope(&errors, chart))?;
    let files = rendering.values.files();
    let watch = Watch {
        sealed,
        leaves: &rendering.values.merged.leaves,
        files: &files,
        drawn,
        chance,
        emission: match purpose {
            Purpose::Render => Emission::Plaintext,
            Purpose::Check | Purpose::Generate => context.emission,
        },
    };
    sealed::check(&manifests, &watch).map_err(|errors| Failure::of_sealed(&errors, chart))?;
    present(&outcome.absent, &watch, chart)?;
    let opened = rendering.values.opened();
    let opened: Vec<OpenedValue<'_>> = opened.iter().map(|(leaf, text)| OpenedValue { leaf: *leaf, text }).collect();
    search::check(&manifests, &watch, &opened).map_err(|errors| Failure::of_sealed(&errors, chart))?;
    Ok(manifests)
}

/// Refuses a render in which something is missing because of what a secret, or chance, says.
fn present(absent: &Leaves, watch: &Watch<'_>, chart: &str) -> Result<(), Failure> {
    let hidden: Leaves = absent.as_slice().iter().copied().filter(|leaf| watch.sealed.contains(leaf)).collect();
    if !hidden.is_empty() {
        let message = format!("whether all objects are rendered depends on {}", watch.sources(&hidden));
        let diagnostic = Diagnostic::error(Code::SEALED_ABSENT, message).at(Place::file(chart));
        return Err(Failure::one(Class::Secrets, diagnostic.hint("decide by a value that is not sealed")));
    }
    if let Some(call) = absent.as_slice().iter().find_map(|leaf| watch.chance.get(leaf)) {
        let message = format!("whether all objects are rendered depends on a random value, from {call}");
        return Err(Failure::one(Class::Chart, Diagnostic::error(Code::SEALED_RANDOM, message).at(Place::file(chart))));
    }
    Ok(())
}

/// Judges the objects; a finding is explained where there is one.
fn judge_objects(
    rendering: &Rendering<'_>,
    manifests: &Manifests,
    sealed: &BTreeSet<LeafId>,
    purpose: Purpose,
) -> Result<(Vec<Diagnostic>, Member), Failure> {
    let estate = rendering.estate;
    let context = evidence::context(rendering.context, estate.configuration.charts.profile, purpose.phase());
    let mut review = estate.policies.check_manifests(&context, &evidence::objects(manifests, sealed)?);
    let (facts, idle) = (std::mem::take(&mut review.facts), std::mem::take(&mut review.idle));
    Ok((findings::of_objects(&review, rendering, manifests)?, Member { context, facts, idle }))
}

impl Admitted<'_> {
    /// Writes the objects as Argo CD reads them.
    ///
    /// # Errors
    /// A [`Failure`]; only one of class [`Class::Stdout`] can come after something was written.
    pub fn write(&self, output: &mut impl Write) -> Result<(), Failure> {
        Ok(emit::write(&self.reviewed, Empty::Refused, output)?)
    }

    /// Returns what helm would print, with `<sealed>` for what depends on sealed values.
    #[must_use]
    pub fn masked(&self) -> Vec<u8> {
        mask::text(&stream(&self.documents), &self.sealed)
    }

    /// Returns what helm would print, secrets and all.
    ///
    /// # Errors
    /// The [`Failure`] of the second render that this takes: hashes are of the opened values in it.
    pub fn revealed(&self) -> Result<Vec<u8>, Failure> {
        Ok(stream_bytes(&self.rendering.render_revealed()?.documents))
    }

    /// Returns the objects' places and dependence with every value tracked, for `explain`.
    ///
    /// # Errors
    /// The [`Failure`] of the second render that this takes.
    pub fn tracked(&self) -> Result<Manifests, Failure> {
        self.rendering.tracked_objects()
    }
}
