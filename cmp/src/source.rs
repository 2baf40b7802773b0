//! Source: the one door to files of a repository, a chart checkout or the configuration's folder.
//!
//! In: a root directory. Out: bytes of files below it.
//! Rules: paths are relative and clean; no symbolic link is followed on the way or at the end; regular files only; every file has a limit.
//! Not here: what the bytes mean.

use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, openat, statat};
use rustix::io::Errno;

/// The most bytes one file may have: a values file written by people is a hundredth of it.
pub const FILE_BYTES: usize = 4 << 20;

/// The most files a directory that is read as a whole may have: the largest public charts have some 2,000.
pub const TREE_FILES: usize = 20_000;

/// The most levels of directories in one that is read as a whole.
pub const TREE_DEPTH: usize = 32;

/// A directory that files are read below.
#[derive(Debug)]
pub struct SourceTree {
    root: PathBuf,
    directory: OwnedFd,
}

/// Why a file cannot be read. The paths are relative to the tree's root.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The root is not there or no directory.
    #[error("`{}` is no directory that can be read", path.display())]
    Root {
        /// The root.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: Errno,
    },
    /// The path is absolute, empty or goes upwards.
    #[error("`{path}` leaves its root")]
    Outside {
        /// The path.
        path: String,
    },
    /// The path is or goes through a symbolic link.
    #[error("`{path}` is or passes through a symbolic link")]
    Link {
        /// The path.
        path: String,
    },
    /// Not a regular file.
    #[error("`{path}` is no regular file")]
    Kind {
        /// The path.
        path: String,
    },
    /// More than it may have, mostly [`FILE_BYTES`].
    #[error("`{path}` is larger than {} MiB", limit_bytes >> 20)]
    TooLarge {
        /// The path.
        path: String,
        /// What it may have.
        limit_bytes: usize,
    },
    /// A directory holds more than [`TREE_FILES`] files, or [`TREE_DEPTH`] levels.
    #[error("`{path}` has more than {TREE_FILES} files or {TREE_DEPTH} levels of directories")]
    TooMany {
        /// The directory.
        path: String,
    },
    /// The system refuses.
    #[error("`{path}` cannot be read")]
    Unreadable {
        /// The path.
        path: String,
        /// What the system says.
        #[source]
        error: std::io::Error,
    },
}

impl SourceError {
    /// Returns what to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Root { .. } => "name the directory with --repo, or mend `charts.root` and the like in the configuration",
            Self::Outside { .. } => "paths are relative and stay below their root",
            Self::Link { .. } => "put the file itself there; links could lead out of the repository",
            Self::Kind { .. } => "put a file there",
            Self::TooMany { .. } => "name the chart's own directory, not one above it",
            Self::TooLarge { .. } => "split the file; values that large belong elsewhere",
            Self::Unreadable { .. } => "check the file's owner and mode",
        }
    }
}

impl SourceTree {
    /// Returns the tree below `root`, which may be a link itself.
    ///
    /// # Errors
    /// [`SourceError::Root`].
    pub fn open(root: &Path) -> Result<Self, SourceError> {
        let directory = openat(CWD, root, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
            .map_err(|error| SourceError::Root { path: root.to_owned(), error })?;
        Ok(Self { root: root.to_owned(), directory })
    }

    /// Returns the root as it was given.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the bytes of the file at `path`, or nothing where there is none.
    ///
    /// # Errors
    /// [`SourceError`], all but `Root`.
    pub fn read(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        self.read_up_to(path, FILE_BYTES)
    }

    fn read_up_to(&self, path: &str, limit_bytes: usize) -> Result<Option<Vec<u8>>, SourceError> {
        let Some(file) = self.descend(path, OFlags::NONBLOCK)? else { return Ok(None) };
        let stat = rustix::fs::fstat(&file).map_err(|error| unreadable(path, error))?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(SourceError::Kind { path: path.to_owned() });
        }
        let mut bytes = Vec::new();
        let limit = u64::try_from(limit_bytes).unwrap_or(u64::MAX).saturating_add(1);
        let read = File::from(file).take(limit).read_to_end(&mut bytes);
        match read {
            Err(error) => Err(SourceError::Unreadable { path: path.to_owned(), error }),
            Ok(length) if length > limit_bytes => Err(SourceError::TooLarge { path: path.to_owned(), limit_bytes }),
            Ok(_) => Ok(Some(bytes)),
        }
    }

