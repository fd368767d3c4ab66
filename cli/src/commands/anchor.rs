use crate::answer::{Answer, Lines};
use crate::describe;
use crate::failure::Failure;
use crate::logbook::{Logbook, SignedStep};
use crate::published::publish;
use crate::session::{Session, signer};
use alloy_primitives::B256;
use clap::Args;
use indexer::{Anchor as Anchored, LogRow};
use ledger::chain::Anchoring;
use ledger::checkpoint::Checkpoint;
use ledger::log::{EntriesBlock, MAX_ENTRIES};
use ledger::{Cid, Codec, merkle};
use serde_json::json;
use vault::Unlocked;

/// Put the own log's head on the chain.
///
/// The contract verifies that the new head extends the old one, so that from then on no step before
/// it can be dropped or changed; the entries block lets anyone find every step. The first time, the
/// log is opened under its origin and key.
///
/// JSON: log, size, root, entries, transaction (null where the head is on the chain already).
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  provenome anchor")]
pub(crate) struct Anchor {}

pub(crate) fn run(session: &Session, _: &Anchor) -> Result<Answer, Failure> {
    let logbook = session.logbook()?;
    let vault = session.unlock()?;
    let _turn = session.turn()?;
    let steps = logbook.steps()?;
    let row = session.index()?.log_of_id(logbook.id())?;
    let head = row.as_ref().and_then(|row: &LogRow| row.head);
    if steps.is_empty() && head.is_none() {
        return Err(Failure::could_not("the log has no steps yet")
            .hint("`provenome list` and `provenome post` record them"));
    }
    let leaves: Vec<B256> = steps.iter().map(SignedStep::leaf).collect();
    let old_size = head.map_or(0, |head| head.size);
    let root = merkle::root(&leaves);
    if head.is_some_and(|head| head.size == leaves.len() as u64 && head.root == root) {
        return Ok(answer(&logbook, (old_size, root), head.map(|h| h.entries), None));
    }
    let extends = usize::try_from(old_size).ok().filter(|old| *old <= leaves.len());
    let proof = extends.map(|old| merkle::consistency_proof(&leaves, old)).unwrap_or_default();

    let chain = session.chain()?;
    if row.is_none() {
        let key = B256::new(vault.identity().log_public().to_bytes());
        chain.open_log(&signer(&vault), logbook.origin(), key)?;
    }
    let blocks = entries(&logbook, &vault, &steps, head);
    let last = blocks.last().map(|block| block.encode()).unwrap_or_default();
    let anchoring = Anchoring {
        log: logbook.id(),
        old_size,
        size: leaves.len() as u64,
        root,
        entries: Cid::of(Codec::DagCbor, &last).digest(),
        proof,
    };
    let honest = head
        .is_none_or(|head| extends.is_some_and(|old| merkle::root(&leaves[..old]) == head.root));
    if honest {
        publish_log(session, &steps, &blocks)?;
    }
    let done = chain.anchor(&signer(&vault), &anchoring).map_err(|error| {
        let failure = Failure::from(error);
        if honest {
            return failure;
        }
        failure
            .because(&format!(
                "the {} steps in this home do not extend the {old_size} that are anchored",
                leaves.len()
            ))
            .hint("a log can only grow: `provenome log --recover` fetches what is anchored")
    })?;
    let entries = Some(anchoring.entries);
    Ok(answer(&logbook, (anchoring.size, root), entries, Some(done.included.transaction)))
}

/// The blocks that list the steps after the anchored ones, each with its own checkpoint.
fn entries(
    logbook: &Logbook,
    vault: &Unlocked,
    steps: &[SignedStep],
    head: Option<Anchored>,
) -> Vec<EntriesBlock> {
    let leaves: Vec<B256> = steps.iter().map(SignedStep::leaf).collect();
    let mut size = head.map_or(0, |head| head.size as usize).min(steps.len());
    let mut previous = head.map(|head| head.entries);
    let mut blocks = Vec::new();
    for part in steps[size..].chunks(MAX_ENTRIES) {
        size += part.len();
        let checkpoint = Checkpoint {
            origin: logbook.origin().to_owned(),
            size: size as u64,
            root: merkle::root(&leaves[..size]),
        };
        let block = EntriesBlock {
            checkpoint: checkpoint.sign(&vault.identity().log_key()),
            entries: part.iter().map(SignedStep::listed).collect(),
            previous,
        };
        previous = Some(Cid::of(Codec::DagCbor, &block.encode()).digest());
        blocks.push(block);
    }
    blocks
}

/// Everything that an auditor needs of the log, in the store before the chain names it.
fn publish_log(
    session: &Session,
    steps: &[SignedStep],
    blocks: &[EntriesBlock],
) -> Result<(), Failure> {
    for signed in steps {
        publish(session, signed.cid(), &signed.step.encode())?;
    }
    for block in blocks {
        let bytes = block.encode();
        publish(session, Cid::of(Codec::DagCbor, &bytes), &bytes)?;
    }
    Ok(())
}

fn answer(
    logbook: &Logbook,
    (size, root): (u64, B256),
    entries: Option<B256>,
    transaction: Option<B256>,
) -> Answer {
    let mut lines = Lines::default();
    lines
        .add("log", logbook.id())
        .add("anchored", format!("{}, root {root}", describe::counted(size, "step")));
    match transaction {
        Some(transaction) => lines.add("transaction", transaction),
        None => lines.add("", "the chain had this head already; nothing was sent"),
    };
    let json = json!({
        "log": logbook.id(), "size": size, "root": root, "entries": entries.map(|digest| Cid::new(Codec::DagCbor, digest).to_string()),
        "transaction": transaction,
    });
    Answer::yes(lines.to_string(), json)
}
