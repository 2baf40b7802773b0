//! Whoever changes a sealed file without its key is found out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sops::{OpenError, OpenOptions, open};

use crate::fixture::{self, TAMPER, keys, open_text};

/// Returns the places of every base64 part (data, iv, tag) of every sealed text in a file, the MAC's included.
fn parts(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    for (start, _) in text.match_indices("ENC[AES256_GCM,") {
        let end = start + text[start..].find(']').unwrap();
        for name in ["data:", ",iv:", ",tag:"] {
            let from = start + text[start..end].find(name).unwrap() + name.len();
            found.push(from..from + text[from..end].find(',').unwrap());
        }
    }
    found
}

/// Each single changed byte of ciphertext, nonce, tag and MAC is refused.
#[test]
fn every_changed_byte_is_refused() {
    let identities = keys(&[fixture::ONE]);
    let mut changes = 0;
    for part in parts(TAMPER.sealed) {
        let bytes = STANDARD.decode(&TAMPER.sealed[part.clone()]).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 8);
            let mut text = TAMPER.sealed.to_owned();
            text.replace_range(part.clone(), &STANDARD.encode(changed));
            let error = open(text.as_bytes(), &identities, &OpenOptions::default()).unwrap_err();
            assert!(
                matches!(error, OpenError::Tampered { .. } | OpenError::MacTampered { .. }),
                "byte {at} of {part:?}: {error}"
            );
            changes += 1;
        }
    }
    // Seven sealed values and the MAC, each with a nonce of 32 and a tag of 16 bytes, before their data.
    assert!(changes > 8 * (32 + 16), "{changes}");
}

/// Each removed value is refused, sealed or clear.
#[test]
fn every_removed_value_is_refused() {
    let body = TAMPER.sealed.find("\nsops:").unwrap();
    let mut removed = 0;
    for line in TAMPER.sealed[..body].lines().filter(|line| !line.trim_start().starts_with('#') && !line.ends_with(':')) {
        // An item of a list of maps keeps its dash.
        let rest = if line.trim_start().starts_with("- ") && line.contains(": ") { "    -" } else { "" };
        let text = TAMPER.sealed.replacen(&format!("{line}\n"), &format!("{rest}\n"), 1);
        let without = if rest.is_empty() { text } else { text.replacen("    -\n      ", "    - ", 1) };
        assert_ne!(without, TAMPER.sealed);
        let error = open_text(&without).unwrap_err();
        assert_eq!(error.code(), "mac-mismatch", "{line}: {error}");
        removed += 1;
    }
    assert_eq!(removed, 9, "seven sealed values and two clear ones");
}

#[track_caller]
fn check(change: impl Fn(&str) -> String, expected: &str) {
    let text = change(TAMPER.sealed);
    assert_ne!(text, TAMPER.sealed);
    assert_eq!(open_text(&text).map(|_| ()).unwrap_err().code(), expected);
}

/// Returns the sealed text of one key.
fn sealed_value<'a>(text: &'a str, key: &str) -> &'a str {
    let start = text.find(&format!("{key}: ENC")).unwrap() + key.len() + 2;
    text[start..].lines().next().unwrap()
}

/// Values cannot be swapped, copied, renamed, edited in the clear or brought in from another file.
#[test]
fn moved_values_are_refused() {
    let swap = |text: &str| {
        let (password, pin) = (sealed_value(text, "password"), sealed_value(text, "pin"));
        text.replace(password, "@").replace(pin, password).replace('@', pin)
    };
    check(swap, "tampered");
    check(|text| text.replace("password:", "passwort:"), "tampered");
    check(|text| text.replace("- a\n", "- c\n"), "mac-mismatch");
    check(|text| text.replace("- a\n", "- a\n    - c\n"), "mac-mismatch");
    check(|text| text.replace("sops:\n", "new_unencrypted: x\nsops:\n"), "mac-mismatch");
    check(
        |text| text.replace(sealed_value(text, "password"), sealed_value(fixture::TWO_RECIPIENTS.sealed, "password")),
        "tampered",
    );
    check(|text| text.replace(sealed_value(text, "mac"), sealed_value(fixture::TWO_RECIPIENTS.sealed, "mac")), "mac-tampered");
}

/// Things the MAC does not cover cannot be slipped in.
#[test]
fn unprotected_additions_are_refused() {
    for addition in ["new: null", "new: {}", "new: []", "new: \"\"", "new:", "\"a:b_unencrypted\": x"] {
        check(|text| text.replace("sops:\n", &format!("{addition}\nsops:\n")), "unprotected");
    }
    check(|text| format!("{text}---\nnew_unencrypted: x\n"), "several-documents");
    check(|text| text.replace("sops:\n", "sops:\n    mac_only_encrypted: true\n"), "mac-only-encrypted");
}

/// Dropping or faking the MAC, its time or the selector is refused.
#[test]
fn changed_metadata_is_refused() {
    check(|text| text.replace(&format!("    mac: {}\n", sealed_value(text, "mac")), ""), "no-mac");
    check(|text| text.replace(sealed_value(text, "mac"), "\"\""), "no-mac");
    check(|text| text.replace(sealed_value(text, "mac"), "ABCDEF"), "mac-tampered");
    check(|text| text.replace(sealed_value(text, "mac"), sealed_value(text, "password")), "mac-tampered");
    check(|text| text.replace("lastmodified: \"2", "lastmodified: \"1"), "mac-tampered");
    check(|text| text.replace("unencrypted_suffix: _unencrypted", "encrypted_suffix: n"), "sealed-where-clear");
    check(|text| text.replace("unencrypted_suffix: _unencrypted", "encrypted_regex: ."), "clear-where-sealed");
    check(|text| text.replace("unencrypted_suffix: _unencrypted", "unencrypted_suffix: _x"), "clear-where-sealed");
}
