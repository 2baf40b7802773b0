//! The outline of a document: the entries near its root, found line by line, without a tree.
//!
//! In: text. Out: [`Entry`]s in document order, or nothing where any line has a form that only the reader knows.
//! Rules: a text that has an outline reads without an error, and its tree has the same entries ([`crate::read_first`] under
//! [`ReadOptions::helm`]). What is seldom written has no outline: anchors, tags, merge keys, flow mappings,
//! tabs, a second document.
//! Not here: the text of block scalars, what lies in sequences.

mod line;

use crate::read::{DEPTH_CEILING, ReadOptions, is_plain_input};
use line::{Line, Scalar};

/// Levels of mappings whose entries are part of an outline: enough for the annotations of an object.
pub const LEVELS: usize = 3;

/// An entry of a mapping that lies in mappings only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// 1 for an entry of the document itself, one more for each mapping around it; at most [`LEVELS`].
    pub level: usize,
    /// Its key.
    pub key: &'a str,
    /// What is known of its value.
    pub value: Outlined<'a>,
}

/// What an outline tells of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlined<'a> {
    /// Nothing is written.
    Null,
    /// A string.
    Text(&'a str),
    /// Any other scalar, or a string that is not written as it is meant.
    Scalar,
    /// A sequence.
    Sequence,
    /// A mapping, whose entries follow down to [`LEVELS`].
    Mapping,
}

/// A block collection that is not closed yet.
#[derive(Clone, Copy, Debug)]
struct Open {
    /// Where its keys or dashes stand.
    column: usize,
    kind: Kind,
    /// The level of its entries, where they are part of the outline.
    level: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Sequence,
    Mapping,
}

/// A key without a value on its line.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    column: usize,
    /// Its place among the entries, where it is one of them, and its level.
    entry: Option<(usize, usize)>,
}

/// Reads lines.
struct Outliner<'a> {
    rest: &'a str,
    open: Vec<Open>,
    waiting: Option<Waiting>,
    entries: Vec<Entry<'a>>,
    depth_limit: usize,
}

/// Returns the outline of a text of one document whose root is a block mapping; nothing where it has none, or passes a limit.
#[must_use]
pub fn outline<'a>(text: &'a [u8], options: &ReadOptions) -> Option<Vec<Entry<'a>>> {
    // Every node takes a byte at least.
    if text.len() > options.limits.bytes.min(options.limits.nodes) {
        return None;
    }
    let text = std::str::from_utf8(text).ok().filter(|text| is_plain_input(text))?;
    // The root and a scalar below the innermost collection are levels, too.
    let depth_limit = options.limits.depth.min(DEPTH_CEILING).saturating_sub(2);
    let mut outliner = Outliner { rest: text, open: Vec::new(), waiting: None, entries: Vec::new(), depth_limit };
    while let Some(line) = outliner.peek() {
        outliner.pass(line);
        if !line.is_blank() && !line.text.starts_with('#') {
            outliner.line(line)?;
        }
    }
    (!outliner.entries.is_empty()).then_some(outliner.entries)
}

