//! The tree as meant: aliases followed, merge keys applied, scalars typed, keys made strings.
//!
//! In: [`RawNodes`]. Out: [`Document`]s. Rules: copies made by aliases count, by our budget and by go-yaml's ratio.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::base64;
use super::error::{KeyKind, ReadError};
use super::input::Input;
use super::tree::{Parsed, Raw, RawId, RawKind, RawNodes};
use super::{DEPTH_CEILING, Duplicates, ReadOptions, Typing};
use crate::lossy;
use crate::number;
use crate::scalar::{self, Dialect, Resolved, Tag};
use crate::scan::ScalarStyle as Style;
use crate::{Content, Document, Entry, Node, Position, Span, Value};

/// The key that merges.
const MERGE: &str = "<<";

/// Returns a document with its values typed.
pub(super) fn document(
    nodes: &RawNodes<'_>,
    parsed: &Parsed,
    input: &Input<'_>,
    options: &ReadOptions,
) -> Result<Document, ReadError> {
    let mut typer = Typer { nodes, options, made: 0, work: Work::default(), copied_bytes: 0, active: Vec::new(), mappings: 0 };
    // go-yaml counts the document itself as the first step.
    typer.work.steps += 1;
    let root = typer.node(parsed.root, 1)?;
    if options.typing == Typing::Helm {
        refuse_not_finite(&root)?;
    }
    let &Parsed { span, explicit_start, explicit_end, .. } = parsed;
    let content = content(nodes.get(parsed.root), span, input);
    Ok(Document { root, span, explicit_start, explicit_end, content })
}

/// Refuses numbers that JSON cannot say; one that a repeated key replaced is not there any more.
fn refuse_not_finite(node: &Node) -> Result<(), ReadError> {
    match &node.value {
        Value::Float(value) if !value.is_finite() => Err(ReadError::NotFinite { at: node.span.start }),
        Value::Sequence(items) => items.iter().try_for_each(refuse_not_finite),
        Value::Mapping(entries) => entries.iter().try_for_each(|entry| refuse_not_finite(&entry.value)),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) | Value::Time(_) => Ok(()),
    }
}

/// Says whether a document holds anything: where nothing is written, only comments can hold a `#`.
fn content(root: &Raw<'_>, span: Span, input: &Input<'_>) -> Content {
    match &root.kind {
        RawKind::Scalar { text, style: Style::Plain } if text.is_empty() && root.tag.is_none() => {
            let written = input.slice(span.start.offset, span.end.offset);
            if written.contains('#') { Content::CommentsOnly } else { Content::Empty }
        }
        _ => Content::Present,
    }
}

/// The steps go-yaml's decoder would take, to refuse what it refuses.
///
/// # Source
/// go-yaml v2 and v3 `decode.go`, `unmarshal` and `allowedAliasRatio`.
#[derive(Debug, Default)]
struct Work {
    steps: u32,
    alias_steps: u32,
}

/// Steps below which any share of them may come from aliases.
const FREE_STEPS: u32 = 1_000;
/// Steps in aliases that are always free.
const FREE_ALIAS_STEPS: u32 = 100;
/// Up to so many steps [`HIGHEST_SHARE`] of them may come from aliases; from there the share falls.
const SHARE_FALLS_FROM: u32 = 400_000;
/// From so many steps on only [`LOWEST_SHARE`] of them may.
const SHARE_FALLS_TO: u32 = 4_000_000;
/// The share of steps in aliases a small document may have.
const HIGHEST_SHARE: f64 = 0.99;
/// The share of steps in aliases a large document may have.
const LOWEST_SHARE: f64 = 0.10;

impl Work {
    fn step(&mut self, in_alias: bool) -> bool {
        self.steps = self.steps.saturating_add(1);
        self.alias_steps = self.alias_steps.saturating_add(u32::from(in_alias));
        self.alias_steps <= FREE_ALIAS_STEPS || self.steps <= FREE_STEPS || self.share() <= self.allowed_share()
    }

    fn share(&self) -> f64 {
        f64::from(self.alias_steps) / f64::from(self.steps)
    }

    fn allowed_share(&self) -> f64 {
        let steps = self.steps.clamp(SHARE_FALLS_FROM, SHARE_FALLS_TO);
        let way = f64::from(steps - SHARE_FALLS_FROM) / f64::from(SHARE_FALLS_TO - SHARE_FALLS_FROM);
        HIGHEST_SHARE - (HIGHEST_SHARE - LOWEST_SHARE) * way
    }
}

