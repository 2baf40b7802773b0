//! Recognises Go's template language.
//!
//! In: template bytes, and what function names stand for. Out: [`Parsed`], or the first mistake with Go's words and its place.
//! Rules: undefined functions and variables are mistakes here, as in Go; nesting is bounded.
//! Not here: constants (`constants`), items (`lexer`); what becomes of templates of one name in several files (`set`).
//!
//! # Source
//! Go `text/template/parse/parse.go`.

mod items;
mod pipeline;
mod scope;

use std::collections::BTreeMap;

use yaml::Position;

use super::ast::{Body, Branch, Bytes, Call, Callee, Command, Define, Lists, Name, Node, Operand, Parsed, Range, Text};
use super::character::quoted;
use super::constants;
use super::lexer::{Item, Token};
use super::set::is_blank;
use crate::functions::Function;
use crate::profile::Profile;
use items::Items;
use scope::Scope;

/// Constructs, parentheses and `else if` branches within one another, in levels. Go allows 10,000 parentheses and any number of
/// constructs; trees are walked, and dropped, by recursion, so ours are what a thread of 2 MiB takes several times over.
pub const NESTING: usize = 200;

/// Nodes of one template: texts, actions, commands, operands and `define`s. The largest of public charts has some thousands; one takes
/// some 150 bytes.
pub const NODES: usize = 200_000;

/// Bytes of stack that must be left before one more level is parsed: a level takes less than 10 KiB, without optimisation.
const STACK_RED_ZONE: usize = 64 * 1024;

/// Bytes a grown stack has.
const STACK_SEGMENT: usize = 1024 * 1024;

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

/// Returns the tree of a template file. `resolve` says what a function's name stands for.
///
/// # Errors
/// [`ParseError`] for the first mistake.
pub(super) fn parse(text: &[u8], resolve: &dyn Fn(&str) -> Option<Callee>) -> Result<Parsed> {
    let mut parser = Parser {
        items: Items::new(text),
        resolve,
        variables: Scope::default(),
        defines: Vec::new(),
        newer: Vec::new(),
        named: BTreeMap::new(),
        loops: 0,
        nesting: 0,
        size: 0,
        lists: Lists::default(),
        waiting: Waiting::default(),
    };
    // Most of a template is text and strings.
    parser.lists.bytes.reserve(text.len());
    while parser.items.peek().token != Token::End {
        let node = parser.top()?;
        parser.waiting.nodes.extend(node);
    }
    let main = parser.close_body(0);
    Ok(Parsed { main, defines: parser.defines, size: parser.size, newer: parser.newer, lists: parser.lists })
}

/// Checks a parsed file under its name, by which one of its `define`s may call itself too: that one, or what stands outside of
/// `define`s, must then be blank.
///
/// # Errors
/// [`ParseError`] where neither is.
///
/// # Source
/// Go `text/template/parse/parse.go`, `add`.
pub fn check_name(name: &str, parsed: &Parsed) -> Result<()> {
    let own = parsed.defines.iter().find(|define| define.name == name && !is_blank(&parsed.lists, define.body));
    own.filter(|_| !is_blank(&parsed.lists, parsed.main)).map_or(Ok(()), |define| Err(twice(define.at, name)))
}

/// Checks that the helm of a profile has the functions a file calls.
///
/// # Errors
/// [`ParseError`] for the first one it has not.
pub fn check_functions(profile: Profile, parsed: &Parsed) -> Result<()> {
    match parsed.newer.iter().find(|(_, function)| function.since > profile) {
        Some((at, function)) => Err(undefined(*at, function.name.as_bytes())),
        None => Ok(()),
    }
}

struct Parser<'a> {
    items: Items<'a>,
    resolve: &'a dyn Fn(&str) -> Option<Callee>,
    variables: Scope,
    defines: Vec<Define>,
    newer: Vec<(Position, &'static Function)>,
    /// Where in `defines` a name is.
    named: BTreeMap<String, usize>,
    /// How many `range` bodies stand around this place.
    loops: usize,
    nesting: usize,
    /// Nodes so far, what they are made of included.
    size: usize,
    lists: Lists,
    waiting: Waiting,
}

/// What belongs to bodies, pipelines and commands that are not closed yet: the innermost one's last. What closes takes its own from here
/// to the end of the list, where they stand together.
#[derive(Default)]
struct Waiting {
    nodes: Vec<Node>,
    commands: Vec<Command>,
    operands: Vec<Operand>,
}

/// Moves what waits since `from` to the end of a list.
fn close<T>(waiting: &mut Vec<T>, from: usize, list: &mut Vec<T>) -> Range<T> {
    let start = list.len();
    list.extend(waiting.drain(from.min(waiting.len())..));
    Range::new(start, list.len())
}

/// A node, or what ends a body.
enum Element {
    Node(Node),
    End(Position),
    /// `else`; a keyword that follows it, if one does, is still to be taken.
    Else(Position),
}

