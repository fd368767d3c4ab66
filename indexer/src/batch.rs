//! One batch of blocks as a node gives it, and the check that closes it: the events, replayed, must
//! amount to what each contract's accumulator is at the batch's last block.
//!
//! What the accumulators do not bind is where in a block, and in which transaction, an event stood;
//! for that the node is believed. Specification: `docs/spec/index.md`.

use crate::error::{Incomplete, IndexError};
use crate::follow::BlockId;
use crate::range::Range;
use crate::retry::{ask, ask_while, header};
use alloy_primitives::{Address, B256};
use ledger::accumulator;
use ledger::chain::{At, Block, Chain, ChainError, Node, RawLog};
use ledger::network::Contracts;

/// Within so many blocks of the head every header is fetched; further back only the last of a batch.
pub(crate) const NEAR_HEAD: u64 = 16;
/// Further back than this from the head a node may have dropped the state that holds `acc`.
const STATE_KEPT: u64 = 64;

/// Blocks whose receipts are fetched at once.
pub(crate) const BY_RECEIPTS: u64 = 64;

/// A value per contract, in the order of [`Contracts::all`].
pub(crate) type PerContract<T> = [T; 5];

/// The blocks after the cursor, as a node gave them.
pub(crate) struct Batch {
    /// Headers, ascending; the last ends the batch.
    pub(crate) blocks: Vec<Block>,
    /// Every log of our contracts, in order.
    pub(crate) logs: Vec<RawLog>,
    /// The accumulators at the last block; none where the node has no state that old.
    pub(crate) accs: Option<PerContract<B256>>,
    /// The block before it.
    pub(crate) after: BlockId,
    /// The head when it was asked for.
    pub(crate) head: Block,
    /// Whether it ends at the head.
    pub(crate) near: bool,
    /// The last blocks that the node calls final and safe, asked for near the head only.
    pub(crate) finalized: Option<Block>,
    pub(crate) safe: Option<Block>,
}

impl Batch {
    /// Its last block.
    pub(crate) fn end(&self) -> BlockId {
        self.blocks.last().map_or(self.after, |end| BlockId { number: end.number, hash: end.hash })
    }

    /// How many blocks it spans.
    pub(crate) fn span(&self) -> u64 {
        self.end().number - self.after.number
    }
}

/// What came of asking for a batch.
pub(crate) enum Fetched {
    Batch(Box<Batch>),
    /// The node refused that many blocks at once.
    Refused(u64),
    /// The chain changed meanwhile.
    Moved,
}

/// Asks for the blocks after `after`, whose next block is `first`, towards `head`; where events did
/// not add up before (`second`), for fewer blocks and their receipts.
pub(crate) fn fetch(
    chain: &Chain,
    (after, first, head): (BlockId, Block, Block),
    (range, second): (Range, bool),
    old_state: &mut bool,
) -> Result<Fetched, IndexError> {
    let node = chain.node();
    let left = head.number - after.number;
    let near = left <= NEAR_HEAD;
    let most = if second { range.blocks().min(BY_RECEIPTS) } else { range.blocks() };
    let asked = most.min(if near { left } else { left - NEAR_HEAD });
    let to = after.number + asked;
    let Some(blocks) = headers(node, first, to, head, near)? else { return Ok(Fetched::Moved) };
    let end = *blocks.last().unwrap_or(&first);

    // A node may have lost events from its index of logs and still have them in its receipts.
    let by_receipts = if second { logs_in_receipts(chain, first, end) } else { Ok(None) };
    let logs = match by_receipts.ok().flatten() {
        Some(logs) => Ok(logs),
        None => logs(chain, first.number, to),
    };
    let logs = match logs {
        Ok(logs) => logs,
        Err(_) if to > first.number => return Ok(Fetched::Refused(asked)),
        Err(error) => return Err(error.into()),
    };
    let stray = verify_places(node, &chain.addresses(), &logs, first.number, &blocks);
    let may_defer = head.number - to > STATE_KEPT;
    let accs = if stray.is_err() || (may_defer && !*old_state) {
        Ok(None)
    } else {
        accumulators(chain, &end, may_defer).map(Some)
    };
    // A node that knows of no such block has none: nothing then counts as final, or as safe.
    let named = |at| if near { node.block(at).ok().flatten() } else { None };
    let (finalized, safe) = (named(At::Finalized), named(At::Safe));
    if header(node, to)?.hash != end.hash {
        return Ok(Fetched::Moved);
    }
    stray?;
    let accs = match accs {
        Err(ChainError::Request { .. }) if may_defer => {
            *old_state = false;
            None
        }
        other => other?,
    };
    let batch = Batch { after, head, blocks, logs, accs, near, finalized, safe };
    Ok(Fetched::Batch(Box::new(batch)))
}

/// The headers of `first` to `to` near the head, else that of `to` alone; none if one is not the
/// next one's parent.
fn headers(
    node: &Node,
    first: Block,
    to: u64,
    head: Block,
    near: bool,
) -> Result<Option<Vec<Block>>, ChainError> {
    let at = |number| match number {
        number if number == head.number => Ok(head),
        number => header(node, number),
    };
    if !near {
        let end = if to == first.number { first } else { at(to)? };
        return Ok(Some(vec![end]));
    }
    let mut blocks = vec![first];
    for number in first.number + 1..=to {
        let next = at(number)?;
        if blocks.last().map(|parent| parent.hash) != Some(next.parent) {
            return Ok(None);
        }
        blocks.push(next);
    }
    Ok(Some(blocks))
}