    /// Returns the bytes of the file that `path` leads to, links included, or nothing where there is none. It is for what the platform
    /// mounts beside its configuration: every file of a mounted ConfigMap or Secret is a link.
    ///
    /// # Errors
    /// [`SourceError`], all but `Root`.
    pub fn read_mounted(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        self.read_mounted_up_to(path, FILE_BYTES)
    }

    /// As [`SourceTree::read_mounted`], for files that people do not write and that may be larger.
    ///
    /// # Errors
    /// [`SourceError`], all but `Root`.
    pub fn read_mounted_up_to(&self, path: &str, limit_bytes: usize) -> Result<Option<Vec<u8>>, SourceError> {
        if path.split('/').any(|step| matches!(step, "" | "." | "..")) {
            return Err(SourceError::Outside { path: path.to_owned() });
        }
        let target = match self.root.join(path).canonicalize() {
            Ok(target) => target,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(SourceError::Unreadable { path: path.to_owned(), error }),
        };
        let parts = target.parent().zip(target.file_name().and_then(|name| name.to_str()));
        let (folder, name) = parts.ok_or_else(|| SourceError::Kind { path: path.to_owned() })?;
        Self::open(folder)?.read_up_to(name, limit_bytes)
    }

    /// Returns the names in the directory at `path` in order, without those that begin with a dot; none where it is not there.
    ///
    /// # Errors
    /// [`SourceError`], all but `Root`.
    pub fn names(&self, path: &str) -> Result<Vec<String>, SourceError> {
        let names = self.entries(path)?.into_iter().map(|(name, _)| name);
        Ok(names.filter(|name| !name.starts_with('.')).collect())
    }

    /// Returns every file below the directory at `path`, hidden ones too, with its path from there, in order; none where it is not there.
    ///
    /// # Errors
    /// [`SourceError`], all but `Root`: a link anywhere in it is one.
    pub fn files_below(&self, path: &str) -> Result<Vec<(String, Vec<u8>)>, SourceError> {
        let mut files = Vec::new();
        let mut waiting = vec![(String::new(), 0)];
        while let Some((below, depth)) = waiting.pop() {
            for (name, kind) in self.entries(&format!("{path}{below}"))? {
                let next = format!("{below}/{name}");
                if kind == FileType::Directory {
                    waiting.push((next, depth + 1));
                } else if let Some(bytes) = self.read(&format!("{path}{next}"))? {
                    files.push((next.trim_start_matches('/').to_owned(), bytes));
                }
                if files.len() > TREE_FILES || depth > TREE_DEPTH {
                    return Err(SourceError::TooMany { path: path.to_owned() });
                }
            }
        }
        files.sort();
        Ok(files)
    }

    /// Returns names and kinds in the directory at `path`, in order.
    fn entries(&self, path: &str) -> Result<Vec<(String, FileType)>, SourceError> {
        let Some(directory) = self.descend(path, OFlags::DIRECTORY)? else { return Ok(Vec::new()) };
        let entries = rustix::fs::Dir::read_from(&directory).map_err(|error| unreadable(path, error))?;
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(path, error))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name == "." || name == ".." {
                continue;
            }
            let kind =
                statat(&directory, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW).map_err(|error| unreadable(path, error))?;
            found.push((name, FileType::from_raw_mode(kind.st_mode)));
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(found)
    }

    /// Opens the path step by step, so that no step can be a link.
    fn descend(&self, path: &str, last: OFlags) -> Result<Option<OwnedFd>, SourceError> {
        let steps: Vec<&str> = path.split('/').collect();
        if path.len() > 4096 || steps.iter().any(|step| matches!(*step, "" | "." | "..") || step.contains('\0')) {
            return Err(SourceError::Outside { path: path.to_owned() });
        }
        let mut opened: Option<OwnedFd> = None;
        for (place, step) in steps.iter().enumerate() {
            let kind = if place + 1 == steps.len() { last } else { OFlags::DIRECTORY };
            let parent = opened.as_ref().unwrap_or(&self.directory);
            let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | kind;
            match openat(parent, *step, flags, Mode::empty()) {
                Ok(next) => opened = Some(next),
                Err(Errno::NOENT) => return Ok(None),
                Err(error) => {
                    let stat = statat(parent, *step, AtFlags::SYMLINK_NOFOLLOW);
                    if stat.is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Symlink) {
                        return Err(SourceError::Link { path: path.to_owned() });
                    }
                    return if error == Errno::NOTDIR { Ok(None) } else { Err(unreadable(path, error)) };
                }
            }
        }
        Ok(opened)
    }
}