/// What ended a body.
enum Ending {
    End,
    Else(Position),
}

impl Parser<'_> {
    /// Runs `inner` one level deeper.
    fn nested<T>(&mut self, at: Position, inner: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.nesting >= NESTING {
            return Err(mistake(at, format!("constructs nest more than {NESTING} deep")));
        }
        self.nesting += 1;
        let done = stacker::maybe_grow(STACK_RED_ZONE, STACK_SEGMENT, || inner(self));
        self.nesting -= 1;
        done
    }

    /// Returns the body of the nodes that wait since `from`.
    fn close_body(&mut self, from: usize) -> Body {
        close(&mut self.waiting.nodes, from, &mut self.lists.nodes)
    }

    /// Keeps a name.
    fn keep_name(&mut self, name: &str) -> Name {
        let start = self.lists.names.len();
        self.lists.names.push_str(name);
        Range::new(start, self.lists.names.len())
    }

    /// Keeps text.
    fn keep_bytes(&mut self, bytes: &[u8]) -> Bytes {
        let start = self.lists.bytes.len();
        self.lists.bytes.extend_from_slice(bytes);
        Range::new(start, self.lists.bytes.len())
    }

    /// Counts one node more.
    fn node(&mut self, at: Position) -> Result<()> {
        self.size += 1;
        if self.size > NODES { Err(mistake(at, format!("a template has more than {NODES} nodes"))) } else { Ok(()) }
    }

    /// One node outside of any construct; nothing for a `define`.
    fn top(&mut self) -> Result<Option<Node>> {
        if self.items.peek().token == Token::LeftDelimiter {
            let delimiter = self.items.take();
            let word = self.items.peek_word();
            if is(&word, "define") {
                self.items.take();
                self.definition(word.at)?;
                return Ok(None);
            }
            self.items.put_back(delimiter);
        }
        match self.element()? {
            Element::Node(node) => Ok(Some(node)),
            Element::End(at) => Err(mistake(at, "unexpected {{end}}".to_owned())),
            Element::Else(at) => Err(mistake(at, "unexpected {{else}}".to_owned())),
        }
    }

    fn definition(&mut self, at: Position) -> Result<()> {
        const CONTEXT: &str = "define clause";
        let name = self.template_name(CONTEXT)?;
        self.items.expect(Token::RightDelimiter, CONTEXT)?;
        let body = self.separate(at, CONTEXT)?;
        self.define(name, at, body)
    }

    /// The body of a `define` or `block`: it sees none of the variables and loops around it.
    fn separate(&mut self, at: Position, context: &str) -> Result<Body> {
        let variables = std::mem::take(&mut self.variables);
        let loops = std::mem::take(&mut self.loops);
        let action_line = self.items.action_line.take();
        let (body, ending) = self.nested(at, Self::body)?;
        self.variables = variables;
        self.loops = loops;
        self.items.action_line = action_line;
        match ending {
            Ending::End => Ok(body),
            Ending::Else(at) => Err(mistake(at, format!("unexpected {{{{else}}}} in {context}"))),
        }
    }

    /// Adds a template; of two with one name, one must be blank and is dropped.
    fn define(&mut self, name: String, at: Position, body: Body) -> Result<()> {
        self.node(at)?;
        let Some(old) = self.named.get(&name).and_then(|index| self.defines.get_mut(*index)) else {
            self.named.insert(name.clone(), self.defines.len());
            self.defines.push(Define { name, at, body });
            return Ok(());
        };
        if is_blank(&self.lists, old.body) {
            (old.at, old.body) = (at, body);
        } else if !is_blank(&self.lists, body) {
            return Err(twice(at, &name));
        }
        Ok(())
    }

    /// Nodes up to `end` or `else`.
    fn body(&mut self) -> Result<(Body, Ending)> {
        let from = self.waiting.nodes.len();
        loop {
            let item = self.items.peek_word();
            if item.token == Token::End {
                return Err(mistake(item.at, "unexpected EOF".to_owned()));
            }
            match self.element()? {
                Element::Node(node) => self.waiting.nodes.push(node),
                Element::End(_) => return Ok((self.close_body(from), Ending::End)),
                Element::Else(at) => return Ok((self.close_body(from), Ending::Else(at))),
            }
        }
    }

    fn element(&mut self) -> Result<Element> {
        let item = self.items.take_word();
        self.node(item.at)?;
        match item.token {
            Token::Text => {
                let bytes = self.keep_bytes(item.text);
                Ok(Element::Node(Node::Text(Text { at: item.at, bytes })))
            }
            Token::LeftDelimiter => {
                self.items.action_line = Some(item.at.line);
                let element = self.action()?;
                self.items.action_line = None;
                Ok(element)
            }
            _ => Err(self.items.unexpected(&item, "input")),
        }
    }

    fn action(&mut self) -> Result<Element> {
        let word = self.items.peek_word();
        let at = word.at;
        if word.token != Token::Keyword || word.text == b"define" {
            return Ok(Element::Node(Node::Action(self.pipeline("command", Token::RightDelimiter)?)));
        }
        self.items.take();
        let node = match word.text {
            b"end" => {
                self.items.expect(Token::RightDelimiter, "end")?;
                return Ok(Element::End(at));
            }
            b"else" => {
                let next = self.items.peek_word();
                if !is(&next, "if") && !is(&next, "with") {
                    self.items.expect(Token::RightDelimiter, "else")?;
                }
                return Ok(Element::Else(at));
            }
            b"if" => Node::If(self.branch(at, "if")?),
            b"with" => Node::With(self.branch(at, "with")?),
            b"range" => Node::Range(self.branch(at, "range")?),
            b"template" => Node::Template(self.template()?),
            b"block" => Node::Template(self.block(at)?),
            b"break" => Node::Break(self.leave(at, "{{break}}")?),
            _ => Node::Continue(self.leave(at, "{{continue}}")?),
        };
        Ok(Element::Node(node))
    }

    /// The rest of a `break` or `continue`.
    fn leave(&mut self, at: Position, what: &str) -> Result<Position> {
        self.items.expect(Token::RightDelimiter, what)?;
        if self.loops == 0 { Err(mistake(at, format!("{what} outside {{{{range}}}}"))) } else { Ok(at) }
    }

    fn branch(&mut self, at: Position, context: &'static str) -> Result<Branch> {
        self.nested(at, |parser| {
            let outside = parser.variables.mark();
            let pipeline = parser.pipeline(context, Token::RightDelimiter)?;
            let turn = usize::from(context == "range");
            parser.loops += turn;
            let (body, ending) = parser.body()?;
            parser.loops -= turn;
            let otherwise = match ending {
                Ending::End => None,
                Ending::Else(_) => Some(parser.otherwise(context)?),
            };
            parser.variables.leave(&outside);
            Ok(Branch { at, pipeline, body, otherwise })
        })
    }

    /// What stands behind `else`; `else if` in an `if`, and `else with` in a `with`, share their `end`.
    fn otherwise(&mut self, context: &'static str) -> Result<Body> {
        let next = self.items.peek();
        if matches!(context, "if" | "with") && is(&next, context) {
            self.items.take();
            let branch = self.branch(next.at, context)?;
            let from = self.waiting.nodes.len();
            self.waiting.nodes.push(if context == "if" { Node::If(branch) } else { Node::With(branch) });
            return Ok(self.close_body(from));
        }
        let (body, ending) = self.body()?;
        match ending {
            Ending::End => Ok(body),
            Ending::Else(at) => Err(mistake(at, "expected end; found {{else}}".to_owned())),
        }
    }

    fn template(&mut self) -> Result<Call> {
        const CONTEXT: &str = "template clause";
        let at = self.items.peek_word().at;
        let name = self.template_name(CONTEXT)?;
        let name = self.keep_name(&name);
        if self.items.peek_word().token == Token::RightDelimiter {
            self.items.take();
            return Ok(Call { at, name, argument: None });
        }
        Ok(Call { at, name, argument: Some(self.pipeline(CONTEXT, Token::RightDelimiter)?) })
    }

    fn block(&mut self, at: Position) -> Result<Call> {
        const CONTEXT: &str = "block clause";
        let name_at = self.items.peek_word().at;
        let name = self.template_name(CONTEXT)?;
        let argument = Some(self.pipeline(CONTEXT, Token::RightDelimiter)?);
        let body = self.separate(at, CONTEXT)?;
        let called = self.keep_name(&name);
        self.define(name, at, body)?;
        Ok(Call { at: name_at, name: called, argument })
    }

    /// A quoted name. Go takes any bytes; ours are UTF-8, so that two names never become one by replacement characters.
    fn template_name(&mut self, context: &str) -> Result<String> {
        let item = self.items.take_word();
        if !matches!(item.token, Token::String | Token::RawString) {
            return Err(self.items.unexpected(&item, context));
        }
        let name = constants::string(item.text).ok_or_else(|| mistake(item.at, "invalid syntax".to_owned()))?;
        String::from_utf8(name)
            .map_err(|error| mistake(item.at, format!("template name {} is not UTF-8", quoted(error.as_bytes()))))
    }
}

fn is(item: &Item<'_>, keyword: &str) -> bool {
    item.token == Token::Keyword && item.text == keyword.as_bytes()
}

fn undefined(at: Position, name: &[u8]) -> ParseError {
    mistake(at, format!("function {} not defined", quoted(name)))
}

fn mistake(at: Position, message: String) -> ParseError {
    ParseError { message, at }
}

fn twice(at: Position, name: &str) -> ParseError {
    mistake(at, format!("template: multiple definition of template {}", quoted(name.as_bytes())))
}
