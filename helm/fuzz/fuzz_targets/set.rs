//! `--set` and its relatives: what is set can be read back at its path; `--set` and `--set-string` build the same maps and lists.
#![no_main]

use std::io;

use helm::profile::Profile;
use helm::value::{Data, Map, Value};
use helm::values::set::{Argument, Flag, INDICES, Sources, apply};
use helm::values::{Step, ValuePath};
use libfuzzer_sys::fuzz_target;

/// Dots that helm allows in a path.
const DOTS: usize = 30;
const FLAGS: [Flag; 5] = [Flag::Json, Flag::Typed, Flag::Text, Flag::File, Flag::Literal];

fuzz_target!(|input: &[u8]| {
    let (first, second) = targets::halves(input);
    let (Ok(first), Ok(second)) = (std::str::from_utf8(first), std::str::from_utf8(second)) else { return };
    for flag in FLAGS {
        over_values(flag, first, second);
    }
    same_shape(first);
    if let Ok(path) = first.parse() {
        read_back(&path, second);
    }
});

fn set(values: &Value, flag: Flag, text: &str) -> Option<Value> {
    let arguments = [Argument { flag, text: text.to_owned() }];
    let mut read = |name: &str| if name.len() < 3 { Ok(name.as_bytes().to_vec()) } else { Err(io::ErrorKind::NotFound.into()) };
    apply(values, &arguments, Profile::default(), &mut Sources { read: &mut read, leaf: &mut |_| None }).ok()
}

/// Sets text over values, which stay as they are.
fn over_values(flag: Flag, text: &str, below: &str) {
    let below = Value::map(targets::values(below.as_bytes()).unwrap_or_default());
    let printed = targets::call("toJson", std::slice::from_ref(&below)).map(|json| json.data);
    let set = set(&below, flag, text);
    let after = targets::call("toJson", &[below]).map(|json| json.data);
    assert_eq!(format!("{printed:?}"), format!("{after:?}"));
    if let Some(set) = set {
        assert!(matches!(set.data, Data::Map(..)), "values are a map");
    }
}

/// A null may give way to a list or a map where other values do not; else the flags differ in scalars only.
fn same_shape(text: &str) {
    if text.replace('\\', "").to_ascii_lowercase().contains("null") {
        return;
    }
    let below = Value::map(Map::new());
    match (set(&below, Flag::Typed, text), set(&below, Flag::Text, text)) {
        (Some(typed), Some(plain)) => assert!(alike(&typed, &plain), "{text}"),
        (typed, plain) => assert_eq!(typed.is_some(), plain.is_some(), "{text}"),
    }
}

fn alike(one: &Value, other: &Value) -> bool {
    match (&one.data, &other.data) {
        (Data::Map(one, _), Data::Map(other, _)) => {
            let (one, other) = (one.entries(), other.entries());
            one.len() == other.len()
                && one.iter().zip(&other).all(|((key, one), (same, other))| key == same && alike(&one.value, &other.value))
        }
        (Data::List(one, _), Data::List(other, _)) => {
            let (one, other) = (one.items(), other.items());
            one.len() == other.len() && one.iter().zip(&other).all(|(one, other)| alike(one, other))
        }
        (one, other) => !matches!(one, Data::Map(..) | Data::List(..)) && !matches!(other, Data::Map(..) | Data::List(..)),
    }
}

/// Sets text at a path, and looks there for it.
fn read_back(path: &ValuePath, text: &str) {
    let indices = path.steps().iter().filter(|step| matches!(step, Step::Index(_))).count();
    let keys = path.steps().len() - indices;
    // Helm forgets the item of a list in which a key is set to nothing at the end of the text.
    if text.is_empty() || indices > INDICES || keys > DOTS + 1 || !matches!(path.steps().first(), Some(Step::Key(_))) {
        return;
    }
    let escaped: String = text.chars().flat_map(|character| ['\\', character]).collect();
    // Many long lists may be refused together.
    let Some(values) = set(&Value::map(Map::new()), Flag::Text, &format!("{path}={escaped}")) else {
        let items: usize = path.steps().iter().map(|step| if let Step::Index(index) = step { index + 1 } else { 0 }).sum();
        assert!(items > helm::values::set::ITEMS, "{path}");
        return;
    };
    let found = path.steps().iter().try_fold(values, |value, step| match (value.data, step) {
        (Data::Map(map, _), Step::Key(key)) => map.get(key.as_bytes()),
        (Data::List(list, _), Step::Index(index)) => list.get(*index),
        _ => None,
    });
    let found = found.unwrap_or_else(|| panic!("nothing at {path}"));
    assert!(matches!(&found.data, Data::String(found) if found.as_bytes() == text.as_bytes()), "{path}");
}
