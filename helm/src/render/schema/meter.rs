//! What checking values against a schema may cost.
//!
//! In: a schema, and what is done with it. Out: the schema with a keyword of ours in every part; the result, or that it takes too much.
//! Rules: references let a small schema ask for more work than anybody will see the end of, and the checker has no limit of its own. It
//! asks our keyword wherever it comes to a part of the schema; that counts, and unwinds the checker when the allowance is used up.
//! Not here: what is checked (`schema`).

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use jsonschema::{Keyword, ValidationError, ValidationOptions};
use serde_json::{Map as JsonMap, Value as Json};

use crate::functions::steps_to_compile;
use crate::meter::{self, Metered};

/// Steps that one schema may take: some hundred milliseconds, and at most as many violations in memory. Those of the largest public
/// charts take some ten thousand.
pub const SCHEMA_STEPS: u64 = 200_000;

/// The keyword: no schema has it for another purpose. Its value is a schema that allows everything, for where its place turns out to hold
/// a table of schemas.
const KEYWORD: &str = "x-tidegate-meter";

/// Keywords whose objects are no schemas and no tables of schemas.
const DATA: &[&str] = &["const", "enum", "default", "examples", "$vocabulary", "dependentRequired"];

/// Parts of an `enum` or `const`, items, keys or bytes of text, that are looked at in one step.
const STEP_PARTS: usize = 16;

/// The check takes too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMuch;

/// Returns what `check` does within the allowance of one schema.
///
/// # Errors
/// [`TooMuch`].
pub(super) fn within<T>(check: impl FnOnce() -> T) -> Result<T, TooMuch> {
    let _metered = Metered::start(usize::MAX, SCHEMA_STEPS);
    // What the checker was doing is dropped with it.
    catch_unwind(AssertUnwindSafe(check)).map_err(|payload| match payload.downcast::<TooMuch>() {
        Ok(too_much) => *too_much,
        Err(other) => resume_unwind(other),
    })
}

/// Puts the keyword into every part of a schema, and counts what its patterns take to compile; within [`within`].
pub(super) fn prepare(schema: &mut Json) {
    match schema {
        Json::Array(items) => items.iter_mut().for_each(prepare),
        Json::Object(object) => {
            if let Some(Json::String(pattern)) = object.get("pattern") {
                spend(steps_to_compile(pattern));
            }
            if let Some(Json::Object(patterns)) = object.get("patternProperties") {
                patterns.keys().for_each(|pattern| spend(steps_to_compile(pattern)));
            }
            let parts = object.iter_mut().filter(|(key, _)| !DATA.contains(&key.as_str()));
            parts.map(|(_, part)| part).for_each(prepare);
            object.insert(KEYWORD.to_owned(), Json::Object(JsonMap::new()));
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// Lets the checker know the keyword.
pub(super) fn metered(options: ValidationOptions<'_>) -> ValidationOptions<'_> {
    options.with_keyword(KEYWORD, |part, _, _| {
        spend(1);
        let keyword: Box<dyn for<'i> Keyword<'i>> = Box::new(Part::of(part));
        Ok(keyword)
    })
}

/// Unwinds the checker where the allowance is used up: it has no other way to be stopped.
fn spend(steps: usize) {
    if meter::spend(steps).is_err() {
        resume_unwind(Box::new(TooMuch));
    }
}

/// A part of a schema.
struct Part {
    /// Steps for any value.
    steps: usize,
    /// How often a value's own size counts.
    passes: usize,
}

impl Part {
    fn of(part: &JsonMap<String, Json>) -> Self {
        let listed: usize = ["enum", "const"].iter().filter_map(|name| part.get(*name)).map(size).sum();
        let patterns = part.get("patternProperties").and_then(Json::as_object).map_or(0, JsonMap::len);
        Self { steps: 1 + listed / STEP_PARTS, passes: 1 + patterns + usize::from(part.contains_key("pattern")) }
    }

    fn count(&self, value: &Json) {
        let size = match value {
            Json::String(text) => text.len(),
            Json::Array(items) => items.len(),
            Json::Object(entries) => entries.len(),
            Json::Null | Json::Bool(_) | Json::Number(_) => 0,
        };
        spend(self.steps.saturating_add(size.saturating_mul(self.passes) / STEP_PARTS));
    }
}

/// Returns how much there is to look at in a value.
fn size(value: &Json) -> usize {
    match value {
        Json::String(text) => 1 + text.len(),
        Json::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Json::Object(entries) => 1 + entries.iter().map(|(key, value)| key.len() + size(value)).sum::<usize>(),
        Json::Null | Json::Bool(_) | Json::Number(_) => 1,
    }
}

impl<'i> Keyword<'i> for Part {
    fn validate(&self, instance: &'i Json) -> Result<(), ValidationError<'i>> {
        self.count(instance);
        Ok(())
    }

    fn is_valid(&self, instance: &'i Json) -> bool {
        self.count(instance);
        true
    }
}
