//! Operands and pipelines as Go's errors quote them.
//!
//! # Source
//! Go `text/template/parse/node.go`, the `writeTo` methods.

use super::ast::{Binding, Operand, OperandKind, Pipeline};
use crate::gofmt;

/// Returns an operand as Go's errors quote it: a pipeline without its parentheses.
pub(super) fn describe(operand: &Operand) -> String {
    match &operand.kind {
        OperandKind::Dot => ".".to_owned(),
        OperandKind::Nil => "nil".to_owned(),
        OperandKind::Bool(on) => on.to_string(),
        OperandKind::Number(number) => number.text.clone(),
        OperandKind::String(text) => gofmt::quote(text, '"'),
        OperandKind::Field(names) => format!(".{}", names.join(".")),
        OperandKind::Variable(name, names) => {
            std::iter::once(name).chain(names).map(String::as_str).collect::<Vec<_>>().join(".")
        }
        OperandKind::Function(callee) => callee.name().to_owned(),
        OperandKind::Pipeline(pipeline) => pipeline_text(pipeline),
        OperandKind::Chain(inner, names) => format!("{}.{}", nested(inner), names.join(".")),
    }
}

/// Returns an operand inside of something: a pipeline with its parentheses.
fn nested(operand: &Operand) -> String {
    let text = describe(operand);
    if matches!(operand.kind, OperandKind::Pipeline(_)) { format!("({text})") } else { text }
}

fn pipeline_text(pipeline: &Pipeline) -> String {
    let commands: Vec<String> =
        pipeline.commands.iter().map(|command| command.operands.iter().map(nested).collect::<Vec<_>>().join(" ")).collect();
    let sign = match pipeline.binding {
        Binding::Declare => " := ",
        Binding::Assign => " = ",
    };
    let variables = pipeline.variables.join(", ");
    let binding = if variables.is_empty() { String::new() } else { format!("{variables}{sign}") };
    format!("{binding}{}", commands.join(" | "))
}
