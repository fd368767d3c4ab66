//! For commands that run while another process follows: wait until it has what is on the chain now.

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
    /// Waits until the index has the chain's head as of now, by number and hash; if that block is
    /// replaced meanwhile, until it has the head in its place.
    ///
    /// # Errors
    /// [`IndexError::Behind`] after `timeout`; the node could not be asked.
    pub fn wait_for(&self, chain: &Chain, timeout: Duration) -> Result<Position, IndexError> {
        let begun = Instant::now();
        let mut head = ask(|| chain.node().head())?;
        loop {
            let position = self.position()?;
            if let Some(at) = position.filter(|at| at.block >= head.number) {
                if self.has(chain, &at, &head)? {
                    return Ok(at);
                }
                // The head or the index is on a chain that is gone.
                head = ask(|| chain.node().head())?;
            }
            if begun.elapsed() >= timeout {
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

    /// Brings the index up to the chain's head: as its writer, or by waiting for the one who is.
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
                return writer.catch_up(chain, stores, progress);
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
}
