//! The functions that need the executor: `and`, `or`, `include`, `tpl`, `required`, `fail`, `lookup`, `call`.
//!
//! In: operands. Out: a [`Held`] value, or the failure a chart asked for.
//! Rules: a sealed text is never run as a template. What `lookup` finds is nothing, as under Argo CD, and its use is on record.
//!
//! # Source
//! helm `pkg/engine/engine.go`, `includeFun`, `tplFun`, `initFunMap`; Go `text/template/funcs.go`.

use std::rc::Rc;
use std::sync::Arc;

use yaml::Position;

use super::ast::Special;
use super::call::{Arguments, Signature};
use super::exec::{Frame, Result, execute};
use super::output::{Output, without_no_value};
use super::parser;
use super::set::{Set, Template};
use super::value::Held;
use super::words::describe;
use crate::functions::Parameter;
use crate::functions::truth::{truth, truth_leaves};
use crate::gofmt;
use crate::meter::{self, Kept};
use crate::provenance::Leaves;
use crate::value::{Data, Map, Text, Value};

/// The name Helm gives to what `tpl` runs.
const TPL: &str = "gotpl";

/// Calls of one template within one another, beyond which Helm gives up.
///
/// # Source
/// helm `pkg/engine/engine.go`, `recursionMaxNums`.
const RECURSION: usize = 1000;

/// Bytes of a template that are parsed in one step.
const PARSED_BYTES: usize = 8;

/// Bytes a node of a parsed template takes.
const NODE_BYTES: usize = 160;

