//! Fleet: an application as one of all, and what policies find about it when they see all.
//!
//! Rules: policies see the facts they remembered, never the objects again; a finding about the fleet is explained by a render of the
//! application it is about, so that nothing is kept of those it is not about.
//! Not here: which applications there are (commands).

use crate::context::{Context, Keys};
use crate::diagnostic::{Diagnostic, Failure};
use crate::estate::Estate;
use crate::policies::{self, Facts, Finding, Review};
use crate::values;

use super::rendering::Rendering;
use super::{Purpose, findings, objects};

/// An application as one of the fleet.
#[derive(Clone, Debug)]
pub struct Member {
    /// What policies know of it.
    pub context: policies::Context,
    /// What they remember of its objects.
    pub facts: Facts,
    /// Policies for which there was nothing to judge in it, by name.
    pub idle: Vec<String>,
}

/// Returns what policies found about one application of the fleet, each with the place that is behind it.
///
/// # Errors
/// The [`Failure`] that the findings are, where one of them denies, or of the render that explains them.
pub fn findings_of_fleet(
    estate: &Estate,
    context: &Context,
    keys: &Keys,
    findings: Vec<Finding>,
) -> Result<Vec<Diagnostic>, Failure> {
    let rendering = Rendering::new(estate, context, values::collect(estate, context, keys)?, keys)?;
    let rendered = rendering.render()?;
    let manifests = objects(&rendering, &rendered, Purpose::Check).map_err(|failure| rendering.unseeded(failure))?;
    findings::of_objects(&Review { findings, ..Review::default() }, &rendering, &manifests)
}
