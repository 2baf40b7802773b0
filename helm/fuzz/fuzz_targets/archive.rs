//! A packed chart: loaded and rendered, or refused.
#![no_main]

use helm::chart::load_archive;
use helm::render::Prepared;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|archive: &[u8]| {
    if let Ok(chart) = load_archive(archive) {
        targets::renders_the_same_twice(&Prepared::new(chart));
    }
});
