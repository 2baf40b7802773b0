//! Wildcards: texts in settings in which `*` stands for any text.
//!
//! In: `shop-*`. Out: whether another text is of that form.
//! Rules: `*` also stands for nothing; everything else stands for itself. The whole text must fit.

/// Returns whether a text is what a pattern says.
#[must_use]
pub fn fits(pattern: &str, text: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut rest) = text.strip_prefix(head) else {
        return false;
    };
    // The pieces between two stars are found where they come first: that leaves the most text for those behind them.
    let (middle, last) = tail.rsplit_once('*').unwrap_or(("", tail));
    for piece in middle.split('*') {
        match rest.split_once(piece) {
            Some((_skipped, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Returns whether a text is what one of some patterns says.
#[must_use]
pub fn fits_any(patterns: &[String], text: &str) -> bool {
    patterns.iter().any(|pattern| fits(pattern, text))
}

#[cfg(test)]
mod tests {
    use super::{fits, fits_any};

    fn check(pattern: &str, text: &str, want: bool) {
        assert_eq!(fits(pattern, text), want, "{pattern} {text}");
    }

    /// `*` stands for any text, also for none; everything else for itself.
    #[test]
    fn patterns_fit() {
        for (pattern, text) in
            [("*", ""), ("*", "a"), ("a", "a"), ("a*", "a"), ("*-db", "shop-db"), ("a*b*c", "aXbYbc"), ("**", "a"), ("*a", "aa")]
        {
            check(pattern, text, true);
        }
        for (pattern, text) in [("", "a"), ("a", "ab"), ("a*", "ba"), ("*-db", "shop-db-2"), ("a*a", "a"), ("a*b*c", "acb")] {
            check(pattern, text, false);
        }
    }

    /// One pattern of several is enough; of none, none fits.
    #[test]
    fn one_of_several_is_enough() {
        let patterns = ["a-*".to_owned(), "b".to_owned()];
        assert!(fits_any(&patterns, "b") && !fits_any(&patterns, "c") && !fits_any(&[], ""));
    }
}
