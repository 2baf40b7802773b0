//! Nothing an attacker writes makes the reader panic or hang.

use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_assert, proptest};
use proptest::sample::{Index, select};
use sops::{identities, open};

use crate::fixture::{self, ALL, json, keys, open_as_sops};

/// A way to damage a file.
#[derive(Clone, Debug)]
enum Damage {
    Replace(Index, u8),
    Insert(Index, &'static str),
    Remove(Index, usize),
    Repeat(Index, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let texts = select(vec![
        "ENC[AES256_GCM,data:",
        ",iv:",
        ",tag:",
        ",type:time]",
        "]",
        "\n",
        "  ",
        "- ",
        "sops:",
        "&a ",
        "*a",
        "<<: ",
        "!!binary ",
        "\"",
        "[",
        "{",
        "---\n",
        "\0",
        "\u{feff}",
        "null",
        "1e400",
        "-.inf",
        "2024-01-01",
        "key_groups:",
        "encrypted_regex: \"(\"",
        "shamir_threshold: -1",
    ]);
    proptest::prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Replace(at, byte)),
        (any::<Index>(), texts).prop_map(|(at, text)| Damage::Insert(at, text)),
        (any::<Index>(), 1_usize..200).prop_map(|(at, count)| Damage::Remove(at, count)),
        (any::<Index>(), 1_usize..200).prop_map(|(at, count)| Damage::Repeat(at, count)),
    ]
}

fn damaged(text: &str, damages: &[Damage]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for damage in damages {
        let stretch = |at: &Index, count: usize| at.index(bytes.len())..(at.index(bytes.len()) + count).min(bytes.len());
        match damage {
            _ if bytes.is_empty() => {}
            Damage::Replace(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Damage::Insert(at, text) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, text.bytes());
            }
            Damage::Remove(at, count) => {
                let stretch = stretch(at, *count);
                bytes.drain(stretch);
            }
            Damage::Repeat(at, count) => {
                let copy = bytes[stretch(at, *count)].to_vec();
                bytes.extend(copy);
            }
        }
    }
    bytes
}

proptest! {
    /// A damaged file opens to an error or, where the damage touched nothing that counts, to a tree; it never panics.
    #[test]
    fn damaged_files_do_not_panic(at in any::<Index>(), damages in vec(damage(), 1..6)) {
        let fixture = at.get(ALL);
        let text = damaged(fixture.sealed, &damages);
        let held = keys(&[fixture::ONE, fixture::SSH_KEY]);
        if let Err(error) = open(&text, &held, &sops::OpenOptions::default()) {
            prop_assert!(!error.code().is_empty() && !error.to_string().contains("hunter2"));
        }
    }

    /// Whatever damage still opens with the MAC verified gives the values that were sealed: none was changed unseen.
    #[test]
    fn one_damaged_byte_never_changes_a_value_unseen(at in any::<Index>(), bit in 0_u8..8) {
        let text = fixture::ENCRYPTED_SUFFIX.sealed;
        let start = text.find("password_secret").unwrap_or_default();
        let end = text.find("\nsops:").unwrap_or(text.len());
        let mut bytes = text.as_bytes().to_vec();
        bytes[start + at.index(end - start)] ^= 1 << bit;
        if let Ok(Ok(opened)) = std::str::from_utf8(&bytes).map(open_as_sops) {
            let before = open_as_sops(text).map(|opened| json(&opened.root).to_string()).unwrap_or_default();
            // Types and keys of clear values are not authenticated by SOPS; texts and numbers of sealed ones are.
            let sealed = ["hunter2", "abc", "sealed", "1234"];
            let after = json(&opened.root).to_string();
            prop_assert!(sealed.iter().all(|value| before.contains(value) && after.contains(value)), "{after}");
        }
    }

    /// Arbitrary bytes are no identity and no sealed file, and no reason to panic.
    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in vec(any::<u8>(), 0..400), head in select(vec!["", "AGE-SECRET-KEY-1", "-----BEGIN OPENSSH PRIVATE KEY-----\n"])) {
        let text = [head.as_bytes(), &bytes].concat();
        prop_assert!(identities(&text).is_err() || head.is_empty());
        prop_assert!(open(&text, &[], &sops::OpenOptions::default()).is_err());
    }
}
