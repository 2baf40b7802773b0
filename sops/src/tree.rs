//! The opened tree: what a sealed file holds, with secrets that cannot be printed by accident.
//!
//! Rules: values are typed as `sops decrypt | helm -f` would see them, so numbers are float64 and timestamps are strings; a
//! place is always one in the *sealed* file, and the ciphertext's digest stands for a value where the value may not.
//! Not here: what may be done with a secret (the caller decides, and marks every use by [`Secret::expose`]).

use std::collections::BTreeMap;
use std::fmt;

use yaml::Span;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::OpenError;
use crate::sealed::{Digest, Kind};

/// A node of the opened tree.
#[derive(Debug)]
pub struct Tree {
    /// Where it is written in the sealed file; for an alias where the anchored node is.
    pub span: Span,
    /// What it is.
    pub shape: Shape,
}

/// What a node can be.
#[derive(Debug)]
pub enum Shape {
    /// A single value.
    Leaf(Leaf),
    /// A list, in document order.
    Sequence(Vec<Tree>),
    /// A map in document order, every key once.
    Mapping(Vec<Branch>),
}

/// One entry of a map. Keys are never sealed.
#[derive(Debug)]
pub struct Branch {
    /// The key's text.
    pub key: String,
    /// Where the key is written.
    pub key_span: Span,
    /// The value.
    pub value: Tree,
}

/// A single value, and whether it was sealed.
#[derive(Debug)]
pub enum Leaf {
    /// It stands in the file as it is; the MAC covers it, but anyone who reads the file reads it.
    Clear(Scalar),
    /// It was sealed.
    Opened {
        /// The value.
        secret: Secret,
        /// The type the file gives it. SOPS does not authenticate it.
        kind: Kind,
        /// Stands for the value where the value may not stand.
        digest: Digest,
    },
}

/// A value as Helm types it.
#[derive(Clone, Debug, PartialEq, Zeroize, ZeroizeOnDrop)]
pub enum Scalar {
    /// Null; never sealed.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number, always finite.
    Number(f64),
    /// A string.
    String(String),
}

/// A value that was sealed. It has no `Display`, cannot be compared or serialized, and is wiped when dropped.
pub struct Secret(Scalar);

impl Secret {
    /// Returns the secret of a value that was just opened.
    pub(crate) fn new(scalar: Scalar) -> Self {
        Self(scalar)
    }

