//! Which subcharts take part: aliases, version ranges, tags and conditions.

use std::collections::BTreeSet;

use super::{Allowance, Draft, Origin, ProcessError, RENDERED_CHARTS, State, is_in_range, table, table_at};
use crate::chart::{Chart, Dependency};
use crate::profile::Profile;
use crate::provenance::Leaves;
use crate::value::{Data, Map, Value};
use crate::values::coalesce::coalesce;

/// Settles the subcharts of `root`; returns what the absence of those left out depends on.
pub(super) fn enable<'a>(root: &mut Draft<'a>, given: &Map, profile: Profile) -> Result<Leaves, ProcessError> {
    let mut walk =
        Walk { profile, matched: Vec::new(), allowance: Allowance { left: RENDERED_CHARTS }, removed_by: Leaves::NONE };
    walk.chart(root, given, "")?;
    Ok(walk.removed_by)
}

struct Walk<'a> {
    profile: Profile,
    /// The charts whose dependencies were matched.
    matched: Vec<&'a Chart>,
    allowance: Allowance,
    removed_by: Leaves,
}

/// What was found for one dependency.
struct Verdict {
    enabled: bool,
    leaves: Leaves,
}

impl<'a> Walk<'a> {
    /// Settles the subcharts of one chart, then theirs. `values` are those of the render, `path` leads to the chart's in them.
    ///
    /// # Source
    /// helm `pkg/chart/v2/util/dependencies.go`, `processDependencyEnabled`.
    fn chart(&mut self, draft: &mut Draft<'a>, values: &Map, path: &str) -> Result<(), ProcessError> {
        let Some(mut declared) = draft.metadata.dependencies.take() else { return Ok(()) };
        if self.matched.iter().any(|chart| std::ptr::eq(*chart, draft.chart)) && !self.profile.copies_aliased_charts() {
            // The aliases were taken as names under the chart's first alias, and all share that.
            declared.iter_mut().filter(|dependency| !dependency.alias.is_empty()).for_each(rename);
        }
        self.matched.push(draft.chart);
        self.match_declared(draft, &mut declared)?;
        draft.state = State::Matched;
        // Helm coalesces a deeper chart, too, at the root of the values: what tags and conditions find depends on it.
        let values = coalesce(&draft.chart_values(), values, self.profile)?.values;
        let mut removed = BTreeSet::new();
        for dependency in &mut declared {
            let verdict = judge(dependency, &values, path);
            dependency.enabled = verdict.enabled;
            let subcharts = draft.subcharts.iter_mut().filter(|sub| sub.metadata.name == dependency.name);
            subcharts.for_each(|sub| sub.decided_by = sub.decided_by.union(&verdict.leaves));
            if !verdict.enabled {
                removed.insert(dependency.name.clone());
                self.removed_by = self.removed_by.union(&verdict.leaves);
            }
        }
        draft.subcharts.retain(|sub| !removed.contains(&sub.metadata.name));
        declared.retain(|dependency| !removed.contains(&dependency.name));
        for sub in &mut draft.subcharts {
            let below = format!("{path}{}.", sub.metadata.name);
            self.chart(sub, &values, &below)?;
        }
        draft.metadata.dependencies = Some(declared).filter(|left| !left.is_empty());
        Ok(())
    }

    /// Puts the charts that are declared in the place of those that are there: one for each name or alias, if its version will do.
    /// Charts nobody declared stay, before the others.
    fn match_declared(&mut self, draft: &mut Draft<'a>, declared: &mut [Dependency]) -> Result<(), ProcessError> {
        let there = std::mem::take(&mut draft.subcharts);
        let is_meant = |sub: &Draft<'_>, dependency: &Dependency| {
            sub.metadata.name == dependency.name && is_in_range(&dependency.version, &sub.metadata.version)
        };
        let undeclared = there.iter().filter(|sub| !declared.iter().any(|dependency| is_meant(sub, dependency)));
        draft.subcharts.extend(undeclared.cloned());
        for dependency in declared {
            if let Some(found) = there.iter().find(|sub| is_meant(sub, dependency)) {
                self.allowance.take(found.charts())?;
                let mut sub = Draft { origin: Origin::Copied, ..found.clone() };
                if !dependency.alias.is_empty() {
                    sub.metadata.name.clone_from(&dependency.alias);
                }
                draft.subcharts.push(sub);
            }
            if !dependency.alias.is_empty() {
                rename(dependency);
            }
        }
        Ok(())
    }
}

fn rename(dependency: &mut Dependency) {
    dependency.name.clone_from(&dependency.alias);
}

/// Says whether a dependency takes part: its tags decide, then its condition.
///
/// # Source
/// helm `pkg/chart/v2/util/dependencies.go`, `processDependencyConditions`.
fn judge(dependency: &Dependency, values: &Map, path: &str) -> Verdict {
    let mut verdict = by_tags(dependency, values);
    for condition in dependency.condition.trim().split(',').filter(|condition| !condition.is_empty()) {
        let Some(value) = value_at(values, &format!("{path}{condition}")) else { continue };
        verdict.leaves = verdict.leaves.union(&value.leaves);
        if let Data::Bool(enabled) = value.data {
            verdict.enabled = enabled;
            break;
        }
    }
    verdict
}

/// A tag that is true switches on, whatever the others; one that is false switches off.
///
/// # Source
/// helm `pkg/chart/v2/util/dependencies.go`, `processDependencyTags`.
fn by_tags(dependency: &Dependency, values: &Map) -> Verdict {
    let tags = table_at(values, "tags").unwrap_or_default();
    let (mut any_true, mut any_false, mut leaves) = (false, false, Leaves::NONE);
    for value in dependency.tags.iter().filter_map(|tag| tags.get(tag.as_bytes())) {
        leaves = leaves.union(&value.leaves);
        if let Data::Bool(on) = value.data {
            any_true |= on;
            any_false |= !on;
        }
    }
    Verdict { enabled: any_true || !any_false, leaves }
}

/// Returns what stands at a path of keys with dots between, if it is no map.
///
/// # Source
/// helm `pkg/chart/common/values.go`, `PathValue`.
fn value_at(values: &Map, path: &str) -> Option<Value> {
    let (map, key) = match path.rsplit_once('.') {
        Some((above, key)) => (table_at(values, above)?, key),
        None => (values.clone(), path),
    };
    map.get(key.as_bytes()).filter(|value| table(value).is_none())
}
