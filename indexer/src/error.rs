//! Why the index could not be had: the node said something false, or something could not be asked.

use crate::follow::BlockId;
use alloy_primitives::{Address, B256};
use ledger::chain::{ChainError, NotEvent};
use rusqlite::ErrorCode;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why the index could not be had.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The file system refused.
    #[error("cannot {doing} {}", path.display())]
    Disk {
        /// The verb.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A SQLite that can corrupt a database with two connections.
    #[error("this program was built with SQLite {found}; the index needs {needed} or newer")]
    OldSqlite {
        /// The version it was built with.
        found: &'static str,
        /// The first that will do.
        needed: &'static str,
    },
    /// A file system on which readers and a writer cannot share a database.
    #[error("{} cannot be read while it is written there (journal mode {mode:?}, not \"wal\"): \
             keep the index on a local file system", path.display())]
    NoWal {
        /// The database.
        path: PathBuf,
        /// What SQLite offers there.
        mode: String,
    },
    /// A database that follows another network.
    #[error("{} follows another network ({what} {found}, not {expected}): use the network file it \
             was made with, or delete it and it is made again", path.display())]
    OtherNetwork {
        /// The database.
        path: PathBuf,
        /// What differs.
        what: String,
        /// As the database has it.
        found: String,
        /// As the network file has it.
        expected: String,
    },
    /// A client of another network than the index.
    #[error("the index {} follows another network than the node's client", path.display())]
    OtherChain {
        /// The database.
        path: PathBuf,
    },
    /// A database of another version of the program.
    #[error("{} has schema {found}, this program knows {known}: use the newer program, or delete \
             the file and it is made again", path.display())]
    Schema {
        /// The database.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The program's.
        known: i64,
    },
    /// A file that SQLite cannot make sense of.
    #[error("the index is damaged ({why}): delete its database and it is made again")]
    Damaged {
        /// What was found.
        why: String,
    },
    /// Somebody else keeps this index up to date.
    #[error("another process keeps {} up to date: stop it, or read beside it", path.display())]
    AnotherWriter {
        /// The database.
        path: PathBuf,
    },
    /// The database refused.
    #[error("the index cannot be read or written")]
    Database(#[source] rusqlite::Error),
    /// The chain could not be asked, or said no.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The events that a node gave do not add up to what the contract committed to.
    #[error(transparent)]
    Incomplete(Box<Incomplete>),
    /// An event that the contracts cannot have emitted.
    #[error(transparent)]
    NotEvent(#[from] NotEvent),
    /// Events that cannot both have happened, among those not yet closed by an accumulator.
    #[error("the node's event {index} of block {block} contradicts those before it: {why}")]
    Contradiction {
        /// The block.
        block: u64,
        /// The position in it.
        index: u64,
        /// What stands against it.
        why: String,
    },
    /// A block that was called finalized is not on the node's chain any more.
    #[error("block {} was final as {} and is now another one: following stops here; find out which \
             chain is the right one, then delete the index", block.number, block.hash)]
    FinalityViolated {
        /// The block that was final.
        block: BlockId,
    },
    /// A page's mark whose block was taken back since.
    #[error(
        "block {block}, where the page before this one ended, is not on the chain any more: \
             begin again from the first page"
    )]
    MarkGone {
        /// The block.
        block: u64,
    },
    /// The chain kept changing while it was read.
    #[error("the chain changed {times} times while it was read: try again, or ask another node")]
    KeepsChanging {
        /// How often.
        times: u32,
    },
    /// Whoever keeps the index up to date did not get there in time.
    #[error(
        "waited {} seconds for the process that keeps {} up to date to reach block {} {}; it is at \
         {}", waited.as_secs(), path.display(), awaited.number, awaited.hash,
        at.map_or_else(|| "no block".to_owned(), |at| format!("block {at}"))
    )]
    Behind {
        /// The database.
        path: PathBuf,
        /// The block that was waited for.
        awaited: BlockId,
        /// The block that the index is at.
        at: Option<u64>,
        /// How long.
        waited: Duration,
    },
}

/// Events that do not add up to a contract's accumulator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the node left out or invented events of {name} {contract}: up to block {} its events amount \
     to {replayed}, but the contract says {committed}",
    block.number
)]
pub struct Incomplete {
    /// The contract's name.
    pub name: &'static str,
    /// The contract.
    pub contract: Address,
    /// The last block of the batch.
    pub block: BlockId,
    /// The accumulator as replayed from the events.
    pub replayed: B256,
    /// The contract's own.
    pub committed: B256,
}

impl IndexError {
    /// Whether something was checked and found false, rather than could not be asked.
    pub fn is_no(&self) -> bool {
        match self {
            Self::Chain(error) => error.is_no(),
            Self::Incomplete(_)
            | Self::NotEvent(_)
            | Self::Contradiction { .. }
            | Self::FinalityViolated { .. } => true,
            _ => false,
        }
    }

    /// Whether the index's own file is in the way, and not the chain.
    pub fn is_storage(&self) -> bool {
        matches!(self, Self::Disk { .. } | Self::Database(_) | Self::Damaged { .. })
    }

    /// Names the file where the database refused.
    pub(crate) fn of_file(self, path: &Path) -> Self {
        match self {
            Self::Database(error) => {
                let full = error.sqlite_error_code() == Some(ErrorCode::DiskFull);
                let kind = if full { ErrorKind::StorageFull } else { ErrorKind::Other };
                Self::disk("read or write", path, std::io::Error::new(kind, error))
            }
            Self::Damaged { why } if !why.contains(&*path.to_string_lossy()) => {
                Self::Damaged { why: format!("{}: {why}", path.display()) }
            }
            other => other,
        }
    }

    pub(crate) fn disk(
        doing: &'static str,
        path: &Path,
        source: impl Into<std::io::Error>,
    ) -> Self {
        Self::Disk { doing, path: path.to_owned(), source: source.into() }
    }
}

impl From<rusqlite::Error> for IndexError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        let unreadable = matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
        );
        // A column that is not what the schema says can only come from outside this program.
        let malformed = matches!(
            error,
            E::InvalidColumnType(..)
                | E::FromSqlConversionFailure(..)
                | E::IntegralValueOutOfRange(..)
        );
        match (unreadable || malformed, error) {
            (true, error) => Self::Damaged { why: error.to_string() },
            (false, error) => Self::Database(error),
        }
    }
}
