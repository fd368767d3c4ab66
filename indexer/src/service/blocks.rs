//! Blocks from the stores, for questions that cannot wait for them. A store on a network may take
//! minutes to say that it has nothing, and anyone may post what nobody has; so a few threads fetch,
//! a question waits for a moment, and both what was found and what was not is remembered.

use crate::shown::result::why_unfound;
use ledger::Cid;
use lru::LruCache;
use std::collections::HashSet;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use store::{StoreError, Stores};

/// Threads that fetch.
const FETCHERS: usize = 4;
/// Blocks that may wait for one of them.
const WAITING: usize = 1_024;
/// Bytes of blocks that are remembered.
const MOST: usize = 16 << 20;
/// What remembering one costs beside its bytes.
const ENTRY: usize = 256;
/// How long all blocks of one question are waited for.
pub(super) const MOMENT: Duration = Duration::from_secs(1);
/// How long what was not found is not looked for again; the longer, the more often that was so.
const AGAIN: Duration = Duration::from_secs(1);
const DOUBLINGS: u32 = 9;

type Found = Result<Arc<[u8]>, Unfound>;

/// Blocks near at hand.
pub(super) struct Blocks {
    asked: SyncSender<Cid>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    known: Mutex<Known>,
    arrived: Condvar,
}

struct Known {
    blocks: LruCache<Cid, Found>,
    bytes: usize,
    under_way: HashSet<Cid>,
}

/// What was looked for in vain.
#[derive(Clone, Copy)]
struct Unfound {
    why: &'static str,
    at: Instant,
    times: u32,
}

impl Blocks {
    /// Of these stores. The threads end with it.
    pub(super) fn of(stores: &'static Stores) -> Self {
        let (asked, queue) = sync_channel(WAITING);
        let (queue, shared) = (Arc::new(Mutex::new(queue)), Arc::new(Shared::default()));
        for _ in 0..FETCHERS {
            let (queue, shared) = (Arc::clone(&queue), Arc::clone(&shared));
            std::thread::spawn(move || fetch_all(stores, &queue, &shared));
        }
        Self { asked, shared }
    }

    /// The block, if it is there before `end`; else why not, in words for strangers.
    pub(super) fn fetch(&self, cid: Cid, end: Instant) -> Result<Vec<u8>, String> {
        match self.wait(cid, end) {
            Some(found) => found.map_err(str::to_owned),
            None => Err("it is still being looked for: ask again".to_owned()),
        }
    }

    /// The same; none where it is still being looked for.
    pub(super) fn wait(&self, cid: Cid, end: Instant) -> Option<Result<Vec<u8>, &'static str>> {
        let mut known = self.shared.lock();
        loop {
            let found = self.look(&mut known, cid);
            let left = end.saturating_duration_since(Instant::now());
            if found.is_some() || left.is_zero() {
                return found;
            }
            let waited = self.shared.arrived.wait_timeout(known, left);
            known = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn look(&self, known: &mut Known, cid: Cid) -> Option<Result<Vec<u8>, &'static str>> {
        match known.blocks.get(&cid) {
            Some(Ok(bytes)) => return Some(Ok(bytes.to_vec())),
            Some(Err(unfound)) if !unfound.is_old() => return Some(Err(unfound.why)),
            _ => {}
        }
        // Where too much waits already, whoever asks again has it looked for.
        if known.under_way.insert(cid) && self.asked.try_send(cid).is_err() {
            known.under_way.remove(&cid);
        }
        None
    }
}

fn fetch_all(stores: &Stores, queue: &Mutex<Receiver<Cid>>, shared: &Shared) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(cid) = next else { return };
        let found = stores.fetch(cid);
        shared.lock().note(cid, found);
        shared.arrived.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Known {
    fn default() -> Self {
        Self { blocks: LruCache::unbounded(), bytes: 0, under_way: HashSet::new() }
    }
}

impl Known {
    fn note(&mut self, cid: Cid, found: Result<Vec<u8>, StoreError>) {
        self.under_way.remove(&cid);
        let before = match self.blocks.peek(&cid) {
            Some(Err(unfound)) => unfound.times,
            _ => 0,
        };
        let found = found.map(Arc::from).map_err(|error| Unfound {
            why: why_unfound(&error),
            at: Instant::now(),
            times: before + 1,
        });
        self.bytes += size(&found);
        if let Some(old) = self.blocks.put(cid, found) {
            self.bytes -= size(&old);
        }
        while self.bytes > MOST {
            let Some((_, oldest)) = self.blocks.pop_lru() else { break };
            self.bytes -= size(&oldest);
        }
    }
}

