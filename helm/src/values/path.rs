//! Paths into values, as `helm --set` writes them, and patterns over them.
//!
//! In: text such as `service.ports[0].name` or `annotations.example\.com/owner`. Out: [`ValuePath`], [`PathPattern`].
//! Rules: `.` separates keys, `[n]` is an item of a list, `\` takes the next character as it stands. In a pattern a step `*` is any one
//! key or item, a step `**` any number of steps, none included; a key that is a star is written `\*`.
//! Not here: the values (`=...`) and lists (`,`) of `--set`.
//!
//! # Source
//! helm `pkg/strvals/parser.go`.

use std::fmt;
use std::str::FromStr;

/// The most bytes a path or pattern may have: a key of a real values file is far below.
pub const PATH_BYTES: usize = 4096;

/// The largest index of a list item.
///
/// # Source
/// helm `pkg/strvals/parser.go`, `MaxIndex`.
pub const INDEX: usize = 65_536;

/// One step into values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Into a map.
    Key(String),
    /// Into a list, from 0.
    Index(usize),
}

/// A path from the root of values to one of their parts; the empty path is the root.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ValuePath(Vec<Step>);

impl ValuePath {
    /// Returns the path of `steps`.
    #[must_use]
    pub fn new(steps: Vec<Step>) -> Self {
        Self(steps)
    }

    /// Returns the steps from the root.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }
}

/// Prints the text that reads back as the same path.
impl fmt::Display for ValuePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) => {
                    if place > 0 {
                        f.write_str(".")?;
                    }
                    write_key(f, key)?;
                }
            }
        }
        Ok(())
    }
}

fn write_key(f: &mut fmt::Formatter<'_>, key: &str) -> fmt::Result {
    use fmt::Write;
    if key == "*" || key == "**" {
        f.write_str("\\")?;
    }
    for c in key.chars() {
        if matches!(c, '.' | '[' | ']' | '\\' | ',' | '=') {
            f.write_str("\\")?;
        }
        f.write_char(c)?;
    }
    Ok(())
}

/// Why a text is no path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// A key is empty: two dots in a row, or one at an end.
    #[error("a key is empty at character {at}")]
    EmptyKey {
        /// Character from 1.
        at: usize,
    },
    /// What stands between brackets is no index up to [`INDEX`], or the bracket is not closed or not followed by `.` or `[`.
    #[error("no list index at character {at}, write `[0]` to `[{INDEX}]`")]
    Index {
        /// Character from 1.
        at: usize,
    },
    /// The text ends in a backslash.
    #[error("nothing follows the `\\` at the end")]
    Backslash,
    /// The text is longer than [`PATH_BYTES`].
    #[error("longer than {PATH_BYTES} bytes")]
    TooLong,
}

impl FromStr for ValuePath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let pieces = pieces(text)?;
        Ok(Self(pieces.into_iter().map(|piece| piece.step).collect()))
    }
}

/// One step of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum PatternStep {
    Exactly(Step),
    One,
    Any,
}

/// A pattern of paths, such as `image.repository` or `**.securityContext.**`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathPattern(Vec<PatternStep>);

impl PathPattern {
    /// Says whether the pattern covers `path` as a whole. Takes time in the product of their lengths, whatever the stars.
    #[must_use]
    pub fn matches(&self, path: &ValuePath) -> bool {
        // `reached[n]`: the first n pattern steps can cover the path up to here.
        let mut reached = vec![false; self.0.len() + 1];
        if let Some(first) = reached.first_mut() {
            *first = true;
        }
        self.skip_any(&mut reached);
        for step in path.steps() {
            let mut next = vec![false; reached.len()];
            for (place, pattern) in self.0.iter().enumerate().filter(|(place, _)| reached.get(*place) == Some(&true)) {
                let (covers, onward) = match pattern {
                    PatternStep::Exactly(wanted) => (wanted == step, place + 1),
                    PatternStep::One => (true, place + 1),
                    PatternStep::Any => (true, place),
                };
                if let (true, Some(slot)) = (covers, next.get_mut(onward)) {
                    *slot = true;
                }
            }
            self.skip_any(&mut next);
            reached = next;
        }
        reached.last() == Some(&true)
    }

    /// `**` covers no step as well.
    fn skip_any(&self, reached: &mut [bool]) {
        for (place, pattern) in self.0.iter().enumerate() {
            if *pattern == PatternStep::Any
                && reached.get(place) == Some(&true)
                && let Some(slot) = reached.get_mut(place + 1)
            {
                *slot = true;
            }
        }
    }
}

impl FromStr for PathPattern {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let steps = pieces(text)?.into_iter().map(|piece| match &piece.step {
            Step::Key(key) if !piece.escaped && key == "*" => PatternStep::One,
            Step::Key(key) if !piece.escaped && key == "**" => PatternStep::Any,
            _ => PatternStep::Exactly(piece.step),
        });
        Ok(Self(steps.collect()))
    }
}

/// A step with whether a backslash stood in it: an escaped star is no wildcard.
struct Piece {
    step: Step,
    escaped: bool,
}

fn pieces(text: &str) -> Result<Vec<Piece>, PathError> {
    if text.len() > PATH_BYTES {
        return Err(PathError::TooLong);
    }
    let mut found = Vec::new();
    let mut rest = text.chars().enumerate().peekable();
    let mut key_expected = !text.starts_with('[') && !text.is_empty();
    while key_expected || rest.peek().is_some() {
        if key_expected {
            found.push(key(&mut rest, text.chars().count())?);
            key_expected = false;
            continue;
        }
        match rest.next() {
            Some((_, '.')) => key_expected = true,
            Some((at, '[')) => found.push(index(&mut rest, at + 2)?),
            Some((at, _)) => return Err(PathError::Index { at: at + 1 }),
            None => {}
        }
    }
    Ok(found)
}

type Characters<'a> = std::iter::Peekable<std::iter::Enumerate<std::str::Chars<'a>>>;

fn key(rest: &mut Characters<'_>, length: usize) -> Result<Piece, PathError> {
    let start = rest.peek().map_or(length, |(at, _)| *at);
    let (mut key, mut escaped) = (String::new(), false);
    while let Some((_, c)) = rest.next_if(|(_, c)| !matches!(c, '.' | '[')) {
        if c == '\\' {
            escaped = true;
            key.push(rest.next().ok_or(PathError::Backslash)?.1);
        } else {
            key.push(c);
        }
    }
    if key.is_empty() {
        return Err(PathError::EmptyKey { at: start + 1 });
    }
    Ok(Piece { step: Step::Key(key), escaped })
}

fn index(rest: &mut Characters<'_>, at: usize) -> Result<Piece, PathError> {
    let mut digits = String::new();
    while let Some((_, c)) = rest.next_if(|(_, c)| c.is_ascii_digit()) {
        digits.push(c);
    }
    let closed = rest.next_if(|(_, c)| *c == ']').is_some();
    match digits.parse() {
        Ok(index) if closed && index <= INDEX => Ok(Piece { step: Step::Index(index), escaped: false }),
        _ => Err(PathError::Index { at }),
    }
}

#[cfg(test)]
mod tests;
