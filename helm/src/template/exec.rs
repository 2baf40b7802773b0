//! Walks a template's nodes and writes its output.
//!
//! In: a template, the dot. Out: [`Output`].
//! Rules, for provenance: in a body that tracked leaves decide, all that is written, assigned or failed is derived from them, and what the
//! bodies *not* run could have assigned is derived too; a loop that might have been left early makes what follows in it derived; where a
//! shared map might have been changed, all that is rendered afterwards is derived. Emptiness of a sealed string decides freely
//! (`truth`).
//! Not here: what pipelines compute (`evaluate`).
//!
//! # Source
//! Go `text/template/exec.go`.

use std::rc::Rc;

use yaml::Position;

use super::ast::{Binding, Body, Branch, Call, Node, Parsed};
use super::engine::{Budgeted, Engine};
use super::flow::{self, Effects};
use super::output::Output;
use super::set::{Set, Template};
use super::sites::Caller;
use super::turns::{Turns, is_number, turns};
use super::value::Held;
use crate::functions::truth::{truth, truth_leaves};
use crate::gofmt;
use crate::meter;
use crate::provenance::Leaves;
use crate::render::{Site, TemplateFailure};
use crate::value::{Data, ObjectKind, Text, Value};

/// What walking gives, or the failure.
pub(super) type Result<T> = std::result::Result<T, Box<TemplateFailure>>;

/// Bytes of stack below which a call gets a new segment.
const STACK_RED_ZONE: usize = 256 << 10;

/// Bytes of each new stack segment.
const STACK_SEGMENT: usize = 4 << 20;

/// What a node asks of the loop around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Go on.
    On,
    /// `break`.
    Break,
    /// `continue`.
    Continue,
}

/// A variable in scope.
#[derive(Debug)]
pub(super) struct Variable<'t> {
    /// Its name with `$`.
    pub(super) name: &'t str,
    /// Its value.
    pub(super) held: Held,
}

/// One template being executed.
pub(super) struct Frame<'e, 'r, 't> {
    /// What the whole render shares.
    pub(super) engine: &'e mut Engine<'r>,
    /// The templates that can be called from here.
    pub(super) set: &'t Rc<Set>,
    /// This one.
    pub(super) template: &'t Rc<Template>,
    /// The file it stands in.
    pub(super) parsed: &'t Parsed,
    /// Variables in scope, innermost last.
    pub(super) variables: Vec<Variable<'t>>,
    /// What is written.
    pub(super) output: Output,
}

/// Executes `template` with `dot` and returns what it writes, appended to `output`.
pub(super) fn execute(engine: &mut Engine<'_>, set: &Rc<Set>, template: &Rc<Template>, call: (Held, Output)) -> Result<Output> {
    let (dot, output) = call;
    stacker::maybe_grow(STACK_RED_ZONE, STACK_SEGMENT, || {
        let variables = vec![Variable { name: "$", held: dot.clone() }];
        let mut frame = Frame { engine, set, template, parsed: template.parsed(), variables, output };
        frame.body(&dot, template.body())?;
        Ok(frame.output)
    })
}

impl<'t> Frame<'_, '_, 't> {
    /// Returns the place of a node in the file.
    pub(super) fn site(&self, at: Position) -> Site {
        Site { template: self.template.file.to_string(), line: at.line, column: at.column }
    }

    /// Returns a failure here, with plain words.
    pub(super) fn fail(&self, at: Position, message: &str) -> Box<TemplateFailure> {
        self.engine.failure(self.site(at), message.into())
    }

    fn body(&mut self, dot: &Held, body: Body) -> Result<Next> {
        for node in self.parsed.nodes(body) {
            self.engine.spend(&self.output).map_err(|limit| self.over(node, limit))?;
            let next = match node {
                Node::Text(text) => {
                    self.output.literal(self.parsed.bytes(text.bytes), text.at.line, &self.engine.control);
                    Next::On
                }
                Node::Action(pipeline) => {
                    let held = self.pipeline(dot, pipeline)?;
                    if pipeline.variables.is_empty() {
                        self.print(pipeline.at, &held)?;
                    }
                    Next::On
                }
                Node::If(branch) => self.choose(dot, branch, Dot::Stays)?,
                Node::With(branch) => self.choose(dot, branch, Dot::Moves)?,
                Node::Range(branch) => self.range(dot, branch)?,
                Node::Break(_) => Next::Break,
                Node::Continue(_) => Next::Continue,
                Node::Template(call) => {
                    self.call(dot, call)?;
                    Next::On
                }
            };
            if next != Next::On {
                return Ok(next);
            }
        }
        Ok(Next::On)
    }

