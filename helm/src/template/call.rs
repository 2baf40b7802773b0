//! Calls of functions: arguments by Go signature, provenance of the result.
//!
//! In: operands and the value a pipeline hands on. Out: a [`Held`] value.
//! Rules: arguments are checked with Go's messages; what becomes of provenance says [`Keeps`](crate::functions::Keeps).
//!
//! # Source
//! Go `text/template/exec.go`, `evalCall`, `evalArg`, `validateType`.

use std::rc::Rc;

use yaml::Position;

use super::ast::{Callee, Operand, OperandKind};
use super::engine::Engine;
use super::exec::{Frame, Result};
use super::sites::Caller;
use super::value::{Form, Held};
use super::words::describe;
use crate::functions::cost;
use crate::functions::{Effect, Environment, Function, FunctionError, Parameter};
use crate::gofmt::{self, Buffer};
use crate::meter;
use crate::provenance::{LeafId, Leaves};
use crate::value::{Data, Element, List, Map, ObjectKind, Value};

/// What a function or method is given.
pub(super) struct Arguments<'d, 't> {
    /// Where the command begins.
    pub(super) at: Position,
    /// The dot.
    pub(super) dot: &'d Held,
    /// What stands behind its name.
    pub(super) operands: &'t [Operand],
    /// What the pipeline hands on, the last argument.
    pub(super) last: Option<Held>,
}

/// What a function or method takes.
#[derive(Clone, Copy)]
pub(super) struct Signature {
    /// Its name.
    pub(super) name: &'static str,
    /// The types of its parameters.
    pub(super) parameters: &'static [Parameter],
    /// Whether the last repeats.
    pub(super) variadic: bool,
}

impl<'t> Frame<'_, '_, 't> {
    /// Calls a function.
    pub(super) fn function(&mut self, at: Position, callee: &'t Callee, arguments: Arguments<'_, 't>) -> Result<Held> {
        match callee {
            Callee::Special(special) => self.special(at, *special, arguments),
            Callee::Function(function) => {
                let signature = Signature { name: function.name, parameters: function.parameters, variadic: function.variadic };
                let values = self.arguments(signature, arguments)?;
                self.apply(at, function, &values)
            }
        }
    }

    /// Returns the checked arguments of a call.
    pub(super) fn arguments(&mut self, signature: Signature, arguments: Arguments<'_, 't>) -> Result<Vec<Value>> {
        let given = arguments.operands.len() + usize::from(arguments.last.is_some());
        let Signature { name, parameters, variadic } = signature;
        if variadic && given + 1 < parameters.len() {
            let (want, got) = (parameters.len() - 1, arguments.operands.len());
            return Err(self.fail(arguments.at, &format!("wrong number of args for {name}: want at least {want} got {got}")));
        }
        if !variadic && given != parameters.len() {
            let want = parameters.len();
            return Err(self.fail(arguments.at, &format!("wrong number of args for {name}: want {want} got {given}")));
        }
        let mut values = Vec::with_capacity(given);
        let want = |index: usize| parameters.get(index).or(parameters.last()).copied().unwrap_or(Parameter::Any);
        for (index, operand) in arguments.operands.iter().enumerate() {
            values.push(self.argument(arguments.dot, operand, want(index))?);
        }
        if let Some(last) = arguments.last {
            let at = arguments.operands.last().map_or(arguments.at, |operand| self.parsed.end_of_operand(operand));
            values.push(self.fit(at, last, want(values.len()))?);
        }
        Ok(values)
    }

