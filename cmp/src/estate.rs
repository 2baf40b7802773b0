//! Estate: everything that is the same for all applications of one run.
//!
//! In: the values repository, [`Discovered`] configuration, a chart root. Out: [`Estate`], shared between threads.
//! Rules: policies are configured once, before any application is looked at; a chart is read and parsed once.
//! Not here: which repository and configuration are meant (commands), anything of one application.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use helm::render::Prepared;

use crate::chart;
use crate::configuration::Configuration;
use crate::configuration::discovery::Discovered;
use crate::diagnostic::Failure;
use crate::policies::PolicySet;
use crate::policies::installed::Place;
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
    /// The chart root as it was named, where it is not the values repository itself.
    elsewhere: Option<PathBuf>,
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
        let policies = installed(PolicySet::built_in()?, &discovered)?.configure(&discovered.configuration.policies);
        let policies = policies.map_err(|error| Failure::of_settings(error, &discovered))?;
        let Discovered { configuration, folder, trust: _, file: _, text: _, ignored: _ } = discovered;
        let configured = configuration.charts.root.as_deref().zip(folder.as_ref());
        let elsewhere = match (chart_root, configured) {
            (Some(root), _) => Some(root.to_owned()),
            (None, Some((root, folder))) => Some(folder.root().join(root)),
            (None, None) => None,
        };
        let charts = SourceTree::open(elsewhere.as_deref().unwrap_or(source.root()))?;
        Ok(Self { source, configuration, folder, charts, elsewhere, policies, prepared: Mutex::default() })
    }

    /// Returns how messages call a path below the chart root: files of the values repository can have the same one.
    #[must_use]
    pub fn chart_path(&self, path: &str) -> String {
        match &self.elsewhere {
            Some(root) => root.join(path).to_string_lossy().into_owned(),
            None => path.to_owned(),
        }
    }

    /// Returns a failure of reading a chart, its places as messages call them.
    fn in_charts(&self, mut failure: Failure) -> Failure {
        for place in failure.diagnostics.iter_mut().filter_map(|diagnostic| diagnostic.place.as_mut()) {
            place.file = self.chart_path(&place.file);
        }
        failure
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
        let chart = Arc::new(chart::load(&self.charts, path).map_err(|failure| self.in_charts(failure))?);
        let mut prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(prepared.entry(path.to_owned()).or_insert(chart)))
    }
}

/// Returns the policies with those that are installed, where the configuration says that there are some.
fn installed(policies: PolicySet, discovered: &Discovered) -> Result<PolicySet, Failure> {
    let Discovered { configuration, folder, .. } = discovered;
    let Some(folder) = folder else { return Ok(policies) };
    match Place::of(&configuration.installed_policies, folder)? {
        Some(place) => Ok(policies.with_installed(&place, &configuration.policies)?),
        None => Ok(policies),
    }
}
