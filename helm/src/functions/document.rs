//! Values printed as documents: the walk that YAML, JSON and TOML share, and the marks it leaves.
//!
//! In: a value and a [`Sink`]. Out: what the sink wrote, with [`Mark`]s.
//! Rules: a scalar is exact where its bytes are one leaf's own and nothing else, otherwise derived with its quotes and layout; a
//! container's own leaves mark all it prints, and so do leaves that decide which keys it has: keys are sorted, one moves the others.
//! Not here: how a format looks (`yaml`, `json`).

use std::ops::Range;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use yaml::Scalar;

use super::FunctionError;
use super::truth::truth;
use crate::gofmt;
use crate::meter;
use crate::provenance::{Flow, Leaves, Mark, Marks};
use crate::time::{Moment, duration};
use crate::value::{Data, Empty, KUBE_VERSION, List, Map, Object, ObjectKind, Slot, StructType, Text, Value};

/// How deep a value may nest, in levels: far more than manifests use, and within a thread's stack.
pub(super) const NESTING: usize = 200;

/// A format under construction. Ranges are bytes of the final text.
pub(super) trait Sink {
    /// Puts entries into the order in which the format prints keys.
    fn order(&self, entries: &mut Vec<(Rc<[u8]>, Slot)>);
    /// Opens a mapping of `len` entries.
    fn begin_mapping(&mut self, len: usize);
    /// Writes a key.
    fn key(&mut self, key: &[u8]);
    /// Closes the mapping.
    fn end_mapping(&mut self);
    /// Opens a sequence of `len` items.
    fn begin_sequence(&mut self, len: usize);
    /// Closes the sequence.
    fn end_sequence(&mut self);
    /// Writes a scalar and returns where it lies.
    fn scalar(&mut self, scalar: Scalar<'_>) -> Range<usize>;
    /// Returns how many bytes are written so far.
    fn position(&self) -> usize;
    /// Says whether values are written as Go's JSON has them: bytes in base64, times as text, durations as numbers, any text as
    /// UTF-8, nil lists and maps as `null`. Where not, all but the last are refused.
    fn encodes_as_json(&self) -> bool {
        true
    }
    /// Returns where within `range`, the place of a string, `text` stands unchanged (between quotes, where the format always
    /// quotes); nothing where it does not.
    fn copied(&self, range: &Range<usize>, text: &[u8]) -> Option<Range<usize>>;
}

/// Why a value was not written.
#[derive(Debug)]
pub(super) enum Unwritten {
    /// The value holds itself: Go says so in an error, which many functions swallow.
    Cycle,
    /// It is too deep or too large, or of a type that is not printed: never swallowed.
    Refused(FunctionError),
}

/// Writes `value` and returns the marks of what was written.
pub(super) fn write(sink: &mut dyn Sink, value: &Value, result_limit: usize) -> Result<Vec<Mark>, Unwritten> {
    let mut walk = Walk { sink, marks: Vec::new(), open: Vec::new(), result_limit };
    walk.value(value)?;
    Ok(walk.marks)
}

/// Returns written bytes as text, marks cut to its length; a mark beyond the end becomes an absence there.
pub(super) fn text(bytes: Vec<u8>, marks: Vec<Mark>) -> Text {
    let len = bytes.len();
    let cut = |mark: Mark| Mark { start: mark.start.min(len), end: mark.end.min(len), ..mark };
    Text::marked(bytes, Marks::from_vec(marks.into_iter().map(cut).collect()))
}

struct Walk<'s> {
    sink: &'s mut dyn Sink,
    marks: Vec<Mark>,
    open: Vec<Container>,
    result_limit: usize,
}

/// A container the walk is in.
enum Container {
    Map(Map),
    List(List),
}

impl Container {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Map(a), Self::Map(b)) => a.same(b),
            (Self::List(a), Self::List(b)) => a.same(b),
            (Self::Map(_), Self::List(_)) | (Self::List(_), Self::Map(_)) => false,
        }
    }
}

