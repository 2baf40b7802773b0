//! Paths of values as `--set` writes them, and patterns over them.
//!
//! In: text such as `a.b\.c[0].d`. Out: [`ValuePath`], or [`PathPattern`] with `*` and `**`.
//! Rules: `.` parts keys, `[0]` is a place in a list, `\` takes the next character as it is. In a pattern `*` stands for one key,
//! `[*]` for one place, `**` for any number of either, none included.
//! Not here: looking values up, setting them.

use std::fmt::{self, Write as _};
use std::str::FromStr;

/// Steps of one path or pattern: as deep as any values the reader accepts.
pub const MAX_STEPS: usize = yaml::DEPTH_CEILING;

/// The highest place in a list, as in Helm (`pkg/strvals/parser.go`, `MaxIndex`).
pub const MAX_INDEX: usize = 65_536;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// To the value at a key.
    Key(String),
    /// To an item of a list, the first being 0.
    Index(usize),
}

/// The place of a value: at least one step, the first of them a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ValuePath {
    steps: Vec<Step>,
}

/// A set of paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathPattern {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Step(Step),
    AnyKey,
    AnyIndex,
    AnySteps,
}

/// Text that is no path. Places are bytes from the start of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// A key without a character, or no key where there must be one.
    #[error("a key is missing at byte {at}")]
    NoKey {
        /// Where it should stand.
        at: usize,
    },
    /// `\` as the last character.
    #[error("nothing follows the backslash at byte {at}")]
    NothingEscaped {
        /// Where the backslash stands.
        at: usize,
    },
    /// `,` or `=` end a path in `--set`: within a key they must be escaped.
    #[error("`,` and `=` must follow a backslash, unlike that at byte {at}")]
    EndsPath {
        /// Where it stands.
        at: usize,
    },
    /// Brackets without a number of at most [`MAX_INDEX`] in them.
    #[error("the brackets at byte {at} must hold a number of at most {MAX_INDEX}")]
    BadIndex {
        /// Where they open.
        at: usize,
    },
    /// Something else than `.` or `[` after brackets.
    #[error("`.` or `[` must follow the brackets at byte {at}")]
    NotParted {
        /// Where the text after the brackets begins.
        at: usize,
    },
    /// More than [`MAX_STEPS`].
    #[error("more than {MAX_STEPS} steps")]
    TooManySteps,
}

impl ValuePath {
    /// Returns the path of a value directly below the root.
    ///
    /// # Errors
    /// [`PathError::NoKey`] where `key` is empty: `--set` cannot name such a value.
    pub fn root(key: &str) -> Result<Self, PathError> {
        if key.is_empty() { Err(PathError::NoKey { at: 0 }) } else { Ok(Self { steps: vec![Step::Key(key.to_owned())] }) }
    }

    /// Returns the path one step further.
    ///
    /// # Errors
    /// [`PathError::NoKey`], [`PathError::TooManySteps`] where that is no path. An index may be past [`MAX_INDEX`], which only
    /// bounds what is read.
    pub fn join(&self, step: Step) -> Result<Self, PathError> {
        if matches!(&step, Step::Key(key) if key.is_empty()) {
            return Err(PathError::NoKey { at: self.to_string().len() });
        }
        if self.steps.len() >= MAX_STEPS {
            return Err(PathError::TooManySteps);
        }
        Ok(Self { steps: self.steps.iter().cloned().chain([step]).collect() })
    }

    /// Returns the steps from the root.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }
}

/// # Source
/// helm `pkg/strvals/parser.go`, `key`, `listItem` and `runesUntil`; stricter: `--set` drops a path it cannot follow to its end.
impl FromStr for ValuePath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let steps = parse(text)?.into_iter().map(|written| match written {
            Written::Key { text, .. } => Ok(Step::Key(text)),
            Written::Brackets { text, at } => index(text, at),
        });
        Ok(Self { steps: steps.collect::<Result<_, _>>()? })
    }
}

/// Writes the path so that it reads back as the same.
impl fmt::Display for ValuePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.steps.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) => {
                    if place > 0 {
                        f.write_char('.')?;
                    }
                    for character in key.chars() {
                        if matches!(character, '.' | '[' | ',' | '=' | '\\') {
                            f.write_char('\\')?;
                        }
                        f.write_char(character)?;
                    }
                }
            }
        }
        Ok(())
    }
}

