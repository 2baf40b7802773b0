//! One rendered file into its documents, as Helm cuts it.
//!
//! In: a file's text with marks, and the template line of each of its lines. Out: [`Piece`]s that are not blank, in order.
//! Rules: `---` at the head of a line separates, whatever follows it; white space before a document is dropped, after it kept, or
//! dropped, too, as the profile says.
//! No mark is lost: what it covered and is not kept leaves an empty mark at the nearest kept place.
//! Not here: what a document is (`head`), where it goes (`order`).

use memchr::{memchr_iter, memmem};

use crate::profile::Profile;
use crate::provenance::{Flow, Leaves, Mark, Marks};
use crate::render::order::trimmed_end;
use crate::value::Text;

/// What separates documents.
const SEPARATOR: &[u8] = b"---";

/// The same at the head of a line that is not the first.
const SEPARATING_LINE: &[u8] = b"\n---";

/// One document of a file.
#[derive(Debug)]
pub(super) struct Piece {
    /// Its text.
    pub(super) text: Text,
    /// For each of its lines the line of the template.
    pub(super) lines: Vec<u32>,
}

/// Returns the documents of a file, and what the blankness of a file without any depends on.
///
/// # Source
/// helm `pkg/release/v1/util/manifest.go`, `SplitManifests`.
pub(super) fn split(text: &Text, lines: &[u32], profile: Profile) -> (Vec<Piece>, Leaves) {
    let kept = if profile.trims_documents() { trimmed(text.as_bytes()) } else { kept(text.as_bytes()) };
    if kept.is_empty() {
        return (Vec::new(), text.marks().leaves());
    }
    let mut pieces = Vec::with_capacity(kept.len());
    let marks = text.marks().as_slice();
    let (mut at, mut first_line) = (0, 0);
    for (index, (start, end)) in kept.iter().copied().enumerate() {
        let before = index.checked_sub(1).and_then(|previous| kept.get(previous)).map_or(0, |(_, end)| *end);
        let after = kept.get(index + 1).map_or(text.as_bytes().len(), |(start, _)| *start);
        let bytes = text.as_bytes().get(start..end).unwrap_or_default();
        first_line += breaks(text.as_bytes().get(at..start).unwrap_or_default());
        at = start;
        let count = breaks(bytes) + 1;
        pieces.push(Piece {
            text: Text::of_marked(bytes, cut(marks, (start, end), (before, after))),
            lines: lines.iter().skip(first_line).take(count).copied().collect(),
        });
    }
    (pieces, Leaves::NONE)
}

/// Returns how many line breaks there are.
fn breaks(bytes: &[u8]) -> usize {
    memchr_iter(b'\n', bytes).count()
}

/// Returns where the documents lie that are not blank, without the white space before them.
fn kept(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut kept = Vec::new();
    let mut start = bytes.len() - trimmed_start(bytes).len();
    let mut keep = |from: usize, end: usize| {
        let rest = trimmed_start(bytes.get(from..end).unwrap_or_default());
        if !rest.is_empty() {
            kept.push((end - rest.len(), end));
        }
    };
    let rest = bytes.get(start..).unwrap_or_default();
    let first = rest.starts_with(SEPARATOR).then_some(start);
    let others = memmem::find_iter(rest, SEPARATING_LINE).map(|at| start + at + 1).collect::<Vec<_>>();
    for head in first.into_iter().chain(others) {
        keep(start, head);
        let after = bytes.get(head + SEPARATOR.len()..).unwrap_or_default();
        let blanks = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        start = head + SEPARATOR.len() + blanks;
    }
    keep(start, bytes.len());
    kept
}

