//! What a branch could do, read off its text: the half of implicit flows that the branch *not* taken carries.
//!
//! In: bodies of `if`, `with` and `range` whose condition depends on tracked leaves. Out: what must count as depending on them afterwards.
//! Rules: variables assigned in any branch; maps that might be changed in any branch (then everything after depends); loops that might be
//! left. Over-approximation is safe, forgetting is not.

use std::collections::BTreeSet;

use super::ast::{Binding, Body, Branch, Call, Callee, Command, Node, Operand, OperandKind, Parsed, Pipeline, Special};
use super::set::Set;
use crate::functions::Effect;
use crate::meter;

/// What bodies could do.
#[derive(Debug)]
pub(super) struct Effects<'t> {
    /// The file they stand in.
    parsed: &'t Parsed,
    /// Variables assigned with `=`.
    pub(super) assigned: Vec<&'t str>,
    /// Whether a shared map might change.
    pub(super) mutates: bool,
    /// Whether a surrounding loop might be left or cut short.
    pub(super) escapes: bool,
    called: Vec<&'t str>,
}

/// Returns what the bodies of an `if` or `with` could do, together.
pub(super) fn effects<'t>(branch: &'t Branch, parsed: &'t Parsed, set: &Set) -> Effects<'t> {
    let mut effects = Effects::none(parsed);
    effects.body(branch.body);
    if let Some(otherwise) = branch.otherwise {
        effects.body(otherwise);
    }
    effects.with_calls(set)
}

/// Returns what a loop could do to what is around it.
pub(super) fn loop_effects<'t>(branch: &'t Branch, parsed: &'t Parsed, set: &Set) -> Effects<'t> {
    let mut effects = Effects::none(parsed);
    effects.turns(branch);
    if branch.pipeline.binding == Binding::Assign {
        effects.assigned.extend(parsed.variables(&branch.pipeline));
    }
    effects.with_calls(set)
}

/// Says whether the template called `name`, or one it calls, might change a shared map.
fn calls_mutate(name: &str, set: &Set) -> bool {
    let mut seen: BTreeSet<String> = BTreeSet::from([name.to_owned()]);
    let mut waiting = vec![name.to_owned()];
    while let Some(name) = waiting.pop() {
        let Some(template) = set.find(&name) else { continue };
        let mut effects = Effects::none(template.parsed());
        effects.body(template.body());
        if effects.mutates {
            return true;
        }
        let fresh = effects.called.iter().filter(|name| seen.insert((**name).to_owned()));
        waiting.extend(fresh.map(|name| (*name).to_owned()));
    }
    false
}

impl<'t> Effects<'t> {
    fn none(parsed: &'t Parsed) -> Self {
        Self { parsed, assigned: Vec::new(), mutates: false, escapes: false, called: Vec::new() }
    }

    fn with_calls(mut self, set: &Set) -> Self {
        self.mutates = self.mutates || self.called.iter().any(|name| calls_mutate(name, set));
        self
    }

    fn body(&mut self, body: Body) {
        meter::work(body.len());
        for node in self.parsed.nodes(body) {
            match node {
                Node::Text(_) => {}
                Node::Action(pipeline) => self.pipeline(pipeline),
                Node::If(branch) | Node::With(branch) => self.branch(branch),
                Node::Range(branch) => {
                    self.pipeline(&branch.pipeline);
                    self.turns(branch);
                }
                Node::Break(_) | Node::Continue(_) => self.escapes = true,
                Node::Template(call) => self.call(call),
            }
        }
    }

    /// The bodies of a loop: what leaves it by `break` goes no further, unless from its `else`.
    fn turns(&mut self, branch: &'t Branch) {
        let escapes = self.escapes;
        self.body(branch.body);
        self.escapes = escapes;
        if let Some(otherwise) = branch.otherwise {
            self.body(otherwise);
        }
    }

    fn branch(&mut self, branch: &'t Branch) {
        self.pipeline(&branch.pipeline);
        self.body(branch.body);
        if let Some(otherwise) = branch.otherwise {
            self.body(otherwise);
        }
    }

    fn call(&mut self, call: &'t Call) {
        self.called.push(self.parsed.name(call.name));
        if let Some(argument) = &call.argument {
            self.pipeline(argument);
        }
    }

    fn pipeline(&mut self, pipeline: &'t Pipeline) {
        if pipeline.binding == Binding::Assign {
            self.assigned.extend(self.parsed.variables(pipeline));
        }
        for command in self.parsed.commands(pipeline) {
            self.command(command);
        }
    }

    fn command(&mut self, command: &'t Command) {
        let operands = self.parsed.operands(command);
        for (index, operand) in operands.iter().enumerate() {
            if let OperandKind::Function(Callee::Special(Special::Include)) = operand.kind {
                match operands.get(index + 1).map(|name| &name.kind) {
                    Some(OperandKind::String(name)) => match std::str::from_utf8(self.parsed.bytes(*name)) {
                        Ok(name) => self.called.push(name),
                        Err(_) => self.mutates = true,
                    },
                    _ => self.mutates = true,
                }
            }
            self.operand(operand);
        }
    }

    fn operand(&mut self, operand: &'t Operand) {
        match &operand.kind {
            OperandKind::Function(Callee::Function(function)) => self.mutates |= function.effect == Effect::Mutates,
            OperandKind::Function(Callee::Special(special)) => self.mutates |= *special == Special::Tpl,
            OperandKind::Pipeline(pipeline) => self.pipeline(pipeline),
            OperandKind::Chain(inner, _) => self.operand(inner),
            OperandKind::Dot
            | OperandKind::Nil
            | OperandKind::Bool(_)
            | OperandKind::Number(_)
            | OperandKind::String(_)
            | OperandKind::Field(_)
            | OperandKind::Variable(..) => {}
        }
    }
}
