//! Two renders as objects, and where they differ.
//!
//! In: the bytes of two renders. Out: [`Comparison`].
//! Rules: objects are found by group, kind, namespace and name, whatever their order; items of `*List` objects are objects of their own;
//! of several with one name the first is compared with the first. Keys have no order, lists have.

use std::collections::BTreeMap;

use helm::values::{Step, ValuePath};
use serde_json::Value as Json;
use yaml::{FinalNewline, Position, ReadOptions};

/// Differences that are kept of one pair of renders: nobody reads more, and two renders of 64 MiB can differ in millions of places.
pub(super) const DIFFERENCES: usize = 1_000;

/// Which object is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Identity {
    /// Its group; empty for the core.
    pub(super) group: String,
    /// Its kind.
    pub(super) kind: String,
    /// The namespace it names; may be empty.
    pub(super) namespace: String,
    /// Its name.
    pub(super) name: String,
    /// How many of the same identity came before it.
    pub(super) before: usize,
}

impl Identity {
    /// Says whether its values are not for showing.
    pub(super) fn is_secret(&self) -> bool {
        self.kind == "Secret"
    }
}

/// The objects of one render, with their order.
#[derive(Debug)]
pub(super) struct Objects {
    by_identity: BTreeMap<Identity, Json>,
    order: Vec<Identity>,
}

/// A place where two renders differ; a side that has nothing there is none.
#[derive(Clone, Debug)]
pub(super) struct Difference {
    /// The object.
    pub(super) object: Identity,
    /// The place in it; the root where only one render has the object.
    pub(super) path: ValuePath,
    /// What the one has.
    pub(super) left: Option<Json>,
    /// What the other has.
    pub(super) right: Option<Json>,
}

/// How two renders compare.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    /// Where they differ, in the order of objects and keys, at most [`DIFFERENCES`].
    pub(super) differences: Vec<Difference>,
    /// Whether there are more.
    pub(super) has_more: bool,
    /// Whether the objects both have come in the same order.
    pub(super) same_order: bool,
}

/// A render that is not YAML.
#[derive(Debug)]
pub(super) struct NotYaml {
    /// Where in the output.
    pub(super) at: Position,
    /// Why.
    pub(super) why: String,
}

impl Objects {
    /// Reads a render.
    pub(super) fn read(stream: &[u8]) -> Result<Self, NotYaml> {
        let options = ReadOptions { final_newline: FinalNewline::Added, ..ReadOptions::helm() };
        let documents = yaml::read(stream, &options).map_err(|error| NotYaml { at: error.at(), why: error.to_string() })?;
        let mut objects = Self { by_identity: BTreeMap::new(), order: Vec::new() };
        for document in documents.iter().map(tidegate::json::tree).filter(|document| !document.is_null()) {
            objects.add(document);
        }
        Ok(objects)
    }

    /// Returns how many there are.
    pub(super) fn count(&self) -> usize {
        self.order.len()
    }

    fn add(&mut self, object: Json) {
        if let Some(items) = object.get("items").and_then(Json::as_array)
            && text(&object, "kind").ends_with("List")
        {
            items.iter().for_each(|item| self.put(item.clone()));
            return;
        }
        self.put(object);
    }

    fn put(&mut self, object: Json) {
        let metadata = object.get("metadata").cloned().unwrap_or_default();
        let version = text(&object, "apiVersion");
        let mut identity = Identity {
            group: version.split_once('/').map(|(group, _)| group.to_owned()).unwrap_or_default(),
            kind: text(&object, "kind"),
            namespace: text(&metadata, "namespace"),
            name: text(&metadata, "name"),
            before: 0,
        };
        while self.by_identity.contains_key(&identity) {
            identity.before += 1;
        }
        self.order.push(identity.clone());
        self.by_identity.insert(identity, object);
    }
}

fn text(object: &Json, key: &str) -> String {
    object.get(key).and_then(Json::as_str).unwrap_or_default().to_owned()
}

/// Returns where two renders differ.
pub(super) fn compare(left: &Objects, right: &Objects) -> Comparison {
    let mut found = Comparison::default();
    let all: std::collections::BTreeSet<&Identity> = left.by_identity.keys().chain(right.by_identity.keys()).collect();
    for object in all {
        let sides = (left.by_identity.get(object), right.by_identity.get(object));
        found.descend(object, &mut Vec::new(), sides);
    }
    let shared = |one: &Objects, other: &Objects| -> Vec<Identity> {
        one.order.iter().filter(|object| other.by_identity.contains_key(object)).cloned().collect()
    };
    found.same_order = shared(left, right) == shared(right, left);
    found
}

