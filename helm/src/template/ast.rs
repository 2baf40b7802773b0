//! The tree of a parsed template.
//!
//! In: what `parser` recognises. Out: what `exec` walks; `Send + Sync`, so a chart is parsed once and shared.
//! Rules: comments and trimmed white space are gone; function names are resolved, variables are names (Go finds them at run time).

use yaml::Position;

use crate::functions::Function;

/// A list of nodes in order.
pub type Body = Vec<Node>;

/// One element of a template.
#[derive(Debug)]
pub enum Node {
    /// Literal text.
    Text(Text),
    /// `{{ pipeline }}`.
    Action(Pipeline),
    /// `{{ if }}`.
    If(Branch),
    /// `{{ with }}`.
    With(Branch),
    /// `{{ range }}`.
    Range(Branch),
    /// `{{ break }}`.
    Break(Position),
    /// `{{ continue }}`.
    Continue(Position),
    /// `{{ template "name" pipeline }}`, and `{{ block }}`.
    Template(Call),
}

/// Literal text.
#[derive(Debug)]
pub struct Text {
    /// Where its first byte stands.
    pub at: Position,
    /// The text after trimming.
    pub bytes: Box<[u8]>,
}

/// `if`, `with` or `range`.
#[derive(Debug)]
pub struct Branch {
    /// Where the keyword stands.
    pub at: Position,
    /// The condition, or what is ranged over.
    pub pipeline: Pipeline,
    /// Runs where it holds, or per item.
    pub body: Body,
    /// Runs where it does not; nothing where there is no `else`.
    pub otherwise: Option<Body>,
}

/// A call of a named template.
#[derive(Debug)]
pub struct Call {
    /// Where the name stands: Go means that when the call fails.
    pub at: Position,
    /// The template.
    pub name: String,
    /// What becomes the dot; nothing gives nil.
    pub argument: Option<Pipeline>,
}

/// Commands whose results feed one another, with the variables that receive the last one.
#[derive(Debug)]
pub struct Pipeline {
    /// Where it begins.
    pub at: Position,
    /// Variables with their `$`; two only in `range`.
    pub variables: Vec<String>,
    /// Whether they are declared or assigned; without meaning where there are none.
    pub binding: Binding,
    /// The commands, at least one.
    pub commands: Vec<Command>,
}

/// `:=` or `=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// `:=`.
    Declare,
    /// `=`.
    Assign,
}

/// An operand, or a function or method with its arguments.
#[derive(Debug)]
pub struct Command {
    /// Where it begins.
    pub at: Position,
    /// At least one; the first decides.
    pub operands: Vec<Operand>,
}

/// One operand with its place.
#[derive(Debug)]
pub struct Operand {
    /// Where it begins.
    pub at: Position,
    /// What it is.
    pub kind: OperandKind,
}

/// What an operand is.
#[derive(Debug)]
pub enum OperandKind {
    /// `.`.
    Dot,
    /// `nil`.
    Nil,
    /// `true` or `false`.
    Bool(bool),
    /// A number or character constant.
    Number(Box<Number>),
    /// A quoted or raw string, unquoted.
    String(Box<[u8]>),
    /// `.a.b`: the names without dots.
    Field(Vec<String>),
    /// `$x.a.b`: the variable with its `$`, then names.
    Variable(String, Vec<String>),
    /// A function's name.
    Function(Callee),
    /// `( pipeline )`.
    Pipeline(Box<Pipeline>),
    /// `(...).a.b`: what stands before, then names.
    Chain(Box<Operand>, Vec<String>),
}

/// What a function's name stands for.
#[derive(Clone, Copy, Debug)]
pub enum Callee {
    /// A function of values.
    Function(&'static Function),
    /// One that needs the executor.
    Special(Special),
}

/// Functions that need the executor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    /// `and`.
    And,
    /// `or`.
    Or,
    /// `call`.
    Call,
    /// `include`.
    Include,
    /// `tpl`.
    Tpl,
    /// `required`.
    Required,
    /// `fail`.
    Fail,
    /// `lookup`.
    Lookup,
}

/// A numeric constant: every reading Go allows it, and its text.
///
/// # Source
/// Go `text/template/parse/node.go`, `newNumber`: `1e3` is an integer too, `'a'` is an integer.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// As an int64, where it has one.
    pub int: Option<i64>,
    /// As a uint64, where it has one.
    pub uint: Option<u64>,
    /// As a float64, where it has one.
    pub float: Option<f64>,
    /// The source text.
    pub text: String,
    /// What it is where any type will do.
    pub ideal: Ideal,
}

/// The type of a constant where nothing asks for another.
///
/// # Source
/// Go `text/template/exec.go`, `idealConstant`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ideal {
    /// `int`, characters too.
    Int,
    /// `float64`.
    Float,
    /// Too large for `int`: an error when it is used so.
    Overflow,
}

/// One file of templates, parsed.
#[derive(Debug)]
pub struct Parsed {
    /// What stands outside of any `define`.
    pub main: Body,
    /// `define` and `block` bodies in order of appearance.
    pub defines: Vec<Define>,
    /// How many nodes there are, what they are made of included.
    pub nodes: usize,
    /// The functions called that not every helm has, in order of appearance.
    pub newer: Vec<(Position, &'static Function)>,
}

/// A named template.
#[derive(Debug)]
pub struct Define {
    /// Its name.
    pub name: String,
    /// Where the keyword stands.
    pub at: Position,
    /// Its body.
    pub body: Body,
}

impl Pipeline {
    /// Returns where the operand stands that is evaluated last: what is wrong with the result, Go says there.
    ///
    /// # Source
    /// Go `text/template/exec.go`, `state.at`.
    #[must_use]
    pub fn last_at(&self) -> Position {
        self.commands.last().and_then(|command| command.operands.last()).map_or(self.at, Operand::last_at)
    }
}

impl Operand {
    /// Returns where the operand within this one stands that is evaluated last, as [`Pipeline::last_at`] does.
    #[must_use]
    pub fn last_at(&self) -> Position {
        match &self.kind {
            OperandKind::Pipeline(inner) => inner.last_at(),
            OperandKind::Chain(inner, _) => inner.last_at(),
            OperandKind::Dot
            | OperandKind::Nil
            | OperandKind::Bool(_)
            | OperandKind::Number(_)
            | OperandKind::String(_)
            | OperandKind::Field(_)
            | OperandKind::Variable(..)
            | OperandKind::Function(_) => self.at,
        }
    }
}

impl Callee {
    /// Returns the name it is called by.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Function(function) => function.name,
            Self::Special(special) => special.name(),
        }
    }
}

impl Special {
    /// Returns the name it is called by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::And => "and",
            Self::Or => "or",
            Self::Call => "call",
            Self::Include => "include",
            Self::Tpl => "tpl",
            Self::Required => "required",
            Self::Fail => "fail",
            Self::Lookup => "lookup",
        }
    }
}
