//! Origin: from a place in the merged values to the layer that wrote it.
//!
//! In: [`Merged`] values in which every leaf is tracked, and their layers. Out: [`Origin`], layer, file, line and column.
//! Rules: the layer that won is the one that is named; what is missing belongs to the last layer that wrote into the nearest parent.
//! Not here: what the other layers said (`explain`), places in what a chart rendered.

use helm::provenance::LeafId;
use helm::value::{Data, Value};
use helm::values::Step;
use yaml::{LeafPlace, Position};

use crate::merge::Merged;
use crate::secrets::OpenedLayer;

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The layer's name.
    pub layer: String,
    /// The role that owns the layer.
    pub owner: String,
    /// The file.
    pub path: String,
    /// Where in it.
    pub at: Position,
}

/// Merged values with their layers.
#[derive(Clone, Copy, Debug)]
pub struct Origins<'a> {
    /// The values, merged with [`Tracking::All`](crate::merge::Tracking::All): a leaf that is not tracked has no origin.
    pub merged: &'a Merged,
    /// The layers they were merged from, in the same order.
    pub layers: &'a [OpenedLayer<'a>],
}

impl Origins<'_> {
    /// Returns the steps of a JSON pointer, as the values have them.
    #[must_use]
    pub fn path(&self, pointer: &str) -> Vec<Step> {
        let mut path = Vec::new();
        let mut at = Some(self.merged.values.clone());
        for step in pointer.split('/').skip(1) {
            let key = step.replace("~1", "/").replace("~0", "~");
            let step = match at.as_ref().map(|value| &value.data) {
                Some(Data::List(..)) => Step::Index(key.parse().unwrap_or_default()),
                _ => Step::Key(key),
            };
            at = at.and_then(|value| below(&value, &step));
            path.push(step);
        }
        path
    }

    /// Returns where the value at `path` was written; for a map or list, and for what is missing, the last layer that wrote into the
    /// nearest parent. Nothing where no layer wrote anything.
    #[must_use]
    pub fn of(&self, path: &[Step]) -> Option<Origin> {
        let mut parents = vec![self.merged.values.clone()];
        for step in path {
            match parents.last().and_then(|parent| below(parent, step)) {
                Some(value) => parents.push(value),
                None => break,
            }
        }
        parents.iter().rev().find_map(|value| self.last(value))
    }

    /// Returns where to write what is missing at `path`: beside what the last clear layer wrote into the nearest parent, else as
    /// [`Origins::of`].
    #[must_use]
    pub fn beside(&self, path: &[Step]) -> Option<Origin> {
        let nearest = (0..path.len()).rev().find_map(|length| self.at(path.get(..length)?))?;
        let clear = self.last_of(&nearest, |place| self.layer(place).is_some_and(|layer| !layer.layer.sealed));
        clear.or_else(|| self.of(path))
    }

    /// Returns the first place of the last layer among the leaves of a value.
    fn last(&self, value: &Value) -> Option<Origin> {
        self.last_of(value, |_| true)
    }

    fn last_of(&self, value: &Value, counts: impl Fn(LeafPlace) -> bool) -> Option<Origin> {
        let leaves = value.all_leaves();
        let places = leaves.as_slice().iter().filter_map(|leaf| self.merged.leaves.place(*leaf));
        let last =
            places.filter(|place| counts(*place)).max_by_key(|place| (place.source, std::cmp::Reverse(place.span.start)))?;
        self.origin(last)
    }

    fn layer(&self, place: LeafPlace) -> Option<&OpenedLayer<'_>> {
        self.layers.get(usize::try_from(place.source.0).ok()?)
    }

    fn origin(&self, place: LeafPlace) -> Option<Origin> {
        let layer = self.layer(place)?;
        Some(Origin {
            layer: layer.layer.name.clone(),
            owner: layer.layer.owner.clone(),
            path: layer.path.clone(),
            at: place.span.start,
        })
    }

    /// Says whether the layers set the value at `path`.
    #[must_use]
    pub fn holds(&self, path: &[Step]) -> bool {
        self.at(path).is_some()
    }

    /// Says whether the value at `path` is itself a sealed leaf.
    #[must_use]
    pub fn sealed(&self, path: &[Step]) -> bool {
        self.at(path).is_some_and(|value| {
            !matches!(value.data, Data::Map(..) | Data::List(..))
                && value.all_leaves().as_slice().iter().any(|leaf| self.is_sealed(*leaf))
        })
    }

    /// Says whether the value at `path`, or anything below it, is sealed.
    #[must_use]
    pub fn holds_sealed(&self, path: &[Step]) -> bool {
        self.at(path).is_some_and(|value| value.all_leaves().as_slice().iter().any(|leaf| self.is_sealed(*leaf)))
    }

    /// Says whether any value is sealed.
    #[must_use]
    pub fn any_sealed(&self) -> bool {
        self.holds_sealed(&[])
    }

    /// Returns the path of the first sealed leaf in the order of keys; the root where there is none.
    #[must_use]
    pub fn first_sealed(&self) -> Vec<Step> {
        let mut waiting = vec![(Vec::new(), self.merged.values.clone())];
        while let Some((path, value)) = waiting.pop() {
            let parts: Vec<(Step, Value)> = match &value.data {
                Data::Map(map, _) => {
                    let entries = map.entries().into_iter();
                    entries.map(|(key, slot)| (Step::Key(String::from_utf8_lossy(&key).into_owned()), slot.value)).collect()
                }
                Data::List(list, _) => {
                    list.items().into_iter().enumerate().map(|(index, item)| (Step::Index(index), item)).collect()
                }
                _ if value.all_leaves().as_slice().iter().any(|leaf| self.is_sealed(*leaf)) => return path,
                _ => Vec::new(),
            };
            waiting.extend(parts.into_iter().rev().map(|(step, part)| (path.iter().cloned().chain([step]).collect(), part)));
        }
        Vec::new()
    }

    fn is_sealed(&self, leaf: LeafId) -> bool {
        self.merged.sealed.contains_key(&leaf)
    }

    fn at(&self, path: &[Step]) -> Option<Value> {
        path.iter().try_fold(self.merged.values.clone(), |value, step| below(&value, step))
    }
}

/// Returns what is one step below a value.
pub(crate) fn below(value: &Value, step: &Step) -> Option<Value> {
    match (&value.data, step) {
        (Data::Map(map, _), Step::Key(key)) => map.get(key.as_bytes()),
        (Data::List(list, _), Step::Index(index)) => list.get(*index),
        _ => None,
    }
}
