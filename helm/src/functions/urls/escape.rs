//! Percent signs in URLs, by section.
//!
//! # Source
//! Go 1.26 `net/url/url.go`, `escape`, `unescape`, `shouldEscape`.

use super::quoted;

/// The part of a URL: each has its own characters that stand for themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    /// The path.
    Path,
    /// User name or password.
    User,
    /// Host and port.
    Host,
    /// The zone of an IPv6 address.
    Zone,
    /// What follows `#`.
    Fragment,
}

impl Section {
    fn must_escape(self, byte: u8) -> bool {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            return false;
        }
        match self {
            Self::Host | Self::Zone => !b"!$&'()*+,;=:[]<>\"".contains(&byte),
            Self::Path => !b"$&+,/:;=@".contains(&byte),
            Self::User => !b"$&+,;=".contains(&byte),
            Self::Fragment => !b"$&+,/:;=?@!()*".contains(&byte),
        }
    }
}

/// Returns the text with `%` and two digits for what does not stand for itself.
pub(super) fn escape(text: &[u8], section: Section) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for byte in text {
        if section.must_escape(*byte) {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        } else {
            out.push(*byte);
        }
    }
    out
}

/// Returns the text without escapes. An error is Go's message.
pub(super) fn unescape(text: &[u8], section: Section) -> Result<Vec<u8>, String> {
    let host = matches!(section, Section::Host | Section::Zone);
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        if *byte == b'%' {
            let wrong = || format!("invalid URL escape {}", quoted(rest.get(..3).unwrap_or(rest)));
            let value = digits(after).ok_or_else(wrong)?;
            // Hosts may escape what is not ASCII only; zones may escape what they could write, and spaces.
            let allowed = match section {
                Section::Host => value >= 0x80 || value == b'%',
                Section::Zone => matches!(value, b'%' | b' ') || !Section::Host.must_escape(value),
                Section::Path | Section::User | Section::Fragment => true,
            };
            if !allowed {
                return Err(wrong());
            }
            out.push(value);
            rest = after.get(2..).unwrap_or(&[]);
            continue;
        }
        if host && byte.is_ascii() && section.must_escape(*byte) {
            return Err(format!("invalid character {} in host name", quoted(&[*byte])));
        }
        out.push(*byte);
        rest = after;
    }
    Ok(out)
}

fn digits(text: &[u8]) -> Option<u8> {
    let digit = |index: usize| text.get(index).and_then(|byte| char::from(*byte).to_digit(16));
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}
