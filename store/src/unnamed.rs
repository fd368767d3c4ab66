//! A file that gets its name only when it is complete and on the disk. Whatever happens before,
//! `kill -9` included, nothing stands under the name, or what stood there before; where the file
//! system has `O_TMPFILE`, nothing remains of the attempt either. Specification:
//! `docs/spec/store.md`.

use crate::disk::DiskError;
use rustix::fs::{AtFlags, CWD, Mode, OFlags, RenameFlags};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// A file being written for a name that it does not have yet.
#[derive(Debug)]
pub struct UnnamedFile {
    file: File,
    folder: OwnedFd,
    path: PathBuf,
    name: OsString,
    /// The name until then, where the file system has no unnamed files.
    partial: Option<OsString>,
}

impl UnnamedFile {
    /// A file for `path` with mode 0600. Its folder must be there.
    ///
    /// # Errors
    /// No folder, a path that names no file, or what the disk refuses.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, DiskError> {
        Self::with_mode(path, 0o600)
    }

    /// A file for `path` with this mode, less the umask.
    ///
    /// # Errors
    /// As [`UnnamedFile::create`].
    pub fn with_mode(path: impl AsRef<Path>, mode: u32) -> Result<Self, DiskError> {
        let path = path.as_ref();
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let opened = rustix::fs::openat(CWD, folder, flags, Mode::empty())
            .map_err(|e| DiskError::new("open the folder", folder, e))?;
        Self::inside(opened, path, mode)
    }

    /// A file for the last part of `path` inside `folder`.
    pub(crate) fn inside(folder: OwnedFd, path: &Path, mode: u32) -> Result<Self, DiskError> {
        let name = file_name(path)?.to_os_string();
        let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
        match rustix::fs::openat(&folder, ".", flags, Mode::from_raw_mode(mode)) {
            Ok(file) if can_be_named(&file) => {
                let path = path.to_path_buf();
                Ok(Self { file: file.into(), folder, path, name, partial: None })
            }
            // EISDIR comes from kernels that do not know the flag.
            Ok(_) | Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL) => {
                Self::named(folder, path, mode)
            }
            Err(e) => Err(DiskError::new("write into the folder of", path, e)),
        }
    }

    /// The same by a file with a name of its own, which goes when this value goes.
    fn named(folder: OwnedFd, path: &Path, mode: u32) -> Result<Self, DiskError> {
        let name = file_name(path)?.to_os_string();
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::WRONLY;
        let (partial, file) = with_spare_name(&name, |partial| {
            rustix::fs::openat(&folder, partial, flags | OFlags::CLOEXEC, Mode::from_raw_mode(mode))
        })
        .map_err(|e| DiskError::new("write beside", path, e))?;
        let path = path.to_path_buf();
        Ok(Self { file: file.into(), folder, path, name, partial: Some(partial) })
    }

    /// The name that it will have.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A path by which this process can open it, until it has its name or is gone.
    pub fn handle(&self) -> PathBuf {
        match &self.partial {
            None => PathBuf::from(handle(&self.file)),
            Some(partial) => self.path.with_file_name(partial),
        }
    }

    /// The file again from its beginning, to be read.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn reopen(&self) -> Result<File, DiskError> {
        let opened = match &self.partial {
            None => File::open(handle(&self.file)),
            Some(partial) => {
                let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                let opened = rustix::fs::openat(&self.folder, partial, flags, Mode::empty());
                opened.map(Into::into).map_err(Into::into)
            }
        };
        opened.map_err(|e| DiskError::new("read back", &self.path, e))
    }

    /// Writes all of `bytes`; as [`Write::write_all`], with an error that knows the path.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn fill(&mut self, bytes: &[u8]) -> Result<(), DiskError> {
        self.file.write_all(bytes).map_err(|e| DiskError::new("write", &self.path, e))
    }

    /// Brings the file to the disk and gives it its name, in place of a file that has it.
    ///
    /// # Errors
    /// What the disk refuses; nothing has changed then.
    pub fn publish(mut self) -> Result<(), DiskError> {
        self.sync()?;
        let renamed = match self.partial.as_deref() {
            Some(partial) => self.rename(partial),
            None => match self.link(&self.name) {
                Err(Errno::EXIST) => self.replace(),
                linked => linked,
            },
        };
        self.published(renamed)
    }

    /// As [`UnnamedFile::publish`], unless something has the name.
    ///
    /// # Errors
    /// [`DiskError::Exists`], and what the disk refuses; nothing has changed then.
    pub fn publish_new(mut self) -> Result<(), DiskError> {
        self.sync()?;
        let named = match self.partial.as_deref() {
            Some(partial) => self.rename_to_free(partial),
            None => self.link(&self.name),
        };
        self.published(named)
    }

    fn sync(&self) -> Result<(), DiskError> {
        self.file.sync_all().map_err(|e| DiskError::new("bring to the disk", &self.path, e))
    }

    fn published(&mut self, named: rustix::io::Result<()>) -> Result<(), DiskError> {
        named.map_err(|e| DiskError::new("name", &self.path, e))?;
        self.partial = None;
        rustix::fs::fsync(&self.folder).map_err(|e| DiskError::new("name", &self.path, e))
    }

    fn link(&self, name: &OsStr) -> rustix::io::Result<()> {
        rustix::fs::linkat(CWD, handle(&self.file), &self.folder, name, AtFlags::SYMLINK_FOLLOW)
    }

    fn rename(&self, from: &OsStr) -> rustix::io::Result<()> {
        rustix::fs::renameat(&self.folder, from, &self.folder, &self.name)
    }

    fn rename_to_free(&self, from: &OsStr) -> rustix::io::Result<()> {
        let (folder, name, flags) = (&self.folder, &self.name, RenameFlags::NOREPLACE);
        match rustix::fs::renameat_with(folder, from, folder, name, flags) {
            Err(Errno::INVAL | Errno::NOSYS) => {
                rustix::fs::linkat(folder, from, folder, name, AtFlags::empty())?;
                rustix::fs::unlinkat(folder, from, AtFlags::empty())
            }
            renamed => renamed,
        }
    }

    /// Linux cannot link over a name, so the whole file is linked beside it and renamed.
    fn replace(&self) -> rustix::io::Result<()> {
        let (beside, ()) = with_spare_name(&self.name, |beside| self.link(beside))?;
        self.rename(&beside).inspect_err(|_| {
            let _ = rustix::fs::unlinkat(&self.folder, &beside, AtFlags::empty());
        })
    }
}

