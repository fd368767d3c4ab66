//! The one who writes: steps along the chain in a thread of its own and tells what happens.

use super::Service;
use super::status::{Phase, Status};
use crate::follow::{BlockId, Noted};
use crate::metadata::Sought;
use crate::{IndexError, Position, Step, Writer};
use alloy_primitives::U256;
use ledger::chain::{Chain, Event};
use ledger::{Id, Thing};
use serde_json::{Value, json};
use std::cell::OnceCell;
use std::error::Error as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Between two looks at the head: of a node on this machine, and of others.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(1)];
/// How long a step waits for manifests.
const MANIFESTS: Duration = Duration::from_millis(250);
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
    /// The index's file cannot be read or written; it is tried again.
    Broken {
        /// What the system said.
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
    let mut broken = None;
    while !stop.load(Ordering::SeqCst) {
        // No store holds following up for longer.
        let end = OnceCell::new();
        let seek = |cid| {
            let end = *end.get_or_init(|| Instant::now() + MANIFESTS);
            match service.blocks.wait(cid, end) {
                Some(Ok(bytes)) => Sought::There(bytes),
                Some(Err(why)) => Sought::Missing(why.to_owned()),
                None => Sought::Later,
            }
        };
        let (step, known) = match writer.step_seeking(chain, seek) {
            Ok((step, known)) => (Ok(step), known),
            Err(error) => (Err(error), Vec::new()),
        };
        if step.is_ok() {
            broken = None;
        }
        let at_head = !matches!(step, Ok(Step::Blocks { .. } | Step::Reorg { .. }));
        match step {
            Ok(Step::Blocks { position, events }) => {
                // Stays "ready" from one block at the head to the next.
                if matches!(status.phase().0, Phase::Waiting | Phase::Broken) {
                    status.enter(Phase::Following, None);
                }
                added(service, &position, &events);
            }
            Ok(Step::Reorg { from, to }) => {
                taken_back(service, from, to);
                tell(&Following::Reorg { from, to });
            }
            Ok(Step::Idle) => match writer.position() {
                Ok(position) if status.enter(Phase::Ready, None) => {
                    service.feed.remark("ready", &json!({ "block": position.block }));
                    tell(&Following::Ready { block: position.block });
                }
                Ok(_) => {}
                Err(error) => broken = Some(fail(status, error, tell)),
            },
            Ok(Step::Lag { head }) => {
                let why = format!("the node's head is block {head}, behind the index");
                wait(status, why.clone(), why, tell);
            }
            Err(error) if error.is_no() => {
                stopped(status, &error, tell);
                service.feed.remark("stopped", &json!({ "phase": status.phase().0 }));
                return Err(error);
            }
            Err(error) if error.is_storage() => broken = Some(fail(status, error, tell)),
            // A node's address may have a key in it: that is for whoever runs the service.
            Err(error) => {
                let public = "the node does not answer as it should; it is asked again";
                wait(status, public.to_owned(), error.to_string(), tell);
            }
        }
        learned(service, &known);
        if at_head {
            std::thread::sleep(pause);
        }
    }
    broken.map_or(Ok(()), Err)
}

/// Manifests come when a store gives them, and not with a block.
fn learned(service: &Service, datasets: &[U256]) {
    if datasets.is_empty() {
        return;
    }
    let id = |dataset: &U256| Id::new(Thing::Dataset, *dataset).to_string();
    let changed = (datasets.len() <= TOLD).then(|| datasets.iter().map(id).collect::<Vec<_>>());
    service.feed.remark("manifests", &json!({ "changed": changed }));
}

fn added(service: &Service, position: &Position, events: &[Noted]) {
    let status = &service.status;
    Status::add(&status.events, events.len() as u64);
    service.feed.tell("block", position.id(), &blocks(position, events));
}

fn taken_back(service: &Service, from: BlockId, to: BlockId) {
    Status::add(&service.status.reorgs, 1);
    let told = json!({ "from": block(from), "to": block(to) });
    service.feed.tell("reorg", to, &told);
}

/// What is told of a batch that ends at `position`.
pub(super) fn blocks(position: &Position, events: &[Noted]) -> Value {
    let changed = (events.len() <= TOLD).then(|| changed(events));
    json!({
        "block": position.block, "hash": position.hash, "time": position.time,
        "level": position.level(), "events": events.len(), "changed": changed,
    })
}

fn wait(status: &Status, public: String, why: String, tell: &impl Fn(&Following)) {
    if status.enter(Phase::Waiting, Some(public)) {
        tell(&Following::Waiting { why });
    }
}

/// Where the file lies is for whoever runs the service, not for strangers.
fn fail(status: &Status, error: IndexError, tell: &impl Fn(&Following)) -> IndexError {
    let public = "the index's file cannot be read or written; it is tried again";
    if status.enter(Phase::Broken, Some(public.to_owned())) {
        let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
        tell(&Following::Broken { why: format!("{error}{cause}") });
    }
    error
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

pub(super) fn block(id: BlockId) -> Value {
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
    match event {
        Event::Attested(attested) => Some(Id::new(Thing::Dataset, attested.dataset).to_string()),
        Event::Opened { log, .. } | Event::Anchored { log, .. } => Some(format!("log:{log}")),
        event => event.subject().map(|id| id.to_string()),
    }
}
