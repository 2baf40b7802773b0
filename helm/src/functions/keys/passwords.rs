//! Passwords: `bcrypt`, `htpasswd`, `derivePassword`.
//!
//! In: bytes. Out: text, as sprig prints it; its failures are text, too.
//! Rules: a salt comes from outside. What is derived costs the same whatever it is derived from.
//!
//! # Source
//! sprig v3.3.0 `crypto.go`, `bcrypt`, `htpasswd`, `derivePassword`; golang.org/x/crypto `bcrypt/bcrypt.go`;
//! masterpassword.app, version 1 of the algorithm.

use base64::Engine as _;
use base64::alphabet::BCRYPT;
use base64::engine::{GeneralPurpose, general_purpose::NO_PAD};

use crate::functions::stream::keyed;

/// The work that Go's `bcrypt.DefaultCost` asks for: 2^10 rounds.
const COST: u32 = 10;

/// Bytes of a password that bcrypt looks at.
const PASSWORD_BYTES: usize = 72;

const BASE64: GeneralPurpose = GeneralPurpose::new(&BCRYPT, NO_PAD);

/// What stands for a hash that nobody may see.
pub(super) const STAND_IN: &str = "$2a$10$.....................................................";

/// Returns what sprig prints in place of the hash of a password that bcrypt would cut short.
pub(super) fn refusal(password: &[u8]) -> Option<&'static str> {
    (password.len() > PASSWORD_BYTES).then_some("failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes")
}

/// Returns the hash of a password.
pub(super) fn hash(password: &[u8], salt: [u8; 16]) -> String {
    // The C library of old hashed the terminating zero, and so does everybody since.
    let terminated: Vec<u8> = password.iter().copied().chain([0]).take(PASSWORD_BYTES).collect();
    let digest = bcrypt::bcrypt(COST, salt, &terminated);
    // The last byte is left out, as ever.
    let [digest @ .., _] = digest;
    format!("$2a${COST:02}${}{}", BASE64.encode(salt), BASE64.encode(digest))
}

const LETTERS: &str = "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";

/// Returns the shapes of a kind of password, a character class a letter.
fn shapes(kind: &[u8]) -> Option<&'static [&'static str]> {
    Some(match kind {
        b"maximum" => &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        b"long" => &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
        b"medium" => &["CvcnoCvc", "CvcCvcno"],
        b"short" => &["Cvcn"],
        b"basic" => &["aaanaaan", "aannaaan", "aaannaaa"],
        b"pin" => &["nnnn"],
        _ => return None,
    })
}

/// Returns the characters of a class.
fn class(letter: u8) -> String {
    match letter {
        b'V' => "AEIOU".to_owned(),
        b'C' => "BCDFGHJKLMNPQRSTVWXYZ".to_owned(),
        b'v' => "aeiou".to_owned(),
        b'c' => "bcdfghjklmnpqrstvwxyz".to_owned(),
        b'a' => LETTERS.to_owned(),
        b'n' => "0123456789".to_owned(),
        b'o' => "@&%?,=[]_:-+*$#!'^~;()/.".to_owned(),
        _ => format!("{LETTERS}0123456789!@#$%^&*()"),
    }
}

/// Who a derived password is for.
pub(super) struct Account<'a> {
    /// Which password of the account it is.
    pub(super) counter: u32,
    /// `maximum`, `long`, `medium`, `short`, `basic` or `pin`.
    pub(super) kind: &'a [u8],
    /// The master password.
    pub(super) password: &'a [u8],
    /// The user.
    pub(super) user: &'a [u8],
    /// The site.
    pub(super) site: &'a [u8],
}

/// What the algorithm is salted with.
const SCOPE: &[u8] = b"com.lyndir.masterpassword";

/// Returns the password of an account.
pub(super) fn derive(account: &Account<'_>) -> Vec<u8> {
    let Some(shapes) = shapes(account.kind) else {
        return [b"cannot find password template ", account.kind].concat();
    };
    let framed = |text: &[u8]| [SCOPE, &u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes(), text].concat();
    let mut key = [0; 64];
    // 32768 rounds, blocks of 8, 2 lanes.
    let derived = scrypt::Params::new(15, 8, 2, 64).map_err(|error| error.to_string()).and_then(|cost| {
        scrypt::scrypt(account.password, &framed(account.user), &cost, &mut key).map_err(|error| error.to_string())
    });
    if let Err(error) = derived {
        return format!("failed to derive password: {error}").into_bytes();
    }
    let seed = keyed(&key, &[framed(account.site), account.counter.to_be_bytes().to_vec()].concat());
    let pick = |index: usize, from: usize| seed.get(index).map_or(0, |byte| usize::from(*byte)) % from;
    let shape = shapes.get(pick(0, shapes.len())).copied().unwrap_or_default();
    let characters = shape.bytes().enumerate().filter_map(|(index, letter)| {
        let class = class(letter).into_bytes();
        class.get(pick(index + 1, class.len())).copied()
    });
    characters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // A hash tells its salt and cost and is that of the password: whoever checks it finds so.
    #[test]
    fn hashes_verify() {
        let check = |password: &str, other: &str| {
            let printed = hash(password.as_bytes(), *b"0123456789abcdef");
            assert!(printed.starts_with("$2a$10$"), "{printed}");
            assert_eq!(printed.len(), STAND_IN.len());
            assert!(bcrypt::verify(password, &printed).unwrap());
            assert!(!bcrypt::verify(other, &printed).unwrap());
        };
        check("swordfish", "Swordfish");
        check("", "x");
        check(&"p".repeat(72), "p");
    }

    // A password that bcrypt would cut short is refused in Go's words.
    #[test]
    fn long_passwords_are_refused() {
        assert!(refusal(&[b'p'; 72]).is_none());
        assert!(refusal(&[b'p'; 73]).is_some_and(|words| words.starts_with("failed to encrypt string with bcrypt")));
    }
}
