//! The report of `chart verify`, for people and as JSON.
//!
//! Rules: of Secrets nothing but places; long values are cut and say so.

use std::fmt::Write as _;

use helm::profile::Profile;
use helm::values::ValuePath;
use serde_json::{Value as Json, json};
use tidegate::diagnostic::Failure;
use tidegate::report::{self, sink::clean_line};

use super::Outcome;
use super::compare::{Comparison, Difference, Identity};
use super::installed::Helm;

/// Characters of one value that are shown.
const VALUE: usize = 200;

/// What is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Report<'a> {
    /// Who was compared with.
    pub(super) helm: &'a Helm,
    /// Whom we followed.
    pub(super) profile: Profile,
    /// What came of it.
    pub(super) outcome: &'a Outcome,
}

/// Why two renders differ in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    /// The place differs between two runs of one program, too.
    Chance,
    /// The programs disagree.
    Programs,
}

impl Report<'_> {
    /// Says whether the two programs agree.
    pub(super) fn is_same(&self) -> bool {
        match self.outcome {
            Outcome::Both { comparison, .. } => {
                comparison.same_order && !comparison.has_more && self.judged().iter().all(|(_, cause)| *cause == Cause::Chance)
            }
            Outcome::Neither { .. } => true,
            Outcome::OnlyHelm { .. } | Outcome::OnlyOurs { .. } => false,
        }
    }

    /// Returns the differences with their causes.
    fn judged(&self) -> Vec<(&Difference, Cause)> {
        let Outcome::Both { comparison, chance, .. } = self.outcome else { return Vec::new() };
        comparison.differences.iter().map(|difference| (difference, cause(difference, chance))).collect()
    }

    /// Returns lines for people.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        let programs = format!("helm {} and tidegate ({})", self.helm.version, self.profile);
        // Writing to a string cannot fail.
        let _ = match self.outcome {
            Outcome::Both { comparison, objects, .. } => {
                self.differences(&mut out);
                self.summary(&mut out, &programs, (comparison, *objects))
            }
            Outcome::Neither { helm, ours } => {
                writeln!(out, "same: {programs} both refuse\n  helm: {}\n  tidegate: {}", clean_line(helm), first(ours))
            }
            Outcome::OnlyHelm { ours } => {
                writeln!(out, "different: of {programs} only helm renders\n  tidegate: {}", first(ours))
            }
            Outcome::OnlyOurs { helm } => {
                writeln!(out, "different: of {programs} only tidegate renders\n  helm: {}", clean_line(helm))
            }
        };
        out
    }

    fn differences(&self, out: &mut String) {
        for (difference, cause) in self.judged() {
            let Difference { object, path, left, right } = difference;
            let chance = if cause == Cause::Chance { " (differs from run to run)" } else { "" };
            let _ = writeln!(out, "{}{}{chance}", clean_line(&named(object)), clean_line(&at(path)));
            if object.is_secret() {
                let _ = writeln!(out, "  {}", sides(left.is_some(), right.is_some()));
            } else {
                let _ = writeln!(out, "  helm:     {}\n  tidegate: {}", shown(left.as_ref()), shown(right.as_ref()));
            }
        }
    }

    fn summary(&self, out: &mut String, programs: &str, (comparison, objects): (&Comparison, usize)) -> std::fmt::Result {
        let judged = self.judged();
        let chance = judged.iter().filter(|(_, cause)| *cause == Cause::Chance).count();
        let differ = judged.len() - chance;
        let verdict = if self.is_same() { "same" } else { "different" };
        let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        write!(out, "{verdict}: {programs}, {}, {}", plural(objects, "object"), plural(differ, "difference"))?;
        if comparison.has_more {
            write!(out, " and more")?;
        }
        if chance > 0 {
            write!(out, ", {chance} by chance")?;
        }
        if !comparison.same_order {
            write!(out, ", the objects in another order")?;
        }
        writeln!(out)
    }

    /// Returns one JSON document.
    pub(super) fn json(&self) -> String {
        let mut document = json!({
            "verdict": if self.is_same() { "same" } else { "different" },
            "helm": { "path": self.helm.path.display().to_string(), "version": self.helm.version },
            "profile": self.profile.name(),
        });
        let more = match self.outcome {
            Outcome::Both { comparison, objects, .. } => json!({
                "objects": objects,
                "sameOrder": comparison.same_order,
                "hasMore": comparison.has_more,
                "differences": self.judged().into_iter().map(|(difference, cause)| difference_json(difference, cause)).collect::<Vec<_>>(),
            }),
            Outcome::Neither { helm, ours } => {
                json!({ "refusedBy": ["helm", "tidegate"], "helmSays": helm, "diagnostics": report::json(&ours.diagnostics) })
            }
            Outcome::OnlyHelm { ours } => json!({ "refusedBy": ["tidegate"], "diagnostics": report::json(&ours.diagnostics) }),
            Outcome::OnlyOurs { helm } => json!({ "refusedBy": ["helm"], "helmSays": helm }),
        };
        if let (Json::Object(document), Json::Object(more)) = (&mut document, more) {
            document.extend(more);
        }
        format!("{document:#}\n")
    }
}

fn difference_json(difference: &Difference, cause: Cause) -> Json {
    let Difference { object, path, left, right } = difference;
    let Identity { group, kind, namespace, name, before } = object;
    let mut told = json!({
        "group": group, "kind": kind, "namespace": namespace, "name": name, "namesakesBefore": before, "path": path.to_string(),
        "byChance": cause == Cause::Chance, "inHelm": left.is_some(), "inTidegate": right.is_some(),
    });
    if let Some(told) = told.as_object_mut().filter(|_| !object.is_secret()) {
        told.insert("helm".to_owned(), left.clone().unwrap_or_default());
        told.insert("tidegate".to_owned(), right.clone().unwrap_or_default());
    }
    told
}

/// Returns why a place differs: a place that holds it, or lies in it, may differ between two runs.
fn cause(difference: &Difference, chance: &[Difference]) -> Cause {
    let path = difference.path.steps();
    let touches = |other: &Difference| {
        other.object == difference.object && (other.path.steps().starts_with(path) || path.starts_with(other.path.steps()))
    };
    if chance.iter().any(touches) { Cause::Chance } else { Cause::Programs }
}

fn named(object: &Identity) -> String {
    let Identity { group, kind, namespace, name, before } = object;
    let dot = if group.is_empty() { "" } else { "." };
    let slash = if namespace.is_empty() { "" } else { "/" };
    let number = if *before == 0 { String::new() } else { format!(" (number {})", before + 1) };
    format!("{kind}{dot}{group} {namespace}{slash}{name}{number}")
}

fn at(path: &ValuePath) -> String {
    if path.steps().is_empty() { String::new() } else { format!(" {path}") }
}

fn sides(left: bool, right: bool) -> &'static str {
    match (left, right) {
        (true, false) => "only helm has it; values of Secrets are not shown",
        (false, true) => "only tidegate has it; values of Secrets are not shown",
        _ => "they differ; values of Secrets are not shown",
    }
}

fn shown(value: Option<&Json>) -> String {
    let Some(value) = value else { return "(nothing)".to_owned() };
    let text = value.to_string();
    let cut: String = text.chars().take(VALUE).collect();
    let more = if cut.len() < text.len() { "..." } else { "" };
    clean_line(&format!("{cut}{more}"))
}

fn first(failure: &Failure) -> String {
    let Some(diagnostic) = failure.diagnostics.first() else { return String::new() };
    let place = diagnostic.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
    clean_line(&format!("{place}{}", diagnostic.message))
}
