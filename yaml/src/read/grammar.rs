//! The grammar: tokens to the tree as written.
//!
//! In: [`Input`]. Out: one [`Parsed`] document at a time, its nodes in [`Trees::nodes`].
//! Rules: depth and number of nodes are bounded here already, so that hostile text costs little.
//!
//! # Source
//! go-yaml v2 `parserc.go` (its states, here as functions) and `decode.go`, `parser`.

mod flow;

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::input::Input;
use super::tree::{Parsed, Raw, RawId, RawKind, RawNodes};
use super::{DEPTH_CEILING, ReadError, ReadOptions, Typing};
use crate::scan::{ScalarStyle, ScanError, Scanner, Token, TokenKind};
use crate::{Position, Span};

/// The YAML version a directive may name.
const VERSION: (u8, u8) = (1, 1);
/// What `!` and `!!` stand for unless a directive says otherwise.
const DEFAULT_HANDLES: [(&str, &str); 2] = [("!", "!"), ("!!", "tag:yaml.org,2002:")];

/// Reads a stream document by document.
pub(super) struct Trees<'a> {
    scanner: Scanner<'a>,
    nodes: RawNodes<'a>,
    anchors: BTreeMap<String, RawId>,
    handles: BTreeMap<String, String>,
    options: &'a ReadOptions,
    depth_limit: usize,
    place: Place,
}

/// How far a stream was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before everything: the first document needs no `---`.
    Start,
    /// After a document.
    Between,
}

/// Where a node stands, for what may begin it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Context {
    /// In a block collection or at the root.
    Block,
    /// A key or value of a block mapping: a sequence may stand at the mapping's own column.
    BlockEntry,
    /// Between brackets.
    Flow,
}

/// Anchor and tag before a node.
#[derive(Default)]
struct Properties {
    anchor: Option<String>,
    tag: Option<String>,
    /// Where they end.
    end: Option<Position>,
}

impl From<ScanError> for ReadError {
    fn from(error: ScanError) -> Self {
        Self::Syntax { problem: error.problem.to_owned(), at: error.at }
    }
}

fn syntax(problem: &str, at: Position) -> ReadError {
    ReadError::Syntax { problem: problem.to_owned(), at }
}

impl<'a> Trees<'a> {
    /// Begins to read.
    pub(super) fn of(input: &'a Input<'a>, options: &'a ReadOptions) -> Self {
        Self {
            scanner: Scanner::of(&input.text, input.shift),
            nodes: RawNodes::default(),
            anchors: BTreeMap::new(),
            handles: BTreeMap::new(),
            options,
            depth_limit: options.limits.depth.min(DEPTH_CEILING),
            place: Place::Start,
        }
    }

