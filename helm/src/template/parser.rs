//! Recognises Go's template language.
//!
//! In: template bytes, and what function names stand for. Out: [`Parsed`], or the first mistake with Go's words and its place.
//! Rules: undefined functions and variables are mistakes here, as in Go; nesting is bounded.
//! Not here: constants (`constants`), items (`lexer`).
//!
//! # Source
//! Go `text/template/parse/parse.go`.

use yaml::Position;

use super::ast::{Binding, Body, Branch, Call, Callee, Command, Define, Node, Operand, OperandKind, Parsed, Pipeline, Text};
use super::constants;
use super::lexer::{Item, Lexer, Token};

/// Constructs, parentheses and `else` branches within one another. Go allows 1,000 parentheses and any number of constructs; ours are
/// walked by recursion, and no chart nests a tenth of this.
pub const NESTING: usize = 150;

/// Why a template cannot be parsed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// Go's words.
    pub message: String,
    /// Where.
    pub at: Position,
}

type Result<T> = std::result::Result<T, ParseError>;

/// What ended a body.
enum Ending {
    End,
    /// `else`, with the keyword that follows it, if one does.
    Else(Option<Item>),
}

/// Returns the tree of a template. `resolve` says what a function's name stands for.
///
/// # Errors
/// [`ParseError`] for the first mistake.
pub(super) fn parse(text: &[u8], resolve: &dyn Fn(&str) -> Option<Callee>) -> Result<Parsed> {
    let mut lexer = Lexer::new(text);
    let mut items = Vec::new();
    loop {
        let item = lexer.next();
        let last = matches!(item.token, Token::End | Token::Error);
        items.push(item);
        if last {
            break;
        }
    }
    let variables = vec!["$".to_owned()];
    let mut parser = Parser { items, next: 0, resolve, variables, defines: Vec::new(), loops: 0, nesting: 0 };
    let mut main = Vec::new();
    while parser.peek().token != Token::End {
        if let Some(node) = parser.top()? {
            main.push(node);
        }
    }
    Ok(Parsed { main, defines: parser.defines })
}

struct Parser<'a> {
    items: Vec<Item>,
    next: usize,
    resolve: &'a dyn Fn(&str) -> Option<Callee>,
    variables: Vec<String>,
    defines: Vec<Define>,
    loops: usize,
    nesting: usize,
}

