//! Compiled regular expressions of one render.
//!
//! In: patterns in Go's syntax. Out: what matches them, compiled once for as long as it is kept.
//! Rules: a template that loops compiles each of its patterns once; what is kept is bounded.
//! Not here: the syntax (`translate`), bounds on the text that is searched.

use std::collections::BTreeMap;
use std::rc::Rc;

use regex_automata::meta::Regex;

use super::program::{self, Reading};
use super::translate::{Malformed, translate};
use crate::meter;

/// Bytes a pattern may have: the longest of public charts are some hundred.
pub(super) const PATTERN_BYTES: usize = 8 << 10;
/// Programs that are kept: those of one chart are some ten. With what their searches keep they take some megabytes each at most.
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
    /// What each pattern was compiled to, for the texts that can be read so.
    kept: BTreeMap<Reading, BTreeMap<String, Rc<Expression>>>,
}

impl Expressions {
    /// Returns what matches a pattern in a text. It may be used for every text that can be read as this one.
    ///
    /// # Errors
    /// [`Malformed`] where Go has no such expression, or where it is too large.
    pub(super) fn of(&mut self, pattern: &str, text: &str) -> Result<Rc<Expression>, Malformed> {
        let wanted = Reading::of(text);
        if let Some(expression) = self.kept(pattern, wanted) {
            return Ok(expression);
        }
        let (expression, reading) = compile(pattern, wanted)?;
        let expression = Rc::new(expression);
        self.keep(pattern, wanted, &expression);
        if reading != wanted {
            self.keep(pattern, reading, &expression);
        }
        Ok(expression)
    }

    fn kept(&self, pattern: &str, reading: Reading) -> Option<Rc<Expression>> {
        self.kept.get(&reading)?.get(pattern).map(Rc::clone)
    }

    fn keep(&mut self, pattern: &str, reading: Reading, expression: &Rc<Expression>) {
        if self.kept.values().map(BTreeMap::len).sum::<usize>() == KEPT {
            self.kept.clear();
        }
        self.kept.entry(reading).or_default().insert(pattern.to_owned(), Rc::clone(expression));
    }
}

fn compile(pattern: &str, wanted: Reading) -> Result<(Expression, Reading), Malformed> {
    let steps = steps_to_compile(pattern);
    // Half as much again as a schema's: a chart that compiles one pattern after another took 1.2 s to be refused.
    meter::work(steps + steps / 2);
    let translated = translate(pattern)?;
    match program::compile(pattern, &translated, wanted) {
        Ok((regex, reading)) => Ok((Expression { regex, names: translated.names }, reading)),
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

    // A pattern is compiled once for the texts of one reading; those that were kept longest make room together.
    #[test]
    fn patterns_are_kept() {
        let mut expressions = Expressions::default();
        let first = expressions.of("a0", "").unwrap();
        assert!(Rc::ptr_eq(&first, &expressions.of("a0", "b").unwrap()));
        assert!(!Rc::ptr_eq(&first, &expressions.of("a0", "ä").unwrap()));
        (2..KEPT).for_each(|number| drop(expressions.of(&format!("a{number}"), "").unwrap()));
        assert!(Rc::ptr_eq(&first, &expressions.of("a0", "").unwrap()));
        drop(expressions.of("b", "").unwrap());
        assert!(!Rc::ptr_eq(&first, &expressions.of("a0", "").unwrap()));
        assert!(expressions.of("(", "").is_err());
    }

    // What cannot be read by bytes is compiled once for all texts.
    #[test]
    fn one_program_may_serve_all_texts() {
        let mut expressions = Expressions::default();
        let first = expressions.of("\\pL", "").unwrap();
        assert!(Rc::ptr_eq(&first, &expressions.of("\\pL", "a").unwrap()));
        assert!(Rc::ptr_eq(&first, &expressions.of("\\pL", "ä").unwrap()));
    }
}
