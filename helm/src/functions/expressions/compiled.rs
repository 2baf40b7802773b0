//! Compiled regular expressions of one render.
//!
//! In: patterns in Go's syntax. Out: what matches them, compiled once for as long as it is kept.
//! Rules: a template that loops compiles each of its patterns once; what is kept is bounded.
//! Not here: the syntax (`translate`), bounds on the text that is searched.

use std::collections::BTreeMap;
use std::rc::Rc;

use regex::{Regex, RegexBuilder};

use super::translate::{Malformed, translate};
use crate::meter;

/// Bytes a pattern may have: the longest of public charts are some hundred.
pub(super) const PATTERN_BYTES: usize = 8 << 10;
/// Bytes a compiled pattern may take: those of charts take some thousands, and a template may compile one in every step.
const PROGRAM_BYTES: usize = 1 << 18;
/// Depth of nodes the compiler accepts: a group of [`super::translate::GROUPS`] makes several.
const NODES: u32 = 1000;
/// Patterns that are kept: those of one chart are some ten. With what their searches keep they take some megabytes each at most.
const KEPT: usize = 16;

/// Steps it takes to compile the smallest pattern.
const COMPILED_STEPS: usize = 50;
/// Steps a byte of a pattern adds.
const BYTE_STEPS: usize = 4;
/// Steps a class of many ranges adds.
const CLASS_STEPS: usize = 500;
/// How much a counted repetition adds to all of it, in the worst case that its program may have.
const REPEATED: usize = 16;

/// A pattern that can be run.
#[derive(Debug)]
pub(super) struct Expression {
    /// What matches.
    pub(super) regex: Regex,
    /// The names of its groups, as Go has them.
    pub(super) names: Vec<Option<String>>,
}

/// The patterns a render has compiled.
#[derive(Debug, Default)]
pub struct Expressions {
    kept: BTreeMap<String, Rc<Expression>>,
}

impl Expressions {
    /// Returns what matches a pattern.
    ///
    /// # Errors
    /// [`Malformed`] where Go has no such expression.
    pub(super) fn of(&mut self, pattern: &str) -> Result<Rc<Expression>, Malformed> {
        if let Some(expression) = self.kept.get(pattern) {
            return Ok(Rc::clone(expression));
        }
        let expression = Rc::new(compile(pattern)?);
        if self.kept.len() == KEPT {
            self.kept.clear();
        }
        self.kept.insert(pattern.to_owned(), Rc::clone(&expression));
        Ok(expression)
    }
}

fn compile(pattern: &str) -> Result<Expression, Malformed> {
    meter::work(steps_to_compile(pattern));
    let translated = translate(pattern)?;
    match RegexBuilder::new(&translated.pattern).size_limit(PROGRAM_BYTES).nest_limit(NODES).build() {
        Ok(regex) => Ok(Expression { regex, names: translated.names }),
        Err(_) => Err(Malformed::new("expression too large", pattern)),
    }
}

/// Returns what it takes to compile a pattern, by what makes large programs: classes of Unicode, the ignoring of case, and repetition.
pub(crate) fn steps_to_compile(pattern: &str) -> usize {
    let count = |part: &str| pattern.matches(part).count();
    let classes = count("\\p") + count("\\P") + count("(?i") + count("[^") + count("\\D") + count("\\W") + count("\\S");
    let plain = COMPILED_STEPS + pattern.len() * BYTE_STEPS + classes * CLASS_STEPS;
    if pattern.contains('{') { plain * REPEATED } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    // A pattern is compiled once; those that were kept longest make room together.
    #[test]
    fn patterns_are_kept() {
        let mut expressions = Expressions::default();
        let first = expressions.of("a0").unwrap();
        assert!(Rc::ptr_eq(&first, &expressions.of("a0").unwrap()));
        (1..KEPT).for_each(|number| drop(expressions.of(&format!("a{number}")).unwrap()));
        assert!(Rc::ptr_eq(&first, &expressions.of("a0").unwrap()));
        drop(expressions.of("b").unwrap());
        assert!(!Rc::ptr_eq(&first, &expressions.of("a0").unwrap()));
        assert!(expressions.of("(").is_err());
    }
}
