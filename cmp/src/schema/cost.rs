//! What a schema may cost: how it may refer to itself, and how many steps it may take to judge values.
//!
//! Rules: references stay in the file; the steps are counted before the schema is compiled for good or any value judged, by a walk that
//! takes every branch a validator could take; the walk itself ends where the count does.
//! Not here: the judging.

use std::fmt;

use serde_json::Value;

/// Bytes of a schema. The largest of public charts, written by generators, have some 2 MiB; an estate's is written by people.
pub const SCHEMA_BYTES: usize = 1 << 20;
/// References in one schema: compiling one may lead into the next, so a chain of them is as deep as the stack.
pub const REFERENCES: usize = 1_000;
/// Patterns in one schema: each may take milliseconds to compile, and [`PATTERN_BYTES`].
pub const PATTERNS: usize = 500;
/// Bytes of one compiled pattern, enough for bounded repetition of character classes.
pub const PATTERN_BYTES: usize = 256 << 10;
/// Steps of judging: rules looked at, entries of lists, bytes of text under a pattern. A hundred times what 2,000 values with five rules
/// each take; every step may leave a finding of some hundred bytes behind.
pub const EVALUATIONS: u64 = 1_000_000;
/// Rules within rules on the way to one value, references counted: the judge's stack grows with them.
pub const RULE_DEPTH: u32 = 256;
/// How often rules beside `unevaluatedProperties` or `unevaluatedItems` may be asked again, to know what they have evaluated.
const UNEVALUATED_WEIGHT: u64 = 3;
/// Comparisons per node that `uniqueItems` makes at most: short lists are compared pair by pair, longer ones hashed.
const UNIQUE_WEIGHT: u64 = 16;
/// Bytes of a text that count as one step where it is compared or copied.
const TEXT_STEP_BYTES: u64 = 64;

/// Why a schema may not be compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unbounded {
    /// A reference leads out of the file, or to an anchor.
    Elsewhere { keyword: &'static str, target: String },
    /// A subschema changes what references mean.
    Renamed { keyword: &'static str },
    /// Too many of something.
    TooMany { what: &'static str, limit: usize },
}

impl fmt::Display for Unbounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elsewhere { keyword, target } => {
                write!(f, "`{keyword}: {target}` is none of `#` and `#/...`, the places in the file itself")
            }
            Self::Renamed { keyword } => write!(f, "`{keyword}` is allowed at the root only"),
            Self::TooMany { what, limit } => write!(f, "it has more than {limit} {what}"),
        }
    }
}

/// Checks that a schema refers to places in itself only, which the walk of [`steps`] can follow, and is no burden to compile.
///
/// # Errors
/// [`Unbounded`] for the first thing that does not.
pub(super) fn bounded(schema: &Value) -> Result<(), Unbounded> {
    let draft_4 = schema.get("$schema").and_then(Value::as_str).is_some_and(|draft| draft.contains("draft-04"));
    let (mut references, mut patterns) = (0, 0);
    let mut waiting = vec![schema];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Array(items) => waiting.extend(items),
            Value::Object(entries) => {
                for keyword in ["$ref", "$dynamicRef", "$recursiveRef"] {
                    let Some(target) = entries.get(keyword).and_then(Value::as_str) else { continue };
                    references += 1;
                    if keyword != "$ref" || !(target == "#" || target.starts_with("#/")) {
                        return Err(Unbounded::Elsewhere { keyword, target: target.to_owned() });
                    }
                }
                for keyword in ["$id", "$schema", "id"] {
                    // Before draft 6 `id` was what `$id` is now; after it, it is a word like others.
                    let means = keyword != "id" || draft_4;
                    if means && !std::ptr::eq(value, schema) && entries.get(keyword).is_some_and(Value::is_string) {
                        return Err(Unbounded::Renamed { keyword });
                    }
                }
                patterns += usize::from(entries.get("pattern").is_some_and(Value::is_string));
                patterns += entries.get("patternProperties").and_then(Value::as_object).map_or(0, serde_json::Map::len);
                waiting.extend(entries.values());
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    if references > REFERENCES {
        return Err(Unbounded::TooMany { what: "references", limit: REFERENCES });
    }
    if patterns > PATTERNS { Err(Unbounded::TooMany { what: "patterns", limit: PATTERNS }) } else { Ok(()) }
}

/// Returns how many steps judging `values` takes at most, or nothing where they are more than [`EVALUATIONS`] or rules nest deeper than
/// [`RULE_DEPTH`]. The schema has passed [`bounded`].
pub(super) fn steps(schema: &Value, values: &Value) -> Option<u64> {
    let mut walk = Walk { root: schema, taken: 0 };
    walk.visit(schema, values, Visit { depth: 0, weight: 1, copied: false })?;
    Some(walk.taken)
}

/// How a rule was reached.
#[derive(Clone, Copy)]
struct Visit {
    /// Rules on the way.
    depth: u32,
    /// How often it may be asked.
    weight: u64,
    /// Whether a finding is kept with a copy of its value, as branches of a choice keep theirs.
    copied: bool,
}

impl Visit {
    fn deeper(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }
}

struct Walk<'a> {
    root: &'a Value,
    taken: u64,
}

impl<'a> Walk<'a> {
    fn take(&mut self, steps: u64) -> Option<()> {
        self.taken = self.taken.saturating_add(steps);
        (self.taken <= EVALUATIONS).then_some(())
    }

