//! How a person names a place that keeps blocks. Specification: `docs/spec/store.md`.

use crate::block::BlockStore;
use crate::directory::Directory;
use crate::disk::DiskError;
use crate::kubo::{AddressError, Kubo};

/// A text that names no place that is there.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// No form that is known.
    #[error("{0:?} names no place for blocks: write dir:PATH or kubo:http://HOST:PORT")]
    Unknown(String),
    /// The place is not there.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// No address of a node.
    #[error(transparent)]
    Address(#[from] AddressError),
}

/// Opens the place that `text` names: `dir:PATH`, a folder that is there, or
/// `kubo:http://HOST:PORT`, a node that is not asked yet.
///
/// # Errors
/// Another form, or no such folder.
pub fn parse_place(text: &str) -> Result<Box<dyn BlockStore>, PlaceError> {
    match text.split_once(':') {
        Some(("dir", path)) if !path.is_empty() => Ok(Box::new(Directory::open(path)?)),
        Some(("kubo", address)) => Ok(Box::new(Kubo::at(address)?)),
        _ => Err(PlaceError::Unknown(text.chars().take(80).collect())),
    }
}
