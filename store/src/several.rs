//! Several places as one: a block is put to all of them, and got from the first that has it. No
//! place is believed: the bytes are hashed again here. Specification: `docs/spec/store.md`.

use crate::block::{BlockStore, StoreError};
use ledger::Cid;
use std::error::Error;

/// The places, in the order in which they are asked.
pub struct Stores(Vec<Box<dyn BlockStore>>);

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
    fn new(store: &dyn BlockStore, outcome: Outcome) -> Self {
        Self { store: store.name(), outcome }
    }

    fn of(store: &dyn BlockStore, error: &StoreError) -> Self {
        match error {
            StoreError::Corrupt { .. } => Self::new(store, Outcome::Corrupt),
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
        Self(places)
    }

    /// The block, from the first place that has it.
    ///
    /// # Errors
    /// [`StoreError::NoHonestSource`] where some place has other bytes in its stead,
    /// [`StoreError::Missing`] otherwise; both tell what each place said.
    pub fn fetch(&self, cid: Cid) -> Result<Vec<u8>, StoreError> {
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

    fn ask(&self, cid: Cid) -> Result<Vec<u8>, Vec<Attempt>> {
        let mut tried = Vec::new();
        for store in &self.0 {
            let store = store.as_ref();
            tried.push(match store.get(cid) {
                Ok(Some(bytes)) if cid.is_of(&bytes) => return Ok(bytes),
                Ok(Some(_)) => Attempt::new(store, Outcome::Corrupt),
                Ok(None) => Attempt::new(store, Outcome::Missing),
                Err(error) => Attempt::of(store, &error),
            });
        }
        Err(tried)
    }
}

impl BlockStore for Stores {
    fn name(&self) -> String {
        self.0.iter().map(|store| store.name()).collect::<Vec<_>>().join(", ")
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
        let stores = self.0.iter().map(AsRef::as_ref);
        let mut failed: Vec<_> =
            stores.filter_map(|store| Some((store, store.put(cid, bytes).err()?))).collect();
        match failed.len() {
            0 => Ok(()),
            1 if self.0.len() == 1 => Err(failed.remove(0).1),
            _ => {
                let failed = failed.iter().map(|(store, e)| Attempt::of(*store, e)).collect();
                Err(StoreError::NotEverywhere { cid, failed })
            }
        }
    }

    fn has(&self, cid: Cid) -> Result<bool, StoreError> {
        let mut failed = None;
        for store in &self.0 {
            match store.has(cid) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(false), Err)
    }
}