impl Parser<'_> {
    /// Returns an item ahead; the last one is always an end or an error.
    fn ahead(&self, distance: usize) -> Item {
        let item = self.items.get(self.next + distance).or(self.items.last());
        item.cloned().unwrap_or(Item { token: Token::End, text: Vec::new(), at: Position::default() })
    }

    fn peek(&self) -> Item {
        self.ahead(0)
    }

    fn take(&mut self) -> Item {
        let item = self.peek();
        self.next = (self.next + 1).min(self.items.len());
        item
    }

    fn skip_spaces(&mut self) {
        while self.peek().token == Token::Space {
            self.next += 1;
        }
    }

    fn peek_word(&mut self) -> Item {
        self.skip_spaces();
        self.peek()
    }

    fn take_word(&mut self) -> Item {
        self.skip_spaces();
        self.take()
    }

    fn expect(&mut self, token: Token, context: &str) -> Result<Item> {
        let item = self.take_word();
        if item.token == token { Ok(item) } else { Err(unexpected(&item, context)) }
    }

    /// Runs `inner` one level deeper.
    fn nested<T>(&mut self, at: Position, inner: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.nesting += 1;
        if self.nesting > NESTING {
            return Err(mistake(at, format!("constructs nest more than {NESTING} deep")));
        }
        let done = inner(self);
        self.nesting -= 1;
        done
    }

    /// One node outside of any construct; nothing for a `define`.
    fn top(&mut self) -> Result<Option<Node>> {
        if self.peek().token == Token::LeftDelimiter {
            let start = self.next;
            self.take();
            let word = self.take_word();
            if is(&word, "define") {
                self.definition(word.at)?;
                return Ok(None);
            }
            self.next = start;
        }
        match self.node()? {
            Ok(node) => Ok(Some(node)),
            Err((ending, at)) => Err(mistake(at, format!("unexpected {}", ending.text()))),
        }
    }

    fn definition(&mut self, at: Position) -> Result<()> {
        const CONTEXT: &str = "define clause";
        let name = self.take_word();
        let name = template_name(&name, CONTEXT)?;
        self.expect(Token::RightDelimiter, CONTEXT)?;
        let body = self.separate(at, CONTEXT)?;
        self.define(name, at, body)
    }

    /// The body of a `define` or `block`: it sees none of the variables and loops around it.
    fn separate(&mut self, at: Position, context: &str) -> Result<Body> {
        let variables = std::mem::replace(&mut self.variables, vec!["$".to_owned()]);
        let loops = std::mem::take(&mut self.loops);
        let (body, ending, end) = self.nested(at, Self::body)?;
        self.variables = variables;
        self.loops = loops;
        match ending {
            Ending::End => Ok(body),
            Ending::Else(_) => Err(mistake(end, format!("unexpected {{{{else}}}} in {context}"))),
        }
    }

    fn define(&mut self, name: String, at: Position, body: Body) -> Result<()> {
        let blank = |body: &Body| super::set::is_blank(body);
        if let Some(old) = self.defines.iter_mut().find(|define| define.name == name) {
            if blank(&old.body) {
                old.body = body;
            } else if !blank(&body) {
                return Err(mistake(at, format!("template: multiple definition of template {name:?}")));
            }
            return Ok(());
        }
        self.defines.push(Define { name, at, body });
        Ok(())
    }

    /// Nodes up to `end` or `else`, with where that stands.
    fn body(&mut self) -> Result<(Body, Ending, Position)> {
        let mut body = Vec::new();
        loop {
            let item = self.peek_word();
            if item.token == Token::End {
                return Err(mistake(item.at, "unexpected EOF".to_owned()));
            }
            match self.node()? {
                Ok(node) => body.push(node),
                Err((ending, at)) => return Ok((body, ending, at)),
            }
        }
    }

    /// One node, or what ends a body.
    fn node(&mut self) -> Result<std::result::Result<Node, (Ending, Position)>> {
        let item = self.take_word();
        match item.token {
            Token::Text => Ok(Ok(Node::Text(Text { at: item.at, bytes: item.text.into() }))),
            Token::LeftDelimiter => self.action(),
            _ => Err(unexpected(&item, "input")),
        }
    }

    fn action(&mut self) -> Result<std::result::Result<Node, (Ending, Position)>> {
        let word = self.peek_word();
        let at = word.at;
        if word.token != Token::Keyword {
            return Ok(Ok(Node::Action(self.pipeline("command", Token::RightDelimiter)?)));
        }
        self.take();
        let node = match word.text.as_slice() {
            b"end" => {
                self.expect(Token::RightDelimiter, "end")?;
                return Ok(Err((Ending::End, at)));
            }
            b"else" => {
                let next = self.peek_word();
                if is(&next, "if") || is(&next, "with") {
                    return Ok(Err((Ending::Else(Some(next)), at)));
                }
                self.expect(Token::RightDelimiter, "else")?;
                return Ok(Err((Ending::Else(None), at)));
            }
            b"if" => Node::If(self.branch(at, "if")?),
            b"with" => Node::With(self.branch(at, "with")?),
            b"range" => Node::Range(self.branch(at, "range")?),
            b"template" => Node::Template(self.template(at)?),
            b"block" => Node::Template(self.block(at)?),
            b"break" => Node::Break(self.leave(at, "{{break}}")?),
            b"continue" => Node::Continue(self.leave(at, "{{continue}}")?),
            _ => return Err(unexpected(&word, "command")),
        };
        Ok(Ok(node))
    }

    fn leave(&mut self, at: Position, what: &str) -> Result<Position> {
        self.expect(Token::RightDelimiter, what)?;
        if self.loops == 0 {
            return Err(mistake(at, format!("{what} outside {{{{range}}}}")));
        }
        Ok(at)
    }

    fn branch(&mut self, at: Position, context: &'static str) -> Result<Branch> {
        self.nested(at, |parser| {
            let scope = parser.variables.len();
            let pipeline = parser.pipeline(context, Token::RightDelimiter)?;
            let turn = usize::from(context == "range");
            parser.loops += turn;
            let (body, ending, _) = parser.body()?;
            parser.loops -= turn;
            let otherwise = match ending {
                Ending::End => None,
                Ending::Else(next) => Some(parser.otherwise(next, context)?),
            };
            parser.variables.truncate(scope);
            Ok(Branch { at, pipeline, body, otherwise })
        })
    }

    /// What stands behind `else`; `else if` in an `if`, and `else with` in a `with`, share their `end`.
    fn otherwise(&mut self, next: Option<Item>, context: &'static str) -> Result<Body> {
        if let Some(next) = next {
            if is(&next, context) {
                self.take();
                let branch = self.branch(next.at, context)?;
                return Ok(vec![if context == "if" { Node::If(branch) } else { Node::With(branch) }]);
            }
        }
        let (body, ending, at) = self.body()?;
        match ending {
            Ending::End => Ok(body),
            Ending::Else(_) => Err(mistake(at, "expected end; found {{else}}".to_owned())),
        }
    }

    fn template(&mut self, at: Position) -> Result<Call> {
        const CONTEXT: &str = "template clause";
        let name = self.take_word();
        let name = template_name(&name, CONTEXT)?;
        if self.peek_word().token == Token::RightDelimiter {
            self.take();
            return Ok(Call { at, name, argument: None });
        }
        Ok(Call { at, name, argument: Some(self.pipeline(CONTEXT, Token::RightDelimiter)?) })
    }

    fn block(&mut self, at: Position) -> Result<Call> {
        const CONTEXT: &str = "block clause";
        let name = self.take_word();
        let name = template_name(&name, CONTEXT)?;
        let argument = Some(self.pipeline(CONTEXT, Token::RightDelimiter)?);
        let body = self.separate(at, CONTEXT)?;
        self.define(name.clone(), at, body)?;
        Ok(Call { at, name, argument })
    }
}

