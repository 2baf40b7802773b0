//! `merge`, `mergeOverwrite` and their `must` forms.
//!
//! Rules: the first map takes what it lacks or has empty; nested maps merge in place, everything else is shared with the source.
//! Overwriting takes empty values and nil, too. What an entry's emptiness decided, the entry is derived from.
//!
//! # Source
//! mergo 1.0 `merge.go`, `deepMerge`, as sprig's `merge` (no options) and `mergeOverwrite` (`WithOverride`) call it.

use super::super::signature::{Computed, Outcome, argument, deeper, map, mutating, variadic};
use super::super::truth::{truth, truth_leaves};
use super::super::{Environment, Function, Keeps, Parameter};
use super::as_map;
use crate::gofmt::kind_leaves;
use crate::meter;
use crate::provenance::Leaves;
use crate::value::{Data, Map, ObjectKind, Slot, Value};

use Parameter::Map as Dict;

/// Nested maps that are merged; only maps that hold themselves reach it.
const DEPTH: usize = 1_000;

/// Steps it takes to see what becomes of an entry that both sides have.
const MEETING_STEPS: usize = 3;

/// Entries one call merges; maps that share their parts many times over could take for ever. No values file has as many, and each may
/// take a walk over all maps where secrets are tracked.
const STEPS: usize = 1_000_000;

pub(super) const TABLE: &[Function] = &[
    mutating(variadic("merge", &[Dict, Dict], Keeps::All, keep)),
    mutating(variadic("mustMerge", &[Dict, Dict], Keeps::All, keep)),
    mutating(variadic("mergeOverwrite", &[Dict, Dict], Keeps::All, overwrite)),
    mutating(variadic("mustMergeOverwrite", &[Dict, Dict], Keeps::All, overwrite)),
];

/// Which side wins where both have a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Winner {
    Target,
    Source,
}

fn keep(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    merged(values, Winner::Target)
}

fn overwrite(_: &mut Environment<'_>, values: &[Value]) -> Outcome {
    merged(values, Winner::Source)
}

fn merged(values: &[Value], winner: Winner) -> Outcome {
    let given = map(values, 0)?;
    let sources = (1..values.len()).map(|index| map(values, index)).collect::<Computed<Vec<_>>>()?;
    let made = given.is_nil() && sources.iter().any(|source| !source.is_empty());
    let target = if made { Map::new() } else { given };
    let mut merging = Merging { winner, steps: 0, open: Vec::new() };
    for (holder, source) in values.iter().skip(1).zip(&sources) {
        merging.maps(&target, (holder, source), 0)?;
    }
    Ok(as_map(&argument(values, 0), target))
}

/// One merge under way.
struct Merging {
    winner: Winner,
    steps: usize,
    /// Targets with their sources around the present entry.
    open: Vec<(Map, Map)>,
}

impl Merging {
    /// Merges a source, the value and the map it is, into `target`.
    fn maps(&mut self, target: &Map, (holder, source): (&Value, &Map), depth: usize) -> Computed<()> {
        if depth > DEPTH {
            return Err(format!("maps are nested more than {DEPTH} deep").into());
        }
        target.depend_throughout(&source.shape().union(&holder.leaves));
        for (key, slot) in source.entries() {
            self.steps += 1;
            if self.steps > STEPS {
                return Err(format!("more than {STEPS} entries to merge").into());
            }
            let from = Slot { key_leaves: slot.key_leaves.union(&holder.leaves), value: slot.value.derived_from(&holder.leaves) };
            self.entry(target, &key, from, depth)?;
        }
        Ok(())
    }

    fn entry(&mut self, target: &Map, key: &[u8], from: Slot, depth: usize) -> Computed<()> {
        // What the source's value could have been besides would have gone elsewhere: left out, merged into a map, or put in its place.
        let kind = kind_leaves(&from.value);
        if let Some(source) = as_dictionary(&from.value) {
            // Shared with the target where that lacks the key; then the next source is merged into it.
            source.depend_throughout(&target.shape());
        }
        let Some(there) = target.slot(key) else {
            // Without overwriting, mergo leaves out what is nil.
            if self.winner == Winner::Target {
                target.depend(&kind);
            }
            if !matches!(from.value.data, Data::Nil) || self.winner == Winner::Source {
                target.insert_slot(key, from);
            }
            return Ok(());
        };
        meter::spend(MEETING_STEPS)?;
        let inner = as_dictionary(&there.value);
        if let Some(inner) = &inner {
            inner.depend_throughout(&kind);
        }
        match (self.winner, &from.value.data) {
            (Winner::Source, Data::Nil) => {
                target.insert_slot(key, from);
                Ok(())
            }
            (Winner::Target, Data::Nil) => {
                if !truth(&there.value) {
                    target.insert_slot(key, Slot { value: there.value.derived_from(&kind), ..there });
                }
                Ok(())
            }
            _ => self.meet(target, key, (there, inner), (from, depth)),
        }
    }

