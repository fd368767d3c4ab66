//! The event that made a row, or changed it last: what a proof is of.

use crate::row::{Columns, all, blob, first};
use crate::{Index, IndexError};
use alloy_primitives::{B256, U256};
use ledger::chain::{Event, RawLog};
use ledger::market::GrantStatus;
use ledger::network::{Contract, Contracts};
use ledger::{Id, LogId, Thing};
use rusqlite::params_from_iter;
use rusqlite::types::Value;
use std::fmt;

pub(crate) const EVENT: &str =
    "SELECT block, log_index, block_hash, tx, address, topics, data FROM events";

pub(crate) fn event(c: &mut Columns) -> rusqlite::Result<RawLog> {
    Ok(RawLog {
        block: c.number()?,
        index: c.number()?,
        block_hash: c.word()?,
        transaction: c.word()?,
        address: c.address()?,
        topics: c.get::<Vec<u8>>()?.chunks_exact(32).map(B256::from_slice).collect(),
        data: c.get()?,
    })
}

/// A row that events made, and which of them is meant where there are several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// A dataset's listing.
    Dataset(U256),
    /// The transfer that gave a dataset its owner; at first the mint beside its listing.
    Owner(U256),
    /// What put a dataset on sale, or paused it, last.
    Sale(U256),
    /// What set the terms that held from the end of the block `from` on, or hold now.
    Terms {
        /// Of this dataset.
        dataset: U256,
        /// Since this block.
        from: Option<u64>,
    },
    /// What added a version; none is the latest.
    Version {
        /// Of this dataset.
        dataset: U256,
        /// From 1.
        number: Option<u64>,
    },
    /// What a reader said of a dataset.
    Attestation {
        /// Of this dataset.
        dataset: U256,
        /// Under this grant.
        grant: U256,
    },
    /// What put a grant into a status, or its latest change.
    Grant {
        /// Its number.
        grant: U256,
        /// Which change.
        status: Option<GrantStatus>,
    },
    /// A result's posting.
    Result(U256),
    /// A log's opening.
    Log(LogId),
    /// A log's anchored head.
    Anchor {
        /// Of this log.
        log: LogId,
        /// With so many steps.
        size: u64,
    },
}

impl fmt::Display for Row {
    /// As it is said of one that is not there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.id();
        match self {
            Self::Terms { from: Some(from), .. } => {
                write!(f, "{id} with terms from block {from} on")
            }
            Self::Version { number: Some(number), .. } => write!(f, "version {number} of {id}"),
            Self::Attestation { grant, .. } => {
                write!(f, "word on {id} under {}", Id::new(Thing::Grant, *grant))
            }
            Self::Grant { status: Some(status), .. } => {
                write!(f, "{id} that was ever {}", status.word())
            }
            Self::Log(_) => write!(f, "log {id}"),
            Self::Anchor { size, .. } => write!(f, "anchor of log {id} with {size} steps"),
            _ => f.write_str(&id),
        }
    }
}

impl Row {
    /// Whether `event` is the one that made it. Of several in one block the last counts.
    fn is_made_by(self, event: &Event) -> bool {
        match (self, event) {
            (Self::Dataset(of), Event::Listed { dataset, .. })
            | (Self::Owner(of), Event::DatasetTransferred { dataset, .. })
            | (Self::Sale(of), Event::Listed { dataset, .. } | Event::StatusSet { dataset, .. })
            | (
                Self::Terms { dataset: of, .. },
                Event::Listed { dataset, .. } | Event::TermsSet { dataset, .. },
            ) => of == *dataset,
            (Self::Version { dataset: of, number }, Event::Listed { dataset, .. }) => {
                of == *dataset && number.is_none_or(|number| number == 1)
            }
            (
                Self::Version { dataset: of, number: wanted },
                Event::Versioned { dataset, number, .. },
            ) => of == *dataset && wanted.is_none_or(|wanted| wanted == *number),
            (Self::Attestation { dataset, grant }, Event::Attested(attested)) => {
                (attested.dataset, attested.grant) == (dataset, grant)
            }
            (Self::Grant { grant, status }, event) => {
                let now = event.grant_status();
                event.subject() == Some(Id::new(Thing::Grant, grant))
                    && now.is_some()
                    && (status.is_none() || status == now)
            }
            (Self::Result(result), Event::Posted(posted)) => posted.result == result,
            (Self::Log(of), Event::Opened { log, .. }) => of == *log,
            (Self::Anchor { log: of, size: wanted }, Event::Anchored { log, size, .. }) => {
                of == *log && wanted == *size
            }
            _ => false,
        }
    }

