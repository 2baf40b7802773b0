//! Reading: questions to a tape, answered in place.
//!
//! Rules: a node's children come after it, so every walk ends; what points elsewhere is absent. [`Tape::verify`] says whether
//! anything does: the host's own tapes never.

use crate::form::{COUNT_LIMIT, Counts, HEADER_WORDS, MAGIC, TAG_BITS, Tag, TapeError, VERSION};

/// Documents, read in place.
#[derive(Debug, Clone, Copy)]
pub struct Tape<'a> {
    numbers: &'a [[u8; 8]],
    nodes: &'a [[Word; 2]],
    column: &'a [Word],
    origins: &'a [[Word; 3]],
    strings: &'a [Word],
    links: &'a [Word],
    documents: &'a [Word],
    text: &'a str,
}

/// A `u32` as it lies in the tape.
type Word = [u8; 4];

/// A value of a tape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Node(u32);

/// Where a value was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin<'a> {
    /// The file.
    pub source: &'a str,
    /// Line from 1.
    pub line: u32,
    /// Column from 1.
    pub column: u32,
}

/// What a value is.
#[derive(Debug, Clone, Copy)]
pub enum View<'a> {
    /// Null.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(&'a str),
    /// A sealed leaf, or something made of some: equal numbers, equal leaves.
    Sealed(u32),
    /// A list.
    List(Items<'a>),
    /// A map.
    Map(Entries<'a>),
}

/// Lists and maps are equal when their contents are.
impl PartialEq for View<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (*self, *other) {
            (View::Null, View::Null) => true,
            (View::Bool(one), View::Bool(other)) => one == other,
            (View::Integer(one), View::Integer(other)) => one == other,
            (View::Float(one), View::Float(other)) => one.to_bits() == other.to_bits(),
            (View::Text(one), View::Text(other)) => one == other,
            (View::Sealed(one), View::Sealed(other)) => one == other,
            (View::List(one), View::List(other)) => {
                let same = |(left, right): (Node, Node)| one.tape.view(left) == other.tape.view(right);
                one.len() == other.len() && one.zip(other).all(same)
            }
            (View::Map(one), View::Map(other)) => {
                let same = |(left, right): ((&str, Node), (&str, Node))| {
                    left.0 == right.0 && one.tape.view(left.1) == other.tape.view(right.1)
                };
                one.len() == other.len() && one.zip(other).all(same)
            }
            _ => false,
        }
    }
}

