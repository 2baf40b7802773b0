//! Writes the hostile charts of the tests into a directory, one below each name: what `tests/bench/hostile` measures.
//!
//! Usage: `cargo run -p tidegate-helm --example hostile-charts -- DIRECTORY`

#![expect(clippy::disallowed_methods, reason = "it is there to write files")]

#[path = "../tests/support/hostile.rs"]
mod hostile;

use std::error::Error;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let root = std::env::args().nth(1).ok_or("name the directory to write to")?;
    for chart in hostile::charts() {
        let directory = Path::new(&root).join(chart.name.replace(' ', "-"));
        for file in chart.files {
            let path = directory.join(file.path);
            fs::create_dir_all(path.parent().ok_or("a file lies in a directory")?)?;
            fs::write(path, file.data)?;
        }
        fs::write(directory.join(".refused"), chart.refused)?;
    }
    Ok(())
}
