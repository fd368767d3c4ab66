//! The index as its readers have it: a file per network, and where it stands.

use crate::follow::BlockId;
use crate::lock::WriterLock;
use crate::row::{all, first};
use crate::{IndexError, Writer, file};
use alloy_primitives::{Address, B256};
use ledger::Network;
use ledger::network::Finality;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A network's index, open for reading.
pub struct Index {
    pub(crate) connection: Connection,
    pub(crate) path: PathBuf,
    pub(crate) network: Network,
}

/// How final a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// It is on the chain.
    Head,
    /// The node calls it safe: unlikely to be replaced.
    Safe,
    /// The node calls it finalized.
    Finalized,
}

/// The block up to which an index tells everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Block number.
    pub block: u64,
    /// Its hash.
    pub hash: B256,
    /// Its time, in seconds since 1970: by it, and no clock, deadlines are judged.
    pub time: u64,
    /// The last block that the node called safe, as far as the index has it; never below the final
    /// one.
    pub safe: Option<u64>,
    /// The last block that the node called final, as far as the index has it.
    pub finalized: Option<u64>,
}

impl Position {
    /// Whether what happened in `block` counts under `policy`.
    pub fn counts(&self, block: u64, policy: Finality) -> bool {
        let until = match policy {
            Finality::Head => Some(self.block),
            Finality::Finalized => self.finalized,
        };
        until.is_some_and(|until| block <= until)
    }

    /// How final the position itself is.
    pub fn level(&self) -> Level {
        let reaches = |level: Option<u64>| level.is_some_and(|block| self.block <= block);
        match (reaches(self.finalized), reaches(self.safe)) {
            (true, _) => Level::Finalized,
            (false, true) => Level::Safe,
            (false, false) => Level::Head,
        }
    }

    /// The block by number and hash.
    pub fn id(&self) -> BlockId {
        BlockId { number: self.block, hash: self.hash }
    }
}

impl Index {
    /// Opens `network`'s index in `folder`, both made if they are not there.
    ///
    /// # Errors
    /// A database of another network, of another schema, or damaged; what the file system refuses.
    pub fn open(folder: &Path, network: &Network) -> Result<Self, IndexError> {
        let path = file::prepare(folder, network)?;
        let connection = file::reader(&path).map_err(|error| error.of_file(&path))?;
        Ok(Self { connection, path, network: network.clone() })
    }

    /// One more reader of the same index, for another thread.
    ///
    /// # Errors
    /// The database could not be opened.
    pub fn again(&self) -> Result<Self, IndexError> {
        let connection = file::reader(&self.path).map_err(|error| error.of_file(&self.path))?;
        Ok(Self { connection, path: self.path.clone(), network: self.network.clone() })
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Becomes the one who keeps the index up to date, unless another is.
    ///
    /// # Errors
    /// What the file system refuses; a database that its last writer left damaged.
    pub fn try_writer(&self) -> Result<Option<Writer>, IndexError> {
        match WriterLock::take(&self.path.with_extension("lock"))? {
            None => Ok(None),
            Some(lock) => Writer::open(&self.path, &self.network, lock)
                .map(Some)
                .map_err(|error| error.of_file(&self.path)),
        }
    }

    /// As [`Index::try_writer`], for one who has no use for an index that another keeps.
    ///
    /// # Errors
    /// [`IndexError::AnotherWriter`], and as [`Index::try_writer`].
    pub fn writer(&self) -> Result<Writer, IndexError> {
        self.try_writer()?.ok_or_else(|| IndexError::AnotherWriter { path: self.path.clone() })
    }

    /// Where the index stands; none before it was first followed.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn position(&self) -> Result<Option<Position>, IndexError> {
        position(&self.connection)
    }

    /// Each contract's accumulator at [`Index::position`], as replayed from the events.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn accumulators(&self) -> Result<Vec<(Address, B256)>, IndexError> {
        let sql = "SELECT contract, acc FROM cursor ORDER BY contract";
        Ok(all(&self.connection, sql, [], |c| Ok((c.address()?, c.word()?)))?)
    }
}

pub(crate) fn position(connection: &Connection) -> Result<Option<Position>, IndexError> {
    let sql = "SELECT b.number, b.hash, b.time, f.safe, f.finalized FROM following f, blocks b \
               WHERE b.number = (SELECT max(block) FROM cursor)";
    Ok(first(connection, sql, [], |c| {
        Ok(Position {
            block: c.number()?,
            hash: c.word()?,
            time: c.number()?,
            safe: c.get::<Option<i64>>()?.map(i64::cast_unsigned),
            finalized: c.get::<Option<i64>>()?.map(i64::cast_unsigned),
        })
    })?)
}