/// Pipelines and what they are made of.
impl Parser<'_> {
    fn pipeline(&mut self, context: &str, end: Token) -> Result<Pipeline> {
        let at = self.peek_word().at;
        self.nested(at, |parser| {
            let (variables, binding) = parser.declarations(context)?;
            let mut commands = Vec::new();
            loop {
                let item = parser.peek_word();
                match item.token {
                    token if token == end => {
                        parser.take();
                        break;
                    }
                    Token::Bool
                    | Token::Character
                    | Token::Complex
                    | Token::Dot
                    | Token::Field
                    | Token::Identifier
                    | Token::Number
                    | Token::Nil
                    | Token::RawString
                    | Token::String
                    | Token::Variable
                    | Token::LeftParenthesis => commands.push(parser.command()?),
                    _ => return Err(unexpected(&item, context)),
                }
            }
            let pipeline = Pipeline { at, variables, binding, commands };
            check(&pipeline, context)?;
            Ok(pipeline)
        })
    }

    /// `$x :=`, `$x =`, and in `range` `$i, $x :=`.
    fn declarations(&mut self, context: &str) -> Result<(Vec<String>, Binding)> {
        let mut names = Vec::new();
        loop {
            let variable = self.peek_word();
            if variable.token != Token::Variable {
                return Ok((names, Binding::Declare));
            }
            let start = self.next;
            self.take();
            let next = self.peek_word();
            let name = String::from_utf8_lossy(&variable.text).into_owned();
            match next.token {
                Token::Assign | Token::Declare => {
                    self.take();
                    names.push(name.clone());
                    self.variables.push(name);
                    let binding = if next.token == Token::Assign { Binding::Assign } else { Binding::Declare };
                    return Ok((names, binding));
                }
                Token::Comma => {
                    self.take();
                    names.push(name.clone());
                    self.variables.push(name);
                    if context != "range" || names.len() > 1 {
                        return Err(mistake(next.at, format!("too many declarations in {context}")));
                    }
                    let after = self.peek_word();
                    if !matches!(after.token, Token::Variable | Token::RightDelimiter | Token::RightParenthesis) {
                        return Err(mistake(after.at, "range can only initialize variables".to_owned()));
                    }
                }
                _ => {
                    self.next = start;
                    return Ok((names, Binding::Declare));
                }
            }
        }
    }

    fn command(&mut self) -> Result<Command> {
        let at = self.peek_word().at;
        let mut operands = Vec::new();
        loop {
            self.skip_spaces();
            let operand = self.operand()?;
            operands.extend(operand);
            let item = self.peek();
            match item.token {
                Token::Space => {
                    self.take();
                }
                Token::RightDelimiter | Token::RightParenthesis => break,
                Token::Pipe => {
                    self.take();
                    break;
                }
                _ => return Err(unexpected(&item, "operand")),
            }
        }
        if operands.is_empty() {
            return Err(mistake(at, "empty command".to_owned()));
        }
        Ok(Command { at, operands })
    }

    /// A term with the fields behind it; nothing where no term begins.
    fn operand(&mut self) -> Result<Option<Operand>> {
        let Some(term) = self.term()? else { return Ok(None) };
        let mut names = Vec::new();
        let at = self.peek().at;
        while self.peek().token == Token::Field {
            names.push(field_name(&self.take()));
        }
        if names.is_empty() {
            return Ok(Some(term));
        }
        let kind = match term.kind {
            OperandKind::Field(mut first) => {
                first.append(&mut names);
                OperandKind::Field(first)
            }
            OperandKind::Variable(name, mut first) => {
                first.append(&mut names);
                OperandKind::Variable(name, first)
            }
            OperandKind::Bool(_) | OperandKind::String(_) | OperandKind::Number(_) | OperandKind::Nil | OperandKind::Dot => {
                return Err(mistake(at, format!("unexpected . after term {:?}", super::evaluate::describe(&term))));
            }
            OperandKind::Function(_) | OperandKind::Pipeline(_) | OperandKind::Chain(..) => {
                return Ok(Some(Operand { at, kind: OperandKind::Chain(Box::new(term), names) }));
            }
        };
        Ok(Some(Operand { at: term.at, kind }))
    }

    fn term(&mut self) -> Result<Option<Operand>> {
        let item = self.peek_word();
        let at = item.at;
        let invalid = || mistake(at, "invalid syntax".to_owned());
        let kind = match item.token {
            Token::Identifier => {
                let name = String::from_utf8_lossy(&item.text);
                let callee = (self.resolve)(&name);
                OperandKind::Function(callee.ok_or_else(|| mistake(at, format!("function {name:?} not defined")))?)
            }
            Token::Dot => OperandKind::Dot,
            Token::Nil => OperandKind::Nil,
            Token::Variable => {
                let name = String::from_utf8_lossy(&item.text).into_owned();
                if !self.variables.contains(&name) {
                    return Err(mistake(at, format!("undefined variable {name:?}")));
                }
                OperandKind::Variable(name, Vec::new())
            }
            Token::Field => OperandKind::Field(vec![field_name(&item)]),
            Token::Bool => OperandKind::Bool(item.text == b"true"),
            Token::Character | Token::Complex | Token::Number => {
                OperandKind::Number(constants::number(&item).map_err(|message| mistake(at, message))?)
            }
            Token::String => OperandKind::String(constants::string(&item.text).ok_or_else(invalid)?.into()),
            Token::RawString => OperandKind::String(constants::string(&item.text).ok_or_else(invalid)?.into()),
            Token::LeftParenthesis => {
                self.take();
                let pipeline = self.pipeline("parenthesized pipeline", Token::RightParenthesis)?;
                return Ok(Some(Operand { at, kind: OperandKind::Pipeline(Box::new(pipeline)) }));
            }
            _ => return Ok(None),
        };
        self.take();
        Ok(Some(Operand { at, kind }))
    }
}

