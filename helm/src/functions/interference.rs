//! Nothing unmarked tells of a sealed leaf: every function is called twice with different secrets, and what is not marked must be equal.
//!
//! Rules: the secrets differ in everything but their kind, and are not empty (that a sealed string is empty is no secret). That a function
//! fails for one secret only is not hidden from anybody; its message must not tell why.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::tests::try_stand_in;
use super::{Effect, Function, Parameter, all};
use crate::gofmt;
use crate::provenance::{LeafId, Leaves};
use crate::value::{Data, Element, List, Map, Slot, Text, Value};

/// The leaf all secrets are.
const LEAF: LeafId = LeafId(1);

/// What stands in place of what is marked.
const HIDDEN: &str = "?";

/// A secret in each of its kinds.
#[derive(Clone, Debug)]
struct Secret {
    text: String,
    int: i64,
    float: f64,
    on: bool,
}

/// An argument, with holes for the secret.
#[derive(Clone, Debug)]
enum Shape {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    SealedText,
    SealedInt,
    SealedFloat,
    SealedBool,
    /// A sealed text between two others.
    Around(String, String),
    /// A text that was computed from the secret.
    Computed,
    List(Vec<Shape>),
    Texts(Vec<Shape>),
    Map(Vec<(String, Shape)>),
    /// A map with a key that the secret decided.
    SealedKey(Box<Shape>),
    /// A value that the secret decided about.
    Decided(Box<Shape>, Box<Shape>),
}

impl Shape {
    fn value(&self, secret: &Secret) -> Value {
        let leaf = Leaves::one(LEAF);
        match self {
            Self::Nil => Value::nil(),
            Self::Bool(on) => Value::plain(Data::Bool(*on)),
            Self::Int(number) => Value::plain(Data::Int(*number)),
            Self::Float(number) => Value::plain(Data::Float(*number)),
            Self::Text(text) => Value::string(text),
            Self::SealedText => Value::of_leaf(Data::String(Text::from(secret.text.as_str())), LEAF),
            Self::SealedInt => Value::of_leaf(Data::Int(secret.int), LEAF),
            Self::SealedFloat => Value::of_leaf(Data::Float(secret.float), LEAF),
            Self::SealedBool => Value::of_leaf(Data::Bool(secret.on), LEAF),
            Self::Around(before, after) => {
                let sealed = Self::SealedText.value(secret);
                Value::plain(Data::String(gofmt::sprint(&[Value::string(before), sealed, Value::string(after)])))
            }
            Self::Computed => Value::string(&secret.text.repeat(2)).derived_from(&leaf),
            Self::List(items) => Value::list(items.iter().map(|item| item.value(secret)).collect()),
            Self::Texts(items) => {
                Value::plain(Data::List(List::new(items.iter().map(|item| item.value(secret)).collect()), Element::String))
            }
            Self::Map(entries) => {
                let map = Map::new();
                entries.iter().for_each(|(key, value)| map.insert(key.as_bytes(), value.value(secret)));
                Value::map(map)
            }
            Self::SealedKey(value) => {
                let map = Map::new();
                map.insert(b"a", Value::string("b"));
                map.insert_slot(secret.text.as_bytes(), Slot { key_leaves: leaf, value: value.value(secret) });
                Value::map(map)
            }
            Self::Decided(one, other) => if secret.on { one } else { other }.value(secret).derived_from(&leaf),
        }
    }
}

/// Returns what a value shows of itself where marks are black.
fn shown(value: &Value) -> String {
    match &value.data {
        Data::String(text) | Data::Bytes(text) => shown_text(text, &value.leaves),
        _ if !value.leaves.is_empty() => HIDDEN.to_owned(),
        Data::List(list, element) => format!("{element:?}{:?}", list.items().iter().map(shown).collect::<Vec<_>>()),
        Data::Map(map, _) if !map.shape().is_empty() => HIDDEN.to_owned(),
        Data::Map(map, element) => format!("{element:?}{:?}", entries(map)),
        _ => String::from_utf8_lossy(gofmt::value(value).as_bytes()).into_owned(),
    }
}

fn entries(map: &Map) -> Vec<(String, String)> {
    map.entries().into_iter().map(|(key, slot)| (String::from_utf8_lossy(&key).into_owned(), shown(&slot.value))).collect()
}

/// Marks that touch or overlap are one black stretch.
fn shown_text(text: &Text, own: &Leaves) -> String {
    let marks = text.marks();
    if marks.leaves().union(own) != marks.leaves() {
        return HIDDEN.to_owned();
    }
    let mut out = Vec::new();
    let mut read = None;
    for mark in marks.as_slice() {
        if read.is_none_or(|read| mark.start > read) {
            out.extend_from_slice(text.as_bytes().get(read.unwrap_or(0)..mark.start).unwrap_or_default());
            out.extend_from_slice(HIDDEN.as_bytes());
        }
        read = read.max(Some(mark.end));
    }
    out.extend_from_slice(text.as_bytes().get(read.unwrap_or(0)..).unwrap_or_default());
    String::from_utf8_lossy(&out).into_owned()
}

/// Returns what the writers of YAML and JSON show, apart from how they quote and lay out a sealed scalar: that follows its text, and is
/// not hidden.
fn written(function: &Function, shown: String) -> String {
    let writer = ["Yaml", "YamlPretty", "Json"].iter().any(|end| function.name.ends_with(end));
    if writer { shown.replace([' ', '\n', ',', ':', '"', '\''], "").replace("??", "?") } else { shown }
}

