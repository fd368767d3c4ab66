//! A folder that takes another's place at once: readers see the old one or the new one, whole.
//! Specification: `docs/spec/store.md`.

use crate::disk::DiskError;
use rustix::fs::{CWD, RenameFlags};
use rustix::io::Errno;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Brings the folder `staging` to the disk and gives it the name `path`. A folder that has the name
/// is exchanged for it in one step (`renameat2`); where the file system cannot exchange, it is
/// renamed away first, and for a moment nothing has the name. Says where the old folder is now, if
/// there was one and it was not empty: the caller removes it, or keeps it.
///
/// Both must be on one file system. After `kill -9` the old folder may be left as `staging`.
///
/// # Errors
/// `staging` or what has the name is no folder, or what the disk refuses.
pub fn publish_dir(
    staging: impl AsRef<Path>,
    path: impl AsRef<Path>,
) -> Result<Option<PathBuf>, DiskError> {
    let (staging, path) = (staging.as_ref(), path.as_ref());
    let about = fs::symlink_metadata(staging).map_err(|e| DiskError::new("find", staging, e))?;
    if !about.is_dir() {
        return Err(DiskError::NotFolder { path: staging.to_path_buf() });
    }
    sync_tree(staging)?;
    let refused = |e: Errno| DiskError::new("name the folder", path, e);
    match rustix::fs::rename(staging, path) {
        Ok(()) => return sync_parents(staging, path).map(|()| None),
        // The name belongs to a folder that is not empty.
        Err(Errno::NOTEMPTY | Errno::EXIST) => {}
        Err(e) => return Err(refused(e)),
    }
    let old = match rustix::fs::renameat_with(CWD, staging, CWD, path, RenameFlags::EXCHANGE) {
        Ok(()) => staging.to_path_buf(),
        Err(Errno::INVAL | Errno::NOSYS) => replace_in_two_steps(staging, path)?,
        Err(e) => return Err(refused(e)),
    };
    sync_parents(staging, path)?;
    Ok(Some(old))
}

/// Where the old folder went.
fn replace_in_two_steps(staging: &Path, path: &Path) -> Result<PathBuf, DiskError> {
    let mut old = staging.as_os_str().to_owned();
    old.push(".old.partial");
    let old = PathBuf::from(old);
    fs::rename(path, &old).map_err(|e| DiskError::new("put away the folder", path, e))?;
    fs::rename(staging, path).map_err(|e| {
        let _ = fs::rename(&old, path);
        DiskError::new("name the folder", path, e)
    })?;
    Ok(old)
}

fn sync_tree(folder: &Path) -> Result<(), DiskError> {
    let refused = |e| DiskError::new("read the folder", folder, e);
    for entry in fs::read_dir(folder).map_err(refused)? {
        let entry = entry.map_err(refused)?;
        let kind = entry.file_type().map_err(refused)?;
        if kind.is_dir() {
            sync_tree(&entry.path())?;
        } else if kind.is_file() {
            sync(&entry.path())?;
        }
    }
    sync(folder)
}

fn sync(path: &Path) -> Result<(), DiskError> {
    let synced = File::open(path).and_then(|file| file.sync_all());
    synced.map_err(|e| DiskError::new("bring to the disk", path, e))
}

fn sync_parents(staging: &Path, path: &Path) -> Result<(), DiskError> {
    for child in [staging, path] {
        match child.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => sync(parent)?,
            _ => sync(Path::new("."))?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(at: &Path, word: &str) {
        fs::create_dir_all(at.join("below")).unwrap();
        fs::write(at.join("below/word"), word).unwrap();
    }

    fn word(at: &Path) -> String {
        fs::read_to_string(at.join("below/word")).unwrap()
    }

    fn names(at: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(at)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn takes_a_free_name_and_replaces_a_folder() {
        let home = tempfile::tempdir().unwrap();
        let (staging, path) = (home.path().join("staging"), home.path().join("folder"));
        for said in ["first", "second"] {
            folder(&staging, said);
            let old = publish_dir(&staging, &path).unwrap();
            assert_eq!(word(&path), said);
            assert_eq!(old.as_deref().map(word), (said == "second").then(|| "first".to_owned()));
            if let Some(old) = old {
                fs::remove_dir_all(old).unwrap();
            }
            assert_eq!(names(home.path()), ["folder"]);
        }
    }

    #[test]
    fn replaces_in_two_steps_where_nothing_can_be_exchanged() {
        let home = tempfile::tempdir().unwrap();
        let (staging, path) = (home.path().join("staging"), home.path().join("folder"));
        folder(&path, "old");
        folder(&staging, "new");
        let old = replace_in_two_steps(&staging, &path).unwrap();
        assert_eq!((word(&path), word(&old)), ("new".into(), "old".into()));
        assert_eq!(names(home.path()), ["folder", "staging.old.partial"]);
    }

    #[test]
    fn refuses_what_is_no_folder() {
        let home = tempfile::tempdir().unwrap();
        let (staging, path) = (home.path().join("staging"), home.path().join("file"));
        folder(&staging, "new");
        fs::write(&path, "old").unwrap();
        let error = publish_dir(&staging, &path).unwrap_err();
        assert!(matches!(&error, DiskError::NotFolder { path: p } if *p == path), "{error:?}");
        let error = publish_dir(&path, home.path().join("other")).unwrap_err();
        assert!(matches!(&error, DiskError::NotFolder { path: p } if *p == path), "{error:?}");
        let link = home.path().join("link");
        std::os::unix::fs::symlink(&staging, &link).unwrap();
        let error = publish_dir(&link, home.path().join("other")).unwrap_err();
        assert!(matches!(&error, DiskError::NotFolder { path: p } if *p == link), "{error:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(home.path()), ["file", "link", "staging"]);
    }
}