impl<'a> Outliner<'a> {
    fn peek(&self) -> Option<Line<'a>> {
        (!self.rest.is_empty()).then(|| Line::first_of(self.rest))
    }

    fn pass(&mut self, line: Line<'a>) {
        self.rest = self.rest.get(line.bytes..).unwrap_or_default();
    }

    /// Takes a line of the document.
    fn line(&mut self, line: Line<'a>) -> Option<()> {
        let is_item = line.text.starts_with("- ");
        match self.waiting.take() {
            Some(waiting) if line.indent > waiting.column && matches!(line.text, "{}" | "[]") => {
                return self.empty_below(waiting, line.text);
            }
            Some(waiting) => self.value_below(waiting, line.indent, is_item)?,
            None if self.entries.is_empty() && !is_item => self.begin(line.indent, Kind::Mapping, Some(1))?,
            None => {}
        }
        // A sequence may stand at the column of the key it belongs to: the next key ends it.
        let ends =
            |open: &Open| open.column > line.indent || (open.column == line.indent && open.kind == Kind::Sequence && !is_item);
        while self.open.last().is_some_and(ends) {
            self.open.pop();
        }
        let open = *self.open.last().filter(|open| open.column == line.indent)?;
        match (open.kind, is_item) {
            (Kind::Sequence, _) => self.item(line),
            (Kind::Mapping, false) => self.entry(line, open.level),
            (Kind::Mapping, true) => None,
        }
    }

    /// Begins what the value of the last key turns out to be, if it is any.
    fn value_below(&mut self, waiting: Waiting, indent: usize, is_item: bool) -> Option<()> {
        let is_below = indent > waiting.column || (indent == waiting.column && is_item);
        if !is_below {
            return Some(());
        }
        let (kind, value) = if is_item { (Kind::Sequence, Outlined::Sequence) } else { (Kind::Mapping, Outlined::Mapping) };
        let mut level = None;
        if let Some((place, own)) = waiting.entry {
            self.entries.get_mut(place)?.value = value;
            level = (kind == Kind::Mapping && own < LEVELS).then_some(own + 1);
        }
        self.begin(indent, kind, level)
    }

    /// Takes an empty collection that stands alone on the line below its key.
    fn empty_below(&mut self, waiting: Waiting, text: &str) -> Option<()> {
        if let Some((place, _)) = waiting.entry {
            self.entries.get_mut(place)?.value = if text == "{}" { Outlined::Mapping } else { Outlined::Sequence };
        }
        Some(())
    }

    fn begin(&mut self, column: usize, kind: Kind, level: Option<usize>) -> Option<()> {
        self.open.push(Open { column, kind, level });
        (self.open.len() <= self.depth_limit).then_some(())
    }

    /// Takes `- ` and what follows it.
    fn item(&mut self, line: Line<'a>) -> Option<()> {
        let mut at = line;
        loop {
            let outer = at.indent;
            at = at.after_dash()?;
            if at.text.starts_with("- ") {
                self.begin(at.indent, Kind::Sequence, None)?;
            } else if at.key().is_some() {
                self.begin(at.indent, Kind::Mapping, None)?;
                return self.entry(at, None);
            } else {
                return self.scalar(at.text, outer).map(drop);
            }
        }
    }

    /// Takes a key and what follows it.
    fn entry(&mut self, line: Line<'a>, level: Option<usize>) -> Option<()> {
        let (key, rest) = line.key()?;
        let place = self.entries.len();
        let value = if rest.is_empty() || rest.starts_with('#') {
            self.waiting = Some(Waiting { column: line.indent, entry: level.map(|level| (place, level)) });
            Outlined::Null
        } else {
            self.scalar(rest, line.indent)?
        };
        if let Some(level) = level {
            self.entries.push(Entry { level, key, value });
        }
        Some(())
    }

    /// Takes a value that begins on a line, in a collection at column `parent`.
    fn scalar(&mut self, text: &'a str, parent: usize) -> Option<Outlined<'a>> {
        match line::scalar(text)? {
            Scalar::Done(value) => Some(value),
            Scalar::Plain(value) => Some(if self.plain_lines(parent)? { Outlined::Scalar } else { value }),
            Scalar::Quoted(quote) => self.quoted_lines(quote, parent).map(|()| Outlined::Scalar),
            Scalar::Block => self.block(parent).map(|()| Outlined::Scalar),
        }
    }

    /// Passes the lines that plain text goes on with; says whether there are any.
    fn plain_lines(&mut self, parent: usize) -> Option<bool> {
        let mut any = false;
        while let Some(line) = self.peek() {
            if !line.is_blank() {
                if line.indent <= parent || line.text.starts_with('#') {
                    break;
                }
                line::continues_plain(line.text)?;
                any = true;
            }
            self.pass(line);
        }
        Some(any)
    }

    /// Passes the lines up to the closing quote.
    fn quoted_lines(&mut self, quote: u8, parent: usize) -> Option<()> {
        loop {
            let line = self.peek()?;
            self.pass(line);
            if line.is_blank() {
                continue;
            }
            if line.indent <= parent {
                return None;
            }
            if line::continues_quoted(line.text, quote)? {
                return Some(());
            }
        }
    }

    /// Passes the lines of a block scalar.
    fn block(&mut self, parent: usize) -> Option<()> {
        let mut indent = None;
        while let Some(line) = self.peek() {
            if line.is_blank() {
                // Blanks before the first line may be deeper than it is, which means something else.
                if indent.is_none() && line.indent > 0 {
                    return None;
                }
            } else {
                let least = indent.unwrap_or(parent + 1);
                if line.text.starts_with('\t') && (indent.is_none() || line.indent < least) {
                    return None;
                }
                if line.indent < least {
                    return Some(());
                }
                indent = indent.or(Some(line.indent));
            }
            self.pass(line);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests;
