//! The writer's lock: an operating-system lock on a file beside the database. The system lets go of
//! it when the process ends, however it ends; the file is opened close-on-exec, so that no child
//! keeps it. While it is held the file has one byte in it; a byte found on taking it means that the
//! last writer was stopped in the middle. Specification: `docs/spec/index.md`.

use crate::IndexError;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Held while one writes.
pub(crate) struct WriterLock(File);

impl WriterLock {
    /// Takes the lock unless another holds it; also says whether the last holder was stopped.
    pub(crate) fn take(path: &Path) -> Result<Option<(Self, bool)>, IndexError> {
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(path)
            .map_err(|e| IndexError::disk("open", path, e))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => return Ok(None),
            Err(e) => return Err(IndexError::disk("lock", path, e)),
        }
        let disk = |e| IndexError::disk("write", path, e);
        let stopped = file.metadata().map_err(disk)?.len() > 0;
        file.write_all(b"w").and_then(|()| file.sync_all()).map_err(disk)?;
        Ok(Some((Self(file), stopped)))
    }
}

impl Drop for WriterLock {
    fn drop(&mut self) {
        // Where this fails the next writer checks the database once more than it had to.
        if !std::thread::panicking() {
            let _ = self.0.set_len(0);
        }
        // Closing lets go too, but not while a child of this process is between fork and exec.
        let _ = flock(&self.0, FlockOperation::Unlock);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holds_it_and_a_stopped_holder_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let (held, stopped) = WriterLock::take(&path).unwrap().unwrap();
        assert!(!stopped);
        assert!(WriterLock::take(&path).unwrap().is_none());
        // A child that was started meanwhile and lives on does not keep it.
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        drop(held);
        let taken = WriterLock::take(&path).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let (held, stopped) = taken.unwrap();
        assert!(!stopped);
        // What a killed process leaves: the byte, and no lock.
        flock(&held.0, FlockOperation::Unlock).unwrap();
        let (_held, stopped) = WriterLock::take(&path).unwrap().unwrap();
        assert!(stopped);
    }
}
