//! Where in the tree the walk stands: once as SOPS authenticates it, once as people read it.

use std::fmt::Write as _;

/// The way from the root to a node.
#[derive(Debug, Default)]
pub(crate) struct Path {
    authenticated: String,
    shown: String,
}

/// How long a [`Path`] was, to return to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    authenticated: usize,
    shown: usize,
}

impl Path {
    /// Goes down to a key.
    pub(crate) fn enter_key(&mut self, key: &str) -> Mark {
        let mark = self.mark();
        self.authenticated.push_str(key);
        self.authenticated.push(':');
        if !self.shown.is_empty() {
            self.shown.push('.');
        }
        for character in key.chars() {
            if matches!(character, '.' | '[' | ']' | '\\') {
                self.shown.push('\\');
            }
            self.shown.push(character);
        }
        mark
    }

    /// Goes down to an item of a list. SOPS does not authenticate the index.
    pub(crate) fn enter_item(&mut self, index: usize) -> Mark {
        let mark = self.mark();
        // Writing to a `String` cannot fail.
        let _ = write!(self.shown, "[{index}]");
        mark
    }

    /// Goes back to where `mark` was taken.
    pub(crate) fn leave(&mut self, mark: Mark) {
        self.authenticated.truncate(mark.authenticated);
        self.shown.truncate(mark.shown);
    }

    /// Returns the additional data of a value here: keys, each followed by a colon.
    ///
    /// # Source
    /// SOPS `sops.go`, `Tree.Decrypt`; `aes/cipher.go`.
    pub(crate) fn authenticated(&self) -> &str {
        &self.authenticated
    }

    /// Returns the path as Helm's `--set` writes it: `db.users[0].password`.
    pub(crate) fn shown(&self) -> String {
        self.shown.clone()
    }

    fn mark(&self) -> Mark {
        Mark { authenticated: self.authenticated.len(), shown: self.shown.len() }
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    /// Indices are shown and not authenticated; dots and brackets of keys are escaped; leaving undoes entering.
    #[test]
    fn both_forms_follow_the_walk() {
        let mut path = Path::default();
        let _ = path.enter_key("a.b");
        let list = path.enter_key("l");
        let _ = path.enter_item(3);
        let _ = path.enter_key("x");
        assert_eq!((path.authenticated(), path.shown().as_str()), ("a.b:l:x:", r"a\.b.l[3].x"));
        path.leave(list);
        assert_eq!((path.authenticated(), path.shown().as_str()), ("a.b:", r"a\.b"));
    }
}
