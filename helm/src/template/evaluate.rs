//! What pipelines compute: commands, operands, fields of values.
//!
//! In: a pipeline, the dot. Out: a [`Held`] value with its provenance.
//! Rules: what a field or key gives depends on the leaves of what it was taken from, and on the shape of a map, also where it is absent.
//! Not here: functions (`call`), methods (`methods`).
//!
//! # Source
//! Go `text/template/exec.go`.

use yaml::Position;

use super::ast::{Binding, Command, Ideal, Name, Number, Operand, OperandKind, Parsed, Pipeline};
use super::call::Arguments;
use super::exec::{Frame, Result, Variable};
use super::value::{Form, Held};
use super::words::describe;
use crate::gofmt;
use crate::provenance::Leaves;
use crate::value::{Data, Element, Map, ObjectKind, Text, Value};

impl<'t> Frame<'_, '_, 't> {
    /// Returns the value of a pipeline; its variables are declared or assigned.
    pub(super) fn pipeline(&mut self, dot: &Held, pipeline: &'t Pipeline) -> Result<Held> {
        let computed = self.commands(dot, pipeline).map_err(|mut failure| {
            if failure.value_path.is_none() && failure.chain.is_empty() {
                failure.value_path = value_path(self.parsed, pipeline);
            }
            failure
        });
        let held = computed?;
        for name in self.parsed.variables(pipeline) {
            match pipeline.binding {
                Binding::Declare => {
                    let held = held.derived_from(&self.engine.control);
                    self.variables.push(Variable { name, held });
                }
                Binding::Assign => {
                    if !self.assign(name, &held) {
                        return Err(self.fail(pipeline.at, &format!("undefined variable: {name}")));
                    }
                }
            }
        }
        Ok(held)
    }

    fn commands(&mut self, dot: &Held, pipeline: &'t Pipeline) -> Result<Held> {
        let mut last = None;
        for command in self.parsed.commands(pipeline) {
            self.engine.spend(&self.output).map_err(|limit| self.engine.over_budget(self.site(command.at), limit))?;
            last = Some(self.command(dot, command, last)?.unwrapped());
        }
        Ok(last.unwrap_or_else(|| Held::invalid(Leaves::NONE)))
    }

    fn command(&mut self, dot: &Held, command: &'t Command, last: Option<Held>) -> Result<Held> {
        let Some((first, rest)) = self.parsed.operands(command).split_first() else { return Ok(Held::invalid(Leaves::NONE)) };
        let arguments = Arguments { at: command.at, dot, operands: rest, last };
        match &first.kind {
            OperandKind::Function(callee) => self.function(first.at, callee, arguments),
            OperandKind::Field(names) => self.fields(first.at, dot.clone(), *names, Some(arguments)),
            OperandKind::Variable(name, names) => {
                let held = self.variable(first.at, *name)?;
                if names.is_empty() {
                    self.no_arguments(first, &arguments)?;
                    return Ok(held);
                }
                self.fields(first.at, held, *names, Some(arguments))
            }
            OperandKind::Chain(inner, names) => {
                let held = self.operand(dot, inner)?;
                self.fields(first.at, held, *names, Some(arguments))
            }
            OperandKind::Nil => {
                self.no_arguments(first, &arguments)?;
                Err(self.fail(first.at, "nil is not a command"))
            }
            OperandKind::Dot
            | OperandKind::Bool(_)
            | OperandKind::Number(_)
            | OperandKind::String(_)
            | OperandKind::Pipeline(_) => {
                self.no_arguments(first, &arguments)?;
                self.operand(dot, first)
            }
        }
    }

    fn no_arguments(&self, first: &Operand, arguments: &Arguments<'_, 't>) -> Result<()> {
        if arguments.operands.is_empty() && arguments.last.is_none() {
            return Ok(());
        }
        Err(self.fail(first.at, &format!("can't give argument to non-function {}", describe(self.parsed, first))))
    }

    /// Returns the value of an operand where any type will do.
    pub(super) fn operand(&mut self, dot: &Held, operand: &'t Operand) -> Result<Held> {
        match &operand.kind {
            OperandKind::Dot => Ok(dot.clone()),
            OperandKind::Nil => Ok(Held::invalid(Leaves::NONE)),
            OperandKind::Bool(on) => Ok(Held::concrete(Value::plain(Data::Bool(*on)))),
            OperandKind::Number(number) => self.ideal(operand.at, number),
            OperandKind::String(text) => Ok(Held::concrete(Value::plain(Data::String(Text::plain(self.parsed.bytes(*text)))))),
            OperandKind::Field(names) => self.fields(operand.at, dot.clone(), *names, None),
            OperandKind::Variable(name, names) => {
                let held = self.variable(operand.at, *name)?;
                self.fields(operand.at, held, *names, None)
            }
            OperandKind::Function(callee) => {
                self.function(operand.at, callee, Arguments { at: operand.at, dot, operands: &[], last: None })
            }
            OperandKind::Pipeline(pipeline) => self.pipeline(dot, pipeline),
            OperandKind::Chain(inner, names) => {
                let held = self.operand(dot, inner)?;
                self.fields(operand.at, held, *names, None)
            }
        }
    }

