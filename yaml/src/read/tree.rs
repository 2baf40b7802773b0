//! The tree as written: events to nodes, aliases not yet followed, scalars not yet typed.
//!
//! In: [`Input`]. Out: one [`Parsed`] document at a time, its nodes in [`Trees::nodes`].
//! Rules: depth and number of nodes are bounded here already, so that hostile text costs little.

use std::collections::BTreeMap;

use super::events::{Event, EventKind, Events, Style};
use super::input::Input;
use super::{DEPTH_CEILING, ReadError, ReadOptions, Typing};
use crate::Span;

/// A node of [`Trees::nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RawId(usize);

/// A node as written.
#[derive(Debug)]
pub(super) struct Raw {
    /// Where it is written, without anchor and tag.
    pub(super) span: Span,
    /// Its tag, resolved to its long form.
    pub(super) tag: Option<String>,
    /// What it is.
    pub(super) kind: RawKind,
}

/// The kinds of node.
#[derive(Debug)]
pub(super) enum RawKind {
    /// A scalar and how it is written.
    Scalar { text: String, style: Style },
    /// A sequence.
    Sequence(Vec<RawId>),
    /// Keys and values.
    Mapping(Vec<(RawId, RawId)>),
    /// Another node.
    Alias(RawId),
    /// A node that is being read.
    Unfinished,
}

/// The nodes of a stream, as far as aliases may reach.
#[derive(Debug, Default)]
pub(super) struct RawNodes(Vec<Raw>);

impl RawNodes {
    /// Returns a node.
    pub(super) fn get(&self, id: RawId) -> &Raw {
        #[expect(
            clippy::indexing_slicing,
            reason = "a RawId is made by `add` only and nodes go only when all ids of a document do"
        )]
        &self.0[id.0]
    }

    fn add(&mut self, raw: Raw) -> RawId {
        self.0.push(raw);
        RawId(self.0.len() - 1)
    }

    fn finish(&mut self, id: RawId, kind: RawKind, span: Span) {
        if let Some(raw) = self.0.get_mut(id.0) {
            raw.kind = kind;
            raw.span = span;
        }
    }
}

/// One document as written.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) root: RawId,
    pub(super) span: Span,
    pub(super) explicit_start: bool,
    pub(super) explicit_end: bool,
}

/// Reads a stream document by document.
pub(super) struct Trees<'a> {
    events: Events<'a>,
    nodes: RawNodes,
    anchors: BTreeMap<String, RawId>,
    options: &'a ReadOptions,
    depth_limit: usize,
}

impl<'a> Trees<'a> {
    /// Begins to read.
    pub(super) fn of(input: &'a Input<'a>, options: &'a ReadOptions) -> Self {
        Self {
            events: Events::of(input),
            nodes: RawNodes::default(),
            anchors: BTreeMap::new(),
            options,
            depth_limit: options.limits.depth.min(DEPTH_CEILING),
        }
    }

    /// Returns the nodes of the document that was read last.
    pub(super) fn nodes(&self) -> &RawNodes {
        &self.nodes
    }

    /// Reads the next document; nothing at the end of the stream.
    pub(super) fn next_document(&mut self) -> Result<Option<Parsed>, ReadError> {
        if self.options.typing == Typing::Helm {
            // go-yaml v2 keeps anchors by document, v3 (a decoder over a stream) for the whole stream.
            self.anchors.clear();
            self.nodes = RawNodes::default();
        }
        loop {
            let event = self.events.next()?;
            match event.kind {
                EventKind::StreamEnd => return Ok(None),
                EventKind::DocumentStart { explicit } => return self.document(event.span, explicit).map(Some),
                _ => {}
            }
        }
    }

    fn document(&mut self, start: Span, explicit_start: bool) -> Result<Parsed, ReadError> {
        let first = self.events.next()?;
        let root = self.node(first, 1)?;
        let end = self.events.next()?;
        let explicit_end = matches!(end.kind, EventKind::DocumentEnd { explicit: true });
        let span = Span { start: start.start, end: end.span.end };
        Ok(Parsed { root, span, explicit_start, explicit_end })
    }

    /// Reads the node that an event begins. Recursion is bounded by the depth limit.
    fn node(&mut self, event: Event, depth: usize) -> Result<RawId, ReadError> {
        let at = event.span.start;
        if depth > self.depth_limit {
            return Err(ReadError::TooDeep { limit: self.depth_limit, at });
        }
        if self.nodes.0.len() >= self.options.limits.nodes {
            return Err(ReadError::TooManyNodes { limit: self.options.limits.nodes, at });
        }
        let Event { span, kind } = event;
        match kind {
            EventKind::Alias { anchor } => {
                let Some(&target) = self.anchors.get(&anchor) else { return Err(ReadError::UnknownAnchor { at }) };
                Ok(self.nodes.add(Raw { span, tag: None, kind: RawKind::Alias(target) }))
            }
            EventKind::Scalar { anchor, tag, text, style } => {
                let id = self.nodes.add(Raw { span, tag, kind: RawKind::Scalar { text, style } });
                self.anchor(anchor, id);
                Ok(id)
            }
            EventKind::SequenceStart { anchor, tag } => {
                let id = self.nodes.add(Raw { span, tag, kind: RawKind::Unfinished });
                self.anchor(anchor, id);
                self.sequence(id, span, depth)
            }
            EventKind::MappingStart { anchor, tag } => {
                let id = self.nodes.add(Raw { span, tag, kind: RawKind::Unfinished });
                self.anchor(anchor, id);
                self.mapping(id, span, depth)
            }
            EventKind::StreamEnd
            | EventKind::DocumentStart { .. }
            | EventKind::DocumentEnd { .. }
            | EventKind::CollectionEnd { .. } => {
                Err(ReadError::Syntax { problem: "did not find expected node content".to_owned(), at })
            }
        }
    }

    fn sequence(&mut self, id: RawId, start: Span, depth: usize) -> Result<RawId, ReadError> {
        let mut items = Vec::new();
        let mut last = start;
        loop {
            let event = self.events.next()?;
            if let EventKind::CollectionEnd { flow } = event.kind {
                let end = if flow { event.span.end } else { last.end };
                self.nodes.finish(id, RawKind::Sequence(items), Span { start: start.start, end });
                return Ok(id);
            }
            let item = self.node(event, depth + 1)?;
            last = self.nodes.get(item).span;
            items.push(item);
        }
    }

    fn mapping(&mut self, id: RawId, start: Span, depth: usize) -> Result<RawId, ReadError> {
        let mut entries = Vec::new();
        let mut last = start;
        loop {
            let event = self.events.next()?;
            if let EventKind::CollectionEnd { flow } = event.kind {
                let end = if flow { event.span.end } else { last.end };
                self.nodes.finish(id, RawKind::Mapping(entries), Span { start: start.start, end });
                return Ok(id);
            }
            let key = self.node(event, depth + 1)?;
            let value_event = self.events.next()?;
            let value = self.node(value_event, depth + 1)?;
            last = self.nodes.get(value).span;
            entries.push((key, value));
        }
    }

    fn anchor(&mut self, anchor: Option<String>, id: RawId) {
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, id);
        }
    }
}
