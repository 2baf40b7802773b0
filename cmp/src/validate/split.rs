//! Split: one text into the pieces Argo CD reads as one YAML document each.
//!
//! In: a text. Out: [`Piece`]s in order, blanks and comments included.
//! Rules: a line that begins with `---` ends the piece before it and begins the next; only a comment may follow it on its line.
//! Not here: what a piece holds (`yaml`).

/// A stretch of a text that is read on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    /// Its bytes.
    pub text: &'a [u8],
    /// Bytes of the whole text before it.
    pub offset: usize,
    /// Lines of the whole text before it.
    pub lines: u32,
}

/// A line begins with `---`, but more than a comment follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadSeparator {
    /// Lines of the text before it.
    pub lines: u32,
}

const SEPARATOR: &[u8] = b"---";

/// Returns the pieces of `text`.
///
/// # Errors
/// [`BadSeparator`] at the first one.
///
/// # Source
/// apimachinery `util/yaml/decoder.go`, `YAMLReader.Read`, which gitops-engine `kube.SplitYAMLToString` reads a plugin's output with.
pub(super) fn pieces(text: &[u8]) -> Result<Vec<Piece<'_>>, BadSeparator> {
    let mut pieces = Vec::new();
    let (mut start, mut start_lines) = (0, 0);
    let mut end = 0;
    for (line, lines) in text.split_inclusive(|byte| *byte == b'\n').zip(0_u32..) {
        if let Some(rest) = line.strip_prefix(SEPARATOR) {
            if !matches!(rest.trim_ascii().first(), None | Some(b'#')) {
                return Err(BadSeparator { lines });
            }
            if end > start {
                pieces.push(Piece { text: text.get(start..end).unwrap_or_default(), offset: start, lines: start_lines });
            }
            (start, start_lines) = (end, lines);
        }
        end += line.len();
    }
    if end > start {
        pieces.push(Piece { text: text.get(start..end).unwrap_or_default(), offset: start, lines: start_lines });
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::{BadSeparator, pieces};

    fn check(text: &str, expected: Result<&[(&str, usize, u32)], u32>) {
        let found = pieces(text.as_bytes()).map(|pieces| {
            let pieces = pieces.into_iter().map(|piece| (std::str::from_utf8(piece.text).unwrap(), piece.offset, piece.lines));
            pieces.collect::<Vec<_>>()
        });
        let expected = expected.map(<[_]>::to_vec).map_err(|lines| BadSeparator { lines });
        assert_eq!(found, expected, "{text:?}");
    }

    // A line that begins with `---` divides, wherever it stands; what is before the first is a piece of its own.
    #[test]
    fn separators_divide() {
        check("", Ok(&[]));
        check("a: 1\n---\nb: 2", Ok(&[("a: 1\n", 0, 0), ("---\nb: 2", 5, 1)]));
        check("---\na: 1\n", Ok(&[("---\na: 1\n", 0, 0)]));
        check("--- # one\n---\n", Ok(&[("--- # one\n", 0, 0), ("---\n", 10, 1)]));
        check("a: 1\n ---\n", Ok(&[("a: 1\n ---\n", 0, 0)]));
    }

    // A separator with text after it is refused, as Argo CD refuses it.
    #[test]
    fn text_after_a_separator_is_refused() {
        check("a: 1\n--- b: 2\n", Err(1));
        check("----\n", Err(0));
    }
}
