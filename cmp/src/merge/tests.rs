use std::path::Path;

use super::*;
use crate::application::resolve;
use crate::configuration::{Class, Configuration, Layer};
use crate::layers::collect;
use crate::secrets::{KeyRing, open};
use crate::source::SourceTree;

/// Returns the text at `path` with the file and line it came from.
fn at(merged: &Merged, files: &[String], path: &[&str]) -> (String, String) {
    let mut value = merged.values.clone();
    for key in path {
        let Data::Map(map, _) = &value.data else { unreachable!("`{key}` is asked of a map") };
        value = map.get(key.as_bytes()).unwrap();
    }
    let text = String::from_utf8(helm::gofmt::value(&value).as_bytes().to_vec()).unwrap();
    let place = merged.leaves.place(value.leaves.as_slice()[0]).unwrap();
    (text, format!("{}:{}", files[place.source.0 as usize], place.span.start))
}

fn example(name: &str, tracking: Tracking) -> (Merged, Vec<String>) {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let source = SourceTree::open(&examples.join("customer-configs")).unwrap();
    let configuration = Configuration::read(include_bytes!("../../../examples/tidegate.yaml")).unwrap();
    let keys = KeyRing::load(&configuration, "acme-corp", Class::Production, &SourceTree::open(&examples).unwrap()).unwrap();
    let application = resolve(name.parse().unwrap(), &source, &configuration).unwrap();
    let layers = open(collect(&application, &source, &configuration).unwrap(), &keys).unwrap();
    let files = layers.iter().map(|layer| layer.path.clone()).collect();
    (merge(&layers, tracking).unwrap(), files)
}

// The golden merge: each value is the last layer's that sets it, and knows its line.
#[test]
fn the_golden_merge_has_its_values_and_origins() {
    let (merged, files) = example("acme-corp/product-a/prod", Tracking::All);
    let got = |path: &[&str]| at(&merged, &files, path);
    let want = |text: &str, origin: &str| (text.to_owned(), origin.to_owned());
    assert_eq!(got(&["replicaCount"]), want("5", "customers/acme-corp/product-a/values.yaml:2:15"));
    assert_eq!(got(&["resources", "requests", "cpu"]), want("500m", "customers/acme-corp/product-a/environments/prod.yaml:3:10"));
    assert_eq!(got(&["resources", "requests", "memory"]), want("512Mi", "customers/acme-corp/product-a/values.yaml:5:13"));
}

// Sealed leaves, and only they, are tracked where nothing else is asked for.
#[test]
fn sealed_leaves_are_always_tracked() {
    let (merged, _) = example("acme-corp/product-a/prod", Tracking::Sealed);
    let tracked = merged.values.all_leaves();
    assert!(!tracked.is_empty());
    assert!(tracked.as_slice().iter().all(|leaf| merged.sealed.contains_key(leaf)));
}

// No opened value shows where the merge is printed for debugging.
#[test]
fn debug_prints_no_secrets() {
    let (merged, _) = example("acme-corp/product-a/prod", Tracking::All);
    assert!(!format!("{merged:?}").contains("CANARY"));
}

fn check(texts: &[&str], want: &[&str]) {
    let layer = Layer { name: "x".to_owned(), path: "x".parse().unwrap(), owner: "x".to_owned(), required: false, sealed: false };
    let layers = texts.iter().zip(["a.yaml", "b.yaml", "c.yaml"]);
    let layers: Vec<OpenedLayer<'_>> = layers
        .map(|(text, path)| {
            let node = yaml::read(text.as_bytes(), &yaml::ReadOptions::helm()).unwrap().remove(0);
            OpenedLayer { layer: &layer, path: path.to_owned(), values: LayerValues::Clear(node) }
        })
        .collect();
    let found = merge(&layers, Tracking::Sealed).err().unwrap_or_default();
    assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), want);
}

// A map replaced by something else, and the reverse, names both places.
#[test]
fn conflicts_name_both_places() {
    check(&["a: {b: {c: 1}}\n", "a:\n  b: 2\n"], &["`a.b` is a single value in b.yaml:2:6 but a map in a.yaml:1:8"]);
    check(&["a: [1]\n", "a: {b: 1}\n"], &["`a` is a map in b.yaml:1:4 but a list in a.yaml:1:4"]);
    check(
        &["a: 1\nb: 1\n", "a: [1]\nb: {}\n"],
        &[
            "`a` is a list in b.yaml:1:4 but a single value in a.yaml:1:4",
            "`b` is a map in b.yaml:2:4 but a single value in a.yaml:2:4",
        ],
    );
}

// Values of one kind replace each other in peace, whatever their types.
#[test]
fn one_kind_is_no_conflict() {
    check(&["a: 1\nb: [1]\nc: {d: 1}\n", "a: text\nb: []\nc: {e: 1}\n"], &[]);
}

// Null conflicts with nothing, and what it deleted cannot be in conflict any more.
#[test]
fn null_is_no_conflict() {
    check(&["a: {b: {c: 1}}\n", "a: null\n", "a: {b: 1}\n"], &[]);
    check(
        &["a: {b: 1}\nab: {c: 1}\n", "a: null\n", "a: 1\nab: 1\n"],
        &["`ab` is a single value in c.yaml:2:5 but a map in a.yaml:2:5"],
    );
}