    /// Counts a rule at a value, and all rules it leads to. Recursion is bounded by [`RULE_DEPTH`].
    fn visit(&mut self, schema: &'a Value, value: &Value, visit: Visit) -> Option<()> {
        if visit.depth > RULE_DEPTH {
            return None;
        }
        let copy = if visit.copied { self.size(value, visit.weight)? } else { 0 };
        self.take(visit.weight.saturating_mul(1 + copy))?;
        let Some(rules) = schema.as_object() else { return Some(()) };
        let again = rules.contains_key("unevaluatedProperties") || rules.contains_key("unevaluatedItems");
        let weight = if again { visit.weight.saturating_mul(UNEVALUATED_WEIGHT) } else { visit.weight };
        let visit = Visit { weight, ..visit };
        for (keyword, rule) in rules {
            self.rule(keyword, rule, value, visit)?;
        }
        self.entries(rules, value, visit)?;
        self.items(rules, value, visit)
    }

    /// Counts one keyword, as far as it is about the value itself.
    fn rule(&mut self, keyword: &str, rule: &'a Value, value: &Value, visit: Visit) -> Option<()> {
        let below = visit.deeper();
        match (keyword, rule) {
            ("$defs" | "definitions", _) => {}
            ("enum" | "const", rule) => {
                self.size(rule, visit.weight)?;
            }
            ("uniqueItems", Value::Bool(true)) => {
                self.size(value, visit.weight.saturating_mul(UNIQUE_WEIGHT))?;
            }
            ("pattern" | "format", _) => self.text(value, visit)?,
            ("$ref", Value::String(target)) => {
                if let Some(target) = self.target(target) {
                    self.visit(target, value, below)?;
                }
            }
            ("allOf", Value::Array(all)) => {
                for one in all {
                    self.visit(one, value, below)?;
                }
            }
            ("anyOf" | "oneOf", Value::Array(all)) => {
                for one in all {
                    self.visit(one, value, Visit { copied: true, ..below })?;
                }
            }
            ("not" | "if" | "then" | "else", one) => self.visit(one, value, below)?,
            ("dependentSchemas" | "dependencies", Value::Object(all)) => {
                for one in all.values() {
                    self.visit(one, value, below)?;
                }
            }
            (_, Value::Array(list)) => self.take(visit.weight.saturating_mul(list.len() as u64))?,
            (_, Value::Object(map)) => self.take(visit.weight.saturating_mul(map.len() as u64))?,
            _ => self.take(visit.weight)?,
        }
        Some(())
    }

    /// Counts what rules ask of the entries of a map.
    fn entries(&mut self, rules: &'a serde_json::Map<String, Value>, value: &Value, visit: Visit) -> Option<()> {
        let Some(entries) = value.as_object() else { return Some(()) };
        let below = visit.deeper();
        let named = rules.get("properties").and_then(Value::as_object);
        let patterns = rules.get("patternProperties").and_then(Value::as_object);
        for (key, entry) in entries {
            let own = named.and_then(|named| named.get(key));
            if let Some(one) = own {
                self.visit(one, entry, below)?;
            }
            for one in patterns.into_iter().flat_map(serde_json::Map::values) {
                self.take(visit.weight.saturating_mul(1 + key.len() as u64))?;
                self.visit(one, entry, below)?;
            }
            for one in
                rules.get("additionalProperties").filter(|_| own.is_none()).into_iter().chain(rules.get("unevaluatedProperties"))
            {
                self.visit(one, entry, below)?;
            }
            if let Some(one) = rules.get("propertyNames") {
                self.visit(one, &Value::String(key.clone()), Visit { copied: true, ..below })?;
            }
        }
        Some(())
    }

    /// Counts what rules ask of the items of a list.
    fn items(&mut self, rules: &'a serde_json::Map<String, Value>, value: &Value, visit: Visit) -> Option<()> {
        let Some(items) = value.as_array() else { return Some(()) };
        let below = visit.deeper();
        for (keyword, rule) in rules {
            match (keyword.as_str(), rule) {
                ("items" | "prefixItems", Value::Array(each)) => {
                    for (one, item) in each.iter().zip(items) {
                        self.visit(one, item, below)?;
                    }
                }
                ("items" | "additionalItems" | "contains" | "unevaluatedItems", one) => {
                    for item in items {
                        self.visit(one, item, below)?;
                    }
                }
                _ => {}
            }
        }
        Some(())
    }

    /// Counts the bytes of a text that is matched.
    fn text(&mut self, value: &Value, visit: Visit) -> Option<()> {
        let bytes = value.as_str().map_or(0, str::len) as u64;
        self.take(visit.weight.saturating_mul(1 + bytes))
    }

    /// Counts the nodes and texts of a value, `weight` times, and returns their number.
    fn size(&mut self, value: &Value, weight: u64) -> Option<u64> {
        let mut size = 0_u64;
        let mut waiting = vec![value];
        while let Some(value) = waiting.pop() {
            let here = 1 + value.as_str().map_or(0, str::len) as u64 / TEXT_STEP_BYTES;
            size += here;
            self.take(weight.saturating_mul(here))?;
            match value {
                Value::Array(items) => waiting.extend(items),
                Value::Object(entries) => waiting.extend(entries.values()),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        Some(size)
    }

    /// Returns what a local reference means; nothing where there is no such place, which the compiler of the schema refuses.
    fn target(&self, reference: &str) -> Option<&'a Value> {
        self.root.pointer(&percent_decoded(reference.strip_prefix('#')?)?)
    }
}

/// Returns a fragment with its `%41` read as bytes.
fn percent_decoded(fragment: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *first == b'%').and_then(|two| std::str::from_utf8(two).ok());
        match code.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                decoded.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests;