/// Returns where the documents lie, without the white space around them. Separators take the blank lines before and after them, so that
/// of two in a row the second is part of a document.
///
/// # Source
/// Helm 3 `pkg/releaseutil/manifest.go`, `SplitManifests`.
fn trimmed(bytes: &[u8]) -> Vec<(usize, usize)> {
    let first = bytes.len() - trimmed_start(bytes).len();
    let end = trimmed_end(bytes).len().max(first);
    let mut kept = Vec::new();
    let mut keep = |from: usize, to: usize| {
        if from < to {
            let rest = trimmed_start(bytes.get(from..to).unwrap_or_default());
            kept.push((to - rest.len(), to - rest.len() + trimmed_end(rest).len()));
        }
    };
    let (mut start, mut head) = (first, first);
    for line in bytes.get(first..end).unwrap_or_default().split_inclusive(|byte| *byte == b'\n') {
        let line_head = head;
        head += line.len();
        let is_first = line_head == first;
        if !line.starts_with(SEPARATOR) || (line_head <= start && !is_first) {
            continue;
        }
        let before = bytes.get(start..line_head).unwrap_or_default();
        keep(start, start + before.trim_ascii_end().len());
        let after = bytes.get(line_head + SEPARATOR.len()..end).unwrap_or_default();
        start = end - after.trim_ascii_start().len();
    }
    keep(start, end);
    kept
}

/// Returns the marks of a kept stretch, from its head. Those of the gaps around it become empty marks at its ends.
fn cut(marks: &[Mark], (start, end): (usize, usize), (before, after): (usize, usize)) -> Marks {
    let near = marks.iter().take_while(|mark| mark.start <= after).filter(|mark| mark.end >= before);
    let cut = near.map(|mark| {
        let (from, to) = (mark.start.max(start), mark.end.min(end));
        let is_inside = from < to || (mark.start == mark.end && from == to);
        let place = |at| Mark { start: at, end: at, leaves: mark.leaves.clone(), flow: Flow::Derived };
        match is_inside {
            true => Mark { start: from - start, end: to - start, ..mark.clone() },
            false if mark.end <= start => place(0),
            false => place(end - start),
        }
    });
    Marks::from_vec(cut.collect())
}

/// Returns a text without the white space before it, as Unicode has it; what is not UTF-8 is none.
fn trimmed_start(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    while let Some(first) = rest.first() {
        let blank = if first.is_ascii() { usize::from(is_blank(*first)) } else { blank_character(rest) };
        if blank == 0 {
            break;
        }
        rest = rest.get(blank..).unwrap_or_default();
    }
    rest
}

/// Says whether an ASCII character is white space to `unicode.IsSpace`.
fn is_blank(byte: u8) -> bool {
    byte == b' ' || matches!(byte, b'\t'..=b'\r')
}

