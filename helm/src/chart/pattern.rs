//! Patterns of file names as Go's `path/filepath` has them: `*`, `?`, `[a-z]`, `\`.
//!
//! In: a pattern, then paths. Out: whether a whole path matches. Rules: `*` and `?` do not match `/`; a class may; matching takes
//! at most pattern times path steps.
//! Not here: which part of a path a rule looks at (`ignore`).

/// A pattern, checked.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(Shape);

/// The forms of patterns: the first two are nearly all of those that people write, and every rule is tried on every file.
#[derive(Clone, Debug)]
enum Shape {
    /// A name.
    Exact(String),
    /// `*`, and how the name ends.
    Ending(String),
    /// Anything else.
    Pieces(Vec<Piece>),
}

impl Shape {
    fn of(pieces: Vec<Piece>) -> Self {
        let literals = |pieces: &[Piece]| {
            let literal = |piece: &Piece| if let Piece::Literal(own) = piece { Some(*own) } else { None };
            pieces.iter().map(literal).collect::<Option<String>>()
        };
        if let Some(name) = literals(&pieces) {
            return Self::Exact(name);
        }
        match pieces.split_first() {
            Some((Piece::Stretch, rest)) => literals(rest).map_or(Self::Pieces(pieces), Self::Ending),
            _ => Self::Pieces(pieces),
        }
    }
}

/// One part of a pattern.
#[derive(Clone, Debug)]
enum Piece {
    /// `*`.
    Stretch,
    /// `?`.
    Any,
    /// A character that stands for itself.
    Literal(char),
    /// `[..]`.
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl Piece {
    fn accepts(&self, character: char) -> bool {
        match self {
            Self::Stretch => false,
            Self::Any => character != '/',
            Self::Literal(own) => *own == character,
            Self::Class { negated, ranges } => ranges.iter().any(|(low, high)| (*low..=*high).contains(&character)) != *negated,
        }
    }
}

impl Pattern {
    /// Returns the pattern `text` is.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    ///
    /// # Source
    /// Go `internal/filepathlite` and `path/filepath/match.go`, `Match`, `scanChunk`, `getEsc`.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let mut pieces = Vec::new();
        let mut rest = text.chars().peekable();
        while let Some(character) = rest.next() {
            pieces.push(match character {
                '*' => Piece::Stretch,
                '?' => Piece::Any,
                '[' => class(&mut rest)?,
                '\\' => Piece::Literal(rest.next().ok_or("it ends in a backslash")?),
                other => Piece::Literal(other),
            });
        }
        Ok(Self(Shape::of(pieces)))
    }

    /// Says whether the whole of `path` matches.
    pub(crate) fn matches(&self, path: &str) -> bool {
        match &self.0 {
            Shape::Exact(name) => name == path,
            Shape::Ending(end) => path.strip_suffix(end.as_str()).is_some_and(|stretch| !stretch.contains('/')),
            Shape::Pieces(pieces) => Self::walk(pieces, path),
        }
    }

    fn walk(mut pieces: &[Piece], path: &str) -> bool {
        let mut rest = path.chars();
        // Where the last stretch ends so far: what follows it in the pattern, and the text there.
        let mut retry: Option<(&[Piece], std::str::Chars<'_>)> = None;
        loop {
            if let Some((Piece::Stretch, after)) = pieces.split_first() {
                pieces = after;
                retry = Some((after, rest.clone()));
                continue;
            }
            let mut next = rest.clone();
            match (pieces.split_first(), next.next()) {
                (None, None) => return true,
                (Some((piece, after)), Some(character)) if piece.accepts(character) => {
                    pieces = after;
                    rest = next;
                }
                _ => {
                    let Some((after, mut from)) = retry.take() else { return false };
                    match from.next() {
                        None | Some('/') => return false,
                        Some(_) => {}
                    }
                    pieces = after;
                    rest = from.clone();
                    retry = Some((after, from));
                }
            }
        }
    }
}

/// Returns the class after its `[`.
fn class(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Piece, &'static str> {
    let negated = rest.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        if !ranges.is_empty() && rest.next_if_eq(&']').is_some() {
            return Ok(Piece::Class { negated, ranges });
        }
        let low = bound(rest)?;
        let high = if rest.next_if_eq(&'-').is_some() { bound(rest)? } else { low };
        ranges.push((low, high));
    }
}

/// Returns one character of a class.
fn bound(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<char, &'static str> {
    match rest.next() {
        None => Err("a `[` is not closed"),
        Some('-' | ']') => Err("a class needs characters before `-` and `]`"),
        Some('\\') => rest.next().ok_or("a `[` is not closed"),
        Some(other) => Ok(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, path: &str, expected: bool) {
        assert_eq!(Pattern::parse(pattern).unwrap().matches(path), expected, "`{pattern}` on `{path}`");
    }

    // A stretch stays within one part of a path.
    #[test]
    fn stretches_end_at_slashes() {
        check("*", "abc", true);
        check("*", "", true);
        check("*", "a/c", false);
        check("a*c", "abbc", true);
        check("a*", "a/b", false);
        check("a*/b", "abc/b", true);
        check("*b*d", "abcbd", true);
        check("*b*d", "abcbde", false);
        check("a?c", "a/c", false);
        check("a?c", "aéc", true);
        check("*.md", "b/a.md", false);
        check("*.md", ".md", true);
        check("*.md", "md", false);
    }

    // A class has ranges, and may be negated; it can match a slash.
    #[test]
    fn classes_match_by_range() {
        check("[a-c]x", "bx", true);
        check("[^a-c]x", "bx", false);
        check("a[^b]c", "a/c", true);
        check("[\\-x]", "-", true);
        check("[a\\]]", "]", true);
        check("\\*", "*", true);
        check("\\*", "a", false);
    }

    // What Go calls a bad pattern is refused when it is parsed.
    #[test]
    fn bad_patterns_are_refused() {
        for bad in ["[", "[]a]", "[a", "[-x]", "[x-]", "a\\", "[a\\"] {
            assert!(Pattern::parse(bad).is_err(), "`{bad}`");
        }
    }

    // Many stretches cost pattern times path, not more.
    #[test]
    fn many_stretches_are_cheap() {
        let pattern = "a*".repeat(200) + "b";
        check(&pattern, &"a".repeat(4000), false);
    }
}
