//! Seeing to it that every place still has what was published, pinned: a block at a time, so that
//! whoever does it can do other things between two blocks. Specification: `docs/spec/store.md`.

use crate::block::StoreError;
use crate::several::{Attempt, Outcome, Stores};
use crate::unixfs::links;
use ledger::Cid;

/// A walk over everything below some roots.
#[derive(Debug)]
pub struct Upkeep(Vec<Task>);

#[derive(Debug)]
enum Task {
    Block(Cid),
    /// A root whose blocks were all looked at.
    Pin(Cid),
}

/// What came of looking at a block or a pin.
#[derive(Debug)]
pub struct Tended {
    /// The block, or the root that is to be pinned.
    pub cid: Cid,
    /// The places that lacked it or had it wrong, and have it now.
    pub repaired: Vec<Attempt>,
    /// Why not every place has it now.
    pub failed: Option<StoreError>,
}

impl Upkeep {
    /// The files and blocks with these roots.
    pub fn of(roots: impl IntoIterator<Item = Cid>) -> Self {
        Self(roots.into_iter().flat_map(|root| [Task::Pin(root), Task::Block(root)]).collect())
    }

    /// Looks at the next block in every place, verifies it, and repairs it from a place that has
    /// it. A place that cannot be asked ends the walk. `None` at its end.
    pub fn step(&mut self, stores: &Stores) -> Option<Tended> {
        Some(match self.0.pop()? {
            Task::Pin(cid) => pin(stores, cid),
            Task::Block(cid) => self.block(stores, cid),
        })
    }

    fn block(&mut self, stores: &Stores, cid: Cid) -> Tended {
        let (mut found, mut lacking, mut failed) = (None, Vec::new(), Vec::new());
        for place in stores.places() {
            match place.get_here(cid) {
                Ok(Some(bytes)) if cid.is_of(&bytes) => found = Some(bytes),
                Ok(Some(_)) | Err(StoreError::Corrupt { .. }) => {
                    lacking.push((place, Outcome::Corrupt));
                }
                Ok(None) => lacking.push((place, Outcome::Missing)),
                Err(error) => failed.push(Attempt::of(place, &error)),
            }
        }
        let bytes = match found.map_or_else(|| stores.fetch(cid), Ok) {
            Ok(bytes) => bytes,
            Err(error) => {
                if !failed.is_empty() {
                    self.0.clear();
                }
                return Tended { cid, repaired: Vec::new(), failed: Some(error) };
            }
        };
        let mut repaired = Vec::new();
        for (place, outcome) in lacking {
            match place.put(cid, &bytes) {
                Ok(()) => repaired.push(Attempt::new(place, outcome)),
                Err(error) => failed.push(Attempt::of(place, &error)),
            }
        }
        if failed.is_empty() {
            self.0.extend(links(cid, &bytes).into_iter().map(Task::Block));
            return Tended { cid, repaired, failed: None };
        }
        self.0.clear();
        Tended { cid, repaired, failed: Some(StoreError::NotEverywhere { cid, failed }) }
    }
}

fn pin(stores: &Stores, cid: Cid) -> Tended {
    let (mut repaired, mut failed) = (Vec::new(), Vec::new());
    for place in stores.places() {
        match place.pinned(cid) {
            Ok(true) => {}
            Ok(false) => match place.pin(cid) {
                Ok(()) => repaired.push(Attempt::new(place, Outcome::Missing)),
                Err(error) => failed.push(Attempt::of(place, &error)),
            },
            Err(error) => failed.push(Attempt::of(place, &error)),
        }
    }
    let failed = (!failed.is_empty()).then_some(StoreError::NotEverywhere { cid, failed });
    Tended { cid, repaired, failed }
}
