//! The steps of a log, read from the block stores below its anchored head. Every block is named by
//! a digest that the chain or a newer block has, so a store can withhold one, but not change it.
//! Whether all of them give the anchored root, an audit says.

use crate::LogRow;
use alloy_primitives::B256;
use ledger::log::{EntriesBlock, Listed};
use ledger::step::{Kind, Origin};
use ledger::{Cid, Codec, Step};
use serde_json::{Value, json};

/// Blocks of entries that one question walks back.
const BLOCKS: usize = 256;

/// A step and its place in the log.
pub(super) struct Numbered {
    pub(super) number: u64,
    pub(super) step: Step,
    body: Cid,
}

/// Some steps, the youngest first.
pub(super) struct Steps {
    pub(super) steps: Vec<Numbered>,
    /// What to ask for next, if there are older ones.
    pub(super) next: Option<u64>,
    /// Why there may be steps between that are not here.
    pub(super) incomplete: Option<String>,
}

impl Numbered {
    pub(super) fn json(&self) -> Value {
        let step = &self.step;
        let inputs = step.inputs.iter().map(|input| {
            let (origin, parent) = match input.origin {
                Origin::Parent { parent, .. } => ("step", step.parents.get(parent as usize)),
                Origin::Dataset => ("dataset", None),
                Origin::External => ("external", None),
            };
            json!({ "name": input.name, "origin": origin, "step": parent, "commit": input.commit })
        });
        let outputs = step
            .outputs
            .iter()
            .map(|output| json!({ "name": output.name, "commit": output.commit }));
        json!({
            "number": self.number,
            "step": step.id(),
            "kind": kind(step.kind),
            "actor": step.actor,
            "time": step.time,
            "body": self.body,
            "inputs": inputs.collect::<Vec<_>>(),
            "outputs": outputs.collect::<Vec<_>>(),
            "parents": step.parents,
        })
    }
}

pub(super) const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::List => "list",
        Kind::Result => "result",
    }
}

/// At most `limit` steps of `log` with numbers below `before`.
pub(super) fn before(
    fetch: impl Fn(Cid) -> Result<Vec<u8>, String>,
    log: &LogRow,
    before: Option<u64>,
    limit: usize,
) -> Steps {
    let mut found = Steps { steps: Vec::new(), next: None, incomplete: None };
    let size = log.head.as_ref().map_or(0, |head| head.size);
    let before = before.unwrap_or(size).min(size);
    let walked = walk(&fetch, log, |number, listed| {
        if number >= before {
            return Ok(true);
        }
        if found.steps.len() == limit {
            found.next = Some(number + 1);
            return Ok(false);
        }
        let bytes = fetch(listed.body).map_err(|why| format!("step {number}: {why}"))?;
        let step = Step::decode(&bytes).map_err(|e| e.to_string())?;
        found.steps.push(Numbered { number, step, body: listed.body });
        Ok(true)
    });
    found.incomplete = walked.err();
    found
}

/// The youngest step of `log` that `wanted` takes.
pub(super) fn find(
    fetch: impl Fn(Cid) -> Result<Vec<u8>, String>,
    log: &LogRow,
    wanted: impl Fn(&Step) -> bool,
) -> Result<Option<Step>, String> {
    let mut found = None;
    walk(&fetch, log, |number, listed| {
        let bytes = fetch(listed.body).map_err(|why| format!("step {number}: {why}"))?;
        let step = Step::decode(&bytes).map_err(|e| e.to_string())?;
        if wanted(&step) {
            found = Some(step);
        }
        Ok(found.is_none())
    })?;
    Ok(found)
}

/// Shows every listed step with its number, the youngest first, until `look` has seen enough.
fn walk(
    fetch: &impl Fn(Cid) -> Result<Vec<u8>, String>,
    log: &LogRow,
    mut look: impl FnMut(u64, &Listed) -> Result<bool, String>,
) -> Result<(), String> {
    let Some(head) = &log.head else { return Ok(()) };
    let mut number = head.size;
    let mut next: Option<B256> = Some(head.entries);
    for _ in 0..BLOCKS {
        let Some(digest) = next else { return Ok(()) };
        let bytes = fetch(Cid::new(Codec::DagCbor, digest));
        let bytes = bytes.map_err(|why| format!("the list of steps below {number}: {why}"))?;
        let block = EntriesBlock::decode(&bytes).map_err(|e| e.to_string())?;
        for listed in block.entries.iter().rev() {
            number = number.checked_sub(1).ok_or("the log lists more steps than were anchored")?;
            if !look(number, listed)? {
                return Ok(());
            }
        }
        next = block.previous;
    }
    Err(format!("older steps lie more than {BLOCKS} anchors back"))
}
