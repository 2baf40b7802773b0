//! Building: documents, value by value, to bytes.
//!
//! Rules: a slot that nothing is written to is null; of equal keys in one map the last counts; short strings are mostly stored once.

use crate::form::{COUNT_LIMIT, Counts, HEADER_WORDS, MAGIC, Tag, TapeError, VERSION};

/// Longest string in bytes that is looked for among those already stored: keys and words repeat, texts do not.
const SHARED_BYTES: usize = 48;

/// Places of the table of recent strings. It forgets rather than searches, so that no input makes it slow.
const RECENT: usize = 2048;

/// A number that no string has: the counts end before it.
const NONE: u32 = u32::MAX;

/// Writes documents to a tape.
#[derive(Debug)]
pub struct Builder {
    numbers: Vec<u64>,
    nodes: Vec<[u32; 2]>,
    /// The origin of each node, 0 for none.
    column: Vec<u32>,
    origins: Vec<[u32; 3]>,
    /// Where each string ends in `text`.
    strings: Vec<u32>,
    links: Vec<u32>,
    documents: Vec<u32>,
    text: Vec<u8>,
    /// Children of the lists and maps that are not finished, innermost last.
    open: Vec<[u32; 2]>,
    /// The last string stored for each hash.
    recent: Vec<u32>,
    overflow: bool,
}

/// A file that values come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File(u32);

impl Default for Builder {
    fn default() -> Self {
        Self {
            numbers: Vec::new(),
            nodes: Vec::new(),
            column: Vec::new(),
            origins: Vec::new(),
            strings: Vec::new(),
            links: Vec::new(),
            documents: Vec::new(),
            text: Vec::new(),
            open: Vec::new(),
            recent: vec![NONE; RECENT],
            overflow: false,
        }
    }
}

impl Builder {
    /// Begins the next document; its value goes into the slot.
    pub fn document(&mut self) -> Slot<'_> {
        let slot = self.slot();
        let node = slot.node;
        slot.builder.documents.push(node);
        slot
    }

    /// Returns a file that values can be said to come from.
    pub fn file(&mut self, name: &str) -> File {
        File(self.string(name))
    }

    /// Returns the tape.
    ///
    /// # Errors
    /// [`TapeError::TooLarge`].
    pub fn finish(mut self) -> Result<Vec<u8>, TapeError> {
        if self.origins.is_empty() {
            self.column.clear();
        }
        let counts = Counts {
            numbers: self.numbers.len(),
            nodes: self.nodes.len(),
            column: self.column.len(),
            origins: self.origins.len(),
            strings: self.strings.len(),
            links: self.links.len(),
            documents: self.documents.len(),
            text: self.text.len(),
        };
        let sections = counts.sections();
        if self.overflow || sections.iter().any(|(count, _)| *count >= COUNT_LIMIT) {
            return Err(TapeError::TooLarge);
        }
        let bytes = sections.iter().fold(HEADER_WORDS * 4, |sum, (count, unit)| sum + count * unit);
        let mut tape = Vec::with_capacity(bytes);
        tape.extend_from_slice(&MAGIC);
        word(&mut tape, VERSION);
        for (count, _) in sections {
            word(&mut tape, self.number(count));
        }
        for number in &self.numbers {
            tape.extend_from_slice(&number.to_le_bytes());
        }
        for [head, payload] in &self.nodes {
            word(&mut tape, *head);
            word(&mut tape, *payload);
        }
        let rest = self.column.iter().chain(self.origins.iter().flatten());
        for unit in rest.chain(&self.strings).chain(&self.links).chain(&self.documents) {
            word(&mut tape, *unit);
        }
        tape.extend_from_slice(&self.text);
        Ok(tape)
    }

    fn slot(&mut self) -> Slot<'_> {
        let node = self.number(self.nodes.len());
        self.nodes.push([Tag::Null.head(0), 0]);
        self.column.push(0);
        Slot { builder: self, node }
    }

    /// Returns a count as a word, and remembers when it is none.
    fn number(&mut self, count: usize) -> u32 {
        if let Ok(number) = u32::try_from(count)
            && count < COUNT_LIMIT
        {
            return number;
        }
        self.overflow = true;
        0
    }

    /// Stores a string, or finds it among the recent ones.
    fn string(&mut self, text: &str) -> u32 {
        if text.len() > SHARED_BYTES {
            return self.store(text);
        }
        let place = hash(text) % RECENT;
        let known = self.recent.get(place).copied().filter(|known| self.stored(*known) == Some(text.as_bytes()));
        if let Some(known) = known {
            return known;
        }
        let stored = self.store(text);
        if let Some(recent) = self.recent.get_mut(place) {
            *recent = stored;
        }
        stored
    }

    fn store(&mut self, text: &str) -> u32 {
        let string = self.number(self.strings.len());
        self.text.extend_from_slice(text.as_bytes());
        let end = self.number(self.text.len());
        self.strings.push(end);
        string
    }

    fn stored(&self, string: u32) -> Option<&[u8]> {
        let index = usize::try_from(string).ok()?;
        let end = usize::try_from(*self.strings.get(index)?).ok()?;
        let start = match index.checked_sub(1) {
            Some(before) => usize::try_from(*self.strings.get(before)?).ok()?,
            None => 0,
        };
        self.text.get(start..end)
    }
}

