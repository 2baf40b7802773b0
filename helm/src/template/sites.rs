//! Which call this is, on whatever line it stands: what seeded randomness is drawn from.
//!
//! In: the calls under way, outermost first, and the one that draws. Out: a digest.
//! Rules: a call is known by its template, its command without white space, and which of the equal commands of that template it is; so
//! lines may shift, and what is added beside it may be any other command. Looked for only where something is drawn.
//! Not here: how often a call ran (`chance`).

use std::collections::BTreeMap;
use std::rc::Rc;

use sha2::{Digest, Sha256};
use yaml::Position;

use super::ast::{Body, Branch, Command, Node, Operand, OperandKind, Parsed, Pipeline};
use super::set::Template;

/// A digest of a command, or of a chain of calls.
pub(super) type Identity = [u8; 32];

/// A call that is under way, or about to draw.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    /// The template it stands in.
    pub(super) template: Rc<Template>,
    /// Where its function's name, or its keyword, begins.
    pub(super) at: Position,
}

/// The commands of the templates that were asked about.
#[derive(Default)]
pub(super) struct Sites {
    /// By the template's place in memory, which the template beside it keeps.
    known: BTreeMap<(usize, Option<usize>), (Rc<Template>, Commands)>,
}

/// For each place a command, and how many equal ones stand before it.
type Commands = BTreeMap<(u32, u32), (Identity, u64)>;

impl Sites {
    /// Returns the identity of the last of these calls.
    pub(super) fn identity<'c>(&mut self, calls: impl Iterator<Item = &'c Caller>) -> Identity {
        let mut chain = Sha256::new();
        for call in calls {
            let (command, earlier) = self.command(call);
            for part in [call.template.name.as_bytes(), &command, &earlier.to_be_bytes()] {
                framed(&mut chain, part);
            }
        }
        chain.finalize().into()
    }

    fn command(&mut self, call: &Caller) -> (Identity, u64) {
        let template = &call.template;
        let (_, commands) = self.known.entry(template.address()).or_insert_with(|| {
            let mut index = Index { parsed: template.parsed(), commands: Commands::new(), counts: BTreeMap::new() };
            index.body(template.body());
            (Rc::clone(template), index.commands)
        });
        commands.get(&(call.at.line, call.at.column)).copied().unwrap_or_default()
    }
}

fn framed(digest: &mut Sha256, part: &[u8]) {
    digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
    digest.update(part);
}

fn digest_of<'p>(kind: &str, parts: impl IntoIterator<Item = &'p [u8]>) -> Identity {
    let mut digest = Sha256::new();
    framed(&mut digest, kind.as_bytes());
    parts.into_iter().for_each(|part| framed(&mut digest, part));
    digest.finalize().into()
}

/// Finds the commands of a body, in the order in which they are written.
struct Index<'p> {
    parsed: &'p Parsed,
    commands: Commands,
    counts: BTreeMap<Identity, u64>,
}

impl Index<'_> {
    fn body(&mut self, body: Body) {
        for node in self.parsed.nodes(body) {
            match node {
                Node::Text(_) | Node::Break(_) | Node::Continue(_) => {}
                Node::Action(pipeline) => {
                    self.pipeline(pipeline);
                }
                Node::If(branch) | Node::With(branch) | Node::Range(branch) => self.branch(branch),
                Node::Template(call) => {
                    let argument = call.argument.as_ref().map(|pipeline| self.pipeline(pipeline));
                    let argument = argument.as_ref().map(Identity::as_slice);
                    let identity = digest_of("template", std::iter::once(self.parsed.name(call.name).as_bytes()).chain(argument));
                    self.add(call.at, identity);
                }
            }
        }
    }

    fn branch(&mut self, branch: &Branch) {
        self.pipeline(&branch.pipeline);
        self.body(branch.body);
        if let Some(otherwise) = branch.otherwise {
            self.body(otherwise);
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> Identity {
        let commands: Vec<Identity> = self.parsed.commands(pipeline).iter().map(|command| self.command(command)).collect();
        digest_of("pipeline", commands.iter().map(Identity::as_slice))
    }

    fn command(&mut self, command: &Command) -> Identity {
        let operands = self.parsed.operands(command);
        let identities: Vec<Identity> = operands.iter().map(|operand| self.operand(operand)).collect();
        let identity = digest_of("command", identities.iter().map(Identity::as_slice));
        if let Some(first) = operands.first().filter(|first| matches!(first.kind, OperandKind::Function(_))) {
            self.add(first.at, identity);
        }
        for operand in operands.iter().skip(1).filter(|operand| matches!(operand.kind, OperandKind::Function(_))) {
            let alone = self.operand(operand);
            self.add(operand.at, digest_of("command", [alone.as_slice()]));
        }
        identity
    }

    fn operand(&mut self, operand: &Operand) -> Identity {
        let parsed = self.parsed;
        match &operand.kind {
            OperandKind::Dot => digest_of("dot", []),
            OperandKind::Nil => digest_of("nil", []),
            OperandKind::Bool(on) => digest_of("bool", [[u8::from(*on)].as_slice()]),
            OperandKind::Number(number) => digest_of("number", [number.text.as_bytes()]),
            OperandKind::String(text) => digest_of("string", [parsed.bytes(*text)]),
            OperandKind::Field(path) => digest_of("field", [parsed.name(*path).as_bytes()]),
            OperandKind::Variable(name, path) => {
                digest_of("variable", [parsed.name(*name).as_bytes(), parsed.name(*path).as_bytes()])
            }
            OperandKind::Function(callee) => digest_of("function", [callee.name().as_bytes()]),
            OperandKind::Pipeline(pipeline) => self.pipeline(pipeline),
            OperandKind::Chain(inner, path) => {
                let inner = self.operand(inner);
                digest_of("chain", [inner.as_slice(), parsed.name(*path).as_bytes()])
            }
        }
    }

    fn add(&mut self, at: Position, identity: Identity) {
        let count = self.counts.entry(identity).or_default();
        self.commands.insert((at.line, at.column), (identity, *count));
        *count += 1;
    }
}
