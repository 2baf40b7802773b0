//! What a template writes: bytes, marks, and the template line behind every output line.
//!
//! In: literal text and printed values. Out: [`Text`] and a line table.
//! Rules: under control of tracked leaves all that is written is derived from them; `<no value>` vanishes at the end, as in Helm.

use memchr::{memchr, memmem};

use crate::meter::Kept;
use crate::provenance::{Flow, Leaves, Mark, Marks};
use crate::value::Text;

/// What Go prints for nil, and Helm takes out again.
const NO_VALUE: &[u8] = b"<no value>";

/// How a stretch of output maps to template lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Literal text: each newline is one in the template too.
    Follows,
    /// Printed by one action, whatever its length.
    Stays,
}

/// A stretch of output, to the next one's start.
#[derive(Clone, Copy, Debug)]
struct Run {
    start: usize,
    line: u32,
    step: Step,
}

/// Output under construction.
#[derive(Debug, Default)]
pub(super) struct Output {
    bytes: Vec<u8>,
    marks: Vec<Mark>,
    runs: Vec<Run>,
    kept: Kept,
}

/// The output of one template file.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// The text.
    pub text: Text,
    /// For each line of the text, the template's line (from 1) that wrote its first visible byte; 0 where none did.
    pub lines: Vec<u32>,
}

impl Output {
    /// Returns how many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Appends literal text.
    pub(super) fn literal(&mut self, bytes: &[u8], line: u32, control: &Leaves) {
        self.run(line, Step::Follows);
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        self.derive(start, control);
        self.account();
    }

    /// Appends what an action prints.
    pub(super) fn printed(&mut self, text: &Text, line: u32, control: &Leaves) {
        self.run(line, Step::Stays);
        let base = self.bytes.len();
        self.bytes.extend_from_slice(text.as_bytes());
        self.marks.extend(text.marks().as_slice().iter().map(|mark| Mark {
            start: mark.start + base,
            end: mark.end + base,
            leaves: mark.leaves.clone(),
            flow: mark.flow,
        }));
        self.derive(base, control);
        self.account();
    }

    /// Counts what the output takes.
    fn account(&mut self) {
        let marks = self.marks.capacity() * size_of::<Mark>();
        self.kept.resize(self.bytes.capacity() + marks + self.runs.capacity() * size_of::<Run>());
    }

    /// Appends what Go prints for nil.
    pub(super) fn nothing(&mut self, line: u32, leaves: &Leaves) {
        self.literal(NO_VALUE, line, leaves);
    }

    /// Marks all bytes since `start`, even if there are none, as derived from `leaves`.
    pub(super) fn derive(&mut self, start: usize, leaves: &Leaves) {
        if leaves.is_empty() {
            return;
        }
        let end = self.bytes.len();
        match self.marks.last_mut() {
            Some(last) if last.end == start && last.start != last.end && last.flow == Flow::Derived && last.leaves == *leaves => {
                last.end = end;
            }
            _ => self.marks.push(Mark { start, end, leaves: leaves.clone(), flow: Flow::Derived }),
        }
    }

    fn run(&mut self, line: u32, step: Step) {
        let run = Run { start: self.bytes.len(), line, step };
        match self.runs.last_mut() {
            // Nothing was written since, or what follows is on the same line of the template.
            Some(last) if last.start == run.start => *last = run,
            Some(last) if last.step == Step::Stays && step == Step::Stays && last.line == line => {}
            _ => self.runs.push(run),
        }
    }

    /// Returns the text as it stands, for `include`.
    pub(super) fn into_text(self) -> Text {
        Text::marked(self.bytes, Marks::from_vec(self.marks))
    }

    /// Returns the output of a file: without `<no value>`, with its lines.
    ///
    /// # Source
    /// helm `pkg/engine/engine.go`, `render`.
    pub(super) fn finish(self) -> Written {
        let lines = self.lines();
        Written { text: without_no_value(&self.into_text()), lines }
    }

    /// Returns the template line of each output line.
    fn lines(&self) -> Vec<u32> {
        let mut lines = Vec::new();
        let mut found = 0;
        for (index, run) in self.runs.iter().enumerate() {
            let end = self.runs.get(index + 1).map_or(self.bytes.len(), |next| next.start);
            let mut line = run.line;
            let mut rest = self.bytes.get(run.start..end).unwrap_or_default();
            loop {
                let line_end = memchr(b'\n', rest);
                let written = rest.get(..line_end.unwrap_or(rest.len())).unwrap_or_default();
                if found == 0 && written.iter().any(|byte| !byte.is_ascii_whitespace()) {
                    found = line;
                }
                let Some(line_end) = line_end else { break };
                rest = rest.get(line_end + 1..).unwrap_or_default();
                lines.push(found);
                found = 0;
                if run.step == Step::Follows {
                    line += 1;
                }
            }
        }
        if self.bytes.last().is_some_and(|byte| *byte != b'\n') {
            lines.push(found);
        }
        lines
    }
}

/// Returns the text without any `<no value>`, its marks moved along.
pub(super) fn without_no_value(text: &Text) -> Text {
    let bytes = text.as_bytes();
    let holes: Vec<usize> = memmem::find_iter(bytes, NO_VALUE).collect();
    if holes.is_empty() {
        return text.clone();
    }
    let mut kept = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for hole in holes.iter().copied().chain([bytes.len()]) {
        kept.extend_from_slice(bytes.get(at..hole).unwrap_or_default());
        at = hole + NO_VALUE.len();
    }
    let moved = |place: usize| {
        let before = holes.partition_point(|hole| *hole < place);
        let inside = before
            .checked_sub(1)
            .and_then(|last| holes.get(last))
            .map_or(0, |hole| (hole + NO_VALUE.len()).saturating_sub(place));
        place + inside - before * NO_VALUE.len()
    };
    let marks = text.marks().as_slice().iter();
    let marks = marks.map(|mark| Mark { start: moved(mark.start), end: moved(mark.end), ..mark.clone() }).collect();
    Text::marked(kept, Marks::from_vec(marks))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::LeafId;

    // Nil leaves no trace in the output but its mark, and marks behind it move with their text.
    #[test]
    fn no_value_vanishes() {
        let mut output = Output::default();
        output.literal(b"a: ", 1, &Leaves::NONE);
        output.nothing(1, &Leaves::one(LeafId(3)));
        output.literal(b"\nb: ", 1, &Leaves::NONE);
        output.printed(&Text::of_leaf(b"x", LeafId(4)), 2, &Leaves::NONE);
        let written = output.finish();
        assert_eq!(written.text.as_bytes(), b"a: \nb: x");
        let marks: Vec<_> = written.text.marks().as_slice().iter().map(|mark| (mark.start, mark.end)).collect();
        assert_eq!(marks, [(3, 3), (7, 8)]);
        assert_eq!(written.lines, [1, 2]);
    }

    // Literal lines follow the template; what one action prints stays on its line.
    #[test]
    fn lines_follow_the_template() {
        let mut output = Output::default();
        output.literal(b"a:\n  b: 1\n  c:", 4, &Leaves::NONE);
        output.printed(&Text::from("\n    d: 1\n    e: 2"), 6, &Leaves::NONE);
        output.literal(b"\n\nf: 1\n", 6, &Leaves::NONE);
        assert_eq!(output.finish().lines, [4, 5, 6, 6, 6, 0, 8]);
    }
}
