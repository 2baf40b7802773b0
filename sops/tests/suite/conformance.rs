//! Files the real SOPS sealed open to what the real Helm then reads.

use std::collections::BTreeSet;

use serde_json::Value;
use sops::{Leaf, OpenOptions, Shape, Structure, open};

use crate::fixture::{self, ALL, Fixture, OTHER, SSH_KEY, TWO, floats, json, keys, leaves, open_text};

#[track_caller]
fn check(fixture: Fixture, key_files: &[&str], structure: Structure) {
    let options = OpenOptions { structure, ..OpenOptions::default() };
    let opened =
        open(fixture.sealed.as_bytes(), &keys(key_files), &options).unwrap_or_else(|error| panic!("{}: {error}", fixture.name));
    let want: Value = serde_json::from_str(fixture.want).unwrap();
    assert_eq!(json(&opened.root), floats(want), "{}", fixture.name);
}

/// Every recorded file opens to the recorded values; those with things the MAC leaves open only when that is asked for.
#[test]
fn recorded_files_open_to_the_values_helm_reads() {
    for fixture in ALL {
        let structure =
            if ["mac-only-encrypted", "unprotected"].contains(&fixture.name) { Structure::AsSops } else { Structure::Strict };
        check(*fixture, &[fixture::ONE, TWO, SSH_KEY], structure);
    }
}

/// Any one recipient opens a file for two, an SSH key one for SSH, any two of three groups one with threshold two.
#[test]
fn each_recipient_opens_alone() {
    check(fixture::TWO_RECIPIENTS, &[fixture::ONE], Structure::Strict);
    check(fixture::TWO_RECIPIENTS, &[OTHER, TWO], Structure::Strict);
    check(fixture::SSH, &[SSH_KEY], Structure::Strict);
    check(fixture::GROUPS, &[fixture::ONE, TWO], Structure::Strict);
    check(fixture::GROUPS, &[TWO, OTHER], Structure::Strict);
    check(fixture::GROUPS, &[OTHER, fixture::ONE], Structure::Strict);
    check(fixture::GROUPS, &[OTHER, fixture::ONE, TWO], Structure::Strict);
}

/// Exactly the `ENC[]` values are opened leaves, each with the place of its ciphertext, and no two digests are equal.
#[test]
fn opened_leaves_are_those_the_file_seals() {
    for fixture in [fixture::TYPES, fixture::COMMENTS, fixture::ENCRYPTED_SUFFIX, fixture::UNENCRYPTED_SUFFIX, fixture::NESTED] {
        let opened = open_text(fixture.sealed).unwrap();
        let mut digests = BTreeSet::new();
        for tree in leaves(&opened.root) {
            let text = fixture.sealed.get(tree.span.start.offset..tree.span.end.offset).unwrap();
            match &tree.shape {
                Shape::Leaf(Leaf::Opened { digest, kind, .. }) => {
                    assert!(
                        text.starts_with("ENC[AES256_GCM,") && text.ends_with(&format!("type:{kind}]")),
                        "{}: {text}",
                        fixture.name
                    );
                    assert!(digests.insert(*digest));
                }
                _ => assert!(!text.contains("ENC["), "{}: {text}", fixture.name),
            }
        }
        let values =
            fixture.sealed.split("ENC[").skip(1).filter(|rest| !rest.split(']').next().unwrap().ends_with("type:comment"));
        assert_eq!(digests.len() + 1, values.count(), "{}: all but the MAC", fixture.name);
        assert_eq!(digests.len(), opened.sealed_leaves);
    }
}

/// A file opened twice gives the same digests; the same values sealed for another file give others.
#[test]
fn digests_stand_for_the_ciphertext() {
    let digests = |text: &str| -> Vec<_> {
        let opened = open_text(text).unwrap();
        leaves(&opened.root)
            .into_iter()
            .filter_map(|tree| if let Shape::Leaf(Leaf::Opened { digest, .. }) = &tree.shape { Some(*digest) } else { None })
            .collect()
    };
    assert_eq!(digests(fixture::TAMPER.sealed), digests(fixture::TAMPER.sealed));
    // Both hold `password: hunter2`.
    assert_ne!(digests(fixture::TWO_RECIPIENTS.sealed).first(), digests(fixture::DEFAULT_SELECTOR.sealed).first());
}

/// The time of sealing may stand unquoted, as other writers leave it, and with fractions of a second.
#[test]
fn time_of_sealing_is_read_in_every_form() {
    let sealed = fixture::DEFAULT_SELECTOR.sealed;
    let start = sealed.find("lastmodified: \"").unwrap() + "lastmodified: ".len();
    let quoted = &sealed[start..start + "\"2024-01-01T00:00:00Z\"".len()];
    let plain = quoted.trim_matches('"');
    for form in [plain.to_owned(), quoted.replace('Z', ".25Z"), quoted.replace('Z', "+00:00")] {
        assert!(open_text(&sealed.replace(quoted, &form)).is_ok(), "{form}");
    }
    let other_zone = quoted.replace('Z', "+01:00");
    assert_eq!(open_text(&sealed.replace(quoted, &other_zone)).unwrap_err().code(), "mac-tampered");
}

/// Who can open a file, when it was sealed and by which version is told without any key.
#[test]
fn metadata_needs_no_key() {
    let options = yaml::ReadOptions::helm();
    let root = yaml::read(fixture::TWO_RECIPIENTS.sealed.as_bytes(), &options).unwrap().remove(0);
    let metadata = sops::metadata(&root).unwrap().unwrap();
    let named: Vec<&str> = metadata.recipients().into_iter().map(sops::Recipient::as_str).collect();
    let held = keys(&[fixture::ONE, TWO]);
    assert_eq!(named, [held[0].recipient(), held[1].recipient()]);
    assert_eq!(metadata.version(), Some("3.13.2"));
    assert_eq!(metadata.last_modified().len(), "2024-01-01T00:00:00Z".len());
}