    /// `dataset:N`, `grant:N`, `result:N`, or a log's id.
    pub fn id(self) -> String {
        let (thing, number) = match self {
            Self::Dataset(number)
            | Self::Owner(number)
            | Self::Sale(number)
            | Self::Terms { dataset: number, .. }
            | Self::Version { dataset: number, .. }
            | Self::Attestation { dataset: number, .. } => (Thing::Dataset, number),
            Self::Grant { grant, .. } => (Thing::Grant, grant),
            Self::Result(number) => (Thing::Result, number),
            Self::Log(log) | Self::Anchor { log, .. } => return log.to_string(),
        };
        Id::new(thing, number).to_string()
    }

    /// Whose event it is, and what stands in its topics.
    fn place(self, contracts: &Contracts) -> (Contract, [u8; 32]) {
        match self {
            Self::Dataset(number)
            | Self::Owner(number)
            | Self::Sale(number)
            | Self::Terms { dataset: number, .. }
            | Self::Version { dataset: number, .. } => (contracts.registry, blob(number)),
            Self::Grant { grant, .. } => (contracts.market, blob(grant)),
            Self::Attestation { grant: number, .. } | Self::Result(number) => {
                (contracts.ledger, blob(number))
            }
            Self::Log(log) | Self::Anchor { log, .. } => (contracts.log, log.0.0),
        }
    }
}

impl Index {
    /// The event that made a row. None where there is no such row.
    ///
    /// # Errors
    /// The database could not be read, or has a row without its event.
    pub fn event_of(&self, row: Row) -> Result<Option<RawLog>, IndexError> {
        let contracts = &self.network.contracts;
        let (contract, topic) = row.place(contracts);
        let Some(block) = self.block_of(row, topic)? else { return Ok(None) };
        let sql = format!(
            "{EVENT} WHERE address = ?1 AND block = ?2 AND instr(topics, ?3) > 0 \
             ORDER BY log_index DESC"
        );
        let logs = all(&self.connection, &sql, (contract.address.0.0, block, topic), event)?;
        let made =
            |log: &RawLog| Event::decode(contracts, log).is_ok_and(|event| row.is_made_by(&event));
        let none = || IndexError::Damaged { why: format!("block {block} has no event of {row}") };
        logs.into_iter().find(made).map(Some).ok_or_else(none)
    }

    /// The block of a row's event.
    fn block_of(&self, row: Row, topic: [u8; 32]) -> Result<Option<i64>, IndexError> {
        let number = |number: Option<u64>| Some(Value::from(number.map(u64::cast_signed)));
        let (sql, second) = match row {
            Row::Dataset(_) => ("SELECT block FROM datasets WHERE dataset = ?1", None),
            Row::Owner(_) => {
                ("SELECT valid_from FROM owners WHERE dataset = ?1 AND valid_to IS NULL", None)
            }
            Row::Sale(_) => {
                ("SELECT valid_from FROM statuses WHERE dataset = ?1 AND valid_to IS NULL", None)
            }
            Row::Terms { from, .. } => (
                "SELECT valid_from FROM terms WHERE dataset = ?1 \
                 AND iif(?2 IS NULL, valid_to IS NULL, valid_from = ?2)",
                number(from),
            ),
            Row::Version { number: n, .. } => (
                "SELECT block FROM versions WHERE dataset = ?1 AND (?2 IS NULL OR number = ?2) \
                 ORDER BY number DESC",
                number(n),
            ),
            Row::Attestation { dataset, .. } => (
                "SELECT block FROM attestations WHERE grant = ?1 AND dataset = ?2",
                Some(Value::from(blob(dataset).to_vec())),
            ),
            Row::Grant { status, .. } => (
                "SELECT valid_from FROM phases WHERE grant = ?1 \
                 AND iif(?2 IS NULL, valid_to IS NULL, status = ?2)",
                Some(Value::from(status.map(|status| status.word().to_owned()))),
            ),
            Row::Result(_) => ("SELECT block FROM results WHERE result = ?1", None),
            Row::Log(_) => ("SELECT block FROM logs WHERE log = ?1", None),
            Row::Anchor { size, .. } => {
                ("SELECT block FROM anchors WHERE log = ?1 AND size = ?2", number(Some(size)))
            }
        };
        let key = std::iter::once(Value::from(topic.to_vec())).chain(second);
        Ok(first(&self.connection, sql, params_from_iter(key), |c| c.get())?)
    }
}