impl PathPattern {
    /// Says whether `path` is in the set. Takes time in proportion to the steps of both, multiplied.
    #[must_use]
    pub fn matches(&self, path: &ValuePath) -> bool {
        // `reached` holds, for every number of parts, whether they match the steps taken so far.
        let mut reached = vec![true];
        reached.extend(self.parts.iter().scan(true, |open, part| {
            *open &= matches!(part, Part::AnySteps);
            Some(*open)
        }));
        for step in &path.steps {
            let mut next = vec![false];
            let mut last = false;
            for (part, pair) in self.parts.iter().zip(reached.windows(2)) {
                let &[before, after] = pair else { continue };
                last = match part {
                    Part::AnySteps => last || after,
                    Part::AnyKey => before && matches!(step, Step::Key(_)),
                    Part::AnyIndex => before && matches!(step, Step::Index(_)),
                    Part::Step(own) => before && own == step,
                };
                next.push(last);
            }
            reached = next;
        }
        reached.last().copied().unwrap_or(false)
    }
}

/// Reads a path in which `*`, `[*]` and `**` are wildcards; `\*` is the key of that name, and so is a star beside other characters.
impl FromStr for PathPattern {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let parts = parse(text)?.into_iter().map(|written| match written {
            Written::Key { text, escaped: false } if text == "*" => Ok(Part::AnyKey),
            Written::Key { text, escaped: false } if text == "**" => Ok(Part::AnySteps),
            Written::Key { text, .. } => Ok(Part::Step(Step::Key(text))),
            Written::Brackets { text: "*", .. } => Ok(Part::AnyIndex),
            Written::Brackets { text, at } => index(text, at).map(Part::Step),
        });
        Ok(Self { parts: parts.collect::<Result<_, _>>()? })
    }
}

/// A step as it is written.
enum Written<'a> {
    Key { text: String, escaped: bool },
    Brackets { text: &'a str, at: usize },
}

/// Parts text into steps.
fn parse(text: &str) -> Result<Vec<Written<'_>>, PathError> {
    let mut steps = Vec::new();
    let mut at = 0;
    loop {
        let (key, length) = key(text, at)?;
        steps.push(key);
        at += length;
        while let Some(inside) = text.get(at..).and_then(|rest| rest.strip_prefix('[')) {
            let (inside, _) = inside.split_once(']').ok_or(PathError::BadIndex { at })?;
            steps.push(Written::Brackets { text: inside, at });
            at += inside.len() + "[]".len();
            if steps.len() > MAX_STEPS {
                return Err(PathError::TooManySteps);
            }
        }
        if steps.len() > MAX_STEPS {
            return Err(PathError::TooManySteps);
        }
        match text.as_bytes().get(at) {
            None => return Ok(steps),
            Some(b'.') => at += 1,
            Some(b',' | b'=') => return Err(PathError::EndsPath { at }),
            Some(_) => return Err(PathError::NotParted { at }),
        }
    }
}

/// Reads the key at `start`; returns it with the bytes it takes, up to what ends it.
fn key(text: &str, start: usize) -> Result<(Written<'_>, usize), PathError> {
    let rest = text.get(start..).unwrap_or_default();
    let (mut key, mut escaped) = (String::new(), false);
    let mut characters = rest.char_indices();
    let length = loop {
        match characters.next() {
            None => break rest.len(),
            Some((at, '.' | '[' | ',' | '=')) => break at,
            Some((at, '\\')) => {
                let (_, character) = characters.next().ok_or(PathError::NothingEscaped { at: start + at })?;
                key.push(character);
                escaped = true;
            }
            Some((_, character)) => key.push(character),
        }
    };
    if key.is_empty() { Err(PathError::NoKey { at: start }) } else { Ok((Written::Key { text: key, escaped }, length)) }
}

