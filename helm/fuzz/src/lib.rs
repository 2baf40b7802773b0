//! What the fuzz targets share: charts and calls made of bytes.
//!
//! In: bytes. Out: what the engine makes of them, and checks that hold for any input.
//! Rules: budgets are small, so that a run ends at once; nothing here knows what the right answer is, only what every answer must be.

use helm::chart::scope::{Action, Capabilities, Release};
use helm::chart::{Chart, ChartFile, load};
use helm::functions::{Chance, Environment, Expressions, Supply, find};
use helm::profile::Profile;
use helm::provenance::Leaves;
use helm::render::order::{Tests, stream};
use helm::render::schema::Schemas;
use helm::render::{Budget, Definitions, Hashes, Options, Outcome, Prepared, Randomness, RenderError, render};
use helm::value::{Data, Map, Text, Value};
use helm::values::from_file;
use yaml::{LeafId, ReadOptions};

/// Bytes a result of a function may have here.
const RESULT_BYTES: usize = 1 << 20;

/// What a render may cost here.
const BUDGET: Budget = 
    Budget { depth: 20, steps: 20_000, key_steps: 1_000_000, text_bytes: RESULT_BYTES, output_bytes: RESULT_BYTES, memory_bytes: 16 * RESULT_BYTES };

/// Returns the chart that has one template and the values.
#[must_use]
pub fn chart(template: &[u8], values: &[u8]) -> Option<Chart> {
    let file = |path: &str, data: &[u8]| ChartFile { path: path.to_owned(), data: data.to_vec() };
    load(vec![
        file("Chart.yaml", b"apiVersion: v2\nname: fuzz\nversion: 1.0.0\n"),
        file("values.yaml", values),
        file("templates/fuzz.yaml", template),
        file("templates/_parts.tpl", b"{{define \"part\"}}{{.}}{{end}}"),
    ])
    .ok()
}

/// Renders a chart with every leaf of its default values tracked.
///
/// # Errors
/// What a render fails with.
pub fn rendered(prepared: &Prepared) -> Result<Outcome, RenderError> {
    let options = Options {
        profile: Profile::default(),
        release: Release { name: "fuzz".to_owned(), namespace: "fuzz".to_owned(), revision: 1, action: Action::Install },
        capabilities: Capabilities { kube_version: None, more_api_versions: Vec::new() },
        definitions: Definitions::Include,
        tests: Tests::Keep,
        schemas: Schemas::Check,
        randomness: Randomness::Refuse,
        hashes: Hashes::Plain,
        budget: BUDGET,
        first_pseudo_leaf: 1 << 30,
    };
    let mut next = 0;
    render(prepared, &Map::new(), &options, &mut |_, _| {
        next += 1;
        Some(LeafId(next))
    })
}

/// Renders a chart twice: the two must be the same, and marks must lie within their texts.
pub fn renders_the_same_twice(prepared: &Prepared) {
    match (rendered(prepared), rendered(prepared)) {
        (Ok(first), Ok(second)) => {
            let (first, second) = (stream(&first.documents), stream(&second.documents));
            check_marks(&first);
            assert_eq!(first, second);
        }
        (Err(first), Err(second)) => assert_eq!(words(&first), words(&second)),
        (first, second) => panic!("one render fails and one does not: {:?} {:?}", first.is_ok(), second.is_ok()),
    }
}

fn words(error: &RenderError) -> Vec<u8> {
    match error {
        RenderError::Template(failure) => {
            check_marks(&failure.message);
            failure.message.as_bytes().to_vec()
        }
        other => other.to_string().into_bytes(),
    }
}

/// Checks that marks lie within their text and name leaves.
fn check_marks(text: &Text) {
    for mark in text.marks().as_slice() {
        assert!(mark.start <= mark.end && mark.end <= text.as_bytes().len(), "a mark lies outside its text");
        assert!(!mark.leaves.is_empty(), "a mark without leaves");
    }
}

/// Time and randomness that stand still.
struct Still;

impl Chance for Still {
    fn random(&mut self, _: &'static str, buffer: &mut [u8]) -> Leaves {
        buffer.fill(7);
        Leaves::NONE
    }

    fn now(&mut self, _: &'static str) -> (i64, u32, Leaves) {
        (1_700_000_000, 5, Leaves::NONE)
    }

    fn supply(&self) -> Supply {
        Supply::StandIn
    }

    fn digest(&self, _: LeafId) -> Option<&[u8]> {
        None
    }

    fn instant(&self) -> i64 {
        1_700_000_000
    }
}

/// Calls a template function; nothing where it refuses its arguments.
#[must_use]
pub fn call(name: &str, arguments: &[Value]) -> Option<Value> {
    let function = find(name).unwrap_or_else(|| panic!("there is no function `{name}`"));
    let expressions = &mut Expressions::default();
    let mut environment =
        Environment { chance: &mut Still, ciphertext: &|_| None, result_limit: RESULT_BYTES, expressions, effort: 0 };
    let result = (function.call)(&mut environment, arguments).ok()?;
    if let Data::String(text) = &result.data {
        check_marks(text);
    }
    Some(result)
}

/// Returns text that one leaf stands behind.
#[must_use]
pub fn leaf(text: &[u8]) -> Value {
    Value::of_leaf(Data::String(Text::plain(text)), LeafId(1))
}

/// Returns the two halves of an input, divided at its first NUL.
#[must_use]
pub fn halves(input: &[u8]) -> (&[u8], &[u8]) {
    match input.iter().position(|byte| *byte == 0) {
        Some(at) => (&input[..at], &input[at + 1..]),
        None => (input, &[]),
    }
}

/// Returns values read as Helm reads a values file; nothing where they are none.
#[must_use]
pub fn values(text: &[u8]) -> Option<Map> {
    let documents = yaml::read(text, &ReadOptions::helm()).ok()?;
    match from_file(&documents, &mut |_| None).ok()?.data {
        Data::Map(map, _) => Some(map),
        _ => None,
    }
}
