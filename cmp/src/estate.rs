//! Estate: everything that is the same for all applications of one run.
//!
//! In: the values repository, [`Discovered`] configuration, a chart root. Out: [`Estate`], shared between threads.
//! Rules: policies are configured once, before any application is looked at; a chart is read and parsed once.
//! Not here: which repository and configuration are meant (commands), anything of one application.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use helm::render::Prepared;
use jiff::civil::Date;

use crate::chart;
use crate::configuration::Configuration;
use crate::configuration::discovery::Discovered;
use crate::diagnostic::{Class, Code, Diagnostic, Failure, Place, StageError};
use crate::policies::PolicySet;
use crate::policies::installed;
use crate::rules::Rulebook;
use crate::source::SourceTree;
use crate::tolerance::{Ratchet, Tolerance};
use crate::waivers::{self, Grounds, Waivers};

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
    /// Which of their denials refuse nothing.
    pub tolerance: Tolerance,
    /// The charts read so far, by path below `charts`.
    prepared: Mutex<BTreeMap<String, Arc<Prepared>>>,
}

impl Estate {
    /// Returns the estate of a values repository on a day of UTC, by which waivers count. Charts lie below `chart_root` where it is given, else below `charts.root` of the
    /// configuration, else in the values repository.
    ///
    /// # Errors
    /// A [`Failure`]: a root that is not there, policies that do not load, settings that a policy does not take, waivers that are refused.
    pub fn new(source: SourceTree, discovered: Discovered, chart_root: Option<&Path>, today: Date) -> Result<Self, Failure> {
        let policies = installed(PolicySet::built_in()?, &discovered)?.configure(&discovered.configuration.policies);
        let policies = policies.map_err(|error| Failure::of_settings(error, &discovered))?;
        let tolerance = tolerance(&discovered, &policies, source.root(), today)?;
        let Discovered { configuration, folder, trust: _, file: _, text: _, ignored: _ } = discovered;
        let configured = configuration.charts.root.as_deref().zip(folder.as_ref());
        let elsewhere = match (chart_root, configured) {
            (Some(root), _) => Some(root.to_owned()),
            (None, Some((root, folder))) => Some(folder.root().join(root)),
            (None, None) => None,
        };
        let charts = SourceTree::open(elsewhere.as_deref().unwrap_or(source.root()))?;
        Ok(Self { source, configuration, folder, charts, elsewhere, policies, tolerance, prepared: Mutex::default() })
    }

    /// Returns the chart root as it was named, where it is not the values repository itself.
    #[must_use]
    pub fn chart_root(&self) -> Option<&Path> {
        self.elsewhere.as_deref()
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

/// Returns what the configuration lets through.
fn tolerance(discovered: &Discovered, policies: &PolicySet, values: &Path, today: Date) -> Result<Tolerance, Failure> {
    let settings = &discovered.configuration.waivers;
    let rules = Rulebook::new(policies, &settings.absolute);
    let unknown = settings.absolute.iter().enumerate().filter_map(|(index, rule)| {
        let unknown = rules.check(rule).err()?;
        let diagnostic = Diagnostic::error(Code::CONFIGURATION_INVALID, unknown.message).hint(unknown.hint);
        let place = discovered.place(&format!("/waivers/absolute/{index}"));
        Some((Class::Context, Diagnostic { place, ..diagnostic }))
    });
    let unknown: Vec<(Class, Diagnostic)> = unknown.collect();
    if !unknown.is_empty() {
        return Err(Failure::of(unknown));
    }
    let waivers = match settings.file.as_deref().zip(discovered.folder.as_ref()) {
        None => Waivers::none(today),
        Some((file, folder)) => {
            let grounds = Grounds { rules: &rules, maximum_days: settings.maximum_days, today };
            granted(file, folder, values, grounds).map_err(|mut failure| {
                // A place that says nothing but the file's name is where the configuration names it.
                for diagnostic in failure.diagnostics.iter_mut().filter(|diagnostic| diagnostic.place.is_none()) {
                    diagnostic.place = discovered.place("/waivers/file");
                }
                failure
            })?
        }
    };
    Ok(Tolerance { rules, waivers, ratchet: Ratchet::Off })
}

/// Returns the waivers of the file that the configuration names. Links are followed, as a mounted ConfigMap needs it, but not to where
/// tenants write.
fn granted(file: &str, folder: &SourceTree, values: &Path, grounds: Grounds<'_>) -> Result<Waivers, Failure> {
    let path = folder.root().join(file);
    let target = path.canonicalize().unwrap_or_else(|_missing| path.clone());
    if values.canonicalize().is_ok_and(|values| target.starts_with(values)) {
        let message = format!("`{file}` lies in the values repository, where tenants write: waivers there count for nothing");
        let diagnostic = Diagnostic::error(Code::WAIVERS_INVALID, message).hint("keep the file beside the configuration");
        return Err(Failure::one(Class::Context, diagnostic));
    }
    let shown = path.to_string_lossy();
    let read = folder.read_mounted(file).map_err(|error| {
        let diagnostic = error.diagnostic();
        Failure::one(error.class(), Diagnostic { place: Some(Place::file(&shown)), ..diagnostic })
    })?;
    let text = read.ok_or_else(|| {
        let diagnostic = Diagnostic::error(Code::WAIVERS_INVALID, format!("there is no file of waivers `{file}`"));
        Failure::one(Class::Context, diagnostic.hint("write it, or take `waivers.file` out of tidegate.yaml"))
    })?;
    waivers::read(&shown, &text, grounds).map_err(|errors| waivers::refused(&errors))
}

/// Returns the policies with those that are installed, where the configuration says that there are some.
fn installed(policies: PolicySet, discovered: &Discovered) -> Result<PolicySet, Failure> {
    let Discovered { configuration, folder, .. } = discovered;
    let Some(folder) = folder else { return Ok(policies) };
    match installed::Place::of(&configuration.installed_policies, folder)? {
        Some(place) => Ok(policies.with_installed(&place, &configuration.policies)?),
        None => Ok(policies),
    }
}
