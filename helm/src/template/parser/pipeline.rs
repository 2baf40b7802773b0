//! Pipelines, and what they are made of.

use super::{Parser, Result, mistake, undefined};
use crate::profile::Profile;
use crate::template::ast::{Binding, Callee, Command, Operand, OperandKind, Pipeline};
use crate::template::character::quoted;
use crate::template::constants;
use crate::template::lexer::{Item, Token};

/// Names that a chain of fields has room for at first.
const FIELD_NAMES: usize = 4;

impl Parser<'_> {
    /// A pipeline up to and with `end`.
    pub(super) fn pipeline(&mut self, context: &str, end: Token) -> Result<Pipeline> {
        let at = self.items.peek_word().at;
        let (variables, binding) = self.declarations(context)?;
        let mut commands = Vec::with_capacity(1);
        loop {
            let item = self.items.peek_word();
            if item.token == end {
                check(&commands, &item, context)?;
                self.items.take();
                commands.shrink_to_fit();
                return Ok(Pipeline { at, variables, binding, commands });
            }
            if !begins_term(item.token) {
                return Err(self.items.unexpected(&item, context));
            }
            commands.push(self.command()?);
        }
    }

    /// `$x :=`, `$x =`, and in `range` `$i, $x :=`.
    fn declarations(&mut self, context: &str) -> Result<(Vec<String>, Binding)> {
        let mut names = Vec::new();
        loop {
            let variable = self.items.peek_word();
            if variable.token != Token::Variable {
                return Ok((names, Binding::Declare));
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
                    return Ok((names, Binding::Declare));
                }
            };
            self.items.take();
            let name = String::from_utf8_lossy(variable.text).into_owned();
            self.variables.declare(&name);
            names.push(name);
            if let Some(binding) = binding {
                return Ok((names, binding));
            }
            if context != "range" || names.len() > 1 {
                return Err(mistake(next.at, format!("too many declarations in {context}")));
            }
            let second = self.items.peek_word();
            if !matches!(second.token, Token::Variable | Token::RightDelimiter | Token::RightParenthesis) {
                return Err(mistake(second.at, "range can only initialize variables".to_owned()));
            }
        }
    }

    fn command(&mut self) -> Result<Command> {
        let at = self.items.peek_word().at;
        self.node(at)?;
        // Most commands have one operand, for which `push` would make room for four.
        let mut operands = Vec::with_capacity(1);
        loop {
            operands.extend(self.operand()?);
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
        if operands.is_empty() {
            return Err(mistake(at, "empty command".to_owned()));
        }
        operands.shrink_to_fit();
        Ok(Command { at, operands })
    }

    /// A term with the fields behind it; nothing where no term begins.
    ///
    /// # Source
    /// Go `text/template/parse/parse.go`, `operand`: with fields behind it, a term stands where the first of them does.
    fn operand(&mut self) -> Result<Option<Operand>> {
        let source = self.items.peek_word();
        let Some(mut term) = self.term()? else { return Ok(None) };
        self.node(source.at)?;
        let next = self.items.peek();
        if next.token != Token::Field {
            return Ok(Some(term));
        }
        let at = next.at;
        let mut chain = Vec::new();
        let names = match &mut term.kind {
            OperandKind::Field(names) | OperandKind::Variable(_, names) => names,
            _ => &mut chain,
        };
        while self.items.peek().token == Token::Field {
            self.node(at)?;
            names.push(field_name(&self.items.take()));
        }
        let kind = match term.kind {
            kind @ (OperandKind::Field(_) | OperandKind::Variable(..)) => kind,
            OperandKind::Bool(_) | OperandKind::String(_) | OperandKind::Number(_) | OperandKind::Nil | OperandKind::Dot => {
                return Err(mistake(at, format!("unexpected . after term {}", quoted(source.text))));
            }
            OperandKind::Function(_) | OperandKind::Pipeline(_) | OperandKind::Chain(..) => {
                OperandKind::Chain(Box::new(term), chain)
            }
        };
        Ok(Some(Operand { at, kind }))
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
            Token::Field => {
                // Most fields have some below them: `.Values.image.tag`.
                let mut names = Vec::with_capacity(FIELD_NAMES);
                names.push(field_name(&item));
                OperandKind::Field(names)
            }
            Token::Bool => OperandKind::Bool(item.text == b"true"),
            Token::Character | Token::Complex | Token::Number => {
                OperandKind::Number(Box::new(constants::number(&item).map_err(|message| mistake(at, message))?))
            }
            Token::String | Token::RawString => {
                let text = constants::string(item.text).ok_or_else(|| mistake(at, "invalid syntax".to_owned()))?;
                OperandKind::String(text.into())
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

    fn variable(&self, item: &Item<'_>) -> Result<OperandKind> {
        match std::str::from_utf8(item.text) {
            Ok(name) if self.variables.contains(name) => Ok(OperandKind::Variable(name.to_owned(), Vec::new())),
            _ => Err(mistake(item.at, format!("undefined variable {}", quoted(item.text)))),
        }
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

/// Refuses a pipeline of nothing, and constants that are given an argument; `end` is the item behind it.
///
/// # Source
/// Go `text/template/parse/parse.go`, `checkPipeline`.
fn check(commands: &[Command], end: &Item<'_>, context: &str) -> Result<()> {
    use OperandKind as Is;
    if commands.is_empty() {
        return Err(mistake(end.at, format!("missing value for {context}")));
    }
    for (index, command) in commands.iter().enumerate().skip(1) {
        let first = command.operands.first().map(|operand| &operand.kind);
        if matches!(first, Some(Is::Bool(_) | Is::Dot | Is::Nil | Is::Number(_) | Is::String(_))) {
            return Err(mistake(command.at, format!("non executable command in pipeline stage {}", index + 1)));
        }
    }
    Ok(())
}

/// Returns a field's name; the lexer lets only letters and digits through.
fn field_name(item: &Item<'_>) -> String {
    String::from_utf8_lossy(item.text.get(1..).unwrap_or_default()).into_owned()
}
