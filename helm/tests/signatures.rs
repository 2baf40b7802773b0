//! The functions templates may call: `cases/signatures.cases`, recorded by `.ci/oracles/signatures/record` from helm's own table.
//!
//! Rules: every name is here, with parameters of the same Go types; no other name is.

#![expect(clippy::expect_used, clippy::panic, reason = "a broken table must stop the test")]

use std::collections::BTreeMap;

use helm::functions::{self, Parameter};

/// Functions that need the executor: they are resolved by the parser and have no row of their own.
const SPECIAL: [&str; 8] = ["and", "call", "fail", "include", "lookup", "or", "required", "tpl"];

/// Returns the Go type of a parameter. Go's own functions take a `reflect.Value`, which is anything.
fn go_type(parameter: Parameter) -> &'static str {
    match parameter {
        Parameter::Any => "any",
        Parameter::String => "string",
        Parameter::Int => "int",
        Parameter::Int64 => "int64",
        Parameter::Float => "float64",
        Parameter::Bool => "bool",
        Parameter::Map => "map[string]any",
        Parameter::List => "[]any",
        Parameter::Strings => "[]string",
        Parameter::Time => "time.Time",
        Parameter::Uint32 => "uint32",
        Parameter::Certificate => "sprig.certificate",
    }
}

/// Returns every recorded name with its parameters, as [`ours`] writes them.
fn recorded() -> BTreeMap<String, String> {
    let lines = include_str!("cases/signatures.cases").lines();
    let signature = |line: &str| {
        let (name, rest) = line.split_once(" (").expect("a name");
        let (parameters, _) = rest.split_once(") (").unwrap_or_else(|| panic!("{line}"));
        (name.to_owned(), parameters.replace("reflect.Value", "any"))
    };
    lines.map(signature).collect()
}

fn ours() -> BTreeMap<String, String> {
    let signature = |function: &functions::Function| {
        let mut types: Vec<String> = function.parameters.iter().map(|parameter| go_type(*parameter).to_owned()).collect();
        if let Some(last) = types.last_mut().filter(|_| function.variadic) {
            *last = format!("[]{last} ...");
        }
        (function.name.to_owned(), types.join(", "))
    };
    functions::all().map(signature).collect()
}

// Every function helm knows is known here and takes the same types, and there are no others.
#[test]
fn parameters_are_gos() {
    let mut want = recorded();
    assert!(want.len() > 240, "{} functions", want.len());
    for name in SPECIAL {
        assert!(want.remove(name).is_some(), "{name} is recorded");
    }
    let ours = ours();
    let names = want.keys().chain(ours.keys());
    let differ = names.filter(|name| want.get(*name) != ours.get(*name)).map(|name| (name, want.get(name), ours.get(name)));
    let differ: Vec<_> = differ.collect();
    assert!(differ.is_empty(), "name, helm's parameters, ours: {differ:?}");
}

// What needs the executor is known to the parser; a name helm leaves out is not.
#[test]
fn the_parser_knows_every_name() {
    let known = |name: &str| helm::template::parse(format!("{{{{ {name} }}}}").as_bytes()).is_ok();
    let unknown: Vec<String> = recorded().into_keys().filter(|name| !known(name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    for absent in ["env", "expandenv", "typeof"] {
        assert!(!known(absent), "{absent}");
    }
}
