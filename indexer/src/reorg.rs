//! Going back: to the last block on both chains after a reorg, and to the last closed block where a
//! node's events did not add up. One transaction each, and a line in the log.
//! Specification: `docs/spec/index.md`.

use crate::commit::commit;
use crate::retry::{ask, header};
use crate::row::{all, first};
use crate::{BlockId, IndexError, Step, Writer};
use ledger::chain::{Block, Chain};
use rusqlite::{Transaction, TransactionBehavior, params};

/// Batches in a row that do not add up before following stops. More than two, because a node may
/// answer from the middle of a change: a local one gives the next block's state while it makes it.
const TRIES: u32 = 4;

/// Tables whose rows come once and stay.
const RECORDS: [&str; 8] =
    ["datasets", "versions", "grants", "circuits", "results", "attestations", "logs", "anchors"];
/// Tables whose rows hold until a younger one ends them, with what they are of.
const HISTORIES: [(&str, &str); 5] = [
    ("owners", "dataset"),
    ("statuses", "dataset"),
    ("terms", "dataset"),
    ("phases", "grant"),
    ("credits", "account, token"),
];

impl Writer {
    /// Rolls back to the last stored block that is on the node's chain.
    pub(crate) fn turn_back(
        &mut self,
        chain: &Chain,
        from: BlockId,
        head: &Block,
    ) -> Result<Step, IndexError> {
        ask(|| chain.verify_same())?;
        let mut to = None;
        for block in self.stored_below(head.number)? {
            if header(chain.node(), block.number)?.hash == block.hash {
                to = Some(block);
                break;
            }
        }
        match self.named_block("finalized")? {
            Some(block) if to.is_none_or(|to| to.number < block.number) => {
                return Err(IndexError::FinalityViolated { block });
            }
            _ => self.roll_back("reorg", from, to)?,
        }
        let to = match to {
            Some(to) => to,
            None => self.start(chain)?.at,
        };
        Ok(Step::Reorg { from, to })
    }

    fn stored_below(&self, head: u64) -> Result<Vec<BlockId>, IndexError> {
        let sql = "SELECT number, hash FROM blocks WHERE number <= ?1 ORDER BY number DESC";
        Ok(all(&self.connection, sql, [head.cast_signed()], |c| {
            Ok(BlockId { number: c.number()?, hash: c.word()? })
        })?)
    }

    /// The block that a column of `following` names.
    fn named_block(&self, column: &str) -> Result<Option<BlockId>, IndexError> {
        let sql = format!("SELECT number, hash FROM blocks JOIN following ON number = {column}");
        Ok(first(&self.connection, &sql, [], |c| {
            Ok(BlockId { number: c.number()?, hash: c.word()? })
        })?)
    }

    /// Discards what is not closed; the last of the tries from the same block on, `error` stands.
    pub(crate) fn discard(&mut self, from: BlockId, error: IndexError) -> Result<(), IndexError> {
        let closed = self.named_block("closed")?;
        if closed != Some(from) {
            self.roll_back("discarded", from, closed)?;
        }
        let tries = match self.discarded {
            Some((from, tries)) if from == closed => tries + 1,
            _ => 1,
        };
        self.discarded = Some((closed, tries));
        if tries < TRIES { Ok(()) } else { Err(error) }
    }

    /// Makes the database what it was at `to`; at none, empty.
    fn roll_back(
        &mut self,
        cause: &str,
        from: BlockId,
        to: Option<BlockId>,
    ) -> Result<(), IndexError> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let block = to.map_or(-1, |to| to.number.cast_signed());
        let events = cut_rows(&transaction, block)?;
        transaction.execute(
            "INSERT INTO reorg_log (cause, from_block, from_hash, to_block, to_hash, events) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                cause,
                from.number.cast_signed(),
                from.hash.0,
                to.map(|to| to.number.cast_signed()),
                to.map(|to| to.hash.0),
                events,
            ],
        )?;
        match to {
            Some(to) => restore_cursor(&transaction, &self.seeds, to)?,
            None => transaction.execute_batch(
                "DELETE FROM cursor; UPDATE following SET closed = NULL, safe = NULL, finalized = NULL",
            )?,
        }
        let lower = "UPDATE following SET closed = min(closed, ?1), safe = min(safe, ?1)";
        transaction.execute(lower, [block])?;
        Ok(commit(transaction)?)
    }
}

/// Deletes what is younger than `block` and lets hold again what it ended; how many events went.
fn cut_rows(transaction: &Transaction, block: i64) -> rusqlite::Result<i64> {
    let run = |sql: &str| transaction.execute(sql, [block]);
    let kept = kept("versions", "block");
    for texts in ["words", "titles"] {
        run(&format!(
            "DELETE FROM {texts} WHERE rowid IN \
             (SELECT id FROM manifests WHERE id > {kept} AND state = 'there')"
        ))?;
    }
    run(&format!("DELETE FROM manifests WHERE id > {kept}"))?;
    for table in RECORDS {
        run(&format!("DELETE FROM {table} WHERE id > {}", self::kept(table, "block")))?;
    }
    for (table, of) in HISTORIES {
        let kept = self::kept(table, "valid_from");
        run(&format!(
            "UPDATE {table} SET valid_to = NULL WHERE valid_to > ?1 \
             AND ({of}) IN (SELECT {of} FROM {table} WHERE id > {kept})"
        ))?;
        run(&format!("DELETE FROM {table} WHERE id > {kept}"))?;
    }
    run("DELETE FROM blocks WHERE number > ?1")?;
    run("DELETE FROM events WHERE block > ?1")
        .map(|events| i64::try_from(events).unwrap_or(i64::MAX))
}

/// The id after which every row is younger than the block: ids grow with the chain, so that the
/// search from the end stops at the first row that stays.
fn kept(table: &str, since: &str) -> String {
    format!("ifnull((SELECT id FROM {table} WHERE {since} <= ?1 ORDER BY id DESC LIMIT 1), 0)")
}

/// Sets the cursor to `at`, with each accumulator as the last event up to there left it.
fn restore_cursor(
    transaction: &Transaction,
    seeds: &[([u8; 20], [u8; 32])],
    at: BlockId,
) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "UPDATE cursor SET block = ?3, hash = ?4, acc = ifnull((SELECT acc_after FROM events \
         WHERE address = ?1 ORDER BY block DESC, log_index DESC LIMIT 1), ?2) WHERE contract = ?1",
    )?;
    for (contract, seed) in seeds {
        statement.execute(params![contract, seed, at.number.cast_signed(), at.hash.0])?;
    }
    Ok(())
}