impl Comparison {
    // Recursion goes as deep as the reader lets documents nest.
    fn descend(&mut self, object: &Identity, path: &mut Vec<Step>, sides: (Option<&Json>, Option<&Json>)) {
        match sides {
            (left, right) if left == right => {}
            (Some(Json::Object(left)), Some(Json::Object(right))) => {
                let keys: std::collections::BTreeSet<&String> = left.keys().chain(right.keys()).collect();
                for key in keys {
                    path.push(Step::Key(key.clone()));
                    self.descend(object, path, (left.get(key), right.get(key)));
                    path.pop();
                }
            }
            (Some(Json::Array(left)), Some(Json::Array(right))) => {
                for index in 0..left.len().max(right.len()) {
                    path.push(Step::Index(index));
                    self.descend(object, path, (left.get(index), right.get(index)));
                    path.pop();
                }
            }
            (left, right) if self.differences.len() < DIFFERENCES => self.differences.push(Difference {
                object: object.clone(),
                path: ValuePath::new(path.clone()),
                left: left.cloned(),
                right: right.cloned(),
            }),
            _ => self.has_more = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(left: &str, right: &str, expected: &[&str]) -> bool {
        let found = compare(&Objects::read(left.as_bytes()).unwrap(), &Objects::read(right.as_bytes()).unwrap());
        let shown = |side: &Option<Json>| side.as_ref().map_or("-".to_owned(), Json::to_string);
        let lines: Vec<String> = found
            .differences
            .iter()
            .map(|place| {
                format!(
                    "{}/{} {}: {} {}",
                    place.object.kind,
                    place.object.name,
                    place.path,
                    shown(&place.left),
                    shown(&place.right)
                )
            })
            .collect();
        assert_eq!(lines, expected, "{left}\n{right}");
        found.same_order
    }

    // Comments, quotes and the order of keys make no difference; what is there does.
    #[test]
    fn objects_are_compared_by_what_they_hold() {
        check("# x\nkind: A\na: 1\nb: 'x'\n", "b: x\na: 1.0\nkind: A\n", &[]);
        check("kind: A\na: 1\n", "kind: A\na: '1'\n", &["A/ a: 1 \"1\""]);
        check("kind: A\na: {b: [1, 2]}\n", "kind: A\na: {b: [1], c.d: 3}\n", &["A/ a.b[1]: 2 -", "A/ a.c\\.d: - 3"]);
        check("kind: A\na: null\n", "kind: A\n", &["A/ a: null -"]);
    }

    // Objects are found by who they are; their order is told apart.
    #[test]
    fn order_is_told_apart() {
        let (a, b) = ("kind: A\nmetadata: {name: a}\n", "kind: B\nmetadata: {name: b}\n");
        assert!(check(&format!("{a}---\n{b}"), &format!("{a}---\n{b}"), &[]));
        assert!(!check(&format!("{a}---\n{b}"), &format!("{b}---\n{a}"), &[]));
        assert!(check(&format!("{a}---\n{b}"), b, &["A/a : {\"kind\":\"A\",\"metadata\":{\"name\":\"a\"}} -"]));
        assert!(check(
            &format!("kind: List\nitems:\n- {{kind: A, metadata: {{name: a}}}}\n---\n{b}"),
            &format!("{a}---\n{b}"),
            &[]
        ));
    }

    // Two objects of one name are two; empty documents are none.
    #[test]
    fn namesakes_are_counted() {
        let objects = Objects::read(b"kind: A\n---\n---\nkind: A\n---\n# nothing\n").unwrap();
        assert_eq!(objects.count(), 2);
        check("kind: A\nx: 1\n---\nkind: A\nx: 2\n", "kind: A\nx: 1\n", &["A/ : {\"kind\":\"A\",\"x\":2} -"]);
    }

    // A thousand places are kept, one more is only told of.
    #[test]
    fn differences_obeyed_and_violated() {
        let many = |count: usize| format!("kind: A\nlist: [{}]\n", vec!["1"; count].join(","));
        let has_more = |count: usize| {
            let found = compare(&Objects::read(b"kind: A\nlist: []\n").unwrap(), &Objects::read(many(count).as_bytes()).unwrap());
            assert_eq!(found.differences.len(), count.min(DIFFERENCES));
            found.has_more
        };
        assert!(!has_more(DIFFERENCES));
        assert!(has_more(DIFFERENCES + 1));
    }

    // What is no YAML says where.
    #[test]
    fn garbage_is_refused() {
        assert_eq!(Objects::read(b"a: 1\nb: [\n").unwrap_err().at.line, 3);
    }
}