/// Bytes of text that aliases may copy: far more than people anchor, far less than one long string behind 100,000 aliases.
const ALIAS_TEXT_BYTES: usize = 16 << 20;

struct Typer<'a> {
    nodes: &'a RawNodes<'a>,
    options: &'a ReadOptions,
    /// Nodes made so far.
    made: usize,
    work: Work,
    /// Bytes of text copied by aliases so far.
    copied_bytes: usize,
    /// The aliases that are being followed.
    active: Vec<RawId>,
    /// Written mappings read so far.
    mappings: usize,
}

/// An entry with the mapping it is written in, which for a merged one is another than where it ends up.
struct Candidate {
    entry: Entry,
    /// One number for each reading of a written mapping.
    written_in: usize,
}

impl Typer<'_> {
    /// Returns a node with everything below it. Recursion is bounded by the depth limit, through aliases too.
    fn node(&mut self, id: RawId, depth: usize) -> Result<Node, ReadError> {
        let raw = self.nodes.get(id);
        let at = raw.span.start;
        self.step(at)?;
        self.check_depth(depth, at)?;
        match &raw.kind {
            RawKind::Alias(target) => self.follow(id, |typer| typer.node(*target, depth)),
            RawKind::Scalar { text, style } => {
                self.count_scalar(text, at)?;
                let resolved = self.resolve(raw, text, *style)?;
                let value = self.value(resolved, raw, text)?;
                Ok(Node { span: raw.span, value })
            }
            RawKind::Sequence(items) => {
                self.count(at)?;
                let items = items.iter().map(|item| self.node(*item, depth + 1)).collect::<Result<_, _>>()?;
                Ok(Node { span: raw.span, value: Value::Sequence(items) })
            }
            RawKind::Mapping(pairs) => {
                self.count(at)?;
                let mut candidates = Vec::with_capacity(pairs.len());
                self.entries(pairs, depth, &mut candidates)?;
                let entries = self.without_duplicates(candidates)?;
                Ok(Node { span: raw.span, value: Value::Mapping(entries) })
            }
            RawKind::Unfinished => Err(ReadError::SelfReference { at }),
        }
    }

    fn step(&mut self, at: Position) -> Result<(), ReadError> {
        if self.work.step(!self.active.is_empty()) { Ok(()) } else { Err(self.bomb(at)) }
    }

    /// Returns the refusal at the alias that is written in the document, not at what others lead to from there.
    fn bomb(&self, at: Position) -> ReadError {
        let written = self.active.first().map(|alias| self.nodes.get(*alias).span.start);
        ReadError::AliasBomb { at: written.unwrap_or(at) }
    }

    /// Counts a node that is made.
    fn count(&mut self, at: Position) -> Result<(), ReadError> {
        self.made += 1;
        let limit = self.options.limits.nodes;
        match (self.made > limit, self.active.is_empty()) {
            (false, _) => Ok(()),
            (true, true) => Err(ReadError::TooManyNodes { limit, at }),
            (true, false) => Err(self.bomb(at)),
        }
    }

    /// Counts a scalar that is made, and its text where an alias copies it.
    fn count_scalar(&mut self, text: &str, at: Position) -> Result<(), ReadError> {
        self.count(at)?;
        if !self.active.is_empty() {
            self.copied_bytes += text.len();
            if self.copied_bytes > ALIAS_TEXT_BYTES {
                return Err(self.bomb(at));
            }
        }
        Ok(())
    }

    fn check_depth(&self, depth: usize, at: Position) -> Result<(), ReadError> {
        let limit = self.options.limits.depth.min(DEPTH_CEILING);
        if depth > limit { Err(ReadError::TooDeep { limit, at }) } else { Ok(()) }
    }

    /// Does something inside an alias.
    fn follow<T>(&mut self, alias: RawId, inside: impl FnOnce(&mut Self) -> Result<T, ReadError>) -> Result<T, ReadError> {
        if self.active.contains(&alias) {
            return Err(ReadError::SelfReference { at: self.nodes.get(alias).span.start });
        }
        self.active.push(alias);
        let result = inside(self);
        self.active.pop();
        result
    }

    /// Adds the entries of a mapping, merged ones where their `<<` stands.
    fn entries(&mut self, pairs: &[(RawId, RawId)], depth: usize, out: &mut Vec<Candidate>) -> Result<(), ReadError> {
        self.mappings += 1;
        let written_in = self.mappings;
        for (key_id, value_id) in pairs {
            if self.options.typing == Typing::Helm && self.is_merge(*key_id) {
                self.merge(*value_id, depth, out)?;
                continue;
            }
            let key_span = self.nodes.get(*key_id).span;
            let key = self.key(*key_id, key_span.start)?;
            let value = self.node(*value_id, depth + 1)?;
            out.push(Candidate { entry: Entry { key, key_span, value }, written_in });
        }
        Ok(())
    }

    /// Says whether a key is a merge key: plain `<<`, or tagged as one.
    ///
    /// # Source
    /// go-yaml v2 `decode.go`, `isMerge`.
    fn is_merge(&self, key: RawId) -> bool {
        let raw = self.nodes.get(key);
        match (&raw.kind, raw.tag.as_deref()) {
            (RawKind::Scalar { text, style: Style::Plain }, None) => text == MERGE,
            (RawKind::Scalar { text, .. }, Some(tag)) => text == MERGE && (tag == "!" || Tag::of(tag) == Tag::Merge),
            _ => false,
        }
    }

    /// Adds what a merge key's value holds; of several, earlier ones win.
    ///
    /// # Source
    /// go-yaml v2 `decode.go`, `merge`.
    fn merge(&mut self, value: RawId, depth: usize, out: &mut Vec<Candidate>) -> Result<(), ReadError> {
        match &self.nodes.get(value).kind {
            RawKind::Sequence(items) => items.iter().rev().try_for_each(|item| self.merge_one(*item, depth, out)),
            _ => self.merge_one(value, depth, out),
        }
    }

    fn merge_one(&mut self, id: RawId, depth: usize, out: &mut Vec<Candidate>) -> Result<(), ReadError> {
        let raw = self.nodes.get(id);
        let at = raw.span.start;
        match &raw.kind {
            RawKind::Mapping(pairs) => {
                self.step(at)?;
                self.check_depth(depth + 1, at)?;
                self.entries(pairs, depth + 1, out)
            }
            RawKind::Alias(target) if matches!(self.nodes.get(*target).kind, RawKind::Mapping(_)) => {
                self.step(at)?;
                self.follow(id, |typer| typer.merge_one(*target, depth, out))
            }
            _ => Err(ReadError::Merge { at }),
        }
    }

    /// Returns a key as a string.
    ///
    /// # Source
    /// sigs.k8s.io/yaml `yaml.go`, `convertToJSONableObject`.
    fn key(&mut self, id: RawId, at: Position) -> Result<String, ReadError> {
        let raw = self.nodes.get(id);
        self.step(raw.span.start)?;
        let (text, style) = match &raw.kind {
            RawKind::Alias(target) => return self.follow(id, |typer| typer.key(*target, at)),
            RawKind::Scalar { text, style } => (text, *style),
            RawKind::Sequence(_) | RawKind::Mapping(_) | RawKind::Unfinished => {
                return Err(ReadError::Key { kind: KeyKind::Collection, at });
            }
        };
        self.count_scalar(text, raw.span.start)?;
        let resolved = self.resolve(raw, text, style)?;
        let refused = |kind| Err(ReadError::Key { kind, at });
        match (self.options.typing, resolved) {
            (_, Resolved::Text) => self.text(raw, text),
            (Typing::Helm, Resolved::Time(_)) => Ok(text.clone().into_owned()),
            (Typing::Helm, Resolved::Bool(value)) => Ok(value.to_string()),
            (Typing::Helm, Resolved::Int(value)) if i64::try_from(value).is_ok() => Ok(value.to_string()),
            (Typing::Helm, Resolved::Float(value)) => Ok(number::format_general_single(value)),
            (_, Resolved::Null) => refused(KeyKind::Null),
            (Typing::Sops, Resolved::Bool(_)) => refused(KeyKind::Bool),
            (Typing::Sops, Resolved::Time(_)) => refused(KeyKind::Time),
            (_, Resolved::Int(_) | Resolved::Float(_)) => refused(KeyKind::Number),
        }
    }

    /// Returns what a scalar stands for.
    fn resolve(&self, raw: &Raw<'_>, text: &str, style: Style) -> Result<Resolved, ReadError> {
        let dialect = match self.options.typing {
            Typing::Helm => Dialect::V2,
            Typing::Sops => Dialect::V3,
        };
        let tag = match raw.tag.as_deref() {
            // go-yaml v3 takes the tag `!` for none, v2 for one it does not know.
            Some("!") if dialect == Dialect::V3 => None,
            tag => tag,
        };
        match (tag, style) {
            (Some(tag), _) => {
                let tag = Tag::of(tag);
                let resolved = scalar::resolve_tagged(tag, text, dialect);
                resolved.ok_or(ReadError::Tag { tag: tag.short(), at: raw.span.start })
            }
            (None, Style::Plain) => Ok(scalar::resolve(text, dialect)),
            (None, Style::Quoted | Style::Block) => Ok(Resolved::Text),
        }
    }

    /// Returns a resolved scalar as a value of the typing.
    fn value(&self, resolved: Resolved, raw: &Raw<'_>, text: &str) -> Result<Value, ReadError> {
        let at = raw.span.start;
        match (self.options.typing, resolved) {
            (_, Resolved::Null) => Ok(Value::Null),
            (_, Resolved::Bool(value)) => Ok(Value::Bool(value)),
            #[expect(clippy::cast_precision_loss, reason = "Helm reads every number as float64")]
            (Typing::Helm, Resolved::Int(value)) => Ok(Value::Float(value as f64)),
            (Typing::Sops, Resolved::Int(value)) => i64::try_from(value).map(Value::Int).or(Err(ReadError::IntegerRange { at })),
            (_, Resolved::Float(value)) => Ok(Value::Float(value)),
            (Typing::Helm, Resolved::Time(_)) => Ok(Value::String(text.to_owned())),
            (Typing::Sops, Resolved::Time(time)) => Ok(Value::Time(time)),
            (_, Resolved::Text) => self.text(raw, text).map(Value::String),
        }
    }

    /// Returns a string scalar's text, decoded where it is `!!binary`.
    fn text(&self, raw: &Raw<'_>, text: &str) -> Result<String, ReadError> {
        if raw.tag.as_deref().map(Tag::of) != Some(Tag::Binary) {
            return Ok(text.to_owned());
        }
        let refused = ReadError::Tag { tag: Tag::Binary.short(), at: raw.span.start };
        let Some(bytes) = base64::decode(text) else { return Err(refused) };
        match (self.options.typing, String::from_utf8(bytes)) {
            (_, Ok(text)) => Ok(text),
            (Typing::Helm, Err(error)) => Ok(lossy::decode(error.as_bytes())),
            (Typing::Sops, Err(_not_text)) => Err(refused),
        }
    }

    /// Applies the rule for repeated keys; an entry keeps its first place in the order.
    fn without_duplicates(&self, candidates: Vec<Candidate>) -> Result<Vec<Entry>, ReadError> {
        let mut order: Vec<usize> = (0..candidates.len()).collect();
        let key = |index: &usize| candidates.get(*index).map(|candidate| candidate.entry.key.as_str());
        order.sort_by(|left, right| key(left).cmp(&key(right)));
        let repeated = order.windows(2).any(|pair| matches!(pair, [left, right] if key(left) == key(right)));
        if !repeated {
            return Ok(candidates.into_iter().map(|candidate| candidate.entry).collect());
        }
        // For each candidate the place it takes, and whether a later one takes its value's place.
        let mut first_of = vec![0; candidates.len()];
        for run in order.chunk_by(|left, right| key(left).cmp(&key(right)) == Ordering::Equal) {
            if self.options.duplicates == Duplicates::Refuse {
                refuse_written_twice(run, &candidates)?;
            }
            let first = run.first().copied().unwrap_or_default();
            for index in run {
                if let Some(slot) = first_of.get_mut(*index) {
                    *slot = first;
                }
            }
        }
        let mut entries: Vec<Option<Entry>> = candidates.iter().map(|_| None).collect();
        for (candidate, first) in candidates.into_iter().zip(first_of) {
            if let Some(slot) = entries.get_mut(first) {
                *slot = Some(candidate.entry);
            }
        }
        Ok(entries.into_iter().flatten().collect())
    }
}

/// Refuses a key that one written mapping gives twice; a merged entry may be overridden. The run is in document order.
fn refuse_written_twice(run: &[usize], candidates: &[Candidate]) -> Result<(), ReadError> {
    let mut first_by_mapping = BTreeMap::new();
    for candidate in run.iter().filter_map(|index| candidates.get(*index)) {
        let Candidate { entry, written_in } = candidate;
        if let Some(first) = first_by_mapping.insert(*written_in, entry.key_span.start) {
            return Err(ReadError::DuplicateKey { key: entry.key.clone(), first, at: entry.key_span.start });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
