//! Documents made by hand, for the tests of the stages after the render.

use std::collections::BTreeSet;

use helm::provenance::{Flow, LeafId, Leaves, Mark, Marks};
use helm::render::{Document, Part};
use helm::value::Text;
use yaml::{LeafPlace, LeafTable, Position, SourceId, Span};

use super::{Manifests, ValidateError};

/// What `‹` and `›` mark, as a copy.
pub(crate) const COPIED: LeafId = LeafId(0);
/// What `«` and `»` mark, as computed.
pub(crate) const COMPUTED: LeafId = LeafId(1);
/// The template line that writes the first line of a document.
pub(crate) const FIRST_LINE: u32 = 11;

/// Returns both leaves.
pub(crate) fn leaves() -> BTreeSet<LeafId> {
    [COPIED, COMPUTED].into()
}

/// Returns where the leaves were written: in source 0, on the lines 3 and 4.
pub(crate) fn table() -> LeafTable {
    let mut table = LeafTable::default();
    for line in [3, 4] {
        let start = Position { offset: 0, line, column: 5 };
        table.add(LeafPlace { source: SourceId(0), span: Span { start, end: start } });
    }
    table
}

/// Returns a document with the marks its text shows.
pub(crate) fn document(marked: &str) -> Document {
    let (mut bytes, mut marks, mut open): (Vec<u8>, Vec<Mark>, Vec<usize>) = (Vec::new(), Vec::new(), Vec::new());
    for character in marked.chars() {
        match character {
            '‹' | '«' => open.push(bytes.len()),
            '›' | '»' => {
                let (leaf, flow) = if character == '›' { (COPIED, Flow::Exact) } else { (COMPUTED, Flow::Derived) };
                let start = open.pop().unwrap_or(0);
                marks.push(Mark { start, end: bytes.len(), leaves: Leaves::one(leaf), flow });
            }
            other => bytes.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    let lines = (FIRST_LINE..).take(marked.lines().count()).collect();
    let source = String::from("chart/templates/a.yaml");
    Document { source, text: Text::marked(bytes, Marks::from_vec(marks)), lines, part: Part::Manifest }
}

/// Returns the objects of one document made by hand, all its leaves sealed.
pub(crate) fn manifests(marked: &str) -> Result<Manifests, Vec<ValidateError>> {
    super::objects(&[document(marked)], &leaves())
}
