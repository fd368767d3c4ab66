//! A block: at most 2 MiB under the CID that is their hash, and the one trait of everything that
//! keeps blocks. Specification: `docs/spec/store.md`.

use crate::disk::DiskError;
use crate::kubo::KuboError;
use crate::several::Attempt;
use ledger::Cid;

/// Bytes that a block may have: the leaves of our files have 1 MiB, everything else has less.
pub const MAX_BLOCK: usize = 2 << 20;

/// A place that keeps blocks.
pub trait BlockStore: Send + Sync {
    /// The place as a person writes it, `dir:PATH` or `kubo:http://HOST:PORT`.
    fn name(&self) -> String;

    /// Whether blocks come from it over a network, so that fetching one twice is worth avoiding.
    fn is_far(&self) -> bool {
        false
    }

    /// The block's bytes, which hash to `cid`; `None` if the place does not have it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where other bytes stand under the name; the place could not be read.
    fn get(&self, cid: Cid) -> Result<Option<Vec<u8>>, StoreError>;

    /// As [`BlockStore::get`], of what the place itself has: it asks no other for it.
    ///
    /// # Errors
    /// As [`BlockStore::get`].
    fn get_here(&self, cid: Cid) -> Result<Option<Vec<u8>>, StoreError> {
        self.get(cid)
    }

    /// Keeps the block durably. One that is there already is verified, and repaired if corrupt.
    ///
    /// # Errors
    /// Bytes that are not `cid`'s or too many; the place could not be written.
    fn put(&self, cid: Cid, bytes: &[u8]) -> Result<(), StoreError>;

    /// Whether something stands under the name; only [`BlockStore::get`] says that it is the block.
    ///
    /// # Errors
    /// The place could not be read.
    fn has(&self, cid: Cid) -> Result<bool, StoreError>;

    /// Keeps what is there from being cleaned away: the block, and where it is a file's root, the
    /// file. A place that never cleans up has nothing to do.
    ///
    /// # Errors
    /// A block of it is not there; the place could not be written.
    fn pin(&self, cid: Cid) -> Result<(), StoreError> {
        let _ = cid;
        Ok(())
    }

    /// Whether the place says that it keeps it so.
    ///
    /// # Errors
    /// The place could not be asked.
    fn pinned(&self, cid: Cid) -> Result<bool, StoreError> {
        self.has(cid)
    }
}

/// Why a block could not be had or kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// What stands under the name is not the block: checked, and false.
    #[error("{store} has 1 corrupt block: {cid}")]
    Corrupt {
        /// The place.
        store: String,
        /// The block.
        cid: Cid,
    },
    /// Bytes given to be kept under a CID that is not theirs.
    #[error("the {length} bytes given as {cid} are not that block")]
    NotTheBlock {
        /// The block that they are not.
        cid: Cid,
        /// How many they are.
        length: usize,
    },
    /// More bytes than a block may have.
    #[error("{length} bytes are more than the {MAX_BLOCK} of a block")]
    TooLarge {
        /// How many they are.
        length: usize,
    },
    /// No place has the block, as far as they could be asked: could not check.
    #[error("no source for {cid}: {}", Attempt::list(tried))]
    Missing {
        /// The block.
        cid: Cid,
        /// What each place said.
        tried: Vec<Attempt>,
    },
    /// No place has the block, and at least one has something else in its stead.
    #[error("no honest source for {cid}: {}", Attempt::list(tried))]
    NoHonestSource {
        /// The block.
        cid: Cid,
        /// What each place said.
        tried: Vec<Attempt>,
    },
    /// Some of several places do not have the block now.
    #[error("{cid} was not stored everywhere: {}", Attempt::list(failed))]
    NotEverywhere {
        /// The block.
        cid: Cid,
        /// The places that failed.
        failed: Vec<Attempt>,
    },
    /// A Kubo node did not do what it was asked.
    #[error("{store} does not {doing} {cid}")]
    Kubo {
        /// The place.
        store: String,
        /// What it was to do.
        doing: &'static str,
        /// With which block.
        cid: Cid,
        /// Why not.
        source: KuboError,
    },
    /// The disk refused.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// Refuses what no honest caller would put.
pub(crate) fn verify_block(cid: Cid, bytes: &[u8]) -> Result<(), StoreError> {
    let length = bytes.len();
    if length > MAX_BLOCK {
        return Err(StoreError::TooLarge { length });
    }
    if cid.is_of(bytes) { Ok(()) } else { Err(StoreError::NotTheBlock { cid, length }) }
}