impl Walk<'_> {
    fn value(&mut self, value: &Value) -> Result<(), Unwritten> {
        match &value.data {
            Data::Nil => self.scalar(Scalar::Null, value),
            Data::Bool(on) => self.scalar(Scalar::Bool(*on), value),
            Data::Int(number) | Data::Int64(number) => self.scalar(Scalar::Int(*number), value),
            Data::Float(number) => self.scalar(Scalar::Float(*number), value),
            Data::String(text) => self.string(text, &value.leaves),
            // go-yaml v3 sees a list of small numbers.
            Data::Bytes(text) if !self.sink.encodes_as_json() => {
                let number = |byte: &u8| Value::plain(Data::Int(i64::from(*byte)));
                self.list(&List::new(text.as_bytes().iter().map(number).collect()), &value.leaves.union(&text.marks().leaves()))
            }
            // Go encoding/json: a `[]byte` is written in base64.
            Data::Bytes(text) => self.string(&base64_of(text), &value.leaves),
            Data::List(list, _) if list.is_nil() && self.sink.encodes_as_json() => self.scalar(Scalar::Null, value),
            Data::Map(map, _) if map.is_nil() && self.sink.encodes_as_json() => self.scalar(Scalar::Null, value),
            Data::List(list, _) => self.list(list, &value.leaves),
            Data::Map(map, _) => self.map(map, &value.leaves),
            Data::Object(object) => match object.kind {
                ObjectKind::Time { .. } if !self.sink.encodes_as_json() => Err(unencodable(value)),
                ObjectKind::Duration(nanoseconds) if !self.sink.encodes_as_json() => {
                    self.string(&Text::from(duration::printed(nanoseconds).as_str()), &value.leaves)
                }
                _ => self.object(object, &value.leaves),
            },
        }
    }

    /// Writes anything but a string.
    fn scalar(&mut self, scalar: Scalar<'_>, value: &Value) -> Result<(), Unwritten> {
        self.room(0)?;
        let range = self.sink.scalar(scalar);
        self.mark(range, value.leaves.clone(), Flow::Derived);
        Ok(())
    }

    fn string(&mut self, text: &Text, own: &Leaves) -> Result<(), Unwritten> {
        self.room(text.as_bytes().len())?;
        if !self.sink.encodes_as_json() && std::str::from_utf8(text.as_bytes()).is_err() {
            let leaves = text.marks().leaves().union(own);
            let message = Text::from("text that is not UTF-8 cannot be written here").derived_from(&leaves);
            return Err(Unwritten::Refused(FunctionError { message }));
        }
        let range = self.sink.scalar(Scalar::String(text.as_bytes()));
        let copy = copied_leaf(text, own).zip(self.sink.copied(&range, text.as_bytes()));
        match copy {
            Some((leaves, place)) => self.mark(place, leaves.clone(), Flow::Exact),
            None => self.mark(range, text.marks().leaves().union(own), Flow::Derived),
        }
        Ok(())
    }

    fn list(&mut self, list: &List, own: &Leaves) -> Result<(), Unwritten> {
        self.enter(Container::List(list.clone()))?;
        let start = self.sink.position();
        let items = list.items();
        self.sink.begin_sequence(items.len());
        for item in &items {
            self.value(item)?;
        }
        self.sink.end_sequence();
        self.leave(start, own.clone());
        Ok(())
    }

    fn map(&mut self, map: &Map, own: &Leaves) -> Result<(), Unwritten> {
        self.enter(Container::Map(map.clone()))?;
        let start = self.sink.position();
        let mut entries = map.entries();
        let keys = entries.iter().fold(own.union(&map.shape()), |all, (_, slot)| all.union(&slot.key_leaves));
        self.sink.order(&mut entries);
        self.sink.begin_mapping(entries.len());
        for (key, slot) in &entries {
            self.room(key.len())?;
            self.sink.key(key);
            self.value(&slot.value)?;
        }
        self.sink.end_mapping();
        self.leave(start, keys);
        Ok(())
    }

    /// Writes an object as its Go type does.
    fn object(&mut self, object: &Object, own: &Leaves) -> Result<(), Unwritten> {
        let own = &own.union(&object.fields.shape());
        match &object.kind {
            ObjectKind::Values(_) | ObjectKind::Files(_) | ObjectKind::Certificate => self.map(&object.fields, own),
            ObjectKind::VersionSet(_, versions) => {
                self.list(&List::new(versions.iter().map(|version| Value::string(version)).collect()), own)
            }
            ObjectKind::Semver(version) => self.string(&Text::from(version.as_str()), own),
            ObjectKind::Duration(nanoseconds) => {
                self.scalar(Scalar::Int(*nanoseconds), &Value { leaves: own.clone(), ..Value::nil() })
            }
            ObjectKind::Number(_, number) => {
                let number = i64::try_from(*number).map_or_else(|_| Scalar::Float(nearest(*number)), Scalar::Int);
                self.scalar(number, &Value { leaves: own.clone(), ..Value::nil() })
            }
            ObjectKind::Time { .. } => match Moment::of(&object.kind).and_then(|moment| moment.json()) {
                Some(text) => self.string(&Text::from(text.as_str()), own),
                None => Err(refused("a time outside the years 0 to 9999 cannot be written as a document")),
            },
            ObjectKind::Struct(structure) if self.sink.encodes_as_json() => self.structure(structure, &object.fields, own),
            ObjectKind::KubeVersion(..) if self.sink.encodes_as_json() => self.structure(&KUBE_VERSION, &object.fields, own),
            ObjectKind::KubeVersion(..) | ObjectKind::Struct(_) => {
                let value = Value::plain(Data::Object(Rc::new(Object { kind: object.kind.clone(), fields: Map::new() })));
                Err(refused(&format!("a {} cannot be written as a document", gofmt::type_name(&value))))
            }
        }
    }

    /// Writes a struct with the keys of Go's JSON, in the order of its fields or in that of the document.
    fn structure(&mut self, structure: &StructType, fields: &Map, own: &Leaves) -> Result<(), Unwritten> {
        self.enter(Container::Map(fields.clone()))?;
        let start = self.sink.position();
        let written = structure.written.iter().filter_map(|field| {
            let value = fields.get(field.field.as_bytes())?;
            let slot = Slot { key_leaves: Leaves::NONE, value };
            (field.empty == Empty::Written || !is_empty(&slot.value)).then(|| (Rc::from(field.key.as_bytes()), slot))
        });
        let mut entries: Vec<(Rc<[u8]>, Slot)> = written.collect();
        self.sink.order(&mut entries);
        self.sink.begin_mapping(entries.len());
        for (key, slot) in &entries {
            self.room(key.len())?;
            self.sink.key(key);
            self.value(&slot.value)?;
        }
        self.sink.end_mapping();
        self.leave(start, own.clone());
        Ok(())
    }

    fn enter(&mut self, container: Container) -> Result<(), Unwritten> {
        if self.open.len() == NESTING {
            let held_twice = |(place, open): (usize, &Container)| self.open.iter().skip(place + 1).any(|inner| inner.same(open));
            let cycle = self.open.iter().enumerate().any(held_twice) || self.open.iter().any(|open| open.same(&container));
            return Err(if cycle { Unwritten::Cycle } else { refused(&format!("the value nests deeper than {NESTING} levels")) });
        }
        self.room(0)?;
        self.open.push(container);
        Ok(())
    }

    fn leave(&mut self, start: usize, leaves: Leaves) {
        self.open.pop();
        self.mark(start..self.sink.position(), leaves, Flow::Derived);
    }

    /// Checks that `more` bytes fit into the result.
    fn room(&self, more: usize) -> Result<(), Unwritten> {
        meter::spend(1).map_err(|passed| Unwritten::Refused(passed.into()))?;
        if self.sink.position().saturating_add(more) > self.result_limit {
            return Err(refused(&format!("the result is larger than {} bytes", self.result_limit)));
        }
        Ok(())
    }

    fn mark(&mut self, range: Range<usize>, leaves: Leaves, flow: Flow) {
        if !leaves.is_empty() {
            self.marks.push(Mark { start: range.start, end: range.end, leaves, flow });
        }
    }
}