    /// Returns the value itself. Each use is reviewed: nothing that comes of it may reach a message, a log or a cache.
    #[must_use]
    pub fn expose(&self) -> &Scalar {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Returns the text of opened bytes as it comes out of Helm's YAML and JSON: each byte that is no UTF-8 becomes U+FFFD.
///
/// # Source
/// Go `encoding/json`, `appendString` (sops writes such strings as `!!binary`, go-yaml decodes them, JSON replaces).
pub(crate) fn text_of(mut bytes: Zeroizing<Vec<u8>>) -> String {
    // Valid text, nearly always, moves without a copy.
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => text,
        Err(error) => {
            let bytes = Zeroizing::new(error.into_bytes());
            // A replacement takes three bytes for one: no growth, no copy left behind.
            let mut text = String::with_capacity(bytes.len().saturating_mul(3));
            for chunk in bytes.utf8_chunks() {
                text.push_str(chunk.valid());
                text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
            }
            text
        }
    }
}

/// The key that, written plainly, asks for the entries of another map.
const MERGE_KEY: &str = "<<";

/// Replaces merge keys by the entries they stand for: in order, so that what comes later wins, as Helm's reader does it.
///
/// SOPS seals `<<` as an ordinary key and only gives it its meaning back when it prints, so this comes after the MAC.
///
/// # Errors
/// [`OpenError::MergeNotMap`] where `<<` holds anything but a map or a list of maps.
///
/// # Source
/// go-yaml v2 `decode.go`, `mapping` and `merge`.
pub(crate) fn resolve_merges(tree: Tree) -> Result<Tree, OpenError> {
    let shape = match tree.shape {
        Shape::Leaf(leaf) => Shape::Leaf(leaf),
        Shape::Sequence(items) => Shape::Sequence(items.into_iter().map(resolve_merges).collect::<Result<_, _>>()?),
        Shape::Mapping(branches) => Shape::Mapping(merged(branches)?),
    };
    Ok(Tree { span: tree.span, shape })
}

fn merged(branches: Vec<Branch>) -> Result<Vec<Branch>, OpenError> {
    let mut result = Merged::default();
    for branch in branches {
        let (key_span, value) = (branch.key_span, resolve_merges(branch.value)?);
        match (branch.key == MERGE_KEY, value.shape) {
            (false, shape) => result.set(Branch { key: branch.key, key_span, value: Tree { span: value.span, shape } }),
            (true, Shape::Mapping(inner)) => inner.into_iter().for_each(|branch| result.set(branch)),
            (true, Shape::Sequence(items)) => {
                // The first of the list wins, so it is set last.
                for item in items.into_iter().rev() {
                    let Shape::Mapping(inner) = item.shape else { return Err(OpenError::MergeNotMap { at: item.span }) };
                    inner.into_iter().for_each(|branch| result.set(branch));
                }
            }
            (true, Shape::Leaf(_)) => return Err(OpenError::MergeNotMap { at: value.span }),
        }
    }
    Ok(result.branches)
}

/// A map being put together.
#[derive(Default)]
struct Merged {
    branches: Vec<Branch>,
    places: BTreeMap<String, usize>,
}

impl Merged {
    fn set(&mut self, branch: Branch) {
        match self.places.get(&branch.key).and_then(|place| self.branches.get_mut(*place)) {
            Some(earlier) => *earlier = branch,
            None => {
                self.places.insert(branch.key.clone(), self.branches.len());
                self.branches.push(branch);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Branch, Leaf, Scalar, Secret, Shape, Tree, resolve_merges, text_of};
    use yaml::Span;
    use zeroize::Zeroizing;

    fn number(value: f64) -> Tree {
        Tree { span: Span::default(), shape: Shape::Leaf(Leaf::Clear(Scalar::Number(value))) }
    }

    fn map(entries: Vec<(&str, Tree)>) -> Tree {
        let branch = |(key, value): (&str, Tree)| Branch { key: key.to_owned(), key_span: Span::default(), value };
        Tree { span: Span::default(), shape: Shape::Mapping(entries.into_iter().map(branch).collect()) }
    }

    fn list(items: Vec<Tree>) -> Tree {
        Tree { span: Span::default(), shape: Shape::Sequence(items) }
    }

    #[track_caller]
    fn check(tree: Tree, expected: &[(&str, f64)]) {
        let Shape::Mapping(branches) = resolve_merges(tree).unwrap().shape else { panic!("a map") };
        let found: Vec<(&str, f64)> = branches
            .iter()
            .map(|branch| match branch.value.shape {
                Shape::Leaf(Leaf::Clear(Scalar::Number(value))) => (branch.key.as_str(), value),
                ref other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(found, expected);
    }

    /// What comes later wins, merged or not; in a list of maps the first wins.
    #[test]
    fn merges_apply_in_document_order() {
        check(
            map(vec![("a", number(1.0)), ("<<", map(vec![("a", number(2.0)), ("b", number(3.0))]))]),
            &[("a", 2.0), ("b", 3.0)],
        );
        check(map(vec![("<<", map(vec![("a", number(2.0))])), ("a", number(1.0))]), &[("a", 1.0)]);
        let maps = vec![map(vec![("a", number(1.0))]), map(vec![("a", number(2.0)), ("b", number(3.0))])];
        check(map(vec![("<<", list(maps))]), &[("a", 1.0), ("b", 3.0)]);
        let nested = map(vec![("<<", map(vec![("c", number(4.0))])), ("d", number(5.0))]);
        check(map(vec![("<<", nested)]), &[("c", 4.0), ("d", 5.0)]);
    }

    /// A merge of something that is no map is refused.
    #[test]
    fn merges_of_other_values_are_refused() {
        assert!(resolve_merges(map(vec![("<<", number(1.0))])).is_err());
        assert!(resolve_merges(map(vec![("<<", list(vec![number(1.0)]))])).is_err());
    }

    /// Neither a secret nor what holds it shows the value in `Debug`.
    #[test]
    fn secrets_do_not_print() {
        let secret = Secret::new(Scalar::String("CANARY".to_owned()));
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "[secret] Some([secret])");
    }

    /// Every byte outside UTF-8 becomes one replacement character, also inside one broken sequence.
    #[test]
    fn broken_text_is_replaced_byte_by_byte() {
        let check = |bytes: &[u8], expected: &str| assert_eq!(text_of(Zeroizing::new(bytes.to_vec())), expected);
        check("grün".as_bytes(), "grün");
        check(b"a\xffb", "a\u{fffd}b");
        check(b"\xe2\x82", "\u{fffd}\u{fffd}");
        check(b"\xf0\x9f\x98x", "\u{fffd}\u{fffd}\u{fffd}x");
    }
}