impl<'a> Tape<'a> {
    /// Takes bytes as a tape. Only the header is read, and whether the text is one.
    ///
    /// # Errors
    /// [`TapeError`]: the header is another one, the bytes are not as many as it says, or the text is not UTF-8.
    pub fn read(bytes: &'a [u8]) -> Result<Tape<'a>, TapeError> {
        let header = bytes.get(..HEADER_WORDS * 4).ok_or(TapeError::Length)?;
        if header.get(..4) != Some(&MAGIC[..]) {
            return Err(TapeError::Magic);
        }
        let (words, _none) = header.as_chunks();
        let version = word(words, 1).unwrap_or_default();
        if version != VERSION {
            return Err(TapeError::Version(version));
        }
        let mut counts = [0_usize; 8];
        for (place, count) in counts.iter_mut().enumerate() {
            *count = word(words, place + 2).and_then(|count| usize::try_from(count).ok()).ok_or(TapeError::Length)?;
            if *count >= COUNT_LIMIT {
                return Err(TapeError::TooLarge);
            }
        }
        let [numbers, nodes, column, origins, strings, links, documents, text] = counts;
        let counts = Counts { numbers, nodes, column, origins, strings, links, documents, text };
        let mut rest = bytes.get(HEADER_WORDS * 4..).unwrap_or_default();
        let mut sections: [&[u8]; 8] = [&[]; 8];
        for (section, (count, unit)) in sections.iter_mut().zip(counts.sections()) {
            let bytes = count.checked_mul(unit).ok_or(TapeError::Length)?;
            (*section, rest) = rest.split_at_checked(bytes).ok_or(TapeError::Length)?;
        }
        if !rest.is_empty() {
            return Err(TapeError::Length);
        }
        let [numbers, nodes, column, origins, strings, links, documents, text] = sections;
        Ok(Tape {
            numbers: numbers.as_chunks().0,
            nodes: nodes.as_chunks().0.as_chunks().0,
            column: column.as_chunks().0,
            origins: origins.as_chunks().0.as_chunks().0,
            strings: strings.as_chunks().0,
            links: links.as_chunks().0,
            documents: documents.as_chunks().0,
            text: std::str::from_utf8(text).map_err(|_invalid| TapeError::Text)?,
        })
    }

    /// Returns how many documents there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// Returns whether there is no document.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// Returns the value of a document.
    #[must_use]
    pub fn document(&self, number: usize) -> Option<Node> {
        self.node(word(self.documents, number)?)
    }

    /// Returns what a value is.
    #[must_use]
    pub fn view(&'a self, node: Node) -> View<'a> {
        self.try_view(node).unwrap_or(View::Null)
    }

    /// Returns the value of a key; nothing where there is no map or no such key.
    #[must_use]
    pub fn get(&self, node: Node, key: &str) -> Option<Node> {
        let [head, payload] = self.nodes.get(usize::try_from(node.0).ok()?)?.map(u32::from_le_bytes);
        if Tag::of(head)? != Tag::Map {
            return None;
        }
        self.entries(node, head, payload)?.find(key)
    }

    /// Returns where a value was written, where the host knows it.
    #[must_use]
    pub fn origin(&self, node: Node) -> Option<Origin<'a>> {
        let entry = usize::try_from(word(self.column, usize::try_from(node.0).ok()?)?).ok()?.checked_sub(1)?;
        let [source, line, column] = self.origins.get(entry)?.map(u32::from_le_bytes);
        Some(Origin { source: self.string(source)?, line, column })
    }

    /// Returns the keys and indices that lead from `root` to `node`: a JSON pointer (RFC 6901), empty for the root itself.
    #[must_use]
    pub fn pointer(&self, root: Node, node: Node) -> Option<String> {
        let mut pointer = String::new();
        let mut at = root;
        while at != node {
            // Children stand in the order they were written, each before its own: the last that begins no later holds the node.
            let (key, below) = match self.view(at) {
                View::List(items) => {
                    let (index, below) = items.enumerate().filter(|(_, item)| *item <= node).last()?;
                    (index.to_string(), below)
                }
                View::Map(entries) => {
                    let (key, below) = entries.filter(|(_, value)| *value <= node).max_by_key(|(_, value)| *value)?;
                    (key.replace('~', "~0").replace('/', "~1"), below)
                }
                _ => return None,
            };
            pointer.push('/');
            pointer.push_str(&key);
            at = below;
        }
        Some(pointer)
    }

    /// Says whether everything in the tape leads somewhere, and every value belongs to one list, map or document.
    ///
    /// # Errors
    /// [`TapeError::Inconsistent`].
    pub fn verify(&self) -> Result<(), TapeError> {
        let column = self.column.is_empty() || self.column.len() == self.nodes.len();
        let documents = (0..self.len()).all(|number| self.document(number).is_some());
        let strings = (0..self.strings.len()).all(|string| u32::try_from(string).ok().and_then(|it| self.string(it)).is_some());
        let nodes = (0..self.nodes.len()).all(|node| {
            let node = Node(u32::try_from(node).unwrap_or(u32::MAX));
            let origin = word(self.column, usize::try_from(node.0).unwrap_or(usize::MAX)).unwrap_or_default();
            (origin == 0 || self.origin(node).is_some()) && self.is_sound(node)
        });
        if column && documents && strings && nodes && self.is_forest() { Ok(()) } else { Err(TapeError::Inconsistent) }
    }

    fn is_forest(&self) -> bool {
        let mut seen = vec![false; self.nodes.len()];
        let mut once = |node: Node| {
            let seen = usize::try_from(node.0).ok().and_then(|node| seen.get_mut(node));
            seen.is_some_and(|seen| !std::mem::replace(seen, true))
        };
        let roots = (0..self.len()).filter_map(|number| self.document(number)).all(&mut once);
        let every = (0..self.nodes.len()).filter_map(|node| u32::try_from(node).ok());
        roots
            && every.map(Node).all(|node| match self.view(node) {
                View::List(mut items) => items.all(&mut once),
                View::Map(mut entries) => entries.all(|(_, value)| once(value)),
                _ => true,
            })
    }

    fn is_sound(&self, node: Node) -> bool {
        match self.try_view(node) {
            None => false,
            Some(View::List(items)) => items.count() == items.length,
            Some(View::Map(entries)) => {
                entries.count() == entries.length && entries.is_sorted_by(|(one, _), (other, _)| one < other)
            }
            Some(_) => true,
        }
    }

    fn try_view(&'a self, node: Node) -> Option<View<'a>> {
        let [head, payload] = self.nodes.get(usize::try_from(node.0).ok()?)?.map(u32::from_le_bytes);
        Some(match Tag::of(head)? {
            Tag::Null => View::Null,
            Tag::False => View::Bool(false),
            Tag::True => View::Bool(true),
            Tag::Integer => View::Integer(self.number(payload)?.cast_signed()),
            Tag::Float => View::Float(f64::from_bits(self.number(payload)?)),
            Tag::Text => View::Text(self.string(payload)?),
            Tag::Sealed => View::Sealed(payload),
            Tag::List => {
                let links = self.links(payload, head >> TAG_BITS)?;
                View::List(Items { tape: self, links, length: links.len(), parent: node })
            }
            Tag::Map => View::Map(self.entries(node, head, payload)?),
        })
    }

    /// Returns the entries of the map that this node is.
    fn entries(&'a self, node: Node, head: u32, payload: u32) -> Option<Entries<'a>> {
        let (links, _none) = self.links(payload, (head >> TAG_BITS).checked_mul(2)?)?.as_chunks();
        Some(Entries { tape: self, links, length: links.len(), parent: node })
    }

    fn links(&self, first: u32, length: u32) -> Option<&'a [Word]> {
        let (first, length) = (usize::try_from(first).ok()?, usize::try_from(length).ok()?);
        self.links.get(first..first.checked_add(length)?)
    }

    fn node(&self, number: u32) -> Option<Node> {
        (usize::try_from(number).ok()? < self.nodes.len()).then_some(Node(number))
    }

    fn number(&self, place: u32) -> Option<u64> {
        Some(u64::from_le_bytes(*self.numbers.get(usize::try_from(place).ok()?)?))
    }

    fn string(&self, number: u32) -> Option<&'a str> {
        let number = usize::try_from(number).ok()?;
        let start = match number.checked_sub(1) {
            Some(before) => usize::try_from(word(self.strings, before)?).ok()?,
            None => 0,
        };
        self.text.get(start..usize::try_from(word(self.strings, number)?).ok()?)
    }
}

/// Returns the word with a number.
fn word(section: &[Word], number: usize) -> Option<u32> {
    section.get(number).copied().map(u32::from_le_bytes)
}

/// The elements of a list, in order.
#[derive(Debug, Clone, Copy)]
pub struct Items<'a> {
    tape: &'a Tape<'a>,
    links: &'a [Word],
    length: usize,
    parent: Node,
}

