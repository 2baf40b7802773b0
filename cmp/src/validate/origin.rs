//! Origin: what in a document depends on which leaves, and on which line of the template.
//!
//! In: a document's marks and the trees read from its text. Out: marks by node, place by node.
//! Rules: a mark within a scalar belongs to it; any other to the smallest node around it, whole: a tracked key, comment or blank
//! may have made all of it. What hangs on no node is *stray*. Every step errs towards too many leaves.
//! Not here: which marks matter (`sealed`).

use std::collections::BTreeSet;
use std::fmt;

use helm::provenance::{Flow, LeafId, Leaves, Mark, Marks};
use helm::render::Part;
use yaml::{Node, Span, Value};

/// A line of a template; line 0 where no line of it wrote the text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The template, as helm names it.
    pub template: String,
    /// The line, from 1.
    pub line: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.template),
            line => write!(f, "{}:{line}", self.template),
        }
    }
}

/// What a node depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependence {
    /// The leaves.
    pub leaves: Leaves,
    /// [`Flow::Exact`] where every byte that came from a leaf is a copy; nothing where there is no leaf.
    pub flow: Option<Flow>,
}

impl Dependence {
    /// Adds what `other` depends on.
    pub(crate) fn join(&mut self, leaves: &Leaves, flow: Option<Flow>) {
        self.leaves = self.leaves.union(leaves);
        self.flow = self.flow.max(flow);
    }
}

/// Bytes of a text: first, after the last.
type Range = (usize, usize);

/// A node's bytes with what hangs on them.
#[derive(Debug)]
struct Region {
    range: Range,
    /// The smallest region around it.
    parent: Option<usize>,
    own: Dependence,
}

/// A rendered document without its text.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) template: String,
    pub(crate) part: Part,
    lines: Vec<u32>,
    /// By start, the wider first.
    regions: Vec<Region>,
    /// Marks that hang on no node: their line and leaves.
    stray: Vec<(u32, Leaves)>,
}

impl Origin {
    /// Returns the origin of what was read from one document.
    pub(crate) fn of(document: &helm::render::Document, roots: &[Node]) -> Self {
        let mut ranges = BTreeSet::new();
        for root in roots {
            collect(root, &mut ranges);
        }
        let mut origin = Self {
            template: document.source.clone(),
            part: document.part,
            lines: document.lines.clone(),
            regions: nest(ranges),
            stray: Vec::new(),
        };
        let roots: Vec<Range> = roots.iter().map(|root| range(root.span)).collect();
        origin.attach(document.text.as_bytes(), document.text.marks(), &roots);
        origin
    }

    fn attach(&mut self, text: &[u8], marks: &Marks, roots: &[Range]) {
        for mark in marks.as_slice() {
            let bounds = without_blanks(text, mark);
            if let Some(region) = self.around(bounds).and_then(|place| self.regions.get_mut(place)) {
                region.own.join(&mark.leaves, Some(mark.flow));
                continue;
            }
            let touched: Vec<usize> = roots
                .iter()
                .filter(|root| root.0 <= bounds.1 && bounds.0 <= root.1)
                .filter_map(|root| self.place(*root))
                .collect();
            if touched.is_empty() {
                let before = text.get(..mark.start).unwrap_or_default();
                let line = before.iter().filter(|byte| **byte == b'\n').count();
                self.stray.push((self.lines.get(line).copied().unwrap_or(0), mark.leaves.clone()));
            }
            for place in touched {
                if let Some(region) = self.regions.get_mut(place) {
                    region.own.join(&mark.leaves, Some(Flow::Derived));
                }
            }
        }
    }

    /// Returns the smallest region around `bounds`.
    fn around(&self, bounds: Range) -> Option<usize> {
        let after = self.regions.partition_point(|region| region.range.0 <= bounds.0);
        let mut place = after.checked_sub(1);
        while let Some(region) = place.and_then(|place| self.regions.get(place)) {
            // Nothing at a node's very border may as well be something missing beside it.
            let inside = if bounds.0 == bounds.1 {
                region.range.0 < bounds.0 && bounds.1 < region.range.1
            } else {
                bounds.1 <= region.range.1
            };
            if inside {
                return place;
            }
            place = region.parent;
        }
        None
    }

    fn place(&self, range: Range) -> Option<usize> {
        self.regions.binary_search_by_key(&order(range), |region| order(region.range)).ok()
    }

    /// Says whether any node depends on leaves.
    pub(crate) fn is_marked(&self) -> bool {
        self.regions.iter().any(|region| region.own.flow.is_some())
    }

