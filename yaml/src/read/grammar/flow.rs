//! Collections between brackets.
//!
//! # Source
//! go-yaml v2 `parserc.go`, the `yaml_parser_parse_flow_*` functions.

use super::{Context, RawId, RawKind, ReadError, Span, TokenKind, Trees, span_of, syntax};
use crate::Position;
use crate::read::tree::Raw;

impl Trees<'_> {
    pub(super) fn flow_sequence(&mut self, id: RawId, depth: usize) -> Result<RawId, ReadError> {
        let start = self.scanner.take()?.start;
        let mut items = Vec::new();
        loop {
            if let Some(end) = self.flow_end(&TokenKind::FlowSequenceEnd, items.is_empty(), SEQUENCE_GOES_ON)? {
                self.nodes.finish(id, RawKind::Sequence(items), Span { start, end });
                return Ok(id);
            }
            let item = match &self.scanner.peek()?.kind {
                TokenKind::Key => self.flow_pair(depth + 1)?,
                _ => self.node(Context::Flow, depth + 1)?,
            };
            items.push(item);
        }
    }

    pub(super) fn flow_mapping(&mut self, id: RawId, depth: usize) -> Result<RawId, ReadError> {
        let start = self.scanner.take()?.start;
        let mut entries = Vec::new();
        loop {
            if let Some(end) = self.flow_end(&TokenKind::FlowMappingEnd, entries.is_empty(), MAPPING_GOES_ON)? {
                self.nodes.finish(id, RawKind::Mapping(entries), Span { start, end });
                return Ok(id);
            }
            let entry = if self.scanner.peek()?.kind == TokenKind::Key {
                self.scanner.take()?;
                let key = self.flow_part(depth + 1)?;
                let value = self.flow_value(depth + 1)?;
                (key, value)
            } else {
                let key = self.node(Context::Flow, depth + 1)?;
                let after = self.nodes.get(key).span.end;
                (key, self.empty(after, depth + 1)?)
            };
            entries.push(entry);
        }
    }

    /// Passes the comma before the next part, or the closing bracket and then returns where it ends.
    fn flow_end(&mut self, bracket: &TokenKind<'_>, first: bool, goes_on: &str) -> Result<Option<Position>, ReadError> {
        let at = self.peek_span()?.start;
        if !first && self.scanner.peek()?.kind != *bracket {
            if self.scanner.peek()?.kind != TokenKind::FlowEntry {
                return Err(syntax(goes_on, at));
            }
            self.scanner.take()?;
        }
        if self.scanner.peek()?.kind == *bracket {
            return Ok(Some(self.scanner.take()?.end));
        }
        Ok(None)
    }

    /// Reads a mapping of one entry that stands in a sequence without braces.
    fn flow_pair(&mut self, depth: usize) -> Result<RawId, ReadError> {
        let token = self.scanner.take()?;
        let id = self.add(Raw { span: span_of(&token), tag: None, kind: RawKind::Unfinished })?;
        let key = match &self.scanner.peek()?.kind {
            TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd => {
                // parserc.go, yaml_parser_parse_flow_sequence_entry_mapping_key passes the token after a key that is not
                // there, so a value after it is an error.
                let passed = self.scanner.take()?;
                self.empty(passed.end, depth + 1)?
            }
            _ => self.node(Context::Flow, depth + 1)?,
        };
        let value = self.flow_value(depth + 1)?;
        let span = Span { start: token.start, end: self.nodes.get(value).span.end };
        self.nodes.finish(id, RawKind::Mapping(vec![(key, value)]), span);
        Ok(id)
    }

    /// Reads what follows a key, which may be nothing.
    fn flow_value(&mut self, depth: usize) -> Result<RawId, ReadError> {
        if self.scanner.peek()?.kind == TokenKind::Value {
            self.scanner.take()?;
            return self.flow_part(depth);
        }
        let at = self.peek_span()?.start;
        self.empty(at, depth)
    }

    /// Reads a key or value, which may be missing.
    fn flow_part(&mut self, depth: usize) -> Result<RawId, ReadError> {
        let at = self.peek_span()?.start;
        match &self.scanner.peek()?.kind {
            TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowMappingEnd | TokenKind::FlowSequenceEnd => {
                self.empty(at, depth)
            }
            _ => self.node(Context::Flow, depth),
        }
    }
}

const SEQUENCE_GOES_ON: &str = "`,` or `]` is expected here";
const MAPPING_GOES_ON: &str = "`,` or `}` is expected here";
