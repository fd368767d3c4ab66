//! Proofs, made of what the node gives. A few threads ask it, few questions wait for them, each for a
//! few seconds; what was made lately is remembered, for a block's proofs never change.

use super::refusal::Refusal;
use alloy_primitives::B256;
use axum::body::Bytes;
use ledger::Network;
use ledger::chain::{ChainError, Node, NotProved, RawLog};
use ledger::network::Contracts;
use lru::LruCache;
use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// Threads that ask the node, which is how many blocks' receipts are held at once.
const PROVERS: usize = 2;
/// Questions that may wait for one of them.
const WAITING: usize = 16;
/// How long a question waits for its proof.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of proofs that are remembered.
const MOST: usize = 4 << 20;
/// What remembering one costs beside its bytes.
const ENTRY: usize = 256;

type Made = Result<Bytes, NotProved>;

struct Job {
    log: RawLog,
    answer: oneshot::Sender<Made>,
}

/// Proofs of one network's events.
pub(super) struct Proofs {
    jobs: SyncSender<Job>,
    known: Arc<Mutex<Known>>,
}

/// Proofs by block and the log's position in it.
struct Known {
    proofs: LruCache<(B256, u64), Bytes>,
    bytes: usize,
}

impl Proofs {
    /// From the node at this address. The threads end with it.
    pub(super) fn of(url: &str, network: &Network) -> Result<Self, ChainError> {
        let (jobs, queue) = sync_channel(WAITING);
        let queue = Arc::new(Mutex::new(queue));
        let known = Arc::new(Mutex::new(Known { proofs: LruCache::unbounded(), bytes: 0 }));
        for _ in 0..PROVERS {
            let (node, contracts) = (Node::new(url)?, network.contracts);
            let (queue, known) = (Arc::clone(&queue), Arc::clone(&known));
            std::thread::spawn(move || prove_all(&node, &contracts, &queue, &known));
        }
        Ok(Self { jobs, known })
    }

    /// The proof of this event, if it is there or made in time.
    pub(super) async fn of_log(&self, log: RawLog) -> Result<Bytes, Refusal> {
        if let Some(proof) = lock(&self.known).proofs.get(&key(&log)) {
            return Ok(proof.clone());
        }
        let number = log.block;
        let (answer, answered) = oneshot::channel();
        self.jobs.try_send(Job { log, answer }).map_err(|_| Refusal::Busy)?;
        match tokio::time::timeout(PATIENCE, answered).await {
            Ok(Ok(made)) => made.map_err(|why| refusal(number, &why)),
            Ok(Err(_)) | Err(_) => Err(Refusal::NoNode(number)),
        }
    }
}

fn key(log: &RawLog) -> (B256, u64) {
    (log.block_hash, log.index)
}

fn lock(known: &Mutex<Known>) -> MutexGuard<'_, Known> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

fn prove_all(
    node: &Node,
    contracts: &Contracts,
    queue: &Mutex<Receiver<Job>>,
    known: &Mutex<Known>,
) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { log, answer }) = next else { return };
        // One whose asker went away is not asked at all.
        if answer.is_closed() {
            continue;
        }
        // A question that panics is answered as refused; the thread lives on.
        let _ = std::panic::catch_unwind(AssertUnwindSafe(|| {
            let made = node.prove_log(&log, contracts).map(Bytes::from);
            if let Ok(proof) = &made {
                lock(known).note(key(&log), proof.clone());
            }
            // Where nobody waits any more, it is remembered all the same.
            let _ = answer.send(made);
        }));
    }
}

impl Known {
    fn note(&mut self, key: (B256, u64), proof: Bytes) {
        self.bytes += ENTRY + proof.len();
        if let Some(old) = self.proofs.put(key, proof) {
            self.bytes -= ENTRY + old.len();
        }
        while self.bytes > MOST {
            let Some((_, oldest)) = self.proofs.pop_lru() else { break };
            self.bytes -= ENTRY + oldest.len();
        }
    }
}

fn refusal(number: u64, why: &NotProved) -> Refusal {
    match why {
        NotProved::Chain(_) => Refusal::NoNode(number),
        NotProved::Gone { .. } => Refusal::BlockGone(number),
        NotProved::False { .. } => Refusal::FalseNode(number),
        // None of these names the node.
        NotProved::Absent { .. } | NotProved::TooLarge { .. } | NotProved::Proof { .. } => {
            Refusal::Unprovable(why.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proofs_are_remembered_and_never_too_many() {
        let mut known = Known { proofs: LruCache::unbounded(), bytes: 0 };
        let key = |n| (B256::ZERO, n);
        let large = Bytes::from(vec![0; MOST / 2]);
        known.note(key(1), Bytes::from("proof"));
        known.note(key(1), Bytes::from("proof"));
        assert_eq!(known.bytes, ENTRY + 5);
        known.note(key(2), large.clone());
        assert_eq!(known.proofs.get(&key(1)), Some(&Bytes::from("proof")));
        known.note(key(3), large);
        assert_eq!(known.proofs.get(&key(2)), None, "it was asked for the longest ago");
        assert!(known.proofs.contains(&key(1)) && known.proofs.contains(&key(3)));
        assert!(known.bytes <= MOST);
        known.note(key(4), Bytes::from(vec![0; MOST]));
        assert_eq!((known.proofs.len(), known.bytes), (0, 0));
    }
}