/// Returns the bytes of a white-space character the text begins with; none where it begins with another.
fn blank_character(bytes: &[u8]) -> usize {
    // No character has more than four bytes: the rest of the text is not looked at.
    let head = bytes.get(..bytes.len().min(4)).unwrap_or_default();
    let first = head.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
    first.filter(|character| character.is_whitespace()).map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::LeafId;

    fn pieces(text: &Text) -> Vec<String> {
        let (pieces, _) = split(text, &[], Profile::default());
        pieces.iter().map(|piece| String::from_utf8(piece.text.as_bytes().to_vec()).unwrap()).collect()
    }

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(pieces(&Text::from(text)), expected, "{text:?}");
    }

    // Every line that begins with three dashes separates, and what follows the dashes belongs to the next document.
    #[test]
    fn dashes_separate() {
        check("a: 1\n", &["a: 1\n"]);
        check("---\na: 1\n---\nb: 2\n", &["a: 1\n", "b: 2\n"]);
        check("a: 1\n--- \t\nb: 2", &["a: 1\n", "b: 2"]);
        check("a: 1\n---b: 2", &["a: 1\n", "b: 2"]);
        check("a: 1\n----\nb: 2", &["a: 1\n", "-\nb: 2"]);
        check("a: 1\n ---\nb: 2", &["a: 1\n ---\nb: 2"]);
        check("  \n ---\na: 1", &["a: 1"]);
        check("\u{2003}\u{85}\x0B a: 1", &["a: 1"]);
    }

    // In Helm 3 separators take the blank lines around them, and of two in a row the second is text; every end is trimmed, and what was
    // marked there leaves its mark.
    #[test]
    fn helm3_trims_documents() {
        let check = |text: &str, expected: &[&str]| {
            let (pieces, _) = split(&Text::from(text), &[], Profile::Helm3_22);
            let pieces: Vec<_> = pieces.iter().map(|piece| String::from_utf8_lossy(piece.text.as_bytes()).into_owned()).collect();
            assert_eq!(pieces, expected, "{text:?}");
        };
        check("a: 1\n\n---\n\n  b: 2\n\n", &["a: 1", "b: 2"]);
        check("---\n---\na: 1\n---b: 2", &["---\na: 1", "b: 2"]);
        check(" \n---\n\n---\n", &["---"]);
        check("a: 1 ---\nb: 2", &["a: 1 ---\nb: 2"]);
        let mark = Mark { start: 4, end: 5, leaves: Leaves::one(LeafId(1)), flow: Flow::Exact };
        let (pieces, _) = split(&Text::marked(b"a: 1\n---\nb: 2".to_vec(), Marks::from_vec(vec![mark])), &[], Profile::Helm3_22);
        let first: Vec<_> = pieces[0].text.marks().as_slice().iter().map(|mark| (mark.start, mark.end, mark.flow)).collect();
        assert_eq!(first, [(4, 4, Flow::Derived)]);
    }

    // Blank documents vanish, comments stay; white space before a document goes, after it stays.
    #[test]
    fn blank_documents_vanish() {
        check("", &[]);
        check(" \n---\n\n---\n", &[]);
        check("# a\n---\n\n  b: 1\n\n\n---\n", &["# a\n", "b: 1\n\n\n"]);
    }

    // Each line keeps the line of the template that wrote it.
    #[test]
    fn lines_stay_with_their_text() {
        let (pieces, _) = split(&Text::from("\n---\na: 1\nb: 2\n---\n\nc: 3"), &[1, 2, 3, 4, 5, 6, 7], Profile::default());
        let lines: Vec<_> = pieces.into_iter().map(|piece| piece.lines).collect();
        assert_eq!(lines, [vec![3, 4, 5], vec![7]]);
    }

    /// Checks marks as `(start, end, flow)` of each document; the one mark of the text covers `covered`.
    fn check_marks(text: &str, covered: (usize, usize), expected: &[&[(usize, usize, Flow)]]) {
        let leaves = Leaves::one(LeafId(1));
        let mark = Mark { start: covered.0, end: covered.1, leaves, flow: Flow::Exact };
        let (pieces, _) = split(&Text::marked(text.as_bytes().to_vec(), Marks::from_vec(vec![mark])), &[], Profile::default());
        let marks = |piece: &Piece| -> Vec<_> {
            piece.text.marks().as_slice().iter().map(|mark| (mark.start, mark.end, mark.flow)).collect()
        };
        assert_eq!(pieces.iter().map(marks).collect::<Vec<_>>(), expected, "{text:?}");
    }

    // Marks are cut and shifted; one that spans a separator is in both documents.
    #[test]
    fn marks_are_cut() {
        check_marks("a: 1\n---\nb: 2", (3, 4), &[&[(3, 4, Flow::Exact)], &[]]);
        check_marks("a: 1\n---\nb: 2", (12, 13), &[&[], &[(3, 4, Flow::Exact)]]);
        check_marks("a: 1\n---\nb: 2", (3, 10), &[&[(3, 5, Flow::Exact)], &[(0, 1, Flow::Exact)]]);
        check_marks("a: 1\n---\nb: 2", (4, 4), &[&[(4, 4, Flow::Exact)], &[]]);
    }

    // A mark on what is dropped stays as an empty one, on both sides of a separator.
    #[test]
    fn marks_of_dropped_text_stay() {
        check_marks("a: 1\n---\nb: 2", (5, 8), &[&[(5, 5, Flow::Derived)], &[(0, 0, Flow::Derived)]]);
        check_marks("  \na: 1", (0, 2), &[&[(0, 0, Flow::Derived)]]);
        check_marks("a: 1\n---\n  \n", (9, 11), &[&[(5, 5, Flow::Derived)]]);
    }

    // A file without documents still says what it depends on.
    #[test]
    fn blank_files_depend_on_their_leaves() {
        let mark = Mark { start: 0, end: 1, leaves: Leaves::one(LeafId(4)), flow: Flow::Exact };
        let (pieces, absent) = split(&Text::marked(b" \n".to_vec(), Marks::from_vec(vec![mark])), &[], Profile::default());
        assert!(pieces.is_empty());
        assert_eq!(absent.as_slice(), [LeafId(4)]);
    }
}
