//! Go's regular expressions: a pattern and a text, through every function that takes both.
#![no_main]

use helm::value::{Data, Value};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let (pattern, text) = targets::halves(input);
    let (pattern, text) = (targets::leaf(pattern), targets::leaf(text));
    // A text of ASCII is read by bytes; whether the pattern is one must not depend on it.
    let plain = targets::call("mustRegexMatch", &[pattern.clone(), Value::string("a")]);
    let accented = targets::call("mustRegexMatch", &[pattern.clone(), Value::string("ä")]);
    assert_eq!(plain.is_some(), accented.is_some());
    let two = [pattern.clone(), text.clone()];
    let matches = targets::call("mustRegexMatch", &two);
    let lenient = targets::call("regexMatch", &two);
    if let (Some(Value { data: Data::Bool(strict), .. }), Some(Value { data: Data::Bool(lenient), .. })) = (&matches, &lenient) {
        assert_eq!(strict, lenient);
    }
    let _ = targets::call("mustRegexFind", &two);
    let all = Value::plain(Data::Int(-1));
    let _ = targets::call("mustRegexFindAll", &[pattern.clone(), text.clone(), all.clone()]);
    let _ = targets::call("mustRegexSplit", &[pattern.clone(), text.clone(), all]);
    let _ = targets::call("mustRegexReplaceAll", &[pattern.clone(), text.clone(), Value::string("<$1${name}>")]);
    let _ = targets::call("mustRegexReplaceAllLiteral", &[pattern, text.clone(), text]);
});
