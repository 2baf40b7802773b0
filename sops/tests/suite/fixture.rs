//! The recorded files, test-only keys, and trees made comparable.

use serde_json::{Map, Number, Value};
use sops::{Identity, Leaf, OpenError, OpenOptions, Opened, Scalar, Shape, Structure, Tree, identities, open};

/// One recorded file.
#[derive(Clone, Copy)]
pub(crate) struct Fixture {
    pub(crate) name: &'static str,
    /// What the real SOPS wrote.
    pub(crate) sealed: &'static str,
    /// What the real Helm read, as JSON.
    pub(crate) want: &'static str,
}

macro_rules! fixtures {
    ($($constant:ident $name:literal)*) => {
        $(pub(crate) const $constant: Fixture = Fixture {
            name: $name,
            sealed: include_str!(concat!("../fixtures/sealed/", $name, ".yaml")),
            want: include_str!(concat!("../fixtures/want/", $name, ".json")),
        };)*
        /// All of them.
        pub(crate) const ALL: &[Fixture] = &[$($constant),*];
    };
}

fixtures! {
    ANCHORS "anchors"
    COMMENTS "comments"
    DEFAULT_SELECTOR "default-selector"
    ENCRYPTED_REGEX "encrypted-regex"
    ENCRYPTED_SUFFIX "encrypted-suffix"
    GROUPS "groups"
    MAC_ONLY_ENCRYPTED "mac-only-encrypted"
    NESTED "nested"
    SSH "ssh"
    TAMPER "tamper"
    TEXT "text"
    TWO_RECIPIENTS "two-recipients"
    TYPES "types"
    UNENCRYPTED_REGEX "unencrypted-regex"
    UNENCRYPTED_SUFFIX "unencrypted-suffix"
    UNPROTECTED "unprotected"
}

pub(crate) const ONE: &str = include_str!("../fixtures/keys/one.txt");
pub(crate) const TWO: &str = include_str!("../fixtures/keys/two.txt");
pub(crate) const OTHER: &str = include_str!("../fixtures/keys/other.txt");
pub(crate) const SSH_KEY: &str = include_str!("../fixtures/keys/ssh_ed25519");

/// Returns the identities of several key files.
pub(crate) fn keys(files: &[&str]) -> Vec<Identity> {
    files.iter().flat_map(|file| identities(file.as_bytes()).unwrap()).collect()
}

/// Opens a text with key one.
pub(crate) fn open_text(text: &str) -> Result<Opened, OpenError> {
    open(text.as_bytes(), &keys(&[ONE]), &OpenOptions::default())
}

/// Opens a text with key one, with all that SOPS lets pass.
pub(crate) fn open_as_sops(text: &str) -> Result<Opened, OpenError> {
    open(text.as_bytes(), &keys(&[ONE]), &OpenOptions { structure: Structure::AsSops, ..OpenOptions::default() })
}

/// Returns the scalar of a leaf, opened or clear.
pub(crate) fn scalar(leaf: &Leaf) -> &Scalar {
    match leaf {
        Leaf::Clear(scalar) => scalar,
        Leaf::Opened { secret, .. } => secret.expose(),
    }
}

/// Returns a tree as JSON.
pub(crate) fn json(tree: &Tree) -> Value {
    match &tree.shape {
        Shape::Leaf(leaf) => match scalar(leaf) {
            Scalar::Null => Value::Null,
            Scalar::Bool(value) => Value::Bool(*value),
            Scalar::Number(value) => Value::Number(Number::from_f64(*value).unwrap()),
            Scalar::String(text) => Value::String(text.clone()),
        },
        Shape::Sequence(items) => Value::Array(items.iter().map(json).collect()),
        Shape::Mapping(branches) => {
            branches.iter().map(|branch| (branch.key.clone(), json(&branch.value))).collect::<Map<_, _>>().into()
        }
    }
}

/// Returns JSON with every number as a float64, as Helm keeps numbers.
pub(crate) fn floats(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::Number(Number::from_f64(number.as_f64().unwrap()).unwrap()),
        Value::Array(items) => items.into_iter().map(floats).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, floats(value))).collect::<Map<_, _>>().into(),
        other @ (Value::Null | Value::Bool(_) | Value::String(_)) => other,
    }
}

/// Returns every leaf with its place, in order.
pub(crate) fn leaves(tree: &Tree) -> Vec<&Tree> {
    match &tree.shape {
        Shape::Leaf(_) => vec![tree],
        Shape::Sequence(items) => items.iter().flat_map(leaves).collect(),
        Shape::Mapping(branches) => branches.iter().flat_map(|branch| leaves(&branch.value)).collect(),
    }
}
