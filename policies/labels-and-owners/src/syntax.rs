//! Syntax: keys and values that the API server takes.
//!
//! In: a key, a label's value. Out: what is wrong with it, as a fragment.
//!
//! # Source
//! k8s.io/apimachinery, pkg/util/validation: IsQualifiedName, IsValidLabelValue, IsDNS1123Subdomain.

/// Longest value of a label, and longest name in a key, in bytes.
const NAME_LIMIT_BYTES: usize = 63;

/// Longest prefix of a key in bytes.
const PREFIX_LIMIT_BYTES: usize = 253;

/// Returns what is wrong with the key of a label or an annotation.
pub(crate) fn key(key: &str) -> Option<&'static str> {
    if key.is_empty() {
        return Some("is empty");
    }
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    if prefix.is_some_and(|prefix| !is_domain(prefix)) {
        return Some("has no domain before its slash");
    }
    if !is_name(name) {
        return Some("has no name of at most 63 letters, digits, `-`, `_`, `.` that begins and ends with a letter or digit");
    }
    None
}

/// Returns what is wrong with the value of a label.
pub(crate) fn value(value: &str) -> Option<&'static str> {
    if value.is_empty() || is_name(value) {
        return None;
    }
    Some(if value.len() > NAME_LIMIT_BYTES {
        "is longer than 63 bytes"
    } else {
        "is not of letters, digits, `-`, `_`, `.` with a letter or digit at both ends"
    })
}

fn is_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_end = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    bytes.len() <= NAME_LIMIT_BYTES
        && is_end(bytes.first())
        && is_end(bytes.last())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

fn is_domain(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_label = |label: &str| {
        let bytes = label.as_bytes();
        bytes.first().is_some_and(|byte| is_inner(*byte))
            && bytes.last().is_some_and(|byte| is_inner(*byte))
            && bytes.iter().all(|byte| is_inner(*byte) || *byte == b'-')
    };
    text.len() <= PREFIX_LIMIT_BYTES && text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::{NAME_LIMIT_BYTES, PREFIX_LIMIT_BYTES, key, value};

    /// Values are names, or empty; the longest passes, one byte more does not.
    #[test]
    fn values() {
        for good in ["", "a", "A-1_b.c", &"a".repeat(NAME_LIMIT_BYTES)] {
            assert_eq!(value(good), None, "{good}");
        }
        for bad in ["-a", "a-", "a b", "a/b", "\u{e9}", ".", "a\n"] {
            assert_eq!(value(bad), Some("is not of letters, digits, `-`, `_`, `.` with a letter or digit at both ends"), "{bad}");
        }
        assert_eq!(value(&"a".repeat(NAME_LIMIT_BYTES + 1)), Some("is longer than 63 bytes"));
    }

    /// Keys are names, with a domain before a slash or without.
    #[test]
    fn keys() {
        let longest = format!("{}a/{}", "a.".repeat(PREFIX_LIMIT_BYTES / 2), "n".repeat(NAME_LIMIT_BYTES));
        for good in ["a", "app.kubernetes.io/name", "A_b", &longest] {
            assert_eq!(key(good), None, "{good}");
        }
        let name = Some("has no name of at most 63 letters, digits, `-`, `_`, `.` that begins and ends with a letter or digit");
        for (bad, problem) in [("", Some("is empty")), ("a/", name), ("a b", name), ("a/b/c", name), ("-a", name)] {
            assert_eq!(key(bad), problem, "{bad}");
        }
        assert_eq!(key(&"n".repeat(NAME_LIMIT_BYTES + 1)), name);
        for bad in ["/a", "Example.com/a", "a..b/c", "-a/b", &format!("a{longest}")] {
            assert_eq!(key(bad), Some("has no domain before its slash"), "{bad}");
        }
    }
}
