//! Two values files: coalesced, printed and read again they are the same.
#![no_main]

use helm::profile::Profile;
use helm::value::{Data, Value};
use helm::values::coalesce::{ChartValues, coalesce};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let (defaults, given) = targets::halves(input);
    let (Some(defaults), Some(given)) = (targets::values(defaults), targets::values(given)) else { return };
    let chart = ChartValues { name: "fuzz".to_owned(), defaults, subcharts: Vec::new() };
    let Ok(coalesced) = coalesce(&chart, &given, Profile::default()) else { return };
    let printed = targets::call("toYaml", &[Value::map(coalesced.values)]);
    let Some(Value { data: Data::String(text), .. }) = printed else { return };
    // What go-yaml cannot print is nothing at all: Helm keeps its error to itself.
    if text.as_bytes().is_empty() {
        return;
    }
    // `toYaml` takes the last line break away, which a block at the end needs. Limits may refuse a text that aliases made large; what is
    // read must print as before.
    let Some(again) = targets::values(&[text.as_bytes(), b"\n"].concat()) else { return };
    let Some(Value { data: Data::String(twice), .. }) = targets::call("toYaml", &[Value::map(again)]) else {
        panic!("what was printed once cannot be printed again");
    };
    assert_eq!(String::from_utf8_lossy(text.as_bytes()), String::from_utf8_lossy(twice.as_bytes()));
});
