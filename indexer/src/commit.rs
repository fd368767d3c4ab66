//! One batch, one transaction: blocks, events, what they amount to, and the cursor.
//! Specification: `docs/spec/index.md`.

use crate::apply::{Place, apply};
use crate::batch::{Batch, Replayed};
use crate::follow::Noted;
use crate::{IndexError, Step, Writer};
use alloy_primitives::B256;
use ledger::chain::{Block, Event, RawLog};
use ledger::network::Contracts;
use rusqlite::{ErrorCode, Transaction, TransactionBehavior, params};

impl Writer {
    /// Commits a batch.
    pub(crate) fn commit(
        &mut self,
        contracts: &Contracts,
        batch: Batch,
        replayed: &Replayed,
    ) -> Result<Step, IndexError> {
        let events = batch
            .logs
            .iter()
            .map(|log| Event::decode(contracts, log))
            .collect::<Result<Vec<_>, _>>()?;
        let closed = batch.accs.is_some();
        // Far from the head a lost batch is fetched again; at the head what was shown must stay.
        let synchronous = if batch.near { "FULL" } else { "NORMAL" };
        self.connection.pragma_update(None, "synchronous", synchronous)?;
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for block in &batch.blocks {
            insert_block(&transaction, block)?;
        }
        for ((log, event), acc) in batch.logs.iter().zip(&events).zip(&replayed.after_each) {
            let inserted = insert_event(&transaction, log, *acc)
                .and_then(|()| apply(&transaction, event, &Place::of(log)));
            inserted.map_err(|error| contradiction(log, error))?;
        }
        if let Some(end) = batch.blocks.last() {
            move_cursor(&transaction, end, replayed, contracts, closed)?;
        }
        if let Some(safe) = &batch.safe {
            set_safe(&transaction, safe)?;
        }
        if let Some(finalized) = &batch.finalized {
            set_finalized(&transaction, finalized)?;
        }
        commit(transaction)?;
        if closed {
            self.discarded = None;
        }
        self.backfilling = !batch.near;
        let noted = |(log, event): (RawLog, Event)| Noted {
            block: log.block,
            index: log.index,
            transaction: log.transaction,
            event,
        };
        let events = batch.logs.into_iter().zip(events).map(noted).collect();
        Ok(Step::Blocks { position: self.position()?, events })
    }
}

/// Ends a transaction of the writer. Readers tell states of the index apart by how many there were.
pub(crate) fn commit(transaction: Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute("UPDATE following SET written = written + 1", [])?;
    transaction.commit()
}

fn insert_block(transaction: &Transaction, block: &Block) -> rusqlite::Result<()> {
    let mut statement =
        transaction.prepare_cached("INSERT OR IGNORE INTO blocks VALUES (?1, ?2, ?3, ?4)")?;
    let (number, time) = (block.number.cast_signed(), block.time.cast_signed());
    statement.execute(params![number, block.hash.0, block.parent.0, time])?;
    Ok(())
}

fn insert_event(transaction: &Transaction, log: &RawLog, acc: B256) -> rusqlite::Result<()> {
    let mut statement =
        transaction.prepare_cached("INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
    statement.execute(params![
        log.block.cast_signed(),
        log.index.cast_signed(),
        log.block_hash.0,
        log.transaction.0,
        log.address.0.0,
        log.topics.concat(),
        log.data,
        acc.0,
    ])?;
    Ok(())
}

fn move_cursor(
    transaction: &Transaction,
    end: &Block,
    replayed: &Replayed,
    contracts: &Contracts,
    closed: bool,
) -> rusqlite::Result<()> {
    let mut statement = transaction
        .prepare_cached("UPDATE cursor SET block = ?2, hash = ?3, acc = ?4 WHERE contract = ?1")?;
    for ((_, contract), acc) in contracts.all().into_iter().zip(replayed.accs) {
        let number = end.number.cast_signed();
        statement.execute(params![contract.address.0.0, number, end.hash.0, acc.0])?;
    }
    if closed {
        let mut statement = transaction.prepare_cached("UPDATE following SET closed = ?1")?;
        statement.execute([end.number.cast_signed()])?;
    }
    Ok(())
}

/// Whether a block can be one of those in the index, and is stored now unless another is in its
/// place. One that contradicts the blocks in the index is not believed.
fn is_ours(transaction: &Transaction, block: &Block) -> rusqlite::Result<bool> {
    let number = block.number.cast_signed();
    let after_start: bool = transaction.query_row(
        "SELECT ifnull(?1 BETWEEN min(number) AND max(number), 0) FROM blocks",
        [number],
        |row| row.get(0),
    )?;
    if after_start {
        insert_block(transaction, block)?;
    }
    let ours = "SELECT EXISTS (SELECT 1 FROM blocks WHERE number = ?1 AND hash = ?2)";
    transaction.query_row(ours, params![number, block.hash.0], |row| row.get(0))
}

/// Remembers the block that the node calls safe, which may go back.
fn set_safe(transaction: &Transaction, safe: &Block) -> rusqlite::Result<()> {
    if is_ours(transaction, safe)? {
        let set = "UPDATE following SET safe = max(?1, ifnull(finalized, ?1))";
        transaction.execute(set, [safe.number.cast_signed()])?;
    }
    Ok(())
}

/// Remembers the block that the node calls final, and forgets the blocks behind it: nothing goes
/// back there.
fn set_finalized(transaction: &Transaction, finalized: &Block) -> rusqlite::Result<()> {
    if !is_ours(transaction, finalized)? {
        return Ok(());
    }
    transaction.execute(
        "UPDATE following SET finalized = max(ifnull(finalized, ?1), ?1), \
         safe = max(ifnull(safe, ?1), ifnull(finalized, ?1), ?1)",
        [finalized.number.cast_signed()],
    )?;
    transaction.execute(
        "DELETE FROM blocks WHERE number < (SELECT min(closed, finalized) FROM following)",
        [],
    )?;
    Ok(())
}

/// What a constraint refuses cannot have happened; all else is the database's failure.
fn contradiction(log: &RawLog, error: rusqlite::Error) -> IndexError {
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => {
            IndexError::Contradiction { block: log.block, index: log.index, why: error.to_string() }
        }
        _ => error.into(),
    }
}
