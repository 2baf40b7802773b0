//! The event stream.

use std::borrow::Cow;

use libyaml_safer::{EventData, MappingStyle, Mark, Parser, ScalarStyle, SequenceStyle};

use super::ReadError;
use super::input::Input;
use crate::{Position, Span};

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Bare.
    Plain,
    /// In quotes.
    Quoted,
    /// After `|` or `>`.
    Block,
}

/// One event.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) span: Span,
    pub(super) kind: EventKind,
}

/// What happened.
#[derive(Debug)]
pub(super) enum EventKind {
    StreamEnd,
    DocumentStart { explicit: bool },
    DocumentEnd { explicit: bool },
    Alias { anchor: String },
    Scalar { anchor: Option<String>, tag: Option<String>, text: String, style: Style },
    SequenceStart { anchor: Option<String>, tag: Option<String> },
    MappingStart { anchor: Option<String>, tag: Option<String> },
    CollectionEnd { flow: bool },
}

pub(super) struct Events<'a> {
    parser: Parser<std::io::Cursor<Cow<'a, [u8]>>>,
    open: Vec<bool>,
    shift: usize,
}

impl<'a> Events<'a> {
    pub(super) fn of(input: &'a Input<'a>) -> Self {
        let text = if input.text.ends_with('\n') {
            Cow::Borrowed(input.text.as_bytes())
        } else {
            Cow::Owned([input.text.as_bytes(), b"\n"].concat())
        };
        let mut parser = Parser::new();
        parser.set_input(std::io::Cursor::new(text));
        parser.set_encoding(libyaml_safer::Encoding::Utf8);
        Self { parser, open: Vec::new(), shift: input.shift }
    }

    pub(super) fn next(&mut self) -> Result<Event, ReadError> {
        loop {
            let event = self.parser.parse().map_err(|error| ReadError::Syntax {
                problem: error.problem().to_owned(),
                at: self.position(error.problem_mark().unwrap_or_default()),
            })?;
            let span = Span { start: self.position(event.start_mark), end: self.position(event.end_mark) };
            let kind = match event.data {
                EventData::StreamStart { .. } => continue,
                EventData::StreamEnd => EventKind::StreamEnd,
                EventData::DocumentStart { implicit, .. } => EventKind::DocumentStart { explicit: !implicit },
                EventData::DocumentEnd { implicit } => EventKind::DocumentEnd { explicit: !implicit },
                EventData::Alias { anchor } => EventKind::Alias { anchor },
                EventData::Scalar { anchor, tag, value, style, .. } => {
                    let style = match style {
                        ScalarStyle::Plain => Style::Plain,
                        ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
                        _ => Style::Quoted,
                    };
                    EventKind::Scalar { anchor, tag, text: value, style }
                }
                EventData::SequenceStart { anchor, tag, style, .. } => {
                    self.open.push(style == SequenceStyle::Flow);
                    EventKind::SequenceStart { anchor, tag }
                }
                EventData::MappingStart { anchor, tag, style, .. } => {
                    self.open.push(style == MappingStyle::Flow);
                    EventKind::MappingStart { anchor, tag }
                }
                EventData::SequenceEnd | EventData::MappingEnd => {
                    EventKind::CollectionEnd { flow: self.open.pop().unwrap_or_default() }
                }
            };
            return Ok(Event { span, kind });
        }
    }

    fn position(&self, mark: Mark) -> Position {
        let number = |value: u64| u32::try_from(value).unwrap_or(u32::MAX).saturating_add(1);
        Position {
            offset: usize::try_from(mark.index).unwrap_or(usize::MAX) + self.shift,
            line: number(mark.line),
            column: number(mark.column),
        }
    }
}
