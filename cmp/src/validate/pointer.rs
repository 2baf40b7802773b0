//! Pointers: JSON pointers (RFC 6901) to the nodes of an object.

use yaml::{Node, Value};

/// Returns `pointer` with one more key or index.
pub(crate) fn join(pointer: &str, step: &str) -> String {
    format!("{pointer}/{}", step.replace('~', "~0").replace('/', "~1"))
}

/// Returns the nodes on the way from `root` to what `pointer` names, as far as they are there; the root always is.
pub(crate) fn walk<'a>(root: &'a Node, pointer: &str) -> Vec<&'a Node> {
    let mut nodes = vec![root];
    let mut here = root;
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        let next = match &here.value {
            Value::Mapping(entries) => entries.iter().find(|entry| entry.key == step).map(|entry| &entry.value),
            Value::Sequence(items) => step.parse().ok().and_then(|place: usize| items.get(place)),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) | Value::Time(_) => None,
        };
        let Some(next) = next else { break };
        nodes.push(next);
        here = next;
    }
    nodes
}
