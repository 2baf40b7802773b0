//! Which functions a template uses, without running it.
//!
//! In: a [`Parsed`] file. Out: one [`Use`] for each place, in the order of the text.
//! Rules: a place counts whether it is ever reached or not; what `tpl` runs is not seen.

use yaml::Position;

use super::ast::{Body, Command, Node, Operand, OperandKind, Parsed, Pipeline};

/// One place where a function stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// The function.
    pub function: &'static str,
    /// Where its name stands.
    pub at: Position,
}

/// Returns the places of all functions of a file, its `define`s included.
#[must_use]
pub fn uses(parsed: &Parsed) -> Vec<Use> {
    let mut found = Vec::new();
    body(&parsed.main, &mut found);
    for define in &parsed.defines {
        body(&define.body, &mut found);
    }
    found.sort_by_key(|found| found.at.offset);
    found
}

// Recursion goes as deep as the parser lets templates nest.
fn body(nodes: &Body, found: &mut Vec<Use>) {
    for node in nodes {
        match node {
            Node::Text(_) | Node::Break(_) | Node::Continue(_) => {}
            Node::Action(action) => pipeline(action, found),
            Node::If(branch) | Node::With(branch) | Node::Range(branch) => {
                pipeline(&branch.pipeline, found);
                body(&branch.body, found);
                branch.otherwise.iter().for_each(|otherwise| body(otherwise, found));
            }
            Node::Template(call) => call.argument.iter().for_each(|argument| pipeline(argument, found)),
        }
    }
}

fn pipeline(pipeline: &Pipeline, found: &mut Vec<Use>) {
    for Command { operands, .. } in &pipeline.commands {
        operands.iter().for_each(|part| operand(part, found));
    }
}

fn operand(part: &Operand, found: &mut Vec<Use>) {
    match &part.kind {
        OperandKind::Function(callee) => found.push(Use { function: callee.name(), at: part.at }),
        OperandKind::Pipeline(inner) => pipeline(inner, found),
        OperandKind::Chain(inner, _) => operand(inner, found),
        OperandKind::Dot
        | OperandKind::Nil
        | OperandKind::Bool(_)
        | OperandKind::Number(_)
        | OperandKind::String(_)
        | OperandKind::Field(_)
        | OperandKind::Variable(..) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::parse;

    fn check(template: &str, expected: &[(&str, u32, u32)]) {
        let found = uses(&parse(template.as_bytes()).unwrap());
        let found: Vec<_> = found.iter().map(|found| (found.function, found.at.line, found.at.column)).collect();
        assert_eq!(found, expected, "{template}");
    }

    // A function is found wherever it may stand, and told in the order of the text.
    #[test]
    fn functions_are_found_everywhere() {
        check("{{ upper .a }}", &[("upper", 1, 4)]);
        check("{{ .a | quote | nindent 2 }}", &[("quote", 1, 9), ("nindent", 1, 17)]);
        check(
            "{{ if and (eq 1 2) .b }}{{ now }}{{ else }}\n{{ fail \"x\" }}{{ end }}",
            &[("and", 1, 7), ("eq", 1, 12), ("now", 1, 28), ("fail", 2, 4)],
        );
        check("{{ $a := (dict \"a\" 1).a }}{{ range until 3 }}{{ . }}{{ end }}", &[("dict", 1, 11), ("until", 1, 36)]);
        check("{{ define \"x\" }}{{ randAlpha 3 }}{{ end }}{{ template \"x\" list }}", &[("randAlpha", 1, 20), ("list", 1, 59)]);
    }

    // What is no function is none: fields, variables, text.
    #[test]
    fn nothing_else_is_found() {
        check("upper {{ .upper }} {{/* upper */}} {{ \"upper\" }} {{ $upper := 1 }}", &[]);
    }
}
