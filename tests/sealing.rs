//! A file that the real sops seals here and now: rendered as it is, refused with any byte of it changed or any value removed.
//!
//! Skipped, with a printed line, where sops is not installed (`TIDEGATE_TOOLS`, or the usual cache directory); in CI it must be there.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test that cannot be set up must fail; it works on files and says why it is skipped"
)]

#[path = "support/estate.rs"]
mod estate;

use std::path::PathBuf;
use std::process::{Command, Output};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use estate::Estate;

/// The sealed layer, below the estate.
const LAYER: &str = "customer-configs/customers/acme-corp/product-a/secrets.yaml";

/// What is sealed.
const PLAIN: &str = "database:\n  username: shop_acme\n  password: CANARY-fresh\nsession:\n  key: CANARY-session\n";

fn sops() -> Option<PathBuf> {
    let cache = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache/tidegate-tools"));
    let path = std::env::var_os("TIDEGATE_TOOLS").map(PathBuf::from).or_else(cache)?.join("sops-3.13.2");
    if path.is_file() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is not there", path.display());
    eprintln!("skipped: sops is not there ({})", path.display());
    None
}

/// Seals `PLAIN` for the customer's non-production key.
fn sealed(sops: &PathBuf, estate: &Estate) -> String {
    let key = std::fs::read_to_string(estate.path().join("keys/acme-corp-nonproduction.txt")).expect("the key");
    let recipient = key.lines().find_map(|line| line.strip_prefix("# public key: ")).expect("its public half");
    let plain = estate.path().join("plain.yaml");
    std::fs::write(&plain, PLAIN).expect("the plain file");
    let output = Command::new(sops)
        .args(["encrypt", "--age", recipient])
        .arg(&plain)
        .env_clear()
        .env("HOME", estate.path())
        .output()
        .expect("sops runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::remove_file(&plain).expect("the plain file goes");
    String::from_utf8(output.stdout).expect("text")
}

fn tidegate(estate: &Estate, arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(arguments)
        .args(["--config", "../tidegate.yaml"])
        .current_dir(estate.path().join("customer-configs"))
        .env_clear()
        .output()
        .expect("the program runs");
    assert!(!String::from_utf8_lossy(&output.stderr).contains("CANARY"), "a secret in stderr");
    output
}

/// Returns the places of every base64 part (data, iv, tag) of every sealed text, the MAC's included.
fn parts(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    for (start, _) in text.match_indices("ENC[AES256_GCM,") {
        let end = start + text[start..].find(']').expect("its end");
        for name in ["data:", ",iv:", ",tag:"] {
            let from = start + text[start..end].find(name).expect("the part") + name.len();
            found.push(from..from + text[from..end].find(',').expect("the next part"));
        }
    }
    found
}

/// Checks that the layer with this text is refused, and nothing printed.
fn refused(estate: &Estate, text: &str, what: &str) {
    std::fs::write(estate.path().join(LAYER), text).expect("the layer");
    let output = tidegate(estate, &["render", "acme-corp/product-a/dev", "--reveal"]);
    assert_eq!(output.status.code(), Some(12), "{what}: {}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.is_empty(), "{what}: something was printed");
}

// What sops has sealed a moment ago is rendered into the Secret; masked unless it is to be revealed.
#[test]
fn a_fresh_file_is_rendered() {
    let Some(sops) = sops() else { return };
    let estate = Estate::copy("estate");
    std::fs::write(estate.path().join(LAYER), sealed(&sops, &estate)).expect("the layer");
    let revealed = tidegate(&estate, &["render", "acme-corp/product-a/dev", "--reveal"]);
    let text = String::from_utf8_lossy(&revealed.stdout);
    assert!(
        revealed.status.success() && text.contains("session-key: \"CANARY-session\""),
        "{}",
        String::from_utf8_lossy(&revealed.stderr)
    );
    let masked = tidegate(&estate, &["render", "acme-corp/product-a/dev"]);
    let text = String::from_utf8_lossy(&masked.stdout);
    assert!(masked.status.success() && text.contains("<sealed>"));
    assert!(!text.contains("CANARY"));
}

// Each single changed byte of data, nonces, tags and MAC, and each removed value, is refused by the program as a whole.
#[test]
fn every_change_is_refused() {
    let Some(sops) = sops() else { return };
    let estate = Estate::copy("estate");
    let text = sealed(&sops, &estate);
    let mut changes = 0;
    for part in parts(&text) {
        let bytes = STANDARD.decode(&text[part.clone()]).expect("base64");
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 8);
            let mut tampered = text.clone();
            tampered.replace_range(part.clone(), &STANDARD.encode(changed));
            refused(&estate, &tampered, &format!("byte {at} of {part:?}"));
            changes += 1;
        }
    }
    // Three values and the MAC, each with a nonce of 32 and a tag of 16 bytes.
    assert!(changes > 4 * 48, "{changes}");
    let body = &text[..text.find("\nsops:").expect("the metadata")];
    let values: Vec<&str> = body.lines().filter(|line| line.contains("ENC[")).collect();
    assert_eq!(values.len(), 3);
    for line in values {
        refused(&estate, &text.replacen(&format!("{line}\n"), "", 1), line);
    }
}
