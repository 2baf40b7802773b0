//! Mask: rendered text as a person may see it who has not asked for secrets.
//!
//! In: the text of one document, or of a whole stream, with its marks. Out: the text with `<sealed>` for everything that depends on sealed leaves.
//! Rules: where a mark lies in a single value, all of the value goes, so that the text stays YAML; anything else goes as it is
//! marked. An empty mark shows nothing, so it hides nothing.
//! Not here: what may stand where (`sealed`).

use std::collections::BTreeSet;

use helm::provenance::{LeafId, Mark};
use helm::value::Text;
use yaml::{Node, Value};

use crate::validate::{SEALED, among, children, read};

/// Bytes of a text: first, after the last.
type Range = (usize, usize);

/// Returns `text` with `<sealed>` for what depends on leaves in `sealed`.
#[must_use]
pub fn text(text: &Text, sealed: &BTreeSet<LeafId>) -> Vec<u8> {
    let bytes = text.as_bytes();
    let marks: Vec<&Mark> = text.marks().as_slice().iter().filter(|mark| !among(&mark.leaves, sealed).is_empty()).collect();
    if marks.is_empty() {
        return bytes.to_vec();
    }
    // What is no YAML has no values to widen to; it is masked all the same.
    let values = values(&read::readable(bytes));
    let mut hidden: Vec<Range> = marks.iter().filter_map(|mark| widened(bytes, mark, &values)).collect();
    hidden.sort_unstable();
    replaced(bytes, &hidden)
}

/// Returns the bytes of all single values, by start.
fn values(roots: &[Node]) -> Vec<Range> {
    let mut ranges = BTreeSet::new();
    let mut waiting: Vec<&Node> = roots.iter().collect();
    while let Some(node) = waiting.pop() {
        match node.value {
            Value::Mapping(_) | Value::Sequence(_) => waiting.extend(children(node)),
            _ => drop(ranges.insert((node.span.start.offset, node.span.end.offset))),
        }
    }
    ranges.into_iter().collect()
}

/// Returns what is hidden for a mark: the single value around its text, else its own bytes; nothing where it has none.
fn widened(bytes: &[u8], mark: &Mark, values: &[Range]) -> Option<Range> {
    let marked = bytes.get(mark.start..mark.end).filter(|marked| !marked.is_empty())?;
    let (front, back) = (marked.trim_ascii_start().len(), marked.trim_ascii_end().len());
    let inner = if front == 0 { (mark.start, mark.end) } else { (mark.end - front, mark.start + back) };
    let after = values.partition_point(|value| value.0 <= inner.0);
    let around = after.checked_sub(1).and_then(|place| values.get(place)).filter(|value| inner.1 <= value.1);
    Some(around.copied().unwrap_or((mark.start, mark.end)))
}

/// Returns the text with one `<sealed>` for each run of hidden bytes; line breaks at a run's ends stay.
fn replaced(bytes: &[u8], hidden: &[Range]) -> Vec<u8> {
    let mut masked = Vec::with_capacity(bytes.len());
    let mut shown = 0;
    let mut ranges = hidden.iter().copied().peekable();
    while let Some((start, mut end)) = ranges.next() {
        while let Some((_, further)) = ranges.next_if(|next| next.0 <= end) {
            end = end.max(further);
        }
        let run = bytes.get(start..end).unwrap_or_default();
        masked.extend_from_slice(bytes.get(shown..start).unwrap_or_default());
        masked.extend(run.starts_with(b"\n").then_some(b'\n'));
        masked.extend_from_slice(SEALED.as_bytes());
        masked.extend((run.len() > 1 && run.ends_with(b"\n")).then_some(b'\n'));
        shown = end;
    }
    masked.extend_from_slice(bytes.get(shown..).unwrap_or_default());
    masked
}

#[cfg(test)]
mod tests {
    use helm::provenance::{Flow, LeafId, Leaves, Mark, Marks};
    use helm::value::Text;

    const SECRET: LeafId = LeafId(7);

    /// `{` and `}` in `input` bound what is marked.
    fn check(input: &str, expected: &str) {
        let (mut bytes, mut marks, mut start) = (Vec::new(), Vec::new(), 0);
        for byte in input.bytes() {
            match byte {
                b'{' => start = bytes.len(),
                b'}' => marks.push(Mark { start, end: bytes.len(), leaves: Leaves::one(SECRET), flow: Flow::Exact }),
                byte => bytes.push(byte),
            }
        }
        let text = Text::marked(bytes.clone(), Marks::from_vec(marks));
        assert_eq!(String::from_utf8(super::text(&text, &[SECRET].into())).unwrap(), expected, "{input:?}");
        // Leaves that are not sealed stay.
        assert_eq!(super::text(&text, &[LeafId(8)].into()), bytes, "{input:?}");
    }

    // A mark in a single value hides all of the value, quotes and indicator included.
    #[test]
    fn values_go_whole() {
        check("a: {x}\n", "a: <sealed>\n");
        check("a: see-{x}-there\nb: 1\n", "a: <sealed>\nb: 1\n");
        check("a: \"see {x}\"\n", "a: <sealed>\n");
        check("a: |\n  one\n  {two}\nb: 1\n", "a: <sealed>\nb: 1\n");
        check("a: |{\n  one\n  two\n}b: 1\n", "a: <sealed>\nb: 1\n");
        check("- {x}{y}\n", "- <sealed>\n");
        check("a: {  x }\n", "a:   <sealed> \n");
    }

    // Anything else that is marked goes as it is marked: keys, comments, whole lines, text that is no YAML.
    #[test]
    fn the_rest_goes_as_marked() {
        check("{k}: 1\n", "<sealed>: 1\n");
        check("# {c}\na: 1\n", "# <sealed>\na: 1\n");
        check("a: 1\n{b: 2\n}c: 3\n", "a: 1\n<sealed>\nc: 3\n");
        check("a: [1, {2}\n", "a: [1, <sealed>\n");
    }

    // An empty mark hides nothing.
    #[test]
    fn an_empty_mark_hides_nothing() {
        check("a: 1\n{}b: 2\n", "a: 1\nb: 2\n");
    }
}
