//! Templates as Go's `text/template` reads them: `cases/parse.cases`, whose `want` and `error` lines are recorded by
//! `.ci/oracles/template/record`: trees with byte offsets, or the line and the words of the first mistake.

#![expect(clippy::expect_used, reason = "a broken table must stop the test")]

use helm::template::ast::{Binding, Body, Branch, Command, Ideal, Node, Number, Operand, OperandKind, Parsed, Pipeline};
use helm::template::{check_name, parse};
use serde_json::{Value as Json, json};

/// The name every template of the table has.
const FILE: &str = "t";

/// Text as it is, or, where it is not UTF-8, marked and byte by byte.
fn show(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => format!("bytes:{}", bytes.iter().copied().map(char::from).collect::<String>()),
    }
}

fn templates(parsed: &Parsed) -> Json {
    let mut all = serde_json::Map::new();
    for define in &parsed.defines {
        all.insert(define.name.clone(), body(&define.body));
    }
    // A blank main body gives way to a `define` of the file's name that is not blank.
    let own = parsed.defines.iter().find(|define| define.name == FILE);
    if own.is_none_or(|define| !is_blank(&parsed.main) || is_blank(&define.body)) {
        all.insert(FILE.to_owned(), body(&parsed.main));
    }
    Json::Object(all)
}

fn is_blank(nodes: &Body) -> bool {
    nodes.iter().all(|node| matches!(node, Node::Text(text) if text.bytes.iter().all(u8::is_ascii_whitespace)))
}

fn body(nodes: &Body) -> Json {
    nodes.iter().map(element).collect()
}

fn element(node: &Node) -> Json {
    match node {
        Node::Text(text) => json!(["text", text.at.offset, show(&text.bytes)]),
        Node::Action(inner) => json!(["action", pipeline(inner)]),
        Node::If(inner) => branch("if", inner),
        Node::With(inner) => branch("with", inner),
        Node::Range(inner) => branch("range", inner),
        Node::Break(at) => json!(["break", at.offset]),
        Node::Continue(at) => json!(["continue", at.offset]),
        Node::Template(call) => json!(["template", call.name, call.argument.as_ref().map(pipeline)]),
    }
}

fn branch(name: &str, branch: &Branch) -> Json {
    json!([name, pipeline(&branch.pipeline), body(&branch.body), branch.otherwise.as_ref().map(body)])
}

fn pipeline(pipeline: &Pipeline) -> Json {
    let sign = match (pipeline.variables.is_empty(), pipeline.binding) {
        (true, _) => "",
        (false, Binding::Assign) => " =",
        (false, Binding::Declare) => " :=",
    };
    let mut all = vec![json!(pipeline.at.offset), json!(format!("{}{sign}", pipeline.variables.join(", ")))];
    all.extend(pipeline.commands.iter().map(command));
    Json::Array(all)
}

fn command(command: &Command) -> Json {
    let mut all = vec![json!(command.at.offset)];
    all.extend(command.operands.iter().map(operand));
    Json::Array(all)
}

fn operand(operand: &Operand) -> Json {
    let at = operand.at.offset;
    match &operand.kind {
        OperandKind::Dot => json!(["dot", at]),
        OperandKind::Nil => json!(["nil", at]),
        OperandKind::Bool(on) => json!(["bool", at, on]),
        OperandKind::Number(constant) => number(at, constant),
        OperandKind::String(bytes) => json!(["string", at, show(bytes)]),
        OperandKind::Field(names) => json!(["field", at, names]),
        OperandKind::Variable(name, names) => {
            let all: Vec<&String> = std::iter::once(name).chain(names).collect();
            json!(["variable", at, all])
        }
        OperandKind::Function(callee) => json!(["function", at, callee.name()]),
        OperandKind::Pipeline(inner) => json!(["pipeline", inner.at.offset, pipeline(inner)]),
        OperandKind::Chain(inner, names) => json!(["chain", at, crate::operand(inner), names]),
    }
}

fn number(at: usize, number: &Number) -> Json {
    let int = number.int.map(|int| int.to_string());
    let uint = number.uint.map(|uint| uint.to_string());
    let float = number.float.map(|float| format!("{:x}", float.to_bits()));
    let ideal = match number.ideal {
        Ideal::Int => Some("int"),
        Ideal::Float => Some("float64"),
        Ideal::Overflow => None,
    };
    json!(["number", at, number.text, int, uint, float, ideal])
}

/// The template of an `in` or `bytes` line.
fn template(kind: &str, encoded: &str) -> Vec<u8> {
    let text: String = serde_json::from_str(encoded).expect("a JSON string");
    match kind {
        "bytes" => text.chars().map(|point| u8::try_from(u32::from(point)).expect("a byte")).collect(),
        _ => text.into_bytes(),
    }
}

/// What our parser makes of a template, as a line of the table.
fn line(text: &[u8]) -> (&'static str, Json) {
    match parse(text).and_then(|parsed| check_name(FILE, &parsed).map(|()| parsed)) {
        Ok(parsed) => ("want", templates(&parsed)),
        // Of the place where an action begins we say the line, Go the file too.
        Err(error) => {
            let message = error.message.replace("started at line ", "started at t:");
            ("error", json!(format!("{}: {message}", error.at.line)))
        }
    }
}

// Every template of the table gives the tree, or the mistake, that Go gives.
#[test]
fn parses_as_go_does() {
    let mut lines = include_str!("cases/parse.cases").lines();
    let mut failures = Vec::new();
    let mut cases = 0;
    while let Some(text) = lines.next() {
        let (kind, encoded) = text.split_once(' ').expect("a word and the rest");
        if kind == "#" {
            continue;
        }
        let (want_kind, want) = lines.next().and_then(|line| line.split_once(' ')).expect("a recorded line");
        let want: Json = serde_json::from_str(want).expect("JSON");
        let got = line(&template(kind, encoded));
        cases += 1;
        if got != (want_kind, want.clone()) {
            failures.push(format!("{text}\n  want {want_kind} {want}\n  got  {} {}", got.0, got.1));
        }
    }
    assert!(cases > 600, "{cases} cases");
    assert!(failures.is_empty(), "{} of {cases} differ:\n{}", failures.len(), failures.join("\n"));
}
