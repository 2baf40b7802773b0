//! Coalescing: a chart's defaults under the values it is given, subcharts and globals included.
//!
//! In: [`ChartValues`], the merged values of all layers. Out: what templates see as `.Values`, and what was passed over.
//! Rules: given values win; maps merge, everything else replaces; a given `null` removes a default; a chart's own `null` defaults
//! are dropped, or stay, as the profile says; globals flow down. Inputs are never changed.
//! Not here: which subcharts are enabled, their aliases, imported values.
//!
//! Within the result, maps below the second level of `global` are shared between a chart and its subcharts, as in Helm: what a
//! subchart's defaults add there is seen by its parent, and by the subcharts after it.

use crate::meter::{self, Passed};
use crate::profile::Profile;
use crate::value::{Data, List, Map, Value};

/// The key whose map flows to every subchart.
const GLOBAL: &[u8] = b"global";

/// What coalescing has to know of a chart. Who builds it bounds how deep charts nest: they are walked by recursion.
#[derive(Clone, Debug)]
pub struct ChartValues {
    /// The name its parent's values address it by.
    pub name: String,
    /// Its `values.yaml`.
    pub defaults: Map,
    /// The enabled subcharts, in the order they coalesce.
    pub subcharts: Vec<ChartValues>,
}

/// The coalesced values of a chart.
#[derive(Debug)]
pub struct Coalesced {
    /// What templates see; those of a subchart stand under its name.
    pub values: Map,
    /// What could not be merged, in the order found. Helm prints a warning for each.
    pub skipped: Vec<Skipped>,
}

/// A value that was passed over since it does not fit the one it meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The keys that lead to it, from the root of the values.
    pub path: Vec<String>,
    /// Which of the two it was.
    pub reason: SkipReason,
}

/// Why a value was passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// The default is a map, what was given is none and stays.
    DefaultIsAMap,
    /// What was given is a map and stays, the default is none.
    DefaultIsNoMap,
    /// A `global` that is no map: globals do not flow to this subchart.
    GlobalIsNoMap,
    /// Parent and subchart disagree on whether this global is a map: the subchart's stays.
    GlobalsDiffer,
}

/// Values do not fit the chart.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CoalesceError {
    /// The values under a subchart's name are no map.
    #[error("the values of subchart `{}` are not a map", path.join("."))]
    SubchartIsNoMap {
        /// The keys that lead to them.
        path: Vec<String>,
    },
    /// The values take more memory or time than a render may.
    #[error("merging the values of the chart and its subcharts takes more than a render may")]
    TooMuch,
}

impl From<Passed> for CoalesceError {
    fn from(_: Passed) -> Self {
        Self::TooMuch
    }
}

/// Returns `given` with the defaults of `chart` and its subcharts under it.
///
/// # Errors
/// [`CoalesceError::SubchartIsNoMap`] where a subchart's name holds something else than a map, after defaults of its parent.
///
/// # Source
/// helm `pkg/chart/common/util/coalesce.go`, `CoalesceValues`.
pub fn coalesce(chart: &ChartValues, given: &Map, profile: Profile) -> Result<Coalesced, CoalesceError> {
    let nulls = if profile.drops_null_defaults() { Nulls::RemoveBoth } else { Nulls::Remove };
    combined(chart, given, nulls)
}

/// Returns the defaults of `chart` and its subcharts in one map, those of a subchart under its name, with every null kept.
///
/// # Errors
/// As [`coalesce`].
///
/// # Source
/// helm `pkg/chart/common/util/coalesce.go`, `MergeValues` with no values.
pub(crate) fn defaults(chart: &ChartValues) -> Result<Map, CoalesceError> {
    combined(chart, &Map::new(), Nulls::Keep).map(|coalesced| coalesced.values)
}

