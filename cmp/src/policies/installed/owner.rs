//! Owner: who else could have written the lock file.
//!
//! In: the configuration's folder and the lock file's name. Out: nothing, or who.
//! Rules: file and folder belong to root, to who runs this program, or to the owner of the configuration's folder, who decides over the
//! policies anyway; nobody else may write them. On a file system that is mounted read-only nobody can.

use std::path::Path;

use rustix::fs::{Stat, StatVfsMountFlags, stat, statvfs};
use rustix::process::geteuid;

use super::error::InstallationError;
use crate::source::SourceError;

/// The bits of a mode by which a group, or everybody, may write.
const GROUP_WRITES: u32 = 0o020;
const ALL_WRITE: u32 = 0o002;

/// Checks the file `name` in `folder`, links followed, and both its folders.
pub(super) fn check(folder: &Path, name: &str) -> Result<(), InstallationError> {
    let unreadable = |error: std::io::Error| SourceError::Unreadable { path: name.to_owned(), error };
    let target = folder.join(name).canonicalize().map_err(unreadable)?;
    let master = stat(folder).map_err(|error| unreadable(error.into()))?.st_uid;
    let places = [(folder, "."), (target.as_path(), name), (target.parent().unwrap_or(folder), "the folder of the lock file")];
    for (place, shown) in places {
        let found = stat(place).map_err(|error| unreadable(error.into()))?;
        let mounted = statvfs(place).map_err(|error| unreadable(error.into()))?;
        if mounted.f_flag.contains(StatVfsMountFlags::RDONLY) {
            continue;
        }
        if let Some(by) = other_writer(&found, master) {
            return Err(InstallationError::Writable { path: shown.to_owned(), by });
        }
    }
    Ok(())
}

fn other_writer(found: &Stat, master: u32) -> Option<&'static str> {
    if found.st_mode & ALL_WRITE != 0 {
        return Some("everybody");
    }
    if found.st_mode & GROUP_WRITES != 0 {
        return Some("its group");
    }
    let trusted = [0, geteuid().as_raw(), master];
    (!trusted.contains(&found.st_uid)).then_some("another user")
}

#[cfg(test)]
mod tests {
    use std::fs::{File, Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use super::{check, other_writer, stat};

    fn mode(path: &Path, mode: u32) {
        set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    /// A lock file that only its owner writes counts; one that a group or everybody may write, or replace, does not.
    #[test]
    fn modes_obeyed_and_violated() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lock");
        File::create(&file).unwrap();
        for (of_file, of_folder, want) in [
            (0o644, 0o755, None),
            (0o600, 0o700, None),
            (0o664, 0o755, Some("`lock` can be written by its group, so it vouches for nothing")),
            (0o646, 0o755, Some("`lock` can be written by everybody, so it vouches for nothing")),
            (0o644, 0o777, Some("`.` can be written by everybody, so it vouches for nothing")),
            (0o644, 0o775, Some("`.` can be written by its group, so it vouches for nothing")),
        ] {
            mode(&file, of_file);
            mode(folder.path(), of_folder);
            assert_eq!(
                check(folder.path(), "lock").err().map(|error| error.to_string()).as_deref(),
                want,
                "{of_file:o} {of_folder:o}"
            );
        }
    }

    /// A link leads to the file that counts, and to its folder.
    #[test]
    fn links_are_followed() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        File::create(other.path().join("lock")).unwrap();
        std::os::unix::fs::symlink(other.path().join("lock"), folder.path().join("lock")).unwrap();
        mode(other.path(), 0o755);
        assert!(check(folder.path(), "lock").is_ok());
        mode(other.path(), 0o777);
        assert!(check(folder.path(), "lock").is_err());
    }

    /// What belongs to a third user does not count.
    #[test]
    fn another_user() {
        let folder = tempfile::tempdir().unwrap();
        let mut found = stat(folder.path()).unwrap();
        found.st_mode = 0o755;
        found.st_uid = 54_321;
        assert_eq!(other_writer(&found, 54_321), None);
        assert_eq!(other_writer(&found, 54_322), Some("another user"));
    }
}
