//! What no other tool checks of the tree itself.

#![expect(clippy::expect_used, clippy::disallowed_methods, reason = "a tree that cannot be read must fail, and this reads files")]

use std::path::{Path, PathBuf};

/// Names that say nothing of what is in a file.
const EMPTY_NAMES: [&str; 5] = ["utils", "helpers", "common", "misc", "mod"];

/// Lines a source file may have before it is divided by concept.
const SOURCE_LINES: usize = 500;

/// Directories that are not ours to keep tidy.
const SKIPPED: [&str; 4] = ["target", ".git", "examples", "fixtures"];

fn files(below: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(below).expect("a directory of the tree") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() && !SKIPPED.contains(&name.as_str()) {
            files(&path, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}

fn tree() -> Vec<PathBuf> {
    let mut found = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."), &mut found);
    found.sort();
    found
}

fn sources() -> impl Iterator<Item = (PathBuf, String)> {
    let rust = tree().into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    rust.map(|path| {
        let text = std::fs::read_to_string(&path).expect("a source file");
        (path, text)
    })
}

// A file's name says what is in it.
#[test]
fn names_say_something() {
    let stem = |path: &PathBuf| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let empty: Vec<PathBuf> = sources().map(|(path, _)| path).filter(|path| EMPTY_NAMES.contains(&stem(path).as_str())).collect();
    assert_eq!(empty, Vec::<PathBuf>::new());
}

// A file holds one concept, so it is not long.
#[test]
fn files_are_not_long() {
    let long: Vec<(PathBuf, usize)> =
        sources().map(|(path, text)| (path, text.lines().count())).filter(|file| file.1 > SOURCE_LINES).collect();
    assert_eq!(long, Vec::<(PathBuf, usize)>::new());
}

// Every module but one of tests alone says what it is before anything else.
#[test]
fn modules_are_introduced() {
    let tests = |path: &Path| path.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs");
    let silent = sources().filter(|(path, text)| !tests(path) && !text.starts_with("//!"));
    let silent: Vec<PathBuf> = silent.map(|(path, _)| path).collect();
    assert_eq!(silent, Vec::<PathBuf>::new());
}

// Lints are expected with a reason, never allowed; nothing is left to be done later.
#[test]
fn nothing_is_put_off() {
    // Put together here, so that this file does not hold them.
    let banned = [
        ["#[", "allow("].concat(),
        ["#![", "allow("].concat(),
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
        ["unimpl", "emented!"].concat(),
        ["to", "do!("].concat(),
    ];
    let found = sources().flat_map(|(path, text)| {
        let hits: Vec<String> =
            banned.iter().filter(|word| text.contains(word.as_str())).map(|word| format!("{}: {word}", path.display())).collect();
        hits
    });
    assert_eq!(found.collect::<Vec<_>>(), Vec::<String>::new());
}

// Secrets are exposed in few places, each of them reviewed; a new one changes this list.
#[test]
fn secrets_are_exposed_in_known_places() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let exposing = sources().filter(|(path, text)| {
        let tests = path.components().any(|part| part.as_os_str() == "tests");
        !tests && !path.ends_with("tests.rs") && text.contains(".expose()")
    });
    let names = exposing.map(|(path, _)| path.strip_prefix(&root).unwrap_or(&path).display().to_string());
    assert_eq!(names.collect::<Vec<_>>(), ["cmp/src/merge.rs"]);
}
