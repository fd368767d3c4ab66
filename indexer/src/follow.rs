//! The follow loop: header at cursor + 1, reorg or lag, one batch, one transaction. A reorg is a
//! value; nothing but a transaction moves the cursor, and every batch is closed against the
//! contracts' accumulators before it is relied on. Specification: `docs/spec/index.md`.

use crate::batch::{self, BY_RECEIPTS, Batch, Fetched};
use crate::metadata::Sought;
use crate::retry::{ask, header};
use crate::writer::Cursor;
use crate::{IndexError, Position, Writer};
use alloy_primitives::{B256, U256};
use ledger::Cid;
use ledger::chain::{Block, Chain, Event};
use std::time::Duration;
use store::Stores;

/// How often the chain may change under one step.
const MOVES: u32 = 8;
/// How long a step may spend on manifests, and how long a catch-up may.
const STEP_METADATA: Duration = Duration::from_secs(1);
const CATCH_UP_METADATA: Duration = Duration::from_secs(20);

/// A block by number and hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockId {
    /// Number.
    pub number: u64,
    /// Hash.
    pub hash: B256,
}

/// An event that is new to the index, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// Block number.
    pub block: u64,
    /// Position in the block.
    pub index: u64,
    /// Transaction hash.
    pub transaction: B256,
    /// What happened.
    pub event: Event,
}

/// What a step did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The index is at the head.
    Idle,
    /// The node's head is below the index, on the same chain as far as can be seen.
    Lag {
        /// The node's head.
        head: u64,
    },
    /// Blocks were added.
    Blocks {
        /// Where the index is now.
        position: Position,
        /// The events in them, in order.
        events: Vec<Noted>,
    },
    /// Blocks were taken back.
    Reorg {
        /// Where the index was.
        from: BlockId,
        /// Where it is: the last block that is on both chains.
        to: BlockId,
    },
}

/// How far a catch-up is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The index's last block.
    pub block: u64,
    /// The block that it is to reach.
    pub head: u64,
    /// Events added so far.
    pub events: u64,
}

impl Writer {
    /// One step: a batch of blocks, or a reorg, or nothing; then, unless many blocks are still to
    /// come, some of the missing manifests.
    ///
    /// # Errors
    /// The node could not be asked; it left out or invented events; a finalized block was replaced.
    pub fn step(&mut self, chain: &Chain, stores: &Stores) -> Result<Step, IndexError> {
        self.step_seeking(chain, Sought::in_stores(stores)).map(|(step, _)| step)
    }

    /// The same with manifests from elsewhere, and the datasets of which more is known through them.
    pub(crate) fn step_seeking(
        &mut self,
        chain: &Chain,
        seek: impl Fn(Cid) -> Sought,
    ) -> Result<(Step, Vec<U256>), IndexError> {
        let step = self.follow(chain).map_err(|error| error.of_file(&self.path))?;
        if self.backfilling {
            return Ok((step, Vec::new()));
        }
        match (self.fetch_manifests(seek, STEP_METADATA), &step) {
            (Ok(known), _) => Ok((step, known)),
            (Err(error), Step::Idle | Step::Lag { .. }) => Err(error.of_file(&self.path)),
            // What was done has to be told; the next step meets the error again.
            (Err(_), _) => Ok((step, Vec::new())),
        }
    }

    /// Steps until the head as it is now, then fetches missing manifests.
    ///
    /// # Errors
    /// As [`Writer::step`].
    pub fn catch_up(
        &mut self,
        chain: &Chain,
        stores: &Stores,
        progress: impl FnMut(Progress),
    ) -> Result<Position, IndexError> {
        let reached = self.follow_to_head(chain, stores, progress);
        reached.map_err(|error| error.of_file(&self.path))
    }

