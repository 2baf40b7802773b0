//! Files that cannot be opened say what, where and what next, and nothing that is secret.

use sops::{OpenOptions, open};

use crate::fixture::{self, DEFAULT_SELECTOR, Fixture, OTHER, keys, open_as_sops, open_text};

/// The values and keys that fixtures hold; none may show in an error.
const CANARIES: [&str; 4] = ["hunter2", "AGE-SECRET-KEY", "PRIVATE KEY", "alice"];

#[track_caller]
fn check(text: &str, expected: &str) {
    let error = open_text(text).unwrap_err();
    assert_eq!(format!("{}: {}: {error}", error.at(), error.code()), expected);
    assert!(!error.hint().is_empty());
    let all = format!("{error} {error:?} {}", error.hint());
    assert!(CANARIES.iter().all(|canary| !all.contains(canary)), "{all}");
}

fn edited(fixture: Fixture, from: &str, to: &str) -> String {
    assert!(fixture.sealed.contains(from), "{from}");
    fixture.sealed.replacen(from, to, 1)
}

/// A reader without the right key learns whose key is needed and which are held.
#[test]
fn missing_keys_are_named() {
    let recipient = |file| keys(&[file])[0].recipient().to_owned();
    let error = open(fixture::TWO_RECIPIENTS.sealed.as_bytes(), &keys(&[OTHER]), &OpenOptions::default()).unwrap_err();
    let (one, two, other) = (recipient(fixture::ONE), recipient(fixture::TWO), recipient(OTHER));
    assert_eq!(
        error.to_string(),
        format!("no key that is held opens the file: it is sealed for `{one}`, `{two}`; held: `{other}`")
    );
    let error = open(DEFAULT_SELECTOR.sealed.as_bytes(), &[], &OpenOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), format!("no key that is held opens the file: it is sealed for `{one}`; held: nothing"));
    let error = open(fixture::GROUPS.sealed.as_bytes(), &keys(&[OTHER]), &OpenOptions::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("1 of the 2 key groups needed open: the file is sealed for `{one}`, `{two}`, `{other}`; held: `{other}`")
    );
}

/// A file for keys that cannot be held here says so in its hint.
#[test]
fn keys_of_other_kinds_have_their_own_hint() {
    let hint = |list: &str| {
        let text = format!("a: 1\nsops:\n  mac: x\n  lastmodified: \"2024-01-01T00:00:00Z\"\n  {list}\n");
        let error = open_text(&text).unwrap_err();
        assert_eq!(error.code(), "no-identity");
        error.hint().starts_with("only age")
    };
    assert!(hint("pgp: [{fp: FBC7, enc: x}]"));
    assert!(hint("age: [{recipient: age1pq1x, enc: x}]"));
    assert!(hint("age: [{recipient: ssh-rsa AAAA, enc: x}]"));
    assert!(!hint("age: [{recipient: age1x, enc: x}]"));
}

/// A damaged data key for a held identity is told apart from a missing one.
#[test]
fn damaged_data_keys_are_named() {
    let line = DEFAULT_SELECTOR.sealed.lines().find(|line| line.ends_with('=')).unwrap();
    let text = edited(DEFAULT_SELECTOR, line, &line.replace('=', ""));
    let error = open_text(&text).unwrap_err();
    let recipient = keys(&[fixture::ONE])[0].recipient().to_owned();
    assert_eq!(error.code(), "data-key");
    assert_eq!(error.to_string(), format!("data key for `{recipient}` is damaged, or was not sealed for that key"));
}

/// Lowering the threshold in the (unauthenticated) metadata opens nothing.
#[test]
fn threshold_cannot_be_lowered() {
    let text = edited(fixture::GROUPS, "shamir_threshold: 2", "shamir_threshold: 1");
    assert_eq!(open_text(&text).unwrap_err().code(), "too-few-groups");
}

/// What is no sealed file says so.
#[test]
fn other_files_are_not_sealed() {
    check("password: hunter2\n", "1:1: not-sealed: file is not sealed: it has no `sops` metadata");
    check("- hunter2\n", "1:1: root-not-map: root of the sealed file is not a map");
    check("a: 1\nsops: hunter2\n", "2:7: metadata: `sops` of the metadata is not a map");
    check("a: 1\nsops:\n  age: []\n", "2:1: no-mac: metadata holds no `mac`");
    let stub = |rest: &str| format!("a: 1\nsops:\n  mac: x\n{rest}");
    check(
        &stub("  lastmodified: \"2024-01-01T00:00:00Z\"\n"),
        "2:1: metadata: `sops` of the metadata names no key that opens the file",
    );
    check(&stub("  age: [{recipient: age1x}]\n"), "2:1: metadata: `lastmodified` of the metadata is missing");
    check(
        &stub("  age: [{recipient: age1x}]\n  lastmodified: today\n"),
        "5:17: metadata: `lastmodified` of the metadata is not an RFC 3339 timestamp",
    );
}