    /// Returns what `node` and the nodes its text lies in depend on, the nodes below it left out.
    pub(crate) fn of_node(&self, node: &Node) -> Dependence {
        let mut all = Dependence::default();
        let mut place = self.place(range(node.span));
        while let Some(region) = place.and_then(|place| self.regions.get(place)) {
            all.join(&region.own.leaves, region.own.flow);
            place = region.parent;
        }
        all
    }

    /// Returns what `node` and everything below it depend on. Depth is bounded by the reader.
    pub(crate) fn of_tree(&self, node: &Node) -> Dependence {
        let mut all = self.of_node(node);
        let mut waiting = children(node);
        while let Some(node) = waiting.pop() {
            let below = self.of_node(node);
            all.join(&below.leaves, below.flow);
            waiting.extend(children(node));
        }
        all
    }

    /// Returns what `node` and everything below it depend on, what they lie in left out.
    pub(crate) fn within(&self, node: &Node) -> Dependence {
        let mut all = Dependence::default();
        let mut waiting = vec![node];
        while let Some(node) = waiting.pop() {
            if let Some(region) = self.place(range(node.span)).and_then(|place| self.regions.get(place)) {
                all.join(&region.own.leaves, region.own.flow);
            }
            waiting.extend(children(node));
        }
        all
    }

    /// Returns the template line a node begins on.
    pub(crate) fn place_of(&self, node: &Node) -> Place {
        let line = usize::try_from(node.span.start.line).ok().and_then(|line| self.lines.get(line.checked_sub(1)?));
        Place { template: self.template.clone(), line: line.copied().unwrap_or(0) }
    }

    /// Returns the places of marks of `leaves` that hang on no node, each with the leaves.
    pub(crate) fn stray(&self, leaves: &BTreeSet<LeafId>) -> Vec<(Place, Leaves)> {
        let found = self.stray.iter().filter_map(|(line, marked)| {
            let marked = among(marked, leaves);
            (!marked.is_empty()).then(|| (Place { template: self.template.clone(), line: *line }, marked))
        });
        found.collect()
    }

    /// Returns the leaves among `leaves` of each region that has no part in any of `kept`.
    pub(crate) fn lost(&self, kept: &[&Node], leaves: &BTreeSet<LeafId>) -> Vec<Leaves> {
        let kept: Vec<Range> = kept.iter().map(|node| range(node.span)).collect();
        let lost =
            self.regions.iter().filter(|region| kept.iter().all(|kept| region.range.1 <= kept.0 || kept.1 <= region.range.0));
        lost.map(|region| among(&region.own.leaves, leaves)).filter(|leaves| !leaves.is_empty()).collect()
    }
}

/// Returns those of `found` that are in `leaves`.
pub(crate) fn among(found: &Leaves, leaves: &BTreeSet<LeafId>) -> Leaves {
    found.as_slice().iter().copied().filter(|leaf| leaves.contains(leaf)).collect()
}

/// Returns the nodes right below a node.
pub(crate) fn children(node: &Node) -> Vec<&Node> {
    match &node.value {
        Value::Sequence(items) => items.iter().collect(),
        Value::Mapping(entries) => entries.iter().map(|entry| &entry.value).collect(),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) | Value::Time(_) => Vec::new(),
    }
}

fn range(span: Span) -> Range {
    (span.start.offset, span.end.offset)
}

/// Orders ranges by start, the wider first.
fn order(range: Range) -> (usize, std::cmp::Reverse<usize>) {
    (range.0, std::cmp::Reverse(range.1))
}

fn collect(node: &Node, ranges: &mut BTreeSet<(usize, std::cmp::Reverse<usize>)>) {
    ranges.insert(order(range(node.span)));
    for child in children(node) {
        collect(child, ranges);
    }
}

fn nest(ranges: BTreeSet<(usize, std::cmp::Reverse<usize>)>) -> Vec<Region> {
    let mut regions: Vec<Region> = Vec::with_capacity(ranges.len());
    let mut open: Vec<(usize, usize)> = Vec::new();
    for (place, (start, std::cmp::Reverse(end))) in ranges.into_iter().enumerate() {
        while open.last().is_some_and(|(_, outer)| *outer < end) {
            open.pop();
        }
        let parent = open.last().map(|(place, _)| *place);
        open.push((place, end));
        regions.push(Region { range: (start, end), parent, own: Dependence::default() });
    }
    regions
}

/// Returns a mark's bytes without the blanks around its text, which make no value; a mark of blanks only as it is, for it may
/// make structure.
fn without_blanks(text: &[u8], mark: &Mark) -> Range {
    let marked = text.get(mark.start..mark.end).unwrap_or_default();
    let (front, back) = (marked.trim_ascii_start().len(), marked.trim_ascii_end().len());
    if front == 0 { (mark.start, mark.end) } else { (mark.end - front, mark.start + back) }
}
