//! For commands: bring the index up to the chain's head, or wait for the process that does; and then
//! read it as it was at that block, whatever is written meanwhile.

use crate::follow::{BlockId, Progress};
use crate::retry::ask;
use crate::row::first;
use crate::{Index, IndexError, Position};
use alloy_primitives::B256;
use ledger::chain::{At, Block, Chain};
use std::time::{Duration, Instant};
use store::Stores;

/// Between two looks at the index.
const PAUSE: Duration = Duration::from_millis(50);
/// How long to wait for another writer before trying again to become one.
const TURN: Duration = Duration::from_secs(1);

impl Index {
    /// Brings the index up to the chain's head, as its writer or by waiting for the one who is. From
    /// then on this `Index` reads the index as it was then, until this or [`Index::wait_for`] is
    /// called again.
    ///
    /// # Errors
    /// As [`crate::Writer::catch_up`] and [`Index::wait_for`].
    pub fn current(
        &self,
        chain: &Chain,
        stores: &Stores,
        timeout: Duration,
        progress: impl FnMut(Progress),
    ) -> Result<Position, IndexError> {
        let begun = Instant::now();
        loop {
            if let Some(mut writer) = self.try_writer()? {
                self.let_go()?;
                let position = writer.catch_up(chain, stores, progress)?;
                return Ok(self.hold()?.unwrap_or(position));
            }
            let left = timeout.saturating_sub(begun.elapsed());
            match self.wait_for(chain, left.min(TURN)) {
                Err(IndexError::Behind { .. }) if left > TURN => {}
                Err(IndexError::Behind { path, awaited, at, .. }) => {
                    return Err(IndexError::Behind { path, awaited, at, waited: timeout });
                }
                waited => return waited,
            }
        }
    }

    /// Waits until the index has the chain's head as of now, by number and hash; if that block is
    /// replaced meanwhile, until it has the head in its place. From then on this `Index` reads the
    /// index as it was then.
    ///
    /// # Errors
    /// [`IndexError::Behind`] after `timeout`; the node could not be asked.
    pub fn wait_for(&self, chain: &Chain, timeout: Duration) -> Result<Position, IndexError> {
        let begun = Instant::now();
        let mut head = ask(|| chain.node().head())?;
        loop {
            self.let_go()?;
            let position = self.hold()?;
            if let Some(at) = position.filter(|at| at.block >= head.number) {
                if self.has(chain, &at, &head)? {
                    return Ok(at);
                }
                // The head or the index is on a chain that is gone.
                head = ask(|| chain.node().head())?;
            }
            if begun.elapsed() >= timeout {
                self.let_go()?;
                return Err(IndexError::Behind {
                    path: self.path.clone(),
                    awaited: BlockId { number: head.number, hash: head.hash },
                    at: position.map(|at| at.block),
                    waited: timeout,
                });
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// Whether an index that is at `at` has `head`: it stored it, or it is further on the same chain.
    fn has(&self, chain: &Chain, at: &Position, head: &Block) -> Result<bool, IndexError> {
        let sql = "SELECT hash FROM blocks WHERE number = ?1";
        let stored: Option<B256> =
            first(&self.connection, sql, [head.number.cast_signed()], |c| c.word())?;
        match stored {
            Some(hash) => Ok(hash == head.hash),
            None => {
                let theirs = ask(|| chain.node().block(At::Number(at.block)))?;
                Ok(theirs.is_some_and(|block| block.hash == at.hash))
            }
        }
    }

    /// Begins a reading transaction: all that is read in it is of one moment.
    pub(crate) fn hold(&self) -> Result<Option<Position>, IndexError> {
        self.connection.execute_batch("BEGIN")?;
        self.position()
    }

    pub(crate) fn let_go(&self) -> Result<(), IndexError> {
        if !self.connection.is_autocommit() {
            self.connection.execute_batch("COMMIT")?;
        }
        Ok(())
    }
}
