//! Single blocks that this home published: requests, envelopes, steps, records, the heads of its log.
//! A copy stays in the home, from which `serve` puts back what a store lost.

use crate::failure::{Context as _, Failure};
use crate::home::{read_small, write_file};
use crate::session::Session;
use ledger::Cid;
use std::fs;
use std::path::PathBuf;
use store::MAX_BLOCK;

const FOLDER: &str = "published";

/// Puts the block into every store, pinned, and keeps a copy.
///
/// What has a copy was therefore in every store once.
pub(crate) fn publish(session: &Session, cid: Cid, bytes: &[u8]) -> Result<(), Failure> {
    session.stores()?.keep(cid, bytes)?;
    match copy(session, cid)? {
        Some(_) => Ok(()),
        None => write_file(&path(session, cid)?, bytes),
    }
}

/// Whether every store had it once.
pub(crate) fn was_published(session: &Session, cid: Cid) -> Result<bool, Failure> {
    Ok(path(session, cid)?.exists())
}

/// Everything that was published.
pub(crate) fn all(session: &Session) -> Result<Vec<Cid>, Failure> {
    let folder = session.home().folder(FOLDER)?;
    let entries = fs::read_dir(&folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    // What has another name is no block.
    let cid = |entry: fs::DirEntry| entry.file_name().to_str()?.parse().ok();
    Ok(entries.context("list", &folder)?.into_iter().filter_map(cid).collect())
}

/// The copy, if it is there and whole.
pub(crate) fn copy(session: &Session, cid: Cid) -> Result<Option<Vec<u8>>, Failure> {
    let bytes = read_small(&path(session, cid)?, MAX_BLOCK as u64)?;
    Ok(bytes.filter(|bytes| cid.is_of(bytes)))
}

fn path(session: &Session, cid: Cid) -> Result<PathBuf, Failure> {
    Ok(session.home().folder(FOLDER)?.join(cid.to_string()))
}
