//! The files of a chart: metadata, ignore rules, schema, a subchart. Each begins with its path up to a NUL and ends with two of them.
#![no_main]

use helm::chart::{ChartFile, load};
use helm::render::Prepared;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut files = Vec::new();
    let mut rest = input;
    while !rest.is_empty() {
        let end = rest.windows(2).position(|pair| pair == [0, 0]).unwrap_or(rest.len());
        let (path, data) = targets::halves(&rest[..end]);
        files.push(ChartFile { path: String::from_utf8_lossy(path).into_owned(), data: data.to_vec() });
        rest = rest.get(end + 2..).unwrap_or_default();
    }
    if let Ok(chart) = load(files) {
        targets::renders_the_same_twice(&Prepared::new(chart));
    }
});
