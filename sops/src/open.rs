//! Opens a sealed file: key, walk, MAC, then merge keys.
//!
//! In: the text, the identities, [`OpenOptions`]. Out: [`Opened`].
//! Rules: values are opened where the selector says so and nowhere else; the tree exists only once its MAC has been verified.
//! Not here: the parts (`metadata`, `data_key`, `sealed`, `selector`), and what a layer's values mean.

use sha2::{Digest as _, Sha256, Sha512};
use yaml::{Entry, Node, ReadOptions, Span, Value};

use crate::error::Unprotected;
use crate::metadata::{METADATA_KEY, Metadata, metadata};
use crate::path::Path;
use crate::scalar;
use crate::sealed::{self, Cipher, Content, Plain, Refused, looks_sealed};
use crate::tree::{Branch, Leaf, Scalar, Secret, Shape, Tree, resolve_merges};
use crate::{Identity, OpenError, data_key};

/// Bytes of a sealed file: the limit of every values file. A sealed value takes about 100 bytes more than its plain text.
pub const FILE_BYTES: usize = 4 << 20;
/// Sealed values of one file, aliases expanded: ten times more than the largest real file we know.
pub const SEALED_LEAVES: usize = 20_000;
/// Recipients of one file, all groups together: each costs an exponentiation per identity that is held.
pub const DATA_KEYS: usize = 256;
/// Key groups of one file: the places a part of the key can have.
pub const KEY_GROUPS: usize = 255;
/// Bytes of the armored data key of one recipient. X25519 takes 400, a post-quantum hybrid 2,400.
pub const DATA_KEY_BYTES: usize = 4096;
/// Bytes of all keys on the way to a value: they are authenticated with each value below them.
pub const PATH_BYTES: usize = 4096;

/// What one file may cost. Every bound is inclusive.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes, nodes and depth of the text; `bytes` also bounds keys and values together, aliases expanded.
    pub text: yaml::Limits,
    /// Sealed values, aliases expanded.
    pub sealed_leaves: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { text: yaml::Limits { bytes: FILE_BYTES, ..yaml::Limits::default() }, sealed_leaves: SEALED_LEAVES }
    }
}

/// Whether things the MAC does not protect may stand in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Structure {
    /// They are refused: null, empty maps, lists and sealed texts, keys with a colon, `mac_only_encrypted`.
    #[default]
    Strict,
    /// They pass, as in SOPS: for a file that somebody vouches for.
    AsSops,
}

/// How to open a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenOptions {
    /// Bounds.
    pub limits: Limits,
    /// What of the structure is refused.
    pub structure: Structure,
}

/// A file whose MAC was verified.
#[derive(Debug)]
pub struct Opened {
    /// Its values without the `sops` key, merge keys resolved; always a [`Shape::Mapping`].
    pub root: Tree,
    /// What it says of itself.
    pub metadata: Metadata,
    /// How many values were sealed.
    pub sealed_leaves: usize,
}

/// Opens a sealed YAML file.
///
/// # Errors
/// [`OpenError`] at the first thing, in the order of the file, that is not as SOPS sealed it, that cannot be opened, or that
/// [`Structure::Strict`] refuses.
///
/// # Source
/// SOPS `cmd/sops/common/common.go`, `DecryptTree`; `sops.go`, `Tree.Decrypt`; `stores/yaml/store.go`, `LoadEncryptedFile`.
pub fn open(text: &[u8], identities: &[Identity], options: &OpenOptions) -> Result<Opened, OpenError> {
    let reading = ReadOptions { limits: options.limits.text, ..ReadOptions::sops() };
    let documents = yaml::read(text, &reading)?;
    let root = match documents.as_slice() {
        [root] => root,
        [] => return Err(OpenError::NotSealed { at: Span::default() }),
        [_, second, ..] => return Err(OpenError::SeveralDocuments { count: documents.len(), at: second.span }),
    };
    let Value::Mapping(entries) = &root.value else { return Err(OpenError::RootNotMap { at: root.span }) };
    let metadata = metadata(root)?.ok_or(OpenError::NotSealed { at: root.span })?;
    if let (Structure::Strict, Some(at)) = (options.structure, metadata.mac_only_encrypted) {
        return Err(OpenError::MacOnlyEncrypted { at });
    }
    let key = data_key::recover(&metadata, identities)?;
    let cipher = Cipher::new(&key);
    let mut walk = Walk::new(&cipher, &metadata, options);
    let branches = walk.branches(entries, Below::Root)?;
    verify(walk.hash, walk.clear, &cipher, &metadata)?;
    let sealed_leaves = walk.sealed;
    let root = resolve_merges(Tree { span: root.span, shape: Shape::Mapping(branches) })?;
    Ok(Opened { root, metadata, sealed_leaves })
}