fn word(tape: &mut Vec<u8>, word: u32) {
    tape.extend_from_slice(&word.to_le_bytes());
}

/// FNV-1a: only a hint where to look.
fn hash(text: &str) -> usize {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    usize::try_from(hash >> 40).unwrap_or_default()
}

/// A place for one value.
#[derive(Debug)]
pub struct Slot<'b> {
    builder: &'b mut Builder,
    node: u32,
}

impl Slot<'_> {
    /// Says in which file, line and column (both from 1) the value was written.
    #[must_use]
    pub fn at(self, file: File, line: u32, column: u32) -> Self {
        self.builder.origins.push([file.0, line, column]);
        let origin = self.builder.number(self.builder.origins.len());
        if let Some(entry) = usize::try_from(self.node).ok().and_then(|node| self.builder.column.get_mut(node)) {
            *entry = origin;
        }
        self
    }

    /// Writes null.
    pub fn null(self) {
        self.set(Tag::Null, 0, 0);
    }

    /// Writes true.
    pub fn truth(self) {
        self.set(Tag::True, 0, 0);
    }

    /// Writes false.
    pub fn falsehood(self) {
        self.set(Tag::False, 0, 0);
    }

    /// Writes a whole number.
    pub fn integer(self, integer: i64) {
        let place = self.builder.number(self.builder.numbers.len());
        self.builder.numbers.push(integer.cast_unsigned());
        self.set(Tag::Integer, 0, place);
    }

    /// Writes a number.
    pub fn float(self, float: f64) {
        let place = self.builder.number(self.builder.numbers.len());
        self.builder.numbers.push(float.to_bits());
        self.set(Tag::Float, 0, place);
    }

    /// Writes a text.
    pub fn text(self, text: &str) {
        let string = self.builder.string(text);
        self.set(Tag::Text, 0, string);
    }

    /// Writes the handle of a sealed leaf: equal numbers, equal leaves.
    pub fn sealed(self, handle: u32) {
        self.set(Tag::Sealed, 0, handle);
    }

    /// Writes a list of what `fill` puts into it.
    pub fn list(self, fill: impl FnOnce(&mut ListWriter<'_>)) {
        let Slot { builder, node } = self;
        let first = builder.open.len();
        fill(&mut ListWriter { builder });
        let place = builder.number(builder.links.len());
        let length = builder.number(builder.open.len().saturating_sub(first));
        let children = builder.open.drain(first..).map(|[_, child]| child);
        builder.links.extend(children);
        Slot { builder, node }.set(Tag::List, length, place);
    }

    /// Writes a map of what `fill` puts into it.
    pub fn map(self, fill: impl FnOnce(&mut MapWriter<'_>)) {
        let Slot { builder, node } = self;
        let first = builder.open.len();
        fill(&mut MapWriter { builder });
        let mut entries = builder.open.split_off(first.min(builder.open.len()));
        // Stable: of equal keys the last is the one that stays.
        entries.sort_by(|[one, _], [other, _]| builder.stored(*one).cmp(&builder.stored(*other)));
        entries.reverse();
        entries.dedup_by(|[one, _], [other, _]| builder.stored(*one) == builder.stored(*other));
        entries.reverse();
        let place = builder.number(builder.links.len());
        let length = builder.number(entries.len());
        builder.links.extend(entries.iter().flatten());
        Slot { builder, node }.set(Tag::Map, length, place);
    }

    fn set(self, tag: Tag, length: u32, payload: u32) {
        if let Some(entry) = usize::try_from(self.node).ok().and_then(|node| self.builder.nodes.get_mut(node)) {
            *entry = [tag.head(length), payload];
        }
    }
}

/// Takes the elements of a list.
#[derive(Debug)]
pub struct ListWriter<'b> {
    builder: &'b mut Builder,
}

impl ListWriter<'_> {
    /// Begins the next element; its value goes into the slot.
    pub fn item(&mut self) -> Slot<'_> {
        let slot = self.builder.slot();
        let node = slot.node;
        slot.builder.open.push([NONE, node]);
        slot
    }
}

/// Takes the entries of a map.
#[derive(Debug)]
pub struct MapWriter<'b> {
    builder: &'b mut Builder,
}

impl MapWriter<'_> {
    /// Begins the entry of a key; its value goes into the slot.
    pub fn entry(&mut self, key: &str) -> Slot<'_> {
        let key = self.builder.string(key);
        let slot = self.builder.slot();
        let node = slot.node;
        slot.builder.open.push([key, node]);
        slot
    }
}