/// Puts a copy of `under` below `over`, which is changed; nulls of both sides stay.
///
/// # Source
/// helm `pkg/chart/common/util/coalesce.go`, `MergeTables`.
pub(crate) fn put_under(over: &Map, under: &Map) {
    let mut walk = Walk { nulls: Nulls::Keep, path: Vec::new(), skipped: Vec::new() };
    walk.tables(over, &copy_map(under), Nulls::Keep);
}

fn combined(chart: &ChartValues, given: &Map, nulls: Nulls) -> Result<Coalesced, CoalesceError> {
    let values = copy_map(given);
    let mut walk = Walk { nulls, path: Vec::new(), skipped: Vec::new() };
    walk.chart(chart, &values)?;
    Ok(Coalesced { values, skipped: walk.skipped })
}

/// What becomes of a `null`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nulls {
    /// In the given values it removes the key, in the defaults it is dropped.
    RemoveBoth,
    /// In the given values it removes the key, in the defaults it stays.
    Remove,
    /// It stays: defaults are still to come.
    Keep,
}

/// Where coalescing is, and what it passed over.
struct Walk {
    nulls: Nulls,
    path: Vec<String>,
    skipped: Vec<Skipped>,
}

impl Walk {
    fn skip(&mut self, key: &[u8], reason: SkipReason) {
        let mut path = self.path.clone();
        path.push(printable(key));
        self.skipped.push(Skipped { path, reason });
    }

    /// Coalesces one chart and those below it into `values`.
    fn chart(&mut self, chart: &ChartValues, values: &Map) -> Result<(), CoalesceError> {
        self.defaults(chart, values);
        meter::check()?;
        for sub in &chart.subcharts {
            self.path.push(sub.name.clone());
            let below = match values.get(sub.name.as_bytes()) {
                None => {
                    let map = Map::new();
                    values.insert(sub.name.as_bytes(), Value::map(map.clone()));
                    map
                }
                Some(value) => table(&value).ok_or_else(|| CoalesceError::SubchartIsNoMap { path: self.path.clone() })?,
            };
            self.globals(&below, values);
            self.chart(sub, &below)?;
            self.path.pop();
        }
        Ok(())
    }

    /// Puts a chart's own defaults under `values`.
    fn defaults(&mut self, chart: &ChartValues, values: &Map) {
        for (key, slot) in copy_map(&chart.defaults).entries() {
            let Some(value) = values.get(&key) else {
                if self.nulls != Nulls::RemoveBoth || drop_nulls(&slot.value) {
                    values.insert_shared(key, slot);
                }
                continue;
            };
            match (table(&value), table(&slot.value)) {
                (None, _) if is_nil(&value) && self.nulls != Nulls::Keep => drop(values.remove(&key)),
                (None, _) => {}
                (Some(given), Some(default)) => {
                    let is_subchart = || chart.subcharts.iter().any(|sub| sub.name.as_bytes() == &*key);
                    let nulls = if is_subchart() { Nulls::Keep } else { self.nulls };
                    if nulls == Nulls::RemoveBoth {
                        drop_nulls(&slot.value);
                    }
                    self.nested(&key, |walk| walk.tables(&given, &default, nulls));
                }
                (Some(_), None) if is_nil(&slot.value) => {}
                (Some(_), None) => self.skip(&key, SkipReason::DefaultIsNoMap),
            }
        }
    }

    /// Puts `under` below `over`, which is changed.
    fn tables(&mut self, over: &Map, under: &Map, nulls: Nulls) {
        for (key, slot) in under.entries() {
            let Some(value) = over.get(&key) else {
                over.insert_shared(key, slot);
                continue;
            };
            match (table(&value), table(&slot.value)) {
                (Some(above), Some(below)) => self.nested(&key, |walk| walk.tables(&above, &below, nulls)),
                (Some(_), None) if !is_nil(&slot.value) => self.skip(&key, SkipReason::DefaultIsNoMap),
                (None, _) if is_nil(&value) => {
                    // Over a default that is null, too, it stays.
                    if nulls != Nulls::Keep && !is_nil(&slot.value) {
                        over.remove(&key);
                    }
                }
                (None, Some(_)) => self.skip(&key, SkipReason::DefaultIsAMap),
                (Some(_) | None, None) => {}
            }
        }
    }

