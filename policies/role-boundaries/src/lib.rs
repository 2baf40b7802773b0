//! Role boundaries: who may set what.
//!
//! In: the layers, each with the role of its owner. Out: a denial for each leaf that the owner may not set, and for
//! each sealed leaf in a layer whose owner's layers hold none.
//! Rules: the last rule that speaks of an owner, an environment and a path decides; what no rule speaks of is allowed.
//! Not here: which environments a role may render (the host's `roles`).

mod matrix;
pub mod pattern;
mod settings;

use pattern::Segment;
use sdk::{Context, Finding, Layer, Layers, Place, Policy, SettingsError, Shape, Unjudgeable, Verdict};
pub use settings::{Rule, Settings};

/// The rule of a leaf that its layer's owner may not set.
pub const FORBIDDEN_PATH: &str = "forbidden-path";
/// The rule of a sealed leaf where the owner's layers hold none.
pub const SEALED_VALUE: &str = "sealed-value";

/// The policy with its settings.
pub struct RoleBoundaries {
    settings: Settings,
}

impl Policy for RoleBoundaries {
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, Vec<SettingsError>> {
        match settings.errors() {
            errors if errors.is_empty() => Ok(RoleBoundaries { settings }),
            errors => Err(errors),
        }
    }

    fn check_layers(&self, context: &Context, layers: &Layers<'_>) -> Verdict {
        let mut findings = Vec::new();
        for (layer, values) in layers.iter() {
            findings.extend(self.sealed(layer, &values));
            let judge = Judge { context, layer };
            if let Err(unjudgeable) = self.walk(&judge, &values, &mut Vec::new(), &mut findings) {
                findings.push(unjudgeable.into());
            }
        }
        Ok(findings)
    }
}

/// Whose layer is judged, and where it would be used.
struct Judge<'a> {
    context: &'a Context,
    layer: &'a Layer,
}

impl RoleBoundaries {
    // The depth of a document is bounded by the host's reader.
    fn walk(
        &self,
        judge: &Judge<'_>,
        place: &Place<'_>,
        path: &mut Vec<Segment>,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Unjudgeable> {
        // A list replaces what lower layers say there, so it is judged as a whole first; a map only merges.
        let shape = place.shape();
        if shape != Shape::Map
            && let Some(finding) = self.forbidden(judge, place, path)
        {
            findings.push(finding);
            return Ok(());
        }
        if shape == Shape::Sealed {
            return Ok(());
        }
        for (key, below) in place.entries()? {
            path.push(Segment::Key(key.to_owned()));
            self.walk(judge, &below, path, findings)?;
            path.pop();
        }
        for (index, below) in place.elements()?.enumerate() {
            path.push(Segment::Index(index));
            self.walk(judge, &below, path, findings)?;
            path.pop();
        }
        Ok(())
    }

    fn forbidden(&self, judge: &Judge<'_>, place: &Place<'_>, path: &[Segment]) -> Option<Finding> {
        let rules = self.settings.rules.iter().filter(|rule| rule.speaks_of(&judge.layer.owner, judge.context));
        let deciding = rules.rev().find(|rule| rule.covers(path))?;
        if deciding.allow {
            return None;
        }
        let message = format!(
            "`{}` may not be set by {} in {} ({})",
            pattern::written(path),
            judge.layer.owner,
            judge.context.environment,
            judge.context.class
        );
        let help = format!("set it in a layer of another owner than {}, or ask them", judge.layer.owner);
        Some(Finding::deny(FORBIDDEN_PATH, place, message, &help))
    }

    fn sealed(&self, layer: &Layer, values: &Place<'_>) -> Vec<Finding> {
        if !self.settings.unsealed.contains(&layer.owner) {
            return Vec::new();
        }
        let message = format!("a layer of {} holds a sealed value", layer.owner);
        let help = "put secrets in the customer's sealed layer, where one customer's key opens them";
        let denied = |path: &String| Finding::deny_path(SEALED_VALUE, values, path, message.clone(), help);
        layer.sealed_paths.iter().map(denied).collect()
    }
}

sdk::export_policy!(RoleBoundaries);

#[cfg(test)]
mod tests;
