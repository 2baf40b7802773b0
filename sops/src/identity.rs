//! Identities: the private keys a reader of sealed files holds.
//!
//! In: the text of an age identity file (several keys, comments) or of one OpenSSH private key. Out: [`Identity`].
//! Rules: keys come as text from a file the operator named; nothing is looked up, asked for or started. RSA is refused (its
//! decryption leaks time), so are plugins (they are programs to run) and keys under a passphrase (nobody is there to type it).
//! Not here: reading files, and using a key (`data_key`).

use std::fmt;

/// Bytes of an identity file: several hundred keys with their comments.
pub const IDENTITY_FILE_BYTES: usize = 64 << 10;

/// A private key. It shows nothing of itself but its public part.
pub struct Identity {
    key: Key,
    recipient: String,
}

enum Key {
    X25519(age::x25519::Identity),
    Ssh(Box<age::ssh::Identity>),
}

impl Identity {
    /// Returns the public part: `age1..`, or `ssh-ed25519 AAAA..` without its comment.
    #[must_use]
    pub fn recipient(&self) -> &str {
        &self.recipient
    }

    /// Returns the key as the age library takes it.
    pub(crate) fn as_age(&self) -> &dyn age::Identity {
        match &self.key {
            Key::X25519(identity) => identity,
            Key::Ssh(identity) => identity.as_ref(),
        }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[identity]")
    }
}

/// Why a text holds no usable identity. Messages never repeat the text.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// The file is larger than any identity file.
    #[error("identity file has {bytes} bytes; the limit is {IDENTITY_FILE_BYTES}")]
    TooLong {
        /// Its size.
        bytes: usize,
    },
    /// The file is not UTF-8 text.
    #[error("identity file is not text")]
    NotText {
        /// Where it stops being text.
        #[source]
        source: std::str::Utf8Error,
    },
    /// There is no key in it.
    #[error("identity file holds no key")]
    Empty,
    /// A line is neither a key nor a comment.
    #[error("line {line} of the identity file is not an age key: {problem}")]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// What the age library says of it.
        problem: &'static str,
    },
    /// A line holds a key of a kind that is not opened here.
    #[error("line {line} of the identity file is {kind}")]
    Unsupported {
        /// The line, from 1.
        line: usize,
        /// What it is.
        kind: &'static str,
    },
    /// The file, or the key in it, is locked by a passphrase.
    #[error("identity file is locked by a passphrase")]
    Locked,
    /// The SSH key cannot be read.
    #[error("SSH key cannot be read")]
    Ssh {
        /// What is wrong with it.
        #[source]
        source: std::io::Error,
    },
    /// The SSH key is not an Ed25519 key.
    #[error("SSH key is not an `ssh-ed25519` key")]
    SshKind,
}

impl IdentityError {
    /// Returns the name of the rule, for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "identity-too-long",
            Self::NotText { .. } => "identity-not-text",
            Self::Empty => "identity-empty",
            Self::Malformed { .. } => "identity-malformed",
            Self::Unsupported { .. } => "identity-unsupported",
            Self::Locked => "identity-locked",
            Self::Ssh { .. } | Self::SshKind => "identity-ssh",
        }
    }

    /// Returns what to do next.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Locked => "remove the passphrase (`age -d`, `ssh-keygen -p`): a render cannot ask for it",
            Self::Unsupported { .. } | Self::SshKind => {
                "use an age key (`age-keygen`) or an ssh-ed25519 key, and seal the file for it"
            }
            Self::TooLong { .. } | Self::NotText { .. } | Self::Empty | Self::Malformed { .. } | Self::Ssh { .. } => {
                "give a file as `age-keygen` or `ssh-keygen -t ed25519` writes it"
            }
        }
    }
}

/// Returns the identities of a key file, in its order.
///
/// # Errors
/// [`IdentityError`] at the first line that is no key; [`IdentityError::Empty`] when there is none.
///
/// # Source
/// age `parse.go`, `ParseIdentities`; SOPS `age/keysource.go`, `loadIdentities`.
pub fn identities(text: &[u8]) -> Result<Vec<Identity>, IdentityError> {
    if text.len() > IDENTITY_FILE_BYTES {
        return Err(IdentityError::TooLong { bytes: text.len() });
    }
    if text.starts_with(b"age-encryption.org/") {
        return Err(IdentityError::Locked);
    }
    let text = std::str::from_utf8(text).map_err(|source| IdentityError::NotText { source })?;
    let start = text.trim_start();
    if start.starts_with("-----BEGIN AGE ENCRYPTED FILE-----") {
        return Err(IdentityError::Locked);
    }
    if start.starts_with("-----BEGIN") {
        return ssh_identity(start).map(|identity| vec![identity]);
    }
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if !line.is_empty() && !line.starts_with('#') {
            found.push(age_identity(line, index + 1)?);
        }
    }
    if found.is_empty() { Err(IdentityError::Empty) } else { Ok(found) }
}