    /// Merges a source's entry that is not nil with the one that is there, and the map that one is.
    fn meet(
        &mut self,
        target: &Map,
        key: &[u8],
        (there, inner): (Slot, Option<Map>),
        (from, depth): (Slot, usize),
    ) -> Computed<()> {
        let source = as_dictionary(&from.value);
        let asked = self.winner == Winner::Target || source.is_some();
        let decided = if asked { truth_leaves(&there.value) } else { Leaves::NONE };
        // It decides, too, which of the two maps the next source is merged into.
        inner.iter().chain(&source).for_each(|map| map.depend_throughout(&decided));
        if let (Some(inner), Some(source)) = (&inner, &source) {
            // Helm goes round and round until its stack ends, and with it the process.
            if self.open.iter().any(|(target, merged)| target.same(inner) && merged.same(source)) {
                return Err("maps that hold themselves cannot be merged".into());
            }
            self.open.push((inner.clone(), source.clone()));
            deeper(|| self.maps(inner, (&from.value, source), depth + 1))?;
            self.open.pop();
            if truth(&there.value) {
                return Ok(());
            }
        }
        // Go asks for the target's emptiness first; a map that is no map in the source stays as a scalar does.
        let taken = self.winner == Winner::Source || !truth(&there.value);
        let key_leaves = there.key_leaves.union(&from.key_leaves);
        let value = if taken { from.value } else { there.value }.derived_from(&decided);
        target.insert_slot(key, Slot { key_leaves, value });
        Ok(())
    }
}

/// Returns the map where Go's kind is `map` and its entries are values.
fn as_dictionary(value: &Value) -> Option<Map> {
    match &value.data {
        Data::Map(map, _) => Some(map.clone()),
        Data::Object(object) => matches!(object.kind, ObjectKind::Values(_)).then(|| object.fields.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::{call, drawn_value, exact, number, try_call};
    use super::*;
    use crate::value::Text;

    fn dict(entries: &[(&str, Value)]) -> Value {
        let map = Map::new();
        entries.iter().for_each(|(key, value)| map.insert(key.as_bytes(), value.clone()));
        Value::map(map)
    }

    // A sealed value that fills a gap stays itself; one whose zero decided marks what came in its place.
    #[test]
    fn what_emptiness_decides() {
        let target = dict(&[("a", exact("")), ("b", number(0.0)), ("c", number(1.0))]);
        let source = dict(&[("a", Value::string("x")), ("b", Value::string("x")), ("c", Value::string("x")), ("d", exact("pw"))]);
        call("merge", &[target.clone(), source]);
        assert_eq!(drawn_value(&target), "map[a:x b:<x> c:<1> d:[pw]]");
    }

    // What a sealed choice of source brings depends on that choice: values, keys, and the shape.
    #[test]
    fn a_chosen_source_marks_what_it_brings() {
        let target = dict(&[]);
        let leaf = Leaves::one(crate::provenance::LeafId(1));
        call("mergeOverwrite", &[target.clone(), dict(&[("a", Value::string("x"))]).derived_from(&leaf)]);
        assert_eq!(drawn_value(&call("get", &[target.clone(), Value::string("z")])), "<>");
        let Data::Map(map, _) = &target.data else { unreachable!("it is a map") };
        assert_eq!(map.shape(), leaf);
    }

    // Two maps that hold themselves at the same key come to an error.
    #[test]
    fn knots_end() {
        let knot = || {
            let map = Map::new();
            map.insert(b"self", Value::map(map.clone()));
            map
        };
        let (a, b) = (knot(), knot());
        let error = try_call("merge", &[Value::map(a.clone()), Value::map(b.clone())], 1 << 20).unwrap_err();
        assert_eq!(error.message, Text::from("maps that hold themselves cannot be merged"));
        let error = try_call("deepCopy", &[Value::map(a.clone())], 1 << 20).unwrap_err();
        assert_eq!(error.message, Text::from("values are nested more than 1000 deep"));
        a.remove(b"self");
        b.remove(b"self");
    }

    // Maps are merged and copied as deep as the limits say, and no deeper.
    #[test]
    fn depth_obeyed_and_violated() {
        let nested = |levels: usize| (0..levels).fold(dict(&[]), |inner, _| dict(&[("a", inner)]));
        let message = |name: &str, values: &[Value]| try_call(name, values, 1 << 20).err().map(|error| error.message);
        assert_eq!(message("merge", &[nested(DEPTH), nested(DEPTH)]), None);
        let refused = message("merge", &[nested(DEPTH + 1), nested(DEPTH + 1)]);
        assert_eq!(refused, Some(Text::from("maps are nested more than 1000 deep")));
        assert_eq!(message("deepCopy", &[nested(DEPTH)]), None);
        assert_eq!(message("deepCopy", &[nested(DEPTH + 1)]), Some(Text::from("values are nested more than 1000 deep")));
    }

    // A call merges so many entries and not one more.
    #[test]
    fn steps_obeyed_and_violated() {
        let merge = |steps: usize| {
            let mut merging = Merging { winner: Winner::Target, steps, open: Vec::new() };
            let source = dict(&[("a", Value::nil())]);
            let Data::Map(map, _) = &source.data else { unreachable!("it is a map") };
            merging.maps(&Map::new(), (&source, map), 0).map_err(|error| error.message)
        };
        assert_eq!(merge(STEPS - 1), Ok(()));
        assert_eq!(merge(STEPS), Err(Text::from("more than 1000000 entries to merge")));
    }
}