/// Compares the hash of what was read with the file's MAC.
fn verify(hash: Sha512, clear: usize, cipher: &Cipher, metadata: &Metadata) -> Result<(), OpenError> {
    let at = metadata.mac.span;
    let Ok(Content::Value(sealed)) = sealed::parse(&metadata.mac.value) else { return Err(OpenError::MacTampered { at }) };
    let Ok(mac) = cipher.open(&sealed, &metadata.last_modified) else { return Err(OpenError::MacTampered { at }) };
    let computed: String = hash.finalize().iter().map(|byte| format!("{byte:02X}")).collect();
    if equal(&mac.hashed, computed.as_bytes()) { Ok(()) } else { Err(OpenError::MacMismatch { clear, at }) }
}

/// Compares without telling by its time where the texts differ.
fn equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |different, (a, b)| different | (a ^ b)) == 0
}

/// How the keys above a value relate to the selector.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Below {
    /// No key matched so far.
    Root,
    /// Some key matched, which decides.
    Match,
}

/// One walk through a file, in the order SOPS hashes it.
struct Walk<'a> {
    cipher: &'a Cipher,
    metadata: &'a Metadata,
    options: &'a OpenOptions,
    path: Path,
    hash: Sha512,
    bytes: usize,
    sealed: usize,
    clear: usize,
}

/// Starts the hash of a file whose MAC covers sealed values only, so that it never equals one that covers all.
///
/// # Source
/// SOPS `sops.go`, `MACOnlyEncryptedInitialization`: the SHA-256 of `sops`.
fn mac_only_encrypted_start() -> impl AsRef<[u8]> {
    Sha256::digest(b"sops")
}

impl<'a> Walk<'a> {
    fn new(cipher: &'a Cipher, metadata: &'a Metadata, options: &'a OpenOptions) -> Self {
        let mut hash = Sha512::new();
        if metadata.mac_only_encrypted.is_some() {
            hash.update(mac_only_encrypted_start());
        }
        Self { cipher, metadata, options, path: Path::default(), hash, bytes: 0, sealed: 0, clear: 0 }
    }

    fn branches(&mut self, entries: &[Entry], below: Below) -> Result<Vec<Branch>, OpenError> {
        let at_root = self.path.authenticated().is_empty();
        let mut branches = Vec::with_capacity(entries.len());
        for entry in entries.iter().filter(|entry| !(at_root && entry.key == METADATA_KEY)) {
            let mark = self.path.enter_key(&entry.key);
            if self.path.authenticated().len() > PATH_BYTES {
                return Err(OpenError::PathLimit { limit: PATH_BYTES, at: entry.key_span });
            }
            self.spend(entry.key.len(), entry.key_span)?;
            if entry.key.contains(':') {
                self.unprotected(Unprotected::ColonInKey, entry.key_span)?;
            }
            let matched = below == Below::Match || self.metadata.selector.matches(&entry.key);
            let value = self.node(&entry.value, if matched { Below::Match } else { Below::Root })?;
            branches.push(Branch { key: entry.key.clone(), key_span: entry.key_span, value });
            self.path.leave(mark);
        }
        Ok(branches)
    }

    fn node(&mut self, node: &Node, below: Below) -> Result<Tree, OpenError> {
        let shape = match &node.value {
            Value::Mapping(entries) => {
                if entries.is_empty() {
                    self.unprotected(Unprotected::EmptyMap, node.span)?;
                }
                Shape::Mapping(self.branches(entries, below)?)
            }
            Value::Sequence(items) => Shape::Sequence(self.items(items, node.span, below)?),
            scalar => Shape::Leaf(self.leaf(scalar, node.span, below)?),
        };
        Ok(Tree { span: node.span, shape })
    }

    fn items(&mut self, nodes: &[Node], span: Span, below: Below) -> Result<Vec<Tree>, OpenError> {
        let mut items = Vec::with_capacity(nodes.len());
        for node in nodes {
            if self.is_comment(node, below) {
                continue;
            }
            let mark = self.path.enter_item(items.len());
            items.push(self.node(node, below)?);
            self.path.leave(mark);
        }
        if items.is_empty() {
            self.unprotected(Unprotected::EmptyList, span)?;
        }
        Ok(items)
    }