fn age_identity(text: &str, line: usize) -> Result<Identity, IdentityError> {
    let is = |prefix: &str| text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if is("AGE-PLUGIN-") {
        return Err(IdentityError::Unsupported { line, kind: "a plugin's key; plugins are never started" });
    }
    if is("AGE-SECRET-KEY-PQ-") {
        return Err(IdentityError::Unsupported { line, kind: "a post-quantum key, which is not supported yet" });
    }
    let identity: age::x25519::Identity = text.parse().map_err(|problem| IdentityError::Malformed { line, problem })?;
    let recipient = identity.to_public().to_string();
    Ok(Identity { key: Key::X25519(identity), recipient })
}

fn ssh_identity(text: &str) -> Result<Identity, IdentityError> {
    let identity = age::ssh::Identity::from_buffer(text.as_bytes(), None).map_err(|source| IdentityError::Ssh { source })?;
    if matches!(identity, age::ssh::Identity::Encrypted(_)) {
        return Err(IdentityError::Locked);
    }
    let Ok(public @ age::ssh::Recipient::SshEd25519(..)) = age::ssh::Recipient::try_from(identity.clone()) else {
        return Err(IdentityError::SshKind);
    };
    let recipient = public.to_string();
    Ok(Identity { key: Key::Ssh(Box::new(identity)), recipient })
}

#[cfg(test)]
mod tests {
    use super::{IDENTITY_FILE_BYTES, identities};

    // A key for these tests and no other use.
    const TEST_ONLY_KEY: &str = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";

    #[track_caller]
    fn check(text: &[u8], expected: Result<usize, &str>) {
        let found = identities(text).map(|found| found.len()).map_err(|error| error.code());
        assert_eq!(found, expected);
    }

    /// Keys are read one per line, between comments and blank lines, with any line ending.
    #[test]
    fn several_keys_of_one_file_are_read() {
        check(TEST_ONLY_KEY.as_bytes(), Ok(1));
        check(format!("# a comment\n\n{TEST_ONLY_KEY}\r\n  {TEST_ONLY_KEY}  \n").as_bytes(), Ok(2));
    }

    /// What is no key, or a key that is not used here, has an error of its own.
    #[test]
    fn other_contents_are_refused() {
        check(b"", Err("identity-empty"));
        check(b"# only a comment\n", Err("identity-empty"));
        check(b"\xff\xfe", Err("identity-not-text"));
        check(b"AGE-SECRET-KEY-1QQQQ", Err("identity-malformed"));
        check(b"AGE-PLUGIN-YUBIKEY-1QQQ", Err("identity-unsupported"));
        check(b"AGE-SECRET-KEY-PQ-1QQQ", Err("identity-unsupported"));
        check(b"age-encryption.org/v1\n", Err("identity-locked"));
        check(b"-----BEGIN AGE ENCRYPTED FILE-----\n", Err("identity-locked"));
        check(b"-----BEGIN OPENSSH PRIVATE KEY-----\nQUJD\n-----END OPENSSH PRIVATE KEY-----\n", Err("identity-ssh"));
        check("grün".as_bytes(), Err("identity-malformed"));
    }

    /// A file of the limit's size is read, one byte more is refused.
    #[test]
    fn file_size_is_limited() {
        let comment = |bytes: usize| "#".repeat(bytes - TEST_ONLY_KEY.len() - 1) + "\n" + TEST_ONLY_KEY;
        check(comment(IDENTITY_FILE_BYTES).as_bytes(), Ok(1));
        check(comment(IDENTITY_FILE_BYTES + 1).as_bytes(), Err("identity-too-long"));
    }

    /// Neither an identity nor an error about one shows the key.
    #[test]
    fn keys_do_not_print() {
        let found = identities(TEST_ONLY_KEY.as_bytes()).unwrap();
        assert_eq!(format!("{found:?}"), "[[identity]]");
        let broken = TEST_ONLY_KEY.to_lowercase().replace('q', "b");
        let error = identities(broken.as_bytes()).unwrap_err();
        assert!(!format!("{error} {error:?}").to_lowercase().contains("gfpyy"));
    }
}
