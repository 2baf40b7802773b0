//! Estate: everything that is the same for all applications of one run.
//!
//! In: the values repository, [`Discovered`] configuration, a chart root. Out: [`Estate`], shared between threads.
//! Rules: policies are configured once, before any application is looked at; a chart is read and parsed once.
//! Not here: which repository and configuration are meant (commands), anything of one application.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use helm::render::Prepared;

use crate::chart;
use crate::configuration::Configuration;
use crate::configuration::discovery::Discovered;
use crate::diagnostic::Failure;
use crate::policies::PolicySet;
use crate::source::SourceTree;

/// The values repository with all that its applications are rendered and judged by.
pub struct Estate {
    /// The values repository.
    pub source: SourceTree,
    /// What the platform team has decided.
    pub configuration: Configuration,
    /// The configuration's folder, from which paths of identities start; nothing where there is no configuration.
    pub folder: Option<SourceTree>,
    /// The checkout of the chart repository.
    pub charts: SourceTree,
    /// The policies, with their settings.
    pub policies: PolicySet,
    /// The charts read so far, by path below `charts`.
    prepared: Mutex<BTreeMap<String, Arc<Prepared>>>,
}

impl Estate {
    /// Returns the estate of a values repository. Charts lie below `chart_root` where it is given, else below `charts.root` of the
    /// configuration, else in the values repository.
    ///
    /// # Errors
    /// A [`Failure`]: a root that is not there, settings that a policy does not take.
    pub fn new(source: SourceTree, discovered: Discovered, chart_root: Option<&Path>) -> Result<Self, Failure> {
        let policies = PolicySet::built_in()?.configure(&discovered.configuration.policies);
        let policies = policies.map_err(|error| Failure::of_settings(error, &discovered))?;
        let Discovered { configuration, folder, trust: _, file: _, text: _, ignored: _ } = discovered;
        let configured = configuration.charts.root.as_deref().zip(folder.as_ref());
        let charts = match (chart_root, configured) {
            (Some(root), _) => SourceTree::open(root)?,
            (None, Some((root, folder))) => SourceTree::open(&folder.root().join(root))?,
            (None, None) => SourceTree::open(source.root())?,
        };
        Ok(Self { source, configuration, folder, charts, policies, prepared: Mutex::default() })
    }

    /// Returns the chart at `path`, read once.
    ///
    /// # Errors
    /// The [`Failure`] of [`chart::load`].
    pub fn chart(&self, path: &str) -> Result<Arc<Prepared>, Failure> {
        // A chart that is read twice by two threads at once is the same chart: the lock is not held while reading.
        if let Some(known) = self.prepared.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
            return Ok(Arc::clone(known));
        }
        let chart = Arc::new(chart::load(&self.charts, path)?);
        let mut prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(prepared.entry(path.to_owned()).or_insert(chart)))
    }
}
