//! Single blocks that this home published: requests, envelopes, steps, records, the heads of its log.
//! A copy stays in the home, from which `serve` puts back what a store lost.

use crate::failure::{Context as _, Failure};
use crate::session::Session;
use ledger::Cid;
use std::fs;
use std::path::{Path, PathBuf};
use store::{BlockStore as _, Directory};

const FOLDER: &str = "published";

/// Puts the block into every store, pinned, and keeps a copy.
///
/// What has a copy was therefore in every store once.
pub(crate) fn publish(session: &Session, cid: Cid, bytes: &[u8]) -> Result<(), Failure> {
    session.stores()?.keep(cid, bytes)?;
    Ok(copies(session)?.put(cid, bytes)?)
}

/// Whether every store had it once.
pub(crate) fn was_published(session: &Session, cid: Cid) -> Result<bool, Failure> {
    Ok(copies(session)?.has(cid)?)
}

/// Everything that was published.
pub(crate) fn all(session: &Session) -> Result<Vec<Cid>, Failure> {
    let mut all = Vec::new();
    for shard in list(&folder(session)?)? {
        for file in list(&shard)? {
            // What has another name is no block.
            all.extend(file.file_name().and_then(|name| name.to_str()?.parse::<Cid>().ok()));
        }
    }
    Ok(all)
}

/// The copy.
pub(crate) fn copy(session: &Session, cid: Cid) -> Result<Option<Vec<u8>>, Failure> {
    Ok(copies(session)?.get(cid)?)
}

fn copies(session: &Session) -> Result<Directory, Failure> {
    Ok(Directory::open(folder(session)?)?)
}

fn folder(session: &Session) -> Result<PathBuf, Failure> {
    session.home().folder(FOLDER)
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    Ok(entries.context("list", folder)?.into_iter().map(|entry| entry.path()).collect())
}
