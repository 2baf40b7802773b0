//! Go's `text/template` as Helm uses it.
//!
//! In: template texts, one dot a chart. Out: [`Written`] text with marks and template lines, or a [`crate::render::TemplateFailure`].
//! Rules: parsed once ([`Parsed`]), run many times; what Go's reflection can tell apart is told apart here.
//! Not here: which templates there are and what becomes of their output (`render`).

pub mod ast;
mod call;
mod chance;
mod character;
mod constants;
mod engine;
mod evaluate;
mod exec;
mod flow;
mod lexer;
mod methods;
mod output;
mod parser;
mod set;
mod sites;
mod special;
#[cfg(test)]
mod tests;
mod turns;
pub mod uses;
mod value;
mod words;

use std::rc::Rc;
use std::sync::Arc;

use crate::functions;
use crate::render::TemplateFailure;
use crate::value::Value;
use ast::{Callee, Parsed, Special};

pub(crate) use engine::{Engine, Settings, Tracking};
pub(crate) use methods::files_object;
pub use output::Written;
pub use parser::{NESTING, NODES, ParseError, check_functions, check_name};

/// Returns what a function's name stands for.
fn resolve(name: &str) -> Option<Callee> {
    let special = match name {
        "and" => Special::And,
        "or" => Special::Or,
        "call" => Special::Call,
        "include" => Special::Include,
        "tpl" => Special::Tpl,
        "required" => Special::Required,
        "fail" => Special::Fail,
        "lookup" => Special::Lookup,
        _ => return functions::find(name).map(Callee::Function),
    };
    Some(Callee::Special(special))
}

/// The templates of a render, by name.
pub(crate) struct Program {
    set: Rc<set::Set>,
}

impl Program {
    /// Returns the program of parsed files, in Helm's order: of two templates with one name the later wins, unless it is blank.
    pub(crate) fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a Arc<Parsed>)>) -> Self {
        let mut set = set::Set::default();
        for (name, parsed) in files {
            set.add(&Rc::from(name), parsed);
        }
        Self { set: Rc::new(set) }
    }

    /// Returns what the template called `name` writes with `dot`.
    ///
    /// # Errors
    /// The first failure.
    pub(crate) fn run(&self, engine: &mut Engine<'_>, name: &str, dot: Value) -> Result<Written, Box<TemplateFailure>> {
        let Some(template) = self.set.find(name) else { return Ok(Written::default()) };
        let call = (value::Held::concrete(dot), output::Output::default());
        Ok(exec::execute(engine, &self.set, template, call)?.finish())
    }
}

/// Returns the tree of a template file, with Helm's functions. Whoever knows the file's name calls [`check_name`] too.
///
/// # Errors
/// [`ParseError`] for the first mistake.
pub fn parse(text: &[u8]) -> Result<Parsed, ParseError> {
    parser::parse(text, &resolve)
}