/// Values that are not as the selector and their type say are named by path and place.
#[test]
fn wrong_values_are_named() {
    let value = DEFAULT_SELECTOR.sealed.lines().find_map(|line| line.strip_prefix("password: ")).unwrap();
    let line = DEFAULT_SELECTOR.sealed.lines().position(|line| line.starts_with("password: ")).unwrap() + 1;
    let check =
        |to: &str, expected: &str| check(&edited(DEFAULT_SELECTOR, value, to), &expected.replace("@", &format!("{line}:11")));
    check("hunter2", "@: clear-where-sealed: `password` stands in the clear, but the file's selector says it is sealed");
    check("7", "@: clear-where-sealed: `password` stands in the clear, but the file's selector says it is sealed");
    check(&format!("{value}x"), "@: malformed: `password` is not a sealed value: text follows the closing bracket");
    check(
        &value.replace("type:str", "type:bytes"),
        "@: malformed: `password` is not a sealed value: its type is `bytes`, which no SOPS writes",
    );
    check(&value.replace("type:str", "type:text"), "@: malformed: `password` is not a sealed value: its type is unknown");
    check(&value.replace("type:str", "type:int"), "@: wrong-kind: `password` is declared as `int`, which its value is not");
    check(&value.replace("type:str", "type:comment"), "@: comment-as-value: `password` is a comment, not a value");
    check(
        &value.replace("=,iv:", ",iv:"),
        "@: malformed: `password` is not a sealed value: its `data` is not base64 of the right length",
    );
    check(
        "ENC[PKCS7,MIIB]",
        "@: malformed: `password` is not a sealed value: it is not `ENC[AES256_GCM,data:..,iv:..,tag:..,type:..]`",
    );
    check("\"\"", "@: unprotected: `password` is an empty text among sealed values, which the MAC does not protect");
    check("null", "@: unprotected: `password` is null, which the MAC does not protect");
}

/// A key that stands twice is refused, since readers differ on which one counts.
#[test]
fn duplicate_keys_are_refused() {
    let text = edited(DEFAULT_SELECTOR, "note_unencrypted:", "note_unencrypted: x\nnote_unencrypted:");
    assert_eq!(open_text(&text).unwrap_err().code(), "syntax");
}

/// A type that was flipped to one the value fits cannot be seen by anyone: SOPS does not authenticate types. Said in the docs.
#[test]
fn flipped_types_that_fit_pass_as_in_sops() {
    let text = edited(fixture::TAMPER, "type:int", "type:str");
    assert!(open_text(&text).is_ok());
}

/// What the MAC does not protect passes only when that is asked for.
#[test]
fn unprotected_structure_needs_consent() {
    for (fixture, code) in [(fixture::UNPROTECTED, "unprotected"), (fixture::MAC_ONLY_ENCRYPTED, "mac-only-encrypted")] {
        assert_eq!(open_text(fixture.sealed).unwrap_err().code(), code);
        assert!(open_as_sops(fixture.sealed).is_ok());
    }
    let toggled = edited(fixture::MAC_ONLY_ENCRYPTED, "    mac_only_encrypted: true\n", "");
    assert_eq!(open_as_sops(&toggled).unwrap_err().code(), "mac-mismatch");
}

/// Sealed text is found in a file that should hold none, and only there.
#[test]
fn sealed_text_in_an_unsealed_layer_is_found() {
    let check = |text: &str, expected: Option<&str>| {
        let options = yaml::ReadOptions::helm();
        let root = yaml::read(text.as_bytes(), &options).unwrap().remove(0);
        assert_eq!(sops::holds_sealed_text(&root).map(|span| span.start.to_string()).as_deref(), expected, "{text}");
    };
    check("a: 1\nb: [x, {c: \"ENC[AES256_GCM,data:x]\"}]\n", Some("2:12"));
    check("a: url?ENC[AES256_GCM,data:x]\n", Some("1:4"));
    check("a: [1, x, null, ENC]\n", None);
}
