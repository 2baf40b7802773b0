//! Patterns: paths of values as Helm's `--set` writes them, with wildcards.
//!
//! In: `image.repository`, `ports[0].name`, `a\.b.c`, `*` (one key or index), `**` (any number of them). Out: [`Pattern`].
//! Rules: a leaf meets a pattern where the pattern points, below it, or in place of a map that leads there ([`Touch`]).

use std::fmt;

use serde::Deserialize;

/// Most steps of a pattern: a place before, between or behind them is a bit of one number. Values are not nested deeper by people.
pub const STEPS_LIMIT: usize = 62;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// A key of a map.
    Key(String),
    /// An index of a list.
    Index(usize),
}

/// A pattern of paths.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize, schemars::JsonSchema), serde(into = "String"))]
#[serde(try_from = "String")]
pub struct Pattern(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Exactly(Segment),
    One,
    Any,
}

/// How setting a leaf meets a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touch {
    /// Not at all.
    Not,
    /// It takes the place of a map that leads to where the pattern points, and so removes what stands there.
    Above,
    /// It stands where the pattern points, or below.
    Within,
}

impl Pattern {
    /// Returns how setting a leaf (a scalar, null or a list) at `path` meets what the pattern points at.
    #[must_use]
    pub fn touch(&self, path: &[Segment]) -> Touch {
        // The pattern's positions that the path so far may have reached, a bit for each.
        let mut reached = self.closure(1);
        let end = 1 << self.0.len();
        for (steps, segment) in path.iter().enumerate() {
            if reached & end != 0 {
                return if steps > 0 { Touch::Within } else { Touch::Not };
            }
            let mut next = 0;
            for (at, step) in self.0.iter().enumerate().filter(|(at, _step)| reached & (1 << at) != 0) {
                next |= match step {
                    Step::Any => 1 << at,
                    Step::One => 2 << at,
                    Step::Exactly(wanted) if wanted == segment => 2 << at,
                    Step::Exactly(_) => 0,
                };
            }
            reached = self.closure(next);
            if reached == 0 {
                return Touch::Not;
            }
        }
        // `image: null` takes away `image.repository`. Behind `**` anything might follow, so there it does not count: only
        // steps that took one segment each lead somewhere.
        let leads_there = !path.is_empty()
            && path.len() < self.0.len()
            && reached & (1 << path.len()) != 0
            && !self.0.iter().take(path.len()).any(|step| *step == Step::Any);
        if reached & end != 0 {
            Touch::Within
        } else if leads_there {
            Touch::Above
        } else {
            Touch::Not
        }
    }

    /// `**` may stand for nothing, so whoever reached it has reached what follows it too. No two of them stand side by side.
    fn closure(&self, reached: u64) -> u64 {
        let any = self.0.iter().enumerate().filter(|(_at, step)| **step == Step::Any);
        any.fold(reached, |all, (at, _step)| if all & (1 << at) != 0 { all | (2 << at) } else { all })
    }

    /// Reads a pattern.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Pattern, String> {
        let mut steps = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (step, after) = if let Some(index) = rest.strip_prefix('[') { index_step(index)? } else { key_step(rest)? };
            if !(step == Step::Any && steps.last() == Some(&Step::Any)) {
                steps.push(step);
            }
            rest = match after.strip_prefix('.') {
                Some("") => return Err("ends with a dot".to_owned()),
                Some(after) => after,
                None if after.is_empty() || after.starts_with('[') => after,
                None => return Err("an index is followed by a dot, another index or nothing".to_owned()),
            };
        }
        if steps.is_empty() {
            return Err("is empty".to_owned());
        }
        if steps.len() > STEPS_LIMIT {
            return Err(format!("has more than {STEPS_LIMIT} steps"));
        }
        if steps == [Step::Any] {
            return Err("`**` alone would speak of everything; name a key".to_owned());
        }
        Ok(Pattern(steps))
    }
}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(text: String) -> Result<Pattern, String> {
        Pattern::parse(&text).map_err(|problem| format!("path `{text}` {problem}"))
    }
}

/// The pattern as settings write it.
#[cfg(test)]
impl From<Pattern> for String {
    fn from(pattern: Pattern) -> String {
        let mut text = String::new();
        for step in pattern.0 {
            let written = match step {
                Step::Exactly(segment) => segment.to_string(),
                Step::One => "*".to_owned(),
                Step::Any => "**".to_owned(),
            };
            let dot = if text.is_empty() || written.starts_with('[') { "" } else { "." };
            text.push_str(dot);
            text.push_str(&written);
        }
        text
    }
}

fn index_step(text: &str) -> Result<(Step, &str), String> {
    let (index, after) = text.split_once(']').ok_or("has `[` without `]`")?;
    if index == "*" {
        return Ok((Step::One, after));
    }
    let index = index.parse().map_err(|_not_a_number| format!("has `[{index}]`, which is no index"))?;
    Ok((Step::Exactly(Segment::Index(index)), after))
}

