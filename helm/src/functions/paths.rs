//! Paths in templates: `base`, `dir`, `clean`, `ext`, `isAbs`, and the `os` forms, which mean the same here: helm renders for Linux.
//!
//! # Source
//! sprig v3.3.0 `functions.go`; Go `path/path.go`, `path/filepath` on Unix.

use super::signature::{Computed, boolean, bytes, fixed, text};
use super::{Environment, Function, FunctionError, Keeps, Parameter};
use crate::value::Value;

use Parameter::String as Str;

const SLASH: u8 = b'/';

type Call = fn(&mut Environment<'_>, &[Value]) -> Result<Value, FunctionError>;

const BASE: Call = |_, values| path(values, |path| base(path).to_vec());
const DIR: Call = |_, values| path(values, |path| clean(directory(path)));
const CLEAN: Call = |_, values| path(values, clean);
const EXT: Call = |_, values| path(values, |path| extension(path).to_vec());
const IS_ABS: Call = |_, values| Ok(boolean(text(values, 0)?.as_bytes().starts_with(b"/")));

pub(super) const TABLE: &[Function] = &[
    fixed("base", &[Str], Keeps::Derives, BASE),
    fixed("dir", &[Str], Keeps::Derives, DIR),
    fixed("clean", &[Str], Keeps::Derives, CLEAN),
    fixed("ext", &[Str], Keeps::Derives, EXT),
    fixed("isAbs", &[Str], Keeps::Derives, IS_ABS),
    fixed("osBase", &[Str], Keeps::Derives, BASE),
    fixed("osDir", &[Str], Keeps::Derives, DIR),
    fixed("osClean", &[Str], Keeps::Derives, CLEAN),
    fixed("osExt", &[Str], Keeps::Derives, EXT),
    fixed("osIsAbs", &[Str], Keeps::Derives, IS_ABS),
];

fn path(values: &[Value], part: impl Fn(&[u8]) -> Vec<u8>) -> Computed<Value> {
    Ok(bytes(&part(text(values, 0)?.as_bytes())))
}

/// Returns the last element; a path of slashes only is `/`, no path is `.`.
fn base(path: &[u8]) -> &[u8] {
    if path.is_empty() {
        return b".";
    }
    match path.split(|byte| *byte == SLASH).rfind(|element| !element.is_empty()) {
        Some(last) => last,
        None => b"/",
    }
}

/// Returns what is before the last slash, with it.
fn directory(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|byte| *byte == SLASH).map_or(0, |place| place + 1);
    path.get(..end).unwrap_or(path)
}

/// Returns the last element from its last dot on.
fn extension(path: &[u8]) -> &[u8] {
    let last = path.iter().rposition(|byte| *byte == SLASH).map_or(0, |place| place + 1);
    let element = path.get(last..).unwrap_or(&[]);
    element.iter().rposition(|byte| *byte == b'.').and_then(|place| element.get(place..)).unwrap_or(&[])
}

/// Returns the shortest path that means the same, reading names only.
fn clean(path: &[u8]) -> Vec<u8> {
    let rooted = path.starts_with(b"/");
    let mut elements: Vec<&[u8]> = Vec::new();
    for element in path.split(|byte| *byte == SLASH) {
        match element {
            b"" | b"." => {}
            b".." => match elements.last() {
                Some(last) if *last != b".." => {
                    elements.pop();
                }
                _ if rooted => {}
                _ => elements.push(element),
            },
            _ => elements.push(element),
        }
    }
    let joined = elements.join(&SLASH);
    match (rooted, joined.is_empty()) {
        (true, _) => [b"/".as_slice(), &joined].concat(),
        (false, true) => b".".to_vec(),
        (false, false) => joined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::tests::{call, drawn_value, exact};

    fn check(name: &str, path: &str, expected: &str) {
        assert_eq!(drawn_value(&call(name, &[Value::string(path)])), expected, "{name} {path:?}");
    }

    // Dots and doubled slashes go; a rooted path never climbs above its root.
    #[test]
    fn cleaning() {
        for (path, expected) in [
            ("", "."),
            ("/", "/"),
            ("a//b/./c/..", "a/b"),
            ("../../a/../b", "../../b"),
            ("/../a", "/a"),
            ("a/..", "."),
            ("./..a/", "..a"),
        ] {
            check("clean", path, expected);
            check("osClean", path, expected);
        }
    }

    // Each function returns its part.
    #[test]
    fn parts() {
        check("base", "a/b.tar.gz/", "b.tar.gz");
        check("base", "///", "/");
        check("base", "", ".");
        check("dir", "/a/b/../c", "/a");
        check("dir", "a", ".");
        check("ext", "a.b/c", "");
        check("ext", "a/b.tar.gz", ".gz");
        check("isAbs", "/a", "true");
        check("osIsAbs", "a", "false");
    }

    // Where a path is cut depends on its bytes: the whole part derives from the leaf.
    #[test]
    fn parts_are_derived() {
        assert_eq!(drawn_value(&call("base", &[exact("a/b")])), "<b>");
        assert_eq!(drawn_value(&call("isAbs", &[exact("a/b")])), "<false>");
    }
}
