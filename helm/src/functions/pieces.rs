//! Pieces of marked text: cut, rewritten and joined with their marks.
//!
//! In: [`Text`]. Out: text whose marks stand where the bytes went.
//! Rules: an exact mark survives copying only; where a rewrite changes its bytes it becomes derived. An empty mark stays at its place. Where
//! *which* bytes remain may depend on tracked ones, the whole result is derived ([`derived`]).

use crate::provenance::{Flow, Mark, Marks};
use crate::value::Text;

/// Returns the bytes, derived throughout from all that `text` depends on.
pub(super) fn derived(bytes: &[u8], text: &Text) -> Text {
    Text::plain(bytes).derived_from(&text.marks().leaves())
}

/// Says whether one mark holds all of the text, and all its leaves: then no byte stands outside that could tell anything of it.
pub(super) fn wholly_marked(text: &Text) -> bool {
    let length = text.as_bytes().len();
    let all = text.marks().leaves();
    text.marks().as_slice().iter().any(|mark| mark.start == 0 && mark.end == length && length > 0 && mark.leaves == all)
}

/// Returns `start..end` of the text, marks clipped to it. One that only touches it stays as an empty one: it might have been longer.
/// A clipped mark is derived: whether a part of a leaf is empty is not free to tell, as it is of the whole. That nothing is left depends on
/// all that is marked.
pub(super) fn cut(text: &Text, start: usize, end: usize) -> Text {
    let bytes = text.as_bytes().get(start..end).unwrap_or_default();
    if text.marks().is_empty() {
        return Text::plain(bytes);
    }
    if bytes.is_empty() {
        return derived(bytes, text);
    }
    let touching = |mark: &&Mark| mark.start <= end && start <= mark.end;
    let marks = text.marks().as_slice().iter().filter(touching).map(|mark| Mark {
        start: mark.start.max(start) - start,
        end: mark.end.min(end) - start,
        leaves: mark.leaves.clone(),
        flow: if start <= mark.start && mark.end <= end { mark.flow } else { Flow::Derived },
    });
    Text::marked(bytes.to_vec(), Marks::from_vec(marks.collect()))
}

/// Text that is being rewritten, unit by unit, with the places where units went.
pub(super) struct Rewriting<'t> {
    source: &'t Text,
    bytes: Vec<u8>,
    /// Kept only for marked text; units side by side that did not change are one.
    units: Vec<Unit>,
    read: usize,
}

/// Where a stretch of the source went.
struct Unit {
    source: usize,
    result: usize,
    changed: bool,
}

impl<'t> Rewriting<'t> {
    /// Begins with `capacity` bytes in sight.
    pub(super) fn new(source: &'t Text, capacity: usize) -> Self {
        Self { source, bytes: Vec::with_capacity(capacity), units: Vec::new(), read: 0 }
    }