impl Unfound {
    fn is_old(&self) -> bool {
        self.at.elapsed() >= AGAIN * 2_u32.pow((self.times - 1).min(DOUBLINGS))
    }
}

fn size(found: &Found) -> usize {
    ENTRY + found.as_ref().map_or(0, |bytes| bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::Codec;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use store::BlockStore;

    /// A store that answers once it is let.
    #[derive(Default)]
    struct Slow {
        may: Mutex<bool>,
        changed: Condvar,
        asked: AtomicUsize,
        blocks: Vec<Vec<u8>>,
    }

    impl Slow {
        fn of(blocks: Vec<Vec<u8>>) -> (&'static Self, Blocks) {
            let slow: &'static Self = Box::leak(Box::new(Self { blocks, ..Self::default() }));
            (slow, Blocks::of(Box::leak(Box::new(Stores::new(vec![Box::new(slow)])))))
        }

        fn answer(&self) {
            *self.may.lock().unwrap() = true;
            self.changed.notify_all();
        }
    }

    impl BlockStore for &Slow {
        fn name(&self) -> String {
            "slow".to_owned()
        }

        fn get(&self, cid: Cid) -> Result<Option<Vec<u8>>, StoreError> {
            self.asked.fetch_add(1, Ordering::SeqCst);
            drop(self.changed.wait_while(self.may.lock().unwrap(), |may| !*may).unwrap());
            Ok(self.blocks.iter().find(|block| cid.is_of(block)).cloned())
        }

        fn put(&self, _: Cid, _: &[u8]) -> Result<(), StoreError> {
            unreachable!("a service stores nothing")
        }

        fn has(&self, _: Cid) -> Result<bool, StoreError> {
            unreachable!("a service asks for blocks")
        }
    }

    fn cid(block: &[u8]) -> Cid {
        Cid::of(Codec::Raw, block)
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(30)
    }

    #[test]
    fn a_question_does_not_wait_for_a_slow_store_and_the_next_one_has_the_block() {
        let block = b"block".to_vec();
        let (slow, blocks) = Slow::of(vec![block.clone()]);
        for _ in 0..3 {
            let why = blocks.fetch(cid(&block), Instant::now()).unwrap_err();
            assert_eq!(why, "it is still being looked for: ask again");
        }
        slow.answer();
        for _ in 0..3 {
            assert_eq!(blocks.fetch(cid(&block), soon()).unwrap(), block);
        }
        assert_eq!(slow.asked.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn what_nobody_has_is_not_looked_for_at_once_again() {
        let (slow, blocks) = Slow::of(Vec::new());
        slow.answer();
        for _ in 0..3 {
            assert_eq!(blocks.fetch(cid(b"nowhere"), soon()).unwrap_err(), "no store has it");
        }
        assert_eq!(slow.asked.load(Ordering::SeqCst), 1);
        let unfound = |times, ago| Unfound { why: "", at: Instant::now() - ago, times };
        for (times, seconds) in [(1, 1), (2, 2), (8, 128), (99, 512)] {
            let rest = Duration::from_secs(seconds);
            assert!(!unfound(times, rest / 2).is_old(), "{times}");
            assert!(unfound(times, rest).is_old(), "{times}");
        }
    }

    #[test]
    fn what_is_remembered_and_what_waits_is_bounded() {
        let large: Vec<Vec<u8>> = (0..40_u8).map(|n| vec![n; 1 << 20]).collect();
        let (slow, blocks) = Slow::of(large.clone());
        slow.answer();
        for block in &large {
            assert!(blocks.fetch(cid(block), soon()).unwrap() == *block);
            assert!(blocks.shared.lock().bytes <= MOST);
        }
        let known = blocks.shared.lock();
        assert_eq!(known.bytes, known.blocks.iter().map(|(_, found)| size(found)).sum::<usize>());
        assert!(known.blocks.len() > 10);
        drop(known);

        let (_, blocks) = Slow::of(Vec::new());
        for n in 0..2 * WAITING {
            assert_eq!(blocks.wait(cid(&n.to_be_bytes()), Instant::now()), None);
        }
        assert!(blocks.shared.lock().under_way.len() <= WAITING + FETCHERS);
    }
}
