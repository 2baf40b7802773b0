//! The estate of a case: a copy of the examples.

use std::path::{Path, PathBuf};

/// A copy of `examples/`, removed when dropped.
pub(crate) struct Estate {
    _kept: tempfile::TempDir,
    path: PathBuf,
}

impl Estate {
    /// Copies the examples into a new folder called `name`.
    pub(crate) fn copy(name: &str) -> Self {
        let kept = tempfile::tempdir().expect("a scratch directory");
        let path = kept.path().canonicalize().expect("its path").join(name);
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples"), &path);
        Self { _kept: kept, path }
    }

    /// Returns where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the folder is made");
    for entry in std::fs::read_dir(from).expect("the folder is read") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("its type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("the file is copied");
        }
    }
}