/// One block is asked for again and again, more than one only once: fewer are asked for instead.
fn logs(chain: &Chain, from: u64, to: u64) -> Result<Vec<RawLog>, ChainError> {
    let question = || chain.node().logs(&chain.addresses(), from, to);
    if from == to { ask(question) } else { question() }
}

/// The logs of `first` to `end` as the blocks' own headers commit to them, if they do.
fn logs_in_receipts(
    chain: &Chain,
    first: Block,
    end: Block,
) -> Result<Option<Vec<RawLog>>, ChainError> {
    let (node, contracts) = (chain.node(), chain.addresses());
    let mut logs = Vec::new();
    for number in first.number..=end.number {
        let block = match number {
            number if number == first.number => first,
            number if number == end.number => end,
            number => header(node, number)?,
        };
        let Some(of_block) = ask(|| node.logs_in_receipts(&contracts, &block))? else {
            return Ok(None);
        };
        logs.extend(of_block);
    }
    Ok(Some(logs))
}

/// Every log is one that was asked for, and names the block whose header was given.
fn verify_places(
    node: &Node,
    contracts: &[Address],
    logs: &[RawLog],
    from: u64,
    blocks: &[Block],
) -> Result<(), ChainError> {
    let to = blocks.last().map_or(from, |end| end.number);
    let strange = |why: String| Err(ChainError::Strange { url: node.url().to_owned(), why });
    for log in logs {
        if !contracts.contains(&log.address) || log.block < from || log.block > to {
            return strange(format!(
                "it gave a log of {} in block {}, which was not asked for",
                log.address, log.block
            ));
        }
        let known = blocks.binary_search_by_key(&log.block, |block| block.number);
        if known.is_ok_and(|i| blocks[i].hash != log.block_hash) {
            return strange(format!(
                "its log {} of block {} names another block",
                log.index, log.block
            ));
        }
    }
    Ok(())
}

/// Where it may wait until later, one refusal more is taken for a node without state that old.
fn accumulators(
    chain: &Chain,
    end: &Block,
    may_defer: bool,
) -> Result<PerContract<B256>, ChainError> {
    let mut accs = [B256::ZERO; 5];
    let mut refusals = 0;
    for (acc, contract) in accs.iter_mut().zip(chain.addresses()) {
        let patient = || {
            refusals += 1;
            !may_defer || refusals < 2
        };
        *acc = accumulator_at(chain, contract, end, patient)?;
    }
    Ok(accs)
}

fn accumulator_at(
    chain: &Chain,
    contract: Address,
    end: &Block,
    mut patient: impl FnMut() -> bool,
) -> Result<B256, ChainError> {
    let node = chain.node();
    let still_there =
        || node.block(At::Number(end.number)).is_ok_and(|b| b.is_some_and(|b| b.hash == end.hash));
    let worth = || patient() && still_there();
    let answer = ask_while(worth, || chain.acc(contract, At::Hash(end.hash)));
    match answer {
        // Before its creation a contract answers nothing, and has emitted nothing.
        Err(ChainError::Answer { contract, why }) => {
            match ask_while(still_there, || node.code(contract, At::Hash(end.hash)))? {
                code if code.is_empty() => Ok(accumulator::seed(chain.network().chain, contract)),
                _ => Err(ChainError::Answer { contract, why }),
            }
        }
        answer => answer,
    }
}

/// What replaying a batch comes to.
pub(crate) struct Replayed {
    /// The accumulator of the log's contract after each log.
    pub(crate) after_each: Vec<B256>,
    /// The accumulators at the end.
    pub(crate) accs: PerContract<B256>,
}

/// Replays a batch's logs upon the accumulators before it.
pub(crate) fn replay(
    contracts: &Contracts,
    mut accs: PerContract<B256>,
    logs: &[RawLog],
) -> Replayed {
    let addresses = contracts.all().map(|(_, contract)| contract.address);
    let mut after_each = Vec::with_capacity(logs.len());
    for log in logs {
        for (acc, address) in accs.iter_mut().zip(addresses) {
            if address == log.address {
                *acc = accumulator::extend(*acc, &log.topics, &log.data);
                after_each.push(*acc);
            }
        }
    }
    Replayed { after_each, accs }
}

/// Demands that the replay is what the contracts commit to at the batch's last block.
pub(crate) fn verify_complete(
    contracts: &Contracts,
    end: &Block,
    replayed: &PerContract<B256>,
    committed: &PerContract<B256>,
) -> Result<(), Box<Incomplete>> {
    for ((name, contract), (replayed, committed)) in
        contracts.all().into_iter().zip(replayed.iter().zip(committed))
    {
        if replayed != committed {
            return Err(Box::new(Incomplete {
                name,
                contract: contract.address,
                block: BlockId { number: end.number, hash: end.hash },
                replayed: *replayed,
                committed: *committed,
            }));
        }
    }
    Ok(())
}