/// Returns the float nearest to a number over 63 bits.
#[expect(clippy::cast_precision_loss, reason = "documents hold such numbers as floats")]
fn nearest(number: i128) -> f64 {
    number as f64
}

/// Says whether Go's `omitempty` leaves a value out; structs never are.
///
/// # Source
/// Go `encoding/json/encode.go`, `isEmptyValue`.
fn is_empty(value: &Value) -> bool {
    !matches!(value.data, Data::Object(_)) && !truth(value)
}

fn unencodable(value: &Value) -> Unwritten {
    refused(&format!("a {} cannot be written here", gofmt::type_name(value)))
}

/// Returns the leaf a text is wholly a copy of.
fn copied_leaf<'t>(text: &'t Text, own: &Leaves) -> Option<&'t Leaves> {
    match text.marks().as_slice() {
        [mark] if mark.flow == Flow::Exact && mark.start == 0 && mark.end == text.as_bytes().len() => {
            (own.is_empty() || *own == mark.leaves).then_some(&mark.leaves)
        }
        _ => None,
    }
}

fn base64_of(text: &Text) -> Text {
    Text::plain(STANDARD.encode(text.as_bytes()).as_bytes()).derived_from(&text.marks().leaves())
}

fn refused(message: &str) -> Unwritten {
    Unwritten::Refused(FunctionError::from(message))
}

/// Returns the value and all its parts marked as derived from `leaves`; for trees that nobody else holds yet.
pub(super) fn derive_deep(value: &Value, leaves: &Leaves) -> Value {
    if leaves.is_empty() {
        return value.clone();
    }
    let data = match &value.data {
        Data::List(list, element) => {
            let items = list.items().iter().map(|item| derive_deep(item, leaves)).collect();
            Data::List(List::new(items), *element)
        }
        Data::Map(map, element) => {
            let derived = Map::new();
            for (key, slot) in map.entries() {
                let value = derive_deep(&slot.value, leaves);
                derived.insert_slot(&key, Slot { key_leaves: slot.key_leaves.union(leaves), value });
            }
            derived.depend(&map.shape().union(leaves));
            Data::Map(derived, *element)
        }
        other => other.clone(),
    };
    Value { data, ..value.clone() }.derived_from(leaves)
}