fn unreadable(path: &str, error: Errno) -> SourceError {
    SourceError::Unreadable { path: path.to_owned(), error: error.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn tree() -> (tempfile::TempDir, SourceTree) {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().join("root");
        std::fs::create_dir_all(root.join("a")).unwrap();
        File::create(root.join("a/file.yaml")).unwrap().set_len(3).unwrap();
        File::create(directory.path().join("outside")).unwrap();
        let tree = SourceTree::open(&root).unwrap();
        (directory, tree)
    }

    // A file is read; one that is not there is nothing, not an error.
    #[test]
    fn files_are_read() {
        let (_kept, tree) = tree();
        assert_eq!(tree.read("a/file.yaml").unwrap().unwrap().len(), 3);
        assert!(tree.read("a/other.yaml").unwrap().is_none());
        assert!(tree.read("a/file.yaml/x").unwrap().is_none());
        assert_eq!(tree.names("a").unwrap(), ["file.yaml"]);
    }

    // Paths that go up, are absolute or unclean are refused.
    #[test]
    fn paths_stay_below_the_root() {
        let (_kept, tree) = tree();
        for path in ["../outside", "a/../a/file.yaml", "/etc/passwd", "", "a//file.yaml", "./a/file.yaml", "a/file.yaml\0"] {
            assert!(matches!(tree.read(path), Err(SourceError::Outside { .. })), "{path}");
        }
    }

    // A link is refused at the end and on the way, wherever it leads.
    #[test]
    fn links_are_refused() {
        let (kept, tree) = tree();
        symlink("file.yaml", kept.path().join("root/a/link.yaml")).unwrap();
        symlink(kept.path(), kept.path().join("root/up")).unwrap();
        symlink("nowhere", kept.path().join("root/dangling")).unwrap();
        for path in ["a/link.yaml", "up/outside", "up", "dangling"] {
            assert!(matches!(tree.read(path), Err(SourceError::Link { .. })), "{path}");
        }
    }

    // A directory is read as a whole, hidden files too; a link in it is refused.
    #[test]
    fn whole_directories() {
        let (kept, tree) = tree();
        std::fs::create_dir_all(kept.path().join("root/a/b")).unwrap();
        File::create(kept.path().join("root/a/b/.hidden")).unwrap();
        let names = |files: Vec<(String, Vec<u8>)>| files.into_iter().map(|(path, _)| path).collect::<Vec<_>>();
        assert_eq!(names(tree.files_below("a").unwrap()), ["b/.hidden", "file.yaml"]);
        assert!(tree.files_below("nowhere").unwrap().is_empty());
        symlink("../file.yaml", kept.path().join("root/a/b/link")).unwrap();
        assert!(matches!(tree.files_below("a"), Err(SourceError::Link { .. })));
    }

    // Levels up to the limit are read, one more is not.
    #[test]
    fn levels_obeyed_and_violated() {
        let (kept, tree) = tree();
        let deep = |levels: usize| vec!["d"; levels].join("/");
        std::fs::create_dir_all(kept.path().join("root").join(deep(TREE_DEPTH + 1))).unwrap();
        File::create(kept.path().join("root").join(deep(TREE_DEPTH + 1)).join("file")).unwrap();
        assert_eq!(tree.files_below("d").unwrap().len(), 1);
        std::fs::create_dir_all(kept.path().join("root").join(deep(TREE_DEPTH + 2))).unwrap();
        File::create(kept.path().join("root").join(deep(TREE_DEPTH + 2)).join("file")).unwrap();
        assert!(matches!(tree.files_below("d"), Err(SourceError::TooMany { .. })));
    }

    // What is no file is refused, without waiting for a writer.
    #[test]
    fn only_regular_files() {
        let (kept, tree) = tree();
        let pipe = kept.path().join("root/pipe");
        rustix::fs::mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        for path in ["pipe", "a"] {
            assert!(matches!(tree.read(path), Err(SourceError::Kind { .. })), "{path}");
        }
    }

    // The limit itself is read, one byte more is not.
    #[test]
    fn limit_obeyed_and_violated() {
        let (kept, tree) = tree();
        let file = File::create(kept.path().join("root/large")).unwrap();
        let limit = u64::try_from(FILE_BYTES).unwrap();
        file.set_len(limit).unwrap();
        assert_eq!(tree.read("large").unwrap().unwrap().len(), FILE_BYTES);
        file.set_len(limit + 1).unwrap();
        assert!(matches!(tree.read("large"), Err(SourceError::TooLarge { .. })));
    }
}
