//! What a file system refuses, with the path it refused. Specification: `docs/spec/store.md`.

use std::io;
use std::path::{Path, PathBuf};

/// Why something could not be written, read or named on disk.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    /// The file system, or the user's part of it, is full.
    #[error("no space is left for {}", path.display())]
    Full {
        /// What was being written.
        path: PathBuf,
    },
    /// The file system is mounted read-only.
    #[error("{} is on a read-only file system", path.display())]
    ReadOnly {
        /// What was being written.
        path: PathBuf,
    },
    /// Something has the name already and must not be replaced.
    #[error("{} is there already", path.display())]
    Exists {
        /// The name.
        path: PathBuf,
    },
    /// A folder was expected; a symbolic link is none.
    #[error("{} is no folder", path.display())]
    NotFolder {
        /// The name.
        path: PathBuf,
    },
    /// Anything else.
    #[error("cannot {doing} {}", path.display())]
    Io {
        /// The verb.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl DiskError {
    /// Sorts what the system said while `doing` something to `path`.
    pub fn new(doing: &'static str, path: &Path, source: impl Into<io::Error>) -> Self {
        let (path, source) = (path.to_path_buf(), source.into());
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path },
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
            io::ErrorKind::AlreadyExists => Self::Exists { path },
            io::ErrorKind::NotADirectory => Self::NotFolder { path },
            _ => Self::Io { doing, path, source },
        }
    }
}