    fn argument(&mut self, dot: &Held, operand: &'t Operand, want: Parameter) -> Result<Value> {
        let at = operand.at;
        let constant = match (&operand.kind, want) {
            (OperandKind::Nil, Parameter::Any | Parameter::Map | Parameter::List | Parameter::Strings) => None,
            (OperandKind::Nil, _) => return Err(self.fail(at, &format!("cannot assign nil to {}", type_of(want)))),
            (OperandKind::Bool(_) | OperandKind::Number(_) | OperandKind::String(_), Parameter::Any) => None,
            (OperandKind::Bool(on), Parameter::Bool) => Some(Data::Bool(*on)),
            (OperandKind::String(text), Parameter::String) => {
                Some(Data::String(crate::value::Text::plain(self.parsed.bytes(*text))))
            }
            (OperandKind::Number(number), Parameter::Int) => number.int.map(Data::Int),
            // Go reflect keeps the low half of what is larger.
            (OperandKind::Number(number), Parameter::Uint32) => {
                number.uint.map(|number| Data::Int64(i64::try_from(number & u64::from(u32::MAX)).unwrap_or_default()))
            }
            (OperandKind::Number(number), Parameter::Int64 | Parameter::Duration) => number.int.map(Data::Int64),
            (OperandKind::Number(number), Parameter::Float) => number.float.map(Data::Float),
            (OperandKind::Bool(_) | OperandKind::Number(_) | OperandKind::String(_), _) => {
                return Err(self.fail(at, &unfit(&describe(self.parsed, operand), want)));
            }
            _ => None,
        };
        match constant {
            Some(data) => Ok(Value::plain(data)),
            None if matches!(operand.kind, OperandKind::Number(_)) && want != Parameter::Any => {
                Err(self.fail(at, &unfit(&describe(self.parsed, operand), want)))
            }
            None => {
                let held = self.operand(dot, operand)?;
                self.fit(self.parsed.end_of_operand(operand), held, want)
            }
        }
    }

    /// Returns the value where it has the type that is wanted.
    pub(super) fn fit(&self, at: Position, held: Held, want: Parameter) -> Result<Value> {
        let Held { value, form } = held;
        if form == Form::Invalid {
            let data = match want {
                Parameter::Any => Data::Nil,
                Parameter::Map => Data::Map(Map::nil(), Element::Any),
                Parameter::List => Data::List(List::nil(), Element::Any),
                Parameter::Strings => Data::List(List::nil(), Element::String),
                Parameter::String
                | Parameter::Int
                | Parameter::Int64
                | Parameter::Float
                | Parameter::Bool
                | Parameter::Time
                | Parameter::Duration
                | Parameter::Uint32
                | Parameter::Certificate => {
                    let message = format!("invalid value; expected {}", type_of(want));
                    return Err(self.fail_at_value(at, &message, &value));
                }
            };
            return Ok(Value { data, ..value });
        }
        let fits = match (want, &value.data) {
            (Parameter::Any, _)
            | (Parameter::String, Data::String(_))
            | (Parameter::Int, Data::Int(_))
            | (Parameter::Int64, Data::Int64(_))
            | (Parameter::Float, Data::Float(_))
            | (Parameter::Bool, Data::Bool(_))
            | (Parameter::Map, Data::Map(_, Element::Any))
            | (Parameter::List, Data::List(_, Element::Any))
            | (Parameter::Strings, Data::List(_, Element::String)) => true,
            (Parameter::Duration, Data::Object(object)) => matches!(object.kind, ObjectKind::Duration(_)),
            (Parameter::Time, Data::Object(object)) => matches!(object.kind, ObjectKind::Time { .. }),
            (Parameter::Certificate, Data::Object(object)) => matches!(object.kind, ObjectKind::Certificate),
            (Parameter::Map, Data::Object(object)) if matches!(object.kind, ObjectKind::Values(_)) => {
                return Ok(Value { data: Data::Map(object.fields.clone(), Element::Any), ..value });
            }
            _ => false,
        };
        if fits {
            return Ok(value);
        }
        let got = if matches!(value.data, Data::Nil) { "interface {}" } else { gofmt::type_name(&value) };
        let message = format!("wrong type for value; expected {}; got {got}", type_of(want));
        Err(self.fail_at_value(at, &message, &value))
    }

