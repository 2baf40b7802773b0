//! A template's text, run over a small tree of tracked values.
#![no_main]

use helm::render::Prepared;
use libfuzzer_sys::fuzz_target;

const VALUES: &[u8] = b"a: secret\nb: [1, two, {c: 3}]\nd: {e: {f: true}, g: null}\nh: '{{ .Values.a }}'\ni: 7.5\nj: ''\n";

fuzz_target!(|template: &[u8]| {
    if let Some(chart) = targets::chart(template, VALUES) {
        targets::renders_the_same_twice(&Prepared::new(chart));
    }
});
