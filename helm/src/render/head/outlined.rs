//! The head of a document of plain form, which most are: from its outline, without a tree.
//!
//! In: a document's text. Out: its [`Head`], or nothing where the reader has to look at it.
//! Rules: what is found is what the tree would give; a field that is written twice, in other letters, or as anything but text is left to
//! the tree.

use yaml::ReadOptions;
use yaml::outline::{Entry, Outlined, outline};

use super::{HOOK, Head};

/// The fields of a document that count.
const FIELDS: [&str; 3] = ["apiVersion", "kind", "metadata"];
/// Those of its metadata.
const METADATA: [&str; 2] = ["name", "annotations"];

/// Returns the head of a document, if its outline tells it.
pub(super) fn read(text: &[u8]) -> Option<Head> {
    let entries = outline(text, &ReadOptions::helm())?;
    let (root, metadata, annotations) = (Fields::of(&FIELDS), Fields::of(&METADATA), Fields::of(&[HOOK]));
    let mut seen = [root, metadata, annotations];
    // The fields around the present entry, as far as they count.
    let mut around = ["", ""];
    let mut head = Head::default();
    for Entry { level, key, value } in entries {
        let counts = match level {
            1 => true,
            2 => around[0] == "metadata",
            _ => around == ["metadata", "annotations"],
        };
        if level == 1 {
            around = [key, ""];
        } else if level == 2 {
            around[1] = key;
        }
        if !counts {
            continue;
        }
        let is_field = seen.get_mut(level - 1)?.take(key)?;
        match (level, key, value) {
            (1, "kind", Outlined::Text(kind)) => head.kind = kind.to_owned(),
            (1, "kind", _) => return None,
            (1, "metadata", Outlined::Mapping) | (2, "annotations", Outlined::Mapping) => {}
            (1, "metadata", _) | (2, "annotations", _) => return None,
            (3, HOOK, Outlined::Text(hook)) => head.hook = Some(hook.to_owned()),
            (3, HOOK, _) | (3, _, Outlined::Sequence | Outlined::Mapping) => return None,
            (_, _, Outlined::Sequence | Outlined::Mapping) if is_field => return None,
            _ => {}
        }
    }
    Some(head)
}

/// Fields that count, and those that were seen.
struct Fields {
    names: &'static [&'static str],
    seen: usize,
}

impl Fields {
    fn of(names: &'static [&'static str]) -> Self {
        Self { names, seen: 0 }
    }

    /// Says whether `key` is one of the fields; nothing where it is for the second time, or one in other letters.
    fn take(&mut self, key: &str) -> Option<bool> {
        let Some(place) = self.names.iter().position(|name| name.eq_ignore_ascii_case(key)) else { return Some(false) };
        let is_new = self.seen & (1 << place) == 0 && self.names.get(place) == Some(&key);
        self.seen |= 1 << place;
        is_new.then_some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, Option<&str>)>) {
        let expected = expected.map(|(kind, hook)| Head { kind: kind.to_owned(), hook: hook.map(str::to_owned) });
        assert_eq!(read(text.as_bytes()), expected, "{text:?}");
        if expected.is_some() {
            assert_eq!(super::super::of_tree(text.as_bytes()).ok(), expected, "{text:?}");
        }
    }

    // Kind and hook are found where the tree has them, and nowhere else.
    #[test]
    fn heads_of_plain_documents() {
        check("apiVersion: v1\nkind: Job\nmetadata:\n  name: a\nspec:\n  kind: b\n", Some(("Job", None)));
        check("kind: Job\nmetadata:\n  annotations:\n    \"helm.sh/hook\": 'test,x'\n    a: 1\n", Some(("Job", Some("test,x"))));
        check(
            "kind: A\nspec:\n  annotations:\n    helm.sh/hook: b\nx:\n  metadata:\n    annotations:\n      helm.sh/hook: c\n",
            Some(("A", None)),
        );
        check("metadata: {}\n", Some(("", None)));
        check("apiVersion: 1\nmetadata:\n  name: 5\n", Some(("", None)));
    }

    // What the tree may see otherwise is left to it.
    #[test]
    fn other_heads_are_left_to_the_tree() {
        for text in [
            "kind: A\nkind: B\n",
            "Kind: A\n",
            "kind: 1\n",
            "kind:\n",
            "kind: |\n  A\n",
            "kind: []\n",
            "apiVersion: []\n",
            "metadata: a\n",
            "metadata:\n",
            "metadata:\n  name: {}\n",
            "metadata:\n  annotations:\n",
            "metadata:\n  annotations:\n    a: []\n",
            "metadata:\n  annotations:\n    a:\n      b: c\n",
            "metadata:\n  annotations:\n    helm.sh/hook:\n",
            "metadata:\n  annotations:\n    helm.sh/hook: a\n    helm.sh/hook: b\n",
            "metadata:\n  name: a\nmetadata:\n  name: b\n",
        ] {
            check(text, None);
        }
    }
}