impl Items<'_> {
    /// Returns how many elements are left.
    #[must_use]
    pub fn len(&self) -> usize {
        self.links.len()
    }

    /// Returns whether no element is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }
}

impl Iterator for Items<'_> {
    type Item = Node;

    fn next(&mut self) -> Option<Node> {
        let (number, left) = self.links.split_first()?;
        self.links = left;
        self.tape.node(u32::from_le_bytes(*number)).filter(|node| *node > self.parent)
    }
}

/// The entries of a map, sorted by the bytes of their keys.
#[derive(Debug, Clone, Copy)]
pub struct Entries<'a> {
    tape: &'a Tape<'a>,
    links: &'a [[Word; 2]],
    length: usize,
    parent: Node,
}

impl Entries<'_> {
    /// Returns how many entries are left.
    #[must_use]
    pub fn len(&self) -> usize {
        self.links.len()
    }

    /// Returns whether no entry is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// Returns the value of a key.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<Node> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            let [name, number] = self.links.get(middle)?.map(u32::from_le_bytes);
            match self.tape.string(name)?.as_bytes().cmp(key.as_bytes()) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return self.tape.node(number).filter(|node| *node > self.parent),
            }
        }
        None
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = (&'a str, Node);

    fn next(&mut self) -> Option<(&'a str, Node)> {
        let (entry, left) = self.links.split_first()?;
        self.links = left;
        let [key, number] = entry.map(u32::from_le_bytes);
        let node = self.tape.node(number).filter(|node| *node > self.parent)?;
        Some((self.tape.string(key)?, node))
    }
}
