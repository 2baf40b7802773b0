//! The `sops` key: who can open a file, what is sealed in it, and its MAC.
//!
//! In: the root of a file, read but still sealed. Out: [`Metadata`].
//! Rules: fields that SOPS of any version wrote are read, empty ones count as absent, unknown ones are ignored. Nothing here is
//! authenticated: what the fields say is believed only as far as the MAC then confirms it.
//! Not here: opening the data key (`data_key`).

use std::fmt;

use yaml::{Entry, Node, Span, Value};

use crate::OpenError;
use crate::selector::{DEFAULT_UNENCRYPTED_SUFFIX, Matched, Selector};
use crate::timestamp::{Fraction, canonical};

/// The key all metadata stands under.
pub(crate) const METADATA_KEY: &str = "sops";
/// Characters of a recipient that are kept: twice those of a post-quantum one, the longest there is.
const RECIPIENT_CHARACTERS: usize = 4096;
/// Characters of a recipient that a message shows; a post-quantum one has two thousand.
const SHOWN_RECIPIENT_CHARACTERS: usize = 120;

/// What a sealed file says of itself.
#[derive(Clone, Debug)]
pub struct Metadata {
    pub(crate) span: Span,
    pub(crate) groups: Vec<Group>,
    pub(crate) threshold: usize,
    pub(crate) selector: Selector,
    pub(crate) mac: Place<String>,
    pub(crate) last_modified: String,
    pub(crate) mac_only_encrypted: Option<Span>,
    version: Option<String>,
}

/// A text of the metadata with its place.
#[derive(Clone, Debug)]
pub(crate) struct Place<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

/// Recipients of whom any one recovers the same part of the data key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    pub(crate) stanzas: Vec<Stanza>,
}

/// The data key, sealed for one recipient.
#[derive(Clone, Debug)]
pub(crate) struct Stanza {
    pub(crate) recipient: Recipient,
    /// The armored age file; nothing for other kinds of key, which are not opened here.
    pub(crate) age_file: Option<String>,
    pub(crate) span: Span,
}

/// Who can open a file: public text out of its metadata, fit to be printed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recipient(String);

impl Recipient {
    fn new(kind: &KeyKind, name: &str) -> Self {
        let name: String = name
            .chars()
            .take(RECIPIENT_CHARACTERS)
            .map(|character| if character.is_ascii_graphic() || character == ' ' { character } else { '?' })
            .collect();
        Self(if kind.list == AGE_LIST { name } else { format!("{} {name}", kind.list) })
    }

    /// Returns the whole text: `age1..`, `ssh-ed25519 AAAA..`, or `pgp FBC7..` and the like for other kinds of key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Says whether an identity for it can be held here: a key of the classic age format, or an Ed25519 key of SSH.
    pub(crate) fn can_be_held(&self) -> bool {
        (self.0.starts_with("age1") && !self.0.starts_with("age1pq1")) || self.0.starts_with("ssh-ed25519 ")
    }

    /// Says whether this is the public part of an identity; the comment of an SSH key does not matter.
    pub(crate) fn is(&self, public: &str) -> bool {
        self.0.split(' ').take(2).eq(public.split(' ').take(2))
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.get(..SHOWN_RECIPIENT_CHARACTERS) {
            Some(start) if start.len() < self.0.len() => write!(f, "{start}..."),
            Some(_) | None => f.write_str(&self.0),
        }
    }
}

/// One of the lists of keys in the metadata.
struct KeyKind {
    list: &'static str,
    names: &'static [&'static str],
}

const AGE_LIST: &str = "age";

/// Every list SOPS 3.13 knows, with the fields that name a key of it.
///
/// # Source
/// SOPS `stores/stores.go`, `metadata`.
const KEY_KINDS: [KeyKind; 7] = [
    KeyKind { list: AGE_LIST, names: &["recipient"] },
    KeyKind { list: "pgp", names: &["fp"] },
    KeyKind { list: "kms", names: &["arn"] },
    KeyKind { list: "gcp_kms", names: &["resource_id"] },
    KeyKind { list: "azure_kv", names: &["vault_url", "name"] },
    KeyKind { list: "hc_vault", names: &["vault_address", "key_name"] },
    KeyKind { list: "hckms", names: &["key_id"] },
];

impl Metadata {
    /// Returns everybody who can open the file, or a part of its key, in the order of the file.
    #[must_use]
    pub fn recipients(&self) -> Vec<&Recipient> {
        self.groups.iter().flat_map(|group| &group.stanzas).map(|stanza| &stanza.recipient).collect()
    }

