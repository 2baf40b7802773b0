//! What a lock file says, and what it cannot say.

use std::collections::BTreeMap;

use super::{Digest, Entry, Lock, WORD_LIMIT_CHARACTERS, is_word};

fn lock() -> Lock {
    let text = str::to_owned;
    let entry = |name: &str, signature: Option<&str>| Entry {
        name: text(name),
        version: text("1.10"),
        contract: text("tidegate:policy@1.0.0"),
        wasm: Digest::of(b"wasm"),
        settings: Digest::of_settings(None),
        wasmtime: text("48.0.8"),
        compiled: BTreeMap::from([(text("x86_64-unknown-linux-musl"), Digest::of(b"code"))]),
        signature: signature.map(text),
    };
    let entries = [entry("b", Some("0123456789ABCDEF")), entry("a", None)];
    Lock { entries: entries.into_iter().map(|entry| (entry.name.clone(), entry)).collect() }
}

/// What is written is read again, the same.
#[test]
fn a_round_trip() {
    assert_eq!(Lock::read(lock().text().as_bytes()).unwrap(), lock());
    assert_eq!(Lock::read(Lock::default().text().as_bytes()).unwrap(), Lock::default());
    let mut bare = lock();
    bare.entries.values_mut().for_each(|entry| entry.compiled.clear());
    assert_eq!(Lock::read(bare.text().as_bytes()).unwrap(), bare);
}

fn check(from: &str, to: &str, want: &str) {
    let text = lock().text();
    assert!(text.contains(from), "{text}");
    let error = Lock::read(text.replacen(from, to, 1).as_bytes()).unwrap_err().to_string();
    assert!(error.contains(want), "{error}");
}

/// Other versions, keys, digests and names are refused, and so is a policy that stands there twice.
#[test]
fn the_form_is_strict() {
    check("policy-lock/v1", "policy-lock/v2", "its apiVersion is not");
    check("    wasm: ", "    wsam: ", "does not read");
    check("sha256:", "sha1:", "a digest is");
    check("name: a", "name: b", "`b` stands in it twice");
    check("name: a", "name: ../a", "`../a` can be no name");
    check("x86_64-unknown", "../x86_64-unknown", "can be no name");
    check("    version: \"1.10\"\n", "", "does not read");
    assert!(Lock::read(b"\xff").unwrap_err().to_string().contains("UTF-8"));
}

/// The longest word is one, a longer one is none; nothing that leads elsewhere is.
#[test]
fn words_have_a_form() {
    for good in ["1.0.0", "x86_64-unknown-linux-gnu", "tidegate:policy@1.0.0", &"a".repeat(WORD_LIMIT_CHARACTERS)] {
        assert!(is_word(good), "{good}");
    }
    for bad in ["", ".", "-a", "a\"b", "a\nb", "a/../b", "a b", &"a".repeat(WORD_LIMIT_CHARACTERS + 1)] {
        assert!(!is_word(bad), "{bad}");
    }
}
