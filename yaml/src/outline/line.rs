//! One line of a document: its key, and the value on it.
//!
//! Rules: what is returned reads the same as by the scanner; anything else is nothing.

use memchr::{memchr, memchr_iter, memmem};

use super::Outlined;
use crate::scalar::{self, Dialect, Resolved};

/// Bytes a key may have here; the scanner takes up to 1024 characters.
pub(super) const KEY_BYTES: usize = 256;

/// A line without its break.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Spaces before the text, or the column of what is left of it.
    pub(super) indent: usize,
    /// What follows them.
    pub(super) text: &'a str,
    /// Bytes of the whole line, its break included.
    pub(super) bytes: usize,
}

/// A value that begins on a line.
pub(super) enum Scalar<'a> {
    /// It ends there, too.
    Done(Outlined<'a>),
    /// Plain text, which may go on.
    Plain(Outlined<'a>),
    /// Text in such quotes, which goes on.
    Quoted(u8),
    /// A block scalar, whose lines follow.
    Block,
}

impl<'a> Line<'a> {
    /// Returns the first line of a text.
    pub(super) fn first_of(text: &'a str) -> Self {
        let (end, bytes) = memchr(b'\n', text.as_bytes()).map_or((text.len(), text.len()), |end| (end, end + 1));
        let line = text.get(..end).unwrap_or_default();
        let indent = line.bytes().take_while(|byte| *byte == b' ').count();
        Self { indent, text: line.get(indent..).unwrap_or_default(), bytes }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// Returns what follows the dash the line begins with; nothing where that is nothing, or a comment.
    pub(super) fn after_dash(self) -> Option<Self> {
        let text = self.text.strip_prefix('-')?.trim_start_matches(' ');
        let passed = self.text.len() - text.len();
        (!text.is_empty() && !text.starts_with('#')).then_some(Self { indent: self.indent + passed, text, ..self })
    }

    /// Returns the key the line begins with, and what follows its colon.
    pub(super) fn key(&self) -> Option<(&'a str, &'a str)> {
        let (key, rest) = match self.text.as_bytes().first()? {
            quote @ (b'"' | b'\'') => match quoted(self.text.get(1..)?, *quote)? {
                Quoted::Closed { text, is_verbatim: true, rest } => (text, rest),
                Quoted::Closed { .. } | Quoted::Open => return None,
            },
            first if first.is_ascii_alphanumeric() || *first == b'_' => {
                let end = self.text.bytes().position(|byte| !is_word(byte))?;
                let (key, rest) = self.text.split_at_checked(end)?;
                (resolve(key)? == Resolved::Text).then_some((key, rest))?
            }
            _ => return None,
        };
        let rest = rest.strip_prefix(':')?;
        let is_key = (rest.is_empty() || rest.starts_with(' ')) && key.len() <= KEY_BYTES;
        is_key.then(|| (key, rest.trim_start_matches(' ')))
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/')
}

/// Returns what a plain scalar stands for; nothing for numbers that JSON cannot say.
fn resolve(text: &str) -> Option<Resolved> {
    match scalar::resolve(text, Dialect::V2) {
        Resolved::Float(number) if !number.is_finite() => None,
        resolved => Some(resolved),
    }
}

/// Returns the value that `text` is, up to the end of its line.
pub(super) fn scalar(text: &str) -> Option<Scalar<'_>> {
    let done = match text.as_bytes().first()? {
        b'|' | b'>' => return matches!(text.get(1..)?, "" | "-" | "+").then_some(Scalar::Block),
        quote @ (b'"' | b'\'') => {
            let Quoted::Closed { text, is_verbatim, rest } = quoted(text.get(1..)?, *quote)? else {
                return Some(Scalar::Quoted(*quote));
            };
            ends(rest)?;
            if is_verbatim { Outlined::Text(text) } else { Outlined::Scalar }
        }
        b'[' => {
            ends(flow_sequence(text)?)?;
            Outlined::Sequence
        }
        b'{' => {
            ends(text.strip_prefix("{}")?)?;
            Outlined::Mapping
        }
        first if begins_plain(*first, text) => return plain(text),
        _ => return None,
    };
    Some(Scalar::Done(done))
}

/// Checks that plain text goes on with a line, which has no comment.
pub(super) fn continues_plain(text: &str) -> Option<()> {
    let is_whole = memmem::find(text.as_bytes(), b" #").is_none();
    (is_whole && holds_no_key(text.trim_end_matches(' '))).then_some(())
}

/// Says whether a line of text in quotes closes them; nothing where it is no such line.
pub(super) fn continues_quoted(text: &str, quote: u8) -> Option<bool> {
    match quoted(text, quote)? {
        Quoted::Closed { rest, .. } => ends(rest).map(|()| true),
        Quoted::Open => Some(false),
    }
}

/// Checks that a line ends after its value, but for a comment.
fn ends(rest: &str) -> Option<()> {
    let after = rest.trim_start_matches(' ');
    (after.is_empty() || (after.len() < rest.len() && after.starts_with('#'))).then_some(())
}

fn begins_plain(first: u8, text: &str) -> bool {
    match first {
        b'-' | b':' => text.as_bytes().get(1).is_some_and(|next| next.is_ascii_alphanumeric() || *next == b'-'),
        b'/' | b'_' | b'$' | b'(' | b'~' | b'+' | b'^' | b'=' | b'.' | b'<' => true,
        other => other.is_ascii_alphanumeric() || !other.is_ascii(),
    }
}

/// Returns the value that plain text is; a comment ends it.
fn plain(text: &str) -> Option<Scalar<'_>> {
    let comment = memmem::find(text.as_bytes(), b" #");
    let text = text.get(..comment.unwrap_or(text.len()))?.trim_end_matches(' ');
    if !holds_no_key(text) {
        return None;
    }
    let value = match resolve(text)? {
        Resolved::Text => Outlined::Text(text),
        Resolved::Null | Resolved::Bool(_) | Resolved::Int(_) | Resolved::Float(_) | Resolved::Time(_) => Outlined::Scalar,
    };
    Some(if comment.is_some() { Scalar::Done(value) } else { Scalar::Plain(value) })
}

/// Says whether plain text has no colon that ends a key, and no tab.
fn holds_no_key(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut colons = memchr_iter(b':', bytes).filter(|at| matches!(bytes.get(at + 1), None | Some(b' ')));
    colons.next().is_none() && memchr(b'\t', bytes).is_none()
}

/// Text in quotes, behind the first of them.
enum Quoted<'a> {
    /// It ends on the line.
    Closed {
        text: &'a str,
        /// Whether it is meant as it is written.
        is_verbatim: bool,
        rest: &'a str,
    },
    /// It does not.
    Open,
}

