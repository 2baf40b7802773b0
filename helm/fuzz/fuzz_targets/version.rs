//! Versions and ranges of them.
#![no_main]

use std::cmp::Ordering;

use helm::semver::{Version, satisfies};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (range, version) = text.split_once('\0').unwrap_or((text, "1.2.3"));
    let _ = satisfies(range, version);
    if let Ok(parsed) = Version::parse(version) {
        assert_eq!(parsed.precedence(&parsed), Ordering::Equal);
    }
});
