//! Patterns: paths of values as Helm's `--set` writes them, with wildcards.
//!
//! In: `image.repository`, `ports[0].name`, `a\.b.c`, `*` (one key or index), `**` (any number of them). Out: [`Pattern`].
//! Rules: a leaf touches a pattern if it stands where the pattern points, below it, or in place of a map that leads there.

use std::fmt;

use serde::Deserialize;

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
#[serde(try_from = "String")]
pub struct Pattern(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Exactly(Segment),
    One,
    Any,
}

impl Pattern {
    /// Returns the pattern of one path of keys.
    #[must_use]
    pub fn of_keys(keys: &[&str]) -> Pattern {
        Pattern(keys.iter().map(|key| Step::Exactly(Segment::Key((*key).to_owned()))).collect())
    }

    /// Returns the pattern of a key at any depth and all below it.
    #[must_use]
    pub fn anywhere(key: &str) -> Pattern {
        Pattern(vec![Step::Any, Step::Exactly(Segment::Key(key.to_owned())), Step::Any])
    }

    /// Returns whether setting a leaf (a scalar, null or a list) at `path` sets something that the pattern points at.
    #[must_use]
    pub fn touches(&self, path: &[Segment]) -> bool {
        // The pattern's positions that the path so far may have reached.
        let mut reached = closure(&self.0, vec![0]);
        for (steps, segment) in path.iter().enumerate() {
            if reached.contains(&self.0.len()) {
                return steps > 0;
            }
            let mut next = Vec::new();
            for at in reached {
                match self.0.get(at) {
                    Some(Step::Any) => next.push(at),
                    Some(Step::One) => next.push(at + 1),
                    Some(Step::Exactly(wanted)) if wanted == segment => next.push(at + 1),
                    Some(Step::Exactly(_)) | None => {}
                }
            }
            reached = closure(&self.0, next);
        }
        // `image: null` takes away `image.repository`. Behind `**` anything might follow, so there it does not count.
        reached.iter().any(|at| *at == self.0.len() || (*at > 0 && !self.0.iter().take(*at).any(|step| *step == Step::Any)))
    }

    fn parse(text: &str) -> Result<Pattern, String> {
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

// `**` may stand for nothing, so whoever reached it has reached what follows it too.
fn closure(steps: &[Step], reached: Vec<usize>) -> Vec<usize> {
    let mut all: Vec<usize> = Vec::with_capacity(reached.len());
    for mut at in reached {
        while !all.contains(&at) {
            all.push(at);
            if steps.get(at) == Some(&Step::Any) {
                at += 1;
            }
        }
    }
    all
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