    fn follow_to_head(
        &mut self,
        chain: &Chain,
        stores: &Stores,
        mut progress: impl FnMut(Progress),
    ) -> Result<Position, IndexError> {
        let head = ask(|| chain.node().head())?.number;
        let (mut events, mut reorgs) = (0, 0);
        while reorgs < MOVES {
            match self.follow(chain)? {
                Step::Idle | Step::Lag { .. } => return self.caught_up(stores),
                Step::Reorg { .. } => reorgs += 1,
                Step::Blocks { position, events: new } => {
                    events += new.len() as u64;
                    progress(Progress { block: position.block, head, events });
                    if position.block >= head {
                        return self.caught_up(stores);
                    }
                }
            }
        }
        Err(IndexError::KeepsChanging { times: MOVES })
    }

    fn caught_up(&mut self, stores: &Stores) -> Result<Position, IndexError> {
        self.fetch_manifests(Sought::in_stores(stores), CATCH_UP_METADATA)?;
        self.position()
    }

    fn follow(&mut self, chain: &Chain) -> Result<Step, IndexError> {
        self.verify_same(chain.network())?;
        let mut moves = 0;
        while moves < MOVES {
            let cursor = self.start(chain)?;
            if let Some(batch) = self.fetched_early(chain, cursor.at) {
                ask(|| chain.verify_same())?;
                match self.close(chain, &cursor, batch)? {
                    Some(step) => return Ok(step),
                    None => continue,
                }
            }
            let head = ask(|| chain.node().head())?;
            let first = match self.look(chain, &cursor, &head)? {
                Ahead::Nothing => return Ok(Step::Idle),
                Ahead::Lag => {
                    ask(|| chain.verify_same())?;
                    return Ok(Step::Lag { head: head.number });
                }
                Ahead::OtherChain => return self.turn_back(chain, cursor.at, &head),
                Ahead::Block(first) => first,
            };
            let at = (cursor.at, first, head);
            let second = self.discarded.is_some();
            match batch::fetch(chain, at, (self.range, second), &mut self.old_state)? {
                Fetched::Moved => moves += 1,
                Fetched::Refused(blocks) => {
                    self.range.refused(blocks);
                }
                Fetched::Batch(batch) => {
                    // Its address may have begun to lead to another chain at any moment.
                    ask(|| chain.verify_same())?;
                    if let Some(step) = self.close(chain, &cursor, *batch)? {
                        return Ok(step);
                    }
                }
            }
        }
        Err(IndexError::KeepsChanging { times: MOVES })
    }

    /// What comes after the cursor on the node's chain.
    fn look(&self, chain: &Chain, cursor: &Cursor, head: &Block) -> Result<Ahead, IndexError> {
        let at = cursor.at;
        if head.number <= at.number {
            return Ok(match self.stored(head.number)? {
                Some(hash) if hash != head.hash => Ahead::OtherChain,
                _ if head.number == at.number => Ahead::Nothing,
                _ => Ahead::Lag,
            });
        }
        let first = match at.number + 1 {
            number if number == head.number => *head,
            number => header(chain.node(), number)?,
        };
        Ok(if first.parent == at.hash { Ahead::Block(first) } else { Ahead::OtherChain })
    }

    /// Replays a batch and commits it, if it closes; what does not is discarded and fetched again
    /// from the last block that did, and none is returned then.
    fn close(
        &mut self,
        chain: &Chain,
        cursor: &Cursor,
        batch: Batch,
    ) -> Result<Option<Step>, IndexError> {
        let contracts = &chain.network().contracts;
        let replayed = batch::replay(contracts, cursor.accs, &batch.logs);
        let verified = match (batch.blocks.last(), &batch.accs) {
            (Some(end), Some(accs)) => batch::verify_complete(contracts, end, &replayed.accs, accs),
            _ => Ok(()),
        };
        let committed = match verified {
            Ok(()) => self.commit_and_fetch(chain, batch, &replayed),
            Err(error) => Err(IndexError::Incomplete(error)),
        };
        match committed {
            Err(error) if error.is_no() => {
                self.discard(cursor.at, error)?;
                self.range.refused(2 * BY_RECEIPTS);
                Ok(None)
            }
            committed => committed.map(Some),
        }
    }
}

/// What comes after the cursor.
enum Ahead {
    Nothing,
    Lag,
    OtherChain,
    Block(Block),
}