/// # Source
/// Go `text/template/parse/parse.go`, `checkPipeline`.
fn check(pipeline: &Pipeline, context: &str) -> Result<()> {
    if pipeline.commands.is_empty() {
        return Err(mistake(pipeline.at, format!("missing value for {context}")));
    }
    for (index, command) in pipeline.commands.iter().enumerate().skip(1) {
        let first = command.operands.first().map(|operand| &operand.kind);
        if let Some(
            OperandKind::Bool(_) | OperandKind::Dot | OperandKind::Nil | OperandKind::Number(_) | OperandKind::String(_),
        ) = first
        {
            return Err(mistake(command.at, format!("non executable command in pipeline stage {}", index + 1)));
        }
    }
    Ok(())
}

fn field_name(item: &Item) -> String {
    String::from_utf8_lossy(item.text.get(1..).unwrap_or_default()).into_owned()
}

impl Ending {
    fn text(&self) -> &'static str {
        match self {
            Self::End => "{{end}}",
            Self::Else(_) => "{{else}}",
        }
    }
}

fn is(item: &Item, keyword: &str) -> bool {
    item.token == Token::Keyword && item.text == keyword.as_bytes()
}

fn template_name(item: &Item, context: &str) -> Result<String> {
    if !matches!(item.token, Token::String | Token::RawString) {
        return Err(unexpected(item, context));
    }
    let name = constants::string(&item.text).ok_or_else(|| mistake(item.at, "invalid syntax".to_owned()))?;
    Ok(String::from_utf8_lossy(&name).into_owned())
}

pub(super) fn mistake(at: Position, message: String) -> ParseError {
    ParseError { message, at }
}

/// # Source
/// Go `text/template/parse/parse.go`, `unexpected`, and `lex.go`, `item.String`.
pub(super) fn unexpected(item: &Item, context: &str) -> ParseError {
    let text = String::from_utf8_lossy(&item.text);
    let message = match item.token {
        Token::Error => text.into_owned(),
        Token::End => format!("unexpected EOF in {context}"),
        Token::Keyword => format!("unexpected <{text}> in {context}"),
        _ if text.chars().count() > 10 => {
            format!("unexpected {:?}... in {context}", text.chars().take(10).collect::<String>())
        }
        _ => format!("unexpected {text:?} in {context}"),
    };
    mistake(item.at, message)
}
