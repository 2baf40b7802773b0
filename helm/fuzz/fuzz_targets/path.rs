//! Paths as `--set` writes them: what is read prints as text that reads as the same.
#![no_main]

use helm::values::{PathPattern, ValuePath};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(path) = text.parse::<ValuePath>() else { return };
    assert_eq!(path.to_string().parse::<ValuePath>().as_ref(), Ok(&path), "`{path}`");
    if let Ok(pattern) = text.parse::<PathPattern>() {
        let _ = pattern.matches(&path);
    }
});
