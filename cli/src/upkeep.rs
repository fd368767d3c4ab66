//! What this home listed or published otherwise stays in the stores: `serve` reads it there at the
//! start and once an hour, a part at a time so that no order waits, and repairs what a store lost
//! from another store, from the sealed folder or from the home's copy.

use crate::commands::list::put_all;
use crate::failure::{Context as _, Failure};
use crate::published;
use crate::session::Session;
use indexer::{Index, Metadata};
use ledger::{Cid, Manifest};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use store::{BlockStore as _, StoreError};

/// From the begin of one walk to the begin of the next.
const EVERY: Duration = Duration::from_secs(3600);
/// The same where something could not be done.
const AGAIN: Duration = Duration::from_secs(300);
/// How long orders may wait for a part of it.
const PART: Duration = Duration::from_millis(200);

/// What is still to be looked at, and when all of it is again.
pub(crate) struct Upkeep {
    left: Vec<Published>,
    now: Option<Walk>,
    due: Instant,
}

enum Published {
    Listing(Box<Manifest>),
    Block(Cid),
}

struct Walk {
    of: Published,
    blocks: store::Upkeep,
    failed: Option<StoreError>,
}

impl Upkeep {
    /// Due now.
    pub(crate) fn new() -> Self {
        Self { left: Vec::new(), now: None, due: Instant::now() }
    }

    /// Goes on for a moment, or with `whole` to the end. `told` hears what was repaired where.
    pub(crate) fn round(
        &mut self,
        session: &Session,
        index: &Index,
        whole: bool,
        told: impl Fn(Cid, &[String]),
    ) -> Result<(), Failure> {
        let begun = Instant::now();
        if self.now.is_none() && self.left.is_empty() {
            if begun < self.due {
                return Ok(());
            }
            self.left = published(session, index)?;
            self.due = begun + EVERY;
        }
        while whole || begun.elapsed() < PART {
            let Some(mut walk) = self.now.take().or_else(|| self.left.pop().map(Walk::of)) else {
                break;
            };
            if let Some(tended) = walk.blocks.step(session.stores()?) {
                if !tended.repaired.is_empty() {
                    let stores: Vec<_> = tended.repaired.into_iter().map(|one| one.store).collect();
                    told(tended.cid, &stores);
                }
                walk.failed = tended.failed.or(walk.failed);
                self.now = Some(walk);
            } else if let Some(why) = walk.failed {
                self.due = begun + AGAIN;
                walk.of.refill(session, why)?;
                told(walk.of.cid(), &[session.stores()?.name()]);
            }
        }
        Ok(())
    }
}

impl Walk {
    fn of(of: Published) -> Self {
        let blocks = store::Upkeep::of(of.roots());
        Self { of, blocks, failed: None }
    }
}

impl Published {
    fn cid(&self) -> Cid {
        match self {
            Self::Listing(manifest) => manifest.cid(),
            Self::Block(cid) => *cid,
        }
    }

    fn roots(&self) -> Vec<Cid> {
        match self {
            Self::Listing(manifest) => {
                let panel = &manifest.panel;
                vec![manifest.body.cid, panel.leaves.cid, panel.refused_list.cid, manifest.cid()]
            }
            Self::Block(cid) => vec![*cid],
        }
    }

    /// Stores again what no store has: a listing from the folder that it was listed from, a block
    /// from the home's copy.
    fn refill(&self, session: &Session, why: StoreError) -> Result<(), Failure> {
        match self {
            Self::Listing(manifest) => {
                let folder = session.home().note::<PathBuf>(&note_name(manifest))?;
                match folder.filter(|folder| folder.is_dir()) {
                    Some(folder) => put_all(session, &folder, manifest),
                    None => Err(why.into()),
                }
            }
            Self::Block(cid) => match published::copy(session, *cid)? {
                Some(bytes) => published::publish(session, *cid, &bytes),
                None => Err(why.into()),
            },
        }
    }
}

/// What this home has listed, after what it published otherwise.
fn published(session: &Session, index: &Index) -> Result<Vec<Published>, Failure> {
    let me = session.address()?;
    let mut all = Vec::new();
    for dataset in index.datasets()?.into_iter().filter(|dataset| dataset.owner == me) {
        for row in index.versions(dataset.dataset)? {
            if let Metadata::There(manifest) = row.metadata {
                all.push(Published::Listing(manifest));
            }
        }
    }
    all.extend(published::all(session)?.into_iter().map(Published::Block));
    Ok(all)
}

/// Remembers where the sealed folder of a listing is.
pub(crate) fn note_folder(
    session: &Session,
    manifest: &Manifest,
    folder: &Path,
) -> Result<(), Failure> {
    let folder = std::path::absolute(folder).context("find", folder)?;
    session.home().write_note(&note_name(manifest), &folder)
}

fn note_name(manifest: &Manifest) -> String {
    format!("sealed-{}.json", manifest.cid())
}