    /// Appends bytes that stand before the next unit and belong to none.
    pub(super) fn insert(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Takes the next `length` bytes of the source for what `write` appends.
    pub(super) fn unit(&mut self, length: usize, write: impl FnOnce(&mut Vec<u8>)) {
        let (source, result) = (self.read, self.bytes.len());
        write(&mut self.bytes);
        self.read += length;
        if self.source.marks().is_empty() {
            return;
        }
        let changed = self.source.as_bytes().get(source..self.read) != self.bytes.get(result..);
        let follows = |unit: &Unit| !unit.changed && unit.result + (source - unit.source) == result;
        if changed || !self.units.last().is_some_and(follows) {
            self.units.push(Unit { source, result, changed });
        }
    }

    /// Returns the result; each mark spans the units it touched.
    pub(super) fn finish(mut self, tail: &[u8]) -> Text {
        self.units.push(Unit { source: self.read, result: self.bytes.len(), changed: false });
        let marks = self.source.marks().as_slice().iter().map(|mark| self.moved(mark)).collect();
        self.bytes.extend_from_slice(tail);
        Text::marked(self.bytes, Marks::from_vec(marks))
    }

    fn moved(&self, mark: &Mark) -> Mark {
        let first = self.units.partition_point(|unit| unit.source <= mark.start).saturating_sub(1);
        let start = self.units.get(first).map_or(0, |unit| match unit.changed {
            true => unit.result,
            false => unit.result + (mark.start - unit.source),
        });
        if mark.start == mark.end {
            return Mark { start, end: start, ..mark.clone() };
        }
        let last = self.units.partition_point(|unit| unit.source < mark.end).saturating_sub(1);
        let end = match (self.units.get(last), self.units.get(last + 1)) {
            (Some(unit), _) if !unit.changed => unit.result + (mark.end - unit.source),
            (_, behind) => behind.map_or(self.bytes.len(), |unit| unit.result),
        };
        let touched = self.units.get(first..=last).unwrap_or_default();
        let flow = if touched.iter().any(|unit| unit.changed) { Flow::Derived } else { mark.flow };
        Mark { start, end, leaves: mark.leaves.clone(), flow }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::provenance::{LeafId, Leaves};

    /// Returns text in which `[..]` is an exact mark of leaf 1.
    pub(in crate::functions) fn marked(drawn: &str) -> Text {
        let mut bytes = Vec::new();
        let mut marks = Vec::new();
        let mut start = 0;
        for byte in drawn.bytes() {
            match byte {
                b'[' => start = bytes.len(),
                b']' => marks.push(Mark { start, end: bytes.len(), leaves: Leaves::one(LeafId(1)), flow: Flow::Exact }),
                other => bytes.push(other),
            }
        }
        Text::marked(bytes, Marks::from_vec(marks))
    }

    /// Draws text with `[..]` around exact marks and `<..>` around derived ones.
    pub(in crate::functions) fn drawn(text: &Text) -> String {
        let mut out = Vec::new();
        for place in 0..=text.as_bytes().len() {
            let marks = text.marks().as_slice();
            let sign = |flow: Flow, exact: u8, derived: u8| if flow == Flow::Exact { exact } else { derived };
            out.extend(marks.iter().filter(|m| m.end == place && m.start < place).map(|m| sign(m.flow, b']', b'>')));
            for mark in marks.iter().filter(|mark| mark.start == place) {
                out.push(sign(mark.flow, b'[', b'<'));
                if mark.end == place {
                    out.push(sign(mark.flow, b']', b'>'));
                }
            }
            out.extend(text.as_bytes().get(place));
        }
        String::from_utf8_lossy(&out).into_owned()
    }

    fn check_cut(source: &str, start: usize, end: usize, want: &str) {
        assert_eq!(drawn(&cut(&marked(source), start, end)), want, "{source} {start}..{end}");
    }

    // Marks are clipped to the piece, and derived where they are; one at its edges leaves its place.
    #[test]
    fn cutting_clips_marks() {
        check_cut("ab[cd]ef", 0, 1, "a");
        check_cut("ab[cd]ef", 0, 2, "ab<>");
        check_cut("ab[cd]ef", 1, 3, "b<c>");
        check_cut("ab[cd]ef", 1, 4, "b[cd]");
        check_cut("ab[cd]ef", 3, 6, "<d>ef");
        check_cut("[c]", 1, 1, "<>");
        check_cut("[c]", 0, 0, "<>");
        check_cut("ab[]cd", 0, 2, "ab[]");
        check_cut("ab[]cd", 2, 4, "[]cd");
    }

    // A copy stays exact; a mark around changed bytes is derived and holds what was put there.
    #[test]
    fn rewriting_moves_marks() {
        let check = |source: &str, want: &str| {
            let text = marked(source);
            let mut rewriting = Rewriting::new(&text, 0);
            rewriting.insert(b"--");
            for byte in text.as_bytes() {
                rewriting.unit(1, |out| if *byte == b'x' { out.extend_from_slice(b"yyy") } else { out.push(*byte) });
            }
            assert_eq!(drawn(&rewriting.finish(b"!")), want);
        };
        check("a[b]x", "--a[b]yyy!");
        check("a[bx]c", "--a<byyy>c!");
        check("x[]x", "--yyy[]yyy!");
        check("[]", "--[]!");
    }
}