    /// Calls a function with checked arguments.
    pub(super) fn apply(&mut self, at: Position, function: &'static Function, values: &[Value]) -> Result<Held> {
        let leaves = if self.engine.tracks() { function.added_leaves(values) } else { Leaves::NONE };
        let call = Caller { template: Rc::clone(self.template), at };
        let settings = self.engine.settings();
        let result_limit = self.engine.result_limit();
        meter::spend(cost::of(function, values)).map_err(|passed| self.engine.over_budget(self.site(at), passed.into()))?;
        let (called, effort) = {
            let ciphertext = |leaf: LeafId| Engine::ciphertext(settings, leaf);
            let mut chance = self.engine.chances.at(&self.engine.callers, &call);
            let expressions = &mut self.engine.expressions;
            let chance = &mut chance;
            let mut environment = Environment { chance, ciphertext: &ciphertext, result_limit, expressions, effort: 0 };
            ((function.call)(&mut environment, values), environment.effort)
        };
        // A function that passes a limit ends as it can; what it says then is of no interest.
        meter::check().map_err(|passed| self.engine.over_budget(self.site(at), passed.into()))?;
        self.engine.afford(effort).map_err(|limit| self.engine.over_budget(self.site(at), limit))?;
        match called.and_then(|value| bounded(value, result_limit)) {
            Ok(value) => {
                if function.effect == Effect::Mutates {
                    // Leaves that chose which map is changed decide for all others that they are not.
                    self.engine.pervade(&values.first().map(|map| map.leaves.clone()).unwrap_or_default());
                }
                Ok(Held::concrete(value.into_derived(&leaves)))
            }
            Err(error) => {
                let mut message = Buffer::default();
                message.push(format!("error calling {}: ", function.name).as_bytes());
                message.push_text(&error.message);
                let mut failure = self.engine.failure(self.site(at), message.finish());
                // A function may fail for the type of an argument alone, which what decided on the argument decides.
                let decided = values.iter().filter(|value| !value.exact).fold(leaves, |all, value| all.union(&value.leaves));
                failure.leaves = failure.leaves.union(&decided);
                Err(failure)
            }
        }
    }
}

/// Refuses a text that is larger than a result may be.
fn bounded(value: Value, limit: usize) -> std::result::Result<Value, FunctionError> {
    match &value.data {
        Data::String(text) | Data::Bytes(text) if text.as_bytes().len() > limit => {
            let leaves = value.all_leaves();
            Err(FunctionError::from(format!("the result is larger than {limit} bytes")).derived_from(&leaves))
        }
        _ => Ok(value),
    }
}

fn unfit(found: &str, want: Parameter) -> String {
    match want {
        Parameter::Bool => format!("expected bool; found {found}"),
        Parameter::String => format!("expected string; found {found}"),
        Parameter::Int | Parameter::Int64 | Parameter::Duration => format!("expected integer; found {found}"),
        Parameter::Uint32 => format!("expected unsigned integer; found {found}"),
        Parameter::Float => format!("expected float; found {found}"),
        Parameter::Any | Parameter::Map | Parameter::List | Parameter::Strings | Parameter::Time | Parameter::Certificate => {
            format!("can't handle {found} for arg of type {}", type_of(want))
        }
    }
}

fn type_of(want: Parameter) -> &'static str {
    match want {
        Parameter::Any => "interface {}",
        Parameter::String => "string",
        Parameter::Int => "int",
        Parameter::Int64 => "int64",
        Parameter::Float => "float64",
        Parameter::Bool => "bool",
        Parameter::Map => "map[string]interface {}",
        Parameter::List => "[]interface {}",
        Parameter::Strings => "[]string",
        Parameter::Time => "time.Time",
        Parameter::Duration => "time.Duration",
        Parameter::Uint32 => "uint32",
        Parameter::Certificate => "sprig.certificate",
    }
}
