//! How a person names a place that keeps blocks. Specification: `docs/spec/store.md`.

use crate::block::BlockStore;
use crate::directory::Directory;
use crate::disk::DiskError;

/// A text that names no place that is there.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// No form that is known.
    #[error("{0:?} names no place for blocks: write dir:PATH")]
    Unknown(String),
    /// The place is not there.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// Opens the place that `text` names: `dir:PATH`, a folder that is there.
///
/// # Errors
/// Another form, or no such folder.
pub fn parse_place(text: &str) -> Result<Box<dyn BlockStore>, PlaceError> {
    match text.split_once(':') {
        Some(("dir", path)) if !path.is_empty() => Ok(Box::new(Directory::open(path)?)),
        _ => Err(PlaceError::Unknown(text.chars().take(80).collect())),
    }
}
