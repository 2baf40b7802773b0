//! Pipelines, and what they are made of.

use yaml::Position;

use super::{Parser, Result, close, mistake, undefined};
use crate::profile::Profile;
use crate::template::ast::{Binding, Callee, Command, Name, Operand, OperandKind, Pipeline, Range, part};
use crate::template::character::quoted;
use crate::template::constants;
use crate::template::lexer::{Item, Token};

impl Parser<'_> {
    /// A pipeline up to and with `end`.
    pub(super) fn pipeline(&mut self, context: &str, end: Token) -> Result<Pipeline> {
        let at = self.items.peek_word().at;
        let (variables, binding) = self.declarations(context)?;
        let from = self.waiting.commands.len();
        loop {
            let item = self.items.peek_word();
            if item.token == end {
                self.check(from, &item, context)?;
                self.items.take();
                let commands = close(&mut self.waiting.commands, from, &mut self.lists.commands);
                return Ok(Pipeline { at, variables, binding, commands });
            }
            if !begins_term(item.token) {
                return Err(self.items.unexpected(&item, context));
            }
            let command = self.command()?;
            self.waiting.commands.push(command);
        }
    }

    /// `$x :=`, `$x =`, and in `range` `$i, $x :=`.
    fn declarations(&mut self, context: &str) -> Result<(Range<Name>, Binding)> {
        let from = self.lists.variables.len();
        loop {
            let variable = self.items.peek_word();
            if variable.token != Token::Variable {
                return Ok((self.variables_since(from), Binding::Declare));
            }
            self.items.take();
            let adjacent = self.items.peek();
            let next = self.items.peek_word();
            let binding = match next.token {
                Token::Assign => Some(Binding::Assign),
                Token::Declare => Some(Binding::Declare),
                Token::Comma => None,
                _ => {
                    // The variable is an argument; whether a space follows decides whether a field belongs to it.
                    if adjacent.token == Token::Space {
                        self.items.put_back(adjacent);
                    }
                    self.items.put_back(variable);
                    return Ok((self.variables_since(from), Binding::Declare));
                }
            };
            self.items.take();
            let name = name_of(variable.text);
            self.variables.declare(name);
            let name = self.keep_name(name);
            self.lists.variables.push(name);
            if let Some(binding) = binding {
                return Ok((self.variables_since(from), binding));
            }
            if context != "range" || self.variables_since(from).len() > 1 {
                return Err(mistake(next.at, format!("too many declarations in {context}")));
            }
            let second = self.items.peek_word();
            if !matches!(second.token, Token::Variable | Token::RightDelimiter | Token::RightParenthesis) {
                return Err(mistake(second.at, "range can only initialize variables".to_owned()));
            }
        }
    }

    fn variables_since(&self, from: usize) -> Range<Name> {
        Range::new(from, self.lists.variables.len())
    }

    fn command(&mut self) -> Result<Command> {
        let at = self.items.peek_word().at;
        self.node(at)?;
        let from = self.waiting.operands.len();
        loop {
            let operand = self.operand()?;
            self.waiting.operands.extend(operand);
            let item = self.items.take();
            match item.token {
                Token::Space => {}
                Token::RightDelimiter | Token::RightParenthesis => {
                    self.items.put_back(item);
                    break;
                }
                Token::Pipe => break,
                _ => return Err(self.items.unexpected(&item, "operand")),
            }
        }
        let operands = close(&mut self.waiting.operands, from, &mut self.lists.operands);
        if operands.is_empty() { Err(mistake(at, "empty command".to_owned())) } else { Ok(Command { at, operands }) }
    }

    /// A term with the fields behind it; nothing where no term begins.
    ///
    /// # Source
    /// Go `text/template/parse/parse.go`, `operand`: with fields behind it, a term stands where the first of them does.
    fn operand(&mut self) -> Result<Option<Operand>> {
        let source = self.items.peek_word();
        let Some(term) = self.term()? else { return Ok(None) };
        self.node(source.at)?;
        let next = self.items.peek();
        if next.token != Token::Field {
            return Ok(Some(term));
        }
        let at = next.at;
        let names = match term.kind {
            OperandKind::Field(first) => self.more_names(Some(first), at)?,
            _ => self.more_names(None, at)?,
        };
        let kind = match term.kind {
            OperandKind::Field(_) => OperandKind::Field(names),
            OperandKind::Variable(name, _) => OperandKind::Variable(name, names),
            OperandKind::Bool(_) | OperandKind::String(_) | OperandKind::Number(_) | OperandKind::Nil | OperandKind::Dot => {
                return Err(mistake(at, format!("unexpected . after term {}", quoted(source.text))));
            }
            OperandKind::Function(_) | OperandKind::Pipeline(_) | OperandKind::Chain(..) => {
                OperandKind::Chain(Box::new(term), names)
            }
        };
        Ok(Some(Operand { at, kind }))
    }

    /// Takes the fields that stand here, with dots between them; `first`, the name kept last, begins the chain.
    fn more_names(&mut self, first: Option<Name>, at: Position) -> Result<Name> {
        let mut chain = first;
        while self.items.peek().token == Token::Field {
            self.node(at)?;
            let item = self.items.take();
            let dotted = name_of(item.text);
            chain = Some(match chain {
                Some(before) => before.joined(self.keep_name(dotted)),
                None => self.keep_name(dotted.get(1..).unwrap_or_default()),
            });
        }
        Ok(chain.unwrap_or_else(Range::empty))
    }

    fn term(&mut self) -> Result<Option<Operand>> {
        let item = self.items.take_word();
        let at = item.at;
        let kind = match item.token {
            Token::Identifier => {
                let callee = std::str::from_utf8(item.text).ok().and_then(|name| (self.resolve)(name));
                let Some(callee) = callee else {
                    return Err(undefined(at, item.text));
                };
                if let Callee::Function(function) = callee
                    && function.since > Profile::Helm3_22
                {
                    self.newer.push((at, function));
                }
                OperandKind::Function(callee)
            }
            Token::Dot => OperandKind::Dot,
            Token::Nil => OperandKind::Nil,
            Token::Variable => self.variable(&item)?,
            Token::Field => OperandKind::Field(self.keep_name(name_of(item.text).get(1..).unwrap_or_default())),
            Token::Bool => OperandKind::Bool(item.text == b"true"),
            Token::Character | Token::Complex | Token::Number => {
                OperandKind::Number(Box::new(constants::number(&item).map_err(|message| mistake(at, message))?))
            }
            Token::String | Token::RawString => {
                let text = constants::string(item.text).ok_or_else(|| mistake(at, "invalid syntax".to_owned()))?;
                OperandKind::String(self.keep_bytes(&text))
            }
            Token::LeftParenthesis => {
                let inner = self.nested(at, |parser| parser.pipeline("parenthesized pipeline", Token::RightParenthesis))?;
                OperandKind::Pipeline(Box::new(inner))
            }
            _ => {
                self.items.put_back(item);
                return Ok(None);
            }
        };
        Ok(Some(Operand { at, kind }))
    }

    fn variable(&mut self, item: &Item<'_>) -> Result<OperandKind> {
        let name = name_of(item.text);
        if !self.variables.contains(name) {
            return Err(mistake(item.at, format!("undefined variable {}", quoted(item.text))));
        }
        Ok(OperandKind::Variable(self.keep_name(name), Range::empty()))
    }

    /// Refuses a pipeline of nothing, and constants that are given an argument; its commands wait since `from`, `end` is the item behind
    /// it.
    ///
    /// # Source
    /// Go `text/template/parse/parse.go`, `checkPipeline`.
    fn check(&self, from: usize, end: &Item<'_>, context: &str) -> Result<()> {
        use OperandKind as Is;
        let commands = self.waiting.commands.get(from..).unwrap_or_default();
        if commands.is_empty() {
            return Err(mistake(end.at, format!("missing value for {context}")));
        }
        for (index, command) in commands.iter().enumerate().skip(1) {
            let first = part(&self.lists.operands, command.operands).first().map(|operand| &operand.kind);
            if matches!(first, Some(Is::Bool(_) | Is::Dot | Is::Nil | Is::Number(_) | Is::String(_))) {
                return Err(mistake(command.at, format!("non executable command in pipeline stage {}", index + 1)));
            }
        }
        Ok(())
    }
}

fn begins_term(token: Token) -> bool {
    use Token as Is;
    matches!(
        token,
        Is::Bool
            | Is::Character
            | Is::Complex
            | Is::Dot
            | Is::Field
            | Is::Identifier
            | Is::Number
            | Is::Nil
            | Is::RawString
            | Is::String
            | Is::Variable
            | Is::LeftParenthesis
    )
}

/// Returns the text of a field or variable; the lexer lets only letters and digits through.
fn name_of(text: &[u8]) -> &str {
    std::str::from_utf8(text).unwrap_or_default()
}
