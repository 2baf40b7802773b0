//! Paths as `--set` writes them: what is read prints as text that reads as the same.
#![no_main]

use helm::values::{PATH_BYTES, PathPattern, ValuePath};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(path) = text.parse::<ValuePath>() else { return };
    let printed = path.to_string();
    // Escapes can make the printed path longer than one may be.
    if printed.len() <= PATH_BYTES {
        assert_eq!(printed.parse::<ValuePath>().as_ref(), Ok(&path), "`{path}`");
    }
    if let Ok(pattern) = text.parse::<PathPattern>() {
        let _ = pattern.matches(&path);
    }
});
