//! What `.git` says of the tree's commit, read as files.
//!
//! Rules: HEAD must be the commit that Argo CD names, and a reference that the configuration binds must point at it. A commit that is
//! merely an ancestor of a bound reference is not known to be one: that needs the commit graph, which is not read here.
//!
//! # Source
//! gitrepository-layout(5): HEAD, refs, packed-refs.

use crate::source::{SourceError, SourceTree};

/// Why a commit does not count as one of a bound reference.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
    /// There is no `.git` in the tree.
    #[error("the tree has no `.git`, so its commit cannot be known")]
    NoGit,
    /// The tree is at another commit.
    #[error("the tree's HEAD is not at the commit that Argo CD names")]
    OtherCommit,
    /// What Argo CD names is no commit.
    #[error("the revision is no commit")]
    NotACommit,
    /// No reference is bound.
    #[error("the configuration binds no `refs` for these keys")]
    NoneBound,
    /// No bound reference points at the commit.
    #[error("{} not point at the commit", references(bound))]
    NotBound {
        /// The bound references.
        bound: Vec<String>,
    },
    /// A file of `.git` cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
}

fn references(bound: &[String]) -> String {
    match bound {
        [only] => format!("{only} does"),
        several => format!("{} do", several.join(", ")),
    }
}

/// Checks that the tree is at `revision`, and that one of the `bound` references points at it.
///
/// # Errors
/// [`CommitError`].
pub(super) fn check(tree: &SourceTree, revision: &str, bound: &[String]) -> Result<(), CommitError> {
    if !is_commit(revision) {
        return Err(CommitError::NotACommit);
    }
    if bound.is_empty() {
        return Err(CommitError::NoneBound);
    }
    let head = text(tree, ".git/HEAD")?.ok_or(CommitError::NoGit)?;
    let head = match head.trim_end().strip_prefix("ref: ") {
        Some(reference) => commit_of(tree, reference)?,
        None => Some(head.trim_end().to_owned()),
    };
    if head.as_deref() != Some(revision) {
        return Err(CommitError::OtherCommit);
    }
    for reference in bound {
        if commit_of(tree, reference)?.as_deref() == Some(revision) {
            return Ok(());
        }
    }
    Err(CommitError::NotBound { bound: bound.to_vec() })
}

/// Says whether the text is the name of a commit, of SHA-1 or SHA-256.
fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Returns the commit a reference points at; a loose one comes before a packed one.
fn commit_of(tree: &SourceTree, reference: &str) -> Result<Option<String>, CommitError> {
    if !reference.starts_with("refs/") {
        return Ok(None);
    }
    if let Some(loose) = text(tree, &format!(".git/{reference}"))? {
        return Ok(Some(loose.trim_end().to_owned()));
    }
    let packed = text(tree, ".git/packed-refs")?.unwrap_or_default();
    let mut lines = packed.lines().filter_map(|line| line.split_once(' '));
    Ok(lines.find(|(_, name)| *name == reference).map(|(commit, _)| commit.to_owned()))
}

fn text(tree: &SourceTree, path: &str) -> Result<Option<String>, CommitError> {
    Ok(tree.read(path)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const MAIN: &str = "1111111111111111111111111111111111111111";
    const OTHER: &str = "2222222222222222222222222222222222222222";

    /// Checks a tree with the files of `.git` given; says what the error is.
    fn judge(files: &[(&str, &str)], revision: &str, bound: &[&str], expected: Result<(), &str>) {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(".git").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
        }
        let bound: Vec<String> = bound.iter().map(|reference| (*reference).to_owned()).collect();
        let judged = check(&SourceTree::open(folder.path()).unwrap(), revision, &bound);
        assert_eq!(judged.map_err(|error| error.to_string()), expected.map_err(str::to_owned), "{files:?}");
    }

    // Argo CD checks a commit out, detached; the bound reference may be loose or packed.
    #[test]
    fn bound_reference_at_the_commit() {
        let bound = ["refs/heads/release", "refs/remotes/origin/main"];
        judge(&[("HEAD", MAIN), ("refs/remotes/origin/main", &format!("{MAIN}\n"))], MAIN, &bound, Ok(()));
        let packed = format!("# pack-refs with: peeled\n{OTHER} refs/tags/v1\n^{MAIN}\n{MAIN} refs/remotes/origin/main\n");
        judge(&[("HEAD", MAIN), ("packed-refs", &packed)], MAIN, &bound, Ok(()));
        let head = [("HEAD", "ref: refs/heads/main\n"), ("refs/heads/main", MAIN)];
        judge(&head, MAIN, &["refs/heads/main"], Ok(()));
    }

    // A loose reference is newer than a packed one of the same name.
    #[test]
    fn loose_before_packed() {
        let packed = format!("{MAIN} refs/heads/main\n");
        let files = [("HEAD", MAIN), ("packed-refs", packed.as_str()), ("refs/heads/main", OTHER)];
        judge(&files, MAIN, &["refs/heads/main"], Err("refs/heads/main does not point at the commit"));
    }

    // Another commit than the named one, or one that no bound reference points at, does not count.
    #[test]
    fn other_commits_do_not_count() {
        let files = [("HEAD", OTHER), ("refs/heads/main", MAIN)];
        judge(&files, MAIN, &["refs/heads/main"], Err("the tree's HEAD is not at the commit that Argo CD names"));
        judge(&files, OTHER, &["refs/heads/main"], Err("refs/heads/main does not point at the commit"));
        judge(&files, OTHER, &[], Err("the configuration binds no `refs` for these keys"));
        judge(&files, OTHER, &["HEAD"], Err("HEAD does not point at the commit"));
    }

    // Without `.git`, or where the revision is no commit, nothing is known.
    #[test]
    fn nothing_known() {
        judge(&[], MAIN, &["refs/heads/main"], Err("the tree has no `.git`, so its commit cannot be known"));
        for revision in ["streamed", "main", "1.2.3", "", "111111111111111111111111111111111111111G"] {
            judge(&[("HEAD", revision)], revision, &["refs/heads/main"], Err("the revision is no commit"));
        }
    }

    // A reference that goes upwards reads nothing outside.
    #[test]
    fn references_stay_inside() {
        let files = [("HEAD", MAIN)];
        judge(&files, MAIN, &["refs/../../../etc/passwd"], Err("`.git/refs/../../../etc/passwd` leaves its root"));
    }
}
