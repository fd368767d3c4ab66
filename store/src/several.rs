//! Several places as one: a block is put to all of them, and got from the first that has it. No
//! place is believed: the bytes are hashed again here. One that failed is asked last for a while,
//! so that a node that stalls is waited for once and not at every block. Specification:
//! `docs/spec/store.md`.

use crate::block::{BlockStore, StoreError};
use crate::directory::Directory;
use ledger::Cid;
use std::error::Error;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a place that failed is asked after the others.
const REST: Duration = Duration::from_secs(30);

/// The places, in the order in which they are asked.
pub struct Stores {
    places: Vec<Place>,
    near: Option<Directory>,
}

struct Place {
    store: Box<dyn BlockStore>,
    failed: Mutex<Option<Instant>>,
}

/// What came of asking one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The place.
    pub store: String,
    /// What it said.
    pub outcome: Outcome,
}

/// What a place said about a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It does not have the block.
    Missing,
    /// It has other bytes under the block's name.
    Corrupt,
    /// It could not be asked, or could not do it, for this reason.
    Failed(String),
}

impl Attempt {
    pub(crate) fn new(store: &dyn BlockStore, outcome: Outcome) -> Self {
        Self { store: store.name(), outcome }
    }

    pub(crate) fn of(store: &dyn BlockStore, error: &StoreError) -> Self {
        match error {
            StoreError::Corrupt { .. } => Self::new(store, Outcome::Corrupt),
            // Store and block are named by whoever tells of the attempt.
            StoreError::Kubo { source, .. } => {
                Self::new(store, Outcome::Failed(source.to_string()))
            }
            _ => Self::new(store, Outcome::Failed(with_causes(error))),
        }
    }

    pub(crate) fn list(attempts: &[Self]) -> String {
        let told = |attempt: &Self| match &attempt.outcome {
            Outcome::Missing => format!("{} does not have it", attempt.store),
            Outcome::Corrupt => format!("{} has 1 corrupt block", attempt.store),
            Outcome::Failed(reason) => format!("{} failed: {reason}", attempt.store),
        };
        match attempts {
            [] => "no place was named".to_owned(),
            _ => attempts.iter().map(told).collect::<Vec<_>>().join(", "),
        }
    }
}

fn with_causes(error: &StoreError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

impl Stores {
    /// These places, asked in this order.
    pub fn new(places: Vec<Box<dyn BlockStore>>) -> Self {
        let place = |store| Place { store, failed: Mutex::new(None) };
        Self { places: places.into_iter().map(place).collect(), near: None }
    }

    /// The same, with a folder for what was fetched from afar: a transfer that was interrupted
    /// fetches no block twice. Whoever names the folder removes it when the transfer is done.
    #[must_use]
    pub fn keeping_near(self, near: Directory) -> Self {
        Self { near: Some(near), ..self }
    }

    /// The places themselves.
    pub fn places(&self) -> impl Iterator<Item = &dyn BlockStore> {
        self.places.iter().map(|place| place.store.as_ref())
    }

    /// The block, from the first place that has it.
    ///
    /// # Errors
    /// [`StoreError::NoHonestSource`] where some place has other bytes in its stead,
    /// [`StoreError::Missing`] otherwise; both tell what each place said.
    pub fn fetch(&self, cid: Cid) -> Result<Vec<u8>, StoreError> {
        if let Some(near) = &self.near
            && let Ok(Some(bytes)) = near.get(cid)
        {
            return Ok(bytes);
        }
        let tried = match self.ask(cid) {
            Ok(bytes) => return Ok(bytes),
            Err(tried) => tried,
        };
        if tried.iter().any(|attempt| attempt.outcome == Outcome::Corrupt) {
            Err(StoreError::NoHonestSource { cid, tried })
        } else {
            Err(StoreError::Missing { cid, tried })
        }
    }

    /// Puts a block of its own, one of no file, to every place, and pins it there.
    ///
    /// # Errors
    /// As [`BlockStore::put`] and [`BlockStore::pin`].
    pub fn keep(&self, cid: Cid, bytes: &[u8]) -> Result<(), StoreError> {
        self.put(cid, bytes)?;
        self.pin(cid)
    }

    fn ask(&self, cid: Cid) -> Result<Vec<u8>, Vec<Attempt>> {
        let mut tried = Vec::new();
        let (fresh, failing): (Vec<_>, Vec<_>) =
            self.places.iter().partition(|place| !place.failed_lately());
        for place in fresh.into_iter().chain(failing) {
            let store = place.store.as_ref();
            let answer = store.get(cid);
            place.note(&answer);
            tried.push(match answer {
                Ok(Some(bytes)) if cid.is_of(&bytes) => {
                    if let Some(near) = self.near.as_ref().filter(|_| store.is_far()) {
                        // Without it, only the next attempt takes longer.
                        let _ = near.put(cid, &bytes);
                    }
                    return Ok(bytes);
                }
                Ok(Some(_)) => Attempt::new(store, Outcome::Corrupt),
                Ok(None) => Attempt::new(store, Outcome::Missing),
                Err(error) => Attempt::of(store, &error),
            });
        }
        Err(tried)
    }

    /// Does it at every place, also after one has failed.
    fn everywhere(
        &self,
        cid: Cid,
        act: impl Fn(&dyn BlockStore) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut failed: Vec<_> =
            self.places().filter_map(|store| Some((store, act(store).err()?))).collect();
        match failed.len() {
            0 => Ok(()),
            1 if self.places.len() == 1 => Err(failed.remove(0).1),
            _ => {
                let failed = failed.iter().map(|(store, e)| Attempt::of(*store, e)).collect();
                Err(StoreError::NotEverywhere { cid, failed })
            }
        }
    }
}

impl Place {
    fn failed_lately(&self) -> bool {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.is_some_and(|at| at.elapsed() < REST)
    }

    fn note<T>(&self, answer: &Result<T, StoreError>) {
        let failed = !matches!(answer, Ok(_) | Err(StoreError::Corrupt { .. }));
        let mut noted = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        *noted = failed.then(Instant::now);
    }
}

impl BlockStore for Stores {
    fn name(&self) -> String {
        self.places().map(BlockStore::name).collect::<Vec<_>>().join(", ")
    }

    /// `None` only where every place answered that it does not have the block.
    fn get(&self, cid: Cid) -> Result<Option<Vec<u8>>, StoreError> {
        match self.fetch(cid) {
            Err(StoreError::Missing { tried, .. })
                if tried.iter().all(|attempt| attempt.outcome == Outcome::Missing) =>
            {
                Ok(None)
            }
            fetched => fetched.map(Some),
        }
    }

    /// Puts to every place, also after one has failed.
    fn put(&self, cid: Cid, bytes: &[u8]) -> Result<(), StoreError> {
        self.everywhere(cid, |store| store.put(cid, bytes))
    }

    fn has(&self, cid: Cid) -> Result<bool, StoreError> {
        let mut failed = None;
        for store in self.places() {
            match store.has(cid) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(false), Err)
    }

    /// Pins at every place, also after one has failed.
    fn pin(&self, cid: Cid) -> Result<(), StoreError> {
        self.everywhere(cid, |store| store.pin(cid))
    }

    /// Whether every place pins it.
    fn pinned(&self, cid: Cid) -> Result<bool, StoreError> {
        for store in self.places() {
            if !store.pinned(cid)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
