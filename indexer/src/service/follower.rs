//! The one who writes: steps along the chain in a thread of its own and tells what happens.

use super::Service;
use super::status::{Phase, Status};
use crate::follow::{BlockId, Noted};
use crate::metadata::Sought;
use crate::{IndexError, Position, Step, Writer};
use ledger::chain::{Chain, Event};
use ledger::{Id, Thing};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Between two looks at the head: of a node on this machine, and of others.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(1)];
/// Events told one by one; a longer batch is told by its number of events.
const TOLD: usize = 256;

/// What happens while following.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Following {
    /// The service answers here.
    Listening {
        /// Where.
        address: SocketAddr,
    },
    /// The index is at the chain's head.
    Ready {
        /// At which block.
        block: u64,
    },
    /// Blocks were taken back.
    Reorg {
        /// Where the index was.
        from: BlockId,
        /// Where it is.
        to: BlockId,
    },
    /// The node does not answer as it should; it is asked again.
    Waiting {
        /// What it said.
        why: String,
    },
    /// Following has stopped for good; answers go on.
    Stopped {
        /// What was false.
        why: String,
    },
}

/// Follows until told to stop; what it ends with comes out of the channel.
pub(super) fn start(
    writer: Writer,
    chain: Chain,
    service: Arc<Service>,
    stop: &'static AtomicBool,
    tell: impl Fn(&Following) + Send + 'static,
) -> std::io::Result<Receiver<Result<(), IndexError>>> {
    let (end, ended) = channel();
    let follow = move || {
        let ended = follow(writer, &chain, &service, stop, &tell);
        // Nobody listens where the service has ended before.
        let _ = end.send(ended);
    };
    std::thread::Builder::new().name("follower".to_owned()).spawn(follow)?;
    Ok(ended)
}

fn follow(
    mut writer: Writer,
    chain: &Chain,
    service: &Service,
    stop: &AtomicBool,
    tell: &impl Fn(&Following),
) -> Result<(), IndexError> {
    let pause = PAUSES[usize::from(!chain.node().is_local())];
    let status = &service.status;
    while !stop.load(Ordering::SeqCst) {
        // No store holds following up.
        let seek = |cid| match service.blocks.at_hand(cid) {
            Some(Ok(bytes)) => Sought::There(bytes),
            Some(Err(why)) => Sought::Missing(why.to_owned()),
            None => Sought::Later,
        };
        match writer.step_seeking(chain, seek) {
            Ok(Step::Blocks { position, events }) => {
                // Stays "ready" from one block at the head to the next.
                if status.phase().0 == Phase::Waiting {
                    status.enter(Phase::Following, None);
                }
                blocks(service, &position, &events);
                continue;
            }
            Ok(Step::Reorg { from, to }) => {
                Status::add(&status.reorgs, 1);
                status.block.store(to.number, Ordering::Relaxed);
                let told = json!({ "from": block(from), "to": block(to) });
                service.feed.tell("reorg", &told);
                tell(&Following::Reorg { from, to });
                continue;
            }
            Ok(Step::Idle) => {
                if status.enter(Phase::Ready, None) {
                    let block = writer.position()?.block;
                    status.block.store(block, Ordering::Relaxed);
                    tell(&Following::Ready { block });
                }
            }
            Ok(Step::Lag { head }) => {
                let why = format!("the node's head is block {head}, behind the index");
                wait(status, why, tell);
            }
            Err(error) if error.is_no() => {
                stopped(status, &error, tell);
                service.feed.tell("stopped", &json!({ "phase": status.phase().0 }));
                return Err(error);
            }
            Err(error) => wait(status, error.to_string(), tell),
        }
        std::thread::sleep(pause);
    }
    Ok(())
}

fn blocks(service: &Service, position: &Position, events: &[Noted]) {
    let status = &service.status;
    Status::add(&status.events, events.len() as u64);
    status.block.store(position.block, Ordering::Relaxed);
    let changed = (events.len() <= TOLD).then(|| changed(events));
    let told = json!({
        "block": position.block, "hash": position.hash, "time": position.time,
        "level": position.finality(), "events": events.len(), "changed": changed,
    });
    service.feed.tell("block", &told);
}

fn wait(status: &Status, why: String, tell: &impl Fn(&Following)) {
    if status.enter(Phase::Waiting, Some(why.clone())) {
        tell(&Following::Waiting { why });
    }
}

fn stopped(status: &Status, error: &IndexError, tell: &impl Fn(&Following)) {
    let phase = match error {
        IndexError::FinalityViolated { .. } => Phase::FinalityViolated,
        _ => Phase::Halted,
    };
    let why = error.to_string();
    status.enter(phase, Some(why.clone()));
    tell(&Following::Stopped { why });
}

fn block(id: BlockId) -> Value {
    json!({ "block": id.number, "hash": id.hash })
}

/// The things that events are about, each once, in order.
fn changed(events: &[Noted]) -> Vec<String> {
    let mut changed: Vec<String> = Vec::new();
    for noted in events {
        let thing = thing(&noted.event);
        if let Some(thing) = thing.filter(|thing| !changed.contains(thing)) {
            changed.push(thing);
        }
    }
    changed
}

fn thing(event: &Event) -> Option<String> {
    let (thing, number) = match event {
        Event::Listed { dataset, .. }
        | Event::Versioned { dataset, .. }
        | Event::TermsSet { dataset, .. }
        | Event::StatusSet { dataset, .. }
        | Event::DatasetTransferred { dataset, .. } => (Thing::Dataset, dataset),
        Event::Bought { grant, .. }
        | Event::Delivered { grant, .. }
        | Event::Declined { grant, .. }
        | Event::Settled { grant, .. }
        | Event::Refunded { grant, .. }
        | Event::Revoked { grant, .. } => (Thing::Grant, grant),
        Event::Posted(posted) => (Thing::Result, &posted.result),
        Event::Attested(attested) => (Thing::Dataset, &attested.dataset),
        Event::Opened { log, .. } | Event::Anchored { log, .. } => {
            return Some(format!("log:{log}"));
        }
        _ => return None,
    };
    Some(Id::new(thing, *number).to_string())
}
