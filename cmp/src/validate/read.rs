//! Read: the trees of one text, piece by piece, with places in the whole text.
//!
//! In: a text. Out: one [`Node`] for each piece that holds something.
//! Rules: the typing is that of sigs.k8s.io/yaml; the last of repeated keys counts; integers keep every digit an `int64` holds; text
//! after `...` is refused, for Argo CD does not see it.
//! Not here: what the trees mean.

use yaml::{FinalNewline, Node, Position, ReadError, ReadOptions, Span, Value};

use super::split;

/// Why a text cannot be read; each with the line of the text, from 1.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ReadFlaw {
    Separator(u32),
    Syntax(u32, ReadError),
    Utf16(u32),
    AfterEnd(u32),
    Integer(u32),
}

/// Integers from here on (2 to the power of 53) may share their float64 with others.
const EXACT_BELOW: f64 = 9_007_199_254_740_992.0;
/// What UTF-16 begins with, in either order of bytes.
const UTF16_MARKS: [&[u8]; 2] = [b"\xfe\xff", b"\xff\xfe"];

/// Returns the trees of `text`, in order.
///
/// # Errors
/// [`ReadFlaw`] of the first piece that has one.
///
/// # Source
/// apimachinery `util/yaml/decoder.go`, `YAMLToJSONDecoder.Decode`; sigs.k8s.io/yaml `yaml.go`, `Unmarshal`; apimachinery
/// `util/json/json.go`, `ConvertInterfaceNumbers`.
pub(crate) fn trees(text: &[u8]) -> Result<Vec<Node>, ReadFlaw> {
    let pieces = split::pieces(text).map_err(|bad| ReadFlaw::Separator(bad.lines.saturating_add(1)))?;
    pieces.iter().filter_map(|piece| tree(piece).transpose()).collect()
}

/// Returns the trees of those pieces of `text` that can be read; none where it cannot be divided.
pub(crate) fn readable(text: &[u8]) -> Vec<Node> {
    let pieces = split::pieces(text).unwrap_or_default();
    pieces.iter().filter_map(|piece| tree(piece).ok().flatten()).collect()
}

/// Returns the tree of one piece; nothing where it holds nothing, or null.
fn tree(piece: &split::Piece<'_>) -> Result<Option<Node>, ReadFlaw> {
    let line = |at: Position| piece.lines.saturating_add(at.line);
    if UTF16_MARKS.iter().any(|mark| piece.text.starts_with(mark)) {
        return Err(ReadFlaw::Utf16(piece.lines.saturating_add(1)));
    }
    // Argo CD's reader ends every line, the last one too.
    let options = ReadOptions { final_newline: FinalNewline::Added, ..ReadOptions::helm() };
    let first = yaml::read_first(piece.text, &options).map_err(|error| ReadFlaw::Syntax(line(error.at()), error))?;
    let Some(document) = first else { return Ok(None) };
    let rest = piece.text.get(document.span.end.offset..).unwrap_or_default();
    if let Some(lines) = first_text(rest) {
        return Err(ReadFlaw::AfterEnd(line(document.span.end).saturating_add(lines)));
    }
    let mut root = document.root;
    if root.value == Value::Null {
        return Ok(None);
    }
    exact(&mut root, piece.text).map_err(|at| ReadFlaw::Integer(line(at)))?;
    shift(&mut root, piece);
    Ok(Some(root))
}

/// Returns how many lines stand before the first that is neither blank nor a comment; nothing where there is none.
fn first_text(rest: &[u8]) -> Option<u32> {
    let mut lines = rest.split(|byte| *byte == b'\n').zip(0..);
    lines.find(|(line, _)| !matches!(line.trim_ascii_start().first(), None | Some(b'#'))).map(|(_, lines)| lines)
}

/// Gives integers back the digits a float64 has lost. Depth is bounded by the reader.
fn exact(node: &mut Node, text: &[u8]) -> Result<(), Position> {
    match &mut node.value {
        Value::Float(number) if number.abs() >= EXACT_BELOW => {
            let (start, end) = (node.span.start, node.span.end);
            let written = text.get(start.offset..end.offset).and_then(|bytes| std::str::from_utf8(bytes).ok());
            let written = written.unwrap_or_default();
            let digits = written.strip_prefix(['+', '-']).unwrap_or(written);
            let is_decimal = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
            let is_fraction = digits.contains('.') || (digits.contains(['e', 'E']) && !digits.starts_with("0x"));
            match written.parse() {
                Ok(integer) if is_decimal => node.value = Value::Int(integer),
                // Beyond an int64 Kubernetes has a float64 too.
                _ if is_decimal || is_fraction => {}
                _ => return Err(start),
            }
        }
        Value::Sequence(items) => items.iter_mut().try_for_each(|item| exact(item, text))?,
        Value::Mapping(entries) => entries.iter_mut().try_for_each(|entry| exact(&mut entry.value, text))?,
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) | Value::Time(_) => {}
    }
    Ok(())
}

/// Makes places in a piece places in the whole text. Depth is bounded by the reader.
fn shift(node: &mut Node, piece: &split::Piece<'_>) {
    let moved = |at: Position| Position {
        offset: at.offset.saturating_add(piece.offset),
        line: at.line.saturating_add(piece.lines),
        column: at.column,
    };
    node.span = Span { start: moved(node.span.start), end: moved(node.span.end) };
    match &mut node.value {
        Value::Sequence(items) => items.iter_mut().for_each(|item| shift(item, piece)),
        Value::Mapping(entries) => {
            for entry in entries {
                entry.key_span = Span { start: moved(entry.key_span.start), end: moved(entry.key_span.end) };
                shift(&mut entry.value, piece);
            }
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) | Value::Time(_) => {}
    }
}

/// Says whether two trees are the same but for their places and the order of keys. Depth is bounded by the reader.
pub(crate) fn same(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (Value::Sequence(a), Value::Sequence(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Mapping(a), Value::Mapping(b)) => {
            let sorted = |entries: &[yaml::Entry]| {
                let mut places: Vec<usize> = (0..entries.len()).collect();
                places.sort_by(|x, y| entries.get(*x).map(|entry| &entry.key).cmp(&entries.get(*y).map(|entry| &entry.key)));
                places
            };
            let pairs = sorted(a).into_iter().zip(sorted(b));
            a.len() == b.len()
                && pairs.filter_map(|(x, y)| a.get(x).zip(b.get(y))).all(|(x, y)| x.key == y.key && same(&x.value, &y.value))
        }
        (a, b) => a == b,
    }
}
