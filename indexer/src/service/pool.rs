//! The readers: a few threads with a connection each. What waits for one is bounded, and so is how
//! long one question may keep a thread.

use super::answers::Answers;
use super::drawn::Drawn;
use crate::{Index, IndexError, Position};
use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Bytes of answers, and of rows of lists, that are remembered.
const ANSWERS: usize = 12 << 20;
const ROWS: usize = 12 << 20;
/// Questions that may wait for a reader.
const WAITING: usize = 256;
/// How long one question may read.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// Steps of SQLite's machine between two looks at the time.
const STEPS: i32 = 10_000;

type Job = Box<dyn FnOnce(&mut Reader) + Send>;

/// One reader.
pub(super) struct Reader {
    pub(super) index: Index,
    pub(super) memory: Arc<Memory>,
}

/// What readers remember together.
pub(super) struct Memory {
    pub(super) answers: Answers,
    pub(super) drawn: Drawn,
}

/// The readers.
pub(super) struct Pool {
    jobs: SyncSender<Job>,
}

/// No reader could take the question.
#[derive(Debug)]
pub(super) struct Busy;

impl Pool {
    /// One thread for each index. They end with the pool.
    pub(super) fn of<const N: usize>(readers: [Index; N]) -> Self {
        let (jobs, queue) = sync_channel::<Job>(WAITING);
        let queue = Arc::new(Mutex::new(queue));
        let memory = Memory { answers: Answers::new(ANSWERS), drawn: Drawn::new(ROWS) };
        let memory = Arc::new(memory);
        for index in readers {
            let queue = Arc::clone(&queue);
            let mut reader = Reader { index, memory: Arc::clone(&memory) };
            std::thread::spawn(move || work(&mut reader, &queue));
        }
        Self { jobs }
    }

    /// What a reader answers to the question. One whose asker went away is not asked at all.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Reader) -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let (answer, answered) = oneshot::channel();
        let job = move |reader: &mut Reader| {
            if !answer.is_closed() {
                // Where nobody waits any more, the answer is lost, as it should be.
                let _ = answer.send(question(reader));
            }
        };
        self.jobs.try_send(Box::new(job)).map_err(|_| Busy)?;
        answered.await.map_err(|_| Busy)
    }
}

fn work(reader: &mut Reader, queue: &Mutex<Receiver<Job>>) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // A question that panics is answered as refused; the reader lives on.
        let _ = std::panic::catch_unwind(AssertUnwindSafe(|| job(reader)));
    }
}

impl Index {
    /// What `read` finds in one moment of the index, if it was followed at all.
    pub(super) fn at_once<T, E: From<IndexError>>(
        &mut self,
        read: impl FnOnce(&Self, Position) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        let end = Instant::now() + PATIENCE;
        let limit = self.connection.progress_handler(STEPS, Some(move || Instant::now() > end));
        limit.map_err(IndexError::from)?;
        // What an earlier question left open by a panic.
        self.let_go()?;
        let position = self.hold()?;
        let found = position.map(|position| read(self, position)).transpose();
        self.let_go()?;
        found
    }
}
