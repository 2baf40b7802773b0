//! Checksums in templates: `sha1sum`, `sha256sum`, `sha512sum`, `adler32sum`.
//!
//! In: text. Out: Helm's checksum of it; where parts of it are marked, a checksum that changes with the leaves and tells nothing of them.
//! Rules: every marked stretch is replaced by a digest of its leaves' ciphertext; stretches and what lies between are framed, so that no
//! two texts look alike. Where leaves have no ciphertext the real bytes are hashed and the result derives from the leaves.
//!
//! # Source
//! sprig v3.3.0 `crypto.go`; DESIGN.md *Secrets*.

use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::{Environment, Function, FunctionError, Keeps, Parameter};
use crate::provenance::{Leaves, Mark};
use crate::value::{Data, Text, Value};

pub(super) const TABLE: &[Function] = &[
    checksum("sha1sum", |environment, values| hash(environment, values, |bytes| hexadecimal(&Sha1::digest(bytes)))),
    checksum("sha256sum", |environment, values| hash(environment, values, |bytes| hexadecimal(&Sha256::digest(bytes)))),
    checksum("sha512sum", |environment, values| hash(environment, values, |bytes| hexadecimal(&Sha512::digest(bytes)))),
    checksum("adler32sum", |environment, values| hash(environment, values, |bytes| adler32(bytes).to_string())),
];

type Call = fn(&mut Environment<'_>, &[Value]) -> Result<Value, FunctionError>;

const fn checksum(name: &'static str, call: Call) -> Function {
    Function::fixed(name, &[Parameter::String], Keeps::Nothing, call)
}

fn hash(environment: &Environment<'_>, values: &[Value], digest: fn(&[u8]) -> String) -> Result<Value, FunctionError> {
    let Some(Value { data: Data::String(text), leaves, .. }) = values.first() else {
        return Err("a checksum wants a string".into());
    };
    let everything = text.marks().leaves().union(leaves);
    if everything.is_empty() {
        return Ok(Value::string(&digest(text.as_bytes())));
    }
    // A string that was chosen by leaves its marks do not name depends on them throughout.
    let framed = if everything == text.marks().leaves() {
        framed(environment, text, text.marks().as_slice())
    } else {
        let whole =
            Mark { start: 0, end: text.as_bytes().len(), leaves: everything.clone(), flow: crate::provenance::Flow::Derived };
        framed(environment, text, &[whole])
    };
    Ok(match framed {
        Some(bytes) => Value::string(&digest(&bytes)),
        None => Value::string(&digest(text.as_bytes())).derived_from(&everything),
    })
}

/// First bytes of what is hashed in place of marked text, so that it is never taken for text.
const FRAME: &[u8] = b"tidegate sealed text\0";
/// Before a stretch of text.
const CLEAR: u8 = 0;
/// Before the digest of a stretch's leaves.
const SEALED: u8 = 1;

/// Returns the text with marked stretches replaced; nothing where some have no ciphertext.
fn framed(environment: &Environment<'_>, text: &Text, marks: &[Mark]) -> Option<Vec<u8>> {
    let mut out = FRAME.to_vec();
    let mut at = 0;
    for (start, end, leaves) in stretches(marks) {
        frame(&mut out, CLEAR, text.as_bytes().get(at..start)?);
        frame(&mut out, SEALED, &environment.sealed(&leaves)?);
        at = end;
    }
    frame(&mut out, CLEAR, text.as_bytes().get(at..)?);
    Some(out)
}

fn frame(out: &mut Vec<u8>, kind: u8, bytes: &[u8]) {
    out.push(kind);
    out.extend_from_slice(&bytes.len().to_be_bytes());
    out.extend_from_slice(bytes);
}

/// Returns the marked stretches in order, those that overlap as one.
fn stretches(marks: &[Mark]) -> Vec<(usize, usize, Leaves)> {
    let mut stretches: Vec<(usize, usize, Leaves)> = Vec::new();
    for mark in marks {
        match stretches.last_mut() {
            Some((start, end, leaves)) if mark.start < *end || mark.start == *start => {
                *end = mark.end.max(*end);
                *leaves = leaves.union(&mark.leaves);
            }
            _ => stretches.push((mark.start, mark.end, mark.leaves.clone())),
        }
    }
    stretches
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// RFC 1950, section 8.
fn adler32(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65521;
    let (low, high) = bytes.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % MODULUS;
        (low, (high + low) % MODULUS)
    });
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::tests::call;
    use crate::provenance::{Flow, LeafId, Marks};

    fn sum(name: &str, value: Value) -> (String, usize) {
        let value = call(name, &[value]);
        let Data::String(text) = &value.data else { panic!("not a string") };
        (String::from_utf8_lossy(text.as_bytes()).into_owned(), value.all_leaves().as_slice().len())
    }

    fn sealed(text: &str, places: &[(usize, usize)], leaf: u32) -> Value {
        let leaves = Leaves::one(LeafId(leaf));
        let marks =
            places.iter().map(|(start, end)| Mark { start: *start, end: *end, leaves: leaves.clone(), flow: Flow::Exact });
        Value::plain(Data::String(Text::marked(text.as_bytes().to_vec(), Marks::from_vec(marks.collect()))))
    }

    // Text without leaves hashes as in Helm.
    #[test]
    fn clear_text_hashes_as_in_helm() {
        let check = |name: &str, expected: &str| assert!(sum(name, Value::string("abc")).0.starts_with(expected), "{name}");
        check("sha1sum", "a9993e364706816aba3e25717850c26c9cd0d89d");
        check("sha256sum", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        check("sha512sum", "ddaf35a193617abacc417349ae204131");
        check("adler32sum", "38600999");
    }

    // The secret itself makes no difference and leaves no trace; where it stands and what is around it does.
    #[test]
    fn sealed_text_does_not_show() {
        let (one, leaves) = sum("sha256sum", sealed("a: pw, b", &[(3, 5)], 1));
        assert_eq!(leaves, 0);
        assert_eq!(sum("sha256sum", sealed("a: other, b", &[(3, 8)], 1)).0, one);
        for other in [
            sealed("a: pw, c", &[(3, 5)], 1),
            sealed("a: pw, b", &[(0, 5)], 1),
            sealed("a: pw, b", &[(3, 4), (4, 5)], 1),
            sealed("a: , b", &[], 1),
        ] {
            assert_ne!(sum("sha256sum", other).0, one);
        }
        assert_ne!(sum("sha256sum", sealed("", &[(0, 0)], 1)).0, sum("sha256sum", Value::string("")).0);
    }

    // Without ciphertext the real checksum stands, derived from the leaf.
    #[test]
    fn real_checksums_are_derived() {
        assert_eq!(sum("sha256sum", sealed("abc", &[(0, 3)], 2)), (sum("sha256sum", Value::string("abc")).0, 1));
        let chosen = Value { leaves: Leaves::one(LeafId(2)), ..Value::string("abc") };
        assert_eq!(sum("adler32sum", chosen), ("38600999".to_owned(), 1));
    }
}
