//! Given: documents that no render made, and a policy that nobody has installed, for the tools of authors.
//!
//! In: JSON, or documents that were read, in which `<sealed:N>` stands for a sealed leaf; what `tidegate-policyc` has just made. Out: [`Documents`]; a [`PolicySet`].
//! Rules: a compiled form is loaded only by the digest that its maker has told, never from a file that somebody names.
//! Not here: renders (`admission`).

use serde_json::Value;
use tape::{Builder, Slot};
use yaml::Node;

use super::artefact::{ArtefactProblem, Verified};
use super::digest::Digest;
use super::failure::{PolicyFailure, Reason};
use super::guest::Guest;
use super::installed::{InstallationError, new_engine};
use super::{Documents, Policy, PolicySet, settings};
use crate::taping;

/// How the handle of a sealed leaf begins and ends.
const HANDLE: (&str, &str) = ("<sealed:", ">");

impl Documents {
    /// Returns JSON documents as policies are given them.
    ///
    /// # Errors
    /// They are larger than a tape can be.
    pub fn of_json(documents: &[Value]) -> Result<Documents, PolicyFailure> {
        let mut builder = Builder::default();
        for document in documents {
            write(document, builder.document());
        }
        Documents::new(builder)
    }
}

impl Documents {
    /// Returns documents that were read as policies are given them, without their origins.
    ///
    /// # Errors
    /// They are larger than a tape can be.
    pub fn of_nodes<'a>(documents: impl Iterator<Item = &'a Node>) -> Result<Documents, PolicyFailure> {
        let mut builder = Builder::default();
        for document in documents {
            write_node(document, builder.document());
        }
        Documents::new(builder)
    }
}

/// Writes a value as [`write()`] would write its JSON. Its reader bounds its depth.
fn write_node(node: &Node, slot: Slot<'_>) {
    match &node.value {
        yaml::Value::Null => slot.null(),
        yaml::Value::Bool(on) => taping::truth(*on, slot),
        yaml::Value::Int(integer) => slot.integer(*integer),
        yaml::Value::Float(float) => taping::number(*float, slot),
        yaml::Value::String(text) | yaml::Value::Time(text) => match handle(text) {
            Some(number) => slot.sealed(number),
            None => slot.text(text),
        },
        yaml::Value::Sequence(items) => slot.list(|list| items.iter().for_each(|item| write_node(item, list.item()))),
        yaml::Value::Mapping(entries) => {
            slot.map(|map| entries.iter().for_each(|entry| write_node(&entry.value, map.entry(&entry.key))));
        }
    }
}

/// Writes a value. Its reader bounds its depth.
fn write(value: &Value, slot: Slot<'_>) {
    match value {
        Value::Null => slot.null(),
        Value::Bool(true) => slot.truth(),
        Value::Bool(false) => slot.falsehood(),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => slot.integer(integer),
            None => slot.float(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => match handle(text) {
            Some(number) => slot.sealed(number),
            None => slot.text(text),
        },
        Value::Array(items) => slot.list(|list| items.iter().for_each(|item| write(item, list.item()))),
        Value::Object(entries) => slot.map(|map| entries.iter().for_each(|(key, value)| write(value, map.entry(key)))),
    }
}

/// Returns the number of the handle that a text is.
#[must_use]
pub fn handle(text: &str) -> Option<u32> {
    text.strip_prefix(HANDLE.0)?.strip_suffix(HANDLE.1)?.parse().ok()
}

impl PolicySet {
    /// Returns a set of one policy: the compiled form whose digest its compiler has told.
    ///
    /// # Errors
    /// It has another digest, or does not load here.
    pub fn of_compiled(artefact: &[u8], digest: &Digest) -> Result<PolicySet, InstallationError> {
        let changed = |problem| InstallationError::Changed {
            policy: "the policy".to_owned(),
            file: "its compiled form".to_owned(),
            problem,
        };
        let verified = Verified::of(artefact, digest).map_err(changed)?;
        let failed = |reason: Reason| PolicyFailure { policy: "the policy".to_owned(), stage: None, reason };
        let metadata = engine::metadata::parse(&verified.header.metadata).map_err(|error| failed(error.into()))?;
        let wasm: Digest = format!("sha256:{}", verified.header.wasm_sha256)
            .parse()
            .map_err(|_error| changed(ArtefactProblem::OtherComponent))?;
        let engine = new_engine()?;
        let guest = verified.component(&engine).and_then(|component| Guest::link(&engine, &component)).map_err(failed)?;
        let policy = Policy { metadata, component_sha256: wasm.0, guest, settings: settings::NONE.to_owned() };
        Ok(PolicySet { policies: vec![policy] })
    }

    /// Returns the set with one of its policies alone; nothing where it has none of this name.
    #[must_use]
    pub fn only(mut self, name: &str) -> Option<PolicySet> {
        self.policies.retain(|policy| policy.metadata.name == name);
        (!self.policies.is_empty()).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Documents, PolicySet, handle};
    use crate::policies::digest::Digest;

    /// What is JSON on one side is the same on the other: a sealed leaf is its handle.
    #[test]
    fn documents_of_json() {
        let document = json!({"a": [1, -2, 1.5, true, false, null, "x", "<sealed:7>"], "b": {"c": "<sealed:x>"}});
        let documents = Documents::of_json(&[document.clone(), json!([])]).unwrap();
        assert_eq!(documents.len(), 2);
        let back = documents.json();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&back[0]).unwrap(), document);
    }

    /// Documents are the same whether they come as JSON or as they were read.
    #[test]
    fn documents_of_nodes() {
        let text =
            b"a: [1, -2, 1.5, 2.0, 1e300, true, false, null, x, <sealed:7>, 2024-01-02]\nb: {c: <sealed:x>, '': {}}\n---\n[]\n";
        let nodes = yaml::read(text, &yaml::ReadOptions::helm()).unwrap();
        let json: Vec<serde_json::Value> = nodes.iter().map(crate::json::tree).collect();
        assert_eq!(Documents::of_nodes(nodes.iter()).unwrap().json(), Documents::of_json(&json).unwrap().json());
    }

    /// A handle is a number between its marks.
    #[test]
    fn handles() {
        assert_eq!(handle("<sealed:12>"), Some(12));
        for other in ["<sealed:>", "<sealed:-1>", "<sealed:1", "sealed:1>", " <sealed:1>"] {
            assert_eq!(handle(other), None, "{other}");
        }
    }

    /// Bytes of another digest than the one that was told are not looked at.
    #[test]
    fn another_digest_is_refused() {
        let refused = PolicySet::of_compiled(b"TGPOLICY", &Digest::of(b"other")).err().unwrap().to_string();
        assert!(refused.ends_with("the digest differs"), "{refused}");
    }

    /// One built-in policy alone; none of another name.
    #[test]
    fn one_of_a_set() {
        let only = PolicySet::built_in().unwrap().only("role-boundaries").unwrap();
        assert_eq!(only.described().count(), 1);
        assert!(PolicySet::built_in().unwrap().only("nothing").is_none());
    }
}