    fn over(&self, node: &Node, limit: Budgeted) -> Box<TemplateFailure> {
        let at = match node {
            Node::Text(text) => text.at,
            Node::Action(pipeline) => pipeline.at,
            Node::If(branch) | Node::With(branch) | Node::Range(branch) => branch.at,
            Node::Break(at) | Node::Continue(at) => *at,
            Node::Template(call) => call.at,
        };
        self.engine.over_budget(self.site(at), limit)
    }

    /// Prints a value as an action does.
    fn print(&mut self, at: Position, held: &Held) -> Result<()> {
        if matches!(held.value.data, Data::Nil) {
            let leaves = self.engine.control.union(&held.value.leaves);
            self.output.nothing(at.line, &leaves);
            return Ok(());
        }
        // The cluster's version stands in a struct that Go can point to, and prints itself there; as an argument it is a plain struct.
        let text = match &held.value.data {
            Data::Object(object) => match &object.kind {
                ObjectKind::KubeVersion(_, version) => Text::from(version.as_str()).derived_from(&held.value.leaves),
                _ => gofmt::value(&held.value),
            },
            _ => gofmt::value(&held.value),
        };
        // What passes a limit is not printed to its end.
        meter::check().map_err(|passed| self.engine.over_budget(self.site(at), passed.into()))?;
        self.output.printed(&text, at.line, &self.engine.control);
        Ok(())
    }

    fn choose(&mut self, dot: &Held, branch: &'t Branch, moves: Dot) -> Result<Next> {
        let mark = self.variables.len();
        let start = self.output.len();
        let held = self.pipeline(dot, &branch.pipeline)?;
        let leaves = truth_leaves(&held.value);
        let outer = self.engine.enter(&leaves);
        let next = match (truth(&held.value), branch.otherwise) {
            (true, _) if moves == Dot::Moves => self.body(&held, branch.body)?,
            (true, _) => self.body(dot, branch.body)?,
            (false, Some(otherwise)) => self.body(dot, otherwise)?,
            (false, None) => Next::On,
        };
        self.variables.truncate(mark);
        self.engine.leave(&outer);
        if !leaves.is_empty() {
            self.settle(flow::effects(branch, self.parsed, self.set), start, &leaves);
        }
        Ok(next)
    }

    /// Lets depend on `leaves` what a construct, run or not, has in its power.
    fn settle(&mut self, effects: Effects<'t>, start: usize, leaves: &Leaves) {
        self.output.derive(start, leaves);
        for name in effects.assigned {
            if let Some(variable) = self.variables.iter_mut().rev().find(|variable| variable.name == name) {
                variable.held = variable.held.derived_from(leaves);
            }
        }
        if effects.escapes {
            self.engine.escape(leaves);
        }
        if effects.mutates {
            self.engine.pervade(leaves);
        }
    }

    fn range(&mut self, dot: &Held, branch: &'t Branch) -> Result<Next> {
        let mark = self.variables.len();
        let start = self.output.len();
        let held = self.pipeline(dot, &branch.pipeline)?;
        let leaves = shape_leaves(&held.value);
        let outer = self.engine.enter(&leaves);
        let around = self.engine.begin_loop();
        let mut turns = self.turns(branch, &held)?.peekable();
        let mut next = Next::On;
        if let (true, Some(otherwise)) = (turns.peek().is_none(), branch.otherwise) {
            // `break` in the `else` of a loop belongs to the loop around it.
            next = self.body(dot, otherwise)?;
        }
        let top = self.variables.len();
        for (index, item) in turns {
            self.engine.spend(&self.output).map_err(|limit| self.engine.over_budget(self.site(branch.at), limit))?;
            self.bind(branch, &index, &item);
            let next = self.body(&item, branch.body)?;
            self.variables.truncate(top);
            if next == Next::Break {
                break;
            }
        }
        self.variables.truncate(mark);
        // A tracked leaf that may have cut the loop short decides what it wrote and assigned, and no more than that.
        let leaves = leaves.union(&self.engine.end_loop(around));
        self.engine.leave(&outer);
        if !leaves.is_empty() {
            self.settle(flow::loop_effects(branch, self.parsed, self.set), start, &leaves);
        }
        Ok(next)
    }