/// Returns what stands in quotes, of which the first is passed; nothing for what is seldom there.
fn quoted(inner: &str, quote: u8) -> Option<Quoted<'_>> {
    let bytes = inner.as_bytes();
    let mut is_verbatim = true;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match *byte {
            b'\t' => return None,
            b'\\' if quote == b'"' => {
                is_verbatim = false;
                // The commonest of the escapes there are.
                matches!(bytes.get(at + 1)?, b'"' | b'\\' | b'n' | b't').then_some(())?;
                at += 2;
            }
            b'\'' if quote == b'\'' && bytes.get(at + 1) == Some(&b'\'') => {
                is_verbatim = false;
                at += 2;
            }
            byte if byte == quote => {
                return Some(Quoted::Closed { text: inner.get(..at)?, is_verbatim, rest: inner.get(at + 1..)? });
            }
            _ => at += 1,
        }
    }
    Some(Quoted::Open)
}

/// Passes a sequence of words and quoted texts in brackets.
fn flow_sequence(text: &str) -> Option<&str> {
    let mut rest = text.strip_prefix('[')?.trim_start_matches(' ');
    if let Some(after) = rest.strip_prefix(']') {
        return Some(after);
    }
    loop {
        rest = match rest.as_bytes().first()? {
            quote @ (b'"' | b'\'') => match quoted(rest.get(1..)?, *quote)? {
                Quoted::Closed { rest, .. } => rest,
                Quoted::Open => return None,
            },
            first if first.is_ascii_alphanumeric() || matches!(first, b'/' | b'_') => {
                let end = rest.bytes().position(|byte| !is_word(byte))?;
                let (word, after) = rest.split_at_checked(end)?;
                resolve(word)?;
                after
            }
            _ => return None,
        };
        rest = rest.trim_start_matches(' ');
        if let Some(after) = rest.strip_prefix(']') {
            return Some(after);
        }
        rest = rest.strip_prefix(',')?.trim_start_matches(' ');
    }
}