/// Calls a function; returns what its result, its message and its changed arguments show.
fn outcome(function: &Function, shapes: &[Shape], secret: &Secret) -> (Result<String, String>, Vec<String>) {
    let values: Vec<_> = shapes.iter().map(|shape| shape.value(secret)).collect();
    let added = function.added_leaves(&values);
    let result = try_stand_in(function.name, &values);
    let after = if function.effect == Effect::Mutates { values.iter().map(shown).collect() } else { Vec::new() };
    let result = result
        .map(|value| written(function, shown(&value)))
        .map_err(|error| shown_text(&error.message.derived_from(&added), &Leaves::NONE));
    (result, after)
}

fn text() -> impl Strategy<Value = String> {
    "[ab ,.1\n%*dsv-]{0,5}"
}

fn secret() -> impl Strategy<Value = Secret> {
    ("[ab ,.1é\n-]{1,6}", -2_i64..6, any::<bool>()).prop_map(|(text, int, on)| Secret {
        text,
        int,
        float: if on { 0.0 } else { 1.5 },
        on,
    })
}

fn any_shape() -> impl Strategy<Value = Shape> {
    let leaf = prop_oneof![
        Just(Shape::Nil),
        any::<bool>().prop_map(Shape::Bool),
        (-2_i64..6).prop_map(Shape::Int),
        Just(Shape::Float(1.5)),
        text().prop_map(Shape::Text),
        Just(Shape::SealedText),
        Just(Shape::SealedInt),
        Just(Shape::SealedFloat),
        Just(Shape::SealedBool),
        (text(), text()).prop_map(|(before, after)| Shape::Around(before, after)),
        Just(Shape::Computed),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Shape::List),
            prop::collection::vec(string(), 0..4).prop_map(Shape::Texts),
            prop::collection::vec(("[ab]{1}", inner.clone()), 0..3).prop_map(Shape::Map),
            inner.clone().prop_map(|shape| Shape::SealedKey(Box::new(shape))),
            (inner.clone(), inner).prop_map(|(one, other)| Shape::Decided(Box::new(one), Box::new(other))),
        ]
    })
}

fn string() -> impl Strategy<Value = Shape> {
    prop_oneof![
        text().prop_map(Shape::Text),
        Just(Shape::SealedText),
        (text(), text()).prop_map(|(before, after)| Shape::Around(before, after)),
        Just(Shape::Computed),
        (text(), text()).prop_map(|(a, b)| Shape::Decided(Box::new(Shape::Text(a)), Box::new(Shape::Text(b)))),
    ]
}

fn map() -> impl Strategy<Value = Shape> {
    prop_oneof![
        prop::collection::vec(("[ab]{1}", any_shape()), 0..3).prop_map(Shape::Map),
        any_shape().prop_map(|shape| Shape::SealedKey(Box::new(shape))),
    ]
}

/// Returns arguments of a type; of none for types of which the shapes have no value.
fn argument(parameter: Parameter) -> Option<BoxedStrategy<Shape>> {
    Some(match parameter {
        Parameter::Any => prop_oneof![2 => any_shape(), 1 => map(), 1 => string()].boxed(),
        Parameter::String => string().boxed(),
        Parameter::Int => prop_oneof![(-2_i64..6).prop_map(Shape::Int), Just(Shape::SealedInt)].boxed(),
        Parameter::Float => prop_oneof![Just(Shape::Float(0.5)), Just(Shape::SealedFloat)].boxed(),
        Parameter::Bool => prop_oneof![any::<bool>().prop_map(Shape::Bool), Just(Shape::SealedBool)].boxed(),
        Parameter::Map => map().boxed(),
        Parameter::List => prop::collection::vec(any_shape(), 0..4).prop_map(Shape::List).boxed(),
        Parameter::Strings => prop::collection::vec(string(), 0..4).prop_map(Shape::Texts).boxed(),
        Parameter::Uint32 => (0_i64..6).prop_map(Shape::Int).boxed(),
        Parameter::Int64 | Parameter::Time | Parameter::Certificate => return None,
    })
}

fn arguments(function: &'static Function) -> Option<BoxedStrategy<Vec<Shape>>> {
    let parameters: Vec<_> = function.parameters.iter().map(|parameter| argument(*parameter)).collect::<Option<_>>()?;
    let Some((last, fixed)) = parameters.split_last().filter(|_| function.variadic) else { return Some(parameters.boxed()) };
    let repeated = prop::collection::vec(last.clone(), 0..4);
    let joined = (fixed.to_vec(), repeated).prop_map(|(fixed, repeated)| [fixed, repeated].concat());
    Some(joined.boxed())
}

/// Calls of each function, the same ones every time.
const CASES: u32 = 60;

// What is not marked is the same whatever the secret is: results, messages, and maps that were changed.
#[test]
fn unmarked_text_tells_nothing() {
    let mut told = Vec::new();
    for function in all() {
        let Some(arguments) = arguments(function) else { continue };
        let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let run = runner.run(&(arguments, secret(), secret()), |(shapes, one, other)| {
            let (left, left_after) = outcome(function, &shapes, &one);
            let (right, right_after) = outcome(function, &shapes, &other);
            if left.is_ok() == right.is_ok() {
                prop_assert_eq!(left, right);
                prop_assert_eq!(left_after, right_after);
            }
            Ok(())
        });
        told.extend(run.err().map(|failure| format!("{}: {failure}", function.name)));
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
}