    /// Says whether an item is a comment. SOPS stores comments of sealed lists as items, and does not hash them; 3.13.2 alone
    /// does when it opens, and then refuses its own files.
    fn is_comment(&self, node: &Node, below: Below) -> bool {
        let Value::String(text) = &node.value else { return false };
        self.seals(below) && matches!(sealed::parse(text), Ok(Content::Comment))
    }

    fn seals(&self, below: Below) -> bool {
        self.metadata.selector.seals(below == Below::Match)
    }

    fn leaf(&mut self, value: &Value, span: Span, below: Below) -> Result<Leaf, OpenError> {
        if let Value::String(text) = value {
            self.spend(text.len(), span)?;
        }
        match (self.seals(below), value) {
            (_, Value::Null) => {
                self.unprotected(Unprotected::Null, span)?;
                Ok(Leaf::Clear(Scalar::Null))
            }
            (true, Value::String(text)) if text.is_empty() => {
                // SOPS does not seal what is empty.
                self.unprotected(Unprotected::EmptyText, span)?;
                Ok(Leaf::Clear(Scalar::String(String::new())))
            }
            (true, Value::String(text)) if looks_sealed(text) => self.sealed_leaf(text, span),
            (true, _) => Err(OpenError::ClearWhereSealed { path: self.path.shown(), at: span }),
            (false, Value::String(text)) if looks_sealed(text) => {
                Err(OpenError::SealedWhereClear { path: self.path.shown(), at: span })
            }
            (false, clear) => self.clear_leaf(clear, span),
        }
    }

    fn clear_leaf(&mut self, value: &Value, span: Span) -> Result<Leaf, OpenError> {
        self.clear += 1;
        if self.metadata.mac_only_encrypted.is_none() {
            self.hash.update(scalar::hashed(value).unwrap_or_default().as_bytes());
        }
        let scalar = match value {
            Value::Bool(value) => Scalar::Bool(*value),
            Value::Int(value) => Scalar::Number(scalar::number(*value)),
            Value::Float(value) if value.is_finite() => Scalar::Number(scalar::float_number(*value)),
            Value::Float(_) => return Err(OpenError::NotFinite { path: self.path.shown(), at: span }),
            Value::String(text) | Value::Time(text) => Scalar::String(text.clone()),
            Value::Null | Value::Sequence(_) | Value::Mapping(_) => Scalar::Null,
        };
        Ok(Leaf::Clear(scalar))
    }

    fn sealed_leaf(&mut self, text: &str, span: Span) -> Result<Leaf, OpenError> {
        self.sealed += 1;
        if self.sealed > self.options.limits.sealed_leaves {
            return Err(OpenError::SealedLeafLimit { limit: self.options.limits.sealed_leaves, at: span });
        }
        let sealed = match sealed::parse(text) {
            Ok(Content::Value(sealed)) => sealed,
            Ok(Content::Comment) => return Err(OpenError::CommentAsValue { path: self.path.shown(), at: span }),
            Err(problem) => return Err(OpenError::Malformed { path: self.path.shown(), problem, at: span }),
        };
        let Plain { scalar, hashed, digest, kind } = self.cipher.open(&sealed, self.path.authenticated()).map_err(|refused| {
            let path = self.path.shown();
            match refused {
                Refused::Malformed(problem) => OpenError::Malformed { path, problem, at: span },
                Refused::Unauthentic => OpenError::Tampered { path, at: span },
                Refused::NotOfKind(kind) => OpenError::WrongKind { path, kind, at: span },
            }
        })?;
        self.hash.update(hashed.as_slice());
        let scalar = scalar.ok_or_else(|| OpenError::NotFinite { path: self.path.shown(), at: span })?;
        Ok(Leaf::Opened { secret: Secret::new(scalar), kind, digest })
    }

    /// Counts bytes of keys and texts. Without aliases, which SOPS never writes, they cannot exceed the file; with them a small
    /// file could ask for any amount of memory before its MAC is known.
    fn spend(&mut self, bytes: usize, at: Span) -> Result<(), OpenError> {
        self.bytes = self.bytes.saturating_add(bytes);
        let limit = self.options.limits.text.bytes;
        if self.bytes > limit { Err(OpenError::ExpandedLimit { limit, at }) } else { Ok(()) }
    }

    fn unprotected(&self, what: Unprotected, at: Span) -> Result<(), OpenError> {
        match self.options.structure {
            Structure::Strict => Err(OpenError::Unprotected { path: self.path.shown(), what, at }),
            Structure::AsSops => Ok(()),
        }
    }
}
