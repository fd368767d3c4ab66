//! A folder that is written beside the place it is for, and takes that place at once when it is whole.
//!
//! Until then it is `.NAME.partial`, locked: what a killed run left is cleared by the next one, what
//! another run is writing is let alone. Nobody's other files are lost: a folder that holds more than
//! this program writes is put aside, not removed. Specification: `docs/spec/store.md`.

use crate::commands::{prove, seal};
use crate::failure::{Context as _, Failure};
use crate::progress::Progress;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

/// Every name under which `evaluate`, `prove` and `seal` write a file.
const WRITTEN: [&str; 9] = [
    prove::TABLE,
    prove::CLAIM,
    "proof.json",
    "public.json",
    "verification_key.json",
    seal::MANIFEST,
    seal::BODY,
    seal::LEAVES,
    seal::REFUSED,
];

/// How the names of a PLINK set's files end, and of what is to become one where nothing can be without
/// a name.
const SET: [&str; 7] = [".bed", ".bim", ".fam", ".pgen", ".pvar", ".psam", ".partial"];

/// Who writes the folder.
#[derive(Clone, Copy)]
enum Writer {
    /// `evaluate`, `prove` and `seal`: files of fixed names.
    Fixed,
    /// `open`: the files of a PLINK set, which nobody else may read.
    Set,
}

/// A folder that is removed unless it is published.
pub(crate) struct Staging {
    path: PathBuf,
    writer: Writer,
    published: bool,
    /// Held until the end, so that nobody takes the folder for a killed run's.
    _lock: File,
}

impl Staging {
    /// An empty folder on the file system of `out`.
    pub(crate) fn beside(out: &Path) -> Result<Self, Failure> {
        Self::by(Writer::Fixed, out)
    }

    /// The same for a PLINK set.
    pub(crate) fn of_set(out: &Path) -> Result<Self, Failure> {
        Self::by(Writer::Set, out)
    }

    fn by(writer: Writer, out: &Path) -> Result<Self, Failure> {
        let name = out
            .file_name()
            .ok_or_else(|| Failure::could_not(format!("{} names no folder", out.display())))?;
        if let Ok(about) = fs::symlink_metadata(out)
            && !about.is_dir()
        {
            return Err(Failure::could_not(format!("{} is no folder", out.display()))
                .hint("name a folder, or one that is not there yet"));
        }
        let parent = match out.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        fs::create_dir_all(parent).context("make the folder", parent)?;
        let path = parent.join(format!(".{}.partial", name.to_string_lossy()));
        let lock = claim(writer, &path, out)?;
        Ok(Self { path, writer, published: false, _lock: lock })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the folder the name `out`, in place of what has it.
    pub(crate) fn publish(mut self, out: &Path, progress: Progress) -> Result<(), Failure> {
        // Once exchanged, the old folder is for a moment where a killed run's would be.
        let _old = File::open(out).ok().filter(|old| old.lock().is_ok());
        let old = store::publish_dir(&self.path, out)?;
        self.published = true;
        let Some(old) = old else { return Ok(()) };
        let ours = |name: &str| match self.writer {
            Writer::Fixed => WRITTEN.contains(&name),
            Writer::Set => out.join(name).exists(),
        };
        if holds_only(&old, ours)? {
            return fs::remove_dir_all(&old).context("remove the replaced folder", &old);
        }
        let kept = put_aside(&old, out)?;
        progress.tell(&format!(
            "{} had files that this program did not write: they are in {} now",
            out.display(),
            kept.display()
        ));
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.published {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// The folder `path`, made or cleared, and locked as long as the file lives.
fn claim(writer: Writer, path: &Path, out: &Path) -> Result<File, Failure> {
    let mode = if let Writer::Set = writer { 0o700 } else { 0o777 };
    loop {
        match fs::DirBuilder::new().mode(mode).create(path) {
            Err(e) if e.kind() != ErrorKind::AlreadyExists => {
                return Err(e).context("make the folder", path);
            }
            _ => {}
        }
        if fs::symlink_metadata(path).is_ok_and(|about| !about.is_dir()) {
            return Err(Failure::could_not(format!("{} is in the way", path.display()))
                .hint("it is no folder of this program: move it away"));
        }
        let folder = match File::open(path) {
            Err(e) if e.kind() == ErrorKind::NotFound => continue,
            folder => folder.context("open the folder", path)?,
        };
        match folder.try_lock() {
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::could_not(format!(
                    "another command is writing {} now",
                    out.display()
                ))
                .hint("wait for its end, or name another folder"));
            }
            // Some network file systems cannot lock folders; there nobody is warned.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        // Between opening and locking it may have been published under its own name.
        let locked = folder.metadata().context("look at", path)?;
        match fs::symlink_metadata(path) {
            Ok(named) if (named.dev(), named.ino()) == (locked.dev(), locked.ino()) => {}
            _ => continue,
        }
        let ours = |name: &str| match writer {
            Writer::Fixed => WRITTEN.contains(&name),
            Writer::Set => SET.iter().any(|end| name.trim_end_matches(".zst").ends_with(end)),
        };
        let private = locked.mode() & !mode & 0o777 == 0;
        if private && holds_only(path, ours)? {
            clear(path)?;
            return Ok(folder);
        }
        put_aside(path, out)?;
    }
}

fn clear(folder: &Path) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).context("read the folder", folder)? {
        let path = entry.context("read the folder", folder)?.path();
        fs::remove_file(&path).context("remove what a run before left in", &path)?;
    }
    Ok(())
}

/// Whether all that is in a folder are files of such names, or the links of an `open` to its own.
fn holds_only(folder: &Path, ours: impl Fn(&str) -> bool) -> Result<bool, Failure> {
    for entry in fs::read_dir(folder).context("read the folder", folder)? {
        let entry = entry.context("read the folder", folder)?;
        let kind = entry.file_type().context("look at", &entry.path())?;
        let is_ours = entry.file_name().to_str().is_some_and(&ours);
        if !is_ours || !(kind.is_file() || is_of_open(&entry.path())) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A link that `open` makes: to a file without a name, or with one that it has until it is whole.
fn is_of_open(path: &Path) -> bool {
    fs::read_link(path).is_ok_and(|to| {
        to.starts_with("/proc/self/fd") || to.extension().is_some_and(|end| end == "partial")
    })
}

/// Renames a folder to the first free one of `OUT.before`, `OUT.before-2`, …
fn put_aside(folder: &Path, out: &Path) -> Result<PathBuf, Failure> {
    let mut n = 1_u64;
    loop {
        let mut name = out.file_name().unwrap_or_default().to_owned();
        name.push(if n == 1 { ".before".to_owned() } else { format!(".before-{n}") });
        let kept = out.with_file_name(name);
        if fs::symlink_metadata(&kept).is_err() {
            fs::rename(folder, &kept).context("put away the folder", folder)?;
            return Ok(kept);
        }
        n += 1;
    }
}