    /// Returns a constant whose type nothing decides.
    ///
    /// # Source
    /// Go `text/template/exec.go`, `idealConstant`.
    fn ideal(&self, at: Position, number: &Number) -> Result<Held> {
        let data = match (number.ideal, number.float, number.int) {
            (Ideal::Float, Some(float), _) => Data::Float(float),
            (Ideal::Int, _, Some(int)) => Data::Int(int),
            _ => return Err(self.fail(at, &format!("{} overflows int", number.text))),
        };
        Ok(Held::concrete(Value::plain(data)))
    }

    fn variable(&self, at: Position, name: Name) -> Result<Held> {
        let name = self.parsed.name(name);
        let found = self.variables.iter().rev().find(|variable| variable.name == name);
        found.map(|variable| variable.held.clone()).ok_or_else(|| self.fail(at, &format!("undefined variable: {name}")))
    }

    /// Returns what a chain of names leads to; the last may be a method that takes arguments.
    fn fields(&mut self, at: Position, receiver: Held, names: Name, arguments: Option<Arguments<'_, 't>>) -> Result<Held> {
        if names.is_empty() {
            return Ok(receiver);
        }
        let mut held = receiver;
        let mut rest = self.parsed.name(names);
        while let Some((name, more)) = rest.split_once('.') {
            held = self.field(at, &held, name, None)?;
            rest = more;
        }
        self.field(at, &held, rest, arguments)
    }

    fn field(&mut self, at: Position, receiver: &Held, name: &str, arguments: Option<Arguments<'_, 't>>) -> Result<Held> {
        let value = &receiver.value;
        let given = arguments.as_ref().is_some_and(|arguments| !arguments.operands.is_empty() || arguments.last.is_some());
        match &value.data {
            Data::Nil if receiver.form == Form::Invalid => return Ok(Held::invalid(value.leaves.clone())),
            Data::Nil => {
                return Err(self.fail_at_value(at, &format!("nil pointer evaluating interface {{}}.{name}"), value));
            }
            Data::Map(map, element) if !given => return Ok(entry(map, *element, name, &value.leaves)),
            Data::Object(object) => {
                if let Some(held) = self.method(at, object, name, arguments)? {
                    return Ok(held.into_derived(&value.leaves));
                }
                if given && matches!(object.kind, ObjectKind::Values(_) | ObjectKind::Files(_)) {
                    return Err(self.fail(at, &format!("{name} is not a method but has arguments")));
                }
                if !given {
                    match object.kind {
                        ObjectKind::Values(_) => return Ok(entry(&object.fields, Element::Any, name, &value.leaves)),
                        // A map of `[]byte` like any other: what is not there is empty.
                        ObjectKind::Files(_) if !object.fields.contains(name.as_bytes()) => {
                            let leaves = value.leaves.union(&object.fields.shape());
                            let nothing = Value::plain(Data::Bytes(Text::default()));
                            return Ok(Held::concrete(nothing.into_derived(&leaves)));
                        }
                        _ => {
                            if let Some(slot) = object.fields.slot(name.as_bytes()) {
                                return Ok(Held::concrete(slot.value).into_derived(&value.leaves));
                            }
                        }
                    }
                }
            }
            Data::Map(..) => return Err(self.fail(at, &format!("{name} is not a method but has arguments"))),
            Data::Bool(_)
            | Data::Int(_)
            | Data::Int64(_)
            | Data::Float(_)
            | Data::String(_)
            | Data::Bytes(_)
            | Data::List(..) => {}
        }
        let kind = if receiver.form == Form::Interface { "interface {}" } else { gofmt::type_name(value) };
        Err(self.fail_at_value(at, &format!("can't evaluate field {name} in type {kind}"), value))
    }

    /// Returns a failure that happened because of what `value` is.
    pub(super) fn fail_at_value(&self, at: Position, message: &str, value: &Value) -> Box<crate::render::TemplateFailure> {
        let mut failure = self.fail(at, message);
        failure.leaves = failure.leaves.union(&value.leaves);
        failure
    }
}

/// Returns the entry of a map; where there is none, the zero of its element type.
fn entry(map: &Map, element: Element, name: &str, inside: &Leaves) -> Held {
    let leaves = inside.union(&map.shape());
    let value = map.get(name.as_bytes()).unwrap_or_else(|| element.zero()).into_derived(&leaves);
    match element {
        Element::Any => Held::element(value),
        Element::String | Element::Int | Element::List | Element::Maintainer | Element::Dependency => Held::concrete(value),
    }
}

/// Returns the path below `.Values` that a pipeline reads first, if it reads any.
fn value_path(parsed: &Parsed, pipeline: &Pipeline) -> Option<String> {
    parsed
        .commands(pipeline)
        .iter()
        .flat_map(|command| parsed.operands(command))
        .find_map(|operand| operand_path(parsed, operand))
}

fn operand_path(parsed: &Parsed, operand: &Operand) -> Option<String> {
    let below_values = |names: Name| parsed.name(names).strip_prefix("Values.").map(str::to_owned);
    match &operand.kind {
        OperandKind::Field(names) => below_values(*names),
        OperandKind::Variable(name, names) if parsed.name(*name) == "$" => below_values(*names),
        OperandKind::Pipeline(pipeline) => value_path(parsed, pipeline),
        OperandKind::Chain(inner, names) => operand_path(parsed, inner).map(|path| format!("{path}.{}", parsed.name(*names))),
        OperandKind::Dot
        | OperandKind::Nil
        | OperandKind::Bool(_)
        | OperandKind::Number(_)
        | OperandKind::String(_)
        | OperandKind::Variable(..)
        | OperandKind::Function(_) => None,
    }
}
