//! Logs and their anchored heads.

use crate::row::{Columns, Moment, all, first};
use crate::{Index, IndexError};
use alloy_primitives::{Address, B256};
use ledger::LogId;

/// A log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRow {
    /// Its id.
    pub log: LogId,
    /// Who alone anchors it.
    pub owner: Address,
    /// Its name.
    pub origin: String,
    /// The Ed25519 key that signs its checkpoints.
    pub key: B256,
    /// When it was opened.
    pub opened: Moment,
    /// The latest anchor; none is the empty log.
    pub head: Option<Anchor>,
}

/// A head of a log that is on the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The log.
    pub log: LogId,
    /// Leaves at the anchor before.
    pub old_size: u64,
    /// Leaves.
    pub size: u64,
    /// RFC 6962 root.
    pub root: B256,
    /// SHA-256 of the entries block.
    pub entries: B256,
    /// When it was anchored.
    pub at: Moment,
}

/// Columns, and where they are from.
pub(crate) const LOG: (&str, &str) = (
    "SELECT l.log, l.owner, l.origin, l.key, l.block, l.time, l.tx, \
     a.block, a.time, a.tx, a.log, a.old_size, a.size, a.root, a.entries",
    "FROM logs l LEFT JOIN anchors a ON a.id = (SELECT max(id) FROM anchors WHERE log = l.log)",
);

fn logs(rest: &str) -> String {
    let (columns, from) = LOG;
    format!("{columns} {from} {rest}")
}

pub(crate) fn log(c: &mut Columns) -> rusqlite::Result<LogRow> {
    Ok(LogRow {
        log: LogId(c.word()?),
        owner: c.address()?,
        origin: c.get()?,
        key: c.word()?,
        opened: c.moment()?,
        head: match c.moment_if_any()? {
            None => None,
            Some(at) => Some(anchor(c, at)?),
        },
    })
}

pub(crate) fn anchor(c: &mut Columns, at: Moment) -> rusqlite::Result<Anchor> {
    Ok(Anchor {
        log: LogId(c.word()?),
        old_size: c.number()?,
        size: c.number()?,
        root: c.word()?,
        entries: c.word()?,
        at,
    })
}

impl Index {
    /// All logs, from the first.
    ///
    /// # Errors
    /// The database could not be read; so are those of all below.
    pub fn logs(&self) -> Result<Vec<LogRow>, IndexError> {
        Ok(all(&self.connection, &logs("ORDER BY l.id"), [], log)?)
    }

    /// A log, if there is such a one.
    ///
    /// # Errors
    /// As [`Index::logs`].
    pub fn log_of_id(&self, id: LogId) -> Result<Option<LogRow>, IndexError> {
        Ok(first(&self.connection, &logs("WHERE l.log = ?1"), [id.0.0], log)?)
    }

    /// The logs of `owner`, from the first.
    ///
    /// # Errors
    /// As [`Index::logs`].
    pub fn logs_of(&self, owner: Address) -> Result<Vec<LogRow>, IndexError> {
        let sql = logs("WHERE l.owner = ?1 ORDER BY l.id");
        Ok(all(&self.connection, &sql, [owner.0.0], log)?)
    }

    /// A log's anchors, from the first.
    ///
    /// # Errors
    /// As [`Index::logs`].
    pub fn anchors(&self, id: LogId) -> Result<Vec<Anchor>, IndexError> {
        let sql = "SELECT block, time, tx, log, old_size, size, root, entries FROM anchors \
                   WHERE log = ?1 ORDER BY id";
        Ok(all(&self.connection, sql, [id.0.0], |c| {
            let at = c.moment()?;
            anchor(c, at)
        })?)
    }
}
