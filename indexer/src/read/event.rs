//! The event that made a row, or changed it last: what a proof is of.

use crate::row::{Columns, all, blob, first};
use crate::{Index, IndexError};
use alloy_primitives::B256;
use ledger::chain::{Event, RawLog};
use ledger::market::GrantStatus;
use ledger::{Id, Thing};

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

impl Index {
    /// The event that made the row `id`: a dataset's listing, a result's posting; of a grant the one
    /// that put it into `status`, or its latest change. None where there is no such row.
    ///
    /// # Errors
    /// The database could not be read, or has a row without its event.
    pub fn event_of(
        &self,
        id: Id,
        status: Option<GrantStatus>,
    ) -> Result<Option<RawLog>, IndexError> {
        let contracts = &self.network.contracts;
        let (contract, sql) = match id.thing {
            Thing::Dataset => (contracts.registry, "SELECT block FROM datasets WHERE dataset = ?1"),
            Thing::Result => (contracts.ledger, "SELECT block FROM results WHERE result = ?1"),
            Thing::Grant => (
                contracts.market,
                "SELECT valid_from FROM phases WHERE grant = ?1 \
                 AND iif(?2 IS NULL, valid_to IS NULL, status = ?2)",
            ),
        };
        let number = blob(id.number);
        let block: Option<i64> = match id.thing {
            Thing::Grant => {
                let status = status.map(GrantStatus::word);
                first(&self.connection, sql, (number, status), |c| c.get())?
            }
            Thing::Dataset | Thing::Result => first(&self.connection, sql, [number], |c| c.get())?,
        };
        let Some(block) = block else { return Ok(None) };
        // The number of what an event is about is its topic 1.
        let sql = format!(
            "{EVENT} WHERE address = ?1 AND block = ?2 AND substr(topics, 33, 32) = ?3 \
             ORDER BY log_index DESC"
        );
        let logs = all(&self.connection, &sql, (contract.address.0.0, block, number), event)?;
        let made = |log: &RawLog| {
            let event = Event::decode(contracts, log).ok().filter(|e| e.subject() == Some(id));
            event.is_some_and(|event| match id.thing {
                Thing::Dataset => matches!(event, Event::Listed { .. }),
                Thing::Result => matches!(event, Event::Posted(_)),
                Thing::Grant => match (event.grant_status(), status) {
                    (Some(now), Some(asked)) => now == asked,
                    (now, _) => now.is_some(),
                },
            })
        };
        let none = || IndexError::Damaged { why: format!("block {block} has no event of {id}") };
        logs.into_iter().find(made).map(Some).ok_or_else(none)
    }
}
