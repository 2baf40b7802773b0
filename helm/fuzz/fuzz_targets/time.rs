//! Layouts and times as Go has them.
#![no_main]

use helm::value::{Data, Value};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let (layout, text) = targets::halves(input);
    let (layout, text) = (targets::leaf(layout), targets::leaf(text));
    if let Some(time) = targets::call("mustToDate", &[layout.clone(), text.clone()]) {
        let _ = targets::call("date", &[layout.clone(), time.clone()]);
        let _ = targets::call("dateModify", &[text.clone(), time]);
    }
    let _ = targets::call("date", &[layout, Value::plain(Data::Int64(1_700_000_000))]);
    let _ = targets::call("duration", &[text.clone()]);
    let _ = targets::call("durationRound", &[text.clone()]);
    let _ = targets::call("mustToDuration", &[text]);
});