    /// Lets the globals of `parent` flow into the values of a subchart: the parent's win.
    fn globals(&mut self, sub: &Map, parent: &Map) {
        let (Some(to), Some(from)) = (global(sub), global(parent)) else {
            self.skip(GLOBAL, SkipReason::GlobalIsNoMap);
            return;
        };
        for (key, mut slot) in from.entries() {
            let old = to.get(&key);
            match (table(&slot.value), old.as_ref().map(table)) {
                (Some(map), None) => slot.value = of_map(&slot.value, shallow(&map)),
                (Some(map), Some(Some(own))) => {
                    // Only this level is new: Helm shares the maps below it with the parent.
                    let flowing = shallow(&map);
                    self.nested(GLOBAL, |walk| walk.nested(&key, |walk| walk.tables(&flowing, &own, Nulls::Keep)));
                    slot.value = of_map(&slot.value, flowing);
                }
                (Some(_), Some(None)) | (None, Some(Some(_))) => {
                    self.nested(GLOBAL, |walk| walk.skip(&key, SkipReason::GlobalsDiffer));
                    continue;
                }
                (None, None | Some(None)) => {}
            }
            to.insert_shared(key, slot);
        }
        if !sub.contains(GLOBAL) {
            sub.insert(GLOBAL, Value::map(to));
        }
    }

    fn nested(&mut self, key: &[u8], within: impl FnOnce(&mut Self)) {
        self.path.push(printable(key));
        within(self);
        self.path.pop();
    }
}

/// Returns the `global` map, an empty one where there is none, nothing where it is no map.
fn global(values: &Map) -> Option<Map> {
    values.get(GLOBAL).map_or_else(|| Some(Map::new()), |value| table(&value))
}

/// Returns the map a value is.
fn table(value: &Value) -> Option<Map> {
    match &value.data {
        Data::Map(map, _) => Some(map.clone()),
        Data::Nil
        | Data::Bool(_)
        | Data::Int(_)
        | Data::Int64(_)
        | Data::Float(_)
        | Data::String(_)
        | Data::Bytes(_)
        | Data::List(..)
        | Data::Object(_) => None,
    }
}

fn is_nil(value: &Value) -> bool {
    matches!(value.data, Data::Nil)
}

/// Removes nulls from maps at any depth; says whether the value itself is something else than null.
fn drop_nulls(value: &Value) -> bool {
    if let Some(map) = table(value) {
        for (key, slot) in map.entries() {
            if !drop_nulls(&slot.value) {
                map.remove(&key);
            }
        }
    }
    !is_nil(value)
}

/// Returns `value` with another map as its content.
fn of_map(value: &Value, map: Map) -> Value {
    Value { data: Value::map(map).data, ..value.clone() }
}

/// Returns a new map with the same, shared values.
fn shallow(map: &Map) -> Map {
    map.rebuilt(Value::clone)
}

/// Returns a map that shares nothing with `map`. Recursion goes as deep as the reader let values nest.
fn copy_map(map: &Map) -> Map {
    map.rebuilt(copy)
}

fn copy(value: &Value) -> Value {
    let data = match &value.data {
        Data::Map(map, element) => Data::Map(copy_map(map), *element),
        Data::List(list, element) => Data::List(List::new(list.items().iter().map(copy).collect()), *element),
        other => other.clone(),
    };
    Value { data, ..value.clone() }
}

