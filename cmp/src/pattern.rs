//! Pattern: a text in which `*` stands for any text.
//!
//! Rules: all of a text must fit; everything but `*` stands for itself; time is linear in the text for each star.

/// A pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// Returns the pattern written as `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Returns the pattern as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Says whether a text is what the pattern says.
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        let Some((head, tail)) = self.0.split_once('*') else { return self.0 == text };
        let Some(mut rest) = text.strip_prefix(head) else { return false };
        // The pieces between two stars are found where they come first: that leaves the most text for those behind them.
        let mut pieces: Vec<&str> = tail.split('*').collect();
        let last = pieces.pop().unwrap_or_default();
        for piece in pieces {
            match rest.split_once(piece) {
                Some((_skipped, after)) => rest = after,
                None => return false,
            }
        }
        rest.ends_with(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, expected: bool) {
        assert_eq!(Pattern::new(pattern).fits(text), expected, "{pattern} {text}");
    }

    // `*` stands for any text, also for none; everything else for itself.
    #[test]
    fn stars_stand_for_text() {
        for (pattern, text) in [("*", ""), ("*", "a"), ("a", "a"), ("a*", "a"), ("a*b*c", "aXbYbc"), ("**", "a"), ("*a", "aa")] {
            check(pattern, text, true);
        }
        check("/spec/*/image", "/spec/template/spec/containers/0/image", true);
        for (pattern, text) in [("", "a"), ("a", "ab"), ("a*", "ba"), ("*-db", "shop-db-2"), ("a*a", "a"), ("a*b*c", "acb")] {
            check(pattern, text, false);
        }
    }
}
