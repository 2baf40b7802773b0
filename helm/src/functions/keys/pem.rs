//! PEM: bytes in base64 between two lines that name them.
//!
//! In: text. Out: its first block, or a block's text.
//! Rules: what stands around a block, headers and blocks that are no good are passed over.
//!
//! # Source
//! Go `encoding/pem/pem.go`, `Decode`, `Encode`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;

use crate::functions::encoding::from_base64;

/// A block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// What it says it is: `CERTIFICATE`, `EC PRIVATE KEY`.
    pub(super) kind: Vec<u8>,
    /// The bytes.
    pub(super) bytes: Vec<u8>,
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"\n-----END ";
const DASHES: &[u8] = b"-----";
/// Characters of base64 in a line.
const LINE: usize = 64;

/// Returns a block's text.
pub(super) fn encode(kind: &str, bytes: &[u8]) -> String {
    let encoded = STANDARD.encode(bytes);
    let mut out = format!("-----BEGIN {kind}-----\n");
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(LINE).unwrap_or((rest, ""));
        out.push_str(line);
        out.push('\n');
        rest = after;
    }
    out.push_str(&format!("-----END {kind}-----\n"));
    out
}

/// Returns the first block of a text.
pub(super) fn decode(text: &[u8]) -> Option<Block> {
    let mut rest = text;
    loop {
        let end = memmem::find(rest, END)?;
        let after = rest.get(end + END.len()..)?;
        let before = rest.get(..end)?;
        // Of lines that begin a block without ending it the last counts.
        if let Some(begin) = memmem::rfind(before, BEGIN)
            && (begin == 0 || before.get(begin - 1) == Some(&b'\n'))
            && let Some(block) = block(before.get(begin + BEGIN.len()..)?, after)
        {
            return Some(block);
        }
        rest = after;
    }
}

/// Reads a block: `inside` from its kind to before the line break that ends it, `after` what follows `END`.
fn block(inside: &[u8], after: &[u8]) -> Option<Block> {
    let (first, mut body) = line(inside);
    let kind = first.strip_suffix(DASHES)?;
    loop {
        let (header, next) = line(body);
        if !header.contains(&b':') {
            break;
        }
        body = next;
    }
    let (last, _) = line(after.strip_prefix(kind)?.strip_prefix(DASHES)?);
    if !last.is_empty() {
        return None;
    }
    let encoded: Vec<u8> = body.iter().copied().filter(|byte| !matches!(byte, b' ' | b'\t')).collect();
    Some(Block { kind: kind.to_vec(), bytes: from_base64(&encoded).ok()? })
}

/// Returns the first line without white space at its end, and what follows it.
fn line(text: &[u8]) -> (&[u8], &[u8]) {
    let (mut line, rest) = match memchr::memchr(b'\n', text) {
        Some(at) => {
            let line = text.get(..at).unwrap_or_default();
            (line.strip_suffix(b"\r").unwrap_or(line), text.get(at + 1..).unwrap_or_default())
        }
        None => (text, &[][..]),
    };
    while let [before @ .., b' ' | b'\t'] = line {
        line = before;
    }
    (line, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: Option<(&str, &str)>) {
        let want = want.map(|(kind, bytes)| Block { kind: kind.into(), bytes: bytes.into() });
        assert_eq!(decode(text.as_bytes()), want, "{text:?}");
    }

    // A block is found whatever stands around it, with headers and white space.
    #[test]
    fn blocks_are_found() {
        check("-----BEGIN A-----\nYWJj\n-----END A-----\n", Some(("A", "abc")));
        check("-----BEGIN A-----\nYWJj\n-----END A-----", Some(("A", "abc")));
        check("words\n-----BEGIN A B-----\r\nYW Jj\r\n-----END A B----- \t\nmore", Some(("A B", "abc")));
        check("-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nYWJj\n-----END A-----\n", Some(("A", "abc")));
        check("-----BEGIN A-----\n-----END A-----\n", Some(("A", "")));
        check("-----BEGIN B-----\n-----BEGIN A-----\nYWJj\n-----END A-----\n", Some(("A", "abc")));
        check("-----BEGIN B-----\nY\n-----END B-----\n-----BEGIN A-----\nYWJj\n-----END A-----\n", Some(("A", "abc")));
    }

    // What is no block is none.
    #[test]
    fn others_are_not() {
        check("", None);
        check("YWJj", None);
        check("x-----BEGIN A-----\nYWJj\n-----END A-----\n", None);
        check("-----BEGIN A-----\nYWJj\n-----END B-----\n", None);
        check("-----BEGIN A-----\nYWJj\n-----END A-----x\n", None);
        check("-----BEGIN A\nYWJj\n-----END A-----\n", None);
    }

    // What is written can be read, in lines of 64 characters.
    #[test]
    fn written_blocks_are_read() {
        for len in [0, 1, 47, 48, 49, 96, 200] {
            let bytes = vec![7; len];
            let text = encode("KEY", &bytes);
            assert!(text.lines().all(|line| line.len() <= LINE));
            assert_eq!(decode(text.as_bytes()), Some(Block { kind: b"KEY".to_vec(), bytes }));
        }
    }
}