    /// Returns when the file was sealed, in RFC 3339, to the second.
    #[must_use]
    pub fn last_modified(&self) -> &str {
        &self.last_modified
    }

    /// Returns the version of SOPS that sealed the file, where the file says so.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }
}

/// Returns the metadata of a file, or nothing when it has no `sops` key: then SOPS did not seal it.
///
/// Needs no key. Both typings of `yaml` will do.
///
/// # Errors
/// [`OpenError::Metadata`] and [`OpenError::NoMac`] for fields that are missing or not of their kind; [`OpenError::Selectors`],
/// [`OpenError::SelectorRegex`] and [`OpenError::CommentSelector`] for selectors that cannot be followed.
///
/// # Source
/// SOPS `stores/metadata.go`, `ExtractMetadata`; `stores/stores.go`, `ToInternal`.
pub fn metadata(root: &Node) -> Result<Option<Metadata>, OpenError> {
    let Value::Mapping(entries) = &root.value else { return Ok(None) };
    let Some(entry) = entries.iter().find(|entry| entry.key == METADATA_KEY) else { return Ok(None) };
    let Value::Mapping(fields) = &entry.value.value else {
        return Err(OpenError::Metadata { field: METADATA_KEY.to_owned(), problem: "is not a map", at: entry.value.span });
    };
    let fields = Fields { entries: fields, span: entry.key_span };
    let mac = match fields.text("mac")? {
        Some(mac) => mac,
        None => return Err(OpenError::NoMac { at: entry.key_span }),
    };
    Ok(Some(Metadata {
        span: entry.key_span,
        groups: groups(&fields)?,
        threshold: threshold(&fields)?,
        selector: selector(&fields)?,
        mac: Place { value: mac.value.to_owned(), span: mac.span },
        last_modified: last_modified(&fields)?,
        mac_only_encrypted: mac_only_encrypted(&fields)?,
        version: fields.text("version")?.map(|version| version.value.to_owned()),
    }))
}

/// The fields of a map in the metadata.
struct Fields<'a> {
    entries: &'a [Entry],
    span: Span,
}

impl<'a> Fields<'a> {
    fn of(node: &'a Node, name: &str) -> Result<Self, OpenError> {
        match &node.value {
            Value::Mapping(entries) => Ok(Self { entries, span: node.span }),
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::String(_)
            | Value::Time(_)
            | Value::Sequence(_) => {
                Err(OpenError::Metadata { field: name.to_owned(), problem: "holds something that is not a map", at: node.span })
            }
        }
    }

    /// Returns a field that is there and not null.
    fn get(&self, name: &str) -> Option<&'a Node> {
        self.entries.iter().find(|entry| entry.key == name).map(|entry| &entry.value).filter(|node| node.value != Value::Null)
    }

    /// Returns a field with a text in it; an empty text counts as absent, as in SOPS.
    fn text(&self, name: &str) -> Result<Option<Place<&'a str>>, OpenError> {
        let Some(node) = self.get(name) else { return Ok(None) };
        match &node.value {
            Value::String(text) if text.is_empty() => Ok(None),
            Value::String(text) => Ok(Some(Place { value: text, span: node.span })),
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Time(_)
            | Value::Sequence(_)
            | Value::Mapping(_) => Err(wrong(name, "is not a text", node)),
        }
    }

    fn list(&self, name: &str) -> Result<&'a [Node], OpenError> {
        match self.get(name).map(|node| (node, &node.value)) {
            None => Ok(&[]),
            Some((_, Value::Sequence(items))) => Ok(items),
            Some((node, _)) => Err(wrong(name, "is not a list", node)),
        }
    }
}

fn wrong(field: &str, problem: &'static str, node: &Node) -> OpenError {
    OpenError::Metadata { field: field.to_owned(), problem, at: node.span }
}

/// Reads the key groups. Any list of keys at the top makes one group of all of them, and `key_groups` is not looked at.
fn groups(fields: &Fields<'_>) -> Result<Vec<Group>, OpenError> {
    let top = group(fields)?;
    if !top.stanzas.is_empty() {
        return Ok(vec![top]);
    }
    let mut groups = Vec::new();
    for node in fields.list("key_groups")? {
        groups.push(group(&Fields::of(node, "key_groups")?)?);
    }
    if groups.iter().all(|group| group.stanzas.is_empty()) {
        return Err(OpenError::Metadata {
            field: METADATA_KEY.to_owned(),
            problem: "names no key that opens the file",
            at: fields.span,
        });
    }
    Ok(groups)
}

