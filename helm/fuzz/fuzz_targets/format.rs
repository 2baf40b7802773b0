//! `printf` formats over values of every kind.
#![no_main]

use helm::value::{Data, Map, Value};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let (format, text) = targets::halves(input);
    let map = Map::new();
    map.insert(b"k", targets::leaf(text));
    let values = [
        targets::leaf(text),
        Value::plain(Data::Int(-42)),
        Value::plain(Data::Float(1.5e9)),
        Value::plain(Data::Bool(true)),
        Value::nil(),
        Value::map(map),
        Value::list(vec![Value::string("x"), Value::plain(Data::Int64(7))]),
    ];
    for first in 0..values.len() {
        let arguments: Vec<Value> =
            std::iter::once(targets::leaf(format)).chain(values.iter().cycle().skip(first).take(3).cloned()).collect();
        let _ = targets::call("printf", &arguments);
    }
    let _ = targets::call("quote", &[targets::leaf(text)]);
});
