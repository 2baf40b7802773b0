//! Operands and pipelines as Go's errors quote them.
//!
//! # Source
//! Go `text/template/parse/node.go`, the `writeTo` methods.

use super::ast::{Binding, Operand, OperandKind, Parsed, Pipeline};
use crate::gofmt;

/// Returns an operand as Go's errors quote it: a pipeline without its parentheses.
pub(super) fn describe(parsed: &Parsed, operand: &Operand) -> String {
    match &operand.kind {
        OperandKind::Dot => ".".to_owned(),
        OperandKind::Nil => "nil".to_owned(),
        OperandKind::Bool(on) => on.to_string(),
        OperandKind::Number(number) => number.text.clone(),
        OperandKind::String(text) => gofmt::quote(parsed.bytes(*text), '"'),
        OperandKind::Field(names) => format!(".{}", parsed.name(*names)),
        OperandKind::Variable(name, names) if names.is_empty() => parsed.name(*name).to_owned(),
        OperandKind::Variable(name, names) => format!("{}.{}", parsed.name(*name), parsed.name(*names)),
        OperandKind::Function(callee) => callee.name().to_owned(),
        OperandKind::Pipeline(pipeline) => pipeline_text(parsed, pipeline),
        OperandKind::Chain(inner, names) => format!("{}.{}", nested(parsed, inner), parsed.name(*names)),
    }
}

/// Returns an operand inside of something: a pipeline with its parentheses.
fn nested(parsed: &Parsed, operand: &Operand) -> String {
    let text = describe(parsed, operand);
    if matches!(operand.kind, OperandKind::Pipeline(_)) { format!("({text})") } else { text }
}

fn pipeline_text(parsed: &Parsed, pipeline: &Pipeline) -> String {
    let operands = |command| parsed.operands(command).iter().map(|operand| nested(parsed, operand)).collect::<Vec<_>>();
    let commands: Vec<String> = parsed.commands(pipeline).iter().map(|command| operands(command).join(" ")).collect();
    let sign = match pipeline.binding {
        Binding::Declare => " := ",
        Binding::Assign => " = ",
    };
    let variables = parsed.variables(pipeline).collect::<Vec<_>>().join(", ");
    let binding = if variables.is_empty() { String::new() } else { format!("{variables}{sign}") };
    format!("{binding}{}", commands.join(" | "))
}
