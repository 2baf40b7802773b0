//! The named templates a render can call.
//!
//! In: parsed files in Helm's order. Out: bodies by name.
//! Rules: of two templates with one name the later wins, unless its body is blank; `tpl` layers its own over those around it.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::ast::{Body, Define, Lists, Node, Parsed, part};
use super::character;

/// One named template: a file's main body, or a `define` in it.
#[derive(Debug)]
pub(super) struct Template {
    /// Its name.
    pub(super) name: Rc<str>,
    /// The file it stands in, as errors name it.
    pub(super) file: Rc<str>,
    parsed: Arc<Parsed>,
    /// Which `define` it is; nothing for the main body.
    define: Option<usize>,
}

impl Template {
    /// Returns the main body of a parsed file.
    pub(super) fn main(file: &Rc<str>, parsed: &Arc<Parsed>) -> Self {
        Self { name: Rc::clone(file), file: Rc::clone(file), parsed: Arc::clone(parsed), define: None }
    }

    /// Returns what tells this template from all others while it is alive.
    pub(super) fn address(&self) -> (usize, Option<usize>) {
        (Arc::as_ptr(&self.parsed).addr(), self.define)
    }

    /// Returns the file, which knows what the body is made of.
    pub(super) fn parsed(&self) -> &Parsed {
        &self.parsed
    }

    /// Returns the body.
    pub(super) fn body(&self) -> Body {
        self.define.and_then(|index| self.parsed.defines.get(index)).map_or(self.parsed.main, |define| define.body)
    }

    fn is_blank(&self) -> bool {
        is_blank(&self.parsed.lists, self.body())
    }
}

/// Templates by name, over those of an outer set.
#[derive(Clone, Debug, Default)]
pub(super) struct Set {
    outer: Option<Rc<Set>>,
    named: BTreeMap<Rc<str>, Rc<Template>>,
}

impl Set {
    /// Returns an empty set over `outer`.
    pub(super) fn over(outer: &Rc<Self>) -> Self {
        Self { outer: Some(Rc::clone(outer)), named: BTreeMap::new() }
    }

    /// Adds a file: its `define`s and its main body.
    ///
    /// # Source
    /// Go `text/template/template.go`, `AddParseTree` and `associate`.
    pub(super) fn add(&mut self, file: &Rc<str>, parsed: &Arc<Parsed>) {
        // Go parse.go, add: a blank `define` of the file's own name gives way to the main body, blank or not.
        let gives_way = |define: &Define| define.name.as_str() == &**file && is_blank(&parsed.lists, define.body);
        for (index, define) in parsed.defines.iter().enumerate().filter(|(_, define)| !gives_way(define)) {
            let name = Rc::from(define.name.as_str());
            self.insert(Template { name, file: Rc::clone(file), parsed: Arc::clone(parsed), define: Some(index) });
        }
        self.insert(Template::main(file, parsed));
    }

    fn insert(&mut self, template: Template) {
        if template.is_blank() && self.find(&template.name).is_some() {
            return;
        }
        self.named.insert(Rc::clone(&template.name), Rc::new(template));
    }

    /// Returns the template called `name`.
    pub(super) fn find(&self, name: &str) -> Option<&Rc<Template>> {
        self.named.get(name).or_else(|| self.outer.as_ref().and_then(|outer| outer.find(name)))
    }
}

/// Says whether a body holds white space only.
///
/// # Source
/// Go `text/template/parse/parse.go`, `IsEmptyTree`.
pub(super) fn is_blank(lists: &Lists, body: Body) -> bool {
    let is_blank = |node: &Node| matches!(node, Node::Text(text) if character::is_blank(part(&lists.bytes, text.bytes)));
    part(&lists.nodes, body).iter().all(is_blank)
}