impl<'t> Frame<'_, '_, 't> {
    pub(super) fn special(&mut self, at: Position, special: Special, arguments: Arguments<'_, 't>) -> Result<Held> {
        use Parameter::{Any, String};
        let parameters: &'static [Parameter] = match special {
            Special::And | Special::Or => return self.first_that(at, special, arguments),
            Special::Include | Special::Tpl | Special::Required => &[String, Any],
            Special::Fail => &[String],
            Special::Lookup => &[String, String, String, String],
            Special::Call => &[Any, Any],
        };
        let variadic = special == Special::Call;
        // What is called, as it is written, or as Go prints the value that a pipeline hands on.
        let callee = match (arguments.operands.first(), &arguments.last) {
            (Some(first), _) if special == Special::Call => describe(self.parsed, first),
            (None, Some(last)) if special == Special::Call => format!("<{} Value>", gofmt::type_name(&last.value)),
            _ => std::string::String::new(),
        };
        let values = self.arguments(Signature { name: special.name(), parameters, variadic }, arguments)?;
        match (special, values.as_slice()) {
            (Special::Include, [name, dot]) => self.include(at, &text(name), dot),
            (Special::Tpl, [source, dot]) => self.tpl(at, &text(source), dot),
            (Special::Required, [words, value]) => self.required(at, &text(words), value),
            (Special::Fail, [words]) => Err(self.engine.failure(self.site(at), text(words))),
            (Special::Lookup, _) => {
                // A record of what tracked leaves decided would tell of them.
                if self.engine.control.is_empty() {
                    let site = self.site(at);
                    self.engine.lookups.insert((site.template, site.line));
                }
                Ok(Held::concrete(Value::map(Map::new())))
            }
            (_, [called, ..]) if !matches!(called.data, Data::Nil) => {
                let kind = gofmt::type_name(called);
                Err(self.fail_at_value(at, &format!("error calling call: non-function {callee} of type {kind}"), called))
            }
            _ => Err(self.fail(at, "error calling call: call of nil")),
        }
    }

    /// `and`, `or`: the first value that decides, else the last; the ones passed over count in.
    fn first_that(&mut self, at: Position, special: Special, arguments: Arguments<'_, 't>) -> Result<Held> {
        let decides = special == Special::Or;
        if arguments.operands.is_empty() && arguments.last.is_none() {
            return Err(self.fail(at, &format!("wrong number of args for {}: want at least 1 got 0", special.name())));
        }
        let mut passed = Leaves::NONE;
        let mut held = Held::invalid(Leaves::NONE);
        for operand in arguments.operands {
            passed = passed.union(&truth_leaves(&held.value));
            // Whether this operand is looked at, and so whether it fails, depends on those before it.
            let outer = self.engine.enter(&passed);
            let looked_at = self.operand(arguments.dot, operand);
            self.engine.leave(&outer);
            held = looked_at?;
            if truth(&held.value) == decides {
                return Ok(held.into_derived(&passed));
            }
        }
        if let Some(last) = arguments.last {
            passed = passed.union(&truth_leaves(&held.value));
            held = last;
        }
        Ok(held.into_derived(&passed))
    }

    fn include(&mut self, at: Position, name: &Text, dot: &Value) -> Result<Held> {
        let wanted = String::from_utf8_lossy(name.as_bytes());
        let Some(template) = self.set.find(&wanted) else {
            let message = gofmt::sprint(&[
                Value::string("error calling include: template: no template \""),
                Value::plain(Data::String(name.clone())),
                Value::string("\" associated with template \"gotpl\""),
            ]);
            return Err(self.engine.failure(self.site(at), message));
        };
        let under_way = self.engine.including.get(&template.name).copied().unwrap_or(0);
        if under_way > RECURSION {
            let message = format!("error calling include: rendering template has a nested reference name: {wanted}");
            return Err(self.fail(at, &message));
        }
        self.engine.including.insert(Rc::clone(&template.name), under_way + 1);
        self.descend(at)?;
        let chosen_by = name.marks().leaves();
        let outer = self.engine.enter(&chosen_by);
        let done = execute(self.engine, self.set, template, (Held::concrete(dot.clone()), Output::default()));
        self.engine.leave(&outer);
        // Any template might have been called, and any of them might change a shared map.
        self.engine.pervade(&chosen_by);
        self.engine.ascend();
        self.engine.including.insert(Rc::clone(&template.name), under_way);
        let output = done.map_err(|failure| self.called_from(at, failure))?;
        let text = output.into_text().derived_from(&chosen_by);
        Ok(Held::concrete(Value::plain(Data::String(text))))
    }

    fn tpl(&mut self, at: Position, source: &Text, dot: &Value) -> Result<Held> {
        if !source.as_bytes().windows(2).any(|pair| pair == b"{{") {
            return Ok(Held::concrete(Value::plain(Data::String(without_no_value(source)))));
        }
        let leaves = source.marks().leaves();
        if leaves.as_slice().iter().any(|leaf| self.engine.is_sealed(*leaf)) {
            let mut failure = self.fail(at, "error calling tpl: a sealed value must not be run as a template");
            failure.leaves = failure.leaves.union(&leaves);
            return Err(failure);
        }
        let parsed = self.parse(at, source)?;
        let name: Rc<str> = Rc::from(TPL);
        let mut set = Set::over(self.set);
        set.add(&name, &parsed);
        let outer = self.engine.enter(&leaves);
        self.descend(at)?;
        let template = Rc::new(Template::main(&name, &parsed));
        let done = execute(self.engine, &Rc::new(set), &template, (Held::concrete(dot.clone()), Output::default()));
        self.engine.ascend();
        self.engine.leave(&outer);
        let output = done.map_err(|failure| self.called_from(at, failure))?;
        let text = without_no_value(&output.into_text()).derived_from(&leaves);
        Ok(Held::concrete(Value::plain(Data::String(text))))
    }

    fn parse(&mut self, at: Position, source: &Text) -> Result<Arc<super::ast::Parsed>> {
        if let Some(parsed) = self.engine.parsed.get(source.as_bytes()) {
            return Ok(Arc::clone(&parsed.0));
        }
        meter::spend(source.as_bytes().len() / PARSED_BYTES)
            .map_err(|passed| self.engine.over_budget(self.site(at), passed.into()))?;
        let parsed = parser::parse(source.as_bytes(), &super::resolve);
        match parsed.and_then(|parsed| parser::check_functions(self.engine.profile(), &parsed).map(|()| parsed)) {
            Ok(parsed) => {
                let parsed = Arc::new(parsed);
                let kept = Kept::new(source.as_bytes().len() + parsed.size * NODE_BYTES);
                self.engine.parsed.insert(Rc::from(source.as_bytes()), (Arc::clone(&parsed), kept));
                Ok(parsed)
            }
            Err(error) => {
                let message = gofmt::sprint(&[
                    Value::string("error calling tpl: cannot parse template \""),
                    Value::plain(Data::String(source.clone())),
                    Value::string(&format!("\": template: {TPL}:{}: {}", error.at.line, error.message)),
                ]);
                Err(self.engine.failure(self.site(at), message))
            }
        }
    }

    fn required(&mut self, at: Position, words: &Text, value: &Value) -> Result<Held> {
        let empty = match &value.data {
            Data::Nil => true,
            Data::String(text) => text.as_bytes().is_empty(),
            _ => false,
        };
        if !empty {
            return Ok(Held::concrete(value.clone()));
        }
        let mut failure = self.engine.failure(self.site(at), words.clone());
        failure.leaves = failure.leaves.union(&truth_leaves(value));
        Err(failure)
    }
}

/// Returns the text of a string argument.
fn text(value: &Value) -> Text {
    match &value.data {
        Data::String(text) => text.clone(),
        _ => Text::default(),
    }
}
