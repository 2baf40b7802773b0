//! Which functions a template uses, without running it.
//!
//! In: a [`Parsed`] file. Out: one [`Use`] for each place, in the order of the text.
//! Rules: a place counts whether it is ever reached or not; what `tpl` runs is not seen.

use yaml::Position;

use super::ast::{Body, Node, Operand, OperandKind, Parsed, Pipeline};

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
    let mut found = Found { parsed, uses: Vec::new() };
    found.body(parsed.main);
    for define in &parsed.defines {
        found.body(define.body);
    }
    found.uses.sort_by_key(|found| found.at.offset);
    found.uses
}

/// What was found in a file so far.
struct Found<'p> {
    parsed: &'p Parsed,
    uses: Vec<Use>,
}

// Recursion goes as deep as the parser lets templates nest.
impl Found<'_> {
    fn body(&mut self, body: Body) {
        for node in self.parsed.nodes(body) {
            match node {
                Node::Text(_) | Node::Break(_) | Node::Continue(_) => {}
                Node::Action(action) => self.pipeline(action),
                Node::If(branch) | Node::With(branch) | Node::Range(branch) => {
                    self.pipeline(&branch.pipeline);
                    self.body(branch.body);
                    branch.otherwise.into_iter().for_each(|otherwise| self.body(otherwise));
                }
                Node::Template(call) => call.argument.iter().for_each(|argument| self.pipeline(argument)),
            }
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) {
        for command in self.parsed.commands(pipeline) {
            self.parsed.operands(command).iter().for_each(|operand| self.operand(operand));
        }
    }

    fn operand(&mut self, operand: &Operand) {
        match &operand.kind {
            OperandKind::Function(callee) => self.uses.push(Use { function: callee.name(), at: operand.at }),
            OperandKind::Pipeline(inner) => self.pipeline(inner),
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
