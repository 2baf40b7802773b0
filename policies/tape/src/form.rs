//! The form: header, tags and sections of a tape.
//!
//! Rules: little endian; every section begins where the one before ends, widest units first, so that all of them are aligned.

/// The first four bytes.
pub(crate) const MAGIC: [u8; 4] = *b"TGTP";

/// The version of the form. Another one is another form: nothing is guessed.
pub const VERSION: u32 = 1;

/// Words of the header: magic, version, the counts of the sections in their order, one that is 0.
pub(crate) const HEADER_WORDS: usize = 10;

/// The most units of one section: lengths of lists and maps have 28 bits.
pub const COUNT_LIMIT: usize = 1 << 28;

/// Bits of a node's first word that hold the tag; the rest is a length.
pub(crate) const TAG_BITS: u32 = 4;

/// What a node is, in its first word's low bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Tag {
    Null = 0,
    False = 1,
    True = 2,
    /// The payload is the place of an `i64` among the numbers.
    Integer = 3,
    /// The payload is the place of an `f64` among the numbers.
    Float = 4,
    /// The payload is the number of a string.
    Text = 5,
    /// The payload is the number of the handle.
    Sealed = 6,
    /// The payload is the first of as many links as the length says: nodes.
    List = 7,
    /// The payload is the first of twice as many links as the length says: key and node, sorted by the keys' bytes.
    Map = 8,
}

impl Tag {
    pub(crate) fn of(head: u32) -> Option<Tag> {
        const TAGS: [Tag; 9] =
            [Tag::Null, Tag::False, Tag::True, Tag::Integer, Tag::Float, Tag::Text, Tag::Sealed, Tag::List, Tag::Map];
        let number = usize::try_from(head & ((1 << TAG_BITS) - 1)).ok()?;
        TAGS.get(number).copied()
    }

    /// Returns a node's first word.
    pub(crate) fn head(self, length: u32) -> u32 {
        (length << TAG_BITS) | self as u32
    }
}

/// The lengths of the sections, in units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// `u64` each.
    pub(crate) numbers: usize,
    /// Two words each.
    pub(crate) nodes: usize,
    /// One word each: as many as nodes, or none.
    pub(crate) column: usize,
    /// Three words each.
    pub(crate) origins: usize,
    /// One word each.
    pub(crate) strings: usize,
    /// One word each.
    pub(crate) links: usize,
    /// One word each.
    pub(crate) documents: usize,
    /// One byte each.
    pub(crate) text: usize,
}

impl Counts {
    /// Returns the counts in the order of the header, with the bytes of one unit.
    pub(crate) fn sections(self) -> [(usize, usize); 8] {
        let Counts { numbers, nodes, column, origins, strings, links, documents, text } = self;
        [(numbers, 8), (nodes, 8), (column, 4), (origins, 12), (strings, 4), (links, 4), (documents, 4), (text, 1)]
    }
}

/// Why bytes are no tape, or documents do not become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TapeError {
    /// The bytes do not begin as a tape does.
    Magic,
    /// The tape has another version.
    Version(u32),
    /// The sections do not fill the bytes exactly.
    Length,
    /// There is more of something than [`COUNT_LIMIT`].
    TooLarge,
    /// The text is not UTF-8.
    Text,
    /// Something in it points where nothing is, or backwards, or is out of order.
    Inconsistent,
}

impl std::fmt::Display for TapeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            TapeError::Magic => f.write_str("this is no tape"),
            TapeError::Version(version) => write!(f, "the tape has version {version}, not {VERSION}"),
            TapeError::Length => f.write_str("the tape is shorter or longer than its header says"),
            TapeError::TooLarge => write!(f, "the documents have more than {COUNT_LIMIT} values or bytes of text"),
            TapeError::Text => f.write_str("the text of the tape is not UTF-8"),
            TapeError::Inconsistent => f.write_str("the tape contradicts itself"),
        }
    }
}

impl std::error::Error for TapeError {}
