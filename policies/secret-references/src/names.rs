//! Names: whether the name of a key or variable says that its value is a secret.
//!
//! Rules: letters and digits count, in either case: `DB_PASSWORD`, `dbPassword` and `db-password` are one name. A name says secret by its
//! end, so `passwordSecretName` and `tokenTtl` do not; what the settings exempt does not either.
//! Not here: guesses from values.

use std::borrow::Cow;

use sdk::wildcard;

/// The names that say secret.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    /// Ends of names, plain.
    ends: Vec<String>,
    /// Their last letters, a bit each: most names have another, and nothing else is compared.
    last: u128,
    /// Names that only look so, plain, with `*` for any text.
    exempt: Vec<String>,
}

impl Names {
    pub(crate) fn new(ends: &[String], exempt: &[String]) -> Names {
        let ends: Vec<String> = ends.iter().map(|name| plain(name, "").into_owned()).collect();
        Names {
            last: ends.iter().filter_map(|end| end.bytes().last()).fold(0, |last, letter| last | bit(letter)),
            ends,
            exempt: exempt.iter().map(|name| plain(name, "*").into_owned()).collect(),
        }
    }

    /// Returns whether a name says secret.
    pub(crate) fn say_secret(&self, name: &str) -> bool {
        let mut letters = name.bytes().rev().filter(u8::is_ascii_alphanumeric);
        if letters.next().is_none_or(|letter| self.last & bit(letter.to_ascii_lowercase()) == 0) {
            return false;
        }
        self.ends.iter().any(|end| ends_with(name, end)) && {
            let plain = plain(name, "");
            !self.exempt.iter().any(|pattern| wildcard::fits(pattern, &plain))
        }
    }
}

/// The bit of an ASCII letter or digit.
fn bit(letter: u8) -> u128 {
    1 << (letter & 0x7f)
}

/// Whether the letters and digits of a name end so. It runs for every key there is, and takes nothing from the heap.
pub(crate) fn ends_with(name: &str, end: &str) -> bool {
    let mut letters = name.bytes().rev().filter(u8::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase());
    end.bytes().rev().all(|want| letters.next() == Some(want))
}

/// Returns the letters and digits of a name, in lower case; and what else is kept.
fn plain<'a>(name: &'a str, kept: &str) -> Cow<'a, str> {
    let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || kept.contains(letter);
    if name.chars().all(is_plain) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.chars().map(|letter| letter.to_ascii_lowercase()).filter(|letter| is_plain(*letter)).collect())
}

#[cfg(test)]
mod tests {
    use crate::Settings;

    fn check(name: &str, want: bool) {
        assert_eq!(Settings::default().checked().names.say_secret(name), want, "{name}");
    }

    /// A name says secret by its end, however its words are joined.
    #[test]
    fn names_say_secret() {
        for name in [
            "password",
            "DB_PASSWORD",
            "dbPassword",
            "db-password",
            "db.password",
            "apiKey",
            "API_KEY",
            "jwtSecret",
            "accessToken",
            "privateKey",
        ] {
            check(name, true);
        }
    }

    /// Names of Secrets, of keys in them and of settings beside them say nothing.
    #[test]
    fn other_names_do_not() {
        for name in [
            "",
            "-",
            "user",
            "existingSecret",
            "auth.existingSecret",
            "secret",
            "secretName",
            "auth.passwordSecretKey",
            "privateKeySecret",
            "tokenTtl",
            "imagePullSecrets",
            "pullSecret",
            "checksum/secret",
            "nginx.ingress.kubernetes.io/auth-tls-secret",
            "maxTokens",
            "publicKey",
            "automountServiceAccountToken",
            "ALLOW_EMPTY_PASSWORD",
            "ETCD_INITIAL_CLUSTER_TOKEN",
        ] {
            check(name, false);
        }
    }
}