fn key_step(text: &str) -> Result<(Step, &str), String> {
    let mut key = String::new();
    let mut escaped = false;
    let mut end = text.len();
    for (at, character) in text.char_indices() {
        match character {
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            '.' | '[' if !escaped => {
                end = at;
                break;
            }
            _ => key.push(character),
        }
        escaped = false;
    }
    let (written, after) = text.split_at_checked(end).unwrap_or((text, ""));
    match (written, key.is_empty()) {
        (_, true) => Err("has an empty key".to_owned()),
        _ if escaped => Err("ends with a backslash".to_owned()),
        ("*", _) => Ok((Step::One, after)),
        ("**", _) => Ok((Step::Any, after)),
        _ => Ok((Step::Exactly(Segment::Key(key)), after)),
    }
}

/// Returns a path as `--set` writes it.
#[must_use]
pub fn written(path: &[Segment]) -> String {
    let mut text = String::new();
    for segment in path {
        let dot = if text.is_empty() || matches!(segment, Segment::Index(_)) { "" } else { "." };
        text.push_str(dot);
        text.push_str(&segment.to_string());
    }
    text
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Segment::Key(key) => f.write_str(&key.replace('\\', "\\\\").replace('.', "\\.").replace('[', "\\[")),
            Segment::Index(index) => write!(f, "[{index}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Pattern, STEPS_LIMIT, Segment, Touch, written};

    /// A path in a form that is easy to write: segments that are numbers are indices.
    fn path(segments: &[&str]) -> Vec<Segment> {
        let segment = |text: &&str| text.parse().map_or_else(|_no_number| Segment::Key((*text).to_owned()), Segment::Index);
        segments.iter().map(segment).collect()
    }

    /// Checks paths within the pattern, above it, and elsewhere.
    fn check(pattern: &str, within: &[&[&str]], above: &[&[&str]], elsewhere: &[&[&str]]) {
        let parsed = Pattern::parse(pattern).unwrap();
        for (cases, want) in [(within, Touch::Within), (above, Touch::Above), (elsewhere, Touch::Not)] {
            for segments in cases {
                assert_eq!(parsed.touch(&path(segments)), want, "{pattern} {segments:?}");
            }
        }
    }

    fn check_refused(pattern: &str, want: &str) {
        assert_eq!(Pattern::parse(pattern).unwrap_err(), want, "{pattern}");
    }

    /// A pattern is met where it points, below it, and by what replaces a map that leads there.
    #[test]
    fn a_plain_pattern() {
        let within: [&[&str]; 2] = [&["image", "repository"], &["image", "repository", "x"]];
        check("image.repository", &within, &[&["image"]], &[&["image", "tag"], &["repository"], &["images", "repository"], &[]]);
    }

    /// `*` is one key or index; `**` is any number of them, also none.
    #[test]
    fn wildcards() {
        check("*.image", &[&["a", "image"], &["0", "image", "tag"]], &[&["a"]], &[&["image", "tag"], &["a", "b", "image"]]);
        check("a.**.z", &[&["a", "z"], &["a", "b", "z"], &["a", "0", "c", "z", "y"]], &[&["a"]], &[&["a", "b"], &["b", "z"]]);
        let within: [&[&str]; 3] =
            [&["securityContext"], &["pod", "securityContext", "runAsUser"], &["sidecars", "0", "securityContext"]];
        check("**.securityContext.**", &within, &[], &[&["pod"], &["context"], &[]]);
        assert_eq!(Pattern::parse("**.**.a").unwrap(), Pattern::parse("**.a").unwrap());
    }

    /// Indices and escaped keys are written as Helm's `--set` writes them.
    #[test]
    fn indices_and_escapes() {
        check("ports[0].name", &[&["ports", "0", "name"]], &[&["ports"], &["ports", "0"]], &[&["ports", "1", "name"]]);
        check("ports[*].name", &[&["ports", "7", "name"]], &[], &[&["ports", "7", "port"]]);
        check(
            r"annotations.example\.com/role",
            &[&["annotations", "example.com/role"]],
            &[],
            &[&["annotations", "example", "com/role"]],
        );
        assert_eq!(written(&path(&["annotations", "example.com/role", "0", "a"])), r"annotations.example\.com/role[0].a");
    }

    /// A pattern that says nothing, or everything, is an error.
    #[test]
    fn slips_are_refused() {
        check_refused("", "is empty");
        check_refused("**", "`**` alone would speak of everything; name a key");
        check_refused("**.**", "`**` alone would speak of everything; name a key");
        check_refused("a..b", "has an empty key");
        check_refused(".a", "has an empty key");
        check_refused("a.", "ends with a dot");
        check_refused("a[0", "has `[` without `]`");
        check_refused("a[x]", "has `[x]`, which is no index");
        check_refused("a[0]b", "an index is followed by a dot, another index or nothing");
        check_refused(r"a\", "ends with a backslash");
    }

    /// The longest pattern is met where it points; one step more is refused.
    #[test]
    fn patterns_have_a_length() {
        let long = vec!["a"; STEPS_LIMIT];
        check(&long.join("."), &[&long], &[&long[1..]], &[&["b"]]);
        let longest = vec!["**.a"; STEPS_LIMIT / 2].join(".");
        check(&longest, &[&long], &[], &[&long[..STEPS_LIMIT / 2 - 1]]);
        check_refused(&format!("{}.a", long.join(".")), "has more than 62 steps");
    }
}
