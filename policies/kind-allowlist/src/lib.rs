//! Kind allow-list: which kinds of objects an application may have.
//!
//! In: all objects of an application. Out: a denial for each object of a kind that is not allowed.
//! Rules: the last rule that speaks of a context and a kind decides; a kind is its group and name, in any version.
//! Not here: where objects stand, and scopes (the host's `emit`).

mod settings;

use std::collections::BTreeMap;

use sdk::{Context, Finding, Objects, Place, Policy, PolicyError, Report, SettingsError, Unjudgeable, settled};
pub use settings::{Rule, Settings};

/// The rule of kinds that are not allowed.
pub const FORBIDDEN_KIND: &str = "forbidden-kind";

/// The policy with its settings.
pub struct KindAllowlist {
    settings: Settings,
}

impl Policy for KindAllowlist {
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, Vec<SettingsError>> {
        match settings.errors() {
            errors if errors.is_empty() => Ok(KindAllowlist { settings }),
            errors => Err(errors),
        }
    }

    fn check_manifests(&self, context: &Context, objects: &Objects<'_>) -> Result<Report, PolicyError> {
        let rules: Vec<&Rule> = self.settings.rules.iter().filter(|rule| rule.speaks_in(context)).collect();
        // Applications have many objects of few kinds: each kind is looked up once.
        let mut known = BTreeMap::new();
        let mut findings = Vec::new();
        for object in objects.iter() {
            findings.extend(settled(judge(&object, context, (&rules, &mut known))));
        }
        Ok(findings.into())
    }
}

/// What is known of kinds: whether they are allowed, by API version and kind.
type Known<'a> = BTreeMap<(&'a str, &'a str), bool>;

fn judge<'a>(
    object: &Place<'a>,
    context: &Context,
    (rules, known): (&[&Rule], &mut Known<'a>),
) -> Result<Vec<Finding>, Unjudgeable> {
    let place = object.at("kind");
    let kind = place.text()?.unwrap_or_default();
    let api = object.at("apiVersion").text()?.unwrap_or_default();
    let (group, _version) = api.split_once('/').unwrap_or(("", api));
    let decide = || rules.iter().rev().find(|rule| rule.covers(group, kind)).is_none_or(|rule| rule.allow);
    if *known.entry((api, kind)).or_insert_with(decide) {
        return Ok(Vec::new());
    }
    let name = if group.is_empty() { kind.to_owned() } else { format!("{group}/{kind}") };
    let whom = context.role.as_ref().map_or(String::new(), |role| format!(" for {role}"));
    let problem = format!("objects of the kind `{name}` are not allowed in {}{whom}", context.class);
    Ok(vec![Finding::deny(FORBIDDEN_KIND, &place, problem, "leave the object out, or ask the platform team for it")])
}

sdk::export_policy!(KindAllowlist);

#[cfg(test)]
mod tests;