fn group(fields: &Fields<'_>) -> Result<Group, OpenError> {
    let mut group = Group::default();
    for kind in &KEY_KINDS {
        for node in fields.list(kind.list)? {
            let stanza = Fields::of(node, kind.list)?;
            let mut names = Vec::new();
            for name in kind.names {
                names.extend(stanza.text(name)?.map(|name| name.value));
            }
            let age_file = match stanza.text("enc")? {
                Some(sealed) if kind.list == AGE_LIST => Some(sealed.value.to_owned()),
                Some(_) | None => None,
            };
            group.stanzas.push(Stanza { recipient: Recipient::new(kind, &names.join(" ")), age_file, span: node.span });
        }
    }
    Ok(group)
}

fn threshold(fields: &Fields<'_>) -> Result<usize, OpenError> {
    let Some(node) = fields.get("shamir_threshold") else { return Ok(0) };
    let number = match &node.value {
        Value::Int(number) => usize::try_from(*number).ok(),
        // The number of another typing: small and whole, so its text is exact.
        Value::Float(number) => number.to_string().parse().ok(),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Time(_) | Value::Sequence(_) | Value::Mapping(_) => None,
    };
    number.ok_or_else(|| wrong("shamir_threshold", "is not a number of groups", node))
}

/// Reads the time the MAC is bound to. Old versions of SOPS read it unquoted too, other writers write it so.
fn last_modified(fields: &Fields<'_>) -> Result<String, OpenError> {
    let name = "lastmodified";
    let missing = || OpenError::Metadata { field: name.to_owned(), problem: "is missing", at: fields.span };
    let node = fields.get(name).ok_or_else(missing)?;
    let text = match &node.value {
        Value::String(text) | Value::Time(text) => canonical(text, Fraction::Drop),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Sequence(_) | Value::Mapping(_) => None,
    };
    text.ok_or_else(|| wrong(name, "is not an RFC 3339 timestamp", node))
}

fn mac_only_encrypted(fields: &Fields<'_>) -> Result<Option<Span>, OpenError> {
    let name = "mac_only_encrypted";
    match fields.get(name).map(|node| (node, &node.value)) {
        None | Some((_, Value::Bool(false))) => Ok(None),
        Some((node, Value::Bool(true))) => Ok(Some(node.span)),
        Some((node, _)) => Err(wrong(name, "is neither true nor false", node)),
    }
}

/// Every selector SOPS 3.13 knows.
#[derive(Clone, Copy)]
enum SelectorKind {
    Suffix(Matched),
    Regex(Matched),
    Comment,
}

const SELECTORS: [(&str, SelectorKind); 6] = [
    ("unencrypted_suffix", SelectorKind::Suffix(Matched::Clear)),
    ("encrypted_suffix", SelectorKind::Suffix(Matched::Sealed)),
    ("unencrypted_regex", SelectorKind::Regex(Matched::Clear)),
    ("encrypted_regex", SelectorKind::Regex(Matched::Sealed)),
    ("unencrypted_comment_regex", SelectorKind::Comment),
    ("encrypted_comment_regex", SelectorKind::Comment),
];