    /// Returns the nodes of the document that was read last.
    pub(super) fn nodes(&self) -> &RawNodes<'a> {
        &self.nodes
    }

    /// Reads the next document; nothing at the end of the stream.
    pub(super) fn next_document(&mut self) -> Result<Option<Parsed>, ReadError> {
        if self.options.typing == Typing::Helm {
            // go-yaml v2 keeps anchors by document, v3 (one decoder over a stream, as in SOPS) for the whole stream.
            self.anchors.clear();
            self.nodes = RawNodes::default();
        }
        if self.place == Place::Between {
            while self.scanner.peek()?.kind == TokenKind::DocumentEnd {
                self.scanner.take()?;
            }
        }
        let first = self.place == Place::Start;
        self.place = Place::Between;
        let start = self.peek_span()?.start;
        match &self.scanner.peek()?.kind {
            TokenKind::StreamEnd => Ok(None),
            TokenKind::VersionDirective { .. } | TokenKind::TagDirective { .. } | TokenKind::DocumentStart => {
                self.explicit_document(start).map(Some)
            }
            _ if first => {
                self.directives()?;
                let root = self.node(Context::Block, 1)?;
                self.end_document(root, start, false).map(Some)
            }
            _ => Err(syntax("a value follows the end of the document; `---` must separate documents", start)),
        }
    }

    fn explicit_document(&mut self, start: Position) -> Result<Parsed, ReadError> {
        self.directives()?;
        let token = self.scanner.take()?;
        if token.kind != TokenKind::DocumentStart {
            return Err(syntax("`---` must follow the directives", token.start));
        }
        let root = match &self.scanner.peek()?.kind {
            TokenKind::VersionDirective { .. }
            | TokenKind::TagDirective { .. }
            | TokenKind::DocumentStart
            | TokenKind::DocumentEnd
            | TokenKind::StreamEnd => self.empty(token.end, 1)?,
            _ => self.node(Context::Block, 1)?,
        };
        self.end_document(root, start, true)
    }

    fn end_document(&mut self, root: RawId, start: Position, explicit_start: bool) -> Result<Parsed, ReadError> {
        let next = self.peek_span()?;
        let explicit_end = self.scanner.peek()?.kind == TokenKind::DocumentEnd;
        let end = if explicit_end { next.end } else { next.start };
        if explicit_end {
            self.scanner.take()?;
        }
        Ok(Parsed { root, span: Span { start, end }, explicit_start, explicit_end })
    }

    /// Reads the directives before a document.
    fn directives(&mut self) -> Result<(), ReadError> {
        self.handles.clear();
        let mut versions = 0;
        loop {
            let at = self.peek_span()?.start;
            match &self.scanner.peek()?.kind {
                TokenKind::VersionDirective { major, minor } => {
                    versions += 1;
                    if versions > 1 {
                        return Err(syntax("a document has two %YAML directives", at));
                    }
                    if (*major, *minor) != VERSION {
                        return Err(syntax("only %YAML 1.1 is known", at));
                    }
                }
                TokenKind::TagDirective { handle, prefix } => {
                    if self.handles.insert(handle.clone(), prefix.clone()).is_some() {
                        return Err(syntax("a document has two %TAG directives for one handle", at));
                    }
                }
                _ => break,
            }
            self.scanner.take()?;
        }
        for (handle, prefix) in DEFAULT_HANDLES {
            self.handles.entry(handle.to_owned()).or_insert_with(|| prefix.to_owned());
        }
        Ok(())
    }

    /// Reads one node. Recursion is bounded by the depth limit.
    fn node(&mut self, context: Context, depth: usize) -> Result<RawId, ReadError> {
        let at = self.peek_span()?.start;
        if depth > self.depth_limit {
            return Err(ReadError::TooDeep { limit: self.depth_limit, at });
        }
        if let TokenKind::Alias(_) = self.scanner.peek()?.kind {
            return self.alias();
        }
        let properties = self.properties()?;
        let span = self.peek_span()?;
        let block = context != Context::Flow;
        match &self.scanner.peek()?.kind {
            TokenKind::BlockEntry if context == Context::BlockEntry => {
                let id = self.open(properties, span)?;
                self.indentless_sequence(id, depth)
            }
            TokenKind::Scalar { .. } => self.scalar(properties),
            TokenKind::FlowSequenceStart => {
                let id = self.open(properties, span)?;
                self.flow_sequence(id, depth)
            }
            TokenKind::FlowMappingStart => {
                let id = self.open(properties, span)?;
                self.flow_mapping(id, depth)
            }
            TokenKind::BlockSequenceStart if block => {
                let id = self.open(properties, span)?;
                self.block_sequence(id, depth)
            }
            TokenKind::BlockMappingStart if block => {
                let id = self.open(properties, span)?;
                self.block_mapping(id, depth)
            }
            _ => match properties.end {
                Some(end) => self.add_scalar(properties, Cow::Borrowed(""), ScalarStyle::Plain, Span { start: end, end }),
                None => Err(syntax("a value is missing here, or an indicator stands where none can", span.start)),
            },
        }
    }

    fn alias(&mut self) -> Result<RawId, ReadError> {
        let token = self.scanner.take()?;
        let span = span_of(&token);
        let target = match &token.kind {
            TokenKind::Alias(name) => self.anchors.get(name).copied(),
            _ => None,
        };
        let Some(target) = target else { return Err(ReadError::UnknownAnchor { at: span.start }) };
        self.add(Raw { span, tag: None, kind: RawKind::Alias(target) })
    }

    /// Reads an anchor and a tag, in either order.
    fn properties(&mut self) -> Result<Properties, ReadError> {
        let mut properties = Properties::default();
        loop {
            match &self.scanner.peek()?.kind {
                TokenKind::Anchor(_) if properties.anchor.is_none() => {}
                TokenKind::Tag { .. } if properties.tag.is_none() => {}
                _ => return Ok(properties),
            }
            let token = self.scanner.take()?;
            properties.end = Some(token.end);
            match token.kind {
                TokenKind::Anchor(name) => properties.anchor = Some(name),
                TokenKind::Tag { handle, suffix } if handle.is_empty() => properties.tag = Some(suffix),
                TokenKind::Tag { handle, suffix } => {
                    let Some(prefix) = self.handles.get(&handle) else {
                        return Err(syntax("no %TAG directive explains this tag's handle", token.start));
                    };
                    properties.tag = Some(format!("{prefix}{suffix}"));
                }
                _ => {}
            }
        }
    }

    fn scalar(&mut self, properties: Properties) -> Result<RawId, ReadError> {
        let token = self.scanner.take()?;
        let span = span_of(&token);
        match token.kind {
            TokenKind::Scalar { text, style } => self.add_scalar(properties, text, style, span),
            _ => Err(syntax("a value is missing here", span.start)),
        }
    }

    fn add_scalar(&mut self, of: Properties, text: Cow<'a, str>, style: ScalarStyle, span: Span) -> Result<RawId, ReadError> {
        let tag = of.tag.filter(|tag| !tag.is_empty());
        let id = self.add(Raw { span, tag, kind: RawKind::Scalar { text, style } })?;
        if let Some(anchor) = of.anchor {
            self.anchors.insert(anchor, id);
        }
        Ok(id)
    }

    /// Adds a value that is not written.
    fn empty(&mut self, at: Position, depth: usize) -> Result<RawId, ReadError> {
        if depth > self.depth_limit {
            return Err(ReadError::TooDeep { limit: self.depth_limit, at });
        }
        let kind = RawKind::Scalar { text: Cow::Borrowed(""), style: ScalarStyle::Plain };
        self.add(Raw { span: Span { start: at, end: at }, tag: None, kind })
    }

    /// Adds a collection whose contents follow, so that aliases inside can name it.
    fn open(&mut self, properties: Properties, span: Span) -> Result<RawId, ReadError> {
        let id = self.add(Raw { span, tag: properties.tag, kind: RawKind::Unfinished })?;
        if let Some(anchor) = properties.anchor {
            self.anchors.insert(anchor, id);
        }
        Ok(id)
    }

    fn add(&mut self, raw: Raw<'a>) -> Result<RawId, ReadError> {
        let limit = self.options.limits.nodes;
        if self.nodes.len() >= limit {
            return Err(ReadError::TooManyNodes { limit, at: raw.span.start });
        }
        Ok(self.nodes.add(raw))
    }

    /// Closes a block collection: it ends where its last part does.
    fn close_block(&mut self, id: RawId, kind: RawKind<'a>, last: Option<RawId>) -> RawId {
        let mut span = self.nodes.get(id).span;
        if let Some(last) = last {
            span.end = self.nodes.get(last).span.end;
        }
        self.nodes.finish(id, kind, span);
        id
    }

    fn block_sequence(&mut self, id: RawId, depth: usize) -> Result<RawId, ReadError> {
        self.scanner.take()?;
        let mut items = Vec::new();
        loop {
            let token = self.scanner.take()?;
            match token.kind {
                TokenKind::BlockEntry => {
                    let item = match &self.scanner.peek()?.kind {
                        TokenKind::BlockEntry | TokenKind::BlockEnd => self.empty(token.end, depth + 1)?,
                        _ => self.node(Context::Block, depth + 1)?,
                    };
                    items.push(item);
                }
                TokenKind::BlockEnd => {
                    let last = items.last().copied();
                    return Ok(self.close_block(id, RawKind::Sequence(items), last));
                }
                _ => return Err(syntax("an item beginning with `-` is expected here; look at the indentation", token.start)),
            }
        }
    }

    /// Reads a sequence at the column of the mapping it is a value of.
    fn indentless_sequence(&mut self, id: RawId, depth: usize) -> Result<RawId, ReadError> {
        let mut items = Vec::new();
        while self.scanner.peek()?.kind == TokenKind::BlockEntry {
            let end = self.scanner.take()?.end;
            let item = match &self.scanner.peek()?.kind {
                TokenKind::BlockEntry | TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => self.empty(end, depth + 1)?,
                _ => self.node(Context::Block, depth + 1)?,
            };
            items.push(item);
        }
        let last = items.last().copied();
        Ok(self.close_block(id, RawKind::Sequence(items), last))
    }

    fn block_mapping(&mut self, id: RawId, depth: usize) -> Result<RawId, ReadError> {
        self.scanner.take()?;
        let mut entries = Vec::new();
        loop {
            let token = self.scanner.take()?;
            match token.kind {
                TokenKind::Key => {
                    let key = self.block_part(token.end, depth + 1)?;
                    let next = self.peek_span()?;
                    let value = if self.scanner.peek()?.kind == TokenKind::Value {
                        self.scanner.take()?;
                        self.block_part(next.end, depth + 1)?
                    } else {
                        let key_end = self.nodes.get(key).span.end;
                        self.empty(key_end, depth + 1)?
                    };
                    entries.push((key, value));
                }
                TokenKind::BlockEnd => {
                    let last = entries.last().map(|(_, value)| *value);
                    return Ok(self.close_block(id, RawKind::Mapping(entries), last));
                }
                _ => {
                    return Err(syntax(
                        "a key is expected here; look at the indentation of this and the last lines",
                        token.start,
                    ));
                }
            }
        }
    }

    /// Reads a key or value of a block mapping, which may be missing.
    fn block_part(&mut self, after: Position, depth: usize) -> Result<RawId, ReadError> {
        match &self.scanner.peek()?.kind {
            TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => self.empty(after, depth),
            _ => self.node(Context::BlockEntry, depth),
        }
    }

    fn peek_span(&mut self) -> Result<Span, ReadError> {
        Ok(span_of(self.scanner.peek()?))
    }
}

fn span_of(token: &Token<'_>) -> Span {
    Span { start: token.start, end: token.end }
}
