//! Backfill in two hands: while one batch is committed, the next is fetched. What was fetched early
//! is held against the cursor and the chain again before it is used, and thrown away where it does
//! not fit; nothing else depends on it. Specification: `docs/spec/index.md`.

use crate::batch::{Batch, Fetched, NEAR_HEAD, Replayed, fetch};
use crate::range::Range;
use crate::retry::header;
use crate::{BlockId, IndexError, Step, Writer};
use ledger::chain::{At, Block, Chain};

impl Writer {
    /// Commits a batch, and meanwhile fetches the next one where many blocks are still to come.
    pub(crate) fn commit_and_fetch(
        &mut self,
        chain: &Chain,
        batch: Batch,
        replayed: &Replayed,
    ) -> Result<Step, IndexError> {
        self.range.succeeded(batch.span(), batch.logs.len());
        let (after, head, range) = (batch.end(), batch.head, self.range);
        let mut old_state = self.old_state;
        let contracts = &chain.network().contracts;
        // What did not add up before is fetched again with care, and by itself.
        let careful = self.discarded.is_some();
        if careful || head.number.saturating_sub(after.number) <= NEAR_HEAD {
            return self.commit(contracts, batch, replayed);
        }
        let (committed, early) = std::thread::scope(|scope| {
            let early = scope.spawn(|| fetch_early(chain, after, head, range, &mut old_state));
            (self.commit(contracts, batch, replayed), early.join().ok().flatten())
        });
        (self.early, self.old_state) = (early, old_state);
        committed
    }

    /// What was fetched early, if it follows `cursor` and is still on the node's chain.
    pub(crate) fn fetched_early(&mut self, chain: &Chain, cursor: BlockId) -> Option<Batch> {
        let batch = self.early.take().filter(|batch| batch.after == cursor)?;
        let end = batch.end();
        let now = chain.node().block(At::Number(end.number)).ok()??;
        (now.hash == end.hash).then_some(batch)
    }
}

/// The batch after a block; none where it could not be had, which is told when it is asked for
/// again.
fn fetch_early(
    chain: &Chain,
    after: BlockId,
    head: Block,
    range: Range,
    old_state: &mut bool,
) -> Option<Batch> {
    let first = header(chain.node(), after.number + 1).ok()?;
    if first.parent != after.hash {
        return None;
    }
    match fetch(chain, (after, first, head), (range, false), old_state) {
        Ok(Fetched::Batch(batch)) => Some(*batch),
        _ => None,
    }
}