fn selector(fields: &Fields<'_>) -> Result<Selector, OpenError> {
    let mut found: Option<(&'static str, SelectorKind, Place<&str>)> = None;
    for (name, kind) in SELECTORS {
        let Some(text) = fields.text(name)? else { continue };
        if let Some((first, _, _)) = found {
            return Err(OpenError::Selectors { first, second: name, at: text.span });
        }
        found = Some((name, kind, text));
    }
    match found {
        None => Ok(Selector::suffix(Matched::Clear, DEFAULT_UNENCRYPTED_SUFFIX)),
        Some((_, SelectorKind::Suffix(matched), suffix)) => Ok(Selector::suffix(matched, suffix.value)),
        Some((name, SelectorKind::Regex(matched), pattern)) => Selector::regex(matched, pattern.value)
            .map_err(|source| OpenError::SelectorRegex { field: name, at: pattern.span, source }),
        Some((name, SelectorKind::Comment, pattern)) => Err(OpenError::CommentSelector { field: name, at: pattern.span }),
    }
}

#[cfg(test)]
mod tests {
    use super::{KEY_KINDS, RECIPIENT_CHARACTERS, Recipient, SHOWN_RECIPIENT_CHARACTERS, metadata};
    use yaml::{Entry, Node, ReadOptions, Span, Value, read};

    fn check(fields: &str, expected: &[(&str, &str)]) {
        let text =
            format!("sops:\n  age: [{{recipient: age1x, enc: x}}]\n  mac: m\n  lastmodified: \"2024-01-02T03:04:05Z\"\n{fields}");
        let found = metadata(&read(text.as_bytes(), &ReadOptions::sops()).unwrap()[0]);
        let (rule, message) = expected.first().copied().unwrap_or_default();
        match found {
            Ok(_) => assert_eq!(rule, "", "{fields}"),
            Err(error) => assert_eq!((error.code(), error.to_string().as_str()), (rule, message), "{fields}"),
        }
    }

    /// Fields of all versions are read, unknown and empty ones do not disturb, and wrong ones are named.
    #[test]
    fn fields_are_read_as_sops_does() {
        check("", &[]);
        check("  kms: []\n  pgp: null\n  hc_vault: []\n  version: 9.9.9\n  future: {a: 1}\n  unencrypted_suffix: \"\"\n", &[]);
        check("  mac_only_encrypted: false\n  encrypted_suffix: _x\n  shamir_threshold: 0\n", &[]);
        check("  kms: 1\n", &[("metadata", "`kms` of the metadata is not a list")]);
        check("  pgp: [1]\n", &[("metadata", "`pgp` of the metadata holds something that is not a map")]);
        check("  shamir_threshold: two\n", &[("metadata", "`shamir_threshold` of the metadata is not a number of groups")]);
        check("  mac_only_encrypted: 1\n", &[("metadata", "`mac_only_encrypted` of the metadata is neither true nor false")]);
        check("  encrypted_regex: [a]\n", &[("metadata", "`encrypted_regex` of the metadata is not a text")]);
        check(
            "  encrypted_regex: a\n  unencrypted_suffix: b\n",
            &[("two-selectors", "the metadata names two selectors, `unencrypted_suffix` and `encrypted_regex`")],
        );
        check(
            "  encrypted_regex: a**\n",
            &[("selector-regex", "`encrypted_regex` of the metadata is not a regular expression that can be followed")],
        );
        check(
            "  encrypted_comment_regex: a\n",
            &[("comment-selector", "`encrypted_comment_regex` selects values by comments, which is not supported")],
        );
    }

    /// Nobody can smuggle line ends or colours into a message by a recipient; long ones are cut in messages only.
    #[test]
    fn recipients_are_fit_to_print() {
        let recipient = |kind: usize, name: &str| Recipient::new(&KEY_KINDS[kind], name);
        assert_eq!(recipient(0, "age1\n\x1b[31mx").to_string(), "age1??[31mx");
        assert_eq!(recipient(1, "FBC7").to_string(), "pgp FBC7");
        let (at, over) = ("a".repeat(SHOWN_RECIPIENT_CHARACTERS), "a".repeat(SHOWN_RECIPIENT_CHARACTERS + 1));
        assert_eq!(recipient(0, &at).to_string(), at);
        assert_eq!(recipient(0, &over).to_string(), format!("{at}..."));
        assert_eq!(recipient(0, &over).as_str(), over);
        let (at, over) = ("a".repeat(RECIPIENT_CHARACTERS), "a".repeat(RECIPIENT_CHARACTERS + 1));
        assert_eq!(recipient(0, &at).as_str(), at);
        assert_eq!(recipient(0, &over).as_str(), at);
    }

    /// An SSH recipient is recognised whatever its comment.
    #[test]
    fn comments_of_ssh_keys_do_not_matter() {
        let recipient = Recipient::new(&KEY_KINDS[0], "ssh-ed25519 AAAA someone@host");
        assert!(recipient.is("ssh-ed25519 AAAA"));
        assert!(!recipient.is("ssh-ed25519 AAAB"));
        assert!(!Recipient::new(&KEY_KINDS[0], "age1x").is("age1y"));
    }

    /// A file without a `sops` key is not sealed; one whose `sops` key is no map is broken.
    #[test]
    fn files_without_metadata_are_not_sealed() {
        let scalar = |value: Value| Node { span: Span::default(), value };
        let file = |value: Value| {
            scalar(Value::Mapping(vec![Entry { key: "sops".to_owned(), key_span: Span::default(), value: scalar(value) }]))
        };
        assert!(metadata(&scalar(Value::Mapping(vec![]))).unwrap().is_none());
        assert!(metadata(&scalar(Value::Null)).unwrap().is_none());
        assert_eq!(metadata(&file(Value::Null)).unwrap_err().code(), "metadata");
        assert_eq!(metadata(&file(Value::Mapping(vec![]))).unwrap_err().code(), "no-mac");
    }
}
