//! Missing: the way from the last value that is there to a place that is not.
//!
//! In: keys, one after another. Out: a JSON pointer.
//! Rules: most of what a policy asks for is not there, so a short way is kept in place and costs no allocation.

use std::borrow::Cow;
use std::rc::Rc;

/// Bytes of a way that are kept in place: three or four keys of Kubernetes.
const SHORT_BYTES: usize = 46;

/// A way that leads to nothing.
#[derive(Clone)]
pub(super) enum Missing {
    Short { length: u8, bytes: [u8; SHORT_BYTES] },
    Long(Rc<str>),
}

impl Missing {
    /// Returns the way one key further.
    pub(super) fn below(above: Option<&Missing>, key: &str) -> Missing {
        let above = above.map_or("", Missing::pointer);
        if key.contains(['~', '/']) {
            return Missing::of(&format!("{above}/{}", escaped(key)));
        }
        let mut bytes = [0; SHORT_BYTES];
        let (length, end) = (above.len(), above.len().saturating_add(1).saturating_add(key.len()));
        match bytes.get_mut(..end) {
            Some(room) => {
                let (head, tail) = room.split_at_mut(length);
                head.copy_from_slice(above.as_bytes());
                if let Some((slash, tail)) = tail.split_first_mut() {
                    *slash = b'/';
                    tail.copy_from_slice(key.as_bytes());
                }
                Missing::Short { length: u8::try_from(end).unwrap_or_default(), bytes }
            }
            None => Missing::Long(format!("{above}/{key}").into()),
        }
    }

    fn of(pointer: &str) -> Missing {
        let mut bytes = [0; SHORT_BYTES];
        match bytes.get_mut(..pointer.len()) {
            Some(room) => {
                room.copy_from_slice(pointer.as_bytes());
                Missing::Short { length: u8::try_from(pointer.len()).unwrap_or_default(), bytes }
            }
            None => Missing::Long(pointer.into()),
        }
    }

    /// Returns the way as a JSON pointer (RFC 6901).
    pub(super) fn pointer(&self) -> &str {
        match self {
            Missing::Short { length, bytes } => {
                // The bytes are whole texts that were put one behind the other.
                bytes.get(..usize::from(*length)).and_then(|way| std::str::from_utf8(way).ok()).unwrap_or_default()
            }
            Missing::Long(pointer) => pointer,
        }
    }
}

fn escaped(key: &str) -> Cow<'_, str> {
    if key.contains(['~', '/']) { Cow::Owned(key.replace('~', "~0").replace('/', "~1")) } else { Cow::Borrowed(key) }
}

#[cfg(test)]
mod tests {
    use super::{Missing, SHORT_BYTES};

    fn check(keys: &[&str], want: &str) {
        let way = keys.iter().fold(None, |way: Option<Missing>, key| Some(Missing::below(way.as_ref(), key)));
        assert_eq!(way.as_ref().map_or("", Missing::pointer), want, "{keys:?}");
    }

    /// A way is the same whether it is short or long, and whatever its keys hold.
    #[test]
    fn ways_are_pointers() {
        check(&["a"], "/a");
        check(&["", "b"], "//b");
        check(&["metadata", "annotations", "example.com/a~b"], "/metadata/annotations/example.com~1a~0b");
        check(&["\u{91cf}", "a/b", "c"], "/\u{91cf}/a~1b/c");
        for length in [SHORT_BYTES - 4, SHORT_BYTES - 3, SHORT_BYTES - 2, SHORT_BYTES - 1, SHORT_BYTES, SHORT_BYTES + 1, 300] {
            let key = "k".repeat(length);
            check(&[&key], &format!("/{key}"));
            check(&["a", &key, "b", "c/d"], &format!("/a/{key}/b/c~1d"));
        }
    }
}