    /// Returns index and item of each turn of a loop.
    fn turns(&mut self, branch: &'t Branch, held: &Held) -> Result<Turns> {
        let at = self.parsed.end_of(&branch.pipeline);
        if branch.pipeline.variables.len() > 1 && is_number(&held.value) {
            let message =
                [Value::string("can't use "), held.value.clone(), Value::string(" to iterate over more than one variable")];
            return Err(self.engine.failure(self.site(at), gofmt::sprint(&message)));
        }
        turns(&held.value).ok_or_else(|| self.cannot_range(at, held))
    }

    fn cannot_range(&self, at: Position, held: &Held) -> Box<TemplateFailure> {
        self.engine.failure(self.site(at), gofmt::sprint(&[Value::string("range can't iterate over "), held.value.clone()]))
    }

    fn bind(&mut self, branch: &'t Branch, index: &Held, item: &Held) {
        let mut names = self.parsed.variables(&branch.pipeline);
        match branch.pipeline.binding {
            Binding::Declare => {
                let top = self.variables.len();
                let places = [(names.len() > 1).then(|| top.checked_sub(2)), (names.len() > 0).then(|| top.checked_sub(1))];
                for (place, held) in places.into_iter().zip([index, item]) {
                    if let Some(variable) = place.flatten().and_then(|place| self.variables.get_mut(place)) {
                        variable.held = held.clone();
                    }
                }
            }
            // The range itself was assigned to them before: they exist.
            Binding::Assign => match (names.next(), names.next()) {
                (Some(one), None) => {
                    self.assign(one, item);
                }
                (Some(first), Some(second)) => {
                    self.assign(first, index);
                    self.assign(second, item);
                }
                (None, _) => {}
            },
        }
    }

    /// Gives the innermost variable called `name` a new value; says whether there is one.
    pub(super) fn assign(&mut self, name: &str, held: &Held) -> bool {
        let control = self.engine.control.clone();
        let found = self.variables.iter_mut().rev().find(|variable| variable.name == name);
        found.map(|variable| variable.held = held.derived_from(&control)).is_some()
    }

    fn call(&mut self, dot: &Held, call: &'t Call) -> Result<()> {
        let set = self.set;
        let name = self.parsed.name(call.name);
        let Some(template) = set.find(name) else {
            return Err(self.fail(call.at, &format!("template {name:?} not defined")));
        };
        let argument = match &call.argument {
            Some(pipeline) => self.pipeline(dot, pipeline)?,
            None => Held::invalid(Leaves::NONE),
        };
        self.descend(call.at)?;
        let output = std::mem::take(&mut self.output);
        let done = execute(self.engine, set, template, (argument, output));
        self.engine.ascend();
        self.output = done.map_err(|failure| self.called_from(call.at, failure))?;
        Ok(())
    }

    /// Goes one template call deeper.
    pub(super) fn descend(&mut self, at: Position) -> Result<()> {
        let caller = Caller { template: Rc::clone(self.template), at };
        self.engine.descend(caller).map_err(|limit| self.engine.over_budget(self.site(at), limit))
    }

    /// Adds a call's place to a failure that came out of it.
    pub(super) fn called_from(&self, at: Position, mut failure: Box<TemplateFailure>) -> Box<TemplateFailure> {
        failure.chain.insert(0, self.site(at));
        failure
    }
}

/// Whether a construct moves the dot.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dot {
    Stays,
    Moves,
}

/// Returns what the number and order of a loop's turns depend on.
fn shape_leaves(value: &Value) -> Leaves {
    match &value.data {
        Data::Map(map, _) => value.leaves.union(&map.shape()),
        Data::Object(object) => value.leaves.union(&object.fields.shape()),
        Data::Bytes(text) | Data::String(text) => value.leaves.union(&text.marks().leaves()),
        Data::Nil | Data::Bool(_) | Data::Int(_) | Data::Int64(_) | Data::Float(_) | Data::List(..) => value.leaves.clone(),
    }
}
