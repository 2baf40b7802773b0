//! Watch: the cases are run again whenever a file of the policy changes.
//!
//! Rules: times of change are compared, twice a second; what builds make is not looked at; it ends when the person ends it, or when stdout is
//! closed.

use std::collections::BTreeMap;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tidegate::diagnostic::Failure;
use tidegate::report::{self, Color};
use tidegate::variables::Variables;

use super::{case_file, once};
use crate::args::TestArgs;
use crate::commands::Product;

/// How often files are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Directories that builds write, and Git's.
const LEFT_OUT: [&str; 3] = ["target", "dist", ".git"];

/// Most files that are watched: a policy's project has some thirty.
const FILE_LIMIT: usize = 5_000;

/// Runs the cases, waits for a change, and again.
pub(super) fn run(args: &TestArgs, variables: &Variables) -> Result<Product, Failure> {
    let cases = case_file(&args.policy, args.cases.as_deref())?;
    loop {
        let seen = state(Path::new(&args.policy), &cases);
        let text = match once(args, variables) {
            Ok(product) => String::from_utf8_lossy(&product.text).into_owned(),
            Err(failure) => report::failure(&failure, Color::Plain),
        };
        let mut out = stdout().lock();
        if out.write_all(format!("{text}\nwaiting for a change\n").as_bytes()).and_then(|()| out.flush()).is_err() {
            return Ok(Product::default());
        }
        drop(out);
        while state(Path::new(&args.policy), &cases) == seen {
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

/// Returns the times of change of all files.
fn state(policy: &Path, cases: &Path) -> BTreeMap<PathBuf, Option<SystemTime>> {
    let mut waiting = vec![policy.to_owned(), cases.to_owned(), cases.parent().unwrap_or(Path::new("")).to_owned()];
    let mut found = BTreeMap::new();
    while let Some(path) = waiting.pop() {
        if found.len() >= FILE_LIMIT {
            break;
        }
        let Ok(metadata) = path.symlink_metadata() else { continue };
        if metadata.is_dir() {
            let names = path.read_dir().into_iter().flatten().flatten().map(|entry| entry.path());
            waiting.extend(names.filter(|path| path.file_name().is_some_and(|name| !LEFT_OUT.iter().any(|left| name == *left))));
        } else {
            found.insert(path, metadata.modified().ok());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::fs::{File, create_dir_all};

    use super::state;

    /// A new file, one that is gone, and one that changes are seen; what builds make is not.
    #[test]
    fn changes_are_seen() {
        let folder = tempfile::tempdir().unwrap();
        let cases = folder.path().join("cases.yaml");
        File::create(&cases).unwrap();
        let before = state(folder.path(), &cases);
        create_dir_all(folder.path().join("target")).unwrap();
        File::create(folder.path().join("target/a")).unwrap();
        assert_eq!(state(folder.path(), &cases), before);
        create_dir_all(folder.path().join("src")).unwrap();
        let file = File::create(folder.path().join("src/lib.rs")).unwrap();
        let with = state(folder.path(), &cases);
        assert_ne!(with, before);
        file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
        assert_ne!(state(folder.path(), &cases), with);
    }
}