impl Write for UnnamedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for UnnamedFile {
    fn drop(&mut self) {
        if let Some(partial) = &self.partial {
            let _ = rustix::fs::unlinkat(&self.folder, partial, AtFlags::empty());
        }
    }
}

fn file_name(path: &Path) -> Result<&OsStr, DiskError> {
    let named = path.file_name().ok_or(Errno::INVAL);
    named.map_err(|e| DiskError::new("give a file the name", path, e))
}

/// An open file can be linked through `/proc` without privileges, where there is a `/proc`.
fn handle(file: &impl AsRawFd) -> String {
    format!("/proc/self/fd/{}", file.as_raw_fd())
}

fn can_be_named(file: &OwnedFd) -> bool {
    rustix::fs::access(handle(file), rustix::fs::Access::EXISTS).is_ok()
}

/// Tries `.NAME.PID-N.partial` until one is free.
fn with_spare_name<T>(
    name: &OsStr,
    make: impl Fn(&OsStr) -> rustix::io::Result<T>,
) -> rustix::io::Result<(OsString, T)> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    loop {
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut spare = OsString::from(".");
        spare.push(name);
        spare.push(format!(".{}-{n}.partial", std::process::id()));
        match make(&spare) {
            Err(Errno::EXIST) => {}
            made => return made.map(|made| (spare, made)),
        }
    }
}

#[cfg(test)]
mod tests;