/// Reads what stands in brackets.
fn index(text: &str, at: usize) -> Result<Step, PathError> {
    // `parse` of the standard library would take a sign.
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let index = text.parse().ok().filter(|index| digits && *index <= MAX_INDEX);
    index.map(Step::Index).ok_or(PathError::BadIndex { at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: Result<&[Step], PathError>) {
        let read = text.parse::<ValuePath>();
        assert_eq!(read.as_ref().map(ValuePath::steps), expected.as_ref().map(|steps| *steps), "`{text}`");
        if let Ok(path) = read {
            assert_eq!(path.to_string(), text);
        }
    }

    fn key(text: &str) -> Step {
        Step::Key(text.to_owned())
    }

    // Keys, places and escapes read as in `--set`, and write back as they were.
    #[test]
    fn paths_read() {
        check("a", Ok(&[key("a")]));
        check("a.b\\.c[0].d", Ok(&[key("a"), key("b.c"), Step::Index(0), key("d")]));
        check("a[1][2]", Ok(&[key("a"), Step::Index(1), Step::Index(2)]));
        check("kubernetes\\.io/role\\=x\\,y\\[0].ü]{*}", Ok(&[key("kubernetes.io/role=x,y[0]"), key("ü]{*}")]));
        check("a\\\\b", Ok(&[key("a\\b")]));
    }

    // What is no path is refused, with the place.
    #[test]
    fn broken_paths_are_refused() {
        check("", Err(PathError::NoKey { at: 0 }));
        check("a.", Err(PathError::NoKey { at: 2 }));
        check("a..b", Err(PathError::NoKey { at: 2 }));
        check("[0]", Err(PathError::NoKey { at: 0 }));
        check("a\\", Err(PathError::NothingEscaped { at: 1 }));
        check("a=b", Err(PathError::EndsPath { at: 1 }));
        check("a[0],b", Err(PathError::EndsPath { at: 4 }));
        check("a[0]b", Err(PathError::NotParted { at: 4 }));
        for brackets in ["[", "[]", "[+1]", "[-1]", "[ 1]", "[*]", "[99999999999999999999]"] {
            check(&format!("a{brackets}"), Err(PathError::BadIndex { at: 1 }));
        }
    }

    // The limits themselves are accepted, one more is not.
    #[test]
    fn limits_are_inclusive() {
        check(&format!("a[{MAX_INDEX}]"), Ok(&[key("a"), Step::Index(MAX_INDEX)]));
        check(&format!("a[{}]", MAX_INDEX + 1), Err(PathError::BadIndex { at: 1 }));
        let steps = vec![key("a"); MAX_STEPS];
        let longest = vec!["a"; MAX_STEPS].join(".");
        check(&longest, Ok(&steps));
        check(&format!("{longest}.a"), Err(PathError::TooManySteps));
        check(&format!("{longest}[0]"), Err(PathError::TooManySteps));
        assert_eq!(longest.parse::<ValuePath>().unwrap().join(key("a")), Err(PathError::TooManySteps));
    }

    // Built step by step, a path is the one that reads the same; empty keys have no path.
    #[test]
    fn paths_are_built() {
        let path = ValuePath::root("a.b").unwrap().join(Step::Index(3)).unwrap().join(key("c")).unwrap();
        assert_eq!(path, "a\\.b[3].c".parse().unwrap());
        assert_eq!(ValuePath::root(""), Err(PathError::NoKey { at: 0 }));
        assert_eq!(path.join(key("")), Err(PathError::NoKey { at: 9 }));
    }

    #[track_caller]
    fn check_pattern(pattern: &str, inside: &[&str], outside: &[&str]) {
        let read = pattern.parse::<PathPattern>().unwrap();
        for (paths, expected) in [(inside, true), (outside, false)] {
            for path in paths {
                assert_eq!(read.matches(&path.parse().unwrap()), expected, "`{pattern}` on `{path}`");
            }
        }
    }

    // Each wildcard stands for what it should and nothing else.
    #[test]
    fn patterns_match() {
        check_pattern("a.b", &["a.b"], &["a", "a.b.c", "b.a", "a[0].b"]);
        check_pattern("a.*", &["a.b", "a.*"], &["a", "a[0]", "a.b.c"]);
        check_pattern("a[*].b", &["a[0].b", "a[7].b"], &["a.x.b", "a.b"]);
        check_pattern("a.\\*", &["a.*"], &["a.b"]);
        check_pattern("a.b*", &["a.b*"], &["a.bc"]);
        check_pattern("a.**", &["a", "a.b", "a[0].b.c"], &["b", "b.a"]);
        check_pattern("**", &["a", "a.b[0]"], &[]);
        check_pattern("**.**", &["a", "a.b[0]"], &[]);
        check_pattern("**.b.**", &["b", "a.b", "b.c", "a[0].x.b.c.d"], &["a", "a.c", "a.bb"]);
        check_pattern("a.**.b.*.c", &["a.b.x.c", "a.b.b.b.c", "a.y[0].b.x.c"], &["a.b.c", "a.b.x.c.d"]);
    }

    proptest! {
        // Whatever the keys, a path reads back as itself, and is in the set it spells unless a key is a star.
        #[test]
        fn paths_round_trip(first in "[^*]{1,8}", rest in proptest::collection::vec(prop_oneof![
            "[^*]{1,8}".prop_map(Step::Key), (0..=MAX_INDEX).prop_map(Step::Index)], 0..6)) {
            let mut path = ValuePath::root(&first).unwrap();
            for step in rest {
                path = path.join(step).unwrap();
            }
            let text = path.to_string();
            prop_assert_eq!(text.parse::<ValuePath>(), Ok(path.clone()));
            prop_assert!(text.parse::<PathPattern>().unwrap().matches(&path));
        }

        // No text makes the reader panic, and what it takes it writes back to the same path.
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}") {
            if let Ok(path) = text.parse::<ValuePath>() {
                prop_assert_eq!(path.to_string().parse::<ValuePath>(), Ok(path));
            }
        }
    }
}
