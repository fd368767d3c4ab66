//! The one who follows: holds the lock and the writing connection. Dropped at any moment, it leaves
//! the last committed batch behind and nothing of the next.

use crate::batch::{Batch, PerContract};
use crate::commit::commit;
use crate::file;
use crate::follow::BlockId;
use crate::index::position;
use crate::lock::WriterLock;
use crate::metadata::Tries;
use crate::range::Range;
use crate::retry::header;
use crate::row::{all, first};
use crate::{IndexError, Position};
use alloy_primitives::{Address, B256};
use ledger::chain::Chain;
use ledger::{Network, accumulator};
use rusqlite::{Connection, TransactionBehavior, params};
use std::path::{Path, PathBuf};

/// Keeps an index up to date; there is one at a time.
pub struct Writer {
    // Before the lock, so that the database is closed while it is still held.
    pub(crate) connection: Connection,
    pub(crate) path: PathBuf,
    identity: Vec<(String, String)>,
    /// Each contract's accumulator before its first event.
    pub(crate) seeds: PerContract<([u8; 20], [u8; 32])>,
    pub(crate) range: Range,
    /// The batch after the last one, fetched while that was committed.
    pub(crate) early: Option<Batch>,
    /// Whether the last batch ended far from the head.
    pub(crate) backfilling: bool,
    /// Whether the node may have the state of old blocks.
    pub(crate) old_state: bool,
    /// The closed block from which on batches were discarded, and how many, until one closes.
    pub(crate) discarded: Option<(Option<BlockId>, u32)>,
    pub(crate) tries: Tries,
    _lock: WriterLock,
}

/// The last block in the index.
pub(crate) struct Cursor {
    pub(crate) at: BlockId,
    /// Each contract's accumulator there.
    pub(crate) accs: PerContract<B256>,
}

impl Writer {
    pub(crate) fn open(
        path: &Path,
        network: &Network,
        (lock, stopped): (WriterLock, bool),
    ) -> Result<Self, IndexError> {
        let connection = file::writer(path)?;
        if stopped {
            file::quick_check(&connection, path)?;
        }
        Ok(Self {
            connection,
            path: path.to_owned(),
            identity: file::identity(network),
            seeds: network.contracts.all().map(|(_, contract)| {
                let seed = accumulator::seed(network.chain, contract.address);
                (contract.address.into_array(), seed.0)
            }),
            range: Range::new(),
            early: None,
            backfilling: false,
            old_state: true,
            discarded: None,
            tries: Tries::default(),
            _lock: lock,
        })
    }

    pub(crate) fn verify_same(&self, network: &Network) -> Result<(), IndexError> {
        if file::identity(network) == self.identity {
            Ok(())
        } else {
            Err(IndexError::OtherChain { path: self.path.clone() })
        }
    }

    /// The cursor; at first the block before the deployment, when nothing had happened.
    pub(crate) fn start(&mut self, chain: &Chain) -> Result<Cursor, IndexError> {
        if let Some(cursor) = self.cursor()? {
            return Ok(cursor);
        }
        let base = header(chain.node(), chain.network().deployed_at.saturating_sub(1))?;
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let (number, hash) = (base.number.cast_signed(), base.hash.0);
        transaction.execute(
            "INSERT INTO blocks VALUES (?1, ?2, ?3, ?4)",
            params![number, hash, base.parent.0, base.time.cast_signed()],
        )?;
        for (contract, seed) in &self.seeds {
            transaction.execute(
                "INSERT INTO cursor VALUES (?1, ?2, ?3, ?4)",
                params![contract, number, hash, seed],
            )?;
        }
        transaction.execute("UPDATE following SET closed = ?1", [number])?;
        commit(transaction)?;
        let at = BlockId { number: base.number, hash: base.hash };
        Ok(Cursor { at, accs: self.seeds.map(|(_, seed)| B256::from(seed)) })
    }

    fn cursor(&self) -> Result<Option<Cursor>, IndexError> {
        let rows =
            all(&self.connection, "SELECT contract, block, hash, acc FROM cursor", [], |c| {
                let contract: Address = c.address()?;
                Ok((contract, BlockId { number: c.number()?, hash: c.word()? }, c.word()?))
            })?;
        let Some((_, at, _)) = rows.first().copied() else { return Ok(None) };
        let mut accs = [B256::ZERO; 5];
        for (acc, (contract, _)) in accs.iter_mut().zip(&self.seeds) {
            let mut of_contract =
                rows.iter().filter(|row| row.0.0.0 == *contract && row.1 == at).map(|row| row.2);
            *acc = of_contract.next().ok_or_else(|| IndexError::Damaged {
                why: format!("the cursors of {} are not at one block", self.path.display()),
            })?;
        }
        Ok(Some(Cursor { at, accs }))
    }

    /// The hash under which a block is stored, if it is.
    pub(crate) fn stored(&self, number: u64) -> Result<Option<B256>, IndexError> {
        let sql = "SELECT hash FROM blocks WHERE number = ?1";
        Ok(first(&self.connection, sql, [number.cast_signed()], |c| c.word())?)
    }

    /// Where the index is.
    pub(crate) fn position(&self) -> Result<Position, IndexError> {
        position(&self.connection)?.ok_or_else(|| IndexError::Damaged {
            why: format!("the cursor of {} is at no stored block", self.path.display()),
        })
    }
}