fn printable(key: &[u8]) -> String {
    String::from_utf8_lossy(key).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::LeafId;
    use crate::values::from_node;

    /// Reads one document; its leaves are numbered from `first` in document order.
    fn read(text: &str, first: u32) -> Map {
        let documents = yaml::read(text.as_bytes(), &yaml::ReadOptions::helm()).unwrap();
        let mut next = first;
        let value = from_node(&documents[0], &mut |_| {
            next += 1;
            Some(LeafId(next - 1))
        });
        table(&value).unwrap()
    }

    fn coalesced(defaults: &str, sub: &str, given: &str) -> Result<Coalesced, CoalesceError> {
        let sub = ChartValues { name: "sub".to_owned(), defaults: read(sub, 20), subcharts: Vec::new() };
        let chart = ChartValues { name: "probe".to_owned(), defaults: read(defaults, 10), subcharts: vec![sub] };
        coalesce(&chart, &read(given, 0), Profile::default())
    }

    fn check_skipped(defaults: &str, sub: &str, given: &str, expected: &[(&str, SkipReason)]) {
        let skipped = coalesced(defaults, sub, given).unwrap().skipped;
        let got: Vec<(String, SkipReason)> = skipped.iter().map(|one| (one.path.join("."), one.reason)).collect();
        let expected: Vec<(String, SkipReason)> = expected.iter().map(|(path, reason)| ((*path).to_owned(), *reason)).collect();
        assert_eq!(got, expected, "`{given}` over `{defaults}`, subchart `{sub}`");
    }

    fn leaves_at(map: &Map, path: &[&str]) -> Vec<u32> {
        let mut value = Value::map(map.clone());
        for key in path {
            value = table(&value).and_then(|map| map.get(key.as_bytes())).unwrap();
        }
        value.all_leaves().as_slice().iter().map(|leaf| leaf.0).collect()
    }

    // A leaf keeps its identity wherever it comes from and wherever it flows.
    #[test]
    fn leaves_ride_along() {
        let values = coalesced("d: 1\nsub: {x: 1}", "x: 0\nw: 0", "global: {g: {h: 1}}\nsub: {z: 3}").unwrap().values;
        assert_eq!(leaves_at(&values, &["d"]), [10]);
        assert_eq!(leaves_at(&values, &["sub", "x"]), [11]);
        assert_eq!(leaves_at(&values, &["sub", "w"]), [21]);
        assert_eq!(leaves_at(&values, &["sub", "z"]), [1]);
        assert_eq!(leaves_at(&values, &["sub", "global", "g", "h"]), [0]);
    }

    // What fits merges silently; what does not is passed over and named by its place.
    #[test]
    fn what_does_not_fit_is_named() {
        check_skipped("a: {b: 1}", "{}", "a: {b: 2, c: {}}", &[]);
        check_skipped("a: 1", "{}", "a: {b: 2}", &[("a", SkipReason::DefaultIsNoMap)]);
        check_skipped("a: {b: 1}", "{}", "a: {b: {c: 2}}", &[("a.b", SkipReason::DefaultIsNoMap)]);
        check_skipped("a: {b: {c: 1}}", "{}", "a: {b: 2}", &[("a.b", SkipReason::DefaultIsAMap)]);
        check_skipped("sub: {a: {b: 1}}", "{}", "sub: {a: {b: {}}}", &[("sub.a.b", SkipReason::DefaultIsNoMap)]);
        check_skipped("global: 1", "{}", "{}", &[("sub.global", SkipReason::GlobalIsNoMap)]);
        check_skipped("global: {a: 1}", "{}", "sub: {global: {a: {}}}", &[("sub.global.a", SkipReason::GlobalsDiffer)]);
    }

    // The values of a subchart are a map or an error that names them.
    #[test]
    fn a_subchart_takes_a_map() {
        assert!(coalesced("{}", "x: 1", "sub: {}").is_ok());
        let refused = coalesced("{}", "x: 1", "sub: word").unwrap_err();
        assert_eq!(refused, CoalesceError::SubchartIsNoMap { path: vec!["sub".to_owned()] });
        assert_eq!(refused.to_string(), "the values of subchart `sub` are not a map");
    }
}
