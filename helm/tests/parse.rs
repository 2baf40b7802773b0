//! Templates as Go's `text/template` reads them: `cases/parse.cases`, whose `want` and `error` lines are recorded by
//! `.ci/oracles/template/record`: trees with byte offsets, or the line and the words of the first mistake.

#![expect(clippy::expect_used, reason = "a broken table must stop the test")]

use helm::template::ast::{Binding, Body, Branch, Command, Ideal, Name, Node, Number, Operand, OperandKind, Parsed, Pipeline};
use helm::template::{NESTING, check_name, parse};
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
    let tree = Tree(parsed);
    let mut all = serde_json::Map::new();
    for define in &parsed.defines {
        all.insert(define.name.clone(), tree.body(define.body));
    }
    // A blank main body gives way to a `define` of the file's name that is not blank.
    let own = parsed.defines.iter().find(|define| define.name == FILE);
    if own.is_none_or(|define| !tree.is_blank(parsed.main) || tree.is_blank(define.body)) {
        all.insert(FILE.to_owned(), tree.body(parsed.main));
    }
    Json::Object(all)
}

/// A tree that is shown.
struct Tree<'p>(&'p Parsed);

impl Tree<'_> {
    fn is_blank(&self, body: Body) -> bool {
        let is_blank = |text: &[u8]| text.iter().all(u8::is_ascii_whitespace);
        self.0.nodes(body).iter().all(|node| matches!(node, Node::Text(text) if is_blank(self.0.bytes(text.bytes))))
    }

    fn body(&self, body: Body) -> Json {
        self.0.nodes(body).iter().map(|node| self.node(node)).collect()
    }

    fn node(&self, node: &Node) -> Json {
        match node {
            Node::Text(text) => json!(["text", text.at.offset, show(self.0.bytes(text.bytes))]),
            Node::Action(inner) => json!(["action", self.pipeline(inner)]),
            Node::If(inner) => self.branch("if", inner),
            Node::With(inner) => self.branch("with", inner),
            Node::Range(inner) => self.branch("range", inner),
            Node::Break(at) => json!(["break", at.offset]),
            Node::Continue(at) => json!(["continue", at.offset]),
            Node::Template(call) => {
                json!(["template", self.0.name(call.name), call.argument.as_ref().map(|inner| self.pipeline(inner))])
            }
        }
    }

    fn branch(&self, name: &str, branch: &Branch) -> Json {
        let otherwise = branch.otherwise.map(|otherwise| self.body(otherwise));
        json!([name, self.pipeline(&branch.pipeline), self.body(branch.body), otherwise])
    }

    fn pipeline(&self, pipeline: &Pipeline) -> Json {
        let sign = match (pipeline.variables.is_empty(), pipeline.binding) {
            (true, _) => "",
            (false, Binding::Assign) => " =",
            (false, Binding::Declare) => " :=",
        };
        let variables: Vec<&str> = self.0.variables(pipeline).collect();
        let mut all = vec![json!(pipeline.at.offset), json!(format!("{}{sign}", variables.join(", ")))];
        all.extend(self.0.commands(pipeline).iter().map(|command| self.command(command)));
        Json::Array(all)
    }

    fn command(&self, command: &Command) -> Json {
        let mut all = vec![json!(command.at.offset)];
        all.extend(self.0.operands(command).iter().map(|operand| self.operand(operand)));
        Json::Array(all)
    }

    fn operand(&self, operand: &Operand) -> Json {
        let at = operand.at.offset;
        match &operand.kind {
            OperandKind::Dot => json!(["dot", at]),
            OperandKind::Nil => json!(["nil", at]),
            OperandKind::Bool(on) => json!(["bool", at, on]),
            OperandKind::Number(constant) => number(at, constant),
            OperandKind::String(bytes) => json!(["string", at, show(self.0.bytes(*bytes))]),
            OperandKind::Field(names) => json!(["field", at, self.names(*names)]),
            OperandKind::Variable(name, names) => {
                let all: Vec<&str> = std::iter::once(self.0.name(*name)).chain(self.names(*names)).collect();
                json!(["variable", at, all])
            }
            OperandKind::Function(callee) => json!(["function", at, callee.name()]),
            OperandKind::Pipeline(inner) => json!(["pipeline", inner.at.offset, self.pipeline(inner)]),
            OperandKind::Chain(inner, names) => json!(["chain", at, self.operand(inner), self.names(*names)]),
        }
    }

    fn names(&self, names: Name) -> Vec<&str> {
        if names.is_empty() { Vec::new() } else { self.0.name(names).split('.').collect() }
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

/// Checks where a mistake is, and how it reads.
fn check_mistake(template: &[u8], at: &str, message: &str) {
    let error = parse(template).expect_err("a mistake");
    assert_eq!((error.at.to_string().as_str(), error.message.as_str()), (at, message));
}

// A mistake stands where the item does that is wrong; columns count characters, not bytes.
#[test]
fn mistakes_have_places() {
    check_mistake(b"a\n  {{ nope }}", "2:6", "function \"nope\" not defined");
    check_mistake("é世{{ print $x }}".as_bytes(), "1:12", "undefined variable \"$x\"");
    check_mistake(b"\xff\xff{{ nope }}", "1:6", "function \"nope\" not defined");
    check_mistake(b"a {{- /* b\n */ -}}\n\n  {{ end }}", "4:6", "unexpected {{end}}");
    check_mistake(b"{{ if }}x{{ end }}", "1:7", "missing value for if");
    check_mistake(b"{{ if .a }}\n", "2:1", "unexpected EOF");
    check_mistake(b"{{ print\n\n\"a }}", "3:1", "unterminated quoted string in action started at line 1");
    check_mistake(b"{{ range .a }}{{ end }}{{ break }}", "1:27", "{{break}} outside {{range}}");
    check_mistake(b"{{ print | 1 }}", "1:12", "non executable command in pipeline stage 2");
}

// What Go accepts and nobody means: imaginary numbers, and template names that are not UTF-8. We say so.
#[test]
fn refused_beyond_go() {
    check_mistake(b"{{ 1i }}", "1:4", "imaginary constants are not supported: \"1i\"");
    check_mistake(b"{{ 1+2i }}", "1:4", "imaginary constants are not supported: \"1+2i\"");
    check_mistake(b"{{ define \"\\xff\" }}{{ end }}", "1:11", "template name \"\\xff\" is not UTF-8");
    check_mistake(b"{{ template \"\xff\" }}{{ nope }}", "1:22", "function \"nope\" not defined");
    check_mistake(b"{{ template `\xff` }}", "1:13", "template name \"\\xff\" is not UTF-8");
}

/// Something within itself, `levels` times.
fn nest(open: &str, inner: &str, close: &str, levels: usize) -> Vec<u8> {
    [open.repeat(levels), inner.to_owned(), close.repeat(levels)].concat().into_bytes()
}

/// Checks that `levels` of a construct are parsed, and one more is a mistake; both within a test thread's stack.
fn check_nesting(open: &str, inner: &str, close: &str, levels: usize) {
    assert!(parse(&nest(open, inner, close, levels)).is_ok(), "{levels} of {open}");
    let error = parse(&nest(open, inner, close, levels + 1)).expect_err("a mistake");
    assert_eq!(error.message, format!("constructs nest more than {NESTING} deep"));
}

// Nesting up to the limit is parsed, beyond it is refused, whatever nests; far beyond it nothing overflows.
#[test]
fn nesting_is_bounded() {
    check_nesting("{{ if .a }}", "x", "{{ end }}", NESTING);
    check_nesting("{{ with .a }}", "x", "{{ end }}", NESTING);
    check_nesting("{{ range .a }}", "x", "{{ end }}", NESTING);
    let blocks = |levels: usize| -> String { (0..levels).map(|level| format!("{{{{ block \"{level}\" . }}}}")).collect() };
    assert!(parse((blocks(NESTING) + &"{{ end }}".repeat(NESTING)).as_bytes()).is_ok());
    check_mistake(blocks(NESTING + 1).as_bytes(), "1:3694", "constructs nest more than 200 deep");
    check_nesting("{{ if .a }}{{ else }}", "x", "{{ end }}", NESTING);
    check_nesting("{{ if .a }}", "{{ print ((.b)) }}", "{{ end }}", NESTING - 2);
    let parentheses = |levels| [b"{{ ", nest("(", ".a", ")", levels).as_slice(), b" }}"].concat();
    assert!(parse(&parentheses(NESTING)).is_ok());
    assert!(parse(&parentheses(NESTING + 1)).is_err());
    assert!(parse(&parentheses(1_000_000)).is_err());
    let chain = |links| ["{{ if .a }}", &"{{ else if .a }}".repeat(links), "{{ end }}"].concat();
    assert!(parse(chain(NESTING - 1).as_bytes()).is_ok());
    assert!(parse(chain(NESTING).as_bytes()).is_err());
    // What stands side by side does not nest.
    assert!(parse("{{ if (.a) }}x{{ end }}".repeat(10 * NESTING).as_bytes()).is_ok());
}
