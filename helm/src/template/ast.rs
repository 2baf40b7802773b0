//! The tree of a parsed template, in a few long lists.
//!
//! In: what `parser` recognises. Out: what `exec` walks; `Send + Sync`, so a chart is parsed once and shared.
//! Rules: nodes, commands, operands, names and bytes of a file stand in one list each, and what has some of them holds a [`Range`] of
//! that list: a file takes a handful of allocations instead of thousands, and is read in the order in which it was parsed. A range means
//! nothing without its [`Parsed`], which looks it up. Comments and trimmed white space are gone; function names are resolved, variables
//! are names (Go finds them at run time).

use std::fmt;
use std::marker::PhantomData;

use yaml::Position;

use crate::functions::Function;

/// A part of one of the lists of a [`Parsed`] file.
pub struct Range<T: ?Sized> {
    start: u32,
    end: u32,
    of: PhantomData<fn() -> T>,
}

/// Nodes in order.
pub type Body = Range<Node>;

/// A name, or several with dots between them.
pub type Name = Range<str>;

/// Bytes of text.
pub type Bytes = Range<u8>;

impl<T: ?Sized> Range<T> {
    /// Returns the range of a list from `start` to `end`; a file has less than 4 GiB, so a list has fewer items.
    pub(super) fn new(start: usize, end: usize) -> Self {
        let short = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        Self { start: short(start), end: short(end), of: PhantomData }
    }

    /// Returns a range of nothing.
    pub(super) fn empty() -> Self {
        Self::new(0, 0)
    }

    /// Says whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.start >= self.end
    }

    /// Returns how many items are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places().len()
    }

    /// Returns this range and the one behind it together.
    pub(super) fn joined(self, next: Self) -> Self {
        Self { end: next.end, ..self }
    }

    fn places(self) -> std::ops::Range<usize> {
        // Four bytes always fit.
        let long = |place: u32| usize::try_from(place).unwrap_or(usize::MAX);
        long(self.start)..long(self.end)
    }
}

impl<T: ?Sized> Clone for Range<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for Range<T> {}

impl<T: ?Sized> fmt::Debug for Range<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}..{}", self.start, self.end)
    }
}

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
    pub bytes: Bytes,
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
    pub name: Name,
    /// What becomes the dot; nothing gives nil.
    pub argument: Option<Pipeline>,
}

/// Commands whose results feed one another, with the variables that receive the last one.
#[derive(Debug)]
pub struct Pipeline {
    /// Where it begins.
    pub at: Position,
    /// Variables with their `$`; two only in `range`.
    pub variables: Range<Name>,
    /// Whether they are declared or assigned; without meaning where there are none.
    pub binding: Binding,
    /// The commands, at least one.
    pub commands: Range<Command>,
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
    pub operands: Range<Operand>,
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
    String(Bytes),
    /// `.a.b`: the names with dots between them.
    Field(Name),
    /// `$x.a.b`: the variable with its `$`, then names with dots between them, or none.
    Variable(Name, Name),
    /// A function's name.
    Function(Callee),
    /// `( pipeline )`.
    Pipeline(Box<Pipeline>),
    /// `(...).a.b`: what stands before, then names with dots between them.
    Chain(Box<Operand>, Name),
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
    pub size: usize,
    /// The functions called that not every helm has, in order of appearance.
    pub newer: Vec<(Position, &'static Function)>,
    pub(super) lists: Lists,
}

/// What a file is made of, each kind in one list.
#[derive(Debug, Default)]
pub(super) struct Lists {
    pub(super) nodes: Vec<Node>,
    pub(super) commands: Vec<Command>,
    pub(super) operands: Vec<Operand>,
    pub(super) variables: Vec<Name>,
    pub(super) names: String,
    pub(super) bytes: Vec<u8>,
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

impl Parsed {
    /// Returns the nodes of a body.
    #[must_use]
    pub fn nodes(&self, body: Body) -> &[Node] {
        part(&self.lists.nodes, body)
    }

    /// Returns the commands of a pipeline.
    #[must_use]
    pub fn commands(&self, pipeline: &Pipeline) -> &[Command] {
        part(&self.lists.commands, pipeline.commands)
    }

    /// Returns the operands of a command.
    #[must_use]
    pub fn operands(&self, command: &Command) -> &[Operand] {
        part(&self.lists.operands, command.operands)
    }

    /// Returns the variables that receive what a pipeline gives, with their `$`.
    pub fn variables(&self, pipeline: &Pipeline) -> impl ExactSizeIterator<Item = &str> {
        part(&self.lists.variables, pipeline.variables).iter().map(|name| self.name(*name))
    }

    /// Returns a name.
    #[must_use]
    pub fn name(&self, name: Name) -> &str {
        self.lists.names.get(name.places()).unwrap_or_default()
    }

    /// Returns text.
    #[must_use]
    pub fn bytes(&self, bytes: Bytes) -> &[u8] {
        part(&self.lists.bytes, bytes)
    }

    /// Returns where the operand of a pipeline stands that is evaluated last: what is wrong with the result, Go says there.
    ///
    /// # Source
    /// Go `text/template/exec.go`, `state.at`.
    #[must_use]
    pub fn end_of(&self, pipeline: &Pipeline) -> Position {
        let last = self.commands(pipeline).last().and_then(|command| self.operands(command).last());
        last.map_or(pipeline.at, |operand| self.end_of_operand(operand))
    }

    /// Returns where the operand within this one stands that is evaluated last, as [`Parsed::end_of`] does.
    #[must_use]
    pub fn end_of_operand(&self, operand: &Operand) -> Position {
        match &operand.kind {
            OperandKind::Pipeline(inner) => self.end_of(inner),
            OperandKind::Chain(inner, _) => self.end_of_operand(inner),
            OperandKind::Dot
            | OperandKind::Nil
            | OperandKind::Bool(_)
            | OperandKind::Number(_)
            | OperandKind::String(_)
            | OperandKind::Field(_)
            | OperandKind::Variable(..)
            | OperandKind::Function(_) => operand.at,
        }
    }
}

/// Returns the part of a list that a range of it names.
pub(super) fn part<T>(list: &[T], range: Range<T>) -> &[T] {
    list.get(range.places()).unwrap_or_default()
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
